"""People who answer at random, and what they type."""

from __future__ import annotations

import random

from kb.interview.typed_answers import Taken, understand
from kb.model.answers import AnswerFault
from kb.model.knowledge import NONE, Answer, Kind, Question


def typed_answer(question: Question, text: str) -> Answer:
    """Return the answer that `text` is taken for at `question`; an AnswerFault if it is not taken."""
    understood = understand(question, text)
    if isinstance(understood, Taken):
        return understood.answer
    raise AnswerFault(f"{text!r} is not taken.", str(understood))


def answer_at_random(chance: random.Random, question: Question, healthy: bool) -> Answer:
    """Answer as someone might who is mostly well."""
    if question.kind is Kind.SEVERAL:
        options = [option for option in question.option_ids if option != NONE]
        if NONE in question.option_ids and (healthy or chance.random() < 0.5):
            return (NONE,)
        return tuple(option for option in options if chance.random() < 1 / len(options)) or (options[0],)
    if question.kind is Kind.NUMBER:
        return typed_answer(question, str(chance.randrange(0, 4)))
    return chance.choice(question.option_ids)


def typed(question: Question, answer: Answer) -> str:
    """Return what a person types to give an answer."""
    if isinstance(answer, tuple):
        return " ".join(str(1 + question.option_ids.index(name)) for name in answer)
    if question.kind is Kind.NUMBER:
        return str(answer)
    return str(1 + question.option_ids.index(str(answer))) if question.kind is Kind.ONE else str(answer)
