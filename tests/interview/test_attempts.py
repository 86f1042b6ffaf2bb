"""Fix, recheck, next."""

from __future__ import annotations

import random

import pytest

from kb.inference.engine import Engine
from kb.interview.attempts import Ending, attempts, ending, next_attempt, to_recheck
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.knowledge import BETTER, SAME, WORSE, Answer, KnowledgeBase, Question, attempt_name
from tests.helpers import kb_from, problems_in

PACK = """
safety-screens: [danger]
sources: {A1: {work: A book}}
questions:
  danger: {ask: Danger?, type: yes-no}
  pose: {ask: Pose?, type: one, options: {sitting: Sitting, standing: Standing}, lasting: yes}
  back: {ask: Back?, type: one, options: {flat: Flat, round: Round}}
  knees: {ask: Knees?, type: one, options: {bent: Bent, straight: Straight}}
  strain: {ask: Strain?, type: yes-no}
findings: {rounds: {title: Rounds}}
recommendations:
  ease: {title: Ease, steps: Do., rechecks: [strain]}
  lean: {title: Lean, steps: Do.}
  press: {title: Press, steps: Do., rechecks: []}
  rest: {title: Rest, kind: closing, steps: Do.}
referrals: {see: {level: clinician-first, tell: See someone., sources: A1}}
rules:
  danger: {when: {danger: [yes, unsure]}, then: {refer: see}, because: B., source: A1}
  eases: {when: {strain: [yes, unsure]}, then: {recommend: ease}, because: B., source: A1}
  still: {when: {strain: [yes, unsure], after-ease: [same, worse]}, then: {refer: see}, because: B., source: A1}
  rounds: {when: {pose: sitting, back: [round, unsure]}, then: {find: rounds}, because: B., source: A1}
  leans: {when: {finding: rounds}, then: {recommend: lean}, because: B., source: A1}
  bends: {when: {knees: [bent, unsure]}, then: {recommend: [press, rest]}, because: B., source: A1}
"""

EVERYTHING: dict[str, Answer] = {"danger": "no", "pose": "sitting", "back": "round", "knees": "bent", "strain": "yes"}


def session(**changed: Answer) -> Session:
    return Session.begin(Engine(kb_from(PACK)), {**EVERYTHING, **changed})


def tried(at: Session, recommendation: str, went: str) -> Session:
    return at.change(attempt_name(recommendation), went)


def names(questions: tuple[Question, ...]) -> list[str]:
    return [question.id for question in questions]


def upcoming(at: Session) -> str | None:
    following = next_attempt(at)
    return following.id if following else None


def test_next_attempt__goes_through_the_advice_in_order_and_leaves_closing_words_out() -> None:
    at = session()
    order = []
    while following := next_attempt(at):
        order.append(following.id)
        at = tried(at, following.id, BETTER)
    assert order == ["ease", "lean", "press"]
    assert attempts(at) == {"ease": BETTER, "lean": BETTER, "press": BETTER}
    assert ending(at) is Ending.DONE


@pytest.mark.parametrize(
    ("recommendation", "expected"),
    [("ease", ["strain"]), ("lean", ["back"]), ("press", [])],
    ids=["listed", "behind a finding, without what lasts", "listed as none"],
)
def test_to_recheck__is_what_the_correction_can_have_changed(recommendation: str, expected: list[str]) -> None:
    assert names(to_recheck(session(), recommendation)) == expected


@pytest.mark.parametrize(
    ("went", "expected"),
    [
        ({}, (Ending.NOT_BEGUN, "ease")),
        ({"ease": BETTER}, (Ending.DONE, "lean")),
        ({"ease": "unsure"}, (Ending.NOTHING_HELPED, "lean")),
        ({"ease": SAME}, (Ending.STOPPED, None)),
        ({"lean": SAME, "press": SAME}, (Ending.NOTHING_HELPED, "ease")),
        ({"lean": WORSE}, (Ending.NOTHING_HELPED, "ease")),
        ({"lean": WORSE, "press": WORSE}, (Ending.WORSE, None)),
    ],
)
def test_ending__says_when_to_stop(went: dict[str, str], expected: tuple[Ending, str | None]) -> None:
    at = session()
    for name, how in went.items():
        at = tried(at, name, how)
    assert (ending(at), upcoming(at)) == expected


def test_recheck__of_what_was_mended__takes_the_correction_away() -> None:
    at = tried(session(), "ease", SAME).change("strain", "no")
    assert (ending(at), upcoming(at)) == (Ending.NOTHING_HELPED, "lean")
    at = tried(at, "lean", BETTER).change("back", "flat")
    assert at.advice.given == ("press", "rest")


def test_attempt__is_a_question_of_every_correction_and_of_no_closing_word() -> None:
    kb = kb_from(PACK)
    assert [name for name in kb.questions if name.startswith("after-")] == ["after-ease", "after-lean", "after-press"]
    assert [question.id for question in kb.written_questions] == list(EVERYTHING)


def test_question__with_the_name_of_an_attempt__is_refused() -> None:
    taken = PACK.replace("  strain: {ask", "  after-lean: {ask: Lunch?, type: yes-no}\n  strain: {ask")
    assert problems_in(taken) == [("bad-id", 9)]
    free = PACK.replace("  strain: {ask", "  after-rest: {ask: Lunch?, type: yes-no}\n  strain: {ask")
    assert problems_in(free) == []


# --- every path ends --------------------------------------------------------------------------------------------------


def _answer(kb: KnowledgeBase, question: Question, choose: random.Random) -> Answer:
    if question.id in kb.safety_screens:
        return ("none",) if "none" in question.option_ids else "no"
    if question.options:
        option = choose.choice((*question.option_ids, "unsure"))
        return (option,) if question.kind.value == "several" and option != "unsure" else option
    return "unsure"


def _ask_all(at: Session, choose: random.Random) -> Session:
    while question := at.next_question():
        at = at.answer(question.id, _answer(at.kb, question, choose))
    return at


@pytest.mark.law
def test_trying__on_the_shipped_pack__ends_and_refers_with_sources() -> None:
    kb = load(cases=False)
    engine = Engine(kb)
    endings = set()
    for seed in range(150):
        choose = random.Random(seed)
        at = _ask_all(Session.begin(engine), choose)
        seen: list[str] = []
        while following := next_attempt(at):
            seen.append(following.id)
            again = to_recheck(at, following.id)
            at = tried(at, following.id, choose.choice((BETTER, SAME, WORSE)))
            for question in again:
                at = at.change(question.id, _answer(kb, question, choose))
            at = _ask_all(at, choose)
        assert len(seen) == len(set(seen)) <= len(kb.recommendations)
        assert all(kb.referrals[name].sources for name in at.advice.referrals)
        endings.add(ending(at))
    assert endings >= {Ending.STOPPED, Ending.WORSE, Ending.DONE, Ending.NOTHING_HELPED}


def test_shipped_pack__strain_that_outlasts_the_pain_branch__goes_to_a_clinician() -> None:
    answers: dict[str, Answer] = {
        "danger-signs": ("none",),
        "health-conditions": ("none",),
        "pose": "dandasana-wall",
        "strain-under-buttocks": "yes",
        "recent-antibiotic": "no",
        "pain-pattern": ("only-in-pose",),
        "low-back": "curved",
        "knee-direction": "with-middle-toes",
        "feet-direction": "parallel",
    }
    at = Session.begin(Engine(load(cases=False)), answers)
    order = []
    while (following := next_attempt(at)) and following.id != "re-track":
        order.append(following.id)
        at = tried(at, following.id, SAME)
    assert order == ["back-off", "reach-through-heels"]
    assert "pain-pattern" in names(to_recheck(at, "re-track"))
    at = tried(at, "re-track", SAME)
    assert (ending(at), at.advice.referrals) == (Ending.STOPPED, ("lingering-pain-clinician",))
    eased = at.change("strain-under-buttocks", "no")
    assert ending(eased) is not Ending.STOPPED
