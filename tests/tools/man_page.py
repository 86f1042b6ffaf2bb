"""Write the manual as a page of section 1 for `man`: `docs/unstuck.1`, which `python tests/tools/docs.py` refreshes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from kb.text.blocks import Block, Role

_GLYPHS = {"\\": "\\e", "-": "\\-", "“": "\\(lq", "”": "\\(rq", "‘": "\\(oq", "’": "\\(cq", "–": "\\(en", "…": "..."}


def as_roff(blocks: Iterable[Block], version: str) -> Iterator[str]:
    """Yield the lines of the manual as a page of section 1, in plain ASCII."""
    yield f'.TH UNSTUCK 1 "" "unstuck {version}" "User Commands"'
    yield from (".nh", ".ad l")
    before: Role | None = None
    for block in blocks:
        begins = [".PP"] * (before not in (Role.HEADING, Role.TITLE))
        before = block.role
        match block.role:
            case Role.HEADING:
                yield f".SH {_roff(block.text).upper()}"
            case Role.TITLE:
                yield f'.SS "{_roff(block.text)}"'
            case Role.TEXT:
                yield from (*begins, *_lines(block.text))
            case Role.CODE:
                yield from (*begins, ".nf", *map(_line, block.text.splitlines()), ".fi")
            case Role.TERM:
                yield from (".TP", f"\\fB{_roff(block.label)}\\fR".replace("|", "|\\:"), *_lines(block.text))


def _lines(text: str) -> Iterator[str]:
    """Yield a paragraph in lines that are easy to compare."""
    yield from map(_line, textwrap.wrap(" ".join(text.split()), 60, break_long_words=False, break_on_hyphens=False))


def _line(text: str) -> str:
    """Return a line of text; one that begins like a request does not become one."""
    line = _roff(text)
    return f"\\&{line}" if line[:1] in (".", "'") else line


def _roff(text: str) -> str:
    return "".join(
        _GLYPHS.get(character, character if character.isascii() else f"\\[u{ord(character):04X}]")
        for character in re.sub(r"[\x00-\x1f\x7f]", " ", text)
    )
