"""An interview is a value: every answer makes a new one, and none changes an old one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, Outcome
from tests.helpers import kb_from

PACK = """
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: Clot, none: None}}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: yes-no}
findings: {tight: {title: Tight}}
recommendations: {lift: {title: Lift, steps: [Lift.]}, bend: {title: Bend, steps: [Bend.]}}
referrals: {today: {level: stop-today, tell: See someone today.}}
safety-screens: [signs]
rules:
  clot: {when: {signs: clot}, then: {refer: today}, because: So., source: B}
  back: {when: {back: round}, then: {find: tight, recommend: lift}, because: So., source: B}
  knee: {when: {knee: yes, finding: tight}, then: {recommend: bend}, because: So., source: B}
"""
ENGINE = Engine(kb_from(PACK))
BEGUN = Session.begin(ENGINE)


def in_order(session: Session) -> list[tuple[str, Answer]]:
    return list(session.answers.items())


# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "asked", "outcome"),
    [
        ({"signs": ("none",), "back": "round", "knee": "yes"}, ["signs", "back", "knee"], Outcome.ADVISE),
        ({"signs": ("none",), "back": "flat"}, ["signs", "back"], Outcome.NO_CHANGE),
        ({"signs": ("none",), "back": "unsure"}, ["signs", "back"], Outcome.INCOMPLETE),
        ({"signs": ("clot",)}, ["signs"], Outcome.STOP_TODAY),
    ],
)
def test_interview__asked_to_its_end__asks_what_still_matters(
    replies: Mapping[str, Answer], asked: list[str], outcome: Outcome
) -> None:
    session = BEGUN
    while question := session.next_question():
        assert question is ENGINE.kb.questions[question.id]
        session = session.answer(question.id, replies[question.id])
    assert list(session.answers) == asked
    assert session.advice.outcome is outcome
    assert session.most_questions_left() == 0


def test_begin__with_answers_known_already__asks_for_the_rest() -> None:
    session = Session.begin(ENGINE, {"back": "round", "knee": "yes"})
    assert session.open_questions == ("signs",)
    assert session == BEGUN.answer("back", "round").answer("knee", "yes")


# --- one answer more, one less, one otherwise -------------------------------------------------------------------------


def test_answer__to_a_session__makes_a_new_one_and_leaves_it_alone() -> None:
    before = BEGUN.answer("back", "round")
    assert before.inference.findings == {"tight": Truth.HOLDS}
    after = before.answer("signs", ("clot",))
    changed = before.change("back", "flat")
    shorter = before.without("back", "knee")
    assert in_order(before) == [("back", "round")]
    assert in_order(after) == [("back", "round"), ("signs", ("clot",))]
    assert in_order(changed) == [("back", "flat")]
    assert in_order(shorter) == []
    assert after.advice.outcome is Outcome.STOP_TODAY
    assert changed.inference.findings == {"tight": Truth.FAILS}
    assert (before.inference.findings, before.advice.outcome) == ({"tight": Truth.HOLDS}, Outcome.INCOMPLETE)


def test_answers__of_a_session__cannot_be_written_to() -> None:
    given: dict[str, Answer] = {"back": "round"}
    session = Session.begin(ENGINE, given)
    given["knee"] = "yes"
    assert in_order(session) == [("back", "round")]
    with pytest.raises(TypeError):
        session.answers["knee"] = "yes"  # type: ignore[index]


@pytest.mark.parametrize(
    ("question", "answer", "answered", "changed"),
    [
        ("back", "flat", ["knee", "signs", "back"], ["back", "knee", "signs"]),
        ("knee", "no", ["back", "signs", "knee"], ["back", "knee", "signs"]),
        ("signs", ("clot",), ["back", "knee", "signs"], ["back", "knee", "signs"]),
        ("knee", "yes", ["back", "signs", "knee"], ["back", "knee", "signs"]),
    ],
)
def test_change__of_an_earlier_answer__keeps_its_place_while_answer_gives_it_anew(
    question: str, answer: Answer, answered: list[str], changed: list[str]
) -> None:
    session = BEGUN.answer("back", "round").answer("knee", "yes").answer("signs", ("none",))
    assert list(session.answer(question, answer).answers) == answered
    assert list(session.change(question, answer).answers) == changed
    assert session.change(question, answer).answers == {**session.answers, question: answer}
    assert session.answer(question, answer) == session.change(question, answer)


def test_change__of_a_question_not_answered_yet__answers_it() -> None:
    assert in_order(BEGUN.answer("back", "round").change("knee", "no")) == [("back", "round"), ("knee", "no")]


@pytest.mark.parametrize(
    ("taken_back", "left"),
    [
        ((), ["back", "knee", "signs"]),
        (("signs",), ["back", "knee"]),
        (("back",), ["knee", "signs"]),
        (("back", "signs"), ["knee"]),
        (("nothing",), ["back", "knee", "signs"]),
    ],
)
def test_without__keeps_the_others_in_their_order(taken_back: tuple[str, ...], left: list[str]) -> None:
    session = BEGUN.answer("back", "round").answer("knee", "yes").answer("signs", ("none",))
    assert list(session.without(*taken_back).answers) == left


def test_without__after_an_answer__is_as_if_it_had_not_been_given() -> None:
    before = BEGUN.answer("signs", ("none",))
    again = before.answer("back", "round").without("back")
    assert again == before
    assert (again.inference, again.advice, again.live) == (before.inference, before.advice, before.live)


# --- equality ---------------------------------------------------------------------------------------------------------


def test_sessions__with_equal_answers_in_any_order__are_equal() -> None:
    one = BEGUN.answer("back", "round").answer("knee", "yes")
    other = Session.begin(ENGINE, {"knee": "yes", "back": "round"})
    assert one == other
    assert one != other.without("knee")
    assert one != one.change("knee", "no")
    assert one != Session.begin(Engine(kb_from(PACK)), one.answers), "another knowledge base, though alike"
    assert one != {"back": "round", "knee": "yes"}
    assert Session.begin(Engine(ENGINE.kb), one.answers) == one, "another engine for the same knowledge base"
    with pytest.raises(TypeError):
        hash(one)


def test_session__shown_to_a_programmer__names_its_answers() -> None:
    assert repr(BEGUN.answer("back", "round")) == "Session({'back': 'round'})"
