"""No false alarm: packs that are sound by the way they are made get no message; spoiled in one place, they get one."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.model.conditions import Answered, Found, Within, leaves
from kb.model.knowledge import NONE, Kind, KnowledgeBase, Level, Option, Question
from kb.workbench.cases.replay import replay, rule_coverage
from kb.workbench.checks import check
from tests.helpers import load_text
from tests.property.sound import sound_pack

SEEDS = range(25)


@cache
def sound(seed: int) -> KnowledgeBase:
    return load_text(sound_pack(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_check__sound_pack__says_nothing(seed: int) -> None:
    assert check(sound(seed)) == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_sound_pack__cases__pass_and_cover_every_rule(seed: int) -> None:
    kb, engine = sound(seed), Engine(sound(seed))
    assert [failure for case in kb.cases for failure in replay(engine, case).failures] == []
    assert [each.rule for each in rule_coverage(engine, kb.cases) if not (each.fires and each.near_misses)] == []


def test_sound_packs__together__have_one_of_everything() -> None:
    packs = [sound(seed) for seed in SEEDS]
    questions = [question for kb in packs for question in kb.questions.values()]
    rules = [rule for kb in packs for rule in kb.rules.values()]
    kinds = {type(leaf) for rule in rules for leaf in leaves(rule.when)}
    assert {question.kind for question in questions} == set(Kind)
    assert {referral.level for kb in packs for referral in kb.referrals.values()} == set(Level)
    assert {type(rule.when).__name__ for rule in rules} == {"Answered", "Within", "Found", "All", "Any", "Not"}
    assert kinds == {Answered, Within, Found}
    assert {(bool(r.find), bool(r.recommend), bool(r.refer), bool(r.withhold)) for r in rules} >= {
        (True, False, False, False),
        (True, True, False, False),
        (False, True, False, False),
        (False, False, True, False),
        (False, False, True, True),
        (False, False, False, True),
        (False, True, False, True),
    }
    assert {kb.packs[0].complaint is None for kb in packs} == {True, False}
    assert {bool(kb.safety_screens) for kb in packs} == {True, False}
    assert {question.after_advice for question in questions} == {True, False}
    assert {NONE in question.option_ids for question in questions if question.kind is Kind.SEVERAL} == {True, False}
    assert any(each.closing for kb in packs for each in kb.recommendations.values())
    assert any(each.not_with for kb in packs for each in kb.findings.values())
    assert any(each.not_with for kb in packs for each in kb.recommendations.values())


def test_sound_pack__same_seed__is_the_same_text() -> None:
    assert sound_pack(7) == sound_pack(7) != sound_pack(8)
    assert len(load_text(sound_pack(7, rules=60)).rules) >= 60


# --- spoiled in one place ---------------------------------------------------------------------------------------------


def ids(kb: KnowledgeBase) -> dict[str, int]:
    return dict(Counter(problem.id for problem in check(kb)))


@pytest.mark.parametrize("seed", range(8))
def test_check__sound_pack_with_a_question_too_many__says_just_that(seed: int) -> None:
    kb = sound(seed)
    more = Question("left-over", "What?", Kind.ONE, (Option("a", "A"), Option("b", "B")))
    assert ids(replace(kb, questions={**kb.questions, more.id: more})) == {"unused-question": 1}


@pytest.mark.parametrize("seed", range(8))
def test_check__sound_pack_without_cases__misses_one_for_each_rule(seed: int) -> None:
    kb = replace(sound(seed), cases=())
    assert ids(kb) == {"no-firing-case": len(kb.rules)}


@pytest.mark.parametrize("seed", range(8))
def test_check__sound_pack_with_a_rule_twice__says_so_once(seed: int) -> None:
    kb = sound(seed)
    first = next(iter(kb.rules.values()))
    found = ids(replace(kb, rules={**kb.rules, "again": replace(first, id="again")}))
    assert found == {"subsumed-rule": 1}
