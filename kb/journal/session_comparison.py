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


class _Moved(NamedTuple):
    """What there is now and was not then, what there was then and is not now, and what there is both times: titles."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    still: tuple[str, ...]


def went(how: str) -> str:
    """Return how an attempt went, in words."""
    return _WENT.get(how, how)


def said(past: Past) -> str:
    """Return what the report of a session said, in its own headline."""
    report = past.report()
    if report is None:
        return "It has no report" if past.saved.report is None else "Its report cannot be read here"
    return headline(report)


def compared(then: Past, now: Past, today: date) -> Iterator[Block]:
    """Yield an earlier session and a later one beside each other."""
    yield Block(Role.HEADLINE, f"Session {then.saved.id} and session {now.saved.id}")
    for past, when in ((then, "Then"), (now, "Now")):
        yield Block(Role.DETAIL, f"{moment(past.saved.begun, today)}. {said(past)}.", when)
    told = _moved(then.referred, now.referred)
    yield from section("Told now, not then", points(told.new))
    yield from section("Told both times", points(told.still))
    yield from section("Told then, not now, by what you answered", points(told.gone))
    stopped = next((past.saved.id for past in (now, then) if past.outcome is not None and past.outcome.stops), None)
    if stopped is not None:
        silence = f"Session {stopped} ended with a stop, which says nothing of the pose. So this is not compared."
        yield from section("What was found", [Block(Role.TEXT, silence)])
    else:
        yield from _found(then, now)
        yield from _listed("Advised", _moved(then.advised, now.advised))
    tried = _side_by_side(then, now, lambda past: past.tried, "not tried", went)
    held = _side_by_side(then, now, lambda past: past.longest_holds, "none", length)
    yield from section("What you tried", tried)
    yield from section("The longest holds", held)


def _moved(then: Mapping[str, str], now: Mapping[str, str]) -> _Moved:
    return _Moved(
        tuple(title for name, title in now.items() if name not in then),
        tuple(title for name, title in then.items() if name not in now),
        tuple(title for name, title in now.items() if name in then),
    )


def _listed(verb: str, moved: _Moved) -> Iterator[Block]:
    for when, titles in zip(("now, not then", "then, not now", "both times"), moved):
        yield from section(f"{verb} {when}", points(titles))


def _found(then: Past, now: Past) -> Iterator[Block]:
    """Yield what was found, why what is gone may still be there, and why what is new may not be new."""
    findings = _moved(then.findings, now.findings)
    yield from _listed("Found", findings)
    if not any(findings):
        yield from section("What was found", [Block(Role.TEXT, "Nothing was found, then or now.")])
    sure_then, sure_now = _sure(then), _sure(now)
    for titles, unasked, when, doubt in (
        (findings.gone, sure_then - sure_now, "now", "what is not found now may still be there"),
        (findings.new, sure_now - sure_then, "then", "what is found now may have been there before"),
    ):
        if titles and unasked:
            questions = "One question was" if len(unasked) == 1 else f"{len(unasked)} questions were"
            yield Block(Role.LEAD, f"{questions} not asked {when}, or you were unsure, so {doubt}.")


def _sure(past: Past) -> set[str]:
    """Return the questions with a sure answer, other than how attempts went."""
    answers = past.saved.answers.items()
    return {name for name, answer in answers if answer != UNSURE and not name.startswith(ATTEMPT)}


def _side_by_side(
    then: Past, now: Past, done: Callable[[Past], Mapping[str, _T]], without: str, words: Callable[[_T], str]
) -> Iterator[Block]:
    """Yield each thing that was `done` in one of the two sessions, with how it was in each."""
    sides = (("then", done(then)), ("now", done(now)))
    for name in dict.fromkeys(name for _, values in sides for name in values):
        title = next((past.advised[name] for past in (now, then) if name in past.advised), now.title(name))
        told = (f"{when} {words(values[name]) if name in values else without}" for when, values in sides)
        yield Block(Role.POINT, f"{title}: {', '.join(told)}")
