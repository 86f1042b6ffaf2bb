"""Recorded students: replay them, say why one fails, and find what no case tries."""
