"""The laws of the design (docs/explanation/laws.md), on random knowledge bases."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.inference.compiler import formula_of
from kb.inference.compiler import shown as holds
from kb.inference.engine import Engine
from kb.inference.outcome import screens_left
from kb.interview.selection.witness import Search
from kb.interview.session import Session
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, KnowledgeBase, Outcome
from kb.report.build import build_report, differences, to_json
from tests.property.strategies import answers_to, interviews, knowledge_bases, possible_answers

pytestmark = pytest.mark.law

Interview = tuple[KnowledgeBase, list[tuple[str, Answer]]]


def report_of(kb: KnowledgeBase, answers: dict[str, Answer]) -> str:
    return to_json(build_report(Session.begin(Engine(kb), answers)))


def seen(session: Session) -> object:
    """Return what a person sees of a report, without the answers and the questions that are left."""
    report = build_report(session)
    return (
        report.outcome,
        report.findings,
        report.recommendations,
        report.withheld,
        report.referrals,
        report.unheeded,
    )


@given(interviews(), st.randoms(use_true_random=False))
@settings(max_examples=1500, deadline=None)
def test_law_1__order_of_answers_and_rules__never_changes_a_report(
    interview: Interview, shuffler: random.Random
) -> None:
    kb, given_answers = interview
    expected = report_of(kb, dict(given_answers))
    shuffled, rules = list(given_answers), list(kb.rules.items())
    shuffler.shuffle(shuffled)
    shuffler.shuffle(rules)
    assert report_of(msgspec.structs.replace(kb, rules=dict(rules)), dict(shuffled)) == expected


@given(interviews())
@settings(max_examples=600, deadline=None)
def test_law_2__one_at_a_time__equals_all_at_once(interview: Interview) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb))
    for length, (name, answer) in enumerate(given_answers, start=1):
        session = session.answer(name, answer)
        at_once = Engine(kb).infer(dict(given_answers[:length]))
        assert session.inference == at_once


@given(interviews())
@settings(max_examples=600, deadline=None)
def test_law_3__one_answer_more__closes_nothing_that_was_open_the_other_way(interview: Interview) -> None:
    kb, given_answers = interview
    engine = Engine(kb)
    before = engine.infer({})
    for length in range(1, len(given_answers) + 1):
        after = engine.infer(dict(given_answers[:length]))
        for was, now in ((before.rules, after.rules), (before.findings, after.findings)):
            assert all(truth is Truth.OPEN or now[name] is truth for name, truth in was.items())
        before = after


@given(knowledge_bases(), st.data())
@settings(max_examples=2000, deadline=None)
def test_law_4__an_interview__ends_asks_once_and_only_what_can_change_the_report(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    session = Session.begin(Engine(kb))
    asked: list[str] = []
    most = session.most_questions_left()
    while question := session.next_question():
        assert question.id not in asked
        assert session.most_questions_left() <= most - len(asked), "more questions are left than was said at first"
        asked.append(question.id)
        assert _can_change_the_report(session, question.id)
        session = session.answer(question.id, data.draw(answers_to(question)))
    assert session.most_questions_left() == 0


def _can_change_the_report(session: Session, name: str) -> bool:
    question = session.kb.questions[name]
    if name in session.kb.screens:
        return True  # its being answered is what lets advice be shown
    for live in session.live:
        if live.question == name and not live.witness:
            return True  # the search ran out of steps: a question too many is better than one too few
        if live.question == name:
            rest = {other: answer for other, answer in live.witness.items() if other != name}
            around = session
            for other, answer in rest.items():
                around = around.answer(other, answer)
            reached = _screened(around.answer(name, live.witness[name]))
            if reached.advice.unheeded and not session.advice.unheeded:
                return True  # the pack forgot a sign of danger, which no search reckons with: an error of its own
            with_it = seen(reached)
            # Without an answer counts too: a random rule may hold whatever is answered, as long as something is.
            others = [around, *(around.answer(name, answer) for answer in possible_answers(question))]
            if any(seen(_screened(_as_asked(other, session))) != with_it for other in others):
                return True
    return False


def _as_asked(session: Session, before: Session) -> Session:
    """Return `session` without answers, newer than those in `before`, to follow-ups that are not asked in it."""
    for name, condition in session.kb.follow_ups.items():
        asked = holds(formula_of(condition, True, session.engine.variables), session.inference.given)
        if name in session.answers and name not in before.answers and not asked:
            rest = {other: answer for other, answer in session.answers.items() if other != name}
            session = Session.begin(session.engine, rest)
    return session


def _screened(session: Session) -> Session:
    """Return the session with its unanswered screens answered so that advice may show, if there is such an answer."""
    for screen in session.kb.screens:
        if screen in screens_left(session.kb, session.inference, session.advice):
            tried = [session.answer(screen, answer) for answer in possible_answers(session.kb.questions[screen])]
            session = next((each for each in tried if not each.advice.outcome.stops), tried[-1])
    return session


@given(interviews(), st.data())
@settings(max_examples=600, deadline=None)
def test_law_5__change__equals_a_fresh_interview_and_back_undoes_an_answer(
    interview: Interview, data: st.DataObject
) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb), dict(given_answers))
    unanswered = [name for name in kb.questions if name not in session.answers]
    if unanswered:
        name = data.draw(st.sampled_from(unanswered))
        assert session.answer(name, data.draw(answers_to(kb.questions[name]))).without(name) == session
    if given_answers:
        name = data.draw(st.sampled_from([name for name, _ in given_answers]))
        answer = data.draw(answers_to(kb.questions[name]))
        changed = session.change(name, answer)
        assert to_json(build_report(changed)) == report_of(kb, {**dict(given_answers), name: answer})
        if changed == session:
            assert differences(build_report(session), build_report(changed)) == ()


@given(interviews())
@settings(max_examples=1000, deadline=None)
def test_law_6__stops_and_withholding__show_no_advice(interview: Interview) -> None:
    kb, given_answers = interview
    answers = dict(given_answers)
    session = Session.begin(Engine(kb), answers)
    report = build_report(session)
    shown = [each.id for each in report.recommendations]
    held = [rule for rule in kb.rules.values() if session.inference.rules[rule.id] is Truth.HOLDS]
    barred = {name for rule in held for name in rule.withhold}
    stopping = [name for rule in held for name in rule.refer if kb.referrals[name].level.stops]
    assert not barred.intersection(shown)
    assert report.outcome.stops == bool(stopping)
    unscreened = [screen for screen in kb.safety_screens if screen not in answers]
    for screen in kb.screening_follow_ups:
        asked = formula_of(kb.follow_ups[screen], True, session.engine.variables)
        if screen not in answers and holds(asked, session.inference.given):
            unscreened.append(screen)
    if stopping or unscreened:
        assert shown == []
    question = session.next_question()
    if question and not stopping:
        assert not unscreened or question.id == unscreened[0]
    if report.outcome is Outcome.NO_CHANGE:
        assert all(each.closing for each in report.recommendations)


@given(knowledge_bases(), st.data())
@settings(max_examples=300, deadline=None)
def test_witness__whatever_is_asked__is_found_exactly_when_there_is_one(kb: KnowledgeBase, data: st.DataObject) -> None:
    """The search misses no way and invents none (checked by trying every answer there is)."""
    names = list(kb.questions)
    if len(names) > 3:
        return
    session = Session.begin(Engine(kb))
    everything: list[dict[str, Answer]] = [{}]
    for name in names:
        everything = [{**each, name: answer} for each in everything for answer in possible_answers(kb.questions[name])]
    if len(everything) > 400:
        return
    search = Search(session.engine.sides, session.inference, after_advice=True)
    held = {
        name
        for answers in everything
        for name, truth in session.engine.infer(answers).rules.items()
        if truth is Truth.HOLDS
    }
    for rule, formula in session.engine.sides.holds.items():
        variables = search.witness(formula, ())
        assert (variables is not None) == (rule in held)
        if variables is not None:
            assert session.engine.infer(search.answers(variables)).rules[rule] is Truth.HOLDS
