"""Which rule rests on what: on the questions that it names, and on the rules that find what it reads.

`Dependencies` knows that of a whole knowledge base; `kb.kept(Dependencies)` works it out once. What is wrong with the
way rules rest on each other is found in rules alone, before there is a knowledge base: findings that rest on themselves
(`circles`), and rules that are nested so deep that no program could follow them (`too_deep`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property

from kb.model.conditions import All, Any, Condition, Found, Not, findings_in, questions_in
from kb.model.knowledge import KnowledgeBase, Rule

MOST_NESTED = 200
"""How many steps down a path may have. A list of conditions counts as many as it has: they are taken one by one."""

_REPORTED = -1_000_000_000  # how deep a finding is whose rule was reported: what rests on it is no mistake of its own


class Dependencies:
    """What the rules of a knowledge base rest on. Rules are given and returned by their ids."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._asks: dict[str, frozenset[str]] = {}

    def finders(self, condition: Condition) -> list[str]:
        """Return the rules that find what `condition` names itself."""
        return [rule.id for finding in findings_in(condition) for rule in self.kb.rules_finding(finding)]

    def below(self, rules: Iterable[str], among: Container[str] | None = None) -> tuple[str, ...]:
        """Return `rules` and all rules on whose findings they rest; with `among`, only those that are in it."""
        found: dict[str, None] = {}
        waiting = list(rules)
        for rule in waiting:  # it grows while it is gone through
            if rule not in found and (among is None or rule in among):
                found[rule] = None
                waiting += self.finders(self.kb.rules[rule].when)
        return tuple(found)

    def named(self, rules: Iterable[str]) -> set[str]:
        """Return the questions that `rules` name themselves."""
        return {question for rule in rules for question in questions_in(self.kb.rules[rule].when)}

    def read(self, rules: Iterable[str]) -> set[str]:
        """Return the findings that `rules` name themselves."""
        return {finding for rule in rules for finding in findings_in(self.kb.rules[rule].when)}

    def asks(self, rule: str) -> frozenset[str]:
        """Return the questions on which `rule` rests, by way of findings too."""
        if rule not in self._asks:
            self._asks[rule] = frozenset(self.named(self.below([rule])))
        return self._asks[rule]

    def asked_by(self, condition: Condition) -> set[str]:
        """Return the questions on which `condition` rests, by way of findings too."""
        return {*questions_in(condition), *self.named(self.below(self.finders(condition)))}

    def with_askers(self, questions: Iterable[str], follow_ups: Container[str]) -> frozenset[str]:
        """Return `questions`, and those that say of whom these are asked, as far as they are among `follow_ups`."""
        asked_when = self.kb.follow_ups
        askers = (questions_in(asked_when[name]) for name in questions if name in asked_when and name in follow_ups)
        return frozenset(questions).union(*askers)

    @cached_property
    def referring(self) -> tuple[str, ...]:
        """Return the rules that refer, and those on whose findings they rest."""
        return self.below(rule.id for rule in self.kb.rules.values() if rule.refer)


# --- what is wrong with the way rules rest on each other --------------------------------------------------------------


def circles(rules: Iterable[Rule]) -> list[list[tuple[str, str, str]]]:
    """Return the circles of findings that rest on themselves, if there are any: without them there would be none.

    A circle is a list of steps: a finding, one that it rests on, and the rule that says so.
    """
    rests_on: dict[str, dict[str, str]] = {}  # finding -> the findings it rests on, each with the rule that says so
    for rule in rules:
        for finding in rule.find:
            for other in findings_in(rule.when):
                rests_on.setdefault(finding, {}).setdefault(other, rule.id)
    return [
        [(one, other, rests_on[one][other]) for one, other in zip(circle, [*circle[1:], circle[0]])]
        for circle in _search(rests_on)[1]
    ]


def too_deep(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the rules at which a path becomes too deep; those that only rest on them are left out.

    Whatever follows rules goes down such a path step by step, and no program can go down without end. `rules` form no
    circle.
    """
    finding: dict[str, list[Rule]] = {}
    others: list[Rule] = []
    for rule in rules:
        for name in rule.find:
            finding.setdefault(name, []).append(rule)
        if not rule.find:
            others.append(rule)
    deep: dict[str, int] = {}
    reported: set[str] = set()
    below = {name: [under for rule in rules for under in findings_in(rule.when)] for name, rules in finding.items()}
    for name in _search(below)[0]:
        deep[name] = max((1 + _steps(rule.when, deep) for rule in finding.get(name, ())), default=0)
        if deep[name] > MOST_NESTED:
            deep[name] = _REPORTED
            worst = next(rule for rule in finding[name] if 1 + _steps(rule.when, deep) > MOST_NESTED)
            if worst.id not in reported:
                reported.add(worst.id)
                yield worst
    yield from (rule for rule in others if _steps(rule.when, deep) > MOST_NESTED)


def _steps(condition: Condition, deep: Mapping[str, int]) -> int:
    """Return how many steps a condition takes; `deep` says how many those of a finding are."""
    match condition:
        case All(parts) | Any(parts):
            return len(parts) + max((_steps(part, deep) for part in parts), default=0)
        case Not(part):
            return 1 + _steps(part, deep)
        case Found(findings):
            return 1 + max((deep.get(name, 0) for name in findings), default=0)
        case _:
            return 1


def _search(edges: Mapping[str, Iterable[str]]) -> tuple[list[str], list[list[str]]]:
    """Search a graph in depth; return its nodes, each after those that it leads to, and the circles on the way."""
    done: dict[str, None] = {}
    circles: list[list[str]] = []
    for start in edges:
        path: dict[str, int] = {}  # the way to where the search is, and the position of each node on it
        todo = [(start, False)]
        while todo:
            node, leave = todo.pop()
            if leave:
                done[path.popitem()[0]] = None
            elif node in path:
                circles.append(list(path)[path[node] :])
            elif node not in done:
                path[node] = len(path)
                todo.append((node, True))
                todo.extend((other, False) for other in reversed(list(edges.get(node, ()))))
    return list(done), circles


def way_back(name: str, named: Mapping[str, set[str]]) -> list[str]:
    """Return the names by which `name` comes back to itself, the first of them itself; nothing if it does not."""
    ways = [[name]]
    seen: set[str] = set()
    for way in ways:
        for other in sorted(named.get(way[-1], ())):
            if other == name:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []
