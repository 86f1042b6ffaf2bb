"""The weeks behind a person, as a small plot: strain, the longest hold, and how much was found.

Time runs downward, one row a week (or a day, as long as all is within two weeks), and every row says its numbers beside
its bars. So nothing has to be read off an axis, forty columns are enough, and what a screen reader reads is what others
see; `in_words` says the same in sentences, without any bar.

Where a row shows nothing, nothing is known: that nobody was asked about strain is not the same as none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kb.journal.records import Point
from kb.model.conditions import UNSURE
from kb.model.knowledge import Outcome
from kb.text.durations import LONGEST, clock, day, is_known, length
from kb.text.wrapping import counted

FEWEST = 3
"""How many sessions it takes before there is anything to see."""

MOST_ROWS = 12
MOST_POINTS = 500
"""How many sessions are looked at: more than anybody has in the weeks that are shown."""

_DAYS_AT_MOST = 14
_STRAIN = ("yes", UNSURE, "no")  # the first that was said counts for the whole row: the cautious side
_SPEAKS_OF_THE_POSE = {
    Outcome.ADVISE_GENTLY.value,
    Outcome.ADVISE.value,
    Outcome.CHECK_FIRST.value,
    Outcome.NO_CHANGE.value,
}

_NOTHING = "-"
_BLOCK, _PLAIN = "█", "#"


class Row(NamedTuple):
    """A day or week: its first day, the sessions in it, strain at any time, the longest hold, what was found last."""

    begins: date
    sessions: int
    strain: str | None = None
    longest_hold: float | None = None
    findings: int | None = None


class Plot(NamedTuple):
    """The rows, the oldest first; `step` is how many days a row stands for, `more` that there were older ones."""

    rows: tuple[Row, ...]
    step: int
    more: bool = False

    @property
    def unit(self) -> str:
        """Return what a row stands for, in a word."""
        return "day" if self.step == 1 else "week"

    def with_gaps(self) -> Iterator[tuple[Row, str]]:
        """Yield the rows, each with what is said of the weeks without a session before it. Days are too few to tell."""
        for before, row in zip((None, *self.rows), self.rows):
            between = (row.begins - before.begins).days // self.step - 1 if before else 0
            yield row, f"{counted(between, 'week')} without a session" if self.step > 1 and between > 0 else ""


def looks_at_the_pose(outcome: str) -> bool:
    """Say whether a report of this outcome names what was found in the pose: beside a stop, nothing is said of it."""
    return outcome in _SPEAKS_OF_THE_POSE


def plotted(points: Iterable[Point]) -> Plot | None:
    """Return the plot of sessions in the order in which they were kept; None if there is too little to see."""
    known = [point for point in points if is_known(point.begun)]
    if len(known) < FEWEST or not any(map(_says_something, known)):
        return None
    days = [point.begun.date() for point in known]
    step = 1 if max(days) - min(days) < timedelta(days=_DAYS_AT_MOST) else 7
    grouped: dict[date, list[Point]] = {}
    for point, at in zip(known, days):
        begins = at if step == 1 else at - timedelta(days=min(at.weekday(), at.toordinal() - 1))
        grouped.setdefault(begins, []).append(point)
    rows = tuple(_row(begins, grouped[begins]) for begins in sorted(grouped))
    cut = len(known) >= MOST_POINTS  # then the oldest row may miss sessions that were not looked at
    return Plot(rows[cut:][-MOST_ROWS:], step, cut or len(rows) > MOST_ROWS)


def _says_something(point: Point) -> bool:
    return point.strain in _STRAIN or point.longest_hold is not None or looks_at_the_pose(point.outcome)


def _row(begins: date, points: Sequence[Point]) -> Row:
    said = {point.strain for point in points if isinstance(point.strain, str)}
    # What someone has spoiled in the file is no number.
    holds = [min(point.longest_hold, LONGEST) for point in points if isinstance(point.longest_hold, (int, float))]
    found = [point.findings for point in points if looks_at_the_pose(point.outcome) and isinstance(point.findings, int)]
    return Row(
        begins,
        len(points),
        next((one for one in _STRAIN if one in said), None),
        max(holds, default=None),
        found[-1] if found else None,
    )


# --- words ------------------------------------------------------------------------------------------------------------


def heading(plot: Plot) -> str:
    """Return what stands above the rows."""
    return f"The last {len(plot.rows)} {plot.unit}s with a session" if plot.more else f"Over the {plot.unit}s"


def legend(plot: Plot, *, words: bool = False) -> str:
    """Return what the columns mean."""
    strain = f"Strain: below a buttock, in any session of that {plot.unit}."
    found = f"Found: in the last session of that {plot.unit} that looked at the pose."
    return f"{strain} {found}" if words else f"{strain} Longest hold: in minutes. {found} A dash: not known."


def in_words(plot: Plot, today: date) -> Iterator[str]:
    """Yield the rows as sentences."""
    for row, gap in plot.with_gaps():
        if gap:
            yield f"Then {gap}."
        hold = "none kept" if row.longest_hold is None else length(row.longest_hold)
        found = "not known" if row.findings is None else str(row.findings)
        what = "" if plot.step == 1 else "Week of "
        strain = row.strain or "not known"
        yield f"{what}{day(row.begins, today)}: strain {strain}; longest hold {hold}; found {found}."


# --- bars -------------------------------------------------------------------------------------------------------------


def drawn(plot: Plot, today: date, width: int, *, blocks: bool) -> Iterator[str]:
    """Yield the head and the rows of the plot in `width` columns, with blocks or in plain characters."""
    block = _BLOCK if blocks else _PLAIN
    labels = [day(row.begins, today) for row in plot.rows]
    head = "Day" if plot.step == 1 else "Week of"
    first = max(len(head), *map(len, labels))
    numbers = [_NOTHING if row.longest_hold is None else clock(row.longest_hold) for row in plot.rows]
    digits = max(map(len, numbers))
    found = [_NOTHING if row.findings is None else str(row.findings) for row in plot.rows]
    figures = max(map(len, found))
    room = max(8, width - (2 + first + 2 + 6 + 2 + digits + 1 + 2 + figures + 1))
    hold_bars = _bars([row.longest_hold for row in plot.rows], room * 3 // 5, block)
    most = max(2, room - room * 3 // 5)
    find_bars = _bars([row.findings for row in plot.rows], most, block, whole=True)
    hold_width = max(len("Longest hold"), digits + 1 + max(map(len, hold_bars)))
    yield f"  {head:<{first}}  {'Strain':<6}  {'Longest hold':<{hold_width}}  Found"
    for index, (row, gap) in enumerate(plot.with_gaps()):
        if gap:
            yield f"  ({gap})"
        hold = f"{numbers[index]:>{digits}} {hold_bars[index]}"
        line = f"  {labels[index]:<{first}}  {row.strain or _NOTHING:<6}  {hold:<{hold_width}}"
        yield f"{line}  {found[index]:>{figures}} {find_bars[index]}".rstrip()


def _bars(values: Sequence[float | None], room: int, block: str, *, whole: bool = False) -> list[str]:
    """Return bars of at most `room` columns, all to one scale; with `whole`, one column for each if they all fit."""
    most = max((value for value in values if value is not None), default=0)
    if not most:
        return ["" for _ in values]
    top = room if whole and most <= room else most
    return [block * max(1, round(room * (value / top))) if value else "" for value in values]
