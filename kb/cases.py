"""Replay recorded students: does the knowledge base still say to them what a teacher would?

A case holds answers and what is expected of them. `in-order` are the recommendations wanted, in this order; `may-add`
what may stand beside them; anything else that is given is unexpected; `never` must not appear, whatever else does.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kb.compiling import formula_of
from kb.conditions import All, Truth
from kb.engine import Engine
from kb.model import Case, Rule
from kb.outcome import decide
from kb.search import Search, Sides

ANY = "any"
"""In `never`: no recommendation at all."""


class Replay(msgspec.Struct, frozen=True):
    """What a case came to: the outcome, what was given, and in sentences what differs from what it expects."""

    case: Case
    outcome: str
    given: tuple[str, ...]
    failures: tuple[str, ...]


def replay(engine: Engine, case: Case) -> Replay:
    """Return what the answers of `case` come to."""
    inference = engine.infer(case.answers)
    advice = decide(engine.kb, inference)
    expect = case.expect
    failures = []
    if advice.outcome.value != expect.outcome:
        failures.append(f"the outcome is {advice.outcome.value}, expected {expect.outcome}")
    if ANY in expect.never:
        failures += [f"{name} is given, expected no recommendation at all" for name in advice.given]
    failures += [f"{name} is given, expected never" for name in advice.given if name in expect.never]
    if expect.in_order is not None:
        wanted = expect.in_order
        failures += [f"{name} is not given" for name in wanted if name not in advice.given]
        allowed = {*wanted, *expect.may_add, *expect.never}
        failures += [f"{name} is given, not expected" for name in advice.given if name not in allowed]
        order = [name for name in advice.given if name in wanted]
        if order != [name for name in wanted if name in advice.given]:
            failures.append(f"the order is {', '.join(order)}, expected {', '.join(wanted)}")
    if expect.findings is not None:
        found = {name for name, truth in inference.findings.items() if truth is Truth.HOLDS}
        failures += _unlike("finding", expect.findings, found)
    if expect.referrals is not None:
        failures += _unlike("referral", expect.referrals, set(advice.referrals))
    return Replay(case, advice.outcome.value, advice.given, tuple(failures))


def _unlike(what: str, wanted: Iterable[str], got: set[str]) -> list[str]:
    missing = [f"the {what} {name} is missing" for name in wanted if name not in got]
    return missing + [f"the {what} {name} is not expected" for name in sorted(got.difference(wanted))]


class RuleCoverage(msgspec.Struct, frozen=True):
    """The cases in which a rule fires, and those in which it misses by one line of its `when`."""

    rule: str
    fires: tuple[str, ...]
    near_misses: tuple[str, ...]


def coverage(engine: Engine, cases: Iterable[Case]) -> tuple[RuleCoverage, ...]:
    """Return for every rule the cases that make it fire and the near misses, in the pack's order.

    A near miss is a case in which all lines of the rule's `when` hold but one, and that one fails. For a rule of a
    single line it is a case in which that line was answered otherwise.
    """
    kb = engine.kb
    sides = Sides(kb, engine.cells)
    fires: dict[str, list[str]] = {rule: [] for rule in kb.rules}
    misses: dict[str, list[str]] = {rule: [] for rule in kb.rules}
    for case in cases:
        inference = engine.infer(case.answers)
        search = Search(sides, inference)
        for rule in kb.rules.values():
            if inference.rules[rule.id] is Truth.HOLDS:
                fires[rule.id].append(case.id)
            elif inference.rules[rule.id] is Truth.FAILS and _lines_missed(rule, search, engine) == 1:
                misses[rule.id].append(case.id)
    return tuple(RuleCoverage(rule, tuple(fires[rule]), tuple(misses[rule])) for rule in kb.rules)


def _lines_missed(rule: Rule, search: Search, engine: Engine) -> int:
    lines = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
    return sum(not search.holds(formula_of(line, True, engine.cells), {}) for line in lines)
