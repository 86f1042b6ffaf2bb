"""Write a report for people: as plain text of any width, or as Markdown.

Texts of a pack are someone else's: they are shown as they stand, with every character that could drive a terminal
escaped, and in Markdown with every character that could become markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.report.build import Report
from kb.report.layout import outline
from kb.text.blocks import Block, Role, escaped
from kb.text.blocks import Line as Line
from kb.text.wrapping import measure, wrapped

# --- text -----------------------------------------------------------------------------------------------------------

_MARGINS = {  # before the first line and before the others; {} is the label
    Role.TEXT: ("  ", "  "),
    Role.POINT: ("  - ", "    "),
    Role.DETAIL: ("    {}: ", "    "),
    Role.TITLE: ("{:>3}  ", "     "),
    Role.STEP: ("     {}  ", "        "),
    Role.NOTE: ("     {}: ", "       "),
    Role.SOURCE: ("     {}: ", "       "),
}
_TOGETHER = {  # roles that follow each other without an empty line
    (Role.POINT, Role.POINT),
    (Role.POINT, Role.DETAIL),
    (Role.DETAIL, Role.DETAIL),
    (Role.STEP, Role.STEP),
    (Role.NOTE, Role.NOTE),
    (Role.NOTE, Role.SOURCE),
}


def text_lines(blocks: Iterable[Block], width: int) -> Iterator[Line]:
    """Yield `blocks` as lines of at most `width` columns (long lines are hard to read, so `measure` limits it)."""
    before: Role | None = None
    for block in blocks:
        if before and (before, block.role) not in _TOGETHER:
            yield Line("", Role.TEXT)
        first, rest = _MARGINS.get(block.role, ("", ""))
        for line in wrapped(block.text, measure(width), first.format(block.label), rest):
            yield Line(line, block.role)
        before = block.role


def to_text(report: Report, width: int = 80) -> str:
    """Return `report` as plain text, ending in a line break."""
    return "".join(f"{line.text}\n" for line in text_lines(outline(report), width))


# --- Markdown -------------------------------------------------------------------------------------------------------

_MARKUP = {
    Role.ALARM: "# {text}",
    Role.HEADLINE: "# {text}",
    Role.HEADING: "## {text}",
    Role.TITLE: "### {label}. {text}",
    Role.STEP: "- {text}",
    Role.POINT: "- {text}",
    Role.DETAIL: "\n  {label}: {text}",
    Role.NOTE: "**{label}:** {text}",
    Role.SOURCE: "**{label}:** {text}",
}
_LISTED = {Role.STEP, Role.POINT, Role.DETAIL}


def to_markdown(report: Report) -> str:
    """Return `report` as Markdown, ending in a line break."""
    return markdown(outline(report))


def markdown(blocks: Iterable[Block]) -> str:
    """Return `blocks` as Markdown, ending in a line break."""
    written = ""
    before: Role | None = None
    for block in blocks:
        if before:
            listed = before in _LISTED and block.role in _LISTED
            written += "\n" if listed else "\n\n"
        markup = _MARKUP.get(block.role, "{text}")
        written += markup.format(text=escaped(block.text), label=escaped(block.label))
        before = block.role
    return written + "\n"
