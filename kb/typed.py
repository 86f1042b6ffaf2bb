"""Understand what a person types at a question.

Nobody at a prompt wants to learn ids. So an answer may be the number in front of it, its words, the beginning of its
words, `y` or `n`; several answers may be set apart by spaces, commas or *and*; a `?` behind one marks it as unsure; a
length of time may be `2`, `2 min`, `40 seconds` or `1:30`. Whatever could mean two things is asked back, never guessed:
some of these answers decide whether a person is sent to a doctor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal

from kb.conditions import UNSURE
from kb.document import quoted
from kb.fitting import AnswerFault, decimal_of, plain_decimal, several, within_bounds
from kb.model import NONE, Answer, Kind, Option, Question
from kb.problems import printable, unprintable

_LONGEST = 400
_UNSURE = frozenset(
    ("not sure", "i'm not sure", "im not sure", "don't know", "dont know", "i don't know", "i dont know", "dunno")
)
_NOTHING = frozenset(("0", "none", "nothing", "no", "nope", "none of them", "none of these", "none of those"))
_YES_NO = {"yeah": "yes", "yep": "yes", "yup": "yes", "true": "yes", "nope": "no", "nah": "no", "false": "no"}


def typed_answer(question: Question, text: str) -> Answer:
    """Return the answer that a person gave by typing `text` at `question`.

    Raises:
        AnswerFault: if `text` means nothing here, or more than one thing; it says what may be typed.
    """
    said = _plain(question, text)
    if said in _UNSURE or said == UNSURE:
        return UNSURE
    return _READERS[question.kind](question, said)


def _plain(question: Question, text: str) -> str:
    """Return `text` in small letters, one space between words, without what carries no meaning."""
    said = " ".join(text.split())
    if len(said) > _LONGEST or unprintable(said):
        raise AnswerFault("that cannot be read.", how_to_answer(question))
    if question.kind is Kind.SEVERAL:
        said = re.sub(r"(?<![\w-])([0-9]{1,4})\s*[-–—]\s*([0-9]{1,4})(?![\w-])", _span, said)
    said = _folded(said).rstrip(".!")
    if not said:
        raise AnswerFault("nothing was typed.", how_to_answer(question))
    return said


def _span(match: re.Match[str]) -> str:
    """Return every number of a range: someone who types 4-6 means 5 as well."""
    low, high = int(match[1]), int(match[2])
    if not low < high <= low + 50:
        raise AnswerFault(f"{quoted(match[0])} is no range.", "Type each number, such as 4 5 6.")
    return " ".join(map(str, range(low, high + 1)))


def _folded(text: str) -> str:
    """Return `text` so that it compares as people compare: without case, curly quotes and hyphens."""
    folded = unicodedata.normalize("NFC", text.casefold()).replace("’", "'")
    return re.sub(r"(?<=\w)[-_](?=\w)", " ", folded)


def how_to_answer(question: Question) -> str:
    """Say what may be typed at `question`."""
    if question.kind is Kind.NUMBER:
        example = "2 or 1:30" if question.unit in ("minutes", "hours") else "2"
        return f"Type a number of {question.unit}, such as {example}, or unsure."
    if question.kind is Kind.YES_NO:
        return "Type yes, no or unsure."
    if question.kind is Kind.ONE:
        return f"Type a number from 1 to {len(question.options)}, the beginning of an answer, or unsure."
    return (
        f"Type numbers from 1 to {len(question.options)}, such as 1 or 1 2; 0 for none of them; a ? behind a number "
        "if you are unsure of that one; or unsure."
    )


# --- options --------------------------------------------------------------------------------------------------------


def _one(question: Question, said: str) -> Answer:
    if said.endswith("?") and said != "?":
        raise AnswerFault("one answer cannot be half unsure.", "If you are not sure, type unsure.")
    if question.kind is Kind.YES_NO and said in _YES_NO:
        return _YES_NO[said]
    if re.fullmatch(r"[0-9]+([\s,;+&]+[0-9]+)+", said):
        raise AnswerFault("this question takes one answer.", how_to_answer(question))
    return _pick(question, said)


def _several(question: Question, said: str) -> Answer:
    if said in _NOTHING:
        return several(question, [NONE] if NONE in question.option_ids else [])
    whole = _exactly(question, said)
    if not whole and _DENYING.intersection(words := said.split()) and len(words) > 1:
        raise AnswerFault("what does not apply is not typed.", "Type only what applies, or 0 for none of them.")
    chosen = whole if len(whole) == 1 else [name for part in _parts(said) for name in _picks(question, part)]
    if UNSURE in chosen and len(set(chosen)) == 1:
        return UNSURE
    if UNSURE in (name.removesuffix("?") for name in chosen):
        raise AnswerFault("unsure stands beside other answers.", how_to_answer(question))
    if not chosen or f"{NONE}?" in chosen:
        raise AnswerFault(f"{quoted(said)} cannot be read.", how_to_answer(question))
    try:
        return several(question, chosen)
    except AnswerFault:
        message = "“none of these” cannot stand beside another answer, nor an answer beside its own doubt."
        raise AnswerFault(message, how_to_answer(question)) from None


def _parts(said: str) -> list[str]:
    """Return what is set apart by commas and the like, or by *and*."""
    parts = re.split(r"[,;+&/]|(?:^|(?<=\s))and(?=\s|$)", re.sub(r"\s+(?=\?)", "", said))
    return [part.strip() for part in parts if part.strip()]


def _picks(question: Question, part: str) -> list[str]:
    """Return the options that `part` names: one by all its words, else one by each of them."""
    words = part.split()
    if len(words) > 1 and not _candidates(question, part.rstrip("?")):
        # Each word stands for itself here, and one that merely occurs in an option stands for nothing.
        return [_pick(question, word.rstrip("?"), _CERTAIN) + "?" * word.endswith("?") for word in words]
    return [_pick(question, part.rstrip("?")) + "?" * part.endswith("?")]


def _pick(question: Question, said: str, ways: Sequence[_Way] | None = None) -> str:
    """Return the one option that `said` means."""
    found = _candidates(question, said, ways)
    if len(found) == 1:
        return found[0]
    if not found:
        digits = said.isascii() and said.isdigit()
        message = f"there is no answer {said}." if digits else f"{quoted(said)} is none of the answers."
        raise AnswerFault(message, how_to_answer(question), "unknown-option")
    shown = [
        f"{number} ({printable(option.text, 40)})"
        for number, option in enumerate(question.options, start=1)
        if option.id in found
    ]
    shown += [UNSURE] * (UNSURE in found)
    message = f"{quoted(said)} may mean {' or '.join(shown[:6])}."
    raise AnswerFault(message, "Type the number or a word more.", "unknown-option")


def _candidates(question: Question, said: str, ways: Sequence[_Way] | None = None) -> list[str]:
    """Return the options that `said` may mean, by the most certain way that finds any."""
    for look in ways or (*_CERTAIN, _containing):
        found = look(question, said)
        if found:
            return found
    return []


def _numbered(question: Question, said: str) -> list[str]:
    number = re.fullmatch(r"(?:#|number |option )?\(?([0-9]{1,4})[.)]?", said)
    if number is None or not 1 <= int(number[1]) <= len(question.options):
        return []
    named = [option for option in question.option_ids if option == number[1]]  # an option may be called 2
    return list(dict.fromkeys([question.option_ids[int(number[1]) - 1], *named]))


def _exactly(question: Question, said: str) -> list[str]:
    return [option.id for option in question.options if said in _wordings(option)]


def _beginning(question: Question, said: str) -> list[str]:
    """Return the options that begin so.

    People see the texts, not the ids. So what begins an id only may as well mean a word further on in another text.
    """
    found = [option.id for option in question.options if _wordings(option)[1].startswith(said)]
    ids = [option.id for option in question.options if _wordings(option)[0].startswith(said)]
    if ids and not found:
        ids += _containing(question, said)
    return list(dict.fromkeys([*found, *ids, *[UNSURE] * UNSURE.startswith(said)]))


def _containing(question: Question, said: str) -> list[str]:
    """Return the options that have, for every word typed, a word that begins so."""
    typed = re.findall(r"[\w']+", said)
    if all(len(word) < 3 or word in _SMALL_WORDS for word in typed):
        return []
    found = []
    for option in question.options:
        words = re.findall(r"[\w']+", " ".join(_wordings(option)))
        if all(any(word.startswith(start) for word in words) for start in typed):
            found.append(option.id)
    return found


def _wordings(option: Option) -> tuple[str, str]:
    return _folded(option.id), _folded(option.text).rstrip(".!")


_Way = Callable[[Question, str], list[str]]
_CERTAIN: tuple[_Way, ...] = (_numbered, _exactly, _beginning)
_DENYING = frozenset(("not", "no", "never", "without", "isn't", "don't", "dont", "neither"))
_SMALL_WORDS = frozenset(
    [
        "and",
        "any",
        "are",
        "been",
        "both",
        "but",
        "can",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "him",
        "her",
        "his",
        "just",
        "last",
        "lately",
        "like",
        "may",
        "new",
        "nor",
        "not",
        "now",
        "off",
        "once",
        "one",
        "only",
        "onto",
        "our",
        "out",
        "over",
        "own",
        "same",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "too",
        "under",
        "very",
        "was",
        "way",
        "were",
        "what",
        "when",
        "with",
        "yes",
        "you",
        "your",
    ]
)
"""Words that occur in many a sentence and say nothing about which one is meant."""

# --- numbers --------------------------------------------------------------------------------------------------------

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", '"', "''"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "'"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 604_800),
}
_NEXT = {3_600: 60, 60: 1}  # “1 min 30”: what a number without a unit counts behind one with a unit
_WORDS = {
    word: str(number)
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
} | {"a": "1", "an": "1", "half": "0.5", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "sixty": "60"}
_FRACTIONS = {"¼": ".25", "½": ".5", "¾": ".75"}
_AMOUNT = re.compile(r"\s*(-?[0-9]+(?:[.,][0-9]+)?)\s*([^\W\d_]+|''|[\"'%°])?\.?(?=[\s0-9]|$)")
_MOST = Decimal(999_999_999)


def _number(question: Question, said: str) -> Answer:
    if UNSURE.startswith(said):
        return UNSURE
    amount = _clock(question, said) if ":" in said else _amount(question, _in_digits(said))
    if amount is None or abs(amount) > _MOST:
        raise AnswerFault(f"{quoted(said)} is no number of {question.unit}.", how_to_answer(question), "bad-number")
    return within_bounds(question, plain_decimal(amount))


def _in_digits(said: str) -> str:
    """Return `said` with its number words and fractions as digits."""
    said = re.sub(r"^(about|around|roughly|circa|ca\.?|~) ?(?=.)", "", said)
    said = re.sub(r"([0-9]*) ?([¼½¾])", lambda found: (found[1] or "0") + _FRACTIONS[found[2]], said)
    said = re.sub(r"\bhalf an? ", "half ", said)
    return re.sub(r"[a-z]+", lambda found: _WORDS.get(found[0], found[0]), said)


def _clock(question: Question, said: str) -> Decimal | None:
    """Return `1:30` in the question's unit: minutes and seconds, or hours and minutes where hours are asked for."""
    unit = _SECONDS.get(question.unit.casefold())
    clock = re.fullmatch(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?", said)
    if unit is None or unit > 3_600 or clock is None:
        return None
    parts = [int(part) for part in clock.groups() if part is not None]
    seconds = parts[0] * 3_600 + parts[1] * 60 if len(parts) == 3 or unit >= 3_600 else parts[0] * 60 + parts[1]
    return _rounded(Decimal(seconds + (parts[2] if len(parts) == 3 else 0)) / unit)


def _amount(question: Question, said: str) -> Decimal | None:
    """Return one number with or without its unit, or a time in parts such as `1 min 30 sec`, in the question's unit."""
    amounts: list[tuple[Decimal, str]] = []
    position = 0
    while position < len(said):
        found = _AMOUNT.match(said, position)
        number = None if found is None else decimal_of(found[1])
        if found is None or number is None:
            return None
        amounts.append((number, found[2] or ""))
        position = found.end()
    unit = _SECONDS.get(question.unit.casefold())
    if unit is None:
        return amounts[0][0] if len(amounts) == 1 and _same_unit(question.unit, amounts[0][1]) else None
    return _time(amounts, unit)


def _same_unit(unit: str, word: str) -> bool:
    """Say whether `word` is the unit, or begins it."""
    return _folded(unit).startswith(word) or word == _folded(unit) + "s"


def _time(amounts: Sequence[tuple[Decimal, str]], unit: int) -> Decimal | None:
    """Return the sum of times, the greatest unit first."""
    total, last = Decimal(0), 0
    for number, word in amounts:
        size = _SECONDS.get(word) if word else (_NEXT.get(last) if last else unit)
        if size is None or (last and (size >= last or number < 0 or not amounts[0][1])):
            return None
        total, last = total + number * size, size
    return total / unit if last == unit else _rounded(total / unit)


def _rounded(number: Decimal) -> Decimal:
    """Return a third of a minute as a number of moderate length."""
    return number.quantize(Decimal("0.0001"))


_READERS: dict[Kind, Callable[[Question, str], Answer]] = {
    Kind.YES_NO: _one,
    Kind.ONE: _one,
    Kind.SEVERAL: _several,
    Kind.NUMBER: _number,
}
