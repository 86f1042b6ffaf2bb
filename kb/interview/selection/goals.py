"""What rules could add to a report: goals, and what each of them rests on.

A goal is something a rule could still refer to, recommend or withhold. All that can be known of goals before there is
any answer is worked out here, once for a knowledge base: which questions lead to a goal, which rules would keep it from
being seen, and which goals an answer to a question can touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

import msgspec

from kb.inference.compiler import Conjunction, Disjunction, Formula, Premise, Sides
from kb.inference.record import Inference
from kb.inference.variables import Variables
from kb.interview.selection.witness import settle_several
from kb.model.dependencies import Dependencies
from kb.model.knowledge import Kind, KnowledgeBase


class Effect(str, Enum):
    """What a rule could add to the report."""

    REFER = "refer"
    RECOMMEND = "recommend"
    WITHHOLD = "withhold"


class Goal(msgspec.Struct, frozen=True):
    """Something `rule` could still add: the `target` it would refer to, recommend or withhold."""

    rule: str
    effect: Effect
    target: str


class Stage(NamedTuple):
    """Part of a goal: the positions of the questions it may need, from low to high.

    `finding` is the one that it waits for; as soon as that is known, nothing of this part is needed any more.
    """

    questions: tuple[int, ...]
    finding: str = ""


class GoalTrace(msgspec.Struct, frozen=True):
    """A goal, and what it rests on.

    `formula` is what must hold for it, `blockers` the rules in whose presence it would not be seen, as far as they
    share a question with it. `questions` are the positions of those it may need, from low to high. `plain` are its
    premises, where it is a plain conjunction about different questions, and None where it is not.
    `stages` are the parts that it needs one after the other.
    """

    goal: Goal
    formula: Formula
    blockers: tuple[str, ...]
    questions: tuple[int, ...]
    plain: tuple[Premise, ...] | None
    stages: tuple[Stage, ...]


class Goals:
    """The goals of a knowledge base, in the order of its rules (`all`).

    `touching` are, for every question, the goals on which an answer to it can have a bearing, and `about`, for every
    recommendation and referral, the goals with that target. `steady` says of each
    goal whether it needs its questions in one order, whatever is answered: then the first of them stays so until it has
    an answer.
    """

    def __init__(self, kb: KnowledgeBase, variables: Variables, sides: Sides) -> None:
        self.kb = kb
        self.variables = variables
        self.sides = sides
        self.dependencies = kb.kept(Dependencies)
        self._plainly: dict[str, tuple[Premise, ...] | None] = {}
        self._waits: dict[str, Stage] = {}
        self._bearing: dict[str, frozenset[str]] = {}
        self._after_advice = frozenset(question.id for question in kb.questions.values() if question.after_advice)
        self.givers = {
            name: sides.in_asking_order(kb.rules_recommending(name))
            for name in dict.fromkeys(name for rule in kb.rules.values() for name in rule.withhold)
        }
        self._stoppers = self._by_question(rule.id for rule in kb.rules.values() if kb.stops(rule))
        self.touching: dict[str, list[int]] = {}
        self.about: dict[str, list[int]] = {}
        goals = [
            Goal(rule.id, effect, target)
            for rule in kb.rules.values()
            for effect in Effect
            for target in getattr(rule, effect.value)
        ]
        for index, goal in enumerate(goals):
            self.about.setdefault(goal.target, []).append(index)
        self.all = tuple(self._trace(index, goal) for index, goal in enumerate(goals))
        self.steady = bytes(trace.plain is not None for trace in self.all)

    def touched(self, rule: str) -> frozenset[str]:
        """Return every question that the rule's condition can lead to, through findings too."""
        return self._bearing_on(rule) - self._after_advice

    def _bearing_on(self, rule: str) -> frozenset[str]:
        """Return every question on which a rule rests, and those that say of whom it is asked."""
        found = self._bearing.get(rule)
        if found is None:
            asked = self.dependencies.asks(rule)
            found = self._bearing[rule] = self.dependencies.with_askers(asked, self.sides.follow_ups)
        return found

    def _trace(self, index: int, goal: Goal) -> GoalTrace:
        formula = self.sides.holds[goal.rule]
        bearing = self._bearing_on(goal.rule)
        if goal.effect is Effect.WITHHOLD:
            # Withholding is seen only if something is there to withhold.
            givers = self.givers[goal.target]
            formula = Conjunction((formula, Disjunction(tuple(self.sides.holds[rule] for rule in givers))))
            bearing = bearing.union(*map(self._bearing_on, givers))
        touched = bearing - self._after_advice
        blockers = self._blockers(goal, touched)
        position = self.kb.position.questions
        questions = tuple(sorted([position[question] for question in touched]))
        for question in bearing.union(*map(self._bearing_on, blockers)):
            self.touching.setdefault(question, []).append(index)
        stages = tuple(self._stages(formula, questions))
        return GoalTrace(goal, formula, blockers, questions, self._plain(formula), stages)

    def _stages(self, formula: Formula, questions: tuple[int, ...]) -> Iterator[Stage]:
        """Yield the parts that a goal needs one after the other; the last one is all that it may need."""
        position = self.kb.position.questions
        for premise in _leading(formula):
            if premise.given:
                yield Stage((position[self.variables.owner[premise.variable]],))
            else:
                yield self._waiting_for(premise)
        yield Stage(questions)

    def _waiting_for(self, premise: Premise) -> Stage:
        finding = premise.finding
        if finding not in self._waits:
            touched = frozenset().union(*map(self._bearing_on, self.sides.finders[finding])) - self._after_advice
            positions = sorted([self.kb.position.questions[question] for question in touched])
            self._waits[finding] = Stage(tuple(positions), finding)
        return self._waits[finding]

    def _blockers(self, goal: Goal, touched: frozenset[str]) -> tuple[str, ...]:
        """Return the rules in whose presence reaching `goal` would not be seen.

        One that shares no question with it does not come to hold by what the goal needs, and is left out.
        """
        if goal.effect is Effect.REFER:
            return ()
        found = dict.fromkeys(rule for question in touched for rule in self._stoppers.get(question, ()))
        if goal.effect is Effect.RECOMMEND:
            for rule in self.kb.rules_withholding(goal.target):
                if not touched.isdisjoint(self._bearing_on(rule.id)):
                    found[rule.id] = None
        return tuple(sorted(found, key=self.kb.position.rules.__getitem__))

    def _by_question(self, rules: Iterable[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for rule in rules:
            for question in self.touched(rule):
                found.setdefault(question, []).append(rule)
        return found

    def may_block(self, rule: str, trace: GoalTrace, inference: Inference) -> bool:
        """Say whether a rule could come to hold by what a goal needs; False only where that is plain."""
        if not inference.is_open(rule):
            return False
        if rule not in self._plainly:
            self._plainly[rule] = self._plain(self.sides.holds[rule])
        for premise in self._plainly[rule] or ():
            if premise.variable in inference.given:
                if inference.given[premise.variable] not in premise.values:
                    return False
            elif self.kb.position.questions[self.variables.owner[premise.variable]] not in trace.questions:
                return False
        return True

    def _plain(self, formula: Formula) -> tuple[Premise, ...] | None:
        """Return the premises of a plain conjunction about different questions, each of which can be met alone."""
        premises: list[Premise] = []
        asked: set[str] = set()
        for part in formula.parts if isinstance(formula, Conjunction) else (formula,):
            if not isinstance(part, Premise) or not part.given or not part.values:
                return None
            question = self.kb.questions[self.variables.owner[part.variable]]
            if question.after_advice or question.id in asked:
                return None
            if question.kind is Kind.SEVERAL and settle_several(question, {part.variable: part.values}, {}) is None:
                return None
            asked.add(question.id)
            premises.append(part)
        return tuple(premises)


def _leading(formula: Formula) -> list[Premise]:
    """Return the premises that a conjunction begins with."""
    if isinstance(formula, Premise):
        return [formula]
    leading: list[Premise] = []
    if isinstance(formula, Conjunction):
        for part in formula.parts:
            leading += _leading(part)
            if not isinstance(part, Premise):
                break
    return leading
