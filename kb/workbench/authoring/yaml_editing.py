"""Put something new into the text of a file, and keep every byte of what is there.

An *insertion* is one thing more in a group or a list: a rule among the rules, a topic among the topics. Where it goes
is found from the places that the reader remembers. It is put in as text, and then the whole is read again: it must say
what it said before, and the insertion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from kb.language.document import COLUMN_BITS, Document, Fields, Items, Value
from kb.language.yaml_source import read
from kb.model.problems import KnowledgeBaseError, Problem
from kb.workbench.authoring.yaml_text import Data, fields_text, inline, item_text, listed_text


class Insertion(NamedTuple):
    """One thing more in a file: `value` under `name` in the group at `keys`, or, without a name, in the list there.

    It stands last, or before the one called `before`.
    """

    keys: tuple[str, ...]
    name: str
    value: Data
    before: str = ""

    def text(self, indent: int) -> str:
        """Return the insertion as it stands in lines of its own."""
        if not self.name:
            return listed_text(self.value, indent)
        if isinstance(self.value, Mapping):
            return item_text(self.name, self.value, indent)
        return fields_text({self.name: self.value}, indent)

    def inline(self) -> str:
        """Return the insertion as it stands between brackets."""
        return inline({self.name: self.value})[1:-1] if self.name else inline(self.value)


def inserted(text: str, path: str, insertion: Insertion) -> str:
    """Return `text`, which is that of the file `path`, with `insertion` in it.

    Raises:
        KnowledgeBaseError: if the text has problems, or is written in a way that leaves no place for the insertion.
    """
    document = read(text, path)
    if document.problems:
        raise KnowledgeBaseError(document.problems)
    new = _Text(text, document).with_insertion(insertion)
    again = read(new, path)
    if again.problems or _plain(again.root) != _with_insertion(_plain(document.root), insertion):
        at = document.location(document.root.at if isinstance(document.root, Fields | Items) else 0)
        where = insertion.keys[-1] if insertion.keys else "the list of cases"
        message = f"nothing can be added to “{where}” here without changing what stands there already."
        raise KnowledgeBaseError([Problem(at, "no-place", message, "Put it in by hand.")])
    return new


def alone(insertion: Insertion) -> str:
    """Return the text of a file that holds nothing but `insertion`."""
    return f"{insertion.keys[0]}:\n\n{insertion.text(2)}" if insertion.keys else insertion.text(0)


class _Text:
    """A text, its lines with their ends, and where everything stands in it."""

    def __init__(self, text: str, document: Document) -> None:
        self.text, self.document = text, document
        self.lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)
        self.starts = [0, *accumulate(map(len, self.lines))]
        self.end = "\r\n" if "\r\n" in text else "\n"

    def with_insertion(self, insertion: Insertion) -> str:
        """Return the text with `insertion`."""
        group, at, missing = self._find(insertion)
        if missing and group is self.document.root:
            value = {insertion.name: insertion.value} if insertion.name else [insertion.value]
            section = Insertion((), insertion.keys[0], value)
            if self.text[self._offset(at)] == "{":
                return self._between_brackets(group, at, section)
            last = f"\n{section.text(0)}" if isinstance(insertion.value, str) else f"\n\n{alone(insertion)}"
            return self._put(len(self.text), self._ended(last))
        if not isinstance(group, Fields | Items):
            return self._beside_one(at, str(group), insertion)
        if self.text[self._offset(at)] in "[{":
            return self._between_brackets(group, at, insertion)
        return self._below(group, at, insertion)

    def _find(self, insertion: Insertion) -> tuple[Value, int, tuple[str, ...]]:
        """Return the group or list at the keys of `insertion`, its place, and the keys that are missing."""
        here: Any = self.document.root
        at = here.at
        if isinstance(here, Items) and insertion.keys == ("cases",):
            return here, at, ()  # a bare list of cases
        for depth, key in enumerate(insertion.keys):
            if not isinstance(here, Fields) or key not in here:
                return here, at, insertion.keys[depth:]
            here, at = here[key], here.value_at[key]
        return here, at, ()

    def _offset(self, at: int) -> int:
        mark = self.text.startswith("\ufeff") and not at >> COLUMN_BITS
        return self.starts[at >> COLUMN_BITS] + at % (1 << COLUMN_BITS) + mark

    def _put(self, offset: int, more: str) -> str:
        return self.text[:offset] + more + self.text[offset:]

    def _ended(self, more: str) -> str:
        """Return lines that come at the end of the text, which may lack its last line break, and then goes on to."""
        if self.text and not self.text.endswith(("\n", "\r")):
            more = "\n" + more[:-1]
        return more.replace("\n", self.end)

    def _beside_one(self, at: int, word: str, insertion: Insertion) -> str:
        """Return the text with brackets around a name that stood alone, and another one beside it."""
        start = self._offset(at)
        rest = self.text[start:].split("\n", 1)[0].rstrip()
        length = len(word) + (2 if rest[:1] in ("'", '"') else 0)
        return self.text[:start] + f"[{rest[:length]}, {insertion.inline()}]" + self.text[start + length :]

    def _between_brackets(self, group: Value, at: int, insertion: Insertion) -> str:
        if insertion.before and isinstance(group, Fields) and insertion.before in group:
            return self._put(self._offset(group.key_at[insertion.before]), f"{insertion.inline()}, ")
        last = _last_inside(self.text, self._offset(at))
        sign = self.text[last - 1]
        gap = "" if last == self._offset(at) + 1 else " " if sign == "," else ", "
        return self._put(last, gap + insertion.inline())

    def _below(self, group: Fields | Items, at: int, insertion: Insertion) -> str:
        """Return the text with `insertion` below the others of its group or list."""
        column = at % (1 << COLUMN_BITS)
        places = sorted(group.key_at.values() if isinstance(group, Fields) else group.item_at)
        rows = [place >> COLUMN_BITS for place in places]
        more = insertion.text(column)
        apart = more.count("\n") > 1 and (
            len(rows) == 1 or any(not self.lines[row].strip() for row in range(rows[-2], rows[-1]))
        )
        if insertion.before and isinstance(group, Fields) and insertion.before in group:
            row = group.key_at[insertion.before] >> COLUMN_BITS
            return self._put(self.starts[row], more.replace("\n", self.end))
        inside = max(_all_places(group))
        later = [place for place in _all_places(self.document.root) if place > inside]
        row = min(later) >> COLUMN_BITS if later else len(self.lines)
        while row > rows[-1] + 1 and self._is_between(self.lines[row - 1], column):
            row -= 1
        more = "\n" * apart + more
        if row == len(self.lines):
            return self._put(len(self.text), self._ended(more))
        return self._put(self.starts[row], more.replace("\n", self.end))

    def _is_between(self, line: str, column: int) -> bool:
        """Say whether a line stands between two parts: it is empty, or a remark further to the left."""
        words = line.lstrip()
        return not words or (words.startswith("#") and len(line) - len(words) < max(column, 1))


def _all_places(value: Any) -> Iterator[int]:
    if isinstance(value, Fields):
        yield from (*value.key_at.values(), *value.value_at.values())
    if isinstance(value, Items):
        yield from value.item_at
    if isinstance(value, Fields | Items):
        for one in value.values() if isinstance(value, Fields) else value:
            yield from _all_places(one)


_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|(?P<remark>(?<=\s)\#[^\r\n]*)|(?P<sign>[][{}])""", re.DOTALL
)


def _may_be_quoted(text: str, at: int) -> bool:
    """Say whether a text in quotes can begin at a place between brackets; elsewhere the sign is an apostrophe."""
    while text[at - 1].isspace():
        at -= 1
    return text[at - 1] in "[]{},:"


def _last_inside(text: str, start: int) -> int:
    """Return where the last thing ends that stands between the bracket at `start` and the one that closes it."""
    depth, last, position = 0, start, start
    while found := _TOKEN.search(text, position):
        between = text[position : found.start()].rstrip()
        last = position + len(between) if between else last
        position = found.end()
        if found["text"] and not _may_be_quoted(text, found.start()):
            position = found.start() + 1  # an apostrophe within a word
        elif found["sign"] and found["sign"] in "]}":
            depth -= 1
            if not depth:
                return last
        elif found["sign"]:
            depth += 1
        if not found["remark"]:
            last = position
    return last


def _plain(value: Any) -> Any:
    if isinstance(value, Fields):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, Items) else str(value).strip()


def _with_insertion(data: Any, insertion: Insertion) -> Any:
    """Return what a file says, and the insertion; None if it has nothing that could hold the insertion."""
    value = _plain(read(listed_text(insertion.value), "").root)[0]
    keys = () if isinstance(data, list) else insertion.keys
    here, around = data, None
    for depth, key in enumerate(keys):
        if not isinstance(here, dict):
            return None
        blank: Any = {} if insertion.name or depth + 1 < len(keys) else []
        here, around = here.setdefault(key, blank), here
    if insertion.name and isinstance(here, dict):
        here[insertion.name] = value
    elif isinstance(here, list) and not insertion.name:
        here.append(value)
    elif isinstance(here, str) and isinstance(value, str) and around and not insertion.name:
        around[keys[-1]] = [here, value]
    else:
        return None
    return data
