"""Every student there could be: an answer-set program over all ways of answering.

A *student* is a set of answers, and the *smallest* one answers as few questions as possible, with as little unsure.
`students` asks the program in `proof.lp`, which reads the *facts* of knowledge bases (`facts`). `parts` cuts a
knowledge base into pieces that are enough to tell what is possible at all. `simple_rules` writes down the smallest
student who meets a rule where that takes no solver. It is a second opinion beside the engine, and only the teacher's
tools pay for it. Others take `Students`, `Parts` and `plain_student`.
"""
