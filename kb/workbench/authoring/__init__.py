"""Write packs: YAML text, insertions into files, drafts that are tried first, a schema."""
