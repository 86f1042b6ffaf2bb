"""Read an amount that a person typed: `2`, `90s`, `1:30 minutes`, `one and a half hours`, `45°`, `50 %`.

What comes out is in the unit that was asked for. Where it can be read in two ways (`1.30` minutes), or says more than a
number (`at least 2`, `2 to 3`), the readings are returned as not certain: they are reasons to ask back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from kb.model.answers import decimal_of, plain_decimal
from kb.text.choosing import plain, words


class Amounts(NamedTuple):
    """What an amount can mean, in the unit asked for; nothing if it cannot be read. `certain`: it can mean no other."""

    numbers: tuple[Decimal, ...] = ()
    certain: bool = True


def read_amount(unit: str, said: str) -> Amounts:
    """Return what `said`, in small letters, can mean as an amount of `unit`."""
    if _THOUSANDS.search(said):
        return Amounts()
    said = _EXACTLY.sub("", said)
    exact = _LIMIT.sub("", said)
    certain = exact == said
    plain_clock = _LIKE_A_CLOCK.fullmatch(exact)
    said = _in_digits(exact)
    span = _SPAN.fullmatch(said)
    if span:
        tail = re.search(r"[^0-9.,:\s].*$", span[2])
        first = span[1] if tail is None or re.search(r"[^0-9.,:\s]", span[1]) else f"{span[1]} {tail[0]}"
        if any(_SPAN.fullmatch(half) for half in (first, span[2])):
            return Amounts()  # a range of ranges is none, and reading it would double with every step
        return Amounts((*read_amount(unit, first).numbers, *read_amount(unit, span[2]).numbers), certain=False)
    seconds = _SECONDS.get(plain(unit))
    if (fraction := _FRACTION.fullmatch(said)) and int(fraction[3]):
        part = _shortened(Decimal(fraction[1] or 0) + Decimal(fraction[2]) / Decimal(fraction[3]))
        return Amounts(read_amount(unit, f"{part:f} {fraction[4]}").numbers, certain=False)
    if seconds is None:
        return _of_unit(plain(unit), said, certain=certain)
    number = _clock(seconds, said) if ":" in said else _time(seconds, said)
    numbers = () if number is None else (number,)
    if number is not None and seconds <= 3_600 and plain_clock:
        clock = _clock(seconds, f"{plain_clock[1]}:{plain_clock[2]}{plain_clock[3]}")  # 1.30 is 1:30 to many
        return Amounts(numbers if clock is None else (number, clock), certain=False)
    return Amounts(numbers, certain)


_EXACTLY = re.compile(
    r"^((about|around|roughly|approximately|approx|circa|ca|exactly|only|just|for|its|it's|it is)\b\.?|[~≈]) ?(?=.)"
)
_LIMIT = re.compile(
    r"^((at (least|most)|(more|less|longer) than|over|under|up to|almost|nearly|not quite|maybe|perhaps|probably"
    r"|max(imum)?|min(imum)?|i (think|guess)|i hold it|hold)\b|[<>≤≥]=?) ?"
    r"|( ?\+| ?-?ish| or (so|more|less)| (max|maximum|tops|at (most|least)|each side|per side|please|i (think|guess)))$"
)
"""What makes more, or less, of a number than the number itself."""
_SPAN = re.compile(r"(?:between )?(-?[0-9].*?) ?(?:-|\bto\b|\bor\b|(?<=[0-9]) and) ?([0-9].*)")
_THOUSANDS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}([ '.,_])[0-9]{3}(?![0-9])")
"""`1,000`, and what others write for it: nobody can say whether that is one or a thousand."""
_FRACTION = re.compile(r"(?:([0-9]{1,3}) )?([0-9])/([0-9]) ?(.*)")
_LIKE_A_CLOCK = re.compile(r"([0-9]{1,2})[.,]([0-5][0-9])( ?[a-z]*)")

# --- words ------------------------------------------------------------------------------------------------------------

_ONES = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
NUMBERS = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
    **{
        f"{ten} {one}": 10 * tens + ones for tens, ten in enumerate(_TENS, 2) for ones, one in enumerate(_ONES[1:10], 1)
    },
}
"""Number words, without hyphens."""
_NUMBER_WORD = re.compile(
    rf"\b(?:(?:{'|'.join(_TENS)})[ -](?:{'|'.join(_ONES[1:10])})|{'|'.join(_TENS)}|{'|'.join(_ONES)})\b"
)
_FRACTIONS = {"¼": ".25", "½": ".5", "¾": ".75"}
_REWRITTEN: Sequence[tuple[str, str]] = (
    (r"\ba couple( of)?\b", "2 or 2"),  # that may be two or so: a span is asked back
    (r"\b([0-9]+|an?) ([a-z]+) and a half\b", r"\1.5 \2"),
    (r"\b([0-9]+) and a half\b", r"\1.5"),
    (r"\b([0-9]+) and a quarter\b", r"\1.25"),
    (r"\b3 quarters of an?\b", "0.75"),
    (r"\b(a )?quarter of an?\b", "0.25"),
    (r"\bhalf( of)? an?\b|\ba half\b|\bhalf\b", "0.5"),
    (r"\ban?(?=[ .][a-z0-9])", "1"),
    (r"(?<=[a-z'\"]),?( and)? (?=[0-9])", " "),
    (r"(?<![0-9])[.,](?=[0-9])", "0."),
    (r"(?<=[0-9])\.(?![0-9])", ""),
)


def _in_digits(said: str) -> str:
    """Return `said` with its number words and fractions as digits."""
    said = re.sub(r"([0-9]*) ?([¼½¾])", lambda found: (found[1] or "0") + _FRACTIONS[found[2]], said)
    said = _NUMBER_WORD.sub(lambda found: str(NUMBERS[found[0].replace("-", " ")]), said)
    for pattern, better in _REWRITTEN:
        said = re.sub(pattern, better, said)
    return said.strip()


# --- time -------------------------------------------------------------------------------------------------------------

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunden", '"', "''"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "minutos", "'"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 604_800),
}
_NEXT = {3_600: 60, 60: 1}  # “1 min 30”: what a number without a unit counts behind one with a unit
_PART = re.compile(r"\s*(-?[0-9]+(?:[.,][0-9]+)?) ?([^\W\d_]+|''|[\"'])?\.?(?=[\s0-9]|$)")


def _clock(unit: int, said: str) -> Decimal | None:
    """Return `1:30` in the question's unit: minutes and seconds, or hours and minutes where hours are meant."""
    clock = re.fullmatch(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))? ?([a-z]*)\.?", said)
    if clock is None:
        return None
    first = _SECONDS.get(clock[4]) if clock[4] else 3_600 if clock[3] else max(unit, 60)
    if first not in _NEXT or unit > 3_600 or (clock[3] and first != 3_600):
        return None
    return _shortened(Decimal(int(clock[1]) * first + int(clock[2]) * first // 60 + int(clock[3] or 0)) / unit)


def _time(unit: int, said: str) -> Decimal | None:
    """Return a time in parts such as `1 min 30 sec`, the greatest first, in the question's unit."""
    total, last, position = Decimal(0), 0, 0
    while position < len(said):
        found = _PART.match(said, position)
        number = None if found is None else decimal_of(found[1])
        if found is None or number is None:
            return None
        size = _SECONDS.get(found[2]) if found[2] else (_NEXT.get(last) if last else unit)
        bare = not position and not found[2] and found.end() < len(said)
        if size is None or bare or (last and (size >= last or number < 0)):
            return None
        total, last, position = total + number * size, size, found.end()
    return (plain_decimal(total / unit) if last == unit else _shortened(total / unit)) if last else None


def _shortened(number: Decimal) -> Decimal:
    """Return a third of a minute as a number of moderate length."""
    return plain_decimal(number.quantize(Decimal("0.0001")))


# --- other units ------------------------------------------------------------------------------------------------------

_UNITS = (
    ("°", "deg", "degs", "degree", "degrees"),
    ("°c", "c", "celsius", "centigrade", "degrees celsius", "degrees c", "degree celsius"),
    ("°f", "f", "fahrenheit", "degrees fahrenheit", "degrees f", "degree fahrenheit"),
    ("%", "percent", "per cent", "pct"),
)


def _of_unit(unit: str, said: str, *, certain: bool) -> Amounts:
    """Return one number with or without its unit."""
    found = re.fullmatch(r"(-?[0-9]+(?:[.,][0-9]+)?) ?([^0-9]*?)\.?", said)
    number = None if found is None else decimal_of(found[1])
    if found is None or number is None:
        return Amounts()
    word = found[2].replace("° ", "°")
    same = next((names for names in _UNITS if unit in names), (unit, f"{unit}s"))
    begins = len(word) > 2 and len(words(word)) == 1 and unit.startswith(word)
    if not word or word in same or begins:
        return Amounts((number,), certain)
    bare = word in _UNITS[0] and unit in (*_UNITS[1], *_UNITS[2])  # degrees of what?
    return Amounts((number,) if bare else (), certain=False)
