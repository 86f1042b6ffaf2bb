"""Find the line on which a part of a rule stands.

The model keeps the place of a rule, and not of every word in it: nothing needs them but a message about one line. So
the file is read once more, and its `when` is walked beside the condition that was made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.language.document import Fields, Items
from kb.language.yaml_source import read_file
from kb.model.conditions import UNSURE, All, Condition, Not
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Rule
from kb.model.problems import Location

Path = tuple[int, ...]
"""Where a part stands in a condition: part by part, from the outside. An answer out of a list comes last."""


class Places:
    """The places of the parts of rules, read from the files when they are asked for."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, dict[Path, Location]]] = {}

    def of(self, rule: Rule, path: Path) -> Location:
        """Return the place of a part of `rule`, or that of the rule if its file shows no such part."""
        if rule.place.path not in self._files:
            self._files[rule.place.path] = dict(_rules(rule.place.path))
        known = self._files[rule.place.path].get(rule.id, {})
        while path and path not in known:
            path = path[:-1]
        return known.get(path, rule.place)


def _rules(path: str) -> Iterator[tuple[str, dict[Path, Location]]]:
    """Yield the rules of a file with the places of their parts."""
    document = read_file(path)
    root = document.root
    rules = root.get("rules") if isinstance(root, Fields) else None
    if isinstance(rules, Fields):
        for name, rule in rules.items():
            when = rule.get("when") if isinstance(rule, Fields) else None
            yield name, {at: document.location(place) for at, place in _group(when, ())}


def _group(fields: Any, path: Path) -> Iterator[tuple[Path, int]]:
    """Yield the parts of a group of lines. A group of one line is that line."""
    if not isinstance(fields, Fields):
        return
    if len(fields) == 1:
        yield from _line(fields, next(iter(fields)), path)
        return
    yield path, fields.at
    for position, word in enumerate(fields):
        yield from _line(fields, word, (*path, position))


def _line(fields: Fields, word: str, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, fields.key_at[word]
    inside = fields[word]
    if word == "not":
        yield from _group(inside, (*path, 0))
    elif isinstance(inside, Items):
        items = list(zip(inside, inside.item_at))
        if word not in ("all", "any") and any(isinstance(item, Fields) for item in inside):
            items.sort(key=lambda item: item[0] == UNSURE)  # beside ranges of numbers, which a condition holds apart
        for position, (item, at) in enumerate(items):
            if word in ("all", "any"):
                yield from _group(item, (*path, position))
            else:
                yield (*path, position), at


def nodes_of(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """Yield `condition` and every part of it with its path, from the outside in, left to right."""
    yield path, condition
    if isinstance(condition, All | AnyOf):
        for position, part in enumerate(condition.parts):
            yield from nodes_of(part, (*path, position))
    elif isinstance(condition, Not):
        yield from nodes_of(condition.part, (*path, 0))
