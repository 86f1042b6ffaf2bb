"""The journal: what is kept between sessions, so that no interview is lost and a person sees how it goes.

`open_journal` opens it. `Journal.begin` begins a `JournalEntry`, which is one interview; its `keep` is called after all
that the person does, and when it returns, that is on the disk. What was kept is read back as `Saved`. Order is the
order in which things were kept, never that of the clock: clocks go backwards.

An interview is *finished* when its report was shown, and no longer so as soon as the person does something more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kb.interview.events import Event
from kb.journal.entry import JournalEntry
from kb.journal.location import JournalError, journal_path
from kb.journal.records import (
    Hold,
    Point,
    Saved,
    amount,
    aware,
    decoded,
    local,
    words,
)

if TYPE_CHECKING:
    import sqlite3

    from kb.journal.database import JournalFile

__all__ = ["Journal", "JournalEntry", "JournalError", "Saved", "journal_path", "open_journal"]


def open_journal(path: Path, *, reading: bool = False) -> Journal:
    """Open the journal at `path`, and make it if there is none.

    With `reading`, nothing is made, and a journal that cannot be written to is good enough.

    Raises:
        JournalError: if nothing can be kept there.
    """
    from kb.journal.database import JournalFile  # only now: whoever keeps no journal need not wait for SQLite

    return Journal(JournalFile(path, reading=reading))


_MOST_LOOKED_AT = 50
"""How many sessions are looked at for one that was held with certain packs."""


class Journal:
    """All sessions that were kept."""

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the journal."""
        self._file.close()

    @property
    def path(self) -> Path:
        """Return where it lies."""
        return self._file.path

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what the person must be told about the file, in sentences."""
        return self._file.notices

    @property
    def kept_aside(self) -> tuple[Path, ...]:
        """Return the files beside the journal that hold what was in it once: damaged ones, and copies."""
        return self._file.kept_aside()

    # --- writing ------------------------------------------------------------------------------------------------------

    def begin(
        self, packs: Mapping[str, str], asked: Mapping[str, Sequence[str]], now: datetime | None = None
    ) -> JournalEntry:
        """Begin an interview with `packs` (id and version) on the terms `asked` (`kb.model.stored_answers.asked_as`).

        Nothing is written before there is something to keep.
        """
        return JournalEntry(self._file, packs, asked, aware(now))

    def resume(self, saved: Saved, packs: Mapping[str, str], asked: Mapping[str, Sequence[str]]) -> JournalEntry:
        """Go on with a saved interview, with the packs and on the terms of today."""
        return JournalEntry(self._file, packs, asked, saved.begun, saved)

    def delete(self, session: int) -> bool:
        """Erase a session, and say whether there was one.

        Raises:
            JournalError: if it cannot be erased.
        """

        def work(connection: sqlite3.Connection) -> bool:
            return connection.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount > 0

        return self._file.erase(work)

    def forget(self) -> int:
        """Erase everything, and return how many sessions there were. What was kept aside is left to whoever asks.

        Raises:
            JournalError: if it cannot be erased.
        """

        def work(connection: sqlite3.Connection) -> int:
            count = connection.execute("DELETE FROM sessions").rowcount
            connection.execute("DELETE FROM sqlite_sequence")
            return count

        return self._file.erase(work, everything=True)

    # --- reading ------------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Return how many sessions there are."""
        count: int = self._file.rows("SELECT count(*) FROM sessions")[0][0]
        return count

    def numbers(self) -> list[int]:
        """Return the numbers of all sessions, the oldest first."""
        return [number for (number,) in self._file.rows("SELECT id FROM sessions ORDER BY id")]

    def sessions(self, limit: int = 20, before: int | None = None) -> list[Saved]:
        """Return the newest sessions, the newest first; with `before`, those that come before that one."""
        return self._read("id < ? ORDER BY id DESC LIMIT ?", 2**62 if before is None else before, limit)

    def saved(self, session: int) -> Saved | None:
        """Return what was kept of a session, or None if there is none of that number."""
        return next(iter(self._read("id = ?", session)), None)

    def unfinished(self, of: Collection[str] = ()) -> Saved | None:
        """Return the session to go on with: of those that were not finished, the one that was used last.

        With `of`, the ids of packs, only sessions that were held with one of them count.
        """
        return self._last_used("finished IS NULL AND answered > 0", of)

    def latest_finished(self, of: Collection[str] = ()) -> Saved | None:
        """Return the session whose advice was shown last, also if the person went on with it since; `of` as above."""
        return self._last_used("report IS NOT NULL", of)

    def _last_used(self, where: str, of: Collection[str]) -> Saved | None:
        for skipped in range(_MOST_LOOKED_AT):
            latest = next(iter(self._read(f"{where} ORDER BY touched DESC LIMIT 1 OFFSET ?", skipped)), None)
            if latest is None or not of or not latest.packs.keys().isdisjoint(of):
                return latest
        return None

    def all_saved(self) -> Iterator[Saved]:
        """Yield everything, the oldest session first."""
        for number in self.numbers():
            yield from self._read("id = ?", number)  # it may have been erased meanwhile

    def history(self, strain: str, newest: int | None = None) -> Iterator[Point]:
        """Yield what the plot shows of each session, the oldest first; `strain` is the question about it.

        With `newest`, that many sessions are enough: a long journal takes no longer to look at than a short one.
        """
        rows = self._file.rows(
            "SELECT id, begun, utc_offset, answers, findings, outcome,"
            " (SELECT max(seconds) FROM holds WHERE session = sessions.id) FROM sessions ORDER BY id DESC LIMIT ?",
            (-1 if newest is None else newest,),
        )
        for number, begun, ahead, answers, findings, outcome, longest in reversed(rows):
            said = decoded(answers).get(strain)
            yield Point(number, local(begun, ahead), said, longest, findings, words(outcome))

    def _read(self, where: str, *values: int) -> list[Saved]:
        rows = self._file.rows(
            "SELECT id, begun, utc_offset, packs, answered, finished, outcome, findings,"  # noqa: S608 - `where` is ours
            f" answers, asked, report, origin, writer FROM sessions WHERE {where}",
            values,
        )
        return [self._saved(*row) for row in rows]

    def _saved(self, number: int, *columns: Any) -> Saved:
        """Return a session from its row, as far as nobody has spoiled it, and from what it has in the other tables."""
        begun, ahead, packs, answered, finished, outcome, findings, answers, asked, report, origin, writer = columns
        events = self._file.rows(
            "SELECT time, kind, about, answer FROM events WHERE session = ? ORDER BY number", (number,)
        )
        holds = self._file.rows(
            "SELECT time, recommendation, seconds, target_seconds FROM holds WHERE session = ? ORDER BY number",
            (number,),
        )
        return Saved(
            id=number,
            begun=local(begun, ahead),
            packs=decoded(packs, dict[str, str]),
            answered=amount(answered),
            finished=None if finished is None else local(finished, ahead),
            outcome=words(outcome),
            findings=amount(findings),
            answers=decoded(answers),
            asked=decoded(asked, dict[str, list[str]]),
            report=decoded(report) if report else None,
            origin=words(origin),
            writer=words(writer),
            events=tuple(
                Event(local(time, ahead), words(kind), words(about), decoded(answer, Any))
                for time, kind, about, answer in events
            ),
            holds=tuple(
                Hold(local(time, ahead), words(name), amount(seconds), amount(target))
                for time, name, seconds, target in holds
            ),
        )
