"""What a piece of text is, for whoever lays it out or colors it. How it looks follows from it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Role(str, Enum):
    """What a block is in a report, or a line at the terminal."""

    ALARM = "alarm"
    HEADLINE = "headline"
    LEAD = "lead"
    HEADING = "heading"
    TEXT = "text"
    POINT = "point"
    DETAIL = "detail"
    TITLE = "title"
    STEP = "step"
    NOTE = "note"
    SOURCE = "source"
    QUIET = "quiet"


class Line(NamedTuple):
    """A line of text and what it belongs to, for whoever wants to colour it."""

    text: str
    role: Role
