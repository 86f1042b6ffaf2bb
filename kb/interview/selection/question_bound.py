"""Tell how many questions may still come at most, given what is still to be reached.

Every goal leads to questions; all of them together are a bound. A smaller one comes from *guards*: a question that
stands before others in a condition lets only those come that stand behind the answer it gets. So the one that guards
others is taken with the answer that leaves most to ask. docs/explanation/question-choice.md says why that holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kb.inference.compiler import HOLDS, Conjunction, Formula, Premise
from kb.inference.record import Inference
from kb.interview.selection.goals import Goals, GoalTrace
from kb.interview.selection.witness import finding_of
from kb.model.conditions import Truth

Behind = list[tuple[Premise, set[str]]]
"""Premises on a guard, each with the questions that come only if it is met."""


class _GoalReach(NamedTuple):
    """Which questions one goal may still lead to.

    `whole` are all of them; `behind` says for each guard which come whatever is answered to it, and which only behind
    one of its answers.
    """

    whole: set[str]
    behind: dict[str, tuple[set[str], Behind]]


class _Guarded:
    """The goals in which one question guards others, and how many of them lead to each question."""

    def __init__(self) -> None:
        self.goals: dict[int, _GoalReach] = {}
        self.leading: Counter[str] = Counter()


class Reach:
    """Which questions goals may still lead to, added up; a goal is looked at again only if it is renewed."""

    def __init__(self, goals: Goals) -> None:
        self.goals = goals
        self._of: dict[int, _GoalReach] = {}
        self._leading: Counter[str] = Counter()
        self._guarded: dict[str, _Guarded] = {}

    def renew(self, indexes: Iterable[int], counts: Callable[[int], bool], inference: Inference) -> None:
        """Take goals out of the sum, and add those again that count as they stand after some answers."""
        splitting = _Splitting(self.goals, inference)
        for index in indexes:
            known = self._of.pop(index, None)
            if known is not None:
                self._take_out(index, known)
            if counts(index):
                self._of[index] = reach = splitting.of(self.goals.all[index])
                self._add(index, reach)

    def _add(self, index: int, reach: _GoalReach) -> None:
        self._leading.update(reach.whole)
        for guard in reach.behind:
            guarded = self._guarded.setdefault(guard, _Guarded())
            guarded.goals[index] = reach
            guarded.leading.update(reach.whole)

    def _take_out(self, index: int, reach: _GoalReach) -> None:
        _subtract(self._leading, reach.whole)
        for guard in reach.behind:
            guarded = self._guarded[guard]
            del guarded.goals[index]
            _subtract(guarded.leading, reach.whole)

    def most(self, anyway: set[str]) -> int:
        """Return how many questions may come at most, `anyway` among them: the smallest bound of any guard."""
        unguarded = least = len(anyway.union(self._leading))
        # A guard can spare at most the questions to which only its goals lead: most are passed over by their number.
        for guard, guarded in sorted(self._guarded.items(), key=lambda item: (-len(item[1].leading), item[0])):
            if unguarded - len(guarded.leading) >= least:
                break
            leading = self._leading
            alone = sum([leading[question] == count for question, count in guarded.leading.items()])
            if unguarded - alone < least:
                least = min(least, self._most_behind(guard, guarded, anyway))
        return least

    def _most_behind(self, guard: str, guarded: _Guarded, anyway: set[str]) -> int:
        """Return how many questions may come at most, if `guard` comes before those that stand behind it."""
        here = guarded.leading
        kept = {question for question, count in here.items() if self._leading[question] > count}
        kept.update(*(reach.behind[guard][0] for reach in guarded.goals.values()))
        elsewhere = len(anyway.union(self._leading)) - len(here.keys() - anyway)
        behind = [part for reach in guarded.goals.values() for part in reach.behind[guard][1]]
        most = max(
            len(set().union(*(names for premise, names in behind if value in premise.values)) - kept - anyway)
            for value in self.goals.variables.domains[guard]
        )
        # (Behind a guard there is nothing that its goals do not lead to.)
        return elsewhere + len(kept - anyway) + most


def _subtract(counts: Counter[str], names: Iterable[str]) -> None:
    for name in names:
        counts[name] -= 1
        if not counts[name]:
            del counts[name]


class _Splitting:
    """Splits formulas, as they stand after some answers, at the questions that guard others."""

    def __init__(self, goals: Goals, inference: Inference) -> None:
        self.goals = goals
        self.inference = inference

    def of(self, trace: GoalTrace) -> _GoalReach:
        """Return which questions a goal may still lead to."""
        if trace.plain is not None:
            return self._of_plain(trace.plain)
        formula = trace.formula
        whole, _ = self._split(formula, None)
        return _GoalReach(whole, {guard: self._split(formula, guard) for guard in self._guards(formula)})

    def _of_plain(self, premises: tuple[Premise, ...]) -> _GoalReach:
        """Return the same for a plain conjunction about different questions, without looking at it guard by guard."""
        kb, owner, given = self.goals.kb, self.goals.variables.owner, self.inference.given
        if any(self._dead(premise) for premise in premises):
            return _GoalReach(set(), {})
        missing = [premise for premise in premises if premise.variable not in given]
        names = [owner[premise.variable] for premise in missing]
        behind: dict[str, tuple[set[str], Behind]] = {}
        for index, premise in enumerate(missing):
            if premise is not premises[-1] and premise.variable in kb.questions:
                behind[premise.variable] = set(names[: index + 1]), [(premise, set(names[index + 1 :]))]
        return _GoalReach(set(names), behind)

    def _guards(self, formula: Formula) -> set[str]:
        """Return the unanswered single-choice questions that stand before others in `formula`."""
        names: set[str] = set()
        if isinstance(formula, Conjunction):
            names = {
                part.variable
                for part in formula.parts[:-1]
                if isinstance(part, Premise)
                and part.variable in self.goals.kb.questions
                and part.variable not in self.inference.given
            }
        return names.union(*(self._guards(part) for part in self._parts(formula)))

    def _parts(self, formula: Formula) -> tuple[Formula, ...]:
        """Return what `formula` is made of; for a finding, the open rules that could find it or rule it out."""
        if not isinstance(formula, Premise):
            return formula.parts
        if formula.given:
            return ()
        sides = self.goals.sides
        side = sides.holds if formula.values == (HOLDS,) else sides.fails
        finding = finding_of(formula)
        if self.inference.findings[finding] is not Truth.OPEN:
            return ()
        return tuple(side[rule] for rule in sides.finders[finding] if self.inference.rules[rule] is Truth.OPEN)

    def _split(self, formula: Formula, guard: str | None) -> tuple[set[str], Behind]:
        """Return the questions that may come whatever `guard` is, and those that stand behind a premise on it."""
        if isinstance(formula, Premise) and formula.given:
            question = self.goals.variables.owner[formula.variable]
            answered = formula.variable in self.inference.given or self.goals.kb.questions[question].after_advice
            return (set() if answered else {question}), []
        free: set[str] = set()
        guarded: Behind = []
        conjunction = isinstance(formula, Conjunction)
        parts = self._parts(formula)
        if conjunction and any(self._dead(part) for part in parts):
            return free, guarded
        for index, part in enumerate(parts):
            if conjunction and isinstance(part, Premise) and part.variable == guard and part.given:
                free.add(guard)
                guarded.append((part, self._split(Conjunction(parts[index + 1 :]), None)[0]))
                break
            inner_free, inner_guarded = self._split(part, guard)
            free |= inner_free
            guarded += inner_guarded
        return free, guarded

    def _dead(self, part: Formula) -> bool:
        """Say whether a premise has been answered or settled otherwise, or can never be met."""
        if not isinstance(part, Premise):
            return False
        if not part.given:
            truth = self.inference.findings[finding_of(part)]
            return truth is not Truth.OPEN and truth.value not in part.values
        return not part.values or self.inference.given.get(part.variable, part.values[0]) not in part.values
