"""Every student there could be: an answer-set program over all ways of answering.

`students` asks the program in `proof.lp`; `parts` cuts a knowledge base into pieces that can be proved one by one. It
is a second opinion beside the engine, and only the teacher's tools pay for it.
"""
