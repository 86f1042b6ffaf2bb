"""Many students at once: the sets that a population works out are those that the engine finds one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.inference.population import Population, members
from kb.model.conditions import Answered, Found, Not, Truth, nodes_of
from kb.model.knowledge import Answers, KnowledgeBase
from tests.helpers import kb_from
from tests.property.reference import truth
from tests.property.strategies import answers_to, knowledge_bases

PACK = """
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Sore knee?, type: yes-no}
findings: {tight: {title: Tight}, never: {title: Never}}
recommendations: {lift: {title: Lift, steps: [Lift.]}}
rules:
  round: {when: {back: round}, then: {find: tight}, because: So., source: B}
  sore: {when: {finding: tight, knee: yes}, then: {recommend: lift}, because: So., source: B}
"""
STUDENTS: tuple[Answers, ...] = ({"back": "round"}, {"back": "flat", "knee": "yes"}, {"back": "unsure"}, {})


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        (Answered("back", ("round",)), [0], [1]),
        (Answered("back", ("round", "unsure")), [0, 2], [1]),
        (Not(Answered("back", ("round",))), [1], [0]),
        (Found(("tight",)), [0], [1]),
        (Found(("tight", "never")), [0], [1]),
        (Found(("never",)), [], [0, 1, 2, 3]),
    ],
)
def test_where__of_a_condition__is_the_set_of_students_it_holds_or_fails_for(
    condition: Answered, holds: list[int], fails: list[int]
) -> None:
    kb = kb_from(PACK)
    population = Population(kb, Engine(kb).variables, STUDENTS)
    assert (members(population.where(condition)), members(population.where(condition, holds=False))) == (holds, fails)


def test_truth__of_each_student__is_one_of_three() -> None:
    kb = kb_from(PACK)
    population = Population(kb, Engine(kb).variables, STUDENTS)
    values = [population.truth(kb.rules["sore"].when, student) for student in range(len(STUDENTS))]
    assert values == [Truth.OPEN, Truth.FAILS, Truth.OPEN, Truth.OPEN]


def test_where__in_an_empty_crowd__is_nobody() -> None:
    kb = kb_from(PACK)
    population = Population(kb, Engine(kb).variables, ())
    assert [population.where(Found(("never",)), holds) for holds in (True, False)] == [0, 0]


@st.composite
def populations(draw: st.DrawFn) -> tuple[KnowledgeBase, list[Answers]]:
    kb = draw(knowledge_bases())
    answers = st.fixed_dictionaries(
        {}, optional={question.id: answers_to(question) for question in kb.questions.values()}
    )
    return kb, draw(st.lists(answers, min_size=1, max_size=8))


@pytest.mark.law
@given(populations())
@settings(max_examples=150, deadline=None)
def test_crowd__on_random_bases__agrees_with_the_engine_on_rules_and_findings(
    drawn: tuple[KnowledgeBase, list[Answers]],
) -> None:
    kb, students = drawn
    engine = Engine(kb)
    population = Population(kb, engine.variables, students)
    for position, answers in enumerate(students):
        inference = engine.infer(answers)
        assert {name: population.truth(rule.when, position) for name, rule in kb.rules.items()} == inference.rules
        assert {name: population.truth(Found((name,)), position) for name in kb.findings} == inference.findings


@pytest.mark.law
@given(populations())
@settings(max_examples=100, deadline=None)
def test_crowd__on_random_bases__agrees_with_the_reference_on_every_part_of_a_rule(
    drawn: tuple[KnowledgeBase, list[Answers]],
) -> None:
    kb, students = drawn
    population = Population(kb, Engine(kb).variables, students)
    for rule in kb.rules.values():
        for _, node in nodes_of(rule.when):
            values = [population.truth(node, position) for position in range(len(students))]
            assert values == [truth(node, kb, answers) for answers in students]
