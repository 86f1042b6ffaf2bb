"""Lead a person through an interview, and stay for what comes after: questions about the report, and trying it."""

from __future__ import annotations

import click

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.model.answers import AnswerFault
from kb.model.knowledge import BETTER, SAME, WORSE, Recommendation, attempt_name
from kb.report.build import build_report
from kb.report.layout import Role, headline
from kb.terminal.console import Console, EndOfInput
from kb.terminal.interview import screens, trying
from kb.terminal.interview.commands import AT_A_PROMPT, LATER, SKIP, TRIED, TRY, Command, Quit, attempt_word, command_in
from kb.terminal.interview.keeper import Keeper
from kb.terminal.interview.opening import Begun, begin
from kb.terminal.interview.turns import Asking, Reason, Turn

INTERRUPTED = 130


class Interview(Asking):
    """One person at one terminal."""

    def __init__(
        self, engine: Engine, console: Console, keeper: Keeper | None = None, standing: trying.Standing | None = None
    ) -> None:
        """Take in who keeps the interview, and where it stands if it is gone on with."""
        self.resumed = standing is not None
        super().__init__(engine, console, keeper or Keeper(), standing)

    def run(self, begun: Begun | None = None) -> int:
        """Lead the interview to its end, and return the exit code. It may have `begun` before this was loaded."""
        try:
            self._lead(begun)
        except KeyboardInterrupt:
            back = self.keeper.way_back
            kept = f"They are kept: {back} goes on from here." if back else "Nothing is kept."
            click.echo(f"\nInterrupted after {screens.counted(self.session.answers)}. {kept}", err=True)
            if self.session.advice.outcome.stops:
                click.echo(f"{headline(build_report(self.session))}.", err=True)
            return INTERRUPTED
        finally:
            self.keeper.close()
        return 0

    def _lead(self, begun: Begun | None) -> None:
        try:
            if not self.resumed:
                self._begin(begun)
            if not self.attempt:
                self._ask_all()
        except EndOfInput:
            self.console.say()
            self.console.say("The input ended here. This is what is known so far.")
            screens.report(self.console, self.session)
        except Quit:
            screens.farewell(self.console, self.session)
            screens.report(self.console, self.session)
        else:
            self._stay()
        self._say_what_is_kept()

    def _begin(self, begun: Begun | None) -> None:
        if begun is None:
            first, most = self.session.next_question(), self.session.most_questions_left()
            begun = begin(self.console, self.keeper, self.session.kb, first, most)
        if begun.leaving is not None:
            raise begun.leaving
        self._shown = begun.asked
        for correction in self.keeper.worse:
            self.session = self.session.answer(attempt_name(correction), WORSE)

    def _say_what_is_kept(self) -> None:
        """Say how to go on another time, if there is something to go on with."""
        finished = self.reported and not self.attempt and not self._turns
        if (back := self.keeper.way_back) and not (finished and self._following() is None):
            self.console.say()
            self.console.say(f"Your answers are kept: {back} goes on from here.", Role.QUIET)

    # --- after the report ---------------------------------------------------------------------------------------------

    def _stay(self) -> None:
        """Show the report and answer what a person asks about it or says of trying it, until they are done."""
        self.reported = True
        try:
            if self.attempt:
                self._ask_what_follows()
                self.keeper.finish(self.session)
            else:
                screens.report(self.console, self.session)
                self.keeper.finish(self.session)
                self._what_now()
            while text := self.console.read("report> ", AT_A_PROMPT):
                try:
                    if self._renew():
                        self._ask_all()
                        screens.report(self.console, self.session)
                    else:
                        self._at_the_report(text)
                except AnswerFault as fault:
                    screens.fault(self.console, fault)
                self.keeper.finish(self.session)
        except (EndOfInput, Quit):
            return

    def _what_now(self) -> None:
        following = self._following()
        screens.what_now(
            self.console,
            build_report(self.session),
            can_try=bool(trying.after_advice(self.session)),
            invitation=(lambda: self._invite(following)) if following else None,
        )

    def _invite(self, following: Recommendation) -> None:
        trying.invite(self.console, self.session, following, kept=self.keeper.kept)

    def _at_the_report(self, text: str) -> None:
        word = attempt_word(text)
        if word == LATER:
            raise Quit
        if word == TRY:
            self._show_next()
        elif word == SKIP:
            self._skip()
        elif word == TRIED:
            self._turns.append(Turn(self.session.kb.questions[attempt_name(self._to_try().id)], Reason.TRIED))
            self._ask_what_follows()
        elif word in (BETTER, SAME, WORSE):
            question = self.session.kb.questions[attempt_name(self._to_try().id)]
            screens.taken(self.console, question, word)
            if word == WORSE:
                self.console.say(trying.COME_OUT)
            self._begin_attempt(word)
            self._ask_what_follows()
        else:
            command = Command("show", text) if text.isdigit() else command_in(text)
            if command is None:
                raise AnswerFault("the questions are done.", "Type help to see what you can do here.")
            self._obey_and_ask(command)

    def _obey_and_ask(self, command: Command) -> None:
        """Obey a command given at the report, ask what that makes necessary, and say what it changed."""
        before = self.session
        self._obey(None, command)
        felt = any(turn.reason is Reason.FELT for turn in self._turns)
        if not self._turns:
            return
        try:
            self._ask_all()
        except (EndOfInput, Quit):
            if before != self.session:
                self._tell_changes(before)
            raise
        self._tell_changes(before)
        if felt and not self.session.advice.outcome.stops:
            self.console.say("If something of this kind comes later, come out of the pose and type felt again.")

    def _tell_changes(self, before: Session) -> None:
        if before == self.session:
            self.console.say()
            self.console.say("Nothing was changed.")
        elif self.session.advice.outcome.stops:
            screens.report(self.console, self.session)
        elif screens.changed(self.console, build_report(before), build_report(self.session)):
            self.console.say("Type show to read the whole report.", Role.QUIET)

    # --- trying -------------------------------------------------------------------------------------------------------

    def _show_next(self) -> None:
        trying.next_one(self.console, self.session, self._to_try(), kept=self.keeper.kept)

    def _what_next(self) -> None:
        """Show what is to be tried next, or say why nothing is."""
        if self._following():
            self._show_next()
        else:
            trying.nothing_more(self.console, self.session, self.skipped)

    def _skip(self) -> None:
        left_out = self._to_try()
        self.skipped |= {left_out.id}
        self._keep("attempt", attempt_name(left_out.id), trying.SKIPPED)
        self.console.say(f"Left out: {left_out.title}.")
        self._what_next()

    def _ask_what_follows(self) -> None:
        """Ask what follows from an attempt, then say what it changed and what is next."""
        try:
            self._ask_all()
        except (EndOfInput, Quit):
            if self.session.advice.outcome.stops:
                screens.report(self.console, self.session)
            raise
        attempt, self.attempt = self.attempt, None
        if attempt is None:
            self._tell_changes(self.session)
        elif self.session.advice.outcome.stops:
            screens.report(self.console, self.session)
        else:
            self.session = trying.given_back(attempt, self.session, self.said)
            screens.changed(self.console, build_report(attempt.before), build_report(self.session))
            trying.how_it_went(self.console, attempt)
            self._what_next()
