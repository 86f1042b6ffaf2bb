"""A comparison reads the same as text, Markdown and JSON."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from kb.inference.engine import Engine
from kb.text.wrapping import columns
from kb.workbench.cases.replay import replay
from kb.workbench.comparison.changes import Change
from kb.workbench.comparison.compare import Comparison, compare
from kb.workbench.comparison.differences import (
    Names,
    blocks,
    cases_to_add,
    to_json,
    to_markdown,
    to_text,
)
from tests.helpers import kb_from
from tests.small import SMALL, small

NAMES = Names("main", "the rules in use")
LINE = 'clot: {when: {danger: [swollen, "swollen?"]}'


def compared(*edits: tuple[str, str]) -> Comparison:
    text = SMALL
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return compare(small(), kb_from(text))


CLOT = (LINE, "clot: {when: {danger: swollen}")


def test_to_text__of_a_loosened_danger_sign__begins_with_who_is_not_stopped_any_more() -> None:
    text = to_text(blocks(compared(CLOT, ("Step the hands back.", "Walk.")), NAMES, most=1), 60)
    assert (
        text
        == """\
Old: hamstrings 1.0.0 (main)
New: hamstrings 1.0.0 (the rules in use)

3 kinds of students are told something else, the most
serious first.

1 of 3: Stopped before (stop-today), not any more (and 1
  more change).
  Rule: clot (pack.yaml:60:3)
  Also: No longer referred: ask-today.
  Someone answers:
  - Is any of this true for you? A swollen calf (unsure)
  Before: stop-today; referrals: ask-today
  Now: incomplete
  No case shows it. If this is as it should be, add:
    - id: not-stopped
      title: Not stopped
      answers: {danger: "swollen?"}
      expect: {outcome: incomplete, never: any, findings: [], referrals: []}

2 of 3: Stopped less strongly: stop-today before,
  clinician-first now (and 1 more change). (rule clot)
3 of 3: No longer referred: ask-today. (rule clot)

What is written otherwise
- recommendations changed: lean-back (steps)
- rules changed: clot (when)
"""
    )


def test_to_text__with_the_same_reports__says_so() -> None:
    assert to_text(blocks(compared(), NAMES)) == (
        "Old: hamstrings 1.0.0 (main)\nNew: hamstrings 1.0.0 (the rules in use)\n\nNo student’s report changes.\n"
    )
    reworded = to_text(blocks(compared(("It may round.", "Perhaps it rounds.")), NAMES))
    assert reworded.endswith(
        "No student’s report changes.\n\nWhat is written otherwise\n- rules changed: perhaps-rounded (because)\n"
    )


def test_to_text__where_some_cannot_be_compared__claims_nothing_of_them() -> None:
    text = to_text(blocks(compared(("stress: Stress", "coffee: Coffee")), NAMES))
    assert "No report changes, among the students who can be compared." in text
    assert "habits: only the old rules have the option stress. Whoever chooses it was not compared." in " ".join(
        text.split()
    )


@pytest.mark.parametrize("width", [20, 40, 60, 120])
def test_to_text__in_any_width__keeps_to_it_but_for_the_case_to_copy(width: int) -> None:
    lines = to_text(blocks(compared(CLOT), NAMES), width).splitlines()
    assert all(columns(line) <= max(width, 40) or line.startswith("    ") for line in lines)


def test_to_markdown__of_texts_full_of_markup__lets_none_of_it_through() -> None:
    gently = "level: stop-today", "level: gently"
    comparison = compared(gently, ("What does your low back do?", "Is *it* <b>or</b> `not`?"))
    markdown = to_markdown(blocks(comparison, NAMES))
    assert "- Is \\*it\\* &lt;b&gt;or&lt;/b&gt; \\`not\\`? It rounds back" in markdown.splitlines()
    assert "### 1 of 4: Stopped before (stop-today), not any more, and given advice." in markdown
    assert "\n```yaml\n  - id: not-stopped-and-given-advice\n" in markdown


def test_to_json__holds_all_of_it() -> None:
    data = json.loads(to_json(compared(CLOT), NAMES))
    assert list(data) == ["format", "old", "new", "differences", "not_compared", "written_otherwise"]
    assert data["old"] == {"from": "main", "packs": [{"id": "hamstrings", "version": "1.0.0"}]}
    first = data["differences"][0]
    assert (first["gravity"], first["rules"], first["answers"]) == (
        "no-longer-stopped",
        ["clot"],
        {"danger": ["swollen?"]},
    )
    assert first["changes"][0] == {"kind": "stop", "subject": "", "before": "stop-today", "after": "unadvised"}
    assert (first["old"]["outcome"], first["new"]["given"]) == ("stop-today", [])


def test_cases_to_add__for_a_stronger_stop__are_called_by_what_is_told_now() -> None:
    text = SMALL.replace("level: stop-today", "level: stop-emergency")
    (case, *_) = cases_to_add(compare(small(), kb_from(text)))
    assert "title: Told stop-emergency\n" in case


def test_cases_to_add__pasted_into_the_new_rules__pass_and_pin_every_difference() -> None:
    edit = CLOT, ("low-back: unsure", "low-back: curved"), ("id: rounded", "id: given-lean-back")
    comparison = compared(*edit)
    text = SMALL
    for before, after in edit:
        text = text.replace(before, after)
    added = kb_from(text + "".join(cases_to_add(comparison)))
    engine = Engine(added)
    assert [replay(engine, case).failures for case in added.cases] == [()] * len(added.cases)
    assert all(difference.cases for difference in compare(small(), added).differences)


@pytest.mark.parametrize("kind", ["stop", "screen", "referral", "advice", "provisional", "finding", "outcome", "order"])
def test_sentence__every_change_there_is__has_one(kind: str) -> None:
    possible = {
        "stop": [("", "stop-today", "advised"), ("", "", "stop-today"), ("", "stop-today", "clinician-first")],
        "screen": [("", "", "advised"), ("", "", "unadvised"), ("", "advised", ""), ("", "unadvised", "")],
        "referral": [("x", "said", ""), ("x", "", "said")],
        "advice": [("x", *pair) for pair in permutations(("", "given", "withheld"), 2)],
        "provisional": [("x", "firm", "provisional"), ("x", "provisional", "firm")],
        "finding": [("x", "said", ""), ("x", "", "said")],
        "outcome": [("", "advise", "no-change")],
        "order": [("advice", "", ""), ("withheld", "", ""), ("referral", "", ""), ("finding", "", "")],
    }
    sentences = {Change(kind, *rest).sentence for rest in possible[kind]}
    assert len(sentences) == len(possible[kind])
    assert not any("{" in sentence for sentence in sentences)
