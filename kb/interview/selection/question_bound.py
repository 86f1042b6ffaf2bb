"""Tell how many questions may still come at most, given what is still to be reached.

Every goal leads to questions; all of them together are a bound. A smaller one comes from *guards*: a question that
stands before others in a condition lets only those come that stand behind the answer it gets. So the one that guards
others is taken with the answer that leaves most to ask. docs/explanation/question-choice.md says why that holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kb.inference.compiler import Conjunction, Formula, Premise
from kb.inference.record import Inference
from kb.interview.selection.goals import Goals
from kb.model.conditions import Truth

Behind = list[tuple[Premise, set[str]]]
"""Premises on a guard, each with the questions that come only if it is met."""


class _Reach(NamedTuple):
    """Which questions a goal, or a part of one, may still lead to.

    `whole` are all of them; `behind` says for each guard which come whatever is answered to it, and which only behind
    one of its answers.
    """

    whole: set[str]
    behind: dict[str, tuple[set[str], Behind]]


class _Guarded:
    """The goals in which one question guards others, and how many of them lead to each question."""

    def __init__(self) -> None:
        self.goals: dict[int, _Reach] = {}
        self.leading: Counter[str] = Counter()


class QuestionBound:
    """Which questions goals may still lead to, added up; a goal is looked at again only if it is renewed."""

    def __init__(self, goals: Goals) -> None:
        self.goals = goals
        self._of: dict[int, _Reach] = {}
        self._leading: Counter[str] = Counter()
        self._guarded: dict[str, _Guarded] = {}

    def renew(self, indexes: Iterable[int], counts: Callable[[int], bool], inference: Inference) -> None:
        """Take goals out of the sum, and add those again that count as they stand after some answers."""
        splitting = _Splitting(self.goals, inference)
        for index in indexes:
            known = self._of.pop(index, None)
            if known is not None:
                _subtract(self._leading, known.whole)
                for guard in known.behind:
                    del self._guarded[guard].goals[index]
                    _subtract(self._guarded[guard].leading, known.whole)
            if counts(index):
                self._of[index] = reach = splitting.of(self.goals.all[index].formula)
                self._leading.update(reach.whole)
                for guard in reach.behind:
                    guarded = self._guarded.setdefault(guard, _Guarded())
                    guarded.goals[index] = reach
                    guarded.leading.update(reach.whole)

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
        behind: dict[str, set[str]] = {}  # by the answer to the guard
        for reach in guarded.goals.values():
            for premise, names in reach.behind[guard][1]:
                for value in premise.values:
                    behind.setdefault(value, set()).update(names)
        most = max((len(names - kept - anyway) for names in behind.values()), default=0)
        # (Behind a guard there is nothing that its goals do not lead to.)
        return elsewhere + len(kept - anyway) + most


def _subtract(counts: Counter[str], names: Iterable[str]) -> None:
    for name in names:
        counts[name] -= 1
        if not counts[name]:
            del counts[name]


def _both(one: Premise, other: Premise) -> Premise:
    """Return the premise that holds if two on the same variable do."""
    return Premise(one.variable, tuple([value for value in one.values if value in other.values]), one.given)


class _Splitting:
    """Splits formulas, as they stand after some answers, at the questions that guard others."""

    def __init__(self, goals: Goals, inference: Inference) -> None:
        self.goals = goals
        self.inference = inference
        self._behind: dict[Premise, _Reach] = {}

    def of(self, formula: Formula) -> _Reach:
        """Return which questions a formula may still lead to."""
        if not isinstance(formula, Premise):
            return self._of_parts(isinstance(formula, Conjunction), formula.parts)
        if formula.given:
            question = self.goals.variables.owner[formula.variable]
            answered = formula.variable in self.inference.given or self.goals.kb.questions[question].after_advice
            return _Reach(set() if answered else {question}, {})
        if formula not in self._behind:
            # (Rules that only all together rule a finding out are not said to be dead if one of them is.)
            self._behind[formula] = self._of_parts(False, self.inference.behind(formula, self.goals.sides).parts)
        return self._behind[formula]

    def _of_parts(self, conjunction: bool, parts: tuple[Formula, ...]) -> _Reach:
        if conjunction and any(map(self._dead, parts)):
            return _Reach(set(), {})
        each = [self.of(part) for part in parts]
        guards = dict.fromkeys(guard for reach in each for guard in reach.behind)
        if conjunction:
            guards.update(dict.fromkeys(part.variable for part in parts[:-1] if self._guards(part)))  # type: ignore[union-attr]
        behind = {guard: self._behind_guard(guard, conjunction, parts, each) for guard in guards}
        return _Reach(set().union(*(reach.whole for reach in each)), behind)

    def _behind_guard(
        self, guard: str, conjunction: bool, parts: tuple[Formula, ...], each: list[_Reach]
    ) -> tuple[set[str], Behind]:
        """Return the questions that may come whatever `guard` is, and those that stand behind a premise on it."""
        free: set[str] = set()
        guarded: Behind = []
        for index, (part, reach) in enumerate(zip(parts, each)):
            if conjunction and isinstance(part, Premise) and part.variable == guard and part.given:
                free.add(guard)
                for later in each[index + 1 :]:
                    inner_free, inner_guarded = later.behind.get(guard, (later.whole, ()))
                    guarded.append((part, inner_free))
                    guarded += [(_both(part, premise), names) for premise, names in inner_guarded]
                break
            inner_free, inner_guarded = reach.behind.get(guard, (reach.whole, ()))
            free |= inner_free
            guarded += inner_guarded
        return free, guarded

    def _guards(self, part: Formula) -> bool:
        """Say whether a part is an unanswered premise on a question that takes one answer."""
        return (
            isinstance(part, Premise)
            and part.variable in self.goals.kb.questions
            and part.variable not in self.inference.given
        )

    def _dead(self, part: Formula) -> bool:
        """Say whether a premise has been answered or settled otherwise, or can never be met."""
        if not isinstance(part, Premise):
            return False
        if not part.given:
            truth = self.inference.findings[part.finding]
            return truth is not Truth.OPEN and truth.value not in part.values
        return not part.values or self.inference.given.get(part.variable, part.values[0]) not in part.values
