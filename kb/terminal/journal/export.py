"""Write out the journal: whole as JSON, whole to read as Markdown, or its answers as a table."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import date
from pathlib import Path

import click

from kb.journal.export import exported, exported_rows
from kb.journal.past_session import Past
from kb.journal.session_pages import sessions_markdown
from kb.journal.sessions import Journal
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError
from kb.system.files import save
from kb.text.wrapping import counted, printable, printed, unprintable


def write_out(journal: Journal, form: str, output: str | None, kb: KnowledgeBase | None, *, over: bool) -> None:
    """Write the journal in a form to standard output, or into a file that only its owner can read.

    Raises:
        KbError: if it cannot be written.
    """
    text = _markdown(journal, kb) if form == "markdown" else _csv(journal) if form == "csv" else _json(journal)
    if output is None:
        click.echo(text.encode(), nl=False)
        return
    if _is_the_journal(output, journal):
        raise KbError(f"“{printable(output, 200)}” is the journal itself. Choose another file.")
    save(output, text.encode(), private=True, over=over)
    click.echo(f"{counted(journal.count(), 'session')} written to {printable(output, 200)}. Only you can read it.")


def _json(journal: Journal) -> str:
    return _escaped(json.dumps(exported(journal), ensure_ascii=False, indent=2) + "\n")


def _csv(journal: Journal) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([printed(cell) for cell in row] for row in exported_rows(journal))
    return written.getvalue()


def _markdown(journal: Journal, kb: KnowledgeBase | None) -> str:
    return "".join(sessions_markdown((Past(saved, kb) for saved in journal.all_saved()), date.today()))


def _escaped(text: str) -> str:
    """Return JSON whose texts cannot drive a terminal: what cannot be shown stands in them as an escape."""
    hidden = {one for one in set(text) if one != "\n" and unprintable(one)}
    return text.translate({ord(one): json.dumps(one)[1:-1] for one in hidden})


def _is_the_journal(output: str, journal: Journal) -> bool:
    """Say whether a file is the journal, or one of those that belong to it."""
    target = Path(os.path.realpath(output))
    beside = target.parent == journal.path.parent and target.name.casefold().startswith(journal.path.name.casefold())
    there = os.path.exists(target)  # noqa: PTH110 (False where one may not look; the writing says why)
    return beside or (there and journal.path.exists() and target.samefile(journal.path))
