"""What is seen and typed: the interview at the terminal, and the teacher's commands.

The top layer. `cli.py` loads it when a command needs it; nothing else in `kb` knows of it.
"""
