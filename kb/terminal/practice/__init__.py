"""The guided practice at a terminal: danger first, then step by step, and the hold by the clock."""
