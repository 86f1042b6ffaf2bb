"""When something was, and how long it took, in words."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest

from kb.text.durations import clock, day, length, moment


def test_moment__this_year_and_another__has_the_year_only_then() -> None:
    at = datetime(2026, 11, 3, 9, 5)
    assert moment(at, date(2026, 1, 1)) == "3 Nov, 09:05"
    assert moment(at, date(2027, 1, 1)) == "3 Nov 2026, 09:05"
    assert moment(datetime.fromtimestamp(0, timezone.utc), date(2026, 1, 1)) == "time unknown"
    assert day(date(2026, 5, 31), date(2026, 1, 1)) == "31 May"


@pytest.mark.parametrize(
    ("seconds", "said", "shown"),
    [
        (0.9, "0 seconds", "0:00"),
        (1, "1 second", "0:01"),
        (60, "1 minute", "1:00"),
        (89.6, "1 minute 29 seconds", "1:29"),
        (119.99, "1 minute 59 seconds", "1:59"),
        (125, "2 minutes 5 seconds", "2:05"),
        (7200, "120 minutes", "120:00"),
        (-3, "0 seconds", "0:00"),
        (float("inf"), "1440 minutes", "1440:00"),
        ("long", "0 seconds", "0:00"),
    ],
)
def test_length__of_a_hold__counts_whole_seconds_in_words_and_on_a_clock(seconds: Any, said: str, shown: str) -> None:
    assert (length(seconds), clock(seconds)) == (said, shown)
