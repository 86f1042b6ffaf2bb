"""Erase sessions, one or all, after asking; and say where they lie, for whoever wants to do it by hand."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from kb.journal.location import FILE, NONE, shown
from kb.journal.records import Saved
from kb.journal.sessions import Journal, JournalError, open_journal
from kb.model.problems import KbError
from kb.terminal.console import FINE, WRONG, Console, EndOfInput
from kb.text.durations import moment
from kb.text.wrapping import counted, printed


def delete(console: Console, journal: Journal, saved: Saved, *, sure: bool) -> int:
    """Erase a session, and return the exit code."""
    what = f"session {saved.id}, {moment(saved.begun, date.today())}, {counted(len(saved.answers), 'answer')}"
    if not sure:
        console.say(f"This erases {what}, for good.")
        answer = _asked(console, "Erase it? [y/n]> ")
        if answer is None:
            return WRONG
        if answer not in ("y", "yes"):
            console.say("Nothing was erased.")
            return FINE
    if not journal.delete(saved.id):
        console.say(f"Session {saved.id} was erased meanwhile.")
        return FINE
    console.say(f"Erased: {what}.")
    if aside := journal.kept_aside:
        console.say(
            f"{_files(aside)} beside the journal may still hold it, from before. “unstuck journal forget” erases "
            "everything, that too."
        )
    return FINE


def forget(console: Console, path: Path, *, sure: bool) -> int:
    """Erase everything, and return the exit code."""
    with _opened(path) as journal:
        for notice in journal.notices:
            click.echo(notice, err=True)
        sessions, aside = counted(journal.count(), "session"), journal.kept_aside
        if not journal.count() and not aside:
            console.say("There is nothing to erase.")
            return FINE
        if not sure:
            console.say(f"This erases {_with_files(sessions, aside)} in {shown(path.parent)}, for good.")
            console.say("Type forget to do it. Anything else leaves all as it is.")
            answer = _asked(console, "> ")
            if answer is None:
                return WRONG
            if answer != "forget":
                console.say("Nothing was erased.")
                return FINE
        sessions = counted(journal.forget() if path.exists() else 0, "session")
        kept = tuple(one for one in journal.kept_aside if not _erased(one))
    console.say(f"Erased: {_with_files(sessions, tuple(one for one in aside if one not in kept))}.")
    for one in kept:
        click.echo(f"The file {shown(one)} could not be erased. Delete it by hand.", err=True)
    console.say("What you exported, and backups of your computer, are where they were.")
    return WRONG if kept else FINE


def where(console: Console, path: Path) -> None:
    """Say where the journal lies, what else lies there, and what can be done about it."""
    click.echo(printed(str(path)))
    if not os.path.lexists(path):
        console.say("There is nothing there yet. It begins with your first interview.")
    with open_journal(path, reading=True) as journal:
        for notice in journal.notices:
            click.echo(notice, err=True)
        if os.path.lexists(path):
            console.say(f"It holds {counted(journal.count(), 'session')}.")
        for one in journal.kept_aside:
            console.say(f"Kept beside it: {shown(one)}")
    console.say(
        f"To keep it elsewhere, let {FILE} name a file. To keep nothing, use --no-journal, or set {NONE} to 1. "
        "“unstuck journal forget” erases everything."
    )


def _opened(path: Path) -> Journal:
    try:
        return open_journal(path, reading=not os.path.lexists(path))
    except JournalError as error:
        raise KbError(f"{error} To erase it all the same, delete the file yourself.") from None


def _asked(console: Console, prompt: str) -> str | None:
    """Return what is typed at a prompt, or None if nothing can be read any more."""
    try:
        return console.read(prompt).casefold()
    except EndOfInput:
        click.echo("The input ended here. Nothing was erased; with --yes you are not asked.", err=True)
        return None


def _with_files(sessions: str, aside: tuple[Path, ...]) -> str:
    return f"{sessions} and {_files(aside)} kept beside the journal" if aside else sessions


def _files(aside: tuple[Path, ...]) -> str:
    return counted(len(aside), "file")


def _erased(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
