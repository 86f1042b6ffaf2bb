"""Read the `when` of a rule.

A condition is a group of lines that must all hold. Each is an answer (`low-back: rounded`), a finding, or one of the
words `all`, `any` and `not` with conditions inside. What may be answered depends on the question, which is therefore
decoded before any rule is.

The model keeps the place of a rule, and not of every word in it: nothing needs them but a message about one line. So
`Places` reads the file once more, and walks through a `when` as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from kb.language.document import Fields, Items, Value, one_or_more
from kb.language.fields import Each, Item, NameIn, Part, Reader, Shape, decode, exists, grouped, number, shape_of, text
from kb.language.yaml_source import read_file
from kb.model import conditions
from kb.model.answers import Refused, Word, decimal_of, meant_by
from kb.model.conditions import UNSURE, Answered, Condition, Found, Path, Within
from kb.model.knowledge import Kind, Question, Rule
from kb.model.problems import Location
from kb.text.spelling import run_together
from kb.text.wrapping import quoted

CONDITION_WORDS = ("all", "any", "not", "finding")
"""What stands before a part of a condition and is no question. No question may be called so."""

_PARTS_OF_RULES = ("when", "then", "because", "source")
_OF_RULES = frozenset((*_PARTS_OF_RULES, "find", "recommend", "refer", "withhold"))


@grouped
def condition(item: Item, name: str, fields: Fields) -> Condition | None:
    """Read a condition: a group of lines that must all hold."""
    if not fields:
        if not fields.partial:
            message = f"nothing stands under “{name}” of {item}."
            item.fault(fields.at, "missing-part", message, "Write a condition there.")
        return None
    parts = []
    for word, inside in fields.items():
        if word in _OF_RULES and word not in item.scope.names["questions"]:
            _report_misplaced(item, name, word, fields.key_at[word])
            continue
        read, at = _WORDS.get(word), fields.value_at[word]
        part = read(item, word, inside, at) if read else _answer(item, word, inside, at, fields.key_at[word])
        if part is not None:
            parts.append(part)
    return parts[0] if len(parts) == 1 else conditions.All(tuple(parts))


def _report_misplaced(item: Item, name: str, word: str, at: int) -> None:
    """Report parts of a rule that stand inside its condition; several of them are one slip."""
    if not item.misplaced:
        message = f"“{word}” stands inside “{name}” of {item}, where questions and findings stand."
        way_out = "Is a line “then:” missing above it, or indented too deep?"
        item.fault(at, "unknown-key", message, "Let it begin below “when”." if word in _PARTS_OF_RULES else way_out)
    item.misplaced.update((word, "then"))


def _conditions(item: Item, name: str, value: Value, at: int) -> Condition | None:
    if isinstance(value, Fields) or (type(value) is str and value.strip()):
        message = f"“{name}” of {item} is a list of conditions, and here stands {shape_of(value)}."
        item.fault(at, "wrong-shape", message, "Put a dash before each of them.")
        return None
    if not isinstance(value, Items) or not value:
        if not isinstance(value, Refused):
            message = f"nothing stands under “{name}” of {item}."
            item.fault(at, "missing-part", message, "Write a condition there, with a dash before it.")
        return None
    read = [condition(item, name, one, one_at) for one, one_at in zip(value, value.item_at)]
    parts = tuple(part for part in read if part is not None)
    return conditions.All(parts) if name == "all" else conditions.Any(parts)


def _not(item: Item, name: str, value: Value, at: int) -> Condition | None:
    part = condition(item, name, value, at)
    return None if part is None else conditions.Not(part)


def _found(item: Item, name: str, value: Value, at: int) -> Condition | None:
    found = _FINDINGS(item, name, value, at)
    return Found(found) if found else None


def _answer(item: Item, name: str, value: Value, at: int, key_at: int) -> Condition | None:
    """Read a line “question: answer”."""
    if isinstance(value, Refused) or not exists(item, "questions", name, key_at, CONDITION_WORDS):
        return None
    asked = item.scope.questions.get(name)
    if asked is None:
        return None
    if isinstance(value, Word) and value.says_nothing:
        text(item, name, value, at)
        return None
    wanted = one_or_more(value, at)
    if not wanted:
        item.fault(at, "missing-part", f"no answer to {quoted(name)} stands in {item}.", "Write one.")
        return None
    read = _numbers if asked.kind is Kind.NUMBER else _answers
    return read(item, asked, wanted)


def _answers(item: Item, asked: Question, wanted: list[tuple[Value, int]]) -> Condition | None:
    """Read the answers that a rule waits for."""
    got: dict[str, None] = {}
    for value, at in wanted:
        if isinstance(value, Fields | Items):
            message = f"the answer to {quoted(asked.id)} is a word, and here stands {shape_of(value)}."
            item.fault(at, "wrong-shape", message, f"Write one of: {', '.join(_words(asked)[:12])}.")
            continue
        word = value if isinstance(value, Word) and not value.says_nothing else text(item, asked.id, value, at)
        if word is None:
            continue
        if word in got:
            message = f"{quoted(word)} stands twice among the answers to {quoted(asked.id)}."
            item.fault(at, "listed-twice", message, "Take one of them out.")
        elif word in _words(asked) or (asked.kind is Kind.SEVERAL and word.removesuffix("?") in asked.option_ids):
            got[word] = None
        else:
            _no_such_answer(item, asked, word, at)
    return Answered(asked.id, tuple(got)) if got else None


def _words(asked: Question) -> tuple[str, ...]:
    return (*asked.option_ids, UNSURE)


def _no_such_answer(item: Item, asked: Question, word: str, at: int) -> None:
    plain = word.removesuffix("?") if asked.kind is Kind.SEVERAL and not isinstance(word, Word) else word
    message = f"the question {quoted(asked.id)} has no answer {quoted(plain)}."
    way_out = f"Write one of: {', '.join(_words(asked)[:12])}."
    if word.removesuffix("?") in asked.option_ids:
        message = f"the question {quoted(asked.id)} takes one answer, which cannot be unsure in part."
        item.fault(at, "unknown-option", message, "Write unsure.")
        return
    names = run_together(word, (*_words(asked), *(f"{option}?" for option in asked.option_ids)))
    if names:
        way_out = f"Put several answers in brackets: {names}."
    elif not item.document.full:
        way_out = meant_by(asked, plain) or way_out
    item.fault(at, "unknown-option", message, way_out)


BOUNDS = Shape({name: Part(number, without=None, field=name) for name in ("at-least", "above", "at-most", "below")})


def _numbers(item: Item, asked: Question, wanted: list[tuple[Value, int]]) -> Condition | None:
    """Read the numbers that a rule waits for: bounds, plain numbers and `unsure`, one of which must hold."""
    ranges: list[Within] = []
    for value, at in wanted:
        if isinstance(value, Fields):
            within = _range(item, asked, value, at)
            ranges.extend([within] if within else [])
        elif value != UNSURE and not isinstance(value, Refused):
            exact = decimal_of(value.strip()) if isinstance(value, str) else None
            if exact is None:
                shown = shape_of(value) if isinstance(value, Items) else quoted(value)
                message = f"the answer to {quoted(asked.id)} is a number, and here stands {shown}."
                item.fault(at, "bad-number", message, "Write bounds, such as {at-least: 2}, or unsure.")
            else:
                ranges.append(Within(asked.id, low=exact, high=exact))
    if any(value == UNSURE for value, _ in wanted):
        ranges[:1] = [replace(ranges[0] if ranges else Within(asked.id), unsure=True)]
    if not ranges:
        return None
    return ranges[0] if len(ranges) == 1 else conditions.Any(tuple(ranges))


def _range(item: Item, asked: Question, fields: Fields, at: int) -> Within | None:
    got = decode(item, fields, BOUNDS)
    lows = [name for name in ("at-least", "above") if got[name] is not None]
    highs = [name for name in ("at-most", "below") if got[name] is not None]
    if len(lows) > 1 or len(highs) > 1:
        message = f"{quoted(asked.id)} has two bounds on one side here."
        item.fault(at, "bad-number", message, "Keep one of them.")
        return None
    if not lows and not highs:
        if not fields:
            item.fault(at, "missing-part", "no bound stands here.", "Write one, such as {at-least: 2}.")
        return None
    low = got[lows[0]] if lows else None
    high = got[highs[0]] if highs else None
    within = Within(asked.id, low, "above" not in lows, high, "below" not in highs)
    if low is not None and high is not None and (low > high or (low == high and not within.admits(low))):
        message = f"no number is {lows[0]} {low:f} and {highs[0]} {high:f}."
        item.fault(at, "out-of-bounds", message, "Exchange the two, or write two ranges in a list.")
    return within


_FINDINGS = Each(NameIn("findings"), least=1)
_WORDS: dict[str, Reader] = {"all": _conditions, "any": _conditions, "not": _not, "finding": _found}


# --- where the parts stand -------------------------------------------------------------------------------------------


class Places:
    """The places of the parts of rules, read from the files when they are asked for."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, dict[Path, Location]]] = {}

    def of(self, rule: Rule, path: Path) -> Location:
        """Return the place of a part of `rule`, or that of the rule if its file shows no such part."""
        if rule.place.path not in self._files:
            self._files[rule.place.path] = dict(_rules_in(rule.place.path))
        known = self._files[rule.place.path].get(rule.id, {})
        while path and path not in known:
            path = path[:-1]
        return known.get(path, rule.place)


def _rules_in(path: str) -> Iterator[tuple[str, dict[Path, Location]]]:
    """Yield the rules of a file with the places of their parts."""
    document = read_file(path)
    rules = document.fields.get("rules")
    if isinstance(rules, Fields):
        for name, rule in rules.items():
            when = rule.get("when") if isinstance(rule, Fields) else None
            yield name, {at: document.location(place) for at, place in _places(when, ())}


def _places(fields: Any, path: Path) -> Iterator[tuple[Path, int]]:
    """Yield the parts of a group of lines. A group of one line is that line."""
    if not isinstance(fields, Fields):
        return
    if len(fields) != 1:
        yield path, fields.at
    for position, word in enumerate(fields):
        yield from _places_of_line(fields, word, (*path, position) if len(fields) > 1 else path)


def _places_of_line(fields: Fields, word: str, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, fields.key_at[word]
    inside = fields[word]
    if word == "not":
        yield from _places(inside, (*path, 0))
    elif isinstance(inside, Items):
        items = list(zip(inside, inside.item_at))
        if word not in ("all", "any") and any(isinstance(item, Fields) for item in inside):
            items.sort(key=lambda item: item[0] == UNSURE)  # beside ranges of numbers, which a condition holds apart
        for position, (item, at) in enumerate(items):
            if word in ("all", "any"):
                yield from _places(item, (*path, position))
            else:
                yield (*path, position), at
