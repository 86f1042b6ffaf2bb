"""Lay text out in lines of a given width, and let nothing in it drive the terminal.

The standard library's `textwrap` counts characters. Here columns are counted, since a character of East Asian writing
takes two and a combining accent none; and a word longer than the line is broken rather than let out of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

NARROWEST = 40
WIDEST = 88

# A terminal shows what it is sent. Controls, bidirectional overrides and invisible marks could redraw the screen or
# make a sentence read differently from what is stored, so they are shown as escapes wherever foreign text is echoed.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSEEN = re.compile("[\U000e0000-\U000e0fff]")  # tags and selectors, of which Unicode calls some printable


def unprintable(text: str) -> str | None:
    """Return the first character of `text` that must not reach a terminal, or None."""
    for character in text:
        if not character.isascii():
            if unicodedata.category(character) in _UNPRINTABLE or _UNSEEN.match(character):
                return character
        elif not character.isprintable():
            return character
    return None


def is_printable(text: str) -> bool:
    """Say whether all of `text` may reach a terminal as it is; line breaks and tabs may not."""
    return text.isprintable() and (text.isascii() or _UNSEEN.search(text) is None)


def printable(text: str, limit: int = 60) -> str:
    """Return `text` safe to show on one line: unprintable characters escaped, cut to `limit` characters."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    if unprintable(cut) is None:
        return cut
    return "".join(character if unprintable(character) is None else f"\\u{{{ord(character):x}}}" for character in cut)


def quoted(word: object) -> str:
    """Return `word` as messages show foreign text: in quotes, on one line, safe for a terminal."""
    return f"“{printable(str(word))}”"


def measure(width: int) -> int:
    """Return the width to write in when `width` columns are there: no longer than is good to read."""
    return max(NARROWEST, min(width, WIDEST))


def printed(text: str) -> str:
    """Return `text` on one line, whatever cannot be shown in it as an escape."""
    line = " ".join(text.split())
    return printable(line, len(line))


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> Iterator[str]:
    """Yield `text` in lines of at most `width` columns, `first` before the first of them and `rest` before the others.

    A line break in `text` stays one.
    """
    margin = first
    room = max(1, width - max(columns(first), columns(rest)))
    for paragraph in text.split("\n"):
        line = margin
        empty = True
        for word in printed(paragraph).split(" "):
            for index, piece in enumerate(_pieces(word, room)):
                gap = "" if empty or index else " "
                if not empty and columns(line + gap + piece) > width:
                    yield line
                    line, gap = rest, ""
                line += gap + piece
                empty = False
        yield line.rstrip()
        margin = rest


def cut(text: str, width: int) -> str:
    """Return `text` as one line of at most `width` columns; `…` stands for what does not fit."""
    line = printed(text)
    kept = used = 0
    for character in line:
        used += columns(character)
        if used > width:
            return line[:kept].rstrip() + "…"
        kept += used < width
    return line


def _pieces(word: str, width: int) -> Iterator[str]:
    """Yield `word` whole if it fits into a line, else cut into pieces that do."""
    if columns(word) <= width:
        yield word
        return
    start = used = 0
    for position, character in enumerate(word):
        wide = columns(character)
        if position > start and used + wide > width:
            yield word[start:position]
            start, used = position, 0
        used += wide
    yield word[start:]


def counted(count: int, thing: str) -> str:
    """Return `1 rule`, `2 rules`."""
    return f"{count} {thing}{'s' * (count != 1)}"
