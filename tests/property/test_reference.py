"""The engine agrees with plain three-valued logic, on both matchers, for every prefix of every interview."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from kb.inference.engine import Engine
from kb.model.knowledge import Answer, KnowledgeBase
from tests.property.reference import found, truth
from tests.property.strategies import interviews

pytestmark = pytest.mark.law

Interview = tuple[KnowledgeBase, list[tuple[str, Answer]]]


def _agrees(engine: Engine, kb: KnowledgeBase, answers: dict[str, Answer]) -> None:
    inference = engine.infer(answers)
    assert inference.rules == {rule.id: truth(rule.when, kb, answers) for rule in kb.rules.values()}
    assert inference.findings == {name: found(name, kb, answers) for name in kb.findings}


@given(interviews())
@settings(max_examples=2500, deadline=None)
def test_engine__every_prefix_of_an_interview__agrees_with_three_valued_logic(interview: Interview) -> None:
    kb, given_answers = interview
    engine = Engine(kb)
    for length in range(len(given_answers) + 1):
        _agrees(engine, kb, dict(given_answers[:length]))


@given(interviews())
@settings(max_examples=250, deadline=None)
def test_engine__stock_matcher__agrees_with_three_valued_logic(interview: Interview) -> None:
    kb, given_answers = interview
    engine = Engine(kb, stock_matcher=True)
    for length in (0, len(given_answers) // 2, len(given_answers)):
        _agrees(engine, kb, dict(given_answers[:length]))


@given(interviews())
@settings(max_examples=250, deadline=None)
def test_engine__both_matchers__fire_the_same(interview: Interview) -> None:
    kb, given_answers = interview
    own, stock = Engine(kb), Engine(kb, stock_matcher=True)
    assert own.infer(dict(given_answers)) == stock.infer(dict(given_answers))
