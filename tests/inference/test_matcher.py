"""The counting matcher and the strategy, behind experta's own interfaces, do what experta's do, in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from kb.inference._experta import Activation, Fact, KnowledgeEngine, Matcher, ReteMatcher
from kb.inference.compiler import Premise, Production, Side
from kb.inference.engine import Engine
from kb.inference.matcher import CompiledRule, CountingMatcher, Derived, Given, InOrder
from kb.inference.record import Bundle
from kb.model.knowledge import Answer
from kb.model.problems import EngineError
from tests.helpers import kb_from


def production(position: int, **premises: str) -> Production:
    """Return a production whose premises are answers' variables, each with its values (`a="x|y"`)."""
    wanted = tuple(Premise(variable, tuple(values.split("|")), given=True) for variable, values in premises.items())
    return Production(position, f"rule{position}", Side.POSITIVE, wanted, ())


def engine_of(*productions: Production, matcher: type[Matcher] = CountingMatcher) -> Any:
    """Return an experta engine that runs `productions` and notes in `fired` what it fires."""
    stock = matcher is ReteMatcher
    rules = [CompiledRule.with_patterns(each) if stock else CompiledRule.of(each) for each in productions]

    class Running(KnowledgeEngine):  # type: ignore[misc]
        __matcher__ = matcher
        __strategy__ = InOrder

        def get_rules(self) -> list[CompiledRule]:
            return rules

        def fire(self, bundle: Bundle) -> None:
            self.fired += [each.position for each in bundle.productions]

    engine = Running()
    engine.fired = []
    engine.reset()
    return engine


def waiting(engine: Any) -> list[int]:
    """Return the positions of the productions on the agenda, the next to fire first."""
    return [activation.rule.position for activation in reversed(engine.agenda.activations)]


MATCHERS = pytest.mark.parametrize("matcher", [CountingMatcher, ReteMatcher])


# --- the matcher ------------------------------------------------------------------------------------------------------


@MATCHERS
@pytest.mark.parametrize(
    ("facts", "activated"),
    [
        ([Given(a="x")], [1]),
        ([Given(a="y")], [1]),
        ([Given(a="z")], []),
        ([Given(b="x")], []),
        ([Given(a="x"), Given(b="x")], [0, 1]),
        ([Given(b="x"), Given(a="y")], [0, 1]),
        ([Given(a="y"), Given(b="z"), Given(c="x")], [1, 2]),
        ([Derived(a="x")], []),
        ([], []),
    ],
)
def test_matcher__facts_declared__activates_what_has_no_premise_left(
    facts: list[Fact], activated: list[int], matcher: type[Matcher]
) -> None:
    engine = engine_of(production(0, a="x|y", b="x"), production(1, a="x|y"), production(2, c="x"), matcher=matcher)
    for fact in facts:
        engine.declare(type(fact)(**fact))
    assert waiting(engine) == activated


def test_matcher__the_facts_it_matched__come_with_the_activation_in_the_order_of_the_premises() -> None:
    engine = engine_of(production(0, a="x", b="x"))
    matcher = CountingMatcher(engine)
    one, other = Given(b="x"), Given(a="x")
    added, removed = matcher.changes(adding=[one, other])
    assert [(activation.rule, activation.facts) for activation in added] == [(engine.get_rules()[0], (other, one))]
    assert isinstance(added[0], Activation)
    assert removed == []


@MATCHERS
@pytest.mark.parametrize("retracted", ["a", "b"])
def test_matcher__a_fact_retracted__takes_its_activations_back(retracted: str, matcher: type[Matcher]) -> None:
    engine = engine_of(production(0, a="x", b="x"), production(1, c="x"), matcher=matcher)
    facts = {variable: engine.declare(Given(**{variable: "x"})) for variable in "abc"}
    assert waiting(engine) == [0, 1]
    engine.retract(facts[retracted])
    assert waiting(engine) == [1]
    engine.declare(Given(**{retracted: "x"}))
    assert waiting(engine) == [0, 1]


@MATCHERS
def test_matcher__a_fact_exchanged_for_another__leaves_what_both_meet_activated_once(matcher: type[Matcher]) -> None:
    engine = engine_of(production(0, a="x|y"), production(1, a="y"), matcher=matcher)
    old = engine.declare(Given(a="x"))
    assert waiting(engine) == [0]
    engine.retract(old)
    engine.declare(Given(a="y"))
    assert waiting(engine) == [0, 1]


def test_matcher__a_fact_deleted__gives_the_activation_back() -> None:
    engine = engine_of(production(0, a="x"))
    matcher = CountingMatcher(engine)
    fact = Given(a="x")
    added, _ = matcher.changes(adding=[fact])
    assert matcher.changes(deleting=[fact]) == ([], added)
    assert matcher.changes(deleting=[], adding=[]) == ([], [])


def test_matcher__all_facts_retracted__waits_for_each_of_them_again() -> None:
    engine = engine_of(production(0, a="x", b="x"))
    for fact in [engine.declare(Given(a="x")), engine.declare(Given(b="x"))]:
        engine.retract(fact)
    engine.declare(Given(a="x"))
    assert waiting(engine) == []
    engine.declare(Given(b="x"))
    assert waiting(engine) == [0]


def test_matcher__facts_of_other_kinds__are_passed_over() -> None:
    matcher = CountingMatcher(engine_of(production(0, a="x")))
    assert matcher.changes(adding=[Fact(a="x")]) == ([], [])
    assert matcher.changes(deleting=[Fact(a="x")]) == ([], [])


def test_matcher__two_facts_on_one_premise__are_refused() -> None:
    engine = engine_of(production(0, a="x|y", b="x"))
    engine.declare(Given(a="x"))
    with pytest.raises(EngineError, match=r"two facts speak of one variable: .*'x'.* and .*'y'"):
        engine.declare(Given(a="y"))


def test_matcher__after_a_reset__has_forgotten_all_facts() -> None:
    engine = engine_of(production(0, a="x", b="x"))
    engine.declare(Given(a="x"))
    engine.reset()
    engine.declare(Given(b="x"))
    assert waiting(engine) == []
    engine.declare(Given(a="x"))
    assert waiting(engine) == [0]


def test_compiled_rules__of_other_productions__are_unequal_and_of_the_same_are_equal() -> None:
    one, same, other = (CompiledRule.of(production(position, a="x")) for position in (0, 0, 1))
    assert (one == same, one != same, one == other, one != other) == (True, False, False, True)


# --- the strategy -----------------------------------------------------------------------------------------------------


@MATCHERS
@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
def test_strategy__facts_in_any_order__fires_by_position(order: str, matcher: type[Matcher]) -> None:
    engine = engine_of(
        production(3, c="x"), production(0, a="x"), production(2, b="x"), production(1, a="x", c="x"), matcher=matcher
    )
    for variable in order:
        engine.declare(Given(**{variable: "x"}))
    engine.run()
    assert engine.fired == [0, 1, 2, 3]


def test_strategy__a_withdrawn_activation__is_found_wherever_it_waits() -> None:
    engine = engine_of(*(production(position, **{f"c{position}": "x"}) for position in range(9)))
    facts = [engine.declare(Given(**{f"c{position}": "x"})) for position in range(9)]
    for position in (0, 4, 7):
        engine.retract(facts[position])
    engine.run()
    assert engine.fired == [1, 2, 3, 5, 6, 8]


def test_strategy__one_of_two_activations_of_a_rule_withdrawn__leaves_the_other() -> None:
    engine = engine_of(production(0, a="x|y"), matcher=ReteMatcher)
    first, second = engine.declare(Given(a="x")), engine.declare(Given(a="y"))
    assert waiting(engine) == [0, 0]
    engine.retract(first)
    assert [set(activation.facts) for activation in engine.agenda.activations] == [{second}]


def test_rules__of_other_productions_or_other_things__are_not_equal() -> None:
    rule = CompiledRule.of(production(0, a="x"))
    others = (CompiledRule.of(production(0, a="x")), CompiledRule.of(production(1, a="x")), "rule0")
    assert [rule == other for other in others] == [True, False, False]


# --- a whole knowledge base on both matchers --------------------------------------------------------------------------

KB = kb_from("""
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: yes-no}
  signs: {ask: Which signs?, type: several, options: {clot: Clot, none: None}}
  foot: {ask: Your foot?, type: yes-no}
findings: {tight: {title: Tight}, stiff: {title: Stiff}, lost: {title: Lost}}
recommendations: {rest: {title: Rest, steps: [Rest.]}}
rules:
  last: {when: {finding: stiff, not: {finding: lost}}, then: {recommend: rest}, because: So., source: B}
  stiff:
    when: {finding: tight, any: [{knee: yes}, {foot: [yes, unsure]}]}
    then: {find: stiff}
    because: So.
    source: B
  tight: {when: {back: round, not: {signs: clot}}, then: {find: tight}, because: So., source: B}
  all: {when: {signs: none, knee: yes, foot: yes, back: round}, then: {recommend: rest}, because: So., source: B}
""")


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"back": "round"},
        {"back": "round", "signs": ("none",), "foot": "unsure"},
        {"foot": "unsure", "signs": ("none",), "back": "round"},
        {"back": "round", "signs": ("clot?",), "knee": "yes", "foot": "yes"},
        {"back": "flat", "knee": "no", "foot": "no"},
        {"back": "round", "signs": ("none",), "foot": "yes", "knee": "yes"},
    ],
)
def test_stock_matcher__any_answers__fires_and_concludes_the_same(answers: Mapping[str, Answer]) -> None:
    own, stock = Engine(KB).infer(answers), Engine(KB, stock_matcher=True).infer(answers)
    assert own.firings == stock.firings
    assert own == stock
