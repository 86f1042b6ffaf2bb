"""Take a report along: write it into a file, in the form that the ending of its name says.

What a person answered is about their health: only they may read the file, and nothing is ever written over unasked.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from kb.interview.session import Session
from kb.model.problems import KbError
from kb.report.build import Report, build_report, to_json
from kb.report.layout import headline
from kb.report.rendering import to_markdown
from kb.system.files import save, status_of
from kb.text.wrapping import printable

Confirm = Callable[[str], bool]
"""Asks a yes-no question."""

MOST_LETTERS = 200


class NotTakenError(KbError):
    """The report cannot be written into that file."""


_FORMS = (".html", ".md", ".json")
ENDINGS = "“.html” (a page to print or to keep on a phone), “.md” (a note in Markdown) or “.json” (for other programs)"


def refuse_unusable(path: str, *, force: bool = False, confirm: Confirm | None = None) -> bool:
    """Refuse a path that no report can be written to, and return whether one may be written over what is there.

    `confirm` asks whether that is meant; without it, and without `force`, nothing is written over.

    Raises:
        NotTakenError: if it has another ending, is no file, has no folder, or is there already and is to stay.
    """
    shown = f"“{printable(path, MOST_LETTERS)}”"
    if Path(path).suffix.casefold() not in _FORMS:
        raise NotTakenError(f"{shown} does not say in which form to write. Give a name that ends in {ENDINGS}.")
    try:
        there = status_of(Path(path))
    except OSError as error:
        raise NotTakenError(f"{shown} cannot be written: {error.strerror}.") from None
    if there is None:
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise NotTakenError(f"{shown} cannot be written: there is no folder “{printable(str(folder), 200)}”.")
        return force
    if not stat.S_ISREG(there.st_mode):
        raise NotTakenError(f"{shown} is no file that can be written. Choose another name.")
    if force or (confirm is not None and confirm(f"{shown} is there already. Write over it?")):
        return True
    raise NotTakenError(
        f"{shown} is there already, and stays as it is. Choose another name"
        + (", or add --force." if confirm is None else ".")
    )


def take(session: Session, path: str, *, over: bool) -> str:
    """Write the report of `session` to `path`, and say in a sentence where it is now; `over` what is there, or not.

    Raises:
        KbError: if it cannot be written; what was there stays.
    """
    report = build_report(session)
    save(path, _written(session, report, Path(path).suffix.casefold()).encode(), private=True, over=over)
    file = Path(path).absolute()
    alone = os.name == "posix" and not file.stat().st_mode & 0o077  # not every disk knows whose a file is
    what = "What to do now" if report.outcome.stops else "The plan"
    return f"{what} is in {printable(str(file), 1_000)}{', which only you can read' * alone}."


def _written(session: Session, report: Report, ending: str) -> str:
    if ending == ".json":
        return to_json(report)
    if ending == ".md":
        return to_markdown(report)
    from kb.report.html import Cover, to_html  # only now: hardly anyone takes a page along

    packs = session.kb.packs
    return to_html(report, Cover(" + ".join(pack.title for pack in packs), packs[0].language, date.today()))


def tell(session: Session, path: str, *, over: bool, shown: bool) -> None:
    """Write the report of `session` to `path`, and say what it comes to and where it is.

    If it is also `shown`, that goes to standard error, so that nothing stands beside the report.

    Raises:
        KbError: if it cannot be written; what was there stays.
    """
    where = take(session, path, over=over)
    if not shown:
        click.echo(f"{headline(build_report(session))}.")
    click.echo(where, err=shown)


def at_the_terminal() -> Confirm | None:
    """Return how to ask a yes-no question outside an interview, or None if nobody is there to be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    return lambda question: click.confirm(question, err=True)
