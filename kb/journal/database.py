"""The file that the journal is kept in: opened, brought up to date, and what is done when something is wrong with it.

It is an SQLite database with a rollback journal (`TRUNCATE`) and `synchronous = FULL`: what was written is on the disk
when `write` returns, also if the power goes the next moment. Write-ahead logging would wait for the disk once where
this waits four times: 0.3 against 0.7 ms a transaction on an idle disk, 4 against 28 on a busy one. A person who reads
the next question notices neither. What the slower way gives for it: all there is lies in one file, which can be copied
or deleted at any time; it works in a home folder on a network; a file that was moved away under a running interview is
noticed rather than written to; and erasing leaves nothing behind in a log.

Nothing here overwrites a file it does not know. What is damaged, or belongs to something else, is moved aside.

The tables are written as the steps by which they came to be. A journal's version is the number of steps it has taken; a
new one takes them all. A step that has been released is never edited: what is to change becomes a further step, and
older journals take it when they are next opened.

- `sessions`: one row an interview, as it stands. `origin` names it for good, `writer` is whoever wrote to it last; both
  are random. `touched` counts everything that was ever kept, so what came later has the higher number, whatever
  the clock said. Times are in UTC, with the minutes that the person's own clock was ahead of it. The long texts come
  last, for SQLite reads a row from the left and only as far as it must.
- `events`: what the person did, in order.
- `holds` (since version 2): how long something was held in practice.
"""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

from kb.journal.location import (
    APPLICATION,
    ELSEWHERE,
    JournalError,
    JournalGoneError,
    identity,
    is_foreign,
    make_place,
    refusal,
    reserved,
    shown,
)

_WAIT = 5.0
"""How many seconds to wait for another process to finish its transaction, which takes a few hundredths."""
_SIDE_FILES = ("-journal", "-wal", "-shm")
_SETTINGS = (
    "journal_mode = TRUNCATE",
    "synchronous = FULL",
    "fullfsync = ON",  # without it, macOS leaves the last word to the disk
    "secure_delete = ON",
    "temp_store = MEMORY",
    "foreign_keys = ON",
    "trusted_schema = OFF",
)

_T = TypeVar("_T")

Step = tuple[str, ...]

STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE sessions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            origin TEXT NOT NULL UNIQUE,
            writer TEXT NOT NULL,
            touched INTEGER NOT NULL,
            begun TEXT NOT NULL,
            utc_offset INTEGER NOT NULL,
            answered INTEGER NOT NULL,
            finished TEXT,
            outcome TEXT,
            findings INTEGER,
            packs TEXT NOT NULL,
            asked TEXT NOT NULL,
            answers TEXT NOT NULL,
            report TEXT
        )""",
        "CREATE INDEX touches ON sessions (touched)",
        "CREATE INDEX unfinished ON sessions (touched) WHERE finished IS NULL AND answered > 0",
        "CREATE INDEX reported ON sessions (touched) WHERE report IS NOT NULL",
        """CREATE TABLE events (
            session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time TEXT NOT NULL,
            kind TEXT NOT NULL,
            about TEXT NOT NULL,
            answer TEXT NOT NULL,
            PRIMARY KEY (session, number)
        ) WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE holds (
            session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time TEXT NOT NULL,
            recommendation TEXT NOT NULL,
            seconds REAL NOT NULL,
            target_seconds REAL NOT NULL,
            PRIMARY KEY (session, number)
        ) WITHOUT ROWID""",
    ),
)


class JournalFile:
    """An open journal file. `generation` counts how often another file had to be taken under way."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Open the file at `path`, and make it if it is not there.

        With `reading`, nothing is made, and a file that cannot be written to is good enough.

        Raises:
            JournalError: if it cannot be used.
        """
        self.path = path
        self.reading = reading
        self.notices: tuple[str, ...] = ()
        self.generation = 0
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        try:
            self.path = path.resolve()  # what is moved aside is the file, not a link to it
            self._open()
        except (JournalError, sqlite3.Error, OSError, RuntimeError, ValueError) as error:
            self.close()
            # RuntimeError: links in a circle; ValueError: a name that no file can have
            raise refusal(path, error) from None

    def close(self) -> None:
        """Close the file. It is opened again when it is needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return what a query finds.

        Raises:
            JournalError: if the file cannot be read.
        """
        return self._mending(lambda connection: connection.execute(query, values).fetchall())

    def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do `work` as one transaction, and return its result when it is on the disk.

        If it turns out that the file is damaged, a new one is begun and `work` is done there, as `generation` tells.

        Raises:
            JournalError: if nothing can be written; then nothing was.
        """

        def transaction(connection: sqlite3.Connection) -> _T:
            with _transaction(connection):
                return work(connection)

        return self._mending(transaction)

    def erase(self, work: Callable[[sqlite3.Connection], _T], *, everything: bool = False) -> _T:
        """Do `work`, which deletes rows, so that nothing of them is left in the file, and return its result.

        Raises:
            JournalError: if they cannot be deleted.
        """
        try:
            result = self.write(work)
        except JournalError:
            if not everything:
                raise
            # On a full disk there is no room for the way back, and where all is to go, nobody will want to go it.
            self._mending(lambda connection: connection.execute("PRAGMA journal_mode = MEMORY"))
            result = self.write(work)
        with contextlib.suppress(JournalError):  # they are overwritten already; this gives their room back
            self._mending(lambda connection: connection.execute("VACUUM"))
        self._mending(lambda connection: connection.execute("PRAGMA journal_mode = TRUNCATE"))
        return result

    def be_patient(self, seconds: float = _WAIT) -> None:
        """Wait so long for other processes from here on."""
        if self._connection is not None:
            self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def kept_aside(self) -> tuple[Path, ...]:
        """Return the files beside this one that hold what was in the journal: damaged ones, and copies."""
        beginnings = tuple(self.path.name + part for part in (".damaged-", ".before-"))
        try:
            return tuple(sorted(one for one in self.path.parent.iterdir() if one.name.startswith(beginnings)))
        except OSError:
            return ()

    # --- opening ------------------------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        """Open the file, or a new one in its place if it cannot be ours, and return the connection."""
        self.close()
        if self.reading and not self.path.exists():
            return self._connect(":memory:")  # an empty journal, and nothing is made for it
        if not self.reading:
            make_place(self.path)
        if not stat.S_ISREG(self.path.stat().st_mode):
            raise JournalError(f"The journal {shown(self.path)} is no file.", ELSEWHERE)
        self._identity = identity(self.path)
        if is_foreign(self.path):
            self._move_aside("belongs to another program, or is damaged")
        try:
            return self._connect(self.path)
        except sqlite3.DatabaseError as error:
            if not _says_damaged(error):
                raise
            self._move_aside("is damaged")
            return self._connect(self.path)

    def _connect(self, path: Path | str) -> sqlite3.Connection:
        self._connection = connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
        self._identity = identity(self.path)
        version = self._examine(connection)
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        if version < len(STEPS):
            self._bring_up_to_date(connection)
        return connection

    def _examine(self, connection: sqlite3.Connection) -> int:
        """Return the version of the journal.

        Raises:
            JournalError: if a newer program wrote it.
            sqlite3.DatabaseError: if it is damaged.
        """
        connection.execute("BEGIN")  # what is read is of one moment, though another process may be making it
        try:
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(STEPS):
                message = f"The journal {shown(self.path)} was written by a newer version of this program."
                raise JournalError(message, f"Update the program. {ELSEWHERE}")
            made = {(kind, name) for kind, name in connection.execute("SELECT type, name FROM sqlite_master")}
            if {one for one in made if not one[1].startswith("sqlite_")} != _made_by(STEPS[:version]):
                raise sqlite3.DatabaseError("these are not the tables of a journal")
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        return version

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        """Take the steps that are missing, all or none, and keep a copy of what was before."""
        with _transaction(connection):
            version = connection.execute("PRAGMA user_version").fetchone()[0]  # another process may have been faster
            if version == len(STEPS):
                return
            if version:
                self._copy(f".before-{len(STEPS)}")
            for statement in (statement for step in STEPS[version:] for statement in step):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {len(STEPS)}")

    def _copy(self, ending: str) -> None:
        """Copy the file, which nobody changes meanwhile since this process is about to."""
        copy = reserved(self.path, ending)
        try:
            with (
                contextlib.closing(sqlite3.connect(self.path)) as original,
                contextlib.closing(sqlite3.connect(copy)) as target,
            ):
                original.backup(target)
        except BaseException:
            copy.unlink()  # half a copy is none
            raise

    # --- when something is wrong --------------------------------------------------------------------------------------

    def _mending(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Return the result of `work`; if the file turns out to be damaged or replaced, of `work` on the new one."""
        try:
            try:
                return work(self._connection or self._open())
            except sqlite3.Error as error:
                if _says_damaged(error):
                    self._move_aside("is damaged")
                elif not self._was_replaced():
                    raise
                self.generation += 1
                return work(self._open())
        except (sqlite3.Error, OSError) as error:
            raise refusal(self.path, error) from None

    def _was_replaced(self) -> bool:
        """Say whether another file stands at the path, such as the one that another process has begun anew."""
        now = identity(self.path)
        if now is None and self.path.parent.exists():
            raise JournalGoneError(f"The journal {shown(self.path)} was deleted.")
        return now is not None and now != self._identity

    def _move_aside(self, why: str) -> None:
        """Give the file another name, and its side files too: they would spoil a new file of the old name."""
        self.close()
        if self._identity == identity(self.path):  # otherwise another process was faster
            moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
            aside = reserved(self.path, f".damaged-{moment}")
            try:
                for ending in _SIDE_FILES:
                    beside = Path(f"{self.path}{ending}")
                    if beside.exists() and beside.stat().st_size:
                        beside.replace(f"{aside}{ending}")
                self.path.replace(aside)
            except OSError:
                aside.unlink()
                raise
            kept = f"It is kept as {shown(aside)}, as it was, and a new journal is begun."
            self.notices += (f"The journal {shown(self.path)} {why}. {kept}",)
        make_place(self.path)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make one transaction of what is done inside: whatever interrupts it, all of it is done or nothing."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _says_damaged(error: Exception) -> bool:
    """Say whether an error means that the file is damaged: those alone belong to none of the narrower kinds."""
    return type(error) is sqlite3.DatabaseError


def _made_by(steps: tuple[Step, ...]) -> set[tuple[str, str]]:
    """Return what stands in a file that has taken `steps`: kind and name of each table and index."""
    made = (statement.split(maxsplit=3) for step in steps for statement in step)
    return {(kind.lower(), name) for create, kind, name, _ in made if create == "CREATE"}
