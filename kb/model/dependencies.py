"""How deep rules are nested: conditions inside conditions, and findings that rest on findings.

Whatever follows rules goes down such a path step by step, and no program can go down without end. So a pack whose rules
go deeper than any that are written by hand is refused when it is loaded, with the rule at which it becomes too deep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb.model.conditions import All, Any, Condition, Found, Not, findings_in
from kb.model.knowledge import Rule

MOST_NESTED = 200
"""How many steps down a path may have. A list of conditions counts as many as it has: they are taken one by one."""

_TOLD = -1_000_000_000  # how deep a finding is whose rule was reported: what rests on it is no mistake of its own


def too_deep(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the rules at which a path becomes too deep; those that only rest on them are left out."""
    finding: dict[str, list[Rule]] = {}
    others: list[Rule] = []
    for rule in rules:
        for name in rule.find:
            finding.setdefault(name, []).append(rule)
        if not rule.find:
            others.append(rule)
    deep: dict[str, int] = {}
    reported: set[str] = set()
    for name in _from_the_ground(finding):
        deep[name] = max(1 + _steps(rule.when, deep) for rule in finding[name])
        if deep[name] > MOST_NESTED:
            deep[name] = _TOLD
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


def _from_the_ground(finding: Mapping[str, Iterable[Rule]]) -> Iterator[str]:
    """Yield findings, each after those it rests on; in a circle, which is a mistake of its own, some come too early."""
    below = {name: [under for rule in rules for under in findings_in(rule.when)] for name, rules in finding.items()}
    seen: set[str] = set()
    for start in below:
        todo = [(start, False)]
        while todo:
            name, done = todo.pop()
            if done:
                yield name
            elif name not in seen and name in below:
                seen.add(name)
                todo.append((name, True))
                todo.extend((under, False) for under in below[name])
