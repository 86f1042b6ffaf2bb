"""What is possible for anybody: found with students who are plain to see, and proved part by part where they do not.

That something is possible, one student shows: no proof is needed then, and a thousand students are looked at in one go
(`kb.inference.population`). What no student showed is asked of the program of all students, in a part that is enough to
tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from kb.inference.population import Population
from kb.inference.variables import Variables
from kb.model.danger import signs_in
from kb.model.knowledge import Answers, KnowledgeBase, Rule
from kb.proof.parts import Parts
from kb.proof.simple_rules import never_open, plain_parts, plain_student
from kb.proof.students import THIS, Atom, Students

ANYBODY = ("fires/2", "adds/2", "noticed/4", "both/4", "forgotten/3")
LINES = ("stops_rule/1", "makes_rule/1", "serves/2")
_OPEN = "could_be_open"
_OF_LINES = frozenset(each.partition("/")[0] for each in LINES)


class Possible:
    """What is possible for anybody.

    `atoms` are what the program says of them, `lines` what it says of the lines of rules for someone who answered
    everything, and `open` the rules on account of which somebody may go away with nothing.
    """

    def __init__(self, kb: KnowledgeBase, parts: Parts, students: Students, variables: Variables) -> None:
        self.kb = kb
        self.parts = parts
        self.students = students
        self.lines: set[Atom] = set()
        self.open: set[str] = set()
        plain = plain_parts(kb, students)
        for atoms in plain.values():
            self.lines |= atoms
        known = (plain_student(kb, variables, rule, True) for rule in kb.rules)
        # Of whoever has a sign of danger it takes a proof to tell whether anything is advised.
        calm = [each for each in known if each is not None and not signs_in(kb, each)]
        tried = _Tried(kb, variables, calm, parts.for_referral)
        self.atoms = set(tried.atoms())
        if self._perhaps_unheeded():
            rules: Iterable[str] = kb.rules
        else:
            rules = [rule.id for rule in kb.rules.values() if rule.id not in plain or self._unsettled(rule)]
        for part in parts.enough_for(rules, list(self._pairs())):
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

    def _perhaps_unheeded(self) -> bool:
        """Say whether a danger sign is followed by no referral, as far as its safety screens tell."""
        alone = self.parts.part(frozenset(self.kb.safety_questions))
        return bool(alone.questions) and bool(self.students.possible("unheeded/3", part=alone))

    def _unsettled(self, rule: Rule) -> bool:
        """Say whether something about `rule` itself is still to be proved."""
        wanted: list[Atom] = [("fires", THIS, rule.id), ("adds", THIS, rule.id)]
        wanted += [("noticed", THIS, rule.id, *each) for each in rule.effects if each[0] != "withhold"]
        faults = bool(rule.recommend or rule.refer)
        return not self.atoms.issuperset(wanted) or (faults and not never_open(self.kb, rule.id))

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """Yield each two rules of which it is still to be proved what they say together."""
        kb = self.kb
        for rule in kb.rules.values():
            for name in rule.withhold:
                if ("noticed", THIS, rule.id, "withhold", name) not in self.atoms:
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

    def __init__(
        self, kb: KnowledgeBase, variables: Variables, answers: Sequence[Answers], for_referral: frozenset[str]
    ) -> None:
        self.kb = kb
        self.for_referral = for_referral
        population = Population(kb, variables, answers)
        self.fire = {rule.id: population.where(rule.when) for rule in kb.rules.values()}
        self.done: dict[tuple[str, str], int] = {}
        self.twice: dict[tuple[str, str], int] = {}
        self.stopped = 0
        for rule in kb.rules.values():
            for effect in rule.effects:
                done = self.done.get(effect, 0)
                self.twice[effect] = self.twice.get(effect, 0) | done & self.fire[rule.id]
                self.done[effect] = done | self.fire[rule.id]
            if kb.stops(rule):
                self.stopped |= self.fire[rule.id]

    def atoms(self) -> Iterator[Atom]:
        """Yield what is true of some of the students."""
        for rule in self.kb.rules.values():
            fire = self.fire[rule.id]
            if fire:
                yield "fires", THIS, rule.id
            if any(fire & ~self.twice[effect] for effect in rule.effects):
                yield "adds", THIS, rule.id
            for effect in rule.effects:
                if fire & self._open_to(*effect):
                    yield "noticed", THIS, rule.id, *effect

    def _open_to(self, effect: str, name: str) -> int:
        """Return the students who would notice if a rule that they meet had this effect."""
        if effect == "recommend":
            return ~self.stopped & ~self.done.get(("withhold", name), 0)
        if effect == "withhold":
            return ~self.stopped & self.done.get(("recommend", name), 0)
        beside_stop = name in self.for_referral if effect == "find" else self.kb.referrals[name].level.stops
        return -1 if beside_stop else ~self.stopped
