"""Follow-ups: questions that are asked of some people only, and whose answers count whoever gave them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal

import pytest
from msgspec.structs import replace

from kb.explanation.explanation import explain_why
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.model.knowledge import Answer, KnowledgeBase, Question
from kb.model.problems import Location
from kb.proof.students import THIS, Students
from kb.workbench.authoring.yaml_text import item_data, item_text
from kb.workbench.checks import check
from kb.workbench.description.graph import pictures
from kb.workbench.description.items import describe
from tests.helpers import kb_from, places, problems_in, refused

PACK = """
pack: calves
title: Calves
version: "1"
safety-screens: [signs]
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: A swollen calf, none: None}}
  chest: {ask: Breathless?, type: yes-no, asked-when: {signs: [clot, "clot?"]}}
  pose: {ask: Which pose?, type: one, options: {sit: Sit, stand: Stand}}
  heel: {ask: Is the heel light?, type: yes-no, asked-when: {pose: stand}}
  knee: {ask: Is the knee bent?, type: yes-no}
recommendations:
  root: {title: Root the heels, steps: [Root.]}
  bend: {title: Unbend, steps: [Unbend.]}
referrals:
  today: {level: stop-today, tell: See someone today.}
  emergency: {level: stop-emergency, tell: Call for help.}
rules:
  clot: {when: {signs: [clot, "clot?"]}, then: {refer: today}, because: So., source: B}
  clot-moved: {when: {chest: [yes, unsure]}, then: {refer: emergency}, because: It can travel., source: B}
  heel: {when: {heel: [yes, unsure]}, then: {recommend: root}, because: So., source: B}
  knee: {when: {knee: [yes, unsure]}, then: {recommend: bend}, because: So., source: B}
"""


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return kb_from(PACK)


def asked(kb: KnowledgeBase, answers: Mapping[str, Answer]) -> list[str]:
    """Return the questions of an interview with someone who would answer so."""
    session = Session.begin(Engine(kb))
    while question := session.next_question():
        session = session.answer(question.id, answers[question.id])
    return list(session.answers)


CALM: dict[str, Answer] = {"signs": ("none",), "pose": "sit", "knee": "no"}


@pytest.mark.parametrize("chest", ["yes", "unsure"])
@pytest.mark.parametrize("signs", [(), ("none",), ("clot",), ("clot?",), "unsure"])
def test_answer__of_a_sign__counts_whatever_its_parent_is(kb: KnowledgeBase, signs: Answer, chest: str) -> None:
    answers: dict[str, Answer] = {**CALM, "chest": chest, **({"signs": signs} if signs else {})}
    if not signs:
        del answers["signs"]
    for order in itertools.permutations(answers):
        session = Session.begin(Engine(kb))
        for name in order:
            session = session.answer(name, answers[name])
        assert session.advice.outcome.value == "stop-emergency"
        assert not session.advice.given
    assert ("outcome", THIS, "stop-emergency") in (Students(kb).what_follows(answers) or ())


def test_answer__whose_parent_is_taken_back__still_counts(kb: KnowledgeBase) -> None:
    session = Session.begin(Engine(kb), {"signs": ("clot",), "chest": "yes"})
    assert session.change("signs", ("none",)).advice.outcome.value == "stop-emergency"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["signs", "pose", "knee"]),
        ({"signs": ("clot",), "chest": "no"}, ["signs", "chest"]),
        ({"signs": ("clot?",), "chest": "no"}, ["signs", "chest"]),
        ({"signs": "unsure", "chest": "no"}, ["signs", "chest"]),
        ({"pose": "stand", "heel": "no"}, ["signs", "pose", "heel", "knee"]),
        ({"pose": "unsure"}, ["signs", "pose", "knee"]),
    ],
)
def test_interview__asks_a_follow_up__only_where_its_condition_holds(
    kb: KnowledgeBase, answers: dict[str, Answer], expected: list[str]
) -> None:
    assert asked(kb, {**CALM, **answers}) == expected


def test_most_questions__counts_a_follow_up_with_its_parent(kb: KnowledgeBase) -> None:
    session = Session.begin(Engine(kb))
    assert session.most_questions_left() == 5
    assert session.answer("signs", ("none",)).most_questions_left() == 3
    assert session.answer("signs", ("none",)).answer("pose", "sit").most_questions_left() == 1


def test_rule__on_a_sign_that_was_answered_unasked__still_asks_for_the_rest() -> None:
    kb = kb_from(PACK + "  both: {when: {heel: yes, knee: no}, then: {refer: today}, because: So., source: B}\n")
    session = Session.begin(Engine(kb), {"signs": ("none",), "pose": "sit", "heel": "yes"})
    assert session.open_questions == ("knee",)
    assert session.next_question() == kb.questions["knee"]
    assert session.answer("knee", "no").advice.outcome.value == "stop-today"


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (CALM, "no-change"),
        ({**CALM, "pose": "stand", "heel": "no"}, "no-change"),
        ({**CALM, "pose": "stand"}, "incomplete"),  # it is asked then, and has no answer yet
        ({**CALM, "pose": "unsure"}, "incomplete"),  # nobody knows whether it would be asked
    ],
)
def test_outcome__of_who_was_not_asked_a_follow_up(kb: KnowledgeBase, answers: dict[str, Answer], outcome: str) -> None:
    assert Session.begin(Engine(kb), answers).advice.outcome.value == outcome
    assert ("outcome", THIS, outcome) in (Students(kb).what_follows(answers) or ())


@pytest.mark.parametrize(
    ("answers", "outcome", "following"),
    [
        ({**CALM, "knee": "yes"}, "advise", None),
        ({**CALM, "knee": "yes", "pose": "stand"}, "incomplete", "heel"),
        ({"pose": "stand"}, "incomplete", "signs"),
        ({"signs": ("none",), "pose": "stand"}, "incomplete", "heel"),
        ({**CALM, "knee": "yes", "pose": "stand", "heel": "no"}, "advise", None),
        ({**CALM, "knee": "yes", "pose": "unsure"}, "advise", None),
        ({"signs": ("clot",), "pose": "stand"}, "stop-today", "chest"),
    ],
)
def test_screen__that_is_a_follow_up__holds_back_advice_only_from_who_is_asked_it(
    answers: dict[str, Answer], outcome: str, following: str | None
) -> None:
    kb = kb_from(PACK.replace("safety-screens: [signs]", "safety-screens: [signs, heel]"))
    session = Session.begin(Engine(kb), answers)
    question = session.next_question()
    assert (session.advice.outcome.value, question and question.id) == (outcome, following)
    assert bool(session.advice.given) == (outcome == "advise")
    assert ("outcome", THIS, outcome) in (Students(kb).what_follows(answers) or ())
    if following == "heel":
        assert explain_why(session, "heel").screen


def test_why__of_the_parent__names_the_way_through_the_follow_up(kb: KnowledgeBase) -> None:
    [reason] = explain_why(Session.begin(Engine(kb), {"signs": ("none",)}), "pose").reasons
    assert reason.answers.keys() == {"pose", "heel"}
    assert reason.answers["pose"] == "stand"


def test_numbers__in_the_condition_of_a_follow_up__are_told_apart() -> None:
    kb = kb_from(
        PACK.replace(
            "  knee: {ask", "  hold: {ask: How long?, type: number, unit: minutes, at-least: 0}\n  knee: {ask"
        ).replace("asked-when: {pose: stand}", "asked-when: {hold: {above: 2}}")
    )
    assert asked(kb, {**CALM, "hold": "unsure"}) == ["signs", "hold", "knee"]
    session = Session.begin(Engine(kb), {"signs": ("none",)})
    assert session.answer("hold", Decimal(2)).next_question() == kb.questions["knee"]
    assert session.answer("hold", Decimal(3)).next_question() == kb.questions["heel"]


# --- written, read, shown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("asked-when: {pose: stand}", "asked-when: {pose: ^sitting}", "unknown-option"),
        ("asked-when: {pose: stand}", "asked-when: {^poes: stand}", "unknown-question"),
        ("asked-when: {pose: stand}", "asked-when: ^stand", "wrong-shape"),
        ("asked-when: {pose: stand}", "asked-when: ^{heel: no}", "wrong-value"),
        ("asked-when: {pose: stand}", "asked-when: ^{chest: no}", "wrong-value"),
        ("asked-when: {pose: stand}", "asked-when: ^{after-root: better}", "wrong-value"),
        ("asked-when: {pose: stand}", "after-advice: yes, ^asked-when: {pose: stand}", "wrong-shape"),
        ("asked-when: {pose: stand}", "asked-when: ^{finding: tight}", "wrong-value"),
    ],
)
def test_fault__in_the_condition_of_a_follow_up__is_told_at_its_place(right: str, wrong: str, problem: str) -> None:
    before, after = (PACK + "findings: {tight: {title: Tight}}\n").replace(right, wrong, 1).split("^")
    lines = before.splitlines()
    assert places(refused(kb_from, before + after)) == [(problem, len(lines), len(lines[-1]) + 1)]


def test_parent__that_is_faulty_itself__is_one_problem() -> None:
    text = PACK.replace("options: {sit: Sit, stand: Stand}", "options: {sit: Sit}")
    assert problems_in(text) == [("missing-part", 10)]


def test_parent__that_stands_further_below__is_known() -> None:
    text = PACK.replace("asked-when: {pose: stand}", "asked-when: {knee: no}")
    assert asked(kb_from(text), {**CALM, "heel": "no"}) == ["signs", "knee", "heel"]


def test_follow_up__written_and_read_again__is_the_same(kb: KnowledgeBase) -> None:
    def placeless(question: Question) -> Question:
        return replace(question, place=Location(""), topic="")

    text = "questions:\n" + "".join(item_text(each.id, item_data(each), 2) for each in kb.written_questions)
    again = kb_from(text).questions
    assert [placeless(each) for each in kb.written_questions] == [placeless(each) for each in again.values()]


def test_show__of_a_follow_up__says_of_whom_it_is_asked(kb: KnowledgeBase) -> None:
    told = {name: " ".join(piece.text for piece in describe(kb, name, lambda: Engine(kb))) for name in ("heel", "pose")}
    assert "It is asked only when this is so: Which pose? (pose) Stand (stand)" in told["heel"]
    assert "It says of whom these are asked: heel" in told["pose"]


def test_graph__of_a_rule_on_a_follow_up__shows_who_is_asked(kb: KnowledgeBase) -> None:
    arrows = [(edge.start.name, edge.end.name, edge.label) for picture in pictures(kb) for edge in picture.edges]
    assert arrows.count(("pose", "heel", "stand")) == 1
    assert ("heel", "heel", "yes, unsure") in arrows


def test_check__of_a_question_that_only_says_who_is_asked_another__finds_no_fault(kb: KnowledgeBase) -> None:
    assert not {problem.id for problem in check(kb)} & {"unused-question", "unused-option"}
