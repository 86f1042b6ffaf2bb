"""The journal's side of an interview: what the person does is on the disk before the next question appears."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kb.journal.location import JournalError, journal_path, shown
from kb.model.knowledge import Answers, KnowledgeBase
from kb.model.stored_answers import asked_as
from kb.terminal.console import Console
from kb.text.blocks import Role

if TYPE_CHECKING:
    import click

    from kb.interview.events import Event
    from kb.interview.session import Session
    from kb.journal.entry import JournalEntry
    from kb.journal.sessions import Journal, Saved

KEEP_NOTHING = "unstuck.keep-nothing"
"""Where a click context says that nothing is to be read from the journal, nor written to it."""


def wanted(context: click.Context) -> bool:
    """Say whether the person lets a journal be kept, as far as the call says."""
    return not context.meta.get(KEEP_NOTHING)


def place(context: click.Context) -> Path | None:
    """Return where the journal lies, or None if the person wants none.

    Raises:
        JournalError: if nobody's home folder is known.
    """
    return journal_path() if wanted(context) else None


class Keeper:
    """Keeps an interview in the journal; nothing, if none is `wanted`.

    Where something cannot be kept it says so, and the interview goes on all the same. `worse` are the corrections that
    made it worse the last time, and are left out of the interview that begins. `packs` are those of `--rules`, which
    whoever goes on with it has to name too.
    """

    def __init__(self, console: Console, packs: Sequence[str], *, wanted: bool = True) -> None:
        self.worse: tuple[str, ...] = ()
        self._console = console
        self._wanted = wanted
        self._call = called_with(packs)
        self._journal: Journal | None = None
        self._entry: JournalEntry | None = None
        self._finished = False

    @property
    def kept(self) -> bool:
        """Say whether everything is on the disk."""
        return self._entry is not None and self._entry.kept

    @property
    def way_back(self) -> str:
        """Return what is typed to go on with the interview; nothing if it is not kept."""
        if self._entry is None or not self.kept:
            return ""
        return f"{self._call} resume {self._entry.id}" if self._finished else f"{self._call} resume"

    def begin(self, kb: KnowledgeBase) -> None:
        """Open the journal, and say what is to be said of earlier interviews, before a new one begins."""
        try:
            path = journal_path() if self._wanted else None
            if path is None:
                return
            from kb.journal.sessions import open_journal  # only now: whoever keeps nothing need not wait for it

            self._journal = open_journal(path)
            for notice in self._journal.notices:
                self._tell(notice)
            self._entry = self._journal.begin({pack.id: pack.version for pack in kb.packs}, asked_as(kb))
            if not self._journal.sessions(1):
                erase = "unstuck journal forget erases it."
                self._tell(f"Your answers are kept in {shown(self._journal.path)}; {erase}", Role.QUIET)
                return
            from kb.terminal.journal.last_time import last_time, unfinished  # only now: not everyone comes back

            going_on, last = self._journal.unfinished([pack.id for pack in kb.packs]), self._journal.unfinished()
            if going_on:
                number = "" if last and last.id == going_on.id else f" {going_on.id}"
                self._tell(unfinished(going_on, f"{self._call} resume{number}"), Role.QUIET)
            self.worse = last_time(self._console, self._journal, kb, besides=going_on.id if going_on else None)
        except JournalError as error:
            self.close()
            self._journal = self._entry = None
            self._tell(f"This interview is not kept: {error}")

    def go_on(self, journal: Journal, saved: Saved, kb: KnowledgeBase) -> None:
        """Go on with a session of a journal that is open."""
        self._journal = journal
        self._entry = journal.resume(saved, {pack.id: pack.version for pack in kb.packs}, asked_as(kb))
        self._finished = False

    def keep(self, answers: Answers, event: Event) -> None:
        """Keep what the person just did, and all answers as they are now; it is on the disk on return."""
        if self._entry is not None:
            self._finished = False
            self._tell(self._entry.keep(answers, event.kind, about=event.about, said=event.answer, now=event.at))

    def finish(self, session: Session) -> None:
        """Keep the report that the person sees, and that nothing is left to be asked."""
        from kb.report.build import build_report, to_json  # only now: the first question is not to wait for it

        if self._entry is not None and not self._finished:
            self._finished = True
            self._tell(self._entry.finish(to_json(build_report(session))))

    def close(self) -> None:
        """Let go of the journal."""
        if self._journal is not None:
            self._journal.close()

    def _tell(self, sentence: str | None, role: Role = Role.TEXT) -> None:
        if sentence:
            self._console.say()
            self._console.say(sentence, role)


def called_with(packs: Sequence[str]) -> str:
    """Return how the program is called with these packs, as a shell takes it."""
    if not packs:
        return "unstuck"
    if not packs:
        return "unstuck"
    from shlex import quote  # only now: few calls name packs

    return " ".join(["unstuck", *(f"--rules {quote(path)}" for path in packs)])
