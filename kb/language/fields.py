"""Read the parts of an item: a text, a number, one of a few words, the name of something else.

What an item may hold stands in a `Shape`: name, how it is read, whether it must be there. A *reader* takes one value
and returns what it means, or notes a problem and returns None. Nothing is raised, so that one run finds every fault.
Readers that take a choice of words, names or a list are values that can be looked into: the schema is made of them.

Names are gathered from all files before any item is decoded (`Scope`). So a name can be looked up where it stands, and
an item that is itself faulty still counts as existing: one mistake gives one message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from kb.language.document import START, Document, Fields, Items, Meant, Value
from kb.language.syntax_errors import QUOTE_IT
from kb.model.answers import Refused, Word, decimal_of
from kb.model.knowledge import Question
from kb.model.problems import Location
from kb.text.spelling import nearest, run_together
from kb.text.wrapping import quoted

SECTIONS = {
    "sources": "source",
    "questions": "question",
    "findings": "finding",
    "recommendations": "recommendation",
    "referrals": "referral",
    "rules": "rule",
    "cases": "case",
}
"""The parts of a pack, and what one item of each is called. In this order, since rules and cases speak of the rest."""

MOST_LISTED = 1_000
"""How long a list in an item may be. No list written by hand comes near it."""

_MOST_SUGGESTED = 1_000  # comparing a word with more names than any real pack has would take long
_MOST_COMPARED = 500  # and so would comparing more words than anyone mistypes


class Scope:
    """The names of all items, to which other items may refer.

    `names` holds every item, faulty or not; `questions` those that could be read; `misnamed` are names
    that cannot be names. `hidden` are words of files that could not be read in full: they may be names. `blind` says
    that a whole file is out of sight. `left_out` are the items that a pack leaves out, and where it says so.
    """

    def __init__(self) -> None:
        self.names: dict[str, dict[str, Item]] = {section: {} for section in SECTIONS}
        self.questions: dict[str, Question] = {}
        self.misnamed: set[str] = set()
        self.hidden: set[str] = set()
        self.blind = False
        self.left_out: dict[tuple[str, str], Location] = {}
        self.meant: dict[tuple[str, ...], str | None] = {}  # names that nothing has, and those that come nearest
        self.patience = 200  # how many unknown names are compared with the known ones while a file is out of sight

    def suggestions(self, section: str) -> Iterable[str]:
        """Return the names that a mistyped one may stand for."""
        names = self.names[section]
        return names if len(names) <= _MOST_SUGGESTED else ()

    def nearest(self, section: str, word: str, also: Iterable[str]) -> str | None:
        """Return the name that comes nearest to a mistyped `word`, if one does. Each word is looked for once."""
        key = (section, word, *also)
        if key not in self.meant and len(self.meant) < _MOST_COMPARED:
            self.meant[key] = nearest(word, [*self.suggestions(section), *also])
        return self.meant.get(key)


class Item(msgspec.Struct, eq=False):
    """One question, rule, case…: what it is called, and where its problems are noted.

    `fields` is what it says. `misplaced` are parts that it has at a wrong place, which is reported there: it does not
    lack them.
    """

    scope: Scope
    document: Document
    kind: str
    name: str
    at: int
    topic: str = ""
    pack: str = ""
    fields: Fields = Fields(START)
    misplaced: set[str] = msgspec.field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.kind} {quoted(self.name)}" if self.name else f"this {self.kind}"

    def part(self, kind: str, name: str, at: int) -> Item:
        """Return a part of this item that has a name of its own."""
        return Item(self.scope, self.document, kind, name, at)

    @property
    def place(self) -> Location:
        """Return where the item's name stands."""
        return self.document.location(self.at)

    def fault(self, at: int, problem: str, message: str, way_out: str = "", meant: Meant = None) -> None:
        """Note a problem, as `Document.fault` does."""
        self.document.fault(at, problem, message, way_out, meant)


Reader = Callable[[Item, str, Any, int], Any]
"""Reads a value: takes the item, the name the value stands under, the value and its place."""


class Part(NamedTuple):
    """What stands under one name: how it is read, whether it must be there, and what it is without it.

    `field` is what the model calls it, where that is another name. What is required is so `unless` another part stands
    there.
    """

    read: Reader
    required: bool = False
    without: Any = ""
    field: str = ""
    unless: str = ""


class Shape:
    """What an item may hold: its parts by name."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.parts = {name: part._replace(field=part.field or name.replace("-", "_")) for name, part in parts.items()}
        self.required = [name for name, part in parts.items() if part.required]
        self.needed = frozenset(self.required)
        self.blank = {part.field: part.without for part in self.parts.values()}

    def lacking(self, fields: Fields) -> list[str]:
        """Return the names of what must be there and is not."""
        absent = [name for name in self.required if name not in fields]
        return [name for name in absent if self.parts[name].unless not in fields]

    def optional(self) -> Shape:
        """Return a shape that requires nothing."""
        return Shape({name: part._replace(required=False) for name, part in self.parts.items()})


def elsewhere(item: Item, name: str, value: Value, at: int) -> None:
    """Leave a value to whoever decodes it later."""


TOPIC_FILE = Shape({section: Part(elsewhere, without=None) for section in SECTIONS})
"""What may stand at the left margin of a file: the sections, which are decoded item by item."""


def decode(item: Item, fields: Fields, shape: Shape) -> dict[str, Any]:
    """Return what `fields` says, by the model's names; a part that is missing or faulty is left blank."""
    got = shape.blank.copy()
    unknown: list[str] = []
    parts, value_at = shape.parts, fields.value_at
    for name, value in fields.items():
        part = parts.get(name)
        if part is None:
            if not isinstance(value, Refused):
                unknown.append(name)
            continue
        read, field = part.read, part.field
        meant = read(item, name, value, value_at[name])
        if meant is not None:
            got[field] = meant
    if unknown or not shape.needed <= fields.keys():
        _report_names(item, fields, shape, unknown)
    return got


def _report_names(item: Item, fields: Fields, shape: Shape, unknown: list[str]) -> None:
    """Report the names in `fields` that the shape does not know, and those that must be there and are not."""
    absent = [name for name in shape.parts if name not in fields]
    for name in unknown:
        item.misplaced.add(name)
        begins = name.split(" ")[0]
        if begins != name and begins in absent:  # such as “then {refer: a}”
            item.misplaced.add(begins)
            message = f"a colon is missing after {quoted(begins)}."
            item.fault(fields.key_at[name], "syntax", message, f"Write “{begins}: …”.")
            continue
        message, way_out = f"{item} cannot have {quoted(name)}.", f"What may stand here: {', '.join(shape.parts)}."
        item.fault(fields.key_at[name], "unknown-key", message, way_out, (name, absent))
    missing = [name for name in shape.lacking(fields) if name not in item.misplaced]
    if missing and not item.document.full and not fields.partial:
        mistyped = {nearest(name, absent) for name in unknown}
        for name in missing:
            if name not in mistyped:
                item.fault(item.at, "missing-part", f"{item} has no “{name}”.", f"Add a line “{name}: …”.")


def made(model: type[Any], item: Item, got: Mapping[str, Any]) -> Any:
    """Return an item as the model has it, with what was decoded of it; what the model does not keep is left out."""
    known = {"id": item.name, "topic": item.topic, "place": item.place, **got}
    return model(**{name: known[name] for name in model.__struct_fields__ if name in known})


# --- readers --------------------------------------------------------------------------------------------------------


def text(item: Item, name: str, value: Value, at: int) -> str | None:
    """Read a text."""
    if type(value) is str and (stripped := value.strip()):
        return stripped
    if isinstance(value, Word) and not value.says_nothing:
        message = f"“{name}” of {item} is {quoted(value)}, which is no text."
        item.fault(at, "wrong-shape", message, "Write yes or no, or put the word in quotes.")
    elif isinstance(value, str):
        if not isinstance(value, Refused):
            item.fault(at, "missing-part", f"“{name}” of {item} is empty.", "Write something there.")
    else:
        message = f"“{name}” of {item} is one text, and here stands {shape_of(value)}."
        item.fault(at, "wrong-shape", message, QUOTE_IT)
    return None


def shape_of(value: Value) -> str:
    """Return words for a value that has the wrong shape."""
    if isinstance(value, Items):
        return "a list"
    return "a group of names and values" if isinstance(value, Fields) else f"the text {quoted(value)}"


class Each(msgspec.Struct, frozen=True):
    """Reads one thing or a list of them; `least` says how many a list must hold."""

    read: Reader
    least: int = 0

    def __call__(self, item: Item, name: str, value: Value, at: int) -> tuple[Any, ...] | None:
        """Read what stands there as a tuple."""
        if not isinstance(value, Items):
            one = self.read(item, name, value, at)
            return None if one is None else (one,)
        if len(value) > MOST_LISTED:
            message = f"the list “{name}” of {item} is longer than {MOST_LISTED:,} lines, and none needs to be."
            item.fault(at, "too-large", message, "Look whether the list is what you mean.")
            return None
        got: dict[Any, None] = {}
        for one, one_at in zip(value, value.item_at):
            read_one = self.read(item, name, one, one_at)
            if read_one in got:
                message = f"{quoted(read_one)} stands twice in “{name}” of {item}."
                item.fault(one_at, "listed-twice", message, "Take one of them out.")
            elif read_one is not None:
                got[read_one] = None
        if len(value) < self.least:
            item.fault(at, "missing-part", f"the list “{name}” of {item} is empty.", "Write something there.")
        return tuple(got)


class OneOf(msgspec.Struct, frozen=True):
    """Reads one word out of a few, and returns what it means; any other is the problem."""

    problem: str
    words: Mapping[str, Any]

    def __call__(self, item: Item, name: str, value: Value, at: int) -> Any:
        """Read the word that stands there."""
        word = text(item, name, value, at)
        if word is not None and word not in self.words:
            message = f"“{name}” of {item} cannot be {quoted(word)}."
            item.fault(at, self.problem, message, f"Write one of: {', '.join(self.words)}.", (word, self.words))
        return None if word is None else self.words.get(word)


YES_NO = OneOf("wrong-value", {"yes": True, "no": False})
"""Reads yes or no."""


def number(item: Item, name: str, value: Value, at: int) -> Decimal | None:
    """Read a number."""
    word = text(item, name, value, at)
    read = None if word is None else decimal_of(word)
    if word is not None and read is None:
        message = f"“{name}” of {item} is {quoted(word)}, which is no number that can be read here."
        item.fault(at, "bad-number", message, "Write a number such as 2 or 0.5.")
    return read


def count(item: Item, name: str, value: Value, at: int) -> int | None:
    """Read a whole number of at least one."""
    read = number(item, name, value, at)
    if read is not None and (read < 1 or read != int(read)):
        item.fault(at, "bad-number", f"“{name}” of {item} is a whole number of at least 1.", "")
        return None
    return None if read is None else int(read)


class NameIn(msgspec.Struct, frozen=True):
    """Reads the name of an item of `section`, which must exist."""

    section: str

    def __call__(self, item: Item, name: str, value: Value, at: int) -> str | None:
        """Read the name that stands there."""
        word = text(item, name, value, at)
        if word is not None and not exists(item, self.section, word, at):
            return None
        return word


def exists(item: Item, section: str, word: str, at: int, also: Iterable[str] = ()) -> bool:
    """Say whether `section` has an item called `word`, and note a problem if it has none.

    `also` holds other words that could have been meant there.
    """
    scope, kind = item.scope, SECTIONS[section]
    if word in scope.names[section] or word in scope.hidden or item.document.full:
        return True
    if scope.misnamed and nearest(word, scope.misnamed) is not None:
        return True  # the name is right, and its definition is not
    if scope.blind:
        scope.patience -= 1
        if scope.patience < 0 or scope.nearest(section, word, also) is None:
            scope.hidden.add(word)  # it may stand in the file that is out of sight
            return True
    message = f"no {kind} is called {quoted(word)}."
    others = [SECTIONS[other] for other, names in scope.names.items() if word in names]
    if (section, word) in scope.left_out:
        message = f"the {kind} {quoted(word)} is left out, at {scope.left_out[section, word]}."
        way_out = f"Take it out of “leaves-out”, or name another {kind}."
    elif others:
        way_out = f"There is a {others[0]} {quoted(word)}: does it belong elsewhere?"
    elif (names := run_together(word, scope.names[section])) or "," in word:
        way_out = f"Put several names in brackets: {names or '[one, two]'}."
    else:
        match = scope.nearest(section, word, also)
        way_out = f"Did you mean “{match}”?" if match else f"Correct it, or add a {kind} of that name."
    item.fault(at, f"unknown-{kind}", message, way_out)
    return False


def group(item: Item, name: str, value: Value, at: int) -> Fields | None:
    """Read a group of names and values."""
    if isinstance(value, Fields):
        return value
    what = f"“{name}” of {item}" if name else str(item)
    if isinstance(value, str):
        if isinstance(value, Refused):
            return None
        if not value.strip() or (isinstance(value, Word) and value.says_nothing):
            item.fault(at, "missing-part", f"nothing stands under {what}.", "Write something there.")
            return None
        joined = re.match(r"[\w-]+:(?=\S)", value)
        if joined:
            message = f"a space is missing after the colon in {quoted(value.split(' ')[0])}."
            item.fault(at + joined.end() - 1, "syntax", message, "Write a space after every colon.")
            return None
    message = f"{what} is a group of lines “name: value”, and here stands {shape_of(value)}."
    item.fault(at, "wrong-shape", message, "Write every line as “name: value”, indented alike, without a dash.")
    return None


def grouped(read: Callable[[Item, str, Fields], Any]) -> Reader:
    """Return a reader of a group of names and values, which hands the group to `read`."""

    def reader(item: Item, name: str, value: Value, at: int) -> Any:
        fields = group(item, name, value, at)
        return None if fields is None else read(item, name, fields)

    return reader


def shaped(shape: Shape, make: Callable[..., Any] = dict) -> Reader:
    """Return a reader of a group of names and values that has a shape; `make` makes of it what the model calls it."""

    def read(item: Item, name: str, fields: Fields) -> Any:
        return make(**decode(item.part(f"“{name}” of {item.kind}", item.name, fields.at), fields, shape))

    return grouped(read)


# --- names ----------------------------------------------------------------------------------------------------------

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SOURCE_NAME = re.compile(r"[A-Za-z0-9._-]+")
_NAME_RULE = "A name is made of small letters, digits and single hyphens, such as low-back; at most 60 of them."


def is_name(item: Item, word: str, at: int, pattern: re.Pattern[str] = NAME, reserved: Iterable[str] = ()) -> bool:
    """Say whether `word` can be the name of something, and note a problem if it cannot."""
    if word in reserved or isinstance(word, Word) or word in ("true", "false", "null"):
        message = f"no {item.kind} can be called {quoted(word)}: the word has a meaning of its own."
        item.fault(at, "bad-id", message, "Choose another name.")
    elif len(word) > 60 or pattern.fullmatch(word) is None:
        way_out = _NAME_RULE if pattern is NAME else "Use letters, digits, points and hyphens; at most 60 of them."
        item.fault(at, "bad-id", f"no {item.kind} can be called {quoted(word)}.", way_out)
    else:
        return True
    return False
