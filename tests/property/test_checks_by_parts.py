"""What the checks learn part by part is what they would learn of the whole at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.language.loading import load
from kb.model.conditions import Truth
from kb.model.knowledge import KnowledgeBase
from kb.proof.parts import ANYBODY, LINES
from kb.proof.simple_rules import plain_student
from kb.proof.students import THIS, Students
from kb.workbench.checks.analysis import AT_THE_END, Analysis
from tests.helpers import kb_from, load_text
from tests.property.sound import sound_pack
from tests.property.test_checks_by_brute_force import declared
from tests.property.test_law_8_proof import size

pytestmark = pytest.mark.law


def assert_same(kb: KnowledgeBase) -> None:
    analysis = Analysis(kb)
    assert analysis.possible == analysis.students.possible(*ANYBODY)
    assert analysis.possible_at_the_end == analysis.thorough.possible(*LINES, *AT_THE_END)


@given(declared())
@settings(max_examples=40, deadline=None)
def test_parts__random_knowledge_bases__show_what_the_whole_shows(kb: KnowledgeBase) -> None:
    assert_same(kb)


@given(declared())
@settings(max_examples=15, deadline=None)
def test_parts__of_one_rule_each__show_what_the_whole_shows(kb: KnowledgeBase) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.proof.parts._ENOUGH", 1)
        assert_same(kb)


def test_parts__sign_of_a_follow_up_that_no_rule_reads__show_what_the_whole_shows() -> None:
    kb = kb_from("""
sources: {A1: {work: A book}}
safety-screens: [sore]
questions:
  sore: {ask: Is it sore?, type: yes-no}
  numb: {ask: Is it numb?, type: yes-no, asked-when: {sore: yes}}
recommendations: {rest: {title: Rest, steps: Lie down.}}
rules:
  sore: {when: {sore: yes}, then: {recommend: rest}, because: It is sore., source: A1}
""")
    assert ("forgotten", THIS, "numb", "yes") in Analysis(kb).possible
    assert_same(kb)


@pytest.mark.parametrize("seed", range(12))
def test_parts__sound_packs__show_what_the_whole_shows(seed: int) -> None:
    assert_same(load_text(sound_pack(seed)))


def test_parts__large_sound_pack__show_what_the_whole_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.proof.parts._ENOUGH", 15)
    assert_same(load_text(sound_pack(1, rules=80)))


def test_parts__shipped_pack__show_what_the_whole_shows() -> None:
    assert_same(load(cases=False))


@pytest.mark.parametrize("screened", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_plain_student__sound_packs__meets_the_rule_and_none_is_smaller(seed: int, screened: bool) -> None:
    kb = load_text(sound_pack(seed))
    assert sizes_of_plain_students(kb, screened)


@given(declared(), st.booleans())
@settings(max_examples=30, deadline=None)
def test_plain_student__random_knowledge_bases__meets_the_rule_and_none_is_smaller(
    kb: KnowledgeBase, screened: bool
) -> None:
    sizes_of_plain_students(kb, screened)


def sizes_of_plain_students(kb: KnowledgeBase, screened: bool) -> int:
    """Compare each student who is plain to see with the smallest one, and return how many there are."""
    students, engine = Students(kb), Engine(kb)
    screens = [("answered", screen) for screen in kb.safety_screens] if screened else []
    seen = 0
    for rule in kb.rules:
        plain = plain_student(kb, engine.variables, rule, screened)
        if plain is not None:
            seen += 1
            smallest = students.smallest(("fires", THIS, rule), *screens)
            assert smallest is not None
            assert engine.infer(plain).rules[rule] is Truth.HOLDS
            assert size(engine.variables, plain) == size(engine.variables, smallest), (rule, plain, smallest)
    return seen
