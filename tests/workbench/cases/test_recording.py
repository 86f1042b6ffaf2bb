"""A recorded case expects exactly what the program says."""

from __future__ import annotations

import pytest
from hypothesis import given
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.model.knowledge import Case, Expectation, KnowledgeBase
from kb.workbench.cases.replay import examples, recorded, replay, rule_coverage
from tests.property.strategies import interviews, knowledge_bases
from tests.small import small


@pytest.mark.parametrize(
    ("answers", "expect"),
    [
        (
            {"danger": ("none",), "low-back": "rounded"},
            Expectation("advise", in_order=("lean-back",), findings=("rounds",), referrals=()),
        ),
        ({}, Expectation("incomplete", never=("any",), findings=(), referrals=())),
        (
            {"danger": ("numb?",), "low-back": "rounded"},
            Expectation("stop-emergency", never=("any",), findings=("rounds",), referrals=("call",)),
        ),
        (
            {"danger": ("none",), "bones": "yes", "low-back": "unsure"},
            Expectation("advise-gently", in_order=("lean-back",), findings=(), referrals=("with-care",)),
        ),
    ],
)
def test_recorded__some_answers__what_the_program_says(answers: dict, expect: Expectation) -> None:
    case = recorded(Engine(small()), answers, "a-name", "A title", says="Hm.", because="So.")
    assert case == Case("a-name", "A title", answers, expect, says="Hm.", because="So.")


@pytest.mark.law
@given(interviews())
def test_recorded__any_answers__replay_without_failure_and_pin_everything(interview: tuple) -> None:
    kb, answers = interview
    engine = Engine(kb)
    case = recorded(engine, dict(answers), "a-name", "A title")
    assert replay(engine, case).failures == ()
    for recommendation in kb.recommendations:
        if recommendation in (case.expect.in_order or ()):
            wanted = tuple(name for name in case.expect.in_order if name != recommendation)
            less = replace(case, expect=replace(case.expect, in_order=wanted))
            assert replay(engine, less).failures == (f"{recommendation} is given, not expected",)


# --- students for a rule ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fires", "misses"),
    [
        ("rounded", {"danger": ("none",), "low-back": "rounded"}, {"danger": ("none",), "low-back": "curved"}),
        (
            "clot-and-breath",
            {"danger": ("swollen",), "breathless": "yes"},
            {"danger": ("swollen",), "breathless": "no"},
        ),
        ("hurt", {"danger": ("none",), "felt": ("sharp",)}, {"danger": ("none",), "felt": ("none",)}),
    ],
)
def test_examples__a_rule__the_smallest_student_and_one_who_misses_it(rule: str, fires: dict, misses: dict) -> None:
    assert examples(Engine(small()), rule) == (fires, misses)


@pytest.mark.law
@given(knowledge_bases())
def test_examples__any_rule__fires_for_one_and_misses_the_other_by_a_line(kb: KnowledgeBase) -> None:
    engine = Engine(kb)
    for rule in kb.rules:
        students = examples(engine, rule)
        cases = [recorded(engine, each, str(number), "") for number, each in enumerate(students) if each is not None]
        covered = {each.rule: each for each in rule_coverage(engine, cases)}[rule]
        assert (covered.fires, covered.near_misses) == (
            ("0",) if students[0] is not None else (),
            ("1",) if students[1] is not None else (),
        )
