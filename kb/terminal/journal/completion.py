"""What Tab adds where a session of the journal is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.journal.location import journal_path
from kb.journal.records import local
from kb.terminal.completion import completed

if TYPE_CHECKING:
    import click


@completed
def session_numbers(_context: click.Context, _typed: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers of the newest sessions in the journal.

    It is only looked into, and not opened as a journal is: that mends a damaged file, or waits for one in use, and
    neither is for a key to do that anybody may touch.
    """
    import sqlite3

    path = journal_path()
    if path is None or not path.is_file():
        return
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.1)
    try:
        newest = "SELECT id, begun, utc_offset, outcome FROM sessions ORDER BY id DESC LIMIT 50"
        for number, begun, ahead, outcome in connection.execute(newest).fetchall():
            yield str(number), f"{local(begun, ahead):%Y-%m-%d} {outcome or 'not finished'}"
    finally:
        connection.close()
