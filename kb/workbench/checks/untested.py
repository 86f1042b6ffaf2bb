"""Deficiency: what nothing shows to be right, and what is not written yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.model.conditions import questions_in
from kb.model.problems import Problem
from kb.proof.students import THIS
from kb.workbench.checks.analysis import Analysis
from kb.workbench.checks.catalogue import problem
from kb.workbench.description.index import items_of


def no_firing_case(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules that hold in no case."""
    for covered in analysis.rule_coverage:
        rule = analysis.kb.rules[covered.rule]
        # Where somebody with a danger sign or a complaint misses it, that is said, and not that its case misses it too.
        said_already = rule.id in analysis.needless or not analysis.missed.isdisjoint(questions_in(rule.when))
        if not covered.fires and not said_already:
            case = analysis.who_meets(rule.id, f"{rule.id}-holds", f"Meets “{rule.id}”", *analysis.screened)
            yield problem("no-firing-case", rule.place, {"rule": rule.id}, case)


def no_near_miss(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules that no case misses by one line."""
    for covered in analysis.rule_coverage:
        rule = analysis.kb.rules[covered.rule]
        if rule.id in analysis.needless or rule.id in analysis.always_true:
            continue  # whoever misses a line that says the same as another misses two
        if not covered.near_misses and covered.fires:
            case = analysis.case(
                f"{rule.id}-near-miss",
                f"Near miss of “{rule.id}”",
                [("nearly", THIS, rule.id), *analysis.screened],
                lambda inference, _, name=rule.id: inference.rules[name].value == "fails",  # type: ignore[misc]
                rule=rule.id,
            )
            if case:
                yield problem("no-near-miss", rule.place, {"rule": rule.id}, case)


def todo_text(analysis: Analysis) -> Iterator[Problem]:
    """Yield the items with texts that are still to be written."""
    items = [item for section in items_of(analysis.kb).values() for item in section.values()]
    for item in items:
        parts = [name for name, text in _texts(item) if text.startswith("TODO")]
        if parts:
            named = ", ".join(f"“{name}”" for name in dict.fromkeys(parts))
            called = f"{type(item).__name__.lower()} “{item.id}”"
            yield problem("todo-text", item.place, {"item": called, "parts": named})


def _texts(item: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of an item with the names under which they stand."""
    for field in item.__struct_fields__:
        value = getattr(item, field)
        name = field.replace("_", "-")
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, tuple):
            for each in value:
                yield name, each if isinstance(each, str) else str(getattr(each, "text", ""))
