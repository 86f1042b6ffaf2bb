"""Law 7: explanations never lie. Each claim is replayed in the engine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from kb.explanation import chain
from kb.explanation.explanation import explain_how, explain_why, explain_why_not
from kb.inference.engine import Engine
from kb.inference.outcome import screens_left
from kb.interview.selection.selector import Effect
from kb.interview.session import Session
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, KnowledgeBase
from kb.report.build import build_report
from kb.text.wrapping import wrapped
from tests.property.strategies import interviews

pytestmark = pytest.mark.law

Interview = tuple[KnowledgeBase, list[tuple[str, Answer]]]


def targets(kb: KnowledgeBase) -> list[str]:
    return [*kb.findings, *kb.recommendations, *kb.referrals]


def concluded(session: Session, target: str) -> bool:
    """Say whether some rule that holds concludes the target, shown or not."""
    return any(
        session.inference.rules[rule.id] is Truth.HOLDS and target in (*rule.find, *rule.recommend, *rule.refer)
        for rule in session.kb.rules.values()
    )


def shown(session: Session, target: str) -> bool:
    if target in session.kb.findings:
        return target in {each.id for each in build_report(session).findings}
    return target in session.advice.given or target in session.advice.referrals


@given(interviews())
@settings(max_examples=700, deadline=None)
def test_how__the_answers_it_names__suffice_for_the_conclusion(interview: Interview) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb), dict(given_answers))
    for target in targets(kb):
        how = explain_how(session, target)
        assert bool(how.steps) == concluded(session, target)
        if how.steps:
            assert how.answers.items() <= session.answers.items()
            assert concluded(Session.begin(session.engine, how.answers), target)


@given(interviews())
@settings(max_examples=300, deadline=None)
def test_how__as_a_chain__takes_few_lines(interview: Interview) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb), dict(given_answers))
    for target in targets(kb):
        if concluded(session, target):
            lines = [line for each in chain.how(session, target) for line in wrapped(each.text, 80, each.first) if line]
            assert 1 < len(lines) < chain.MOST_LINES


@given(interviews())
@settings(max_examples=700, deadline=None)
def test_why__the_answers_it_names__do_what_it_says(interview: Interview) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb), dict(given_answers))
    for question in session.open_questions:
        why = explain_why(session, question)
        assert why.screen or why.reasons or why.beyond
        for reason in why.reasons:
            assert not set(reason.answers) & set(session.answers)
            assert question in reason.answers
            after = Session.begin(session.engine, {**session.answers, **reason.answers})
            rule = kb.rules[reason.goal.rule]
            assert session.inference.rules[rule.id] is Truth.OPEN
            assert after.inference.rules[rule.id] is Truth.HOLDS
            if reason.goal.effect is Effect.REFER:
                assert reason.goal.target in after.advice.referrals
            elif reason.goal.effect is Effect.RECOMMEND and not screens_left(kb, after.inference, after.advice):
                assert reason.goal.target in after.advice.given


@given(interviews())
@settings(max_examples=700, deadline=None)
def test_why_not__the_change_it_names__does_what_it_says(interview: Interview) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb), dict(given_answers))
    for target in targets(kb):
        why_not = explain_why_not(session, target)
        assert why_not.given == shown(session, target)
        if why_not.change is not None:
            changed = session
            for name, answer in why_not.change.items():
                assert session.answers.get(name) != answer
                changed = changed.answer(name, answer)
            assert shown(changed, target)
        for obstacle in why_not.obstacles:
            if obstacle.answers:
                only = Session.begin(session.engine, obstacle.answers)
                assert only.inference.rules[obstacle.rule] is Truth.FAILS, (
                    "the answers it names rule it out by themselves"
                )
