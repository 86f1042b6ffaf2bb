"""Match what our productions are: conjunctions of constants over facts that are only added.

Stock experta visits every rule on every change. Our productions need far less: an index from (fact type, cell, value)
to the premises it meets, and a count of unmet premises a production. Both stand behind experta's own `Matcher` and
`Strategy` interfaces; facts, agenda, rules and the run loop are experta's.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from typing import Any

from kb._experta import AS, Activation, Agenda, Fact, KnowledgeEngine, L, Matcher, ReteMatcher, Rule, Strategy
from kb.compiling import Firing, Premise, Production
from kb.problems import EngineError


class Given(Fact):  # type: ignore[misc]
    """An answer's cell, as experta knows it."""


class Derived(Fact):  # type: ignore[misc]
    """A cell that a production concluded."""


def fact_type(premise: Premise) -> type[Fact]:
    """Return the type of the facts that `premise` matches."""
    return Given if premise.given else Derived


class CompiledRule(Rule):  # type: ignore[misc]
    """A production as an experta rule. Firing it hands the matched facts back to the engine that runs it."""

    production: Production

    def __new__(cls, production: Production, patterns: Iterable[Fact] = ()) -> CompiledRule:
        """Make the rule; the stock matcher needs `patterns`, the counting matcher reads the production itself."""
        rule = super().__new__(cls, *patterns)
        rule.production = production
        rule.__name__ = f"{production.rule}#{production.position}"  # what experta's own log calls it
        return rule  # type: ignore[no-any-return]

    @classmethod
    def with_patterns(cls, production: Production) -> CompiledRule:
        """Make the rule with experta patterns, one a premise, each bound to a name."""
        patterns = []
        for index, premise in enumerate(production.premises):
            constraint = L(premise.values[0])
            for value in premise.values[1:]:
                constraint = constraint | L(value)
            patterns.append(getattr(AS, f"premise{index}") << fact_type(premise)(**{premise.cell: constraint}))
        return cls(production, patterns)

    def new_conditions(self, *patterns: Fact) -> CompiledRule:
        """Return this production with other patterns (stock experta rewrites rules before it wires them)."""
        return type(self)(self.production, patterns)

    def __call__(self, engine: Any, **facts: Fact) -> None:
        """Fire."""
        engine.fire(self.production, facts.values())

    def __hash__(self) -> int:
        return self.production.position

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompiledRule) and other.production == self.production


class InOrder(Strategy):  # type: ignore[misc]
    """Fire by position in the knowledge base.

    experta's own depth strategy looks for a withdrawn activation at three places only, and orders equal rules anew in
    every run; this one does neither.
    """

    def _update_agenda(self, agenda: Agenda, added: list[Activation], removed: list[Activation]) -> None:
        for activation in removed:
            agenda.activations = [waiting for waiting in agenda.activations if not _same(waiting, activation)]
        for activation in added:
            activation.key = -activation.rule.production.position  # the agenda fires its last activation first
            insort(agenda.activations, activation)


def _same(one: Activation, other: Activation) -> bool:
    return bool(one.rule == other.rule and one.facts == other.facts)


class CountingMatcher(Matcher):  # type: ignore[misc]
    """Count down the unmet premises of every production; activate it when none is left.

    Raises:
        EngineError: two facts meet one premise, which facts about cells never do.
    """

    def __init__(self, engine: KnowledgeEngine) -> None:
        super().__init__(engine)
        self._rules: list[CompiledRule] = engine.get_rules()
        self._waiting: dict[tuple[type[Fact], str, str], list[tuple[int, int]]] = {}
        for index, rule in enumerate(self._rules):
            for slot, premise in enumerate(rule.production.premises):
                for value in premise.values:
                    key = (fact_type(premise), premise.cell, value)
                    self._waiting.setdefault(key, []).append((index, slot))
        self.reset()

    def reset(self) -> None:
        """Forget all facts."""
        self._unmet = [len(rule.production.premises) for rule in self._rules]
        self._met: dict[int, dict[int, Fact]] = {}

    def changes(
        self, adding: list[Fact] | None = None, deleting: list[Fact] | None = None
    ) -> tuple[list[Activation], list[Activation]]:
        """Take in facts; return the activations this adds and removes."""
        removed = []
        for fact in deleting or ():
            for index, slot in self._touched(fact):
                if self._unmet[index] == 0:
                    removed.append(self._activation(index))
                self._unmet[index] += 1
                del self._met[index][slot]
        added = []
        for fact in adding or ():
            for index, slot in self._touched(fact):
                met = self._met.setdefault(index, {})
                if slot in met:
                    raise EngineError(f"two facts meet one premise: {met[slot]!r} and {fact!r}")
                met[slot] = fact
                self._unmet[index] -= 1
                if self._unmet[index] == 0:
                    added.append(self._activation(index))
        return added, removed

    def _touched(self, fact: Fact) -> Iterator[tuple[int, int]]:
        kind = type(fact)
        for cell, value in fact.items():
            yield from self._waiting.get((kind, cell, value), ())

    def _activation(self, index: int) -> Activation:
        facts = {f"premise{slot}": fact for slot, fact in sorted(self._met[index].items())}
        return Activation(self._rules[index], tuple(facts.values()), facts)


class WorkingMemory(KnowledgeEngine):  # type: ignore[misc]
    """An experta engine that runs productions and keeps what they concluded.

    `derived` holds the cells concluded so far, `firings` what fired, by the position of the production.
    """

    __matcher__ = CountingMatcher
    __strategy__ = InOrder

    def __init__(self, rules: list[CompiledRule]) -> None:
        self.rules = rules
        self.derived: dict[str, str] = {}
        self.firings: dict[int, Firing] = {}
        super().__init__()

    def get_rules(self) -> list[CompiledRule]:
        """Return the productions; experta would look for rules among the attributes of the class."""
        return self.rules

    def restart(self, known: dict[str, str]) -> None:
        """Forget everything but `known`, and run."""
        self.derived, self.firings = dict(known), {}
        self.reset()
        self._declare(Derived, known)

    def give(self, cells: dict[str, str]) -> None:
        """Declare the cells of answers, and run until nothing more follows."""
        self._declare(Given, cells)

    def _declare(self, kind: type[Fact], cells: dict[str, str]) -> None:
        if cells:
            self.declare(*(kind(**{cell: value}) for cell, value in cells.items()))
            self.run()

    def fire(self, production: Production, facts: Iterable[Fact]) -> None:
        """Note that `production` fired on `facts`, and declare what it concludes."""
        held = {cell: value for fact in facts for cell, value in fact.items()}
        used = tuple((premise.cell, held[premise.cell]) for premise in production.premises)
        self.firings[production.position] = Firing(production, used)
        for cell, value in production.concludes:
            if self.derived.setdefault(cell, value) == value:
                self.declare(Derived(**{cell: value}))


class _StockMemory(WorkingMemory):
    """The same on experta's own RETE matcher."""

    __matcher__ = ReteMatcher


def start_experta(productions: Iterable[Production], *, stock_matcher: bool) -> WorkingMemory:
    """Return an experta engine with `productions` in it, and no facts yet."""
    if stock_matcher:
        return _StockMemory([CompiledRule.with_patterns(each) for each in productions])
    return WorkingMemory([CompiledRule(each) for each in productions])
