"""Turn the rules of a knowledge base into productions: plain conjunctions that an engine can match.

Three values, two sides. A finding is *found*, *ruled out* or *open*, so every rule is compiled twice: a positive side
that shows it to hold and a refuting side that shows it to fail. Where neither can be shown, it stays open. A `not`
swaps the sides of its inside; nothing ever matches the absence of a fact. That makes the inference monotone, and with
it independent of the order in which answers come (docs/explanation/inference.md).

Alternatives inside one variable become one premise with several values (experta's ``L(a) | L(b)``). Alternatives across
variables become a *node*, a derived variable with a production for each alternative, so nothing is multiplied out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from enum import Enum
from typing import Union, cast

import msgspec

from kb.inference.variables import Variables, several_wanted
from kb.model.conditions import (
    UNSURE,
    All,
    Answered,
    Condition,
    Found,
    Leaf,
    Not,
    Truth,
    Within,
    findings_in,
    fold,
    questions_in,
)
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Kind, KnowledgeBase, Rule

HOLDS = Truth.HOLDS.value
FAILS = Truth.FAILS.value


class Premise(msgspec.Struct, frozen=True, gc=False):
    """One condition of a production: the variable holds one of the values.

    `given` tells an answer's variable from one that productions conclude.
    """

    variable: str
    values: tuple[str, ...]
    given: bool

    @property
    def finding(self) -> str:
        """Return the finding for which a premise waits that is not given."""
        return self.variable.removeprefix("finding:")


class Side(str, Enum):
    """What a production is part of: a rule's positive side, its refuting side, or a node inside either."""

    POSITIVE = "positive"
    REFUTING = "refuting"
    NODE = "node"


class Production(msgspec.Struct, frozen=True, gc=False):
    """If all premises hold, conclude: derived variables and the value each gets. `position` orders productions."""

    position: int
    rule: str
    side: Side
    premises: tuple[Premise, ...]
    concludes: tuple[tuple[str, str], ...]


class Firing(msgspec.Struct, frozen=True):
    """One production that fired: the variables it used (with their values) and those it concluded.

    Equivalent to a line of the CLIPS watch item ``FIRE``.
    """

    production: Production
    used: tuple[tuple[str, str], ...]


def rule_variable(rule: str) -> str:
    """Return the derived variable that says whether a rule holds or fails."""
    return f"rule:{rule}"


def finding_variable(finding: str) -> str:
    """Return the derived variable that says whether a finding is found or ruled out."""
    return f"finding:{finding}"


# --- both sides of a condition, as plain and / or over premises -------------------------------------------------------


class Conjunction(All, frozen=True, gc=False):
    """Hold if every part holds."""

    parts: tuple[Formula, ...]  # type: ignore[assignment]


class Disjunction(AnyOf, frozen=True, gc=False):
    """Hold if one part holds."""

    parts: tuple[Formula, ...]  # type: ignore[assignment]


Formula = Union[Conjunction, Disjunction, Premise]
"""A condition without `not`, over premises."""

Both = tuple[Formula, Formula]
"""What shows that a condition holds, and what shows that it fails."""


def formula_of(condition: Condition, holds: bool, variables: Variables) -> Formula:
    """Return what shows that `condition` holds (or, with `holds` false, that it fails)."""
    return _Translator(variables).both(condition)[0 if holds else 1]


def shown(formula: Formula, given: Mapping[str, str]) -> bool:
    """Say whether the variables of answers show `formula`, which speaks of no finding."""
    return fold(formula, lambda premise, _: given.get(premise.variable) in premise.values)


class _Translator:
    """Turns conditions into formulas. A line that many rules share is worked out once.

    `before` are formulas that stand before every line about a question, whichever side of it is looked at. A finding of
    `tables` is read as the answers that mean it.
    """

    def __init__(
        self,
        variables: Variables,
        before: Mapping[str, Formula] | None = None,
        tables: Mapping[str, Answered] | None = None,
    ) -> None:
        self.variables = variables
        self.before = before or {}
        self.tables = tables or {}
        self._lines: dict[Condition, Both] = {}

    def both(self, condition: Condition) -> Both:
        """Return both sides of `condition`."""
        if isinstance(condition, Not):
            holds, fails = self.both(condition.part)
            return fails, holds
        if isinstance(condition, All | AnyOf):
            every = isinstance(condition, All)
            parts = [self.both(part) for part in condition.parts]
            return _joined(every, _together(parts) if every and self.tables else parts)
        known = self._lines.get(condition)
        if known is None:
            known = self._line(condition)
            if not isinstance(condition, Found) and (before := self.before.get(condition.question)) is not None:
                known = Conjunction((before, known[0])), Conjunction((before, known[1]))
            self._lines[condition] = known
        return known

    def _line(self, condition: Leaf) -> Both:
        match condition:
            case Found(findings):
                names = [finding_variable(finding) for finding in findings if finding not in self.tables]
                concluded = [(Premise(each, (HOLDS,), False), Premise(each, (FAILS,), False)) for each in names]
                meant: dict[str, tuple[str, ...]] = {}
                for line in (self.tables[finding] for finding in findings if finding in self.tables):
                    meant[line.question] = (*meant.get(line.question, ()), *line.options)
                return _joined(False, [*concluded, *(self.both(Answered(*line)) for line in meant.items())])
            case Within(question):
                admitted = self.variables.bands[question].admitted(condition)
                return self._premises(question, {*admitted, UNSURE} if condition.unsure else set(admitted))
            case Answered(question, options):
                if self.variables.questions[question].kind is Kind.SEVERAL:
                    wanted = several_wanted(question, options)
                    # `x` alone stays open while x is unsure; `x?` alone fails as soon as x is chosen or not.
                    return _joined(False, [self._premises(name, set(values)) for name, values in wanted.items()])
                return self._premises(question, set(options))

    def _premises(self, variable: str, named: set[str]) -> tuple[Premise, Premise]:
        domain = self.variables.domains[variable]
        return (
            Premise(variable, tuple([value for value in domain if value in named]), given=True),
            # An unsure answer leaves every option open, so it refutes nothing.
            Premise(variable, tuple([value for value in domain if value not in named and value != UNSURE]), given=True),
        )


def _joined(every: bool, parts: Sequence[Both]) -> Both:
    """Return both sides of what holds if every one of `parts` does, or, with `every` false, if one of them does."""
    if len(parts) == 1:
        return parts[0]
    holds, fails = tuple([part[0] for part in parts]), tuple([part[1] for part in parts])
    return (Conjunction(holds), Disjunction(fails)) if every else (Disjunction(holds), Conjunction(fails))


def _together(parts: Sequence[Both]) -> list[Both]:
    """Return parts that all must hold, those on one variable as a single one, which stands where the first stood."""
    merged: dict[object, Both] = {}
    for number, (holds, fails) in enumerate(parts):
        plain = isinstance(holds, Premise) and isinstance(fails, Premise) and holds.given
        key = holds.variable if plain and isinstance(holds, Premise) else number
        if isinstance(key, str) and key in merged and isinstance(holds, Premise) and isinstance(fails, Premise):
            before, against = cast("tuple[Premise, Premise]", merged[key])
            both = tuple([value for value in before.values if value in holds.values])
            either = tuple(dict.fromkeys(against.values + fails.values))
            merged[key] = Premise(key, both, True), Premise(key, either, True)
        else:
            merged[key] = holds, fails
    return list(merged.values())


class Sides:
    """Both sides of every rule as formulas, and the rules that conclude each finding."""

    def __init__(self, kb: KnowledgeBase, variables: Variables) -> None:
        self.kb = kb
        self.variables = variables
        self.holds: dict[str, Formula] = {}
        self.fails: dict[str, Formula] = {}
        translator = _Translator(variables)
        for rule in kb.rules.values():
            self.holds[rule.id], self.fails[rule.id] = translator.both(rule.when)
        self.follow_ups: frozenset[str] = frozenset()  # those before which their condition stands
        self.finders = {finding: self.in_asking_order(kb.rules_finding(finding)) for finding in kb.findings}

    def asking(self, follow_ups: Iterable[str]) -> Sides:
        """Return the sides as the choice of questions reads them.

        What is said of one of `follow_ups` is reached only by way of the answers with which it is asked, so these stand
        before it. What nothing but options of one question concludes is read as those options: one answer to it then
        stands before all that is asked of those who give it.
        """
        before = {name: formula_of(self.kb.follow_ups[name], True, self.variables) for name in follow_ups}
        tables: dict[str, Answered] = {}
        for finding in self.kb.findings:
            finders = self.kb.rules_finding(finding)
            lines = [rule.when for rule in finders if isinstance(rule.when, Answered)]
            of_one = len(lines) == len(finders) and len({line.question for line in lines}) == 1
            if of_one and any(rule.of_table for rule in finders):
                options = tuple(option for line in lines for option in line.options)
                tables[finding] = Answered(lines[0].question, options)
        if not before and not tables:
            return self
        asking = copy(self)
        asking.holds, asking.fails, asking.follow_ups = self.holds.copy(), self.fails.copy(), frozenset(before)
        translator = _Translator(self.variables, before, tables)
        for rule in self.kb.rules.values():
            spoken_of = {*questions_in(rule.when), *findings_in(rule.when)}
            if not spoken_of.isdisjoint(before) or not spoken_of.isdisjoint(tables):
                asking.holds[rule.id], asking.fails[rule.id] = translator.both(rule.when)
        return asking

    def in_asking_order(self, rules: Iterable[Rule]) -> tuple[str, ...]:
        """Return the ids of `rules` by what they ask first, then by name: where a rule stands means nothing."""

        def order(rule: Rule) -> tuple[list[int], str]:
            return [self.kb.position.questions[question] for question in questions_in(rule.when)], rule.id

        return tuple(rule.id for rule in sorted(rules, key=order))


# --- productions ------------------------------------------------------------------------------------------------------


class _Compiler:
    def __init__(self, kb: KnowledgeBase, sides: Sides) -> None:
        self.sides = sides
        self.productions: list[Production] = []
        self.nodes = 0
        for rule in kb.rules.values():
            self.rule(rule)
        for finding in kb.findings:
            finders = kb.rules_finding(finding)
            if len(finders) > 1:  # one alone rules it out when it fails
                refuted = tuple(Premise(rule_variable(rule.id), (FAILS,), given=False) for rule in finders)
                self.emit("", Side.REFUTING, refuted, ((finding_variable(finding), FAILS),))

    def rule(self, rule: Rule) -> None:
        variable = rule_variable(rule.id)
        holds: tuple[tuple[str, str], ...] = ((variable, HOLDS),)
        fails: tuple[tuple[str, str], ...] = ((variable, FAILS),)
        for finding in rule.find:
            holds += ((finding_variable(finding), HOLDS),)
            if self.sides.finders[finding] == (rule.id,):  # it alone finds it
                fails += ((finding_variable(finding), FAILS),)
        self.alternatives(rule.id, Side.POSITIVE, self.sides.holds[rule.id], holds)
        self.alternatives(rule.id, Side.REFUTING, self.sides.fails[rule.id], fails)

    def alternatives(self, rule: str, side: Side, formula: Formula, concludes: tuple[tuple[str, str], ...]) -> None:
        """Emit a production for each alternative of `formula`."""
        conjunctions: Iterable[tuple[Premise, ...]]
        if plain := _plain_premises(formula):
            conjunctions = [(premise,) for premise in plain] if isinstance(formula, Disjunction) else [plain]
        else:
            conjunctions = (tuple(self.premises(rule, _conjuncts(each))) for each in _alternatives(formula))
        for premises in conjunctions:
            if all([premise.values for premise in premises]):  # noqa: C419 - every rule comes here, and a list is quicker
                self.emit(rule, side, premises, concludes)  # (a premise without values can never hold)

    def premises(self, rule: str, conjuncts: Iterable[Formula]) -> Iterator[Premise]:
        """Turn conjuncts into premises, one a variable, with a node for every nested alternative."""
        merged: dict[tuple[str, bool], tuple[str, ...]] = {}
        for conjunct in conjuncts:
            premise = conjunct if isinstance(conjunct, Premise) else self.node(rule, conjunct)
            key = (premise.variable, premise.given)
            values = premise.values
            if key in merged:
                values = tuple(value for value in merged[key] if value in values)
            merged[key] = values
        return (Premise(variable, values, given) for (variable, given), values in merged.items())

    def node(self, rule: str, formula: Formula) -> Premise:
        self.nodes += 1
        variable = f"node:{self.nodes}"
        self.alternatives(rule, Side.NODE, formula, ((variable, HOLDS),))
        return Premise(variable, (HOLDS,), given=False)

    def emit(
        self, rule: str, side: Side, premises: tuple[Premise, ...], concludes: tuple[tuple[str, str], ...]
    ) -> None:
        self.productions.append(Production(len(self.productions), rule, side, premises, concludes))


def _plain_premises(formula: Formula) -> tuple[Premise, ...]:
    """Return the parts of `formula`, if they are premises, each about another variable; else nothing."""
    parts = (formula,) if isinstance(formula, Premise) else formula.parts
    plain = all([type(part) is Premise for part in parts])  # noqa: C419 - as above
    if plain and len({part.variable for part in parts}) == len(parts):  # type: ignore[union-attr]
        return cast("tuple[Premise, ...]", parts)
    return ()


def _alternatives(formula: Formula) -> Iterator[Formula]:
    """Yield the alternatives of `formula`, those that share one variable as a single premise."""
    if not isinstance(formula, Disjunction):
        yield formula
        return
    flat = [alternative for part in formula.parts for alternative in _alternatives(part)]
    merged: dict[tuple[str, bool], Premise] = {}
    for part in flat:
        if isinstance(part, Premise):
            key = (part.variable, part.given)
            values = merged[key].values if key in merged else ()
            merged[key] = Premise(part.variable, tuple(dict.fromkeys(values + part.values)), part.given)
    for part in flat:
        if not isinstance(part, Premise):
            yield part
        elif (part.variable, part.given) in merged:
            yield merged.pop((part.variable, part.given))


def _conjuncts(formula: Formula) -> Iterator[Formula]:
    if isinstance(formula, Conjunction):
        for part in formula.parts:
            yield from _conjuncts(part)
    elif isinstance(formula, Disjunction) and len(alternatives := tuple(_alternatives(formula))) == 1:
        yield from _conjuncts(alternatives[0])
    else:
        yield formula


def compile_rules(kb: KnowledgeBase, variables: Variables, sides: Sides | None = None) -> tuple[Production, ...]:
    """Compile every rule of `kb`, both sides, and the refutation of every finding that some rule concludes."""
    return tuple(_Compiler(kb, sides or Sides(kb, variables)).productions)
