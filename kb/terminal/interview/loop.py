"""Lead a person through an interview, and stay for what comes after: questions about the report, and trying it.

What comes next is the `Dialogue`'s to say. This asks it, shows its turn, gives it what is typed, and keeps the events.
"""

from __future__ import annotations

from datetime import datetime, timezone

import click

from kb.interview.dialogue import Dialogue, Reason, Turn
from kb.interview.events import Command
from kb.interview.session import Session
from kb.interview.typed_answers import stopping_questions
from kb.model.answers import AnswerFault
from kb.model.knowledge import BETTER, SAME, WORSE, Answer, Question
from kb.report.build import build_report
from kb.report.layout import headline
from kb.terminal.console import INTERRUPTED, Console, EndOfInput
from kb.terminal.interview import screens
from kb.terminal.interview.answer_prompt import ask
from kb.terminal.interview.commands import AT_A_PROMPT, ENDING, LATER, SKIP, TRIED, TRY, Quit, attempt_word, command_in
from kb.terminal.interview.keeper import Keeper
from kb.terminal.interview.opening import Begun
from kb.terminal.interview.replies import SHOWING
from kb.text.blocks import Role
from kb.text.wrapping import counted


def now() -> datetime:
    """Return what the clock says."""
    return datetime.now(timezone.utc)


class Interview:
    """One person at one terminal."""

    def __init__(self, dialogue: Dialogue, console: Console, keeper: Keeper) -> None:
        """Take in where the conversation stands, and who keeps what happens in it."""
        self.dialogue = dialogue
        self.console = console
        self.keeper = keeper
        self.reported = False
        self._stands_there: Question | None = None

    def run(self, begun: Begun | None = None) -> int:
        """Lead the interview to its end, and return the exit code. One that is not gone on with has `begun` already."""
        try:
            self._lead(begun)
        except KeyboardInterrupt:
            back = self.keeper.way_back
            given = counted(len(self.dialogue.session.answers), "answer")
            kept = f"They are kept: {back} goes on from here." if back else "Nothing is kept."
            click.echo(f"\nInterrupted after {given}. {kept}", err=True)
            if self.dialogue.stops:
                click.echo(f"{headline(build_report(self.dialogue.session))}.", err=True)
            return INTERRUPTED
        finally:
            self.keeper.close()
        return 0

    def _lead(self, begun: Begun | None) -> None:
        try:
            if begun and begun.leaving:
                raise begun.leaving
            self._stands_there = begun.asked if begun else None
            if not self.dialogue.attempt:
                self._ask_all()
        except EndOfInput:
            self.console.say()
            self.console.say("The input ended here. This is what is known so far.")
            self._report()
        except Quit:
            screens.farewell(self.console, self.dialogue.session)
            self._report()
        else:
            self._stay()
        at = self.dialogue
        finished = self.reported and not (at.attempt or at.put_first[1:] or at.next_attempt)
        if (back := self.keeper.way_back) and not finished:
            self.console.say()
            self.console.say(f"Your answers are kept: {back} goes on from here.", Role.QUIET)

    # --- asking -------------------------------------------------------------------------------------------------------

    def _ask_all(self) -> None:
        """Ask until no answer could change the report any more."""
        while turn := self._turn():
            answer = self._ask(turn)
            if answer is not None:
                self._answer(turn, answer)

    def _turn(self) -> Turn | None:
        self._renew()
        return self.dialogue.turn

    def _renew(self) -> bool:
        """Say that safety answers are asked again, if they are too old to stand."""
        renewed, before = self.dialogue.renewed(now()), self.dialogue
        self.dialogue = renewed
        if renewed is before:
            return False
        self.console.say()
        self.console.say("More than a day has passed since the safety questions were answered. They are asked again.")
        return True

    def _ask(self, turn: Turn) -> Answer | None:
        """Return the answer to a turn, or None if a command leads elsewhere."""
        session, shown = self.dialogue.session, turn.question is self._stands_there
        self._stands_there = None
        session.engine.start()  # while the first question is read
        session.most_questions_left()
        return ask(
            self.console,
            turn.question,
            screens.place(self.dialogue, turn),
            lambda command: self._obey(command, turn),
            can_stop=turn.question.id in session.kb.kept(stopping_questions),
            kept=self.dialogue.kept_by_enter(turn),
            shown=shown,
        )

    def _answer(self, turn: Turn, answer: Answer) -> None:
        """Say how an answer was understood, go on with it, and say what is urgent in what came of it."""
        before = self.dialogue
        screens.taken(self.console, turn.question, answer)
        self._take(answer)
        if turn.reason is Reason.TRIED:
            return
        if self.dialogue.stops:
            if not before.stops and self.dialogue.session.next_question():
                screens.stop_for_now(self.console)
        elif turn.reason is Reason.CHANGE and not self.reported:
            self._changed(before.session)

    def _take(self, reply: Answer | Command) -> None:
        self.dialogue, events = self.dialogue.take(reply, now())
        for event in events:
            self.keeper.keep(self.dialogue.answers, event)

    def _obey(self, command: Command, turn: Turn | None = None) -> bool:
        """Obey a command, and say whether it leads away from the turn."""
        if command.name in SHOWING:
            SHOWING[command.name](self.console, self.dialogue.session, turn.question if turn else None, command.about)
            return False
        if command.name in ENDING:
            raise Quit
        if command.name == "again":  # at a question the prompt itself does that
            raise AnswerFault("the questions are done.", "Type show to read the report again.")
        if command.name == "change":
            session = self.dialogue.session
            command = Command("change", screens.answer_named(session.kb, session.answers, command.about).id)
        self._take(command)
        return True

    # --- after the report ---------------------------------------------------------------------------------------------

    def _stay(self) -> None:
        """Show the report and answer what a person asks about it or says of trying it, until they are done."""
        self.reported = True
        try:
            if self.dialogue.attempt:
                self._follow(self.dialogue.attempt.before)
                self.keeper.finish(self.dialogue.session)
            else:
                self._report()
                self.keeper.finish(self.dialogue.session)
                screens.what_now(self.console, self.dialogue, kept=self.keeper.kept)
            while text := self.console.read("report> ", AT_A_PROMPT):
                try:
                    if self._renew():
                        self._ask_all()
                        self._report()
                    else:
                        self._at_the_report(text)
                except AnswerFault as fault:
                    screens.fault(self.console, fault)
                self.keeper.finish(self.dialogue.session)
        except (EndOfInput, Quit):
            return

    def _at_the_report(self, text: str) -> None:
        word, before = attempt_word(text), self.dialogue
        if word == LATER:
            raise Quit
        if word == TRY:
            screens.to_try(self.console, before.session, before.to_try(), kept=self.keeper.kept)
        elif word == SKIP:
            left_out = before.to_try()
            self._take(Command(SKIP))
            self.console.say(f"Left out: {left_out.title}.")
            screens.what_next(self.console, self.dialogue, kept=self.keeper.kept)
        elif word in (TRIED, BETTER, SAME, WORSE):
            self._take(Command(TRIED))
            if word != TRIED and (turn := self.dialogue.turn):
                self._answer(turn, word)
            self._follow(before.session)
        elif command := Command("show", text) if text.isdigit() else command_in(text):
            if self._obey(command):
                self._follow(before.session)
        else:
            raise AnswerFault("the questions are done.", "Type help to see what you can do here.")

    def _follow(self, before: Session) -> None:
        """Ask what a command at the report made necessary, and say what that changed since `before`."""
        felt = any(turn.reason is Reason.FELT for turn in self.dialogue.put_first)
        try:
            self._ask_all()
        except (EndOfInput, Quit):
            if self.dialogue.session != before and (self.dialogue.stops or not self.dialogue.attempt):
                self._tell(before)
            raise
        attempt, self.dialogue = self.dialogue.attempt, self.dialogue.settled()
        if attempt and not self.dialogue.stops:
            self._changed(attempt.before)
            screens.how_it_went(self.console, attempt)
            screens.what_next(self.console, self.dialogue, kept=self.keeper.kept)
            return
        self._tell(before)
        if felt and not self.dialogue.stops:
            self.console.say("If something of this kind comes later, come out of the pose and type felt again.")

    def _tell(self, before: Session) -> None:
        if before == self.dialogue.session:
            self.console.say()
            self.console.say("Nothing was changed.")
        elif self.dialogue.stops:
            self._report()
        elif self._changed(before):
            self.console.say("Type show to read the whole report.", Role.QUIET)

    def _changed(self, before: Session) -> bool:
        return screens.changed(self.console, build_report(before), build_report(self.dialogue.session))

    def _report(self) -> None:
        screens.report(self.console, self.dialogue.session)
