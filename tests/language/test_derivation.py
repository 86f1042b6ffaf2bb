"""What packs leave to the program: findings that options mean, last resorts, places in works, and what covers what."""

from __future__ import annotations

import json

import pytest

from kb.inference.engine import Engine
from kb.inference.outcome import decide
from kb.interview.session import Session
from kb.report.build import build_report, to_json
from kb.report.rendering import to_text
from tests.helpers import kb_from, problems_in

PACK = """
pack: bicycle
title: Bicycle
version: "1"
sources:
  book: {work: The Book of Bicycles, by: A. Rider, address: "https://example.org"}
  P1: {in: book, at: page 1, text: A hub gear has its teeth inside.}
  P2: {in: book, at: page 2, by: Somebody else}
questions:
  gear:
    ask: Which gear is it?
    type: one
    options:
      hub: {text: In the hub, detail: The teeth are inside., means: [enclosed, quiet]}
      belt: {text: A belt, means: [quiet]}
      chain: A chain and many teeth
    sources: P2
  noise: {ask: Does it rattle?, type: yes-no}
  slips: {ask: Does it slip?, type: yes-no}
findings:
  enclosed: {title: The gear is enclosed, intermediate: yes, sources: P1}
  quiet: {title: It should be quiet, intermediate: yes}
  loose: {title: Something is loose}
recommendations:
  service: {title: Have it serviced, covers: [tighten, oil], steps: [Go there.]}
  oil: {title: Oil it, steps: [Use oil.]}
  tighten: {title: Tighten it, covers: [look], steps: [Use a wrench.]}
  look: {title: Look at it, steps: [Look.]}
  ride: {title: Take it for a ride, steps: [Ride.]}
rules:
  rattles: {when: {finding: quiet, noise: yes}, then: {find: loose, recommend: tighten}, because: So., source: P1}
  closed: {when: {finding: enclosed, noise: yes}, then: {recommend: service}, because: No., source: P1, inferred: yes}
  slippery: {when: {slips: yes}, then: {recommend: [oil, look]}, because: It slips., source: P2}
  last: {otherwise: yes, then: {recommend: ride}, because: Nothing else helps., source: P2}
"""


def given(**answers: str) -> dict[str, object]:
    """Return the JSON of the report for `answers`."""
    session = Session.begin(Engine(kb_from(PACK)), answers)
    data: dict[str, object] = json.loads(to_json(build_report(session)))
    return data


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"gear": "hub"}, ["enclosed", "quiet"]),
        ({"gear": "belt"}, ["quiet"]),
        ({"gear": "chain"}, []),
        ({"gear": "unsure"}, []),
        ({"gear": "hub", "noise": "yes"}, ["enclosed", "quiet", "loose", "something-to-do"]),
    ],
)
def test_means__whoever_chooses_the_option__has_the_finding(answers: dict[str, str], found: list[str]) -> None:
    findings = given(**answers)["findings"]
    assert [each["id"] for each in findings] == found  # type: ignore[attr-defined]
    assert [each["id"] for each in findings if each["intermediate"]] == [f for f in found if f != "loose"]  # type: ignore[attr-defined]


def test_means__the_rule_behind_it__is_named_after_it_and_cites() -> None:
    rules = kb_from(PACK).rules
    assert [name for name, rule in rules.items() if rule.of_table] == ["gear-means-enclosed", "gear-means-quiet"]
    assert rules["gear-means-enclosed"].sources == ("P1",)  # the finding's own
    assert rules["gear-means-quiet"].sources == ("P2",)  # else the question's


def test_intermediate__a_report_in_words__does_not_tell_it() -> None:
    text = to_text(build_report(Session.begin(Engine(kb_from(PACK)), {"gear": "hub", "noise": "yes"})))
    assert "Something is loose" in text
    assert "should be quiet" not in text


@pytest.mark.parametrize(
    ("answers", "items", "covers"),
    [
        ({"gear": "belt", "noise": "yes", "slips": "no"}, ["tighten"], {}),
        ({"gear": "hub", "noise": "yes", "slips": "no"}, ["service"], {"service": ["tighten"]}),
        ({"gear": "hub", "noise": "yes", "slips": "yes"}, ["service"], {"service": ["tighten", "look", "oil"]}),
        ({"gear": "belt", "noise": "yes", "slips": "yes"}, ["oil", "tighten"], {"tighten": ["look"]}),
        ({"gear": "chain", "noise": "no", "slips": "yes"}, ["oil", "look"], {}),
        ({"gear": "chain", "noise": "no", "slips": "no"}, ["ride"], {}),
        ({"gear": "chain", "noise": "no"}, [], {}),
    ],
)
def test_covers_and_otherwise(answers: dict[str, str], items: list[str], covers: dict[str, list[str]]) -> None:
    recommended = given(**answers)["recommendations"]
    assert [each["id"] for each in recommended] == items  # type: ignore[attr-defined]
    assert {each["id"]: each["covers"] for each in recommended if each["covers"]} == covers  # type: ignore[attr-defined]


def test_covers__items_and_parts_together__are_all_that_is_given() -> None:
    engine = Engine(kb_from(PACK))
    advice = decide(engine.kb, engine.infer({"gear": "hub", "noise": "yes", "slips": "yes"}))
    assert sorted(advice.in_reading_order) == sorted(advice.given)


def test_inferred__a_report__says_that_it_is_our_inference() -> None:
    report = build_report(Session.begin(Engine(kb_from(PACK)), {"gear": "hub", "noise": "yes", "slips": "no"}))
    assert report.recommendations[0].inferred == ("closed",)
    assert "our inference" in to_text(report)


def test_source_in_a_work__has_its_title_author_and_address() -> None:
    sources = kb_from(PACK).sources
    assert (sources["P1"].work, sources["P1"].by, sources["P1"].address) == (
        "The Book of Bicycles",
        "A. Rider",
        "https://example.org",
    )
    assert (sources["P1"].text, sources["P2"].by) == ("A hub gear has its teeth inside.", "Somebody else")


@pytest.mark.parametrize(
    ("line", "instead", "problem", "place"),
    [
        ("means: [quiet]", "means: [quite]", "unknown-finding", "belt:"),
        ("covers: [look]", "covers: [service]", "circle", "service:"),
        ("covers: [look]", "covers: [tighten]", "circle", "tighten:"),
        ("at: page 2, by: Somebody else", "at: page 2, by: Somebody else, in: P2", "duplicate-key", "P2:"),
        ("book: {work: The Book of Bicycles,", "book: {in: P1, ", "circle", "P1:"),
        ("work: The Book of Bicycles, ", "", "missing-part", "book:"),
        ("otherwise: yes, then", "then", "missing-part", "last:"),
        ("otherwise: yes, then", "otherwise: no, then", "missing-part", "last:"),
        ("otherwise: yes", "otherwise: perhaps", "wrong-value", "last:"),
        ("intermediate: yes", "intermediate: true", "wrong-shape", "enclosed: {t"),
        ("  rattles:", "  gear-means-quiet:", "bad-id", "gear-means"),
    ],
)
def test_slips(line: str, instead: str, problem: str, place: str) -> None:
    written = PACK.replace(line, instead, 1)
    assert written != PACK
    lines = written.splitlines()
    assert [(found, place in lines[at - 1]) for found, at in problems_in(written)] == [(problem, True)]


def test_header_inferred__all_rules_are() -> None:
    rules = kb_from(PACK.replace("version:", "inferred: yes\nversion:")).rules
    assert all(rule.inferred for rule in rules.values() if not rule.of_table)
