"""Write parts of a pack as YAML text, the way the shipped files are written.

*Plain data* goes in: texts, numbers, lists, and groups of names and values. What consists of names only stands in
brackets if it fits on a line; prose stands in lines of its own, and is folded where it is long. Quotes stand where
`kb.language.yaml_source` needs them. What may not stand in a file at all (controls, invisible marks) becomes a space,
so whatever is written here can be read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, Union

from msgspec.structs import fields

from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Not, Within
from kb.model.conditions import Any as AnyOf
from kb.model.derivation import is_derived, without_last_resort
from kb.model.knowledge import (
    EFFECTS,
    Answer,
    Case,
    Expectation,
    Finding,
    Hold,
    Kind,
    Option,
    Question,
    Recommendation,
    Referral,
    Rule,
    Source,
)
from kb.text.wrapping import columns, is_printable, unprintable

WIDTH = 110
"""The columns of a line. Only a single word that is longer goes beyond them."""

Data = Union[str, int, Decimal, Sequence[Any], Mapping[str, Any]]


def case_text(case: Case, indent: int = 0) -> str:
    """Return a case as an item of the list `cases`, ending in a line break; it loads back to an equal case."""
    return listed_text(item_data(case), indent)


def item_text(name: str, fields: Mapping[str, Data], indent: int = 0) -> str:
    """Return a question, a rule or another item that stands under its name, ending in a line break."""
    short = len(fields) <= _FEW and not any(isinstance(value, list | tuple | Mapping) for value in fields.values())
    if short:
        line = f"{' ' * indent}{scalar(name)}: {inline(fields)}"
        if columns(line) <= WIDTH:
            return line + "\n"
    return _joined(_field(name, fields, indent, block=True))


def listed_text(value: Data, indent: int = 0) -> str:
    """Return an item of a list, ending in a line break."""
    return _joined(_listed(value, indent))


def fields_text(fields: Mapping[str, Data], indent: int = 0) -> str:
    """Return names and values, one below the other, ending in a line break."""
    return _joined(_fields(fields, indent))


_FEW = 3  # short texts that share a line, as those of a source do


# --- what the model holds, as plain data ------------------------------------------------------------------------------


Named = Union[Source, Question, Finding, Recommendation, Referral, Rule]
"""What stands in a file under its name."""

_PARTS: dict[type, tuple[str, ...]] = {
    Source: ("in", "work", "at", "by", "address", "text"),
    Question: (
        *("ask", "type", "unit", "at-least", "at-most", "after-advice", "asked-when", "lasting", "options"),
        *("hint", "self-check", "sources"),
    ),
    Finding: ("title", "not-with", "intermediate", "sources"),
    Recommendation: (
        *("title", "kind", "steps", "cue", "dose", "self-check", "not-with", "covers", "rechecks", "hold", "sources"),
    ),
    Hold: ("minutes", "meanwhile", "at-the-end"),
    Referral: ("level", "tell", "sources"),
    Case: ("id", "title", "says", "answers", "expect", "because"),
    Expectation: ("outcome", "in-order", "may-add", "never", "findings", "referrals"),
}
"""The parts of each thing in the order in which they are written, by their names in a file."""

_FIELDS = {(Question, "type"): "kind", (Recommendation, "kind"): "closing", (Source, "in"): "within"}
"""Where the model has another name for a part."""


def item_data(item: Named | Case | Hold | Expectation) -> dict[str, Data]:
    """Return what stands in a file of `item`. A part is left out where it says no more than its absence."""
    kind = type(item)
    if isinstance(item, Rule):
        written = {word: [name for name in getattr(item, word) if not is_derived(name)] for word in EFFECTS}
        then = {word: _one_or_list(names) for word, names in written.items() if names}
        source = _one_or_list(item.sources) if item.sources else ()
        when = without_last_resort(item)
        said = {
            "when": condition_data(when) if when != All(()) else {},
            "otherwise": "yes" * item.otherwise,
            "then": then,
            "because": item.because,
            "source": source,
            "inferred": "yes" * item.inferred,
        }
        return {word: value for word, value in said.items() if value}
    blank = {field.name: field.default for field in fields(kind)}
    data: dict[str, Data] = {}
    for word in _PARTS[kind]:
        name = _FIELDS.get((kind, word), word.replace("-", "_"))
        value = getattr(item, name)
        if value not in ("", blank[name]):
            data[word] = _value_data(value) if name != "closing" else "closing"
    if isinstance(item, Question) and item.kind not in (Kind.ONE, Kind.SEVERAL):
        data.pop("options", None)
    if data.get("never") == ("any",):
        data["never"] = "any"
    return data


def _option_data(option: Option) -> Data:
    """Return an option: its text alone, if it has no more."""
    parts = {"text": option.text, "detail": option.detail, "also": option.also, "means": option.means}
    said = {word: value for word, value in parts.items() if value}
    return said if len(said) > 1 else option.text


def _value_data(value: Any) -> Any:
    """Return the value of a part as plain data."""
    if isinstance(value, bool):
        return "yes"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Hold | Expectation):
        return item_data(value)
    if isinstance(value, All | AnyOf | Not | Found | Answered | Within):
        return condition_data(value)
    if isinstance(value, Mapping):
        return {question: answer_data(answer) for question, answer in value.items()}
    if isinstance(value, tuple) and value and isinstance(value[0], Option):
        return {one.id: _option_data(one) for one in value}
    return value


def answer_data(answer: Answer) -> Data:
    """Return an answer as plain data: one option alone, several in a list."""
    return _one_or_list(answer) if isinstance(answer, tuple) else answer


def condition_data(condition: Condition) -> dict[str, Data]:
    """Return a condition as the plain data of a `when`, which reads back as an equal condition."""
    if not isinstance(condition, All):
        word, value = _line(condition)
        return {word: value}
    lines = dict(_line(part) for part in condition.parts)
    if len(lines) == len(condition.parts) > 1:
        return lines
    return dict([_line(condition)])  # a word would stand twice, or one part alone would lose its “all”


def _line(condition: Condition) -> tuple[str, Data]:
    match condition:
        case All(parts):
            return "all", [condition_data(part) for part in parts]
        case AnyOf(parts):
            return "any", [condition_data(part) for part in parts]
        case Not(part):
            return "not", condition_data(part)
        case Found(findings):
            return "finding", _one_or_list(findings)
        case Answered(question, options):
            return question, _one_or_list(options)
        case Within():
            return condition.question, _bounds_data(condition)


def _bounds_data(within: Within) -> Data:
    bounds: dict[str, Data] = {}
    if within.low is not None:
        bounds["at-least" if within.low_included else "above"] = within.low
    if within.high is not None:
        bounds["at-most" if within.high_included else "below"] = within.high
    exact = within.low == within.high and bounds.keys() == {"at-least", "at-most"}
    numbers = bounds["at-least"] if exact else bounds
    if not within.unsure:
        return numbers
    return [numbers, UNSURE] if bounds else UNSURE


def _one_or_list(names: Sequence[str]) -> Data:
    return names[0] if len(names) == 1 else names


# --- a single text ----------------------------------------------------------------------------------------------------

_INDICATORS = tuple("-?:,[]{}#&*!|>'\"%@`=~.")
_NO_TEXT = frozenset(("true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL"))
_LIKE_A_NUMBER = re.compile(r"[-+.\d][-+.,:_\deExXoO]*")
_ENDS_A_TEXT = re.compile(r":( |$)| #")
_IN_BRACKETS = re.compile(r"[][{},:#?]")
_UNSURE_OPTION = re.compile(r"[\w-]+\?")


def scalar(value: str | int | Decimal, *, brackets: bool = False) -> str:
    """Return a text or a number on one line, in quotes where it needs them; `brackets` is stricter about that."""
    if not isinstance(value, str):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = _clean(value)
    return text if _is_plain(text, brackets) else _in_quotes(text)


def _is_plain(text: str, brackets: bool) -> bool:
    """Say whether `text` needs no quotes. An editor that takes `010` for a number gets quotes as well."""
    if not text or not text.isprintable() or text != text.strip(" ") or text in _NO_TEXT:
        return False
    if text.startswith(_INDICATORS) or _ENDS_A_TEXT.search(text) or _LIKE_A_NUMBER.fullmatch(text):
        return False
    return not (_UNSURE_OPTION.fullmatch(text) or (brackets and _IN_BRACKETS.search(text)))


def _in_quotes(text: str) -> str:
    if not text.isprintable():  # a line break or an odd space
        return '"' + "".join(map(_escaped, text)) + '"'
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return "\\n" if character == "\n" else f"\\u{ord(character):04x}"  # no odd space lies beyond four digits


def _clean(text: str) -> str:
    """Return `text` with a space for everything that may not stand in a file."""
    if is_printable(text):
        return text
    return "".join(one if one == "\n" or unprintable(one) is None else " " for one in text)


# --- lines ------------------------------------------------------------------------------------------------------------


def _joined(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _fields(fields: Mapping[str, Data], indent: int) -> Iterator[str]:
    for name, value in fields.items():
        yield from _field(name, value, indent)


def _field(name: str, value: Data, indent: int, *, block: bool = False) -> Iterator[str]:
    """Yield the lines of a name and its value; `block` puts a group below its name even if it would fit beside it."""
    start = f"{' ' * indent}{scalar(name, brackets=True)}:"
    if isinstance(value, str):
        yield from _text(start, value, indent + 2)
    elif isinstance(value, int | Decimal):
        yield f"{start} {scalar(value)}"
    elif not block and (not value or _fitsinline(start, value)):
        yield f"{start} {inline(value)}"
    elif isinstance(value, Mapping):
        yield start
        yield from _fields(value, indent + 2)
    else:
        yield start
        for one in value:
            yield from _listed(one, indent + 2)


def _listed(value: Data, indent: int) -> Iterator[str]:
    """Yield the lines of an item of a list."""
    dash = " " * indent + "-"
    if isinstance(value, str):
        yield from _text(dash, value, indent + 2)
    elif isinstance(value, Mapping) and value:
        first, *others = _fields(value, indent + 2)
        yield f"{dash} {first[indent + 2 :]}"
        yield from others
    else:
        yield f"{dash} {inline(value)}"


def _text(start: str, text: str, indent: int) -> Iterator[str]:
    """Yield the lines of a text behind `start`: on the same line, or else folded below it."""
    text = _clean(text)
    line = f"{start} {scalar(text)}"
    if columns(line) <= WIDTH or not text.isprintable() or text != text.strip(" "):
        yield line
        return
    yield f"{start} >-"
    margin = row = " " * indent
    for word in re.split(r"(?<=[^ ]) (?=[^ ])", text):  # only a single space may become the end of a line
        if row != margin and columns(f"{row} {word}") > WIDTH:
            yield row
            row = margin
        row += word if row == margin else f" {word}"
    yield row


def _fitsinline(start: str, value: Data) -> bool:
    return _is_of_names(value) and columns(f"{start} {inline(value)}") <= WIDTH


def _is_of_names(value: Data) -> bool:
    """Say whether there is no prose in `value`."""
    if isinstance(value, str):
        return " " not in value
    if isinstance(value, int | Decimal):
        return True
    return all(_is_of_names(one) for one in (value.values() if isinstance(value, Mapping) else value))


def inline(value: Data) -> str:
    """Return plain data on one line, as it stands between brackets."""
    if isinstance(value, str | int | Decimal):
        return scalar(value, brackets=True)
    if isinstance(value, Mapping):
        inside = (f"{scalar(name, brackets=True)}: {inline(one)}" for name, one in value.items())
        return f"{{{', '.join(inside)}}}"
    return f"[{', '.join(map(inline, value))}]"
