"""A look at a run after one step says what was known then, and goes on saying it."""

from __future__ import annotations

import pytest

from kb.inference.engine import Engine
from kb.inference.outcome import decide
from kb.model.conditions import Truth
from kb.model.knowledge import Answer
from tests.helpers import kb_from

H, F, O = Truth.HOLDS, Truth.FAILS, Truth.OPEN  # noqa: E741

KB = kb_from("""
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: yes-no}
  foot: {ask: Your foot?, type: yes-no}
findings: {tight: {title: Tight}, stiff: {title: Stiff}}
recommendations:
  rest: {title: Rest, steps: [Rest.]}
  bend: {title: Bend, steps: [Bend.]}
  lean: {title: Lean, steps: [Lean.]}
referrals: {see: {level: gently, tell: See someone.}}
rules:
  back: {when: {back: [round, unsure]}, then: {find: tight, recommend: lean}, because: So., source: B}
  knee: {when: {knee: yes}, then: {find: tight, withhold: rest}, because: So., source: B}
  foot: {when: {foot: [yes, unsure]}, then: {recommend: rest, refer: see}, because: So., source: B}
  chain: {when: {finding: tight}, then: {find: stiff, recommend: bend}, because: So., source: B}
""")

STEPS: list[dict[str, Answer]] = [
    {},
    {"back": "unsure"},
    {"back": "unsure", "foot": "no"},
    {"back": "unsure", "foot": "no", "knee": "yes"},
]
SEEN = [
    ({"back": O, "knee": O, "foot": O, "chain": O}, (), (), frozenset[str]()),
    ({"back": H, "knee": O, "foot": O, "chain": H}, ("tight", "stiff"), ("bend", "lean"), frozenset(("bend", "lean"))),
    ({"back": H, "knee": O, "foot": F, "chain": H}, ("tight", "stiff"), ("bend", "lean"), frozenset(("bend", "lean"))),
    ({"back": H, "knee": H, "foot": F, "chain": H}, ("tight", "stiff"), ("bend", "lean"), frozenset(("lean",))),
]


def test_inference__looked_at_when_the_run_has_gone_on__says_what_was_known_in_its_step() -> None:
    engine = Engine(KB)
    engine.start()
    inferences = [engine.infer(answers) for answers in STEPS]
    assert [
        (dict(each.rules), each.found, decide(KB, each).given, decide(KB, each).provisional) for each in inferences
    ] == SEEN
    assert [each.given for each in inferences] == [engine.variables.of(answers) for answers in STEPS]
    assert [each.firings for each in inferences] == [Engine(KB).infer(answers).firings for answers in STEPS]


@pytest.mark.parametrize("stock_matcher", [False, True])
def test_inference__all_at_once__is_what_it_is_step_by_step(stock_matcher: bool) -> None:
    inference = Engine(KB, stock_matcher=stock_matcher).infer(STEPS[-1])
    seen = (dict(inference.rules), inference.found, decide(KB, inference).given, decide(KB, inference).provisional)
    assert seen == SEEN[-1]
    assert inference.provisional == {"back"}


def test_said__what_a_rule_withholds__is_held_back_and_no_longer_given() -> None:
    engine = Engine(KB)
    before, after = (decide(KB, engine.infer(each)) for each in ({"foot": "yes"}, {"foot": "yes", "knee": "yes"}))
    assert (before.given, before.withheld, set(before.referrals)) == (("rest",), (), {"see"})
    assert (after.given, after.withheld, set(after.referrals)) == (("bend",), ("rest",), {"see"})


def test_not_refuted__whatever_step_is_asked_first__yields_what_was_not_refuted_then() -> None:
    engine = Engine(KB)
    rules = tuple(KB.rules)
    engine.start()
    early, late = engine.infer({"back": "flat"}), engine.infer({"back": "flat", "knee": "no", "foot": "unsure"})
    assert list(late.not_refuted(rules)) == ["foot"]
    assert list(early.not_refuted(rules)) == ["knee", "foot", "chain"]
    assert list(late.not_refuted(rules)) == ["foot"]


def test_holding__whatever_the_order_of_the_answers__is_in_the_order_of_the_pack() -> None:
    inference = Engine(KB).infer({"foot": "yes", "knee": "yes", "back": "round"})
    assert inference.holding == ("back", "knee", "foot", "chain")


def test_not_refuted__asked_of_an_early_step_after_a_late_one__leaves_out_none_at_the_front() -> None:
    engine = Engine(KB)
    rules = tuple(KB.rules)
    early, late = engine.infer({"foot": "no"}), engine.infer({"foot": "no", "back": "flat", "knee": "no"})
    assert list(late.not_refuted(rules)) == []
    assert list(early.not_refuted(rules)) == ["back", "knee", "chain"]


def test_is_open__in_every_step_of_a_run__says_which_rules_neither_hold_nor_fail_then() -> None:
    engine = Engine(KB)
    inferences = [engine.infer(answers) for answers in STEPS]
    assert [[rule for rule in KB.rules if each.is_open(rule)] for each in inferences] == [
        ["back", "knee", "foot", "chain"],
        ["knee", "foot"],
        ["knee"],
        [],
    ]


@pytest.mark.parametrize("name", ["lost", ""])
def test_truths__of_a_name_that_nothing_has__is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        Engine(KB).infer({}).rules[name]


def test_inference__shown_to_a_programmer__names_its_answers_and_what_is_known() -> None:
    inference = Engine(KB).infer({"foot": "yes"})
    assert repr(inference) == "Inference({'foot': 'yes'})"
    assert repr(inference.findings) == "{'tight': <Truth.OPEN: 'open'>, 'stiff': <Truth.OPEN: 'open'>}"


def test_inference__of_other_answers__is_another_one_even_where_they_show_the_same() -> None:
    engine = Engine(KB)
    assert engine.infer({"knee": "unsure"}) == Engine(KB).infer({"knee": "unsure"})
    assert engine.infer({"knee": "unsure"}) != Engine(KB).infer({})
    assert engine.infer({}) != {}
