"""Two versions of the rules: who would be told something else, and what."""
