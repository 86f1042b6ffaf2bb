"""`unstuck resume`: find an interview that is kept, say what it is and what no longer fits, and lead it on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from kb.inference.engine import Engine
from kb.interview.replay import resumed
from kb.interview.session import Session
from kb.journal.location import is_there
from kb.journal.sessions import Journal, Saved, open_journal
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError
from kb.model.stored_answers import Dropped
from kb.system.files import shipped_names
from kb.terminal.console import Console
from kb.terminal.interview.keeper import Keeper, called_with, place
from kb.terminal.interview.loop import Interview
from kb.terminal.journal.completion import session_numbers
from kb.terminal.packs import knowledge_held_with
from kb.text.durations import moment
from kb.text.wrapping import counted, cut, printed


class NoSessionError(KbError):
    """There is no session of that number, or none that goes on with the rules there are."""


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False, shell_complete=session_numbers)
@click.pass_context
def command(context: click.Context, number: int | None) -> None:
    """Go on with an interview that was interrupted, at the same question.

    Without NUMBER it is the last one that was not finished. A finished one opens again at its report, so that you can
    say the next day how it went: better, same or worse.
    """
    context.exit(_go_on(context, number))


def _go_on(context: click.Context, number: int | None) -> int:
    """Go on with session `number`, or the last one that was not finished, and return the exit code.

    Raises:
        KbError: if there is no such session, or the journal cannot be used.
    """
    path = place(context)
    if path is None:
        click.echo("No journal is kept, so there is nothing to go on with.")
        return 0
    if is_there(path) or number is not None:
        with open_journal(path, reading=not is_there(path)) as journal:
            saved = journal.unfinished() if number is None else journal.saved(number)
            if saved is None and number is not None:
                listed = "unstuck journal lists those there are."
                raise NoSessionError(f"There is no session {number} in the journal. {listed}")
            for notice in journal.notices:
                click.echo(notice, err=True)
            if saved:
                return _lead(context.obj, journal, saved)
    click.echo("There is no unfinished interview to go on with. unstuck journal lists all that is kept.")
    return 0


def _lead(packs: tuple[str, ...], journal: Journal, saved: Saved) -> int:
    kb = knowledge_held_with(saved, packs)
    _refuse_other_rules(kb, saved, packs)
    console = Console()
    finished = saved.finished is not None
    dialogue, dropped = resumed(Engine(kb), saved.answers, saved.asked, saved.events, saved.begun, finished=finished)
    _introduce(console, saved, dialogue.session, dropped)
    keeper = Keeper(console, packs)
    keeper.go_on(journal, saved, kb)
    return Interview(dialogue, console, keeper).run()


def _refuse_other_rules(kb: KnowledgeBase, saved: Saved, packs: Sequence[str]) -> None:
    """Refuse to go on where a pack is missing: its questions about danger would never be asked.

    Raises:
        NoSessionError: if so.
    """
    missing = [name for name in saved.packs if name not in {pack.id for pack in kb.packs}]
    if missing:
        there = packs or [_named(name) for name in saved.packs if name not in missing]
        held, gone = (printed(", ".join(f"“{name}”" for name in names)) for names in (saved.packs, missing))
        raise NoSessionError(
            f"Session {saved.id} was held with the rules {held}, and {gone} {'is' if len(missing) == 1 else 'are'} not "
            f"here. Say where: {called_with([*there, *map(_named, missing)])} resume {saved.id}"
        )


def _named(pack: str) -> str:
    return pack if pack in shipped_names() else "PATH"


def _introduce(console: Console, saved: Saved, session: Session, dropped: tuple[Dropped, ...]) -> None:
    """Say which interview this is, and what of it no longer fits."""
    when = moment(saved.begun, date.today())
    goes_on = "This is how it ended." if saved.finished else "It goes on where you left it."
    given = counted(len(saved.answers), "answer")
    console.say(f"Your interview of {when} (session {saved.id}): {given} so far. {goes_on}")
    console.say("Type review for all your answers, and change with a number to give another one.")
    if dropped:
        console.say()
        console.say("The rules have changed since. These answers no longer fit; what still matters is asked again:")
    for name, reason in dropped:
        asked = session.kb.questions.get(name)
        console.say(f"{cut(asked.ask, 60) if asked else printed(name)}: {reason}".replace("?:", "?"), first="  - ")
