"""Random knowledge bases and answers, small enough to read when a law fails and rich enough to break one."""

from __future__ import annotations

from decimal import Decimal

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


@st.composite
def questions(draw: st.DrawFn) -> tuple[Question, ...]:
    made = []
    for index in range(draw(st.integers(2, 5))):
        name = f"q{index}"
        kind = draw(st.sampled_from([Kind.YES_NO, Kind.ONE, Kind.ONE, Kind.SEVERAL, Kind.NUMBER]))
        options: tuple[str, ...] = ()
        if kind is Kind.YES_NO:
            options = ("yes", "no")
        elif kind is Kind.ONE:
            options = ("a", "b", "c")[: draw(st.integers(2, 3))]
        elif kind is Kind.SEVERAL:
            options = draw(st.sampled_from([("a", "b", NONE), ("a", "b"), ("a", "b", "c", NONE)]))
        after_advice = index > 1 and draw(st.integers(0, 4)) == 0
        made.append(_question(name, kind, options, after_advice))
    return tuple(made)


@st.composite
def with_follow_ups(draw: st.DrawFn, asked: tuple[Question, ...]) -> tuple[Question, ...]:
    """Return `asked`, some of them asked only of people who answered others in a certain way."""
    first, *others = asked
    everybody, some = [first], []
    for question in others:
        (some if not question.after_advice and draw(st.integers(0, 2)) == 0 else everybody).append(question)
    before = tuple(question for question in everybody if not question.after_advice)
    conditions_ = {question.id: draw(conditions(before, (), most_leaves=2)) for question in some}
    return tuple(replace(question, asked_when=conditions_.get(question.id)) for question in asked)


@st.composite
def leaves(draw: st.DrawFn, asked: tuple[Question, ...], findings: tuple[str, ...]) -> Condition:
    if findings and draw(st.integers(0, 3)) == 0:
        return Found(tuple(draw(st.lists(st.sampled_from(findings), min_size=1, max_size=2, unique=True))))
    question = draw(st.sampled_from(asked))
    if question.kind is Kind.NUMBER:
        low = draw(st.none() | st.sampled_from(BOUNDS))
        high = draw(st.none() | st.sampled_from(BOUNDS))
        unsure = draw(st.booleans()) or (low is None and high is None)
        return Within(question.id, low, draw(st.booleans()), high, draw(st.booleans()), unsure)
    options = [*question.option_ids, UNSURE]
    if question.kind is Kind.SEVERAL:
        options += [f"{option}?" for option in question.option_ids if option != NONE]
    return Answered(question.id, tuple(draw(st.lists(st.sampled_from(options), min_size=1, max_size=3, unique=True))))


def conditions(
    asked: tuple[Question, ...], findings: tuple[str, ...], most_leaves: int = 5
) -> st.SearchStrategy[Condition]:
    def grow(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return parts.map(All) | parts.map(AnyOf) | inner.map(Not)

    return st.recursive(leaves(asked, findings), grow, max_leaves=most_leaves)


@st.composite
def knowledge_bases(draw: st.DrawFn, safety: bool = True) -> KnowledgeBase:
    asked = draw(with_follow_ups(draw(questions())))
    findings = tuple(f"f{index}" for index in range(draw(st.integers(0, 3))))
    names = tuple(f"r{index}" for index in range(draw(st.integers(1, 3))))
    levels = draw(st.lists(st.sampled_from(list(Level)), max_size=2)) if safety else []
    referrals = {f"see{index}": Referral(f"see{index}", level, "See someone.") for index, level in enumerate(levels)}
    rules = []
    for index in range(draw(st.integers(2, 6))):
        stage = draw(st.integers(0, len(findings)))  # a rule reads findings below its stage and finds those above
        effects: dict[str, tuple[str, ...]] = {}
        if stage < len(findings) and draw(st.booleans()):
            effects["find"] = (findings[stage],)
        if draw(st.booleans()):
            effects["recommend"] = (draw(st.sampled_from(names)),)
        if referrals and draw(st.integers(0, 3)) == 0:
            effects["refer"] = (draw(st.sampled_from(sorted(referrals))),)
        if draw(st.integers(0, 4)) == 0:
            effects["withhold"] = (draw(st.sampled_from(names)),)
        if not effects:
            effects["recommend"] = (names[0],)
        when = draw(conditions(asked, findings[:stage]))
        rules.append(Rule(id=f"rule{index}", when=when, because=f"Because {index}.", **effects))
    screens = tuple(question.id for question in asked[: draw(st.integers(0, 1))]) if safety else ()
    if safety and draw(st.integers(0, 2)) == 0:
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
    order = draw(st.permutations(list(kb.questions)))
    asked = order[: draw(st.integers(0, len(order)))]
    return kb, [(name, draw(answers_to(kb.questions[name]))) for name in asked]
