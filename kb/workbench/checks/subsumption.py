"""Find the rules that others make needless."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.model.knowledge import KnowledgeBase, Rule
from kb.proof.parts import Parts
from kb.proof.students import THIS, Atom, Students

Prepared = Callable[[Iterable[Atom]], Students]
"""Returns all students, with some facts more."""


class Subsumption(NamedTuple):
    """The rules that add nothing, each with the one other that covers it, or with several that do so together."""

    by_one: dict[str, str]
    by_several: dict[str, tuple[str, ...]]


def subsumption(kb: KnowledgeBase, suspects: Sequence[str], parts: Parts, prepared: Prepared) -> Subsumption:
    """Return those of `suspects` that add nothing.

    Of rules that cover each other, the later ones are named; the others stay. What is left when all of them are taken
    out says all that was said before.
    """
    by_one: dict[str, str] = {}
    by_several: dict[str, tuple[str, ...]] = {}
    if not suspects:
        return Subsumption(by_one, by_several)
    pairs = {(rule, other) for rule in suspects for other in kb.rules if _says_all(kb.rules[other], kb.rules[rule])}
    students = prepared(("compared", THIS, one, other) for one, other in sorted(pairs))
    enough = parts.enough_for(suspects, ())
    escapes = {atom for part in enough for atom in students.possible("escapes/3", part=part)}

    def adds_without(rule: str, gone: set[str]) -> bool:
        students = prepared(("dropped", THIS, other) for other in sorted(gone))
        return students.smallest(("adds", THIS, rule), part=parts.around(rule)) is not None

    for rule in reversed(suspects):
        gone = {*by_one, *by_several}
        covering = [
            other
            for other in kb.rules
            if (rule, other) in pairs and other not in gone and ("escapes", THIS, rule, other) not in escapes
        ]
        if covering:
            by_one[rule] = covering[0]
        elif not (gone and adds_without(rule, gone)):
            by_several[rule] = tuple(_sharing(kb.rules.values(), kb.rules[rule], gone))
    return Subsumption(by_one, by_several)


def _says_all(one: Rule, other: Rule) -> bool:
    """Say whether `one` says all that `other` says."""
    return one is not other and set(other.effects) <= set(one.effects)


def _sharing(rules: Iterable[Rule], own: Rule, gone: set[str]) -> Iterator[str]:
    """Yield the rules that say some of what `own` says."""
    for rule in rules:
        if rule is not own and rule.id not in gone and not set(own.effects).isdisjoint(rule.effects):
            yield rule.id
