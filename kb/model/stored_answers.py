"""Answers as they are kept between sessions, and back to a knowledge base that may have changed meanwhile.

What is kept of an answer is what a file of answers has: ids of options, lists of them, numbers as text, `unsure`. That
alone does not say whether it still is an answer to its question. Not to choose an option is an answer too, but only
where the option was offered; and two minutes are not two seconds. So `asked_as` says on which terms a question is
asked, the terms are kept beside the answer, and `still_fitting` compares them with those of today.

An answer that does not fit is left out whole, and its question is asked again. To keep the options that still exist
would be a guess: where the one danger sign that was chosen is gone, what is left would look like “none of these”.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Union

from kb.model.knowledge import Answer, Kind, KnowledgeBase, Question

FRESH = timedelta(hours=24)
"""For how long answers to safety questions may stand. Older ones are asked again before anything is advised."""

Plain = Union[str, list[str]]
"""An answer as it is kept."""


class Dropped(NamedTuple):
    """A question whose answer no longer fits, and why, in a sentence for the person who gave it."""

    question: str
    reason: str


class Refit(NamedTuple):
    """The answers that still fit, in their order, and those that do not."""

    answers: dict[str, Answer]
    dropped: tuple[Dropped, ...]


def is_fresh(moment: datetime, now: datetime) -> bool:
    """Say whether what was answered at `moment` may stand; a time to come says nothing, for clocks go backwards."""
    return timedelta(0) <= now - moment < FRESH


def plain(answer: Answer) -> Plain:
    """Return an answer as it is kept; a number as text, since JSON would make 0.1 of it."""
    if isinstance(answer, Decimal):
        return f"{answer:f}"
    return answer if isinstance(answer, str) else list(answer)


def asked_as(kb: KnowledgeBase) -> dict[str, list[str]]:
    """Return the terms on which the questions of `kb` are asked, for those where an answer rests on them."""
    return {name: _terms(question) for name, question in kb.questions.items() if _terms(question)}


def _terms(question: Question) -> list[str]:
    """Return what may be chosen together, or the unit of a number."""
    if question.kind is Kind.NUMBER:
        return [question.unit]
    return list(question.option_ids) if question.kind is Kind.SEVERAL else []


def still_fitting(kb: KnowledgeBase, answers: Mapping[str, Any], asked: Mapping[str, Sequence[str]]) -> Refit:
    """Return which of the kept `answers` still are answers to the questions of `kb`.

    `asked` are the terms on which they were given, as `asked_as` returned them at the time.
    """
    from kb.model.answers import examine  # only now: a new interview is not to wait for it

    fitting: dict[str, Answer] = {}
    dropped: list[Dropped] = []
    for name, value in answers.items():
        question = kb.questions.get(name)
        if question is None:
            dropped.append(Dropped(name, "This is not asked any more."))
            continue
        answer, faults = examine(question, value)
        if answer is None:
            dropped.append(Dropped(name, _REASONS.get(faults[0].problem if faults else "", _OTHERWISE)))
        elif reason := _other_terms(question, asked.get(name, ())):
            dropped.append(Dropped(name, reason))
        else:
            fitting[name] = answer
    return Refit(fitting, tuple(dropped))


_OTHERWISE = "This is asked in another way now."
_REASONS = {
    "unknown-option": "What you chose can no longer be chosen here.",
    "out-of-bounds": "The number you gave can no longer be given here.",
}


def _other_terms(question: Question, before: Sequence[str]) -> str:
    """Say what about the terms of a question makes its old answer no answer to it; nothing if they are as good."""
    if question.kind is Kind.NUMBER and list(before) != _terms(question):
        return f"The number is given in {question.unit} now." if question.unit else _OTHERWISE
    if question.kind is Kind.SEVERAL and not set(question.option_ids) <= set(before):
        return "There is more to choose from now." if before else _OTHERWISE
    return ""
