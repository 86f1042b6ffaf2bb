"""Make hostile inputs out of good ones: a line doubled, a word exchanged for a trick, two inputs spliced together."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

TRICKS: tuple[bytes, ...] = tuple(
    trick.encode("utf-8", "surrogatepass")
    for trick in (
        *("\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x00", "\x07", "\x08\x08", "\r", "\x7f", "\x85", "\u2028"),
        *("\u202e", "\u2066", "\u2069", "\u200b", "\u200f", "\ufeff", "\u00ad", "\u061c", "\U000e0041", "\ud800"),
        *("<script>alert(1)</script>", "</style>", "&lt;", "[x](javascript:y)", "![x](//y/z)", "`", "***", "# ", "|"),
        *("1e400", "-1e400", "nan", "inf", "1e-999999999", "1E+999999999", "0x1F", "1_000", "٣", "1,000", "0.1", "-0"),
        *("999999999", "9" * 40, "0." + "0" * 40 + "1", "00000000000", ".5", "5.", "1:30", "½", "²"),
        *("&a [*a,*a]", "*a", "&a ", "!!python/object/apply:os.system [id]", "!!binary x", "<<: *a", "---", "..."),
        *(
            "{",
            "}",
            "[",
            "]",
            ": ",
            "- ",
            "? ",
            "| ",
            "> ",
            "#",
            '"',
            "'",
            '"\\x1b"',
            '"\\u202e"',
            '"\\UFFFFFFFF"',
            "\\",
        ),
        *("a" * 70, "é" * 30, "名", "e\u0301\u0301\u0301", "-" * 30, "a-" * 40, "a " * 40, "\t", "\n\n", "  "),
        *("../../etc/passwd", "/dev/zero", "~", "$HOME", "%s%n", "{0}", "=cmd|'/c calc'!A0", "@x", "+1"),
    )
)
"""What has hurt programs before."""

KEYS: tuple[bytes, ...] = tuple(
    word.encode()
    for word in (
        *("format", "pack", "title", "version", "extends", "in-place-of", "leaves-out", "topics", "safety-screens"),
        *("stop-signs", "complaint", "practices", "most-questions", "sources", "questions", "findings", "limits"),
        *("recommendations", "referrals", "rules", "cases", "work", "by", "at", "ask", "type", "options", "hint"),
        *("self-check", "unit", "at-least", "at-most", "above", "below", "after-advice", "not-with", "steps", "cue"),
        *("kind", "closing", "rechecks", "hold", "minutes", "meanwhile", "at-the-end", "level", "tell", "when", "then"),
        *("because", "source", "all", "any", "not", "finding", "find", "recommend", "refer", "withhold", "unsure"),
        *("yes", "no", "yes-no", "one", "several", "number", "none", "id", "answers", "expect", "outcome", "in-order"),
        *("may-add", "never", "true", "false", "null", "gently", "stop-today", "after-lean-back", "0", "1", "2?"),
    )
)
"""Words that mean something in a pack or a set of answers."""

_WORD = re.compile(rb"[A-Za-z0-9?.][A-Za-z0-9?.-]*")


def mutated(data: bytes, seeds: Sequence[bytes], chance: random.Random, most: int) -> bytes:
    """Return a variant of `data` of at most `most` bytes; `seeds` are inputs that parts may be taken from."""
    for _ in range(1 + min(int(chance.expovariate(0.7)), 8)):
        data = chance.choice(_WAYS)(data, seeds, chance)
    return data[:most]


_Seeds = Sequence[bytes]


def _span(data: bytes, chance: random.Random, longest: int = 40) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randint(0, longest))


def _insert_trick(data: bytes, _seeds: _Seeds, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(TRICKS) + data[at:]


def _exchange_word(data: bytes, _seeds: _Seeds, chance: random.Random) -> bytes:
    words = list(_WORD.finditer(data))
    if not words:
        return _insert_trick(data, _seeds, chance)
    word = chance.choice(words)
    other = chance.choice((*KEYS, *TRICKS)) if chance.random() < 0.6 else chance.choice(words)[0]
    return data[: word.start()] + other + data[word.end() :]


def _lines(
    change: Callable[[list[bytes], int, random.Random], None],
) -> Callable[[bytes, _Seeds, random.Random], bytes]:
    def way(data: bytes, _seeds: _Seeds, chance: random.Random) -> bytes:
        lines = data.split(b"\n")
        change(lines, chance.randrange(len(lines)), chance)
        return b"\n".join(lines)

    return way


def _double(lines: list[bytes], at: int, chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), lines[at])


def _drop(lines: list[bytes], at: int, chance: random.Random) -> None:
    del lines[at : at + chance.randint(1, 4)]


def _indent(lines: list[bytes], at: int, chance: random.Random) -> None:
    lines[at] = b" " * chance.choice((1, 2, 2, 4)) + lines[at] if chance.random() < 0.5 else lines[at].lstrip()


def _nest(lines: list[bytes], at: int, chance: random.Random) -> None:
    deep = chance.choice((1, 2, 5, 42))
    opening, closing = chance.choice(((b"{not: ", b"}"), (b"{all: [", b"]}"), (b"[", b"]"), (b"{a: ", b"}")))
    name, colon, value = lines[at].partition(b": ")
    lines[at] = name + colon + opening * deep + value + closing * deep


def _swap(lines: list[bytes], at: int, chance: random.Random) -> None:
    other = chance.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _remove(data: bytes, _seeds: _Seeds, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def _repeat(data: bytes, _seeds: _Seeds, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:end] + data[start:end] * chance.choice((1, 2, 20)) + data[end:]


def _overwrite(data: bytes, _seeds: _Seeds, chance: random.Random) -> bytes:
    start, end = _span(data, chance, 8)
    return data[:start] + chance.randbytes(end - start) + data[end:]


def _splice(data: bytes, seeds: _Seeds, chance: random.Random) -> bytes:
    other = chance.choice(seeds) if seeds else data
    start, end = _span(other, chance, 200)
    at = chance.randrange(len(data) + 1)
    return data[:at] + other[start:end] + data[at:]


_WAYS: tuple[Callable[[bytes, _Seeds, random.Random], bytes], ...] = (
    _insert_trick,
    _exchange_word,
    _exchange_word,
    *map(_lines, (_double, _drop, _indent, _nest, _swap)),
    _remove,
    _repeat,
    _overwrite,
    _splice,
)
