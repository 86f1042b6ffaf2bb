"""Answers become variables that hold one constant each, and variables become answers again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kb.inference.variables import Bands, Variables
from kb.model.conditions import Within
from kb.model.knowledge import Answer, Kind, Question
from tests.helpers import kb_from

KB = kb_from("""
sources: {B: {work: Book}}
questions:
  aching: {ask: Does it ache?, type: yes-no}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  signs: {ask: Which signs?, type: several, options: {clot: Clot, tear: Tear, none: None}}
  props: {ask: Which props?, type: several, options: {block: Block, strap: Strap}}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0}
recommendations:
  rest: {title: Rest, steps: [Rest.]}
rules:
  short: {when: {hold: {below: 2}}, then: {recommend: rest}, because: So., source: B}
  long: {when: {hold: {at-least: 2, at-most: 5}}, then: {recommend: rest}, because: So., source: B}
""")
CELLS = Variables(KB)


# --- the constants there could be -------------------------------------------------------------------------------------


def test_domains__of_every_kind_of_question__list_the_values_a_cell_may_hold() -> None:
    option = ("chosen", "not-chosen", "unsure")
    assert CELLS.domains == {
        "aching": ("yes", "no", "unsure"),
        "back": ("flat", "round", "unsure"),
        "signs": ("answered", "unsure"),
        "signs/clot": option,
        "signs/tear": option,
        "signs/none": option,
        "props": ("answered", "unsure"),
        "props/block": option,
        "props/strap": option,
        "hold": ("below 2", "exactly 2", "between 2 and 5", "exactly 5", "above 5", "unsure"),
        "after-rest": ("better", "same", "worse", "unsure"),
    }


def test_owner__of_every_cell__is_its_question() -> None:
    assert CELLS.owner == {
        "aching": "aching",
        "back": "back",
        "signs": "signs",
        "signs/clot": "signs",
        "signs/tear": "signs",
        "signs/none": "signs",
        "props": "props",
        "props/block": "props",
        "props/strap": "props",
        "hold": "hold",
        "after-rest": "after-rest",
    }


# --- answers and variables --------------------------------------------------------------------------------------------


def signs(whole: str, clot: str, tear: str, none: str) -> dict[str, str]:
    return {"signs": whole, "signs/clot": clot, "signs/tear": tear, "signs/none": none}


ANSWERS: list[tuple[str, Answer, dict[str, str]]] = [
    ("aching", "yes", {"aching": "yes"}),
    ("aching", "no", {"aching": "no"}),
    ("aching", "unsure", {"aching": "unsure"}),
    ("back", "round", {"back": "round"}),
    ("back", "unsure", {"back": "unsure"}),
    ("hold", Decimal(0), {"hold": "below 2"}),
    ("hold", Decimal("1.999"), {"hold": "below 2"}),
    ("hold", Decimal(2), {"hold": "exactly 2"}),
    ("hold", Decimal("2.0"), {"hold": "exactly 2"}),
    ("hold", Decimal("2.001"), {"hold": "between 2 and 5"}),
    ("hold", Decimal(5), {"hold": "exactly 5"}),
    ("hold", Decimal(999), {"hold": "above 5"}),
    ("hold", "unsure", {"hold": "unsure"}),
    ("signs", ("clot",), signs("answered", "chosen", "not-chosen", "not-chosen")),
    ("signs", ("clot", "tear"), signs("answered", "chosen", "chosen", "not-chosen")),
    ("signs", ("none",), signs("answered", "not-chosen", "not-chosen", "chosen")),
    ("signs", ("tear?",), signs("answered", "not-chosen", "unsure", "unsure")),
    ("signs", ("clot?", "tear?"), signs("answered", "unsure", "unsure", "unsure")),
    ("signs", ("clot", "tear?"), signs("answered", "chosen", "unsure", "not-chosen")),
    ("signs", "unsure", signs("unsure", "unsure", "unsure", "unsure")),
    ("props", (), {"props": "answered", "props/block": "not-chosen", "props/strap": "not-chosen"}),
    ("props", ("strap",), {"props": "answered", "props/block": "not-chosen", "props/strap": "chosen"}),
    ("props", ("block?",), {"props": "answered", "props/block": "unsure", "props/strap": "not-chosen"}),
    ("props", "unsure", {"props": "unsure", "props/block": "unsure", "props/strap": "unsure"}),
]


@pytest.mark.parametrize(("question", "answer", "variables"), ANSWERS)
def test_of_answer__every_kind_of_answer__fills_every_cell_of_its_question(
    question: str, answer: Answer, variables: dict[str, str]
) -> None:
    assert CELLS.of_answer(KB.questions[question], answer) == variables


@pytest.mark.parametrize(
    ("question", "answer", "variables"), [row for row in ANSWERS if not isinstance(row[1], Decimal)]
)
def test_answer__from_the_cells_it_fills__is_the_same_answer(
    question: str, answer: Answer, variables: dict[str, str]
) -> None:
    assert CELLS.answer(KB.questions[question], variables) == answer


@pytest.mark.parametrize("band", ["below 2", "exactly 2", "between 2 and 5", "exactly 5", "above 5"])
def test_answer__from_a_band__is_a_number_in_it(band: str) -> None:
    number = CELLS.answer(KB.questions["hold"], {"hold": band})
    assert isinstance(number, Decimal)
    assert CELLS.of_answer(KB.questions["hold"], number) == {"hold": band}


@pytest.mark.parametrize(
    ("question", "variables", "answer"),
    [
        ("signs", {"signs/clot": "chosen"}, ("clot",)),
        ("signs", {"signs/tear": "not-chosen"}, ("none",)),
        ("signs", {"signs/none": "unsure", "signs/clot": "unsure"}, ("clot?",)),
        ("signs", {"signs": "answered"}, ("none",)),
        ("props", {"props": "answered"}, ()),
    ],
)
def test_answer__from_some_cells__takes_the_others_for_not_chosen(
    question: str, variables: dict[str, str], answer: Answer
) -> None:
    assert CELLS.answer(KB.questions[question], variables) == answer


def test_of__several_answers__fills_the_cells_of_all() -> None:
    assert CELLS.of({"back": "round", "hold": Decimal(3), "props": ()}) == {
        "back": "round",
        "hold": "between 2 and 5",
        "props": "answered",
        "props/block": "not-chosen",
        "props/strap": "not-chosen",
    }
    assert CELLS.of({}) == {}


# --- numbers cut into bands -------------------------------------------------------------------------------------------


def number(at_least: str = "", at_most: str = "") -> Question:
    low, high = (Decimal(text) if text else None for text in (at_least, at_most))
    return Question("hold", "How long?", Kind.NUMBER, unit="minutes", at_least=low, at_most=high)


@pytest.mark.parametrize(
    ("question", "cuts", "filled"),
    [
        (number(), "", ["any number"]),
        (number(), "2", ["below 2", "exactly 2", "above 2"]),
        (number(), "5 2", ["below 2", "exactly 2", "between 2 and 5", "exactly 5", "above 5"]),
        (number(), "0.50 -1", ["below -1", "exactly -1", "between -1 and 0.50", "exactly 0.50", "above 0.50"]),
        (number("0"), "0", ["exactly 0", "above 0"]),
        (number("0"), "2", ["below 2", "exactly 2", "above 2"]),
        (number("3"), "2 5", ["between 2 and 5", "exactly 5", "above 5"]),
        (number("2"), "2 5", ["exactly 2", "between 2 and 5", "exactly 5", "above 5"]),
        (number("", "5"), "2 5", ["below 2", "exactly 2", "between 2 and 5", "exactly 5"]),
        (number("3", "4"), "2 5", ["between 2 and 5"]),
        (number("3", "3"), "2 5", ["between 2 and 5"]),
        (number("2", "2"), "2 5", ["exactly 2"]),
    ],
)
def test_bands__cut_at_bounds__are_those_the_question_leaves(question: Question, cuts: str, filled: list[str]) -> None:
    bands = Bands(question, {Decimal(cut) for cut in cuts.split()})
    assert list(bands.filled()) == filled
    samples = [bands.sample(name) for name in filled]
    assert [bands.name(sample) for sample in samples] == filled
    assert samples == sorted(samples)
    assert question.at_least is None or min(samples) >= question.at_least
    assert question.at_most is None or max(samples) <= question.at_most


@pytest.mark.parametrize(
    ("within", "admitted"),
    [
        (Within("hold", low=Decimal(2)), ("exactly 2", "between 2 and 5", "exactly 5", "above 5")),
        (Within("hold", low=Decimal(2), low_included=False), ("between 2 and 5", "exactly 5", "above 5")),
        (Within("hold", high=Decimal(2), high_included=False), ("below 2",)),
        (Within("hold", low=Decimal(5), high=Decimal(5)), ("exactly 5",)),
        (Within("hold", low=Decimal(5), high=Decimal(2)), ()),
        (Within("hold", unsure=True), ()),
    ],
)
def test_bands__under_a_condition__are_those_that_lie_within(within: Within, admitted: tuple[str, ...]) -> None:
    assert Bands(number("0"), {Decimal(2), Decimal(5)}).admitted(within) == admitted
