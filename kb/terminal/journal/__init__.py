"""The journal's commands, and going on with an interview that was kept."""
