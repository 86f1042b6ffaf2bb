"""A witness: answers to what has not been asked with which a condition holds, the leftmost way there is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

import kb.interview.selection.witness
from kb.inference.compiler import Sides
from kb.inference.engine import Engine
from kb.inference.variables import Variables
from kb.interview.selection.witness import Search, settle_several
from kb.model.knowledge import Answer
from tests.helpers import kb_from

HEAD = """
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round, arched: Arched}}
  knee: {ask: Your knee?, type: yes-no}
  foot: {ask: Your foot?, type: yes-no}
  signs: {ask: Which signs?, type: several, options: {clot: Clot, tear: Tear, none: None}}
  props: {ask: Which props?, type: several, options: {block: Block, strap: Strap}}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 1, at-most: 9}
findings: {tight: {title: Tight}, stiff: {title: Stiff}, lost: {title: Lost}}
recommendations: {rest: {title: Rest, steps: [Rest.]}}
rules:
  tight-back: {when: {back: round, knee: yes}, then: {find: tight}, because: So., source: B}
  tight-foot: {when: {foot: yes}, then: {find: tight}, because: So., source: B}
  stiff: {when: {finding: tight, hold: {above: 5}}, then: {find: stiff}, because: So., source: B}
"""


def searching(
    when: str, answers: Mapping[str, Answer] | None = None, prefer: Mapping[str, str] | None = None
) -> tuple[Search, Sides]:
    """Return a search in the pack above with a rule `r` more, and both sides of its rules."""
    kb = kb_from(f"{HEAD}  r: {{when: {when}, then: {{recommend: rest}}, because: So., source: B}}")
    sides = Sides(kb, Variables(kb))
    return Search(sides, Engine(kb).infer(answers or {}), prefer), sides


def witness(when: str, answers: Mapping[str, Answer] | None = None, **prefer: str) -> Mapping[str, Answer] | None:
    search, sides = searching(when, answers, prefer)
    variables = search.witness(sides.holds["r"], ())
    return None if variables is None else search.answers(variables)


# --- one question -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("{back: round}", {"back": "round"}),
        ("{back: [arched, round]}", {"back": "round"}),  # the options of a leaf: in the question's order
        ("{back: [unsure, round]}", {"back": "round"}),  # unsure comes last
        ("{back: unsure}", {"back": "unsure"}),
        ("{not: {back: [flat, round]}}", {"back": "arched"}),
        ("{not: {back: unsure}}", {"back": "flat"}),
        ("{not: {back: [flat, round, arched]}}", None),
        ("{all: [{back: round}, {back: flat}]}", None),
        ("{all: [{back: round}, {not: {back: round}}]}", None),
        ("{any: [{all: [{back: round}, {back: flat}]}, {back: arched}]}", {"back": "arched"}),
        ("{hold: {at-least: 2}}", {"hold": Decimal(2)}),
        ("{hold: {above: 5}}", {"hold": Decimal(7)}),
        ("{hold: {above: 2, below: 5}}", {"hold": Decimal("3.5")}),
        ("{hold: 3}", {"hold": Decimal(3)}),
        ("{hold: [unsure, {below: 2}]}", {"hold": Decimal("1.5")}),
        ("{hold: unsure}", {"hold": "unsure"}),
        ("{hold: {below: 1}}", None),  # the question takes no such number
        ("{hold: {at-least: 9}}", {"hold": Decimal(9)}),
        ("{all: [{hold: {at-least: 4}}, {hold: {below: 3}}]}", None),
        ("{signs: clot}", {"signs": ("clot",)}),
        ("{signs: [tear, clot]}", {"signs": ("tear",)}),
        ('{signs: "tear?"}', {"signs": ("tear?",)}),
        ("{signs: none}", {"signs": ("none",)}),
        ("{signs: unsure}", {"signs": "unsure"}),
        ("{all: [{signs: clot}, {signs: tear}]}", {"signs": ("clot", "tear")}),
        ('{all: [{signs: clot}, {signs: "tear?"}]}', {"signs": ("clot", "tear?")}),
        ("{not: {signs: none}}", {"signs": ("clot",)}),
        ("{all: [{not: {signs: none}}, {not: {signs: clot}}]}", {"signs": ("tear",)}),
        ("{all: [{not: {signs: none}}, {not: {signs: clot}}, {not: {signs: tear}}]}", None),
        ("{not: {signs: clot}}", {"signs": ("none",)}),
        ("{not: {signs: unsure}}", {"signs": ("none",)}),
        ("{all: [{signs: none}, {signs: clot}]}", None),
        ('{all: [{signs: none}, {signs: "clot?"}]}', None),
        ("{all: [{signs: unsure}, {signs: clot}]}", None),
        ('{all: [{signs: unsure}, {signs: "clot?"}]}', {"signs": "unsure"}),
        ("{not: {props: block}}", {"props": ()}),
        ("{all: [{not: {props: block}}, {props: strap}]}", {"props": ("strap",)}),
        ('{all: [{props: "block?"}, {props: "strap?"}]}', {"props": ("block?", "strap?")}),
    ],
)
def test_witness__for_one_question__is_its_plainest_answer(when: str, found: Mapping[str, Answer] | None) -> None:
    assert witness(when) == found


# --- several questions, and findings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("{knee: yes, back: round}", {"back": "round", "knee": "yes"}),
        ("{any: [{knee: yes}, {back: round}]}", {"knee": "yes"}),
        ("{not: {any: [{knee: yes}, {back: [flat, round]}]}}", {"back": "arched", "knee": "no"}),
        ("{not: {all: [{knee: yes}, {foot: yes}]}}", {"knee": "no"}),
        ("{any: [{knee: yes}, {foot: yes}], not: {knee: yes}}", {"knee": "no", "foot": "yes"}),
        ("{not: {any: [{not: {any: [{knee: yes}, {foot: yes}]}}, {knee: yes}]}}", {"knee": "no", "foot": "yes"}),
        ("{finding: tight}", {"back": "round", "knee": "yes"}),
        ("{finding: tight, knee: no}", {"knee": "no", "foot": "yes"}),
        ("{finding: [lost, stiff]}", {"back": "round", "knee": "yes", "hold": Decimal(7)}),
        ("{not: {finding: tight}}", {"back": "flat", "foot": "no"}),
        ("{not: {finding: tight}, back: round}", {"back": "round", "knee": "no", "foot": "no"}),
        ("{not: {finding: stiff}}", {"back": "flat", "foot": "no"}),
        ("{not: {finding: stiff}, foot: yes}", {"foot": "yes", "hold": Decimal(3)}),
        ("{finding: tight, not: {finding: tight}}", None),
        ("{finding: stiff, hold: {below: 4}}", None),
        ("{finding: lost}", None),
        ("{not: {finding: lost}}", {}),
    ],
)
def test_witness__for_a_condition_of_parts__goes_the_leftmost_way(
    when: str, found: Mapping[str, Answer] | None
) -> None:
    assert witness(when) == found


@pytest.mark.parametrize(
    ("when", "answers", "found"),
    [
        ("{back: round, knee: yes}", {"back": "round"}, {"knee": "yes"}),
        ("{back: round, knee: yes}", {"back": "flat"}, None),
        ("{back: round, knee: yes}", {"back": "unsure"}, None),
        ("{any: [{back: round}, {knee: yes}]}", {"back": "unsure"}, {"knee": "yes"}),
        ("{not: {signs: clot}}", {"signs": ("clot?",)}, None),
        ("{finding: tight}", {"knee": "no"}, {"foot": "yes"}),
        ("{finding: tight}", {"foot": "yes"}, {}),
        ("{finding: tight}", {"knee": "no", "foot": "no"}, None),
        ("{not: {finding: tight}}", {"knee": "no"}, {"foot": "no"}),
        ("{not: {finding: tight}}", {"foot": "unsure"}, None),
        ("{finding: stiff}", {"foot": "yes"}, {"hold": Decimal(7)}),
    ],
)
def test_witness__beside_answers_given__adds_only_what_is_missing(
    when: str, answers: Mapping[str, Answer], found: Mapping[str, Answer] | None
) -> None:
    assert witness(when, answers) == found


def test_witnesses__of_a_condition__come_the_leftmost_first() -> None:
    search, sides = searching("{any: [{finding: tight}, {back: arched}], not: {signs: none}}")
    assert [search.answers(variables) for variables in search.witnesses(sides.holds["r"])] == [
        {"back": "round", "knee": "yes", "signs": ("clot",)},
        {"foot": "yes", "signs": ("clot",)},
        {"back": "arched", "signs": ("clot",)},
    ]


# --- preferences and blockers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "prefer", "found"),
    [
        ("{back: [flat, arched]}", {"back": "arched"}, {"back": "arched"}),
        ("{back: [flat, arched]}", {"back": "round"}, {"back": "flat"}),
        ("{not: {back: flat}}", {"back": "arched"}, {"back": "arched"}),
        ("{hold: {at-least: 2}}", {"hold": "above 5"}, {"hold": Decimal(7)}),
        ("{signs: clot}", {"signs/tear": "chosen"}, {"signs": ("clot", "tear")}),
        ("{signs: clot}", {"signs/tear": "unsure", "signs/none": "unsure"}, {"signs": ("clot", "tear?")}),
        ("{not: {signs: clot}}", {"signs/tear": "chosen", "signs/clot": "chosen"}, {"signs": ("tear",)}),
        ("{signs: none}", {"signs/tear": "chosen"}, {"signs": ("none",)}),
        ("{props: block}", {"props/strap": "unsure"}, {"props": ("block", "strap?")}),
        # What is preferred chooses among answers, not among ways.
        ("{any: [{back: flat}, {knee: yes}]}", {"knee": "yes", "back": "round"}, {"back": "flat"}),
    ],
)
def test_witness__with_preferences__takes_them_where_it_may(
    when: str, prefer: Mapping[str, str], found: Mapping[str, Answer]
) -> None:
    assert witness(when, None, **prefer) == found


@pytest.mark.parametrize(
    ("when", "blocker", "answers", "found"),
    [
        ("{any: [{foot: yes}, {back: arched}]}", "tight-foot", {}, {"back": "arched"}),
        ("{foot: yes}", "tight-foot", {}, None),
        ("{finding: tight}", "tight-back", {}, {"foot": "yes"}),
        ("{finding: tight, hold: {above: 2}}", "stiff", {}, {"back": "round", "knee": "yes", "hold": Decimal("3.5")}),
        ("{knee: yes}", "tight-back", {}, {"knee": "yes"}),
        ("{knee: yes}", "tight-back", {"back": "round"}, None),
        ("{knee: yes}", "tight-foot", {"foot": "yes"}, {"knee": "yes"}),  # it holds already: no news
        ("{knee: yes}", "tight-foot", {"foot": "no"}, {"knee": "yes"}),
    ],
)
def test_witness__with_a_blocker__is_one_in_which_that_rule_does_not_hold(
    when: str, blocker: str, answers: Mapping[str, Answer], found: Mapping[str, Answer] | None
) -> None:
    search, sides = searching(when, answers)
    variables = search.witness(sides.holds["r"], (blocker,))
    assert (None if variables is None else search.answers(variables)) == found


@pytest.mark.parametrize(("steps", "succeeds"), [(4000, False), (2, True)])
def test_witness__out_of_steps__is_taken_to_exist(steps: int, succeeds: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kb.interview.selection.witness, "_MOST_STEPS", steps)
    assert (witness("{all: [{knee: yes}, {foot: yes}, {not: {knee: yes}}]}") is not None) is succeeds


# --- reading a way ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "given", "variables", "needed", "left"),
    [
        ("{back: round, knee: yes}", {}, {"back": "round", "knee": "yes"}, "back", {"back", "knee"}),
        ("{knee: yes, back: round}", {}, {"back": "round", "knee": "yes"}, "knee", {"back", "knee"}),
        ("{back: round, knee: yes}", {"back": "round"}, {"knee": "yes"}, "knee", {"knee"}),
        # A question that the way opens but does not need is not asked.
        ("{any: [{back: round}, {knee: yes}]}", {}, {"back": "round", "knee": "yes"}, "knee", {"knee"}),
        ("{any: [{foot: yes}, {knee: yes}]}", {}, {"foot": "no", "knee": "yes"}, "knee", {"foot", "knee"}),
        ("{finding: tight, back: round}", {}, {"foot": "yes", "back": "round"}, "foot", {"foot", "back"}),
        ("{not: {finding: tight}}", {}, {"back": "flat", "foot": "no"}, "back", {"back", "foot"}),
        ("{not: {finding: tight}}", {"back": "flat"}, {"foot": "no"}, "foot", {"foot"}),
        # Out of steps: the variables are no way, so any open condition will do.
        ("{knee: yes, back: round}", {}, {}, "knee", set()),
    ],
)
def test_first_needed__on_a_way__is_the_first_question_it_cannot_do_without(
    when: str, given: Mapping[str, Answer], variables: dict[str, str], needed: str | None, left: set[str]
) -> None:
    search, sides = searching(when, given)
    question, rest = search.first_needed(sides.holds["r"], variables)
    assert question == needed
    assert rest == {variable: variables[variable] for variable in left}


@pytest.mark.parametrize(
    ("when", "given", "variables", "holds"),
    [
        ("{back: round}", {}, {"back": "round"}, True),
        ("{back: round}", {}, {}, False),
        ("{back: round}", {"back": "flat"}, {"back": "round"}, False),  # what is given stands
        ("{not: {back: round}}", {}, {}, False),
        ("{not: {back: round}}", {}, {"back": "unsure"}, False),
        ("{finding: tight}", {"foot": "yes"}, {}, True),
        ("{finding: tight}", {}, {"back": "round", "knee": "yes"}, True),
        ("{not: {finding: tight}}", {}, {"foot": "no"}, False),
        ("{not: {finding: tight}}", {}, {"foot": "no", "knee": "no"}, True),
        ("{not: {finding: lost}}", {}, {}, True),
    ],
)
def test_holds__once_cells_are_given_as_well__is_what_the_engine_would_say(
    when: str, given: Mapping[str, Answer], variables: Mapping[str, str], holds: bool
) -> None:
    search, sides = searching(when, given)
    assert search.holds(sides.holds["r"], variables) is holds


# --- a question that takes several options ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "world", "settled"),
    [
        ("signs", {}, {"signs": "answered", "clot": "not-chosen", "tear": "not-chosen", "none": "chosen"}),
        (
            "signs",
            {"signs/none": ("unsure",)},
            {"signs": "answered", "clot": "unsure", "tear": "not-chosen", "none": "unsure"},
        ),
        (
            "signs",
            {"signs/none": ("not-chosen", "unsure"), "signs/clot": ("not-chosen", "unsure"), "signs/tear": ("unsure",)},
            {"signs": "answered", "clot": "not-chosen", "tear": "unsure", "none": "unsure"},
        ),
        (
            "signs",
            {"signs": ("unsure",)},
            {"signs": "unsure", "clot": "unsure", "tear": "unsure", "none": "unsure"},
        ),
        ("signs", {"signs": ("unsure",), "signs/clot": ("chosen",)}, None),
        ("signs", {"signs/none": ("chosen",), "signs/clot": ("chosen",)}, None),
        (
            "signs",
            {"signs/none": ("chosen", "not-chosen"), "signs/clot": ("chosen",)},
            {"signs": "answered", "clot": "chosen", "tear": "not-chosen", "none": "not-chosen"},
        ),
        ("props", {}, {"props": "answered", "block": "not-chosen", "strap": "not-chosen"}),
        ("props", {"props/block": ("unsure",)}, {"props": "answered", "block": "unsure", "strap": "not-chosen"}),
    ],
)
def test_settle_several__a_narrowed_question__chooses_as_little_as_it_can(
    question: str, world: Mapping[str, tuple[str, ...]], settled: Mapping[str, str] | None
) -> None:
    variables = settle_several(kb_from(HEAD).questions[question], world, {})
    if settled is None:
        assert variables is None
    else:
        assert variables == {name if name == question else f"{question}/{name}": each for name, each in settled.items()}
