"""What a person does in a conversation, one event after the other; a row of the journal is such an event.

Here stands also what can be read from a kept conversation without an engine, before the first question of a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from kb.model.knowledge import WORSE, KnowledgeBase, Recommendation

SKIPPED = "skipped"
"""What an event says of a correction that was left out, in the place of better, same or worse."""


class Command(NamedTuple):
    """Something that a person types besides an answer, and what it is about (`change 3`, `how lean-back`)."""

    name: str
    about: str = ""


class Event(msgspec.Struct, frozen=True):
    """Something that the person did: `about` a question, with the answer given to it, if any.

    Its kind is `answer`, `change`, `back` or `attempt`; an attempt is about the question how it went. From the journal
    the kind can be any text, and the answer any data.
    """

    at: datetime
    kind: str
    about: str
    answer: Any = None


def made_worse(kb: KnowledgeBase, answers: Mapping[str, Any], events: Iterable[Event]) -> tuple[str, ...]:
    """Return the corrections of which the person said, in a kept conversation, that they made it worse."""
    went = {name: answer for name, answer in answers.items() if name in kb.questions}
    for event in events:
        if event.kind != "back":
            went[event.about] = event.answer
        elif event.about not in answers:
            went.pop(event.about, None)
    worse = (kb.questions[name] for name, answer in went.items() if answer == WORSE and name in kb.questions)
    return tuple(question.attempt_of for question in worse if question.attempt_of)


def advised(kb: KnowledgeBase, report: Mapping[str, Any] | None) -> Iterator[Recommendation]:
    """Yield the corrections that a kept report advised and that are still known, in its order."""
    given = (report or {}).get("recommendations")
    for each in given if isinstance(given, list) else ():
        name = each.get("id") if isinstance(each, dict) else None
        recommendation = kb.recommendations.get(name) if isinstance(name, str) else None
        if recommendation is not None and not recommendation.closing:
            yield recommendation
