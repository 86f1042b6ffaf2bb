"""Compare two knowledge bases: which students are told something else, what, and since which rule was changed.

The answer-set program (`kb/workbench/comparison/compare.lp`) names every change that is possible for anyone, so none
is missed. For each it finds the student in whom as little else as possible changes; students with the same changes are
one `Difference`. Before it is shown, every student is replayed in both engines, which have to say the same.

Students are compared on the answers that both knowledge bases take; what only one of them takes is `Unshared`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
from itertools import combinations
from operator import or_
from typing import NamedTuple

import msgspec

from kb.inference.engine import Engine, Inference
from kb.inference.population import Population, members
from kb.model.answers import examine
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, Answers, Case, KnowledgeBase
from kb.model.problems import KbError
from kb.proof.facts import quoted
from kb.proof.students import Atom, Students, program
from kb.workbench.cases.replay import recorded
from kb.workbench.comparison.changes import Change, ShownAdvice, changes, shown_advice

OLD, NEW = "old", "new"

MOST_SPLIT = 12
"""With more changed rules than this, students are told apart by what they are told and not by the rule as well."""


_Class = tuple[frozenset[Change], frozenset[str]]
"""A class of students: what they are told otherwise, and the changed rules that are at work in them."""


class Difference(msgspec.Struct, frozen=True):
    """A class of students who are told the same things otherwise, and one of them.

    `changes` stand most serious first. `rules` are the changed rules that are at work in this student. `cases` show the
    very same changes; without any, `case` is the case that would, with what the new rules say.
    """

    changes: tuple[Change, ...]
    answers: dict[str, Answer]
    old: ShownAdvice
    new: ShownAdvice
    rules: tuple[str, ...]
    cases: tuple[str, ...]
    case: Case


class Unshared(msgspec.Struct, frozen=True):
    """What only one of the two asks or takes as an answer.

    An answer to a question that one of them does not ask says nothing to it. Whoever chooses an option that one does
    not have is not compared; nor is what is answered to a question that is asked `otherwise` (of another type).
    """

    old_questions: tuple[str, ...] = ()
    new_questions: tuple[str, ...] = ()
    old_options: tuple[tuple[str, str], ...] = ()
    new_options: tuple[tuple[str, str], ...] = ()
    bounds: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    screens_otherwise: tuple[str, ...] = ()

    @property
    def leaves_out(self) -> bool:
        """Say whether some students cannot be compared."""
        return bool(self.old_options or self.new_options or self.bounds or self.otherwise)


class Comparison(msgspec.Struct, frozen=True):
    """All that changes for students from `old` to `new`, the most serious first."""

    old: KnowledgeBase
    new: KnowledgeBase
    differences: tuple[Difference, ...]
    unshared: Unshared


class DisagreementError(KbError):
    """The answer-set program and the engine say different things of one student: one of them is wrong."""

    def __init__(self, answers: Answers, differ: Iterable[object]) -> None:
        told = "; ".join(map(str, differ))
        super().__init__(
            "This is a fault of the program, not of your rules: its two ways of working out a report disagree, so the "
            f"comparison is not to be trusted. Please report it with both versions of the rules. The student answers "
            f"{answers}; they disagree on {told}."
        )


def compare(old: KnowledgeBase, new: KnowledgeBase) -> Comparison:
    """Return what changes for students from `old` to `new`.

    Raises:
        DisagreementError: if a student turns out otherwise in the engines than in the answer-set program.
    """
    students = Students({OLD: old, NEW: new}, _program(old, new))
    pair = _Pair(old, new)
    shown: dict[_Class, dict[str, Answer]] = {}
    for goal in _goals(students, split=len(pair.edited) <= MOST_SPLIT):
        found = students.student(goal, telling=("change", "by"))
        if found is None:
            raise DisagreementError({}, [goal])
        answers, atoms = found
        claimed = frozenset(Change(*atom[1:]) for atom in atoms if atom[0] == "change")
        rules = frozenset(atom[1] for atom in atoms if atom[0] == "by")
        pair.confirm(answers, claimed, rules)
        shown.setdefault((claimed, rules), answers)
    cases = pair.cases(shown, students.unlike)
    differences = [pair.difference(answers, cases[each]) for each, answers in shown.items()]
    return Comparison(old, new, tuple(sorted(differences, key=_first)), unshared(old, new, students.unlike))


def _first(difference: Difference) -> tuple[object, ...]:
    """Order differences: by the most serious change (one that leads to advice first), then who answers less."""
    changes, leading = difference.changes, difference.changes[0]
    size = len(difference.answers), len(changes)
    return leading.gravity, leading.after == "unadvised", difference.rules, size, changes


def _goals(students: Students, split: bool) -> Iterator[Atom]:
    """Yield every change that is possible; with `split` once for every changed rule that alone brings it about."""
    possible = students.possible("change/4", *["caused/5"] * split)
    caused = sorted(atom for atom in possible if atom[0] == "caused")
    yield from caused
    covered = {atom[2:] for atom in caused}
    yield from sorted(atom for atom in possible if atom[0] == "change" and atom[1:] not in covered)


def _program(old: KnowledgeBase, new: KnowledgeBase) -> str:
    """Return what the answer-set program needs beside the facts of both."""
    lines = [program(__file__, "compare.lp")]
    lines += [f"edited({quoted(rule)})." for rule in edited(old, new)]
    lines += [f"retargeted({quoted(rule)})." for rule in retargeted(old, new)]
    for kind, before, after in (
        ("advice", list(old.recommendations), list(new.recommendations)),
        ("finding", list(old.findings), list(new.findings)),
        ("referral", _strongest_first(old), _strongest_first(new)),
    ):
        rank = {name: position for position, name in enumerate(after)}
        both = [name for name in before if name in rank]
        lines += [
            f"swapped({quoted(kind)},{quoted(one)},{quoted(other)})."
            for one, other in combinations(both, 2)
            if rank[one] > rank[other]
        ]
    return "\n".join(lines) + "\n"


def _strongest_first(kb: KnowledgeBase) -> list[str]:
    return [each.id for each in sorted(kb.referrals.values(), key=lambda referral: referral.level.rank)]


def edited(old: KnowledgeBase, new: KnowledgeBase) -> tuple[str, ...]:
    """Return the rules that say something else in `new`, or stand in one of the two only; words do not count."""
    targets = set(retargeted(old, new))
    same = {
        name
        for name, rule in new.rules.items()
        if name not in targets and name in old.rules and old.rules[name].when == rule.when
    }
    return tuple(name for name in {**new.rules, **old.rules} if name not in same)


def retargeted(old: KnowledgeBase, new: KnowledgeBase) -> tuple[str, ...]:
    """Return the rules in both from which something else follows in `new`."""
    return tuple(
        name
        for name, rule in new.rules.items()
        if name in old.rules and set(old.rules[name].effects) != set(rule.effects)
    )


class _Shown(NamedTuple):
    """What one student is shown by both, what changes in that, and the changed rules that are at work in it."""

    old: ShownAdvice
    new: ShownAdvice
    changes: frozenset[Change]
    rules: tuple[str, ...]


class _Pair:
    """Both engines, and what they say to one student."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        self.engines = (Engine(old), Engine(new))
        self.edited = edited(old, new)
        self.retargeted = set(retargeted(old, new))

    def shown(self, answers: Answers) -> _Shown:
        """Return what both show to someone with `answers`, as far as each asks for them."""
        inferences = [engine.infer(_asked(engine.kb, answers)) for engine in self.engines]
        old, new = (shown_advice(engine.kb, inference) for engine, inference in zip(self.engines, inferences))
        firing = {rule: [_firing(inference, rule) for inference in inferences] for rule in self.edited}
        at_work = [
            rule for rule, (before, after) in firing.items() if before != after or (before and rule in self.retargeted)
        ]
        return _Shown(old, new, changes(old, new), tuple(at_work))

    def confirm(self, answers: Answers, claimed: frozenset[Change], rules: frozenset[str]) -> None:
        """Raise a `DisagreementError` unless the engines show the changes that are claimed of a student."""
        shown = self.shown(answers)
        differ = [*(shown.changes ^ claimed), *rules.symmetric_difference(shown.rules)]
        if differ or not claimed:
            raise DisagreementError(answers, differ)

    def difference(self, answers: dict[str, Answer], cases: Iterable[str]) -> Difference:
        """Return the difference that one student stands for."""
        shown, engine = self.shown(answers), self.engines[1]
        ordered = tuple(sorted(shown.changes, key=lambda change: (change.gravity, change)))
        case = recorded(engine, _asked(engine.kb, answers), "changed", "Changed")
        return Difference(ordered, answers, shown.old, shown.new, shown.rules, tuple(cases), case)

    def cases(self, shown: Iterable[_Class], unlike: set[str]) -> dict[_Class, list[str]]:
        """Return for each class of students the recorded cases whose answers show the same changes by the same rules.

        Only answers that both knowledge bases take are looked at, and only those in which the rules fire at all.
        """
        old, new = (engine.kb for engine in self.engines)
        every = {case.id: case.answers for case in (*old.cases, *new.cases)}.items()
        known = {name: it for name, it in every if unlike.isdisjoint(it) and _takes(old, it) and _takes(new, it)}
        names = list(known)
        populations = [
            Population(engine.kb, engine.variables, [_asked(engine.kb, answers) for answers in known.values()])
            for engine in self.engines
        ]
        pinning: dict[_Class, list[str]] = {}
        seen: dict[str, _Shown] = {}
        for wanted, rules in shown:
            candidates = populations[0].all
            for rule in rules:
                sides = (each for each in populations if rule in each.kb.rules)
                candidates &= reduce(or_, (each.where(each.kb.rules[rule].when) for each in sides))
            likely = [names[position] for position in members(candidates)]
            seen.update({name: self.shown(known[name]) for name in likely if name not in seen})
            pinning[wanted, rules] = [
                name for name in likely if wanted <= seen[name].changes and rules.issubset(seen[name].rules)
            ]
        return pinning


def _firing(inference: Inference, rule: str) -> str:
    """Say whether a rule fires, and whether that rests on something unsure."""
    if inference.rules.get(rule) is not Truth.HOLDS:
        return ""
    return "provisional" if rule in inference.provisional else "firm"


def _asked(kb: KnowledgeBase, answers: Answers) -> dict[str, Answer]:
    """Return those of `answers` for which `kb` asks."""
    return {name: answer for name, answer in answers.items() if name in kb.questions}


def _takes(kb: KnowledgeBase, answers: Answers) -> bool:
    """Say whether every answer can be given to `kb`, as far as it asks for it."""
    return all(examine(kb.questions[name], answer)[0] == answer for name, answer in _asked(kb, answers).items())


def unshared(old: KnowledgeBase, new: KnowledgeBase, unlike: Iterable[str]) -> Unshared:
    """Return what only one of the two asks or takes; `unlike` are the questions that they ask in different ways."""
    otherwise = tuple(name for name in new.questions if name in set(unlike))
    both = [name for name in new.questions if name in old.questions and name not in otherwise]

    def only_in(one: KnowledgeBase, other: KnowledgeBase) -> tuple[tuple[str, str], ...]:
        options = ((name, option) for name in both for option in one.questions[name].option_ids)
        return tuple((name, option) for name, option in options if option not in other.questions[name].option_ids)

    def bounds(kb: KnowledgeBase, name: str) -> tuple[Decimal | None, Decimal | None]:
        return kb.questions[name].at_least, kb.questions[name].at_most

    return Unshared(
        old_questions=tuple(one.id for one in old.written_questions if one.id not in new.questions),
        new_questions=tuple(one.id for one in new.written_questions if one.id not in old.questions),
        old_options=only_in(old, new),
        new_options=only_in(new, old),
        bounds=tuple(name for name in both if bounds(old, name) != bounds(new, name)),
        otherwise=otherwise,
        screens_otherwise=tuple(name for name in otherwise if name in (*old.safety_screens, *new.safety_screens)),
    )
