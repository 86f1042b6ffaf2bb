"""What is seen and typed: the interview, the practice and the journal at the terminal, and the teacher's commands.

The topmost room: nothing else in `kb` knows of it, and no other knows click. `cli.py` lists the commands, and `help`
imports each when it is called. `console` writes and reads lines for all of them, `options` are what several have, and
`completion` says what Tab adds.
"""
