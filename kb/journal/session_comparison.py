"""Two sessions side by side: what was found and advised then and now, what was tried, and how long was held.

What is not found now need not be gone. A session that ended with a stop says nothing of the pose; and what was not
asked now was not looked at. Wherever that can be so, it is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple, TypeVar

from kb.journal.past_session import ATTEMPT, Past
from kb.model.conditions import UNSURE
from kb.report.layout import headline
from kb.text.blocks import Block, Role, points, section
from kb.text.durations import length, moment

_T = TypeVar("_T")

_WENT = {"better": "better", "same": "no different", "worse": "worse", "unsure": "unsure"}


class Moved(NamedTuple):
    """What there is now and was not then, what there was then and is not now, and what there is both times: titles."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    still: tuple[str, ...]


class Comparison(NamedTuple):
    """What two sessions come to beside each other. `not_asked_now` counts what has a sure answer then and not now."""

    then: Past
    now: Past
    findings: Moved
    advised: Moved
    referred: Moved
    not_asked_now: int
    not_asked_then: int


def compared(then: Past, now: Past) -> Comparison:
    """Return an earlier session and a later one beside each other."""
    sure_then, sure_now = _sure(then), _sure(now)
    return Comparison(
        then,
        now,
        _moved(then.findings, now.findings),
        _moved(then.advised, now.advised),
        _moved(then.referred, now.referred),
        len(sure_then - sure_now),
        len(sure_now - sure_then),
    )


def _sure(past: Past) -> set[str]:
    """Return the questions with a sure answer, other than how attempts went."""
    return {
        question
        for question, answer in past.saved.answers.items()
        if answer != UNSURE and not question.startswith(ATTEMPT)
    }


def _moved(then: Mapping[str, str], now: Mapping[str, str]) -> Moved:
    return Moved(
        tuple(title for name, title in now.items() if name not in then),
        tuple(title for name, title in then.items() if name not in now),
        tuple(title for name, title in now.items() if name in then),
    )


# --- words ------------------------------------------------------------------------------------------------------------


def went(how: str) -> str:
    """Return how an attempt went, in words."""
    return _WENT.get(how, how)


def blocks(comparison: Comparison, today: date) -> Iterator[Block]:
    """Yield what is said of a comparison."""
    then, now = comparison.then, comparison.now
    yield Block(Role.HEADLINE, f"Session {then.saved.id} and session {now.saved.id}")
    for past, when in ((then, "Then"), (now, "Now")):
        yield Block(Role.DETAIL, f"{moment(past.saved.begun, today)}. {said(past)}.", when)
    yield from _referrals(comparison.referred)
    if silence := _silence(comparison):
        yield Block(Role.HEADING, "What was found")
        yield Block(Role.TEXT, silence)
    else:
        yield from _moves(comparison.findings, "Found now, not then", "Found then, not now", "Found both times")
        if not any(comparison.findings):
            yield Block(Role.HEADING, "What was found")
            yield Block(Role.TEXT, "Nothing was found, then or now.")
        yield from _doubts(comparison)
        yield from _moves(comparison.advised, "Advised now, not then", "Advised then, not now", "Advised both times")
    yield from _side_by_side("What you tried", "not tried", then.tried, now.tried, comparison, went)
    yield from _side_by_side("The longest holds", "none", then.longest_holds, now.longest_holds, comparison, length)


def said(past: Past) -> str:
    """Return what the report of a session said, in its own headline."""
    report = past.report()
    if report is None:
        return "It has no report" if past.saved.report is None else "Its report cannot be read here"
    return headline(report)


def _silence(comparison: Comparison) -> str:
    """Return which session says nothing of the pose, if one does."""
    for past in (comparison.now, comparison.then):
        if past.outcome is not None and past.outcome.stops:
            return (
                f"Session {past.saved.id} ended with a stop, which says nothing of the pose. So this is not compared."
            )
    return ""


def _doubts(comparison: Comparison) -> Iterator[Block]:
    """Yield why what is gone may still be there, and why what is new may not be new."""
    if comparison.findings.gone and comparison.not_asked_now:
        without = _unanswered(comparison.not_asked_now, "now")
        yield Block(Role.LEAD, f"{without}, so what is not found now may still be there.")
    if comparison.findings.new and comparison.not_asked_then:
        without = _unanswered(comparison.not_asked_then, "then")
        yield Block(Role.LEAD, f"{without}, so what is found now may have been there before.")


def _unanswered(count: int, when: str) -> str:
    return f"{'One question was' if count == 1 else f'{count} questions were'} not asked {when}, or you were unsure"


def _referrals(referred: Moved) -> Iterator[Block]:
    for heading, tells in (("Told now, not then", referred.new), ("Told both times", referred.still)):
        yield from section(heading, points(tells))
    yield from section("Told then, not now, by what you answered", points(referred.gone))


def _moves(moved: Moved, new: str, gone: str, still: str) -> Iterator[Block]:
    for heading, titles in ((new, moved.new), (gone, moved.gone), (still, moved.still)):
        yield from section(heading, points(titles))


def _side_by_side(
    heading: str,
    without: str,
    then: Mapping[str, _T],
    now: Mapping[str, _T],
    comparison: Comparison,
    words: Callable[[_T], str],
) -> Iterator[Block]:
    """Yield each thing that was done in one of the two sessions, with how it was in each."""
    for index, name in enumerate(dict.fromkeys((*then, *now))):
        if not index:
            yield Block(Role.HEADING, heading)
        title = next(
            (past.advised[name] for past in (comparison.now, comparison.then) if name in past.advised),
            comparison.now.title(name),
        )
        told = [
            f"{when} {words(values[name])}" if name in values else f"{when} {without}"
            for when, values in (("then", then), ("now", now))
        ]
        yield Block(Role.POINT, f"{title}: {', '.join(told)}")
