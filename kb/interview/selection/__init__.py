"""Choose the question to ask next: danger first, and only what can change the report."""
