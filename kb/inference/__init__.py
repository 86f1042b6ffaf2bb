"""Forward chaining on experta: answers in, what they show out.

Answers become *variables* that hold one constant each (`variables`), rules become *productions* (`compiler`), experta
matches and fires them (`engine`, `matcher`), and a *record* says which rules hold, which are ruled out and which are
open (`record`). `outcome` decides what that comes to. Only `_experta` imports experta.
"""
