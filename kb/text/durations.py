"""Say when something was, and how long it took, in words that a person reads.

Names of months are ours and not those of the system, whose language the rest of the program would not speak.
"""

from __future__ import annotations

from datetime import date, datetime

from kb.text.wrapping import counted

_MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")

UNKNOWN = "time unknown"

LONGEST = 24 * 3600.0
"""How many seconds are believed: nobody holds a pose for longer than a day."""


def is_known(moment: datetime) -> bool:
    """Say whether a moment of the journal is one; the beginning of the computer's time stands for none."""
    return moment.timestamp() > 0


def day(moment: date, today: date) -> str:
    """Return a day, with its year if that is not this one."""
    year = "" if moment.year == today.year else f" {moment.year}"
    return f"{moment.day} {_MONTHS[moment.month - 1]}{year}"


def moment(at: datetime, today: date) -> str:
    """Return a day and the time of day."""
    return f"{day(at.date(), today)}, {at:%H:%M}" if is_known(at) else UNKNOWN


def length(seconds: float) -> str:
    """Return a length of time in minutes and seconds: `1 minute 35 seconds`. Only whole seconds count."""
    return spoken(_whole(seconds))


def spoken(seconds: int) -> str:
    """Return a length of time, however long, in minutes and seconds."""
    minutes = [counted(seconds // 60, "minute")] if seconds >= 60 else []
    return " ".join([*minutes, counted(seconds % 60, "second")] if seconds % 60 or not minutes else minutes)


def clock(seconds: float) -> str:
    """Return a length of time as a clock shows it: `1:35`."""
    whole = _whole(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _whole(seconds: float) -> int:
    return max(0, int(min(seconds, LONGEST))) if isinstance(seconds, (int, float)) else 0
