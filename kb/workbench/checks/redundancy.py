"""Redundancy: what could be left out, and nobody would be told anything else."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kb.model.conditions import UNSURE, Answered, Within, as_written
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Kind
from kb.model.problems import Problem
from kb.workbench.checks.analysis import Analysis, listed
from kb.workbench.checks.catalogue import problem


def subsumed_rule(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules that one other makes needless."""
    rules = analysis.kb.rules
    for rule, other in analysis.subsumption.by_one.items():
        case = analysis.who_meets(rule, f"{rule}-adds-nothing", f"Meets “{rule}” and “{other}”")
        yield problem("subsumed-rule", rules[rule].place, {"rule": rule, "other": other}, case, (rules[other].place,))


def rule_adds_nothing(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules that several others make needless together."""
    rules = analysis.kb.rules
    for rule, others in analysis.subsumption.by_several.items():
        case = analysis.who_meets(rule, f"{rule}-adds-nothing", f"Meets “{rule}”, and others that say the same")
        also = tuple(rules[other].place for other in others)
        yield problem("rule-adds-nothing", rules[rule].place, {"rule": rule, "others": listed(others)}, case, also)


def always_true(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules with a line that is always true there."""
    for rule, (path, condition) in analysis.always_true.items():
        place = analysis.places.of(analysis.kb.rules[rule], path)
        case = analysis.who_meets(rule, f"{rule}-always-true", f"Meets “{rule}”")
        yield problem("always-true", place, {"rule": rule, "line": as_written(condition)}, case)


def idle_alternative(analysis: Analysis) -> Iterator[Problem]:
    """Yield the alternatives that make no difference: the last one of each condition."""
    facts = analysis.students.facts
    served: dict[str, set[str]] = {}
    for atom in analysis.possible_at_the_end:
        if atom[0] == "serves":
            served.setdefault(atom[1], set()).add(atom[2])
    for number, rule, path, condition in analysis.nodes():
        idle: list[tuple[int, str]] = []
        if rule.id in analysis.always_true:
            continue
        if isinstance(condition, AnyOf):
            idle = [
                (position, as_written(part))
                for position, (part, node) in enumerate(zip(condition.parts, facts.parts[number]))
                if ("makes_rule", str(node)) not in analysis.possible_at_the_end
            ]
        elif isinstance(condition, Answered) and analysis.kb.questions[condition.question].kind is not Kind.SEVERAL:
            values = served.get(str(number), set())
            idle = [
                (position, f"{condition.question}: {option}")
                for position, option in enumerate(condition.options)
                if values and option not in values and len(condition.options) > 1
            ]
        elif isinstance(condition, Within) and condition.unsure:
            idle = _idle_numbers(condition, served.get(str(number), set()))
        if idle:
            position, written = idle[-1]  # of two that say the same, the later one
            place = analysis.places.of(rule, (*path, position))
            case = analysis.who_meets(rule.id, f"{rule.id}-idle-alternative", f"Meets “{rule.id}” in another way")
            yield problem("idle-alternative", place, {"rule": rule.id, "alternative": written}, case)


def _idle_numbers(within: Within, values: set[str]) -> list[tuple[int, str]]:
    """Return the range beside `unsure`, or the `unsure` beside it, if nobody meets the rule by that."""
    bounds = replace(within, unsure=False)
    if values == {UNSURE} and not (bounds.low is None and bounds.high is None):
        return [(0, as_written(bounds))]
    return [(1, f"{within.question}: {UNSURE}")] if values and UNSURE not in values else []
