"""What is kept of sessions, in one SQLite file on the person's own computer."""
