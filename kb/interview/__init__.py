"""One interview as a value: what was answered, what is asked next, what was tried.

`session` is the value; `selection` chooses the next question; `typed_answers` understands what a person types;
`attempts` is what follows the advice; `practice` the guided practice. No click, no console and no journal here.
"""
