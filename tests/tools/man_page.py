"""Write the manual as a page of section 1 for `man`: `docs/unstuck.1`, which `python tests/tools/docs.py` refreshes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from kb.terminal.manual import Piece, Role

_GLYPHS = {"\\": "\\e", "-": "\\-", "“": "\\(lq", "”": "\\(rq", "‘": "\\(oq", "’": "\\(cq", "–": "\\(en", "…": "..."}


def as_roff(pieces: Iterable[Piece], version: str) -> Iterator[str]:
    """Yield the lines of the manual as a page of section 1, in plain ASCII."""
    yield f'.TH UNSTUCK 1 "" "unstuck {version}" "User Commands"'
    yield from (".nh", ".ad l")
    before: Role | None = None
    for piece in pieces:
        begins = [".PP"] * (before not in (Role.HEADING, Role.COMMAND))
        before = piece.role
        match piece.role:
            case Role.HEADING:
                yield f".SH {_roff(piece.text).upper()}"
            case Role.COMMAND:
                yield f'.SS "{_roff(piece.text)}"'
            case Role.TEXT:
                yield from (*begins, *_lines(piece.text))
            case Role.AS_IT_IS:
                yield from (*begins, ".nf", *map(_line, piece.text.splitlines()), ".fi")
            case Role.TERM:
                yield from (".TP", f"\\fB{_roff(piece.term)}\\fR".replace("|", "|\\:"), *_lines(piece.text))


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
