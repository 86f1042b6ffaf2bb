"""What the commands of the journal have in common: where it lies, how it is opened, which session is meant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kb.interview.startup import knowledge_in_use
from kb.journal.location import FILE, NONE, shown
from kb.journal.records import Saved
from kb.journal.sessions import Journal, journal_path, open_journal
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError
from kb.terminal.console import FINE, Console
from kb.terminal.interview.keeper import place
from kb.text.wrapping import printable

NOTHING_YET = "There is no journal yet. It begins with your first interview."


def the_path() -> Path:
    """Return where the journal lies; if none is kept, say so and end."""
    path = place(click.get_current_context())
    if path is None:
        console = Console()
        console.say(f"No journal is kept: --no-journal or {NONE} says so, or {FILE} is empty.")
        wanted = {name: value for name, value in os.environ.items() if name != NONE and (name != FILE or value)}
        before = journal_path(wanted)
        if before is not None and os.path.lexists(before):
            console.say(f"One from before lies in {shown(before)}. Without that setting it can be read, and erased.")
        click.get_current_context().exit(FINE)
    return path


@contextmanager
def reading(*, empty: bool = False) -> Iterator[Journal]:
    """Open the journal to read in it; if there is none, say so and end, unless an `empty` one will do.

    Raises:
        KbError: if it cannot be read, or was damaged and is kept aside.
    """
    with open_journal(the_path(), reading=True) as journal:
        if journal.notices:
            raise KbError("\n".join(journal.notices))
        if not empty and not journal.sessions(1):
            click.echo(NOTHING_YET)
            click.get_current_context().exit(FINE)
        yield journal


def number(text: str) -> int:
    """Return the number of a session that was typed.

    Raises:
        KbError: if it is none.
    """
    typed = text.strip().removeprefix("#")
    if typed.isascii() and typed.isdigit() and len(typed) < 16:
        return int(typed)
    raise KbError(f"“{printable(text)}” is no number of a session. “unstuck journal” lists them.")


def found(journal: Journal, session: int) -> Saved:
    """Return what was kept of a session.

    Raises:
        KbError: if there is none of that number.
    """
    saved = journal.saved(session)
    if saved is not None:
        return saved
    numbers = [summary.id for summary in journal.sessions(2**31)]
    nearest = min(numbers, key=lambda other: (abs(other - session), -other))
    newest = "the newest" if nearest == numbers[0] else "the nearest"
    raise KbError(f"There is no session {session}; {newest} is {nearest}. “unstuck journal” lists them.")


def rules_of_today(packs: tuple[str, ...]) -> KnowledgeBase | None:
    """Return the rules in use, which know the words of questions; None, and say so, if they cannot be read."""
    try:
        return knowledge_in_use(packs or ())
    except KbError:
        click.echo("The rules in use have problems, so questions are shown by their names.", err=True)
        return None
