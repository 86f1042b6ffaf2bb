"""One interview as an immutable value (EMYCIN calls it a consultation).

A session is a knowledge base and the answers given so far, in the order in which they were given. Every change makes a
new session; the old one stays as it was. To ask all that is worth asking reads as one sentence::

    while question := session.next_question():
        session = session.answer(question.id, ask(question))
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from kb.inference.engine import Engine, Inference
from kb.inference.outcome import Advice, decide
from kb.interview.selection.selector import Live, Selector
from kb.model.knowledge import Answer, Answers, KnowledgeBase, Question


class Session:
    """Answers to a knowledge base's questions, and what follows from them. Equal answers make equal sessions."""

    def __init__(self, engine: Engine, selector: Selector, answers: Mapping[str, Answer]) -> None:
        self.engine = engine
        self.selector = selector
        self._answers = dict(answers)

    @classmethod
    def begin(cls, engine: Engine, answers: Answers | None = None) -> Session:
        """Begin a session, with `answers` that are known already (as `kb.language.answers` decodes them)."""
        return cls(engine, Selector(engine), answers or {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Session) and self.kb is other.kb and self._answers == other._answers

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Session({self._answers!r})"

    @property
    def kb(self) -> KnowledgeBase:
        """Return the knowledge base that is asked from."""
        return self.engine.kb

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Return the answers in the order in which they were given."""
        return MappingProxyType(self._answers)

    # --- what follows -------------------------------------------------------------------------------------------------

    @cached_property
    def inference(self) -> Inference:
        """Return what the answers show."""
        return self.engine.infer(self._answers)

    @cached_property
    def advice(self) -> Advice:
        """Return the outcome and what is shown with it."""
        return decide(self.kb, self.inference)

    @cached_property
    def live(self) -> tuple[Live, ...]:
        """Return the questions that are worth asking now, one entry for every goal each serves."""
        return self.selector.live(self.inference, self.advice)

    def live_for(self, question: str) -> tuple[Live, ...]:
        """Return what one question is worth asking for now: an entry for every goal it serves."""
        return self.selector.live(self.inference, self.advice, question)

    @cached_property
    def open_questions(self) -> tuple[str, ...]:
        """Return the ids of the questions that are worth asking now, in the order of asking."""
        return self.selector.open_questions(self.inference, self.advice)

    @cached_property
    def _next(self) -> str | None:
        return self.selector.first_open(self.inference, self.advice)

    def next_question(self) -> Question | None:
        """Return the question to ask next, or None when no answer could change the report any more."""
        return None if self._next is None else self.kb.questions[self._next]

    def most_questions_left(self) -> int:
        """Return how many questions may still come at most, the next one included."""
        return self._most_left

    @cached_property
    def _most_left(self) -> int:
        return self.selector.most_left(self.inference, self.advice)

    # --- what a person does -------------------------------------------------------------------------------------------

    def answer(self, question: str, answer: Answer) -> Session:
        """Return the session with one answer more (or, if `question` was answered before, with it given anew)."""
        answers = {name: given for name, given in self._answers.items() if name != question}
        return self._with({**answers, question: answer})

    def change(self, question: str, answer: Answer) -> Session:
        """Return the session with another answer to `question`, in its old place; all other answers are kept."""
        return self._with({**self._answers, question: answer})

    def without(self, *questions: str) -> Session:
        """Return the session without the answers to some questions."""
        return self._with({name: given for name, given in self._answers.items() if name not in questions})

    def _with(self, answers: Mapping[str, Answer]) -> Session:
        return Session(self.engine, self.selector, answers)
