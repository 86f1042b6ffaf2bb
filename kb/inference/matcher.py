"""Match what our productions are: conjunctions of constants over facts that are only added.

Stock experta visits every rule on every change. Our productions need far less: an index from (fact type, variable,
value) to the premises it meets, and a count of unmet premises a production. Both stand behind experta's own `Matcher`
and `Strategy` interfaces; facts, agenda, rules and the run loop are experta's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from kb.inference._experta import AS, Activation, Agenda, Fact, KnowledgeEngine, L, Matcher, ReteMatcher, Rule, Strategy
from kb.inference.compiler import FAILS, Premise, Production
from kb.inference.record import Bundle, Record
from kb.model.problems import EngineError


class _Variables(Fact):  # type: ignore[misc]
    """Variables and the constant each holds. All of it is text that the model has checked, so experta need not."""

    def __init__(self, /, **variables: Any) -> None:
        dict.update(self, variables)

    def validate(self) -> None:
        """Do nothing: there are no fields to be checked."""

    def has_field_constraints(self) -> bool:
        """Return False: constants only."""
        return False

    def has_nested_accessor(self) -> bool:
        """Return False: names of variables are never read as paths."""
        return False

    def __hash__(self) -> int:
        return hash(self.get("__factid__"))

    def __str__(self) -> str:
        return "<f-%s>" % self.get("__factid__")  # noqa: UP031 - experta asks for it at every firing, and this is quick


class Given(_Variables):
    """The variables of answers, as experta knows them."""


class Derived(_Variables):
    """Variables that productions concluded."""


def fact_type(premise: Premise) -> type[Fact]:
    """Return the type of the facts that `premise` matches."""
    return Given if premise.given else Derived


class CompiledRule(Rule):  # type: ignore[misc]
    """Productions that share their premises, as one experta rule. Firing it tells the engine which they are."""

    bundle: Bundle
    position: int

    def __new__(cls, bundle: Bundle, patterns: Iterable[Fact] = ()) -> CompiledRule:
        """Make the rule; the stock matcher needs `patterns`, the counting matcher reads the premises themselves."""
        rule = super().__new__(cls, *patterns)
        first = bundle.productions[0]
        rule.bundle = bundle
        rule.position = first.position  # where it stands among the others
        rule.__name__ = first.rule  # what experta's own log calls it
        return rule  # type: ignore[no-any-return]

    @classmethod
    def of(cls, production: Production) -> CompiledRule:
        """Make a rule of one production."""
        return cls(Bundle.of(production.premises, (production,)))

    @classmethod
    def with_patterns(cls, production: Production) -> CompiledRule:
        """Make a rule of one production with experta patterns, one a premise, each bound to a name."""
        patterns = []
        for index, premise in enumerate(production.premises):
            constraint = L(premise.values[0])
            for value in premise.values[1:]:
                constraint = constraint | L(value)
            patterns.append(getattr(AS, f"premise{index}") << fact_type(premise)(**{premise.variable: constraint}))
        return cls(Bundle.of(production.premises, (production,)), patterns)

    def new_conditions(self, *patterns: Fact) -> CompiledRule:
        """Return this rule with other patterns (stock experta rewrites rules before it wires them)."""
        return type(self)(self.bundle, patterns)

    def __call__(self, engine: Any, **_facts: Fact) -> None:
        """Fire."""
        engine.fire(self.bundle)

    def __hash__(self) -> int:
        return self.position

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompiledRule) and other.bundle == self.bundle

    def __ne__(self, other: object) -> bool:
        return not self == other  # that of a tuple would look at the patterns


class RuleList(Sequence[CompiledRule]):
    """Productions as rules, those that one constant alone meets together in one rule for that constant.

    Most refuting sides have a single premise: an answer that is not what a rule asks for. Together they cost one
    activation an answer, however many rules the answer refutes. A rule is made when it is first looked at; most never
    are.
    """

    def __init__(self, productions: Iterable[Production]) -> None:
        alone: dict[tuple[bool, str, str], list[Production]] = {}
        self._together: list[tuple[tuple[Premise, ...], Sequence[Production]]] = []
        for production in productions:
            premises = production.premises
            if len(premises) > 1:
                self._together.append((premises, (production,)))
                continue
            for value in premises[0].values:
                key = (premises[0].given, premises[0].variable, value)
                if key in alone:
                    alone[key].append(production)
                else:
                    alone[key] = [production]
        for (given, variable, value), several in alone.items():
            self._together.append(((Premise(variable, (value,), given),), several))
        self._made: dict[int, CompiledRule] = {}

    def premises(self) -> list[tuple[Premise, ...]]:
        """Return the premises of every rule, without making it."""
        return [premises for premises, _ in self._together]

    def __len__(self) -> int:
        return len(self._together)

    def __getitem__(self, index: Any) -> Any:
        if index not in self._made:
            self._made[index] = CompiledRule(Bundle.of(*self._together[index]))
        return self._made[index]


class Ready(Activation):  # type: ignore[misc]
    """A rule that is ready to fire, and the facts it matched, in the order of its premises. It binds no names."""

    def __init__(self, rule: CompiledRule, facts: tuple[Fact, ...]) -> None:
        self.rule = rule
        self.facts = facts
        self.context: dict[str, Fact] = {}
        self.key = -rule.position  # the agenda fires its last activation first


class InOrder(Strategy):  # type: ignore[misc]
    """Fire by position in the knowledge base.

    experta's own depth strategy looks for a withdrawn activation at three places only, and orders equal rules anew in
    every run; this one does neither.
    """

    def _update_agenda(self, agenda: Agenda, added: list[Activation], removed: list[Activation]) -> None:
        for activation in removed:
            agenda.activations = [waiting for waiting in agenda.activations if not _same(waiting, activation)]
        if added:
            for activation in added:
                activation.key = -activation.rule.position
            agenda.activations.extend(added)
            if len(agenda.activations) > 1:
                agenda.activations.sort(key=_key)


_key = attrgetter("key")


def _same(one: Activation, other: Activation) -> bool:
    return bool(one.rule == other.rule and set(one.facts) == set(other.facts))


_NOTHING: dict[tuple[str, str], list[int]] = {}


class CountingMatcher(Matcher):  # type: ignore[misc]
    """Count down the unmet premises of every rule; activate it when none is left.

    Raises:
        EngineError: two facts speak of one variable that is waited for, which facts made of answers never do.
    """

    def __init__(self, engine: KnowledgeEngine) -> None:
        super().__init__(engine)
        self._rules: Sequence[CompiledRule] = engine.get_rules()
        premises = (
            self._rules.premises()
            if isinstance(self._rules, RuleList)
            else [rule.bundle.premises for rule in self._rules]
        )
        given: dict[tuple[str, str], list[int]] = {}
        derived: dict[tuple[str, str], list[int]] = {}
        for index, together in enumerate(premises):
            for premise in together:
                waiting = given if premise.given else derived
                for value in premise.values:
                    key = (premise.variable, value)
                    if key in waiting:
                        waiting[key].append(index)
                    else:
                        waiting[key] = [index]
        self._waiting: dict[type[Fact], dict[tuple[str, str], list[int]]] = {Given: given, Derived: derived}
        self._premises = [len(together) for together in premises]
        self.reset()

    def reset(self) -> None:
        """Forget all facts."""
        self._unmet = self._premises.copy()
        self._holding: dict[tuple[bool, str], Fact] = {}  # by kind and variable: the fact that says what it holds

    def changes(
        self, adding: list[Fact] | None = None, deleting: list[Fact] | None = None
    ) -> tuple[list[Activation], list[Activation]]:
        """Take in facts; return the activations this adds and removes."""
        removed = [activation for fact in deleting for activation in self._delete(fact)] if deleting else []
        if not adding:
            return [], removed
        added: list[int] = []
        unmet, holding = self._unmet, self._holding
        for fact in adding:
            given = type(fact) is Given
            waiting = self._waiting.get(type(fact), _NOTHING)
            for key in fact.items():
                indexes = waiting.get(key)
                if indexes is None:
                    continue
                place = (given, key[0])
                if place in holding:
                    raise EngineError(f"two facts speak of one variable: {holding[place]!r} and {fact!r}")
                holding[place] = fact
                for index in indexes:
                    unmet[index] -= 1
                    if not unmet[index]:
                        added.append(index)
        return [self._activation(index) for index in added], removed

    def _delete(self, fact: Fact) -> Iterator[Activation]:
        waiting = self._waiting.get(type(fact), _NOTHING)
        for key in fact.items():
            indexes = waiting.get(key)
            if indexes is not None:
                for index in indexes:
                    if not self._unmet[index]:
                        yield self._activation(index)
                    self._unmet[index] += 1
        for variable in fact:
            self._holding.pop((type(fact) is Given, variable), None)

    def _activation(self, index: int) -> Activation:
        rule = self._rules[index]
        return Ready(rule, tuple([self._holding[premise.given, premise.variable] for premise in rule.bundle.premises]))


class WorkingMemory(KnowledgeEngine):  # type: ignore[misc]
    """An experta engine that runs productions. What it concludes stands in its `record`."""

    __matcher__ = CountingMatcher
    __strategy__ = InOrder

    def __init__(self, productions: Sequence[Production], rules: Sequence[CompiledRule]) -> None:
        self.rules = rules
        self.awaited = frozenset(
            [premise.variable for production in productions for premise in production.premises if not premise.given]
        )
        super().__init__()
        self._deffacts: list[Any] = super().get_deffacts()
        self.restart(())

    def get_rules(self) -> Sequence[CompiledRule]:
        """Return the productions; experta would look for rules among the attributes of the class."""
        return self.rules

    def get_deffacts(self) -> list[Any]:
        """Return the facts to begin with; experta would look for them anew at every reset."""
        return self._deffacts

    def restart(self, failing: Sequence[str]) -> None:
        """Begin a new record with the variables that are known to fail without any answer, and run."""
        self.record = Record(self.awaited, failing)
        self.reset()
        self._take_in(Derived(**dict.fromkeys(failing, FAILS)))
        self.record.end_step()

    def give(self, variables: Mapping[str, str]) -> None:
        """Declare the variables of answers, and run until nothing more follows."""
        self.record.begin_step(variables)
        self._take_in(Given(**variables))
        self.record.end_step()

    def _take_in(self, fact: Fact) -> None:
        if fact:
            self.facts.declare(fact)  # `declare` would look for patterns in it, and twice at the agenda
            self.run()

    def fire(self, bundle: Bundle) -> None:
        """Note that productions fired, and declare what others wait for of what they conclude.

        Whatever else is ready fires along: where facts are only added, no firing takes another one's ground away.
        """
        concluded = self.record.fire(bundle)
        while (ready := self.agenda.get_next()) is not None:
            concluded.update(self.record.fire(ready.rule.bundle))
        if concluded:
            self.facts.declare(Derived(**concluded))


class _StockMemory(WorkingMemory):
    """The same on experta's own RETE matcher."""

    __matcher__ = ReteMatcher


def start_experta(productions: Sequence[Production], *, stock_matcher: bool) -> WorkingMemory:
    """Return an experta engine with `productions` in it, and no facts yet."""
    if stock_matcher:
        return _StockMemory(productions, [CompiledRule.with_patterns(each) for each in productions])
    return WorkingMemory(productions, RuleList(productions))
