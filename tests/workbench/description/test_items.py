"""Rules, questions and all the rest in plain English, with what each touches."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given

from kb.inference.engine import Engine
from kb.model.knowledge import Answers, KnowledgeBase
from kb.workbench.description.conditions import Paragraph, reading
from kb.workbench.description.index import file_listings, items_of
from kb.workbench.description.items import describe, standing
from tests.helpers import kb_from
from tests.property.strategies import knowledge_bases

KB = kb_from("""
sources: {P3: {work: Book, at: page 3, by: Ann}, P9: {work: Book, at: page 9, by: Ann}, N: {work: Notes}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: A swollen leg, none: None of these}, sources: N}
  back: {ask: Your back?, type: one, options: {flat: It is flat, round: It rounds}, hint: Above the pelvis.}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0}
safety-screens: [signs]
findings: {tight: {title: Tight hamstrings, not-with: lazy}, lazy: {title: A lazy back}}
recommendations:
  lift: {title: Sit higher, steps: [Fold a blanket., Sit on it.], sources: [P3, P9]}
  back: {title: Roll back, steps: Roll.}
referrals: {today: {level: stop-today, tell: See someone today.}}
rules:
  clot: {when: {signs: [clot, "clot?"]}, then: {refer: today}, because: A clot is urgent., source: N}
  rounds: {when: {back: [round, unsure]}, then: {find: tight}, because: Tight hamstrings round it., source: P3}
  seat:
    when: {finding: tight, any: [{hold: {below: 1}}, {hold: unsure}], not: {signs: clot}}
    then: {recommend: lift}
    because: Height helps.
    source: [P3, N, P9]
  flat: {when: {finding: [tight, lazy], hold: {above: 2, at-most: 5}}, then: {withhold: lift}, because: No., source: P9}
cases:
  - {id: one, title: One, answers: {signs: none, back: round, hold: 0.5}, expect: {outcome: advise, in-order: lift}}
  - {id: two, title: Two, answers: {signs: none, back: round, hold: 1}, expect: {outcome: advise}}
""")


def text_of(pieces: Iterable[Paragraph]) -> str:
    lines = (f"{piece.first}{piece.text}".rstrip() for piece in pieces)
    return "\n".join(lines).strip("\n")


def shown(name: str, kb: KnowledgeBase = KB) -> str:
    return text_of(describe(kb, name, lambda: Engine(kb)))


# --- conditions -------------------------------------------------------------------------------------------------------


def test_reading__of_nested_conditions__is_indented_plain_english() -> None:
    assert text_of(reading(KB, KB.rules["seat"].when, "")) == (
        """\
- it was found:
   = Tight hamstrings (tight)
- one of these, or more:
  - How long? (hold)
     = below 1 minute
  - How long? (hold)
     = unsure
- it is ruled out that:
  - Which signs? (signs)
     = A swollen leg (clot)"""
    )


def test_reading__of_alternatives_and_bounds__says_each() -> None:
    assert text_of(reading(KB, KB.rules["flat"].when, "")) == (
        """\
- it was found:
   = Tight hamstrings (tight)
  or A lazy back (lazy)
- How long? (hold)
   = above 2 minutes and at most 5 minutes"""
    )


def test_reading__of_doubts__says_what_is_unsure() -> None:
    assert text_of(reading(KB, KB.rules["clot"].when, "")) == (
        """\
- Which signs? (signs)
   = A swollen leg (clot)
  or unsure about “A swollen leg” (clot?)"""
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["open: not settled by the answers", "open", "not answered", "not answered", "open", "not answered"]),
        (
            {"back": "round", "signs": ("none",), "hold": "unsure"},
            [
                "holds: it is found",
                "holds",
                "open: the answer is “unsure”",
                "holds: the answer is “unsure”",
                "holds",
                "fails: the answer is “None of these”",
            ],
        ),
        (
            {"back": "flat", "signs": ("clot?",)},
            [
                "fails: it is ruled out",
                "open",
                "not answered",
                "not answered",
                "open",
                "open: the answer is “A swollen leg (unsure)”",
            ],
        ),
    ],
)
def test_standing__of_every_part__says_whether_it_holds(answers: Answers, expected: list[str]) -> None:
    pieces = reading(KB, KB.rules["seat"].when, "", standing(Engine(KB), answers))
    assert [piece.text for piece in pieces if piece.first.endswith("-> ")] == expected


# --- items ------------------------------------------------------------------------------------------------------------


def test_rule__shown__has_all_it_touches() -> None:
    assert shown("rounds") == (
        """\
Rule rounds
  pack.yaml:15:3

  When this is so:
    - Your back? (back)
       = It rounds (round)
      or unsure

  Then it:
    - finds: Tight hamstrings (tight)

  Because: Tight hamstrings round it.

  From:
    - “Book” by Ann: P3 (page 3)

  What it finds is read by: seat, flat
  Fires in 2 of 2 cases: one, two
  No case misses it narrowly."""
    )


def test_rule__that_rests_on_a_finding__names_its_rules_and_cases() -> None:
    assert shown("seat").split("Because")[1] == (
        """\
: Height helps.

  From:
    - “Book” by Ann: P3 (page 3), P9 (page 9)
    - “Notes”: N

  Rests on what these rules find: rounds
  Fires in 1 of 2 cases: one
  Missed narrowly by 1: two"""
    )


def test_name__of_a_question_and_a_recommendation__shows_both() -> None:
    assert shown("back") == (
        """\
Question back
  pack.yaml:5:3

  Your back?
  Answered with: one of these

  Answers, each with the rules that read it:
    - It is flat (flat): no rule
    - It rounds (round): rounds
    - unsure: rounds

  What waits for it:
    - finds: Tight hamstrings (tight), by rounds

  Hint: Above the pelvis.

Recommendation back
  pack.yaml:11:3

  Roll back
    1. Roll.

  No rule recommends it."""
    )


def test_question__of_several_options__shows_doubts_and_denials_beside_them() -> None:
    assert shown("signs").split("\n\n")[1:3] == [
        """\
  Which signs?
  Answered with: any of these
  It is a safety screen: no advice is shown before it is answered.""",
        """\
  Answers, each with the rules that read it:
    - A swollen leg (clot): clot, not in seat; if unsure: clot
    - None of these (none): no rule
    - unsure: no rule""",
    ]


def test_number__shown__has_its_bounds_and_those_of_rules() -> None:
    assert shown("hold").split("\n\n")[1:3] == [
        "  How long?\n  Answered with: a number of minutes, at least 0 minutes",
        """\
  Answers, each with the rules that read it:
    - unsure: seat
    - below 1 minute: seat
    - above 2 minutes and at most 5 minutes: flat""",
    ]


def test_finding__shown__has_finders_and_readers() -> None:
    assert shown("tight").split("\n\n", 1)[1] == (
        """\
  Tight hamstrings
  Contradicts: lazy

  Found by:
    rule rounds, when
      - Your back? (back)
         = It rounds (round)
        or unsure

  What waits for it:
    - recommends: Sit higher (lift), by seat
    - holds back: Sit higher (lift), by flat"""
    )


def test_recommendation__shown__has_who_gives_and_who_holds_back() -> None:
    text = shown("lift")
    assert [line for line in text.split("\n") if line.startswith(("  Recomm", "  Held", "    rule"))] == [
        "  Recommended by:",
        "    rule seat, when",
        "  Held back by:",
        "    rule flat, when",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("today", ["See someone today.", "Level: stop-today", "rule clot, when", "A swollen leg (clot)"]),
        ("P3", ["page 3, in “Book” by Ann", "recommendation lift", "rule rounds", "rule seat"]),
        ("N", ["“Notes”", "question signs", "rule clot"]),
        ("two", ["Two", "Your back? (back)", "= It rounds", "Expects: advise", "Rules that fire: rounds", "It fails:"]),
        ("one", ["In order: lift", "Rules that fire: rounds, seat"]),
        ("pack", ["A pack, version 0", "Which signs? (signs)"]),
    ],
)
def test_other_items__shown__say_what_they_are(name: str, expected: list[str]) -> None:
    text = shown(name)
    assert [part for part in expected if part not in text] == []


def test_unknown_name__described__is_nothing() -> None:
    assert shown("nonsense") == ""


@pytest.mark.law
@given(knowledge_bases())
def test_every_item__of_any_knowledge_base__can_be_shown(kb: KnowledgeBase) -> None:
    for section, items in items_of(kb).items():
        for name in items:
            assert f"{name}" in shown(name, kb).split("\n")[0], section


def test_shelves__of_a_pack_of_one_file__hold_all_asked_for() -> None:
    (listing,) = file_listings(KB, ("questions", "cases", "sources"))
    assert (listing.topic, {section: list(items) for section, items in listing.items.items()}) == (
        "pack",
        {"questions": ["signs", "back", "hold"], "cases": ["one", "two"], "sources": ["P3", "P9", "N"]},
    )
