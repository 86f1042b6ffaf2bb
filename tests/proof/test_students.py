"""The answer-set program on small packs: what is possible, who is the smallest student, and what follows for one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.model.conditions import Answered, Found
from kb.model.knowledge import (
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
from kb.proof.facts import quoted
from kb.proof.students import FOLLOWS, Atom, Students
from tests.helpers import kb_from
from tests.property.agreement import said
from tests.small import small

HEAD = """
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: Clot, bendy: Bendy, none: None}}
  props: {ask: Which props?, type: several, options: {block: Block, strap: Strap}}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round, arched: Arched}}
  knee: {ask: Sore knee?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0, at-most: 10}
recommendations: {lift: {title: Lift, steps: [Lift.]}, rest: {title: Rest, steps: [Rest.], kind: closing}}
rules:
"""


def rule(name: str, when: str, then: str = "recommend: lift") -> str:
    return f"  {name}: {{when: {when}, then: {{{then}}}, because: So., source: B}}\n"


def pack(*rules: str, findings: str = "") -> KnowledgeBase:
    return kb_from(findings + HEAD + "".join(rules))


# --- leaves -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "smallest"),
    [
        pytest.param("{back: round}", {"back": "round"}, id="one"),
        pytest.param("{back: [unsure, round]}", {"back": "round"}, id="one: rather sure than unsure"),
        pytest.param("{back: unsure}", {"back": "unsure"}, id="one, unsure"),
        pytest.param("{not: {back: [flat, round]}}", {"back": "arched"}, id="one, the only option that is left"),
        pytest.param("{not: {back: [flat, round, arched]}}", None, id="one, no option is left"),
        pytest.param("{not: {back: unsure}, knee: yes, back: flat}", {"knee": "yes", "back": "flat"}, id="not unsure"),
        pytest.param("{knee: no}", {"knee": "no"}, id="yes-no"),
        pytest.param("{not: {knee: [no, unsure]}}", {"knee": "yes"}, id="yes-no, ruled out"),
        pytest.param("{signs: clot}", {"signs": ("clot",)}, id="several"),
        pytest.param("{all: [{signs: clot}, {signs: bendy}]}", {"signs": ("clot", "bendy")}, id="several, both"),
        pytest.param("{signs: none}", {"signs": ("none",)}, id="several, none"),
        pytest.param("{not: {signs: [clot, bendy]}}", {"signs": ("none",)}, id="several: denying all leaves none"),
        pytest.param("{not: {signs: [none, bendy]}}", {"signs": ("clot",)}, id="several: not none is one of them"),
        pytest.param("{signs: clot?}", {"signs": ("clot?",)}, id="several, one option unsure"),
        pytest.param("{signs: clot?, not: {signs: bendy}}", {"signs": ("clot?",)}, id="several, one unsure, one not"),
        pytest.param("{all: [{signs: clot?}, {signs: bendy}]}", {"signs": ("clot?", "bendy")}, id="unsure and chosen"),
        pytest.param("{all: [{signs: none}, {signs: [clot, clot?]}]}", None, id="none excludes all else"),
        pytest.param("{all: [{signs: unsure}, {signs: clot?}]}", {"signs": "unsure"}, id="several, all unsure"),
        pytest.param("{all: [{signs: unsure}, {signs: clot}]}", None, id="several, all unsure and one chosen"),
        pytest.param("{all: [{signs: none?}, {not: {signs: [unsure, bendy]}}]}", {"signs": ("clot?",)}, id="none?"),
        pytest.param("{not: {props: [block, strap]}}", {"props": ()}, id="several without none, empty"),
        pytest.param("{props: [block?]}", {"props": ("block?",)}, id="several without none, unsure"),
        pytest.param("{hold: 2}", {"hold": Decimal(2)}, id="number, exactly"),
        pytest.param("{hold: {above: 2, below: 4}}", {"hold": Decimal(3)}, id="number, between"),
        pytest.param("{hold: {at-least: 10}}", {"hold": Decimal(10)}, id="number, the last that can be answered"),
        pytest.param("{hold: {above: 10}}", None, id="number, above what can be answered"),
        pytest.param("{hold: {below: 0}}", None, id="number, below what can be answered"),
        pytest.param("{hold: [{above: 10}, unsure]}", {"hold": "unsure"}, id="number, no bound, but unsure"),
        pytest.param("{not: {hold: [{below: 3}, {above: 3}]}}", {"hold": Decimal(3)}, id="number, left by two ranges"),
        pytest.param("{all: [{hold: {below: 2}}, {hold: {above: 2}}]}", None, id="number, in two places at once"),
    ],
)  # fmt: skip
def test_smallest__one_rule__is_the_student_of_fewest_answers(when: str, smallest: dict[str, Answer] | None) -> None:
    kb = pack(rule("it", when))
    assert Students(kb).smallest(("fires", "this", "it")) == smallest
    assert (("fires", "this", "it") in Students(kb).possible("fires/2")) == (smallest is not None)
    if smallest is not None:
        assert ("fires", "this", "it") in said(Engine(kb), smallest)


# --- what follows for one student -------------------------------------------------------------------------------------

NESTED = pack(
    rule("all", "{back: round, knee: yes}", "find: tight"),
    rule("any", "{any: [{back: arched}, {all: [{signs: bendy}, {knee: yes}]}]}", "find: tight"),
    rule("chain", "{finding: tight}", "find: stiff"),
    rule("not-chain", "{not: {finding: stiff}}", "recommend: rest"),
    rule("either", "{finding: [stiff, lost], hold: {below: 5}}"),
    rule("lost", "{not: {any: [{knee: unsure}, {not: {knee: no}}]}, hold: unsure}", "find: lost"),
    findings="findings: {tight: {title: Tight}, stiff: {title: Stiff}, lost: {title: Lost}}",
)


@pytest.mark.parametrize(
    ("answers", "follows"),
    [
        pytest.param({}, {"outcome": "incomplete"}, id="nothing is known of who has said nothing"),
        pytest.param(
            {"back": "round", "knee": "yes"},
            {
                "fires": "all chain",
                "refuted": "not-chain lost",
                "found": "tight stiff",
                "ruled_out": "lost",
                "outcome": "incomplete",
            },
            id="a chain of findings",
        ),
        pytest.param(
            {"back": "flat", "signs": ("none",), "knee": "no", "hold": Decimal(5)},
            {
                "fires": "not-chain",
                "refuted": "all any chain either lost",
                "ruled_out": "tight stiff lost",
                "given": "rest",
                "outcome": "no-change",
            },
            id="everything ruled out",
        ),
        pytest.param({"back": "flat"}, {"refuted": "all", "outcome": "incomplete"}, id="any, one part open"),
        pytest.param({"back": "unsure"}, {"outcome": "incomplete"}, id="unsure refutes nothing"),
        pytest.param(
            {"signs": ("bendy",), "knee": "yes", "hold": Decimal("4.9")},
            {
                "fires": "any chain either",
                "refuted": "not-chain lost",
                "found": "tight stiff",
                "ruled_out": "lost",
                "given": "lift",
                "outcome": "advise",
            },
            id="any, by its second part",
        ),
        pytest.param(
            {"knee": "no", "hold": "unsure"},
            {"fires": "lost", "refuted": "all", "found": "lost", "outcome": "incomplete"},
            id="not of any of not",
        ),
    ],
)  # fmt: skip
def test_what_follows__nested_conditions__are_three_valued(answers: dict[str, Answer], follows: dict[str, str]) -> None:
    expected = {(predicate, "this", name) for predicate, names in follows.items() for name in names.split()}
    assert Students(NESTED).what_follows(answers) == expected
    assert said(Engine(NESTED), answers) == expected


def test_possible__small_pack__is_all_it_can_say_and_no_more() -> None:
    kb = small()
    possible = Students(kb).possible("given/2", "withheld/2", "referred/2", "outcome/2")
    wanted = {("given", "this", name) for name in kb.recommendations}
    # By a rule only go-deeper; but any correction can have made it worse.
    wanted |= {("withheld", "this", name) for name, each in kb.recommendations.items() if not each.closing}
    wanted |= {("referred", "this", name) for name in kb.referrals}
    told = ["stop-emergency", "stop-today", "clinician-first", "advise-gently", "advise", "check-first", "no-change"]
    assert possible == wanted | {("outcome", "this", name) for name in (*told, "incomplete")}


def test_possible__complete__leaves_no_question_open_but_those_after_the_advice() -> None:
    kb = small()
    students = Students(kb, complete=True)
    assert ("outcome", "this", "incomplete") in students.possible("outcome/2")
    answers = students.smallest(("outcome", "this", "incomplete"))
    assert answers is not None
    assert list(answers) == [name for name, question in kb.questions.items() if not question.after_advice]
    hurt = students.smallest(("fires", "this", "hurt"))
    assert hurt is not None
    assert list(hurt) == [question.id for question in kb.written_questions]


def test_smallest__after_many_other_questions__is_the_same() -> None:
    students = Students(small())
    goal = ("outcome", "this", "check-first")
    first = students.smallest(goal)
    students.possible("fires/2")
    students.what_follows({"danger": "unsure"})
    students.smallest(("fires", "this", "clot-and-breath"), ("withheld", "this", "go-deeper"))
    assert students.smallest(goal) == first == {"danger": ("none",), "low-back": "unsure"}


@pytest.mark.parametrize(
    "goal",
    [[("fires", "this", "nobody")], [("no-such", "this", "x")], [("given", "this", "lift"), ("fires", "x", "y")]],
)
def test_smallest__something_that_is_not__is_nobody(goal: list[Atom]) -> None:
    assert Students(NESTED).smallest(*goal) is None


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *('a"b', 'a"). fires("this","x', "back\\", "\\", '\\"', "tab\there", "two\nlines", "ünï 折 😀", "²"),
        *("%", "a/b", "#show", "X", "7", "007", "-7", ""),
    ],
)
def test_names__whatever_they_hold__stay_names(name: str) -> None:
    kb = KnowledgeBase(
        packs=(Pack("p", "P", "1", safety_screens=(name,)),),
        questions={name: Question(name, "?", Kind.ONE, (Option(name, name), Option("other", "Other")))},
        findings={name: Finding(name, name)},
        recommendations={name: Recommendation(name, name, ("do",))},
        referrals={name: Referral(name, Level.GENTLY, "Go.")},
        rules={
            name: Rule(name, Answered(name, (name,)), "So.", find=(name,)),
            "more": Rule("more", Found((name,)), "So.", recommend=(name,), refer=(name,)),
        },
        sources={},
    )
    students, engine = Students(kb), Engine(kb)
    for answers in ({name: name}, {name: "other"}, {}):
        assert students.what_follows(answers) == said(engine, answers)
    assert students.possible("fires/2") == {("fires", "this", name), ("fires", "this", "more")}
    for goal in (("fires", "this", name), ("given", "this", name), ("referred", "this", name), ("found", "this", name)):
        assert students.smallest(goal) == {name: name}
    assert Students({name: kb}).smallest(("fires", name, name)) == {name: name}


def test_quoted__special_characters__are_escaped() -> None:
    assert quoted('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'


def test_smallest__a_node__is_named_by_its_number() -> None:
    students = Students(pack(rule("7", "{back: round, knee: yes}")))
    nodes = {condition: number for number, (_, _, condition) in students.facts.nodes.items()}
    assert students.smallest(("holds", str(nodes[Answered("knee", ("yes",))]))) == {"knee": "yes"}
    assert students.smallest(("fires", "this", "7")) == {"back": "round", "knee": "yes"}
    assert students.smallest(("fires", "this", "7"), ("fails", str(nodes[Answered("knee", ("yes",))]))) is None


# --- two worlds -------------------------------------------------------------------------------------------------------

OLD = pack(rule("it", "{back: [round, flat]}"))


def changed(question: str, **parts: object) -> KnowledgeBase:
    """Return OLD with one question changed."""
    return replace(OLD, questions={**OLD.questions, question: replace(OLD.questions[question], **parts)})


def test_worlds__same_pack_twice__say_the_same() -> None:
    students = Students({"old": OLD, "new": OLD}, extra=DIFFERENT)
    assert students.possible("different/1") == set()
    assert students.what_follows({"back": "round"}) == {
        (predicate, world, name)
        for world in ("old", "new")
        for predicate, name in (("fires", "it"), ("given", "lift"), ("outcome", "advise"))
    }


DIFFERENT = """
different(X) :- given("old",X), not given("new",X).
different(X) :- given("new",X), not given("old",X).
"""


def test_worlds__another_rule__are_told_apart_by_the_smallest_student() -> None:
    new = pack(rule("it", "{back: round}"))
    students = Students({"old": OLD, "new": new}, extra=DIFFERENT)
    assert students.smallest(("different", "lift")) == {"back": "flat"}


def test_worlds__option_of_one_answer_that_one_lacks__is_answered_by_nobody() -> None:
    options = (Option("round", "Round"), Option("sway", "Sway"))
    new = changed("back", options=options)
    new = replace(new, rules={"it": replace(OLD.rules["it"], when=Answered("back", ("sway",)))})
    students = Students({"old": OLD, "new": new})
    assert students.unlike == set()
    assert [students.what_follows({"back": answer}) is None for answer in ("flat", "arched", "sway")] == [True] * 3
    assert students.what_follows({"back": "round"}) == {
        ("fires", "old", "it"), ("given", "old", "lift"), ("outcome", "old", "advise"),
        ("refuted", "new", "it"), ("outcome", "new", "no-change"),
    }  # fmt: skip
    assert students.possible("fires/2") == {("fires", "old", "it")}


def test_worlds__new_option_of_several__is_chosen_by_nobody() -> None:
    options = (Option("new", "New"), *OLD.questions["signs"].options)
    new = changed("signs", options=options)
    new = replace(new, rules={"it": replace(OLD.rules["it"], when=Answered("signs", ("new", "new?")))})
    students = Students({"old": OLD, "new": new})
    assert students.what_follows({"signs": ("clot", "new")}) is None
    assert students.what_follows({"signs": ("new?",)}) is None
    assert students.what_follows({"signs": ("clot?",)}) == {
        ("refuted", "new", "it"), ("outcome", "new", "no-change"), ("outcome", "old", "incomplete")
    }  # fmt: skip
    assert students.smallest(("fires", "new", "it")) == {"signs": "unsure"}


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("back", {"kind": Kind.SEVERAL}),
        ("back", {"kind": Kind.NUMBER, "options": ()}),
        ("hold", {"kind": Kind.YES_NO, "options": (Option("yes", "Yes"), Option("no", "No"))}),
        ("hold", {"kind": Kind.SEVERAL, "options": (Option("yes", "Yes"),)}),
        ("signs", {"options": (Option("clot", "Clot"), Option("bendy", "Bendy"))}),
        ("props", {"options": (Option("block", "Block"), Option("none", "None"))}),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_worlds__question_asked_in_two_ways__stays_unanswered(
    question: str, parts: dict[str, object], turned: bool
) -> None:
    every = pack(
        rule("back", "{back: [round, unsure]}"),
        rule("hold", "{hold: [{at-least: 2}, unsure]}"),
        rule("signs", "{signs: [clot, unsure]}"),
        rule("props", "{props: [block, unsure]}"),
    )
    other = replace(changed(question, **parts), rules={})
    pair = {"new": other, "old": every} if turned else {"old": every, "new": other}
    students = Students(pair)
    assert students.unlike == {question}
    fires = {("fires", "old", name) for name in ("back", "hold", "signs", "props") if name != question}
    assert students.possible("fires/2", "refuted/2") - fires == {("refuted", "old", name) for _, _, name in fires}


def test_worlds__number_with_other_bounds__takes_what_both_take() -> None:
    old = pack(rule("it", "{hold: {above: 2}}"))
    new = replace(old, questions={**old.questions, "hold": replace(old.questions["hold"], at_most=Decimal(3))})
    students = Students({"old": old, "new": new})
    assert students.smallest(("fires", "old", "it")) == {"hold": Decimal("2.5")}
    assert students.possible("fires/2") == {("fires", "old", "it"), ("fires", "new", "it")}


@pytest.mark.parametrize("turned", [False, True])
def test_worlds__question_after_the_advice_in_one__is_untried_there_only(turned: bool) -> None:
    old = pack(rule("it", "{back: round, knee: yes}"))
    new = replace(old, questions={**old.questions, "knee": replace(old.questions["knee"], after_advice=True)})
    students = Students({"new": new, "old": old} if turned else {"old": old, "new": new})
    follows = students.what_follows({"back": "round"})
    assert follows == {("outcome", "old", "incomplete"), ("outcome", "new", "no-change")}


def test_worlds__question_of_one_only__is_answered_as_it_asks() -> None:
    new = replace(OLD, questions={name: OLD.questions[name] for name in ("signs", "knee")}, rules={})
    students = Students({"old": OLD, "new": new})
    assert students.smallest(("fires", "old", "it")) in ({"back": "round"}, {"back": "flat"})


def test_follows__listed__are_predicates_of_the_program() -> None:
    assert {atom[0] for atom in Students(small()).possible(*(f"{name}/2" for name in FOLLOWS))} == FOLLOWS
