"""A report reads the same as text and as Markdown: what matters first, nothing that drives a terminal or a page."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.inference.outcome import Outcome
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.answers import examine
from kb.model.knowledge import KnowledgeBase
from kb.report.build import Citation, Report, ReportedRecommendation, build_report
from kb.report.layout import outline, places
from kb.report.rendering import to_markdown, to_text
from kb.text.blocks import Block, Role
from kb.text.wrapping import columns, cut, printed, unprintable, wrapped
from tests.small import small

CALM = {"danger": "none", "bones": "no", "pose": "sitting", "low-back": "rounded", "hold": 10, "habits": []}


def session_of(answers: dict[str, object], kb: KnowledgeBase | None = None) -> Session:
    kb = kb or small()
    return Session.begin(Engine(kb), {name: examine(kb.questions[name], value)[0] for name, value in answers.items()})


def report_of(answers: dict[str, object]) -> Report:
    return build_report(session_of(answers))


def blocks_of(answers: dict[str, object]) -> list[Block]:
    session = session_of(answers)
    return list(outline(build_report(session)))


def headings(answers: dict[str, object]) -> list[str]:
    shown = (Role.ALARM, Role.HEADLINE, Role.HEADING)
    return [block.text for block in blocks_of(answers) if block.role in shown]


# --- what stands where ----------------------------------------------------------------------------------------------

CLOSING = ["Whenever you try it", "Please keep in mind"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["Not enough is known yet", "Not asked yet", "Please keep in mind"]),
        (CALM, ["Here is what to do", "What was found", "Step by step", *CLOSING]),
        (
            {"danger": "none", "low-back": "rounded"},
            ["Here is what to do so far", "What was found", "Step by step", "Not asked yet", *CLOSING],
        ),
        (
            {**CALM, "bones": "yes"},
            [
                "Here is what to do, inside your limits",
                "Keep to these limits",
                "What was found",
                "Step by step",
                "Held back, and why",
                *CLOSING,
            ],
        ),
        ({**CALM, "low-back": "unsure"}, ["Here is what to do", "Step by step", "Still unsure", *CLOSING]),
        (
            {**CALM, "low-back": "unsure", "hold": 3},
            ["First check, then correct", "Check this first", "Step by step", *CLOSING],
        ),
        ({**CALM, "low-back": "curved", "hold": 3}, ["Nothing to correct here", "Please keep in mind"]),
        (
            {**CALM, "low-back": "curved", "hold": 3, "habits": "sits"},
            ["Nothing to correct here", "To go on with", *CLOSING],
        ),
        (
            {**CALM, "low-back": "curved", "hold": 3, "bones": "yes"},
            ["Nothing to correct here, and limits to keep", "Keep to these limits", "Please keep in mind"],
        ),
        ({"danger": "numb"}, ["STOP: get emergency help now", "Why"]),
        ({"danger": "swollen"}, ["STOP: get medical advice today", "Why"]),
        ({"danger": "swollen", "breathless": "yes"}, ["STOP: get emergency help now", "Why", "Besides"]),
        ({**CALM, "felt": "sharp"}, ["STOP: see a clinician before you stretch", "Why"]),
    ],
)
def test_report__of_each_outcome__has_its_parts_in_order(answers: dict[str, object], expected: list[str]) -> None:
    assert headings(answers) == expected


def test_text__of_a_calm_report__reads_like_this() -> None:
    assert (
        to_text(report_of({**CALM, "low-back": "unsure"}), 60)
        == """\
Here is what to do

There are two things to do, in this order.

Step by step

  1  Lean back (provisional: you were unsure)

     a  Step the hands back.
     b  Stop where the curve returns.

     How long: Five breaths.
     Cue: Curve before height.
     Check: Is there a hollow?
     Why: It may round.
     Source: page 1 (A1-A3)

  2  Go deeper

     a  Fold on.

     Why: It is long.
     Source: page 4 (A9)

Still unsure

  - What does your low back do?
    To find out: Slide a hand behind it.

Whenever you try it

  Ask yourself afterwards: Did anything new hurt? If so,
  leave it there, and have a health professional look at it.

Please keep in mind

  It is not medical advice. It cannot see you.

Written for tests.
"""
    )


def test_markdown__of_the_same_report__says_the_same() -> None:
    assert (
        to_markdown(report_of({**CALM, "low-back": "unsure"}))
        == """\
# Here is what to do

There are two things to do, in this order.

## Step by step

### 1. Lean back (provisional: you were unsure)

- Step the hands back.
- Stop where the curve returns.

**How long:** Five breaths.

**Cue:** Curve before height.

**Check:** Is there a hollow?

**Why:** It may round.

**Source:** page 1 (A1-A3)

### 2. Go deeper

- Fold on.

**Why:** It is long.

**Source:** page 4 (A9)

## Still unsure

- What does your low back do?

  To find out: Slide a hand behind it.

## Whenever you try it

Ask yourself afterwards: Did anything new hurt? If so, leave it there, and have a health professional look at it.

## Please keep in mind

It is not medical advice. It cannot see you.

Written for tests.
"""
    )


def test_text__of_a_stop__begins_with_it_and_gives_the_reasons() -> None:
    session = session_of({**CALM, "danger": "swollen", "breathless": "yes"})
    assert (
        to_text(build_report(session), 60)
        == """\
STOP: get emergency help now

  Call your emergency number.

Why

  - A clot may have traveled.

Besides

  - Ask for advice today.
    Why: It may be a clot.

Source: RF01, S1

This goes by your answers alone, and it is not a diagnosis.
"""
    )


def test_report__of_a_stop__says_nothing_about_poses() -> None:
    told = to_text(report_of({**CALM, "danger": "numb", "bones": "yes"}))
    for word in ("Lean", "spine", "rounds", "Sitting", "Fold"):
        assert word not in told


# --- every recorded case --------------------------------------------------------------------------------------------

SHIPPED = load()


@pytest.fixture(scope="module")
def shipped_sessions() -> list[Session]:
    engine = Engine(SHIPPED)
    return [Session.begin(engine, case.answers) for case in SHIPPED.cases]


@pytest.mark.parametrize("width", [20, 40, 60, 88, 120, 400])
def test_text__of_every_recorded_case__keeps_to_the_width(shipped_sessions: list[Session], width: int) -> None:
    widest = max(40, min(width, 88))
    for session in shipped_sessions:
        told = to_text(build_report(session), width)
        assert max(map(columns, told.splitlines())) <= widest
        assert all(line == line.rstrip() for line in told.splitlines())
        assert "\n\n\n" not in told


def test_reports__of_every_recorded_case__promise_no_safety(shipped_sessions: list[Session]) -> None:
    for session in shipped_sessions:
        told = to_text(build_report(session), 80).lower()
        told = told.replace("safety", "").replace("safer than to work from a screen", "")
        assert "safe" not in told
        assert "all clear" not in told
        assert "nothing serious" not in told


def test_reports__of_every_recorded_case__say_the_same_in_both_forms(shipped_sessions: list[Session]) -> None:
    for session in shipped_sessions:
        report = build_report(session)
        text = " ".join(to_text(report, 80).split())
        for block in outline(report):
            assert " ".join(block.text.split()) in text
        markdown = to_markdown(report)
        assert markdown.startswith("# ")
        for heading in (block.text for block in outline(report) if block.role is Role.HEADING):
            assert f"\n## {heading}\n" in markdown


def test_reports__of_stopping_cases__name_no_recommendation(shipped_sessions: list[Session]) -> None:
    stopped = [session for session in shipped_sessions if session.advice.outcome.stops]
    assert stopped
    for session in stopped:
        told = to_text(build_report(session), 400)
        assert told.startswith("STOP: ")
        for recommendation in SHIPPED.recommendations.values():
            assert recommendation.title not in told


# --- sources --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([("A1", "page 1")], "page 1 (A1)"),
        ([("A3", "page 1"), ("A1", "page 1"), ("A2", "page 1")], "page 1 (A1-A3)"),
        ([("A1", "page 1"), ("A2", "page 1"), ("A9", "page 1")], "page 1 (A1, A2, A9)"),
        ([("A9", "page 4"), ("A10", "page 5")], "page 4 (A9); page 5 (A10)"),
        ([("S53", "a study"), ("RF11", "a sign"), ("A1", "page 1")], "page 1 (A1); RF11, S53"),
        ([("S1", ""), ("S2", ""), ("S3", "")], "S1-S3"),
        ([("smith-2019", "page 7")], "page 7 (smith-2019)"),
        ([("A1", "page 1"), ("A1", "page 1")], "page 1 (A1)"),
        ([], ""),
    ],
)
def test_places__of_sources__are_grouped_and_short(ids: list[tuple[str, str]], expected: str) -> None:
    assert places(Citation(name, at) for name, at in ids) == expected


# --- foreign text ---------------------------------------------------------------------------------------------------

NASTY = "\x1b[31mred\x1b[0m \u202eright to left\u202c <script>alert(1)</script> [a](b) # 1. *x* _y_ `z` |t| &amp;\x07"


def nasty_report(text: str) -> Report:
    report = report_of({**CALM, "bones": "yes"})
    recommendation: ReportedRecommendation = msgspec.structs.replace(
        report.recommendations[0], title=text, steps=(text,), cue=text, dose=text, self_check=text, because=(text,)
    )
    return msgspec.structs.replace(report, recommendations=(recommendation,), limits=(text,), credit=text)


def test_text__with_foreign_characters__escapes_what_could_drive_a_terminal() -> None:
    told = to_text(nasty_report(NASTY), 60)
    assert "\\u{1b}[31mred" in " ".join(told.split())
    assert "\\u{202e}right" in told
    assert all(unprintable(line) is None for line in told.splitlines())


def test_markdown__with_foreign_characters__holds_no_foreign_markup() -> None:
    told = to_markdown(nasty_report(NASTY))
    assert "<" not in told
    assert "&lt;script&gt;" in told
    assert r"\[a\](b) \# 1. \*x\* \_y\_ \`z\` \|t\| &amp;amp;" in told


@pytest.mark.parametrize(
    "text", ["- a list", "+ a list", "= rule", "1. a list", "12) a list", "# a heading", "> quoted"]
)
def test_markdown__with_text_that_begins_like_markup__shows_it_as_text(text: str) -> None:
    line = to_markdown(nasty_report(text)).splitlines()[-1]
    assert line.startswith(("\\", "1\\", "12\\", "&gt;"))


@given(st.text(max_size=200), st.integers(1, 200))
def test_text__of_anything__can_be_shown_within_the_width(text: str, width: int) -> None:
    for line in to_text(nasty_report(text), width).splitlines():
        assert unprintable(line) is None
        assert columns(line) <= max(40, min(width, 88))


@given(st.text(max_size=300), st.integers(10, 100))
def test_wrapped__anything__loses_no_word_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = list(wrapped(text, width, "  - ", "    "))
    assert all(columns(line) <= width for line in lines)
    told = "".join(line[4:] if index else line[3:] for index, line in enumerate(lines)).replace(" ", "")
    assert told == "".join(printed(part) for part in text.split("\n")).replace(" ", "")


@given(st.text(max_size=100), st.integers(1, 50))
def test_cut__anything__is_one_line_that_fits(text: str, width: int) -> None:
    line = cut(text, width)
    assert columns(line) <= width
    assert unprintable(line) is None


def test_wrapped__wide_characters__count_as_two_columns() -> None:
    assert list(wrapped("腰を伸ばす", 6)) == ["腰を伸", "ばす"]
    assert columns("e\u0301") == 1


def test_wrapped__text_with_line_breaks__keeps_them() -> None:
    assert list(wrapped("one\n\ntwo", 40, "- ", "  ")) == ["- one", "", "  two"]


def test_headlines__of_all_outcomes__exist_and_only_stops_shout() -> None:
    from kb.report.layout import HEADLINES

    assert set(HEADLINES) == set(Outcome)
    assert {outcome for outcome, said in HEADLINES.items() if said.startswith("STOP: ")} == {
        outcome for outcome in Outcome if outcome.stops
    }
