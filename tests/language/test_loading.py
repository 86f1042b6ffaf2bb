"""Packs become a knowledge base, or a list of every mistake, each once and at its place."""

from __future__ import annotations

import itertools
import os
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.language.loading import bundled, load
from kb.model.conditions import All, Answered, Any, Condition, Found, Not, Within
from kb.model.knowledge import Kind, Level
from kb.text.wrapping import unprintable
from tests.helpers import kb_from, load_text, places, problems_in, refused

PACK = """\
pack: knees
title: Knees
version: "1.0.0"
language: no
authors: [Mira K., Jo]
about: >-
  What it is.
limits: [No advice.]
credit: Someone
safety-screens: [danger]
stop-signs: Anything new?
most-questions: 25
sources:
  A1: {work: A book, by: Someone, at: page 1, address: "https://example.org/a#b"}
questions:
  danger:
    ask: Any of these?
    type: several
    options: {clot: A swollen calf, pop: A pop, none: None of these}
    hint: What is meant.
    self-check: How to find out.
    sources: A1
  low-back:
    ask: What does it do?
    type: one
    options:
      curved: It curves
      rounded: It rounds
  strain: {ask: Does it strain?, type: yes-no, after-advice: yes}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0, at-most: "600"}
findings:
  tight: {title: The back is tight}
  loose: {title: The back is loose}
recommendations:
  lean-back: {title: Lean back, steps: [First, Then], cue: Long, dose: Twice, self-check: Look, sources: [A1]}
  accept: {title: Accept it, steps: Stay, kind: closing}
referrals:
  emergency: {level: stop-emergency, tell: Call, sources: A1}
rules:
  rounded:
    when: {low-back: rounded, strain: [yes, unsure]}
    then: {find: tight, recommend: [lean-back], withhold: accept}
    because: It rounds.
    source: A1
  clot:
    when: {danger: [clot, "clot?"]}
    then: {refer: emergency}
    because: It may be one.
    source: [A1]
cases:
  - id: v01
    title: Someone
    says: I sit
    answers: {danger: none, low-back: rounded, hold: 0.70, strain: unsure}
    expect: {outcome: advise, in-order: [lean-back], may-add: accept, never: any, findings: [tight], referrals: []}
    because: It fits.
"""


def test_load_text__a_whole_pack__becomes_values() -> None:
    kb = load_text(PACK)
    (pack,) = kb.packs
    assert (pack.id, pack.title, pack.version, pack.language) == ("knees", "Knees", "1.0.0", "no")
    assert (pack.authors, pack.about, pack.limits) == (("Mira K.", "Jo"), "What it is.", ("No advice.",))
    assert (pack.stop_signs, pack.most_questions) == ("Anything new?", 25)
    assert kb.safety_screens == ("danger",)
    assert list(kb.questions) == ["danger", "low-back", "strain", "hold", "after-lean-back"]
    assert [question.kind for question in kb.written_questions] == [Kind.SEVERAL, Kind.ONE, Kind.YES_NO, Kind.NUMBER]
    assert kb.questions["low-back"].option_ids == ("curved", "rounded")
    assert kb.questions["strain"].option_ids == ("yes", "no")
    assert [question.after_advice for question in kb.written_questions] == [False, False, True, False]
    assert (kb.questions["hold"].at_least, kb.questions["hold"].at_most) == (Decimal(0), Decimal(600))
    assert str(kb.questions["low-back"].place) == "pack.yaml:23:3"
    assert kb.recommendations["lean-back"].steps == ("First", "Then")
    assert [one.closing for one in kb.recommendations.values()] == [False, True]
    assert kb.referrals["emergency"].level is Level.STOP_EMERGENCY
    rule = kb.rules["rounded"]
    assert rule.when == All((Answered("low-back", ("rounded",)), Answered("strain", ("yes", "unsure"))))
    assert (rule.find, rule.recommend, rule.refer, rule.withhold) == (("tight",), ("lean-back",), (), ("accept",))
    assert kb.sources["A1"].address == "https://example.org/a#b"
    (case,) = kb.cases
    assert case.answers == {"danger": ("none",), "low-back": "rounded", "hold": Decimal("0.7"), "strain": "unsure"}
    assert (case.expect.outcome, case.expect.in_order, case.expect.never) == ("advise", ("lean-back",), ("any",))
    assert (case.expect.findings, case.expect.referrals) == (("tight",), ())


@pytest.mark.parametrize(
    ("when", "condition"),
    [
        ("{low-back: rounded}", Answered("low-back", ("rounded",))),
        ("{low-back: [rounded, unsure]}", Answered("low-back", ("rounded", "unsure"))),
        ("{danger: clot?}", Answered("danger", ("clot?",))),
        ("{strain: 'no'}", Answered("strain", ("no",))),
        ("{finding: tight}", Found(("tight",))),
        ("{finding: [tight, loose]}", Found(("tight", "loose"))),
        ("{not: {strain: yes}}", Not(Answered("strain", ("yes",)))),
        ("{all: [{strain: yes}, {finding: tight}]}", All((Answered("strain", ("yes",)), Found(("tight",))))),
        ("{any: [{strain: yes}]}", Any((Answered("strain", ("yes",)),))),
        (
            "{strain: no, any: [{finding: tight}, {low-back: curved, strain: yes}]}",
            All(
                (
                    Answered("strain", ("no",)),
                    Any((Found(("tight",)), All((Answered("low-back", ("curved",)), Answered("strain", ("yes",)))))),
                )
            ),
        ),
        ("{hold: {at-least: 2}}", Within("hold", low=Decimal(2))),
        ("{hold: {above: 2}}", Within("hold", low=Decimal(2), low_included=False)),
        ("{hold: {below: 2.50}}", Within("hold", high=Decimal("2.5"), high_included=False)),
        ("{hold: {at-least: 1, at-most: 2}}", Within("hold", low=Decimal(1), high=Decimal(2))),
        ("{hold: 2}", Within("hold", low=Decimal(2), high=Decimal(2))),
        ("{hold: unsure}", Within("hold", unsure=True)),
        ("{hold: [unsure, {below: 2}]}", Within("hold", high=Decimal(2), high_included=False, unsure=True)),
        (
            "{hold: [{below: 1}, unsure, 5]}",
            Any(
                (
                    Within("hold", high=Decimal(1), high_included=False, unsure=True),
                    Within("hold", low=Decimal(5), high=Decimal(5)),
                )
            ),
        ),
    ],
)
def test_load_text__when__becomes_a_condition(when: str, condition: Condition) -> None:
    text = PACK.replace("{low-back: rounded, strain: [yes, unsure]}", when).replace("find: tight", "refer: emergency")
    assert load_text(text).rules["rounded"].when == condition


def test_load_text__no_header__is_made_up() -> None:
    assert [pack.id for pack in kb_from("findings: {a: {title: A}}").packs] == ["pack"]


# --- mistakes, each in a pack that is otherwise whole ----------------------------------------------------------------

LINES = PACK.splitlines()


def line_of(words: str) -> int:
    (number,) = [number for number, line in enumerate(LINES, start=1) if words in line]
    return number


MISTAKES = [
    # (what stood there, what stands there now with ^ at the place of the problem, the problem)
    ("    ask: What does", "    ^aks: What does", "unknown-key"),
    ("about: >-", "^abuot: >-", "unknown-key"),
    ("referrals:\n", "^refferals:\n", "unknown-key"),
    ("{title: The back is tight}", "{^titel: The back is tight}", "unknown-key"),
    ("outcome: advise,", "^outcom: advise,", "unknown-key"),
    ("{find: tight, recommend", "{^fnid: tight, recommend", "unknown-key"),
    ("strain: [yes, unsure]", "^starin: [yes, unsure]", "unknown-question"),
    ("low-back: rounded, hold", "^low-bakc: rounded, hold", "unknown-question"),
    ("screens: [danger]", "screens: [^dagner]", "unknown-question"),
    ("{low-back: rounded,", "{low-back: ^ronded,", "unknown-option"),
    ("{low-back: rounded,", "{low-back: ^2,", "unknown-option"),
    ("{low-back: rounded,", "{low-back: [rounded, ^nought],", "unknown-option"),
    ("{low-back: rounded,", "{low-back: ^rounded?,", "unknown-option"),
    ("strain: [yes, unsure]", "strain: ^true", "unknown-option"),
    ("low-back: rounded, hold", "low-back: ^ronded, hold", "unknown-option"),
    ("{danger: none,", "{danger: [none, ^unsure],", "wrong-shape"),
    ("{danger: none,", "{danger: ^[none, clot],", "wrong-shape"),
    ("{find: tight,", "{find: ^tihgt,", "unknown-finding"),
    ("{find: tight,", "{find: ^lean-back,", "unknown-finding"),
    ('{find: tight,', '{find: ^"tight, loose",', "unknown-finding"),
    ("findings: [tight]", "findings: [^tihgt]", "unknown-finding"),
    ("recommend: [lean-back]", "recommend: [^lean-bakc]", "unknown-recommendation"),
    ("withhold: accept", "withhold: ^acept", "unknown-recommendation"),
    ("in-order: [lean-back]", "in-order: [^lean-bakc]", "unknown-recommendation"),
    ("refer: emergency", "refer: ^emergancy", "unknown-referral"),
    ("    source: A1", "    source: ^A2", "unknown-source"),
    ("tell: Call, sources: A1", "tell: Call, sources: ^A2", "unknown-source"),
    ("outcome: advise,", "outcome: ^advice,", "unknown-outcome"),
    ("pack: knees", "format: ^2\npack: knees", "unknown-format"),
    ("  loose: {title", "  ^tight: {title", "duplicate-key"),
    (
        "    because: It fits.\n",
        "  - {id: ^v01, title: A, answers: {}, expect: {outcome: advise}}\n",
        "duplicate-id",
    ),
    ("  rounded:\n    when: {low-back: rounded, strain: [yes, unsure]}\n", "  ^rounded:\n", "missing-part"),
    ("    because: It rounds.\n", "    ^because:\n", "missing-part"),
    ("because: It rounds.", "because: ^~", "missing-part"),
    ('version: "1.0.0"\n', 'version: ^""\n', "missing-part"),
    ("{find: tight, recommend: [lean-back], withhold: accept}", "^{}", "missing-part"),
    ("recommend: [lean-back]", "recommend: ^[]", "missing-part"),
    ("{low-back: rounded, strain: [yes, unsure]}", "^{}", "missing-part"),
    ("{low-back: rounded,", "{low-back: ^[],", "missing-part"),
    ("{low-back: rounded,", "{any: ^[],", "missing-part"),
    ("{low-back: rounded,", "{hold: ^{},", "missing-part"),
    ("{low-back: rounded,", "{finding: ^[],", "missing-part"),
    ("hold: {ask: How long?, type: number, unit: minutes", "^hold: {ask: How long?, type: number", "missing-part"),
    ("danger:\n    ask: Any of these?\n    type: several\n", "^danger:\n    ask: Any of these?\n", "missing-part"),
    ("  - id: v01\n    title", "  - ^title", "missing-part"),
    ("{outcome: advise, ", "^{", "missing-part"),
    ("options: {clot: A swollen calf, pop: A pop, none: None of these}", "^options: {}", "missing-part"),
    ("    options:\n      curved: It curves\n", "    ^options:\n", "missing-part"),
    ("title: Knees", "title: ^[Knees]", "wrong-shape"),
    ("title: Knees", "title: ^true", "wrong-shape"),
    ("{title: The back is tight}", "^The back is tight", "wrong-shape"),
    ("{title: The back is tight}", "title^:The back is tight", "syntax"),
    ("    then: {refer", "    then^:{refer", "syntax"),
    ("    then: {refer", "    then ^:{refer", "syntax"),
    ("  loose: {title: The back is loose}", "  ^x  loose: [A]", "bad-id"),
    ("{low-back: rounded, strain: [yes, unsure]}", "^[strain]", "wrong-shape"),
    ("{low-back: rounded,", "{low-back: ^{at-least: 2},", "wrong-shape"),
    ("{low-back: rounded,", "{any: ^{strain: no},", "wrong-shape"),
    ("{low-back: rounded,", "{not: ^[strain],", "wrong-shape"),
    ("{clot: A swollen calf, pop: A pop, none: None of these}", "^[clot, pop]", "wrong-shape"),
    ("type: yes-no,", "type: yes-no, ^options: {a: b, c: d},", "wrong-shape"),
    ("type: yes-no,", "type: yes-no, ^unit: minutes,", "wrong-shape"),
    ("type: number,", "type: number, ^options: {a: b, c: d},", "wrong-shape"),
    ("  - id: v01\n    title", "    ^v01:\n     title", "wrong-shape"),
    ("after-advice: yes", "after-advice: ^true", "wrong-shape"),
    ("after-advice: yes", "after-advice: ^maybe", "wrong-value"),
    ("type: yes-no", "type: ^yesno", "bad-type"),
    ("kind: closing", "kind: ^close", "bad-type"),
    ("level: stop-emergency", "level: ^stop", "bad-level"),
    ("  tight: {title", "  ^too tight: {title: A}\n  tight: {title", "bad-id"),
    ("  tight: {title", "  ^Tight-one: {title: A}\n  tight: {title", "bad-id"),
    ("  tight: {title", "  ^" + "t" * 61 + ": {title: A}\n  tight: {title", "bad-id"),
    ("  tight: {title", "  ^true: {title: A}\n  tight: {title", "bad-id"),
    ("  strain: {ask", "  ^unsure: {ask: A, type: yes-no}\n  strain: {ask", "bad-id"),
    ("  strain: {ask", "  ^any: {ask: A, type: yes-no}\n  strain: {ask", "bad-id"),
    ("      curved: It", "      ^unsure: It", "bad-id"),
    ("pack: knees", "pack: ^My knees", "bad-id"),
    ("at-least: 0,", "at-least: ^none,", "bad-number"),
    ("most-questions: 25", "most-questions: ^2.5", "bad-number"),
    ("{low-back: rounded,", "{hold: ^long,", "bad-number"),
    ("{low-back: rounded,", "{hold: {at-least: ^nan},", "bad-number"),
    ("{low-back: rounded,", "{hold: ^{at-least: 1, above: 2},", "bad-number"),
    ('{low-back: rounded,', "{hold: ^'1,000',", "bad-number"),
    ("hold: 0.70", "hold: ^a while", "bad-number"),
    ("hold: 0.70", "hold: ^601", "out-of-bounds"),
    ("cue: Long,", "cue: Long, hold: {minutes: ^121},", "out-of-bounds"),
    ("cue: Long,", "cue: Long, hold: {minutes: ^long},", "bad-number"),
    ('at-most: "600"', 'at-most: ^-1', "out-of-bounds"),
    ("{low-back: rounded,", "{hold: ^{at-least: 5, below: 2},", "out-of-bounds"),
    ("{low-back: rounded,", "{hold: ^{at-least: 5, below: 5},", "out-of-bounds"),
    ("recommend: [lean-back]", "recommend: [lean-back, ^lean-back]", "listed-twice"),
    ("strain: [yes, unsure]", "strain: [yes, unsure, ^yes]", "listed-twice"),
    ("rounded:\n    when: {low-back: rounded", "^rounded:\n    when: {finding: tight", "circle"),
    ("because: It rounds.", "because: It rounds at ^#2 now.", "cut-text"),
    ("because: It rounds.", "because: It rounds^: much.", "syntax"),
    ("because: It rounds.", "because: ^*It* rounds", "syntax"),
    ("because: It rounds.", "because: ^&It rounds", "anchor"),
    ("because: It rounds.", "because: It^\x07 rounds", "control-character"),
    ("rules:\n  rounded:", "  ^rounded:", "wrong-shape"),
]  # fmt: skip


@pytest.mark.parametrize(("stood", "stands", "problem"), MISTAKES)
def test_load_text__one_mistake__is_one_problem_at_its_place(stood: str, stands: str, problem: str) -> None:
    assert PACK.count(stood) == 1
    marked = PACK.replace(stood, stands)
    before = marked[: marked.index("^")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert places(refused(load_text, marked.replace("^", ""))) == [(problem, line, column)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("just text", [("wrong-shape", 1)]),
        ("- a\n- b\n", [("wrong-shape", 1)]),
        ("findings:\n  a: {title: A}\n  b: {titel: A}\nrules:\n", [("unknown-key", 3), ("missing-part", 4)]),
        ("findings: [a, b]\n", [("wrong-shape", 1)]),
        ("cases: {a: b}\n", [("wrong-shape", 1)]),
        ("findings:\n  a: {}\n  b: {}\n", [("missing-part", 2), ("missing-part", 3)]),
        ("questions:\n  q: {type: one}\n", [("missing-part", 2), ("missing-part", 2)]),
        ("questions:\n  q: {ask: A, type: one, optoins: {a: A, b: B}}\n", [("unknown-key", 2)]),
    ],
)
def test_load_text__other_mistakes__are_reported_together(text: str, expected: list[tuple[str, int]]) -> None:
    assert problems_in(text) == expected


def test_load_text__an_item_that_is_faulty__counts_as_known() -> None:
    text = PACK.replace("{title: The back is tight}", "{}").replace("    ask: Any of these?\n", "")
    text = text.replace("level: stop-emergency", "level: stop").replace("work: A book, ", "")
    assert [problem.id for problem in refused(load_text, text)] == [
        "missing-part",
        "missing-part",
        "missing-part",
        "bad-level",
    ]


def test_load_text__a_name_used_often__is_one_mistake() -> None:
    text = PACK.replace("  low-back:\n", "  lowback:\n")
    (problem,) = refused(load_text, text)
    assert (problem.id, problem.place.line) == ("unknown-question", line_of("{low-back: rounded,"))
    assert f"pack.yaml:{line_of('answers:')}:" in problem.message
    assert "lowback" in problem.way_out


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("starin: [yes", "strain"),
        ("notx: {strain: yes}, strain: [yes", "not"),
        ("findin: tight, strain: [yes", "finding"),
    ],
)
def test_load_text__a_mistyped_word_of_a_condition__names_the_nearest(word: str, suggestion: str) -> None:
    (problem,) = refused(load_text, PACK.replace("strain: [yes", word))
    assert (problem.id, f"“{suggestion}”" in problem.way_out) == ("unknown-question", True)


@pytest.mark.parametrize(
    ("stood", "stands", "suggestion"),
    [
        ("low-back: rounded, hold", "low-bakc: rounded, hold", "“low-back”"),
        ("{low-back: rounded,", "{low-back: ronded,", "“rounded”"),
        ("outcome: advise,", "outcome: advice,", "“advise”"),
        ("level: stop-emergency", "level: emergency", "“stop-emergency”"),
        ("type: yes-no", "type: yesno", "“yes-no”"),
        ("    because: It rounds.", "    becuase: It rounds.", "“because”"),
        ("{find: tight,", "{find: lean-back,", "a recommendation “lean-back”"),
        ("rules:\n  rounded:", "  rounded:", "“rules:”"),
        ("      curved: It curves\n", "", "“name: what the person reads”"),
    ],
)
def test_load_text__a_mistake__comes_with_a_way_out(stood: str, stands: str, suggestion: str) -> None:
    (problem,) = refused(load_text, PACK.replace(stood, stands))
    assert suggestion in problem.way_out


# --- circles --------------------------------------------------------------------------------------------------------


def _chain(*edges: tuple[str, str]) -> str:
    findings = sorted({name for edge in edges for name in edge})
    lines = ["sources: {A: {work: B}}", "findings:", *(f"  {name}: {{title: A}}" for name in findings), "rules:"]
    lines += [
        f"  {one}-{two}: {{when: {{not: {{finding: {two}}}}}, then: {{find: {one}}}, because: A, source: A}}"
        for one, two in edges
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("edges", "circles"),
    [
        ((("a", "b"), ("b", "c"), ("a", "c")), []),
        ((("a", "a"),), ["a"]),
        ((("a", "b"), ("b", "a")), ["ab"]),
        ((("x", "a"), ("a", "b"), ("b", "c"), ("c", "a")), ["abc"]),
        ((("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")), ["ab", "ac"]),
        ((("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")), ["ab", "cd"]),
    ],
)
def test_load_text__findings_that_rest_on_themselves__are_named_once(
    edges: tuple[tuple[str, str], ...], circles: list[str]
) -> None:
    problems = refused(load_text, _chain(*edges))
    assert [problem.id for problem in problems] == ["circle"] * len(circles)
    for problem, circle in zip(problems, circles):
        for one, two in zip(circle, circle[1:] + circle[0]):
            assert f"“{one}” on “{two}” (rule {one}-{two})" in problem.message


def test_load_text__a_long_way_of_findings__is_refused_once_and_needs_no_recursion() -> None:
    names = [f"f{number}" for number in range(3_000)]
    way = list(itertools.pairwise(names))
    assert len(kb_from(_chain(*way[:60])).rules) == 60
    assert [problem.id for problem in refused(load_text, _chain(*way))] == ["too-deep"]
    assert [problem.id for problem in refused(load_text, _chain(*way, (names[-1], names[0])))] == ["circle"]


# --- folders --------------------------------------------------------------------------------------------------------

HEAD = "pack: p\ntitle: P\nversion: '1'\ntopics: [one, two]\nsources: {A: {work: B}}\n"
RULE = "rules: {r: {when: {q: yes}, then: {find: f}, because: A, source: A}}\n"
QUESTION = "questions: {q: {ask: A, type: yes-no}}\n"
FINDING = "findings: {f: {title: A}}\n"
CASE = "- {id: c, title: A, answers: {q: yes}, expect: {outcome: advise}}\n"
WHOLE = {"pack.yaml": HEAD, "one.yaml": QUESTION, "two.yaml": FINDING + RULE, "cases/c.yaml": CASE}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def found_in(folder: Path) -> list[tuple[str, str, int]]:
    return [
        (Path(problem.place.path).relative_to(folder).as_posix(), problem.id, problem.place.line)
        for problem in refused(load, folder)
    ]


def test_load__a_folder__is_read_in_the_order_of_its_topics(tmp_path: Path) -> None:
    files = {
        "pack.yaml": HEAD.replace("[one, two]", "[two, one, b]"),
        "one.yaml": QUESTION,
        "two.yaml": QUESTION.replace("q:", "q2:") + FINDING + RULE,
        "deeper/b.yaml": QUESTION.replace("q:", "q3:"),
        "cases/c.yaml": CASE,
        "cases/b.yaml": CASE.replace("id: c", "id: b"),
        "notes.txt": "not read",
        ".hidden.yaml": "not: read",
        ".git/x.yaml": "not: read",
    }
    kb = load(write(tmp_path, files))
    assert list(kb.questions) == ["q2", "q", "q3"]
    assert [question.topic for question in kb.questions.values()] == ["two", "one", "b"]
    assert [case.id for case in kb.cases] == ["b", "c"]
    assert Path(kb.questions["q"].place.path) == tmp_path / "one.yaml"
    assert load(str(tmp_path / "pack.yaml")) == kb
    assert load(tmp_path, cases=False).cases == ()


@pytest.mark.parametrize(
    ("standing", "path"),
    [
        (".", "here"),
        (".", "./here"),
        (".", "here/"),
        ("here", "."),
        ("here", "./"),
        ("here/cases", ".."),
        (".", "linked"),
    ],
)
def test_load__a_folder_from_where_someone_stands__is_read_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, standing: str, path: str
) -> None:
    (tmp_path / "here").mkdir()
    files = {
        "pack.yaml": HEAD.replace("[one, two]", "[two]"),
        "deeper/two.yaml": QUESTION + FINDING + RULE,
        "cases/c.yaml": CASE,
    }
    write(tmp_path / "here", files)
    (tmp_path / "linked").symlink_to("here")
    monkeypatch.chdir(tmp_path / standing)
    kb = load(path)
    assert (list(kb.rules), [case.id for case in kb.cases]) == (["r"], ["c"])
    assert Path(kb.rules["r"].place.path).resolve() == tmp_path / "here/deeper/two.yaml"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"two.yaml": None}, [("pack.yaml", "topic-without-file", 4)]),
        ({"three.yaml": "findings: {g: {title: A}}"}, [("three.yaml", "file-without-topic", 0)]),
        ({"two.yaml": None, "tow.yaml": FINDING + RULE}, [("pack.yaml", "topic-without-file", 4)]),
        ({"pack.yaml": HEAD.replace("topics: [one, two]\n", "")}, [("pack.yaml", "missing-part", 1)]),
        ({"pack.yaml": HEAD.replace("topics", "topcis")}, [("pack.yaml", "unknown-key", 4)]),
        ({"pack.yaml": HEAD.replace("title: P", "title: [P")}, [("pack.yaml", "syntax", 2)]),
        ({"pack.yaml": ""}, [("pack.yaml", "empty-file", 0)]),
        ({"pack.yaml": HEAD.replace("title: P\n", "")}, [("pack.yaml", "missing-part", 1)]),
        ({"one.yaml": ""}, [("one.yaml", "empty-file", 0)]),
        ({"one.yaml": "questions: {q: [\n"}, [("one.yaml", "syntax", 1)]),
        ({"one.yaml": "# nothing\n"}, [("one.yaml", "empty-file", 0)]),
        ({"one.yaml": "\t" + QUESTION}, [("one.yaml", "tab", 1)]),
        ({"one.yaml": "question" + QUESTION[9:]}, [("one.yaml", "unknown-key", 1)]),
        ({"one.yaml": QUESTION + "title: P\n"}, [("one.yaml", "unknown-key", 2)]),
        ({"one.yaml": QUESTION.replace("{q:", "[q:").replace("}}", "}]")}, [("one.yaml", "wrong-shape", 1)]),
        ({"one.yaml": None, "one.yml": QUESTION}, [("one.yml", "wrong-ending", 0)]),
        ({"inner/pack.yaml": HEAD}, [("inner/pack.yaml", "pack-in-pack", 0)]),
        ({"cases/d.yaml": CASE}, [("cases/d.yaml", "duplicate-id", 1)]),
        (
            {"cases/d.yaml": CASE.replace("id: c", "id: d").replace("q:", "qq:")},
            [("cases/d.yaml", "unknown-question", 1)],
        ),
        ({"two.yaml": FINDING + RULE + QUESTION}, [("two.yaml", "duplicate-id", 3)]),
        (
            {"one.yaml": "questions:\n  q:\n    ask: [A\n", "two.yaml": FINDING + RULE.replace("find: f", "find: ff")},
            [("one.yaml", "syntax", 3), ("two.yaml", "unknown-finding", 2)],
        ),
        (
            {"one.yaml": None, "two.yaml": FINDING + RULE.replace("find: f", "find: ff")},
            [("pack.yaml", "topic-without-file", 4), ("two.yaml", "unknown-finding", 2)],
        ),
    ],
)
def test_load__a_mistake_in_a_folder__hides_nothing_and_brings_nothing_else(
    tmp_path: Path, changes: dict[str, str | None], expected: list[tuple[str, str, int]]
) -> None:
    files = {name: text for name, text in {**WHOLE, **changes}.items() if text is not None}
    assert sorted(found_in(write(tmp_path, files))) == sorted(expected)


def test_load__bytes_that_are_no_text__hold_back_what_follows(tmp_path: Path) -> None:
    write(tmp_path, WHOLE)
    (tmp_path / "one.yaml").write_bytes(b"questions: {q: \xff}")
    assert found_in(tmp_path) == [("one.yaml", "not-utf8", 1)]
    (tmp_path / "one.yaml").write_bytes(b"a" * 2_000_001)
    assert found_in(tmp_path) == [("one.yaml", "too-large", 0)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_load__a_pipe_among_the_files__is_refused_without_waiting(tmp_path: Path) -> None:
    write(tmp_path, {name: text for name, text in WHOLE.items() if name != "one.yaml"})
    os.mkfifo(tmp_path / "one.yaml")
    assert found_in(tmp_path) == [("one.yaml", "not-a-file", 0)]


def test_load__a_path_with_no_pack__is_one_clear_fault(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path, {"topic.yaml": QUESTION})
    assert places(refused(load, tmp_path / "nowhere")) == [("missing-file", 0, 0)]
    assert places(refused(load, tmp_path / "empty")) == [("missing-file", 0, 0)]
    assert places(refused(load, tmp_path / "topic.yaml")) == [("missing-part", 1, 1)]
    assert places(refused(load, "a\0b")) == [("unreadable", 0, 0)]


def test_load__several_packs__are_linked_and_must_not_clash(tmp_path: Path) -> None:
    first = write(tmp_path / "packs" / "first", WHOLE)
    other = HEAD.replace("pack: p", "pack: s").replace("A:", "B:").replace("topics: [one, two]\n", "")
    second = write(tmp_path / "packs" / "second", {"pack.yaml": other + "questions: {q2: {ask: A, type: yes-no}}"})
    kb = load(first, second)
    assert ([pack.id for pack in kb.packs], list(kb.questions)) == (["p", "s"], ["q", "q2"])
    assert load(tmp_path / "packs") == load(second, first) == kb
    write(second, {"pack.yaml": other + QUESTION})
    assert [(problem.id, problem.place.line) for problem in refused(load, first, second)] == [("duplicate-id", 5)]


def test_load__two_packs_of_one_name__are_refused_wherever_they_are(tmp_path: Path) -> None:
    first = write(tmp_path / "first", WHOLE)
    second = write(tmp_path / "second", {**WHOLE, "pack.yaml": HEAD.replace("'1'", "'2'")})
    for paths in ((first, second), (second, first), (tmp_path,)):
        assert [problem.id for problem in refused(load, *paths)] == ["duplicate-id"]
    assert [pack.version for pack in load(first, tmp_path / "second/../first").packs] == ["1"]


def test_load__no_path__is_the_bundled_packs() -> None:
    kb = load()
    assert "hamstrings" in {pack.id for pack in kb.packs}
    assert load(bundled() / "hamstrings", cases=False).rules == kb.rules


# --- whatever comes -------------------------------------------------------------------------------------------------


def _mutated(pieces: list[tuple[int, str]]) -> str:
    text = PACK
    for position, piece in pieces:
        at = position % len(text)
        text = text[:at] + piece + text[at + 1 :]
    return text


PIECES = st.sampled_from(
    ["", " ", "\n", "  ", "- ", ":", ": ", "[", "{", "}", '"', "'", "#", " #", "x", "\x00", "yes", "\t"]
)


@given(st.lists(st.tuples(st.integers(0, len(PACK)), PIECES), min_size=1, max_size=4))
def test_load_text__a_pack_with_slips__loads_or_says_what_a_terminal_may_show(pieces: list[tuple[int, str]]) -> None:
    text = _mutated(pieces)
    for problem in refused(load_text, text):
        assert unprintable(str(problem)) is None
        assert problem.place.line <= text.count("\n") + 1


@given(st.text(max_size=60) | st.text(st.sampled_from("abqf: -{}[],'\n"), max_size=60))
@example("rules: {r: {when: {all: {all: x}}, then: x, because: {}, source: []}}")
@example("questions: {q: {type: one, options: {unsure: x}}}\ncases: [[], {}, x]")
def test_load_text__any_text__loads_or_is_refused(text: str) -> None:
    refused(load_text, text)


def test_load_text__many_mistakes__are_cut_short_in_reasonable_time() -> None:
    started = time.process_time()
    for item in ("a{0}: {{b: c}}", "a{0}: {{when: {{q{0}: c}}, then: {{find: x{0}}}}}", "a{0}: x"):
        text = "rules:\n" + "".join(f" {item.format(number)}\n" for number in range(20_000))
        assert len(refused(load_text, text)) <= 101
    assert time.process_time() - started < 10
