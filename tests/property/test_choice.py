"""What is worked out step by step, from what an answer touches, is what would be worked out afresh from everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from kb.inference.compiler import Conjunction, Disjunction
from kb.inference.engine import Engine
from kb.inference.outcome import screens_left, strongest_stop
from kb.interview.selection.selector import Effect, Goal, Live
from kb.interview.selection.witness import Search
from kb.interview.session import Session
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, KnowledgeBase, Level
from tests.property.strategies import interviews

pytestmark = pytest.mark.law

Interview = tuple[KnowledgeBase, list[tuple[str, Answer]]]


def goals(session: Session, stop: Level | None) -> Iterator[Goal]:
    """Yield what rules could still add, looking at every rule."""
    kb, inference = session.kb, session.inference
    holding = [rule for rule in kb.rules.values() if inference.rules[rule.id] is Truth.HOLDS]
    recommended = {name for rule in holding for name in rule.recommend}
    withheld = {name for rule in holding for name in rule.withhold}
    for rule in kb.rules.values():
        if inference.rules[rule.id] is not Truth.OPEN:
            continue
        for name in rule.refer:
            if name not in session.advice.referrals and (stop is None or kb.referrals[name].level.rank < stop.rank):
                yield Goal(rule.id, Effect.REFER, name)
        for name in rule.recommend if stop is None else ():
            if name not in recommended | withheld:
                yield Goal(rule.id, Effect.RECOMMEND, name)
        for name in rule.withhold if stop is None else ():
            could = any(
                name in giver.recommend and inference.rules[giver.id] is not Truth.FAILS for giver in kb.rules.values()
            )
            if name not in withheld and could:
                yield Goal(rule.id, Effect.WITHHOLD, name)


def worked_out_afresh(session: Session) -> list[Live]:
    """Return the live questions, a witness looked for with every goal and every rule that could hide it."""
    kb, sides = session.kb, session.selector.goals_after(session.inference).sides
    stoppers = [rule.id for rule in kb.rules.values() if any(kb.referrals[name].level.stops for name in rule.refer)]
    found = []
    for goal in goals(session, strongest_stop(kb, session.advice)):
        formula, blockers = sides.holds[goal.rule], tuple(stoppers)
        if goal.effect is Effect.REFER:
            blockers = ()
        elif goal.effect is Effect.RECOMMEND:
            blockers += tuple(rule.id for rule in kb.rules.values() if goal.target in rule.withhold)
        else:
            givers = sides.in_asking_order(rule for rule in kb.rules.values() if goal.target in rule.recommend)
            formula = Conjunction((formula, Disjunction(tuple(sides.holds[rule] for rule in givers))))
        search = Search(sides, session.inference)
        variables = search.witness(formula, blockers)
        if variables is not None:
            question, variables = search.first_needed(formula, variables)
            if question is not None:
                reached = search.reaches(formula, variables, blockers)  # not where the search ran out of steps
                found.append(Live(question, goal, search.answers(variables) if reached else {}))
    if session.advice.unheeded:
        found = [live for live in found if live.goal.effect is Effect.REFER]
    order = list(kb.questions)
    return sorted(found, key=lambda live: order.index(live.question))


@given(interviews())
@settings(max_examples=250, deadline=None)
def test_choice__every_prefix_of_an_interview__is_what_looking_at_everything_gives(interview: Interview) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb))
    for name, answer in [*given_answers, ("", "")]:
        live = worked_out_afresh(session)
        screens = screens_left(kb, session.inference, session.advice)
        expected = list(dict.fromkeys([*screens, *(each.question for each in live)]))
        following = session.next_question()
        assert (following.id if following else None) == (expected[0] if expected else None)
        assert session.open_questions == tuple(expected)
        chosen = list(session.live)
        assert chosen == live
        for question in expected:
            assert list(session.live_for(question)) == [each for each in chosen if each.question == question]
        if name:
            session = session.answer(name, answer)


@given(interviews())
@settings(max_examples=150, deadline=None)
def test_choice__remembered_from_before__is_what_a_new_session_says(interview: Interview) -> None:
    kb, given_answers = interview
    session = Session.begin(Engine(kb))
    for name, answer in given_answers:
        session = session.answer(name, answer)
        fresh = Session.begin(Engine(kb), session.answers)
        assert session.most_questions_left() == fresh.most_questions_left()
        assert session.next_question() == fresh.next_question()
        back = session.without(name)
        assert back.next_question() == Session.begin(Engine(kb), back.answers).next_question()
