"""The plot of the weeks: what is grouped, how it is drawn, and how it is said in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.journal.records import Point
from kb.journal.timeline import MOST_POINTS, MOST_ROWS, Plot, Row, drawn, heading, in_words, legend, plotted
from kb.text.wrapping import columns

TODAY = date(2026, 11, 22)
MONDAY = datetime(2026, 10, 5, 8, 30, tzinfo=timezone.utc)


def point(
    days: float = 0, strain: Any = "yes", hold: float | None = 60, found: int | None = 2, outcome: str = "advise"
) -> Point:
    return Point(1, MONDAY + timedelta(days=days), strain, hold, found, outcome)


def rows(points: list[Point]) -> list[Row]:
    plot = plotted(points)
    assert plot is not None
    return list(plot.rows)


# --- grouping ---------------------------------------------------------------------------------------------------------


def test_plotted__three_weeks__are_a_row_each_from_monday() -> None:
    points = [point(2), point(9, "unsure", None, None, ""), point(20, "no", 125, 0, "no-change")]
    assert plotted(points) == Plot(
        (
            Row(date(2026, 10, 5), 1, "yes", 60, 2),
            Row(date(2026, 10, 12), 1, "unsure", None, None),
            Row(date(2026, 10, 19), 1, "no", 125, 0),
        ),
        step=7,
    )


def test_plotted__within_two_weeks__is_a_row_a_day() -> None:
    plot = plotted([point(0), point(0.1), point(13)])
    assert plot is not None
    assert (plot.step, [row.sessions for row in plot.rows]) == (1, [2, 1])


@pytest.mark.parametrize(
    "points",
    [
        [],
        [point(), point(1)],
        [point(0, None, None, 3, "stop-today")] * 3,  # nothing is known of the pose
        [Point(1, datetime.fromtimestamp(0, timezone.utc), "yes", 60, 2, "advise")] * 3,  # of no known time
    ],
)
def test_plotted__too_little_to_see__is_none(points: list[Point]) -> None:
    assert plotted(points) is None


@pytest.mark.parametrize(
    ("strains", "expected"),
    [
        (["no", "yes", "no"], "yes"),
        (["no", "unsure", "no"], "unsure"),
        (["no", None, "no"], "no"),
        ([None, None, ["x"]], None),
        (["other", None, None], None),
    ],
)
def test_plotted__strain_in_one_week__the_cautious_side_counts(strains: list[Any], expected: str | None) -> None:
    assert [row.strain for row in rows([point(0, strain) for strain in strains])] == [expected]


@pytest.mark.parametrize("outcome", ["stop-emergency", "stop-today", "clinician-first", "incomplete", "", "unheard-of"])
def test_plotted__an_outcome_that_says_nothing_of_the_pose__is_no_zero(outcome: str) -> None:
    assert rows([point(found=4), point(0.1), point(0.2, found=0, outcome=outcome)])[0].findings == 2
    assert rows([point(0, found=0, outcome=outcome)] * 3)[0].findings is None


def test_plotted__holds_and_findings_of_a_week__longest_and_last() -> None:
    points = [point(0, hold=30, found=5), point(1, hold=90, found=1), point(2, hold=None, found=3), point(30)]
    assert rows(points)[0] == Row(date(2026, 10, 5), 3, "yes", 90, 3)


def test_plotted__a_clock_that_went_back__stands_in_order_of_time() -> None:
    assert [row.begins.day for row in rows([point(20), point(0), point(8)])] == [5, 12, 25 - 6]  # 5, 12 and 19 October


def test_plotted__many_weeks__the_last_ones_and_says_so() -> None:
    plot = plotted([point(7 * week) for week in range(40)])
    assert plot is not None
    assert (len(plot.rows), plot.more, heading(plot)) == (MOST_ROWS, True, "The last 12 weeks with a session")
    assert plot.rows[-1].begins == (MONDAY + timedelta(days=7 * 39)).date()


def test_plotted__as_many_as_are_looked_at__leaves_out_the_oldest_row_which_may_lack_some() -> None:
    plot = plotted([point(20 * number / MOST_POINTS) for number in range(MOST_POINTS)])
    assert plot is not None
    assert ([row.begins.day for row in plot.rows], plot.more) == ([12, 19], True)


# --- drawing ----------------------------------------------------------------------------------------------------------

WEEKS = Plot(
    (
        Row(date(2025, 12, 29), 1, "yes", 30, 4),
        Row(date(2026, 1, 5), 2, "unsure", None, None),
        Row(date(2026, 1, 26), 1, None, 120, 0),
        Row(date(2026, 2, 2), 1, "no", 1, 1),
    ),
    step=7,
)


def test_drawn__weeks__is_numbers_with_bars_and_names_the_gap() -> None:
    assert list(drawn(WEEKS, TODAY, 60, blocks=False)) == [
        "  Week of      Strain  Longest hold           Found",
        "  29 Dec 2025  yes     0:30 ####              4 ####",
        "  5 Jan        unsure     -                   -",
        "  (2 weeks without a session)",
        "  26 Jan       -       2:00 ################  0",
        "  2 Feb        no      0:01 #                 1 #",
    ]


def test_drawn__with_blocks__differs_in_the_block_only() -> None:
    plain, blocks = ("\n".join(drawn(WEEKS, TODAY, 60, blocks=each)) for each in (False, True))
    assert blocks.replace("█", "#") == plain
    assert plain.isascii()


def test_in_words__weeks__says_what_the_bars_say() -> None:
    assert list(in_words(WEEKS, TODAY)) == [
        "Week of 29 Dec 2025: strain yes; longest hold 30 seconds; found 4.",
        "Week of 5 Jan: strain unsure; longest hold none kept; found not known.",
        "Then 2 weeks without a session.",
        "Week of 26 Jan: strain not known; longest hold 2 minutes; found 0.",
        "Week of 2 Feb: strain no; longest hold 1 second; found 1.",
    ]


def test_legend__of_days_and_of_weeks__names_the_unit() -> None:
    assert "of that week" in legend(WEEKS)
    assert "of that day" in legend(WEEKS._replace(step=1))
    assert ("dash" in legend(WEEKS), "dash" in legend(WEEKS, words=True)) == (True, False)


POINTS = st.builds(
    Point,
    st.integers(1, 10**6),
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(timezone.utc)),
    st.sampled_from(["yes", "no", "unsure", None, "\x1b[2J"]),
    st.none() | st.floats(0, 10**6),
    st.none() | st.integers(0, 1000),
    st.sampled_from(["advise", "no-change", "stop-today", "", "\x1b[2J"]),
)


@given(st.lists(POINTS, max_size=30), st.integers(40, 100))
def test_drawn__whatever_was_kept__keeps_to_the_width_and_says_every_row(points: list[Point], width: int) -> None:
    plot = plotted(points)
    if plot is None:
        return
    lines = list(drawn(plot, TODAY, width, blocks=True))
    assert max(map(columns, lines)) <= max(width, 56)
    assert all(line.isprintable() for line in lines)
    assert len([line for line in lines[1:] if not line.startswith("  (")]) == len(plot.rows) <= MOST_ROWS
    assert len([line for line in in_words(plot, TODAY) if not line.startswith("Then")]) == len(plot.rows)
