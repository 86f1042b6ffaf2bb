"""Find the rules that others make needless."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from kb.model.knowledge import KnowledgeBase
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
    effects = {name: set(rule.effects) for name, rule in kb.rules.items()}
    pairs = {(one, other) for one in suspects for other in kb.rules if one != other and effects[one] <= effects[other]}
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
            others = (other for other in kb.rules if other != rule and other not in gone)
            by_several[rule] = tuple(other for other in others if not effects[rule].isdisjoint(effects[other]))
    return Subsumption(by_one, by_several)
