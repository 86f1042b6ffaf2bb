"""Stay with a person who tries what was advised: what was tried, what it can have changed, and what is said of it.

An attempt goes through three stages. How it felt is asked first, for what is new and sharp stops the session. Then the
attempt is recorded, and the answers that it can have changed are taken away, so that nothing rests on them any more;
they are asked again, as far as they still matter. What did not matter is given back at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from kb.interview.attempts import Ending, ending, to_recheck, tried
from kb.interview.session import Session
from kb.model.knowledge import WORSE, Answer, Outcome, Question, Recommendation, attempt_name
from kb.report.build import Report, build_report
from kb.report.layout import Role
from kb.terminal.console import Console
from kb.terminal.interview import screens

SKIPPED = "skipped"
"""What the journal holds in the place of better, same or worse for a correction that was left out."""


class Attempt(NamedTuple):
    """A correction that was tried, until all that follows from it is asked.

    `before` is the session in which it was given. `waiting` are the questions how it felt that are still to be asked;
    when there are none, the attempt is recorded. `rechecks` are the questions whose answers it can have changed.
    """

    correction: Recommendation
    went: str
    before: Session
    waiting: tuple[Question, ...] = ()
    rechecks: tuple[Question, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the question how it went."""
        return attempt_name(self.correction.id)


class Standing(NamedTuple):
    """Where an interview stands: what is needed to go on with it.

    `screened` is when the oldest of its safety answers was given.
    """

    session: Session
    skipped: frozenset[str] = frozenset()
    attempt: Attempt | None = None
    said: Mapping[str, Answer] = {}
    screened: datetime | None = None


def after_advice(session: Session) -> tuple[Question, ...]:
    """Return the questions of the live stop rule, which are asked after every attempt."""
    return tuple(question for question in session.kb.written_questions if question.after_advice)


def attempted(session: Session, correction: Recommendation, went: str) -> Attempt:
    """Return an attempt of which only is said how it went."""
    return Attempt(correction, went, session, after_advice(session), to_recheck(session, correction.id))


def recorded(attempt: Attempt, session: Session) -> Session:
    """Return the session with the attempt as an answer, and without the answers that it can have changed."""
    again = {question.id for question in attempt.rechecks}
    answers = {name: answer for name, answer in session.answers.items() if name not in again}
    return tried(_with(session, answers), attempt.correction.id, attempt.went)


def taken_away(attempt: Attempt | None, session: Session, said: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the old answers that an attempt took away and that were not given anew. They are still kept."""
    return {
        question.id: said[question.id]
        for question in (attempt.rechecks if attempt else ())
        if question.id not in session.answers and question.id in said
    }


def next_recheck(attempt: Attempt, session: Session, said: Mapping[str, Answer]) -> Question | None:
    """Return the next question that is to be asked again, or None.

    It is asked if an answer can change the report now, or if its old answer alone would.
    """
    for name, answer in taken_away(attempt, session, said).items():
        if name in session.open_questions or _bare(session) != _bare(session.change(name, answer)):
            return session.kb.questions[name]
    return None


def given_back(attempt: Attempt, session: Session, said: Mapping[str, Answer]) -> Session:
    """Return the session with the old answers that did not need to be asked again."""
    return _with(session, {**session.answers, **taken_away(attempt, session, said)})


def _with(session: Session, answers: Mapping[str, Answer]) -> Session:
    return Session(session.engine, session.selector, answers)


def _bare(session: Session) -> Report:
    """Return the report of a session without the answers that stand in it."""
    return msgspec.structs.replace(build_report(session), answers={})


# --- what is said -----------------------------------------------------------------------------------------------------


def invite(console: Console, session: Session, correction: Recommendation, *, kept: bool) -> None:
    """Ask the person to try a correction and to come back."""
    number = 1 + session.advice.given.index(correction.id)
    begin = f"If your check shows it, try number {number}." if _check_first(session) else f"Try number {number} now."
    end = "later ends here, and what you said is kept" if kept else "later ends here"
    console.say(f"{begin} When you are back, type better, same or worse ({end}).")


def next_one(console: Console, session: Session, correction: Recommendation, *, kept: bool) -> None:
    """Show the correction that is next, and ask the person to try it."""
    console.say()
    console.say("To try next", Role.HEADING)
    screens.recommendation(console, build_report(session), 1 + session.advice.given.index(correction.id))
    console.say()
    invite(console, session, correction, kept=kept)


def how_it_went(console: Console, attempt: Attempt) -> None:
    """Say what an attempt means, beside what it changed in the advice."""
    if attempt.went == WORSE:
        console.say(f"Leave “{attempt.correction.title}” out from now on.")


def asking_again(attempt: Attempt) -> str:
    """Return what stands above a question that is asked again."""
    return f"Asked again, as you tried “{attempt.correction.title}”"


def nothing_more(console: Console, session: Session, skipped: frozenset[str]) -> None:
    """Say why nothing more is tried, and what to do instead."""
    for paragraph in _WORDS[ending(session)]:
        console.say()
        console.say(paragraph)
    if skipped and ending(session) is not Ending.WORSE:
        console.say(f"What you left out ({_titles(session, skipped)}) can wait for another day.")
    if ending(session) is not Ending.WORSE:
        for number, name in enumerate(session.advice.given, start=1):
            if session.kb.recommendations[name].closing:
                screens.recommendation(console, build_report(session), number)


def _titles(session: Session, names: frozenset[str]) -> str:
    return ", ".join(f"“{each.title}”" for each in session.kb.recommendations.values() if each.id in names)


def _check_first(session: Session) -> bool:
    return session.advice.outcome is Outcome.CHECK_FIRST


COME_OUT = "Come out of it first, and rest. Do not try it again."
"""What is said first to someone whom a correction made worse."""

_LOOK = "If there is pain, have a health professional look at it."
_WORDS: dict[Ending, tuple[str, ...]] = {
    Ending.STOPPED: (),
    Ending.WORSE: (
        "Two corrections made it worse. Leave it for today, and try nothing more of this now.",
        f"Have a teacher look at it in person. {_LOOK}",
    ),
    Ending.NOTHING_HELPED: (
        "That was all there is to try, and nothing made it better. Leave it for today.",
        f"A teacher who sees you can notice what questions cannot. {_LOOK}",
    ),
    Ending.DONE: ("That was all there is to try for now. Come back another day: unstuck then asks how it goes.",),
    Ending.NOT_BEGUN: ("Nothing is left to try now. The advice stays as it is; show shows it again.",),
}
