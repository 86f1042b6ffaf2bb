"""Law 8: the engine and the answer-set program agree on every student, and what the program claims can be replayed."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.inference.population import Population
from kb.inference.variables import CHOSEN, Variables
from kb.language.loading import load
from kb.model.conditions import UNSURE
from kb.model.knowledge import NONE, Answers, KnowledgeBase, Question
from kb.proof.students import FOLLOWS, THIS, Atom, Students
from tests.helpers import kb_from
from tests.property.agreement import PAIRS, common_questions, differences, everyone, said, someone
from tests.property.strategies import knowledge_bases

pytestmark = pytest.mark.law

SHOWN = tuple(f"{predicate}/2" for predicate in sorted(FOLLOWS))


@given(knowledge_bases(), st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_law_8__random_students__engine_and_program_say_the_same(kb: KnowledgeBase, seed: int) -> None:
    chance = random.Random(seed)
    students, engines = Students(kb), {THIS: Engine(kb)}
    for _ in range(12):
        answers = someone(chance, kb.questions.values(), kb.safety_screens)
        assert differences(students, engines, answers) == [], answers


@given(PAIRS, st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_law_8__two_worlds__each_agrees_with_its_own_engine(pair: tuple[KnowledgeBase, ...], seed: int) -> None:
    chance = random.Random(seed)
    worlds = dict(zip(("old", "new"), pair))
    students, engines = Students(worlds), {name: Engine(kb) for name, kb in worlds.items()}
    for _ in range(8):
        answers = someone(chance, common_questions(students))
        assert differences(students, engines, answers) == [], answers


@cache
def shipped() -> tuple[Students, dict[str, Engine]]:
    kb = load(cases=False)
    return Students(kb), {THIS: Engine(kb)}


@pytest.mark.parametrize("seed", range(5))
def test_law_8__shipped_pack_and_random_practitioners__engine_and_program_say_the_same(seed: int) -> None:
    students, engines = shipped()
    chance, kb = random.Random(seed), engines[THIS].kb
    for _ in range(60):
        answers = someone(chance, kb.questions.values(), kb.safety_screens)
        assert differences(students, engines, answers) == [], answers


def test_law_8__shipped_pack__whatever_is_possible_is_said_to_its_smallest_student() -> None:
    students, engines = shipped()
    possible = students.possible("given/2", "withheld/2", "provisional/2", "referred/2", "outcome/2", "found/2")
    for goal in sorted(possible):
        witness = students.smallest(goal)
        assert witness is not None, goal
        assert goal in said(engines[THIS], witness), (goal, witness)


def test_law_8__shipped_pack_and_random_practitioners__are_told_only_what_is_possible() -> None:
    students, engines = shipped()
    chance, kb = random.Random(8), engines[THIS].kb
    seen: set[Atom] = set()
    for _ in range(300):
        seen |= said(engines[THIS], someone(chance, kb.questions.values(), kb.safety_screens))
    assert seen - students.possible(*SHOWN) == set()
    assert len(seen) > 300


def test_law_8__ruled_out_because_no_rule_finds_it__is_not_provisional() -> None:
    kb = kb_from("""
sources: {B: {work: Book}}
questions: {knee: {ask: Sore knee?, type: yes-no}, foot: {ask: Sore foot?, type: yes-no}}
findings: {lost: {title: Lost}}
recommendations: {lift: {title: Lift, steps: Lift.}, rest: {title: Rest, steps: Rest., kind: closing}}
rules:
  not-lost: {when: {not: {finding: lost}}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: [yes, unsure]}, then: {recommend: rest}, because: So., source: B}
""")
    assert differences(Students(kb), {THIS: Engine(kb)}, {"knee": "unsure"}) == []


def asked(engine: Engine, answers: Answers) -> list[Question]:
    """Return the questions that are asked of this student before the advice."""
    population = Population(engine.kb, engine.variables, [answers])
    return [
        question
        for question in engine.kb.questions.values()
        if not question.after_advice and (question.asked_when is None or population.where(question.asked_when))
    ]


@given(knowledge_bases(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_law_8__what_is_possible__is_what_some_student_is_told(kb: KnowledgeBase, complete: bool) -> None:
    """Tried with every answer there is, so nothing is missed and nothing invented."""
    students = everyone(kb.questions.values(), 1500)
    assume(students)
    engine = Engine(kb)
    if complete:
        students = [each for each in students if all(q.id in each for q in asked(engine, each))]
    seen = set().union(*(said(engine, answers) for answers in students))
    assert Students(kb, complete=complete).possible(*SHOWN) == seen


@given(knowledge_bases(), st.data())
@settings(max_examples=25, deadline=None)
def test_law_8__the_smallest_student__is_real_and_none_is_smaller(kb: KnowledgeBase, data: st.DataObject) -> None:
    everybody = everyone(kb.questions.values(), 1500)
    assume(everybody)
    engine, students, variables = Engine(kb), Students(kb), Variables(kb)
    told = [(size(variables, answers), said(engine, answers)) for answers in everybody]
    for goal in sorted(students.possible(*SHOWN)):
        witness = students.smallest(goal)
        assert witness is not None, goal
        assert goal in said(engine, witness), (goal, witness)
        assert size(variables, witness) == min(each for each, atoms in told if goal in atoms), (goal, witness)
    fitting = sorted(set().union(*(atoms for _, atoms in told)))
    goals = data.draw(st.lists(st.sampled_from(fitting), min_size=2, max_size=3, unique=True))
    witness = students.smallest(*goals)
    sizes = [each for each, atoms in told if atoms.issuperset(goals)]
    assert (witness is None) == (not sizes)
    assert witness is None or size(variables, witness) == min(sizes)


def size(variables: Variables, answers: Answers) -> tuple[int, int, int]:
    """Return what makes a student large: answered questions, unsure variables, chosen options; most weight first."""
    options = {
        variable: value for variable, value in variables.of(answers).items() if not variable.endswith(f"/{NONE}")
    }
    doubts = sum(value == UNSURE for value in options.values())
    return len(answers), doubts, sum(value == CHOSEN for value in options.values())
