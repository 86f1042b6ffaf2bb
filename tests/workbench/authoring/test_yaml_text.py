"""Whatever is written can be read again, and looks like the shipped files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from kb.language.loading import bundled, load
from kb.language.yaml_source import read
from kb.model.conditions import All, Answered, Condition, Found, Not, Within, leaves
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Case, Expectation, Kind, KnowledgeBase, Option, Question, Rule, Source
from kb.model.problems import Location
from kb.text.wrapping import unprintable
from kb.workbench.authoring.yaml_text import WIDTH, case_text, condition_data, fields_text, item_data, item_text, scalar
from tests.helpers import kb_from
from tests.property.strategies import interviews, knowledge_bases


def _placeless(item: object) -> object:
    return replace(item, place=Location(""), **({} if isinstance(item, Case | Source) else {"topic": ""}))


# --- a text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("yes", "yes"),
        ("Someone who rounds", "Someone who rounds"),
        ("no-change", "no-change"),
        ("it's fine, (really)", "it's fine, (really)"),
        ("", '""'),
        ("true", '"true"'),
        ("null", '"null"'),
        ("~", '"~"'),
        ("010", '"010"'),
        ("1:30", '"1:30"'),
        ("2024-05-01", '"2024-05-01"'),
        ("staff pose: sitting", '"staff pose: sitting"'),
        ("ends with a colon:", '"ends with a colon:"'),
        ("which side #1", '"which side #1"'),
        ("- a dash", '"- a dash"'),
        ("leg-clot?", '"leg-clot?"'),
        ("Is it so?", "Is it so?"),
        ("[one]", '"[one]"'),
        ("*star", '"*star"'),
        ("@home", '"@home"'),
        ("“What?”", "“What?”"),
        ('"so", he said', "'\"so\", he said'"),
        ('say "so": it\'s', "'say \"so\": it''s'"),
        (" a space before", '" a space before"'),
        ("two\nlines", '"two\\nlines"'),
        ("a\u00a0b", '"a\\u00a0b"'),
        ("a\x1b[31mb\u202ec", "a [31mb c"),
        ("a\U000e0100b", "a b"),  # a mark that nobody sees, though Unicode calls it printable
        (Decimal("0.50"), "0.50"),
        (3, "3"),
    ],
)
def test_scalar__a_text_or_number__quoted_only_where_it_must_be(text: str, written: str) -> None:
    assert scalar(text) == written


PRINTABLE = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"], include_characters="\n: #-'\"\\?"),
    max_size=300,
).filter(lambda text: unprintable(text.replace("\n", " ")) is None)
ODD = st.lists(
    st.sampled_from(["#", ":", "- ", " ", "'", '"', "\\", "\n", "a", "word", "?", "[", "}", ",", "é", "\u00a0"])
)


@given(PRINTABLE | ODD.map("".join), PRINTABLE)
def test_texts__any_printable_text_in_any_place__survive(text: str, other: str) -> None:
    data = {"plain": text, "list": [text, other], "group": {"inside": text}, "names": [text.replace(" ", "")] * 2}
    nested = {"listed": [{"first": text, "second": [other, text]}, text]}
    document = read(fields_text({**data, **nested}, 2), "here")
    assert (document.problems, document.root) == ([], {**data, **nested})


@given(st.text(max_size=60))
def test_texts__anything_at_all__written_so_that_it_can_be_read(text: str) -> None:
    document = read(fields_text({"text": text, "again": [text]}), "here")
    assert document.problems == []
    assert document.root == {"text": document.root["text"], "again": [document.root["text"]]}


@given(st.lists(st.text("abc’: ", min_size=1, max_size=20), min_size=5))
def test_texts__long__folded_within_the_width(words: list[str]) -> None:
    text = " ".join(" ".join(words).split())
    assume(text)
    assert all(len(line) <= WIDTH for line in fields_text({"because": text}, 4).splitlines() if " " in line.strip())


# --- items ------------------------------------------------------------------------------------------------------------


def test_items__of_names_or_of_prose__look_like_the_shipped_files() -> None:
    rule = Rule(
        "inner-corner-first",
        All((Answered("pose", ("sitting", "standing")), Answered("knee-backs", ("inner-first", "outer-first?")))),
        "An inner corner that leads is the article’s sign of over-straightening, and it asks for a tiny bend here.",
        find=("knee-backs-uneven",),
        recommend=("level-knee-backs", "spin-and-microbend"),
        sources=("A80",),
    )
    question = Question(
        "knee-backs",
        "Which corner goes down first?",
        Kind.ONE,
        (Option("level", "Neither: both sink alike"), Option("inner-first", "The inner corner")),
        hint="Each knee has a hollow at the back.",
        sources=("A50", "A79"),
    )
    written = item_text(rule.id, item_data(rule), 2) + item_text(question.id, item_data(question), 2)
    assert (
        written
        == """\
  inner-corner-first:
    when: {pose: [sitting, standing], knee-backs: [inner-first, "outer-first?"]}
    then: {find: knee-backs-uneven, recommend: [level-knee-backs, spin-and-microbend]}
    because: >-
      An inner corner that leads is the article’s sign of over-straightening, and it asks for a tiny bend
      here.
    source: A80
  knee-backs:
    ask: Which corner goes down first?
    type: one
    options:
      level: "Neither: both sink alike"
      inner-first: The inner corner
    hint: Each knee has a hollow at the back.
    sources: [A50, A79]
"""
    )


def test_items__short__on_one_line() -> None:
    source = Source("A1", "Get Unstuck: Alignment Help", "title", "Amber Burke")
    written = 'A1: {work: "Get Unstuck: Alignment Help", at: title, by: Amber Burke}\n'
    assert item_text("A1", item_data(source)) == written


def test_case_text__indented__an_item_of_a_list() -> None:
    answers = {"danger": ("none",), "habits": (), "hold": Decimal("0.7"), "low-back": "rounded", "felt": ("a?", "b")}
    expect = Expectation("advise", in_order=("lean-back",), never=("go-deeper",), findings=(), referrals=())
    case = Case("rounded", "Someone: who rounds", answers, expect, says="I sit.", because="It rounds.")
    assert (
        case_text(case, 2)
        == """\
  - id: rounded
    title: "Someone: who rounds"
    says: I sit.
    answers: {danger: none, habits: [], hold: 0.7, low-back: rounded, felt: ["a?", b]}
    expect: {outcome: advise, in-order: [lean-back], never: [go-deeper], findings: [], referrals: []}
    because: It rounds.
"""
    )


# --- written and loaded again -----------------------------------------------------------------------------------------

SHIPPED = load(bundled())


def _written(kb: KnowledgeBase, section: str) -> dict[str, Any]:
    """Return the items of a section that stand in a file."""
    if section == "rules":
        return kb.written_rules
    return {each.id: each for each in kb.written_questions} if section == "questions" else getattr(kb, section)


def _pack_text(kb: KnowledgeBase) -> str:
    """Return a knowledge base of one pack as a file."""
    pack = kb.packs[0]
    header = {"pack": pack.id, "title": pack.title, "version": pack.version, "safety-screens": pack.safety_screens}
    text = fields_text(header)
    for section in ("sources", "questions", "findings", "recommendations", "referrals", "rules"):
        items = _written(kb, section)
        if items:
            text += f"{section}:\n" + "".join(item_text(name, item_data(item), 2) for name, item in items.items())
    return text + "cases:\n" * bool(kb.cases) + "".join(case_text(case, 2) for case in kb.cases)


def _same(one: KnowledgeBase, other: KnowledgeBase) -> None:
    for section in ("sources", "questions", "findings", "recommendations", "referrals", "rules"):
        ours, theirs = _written(one, section), _written(other, section)
        assert [_placeless(item) for item in ours.values()] == [_placeless(item) for item in theirs.values()]
    assert [_placeless(case) for case in one.cases] == [_placeless(case) for case in other.cases]


def test_packs__the_shipped_one_written_and_loaded__equal() -> None:
    _same(kb_from(_pack_text(SHIPPED)), SHIPPED)


def _readable(condition: Condition) -> Condition:
    """Return a random condition as a file can say it: bounds that let a number through, no sign for what is absent."""
    match condition:
        case All(parts):
            return All(tuple(map(_readable, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(_readable, parts)))
        case Not(part):
            return Not(_readable(part))
        case Within(name, low, low_included, high, high_included, unsure):
            if (
                low is not None
                and high is not None
                and (low > high or not (low < high or (low_included and high_included)))
            ):
                low, high = high, None
            return Within(name, low, low_included or low is None, high, high_included or high is None, unsure)
    return condition


def _complete(kb: KnowledgeBase) -> KnowledgeBase:
    """Return a random knowledge base with what a file must say besides."""
    questions = {
        name: replace(question, unit="minutes" if question.kind is Kind.NUMBER else "")
        if question.kind is not Kind.YES_NO
        else replace(question, options=(Option("yes", "Yes"), Option("no", "No")))
        for name, question in kb.questions.items()
    }
    questions.update(
        (name, replace(questions[name], asked_when=_readable(condition))) for name, condition in kb.follow_ups.items()
    )
    rules = {name: replace(rule, when=_readable(rule.when), sources=("S1",)) for name, rule in kb.rules.items()}
    used = {"S1": Source("S1", "A book")}
    return replace(kb, questions=questions, rules=rules, sources=used)


@pytest.mark.law
@given(knowledge_bases())
def test_rules__of_any_knowledge_base_written_and_loaded__equal(kb: KnowledgeBase) -> None:
    kb = _complete(kb)
    _same(kb_from(_pack_text(kb)), kb)


@pytest.mark.law
@given(interviews(), st.text("abc: #'\"\n-", max_size=150), st.text("abc é“”?-", max_size=150))
def test_cases__any_answers_written_and_loaded__equal(interview: tuple, says: str, because: str) -> None:
    kb, answers = interview
    expect = Expectation("advise", in_order=tuple(kb.recommendations), findings=(), referrals=tuple(kb.referrals))
    case = Case("a-case", "A title", dict(answers), expect, says=says.strip(), because=because.strip())
    assert [_placeless(one) for one in kb_from(_pack_text(_complete(replace(kb, cases=(case,))))).cases] == [case]


@pytest.mark.parametrize(
    "condition",
    [
        All((Answered("pose", ("a",)), Answered("pose", ("b",)))),
        All((Answered("pose", ("a",)),)),
        All((AnyOf((Found(("f",)), Not(Found(("g",))))), AnyOf((Found(("g",)), Answered("pose", ("unsure",)))))),
        Not(All((Found(("f",)), Within("hold", Decimal(1), False, Decimal(2))))),
        Within("hold", Decimal("1.5"), True, Decimal("1.5"), True),
        Within("hold", Decimal(2), True, Decimal(2), True, True),
        Within("hold", unsure=True),
        Within("hold", high=Decimal(2), high_included=False, unsure=True),
    ],
)
def test_condition_data__what_a_group_of_lines_cannot_say_as_it_is__read_back_equal(condition: Condition) -> None:
    assert list(leaves(condition))
    text = """\
sources: {S1: {work: A book}}
questions:
  pose: {ask: Which?, type: one, options: {a: A, b: B}}
  hold: {ask: How long?, type: number, unit: minutes}
findings: {f: {title: F}, g: {title: G}}
recommendations: {r: {title: R, steps: [Do it.]}}
rules:
"""
    rule = Rule("rule", condition, "So.", recommend=("r",), sources=("S1",))
    assert condition_data(condition) == item_data(rule)["when"]
    assert kb_from(text + item_text("rule", item_data(rule), 2)).rules["rule"].when == condition
