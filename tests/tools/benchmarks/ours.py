"""Our own engine, asked for the same things as its peers, and for the next question besides."""

from __future__ import annotations

import gc
import pickle
from typing import Any

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, KnowledgeBase

from .engines import CLOCK, Peer, Plain, Variables


def plain(engine: Engine) -> list[Plain]:
    """Return the productions of our engine without their classes, for its peers."""
    return [
        (tuple((premise.variable, premise.values) for premise in each.premises), each.concludes)
        for each in engine.productions
    ]


class Ours(Peer):
    name = "ours"

    def __init__(self, kb: KnowledgeBase, **options: Any) -> None:
        self._pickled = pickle.dumps(kb)
        self.kb = kb
        self.options = options
        self.answers: dict[str, Answer] = {}

    def renew(self) -> None:
        """Take a copy of the model of which nothing has been worked out yet."""
        self.kb = pickle.loads(self._pickled)
        gc.collect()

    def ready(self) -> None:
        """Go all the way from the model, compiling included."""
        self.engine = Engine(self.kb, **self.options)
        self.engine.start()
        self.engine.infer({next(iter(self.kb.questions)): "unsure"})  # nothing is put off

    def compile(self) -> float:
        """Return the seconds from the model to the productions."""
        self.renew()
        start = CLOCK()
        engine = Engine(self.kb)
        assert engine.productions
        return CLOCK() - start

    def ready_from_productions(self) -> float:
        """Return the seconds from the productions to an engine that is ready."""
        self.renew()
        engine = Engine(self.kb)
        assert engine.productions
        start = CLOCK()
        engine.start()
        return CLOCK() - start

    def first_question(self) -> float:
        """Return the seconds from the model to the first question."""
        self.renew()
        start = CLOCK()
        engine = Engine(self.kb)
        engine.start()
        session = Session.begin(engine)
        assert session.next_question()
        assert session.most_questions_left()
        return CLOCK() - start

    def forget(self) -> None:
        # Answers that go against whatever comes: the engine cannot build on what it concluded.
        first = next(iter(self.kb.questions))
        self.engine.infer({first: "unsure"})
        self.answers = {}

    def answer(self, question: str, answer: Answer) -> None:
        """Take in one answer, and conclude what follows."""
        self.answers[question] = answer
        self.settle(self.answers)

    def settle(self, answers: dict[str, Answer]) -> None:
        """Conclude what follows from all answers, as far as it is looked at: one rule, one finding."""
        inference = self.engine.infer(answers)
        for truths in (inference.rules, inference.findings):
            for name in truths:
                assert truths[name] in Truth
                break

    def interview(self, asked: list[tuple[str, Answer, Variables]]) -> float:
        """Return the seconds that it takes to take in these answers one by one, and to choose what to ask next."""
        session = Session.begin(self.engine)
        session.next_question()
        session.most_questions_left()  # an interview says it with its first question
        start = CLOCK()
        for question, answer, _ in asked:
            session = session.answer(question, answer)
            session.next_question()
        return CLOCK() - start

    def derived(self) -> Variables:
        inference = self.engine.infer(self.answers)
        named = {"rule": inference.rules, "finding": inference.findings}
        return {
            f"{kind}:{name}": truth.value
            for kind, truths in named.items()
            for name, truth in truths.items()
            if truth is not Truth.OPEN
        }
