"""Go on with a conversation another day: its events are gone through once more, with the rules of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.interview.dialogue import Dialogue
from kb.interview.events import SKIPPED, Event
from kb.interview.session import Session
from kb.model.conditions import UNSURE
from kb.model.knowledge import BETTER, SAME, WORSE, KnowledgeBase
from kb.model.stored_answers import Dropped, still_fitting


class Resumed(NamedTuple):
    """Where a kept conversation stands, and the answers that no longer fit the rules."""

    dialogue: Dialogue
    dropped: tuple[Dropped, ...]


def resumed(
    engine: Engine,
    answers: Mapping[str, Any],
    asked: Mapping[str, Sequence[str]],
    events: Iterable[Event],
    begun: datetime,
    *,
    finished: bool,
) -> Resumed:
    """Return where a kept conversation stands with the rules of `engine`, which may be others than they were.

    The `events` are gone through once more, as far as their answers still fit; `asked` are the terms on which they were
    given (`kb.model.stored_answers`). Answers that no event tells of were known when it was `begun`. The kept `answers`
    count: if the events do not lead to them, it goes on from them. `finished` says that the report was shown last.
    """
    kb = engine.kb
    kept = still_fitting(kb, answers, asked)
    events = list(events)
    told = {event.about for event in events}
    known = {name: answer for name, answer in kept.answers.items() if name not in told}
    dialogue = Dialogue(Session.begin(engine, known), known, moments=dict.fromkeys(kept.answers, begun))
    for event in events:
        if fitting := _fitting(kb, event, asked):
            over = dialogue.turn is None  # all that follows from an attempt was asked by then
            dialogue = (dialogue.settled() if over else dialogue).renewed(event.at).after(fitting)
    if list(dialogue.answers.items()) != list(kept.answers.items()):
        session, attempt = Session.begin(engine, kept.answers), dialogue.attempt
        if attempt and not attempt.waiting:
            pending = {question.id for question in attempt.rechecks} - dialogue.session.answers.keys()
            session = session.without(*pending)
        dialogue = replace(dialogue, session=session, said={**dialogue.said, **kept.answers})
    if finished and (dialogue.stops or not (dialogue.attempt and dialogue.attempt.waiting)):
        dialogue = dialogue.settled()
    return Resumed(dialogue, kept.dropped)


def _fitting(kb: KnowledgeBase, event: Event, asked: Mapping[str, Sequence[str]]) -> Event | None:
    """Return an event with its answer as the rules of today take it, or None if they know nothing of the kind."""
    question = kb.questions.get(event.about)
    if question is None or event.kind not in ("answer", "change", "back", "attempt"):
        return None
    if event.kind == "back":
        return event
    if event.kind == "attempt":
        return event if question.attempt_of and event.answer in (BETTER, SAME, WORSE, UNSURE, SKIPPED) else None
    answers = still_fitting(kb, {event.about: event.answer}, asked).answers
    return replace(event, answer=answers[event.about]) if answers else None
