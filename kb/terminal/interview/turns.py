"""Ask: the row of turns that an interview is.

A *turn* is the question to be asked next, one asked again after `back` or because of what was tried, one whose answer
is to be changed, or one about how it felt. Whatever is typed at a turn either answers it or is a command; commands show
something, or put other turns first. All that is done is kept before the next turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from kb.inference.engine import Engine
from kb.inference.outcome import screens_left
from kb.interview.attempts import next_attempt
from kb.interview.session import Session
from kb.model.answers import AnswerFault
from kb.model.knowledge import WORSE, Answer, Question, Recommendation
from kb.model.stored_answers import is_fresh
from kb.report.build import build_report
from kb.terminal.console import Console
from kb.terminal.interview import opening, screens, trying
from kb.terminal.interview.commands import Command, Quit
from kb.terminal.interview.keeper import Keeper

if TYPE_CHECKING:
    from kb.journal.entry import EventKind


class Reason(str, Enum):
    """Why a turn is there."""

    NEXT = "next"
    CHANGE = "change"
    FELT = "felt"
    TRIED = "tried"
    AGAIN = "again"


class Turn(NamedTuple):
    """A question to be asked, and why."""

    question: Question
    reason: Reason = Reason.NEXT


class Asking:
    """The questions of one person at one terminal, and what may be typed at each."""

    def __init__(self, engine: Engine, console: Console, keeper: Keeper, standing: trying.Standing | None) -> None:
        """Take in who keeps the answers, and where the interview stands if it is gone on with."""
        standing = standing or trying.Standing(Session.begin(engine))
        self.session, self.skipped, self.attempt, said, self._screened = standing
        self.console = console
        self.keeper = keeper
        self.said: dict[str, Answer] = {**said, **self.session.answers}
        """Everything ever answered, also what `back` took away: it is offered when its question comes again."""
        self.reported = False
        self._shown: Question | None = None  # it stands there already
        self._turns: deque[Turn] = deque()
        self._leading: dict[str, Callable[[Turn | None, str], None]] = {
            "back": self._back,
            "change": self._change,
            "felt": self._felt,
            "quit": self._quit,
            "done": self._quit,
        }

    def _ask_all(self) -> None:
        """Ask until no answer could change the report any more."""
        while turn := self._next_turn():
            answer = self._ask(turn)
            if answer is not None:
                self._take(turn, answer)

    def _renew(self) -> bool:
        """Take away safety answers that are too old to stand, so that they are asked again; say whether there were any.

        A stop stands however old it is.
        """
        if self._screened is None or is_fresh(self._screened, datetime.now(timezone.utc)):
            return False
        if self.session.advice.outcome.stops:
            return False
        self._screened = None
        self.session = self._unscreened(self.session)
        if self.attempt:
            self.attempt = self.attempt._replace(before=self._unscreened(self.attempt.before))
        self.console.say()
        self.console.say("More than a day has passed since the safety questions were answered. They are asked again.")
        return True

    def _unscreened(self, session: Session) -> Session:
        safety = session.kb.safety_questions
        answers = {name: answer for name, answer in session.answers.items() if name not in safety}
        return Session(session.engine, session.selector, answers)

    def _next_turn(self) -> Turn | None:
        self._renew()
        if self._turns:
            return self._turns.popleft()
        if self.attempt and self.attempt.waiting:
            return Turn(self.attempt.waiting[0], Reason.FELT)
        if screens_left(self.session.kb, self.session.inference, self.session.advice):
            question = self.session.next_question()
            return Turn(question) if question else None
        if self.attempt and (again := trying.next_recheck(self.attempt, self.session, self.said)):
            return Turn(again, Reason.AGAIN)
        question = self.session.next_question()
        return Turn(question) if question else None

    def _ask(self, turn: Turn) -> Answer | None:
        """Return the answer to a turn, or None if a command leads elsewhere."""
        question, kept = turn.question, self._kept(turn)
        if question is not self._shown:
            opening.question(self.console, question, self._where(turn), kept)
        self._shown = None
        from kb.interview.typed_answers import stopping_questions
        from kb.terminal.interview.answer_prompt import (  # only now: the question stands there already
            Prompt,
            read_answer,
        )

        self.session.engine.start()  # while the first question is read
        self.session.most_questions_left()
        prompt = Prompt(
            question,
            show=lambda: opening.question(self.console, question, self._where(turn), kept),
            obey=lambda command: self._obey(turn, command),
            can_stop=question.id in self.session.kb.kept(stopping_questions),
            kept=kept,
        )
        return read_answer(self.console, prompt)

    def _kept(self, turn: Turn) -> Answer | None:
        """Return what Enter alone keeps. How it felt and how it went is asked afresh every time."""
        afresh = turn.reason in (Reason.FELT, Reason.TRIED)
        return None if afresh else self.said.get(turn.question.id)

    def _where(self, turn: Turn) -> str:
        if turn.reason is Reason.CHANGE:
            return f"Changing answer {list(self.session.answers).index(turn.question.id) + 1} (back leaves it as it is)"
        if turn.reason in (Reason.FELT, Reason.TRIED):
            return f"After trying “{self.attempt.correction.title}”" if self.attempt else "After trying it"
        if turn.reason is Reason.AGAIN and self.attempt:
            return trying.asking_again(self.attempt)
        more = max(0, self.session.most_questions_left() - 1)
        asked = [name for name in self.session.answers if not self.session.kb.questions[name].attempt_of]
        return opening.progress(len(asked) + 1, more)

    def _take(self, turn: Turn, answer: Answer) -> None:
        """Go on with an answer."""
        name = turn.question.id
        screens.taken(self.console, turn.question, answer)
        if answer == WORSE and turn.question.attempt_of:
            self.console.say(trying.COME_OUT)
        if turn.reason is Reason.TRIED:
            self._begin_attempt(str(answer))
            return
        before = self.session
        changing = turn.reason is Reason.CHANGE
        self.session = before.change(name, answer) if changing else before.answer(name, answer)
        self.said[name] = answer
        if self._screened is None and name in before.kb.safety_questions:
            self._screened = datetime.now(timezone.utc)
        if self.attempt:
            self._go_on_with(self.attempt, turn, answer)
        self._keep("change" if changing else "answer", name, answer)
        if self.session.advice.outcome.stops:
            if not before.advice.outcome.stops and self.session.next_question():
                screens.stop_for_now(self.console)
        elif changing and not self.reported:
            screens.changed(self.console, build_report(before), build_report(self.session))

    def _keep(self, event: EventKind, about: str, said: Answer | None = None) -> None:
        kept = trying.taken_away(self.attempt, self.session, self.said)
        self.keeper.keep({**self.session.answers, **kept}, event, about, said)

    # --- what was tried -----------------------------------------------------------------------------------------------

    def _following(self) -> Recommendation | None:
        return next_attempt(self.session, self.skipped)

    def _to_try(self) -> Recommendation:
        following = self._following()
        if following:
            return following
        if self.session.advice.outcome.stops:
            raise AnswerFault("the stop stands, and nothing is tried now.", "Type show to read it again.")
        raise AnswerFault("there is nothing to try now.", "Type show to read the report again.")

    def _begin_attempt(self, went: str) -> None:
        """Take in how it went. It is kept before anything more is asked, and recorded when it is known how it felt."""
        self.attempt = trying.attempted(self.session, self._to_try(), went)
        self.said[self.attempt.name] = went
        if not self.attempt.waiting:
            self.session = trying.recorded(self.attempt, self.session)
        self._keep("attempt", self.attempt.name, went)

    def _go_on_with(self, attempt: trying.Attempt, turn: Turn, answer: Answer) -> None:
        """Take in an answer that belongs to an attempt."""
        if turn.question.id == attempt.name:
            self.attempt = attempt._replace(went=str(answer))
        if turn.reason is not Reason.FELT:
            return
        self.attempt = attempt = attempt._replace(waiting=attempt.waiting[1:])
        if not attempt.waiting and not self.session.advice.outcome.stops:
            self.session = trying.recorded(attempt, self.session)

    # --- commands -----------------------------------------------------------------------------------------------------

    def _obey(self, turn: Turn | None, command: Command) -> bool:
        """Obey a command, and say whether it leads away from the turn."""
        from kb.terminal.interview.replies import SHOWING  # only now: the first question is not to wait for it

        if command.name in SHOWING:
            SHOWING[command.name](self.console, self.session, turn.question if turn else None, command.about)
            return False
        self._leading[command.name](turn, command.about)
        return True

    def _back(self, turn: Turn | None, _about: str) -> None:
        if turn and turn.reason not in (Reason.NEXT, Reason.AGAIN):
            self._turns.clear()
            self._take_back_attempt(turn)
            return
        if not self.session.answers:
            raise AnswerFault("this is the first question.", "There is nothing to go back to.")
        last = self.session.kb.questions[list(self.session.answers)[-1]]
        if turn is None or last.attempt_of:
            self._turns.append(Turn(last, Reason.CHANGE))
            return
        self.session = self.session.back()
        if not self.attempt or last not in self.attempt.rechecks:  # else it comes by itself
            self._turns.appendleft(Turn(last))
        self._keep("back", last.id)

    def _take_back_attempt(self, turn: Turn) -> None:
        """Take back an attempt that is not recorded yet, at the question how it felt."""
        if self.attempt and turn.reason is Reason.FELT:
            attempt, self.attempt = self.attempt, None
            self.session = attempt.before
            self._keep("back", attempt.name)

    def _change(self, _turn: Turn | None, about: str) -> None:
        question = screens.answer_named(self.session.kb, self.session.answers, about)
        self._turns.clear()
        self._turns.append(Turn(question, Reason.CHANGE))

    def _felt(self, turn: Turn | None, _about: str) -> None:
        if turn is not None:
            raise AnswerFault("that comes after the report.", "If something hurts now, come out of the pose first.")
        if self.session.advice.outcome.stops:
            raise AnswerFault("the stop stands, whatever you felt since.", "Type show to read it again.")
        asked = trying.after_advice(self.session)
        if not asked:
            raise AnswerFault("nothing is asked about that here.", "If something hurts, stop and have it looked at.")
        self._turns.extend(Turn(question, Reason.FELT) for question in asked)

    def _quit(self, _turn: Turn | None, _about: str) -> None:
        raise Quit
