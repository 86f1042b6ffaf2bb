"""`journal`: look at past sessions, compare them, take them along, erase them.

All of it is about someone's health. So the list ends with where it lies and how to erase it, nothing here changes what
is kept unless that is asked for in so many words, and what comes from the file is shown, never obeyed.
"""

from __future__ import annotations

import click

from kb.journal.sessions import open_journal
from kb.model.problems import KbError
from kb.terminal.console import Console
from kb.terminal.help import Group
from kb.terminal.journal import erasing, screens, taking_journal
from kb.terminal.journal.completion import session_numbers
from kb.terminal.journal.journal_commands import found, number, reading, rules_of_today, the_path
from kb.terminal.options import format_option, output_option


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

    with reading() as journal:
        limit = None if everything else screens.PAGE
        screens.show_list(Console(), journal, limit, None if before is None else number(before), plot=plot, words=words)


@command.command()
@click.argument("session", metavar="[NUMBER]", required=False, shell_complete=session_numbers)
@click.pass_context
def show(context: click.Context, session: str | None) -> None:
    """Show a session: its report, the answers, and what was tried.

    NUMBER is one from the list. Without it, the newest session is shown.
    """
    with reading() as journal:
        wanted = journal.sessions(1)[0].id if session is None else number(session)
        screens.show_session(Console(), found(journal, wanted), rules_of_today(context.obj))


@command.command()
@click.argument("session", metavar="[NUMBER", required=False, shell_complete=session_numbers)
@click.argument("other", metavar="[NUMBER]]", required=False, shell_complete=session_numbers)
@click.pass_context
def compare(context: click.Context, session: str | None, other: str | None) -> None:
    """Compare what was found in two sessions, then and now.

    Without a number, these are the last two that have a report; with one, that session and the last one.
    """
    with reading() as journal:
        numbers = [number(one) for one in (session, other) if one is not None]
        pair = screens.pair(journal, [found(journal, one) for one in numbers])
        if pair is None:
            click.echo("Only one session has a report. When there is a second, they can be compared.")
            return
        screens.show_comparison(Console(), *pair, rules_of_today(context.obj))


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
    with reading(empty=True) as journal:
        kb = rules_of_today(context.obj) if form == "markdown" else None
        taking_journal.export(journal, form, output, kb, over=force)


@command.command()
def where() -> None:
    """Say where the journal lies, and what lies beside it."""
    erasing.where(Console(), the_path())


@command.command()
@click.argument("session", metavar="NUMBER", shell_complete=session_numbers)
@click.option("--yes", is_flag=True, help="Erase without asking.")
@click.pass_context
def delete(context: click.Context, session: str, yes: bool) -> None:
    """Erase one session, after asking.

    NUMBER is one from the list. Numbers of other sessions stay as they are.
    """
    with reading() as journal:
        saved = found(journal, number(session))
    with open_journal(the_path()) as journal:
        context.exit(erasing.delete(Console(), journal, saved, sure=yes))


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
    context.exit(erasing.forget(Console(), the_path(), sure=yes))
