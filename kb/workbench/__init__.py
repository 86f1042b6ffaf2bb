"""The teacher's tools: check and test packs, compare two versions, write rules, describe what is there."""
