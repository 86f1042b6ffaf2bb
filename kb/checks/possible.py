"""What is possible for anybody: found with students who are plain to see, and proved part by part where they do not.

That something is possible, one student shows: no proof is needed then, and a thousand students are looked at in one go
(`kb.crowd`). What no student showed is asked of the program of all students, in a part that is enough to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from kb.cells import Cells
from kb.checks.cones import Cones
from kb.checks.plainly import never_open, plain_parts, plain_student
from kb.crowd import Crowd
from kb.model import Answers, KnowledgeBase, Rule
from kb.proof import THIS, Atom, Students

ANYBODY = ("fires/2", "adds/2", "given/2", "takes_away/3", "both/4", "unheeded/3")
LINES = ("stops_rule/1", "makes_rule/1", "serves/2")
_OPEN = "could_be_open"
_OF_LINES = frozenset(each.partition("/")[0] for each in LINES)

EFFECTS = ("find", "recommend", "refer", "withhold")


class Possible:
    """What is possible for anybody.

    `atoms` are what the program says of them, `lines` what it says of the lines of rules for someone who answered
    everything, and `open` the rules on account of which somebody may go away with nothing.
    """

    def __init__(self, kb: KnowledgeBase, cones: Cones, students: Students, cells: Cells) -> None:
        self.kb = kb
        self.cones = cones
        self.students = students
        self.lines: set[Atom] = set()
        self.open: set[str] = set()
        plain = plain_parts(kb, students)
        for atoms in plain.values():
            self.lines |= atoms
        known = (plain_student(kb, cells, rule, True) for rule in kb.rules)
        self.atoms = set(_Tried(kb, cells, [each for each in known if each is not None]).atoms())
        if self._perhaps_unheeded():
            rules: Iterable[str] = kb.rules
        else:
            rules = [rule.id for rule in kb.rules.values() if rule.id not in plain or self._unsettled(rule)]
        for part in cones.parts(rules, list(self._pairs())):
            whole = set(cones.whole_in(part))
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

    def _perhaps_unheeded(self) -> bool:
        """Say whether a danger sign is followed by no referral, as far as its safety screens tell."""
        alone = self.cones.part(self.cones.screens)
        return bool(alone.questions) and bool(self.students.possible("unheeded_so_far/3", part=alone))

    def _unsettled(self, rule: Rule) -> bool:
        """Say whether something about `rule` itself is still to be proved."""
        wanted = [("fires", THIS, rule.id), ("adds", THIS, rule.id)]
        wanted += [("given", THIS, name) for name in rule.recommend]
        faults = bool(rule.recommend or rule.refer)
        return not self.atoms.issuperset(wanted) or (faults and not never_open(self.kb, rule.id))

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """Yield each two rules of which it is still to be proved what they say together."""
        kb = self.kb
        for rule in kb.rules.values():
            for name in rule.withhold:
                if ("takes_away", THIS, rule.id, name) not in self.atoms:
                    yield from ((rule.id, other.id) for other in kb.rules_recommending(name))
        for kind, items, rules_for in (
            ("finding", kb.findings, kb.rules_finding),
            ("recommendation", kb.recommendations, kb.rules_recommending),
        ):
            for item in items.values():
                for against in item.not_with:
                    if ("both", THIS, kind, item.id, against) not in self.atoms:
                        yield from (
                            (one.id, other.id) for one, other in product(rules_for(item.id), rules_for(against))
                        )


class _Tried:
    """Students who answered every safety screen, and what is true of some of them.

    `done` are those to whom something is said, `twice` those to whom two rules say it.
    """

    def __init__(self, kb: KnowledgeBase, cells: Cells, answers: list[Answers]) -> None:
        self.kb = kb
        crowd = Crowd(kb, cells, answers)
        self.fire = {rule.id: crowd.where(rule.when) for rule in kb.rules.values()}
        self.done: dict[tuple[str, str], int] = {}
        self.twice: dict[tuple[str, str], int] = {}
        self.stopped = 0
        for rule in kb.rules.values():
            for effect in EFFECTS:
                for name in getattr(rule, effect):
                    done = self.done.get((effect, name), 0)
                    self.twice[effect, name] = self.twice.get((effect, name), 0) | done & self.fire[rule.id]
                    self.done[effect, name] = done | self.fire[rule.id]
            if any(kb.referrals[name].level.stops for name in rule.refer):
                self.stopped |= self.fire[rule.id]

    def atoms(self) -> Iterator[Atom]:
        """Yield what is true of some of the students."""
        for rule in self.kb.rules.values():
            fire = self.fire[rule.id]
            if fire:
                yield "fires", THIS, rule.id
            if any(fire & ~self.twice[effect, name] for effect in EFFECTS for name in getattr(rule, effect)):
                yield "adds", THIS, rule.id
            for name in rule.withhold:
                if fire & self.done.get(("recommend", name), 0) & ~self.stopped:
                    yield "takes_away", THIS, rule.id, name
        for name in self.kb.recommendations:
            barred = self.done.get(("withhold", name), 0)
            if self.done.get(("recommend", name), 0) & ~barred & ~self.stopped:
                yield "given", THIS, name
