"""Random knowledge bases and answers, small enough to read when a law fails and rich enough to break one.

All is drawn by a few strategies that are made once: making them anew for each knowledge base, as `st.lists` and
`st.recursive` of what was drawn before would need, took five times as long as all that the laws then do with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from hypothesis import strategies as st
from msgspec.structs import replace

from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Not, Within
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import (
    NONE,
    Answer,
    Finding,
    Kind,
    KnowledgeBase,
    Level,
    Option,
    Question,
    Recommendation,
    Referral,
    Rule,
)
from kb.model.packs import Pack

BOUNDS = tuple(Decimal(number) for number in ("0", "0.5", "1", "1.5", "2"))
NUMBERS = (*BOUNDS, *(bound + Decimal("0.25") for bound in BOUNDS))  # every place around the bounds


T = TypeVar("T")

up_to = lru_cache(None)(lambda most: st.integers(0, most))
BOTH = st.booleans()


def pick(draw: st.DrawFn, among: Sequence[T]) -> T:
    """Draw one of `among`, the first where a law fails with any."""
    return among[draw(up_to(len(among) - 1))]


def pick_some(draw: st.DrawFn, among: Sequence[T], most: int) -> tuple[T, ...]:
    """Draw one to `most` of `among`, none of them twice."""
    left = list(among)
    return tuple(left.pop(draw(up_to(len(left) - 1))) for _ in range(1 + draw(up_to(min(most, len(left)) - 1))))


def _question(name: str, kind: Kind, options: tuple[str, ...], after_advice: bool) -> Question:
    return Question(
        id=name,
        ask=f"{name}?",
        kind=kind,
        options=tuple(Option(option, option) for option in options),
        self_check="look",
        after_advice=after_advice,
        at_least=Decimal(0) if kind is Kind.NUMBER else None,
    )


def _questions(draw: st.DrawFn) -> tuple[Question, ...]:
    made = []
    for index in range(2 + draw(up_to(3))):
        kind = pick(draw, (Kind.YES_NO, Kind.ONE, Kind.ONE, Kind.SEVERAL, Kind.NUMBER))
        options: tuple[str, ...] = ()
        if kind is Kind.YES_NO:
            options = ("yes", "no")
        elif kind is Kind.ONE:
            options = pick(draw, (("a", "b"), ("a", "b", "c")))
        elif kind is Kind.SEVERAL:
            options = pick(draw, (("a", "b", NONE), ("a", "b"), ("a", "b", "c", NONE)))
        after_advice = index > 1 and draw(up_to(4)) == 0
        made.append(_question(f"q{index}", kind, options, after_advice))
    return tuple(made)


def _with_follow_ups(draw: st.DrawFn, asked: tuple[Question, ...]) -> tuple[Question, ...]:
    """Return `asked`, some of them asked only of people who answered others in a certain way."""
    first, *others = asked
    everybody, some = [first], []
    for question in others:
        (some if not question.after_advice and draw(up_to(2)) == 0 else everybody).append(question)
    before = tuple(question for question in everybody if not question.after_advice)
    conditions_ = {question.id: _condition(draw, before, (), most_leaves=2) for question in some}
    return tuple(replace(question, asked_when=conditions_.get(question.id)) for question in asked)


def _leaf(draw: st.DrawFn, asked: tuple[Question, ...], findings: tuple[str, ...]) -> Condition:
    if findings and draw(up_to(3)) == 0:
        return Found(pick_some(draw, findings, 2))
    question = pick(draw, asked)
    if question.kind is Kind.NUMBER:
        low = pick(draw, (None, *BOUNDS)) if draw(BOTH) else None
        high = pick(draw, (None, *BOUNDS)) if draw(BOTH) else None
        unsure = draw(BOTH) or (low is None and high is None)
        return Within(question.id, low, draw(BOTH), high, draw(BOTH), unsure)
    options = [*question.option_ids, UNSURE]
    if question.kind is Kind.SEVERAL:
        options += [f"{option}?" for option in question.option_ids if option != NONE]
    return Answered(question.id, pick_some(draw, options, 3))


def _condition(
    draw: st.DrawFn, asked: tuple[Question, ...], findings: tuple[str, ...], most_leaves: int = 5, depth: int = 4
) -> Condition:
    """Draw a condition of at most so many leaves, nested at most `depth` deep."""
    shape = draw(up_to(4 if depth else 0))  # leaf, leaf, not, all, any
    if shape == 2:
        return Not(_condition(draw, asked, findings, most_leaves, depth - 1))
    if shape < 2 or most_leaves < 2:
        return _leaf(draw, asked, findings)
    count = 2 + draw(up_to(1 if most_leaves > 2 else 0))
    parts = []
    for left in range(count, 0, -1):
        share = 1 + draw(up_to(most_leaves - left))
        parts.append(_condition(draw, asked, findings, share, depth - 1))
        most_leaves -= share
    return (All if shape == 3 else AnyOf)(tuple(parts))


@st.composite
def conditions(draw: st.DrawFn, asked: tuple[Question, ...], findings: tuple[str, ...]) -> Condition:
    return _condition(draw, asked, findings)


@st.composite
def knowledge_bases(draw: st.DrawFn, safety: bool = True) -> KnowledgeBase:
    asked = _with_follow_ups(draw, _questions(draw))
    findings = tuple(f"f{index}" for index in range(draw(up_to(3))))
    names = tuple(f"r{index}" for index in range(1 + draw(up_to(2))))
    levels = [pick(draw, tuple(Level)) for _ in range(draw(up_to(2)))] if safety else []
    referrals = {f"see{index}": Referral(f"see{index}", level, "See someone.") for index, level in enumerate(levels)}
    rules = []
    for index in range(2 + draw(up_to(4))):
        stage = draw(up_to(len(findings)))  # a rule reads findings below its stage and finds those above
        effects: dict[str, tuple[str, ...]] = {}
        if stage < len(findings) and draw(BOTH):
            effects["find"] = (findings[stage],)
        if draw(BOTH):
            effects["recommend"] = (pick(draw, names),)
        if referrals and draw(up_to(3)) == 0:
            effects["refer"] = (pick(draw, sorted(referrals)),)
        if draw(up_to(4)) == 0:
            effects["withhold"] = (pick(draw, names),)
        if not effects:
            effects["recommend"] = (names[0],)
        when = _condition(draw, asked, findings[:stage])
        rules.append(Rule(id=f"rule{index}", when=when, because=f"Because {index}.", **effects))
    screens = tuple(question.id for question in asked[: draw(up_to(1))]) if safety else ()
    if safety and draw(up_to(2)) == 0:
        screens += tuple(question.id for question in asked if question.asked_when)
    return KnowledgeBase(
        packs=(Pack("random", "Random", "1", safety_screens=screens),),
        questions={question.id: question for question in asked},
        findings={name: Finding(name, name) for name in findings},
        recommendations={name: Recommendation(name, name, ("do",), closing=name == "r2") for name in names},
        referrals=referrals,
        rules={rule.id: rule for rule in rules},
        sources={},
    )


def possible_answers(question: Question) -> tuple[Answer, ...]:
    """Return every answer worth telling apart (numbers: one in every place around the bounds in use)."""
    if question.kind is Kind.NUMBER:
        return (*NUMBERS, UNSURE)
    if question.kind is not Kind.SEVERAL:
        return (*question.option_ids, UNSURE)
    free = [option for option in question.option_ids if option != NONE]
    subsets: list[tuple[str, ...]] = [()]
    for option in free:
        subsets = [each + extra for each in subsets for extra in ((), (option,), (f"{option}?",))]
    if NONE in question.option_ids:
        subsets[0] = (NONE,)
    return (*subsets, UNSURE)


def answers_to(question: Question) -> st.SearchStrategy[Answer]:
    return st.sampled_from(possible_answers(question))


@st.composite
def interviews(draw: st.DrawFn, safety: bool = True) -> tuple[KnowledgeBase, list[tuple[str, Answer]]]:
    """Return a knowledge base, and answers to some of its questions in some order."""
    kb = draw(knowledge_bases(safety))
    left = list(kb.questions)
    count = pick(draw, (*range(len(left)), *[len(left)] * 3))
    asked = [left.pop(draw(up_to(len(left) - 1))) for _ in range(count)]
    return kb, [(name, pick(draw, possible_answers(kb.questions[name]))) for name in asked]
