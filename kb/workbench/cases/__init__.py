"""Recorded students: replay them, say why one fails, and find what no case tries.

A *case* holds answers and what is expected of them. `replay` compares that with what the program says, and records what
it says as a case; `failures` explains what differs; `coverage` finds the *branches* of rules that no case takes, and
proposes cases for them.
"""
