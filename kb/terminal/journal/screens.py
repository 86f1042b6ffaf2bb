"""How past sessions look: the list with its plot, one session, two beside each other."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from kb.journal.location import shown
from kb.journal.past_session import Past
from kb.journal.records import Saved
from kb.journal.session_comparison import compared, went
from kb.journal.session_pages import done, head, report
from kb.journal.sessions import Journal
from kb.journal.timeline import MOST_POINTS, drawn, heading, in_words, legend, looks_at_the_pose, plotted
from kb.model.knowledge import KnowledgeBase, Outcome
from kb.model.problems import KbError
from kb.report.rendering import text_lines
from kb.terminal.console import Console
from kb.text.blocks import Block, Line, Role
from kb.text.durations import clock, moment
from kb.text.wrapping import columns, cut

PAGE = 20

STRAIN = "strain-under-buttocks"
"""The question whose answers the plot shows. A session in which nobody asked it shows none."""

_OUTCOMES = {
    Outcome.STOP_EMERGENCY.value: "STOP: emergency help",
    Outcome.STOP_TODAY.value: "STOP: advice today",
    Outcome.CLINICIAN_FIRST.value: "STOP: clinician first",
    Outcome.ADVISE_GENTLY.value: "advice, with limits",
    Outcome.ADVISE.value: "advice",
    Outcome.CHECK_FIRST.value: "first to check",
    Outcome.NO_CHANGE.value: "nothing to correct",
    Outcome.INCOMPLETE.value: "too little known",
}


# --- the list ---------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """A session in the list: its cells, and what was tried or held."""

    number: str
    when: str
    outcome: str
    found: str
    pack: str
    done: str


_HEAD = _Row("No.", "When", "What came of it", "Found", "Rules", "")


def show_list(
    console: Console, journal: Journal, limit: int | None, before: int | None, *, plot: bool, words: bool
) -> None:
    """List sessions, the newest first: `limit` of them, or all; below them, where they lie, and the plot."""
    today = date.today()
    found = journal.sessions(2**31 if limit is None else limit + 1, before)
    if not found:
        raise KbError(f"There is no session before {before}. “unstuck journal” lists the newest.")
    more = limit is not None and len(found) > limit
    _table(console, [_row(saved, today) for saved in found[:limit]])
    console.say()
    if more and limit is not None:
        console.say(f"Older ones: unstuck journal --before {found[limit - 1].id}")
    if before is None:
        console.say(
            "“unstuck journal show” and a number shows one, “unstuck journal compare” the last two.", Role.QUIET
        )
    console.say(f"All this lies in {shown(journal.path)}, and is sent nowhere. “unstuck journal forget” erases it.")
    if plot and before is None:
        show_plot(console, journal, today, words=words)


def _row(saved: Saved, today: date) -> _Row:
    past = Past(saved)
    tried = ", ".join(f"{past.title(name)} ({went(how)})" for name, how in past.tried.items())
    holds = {} if saved.answered else past.longest_holds
    held = ", ".join(f"{past.title(name)} {clock(seconds)}" for name, seconds in holds.items())
    return _Row(
        str(saved.id),
        moment(saved.begun, today),
        _came_of_it(saved),
        str(saved.findings) if looks_at_the_pose(saved.outcome) else "-",
        ", ".join(saved.packs) or "-",
        "; ".join(filter(None, (tried and f"tried: {tried}", held and f"held: {held}"))),
    )


def _came_of_it(saved: Saved) -> str:
    """Return in short what a session came to, and whether it is finished."""
    if not saved.answered and not saved.outcome:
        return "practice"
    outcome = _OUTCOMES.get(saved.outcome, saved.outcome)
    if saved.finished:
        return outcome
    return f"{outcome}, not finished" if outcome else "not finished"


def _table(console: Console, rows: Sequence[_Row]) -> None:
    """Write the rows in columns; what a narrow window has no room for goes below, with its name."""
    shown_rows = [row._replace(outcome=cut(row.outcome, 40), pack=cut(row.pack, 30)) for row in rows]
    fields = ["number", "when", "outcome", "found", "pack"]
    widths = {name: max(columns(getattr(row, name)) for row in (_HEAD, *shown_rows)) for name in _Row._fields}
    while len(fields) > 3 and 2 * len(fields) + sum(widths[name] for name in fields) > console.width:
        fields.pop()
    below = [name for name in ("found", "pack") if name not in fields]
    packs = {row.pack for row in rows}
    if "pack" in below and len(packs) == 1:
        below.remove("pack")
    indent = " " * (2 + widths["number"] + 2)
    console.line(Line(_cells(_HEAD, fields, widths)[: console.width], Role.HEADING))
    for row in shown_rows:
        for number, line in enumerate(_wrapped_cells(row, fields, widths, console.width)):
            console.line(Line(line, Role.TEXT if number == 0 else Role.QUIET))
        besides = [f"{getattr(_HEAD, name).lower()}: {getattr(row, name)}" for name in below]
        besides += [row.done] if row.done else []
        if besides:
            console.say("; ".join(besides), Role.QUIET, first=indent, rest=indent + "  ")
    if "pack" not in (*fields, *below):
        console.say(f"Rules, in all of them: {packs.pop()}", Role.QUIET, first="  ")


def _wrapped_cells(row: _Row, fields: Sequence[str], widths: dict[str, int], width: int) -> list[str]:
    """Return a row as a line; in a window that is too narrow for it, the last cell on a line of its own."""
    line = _cells(row, fields, widths)
    if columns(line) <= width:
        return [line]
    indent = " " * (2 + widths["number"] + 2)
    return [_cells(row, fields[:-1], widths), indent + cut(getattr(row, fields[-1]), width - len(indent))]


def _cells(row: _Row, fields: Iterable[str], widths: dict[str, int]) -> str:
    """Return the cells of a row in one line, numbers to the right."""
    padded = []
    for name in fields:
        cell = getattr(row, name)
        blanks = " " * (widths[name] - columns(cell))
        padded.append(blanks + cell if name in ("number", "found") else cell + blanks)
    return ("  " + "  ".join(padded)).rstrip()


# --- the plot ---------------------------------------------------------------------------------------------------------


def show_plot(console: Console, journal: Journal, today: date, *, words: bool) -> None:
    """Show the weeks, in bars or in words, if there are sessions enough."""
    plot = plotted(journal.history(STRAIN, MOST_POINTS))
    if plot is None:
        return
    console.say()
    console.say(heading(plot), Role.HEADING)
    words = words or os.environ.get("TERM") == "dumb"
    if words:
        for sentence in in_words(plot, today):
            console.say(sentence, first="  ")
    else:
        for line in drawn(plot, today, console.width, blocks=_shows_blocks()):
            console.line(Line(line, Role.TEXT))
    console.say(legend(plot, words=words), Role.QUIET)


def _shows_blocks() -> bool:
    """Say whether blocks can be written at all; an old encoding gets plain characters."""
    try:
        "█".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


# --- one session, and two ---------------------------------------------------------------------------------------------


def show_session(console: Console, saved: Saved, kb: KnowledgeBase | None) -> None:
    """Show all that was kept of a session."""
    past, today = Past(saved, kb), date.today()
    _show(console, chain(head(past, today), report(past), done(past, today)))


def show_comparison(console: Console, then: Saved, now: Saved, kb: KnowledgeBase | None) -> None:
    """Show two sessions beside each other."""
    _show(console, compared(Past(then, kb), Past(now, kb), date.today()))


def pair(journal: Journal, chosen: Sequence[Saved]) -> tuple[Saved, Saved] | None:
    """Return the two sessions to compare, the earlier one first, or None if there are not two.

    Raises:
        KbError: if one that was chosen has no report, or both are the same.
    """
    for saved in chosen:
        if saved.report is None:
            raise KbError(
                f"Session {saved.id} has no report yet. “unstuck resume {saved.id}” goes on with it, so that it can "
                "be compared."
            )
    numbers = {saved.id: saved for saved in chosen}
    if len(chosen) == 2 and len(numbers) == 1:
        raise KbError("These are the same session. Give two numbers.")
    before = None
    while len(numbers) < 2 and (page := journal.sessions(PAGE, before)):
        for saved in page:
            if len(numbers) < 2 and saved.outcome:
                numbers.setdefault(saved.id, saved)
        before = page[-1].id
    if len(numbers) < 2:
        return None
    then, now = sorted(numbers)
    return numbers[then], numbers[now]


def _show(console: Console, said: Iterable[Block]) -> None:
    for line in text_lines(said, console.width):
        console.line(line)
