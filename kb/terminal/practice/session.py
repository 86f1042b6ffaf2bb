"""`unstuck practice`: what is practiced, whether danger was asked about, and the way through it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import click

from kb.inference.engine import Engine
from kb.interview.practice import alone, danger_questions, practice_named, practices
from kb.interview.session import Session
from kb.interview.startup import knowledge_in_use
from kb.model.knowledge import KnowledgeBase
from kb.model.packs import Practice
from kb.model.problems import KbError
from kb.terminal.completion import completed, packs_typed
from kb.terminal.console import Console, EndOfInput
from kb.terminal.interview import screens
from kb.terminal.journal.practice_journal import PracticeJournal
from kb.terminal.packs import say_what_is_left_out
from kb.terminal.practice.clock import Clock
from kb.terminal.practice.guide import Guide, written
from kb.terminal.practice.screening import Stopped, screened, still_so
from kb.text.blocks import Role
from kb.text.durations import day


@completed
def _names(context: click.Context, _typed: str) -> Iterator[tuple[str, str]]:
    """Yield what can be practiced: poses, and recommendations."""
    kb = knowledge_in_use(packs_typed(context))
    yield from ((practice.id, practice.title) for pack in kb.packs for practice in pack.practices)
    yield from ((name, each.title) for name, each in kb.recommendations.items() if not each.closing)


@click.command("practice")
@click.argument("words", nargs=-1, metavar="[NAME]", shell_complete=_names)
@click.option("--no-journal", "unkept", is_flag=True, help="Read nothing from the journal, and keep nothing in it.")
@click.pass_context
def command(context: click.Context, words: tuple[str, ...], unkept: bool) -> None:
    """Be led through a pose or a correction, with the hold timed.

    NAME is a pose or a recommendation; the beginning will do, such as wall. Without it, you practice what your last
    interview advised first, or choose from a list. The safety questions come first. At each step Enter goes on; in a
    hold it pauses and goes on. Without a terminal the steps are written down, and nothing is asked.
    """
    kb = knowledge_in_use(context.obj)
    say_what_is_left_out(kb, context.obj)
    wanted = not (unkept or context.meta.get("unstuck.keep-nothing"))
    context.exit(PracticeSession(kb, Console(), PracticeJournal(kb, wanted=wanted)).run(" ".join(words)))


class PracticeSession:
    """One person who wants to practice."""

    def __init__(self, kb: KnowledgeBase, console: Console, journal: PracticeJournal) -> None:
        self.kb, self.console, self.journal = kb, console, journal

    def run(self, name: str) -> int:
        """Lead through what `name` means, or what was advised last, and return the exit code.

        Raises:
            KbError: if `name` means nothing that can be practiced.
        """
        try:
            if name:
                practice: Practice | None = practice_named(self.kb, name)
            else:
                practice = self._advised() or self._chosen()
            if practice and self.console.listening:
                self._practice(practice)
            elif practice:
                written(self.console, Session.begin(Engine(self.kb)), practice)
        finally:
            self.journal.close()
        return 0

    # --- what ---------------------------------------------------------------------------------------------------------

    def _advised(self) -> Practice | None:
        """Return what the last interview advised first."""
        found = self.journal.advised()
        if found is None:
            return None
        recommendation, begun = found
        when = day(begun, date.today())
        self.console.say(
            f"Your interview of {when} advised this first. For something else, type: unstuck practice NAME", Role.QUIET
        )
        self.console.say()
        return alone(recommendation)

    def _chosen(self) -> Practice | None:
        """Let the person choose from all that there is. Where nobody can, it is only listed."""
        poses = practices(self.kb)
        taken = {pose.id for pose in poses}
        parts = [alone(each) for each in self.kb.recommendations.values() if each.id not in taken]
        listed = [*poses, *parts]
        number = 0
        for heading, some in (("Poses, built up step by step", poses), ("One thing alone", parts)):
            if some:
                self.console.say(heading, Role.HEADING)
                self.console.say()
            for practice in some:
                number += 1
                self.console.say(f"{practice.title} ({practice.id})", first=f"  {number:>2}  ")
            if some:
                self.console.say()
        if not listed:
            self.console.say("These rules have nothing that can be practiced.")
            return None
        if not self.console.listening:
            self.console.say("To practice one of them, give its name: unstuck practice NAME")
            return None
        self.console.say("Which one? Type its number, or the beginning of its name; Enter ends.", Role.QUIET)
        return self._typed(listed)

    def _typed(self, listed: list[Practice]) -> Practice | None:
        while True:
            try:
                text = self.console.read(screens.PROMPT)
            except EndOfInput:
                return None
            if text.casefold() in ("", "stop", "quit", "exit"):
                return None
            if text.isascii() and text.isdigit():
                if len(text) < 5 and 1 <= int(text) <= len(listed):
                    return listed[int(text) - 1]
                self.console.say(f"Type a number from 1 to {len(listed)}.")
                continue
            try:
                return practice_named(self.kb, text)
            except KbError as error:
                self.console.say(str(error))

    # --- whether ------------------------------------------------------------------------------------------------------

    def _practice(self, practice: Practice) -> None:
        """Ask about danger, and lead through `practice`."""
        self.console.say(practice.title, Role.HEADLINE)
        self.console.say()
        limits = dict.fromkeys(limit for pack in self.kb.packs for limit in pack.limits)
        if limits:
            self.console.say(" ".join(limits))
        try:
            session = self._screened(Engine(self.kb))
        except (Stopped, EndOfInput):
            self.console.say("You are stopping here. Nothing was practiced.")
            return
        guide = Guide(self.console, session, self.journal.hold, lambda: Clock(echo=not self.console.redraws))
        try:
            guide.run(practice)
        finally:
            if told := self.journal.end(guide.session):
                self.console.say(told)

    def _screened(self, engine: Engine) -> Session:
        """Return a session with the answers to all questions about danger."""
        lately = self.journal.lately(engine)
        if lately.stopped:
            self.console.say()
            self.console.say(
                f"A session of the last day, number {lately.stopped.id}, came to a stop. If you were told to see "
                "someone, please do that first. Otherwise the safety questions are asked once more."
            )
        if lately.saved and lately.session:
            self.console.say()
            self.console.say(
                f"The safety questions were answered in your session {lately.saved.id}, at {lately.saved.begun:%H:%M}, "
                "less than a day ago. You said:"
            )
            answered = [each for each in danger_questions(self.kb) if each.id in lately.session.answers]
            if still_so(self.console, lately.session, answered):
                self.journal.belongs_to(lately.saved)
                return screened(self.console, lately.session)
        return screened(self.console, Session.begin(engine))
