"""Fix, recheck, next: what follows the advice, one correction after the other.

An *attempt* is an answer like any other, to the question `after-ID` that every correction has: better, same or worse.
After one, the questions whose answers the correction can have changed are asked again, and the advice follows from the
answers as always. Each correction is tried at most once in a session, so every session ends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum

from kb.interview.session import Session
from kb.model.conditions import Truth, findings_in, questions_in
from kb.model.knowledge import BETTER, WORSE, Question, Recommendation, Rule, attempt_name

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
    recommendations = (session.kb.recommendations[name] for name in session.advice.given)
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
    listed = kb.recommendations[recommendation].rechecks
    names = set(_grounds(session, recommendation) if listed is None else listed)
    return tuple(
        question
        for question in kb.questions.values()
        if question.id in names
        and question.id in session.answers
        and not (question.lasting or question.after_advice or question.id in kb.safety_screens)
    )


def _grounds(session: Session, recommendation: str) -> set[str]:
    """Return the questions from whose answers `recommendation` was given."""
    kb = session.kb
    holds: Mapping[str, Truth] = session.inference.rules
    waiting: list[Rule] = list(kb.rules_recommending(recommendation))
    names: set[str] = set()
    seen: set[str] = set()
    for rule in waiting:  # it grows while it is gone through
        if holds[rule.id] is not Truth.HOLDS or rule.id in seen:
            continue
        seen.add(rule.id)
        names.update(questions_in(rule.when))
        waiting.extend(other for finding in findings_in(rule.when) for other in kb.rules_finding(finding))
    return names


def tried(session: Session, recommendation: str, went: str) -> Session:
    """Return the session with one attempt more, which went `better`, `same` or `worse` (or `unsure`)."""
    return session.change(attempt_name(recommendation), went)
