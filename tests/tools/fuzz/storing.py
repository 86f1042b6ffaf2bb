"""Any bytes as a journal: a damaged file, or a whole one in which someone has spoiled values.

The first byte says which. A damaged file is what follows, and a spoiled one is a list of cells: two bytes say which
cell and of what kind, a third how long the value is that follows.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import click

from kb.inference.engine import Engine
from kb.interview.replay import resumed
from kb.interview.session import Session
from kb.journal.export import export_text
from kb.journal.sessions import Journal, open_journal
from kb.model.problems import KbError
from kb.model.stored_answers import asked_as
from kb.report.build import build_report, to_json
from kb.terminal.console import Console, EndOfInput
from kb.terminal.journal import screens
from kb.terminal.journal.last_time import last_time, unfinished
from kb.terminal.journal.resume import _introduce
from tests.small import small
from tests.tools.fuzz.promises import Broken, harmless, in_time

PACKS = {"hamstrings": "1.0.0"}
BEGUN = datetime(2026, 3, 1, 8, 30, tzinfo=timezone.utc)

CELLS = (
    *(("sessions", column) for column in ("id", "origin", "writer", "touched", "begun", "utc_offset", "answered")),
    *(("sessions", column) for column in ("finished", "outcome", "findings", "packs", "asked", "answers", "report")),
    *(("events", column) for column in ("session", "number", "time", "kind", "about", "answer")),
    *(("holds", column) for column in ("session", "number", "time", "recommendation", "seconds", "target_seconds")),
)


@cache
def _engine() -> Engine:
    return Engine(small())


@cache
def whole() -> bytes:
    """Return the file of a journal with three sessions, in small pages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.sqlite3")
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA page_size = 512")
            connection.execute("VACUUM")
        path.write_bytes(b"")
        with open_journal(path) as journal:
            _keep(journal)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA page_size = 512")
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("VACUUM")
        return path.read_bytes()


def _keep(journal: Journal) -> None:
    engine = _engine()
    for number in range(2):
        answers: dict[str, Any] = {"danger": ("none",), "low-back": "rounded", "pose": "sitting"}
        entry = journal.begin(PACKS, asked_as(engine.kb), BEGUN.replace(day=1 + number))
        entry.keep(answers, "answer", now=BEGUN)
        entry.keep(answers, "attempt", about="after-lean-back", said="better", now=BEGUN)
        entry.hold("lean-back", 30, 60, now=BEGUN)
        entry.finish(to_json(build_report(Session.begin(engine, answers))), now=BEGUN)
        if number:
            entry.keep(answers, "change", now=BEGUN)


def _cell(table: str, column: str, kind: int, value: bytes) -> bytes:
    return bytes([CELLS.index((table, column)), kind, len(value)]) + value


def seeds() -> tuple[bytes, ...]:
    """Return journals to begin with: a whole file, and one with a spoiled cell of every kind."""
    values = (
        b"1",
        b"null",
        b"[1]",
        b'{"a": "\\u202e"}',
        b'{"outcome": "advise", "findings": 3}',
        b"x\x1b[2J",
        b"-1e400",
    )
    spoiled = [_cell(*cell, kind, value) for cell in CELLS for kind in range(5) for value in values]
    return (b"\x00" + whole(), *(b"\x01" + one for one in spoiled))


def run(data: bytes) -> None:
    """Take `data` for a journal, and show, export, resume or erase what is in it."""
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / "journal.sqlite3"
        path.write_bytes(whole() if data[:1] > b"\x00" else data[1:])
        if data[:1] > b"\x00":
            _spoil(path, data[1:])
        with in_time(), _said() as said, contextlib.suppress(KbError):
            _STEPS[zlib.crc32(data) % len(_STEPS)](path)
        harmless(said.getvalue().replace("\r\n", "\n"))  # a table ends its lines so
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _said() -> Iterator[io.TextIOWrapper]:
    """Collect what would be written to the terminal."""
    raw = io.BytesIO()
    text = io.TextIOWrapper(raw, encoding="utf-8", errors="surrogatepass", newline="")
    text.getvalue = lambda: raw.getvalue().decode("utf-8", "surrogatepass")  # type: ignore[attr-defined]
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        try:
            yield text
        except KbError as refusal:
            harmless(str(refusal))
        finally:
            text.flush()


def _spoil(path: Path, cells: bytes) -> None:
    """Put values into cells, as far as the file takes them."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN")
        for _ in range(12):
            if len(cells) < 3:
                break
            (table, column), kind, length = CELLS[cells[0] % len(CELLS)], cells[1], cells[2]
            value, cells = cells[3 : 3 + length], cells[3 + length :]
            with contextlib.suppress(sqlite3.Error, OverflowError):
                where = "" if kind < 128 else " WHERE number = 1" if table != "sessions" else " WHERE id = 1"
                connection.execute(f"UPDATE {table} SET {column} = ?{where}", (_value(kind, value),))
        connection.execute("COMMIT")


def _value(kind: int, value: bytes) -> Any:
    """Return a value as SQLite may hold it."""
    match kind % 8:
        case 0:
            return value
        case 1:
            return int.from_bytes(value[:8], "big", signed=True)
        case 2:
            return float(int.from_bytes(value[:8], "big")) * 10.0 ** (value[-1] if value else 0)
        case 3:
            return None
        case 4:
            return float("inf")
        case _:
            return value.decode("utf-8", "replace")


class _Someone(Console):
    """A person at a terminal who says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.listening = True

    def _next_line(self, prompt: str, words: Sequence[str]) -> str:
        return ""


def _list(path: Path) -> None:
    """List the sessions, with the plot."""
    with open_journal(path, reading=True) as journal:
        screens.show_list(Console(), journal, 20, None, plot=True, words=False)
        screens.show_plot(Console(), journal, BEGUN.date(), words=True)


def _show(path: Path) -> None:
    """Show a session, with and without the rules of today."""
    with open_journal(path, reading=True) as journal:
        if saved := journal.latest_finished():
            screens.show_session(Console(), saved, _engine().kb)
            screens.show_session(Console(), saved, None)


def _compare(path: Path) -> None:
    """Show two sessions beside each other."""
    with open_journal(path, reading=True) as journal:
        if pair := screens.pair(journal, []):
            screens.show_comparison(Console(), *pair, _engine().kb)


def _take(path: Path) -> None:
    """Export it for programs and for a spreadsheet."""
    with open_journal(path, reading=True) as journal:
        for form in ("json", "csv"):
            click.echo(export_text(journal, form, None).encode(), nl=False)


def _take_to_read(path: Path) -> None:
    """Export it to read."""
    with open_journal(path, reading=True) as journal:
        click.echo(export_text(journal, "markdown", _engine().kb).encode(), nl=False)


def _go_on(path: Path) -> None:
    """Come back the next day, and go on with a session."""
    engine = _engine()
    with open_journal(path) as journal:
        for notice in journal.notices:
            harmless(notice)
        if left := journal.unfinished():
            harmless(unfinished(left, "unstuck resume"))
        with contextlib.suppress(EndOfInput):
            last_time(_Someone(), journal, engine.kb, None)
        for saved in filter(None, [left or journal.latest_finished()]):
            finished = saved.finished is not None
            dialogue, dropped = resumed(
                engine, saved.answers, saved.asked, saved.events, saved.begun, finished=finished
            )
            _introduce(Console(), saved, dialogue.session, dropped)
            entry = journal.resume(saved, PACKS, asked_as(engine.kb))
            for told in (
                entry.keep(dialogue.session.answers, "answer", about="pose", said="sitting", now=BEGUN),
                entry.hold("lean-back", 1, 2, now=BEGUN),
                entry.finish(to_json(build_report(dialogue.session)), now=BEGUN),
            ):
                harmless(told or "")


def _erase(path: Path) -> None:
    """Erase it, and see that it is gone."""
    with open_journal(path) as journal:
        journal.delete(1)
        journal.forget()
        if journal.count():
            raise Broken("something is left in the journal")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise Broken("others can read the journal")


_STEPS = (_list, _show, _compare, _take, _take_to_read, _go_on, _erase)
