"""A session of the journal as a page: what came of it, the answers, what was tried and held, and what happened when.

The same blocks make the text in a terminal and the Markdown that is taken along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from kb.interview.events import Event
from kb.journal.past_session import ATTEMPT, Past
from kb.journal.session_comparison import said, went
from kb.report.layout import outline
from kb.report.rendering import markdown
from kb.text.blocks import Block, Role, points, section
from kb.text.durations import is_known, length, moment
from kb.text.wrapping import counted


def head(past: Past, today: date) -> Iterator[Block]:
    """Yield which session it is, and what came of it."""
    saved = past.saved
    yield Block(Role.HEADLINE, f"Session {saved.id}, {moment(saved.begun, today)}")
    packs = ", ".join(f"{name} {version}" for name, version in saved.packs.items())
    yield Block(Role.TEXT, f"Rules: {packs or 'not known'}.")
    if saved.finished is None and (saved.answers or not saved.holds):  # a practice is no interview to go on with
        count = len(saved.answers)
        begun = f"Not finished; {counted(count, 'answer')} so far."
        yield Block(Role.TEXT, f"{begun} “unstuck resume {saved.id}” goes on with it.")


def report(past: Past) -> Iterator[Block]:
    """Yield the report as it was."""
    shown = past.report()
    if shown is None:
        if past.saved.report is not None:
            yield Block(Role.TEXT, f"{said(past)}. “unstuck journal export” writes it as it is kept.")
        return
    yield Block(Role.HEADING, "The report, as it was")
    yield Block(Role.TEXT, "It goes by what you answered then. If anything has changed since, answer anew.")
    yield from outline(shown)


def done(past: Past, today: date) -> Iterator[Block]:
    """Yield the answers, what was tried and held, and what happened when."""
    yield from section(
        "What you answered",
        (block for each in past.answered() for block in _answer(each.question, each.answer)),
    )
    yield from section(
        "What you tried",
        points(f"{past.title(name)}: {went(how)}" for name, how in past.tried.items()),
    )
    yield from section(
        "What you held",
        points(
            f"{past.title(hold.recommendation)}: {length(hold.seconds)} of {length(hold.target_seconds)}"
            f" ({moment(hold.at, today)})"
            for hold in past.saved.holds
        ),
    )
    yield from section("What happened when", points(_events(past, today)))


def _answer(question: str, answer: str) -> Iterator[Block]:
    yield Block(Role.POINT, question)
    yield Block(Role.DETAIL, answer, "Answer")


def _events(past: Past, today: date) -> Iterator[str]:
    """Yield what the person did, in order; answers given one after the other in one line."""
    for plain, events in groupby(past.saved.events, key=lambda event: event.kind == "answer"):
        together = list(events)
        if plain:
            first, last = moment(together[0].at, today), f"{together[-1].at:%H:%M}"
            until = f" to {last}" if is_known(together[0].at) and not first.endswith(last) else ""
            count = len(together)
            yield f"{first}{until}: {counted(count, 'answer')}"
            continue
        for event in together:
            yield f"{moment(event.at, today)}: {_event(past, event)}"
    if past.saved.finished is not None:
        yield f"{moment(past.saved.finished, today)}: the report was shown"


def _event(past: Past, event: Event) -> str:
    """Return in words what the person did, other than to answer the next question."""
    if event.kind == "attempt":
        how = went(event.answer) if isinstance(event.answer, str) else "not said"
        return f"tried “{past.title(event.about.removeprefix(ATTEMPT))}”: {how}"
    question, answer = past.words(event.about, event.answer)
    if event.kind == "back":
        return f"went back before “{question}”" if event.about else "went back"
    return f"“{question}” changed to: {answer}" if answer else f"“{question}” changed"


# --- Markdown ---------------------------------------------------------------------------------------------------------


def sessions_markdown(pasts: Iterable[Past], today: date) -> Iterator[str]:
    """Yield Markdown in pieces, one a session, every session under a heading of its own."""
    yield "# Journal\n\nThese are answers about someone’s health. Keep them where nobody else reads them.\n"
    for past in pasts:
        yield "\n" + _lower(markdown(head(past, today)), 1)
        shown = past.report()
        if shown is not None:
            yield "\n" + _lower(markdown(outline(shown)), 2)
        if written := markdown(done(past, today)).strip("\n"):
            yield "\n" + _lower(written, 1) + "\n"


def _lower(text: str, levels: int) -> str:
    """Put every heading further down. Nothing else begins with the sign, for texts have it escaped."""
    return re.sub(r"^#", "#" * (levels + 1), text, flags=re.MULTILINE)
