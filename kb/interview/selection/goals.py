"""What rules could add to a report: goals, and what each of them rests on.

A goal is something a rule could still refer to, recommend or withhold. All that can be known of goals before there is
any answer is worked out here, once for a knowledge base: which questions lead to a goal, which rules would keep it from
being seen, and which goals an answer to a question can touch.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

from kb.inference.compiler import Conjunction, Disjunction, Formula, Sides
from kb.inference.variables import Variables
from kb.model.dependencies import Dependencies
from kb.model.knowledge import KnowledgeBase


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


class GoalTrace(msgspec.Struct, frozen=True):
    """A goal, and what it rests on.

    `formula` is what must hold for it, `blockers` the rules in whose presence it would not be seen, as far as they
    share a question with it.
    """

    goal: Goal
    formula: Formula
    blockers: tuple[str, ...]


class Goals:
    """The goals of a knowledge base, in the order of its rules (`all`).

    `touching` are, for every question, the goals on which an answer to it can have a bearing, and `about`, for every
    recommendation and referral, the goals with that target. `givers` are, for everything that some
    rule withholds, the rules that give it, by what they ask first.
    """

    def __init__(self, kb: KnowledgeBase, variables: Variables, sides: Sides) -> None:
        self.kb = kb
        self.variables = variables
        self.sides = sides
        self.dependencies = kb.kept(Dependencies)
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
        for question in bearing.union(*map(self._bearing_on, blockers)):
            self.touching.setdefault(question, []).append(index)
        return GoalTrace(goal, formula, blockers)

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
