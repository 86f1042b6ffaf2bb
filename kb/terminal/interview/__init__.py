"""The interview at a terminal: questions, replies, the report and what follows it."""
