"""One interview as a value: what was answered, what is asked next, what was tried.

A `Session` is answers and all that follows from them. A `Dialogue` is a whole conversation: its `turn` is the question
that is asked now, and why; `take` takes an answer or a `Command`, and returns the next Dialogue and the `Event`s that
happened. No click, no console, no journal and no clock here.

Others take `session`, `dialogue` (with `events`, and `replay` to go on another day), `typed_answers` for what a person
types, `attempts` for what follows the advice, `practice` for the guided practice, and `startup` for the first question.
`selection` chooses the next question of a session.
"""
