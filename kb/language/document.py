"""Hold what a file says: its lines, and plain data that remembers where everything stands.

A `Document` is a tree of texts, `Fields` (names and their values) and `Items` (lists), each with its places, and the
problems met so far. Whoever reads it further adds the problems found there, so a file's problems end up in one list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Union

from kb.model.problems import MOST_PROBLEMS, Location, Problem
from kb.text.spelling import did_you_mean

START = 0
"""The place of a file's first character. A place is one number, which costs little to keep."""

COLUMN_BITS = 21  # no line is as long as 2**21 characters, since no file is


def place(line: int, column: int) -> int:
    """Return the place at a line and a column, which count from 0."""
    return line << COLUMN_BITS | column


Place = tuple[int, int]
"""A line and a column."""

Meant = tuple[str, Iterable[str]] | None
"""A mistyped word, and the names it may stand for."""


class Lines(list[str]):
    """The lines of a text: what stands above and below, and how deep each is indented."""

    def line(self, number: int) -> str:
        """Return a line; past the ends of the text it is empty."""
        return self[number] if 0 <= number < len(self) else ""

    def at(self, place: Place) -> str:
        """Return the character at a place, or nothing."""
        return self.line(place[0])[place[1] : place[1] + 1]

    def indent(self, number: int) -> int:
        """Return by how many spaces a line is indented."""
        line = self.line(number)
        return len(line) - len(line.lstrip(" "))

    def says_something(self, number: int) -> bool:
        """Say whether a line holds more than a remark."""
        return self[number].lstrip()[:1] not in ("", "#")

    def above(self, number: int, deepest: float = float("inf")) -> int | None:
        """Return the nearest line above that says something, and is indented no deeper than `deepest`."""
        earlier = range(number - 1, -1, -1)
        return next((one for one in earlier if self.says_something(one) and self.indent(one) <= deepest), None)

    def below(self, number: int) -> int:
        """Return the nearest line below that says something, or one past the last."""
        later = range(number + 1, len(self))
        return next((one for one in later if self.says_something(one)), max(number + 1, len(self)))

    def head(self, number: int) -> int | None:
        """Return the nearest line above that is indented no deeper: the line which this one follows or belongs to."""
        return self.above(number, self.indent(number))


class Fields(dict[str, Any]):
    """Names and values in the order written, and the places of both.

    `partial` says that more was written than could be read, so that nothing can be said to be missing.
    """

    __slots__ = ("at", "key_at", "partial", "value_at")

    def __init__(self, at: int) -> None:
        self.at = at
        self.partial = False
        self.key_at: dict[str, int] = {}
        self.value_at: dict[str, int] = {}

    def put(self, name: str, value: Value, key_at: int, value_at: int) -> None:
        """Add a name, its value and their places."""
        self[name] = value
        self.key_at[name] = key_at
        self.value_at[name] = value_at

    def only(self, names: Iterable[str]) -> Fields:
        """Return these fields without any that `names` does not hold."""
        kept = Fields(self.at)
        kept.partial = self.partial
        for name in self:
            if name in names:
                kept.put(name, self[name], self.key_at[name], self.value_at[name])
        return kept


class Items(list[Any]):
    """A list, and the places of its items."""

    __slots__ = ("at", "item_at")

    def __init__(self, at: int) -> None:
        self.at = at
        self.item_at: list[int] = []


Value = Union[str, Fields, Items]


def one_or_more(value: Value, at: int) -> list[tuple[Value, int]]:
    """Return the items of a list with their places; a value that is no list is the only item."""
    return list(zip(value, value.item_at)) if isinstance(value, Items) else [(value, at)]


class Document:
    """What one file holds, and what is wrong with it.

    `root` is None if nothing could be read; `broken` says that the file holds more than `root` shows. `misnamed` are
    words whose fault is noted, and which may be names that others spell rightly.
    """

    def __init__(self, path: str, text: str = "") -> None:
        self.path = path
        self.text = text
        self.root: Value | None = None
        self.broken = False
        self.misnamed: set[str] = set()
        self.problems: list[Problem] = []

    def location(self, at: int) -> Location:
        """Return a place as people read it."""
        return Location(self.path, (at >> COLUMN_BITS) + 1, at % (1 << COLUMN_BITS) + 1)

    @property
    def fields(self) -> Fields:
        """Return what the file holds by name; nothing if it holds something else."""
        return self.root if isinstance(self.root, Fields) else Fields(START)

    def fields_or(self, message: str, way_out: str) -> Fields:
        """Return what the file holds by name, and note a problem if it holds something else."""
        if self.root is not None and not isinstance(self.root, Fields) and not self.problems:
            self.fault(START, "wrong-shape", message, way_out)
        return self.fields

    @property
    def full(self) -> bool:
        """Say whether the document notes no more problems, so that looking for them is needless."""
        return len(self.problems) > MOST_PROBLEMS

    def fault(self, at: int | None, problem: str, message: str, way_out: str = "", meant: Meant = None) -> None:
        """Note a problem at a place (None: the whole file).

        If a mistyped word comes near to a name that is `meant`, that name is a better way out.
        """
        if self.full or (self.broken and problem in ("missing-part", "wrong-shape") and self.problems):
            return  # what is missing from a broken file, or looks wrong in it, may come of what broke it
        where = Location(self.path) if at is None else self.location(at)
        if len(self.problems) == MOST_PROBLEMS:
            problem, message = "too-many-problems", f"only the first {MOST_PROBLEMS} problems of this file are listed."
            way_out = "Mend these first, then check again."
        elif meant:
            word, known = meant
            way_out = did_you_mean(word, known, way_out)
        self.problems.append(Problem(where, problem, message, way_out))

    def words(self) -> set[str]:
        """Return all that looks like a name in the text: a broken file may define it, and others may refer to it."""
        names = set()
        before = ""
        for found in re.finditer(r"([\w.-]+)[\"']?[ ]*(:?)", self.text):
            if found[2] or before == "id":
                names.add(found[1])
            before = found[1]
        return names
