"""Lead a person through an interview, and stay for what comes after.

The interview is a row of *turns*. A turn is the question to be asked next, one asked again after `back`, one whose
answer is to be changed, or one about how it felt. Whatever is typed at a turn either answers it or is a command;
commands show something, or put other turns first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import click

from kb.conditions import UNSURE
from kb.engine import Engine
from kb.fitting import AnswerFault
from kb.model import Answer, Question
from kb.outline import Role, headline
from kb.report import build_report
from kb.session import Session
from kb.terminal import screens
from kb.terminal.commands import Command, command_in, is_an_option
from kb.terminal.console import Console, EndOfInput
from kb.terminal.showing import SHOWING
from kb.typed import typed_answer

INTERRUPTED = 130


class Reason(str, Enum):
    """Why a turn is there."""

    NEXT = "next"
    CHANGE = "change"
    FELT = "felt"


class Turn(NamedTuple):
    """A question to be asked, and why."""

    question: Question
    reason: Reason = Reason.NEXT


class Quit(Exception):  # noqa: N818 - a wish, no error
    """The person wants to end here."""


class Interview:
    """One person at one terminal."""

    def __init__(self, engine: Engine, console: Console) -> None:
        self.session = Session.begin(engine)
        self.console = console
        self.said: dict[str, Answer] = {}
        """Everything ever answered, also what `back` took away: it is offered when its question comes again."""
        self.reported = False
        self._turns: deque[Turn] = deque()
        self._leading: dict[str, Callable[[Turn | None, str], None]] = {
            "back": self._back,
            "change": self._change,
            "felt": self._felt,
            "quit": self._quit,
            "done": self._quit,
        }

    def run(self) -> int:
        """Lead the interview to its end, and return the exit code."""
        try:
            screens.opening(self.console, self.session)
            self._ask_and_report()
        except KeyboardInterrupt:
            click.echo(f"\nInterrupted after {screens.counted(self.session.answers)}. Nothing is kept.", err=True)
            if self.session.advice.outcome.stops:
                click.echo(f"{headline(build_report(self.session))}.", err=True)
            return INTERRUPTED
        return 0

    def _ask_and_report(self) -> None:
        try:
            self._ask_all()
        except EndOfInput:
            self.console.say()
            self.console.say("The input ended here. This is what is known so far.")
            screens.report(self.console, self.session)
        except Quit:
            screens.farewell(self.console, self.session)
            screens.report(self.console, self.session)
        else:
            screens.report(self.console, self.session)
            self._stay()

    # --- turns --------------------------------------------------------------------------------------------------------

    def _ask_all(self) -> None:
        """Ask until no answer could change the report any more."""
        while turn := self._next_turn():
            answer = self._ask(turn)
            if answer is not None:
                self._take(turn, answer)

    def _next_turn(self) -> Turn | None:
        if self._turns:
            return self._turns.popleft()
        question = self.session.next_question()
        return Turn(question) if question else None

    def _ask(self, turn: Turn) -> Answer | None:
        """Return the answer to a turn, or None if a command leads elsewhere."""
        question, kept = turn.question, self._kept(turn)
        screens.question(self.console, question, self._where(turn), kept)
        self.session.engine.start()  # while the first question is read
        asked_twice = kept == UNSURE or not question.self_check
        while True:
            text = self.console.read(screens.PROMPT)
            command = None if is_an_option(question, text) else command_in(text)
            try:
                if command and self._obey(turn, command):
                    return None
                if command:
                    screens.again(self.console, question)
                    continue
                if not text and kept is not None:
                    return kept
                answer = typed_answer(question, text)
            except AnswerFault as fault:
                screens.fault(self.console, fault)
                continue
            if answer != UNSURE or asked_twice:
                return answer
            asked_twice = True
            self.console.say()
            screens.how_to_find_out(self.console, question)
            self.console.say("Take your time, then answer. Unsure again is fine.")
            screens.again(self.console, question)

    def _kept(self, turn: Turn) -> Answer | None:
        """Return what Enter alone keeps. How it felt is asked afresh every time."""
        return None if turn.reason is Reason.FELT else self.said.get(turn.question.id)

    def _where(self, turn: Turn) -> str:
        if turn.reason is Reason.CHANGE:
            return f"Changing answer {list(self.session.answers).index(turn.question.id) + 1} (back leaves it as it is)"
        if turn.reason is Reason.FELT:
            return "After trying it"
        more = max(0, self.session.most_questions_left() - 1)
        return screens.progress(len(self.session.answers) + 1, more)

    def _take(self, turn: Turn, answer: Answer) -> None:
        """Go on with an answer."""
        name = turn.question.id
        screens.taken(self.console, turn.question, answer)
        before = self.session
        self.session = before.change(name, answer) if turn.reason is Reason.CHANGE else before.answer(name, answer)
        self.said[name] = answer
        if self.session.advice.outcome.stops:
            if not before.advice.outcome.stops and self.session.next_question():
                screens.stop_for_now(self.console)
        elif turn.reason is Reason.CHANGE and not self.reported:
            screens.changed(self.console, build_report(before), build_report(self.session))

    # --- after the report ---------------------------------------------------------------------------------------------

    def _stay(self) -> None:
        """Answer what a person asks about the report, until they are done."""
        self.reported = True
        screens.what_now(self.console, build_report(self.session), can_try=bool(self._after_advice()))
        try:
            while text := self.console.read("report> "):
                command = Command("show", text) if text.isdigit() else command_in(text)
                try:
                    if command is None:
                        raise AnswerFault("the questions are done.", "Type help to see what you can do here.")
                    self._obey_and_ask(command)
                except AnswerFault as fault:
                    screens.fault(self.console, fault)
        except (EndOfInput, Quit):
            return

    def _obey_and_ask(self, command: Command) -> None:
        """Obey a command given at the report, ask what that makes necessary, and say what it changed."""
        before = self.session
        self._obey(None, command)
        tried = any(turn.reason is Reason.FELT for turn in self._turns)
        if not self._turns:
            return
        try:
            self._ask_all()
        except (EndOfInput, Quit):
            if before != self.session:
                self._tell_changes(before)
            raise
        self._tell_changes(before)
        if tried and not self.session.advice.outcome.stops:
            self.console.say("If something of this kind comes later, come out of the pose and type felt again.")

    def _tell_changes(self, before: Session) -> None:
        if before == self.session:
            self.console.say()
            self.console.say("Nothing was changed.")
        elif self.session.advice.outcome.stops:
            screens.report(self.console, self.session)
        elif screens.changed(self.console, build_report(before), build_report(self.session)):
            self.console.say("Type show to read the whole report.", Role.QUIET)

    def _after_advice(self) -> list[Question]:
        return [question for question in self.session.kb.questions.values() if question.after_advice]

    # --- commands -----------------------------------------------------------------------------------------------------

    def _obey(self, turn: Turn | None, command: Command) -> bool:
        """Obey a command, and say whether it leads away from the turn."""
        if command.name in SHOWING:
            SHOWING[command.name](self.console, self.session, turn.question if turn else None, command.about)
            return False
        self._leading[command.name](turn, command.about)
        return True

    def _back(self, turn: Turn | None, _about: str) -> None:
        if turn and turn.reason is not Reason.NEXT:
            self._turns.clear()
            return
        if not self.session.answers:
            raise AnswerFault("this is the first question.", "There is nothing to go back to.")
        last = self.session.kb.questions[list(self.session.answers)[-1]]
        if turn is None:
            self._turns.append(Turn(last, Reason.CHANGE))
        else:
            self.session = self.session.back()
            self._turns.appendleft(Turn(last))

    def _change(self, _turn: Turn | None, about: str) -> None:
        question = screens.answer_named(self.session.kb, self.session.answers, about)
        self._turns.clear()
        self._turns.append(Turn(question, Reason.CHANGE))

    def _felt(self, turn: Turn | None, _about: str) -> None:
        if turn is not None:
            raise AnswerFault("that comes after the report.", "If something hurts now, come out of the pose first.")
        if self.session.advice.outcome.stops:
            raise AnswerFault("the stop stands, whatever you felt since.", "Type show to read it again.")
        asked = self._after_advice()
        if not asked:
            raise AnswerFault("nothing is asked about that here.", "If something hurts, stop and have it looked at.")
        self._turns.extend(Turn(question, Reason.FELT) for question in asked)

    def _quit(self, _turn: Turn | None, _about: str) -> None:
        raise Quit
