"""What cases leave untried: every way a rule can come out, and cases that take the ways that none takes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings

from kb.inference.engine import Engine
from kb.inference.population import Population
from kb.language.loading import load
from kb.model.conditions import Truth
from kb.model.knowledge import Case, Expectation, KnowledgeBase
from kb.workbench.authoring.yaml_text import case_text
from kb.workbench.cases.coverage import MOST_PROPOSED, Coverage, Topic, branches_of, coverage_of
from kb.workbench.cases.failures import line_text
from kb.workbench.cases.replay import replay
from tests.helpers import kb_from
from tests.property.agreement import everyone
from tests.property.reference import truth
from tests.property.strategies import knowledge_bases

HEAD = """
pack: odd
title: Odd
version: "1"
safety-screens: [signs]
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: Clot, numb: Numb, none: None}}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Sore knee?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0, at-most: 9}
findings: {tight: {title: Tight}, stiff: {title: Stiff}}
recommendations: {lift: {title: Lift, steps: [Lift.]}}
referrals: {today: {level: stop-today, tell: Go.}}
rules:
"""


def pack(*rules: str, cases: str = "") -> KnowledgeBase:
    """Return a pack with rules as `when => then`, called `one`, `two` and so on, and the answers of some cases."""
    text = HEAD
    for name, rule in zip(("one", "two", "three"), rules):
        when, then = rule.split(" => ")
        text += f"  {name}: {{when: {{{when}}}, then: {{{then}}}, because: So., source: B}}\n"
    listed = [f"  - {{id: c{n}, title: C, answers: {{{each}}}, expect: {{outcome: advise}}}}\n" for n, each in
              enumerate(cases.split(" / "), 1) if each]  # fmt: skip
    return kb_from(text + ("cases:\n" if listed else "") + "".join(listed))


def covered(kb: KnowledgeBase) -> Coverage:
    return coverage_of(Engine(kb), kb.cases)


# --- the branches -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "branches"),
    [
        ("back: round", ["+back: round", "-back: round"]),
        (
            "back: [round, unsure]",
            ["+back: [round, unsure]", "-back: [round, unsure]", "+back: round", "+back: unsure"],
        ),
        ("hold: {below: 2}", ["+hold: {below: 2}", "-hold: {below: 2}"]),
        (
            "hold: [unsure, {below: 2}]",
            ["+hold: [{below: 2}, unsure]", "-hold: [{below: 2}, unsure]", "+hold: {below: 2}", "+hold: unsure"],
        ),
        ("hold: unsure", ["+hold: unsure", "-hold: unsure"]),
        (
            "finding: [tight, stiff]",
            ["+finding: [tight, stiff]", "-finding: [tight, stiff]", "+finding: tight", "+finding: stiff"],
        ),
        (
            'not: {signs: "clot?"}, knee: yes',
            [
                '+not: {signs: "clot?"}, knee: yes',
                '-not: {signs: "clot?"}, knee: yes',
                '+not: {signs: "clot?"}',
                '-not: {signs: "clot?"}',
                '+signs: "clot?"',
                '-signs: "clot?"',
                "+knee: yes",
                "-knee: yes",
            ],
        ),
        (
            "any: [{knee: yes}, {back: flat}]",
            [
                "+any: [{knee: yes}, {back: flat}]",
                "-any: [{knee: yes}, {back: flat}]",
                "+knee: yes",
                "-knee: yes",
                "+back: flat",
                "-back: flat",
            ],
        ),
    ],
)
def test_ways__of_a_rule__are_both_of_every_part_and_one_of_every_listed_answer(when: str, branches: list[str]) -> None:
    rule = pack(f"{when} => recommend: lift").rules["one"]
    assert ["-+"[branch.holds] + line_text(branch.condition) for branch in branches_of(rule)] == branches


# --- what is missing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "cases", "gaps"),
    [
        (["back: round => recommend: lift"], "back: round / back: flat", []),
        (
            ["back: round => recommend: lift"],
            "",
            ["rule “one” fires: there is no case", "rule “one” is ruled out: there is no case"],
        ),
        (
            ["back: [round, unsure] => recommend: lift"],
            "back: round / back: round / back: round",
            [
                "rule “one” is ruled out: 3 cases answer it, all with round",
                "“back: unsure” holds (rule “one”): 3 cases answer it, all with round",
            ],
        ),
        (
            ["back: [round, unsure], knee: yes => recommend: lift"],
            "back: unsure, knee: yes / back: round, knee: yes / knee: no",
            ["“back: [round, unsure]” fails (rule “one”): 2 cases answer it: 1 with unsure, 1 with round"],
        ),
        (
            ["knee: yes, hold: {below: 2} => recommend: lift"],
            "knee: no / knee: yes / back: flat",
            [
                "rule “one” fires: it fires in no case, is ruled out in 1 case, and is open in 2 cases",
                "“hold: {below: 2}” holds (rule “one”): no case answers hold",
                "“hold: {below: 2}” fails (rule “one”): no case answers hold",
            ],
        ),
        (
            ['signs: [clot, "clot?"] => recommend: lift'],
            "signs: none / signs: clot",
            ['“signs: "clot?"” holds (rule “one”): 2 cases answer it: 1 with none, 1 with clot'],
        ),
        (
            ["back: round => find: tight", "knee: yes => find: stiff", "finding: [tight, stiff] => recommend: lift"],
            "back: round, knee: no / back: flat, knee: no",
            [
                "rule “two” fires: 2 cases answer it, all with no",
                "“finding: stiff” holds (rule “three”): it holds in no case, fails in 2 cases, and is open in no case",
            ],
        ),
    ],
)
def test_gaps__of_cases__say_what_is_missing_and_why(rules: list[str], cases: str, gaps: list[str]) -> None:
    found = covered(pack(*rules, cases=cases))
    assert [f"{gap.missing.removeprefix('no case in which ')}: {gap.why}" for gap in found.gaps] == gaps
    assert found.unreachable == ()


def test_gaps__of_a_long_condition__show_its_beginning() -> None:
    when = "any: [{back: round, knee: yes}, {back: flat, knee: no}, {back: unsure, knee: unsure}]"
    (gap, *_) = covered(pack(f"knee: yes, {when} => recommend: lift", cases="knee: yes / knee: no")).gaps[2:]
    assert gap.missing == (
        "no case in which “any: [{back: round, knee: yes}, {back: flat, knee: no}, {ba…” fails (rule “one”)"
    )


def test_gaps__of_what_nobody_can_reach__are_told_apart() -> None:
    kb = pack(
        "all: [{back: round}, {back: flat}] => find: tight", "finding: [tight, stiff], knee: yes => recommend: lift"
    )
    found = covered(kb)
    assert [gap.missing for gap in found.unreachable] == [
        "no case in which rule “one” fires",
        "no case in which rule “two” fires",
        "no case in which “finding: [tight, stiff]” holds (rule “two”)",
        "no case in which “finding: tight” holds (rule “two”)",
        "no case in which “finding: stiff” holds (rule “two”)",
    ]
    assert found.whole == Topic("all", len(found.gaps), 0)


def test_gaps__in_a_file__stand_on_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(HEAD.lstrip() + "  one:\n    when:\n      back: [round, unsure]\n      knee: yes\n"
                    "    then: {recommend: lift}\n    because: So.\n    source: B\n", encoding="utf-8")  # fmt: skip
    kb = load(file)
    places = [(gap.place.line, gap.place.column) for gap in covered(kb).gaps]
    line = kb.rules["one"].place.line
    assert places == [(line, 3), (line, 3), *[(line + 2, 7)] * 2, (line + 2, 14), (line + 2, 21), *[(line + 3, 7)] * 2]


@pytest.mark.parametrize(
    ("branches", "hit", "percent"), [(8, 8, "100"), (3, 0, "0"), (3, 2, "66.6"), (10_000, 9_999, "99.9"), (0, 0, "100")]
)
def test_percent__of_a_topic__is_rounded_down(branches: int, hit: int, percent: str) -> None:
    assert Topic("one", branches, hit).percent == percent


# --- proposals --------------------------------------------------------------------------------------------------------


def test_proposals__for_gaps__are_students_who_show_them_as_the_engine_sees_them() -> None:
    kb = pack("back: [round, unsure] => recommend: lift", 'signs: [clot, "clot?"] => refer: today')
    found = covered(kb)
    assert (
        "".join(case_text(proposal.case) for proposal in found.proposals)
        == """\
- id: tries-one
  title: Tries rule one and 1 more
  answers: {signs: none, back: round}
  expect: {outcome: advise, in-order: [lift], findings: [], referrals: []}
- id: tries-two
  title: Tries rule two
  answers: {signs: clot}
  expect: {outcome: stop-today, never: any, findings: [], referrals: [today]}
- id: tries-one-2
  title: Tries rule one
  answers: {signs: none, back: flat}
  expect: {outcome: no-change, never: any, findings: [], referrals: []}
- id: tries-one-3
  title: Tries rule one
  answers: {signs: none, back: unsure}
  expect: {outcome: check-first, in-order: [lift], findings: [], referrals: []}
- id: tries-two-2
  title: Tries rule two
  answers: {signs: "clot?"}
  expect: {outcome: stop-today, never: any, findings: [], referrals: [today]}
"""
    )
    assert {gap for proposal in found.proposals for gap in proposal.closes} == set(found.gaps)


def test_proposals__for_one_line_of_several__show_a_student_whom_that_line_decides() -> None:
    kb = pack("back: round, knee: yes => recommend: lift", cases="back: round, knee: yes / back: round, knee: no")
    (proposal,) = covered(kb).proposals
    assert proposal.case.answers == {"signs": ("none",), "back": "flat", "knee": "yes"}


def test_proposals__beside_cases_of_their_names__take_others() -> None:
    kb = pack("back: round => recommend: lift")
    taken = Case("tries-one", "Taken", {"back": "flat"}, Expectation("incomplete"))
    assert [proposal.case.id for proposal in coverage_of(Engine(kb), [taken]).proposals] == ["tries-one-2"]


@cache
def shipped() -> tuple[KnowledgeBase, Engine]:
    kb = load()
    return kb, Engine(kb)


def test_proposals__for_the_shipped_pack_without_cases__are_few() -> None:
    _, engine = shipped()
    found = coverage_of(engine, ())
    assert (found.whole.covered, len(found.proposals)) == (0, MOST_PROPOSED)
    for proposal in found.proposals:
        assert replay(engine, proposal.case).misses == ()


def test_cases__of_the_shipped_pack__cover_every_condition_both_ways() -> None:
    kb, engine = shipped()
    found = coverage_of(engine, kb.cases)
    assert (found.gaps, found.whole.percent) == ((), "100")
    # An attempt can only go in one of the ways there are, so it was made or it was not.
    assert [gap.branch.rule for gap in found.unreachable] == ["lingering-pain", "perhaps-lingering-pain"]
    assert tuple(topic.name for topic in found.topics) == tuple(dict.fromkeys(rule.topic for rule in kb.rules.values()))


# --- on random bases --------------------------------------------------------------------------------------------------


@pytest.mark.law
@given(knowledge_bases())
@settings(max_examples=60, deadline=None)
def test_covering__on_random_bases__tells_reachable_from_unreachable_and_closes_what_it_says(kb: KnowledgeBase) -> None:
    students = everyone(kb.questions.values(), 4_000)
    assume(students)
    engine = Engine(kb)
    found = coverage_of(engine, ())
    population = Population(kb, engine.variables, students)
    branches = [branch for rule in kb.rules.values() for branch in branches_of(rule)]
    reached = {branch for branch in branches if population.where(branch.condition, branch.holds)}
    assert {gap.branch for gap in found.gaps} == reached
    assert {gap.branch for gap in found.unreachable} == set(branches) - reached
    for proposal in found.proposals:
        for gap in proposal.closes:
            wanted = Truth.HOLDS if gap.branch.holds else Truth.FAILS
            assert truth(gap.branch.condition, kb, proposal.case.answers) is wanted
        assert replay(engine, proposal.case).misses == ()
    closed = [gap for proposal in found.proposals for gap in proposal.closes]
    assert len(closed) == len(set(closed))
    assert len(found.proposals) == MOST_PROPOSED or set(closed) == set(found.gaps)
