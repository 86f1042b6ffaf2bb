"""`journal`: look at past sessions, compare them, take them along, erase them.

All of it is about someone's health. So the list ends with where it lies and how to erase it, nothing here changes what
is kept unless that is asked for in so many words, and what comes from the file is shown, never obeyed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kb.interview.startup import knowledge_in_use
from kb.journal.export import export_text
from kb.journal.location import FILE, NONE, shown
from kb.journal.records import Saved
from kb.journal.sessions import Journal, journal_path, open_journal
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError
from kb.system.files import save
from kb.terminal.console import FINE, Console
from kb.terminal.help import Group
from kb.terminal.interview.keeper import place
from kb.terminal.journal import erasure, screens
from kb.terminal.journal.completion import session_numbers
from kb.terminal.options import format_option, output_option
from kb.terminal.packs import knowledge_held_with
from kb.text.wrapping import counted, printable


@click.group("journal", cls=Group, invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="List all sessions, not only the newest twenty.")
@click.option("--before", metavar="NUMBER", help="List those that come before this session.")
@click.option("--plot/--no-plot", default=True, help="Show the weeks as a small plot below the list, or leave it out.")
@click.option("--words", is_flag=True, help="Say in words what the plot shows, for a screen reader.")
@click.pass_context
def command(context: click.Context, everything: bool, before: str | None, plot: bool, words: bool) -> None:
    """Look back at your sessions, take them along, or erase them.

    Without a command, the newest sessions are listed: when it was, what came of it, how much was found, and what you
    tried. They lie on this computer only; “journal where” says where, “journal forget” erases them.
    """
    if context.invoked_subcommand is not None:
        return

    with _reading() as journal:
        limit = None if everything else screens.PAGE
        screens.show_list(
            Console(), journal, limit, None if before is None else _number(before), plot=plot, words=words
        )


@command.command()
@click.argument("session", metavar="[NUMBER]", required=False, shell_complete=session_numbers)
@click.pass_context
def show(context: click.Context, session: str | None) -> None:
    """Show a session: its report, the answers, and what was tried.

    NUMBER is one from the list. Without it, the newest session is shown.
    """
    with _reading() as journal:
        wanted = journal.sessions(1)[0].id if session is None else _number(session)
        saved = _found(journal, wanted)
        screens.show_session(Console(), saved, _rules_of_today(context.obj, saved))


@command.command()
@click.argument("session", metavar="[NUMBER", required=False, shell_complete=session_numbers)
@click.argument("other", metavar="[NUMBER]]", required=False, shell_complete=session_numbers)
@click.pass_context
def compare(context: click.Context, session: str | None, other: str | None) -> None:
    """Compare what was found in two sessions, then and now.

    Without a number, these are the last two that have a report; with one, that session and the last one.
    """
    with _reading() as journal:
        numbers = [_number(one) for one in (session, other) if one is not None]
        pair = screens.pair(journal, [_found(journal, one) for one in numbers])
        if pair is None:
            click.echo("Only one session has a report. When there is a second, they can be compared.")
            return
        screens.show_comparison(Console(), *pair, _rules_of_today(context.obj, pair[-1]))


@command.command()
@format_option(
    *("json", "markdown", "csv"),
    default="json",
    says="How it is written: all of it for programs, all of it to read, or the answers as a table.",
)
@output_option("Write it into this file, which only you can read.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.pass_context
def export(context: click.Context, form: str, output: str | None, force: bool) -> None:
    """Write out all that is kept, to take it along.

    Without --output it is written to the terminal, or wherever you send it.
    """
    with _reading(empty=True) as journal:
        text = export_text(journal, form, _rules_of_today(context.obj) if form == "markdown" else None).encode()
        if output is None:
            click.echo(text, nl=False)
            return
        name = printable(output, 200)
        if _is_the_journal(output, journal.path):
            raise KbError(f"“{name}” is the journal itself. Choose another file.")
        save(output, text, private=True, over=force)
        click.echo(f"{counted(journal.count(), 'session')} written to {name}. Only you can read it.")


def _is_the_journal(output: str, journal: Path) -> bool:
    """Say whether a file is the journal, or one of those that belong to it."""
    target = Path(os.path.realpath(output))
    beside = target.parent == journal.parent and target.name.casefold().startswith(journal.name.casefold())
    there = os.path.exists(target)  # noqa: PTH110 (False where one may not look; the writing says why)
    return beside or (there and journal.exists() and target.samefile(journal))


@command.command()
def where() -> None:
    """Say where the journal lies, and what lies beside it."""
    erasure.where(Console(), _path())


@command.command()
@click.argument("session", metavar="NUMBER", shell_complete=session_numbers)
@click.option("--yes", is_flag=True, help="Erase without asking.")
@click.pass_context
def delete(context: click.Context, session: str, yes: bool) -> None:
    """Erase one session, after asking.

    NUMBER is one from the list. Numbers of other sessions stay as they are.
    """
    with _reading() as journal:
        saved = _found(journal, _number(session))
    with open_journal(_path()) as journal:
        context.exit(erasure.delete(Console(), journal, saved, sure=yes))


@command.command()
@click.argument("what", metavar="[everything]", required=False)
@click.option("--yes", is_flag=True, help="Erase without asking.")
@click.pass_context
def forget(context: click.Context, what: str | None, yes: bool) -> None:
    """Erase everything that was ever kept.

    All sessions go, and with them damaged journals that were kept aside and copies from before an update. What you
    have exported lies where you put it.
    """
    if what not in (None, "everything"):
        raise KbError("This erases everything. To erase one session, type: unstuck journal delete NUMBER")
    context.exit(erasure.forget(Console(), _path(), sure=yes))


# --- what the commands have in common ---------------------------------------------------------------------------------

_NOTHING_YET = "There is no journal yet. It begins with your first interview."


def _path() -> Path:
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
def _reading(*, empty: bool = False) -> Iterator[Journal]:
    """Open the journal to read in it; if there is none, say so and end, unless an `empty` one will do.

    Raises:
        KbError: if it cannot be read, or was damaged and is kept aside.
    """
    with open_journal(_path(), reading=True) as journal:
        if journal.notices:
            raise KbError("\n".join(journal.notices))
        if not empty and not journal.sessions(1):
            click.echo(_NOTHING_YET)
            click.get_current_context().exit(FINE)
        yield journal


def _number(text: str) -> int:
    """Return the number of a session that was typed.

    Raises:
        KbError: if it is none.
    """
    typed = text.strip().removeprefix("#")
    if typed.isascii() and typed.isdigit() and len(typed) < 16:
        return int(typed)
    raise KbError(f"“{printable(text)}” is no number of a session. “unstuck journal” lists them.")


def _found(journal: Journal, session: int) -> Saved:
    """Return what was kept of a session.

    Raises:
        KbError: if there is none of that number.
    """
    saved = journal.saved(session)
    if saved is not None:
        return saved
    numbers = journal.numbers()
    nearest = min(numbers, key=lambda other: (abs(other - session), -other))
    newest = "the newest" if nearest == numbers[-1] else "the nearest"
    raise KbError(f"There is no session {session}; {newest} is {nearest}. “unstuck journal” lists them.")


def _rules_of_today(packs: tuple[str, ...], saved: Saved | None = None) -> KnowledgeBase | None:
    """Return the rules of a session, or else those in use, which know the words of questions.

    None, and say so, if they cannot be read.
    """
    try:
        return knowledge_held_with(saved, packs) if saved else knowledge_in_use(packs)
    except KbError:
        click.echo("The rules in use have problems, so questions are shown by their names.", err=True)
        return None
