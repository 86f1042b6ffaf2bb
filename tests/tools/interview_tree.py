"""Every interview there could be on a knowledge base: those that go on alike are taken as one.

What is asked next, and whatever follows, depends on the answers by one thing only: what is still to be reached, and in
which ways. So the moments of all interviews are told apart by just that (`Interviews.key`), and of all answers to a
question only those are tried that some condition tells apart (`Interviews.answers`). What is left is a tree small
enough to be looked at whole. At every moment of it the program itself is asked what comes next.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from kb.inference.compiler import HOLDS, Conjunction, Formula, Premise, formula_of
from kb.inference.engine import Engine
from kb.inference.outcome import screens_left, strongest_stop
from kb.inference.record import Inference
from kb.interview.selection.goals import Effect, Goal
from kb.interview.session import Session
from kb.model.conditions import UNSURE, Truth
from kb.model.danger import Sign, signs_in, signs_named, unheeded
from kb.model.knowledge import Answer, Answers, Kind, Question
from tests.property.strategies import possible_answers

Rest = Hashable
"""What is left of a formula after some answers: True, False, or what it still asks for."""


class Moment(NamedTuple):
    """One moment of interviews that go on alike: one of them, and the longest way in which it can go on."""

    session: Session
    longest: tuple[tuple[str, Answer], ...]


class Interviews:
    """All interviews on one knowledge base: `moments` by what is still to be reached in them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.kb = engine.kb
        self.goals = Session.begin(engine).selector.goals
        self.sides = self.goals.sides
        self.screening, self.passing_over = (
            {
                name: formula_of(self.kb.follow_ups[name], holds, engine.variables)
                for name in self.kb.screening_follow_ups
            }
            for holds in (True, False)
        )
        self._answers: dict[str, list[Answer]] = {}
        self._told_apart = self._what_tells_apart()
        self.moments: dict[Hashable, Moment] = {}
        self.longest = self._look(Session.begin(engine)).longest

    def at(self, session: Session) -> Moment:
        """Return the moment at which an interview stands; a KeyError if there were one that was not looked at."""
        return self.moments[self.key(session)]

    def _look(self, session: Session) -> Moment:
        key = self.key(session)
        if key not in self.moments:
            question = session.next_question()
            longest: tuple[tuple[str, Answer], ...] = ()
            for answer in self.answers(question) if question else ():
                assert question is not None
                assert question.id not in session.answers, "no question comes twice"
                way = (question.id, answer), *self._look(session.answer(question.id, answer)).longest
                longest = max(longest, way, key=len)
            self.moments[key] = Moment(session, longest)
        return self.moments[key]

    # --- which answers differ -----------------------------------------------------------------------------------------

    def answers(self, question: Question) -> list[Answer]:
        """Return one of all answers that no condition tells apart."""
        if question.id not in self._answers:
            variables, formulas = self.engine.variables, self._told_apart.get(question.id, {})
            everything = possible_answers(question)
            if question.kind is Kind.NUMBER:
                everything = tuple(
                    variables.answer(question, {question.id: band}) for band in variables.domains[question.id]
                )
            kinds: dict[Hashable, Answer] = {}
            for answer in everything:
                given = variables.of_answer(question, answer)
                said = {question.id: answer}
                signs = frozenset(self._named_by(sign, said) for sign in signs_in(self.kb, said))
                kinds.setdefault((*(_plain(formula, given) for formula in formulas), signs), answer)
            self._answers[question.id] = list(kinds.values())
        return self._answers[question.id]

    def _what_tells_apart(self) -> dict[str, dict[Formula, None]]:
        """Return for each question the largest parts of formulas that are about it alone."""
        found: dict[str, dict[Formula, None]] = {}
        for side in (self.sides.holds, self.sides.fails, self.screening, self.passing_over):
            for formula in side.values():
                for part in self._alone(formula):
                    for question in self._asked(part):
                        found.setdefault(question, {})[part] = None
        return found

    def _alone(self, formula: Formula) -> Iterator[Formula]:
        if isinstance(formula, Premise) or len(self._asked(formula)) == 1:
            yield formula
        else:
            for part in formula.parts:
                yield from self._alone(part)

    def _asked(self, formula: Formula) -> set[str]:
        """Return the questions in a formula; a finding in it counts as one more, of which no question is called."""
        if isinstance(formula, Premise):
            return {self.engine.variables.owner[formula.variable] if formula.given else formula.variable}
        return set().union(*map(self._asked, formula.parts))

    # --- which moments differ -----------------------------------------------------------------------------------------

    def key(self, session: Session) -> Hashable:
        """Return what is still to be reached, and in which ways: whatever decides about the rest of an interview.

        That is: each effect that a rule could still have, with what is left of its formula (findings in it replaced by
        what could still find them or rule them out), and with what is left of the rules that could hide the effect.
        """
        rests = _Rests(self, session.inference)
        stop = strongest_stop(self.kb, session.advice)
        ahead = []
        for trace in self.goals.all:
            if session.inference.is_open(trace.goal.rule) and self._adds(session, trace.goal):
                rest = rests.of(trace.formula)
                if rest is not False:
                    hiding = [(rule, rests.of(self.sides.holds[rule])) for rule in trace.blockers]
                    alive = tuple(each for each in hiding if each[1] is not False and each[1] is not True)
                    ahead.append((trace.goal, rest, alive))
        screening = tuple(
            (name, rests.of(formula), rests.of(self.passing_over[name]))
            for name, formula in self.screening.items()
            if name not in session.answers
        )
        left = screens_left(self.kb, session.inference, session.advice)
        unanswered = unheeded(self.kb, session.answers, session.inference.holding)
        signs = frozenset(self._named_by(sign, session.answers) for sign in unanswered)
        return stop, left, screening, signs, tuple(ahead)

    def _named_by(self, sign: Sign, answers: Answers) -> Hashable:
        """Return the rules that could heed a sign."""
        names = {sign, Sign(sign.question, UNSURE)} if answers[sign.question] == UNSURE else {sign}
        return frozenset(rule.id for rule in self.kb.rules.values() if names & signs_named(self.kb, rule))

    def _adds(self, session: Session, goal: Goal) -> bool:
        said, stop = session.inference.conclusions, strongest_stop(self.kb, session.advice)
        if goal.effect is Effect.REFER:
            level = self.kb.referrals[goal.target].level
            return goal.target not in said.referred and (stop is None or level.rank < stop.rank)
        if stop is not None or goal.target in said.withheld:
            return False
        return goal.effect is Effect.WITHHOLD or goal.target not in said.recommended


class _Rests:
    """What is left of formulas at one moment."""

    def __init__(self, interviews: Interviews, inference: Inference) -> None:
        self.sides = interviews.sides
        self.owner = interviews.engine.variables.owner
        self.questions = interviews.kb.questions
        self.inference = inference
        self.given = inference.given
        self._known: dict[int, Rest] = {}

    def of(self, formula: Formula) -> Rest:
        if id(formula) not in self._known:
            self._known[id(formula)] = self._of(formula)
        return self._known[id(formula)]

    def _of(self, formula: Formula) -> Rest:
        if not isinstance(formula, Premise):
            return _joined(isinstance(formula, Conjunction), map(self.of, formula.parts))
        if formula.given:
            if formula.variable in self.given:
                return self.given[formula.variable] in formula.values
            if self.questions[self.owner[formula.variable]].after_advice:
                return False  # no interview asks it
            return formula.variable, formula.values
        finding = formula.finding
        truth = self.inference.findings[finding]
        if truth is not Truth.OPEN:
            return truth.value in formula.values
        holds = formula.values == (HOLDS,)
        side = self.sides.holds if holds else self.sides.fails
        waiting = [rule for rule in self.sides.finders[finding] if self.inference.is_open(rule)]
        return _joined(not holds, (self.of(side[rule]) for rule in waiting))


def _joined(every: bool, parts: Iterator[Rest]) -> Rest:
    """Return what is left of parts of which `every` one has to hold, or one."""
    left = []
    for part in parts:
        if part is (not every):
            return part
        if part is not every:
            left.append(part)
    return (every, *left) if left else every


def _plain(formula: Formula, given: dict[str, str]) -> bool:
    """Say whether variables show a formula that is about one question (or a finding, which they say nothing of)."""
    if isinstance(formula, Premise):
        return given.get(formula.variable) in formula.values
    return (all if isinstance(formula, Conjunction) else any)(_plain(part, given) for part in formula.parts)
