"""What is practiced, in which order, and what is said at which second."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.interview.events import advised
from kb.interview.practice import (
    GAP,
    Cue,
    Stage,
    Watch,
    after_questions,
    cues,
    danger_questions,
    next_screen,
    plan,
    practice_named,
    practices,
    screens_of,
    stages,
)
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.knowledge import Answer, Hold, KnowledgeBase
from kb.model.packs import Practice
from kb.model.problems import KbError
from tests.helpers import kb_from, problems_in, written

PACK = """\
safety-screens: [danger]
practices:
  sitting: {title: Sit at the wall, recommendations: [lean, stay]}
  lying: {title: Lie down, recommendations: [lie, stay]}
sources: {A1: {work: A book}}
questions:
  danger: {ask: Is anything wrong?, type: several, options: {clot: A swollen calf, bones: Weak bones, none: None}}
  chest: {ask: And the chest?, type: yes-no}
  strain: {ask: Is there a strain?, type: yes-no}
  pattern: {ask: Does it stay?, type: yes-no}
  back: {ask: Does it round?, type: yes-no}
  felt: {ask: What was felt?, type: several, after-advice: yes, options: {sharp: Sharp, none: None}}
findings:
  lasting: {title: It lasts}
recommendations:
  lean: {title: Lean back, steps: [Step back., Lean.]}
  stay:
    title: Stay there
    steps: [Stay.]
    hold: {minutes: 2, meanwhile: [Grow., Breathe., Look.], at-the-end: Has it changed?}
  lie: {title: Lean on the floor, steps: [Lie down.]}
  ease: {title: Ease off, steps: [Come out.]}
  lying: {title: Lying at the end, steps: [Rest.], kind: closing}
referrals:
  today: {level: stop-today, tell: Ask today.}
  now: {level: stop-emergency, tell: Call now.}
  seen: {level: clinician-first, tell: See someone.}
  careful: {level: gently, tell: Stay long.}
rules:
  clot: {when: {danger: [clot, "clot?"]}, then: {refer: today}, because: It is one., source: A1}
  chest: {when: {danger: [clot, "clot?"], chest: yes}, then: {refer: now}, because: It may travel., source: A1}
  weak: {when: {danger: [bones, "bones?"]}, then: {refer: careful, withhold: lie}, because: Bones., source: A1}
  lasting: {when: {strain: [yes, unsure], pattern: [yes, unsure]}, then: {find: lasting}, because: Stays., source: A1}
  lingers: {when: {finding: lasting}, then: {refer: seen}, because: It lingers., source: A1}
  eased: {when: {strain: [yes, unsure]}, then: {recommend: ease, withhold: stay}, because: It strains., source: A1}
  rounds: {when: {back: yes}, then: {recommend: lean}, because: It rounds., source: A1}
  hurt: {when: {felt: sharp}, then: {refer: seen}, because: It hurt., source: A1}
"""


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return kb_from(PACK)


@pytest.fixture(scope="module")
def engine(kb: KnowledgeBase) -> Engine:
    return Engine(kb)


SHIPPED = load(cases=False)

# --- what there is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sitting", "sitting"),
        ("SIT", "sitting"),
        ("Sit at the wall", "sitting"),
        ("the wall", "sitting"),
        ("stay", "stay"),
        ("lean back", "lean"),
        ("ease", "ease"),
        ("lying", "lying"),
    ],
)
def test_practice_named__beginning_or_part_of_name_or_title__is_found(kb: KnowledgeBase, text: str, meant: str) -> None:
    assert practice_named(kb, text).id == meant


def test_practice_named__pose_and_recommendation_called_alike__is_the_pose(kb: KnowledgeBase) -> None:
    assert practice_named(kb, "lying") == Practice("lying", "Lie down", ("lie", "stay"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("li", "“li” may mean “lie” or “lying”. Type a little more."),
        ("siting", "Nothing that can be practiced is called “siting”. Did you mean “sitting”?"),
        (
            "\x1b[2J",
            "Nothing that can be practiced is called “\\u{1b}[2J”. “unstuck practice” alone lists what there is.",
        ),
    ],
)
def test_practice_named__nothing_or_several_meant__says_so(kb: KnowledgeBase, text: str, said: str) -> None:
    with pytest.raises(KbError) as refusal:
        practice_named(kb, text)
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("report", "names"),
    [
        ({"recommendations": [{"id": "gone"}, {"id": "lying"}, {"id": "stay"}, {"id": "lean"}]}, ["stay", "lean"]),
        ({"recommendations": []}, []),
        ({"recommendations": [{"id": ["stay"]}, "stay"]}, []),
        ({"recommendations": 3}, []),
        (None, []),
    ],
)
def test_advised__kept_report__is_what_can_still_be_practiced(
    kb: KnowledgeBase, report: dict[str, object] | None, names: list[str]
) -> None:
    assert [each.id for each in advised(kb, report)] == names


def test_practices__recommendation_that_is_not_there__is_a_problem() -> None:
    text = "practices: {a: {title: A, recommendations: [b, c]}}\nrecommendations: {b: {title: B, steps: [Sit.]}}\n"
    assert problems_in(text) == [("unknown-recommendation", 1)]


# --- danger first ---------------------------------------------------------------------------------------------------


def asked_with(engine: Engine, answers: dict[str, Answer]) -> list[str]:
    """Return what is asked before a practice, when these answers come to the questions they are for."""
    session = Session.begin(engine)
    names = []
    while question := next_screen(session):
        names.append(question.id)
        session = session.answer(question.id, answers[question.id])
    return names


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"danger": (), "strain": "no"}, ["danger", "strain"]),
        ({"danger": ("clot",), "chest": "no"}, ["danger", "chest"]),
        ({"danger": (), "strain": "yes", "pattern": "no"}, ["danger", "strain", "pattern"]),
        ({"danger": ("bones?",), "strain": "unsure", "pattern": "unsure"}, ["danger", "strain", "pattern"]),
    ],
)
def test_next_screen__asks_what_can_refer_and_nothing_else(
    engine: Engine, answers: dict[str, Answer], asked: list[str]
) -> None:
    assert asked_with(engine, answers) == asked


def test_screens_of__someone_whom_nothing_ails__is_asked_the_first_questions_only(engine: Engine) -> None:
    assert [each.id for each in screens_of(Session.begin(engine))] == ["danger", "strain"]


def test_danger_questions__through_findings_too__but_not_what_comes_after_advice(kb: KnowledgeBase) -> None:
    assert [each.id for each in danger_questions(kb)] == ["danger", "chest", "strain", "pattern"]
    assert [each.id for each in after_questions(kb)] == ["felt"]


def test_next_screen__shipped_pack_and_no_danger__asks_three_questions() -> None:
    engine = Engine(SHIPPED)
    assert [each.id for each in screens_of(Session.begin(engine))] == [
        "danger-signs",
        "health-conditions",
        "strain-under-buttocks",
    ]


@pytest.mark.parametrize(
    ("answers", "practice", "pieces", "held_back", "left_out"),
    [
        ({"danger": (), "strain": "no"}, "sitting", ["lean", "stay"], None, []),
        ({"danger": (), "strain": "yes"}, "sitting", ["lean"], ("stay", ["eased"]), []),
        ({"danger": ("bones",), "strain": "no"}, "sitting", ["lean", "stay"], None, []),
        ({"danger": ("bones",), "strain": "yes"}, "lying", [], ("lie", ["weak"]), ["stay"]),
        ({"danger": (), "strain": "unsure"}, "stay", [], ("stay", ["eased"]), []),
    ],
)
def test_plan__something_withheld__ends_the_practice_there(
    engine: Engine,
    answers: dict[str, Answer],
    practice: str,
    pieces: list[str],
    held_back: tuple[str, list[str]] | None,
    left_out: list[str],
) -> None:
    found = plan(Session.begin(engine, answers), practice_named(engine.kb, practice))
    held = found.held_back
    assert [each.id for each in found.pieces] == pieces
    assert (held and (held.recommendation.id, [rule.id for rule in held.rules])) == held_back
    assert [each.id for each in found.left_out] == left_out


@pytest.mark.parametrize("practice", practices(SHIPPED), ids=lambda practice: practice.id)
def test_plan__shipped_practice_and_a_strain__never_comes_to_the_hold(practice: Practice) -> None:
    session = Session.begin(
        Engine(SHIPPED), {"danger-signs": (), "health-conditions": (), "strain-under-buttocks": "yes"}
    )
    assert all(piece.hold is None for piece in plan(session, practice).pieces)


def test_plan__lying_while_pregnant__has_nothing_to_practice() -> None:
    answers: dict[str, Answer] = {
        "danger-signs": (),
        "health-conditions": ("pregnant",),
        "strain-under-buttocks": "no",
    }
    found = plan(Session.begin(Engine(SHIPPED), answers), practice_named(SHIPPED, "lying-legs-up"))
    assert (found.pieces, found.held_back and found.held_back.recommendation.id) == ((), "legs-up-lying")


@pytest.mark.parametrize("practice", practices(SHIPPED), ids=lambda practice: practice.id)
def test_shipped_practice__every_piece_is_cited__and_the_hold_is_the_last(practice: Practice) -> None:
    pieces = [SHIPPED.recommendations[name] for name in practice.recommendations]
    assert all(piece.sources for piece in pieces)
    assert [piece.id for piece in pieces if piece.hold] == [pieces[-1].id]


def test_shipped_holds__say_no_number_but_the_two_minutes_of_the_article() -> None:
    holds = {name: each.hold.minutes for name, each in SHIPPED.recommendations.items() if each.hold}
    said = [text for each in SHIPPED.recommendations.values() if each.hold for text in (*each.hold.meanwhile,)]
    assert holds == {"hold-two-minutes": Decimal(2)}
    assert not any(character.isdigit() for text in said for character in text)


# --- steps and cues -------------------------------------------------------------------------------------------------


def test_stages__steps_of_each_piece_and_then_its_hold(kb: KnowledgeBase) -> None:
    pieces = [kb.recommendations[name] for name in ("lean", "stay", "lie")]
    assert stages(pieces) == (Stage(0, 0), Stage(0, 1), Stage(1, 0), Stage(1, None), Stage(2, 0))


def test_cues__meanwhile_spread_evenly__and_the_others_at_the_end(kb: KnowledgeBase) -> None:
    hold = kb.recommendations["stay"].hold
    assert hold is not None
    assert cues(hold) == (Cue(0, "Grow."), Cue(40, "Breathe."), Cue(80, "Look."), Cue(120, "Has it changed?"))
    assert cues(Hold(Decimal("0.5"))) == ()


# --- time -----------------------------------------------------------------------------------------------------------


def test_watch__paused_meanwhile__counts_what_was_held() -> None:
    watch = Watch().go_on(10.0).look(11.0).pause(11.5)
    assert watch == Watch(1.5)
    assert watch.look(500.0) == watch
    assert watch.go_on(600.0).look(601.0) == Watch(2.5, 601.0)


def test_watch__nobody_looked_for_long__pauses_where_it_was_seen_last() -> None:
    assert Watch().go_on(0.0).look(1.0).look(1.0 + GAP + 0.1) == Watch(1.0)


@given(st.lists(st.tuples(st.sampled_from(["go_on", "pause", "look"]), st.floats(0, 10)), max_size=40))
def test_watch__whatever_is_done__counts_no_more_than_went_by(moves: list[tuple[str, float]]) -> None:
    now, watch, before = 0.0, Watch(), 0.0
    for move, passed in moves:
        now += passed
        watch = getattr(watch, move)(now)
        assert before <= watch.seconds <= now + 1e-6
        before = watch.seconds


def test_practices__piece_that_an_extending_pack_leaves_out__is_passed_over(tmp_path: Path) -> None:
    base = written(f'pack: base\ntitle: Base\nversion: "1"\n{PACK}', tmp_path, "base")
    own = written(
        'pack: own\ntitle: Own\nversion: "1"\nextends: base\n'
        "leaves-out: {recommendations: [lean, lie], rules: [weak, rounds]}\n",
        tmp_path,
        "own",
    )
    found = {each.id: each.recommendations for each in practices(load(base, own, cases=False))}
    assert found == {"sitting": ("stay",), "lying": ("stay",)}
