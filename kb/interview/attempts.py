"""Fix, recheck, next: what follows the advice, one correction after the other.

An *attempt* is an answer like any other, to the question `after-ID` that every correction has: better, same or worse.
After one, the questions whose answers the correction can have changed are asked again, and the advice follows from the
answers as always. Each correction is tried at most once in a session, so every session ends.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from kb.interview.session import Session
from kb.model.dependencies import Dependencies
from kb.model.knowledge import BETTER, WORSE, Question, Recommendation

MOST_WORSE = 2
"""After how many corrections that made it worse nothing more is tried on this day."""


class Ending(str, Enum):
    """Why nothing more is tried."""

    STOPPED = "stopped"
    WORSE = "worse"
    NOTHING_HELPED = "nothing-helped"
    DONE = "done"
    NOT_BEGUN = "not-begun"


def attempts(session: Session) -> dict[str, str]:
    """Return the corrections that were tried, in order, and how each went: better, same, worse or unsure."""
    asked = session.kb.questions
    return {
        asked[name].attempt_of: str(answer)
        for name, answer in session.answers.items()
        if name in asked and asked[name].attempt_of
    }


def next_attempt(session: Session, skipped: Collection[str] = ()) -> Recommendation | None:
    """Return the correction to try next: the first that is given, and was neither tried nor is `skipped`, or None."""
    if ending(session) in (Ending.STOPPED, Ending.WORSE):
        return None
    done = {*attempts(session), *skipped}
    recommendations = (session.kb.recommendations[name] for name in session.advice.items)
    return next((each for each in recommendations if not each.closing and each.id not in done), None)


def ending(session: Session) -> Ending:
    """Return why nothing more is tried now; what is still to be tried, `next_attempt` says first."""
    went = list(attempts(session).values())
    if session.advice.outcome.stops:
        return Ending.STOPPED
    if went.count(WORSE) >= MOST_WORSE:
        return Ending.WORSE
    if not went:
        return Ending.NOT_BEGUN
    return Ending.DONE if BETTER in went else Ending.NOTHING_HELPED


def to_recheck(session: Session, recommendation: str) -> tuple[Question, ...]:
    """Return the questions whose answers an attempt at `recommendation` can have changed, in the order of asking.

    Where the recommendation does not list them, they are those from which it was given: what the rules that gave it
    read, and the rules behind the findings they rest on. Left out are safety screens, and questions whose answers
    last, whatever is practiced. `session` is the one in which it was given.
    """
    kb = session.kb
    rests = kb.kept(Dependencies)
    listed = kb.recommendations[recommendation].rechecks
    with_parts = (recommendation, *session.advice.covers.get(recommendation, ()))
    rules = (rule.id for name in with_parts for rule in kb.rules_recommending(name))
    giving = rests.below(rules, among=session.inference.holding)
    names = rests.named(giving) if listed is None else listed
    return tuple(
        question
        for question in kb.questions.values()
        if question.id in names
        and question.id in session.answers
        and not (question.lasting or question.after_advice or question.id in kb.safety_screens)
    )
