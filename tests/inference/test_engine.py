"""Answers in, what they show out: the same whether they come one by one, all at once, or changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kb.inference.compiler import Production
from kb.inference.engine import Engine
from kb.inference.matcher import WorkingMemory, start_experta
from kb.model.conditions import Truth
from kb.model.knowledge import Answer
from tests.helpers import kb_from

KB = kb_from("""
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: yes-no}
  signs: {ask: Which signs?, type: several, options: {clot: Clot, tear: Tear, none: None}}
findings: {tight: {title: Tight}, stiff: {title: Stiff}, lost: {title: Lost}}
recommendations: {rest: {title: Rest, steps: [Rest.]}, bend: {title: Bend, steps: [Bend.]}}
rules:
  bend-it: {when: {finding: stiff}, then: {recommend: bend}, because: So., source: B}
  spared: {when: {not: {finding: [lost, tight]}}, then: {recommend: rest}, because: So., source: B}
  tight: {when: {back: round}, then: {find: tight}, because: So., source: B}
  sore: {when: {knee: yes}, then: {find: [tight, stiff]}, because: So., source: B}
  clot: {when: {signs: [clot, "clot?"]}, then: {recommend: rest}, because: So., source: B}
""")

H, F, O = Truth.HOLDS, Truth.FAILS, Truth.OPEN  # noqa: E741


# --- what answers show ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "rules", "findings"),
    [
        ({}, (O, O, O, O, O), (O, O, F)),
        ({"back": "round"}, (O, F, H, O, O), (H, O, F)),
        ({"back": "flat"}, (O, O, F, O, O), (O, O, F)),
        ({"back": "unsure"}, (O, O, O, O, O), (O, O, F)),
        ({"back": "flat", "knee": "no"}, (F, H, F, F, O), (F, F, F)),
        ({"back": "unsure", "knee": "no"}, (F, O, O, F, O), (O, F, F)),
        ({"back": "unsure", "knee": "yes"}, (H, F, O, H, O), (H, H, F)),
        ({"signs": ("clot",)}, (O, O, O, O, H), (O, O, F)),
        ({"signs": ("tear", "clot?")}, (O, O, O, O, H), (O, O, F)),
        ({"signs": ("tear?",)}, (O, O, O, O, F), (O, O, F)),
        ({"signs": "unsure"}, (O, O, O, O, H), (O, O, F)),
        ({"signs": ("none",)}, (O, O, O, O, F), (O, O, F)),
    ],
)
def test_infer__any_answers__says_of_rules_and_findings_what_is_shown(
    answers: Mapping[str, Answer], rules: tuple[Truth, ...], findings: tuple[Truth, ...]
) -> None:
    inference = Engine(KB).infer(answers)
    assert inference.answers == answers
    assert inference.rules == dict(zip(KB.rules, rules))
    assert inference.findings == dict(zip(KB.findings, findings))


def test_infer__a_finding_that_no_rule_concludes__is_ruled_out_from_the_start_and_after_a_reset() -> None:
    engine = Engine(KB)
    assert engine.infer({}).findings["lost"] is F
    engine.infer({"knee": "no"})
    inference = engine.infer({"back": "flat", "knee": "no"})
    assert (inference.findings["lost"], inference.rules["spared"]) == (F, H)
    changed = engine.infer({"back": "round"})
    assert (changed.findings["lost"], changed.rules["spared"]) == (F, F)


def test_firings__in_the_order_of_productions__say_which_cells_were_used() -> None:
    firings = Engine(KB).infer({"knee": "yes", "back": "round"}).firings
    assert [(firing.production.rule, firing.production.side.value, firing.used) for firing in firings] == [
        ("bend-it", "positive", (("finding:stiff", "holds"),)),
        ("spared", "refuting", (("finding:tight", "holds"),)),
        ("tight", "positive", (("back", "round"),)),
        ("sore", "positive", (("knee", "yes"),)),
    ]


def test_firings__with_several_premises__use_their_cells_in_the_order_of_the_rule() -> None:
    kb = kb_from("""
sources: {B: {work: Book}}
questions: {a: {ask: A?, type: yes-no}, b: {ask: B?, type: yes-no}, c: {ask: C?, type: yes-no}}
recommendations: {rest: {title: Rest, steps: [Rest.]}}
rules: {r: {when: {c: yes, a: yes, b: yes}, then: {recommend: rest}, because: So., source: B}}
""")
    (firing,) = Engine(kb).infer({"a": "yes", "b": "yes", "c": "yes"}).firings
    assert firing.used == (("c", "yes"), ("a", "yes"), ("b", "yes"))


@pytest.mark.parametrize(("settings", "stock"), [({}, False), ({"stock_matcher": True}, True)])
def test_start__of_an_engine__takes_the_matcher_of_experta_only_if_told(
    settings: dict[str, bool], stock: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def noting(productions: Sequence[Production], *, stock_matcher: bool) -> WorkingMemory:
        asked.append(stock_matcher)
        return start_experta(productions, stock_matcher=stock_matcher)

    monkeypatch.setattr("kb.inference.matcher.start_experta", noting)
    Engine(KB, **settings).start()
    assert asked == [stock]


# --- one engine, many inferences --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interview", "resets"),
    [
        ([{"back": "round"}, {"back": "round", "knee": "no"}, {"back": "round", "knee": "no", "signs": ("none",)}], 0),
        ([{"back": "round"}, {"back": "round"}, {"knee": "no", "back": "round"}], 0),
        ([{}, {}, {"back": "round"}], 0),
        ([{"back": "round", "knee": "no"}, {"back": "round"}], 1),
        ([{"back": "round"}, {"back": "flat"}, {"back": "flat", "knee": "yes"}], 1),
        ([{"back": "unsure"}, {"back": "flat"}], 1),
        ([{"signs": ("clot",)}, {"signs": ("clot", "tear")}, {"signs": ("none",)}], 2),
        ([{"back": "round"}, {}, {"back": "round"}], 1),
        ([{"back": "round"}, {"knee": "yes"}, {"back": "round", "knee": "yes"}], 1),
    ],
)
def test_infer__after_other_answers__declares_what_is_new_and_resets_only_for_what_is_gone(
    interview: list[Mapping[str, Answer]], resets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(KB)
    engine.start()
    reset, counted = Engine._reset, []

    def counting(self: Engine, memory: WorkingMemory) -> None:
        counted.append(self)
        reset(self, memory)

    with monkeypatch.context() as patched:
        patched.setattr(Engine, "_reset", counting)
        inferences = [engine.infer(answers) for answers in interview]
    assert counted == [engine] * resets
    assert inferences == [Engine(KB).infer(answers) for answers in interview]


def test_inference__once_made__is_not_touched_by_the_next() -> None:
    engine = Engine(KB)
    answers: dict[str, Answer] = {"back": "round"}
    before = engine.infer(answers)
    answers["knee"] = "yes"
    engine.infer(answers)
    assert before == Engine(KB).infer({"back": "round"})


def test_inference__of_no_answers__shows_none_when_some_have_come() -> None:
    engine = Engine(KB)
    before = engine.infer({})
    engine.infer({"back": "round"})
    assert (before.given, before.holding, before.firings) == ({}, (), ())
    assert before == Engine(KB).infer({})


def test_engines__taking_turns__do_not_disturb_each_other() -> None:
    other_kb = kb_from("""
sources: {B: {work: Book}}
questions: {back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}}
findings: {tight: {title: Tight}}
rules: {tight: {when: {back: flat}, then: {find: tight}, because: So., source: B}}
""")
    one, twin, other = Engine(KB), Engine(KB), Engine(other_kb)
    first = one.infer({"back": "round"})
    assert other.infer({"back": "round"}).findings == {"tight": F}
    assert twin.infer({}).findings["tight"] is O
    assert one.infer({"back": "round", "knee": "no"}).findings == {"tight": H, "stiff": F, "lost": F}
    assert other.infer({"back": "flat"}).findings == {"tight": H}
    assert twin.infer({"back": "flat"}).rules["tight"] is F
    assert one.infer({"back": "round"}) == first


# --- what rests on an unsure answer -----------------------------------------------------------------------------------

CAUTIOUS = kb_from("""
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: yes-no}
  signs: {ask: Which signs?, type: several, options: {clot: Clot, tear: Tear}}
findings: {tight: {title: Tight}}
recommendations: {rest: {title: Rest, steps: [Rest.]}}
rules:
  back: {when: {back: [round, unsure]}, then: {find: tight}, because: So., source: B}
  knee: {when: {knee: yes}, then: {find: tight}, because: So., source: B}
  chain: {when: {finding: tight}, then: {recommend: rest}, because: So., source: B}
  node:
    when: {any: [{back: [round, unsure]}, {knee: yes}], signs: tear}
    then: {recommend: rest}
    because: So.
    source: B
  clot: {when: {signs: [clot, "clot?"]}, then: {recommend: rest}, because: So., source: B}
  refuted: {when: {not: {signs: clot}, knee: no}, then: {recommend: rest}, because: So., source: B}
""")


@pytest.mark.parametrize(
    ("answers", "holding", "provisional"),
    [
        ({"back": "round"}, {"back", "chain"}, set()),
        ({"back": "unsure"}, {"back", "chain"}, {"back", "chain"}),
        ({"back": "unsure", "knee": "yes"}, {"back", "knee", "chain"}, {"back"}),
        ({"back": "unsure", "signs": ("tear",)}, {"back", "chain", "node"}, {"back", "chain", "node"}),
        ({"back": "unsure", "knee": "yes", "signs": ("tear",)}, {"back", "knee", "chain", "node"}, {"back"}),
        ({"back": "round", "signs": ("clot?",)}, {"back", "chain", "clot"}, {"clot"}),
        ({"back": "round", "signs": ("clot", "tear?")}, {"back", "chain", "clot"}, set()),
        ({"back": "flat", "signs": "unsure"}, {"clot"}, {"clot"}),
        ({"back": "flat", "knee": "no", "signs": ("tear?",)}, {"refuted"}, set()),
        ({"back": "unsure", "knee": "no", "signs": ()}, {"back", "chain", "refuted"}, {"back", "chain"}),
    ],
)
def test_provisional__with_unsure_answers__are_the_rules_that_hold_by_them_alone(
    answers: Mapping[str, Answer], holding: set[str], provisional: set[str]
) -> None:
    inference = Engine(CAUTIOUS).infer(answers)
    assert {rule for rule, truth in inference.rules.items() if truth is H} == holding
    assert inference.provisional == provisional


LINKED = kb_from("""
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: yes-no}
  foot: {ask: Your foot?, type: yes-no}
findings: {tight: {title: Tight}, stiff: {title: Stiff}, calm: {title: Calm}, free: {title: Free}}
recommendations: {rest: {title: Rest, steps: [Rest.]}, bend: {title: Bend, steps: [Bend.]}}
rules:
  back: {when: {back: [round, unsure]}, then: {find: tight}, because: So., source: B}
  knee: {when: {knee: yes}, then: {find: tight}, because: So., source: B}
  stiff: {when: {finding: tight}, then: {find: stiff}, because: So., source: B}
  foot: {when: {finding: tight, foot: yes}, then: {recommend: rest}, because: So., source: B}
  end: {when: {finding: stiff}, then: {recommend: bend}, because: So., source: B}
  calm: {when: {all: [{not: {back: [round, unsure]}}, {knee: yes}]}, then: {find: calm}, because: So., source: B}
  hurry: {when: {not: {finding: calm}}, then: {recommend: bend}, because: So., source: B}
  free: {when: {not: {finding: stiff}}, then: {find: free}, because: So., source: B}
  bound: {when: {not: {finding: free}}, then: {recommend: rest}, because: So., source: B}
""")


@pytest.mark.parametrize(
    ("interview", "provisional"),
    [
        ([{"back": "unsure"}], {"back", "stiff", "end", "hurry", "bound"}),
        ([{"foot": "yes"}, {"back": "unsure"}], {"back", "stiff", "foot", "end", "hurry", "bound"}),
        ([{"foot": "yes"}, {"back": "unsure"}, {"knee": "yes"}], {"back", "hurry"}),
        ([{"back": "unsure"}, {"foot": "yes"}, {"knee": "yes"}], {"back", "hurry"}),
        ([{"back": "unsure"}, {"knee": "no"}], {"back", "stiff", "end", "bound"}),
        ([{"back": "unsure", "knee": "no"}], {"back", "stiff", "end", "bound"}),
        ([{"foot": "unsure"}, {"knee": "yes"}, {"back": "flat"}], set()),
        ([{"foot": "unsure", "knee": "no", "back": "round"}], set()),
    ],
)
def test_provisional__what_is_shown_another_way__makes_firm_all_that_rests_on_it(
    interview: list[dict[str, Answer]], provisional: set[str]
) -> None:
    engine = Engine(LINKED)
    answers: dict[str, Answer] = {}
    for more in interview:
        answers |= more
        inference = engine.infer(answers)
    assert inference.provisional == provisional
    assert Engine(LINKED).infer(answers).provisional == provisional


# --- experta, kept in its place ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "handlers"),
    [("", "[]"), ("logging.basicConfig(); kept = list(logging.root.handlers)", "kept")],
)
def test_import__of_the_engine__leaves_logging_and_collections_as_they_were(before: str, handlers: str) -> None:
    program = f"""
import collections, logging
{before}
import kb.inference.engine
assert logging.root.handlers == {handlers}, logging.root.handlers
assert not hasattr(collections, "Mapping")
"""
    root = Path(__file__).resolve().parent.parent.parent
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_infer__finding_that_no_rule_finds__makes_nothing_provisional() -> None:
    kb = kb_from(
        """
        sources: {A1: {work: A book}}
        questions: {a: {ask: A?, type: yes-no}, b: {ask: B?, type: yes-no}}
        findings: {f: {title: F}}
        recommendations: {lean: {title: Lean, steps: Do.}, rest: {title: Rest, steps: Do.}}
        rules:
          r: {when: {not: {finding: f}, a: yes}, then: {recommend: lean}, because: B., source: A1}
          u: {when: {b: unsure}, then: {recommend: rest}, because: B., source: A1}
        """
    )
    assert Engine(kb).infer({"a": "yes", "b": "unsure"}).provisional == {"u"}
