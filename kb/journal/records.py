"""What is kept of a session, as values, and how times and values become texts in the file and back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from kb.interview.events import Event
from kb.model.stored_answers import Plain


class Hold(msgspec.Struct, frozen=True):
    """How long something was held in practice, and how long it was to be held."""

    at: datetime
    recommendation: str
    seconds: float
    target_seconds: float


class Saved(msgspec.Struct, frozen=True):
    """All that was kept of a session. Times are by the clock the person had.

    `report` is the last one shown, `outcome` and `findings` (how many) are from it: none, if there is none yet. `asked`
    is for `still_fitting`.
    """

    id: int
    begun: datetime
    packs: dict[str, str]
    answered: int
    finished: datetime | None
    outcome: str
    findings: int
    answers: dict[str, Any]
    asked: dict[str, list[str]]
    report: dict[str, Any] | None
    origin: str
    writer: str
    events: tuple[Event, ...]
    holds: tuple[Hold, ...]


class Point(msgspec.Struct, frozen=True):
    """A session in the plot: what was answered about strain, the longest hold in seconds, how much was found."""

    id: int
    begun: datetime
    strain: Plain | None
    longest_hold: float | None
    findings: int | None
    outcome: str = ""


# --- times and texts --------------------------------------------------------------------------------------------------


def aware(now: datetime | None) -> datetime:
    """Return a moment by the person's own clock, and how far that is ahead."""
    if now is None:
        return datetime.now(timezone.utc).astimezone()
    return now if now.tzinfo else now.astimezone()


def utc(moment: datetime) -> str:
    """Return a moment as it is kept."""
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")


def local(text: str, ahead: int) -> datetime:
    """Return a kept moment by the clock the person had. What someone has spoiled in the file is no time."""
    try:
        return datetime.fromisoformat(text).astimezone(timezone(timedelta(minutes=ahead)))
    except (ValueError, TypeError, OverflowError):
        return datetime.fromtimestamp(0, timezone.utc)


def words(value: Any) -> str:
    """Return a kept text. What someone has put in its place is none: SQLite keeps anything anywhere."""
    return value if isinstance(value, str) else ""


def amount(value: Any) -> Any:
    """Return a kept number, or 0 if it is none any more."""
    return value if isinstance(value, int | float) else 0


def encoded(value: Any) -> str:
    """Return a value as it is kept."""
    return msgspec.json.encode(value).decode()


def decoded(text: Any, shape: Any = dict[str, Any]) -> Any:
    """Return the value of a shape that a text has kept; if it is none any more, an empty one, or None of any shape."""
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.MsgspecError, TypeError, UnicodeError, RecursionError):  # the last if it is nested endlessly
        return None if shape is Any else {}
