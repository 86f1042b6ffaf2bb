"""Look at many students at once: of whom does a condition hold, of whom does it fail?

A *population* is a row of answers. A set of its students is a whole number with one bit for each, so what the engine
works out one student after another is done here for all of them in a few operations. It fires nothing, so it has no
firings to show; tests hold it to the engine's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from kb.inference.compiler import HOLDS, Conjunction, Formula, Premise, finding_variable, formula_of
from kb.inference.variables import Variables
from kb.model.conditions import Condition, Truth
from kb.model.knowledge import Answers, KnowledgeBase


class Population:
    """Students by their answers; a set of them is a number, whose lowest bit is the first student."""

    def __init__(self, kb: KnowledgeBase, variables: Variables, answers: Sequence[Answers]) -> None:
        """Take in what each student answered, and the variables that `kb` makes of answers."""
        self.kb = kb
        self.variables = variables
        self.all = (1 << len(answers)) - 1
        self._filled: dict[tuple[str, str], int] = {}
        for position, given in enumerate(answers):
            for filled in variables.of(given).items():
                self._filled[filled] = self._filled.get(filled, 0) | 1 << position
        self._findings = {
            finding_variable(finding): tuple(rule.when for rule in kb.rules_finding(finding)) for finding in kb.findings
        }
        self._concluded: dict[tuple[str, bool], int] = {}

    def where(self, condition: Condition, holds: bool = True) -> int:
        """Return the students of whom `condition` holds (or, with `holds` false, fails)."""
        return self._shown(formula_of(condition, holds, self.variables))

    def truth(self, condition: Condition, student: int = 0) -> Truth:
        """Return what `condition` is worth for the student at one position."""
        if self.where(condition) >> student & 1:
            return Truth.HOLDS
        return Truth.FAILS if self.where(condition, holds=False) >> student & 1 else Truth.OPEN

    def _shown(self, formula: Formula) -> int:
        if isinstance(formula, Premise):
            if not formula.given:
                return self._conclusion(formula.variable, formula.values == (HOLDS,))
            return reduce(or_, [self._filled.get((formula.variable, value), 0) for value in formula.values], 0)
        parts = map(self._shown, formula.parts)
        return reduce(and_, parts, self.all) if isinstance(formula, Conjunction) else reduce(or_, parts, 0)

    def _conclusion(self, variable: str, found: bool) -> int:
        """Return the students of whom a finding is found, by one rule; or ruled out, by all that could find it."""
        key = (variable, found)
        if key not in self._concluded:
            shown = [self.where(when, found) for when in self._findings[variable]]
            self._concluded[key] = reduce(or_, shown, 0) if found else reduce(and_, shown, self.all)
        return self._concluded[key]


def members(students: int) -> list[int]:
    """Return the positions of the students in a set, in order."""
    return [position for position in range(students.bit_length()) if students >> position & 1]
