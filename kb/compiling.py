"""Turn the rules of a knowledge base into productions: plain conjunctions that an engine can match.

Three values, two sides. A finding is *found*, *ruled out* or *open*, so every rule is compiled twice: a positive side
that shows it to hold and a refuting side that shows it to fail. Where neither can be shown, it stays open. A `not`
swaps the sides of its inside; nothing ever matches the absence of a fact. That makes the inference monotone, and with
it independent of the order in which answers come (docs/explanation/inference.md).

Alternatives inside one cell become one premise with several values (experta's ``L(a) | L(b)``). Alternatives across
cells become a *node*, a derived cell with a production for each alternative, so nothing is multiplied out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

from kb.cells import ANSWERED, CHOSEN, NOT_CHOSEN, Cells, option_cell
from kb.conditions import UNSURE, All, Answered, Condition, Found, Not, Truth, Within
from kb.conditions import Any as AnyOf
from kb.model import Kind, KnowledgeBase, Rule

HOLDS = Truth.HOLDS.value
FAILS = Truth.FAILS.value


class Premise(msgspec.Struct, frozen=True):
    """One condition of a production: the cell holds one of the values.

    `given` tells an answer's cell from one that productions conclude.
    """

    cell: str
    values: tuple[str, ...]
    given: bool


class Side(str, Enum):
    """What a production is part of: a rule's positive side, its refuting side, or a node inside either."""

    POSITIVE = "positive"
    REFUTING = "refuting"
    NODE = "node"


class Production(msgspec.Struct, frozen=True):
    """If all premises hold, conclude: derived cells and the value each gets. `position` orders productions."""

    position: int
    rule: str
    side: Side
    premises: tuple[Premise, ...]
    concludes: tuple[tuple[str, str], ...]


class Firing(msgspec.Struct, frozen=True):
    """One production that fired: the cells it used (with their values) and those it concluded.

    Equivalent to a line of the CLIPS watch item ``FIRE``.
    """

    production: Production
    used: tuple[tuple[str, str], ...]


def rule_cell(rule: str) -> str:
    """Return the derived cell that says whether a rule holds or fails."""
    return f"rule:{rule}"


def finding_cell(finding: str) -> str:
    """Return the derived cell that says whether a finding is found or ruled out."""
    return f"finding:{finding}"


# --- both sides of a condition, as plain and / or over premises -------------------------------------------------------


class Conjunction(msgspec.Struct, frozen=True):
    """Hold if every part holds."""

    parts: tuple[Formula, ...]


class Disjunction(msgspec.Struct, frozen=True):
    """Hold if one part holds."""

    parts: tuple[Formula, ...]


Formula = Conjunction | Disjunction | Premise


def formula_of(condition: Condition, holds: bool, cells: Cells) -> Formula:
    """Return what shows that `condition` holds (or, with `holds` false, that it fails)."""
    match condition:
        case All(parts):
            return (Conjunction if holds else Disjunction)(tuple(formula_of(part, holds, cells) for part in parts))
        case AnyOf(parts):
            return (Disjunction if holds else Conjunction)(tuple(formula_of(part, holds, cells) for part in parts))
        case Not(part):
            return formula_of(part, not holds, cells)
        case Found(findings):
            value = (HOLDS,) if holds else (FAILS,)
            return (Disjunction if holds else Conjunction)(
                tuple(Premise(finding_cell(finding), value, given=False) for finding in findings)
            )
        case Within():
            admitted = cells.bands[condition.question].admitted(condition)
            return _premise(condition.question, admitted, condition.unsure, holds, cells)
        case Answered(question, options):
            if cells.questions[question].kind is Kind.SEVERAL:
                return _several(question, options, holds)
            return _premise(question, options, UNSURE in options, holds, cells)


def _premise(cell: str, values: tuple[str, ...], unsure: bool, holds: bool, cells: Cells) -> Premise:
    named = {*values, UNSURE} if unsure else set(values) - {UNSURE}
    if not holds:
        # An unsure answer leaves every option open, so it refutes nothing.
        named = set(cells.domains[cell]) - named - {UNSURE}
    return Premise(cell, tuple(value for value in cells.domains[cell] if value in named), given=True)


def _several(question: str, options: tuple[str, ...], holds: bool) -> Formula:
    wanted: dict[str, set[str]] = {}
    for option in options:
        if option == UNSURE:
            wanted.setdefault(question, set()).add(UNSURE)
        elif option.endswith("?"):
            wanted.setdefault(option_cell(question, option[:-1]), set()).add(UNSURE)
        else:
            wanted.setdefault(option_cell(question, option), set()).add(CHOSEN)
    parts = []
    for cell, values in wanted.items():
        domain = (ANSWERED, UNSURE) if cell == question else (CHOSEN, NOT_CHOSEN, UNSURE)
        # `x` alone stays open while x is unsure; `x?` alone fails as soon as x is chosen or not.
        named = values if holds else set(domain) - values - {UNSURE}
        parts.append(Premise(cell, tuple(value for value in domain if value in named), given=True))
    return Disjunction(tuple(parts)) if holds else Conjunction(tuple(parts))


# --- productions ------------------------------------------------------------------------------------------------------


class _Compiler:
    def __init__(self, kb: KnowledgeBase, cells: Cells) -> None:
        self.cells = cells
        self.productions: list[Production] = []
        self.nodes = 0
        for rule in kb.rules.values():
            self.rule(rule)
        for finding in kb.findings:
            refuted = tuple(Premise(rule_cell(rule.id), (FAILS,), given=False) for rule in kb.rules_finding(finding))
            if refuted:
                self.emit("", Side.REFUTING, refuted, ((finding_cell(finding), FAILS),))

    def rule(self, rule: Rule) -> None:
        found = tuple((finding_cell(finding), HOLDS) for finding in rule.find)
        holds = ((rule_cell(rule.id), HOLDS), *found)
        self.alternatives(rule.id, Side.POSITIVE, formula_of(rule.when, True, self.cells), holds)
        self.alternatives(
            rule.id, Side.REFUTING, formula_of(rule.when, False, self.cells), ((rule_cell(rule.id), FAILS),)
        )

    def alternatives(self, rule: str, side: Side, formula: Formula, concludes: tuple[tuple[str, str], ...]) -> None:
        """Emit a production for each alternative of `formula`."""
        for alternative in _alternatives(formula):
            premises = tuple(self.premises(rule, _conjuncts(alternative)))
            if all(premise.values for premise in premises):  # a premise without values can never hold
                self.emit(rule, side, premises, concludes)

    def premises(self, rule: str, conjuncts: Iterable[Formula]) -> Iterator[Premise]:
        """Turn conjuncts into premises, one a cell, with a node for every nested alternative."""
        merged: dict[tuple[str, bool], tuple[str, ...]] = {}
        for conjunct in conjuncts:
            premise = conjunct if isinstance(conjunct, Premise) else self.node(rule, conjunct)
            key = (premise.cell, premise.given)
            values = premise.values
            if key in merged:
                values = tuple(value for value in merged[key] if value in values)
            merged[key] = values
        return (Premise(cell, values, given) for (cell, given), values in merged.items())

    def node(self, rule: str, formula: Formula) -> Premise:
        self.nodes += 1
        cell = f"node:{self.nodes}"
        self.alternatives(rule, Side.NODE, formula, ((cell, HOLDS),))
        return Premise(cell, (HOLDS,), given=False)

    def emit(
        self, rule: str, side: Side, premises: tuple[Premise, ...], concludes: tuple[tuple[str, str], ...]
    ) -> None:
        self.productions.append(Production(len(self.productions), rule, side, premises, concludes))


def _alternatives(formula: Formula) -> Iterator[Formula]:
    """Yield the alternatives of `formula`, those that share one cell as a single premise."""
    if not isinstance(formula, Disjunction):
        yield formula
        return
    flat = [alternative for part in formula.parts for alternative in _alternatives(part)]
    merged: dict[tuple[str, bool], Premise] = {}
    for part in flat:
        if isinstance(part, Premise):
            key = (part.cell, part.given)
            values = merged[key].values if key in merged else ()
            merged[key] = Premise(part.cell, tuple(dict.fromkeys(values + part.values)), part.given)
    for part in flat:
        if not isinstance(part, Premise):
            yield part
        elif (part.cell, part.given) in merged:
            yield merged.pop((part.cell, part.given))


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Conjunction):
        for part in formula.parts:
            yield from _conjuncts(part)
    elif isinstance(formula, Disjunction) and len(alternatives := tuple(_alternatives(formula))) == 1:
        yield from _conjuncts(alternatives[0])
    else:
        yield formula


def compile_rules(kb: KnowledgeBase, cells: Cells) -> tuple[Production, ...]:
    """Compile every rule of `kb`, both sides, and the refutation of every finding that some rule concludes."""
    return tuple(_Compiler(kb, cells).productions)
