"""The parts of a knowledge base that can be looked at alone, and why what is shown there is true of the whole.

A rule rests on the questions it asks, by way of findings too, and on those that say of whom these are asked: its
*cone*. Answers only ever add: whoever answers fewer questions meets no rule more. So whoever meets a rule may forget
whatever lies outside its cone, and still meets it, while fewer others speak, stop or withhold. A *part* is some
questions, with every rule that could hold for somebody who answers these and no others. What is possible there is
possible, and what is possible at all shows in the part around the few rules that bring it about
(docs/explanation/proofs.md). Of a finding that some rule wants ruled out, all rules that find it belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product

from kb.model.conditions import Condition, Found, Leaf, fold, leaves_with_side, questions_in
from kb.model.dependencies import Dependencies
from kb.model.knowledge import KnowledgeBase
from kb.proof.facts import Part
from kb.proof.students import Atom, Students

_ENOUGH = 100
"""Rules around which a part is made: with fewer, setting up the solver takes the time; with more, solving does."""


class Parts:
    """What the rules of a knowledge base rest on."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        behind = [name for screen in kb.screening_follow_ups for name in questions_in(kb.follow_ups[screen])]
        self.screens = frozenset((*kb.screens, *behind, *kb.safety_questions))
        self.dependencies = kb.kept(Dependencies)
        self.rests = {name: frozenset(self.dependencies.below([name])) for name in kb.rules}
        asks, with_askers = self.dependencies.asks, self.dependencies.with_askers
        self.asks = {name: with_askers(asks(name), kb.follow_ups) for name in kb.rules}
        for name, heeding in self._heeding(self.asks).items():
            self.asks[name] |= heeding
        for finding in self.awaited:
            finders = [rule.id for rule in kb.rules_finding(finding)]
            for taken in (self.rests, self.asks):
                together = frozenset().union(*(taken[name] for name in finders))
                taken.update((name, taken[name] | together) for name in finders)

    def _heeding(self, asks: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """Return for each rule what those ask that refer because of a sign of danger that it reads.

        Nobody sees what comes of a sign that no rule refers for.
        """
        reading: dict[str, list[str]] = {
            sign: [name for name, asked in asks.items() if sign in asked] for sign in self.kb.safety_questions
        }
        found: dict[str, frozenset[str]] = {}
        for names in reading.values():
            heeding = frozenset().union(*(asks[name] for name in names if self.kb.rules[name].refer))
            found.update((name, found.get(name, frozenset()) | heeding) for name in names)
        return found

    # --- parts --------------------------------------------------------------------------------------------------------

    def around(self, rule: str) -> Part:
        """Return the part of those who answer only what `rule` rests on, and the safety screens."""
        return self.part(self.screens | self.asks[rule], [rule])

    def around_condition(self, condition: Condition) -> Part:
        """Return the part of all who answer only what `condition` rests on, and the safety screens."""
        rules = self.dependencies.below(self.dependencies.finders(condition))
        asked = self.dependencies.with_askers(self.dependencies.asked_by(condition), self.kb.follow_ups)
        return self.part(self.screens | asked, rules)

    def part(self, questions: frozenset[str], rules: Iterable[str] = ()) -> Part:
        """Return the part of all who answer only `questions`: the rules that could hold for them, and `rules`."""
        known: dict[tuple[str, bool], bool] = {}
        near = set(self._unasked).union(*(self.asking.get(question, ()) for question in questions))
        could = {rule for rule in near if self._could(rule, True, questions, known)}
        return Part(frozenset().union(*(self.rests[rule] for rule in could.union(rules))), questions)

    @cached_property
    def asking(self) -> dict[str, list[str]]:
        """Return for each question the rules that rest on it."""
        asking: dict[str, list[str]] = {}
        for rule, questions in self.asks.items():
            for question in questions:
                asking.setdefault(question, []).append(rule)
        return asking

    @cached_property
    def for_referral(self) -> frozenset[str]:
        """Return the findings on which a rule that refers rests, and those that it finds itself."""
        finding = (name for rule in self.kb.rules.values() if rule.refer for name in rule.find)
        return frozenset(finding) | self.dependencies.read(self.dependencies.referring)

    @cached_property
    def awaited(self) -> list[str]:
        """Return the findings that some rule wants ruled out, as far as rules find them."""
        sides = (side for rule in self.kb.rules.values() for side in leaves_with_side(rule.when))
        wanted = {name for leaf, ruled_out in sides if ruled_out and isinstance(leaf, Found) for name in leaf.findings}
        return [name for name in self.kb.findings if name in wanted and self.kb.rules_finding(name)]

    def stopping_alone(self) -> list[str]:
        """Return the questions of which one answer could stop the person, for all that the shape of rules says."""
        found = {
            question
            for rule in self.kb.rules.values()
            if self.kb.stops(rule)
            for question in self.asks[rule.id]
            if self._could(rule.id, True, frozenset({question}), {})
        }
        return [question for question in self.kb.questions if question in found]

    @cached_property
    def _unasked(self) -> list[str]:
        """Return the rules that could hold without an answer: some finding that they read is found by no rule."""
        return [
            rule
            for rule, rests in self.rests.items()
            if not all(map(self.kb.rules_finding, self.dependencies.read(rests)))
        ]

    def _could(self, rule: str, holds: bool, questions: frozenset[str], known: dict[tuple[str, bool], bool]) -> bool:
        """Say whether, for all that its shape says, `rule` could hold (or fail) if only `questions` are answered."""

        def could(line: Leaf, holds: bool) -> bool:
            if isinstance(line, Found):
                finders = self.dependencies.finders(line)
                return (any if holds else all)(self._could(each, holds, questions, known) for each in finders)
            return line.question in questions

        key = (rule, holds)
        if key not in known:
            known[key] = True  # what is asked on the way, in a circle of findings that is reported elsewhere
            known[key] = self.asks[rule] <= questions or fold(self.kb.rules[rule].when, could, holds)
        return known[key]

    # --- parts enough for everything ----------------------------------------------------------------------------------

    def whole_in(self, part: Part) -> list[str]:
        """Return the rules of `part` of which nothing is left out."""
        return [rule for rule in part.rules if self.asks[rule] <= part.questions]

    def enough_for(self, rules: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Iterator[Part]:
        """Yield parts that hold each of `rules`, and both rules of each of `pairs`, with the safety screens."""
        needs = dict.fromkeys(self.asks[rule] for rule in rules)
        needs.update(dict.fromkeys(self.asks[one] | self.asks[other] for one, other in pairs))
        known: list[frozenset[str]] = []
        asked, count = self.screens, 0
        for need in needs:
            if (count and need <= asked) or any(need <= each for each in known):
                continue
            asked, count = asked | need, count + 1
            if count == _ENOUGH:
                known.append(asked)
                yield self.part(asked)
                asked, count = self.screens, 0
        if count:
            yield self.part(asked)


# --- what is possible in them -----------------------------------------------------------------------------------------

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
