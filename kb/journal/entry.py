"""One interview in the journal, while it is going on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from kb.interview.events import Event
from kb.journal.location import JournalError, JournalGoneError
from kb.journal.records import Hold, Saved, aware, decoded, encoded, utc, words
from kb.model.knowledge import Answer, Answers
from kb.model.stored_answers import Plain, plain

if TYPE_CHECKING:
    import sqlite3

    from kb.journal.database import JournalFile

ERASED = "This interview was erased from the journal. Nothing more of it is kept."
KEPT_AGAIN = "Your answers are kept again, with those that could not be kept before."


class _ErasedError(Exception):
    """The session is no longer in the journal."""


class JournalEntry:
    """One interview in the journal.

    Its methods never raise for what a disk does. They return a sentence that the person must be told, or None. What
    could not be written stays here, and is written with the next thing that can be.

    Where two processes go on with one session, the one that is overtaken makes a session of its own: neither may write
    over the other's answers. And a session that was erased stays erased, though its interview may still go on.
    """

    def __init__(
        self,
        file: JournalFile,
        packs: Mapping[str, str],
        asked: Mapping[str, Sequence[str]],
        begun: datetime,
        saved: Saved | None = None,
    ) -> None:
        self.id = saved.id if saved else None
        """The number of the session, once there is something to keep."""
        self._file = file
        self._generation = file.generation
        self._writer = os.urandom(8).hex()
        self._origin, self._overtaken = (saved.origin, saved.writer) if saved else (self._writer, self._writer)
        self._packs, self._asked = dict(packs), asked
        self._begun = begun
        self._answers: dict[str, Plain] = dict(saved.answers) if saved else {}
        self._finished = saved.finished if saved else None
        self._report = msgspec.json.encode(saved.report).decode() if saved and saved.report is not None else None
        self._events = list(saved.events) if saved else []
        self._holds = list(saved.holds) if saved else []
        self._kept = (len(self._events), len(self._holds))
        self._erased = self._failing = False
        self._told = len(file.notices)

    @property
    def kept(self) -> bool:
        """Say whether there is something to keep, and all of it is on the disk."""
        return self.id is not None and not self._erased and not self._failing

    def keep(
        self,
        answers: Answers,
        event: str,
        *,
        about: str = "",
        said: Answer | None = None,
        now: datetime | None = None,
    ) -> str | None:
        """Keep what the person just did, and all answers as they are now; it is on the disk on return.

        What the event is `about`, and what was `said`, need to be told only if that is not seen in the answers, as
        when something was tried.
        """
        before, self._answers = self._answers, {name: plain(answer) for name, answer in answers.items()}
        about = about or _difference(before, self._answers)
        answer = self._answers.get(about) if said is None else plain(said)
        self._events.append(Event(aware(now), event, about, answer))
        self._finished = None
        return self._flush()

    def hold(
        self, recommendation: str, seconds: float, target_seconds: float, now: datetime | None = None
    ) -> str | None:
        """Keep how long something was held."""
        self._holds.append(Hold(aware(now), recommendation, seconds, target_seconds))
        return self._flush()

    def finish(self, report_json: str, now: datetime | None = None) -> str | None:
        """Keep the report that was shown, and that the session is finished until the person goes on."""
        self._finished, self._report = aware(now), report_json
        return self._flush()

    def _flush(self) -> str | None:
        """Write what is not yet written, and return what the person must be told."""
        if self._erased or (self.id is None and not self._answers and not self._holds):
            return None
        before = self.id
        try:
            self.id = self._file.write(self._store)
        except (_ErasedError, JournalGoneError) as error:
            if before is None and isinstance(error, JournalGoneError):  # nothing of this was in it
                self._file.close()
                return self._flush()
            self._erased = True
            return ERASED
        except JournalError as error:
            if self._failing:
                return None
            self._failing = True
            self._file.be_patient(0.1)  # the person knows; no answer is to take long because of it
            return f"Your answers cannot be kept from here on. {error} The interview goes on all the same."
        self._kept = (len(self._events), len(self._holds))
        new, self._told = self._file.notices[self._told :], len(self._file.notices)
        if before not in (None, self.id):
            new += (f"This interview is kept whole as session {self.id} from here on.",)
        if self._failing:
            self._failing = False
            self._file.be_patient()
            new += (KEPT_AGAIN,)
        return " ".join(new) or None

    def _store(self, connection: sqlite3.Connection) -> int:
        """Write the session as it stands, and return its number. Done twice, it is as if it had been done once."""
        if self._generation != self._file.generation:  # another file, which may know nothing of it
            self._generation = self._file.generation
            self._make_anew()
        session = self._update(connection) or self._insert(connection)
        events, holds = self._kept
        connection.executemany(
            "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?)",
            [
                (session, number, utc(each.at), each.kind, each.about, encoded(each.answer))
                for number, each in enumerate(self._events[events:], events + 1)
            ],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?, ?, ?)",
            [
                (session, number, utc(each.at), each.recommendation, each.seconds, each.target_seconds)
                for number, each in enumerate(self._holds[holds:], holds + 1)
            ],
        )
        return session

    def _update(self, connection: sqlite3.Connection) -> int | None:
        """Write over the session's row, and return its number, or None if another one is to be made.

        Raises:
            _ErasedError: if it has been erased.
        """
        columns = self._columns()
        changed = connection.execute(
            f"UPDATE sessions SET {', '.join(f'{name} = ?' for name in columns)},"  # noqa: S608 - names from below
            " touched = (SELECT max(touched) FROM sessions) + 1 WHERE origin = ? AND writer IN (?, ?)",
            (*columns.values(), self._origin, self._writer, self._overtaken),
        ).rowcount
        row = connection.execute("SELECT id FROM sessions WHERE origin = ?", (self._origin,)).fetchone()
        if changed:
            session: int = row[0]
            return session
        if row is not None:  # another process goes on with it
            self._origin = os.urandom(8).hex()
            self._make_anew()
        elif self.id is not None:
            raise _ErasedError
        return None

    def _make_anew(self) -> None:
        """Forget what is written: all of it is to be written once more, elsewhere."""
        self.id, self._kept = None, (0, 0)

    def _insert(self, connection: sqlite3.Connection) -> int:
        ahead = (self._begun.utcoffset() or timedelta()) // timedelta(minutes=1)
        columns = self._columns() | {"origin": self._origin, "begun": utc(self._begun), "utc_offset": ahead}
        row = connection.execute(
            f"INSERT INTO sessions (touched, {', '.join(columns)})"  # noqa: S608 - names from below
            f" VALUES (ifnull((SELECT max(touched) FROM sessions), 0) + 1{', ?' * len(columns)})",
            tuple(columns.values()),
        )
        assert row.lastrowid is not None
        return row.lastrowid

    def _columns(self) -> dict[str, Any]:
        report = decoded(self._report) if self._report else {}
        return {
            "writer": self._writer,
            "answered": len(self._answers),
            "finished": utc(self._finished) if self._finished else None,
            "outcome": words(report.get("outcome")) or None,
            "findings": len(found if isinstance(found := report.get("findings"), list) else ())
            if self._report
            else None,
            "packs": encoded(self._packs),
            "asked": encoded({name: terms for name, terms in self._asked.items() if name in self._answers}),
            "answers": encoded(self._answers),
            "report": self._report,
        }


def _difference(before: Mapping[str, Plain], after: Mapping[str, Plain]) -> str:
    """Return the question whose answer came, went or changed."""
    changed = (name for name in (*after, *before) if before.get(name) != after.get(name))
    return next(changed, "")
