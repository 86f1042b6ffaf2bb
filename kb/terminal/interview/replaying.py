"""Where a kept interview stands, read from what the person did: answers, what is being tried, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.inference.engine import Engine
from kb.interview.attempts import to_recheck
from kb.interview.session import Session
from kb.model.conditions import UNSURE
from kb.model.knowledge import BETTER, SAME, WORSE, Answer, KnowledgeBase
from kb.model.stored_answers import Dropped, still_fitting
from kb.terminal.interview.trying import SKIPPED, Attempt, Standing, after_advice

if TYPE_CHECKING:
    from kb.journal.sessions import Saved


class Replay(NamedTuple):
    """Where an interview stands, and the answers that no longer fit the rules."""

    standing: Standing
    dropped: tuple[Dropped, ...]


class _Told(NamedTuple):
    """An attempt as it was told: the question how it went, the answers before it, and what was asked since."""

    name: str
    went: str
    before: dict[str, Any]
    since: set[str]


def replay(engine: Engine, saved: Saved) -> Replay:
    """Return where a kept interview stands with the rules of `engine`, which may be others than they were."""
    refit = still_fitting(engine.kb, saved.answers, saved.asked)
    session = Session.begin(engine, refit.answers)
    told, skipped = _what_was_tried(saved)
    questions = engine.kb.questions
    left_out = frozenset(questions[name].attempt_of for name in skipped if name in questions) - {""}
    attempt = _going_on(engine, saved, session, told) if told else None
    said: Mapping[str, Answer] = refit.answers
    if told and attempt and not attempt.waiting:
        pending = {question.id for question in attempt.rechecks} - told.since
        answers = {name: answer for name, answer in refit.answers.items() if name not in pending}
        session = Session.begin(engine, answers)
    return Replay(Standing(session, left_out, attempt, said, screened_at(engine.kb, saved)), refit.dropped)


def _what_was_tried(saved: Saved) -> tuple[_Told | None, set[str]]:
    """Return the attempt that was told last and not taken back, and the questions of what was left out."""
    answers: dict[str, Any] = {}
    told: _Told | None = None
    skipped: set[str] = set()
    for event in saved.events:
        if event.kind == "attempt" and event.answer == SKIPPED:
            skipped.add(event.about)
        elif event.kind == "attempt" and event.answer in (BETTER, SAME, WORSE, UNSURE):
            if told and told.name in saved.answers:
                answers[told.name] = told.went
            told = _Told(event.about, event.answer, dict(answers), set())
        elif event.kind == "back":
            if told and event.about == told.name:
                told = None
                continue
            answers.pop(event.about, None)
            if told:
                told.since.discard(event.about)
        elif event.kind in ("answer", "change"):
            answers[event.about] = event.answer
            if told:
                told.since.add(event.about)
                if event.about == told.name:
                    told = told._replace(went=str(event.answer))
    return told, skipped


def _going_on(engine: Engine, saved: Saved, session: Session, told: _Told) -> Attempt | None:
    """Return the attempt that the person is in the middle of, or None.

    One that is recorded is over as soon as the report that followed it is kept. One that is not recorded is either over
    because it was stopped, or how it felt is still to be asked.
    """
    kb = engine.kb
    question = kb.questions.get(told.name)
    if question is None or not question.attempt_of or (session.advice.outcome.stops and saved.finished):
        return None
    recorded = told.name in saved.answers
    if recorded and saved.finished:
        return None
    before = Session.begin(engine, still_fitting(kb, told.before, saved.asked).answers)
    waiting = () if recorded else tuple(each for each in after_advice(session) if each.id not in told.since)
    if not recorded and not waiting:
        return None
    correction = kb.recommendations[question.attempt_of]
    return Attempt(correction, told.went, before, waiting, to_recheck(before, correction.id))


def screened_at(kb: KnowledgeBase, saved: Saved) -> datetime | None:
    """Return when the oldest of the answers to safety questions was given, or None if there is none."""
    given = {event.about: event.at for event in saved.events if event.kind in ("answer", "change")}
    moments = (given.get(name, saved.begun) for name in kb.safety_questions if name in saved.answers)
    return min(moments, default=None)


def made_worse(kb: KnowledgeBase, saved: Saved) -> tuple[str, ...]:
    """Return the corrections of which the person said in a kept session that they made it worse."""
    went = {name: answer for name, answer in saved.answers.items() if name in kb.questions}
    for event in saved.events:
        if event.kind == "attempt":
            went[event.about] = event.answer
        elif event.kind == "back" and event.about not in saved.answers:
            went.pop(event.about, None)
    tried = (kb.questions[name] for name, answer in went.items() if answer == WORSE and name in kb.questions)
    return tuple(question.attempt_of for question in tried if question.attempt_of)
