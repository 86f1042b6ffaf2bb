"""Find the first question that a formula needs without searching, where that is plain.

A search takes the leftmost alternative that can be met, tries whether all of them go together, and drops what is not
needed after all. Most conditions are simpler than that: the alternatives taken speak of different questions, so they go
together, and none of the others speaks of the same, so nothing is taken in vain. Then one walk through the formula
finds what the search would (`kb.interview.selection.witness`). Where it is not so, this says that it is unclear.
"""

from __future__ import annotations

from kb.inference.compiler import HOLDS, Conjunction, Formula, Premise, Sides
from kb.inference.record import Inference
from kb.inference.variables import Variables
from kb.interview.selection.witness import finding_of, settle_several
from kb.model.conditions import Truth
from kb.model.knowledge import Kind, KnowledgeBase


class UnclearError(Exception):
    """It takes a search to tell."""


_MET, _DEAD = "", None


class DirectSearch:
    """Walks through formulas as they stand after some answers."""

    def __init__(self, kb: KnowledgeBase, variables: Variables, sides: Sides, inference: Inference) -> None:
        self.kb = kb
        self.variables = variables
        self.sides = sides
        self.inference = inference
        self.given = inference.given
        self._taken: dict[str, Premise] = {}
        self._left: set[str] = set()

    def first(self, formula: Formula) -> str | None:
        """Return the first question that `formula` needs, or None if it can no longer be met, or is met.

        Raises:
            UnclearError: if that takes a search.
        """
        self._taken.clear()
        self._left.clear()
        needed = self._walk(formula)
        if not self._left.isdisjoint(self._taken):
            raise UnclearError
        return needed or None

    def filled(self) -> dict[str, str]:
        """Return the variables with which the formula looked at last is met, as a search fills them."""
        variables: dict[str, str] = {}
        for name, premise in self._taken.items():
            question = self.kb.questions[name]
            if question.kind is Kind.SEVERAL:
                variables.update(settle_several(question, {premise.variable: premise.values[:1]}, {}) or {})
            else:
                variables[premise.variable] = premise.values[0]
        return variables

    def first_of_plain(self, premises: tuple[Premise, ...]) -> str | None:
        """Return the same for a plain conjunction about different questions."""
        first: str | None = None
        for premise in premises:
            value = self.given.get(premise.variable)
            if value is None:
                first = first or self.variables.owner[premise.variable]
            elif value not in premise.values:
                return None
        return first

    def _walk(self, formula: Formula) -> str | None:
        """Return the first question of a formula: `_MET` if it needs none, `_DEAD` if it cannot be met."""
        if not isinstance(formula, Premise):
            return self._all(formula.parts) if isinstance(formula, Conjunction) else self._any(formula.parts)
        if formula.given:
            value = self.given.get(formula.variable)
            if value is None:
                return self._take(formula)
            return _MET if value in formula.values else _DEAD
        finding = finding_of(formula)
        truth = self.inference.findings[finding]
        if truth is not Truth.OPEN:
            return _MET if truth.value in formula.values else _DEAD
        finders = [rule for rule in self.sides.finders[finding] if self.inference.is_open(rule)]
        if formula.values == (HOLDS,):
            return self._any(tuple([self.sides.holds[rule] for rule in finders]))
        return self._all(tuple([self.sides.fails[rule] for rule in finders]))

    def _all(self, parts: tuple[Formula, ...]) -> str | None:
        first: str | None = _MET
        for part in parts:
            needed = self._walk(part)
            if needed is _DEAD:
                return _DEAD
            first = first or needed
        return first

    def _any(self, parts: tuple[Formula, ...]) -> str | None:
        first: str | None = _DEAD
        for part in parts:
            before = self._taken.copy()
            needed = self._walk(part)
            if needed == _MET:
                self._taken = before
                return _MET
            if needed is _DEAD or first is not _DEAD:
                # What is not taken may still be met by what is, unless it speaks of something else.
                self._left.update(self._taken.keys() - before.keys())
                self._taken = before
            else:
                first = needed
        return first

    def _take(self, premise: Premise) -> str | None:
        question = self.kb.questions[self.variables.owner[premise.variable]]
        if question.after_advice or not premise.values:
            return _DEAD
        known = self._taken.get(question.id)
        if known is None:
            if (
                question.kind is Kind.SEVERAL
                and settle_several(question, {premise.variable: premise.values}, {}) is None
            ):
                return _DEAD
            self._taken[question.id] = premise
        elif known != premise:
            raise UnclearError
        return question.id
