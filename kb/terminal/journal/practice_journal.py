"""The journal's side of a practice: what was advised last, which safety answers are fresh, how long was held.

A practice without an interview keeps its holds, and a stop if it came to one. It keeps no safety answers that were
fine: those are asked again the next time. A practice that begins with the answers of an interview belongs to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from kb.inference.engine import Engine
from kb.interview.events import advised, made_worse
from kb.interview.session import Session
from kb.journal.location import is_there
from kb.journal.records import aware
from kb.journal.sessions import Journal, JournalEntry, JournalError, Saved, journal_path, open_journal
from kb.model.knowledge import KnowledgeBase, Recommendation
from kb.model.stored_answers import FRESH, asked_as, is_fresh, still_fitting
from kb.report.build import build_report, to_json

_LOOKED_AT = 20
"""Sessions that are looked at, the newest ones. Nobody has more of them in a day."""


class Lately(NamedTuple):
    """What the journal knows of the last day: answers that may stand, or the session that came to a stop."""

    saved: Saved | None = None
    session: Session | None = None
    stopped: Saved | None = None


class PracticeJournal:
    """The journal, as far as a practice has to do with it. It never raises for what a disk does."""

    def __init__(self, kb: KnowledgeBase, *, wanted: bool, now: datetime | None = None) -> None:
        self._kb, self._now = kb, now
        self._journal: Journal | None = None
        self._entry: JournalEntry | None = None
        self._belongs_to: Saved | None = None
        self._why_not = "" if wanted else "This is not kept, as you asked."
        if wanted:
            self._open(reading=True)

    def close(self) -> None:
        """Close the journal."""
        if self._journal:
            self._journal.close()

    # --- reading ------------------------------------------------------------------------------------------------------

    def advised(self) -> tuple[Recommendation, datetime] | None:
        """Return what the last interview advised first that can be practiced, and when that was."""
        packs = [pack.id for pack in self._kb.packs]
        saved = self._journal.latest_finished(packs) if self._journal else None
        if saved is None:
            return None
        worse = made_worse(self._kb, saved.answers, saved.events)
        first = next((each for each in advised(self._kb, saved.report) if each.id not in worse), None)
        return (first, saved.begun) if first else None

    def lately(self, engine: Engine) -> Lately:
        """Return which answers of the last day may stand.

        Answers stand only where the session began within that time, so that none of them is older, and was finished. A
        stop in any session of that time, finished or not, lets none stand.
        """
        found = Lately()
        now = aware(self._now)
        for saved in self._journal.sessions(_LOOKED_AT) if self._journal else ():
            moments = [
                saved.begun,
                *(event.at for event in saved.events),
                *([saved.finished] if saved.finished else []),
            ]
            if all(now - moment >= FRESH for moment in moments):  # one to come is recent too: clocks go backwards
                continue
            fitting = still_fitting(self._kb, saved.answers, saved.asked).answers
            session = Session.begin(engine, fitting)
            if session.advice.outcome.stops or saved.outcome.startswith(("stop-", "clinician-")):
                return Lately(stopped=saved)
            if (
                is_fresh(saved.begun, now)
                and saved.finished
                and found.saved is None
                and set(self._kb.safety_screens) <= set(fitting)
            ):
                found = Lately(saved, session)
        return found

    # --- writing ------------------------------------------------------------------------------------------------------

    def belongs_to(self, saved: Saved) -> None:
        """Let what is held belong to an interview that was kept."""
        self._belongs_to = saved

    def hold(self, recommendation: str, seconds: float, target: float) -> str:
        """Keep how long something was held, and return what the person is told about it."""
        entry = self._begin()
        if entry is None:
            return self._told_once()
        said = entry.hold(recommendation, seconds, target, self._now)
        return said or "It is in your journal."

    def end(self, session: Session) -> str:
        """Keep a stop that the practice came to, and return what the person must be told, if anything."""
        if not session.advice.outcome.stops:
            return ""
        entry = self._begin()
        if entry is None:
            return self._told_once()
        said = entry.keep(session.answers, "answer", now=self._now)
        return said or entry.finish(to_json(build_report(session)), self._now) or ""

    def _begin(self) -> JournalEntry | None:
        """Return the entry of this practice, or None if nothing can be kept."""
        if self._entry is None and not self._why_not:
            self._open(reading=False)
        if self._entry is None and self._journal and not self._why_not:
            packs = {pack.id: pack.version for pack in self._kb.packs}
            asked = asked_as(self._kb)
            saved = self._belongs_to
            begin = self._journal.begin
            self._entry = self._journal.resume(saved, packs, asked) if saved else begin(packs, asked, self._now)
        return self._entry

    def _open(self, *, reading: bool) -> None:
        """Open the journal: to read only if there is one."""
        try:
            path = journal_path()
            if path is None:
                self._why_not = "This is not kept, since your journal is off."
            elif not reading or is_there(path):
                self.close()
                self._journal = open_journal(path, reading=reading)
        except JournalError as error:
            self._why_not = f"This is not kept: {error}"

    def _told_once(self) -> str:
        said, self._why_not = self._why_not, self._why_not and " "
        return said.strip()
