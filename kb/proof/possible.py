"""What is possible for anybody, proved part by part.

Each part of a knowledge base is enough to tell of some rules (`kb.proof.parts`); together they tell of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from kb.model.knowledge import KnowledgeBase
from kb.proof.parts import Parts
from kb.proof.students import Atom, Students

ANYBODY = ("fires/2", "adds/2", "noticed/4", "both/4", "forgotten/3")
LINES = ("stops_rule/1", "makes_rule/1", "serves/2")
_OPEN = "could_be_open"
_OF_LINES = frozenset(each.partition("/")[0] for each in LINES)


class Possible:
    """What is possible for anybody.

    `atoms` are what the program says of them, `lines` what it says of the lines of rules for someone who answered
    everything, and `open` the rules on account of which somebody may go away with nothing.
    """

    def __init__(self, kb: KnowledgeBase, parts: Parts, students: Students) -> None:
        self.students = students
        self.atoms: set[Atom] = set()
        self.lines: set[Atom] = set()
        self.open: set[str] = set()
        for part in parts.enough_for(kb.rules, _pairs(kb)):
            whole = set(parts.whole_in(part))
            for atom in students.possible(*ANYBODY, *LINES, f"{_OPEN}/2", part=part):
                self._take(atom, whole)

    def _take(self, atom: Atom, whole: set[str]) -> None:
        """Take in what is possible in a part, unless it is about lines of a rule that is not `whole` there."""
        if atom[0] in _OF_LINES:
            if self.students.facts.nodes[int(atom[1])][1] in whole:
                self.lines.add(atom)
        elif atom[0] != _OPEN:
            self.atoms.add(atom)
        elif atom[2] in whole:
            self.open.add(atom[2])


def _pairs(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Yield each two rules of which it matters what they say together."""
    for rule in kb.rules.values():
        for name in rule.withhold:
            yield from ((rule.id, other.id) for other in kb.rules_recommending(name))
    for items, rules_for in ((kb.findings, kb.rules_finding), (kb.recommendations, kb.rules_recommending)):
        for item in items.values():
            for against in item.not_with:
                yield from ((one.id, other.id) for one, other in product(rules_for(item.id), rules_for(against)))
