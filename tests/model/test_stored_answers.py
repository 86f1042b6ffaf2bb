"""Which kept answers still are answers, when the rules have changed since."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from kb.model.stored_answers import asked_as, plain, still_fitting
from tests.helpers import kb_from
from tests.property.strategies import interviews

BEFORE = """\
questions:
  breathless: {ask: A?, type: yes-no}
  pose: {ask: B?, type: one, options: {sitting: Sitting, standing: Standing}}
  danger: {ask: C?, type: several, options: {swollen: A calf, numb: Numb, none: None}}
  hold: {ask: D?, type: number, unit: minutes, at-least: 0, at-most: 60}
"""

CHANGED = "This is asked in another way now."
NO_CHOICE = "What you chose can no longer be chosen here."
MORE = "There is more to choose from now."


def refit(kept: dict[str, Any], **instead: str) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """Return what remains of answers given before, when some questions are as `instead` says."""
    lines = [f"  {name}: {{ask: A?, {how}}}" for name, how in instead.items() if how]
    lines += [line for line in BEFORE.splitlines()[1:] if line.split(":")[0].strip() not in instead]
    now = kb_from("\n".join(["questions:", *lines]) + "\n")
    return tuple(still_fitting(now, kept, asked_as(kb_from(BEFORE))))


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("yes", "yes"),
        ("unsure", "unsure"),
        (Decimal("0.1"), "0.1"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (("swollen", "numb?"), ["swollen", "numb?"]),
        ((), []),
    ],
)
def test_plain__any_answer__is_as_a_file_of_answers_has_it(answer: Any, kept: Any) -> None:
    assert plain(answer) == kept


def test_still_fitting__nothing_changed__keeps_all_in_their_order() -> None:
    kept = {"hold": "0.1", "danger": ["numb?"], "breathless": "unsure", "pose": "sitting"}
    answers, dropped = refit(kept)
    assert list(answers.items()) == [
        ("hold", Decimal("0.1")),
        ("danger", ("numb?",)),
        ("breathless", "unsure"),
        ("pose", "sitting"),
    ]
    assert dropped == ()


@pytest.mark.parametrize(
    ("question", "answer", "now", "reason"),
    [
        ("breathless", "yes", "", "This is not asked any more."),
        ("breathless", "yes", "type: number, unit: minutes", CHANGED),
        ("breathless", "yes", "type: one, options: {often: Often, never: Never}", NO_CHOICE),
        ("breathless", "yes", "type: several, options: {yes: A, more: B}", CHANGED),
        ("pose", "sitting", "type: one, options: {lying: Lying, standing: Standing}", NO_CHOICE),
        ("pose", "sitting", "type: several, options: {sitting: A, standing: B}", CHANGED),
        ("pose", "sitting", "type: yes-no", NO_CHOICE),
        ("danger", ["swollen", "numb"], "type: several, options: {numb: Numb, none: None}", NO_CHOICE),
        ("danger", ["swollen?"], "type: several, options: {numb: Numb, none: None}", NO_CHOICE),
        ("danger", ["none"], "type: several, options: {swollen: A, numb: B, cold: C, none: D}", MORE),
        ("danger", ["numb"], "type: several, options: {swollen: A, numb: B, cold: C, none: D}", MORE),
        ("danger", "unsure", "type: several, options: {swollen: A, numb: B, cold: C, none: D}", MORE),
        ("danger", ["numb"], "type: one, options: {swollen: A, numb: B}", CHANGED),
        (
            "hold",
            "30",
            "type: number, unit: minutes, at-least: 0, at-most: 20",
            "The number you gave can no longer be given here.",
        ),
        ("hold", "30", "type: number, unit: seconds", "The number is given in seconds now."),
        ("hold", "30", "type: yes-no", NO_CHOICE),
    ],
)
def test_still_fitting__an_answer_that_is_none_any_more__is_dropped_whole_and_says_why(
    question: str, answer: Any, now: str, reason: str
) -> None:
    other = "pose" if question == "breathless" else "breathless"
    fine = "sitting" if question == "breathless" else "no"
    assert refit({question: answer, other: fine}, **{question: now}) == ({other: fine}, ((question, reason),))


@pytest.mark.parametrize(
    ("question", "answer", "now"),
    [
        ("breathless", "yes", "type: one, options: {yes: A, no: B, seldom: C}"),
        ("pose", "sitting", "type: one, options: {lying: Lying, sitting: Sitting}"),
        ("danger", ["numb"], "type: several, options: {numb: Numb, none: None}"),
        ("danger", ["none"], "type: several, options: {none: None, numb: Numb}"),
        ("hold", "30", "type: number, unit: minutes, at-least: 30, at-most: 30"),
        ("hold", "unsure", "type: number, unit: minutes, at-most: 1"),
    ],
)
def test_still_fitting__a_change_that_leaves_the_answer_true__keeps_it(question: str, answer: Any, now: str) -> None:
    expected = tuple(answer) if isinstance(answer, list) else Decimal(30) if answer == "30" else answer
    assert refit({question: answer}, **{question: now}) == ({question: expected}, ())


def test_still_fitting__terms_unknown__asks_again_what_rests_on_them() -> None:
    kept = {"danger": ["none"], "hold": "2", "pose": "sitting"}
    answers, dropped = still_fitting(kb_from(BEFORE), kept, {})
    assert answers == {"pose": "sitting"}
    assert [question for question, _ in dropped] == ["danger", "hold"]


@pytest.mark.parametrize(
    "nonsense", [None, True, 7, 0.5, {}, {"a": 1}, [[]], [None], [1], "", "\x1b[2J", [], ["none", "numb"]]
)
def test_still_fitting__a_kept_value_that_never_was_an_answer__is_dropped(nonsense: Any) -> None:
    assert refit({"danger": nonsense})[0] == {}


@pytest.mark.law
@given(interviews())
def test_still_fitting__the_same_rules__gives_back_every_answer(interview: Any) -> None:
    kb, given_answers = interview
    kept = json.loads(json.dumps({name: plain(answer) for name, answer in given_answers}))
    answers, dropped = still_fitting(kb, kept, asked_as(kb))
    assert list(answers.items()) == given_answers
    assert dropped == ()
