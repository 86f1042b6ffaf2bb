"""Text in blocks: what each piece of it is, for whoever lays it out, colours it or writes it as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from kb.text.wrapping import printed


class Role(str, Enum):
    """What a block of text is, or a line at the terminal. How it looks follows from it."""

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
    PLACE = "place"
    QUIET = "quiet"
    BRIEF = "brief"
    TERM = "term"
    CODE = "code"


class Block(NamedTuple):
    """A piece of text. `label` is what stands before it: a number, a letter, a name, the term that it explains."""

    role: Role
    text: str
    label: str = ""


class Line(NamedTuple):
    """A line that is laid out, and what it belongs to."""

    text: str
    role: Role


class Paragraph(NamedTuple):
    """A text to be laid out, what it is, and what stands before its first line and before the others."""

    text: str = ""
    role: Role = Role.TEXT
    first: str = ""
    rest: str | None = None


def section(heading: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield `blocks` under a heading; nothing if there are none."""
    for index, block in enumerate(blocks):
        if not index:
            yield Block(Role.HEADING, heading)
        yield block


def points(texts: Iterable[str]) -> Iterator[Block]:
    """Yield texts as the points of a list."""
    return (Block(Role.POINT, text) for text in texts)


def escaped(text: str) -> str:
    """Return `text` on one line, with nothing in it that Markdown or HTML could take for its own."""
    line = printed(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = re.sub(r"([\\`*_\[\]{}|~#$])", r"\\\1", line)
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", line)
