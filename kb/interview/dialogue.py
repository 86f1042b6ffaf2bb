"""The conversation of one person, as an immutable value: what is asked now, and what each reply makes of it.

A *turn* is a question with the reason why it is asked. `Dialogue.turn` says which it is. `take` takes an answer or a
command, and returns the next `Dialogue` with the *events* that happened. An event tells in full what the person did, so
`kb.interview.replay` makes the same Dialogue of the events another day. The terminal, `resume` and the practice drive
this value. Nothing here prints, reads, keeps anything, or looks at a clock::

    while turn := dialogue.turn:
        dialogue, events = dialogue.take(ask(turn), now)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.inference.outcome import screens_left, shown_findings
from kb.interview.attempts import next_attempt, to_recheck
from kb.interview.events import SKIPPED, Command, Event
from kb.interview.practice import after_questions, next_screen
from kb.interview.session import Session
from kb.model.answers import AnswerFault
from kb.model.knowledge import WORSE, Answer, Question, Recommendation, attempt_name, is_unsure
from kb.model.stored_answers import is_fresh


class Reason(Enum):
    """Why a question is asked: it is next, or to be changed, or about a correction that was tried."""

    NEXT = "next"
    CHANGE = "change"
    FELT = "felt"
    TRIED = "tried"
    AGAIN = "again"


class Turn(NamedTuple):
    """A question to be asked, and why."""

    question: Question
    reason: Reason = Reason.NEXT


class Attempt(NamedTuple):
    """A correction that was tried, until all that follows from it is asked.

    `before` is the session in which it was given. `waiting` are the questions how it felt that are still to be asked.
    When there are none, the attempt is *recorded*: it is an answer of the session, and the answers to `rechecks`, which
    it can have changed, are taken away. They are asked again, as far as they still matter.
    """

    correction: Recommendation
    went: str
    before: Session
    waiting: tuple[Question, ...]
    rechecks: tuple[Question, ...]

    @property
    def name(self) -> str:
        """Return the id of the question how it went."""
        return attempt_name(self.correction.id)


class Step(NamedTuple):
    """What a reply came to: the next Dialogue, and what happened on the way."""

    dialogue: Dialogue
    events: tuple[Event, ...] = ()


class Dialogue(msgspec.Struct, frozen=True, dict=True):
    """Where a conversation stands.

    `said` is everything that was ever answered, also what `back` took away: it is offered when its question comes
    again. `skipped` are the corrections that were left out, `attempt` is the one that is being tried. `put_first` are
    turns that a command put before all others. With `screens_only` only danger is asked about, as before a practice.
    `moments` says when answers were given.
    """

    session: Session
    said: Mapping[str, Answer] = {}
    skipped: frozenset[str] = frozenset()
    attempt: Attempt | None = None
    put_first: tuple[Turn, ...] = ()
    screens_only: bool = False
    moments: Mapping[str, datetime] = {}

    @classmethod
    def begin(cls, engine: Engine, worse: Iterable[str] = ()) -> Dialogue:
        """Begin a conversation; `worse` are corrections of which the person said before that they made it worse."""
        known: dict[str, Answer] = {attempt_name(correction): WORSE for correction in worse}
        return cls(Session.begin(engine, known), known)

    # --- what is asked now --------------------------------------------------------------------------------------------

    @cached_property
    def turn(self) -> Turn | None:
        """Return what is asked now, or None when no answer could change the report any more."""
        if self.put_first:
            return self.put_first[0]
        if self.attempt and self.attempt.waiting:
            return Turn(self.attempt.waiting[0], Reason.FELT)
        session = self.session
        if not screens_left(session.kb, session.inference, session.advice) and (again := self._to_ask_again()):
            return Turn(again, Reason.AGAIN)
        question = next_screen(session) if self.screens_only else session.next_question()
        return Turn(question) if question else None

    def kept_by_enter(self, turn: Turn) -> Answer | None:
        """Return the earlier answer that Enter alone keeps. How it felt and how it went is asked afresh every time."""
        return None if turn.reason in (Reason.FELT, Reason.TRIED) else self.said.get(turn.question.id)

    @property
    def stops(self) -> bool:
        """Say whether the person is stopped."""
        return self.session.advice.outcome.stops

    @property
    def next_attempt(self) -> Recommendation | None:
        """Return the correction that is to be tried next, or None."""
        return next_attempt(self.session, self.skipped)

    @property
    def answers(self) -> dict[str, Answer]:
        """Return all answers that are kept, also those that an attempt took away and that were not given anew."""
        return {**self.session.answers, **self._taken_away}

    # --- what a person does -------------------------------------------------------------------------------------------

    def take(self, reply: Answer | Command, now: datetime) -> Step:
        """Take an answer to the turn, or a command, and return the next Dialogue and what happened.

        The commands are `back`, `change` about a question, `felt`, and at the report `tried` and `skip`.

        Raises:
            AnswerFault: if the command leads nowhere now.
        """
        if not isinstance(reply, Command):
            assert self.turn is not None, "nothing is asked"
            kinds: dict[Reason, str] = {Reason.TRIED: "attempt", Reason.CHANGE: "change"}
            return self._step(kinds.get(self.turn.reason, "answer"), self.turn.question.id, reply, now)
        match reply.name:
            case "back":
                return self._back(now)
            case "change":
                return self._first(Turn(self.session.kb.questions[reply.about], Reason.CHANGE))
            case "felt":
                return self._first(*(Turn(question, Reason.FELT) for question in self._felt()))
            case "tried":
                return self._first(Turn(self._attempt_question(), Reason.TRIED))
            case "skip":
                return self._step("attempt", self._attempt_question().id, SKIPPED, now)
        raise ValueError(f"{reply.name} leads nowhere")

    def to_try(self) -> Recommendation:
        """Return the correction that is to be tried next.

        Raises:
            AnswerFault: if there is none.
        """
        if following := self.next_attempt:
            return following
        if self.stops:
            raise AnswerFault("the stop stands, and nothing is tried now.", "Type show to read it again.")
        raise AnswerFault("there is nothing to try now.", "Type show to read the report again.")

    def renewed(self, now: datetime) -> Dialogue:
        """Return the Dialogue without safety answers that are too old to stand, so that they are asked again.

        It is this Dialogue itself if there are none. A stop stands however old it is.
        """
        if self.screened_at is None or is_fresh(self.screened_at, now) or self.stops:
            return self
        safety = self.session.kb.safety_questions
        if attempt := self.attempt:
            rechecks = tuple(question for question in attempt.rechecks if question.id not in safety)
            attempt = attempt._replace(before=attempt.before.without(*safety), rechecks=rechecks)
        return replace(self, session=self.session.without(*safety), attempt=attempt, put_first=())

    @property
    def screened_at(self) -> datetime | None:
        """Return when the oldest of the answers to safety questions was given, or None if there is none."""
        answered = [name for name in self.session.kb.safety_questions if name in self.session.answers]
        return min((self.moments[name] for name in answered if name in self.moments), default=None)

    def settled(self) -> Dialogue:
        """Return the Dialogue after all that follows from an attempt was asked. What did not matter is given back."""
        session = self.session
        for name, answer in () if self.stops else self._taken_away.items():
            session = session.answer(name, answer)
        return replace(self, session=session, attempt=None) if self.attempt else self

    def _back(self, now: datetime) -> Step:
        turn = self.turn
        if turn and turn.reason not in (Reason.NEXT, Reason.AGAIN):
            if self.attempt and turn.reason is Reason.FELT:
                return self._step("back", self.attempt.name, None, now)
            return self._first()
        given = [name for name in self.session.answers if name in self.said]
        if not given:
            raise AnswerFault("this is the first question.", "There is nothing to go back to.")
        last = self.session.kb.questions[given[-1]]
        if turn is None or last.attempt_of:
            return self._first(Turn(last, Reason.CHANGE))
        return self._step("back", last.id, None, now)

    def _felt(self) -> tuple[Question, ...]:
        if self.turn:
            raise AnswerFault("that comes after the report.", "If something hurts now, come out of the pose first.")
        if self.stops:
            raise AnswerFault("the stop stands, whatever you felt since.", "Type show to read it again.")
        if asked := after_questions(self.session.kb):
            return asked
        raise AnswerFault("nothing is asked about that here.", "If something hurts, stop and have it looked at.")

    def _attempt_question(self) -> Question:
        return self.session.kb.questions[attempt_name(self.to_try().id)]

    def _first(self, *turns: Turn) -> Step:
        return Step(replace(self, put_first=turns))

    # --- events -------------------------------------------------------------------------------------------------------

    def _step(self, kind: str, about: str, answer: Answer | None, now: datetime) -> Step:
        event = Event(now, kind, about, answer)
        return Step(self.after(event), (event,))

    def after(self, event: Event) -> Dialogue:
        """Return the Dialogue after something that a person did, now or another day."""
        if event.kind == "back":
            return self._without(event.about)
        if event.kind == "attempt":
            correction = self.session.kb.recommendations[self.session.kb.questions[event.about].attempt_of]
            if event.answer == SKIPPED:
                return replace(self, skipped=self.skipped | {correction.id}, put_first=())
            return self.settled()._with_attempt(correction, str(event.answer))
        return self._with_answer(event)

    def _with_answer(self, event: Event) -> Dialogue:
        name, answer, attempt = event.about, event.answer, self.attempt
        changed = event.kind == "change"
        session = self.session.change(name, answer) if changed else self.session.answer(name, answer)
        if attempt and attempt.name == name:
            attempt = attempt._replace(went=str(answer))
        if attempt and attempt.waiting[:1] == (session.kb.questions[name],) and not changed:
            attempt = attempt._replace(waiting=attempt.waiting[1:])
            if not attempt.waiting and session.advice.outcome.stops:
                attempt = None  # the stop is what counts
            elif not attempt.waiting:
                session = _recorded(attempt, session)
        asked = self.put_first and self.put_first[0].question.id == name
        return replace(
            self,
            session=session,
            said={**self.said, name: answer},
            attempt=attempt,
            put_first=self.put_first[1:] if asked else (),
            moments={**self.moments, name: event.at},
        )

    def _with_attempt(self, correction: Recommendation, went: str) -> Dialogue:
        """Take in how a correction went. It is recorded when it is known how it felt, which is asked first."""
        session = self.session
        attempt = Attempt(correction, went, session, after_questions(session.kb), to_recheck(session, correction.id))
        if not attempt.waiting:
            session = _recorded(attempt, session)
        said = {**self.said, attempt.name: went}
        return replace(self, session=session, said=said, attempt=attempt, put_first=())

    def _without(self, name: str) -> Dialogue:
        """Take back the answer to a question, or an attempt that is not recorded yet. The question is asked next."""
        if self.attempt and self.attempt.name == name:
            return replace(self, session=self.attempt.before, attempt=None, put_first=())
        question = self.session.kb.questions[name]
        comes_by_itself = self.attempt and question in self.attempt.rechecks
        put_first = () if comes_by_itself else (Turn(question),)
        return replace(self, session=self.session.without(name), put_first=put_first)

    # --- what was tried -----------------------------------------------------------------------------------------------

    @property
    def _taken_away(self) -> dict[str, Answer]:
        """Return the old answers that an attempt took away and that were not given anew."""
        return {
            question.id: self.said[question.id]
            for question in (self.attempt.rechecks if self.attempt else ())
            if question.id not in self.session.answers and question.id in self.said
        }

    def _to_ask_again(self) -> Question | None:
        """Return the next question to ask again: an answer can change the report now, or its old answer alone would."""
        for name, answer in self._taken_away.items():
            session = self.session
            if name in session.open_questions or _shown(session) != _shown(session.change(name, answer)):
                return session.kb.questions[name]
        return None


def _recorded(attempt: Attempt, session: Session) -> Session:
    left = session.without(*(question.id for question in attempt.rechecks))
    return left.change(attempt.name, attempt.went)


def _shown(session: Session) -> tuple[Any, ...]:
    """Return what a report of `session` says, besides the answers."""
    kb, inference, advice = session.kb, session.inference, session.advice
    found = shown_findings(kb, inference, advice)
    rules = [
        (rule.id, rule.id in inference.provisional)
        for rule in (kb.rules[name] for name in inference.holding)
        if not (
            set(found).isdisjoint(rule.find)
            and set(advice.given).isdisjoint(rule.recommend)
            and set(advice.withheld).isdisjoint(rule.withhold)
            and set(advice.referrals).isdisjoint(rule.refer)
        )
    ]
    unsure = {name: answer for name, answer in session.answers.items() if is_unsure(answer)}
    return advice, found, rules, session.open_questions, unsure
