"""Let one pack build on others: put items of its own in the place of theirs, or leave some of theirs out.

A pack that *extends* others comes after them, wherever it was found. An item it lists under `in-place-of` takes the
place of the item of the same name, and keeps that item's position; one it lists under `leaves-out` is gone. Whoever
reads the knowledge base sees one of each, and in its `overrides` what was changed by whom.

A change can leave something behind that speaks of what is gone. That is one mistake, of whoever made the change: it is
reported once, at the line that made it, and not at each place of a pack that may belong to someone else. Cases of the
extended pack go with what they speak of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.language.document import Fields, Items, Value
from kb.language.fields import SECTIONS, Item, Scope
from kb.language.packs import PackFiles, all_extended, find_packs, shipped_pack, words_at
from kb.model.knowledge import KnowledgeBase
from kb.model.packs import Override
from kb.model.problems import Problem
from kb.system.files import shipped_names
from kb.text.spelling import nearest
from kb.text.wrapping import quoted

Paths = Callable[[], Iterable["Path | str"]]
"""Paths that are only found out if they are needed."""

# --- which packs, in which order ------------------------------------------------------------------------------------


def with_extended(packs: Iterable[PackFiles], cases: bool, beside: Paths = tuple) -> list[PackFiles]:
    """Return packs and all that they extend, in an order that does not depend on how they were found.

    A pack that is not among `packs` is looked for at the paths of `beside`, and then among those of the program.
    """
    known = {pack.key: pack for pack in packs}
    others: dict[str, PackFiles] | None = None
    todo = list(known)
    for key in todo:
        for name, at in known[key].extends.items():
            if name in known:
                continue
            if others is None:
                others = {pack.key: pack for pack in find_packs(tuple(beside()), cases)}
            found = others.get(name) or shipped_pack(name, cases)
            if found is not None:
                known[name] = found
                todo.append(name)
                continue
            known[key] = known[key]._replace(blind=True)  # what it speaks of may be defined there
            if all(pack.id for pack in known.values()):
                message = f"no pack is called {quoted(name)}."
                way_out = "Correct the name, or give the folder of that pack as well."
                meant = (name, [other for other in (*known, *others, *shipped_names()) if other != key])
                known[key].head.fault(at, "unknown-pack", message, way_out, meant=meant)
    return _in_order(known)


def _in_order(known: Mapping[str, PackFiles]) -> list[PackFiles]:
    """Return packs by name, those of the program first, each after all that it extends; report circles."""
    shipped = shipped_names() if len(known) > 1 else []
    by_name = sorted(known, key=lambda key: (key not in shipped, key))
    waiting = {key: set(known[key].extends).intersection(known) for key in by_name}
    if not any(waiting.values()):
        return [known[key] for key in by_name]
    order: list[PackFiles] = []
    while waiting:
        ready = next((key for key, names in waiting.items() if waiting.keys().isdisjoint(names)), None)
        in_circle = ready is None
        if ready is None:
            ready = _report_circle(known, waiting)
        order.append(known[ready]._replace(blind=in_circle or known[ready].blind))
        del waiting[ready]
    return order


def _report_circle(known: Mapping[str, PackFiles], waiting: Mapping[str, set[str]]) -> str:
    """Report packs that extend each other, and return the one at which to go on: all of `waiting` wait for another."""
    path = [next(iter(waiting))]
    while (after := min(waiting[path[-1]].intersection(waiting))) not in path:
        path.append(after)
    circle = path[path.index(after) :]
    steps = zip(circle, [*circle[1:], circle[0]])
    told = ", ".join(f"{quoted(one)} extends {quoted(other)}" for one, other in steps)
    head = known[circle[0]].head
    at = known[circle[0]].extends[circle[1] if len(circle) > 1 else circle[0]]
    head.fault(at, "circle", f"the pack {quoted(circle[0])} extends itself: {told}.", "Take one of these lines out.")
    return circle[0]


# --- what takes the place of what -----------------------------------------------------------------------------------


def _listed(pack: PackFiles, key: str) -> dict[tuple[str, str], int]:
    """Return what a pack lists of those it extends: sections and names, each with the place where it is listed."""
    groups = pack.head.fields.get(key)
    if not isinstance(groups, Fields):
        return {}
    return {(section, name): at for section in SECTIONS for name, at in words_at(groups, section).items()}


def _thing(section: str, name: str) -> str:
    return f"the {SECTIONS[section]} {quoted(name)}"


class PackMerger:
    """Gathers the items of packs, one pack after the other, and puts items in the place of those they replace."""

    def __init__(self, packs: Iterable[PackFiles], cases: bool) -> None:
        self.scope = Scope()
        self.cases = cases
        self.items: dict[str, dict[tuple[str, int], Item]] = {section: {} for section in SECTIONS}
        self.called: Counter[tuple[str, str]] = Counter()  # how many are called alike, all but one by mistake
        self.overrides: list[Override] = []
        self.extended = all_extended(packs)
        self.left_behind: dict[Override, list[Item]] = {}
        self.changes_of: dict[str, list[int]] = {}  # by the name of an item: positions in `overrides`
        self.pack: PackFiles  # the one that is begun, its key, and what it lists
        self.key = ""
        self.in_place_of: dict[tuple[str, str], int]
        self.leaves_out: dict[tuple[str, str], int]

    # --- pack by pack

    def begin(self, pack: PackFiles) -> None:
        """Begin with the items of the next pack: what it leaves out goes first."""
        self.pack, self.key = pack, pack.key
        self.in_place_of, self.leaves_out = _listed(pack, "in-place-of"), _listed(pack, "leaves-out")
        for name, listed in (("in-place-of", self.in_place_of), ("leaves-out", self.leaves_out)):
            if listed and not pack.extends:
                message = f"“{name}” stands here, and nothing says which pack is extended."
                pack.head.fault(pack.head.fields.key_at[name], "missing-part", message, "Add a line “extends: …”.")
        for (section, name), at in self.leaves_out.items():
            if (section, name) in self.in_place_of:
                message = f"{_thing(section, name)} stands under “in-place-of” and under “leaves-out”."
                self.pack.head.fault(at, "listed-twice", message, "Take it out of one of them.")
            elif self._extends_owner(section, name):
                self._leave_out(section, name, at)
            elif pack.extends and (section, name) not in self.scope.left_out:
                self._unknown(section, name, at, "leaves-out")

    def _note(self, change: Override) -> None:
        self.changes_of.setdefault(change.name, []).append(len(self.overrides))
        self.overrides.append(change)

    def _leave_out(self, section: str, name: str, at: int) -> None:
        gone, place = self.scope.names[section].pop(name), self.pack.head.location(at)
        self._note(Override(section, name, self.key, place, gone.pack, gone.place, left_out=True))
        self.scope.left_out[section, name] = place
        for number in range(self.called.pop((section, name), 0)):
            del self.items[section][name, number]

    def claim(self, section: str, item: Item) -> str | None:
        """Take a name for an item of the pack that is begun. Return a way out if it is taken, and may not be."""
        name = item.name
        first = self.scope.names[section].setdefault(name, item)
        if first is item:
            return None
        if (section, name) in self.in_place_of:
            if self._extends_owner(section, name):
                self._note(Override(section, name, self.key, item.place, first.pack, first.place))
                self.scope.names[section][name] = item
                return None
            if first.pack != self.key:
                return None  # there is nothing of that name to take the place of, which is reported
        elif self._extends_owner(section, name):
            if nearest(name, [other for of, other in self.in_place_of if of == section]):
                return None  # it is listed with a slip of the pen, which is reported
            return f"If this one is to take its place, list it under “in-place-of”, “{section}”."
        return "Rename one of them, or make them one."

    def add(self, section: str, item: Item) -> None:
        """Add an item of the pack that is begun, in the place of the one whose name it took, or else at the end."""
        key, there = (section, item.name), self.items[section].get((item.name, 0))
        replaces = there is not None and there.pack != self.key and key in self.in_place_of
        number = 0 if replaces else self.called[key]
        self.called[key] += not replaces
        self.items[section][item.name, number] = item

    def of(self, section: str) -> list[Item]:
        """Return the items of a section, in their order."""
        return list(self.items[section].values())

    def end(self) -> None:
        """Report what the pack that is begun lists without need."""
        if not self.pack.extends:
            return
        took = {(one.section, one.name) for one in self.overrides if one.pack == self.key and not one.left_out}
        for (section, name), at in self.in_place_of.items():
            if (section, name) in took:
                continue
            if self._extends_owner(section, name):
                self._not_here(section, name, at)
            else:
                self._unknown(section, name, at, "in-place-of")
        for (section, name), at in self.leaves_out.items():
            if self._owner(section, name) == self.key and (section, name) not in self.in_place_of:
                message = f"{_thing(section, name)} is left out, and stands in this pack as well."
                way_out = "List it under “in-place-of” if it is to take the other’s place."
                self.pack.head.fault(at, "duplicate-id", message, way_out)

    def _owner(self, section: str, name: str) -> str | None:
        """Return the key of the pack from which an item comes, if there is one of that name."""
        item = self.scope.names[section].get(name)
        return item.pack if item else None

    def _extends_owner(self, section: str, name: str) -> bool:
        """Say whether the pack that is begun extends the one from which an item comes."""
        return self._owner(section, name) in self.extended[self.key]

    def _out_of_sight(self, section: str, name: str) -> bool:
        """Say whether it cannot be told that an item is missing, or need not be said."""
        hidden = self.scope.blind or name in self.scope.hidden or name in self.scope.misnamed
        return hidden or (section == "cases" and not self.cases) or self.pack.head.full

    def _not_here(self, section: str, name: str, at: int) -> None:
        """Report an item that is to take another's place, and that the pack does not have."""
        message = f"“in-place-of” lists {_thing(section, name)}, and this pack has none of that name."
        way_out = "Write it, or list the name under “leaves-out” instead."
        own = [other for other in self.scope.suggestions(section) if self._owner(section, other) == self.key]
        if not self._out_of_sight(section, name):
            self.pack.head.fault(at, "missing-part", message, way_out, meant=(name, own))

    def _unknown(self, section: str, name: str, at: int, where: str) -> None:
        """Report the name of an item that the extended packs do not have."""
        if self._out_of_sight(section, name):
            return
        kind, extended = SECTIONS[section], self.extended[self.key]
        changes = (one for one in self.overrides if (one.section, one.name) == (section, name))
        other = next((one for one in changes if one.of_pack in extended), None)
        if other:  # of a pack that neither extends this one nor is extended by it
            message = f"the pack {quoted(other.pack)} changes {_thing(section, name)} as well, at {other.place}."
            way_out = "Let one of the two packs extend the other, or change it in one of them only."
            self.pack.head.fault(at, f"unknown-{kind}", message, way_out)
            return
        message = f"{' or '.join(map(quoted, self.pack.extends))} has no {kind} called {quoted(name)}."
        way_out = f"Correct the name, or take it out of “{where}”."
        known = [other for other in self.scope.suggestions(section) if self._extends_owner(section, other)]
        self.pack.head.fault(at, f"unknown-{kind}", message, way_out, meant=(name, known))

    # --- what is left behind

    def decoded(self, section: str, item: Item, decode: Callable[[Item], Any]) -> Any:
        """Return what `decode` makes of an item; None for a case that speaks of what a pack has changed.

        Problems that such a change causes are taken back, and are put down to the change instead. A case is left out.
        """
        problems = item.document.problems
        before = len(problems)
        made = decode(item)
        if not self.overrides or len(problems) == before:
            return made
        names = set(names_in(item.fields))
        told = "".join(problem.message for problem in problems[before:])
        changes = (self.overrides[at] for at in sorted(at for name in names for at in self.changes_of.get(name, ())))
        blamed = [
            change
            for change in changes
            if (change.section in _SPOKEN_OF if change.left_out else change.section == "questions")
            and item.pack in self.extended[change.pack]
            and (section == "cases" or quoted(change.name) in told)
        ]
        if blamed:
            del problems[before:]
        if blamed and section == "cases":
            by = blamed[0]
            self._note(Override("cases", item.name, by.pack, by.place, item.pack, item.place, left_out=True))
            return None
        for change in blamed:
            self.left_behind.setdefault(change, []).append(item)
        return made

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for every change after which the extended packs speak of what is gone."""
        for one, users in self.left_behind.items():
            thing = _thing(one.section, one.name)
            told = ", ".join(f"{user} ({user.place})" for user in users[:_MOST_USERS])
            told += f" and {len(users) - _MOST_USERS} more" * (len(users) > _MOST_USERS)
            if not one.left_out:
                message = f"{thing} does not fit what {quoted(one.of_pack)} asks of it in {told}."
                way_out = "Keep the answers that are spoken of there, or put something of yours in the place of these."
                yield Problem(one.place, "unknown-option", message, way_out)
                continue
            message = f"{thing} is left out, and {quoted(one.of_pack)} still speaks of it in {told}."
            way_out = "Leave these out too, or put something of yours in their place."
            if any(user.kind == "pack" for user in users):
                way_out = "What the header of a pack speaks of cannot be left out; put something of yours in its place."
            yield Problem(one.place, f"unknown-{SECTIONS[one.section]}", message, way_out)


_SPOKEN_OF = frozenset({"sources", "questions", "findings", "recommendations", "referrals"})
_MOST_USERS = 3


def names_in(value: Value) -> Iterator[str]:
    """Yield every text in what an item says: each may be a name."""
    todo: list[Value] = [value]
    for one in todo:
        if isinstance(one, Fields):
            yield from one
            todo.extend(one.values())
        elif isinstance(one, Items):
            todo.extend(one)
        else:
            yield one.strip()


# --- what was changed -----------------------------------------------------------------------------------------------


def override_lines(kb: KnowledgeBase) -> list[str]:
    """Return a line for everything that one pack changed in another, as `place: what`."""
    lines = []
    let_go: dict[Override, list[Override]] = {}  # cases that went with what they speak of
    changes = {(one.pack, one.place): one for one in kb.overrides if one.section != "cases"}
    for one in kb.overrides:
        if one.section == "cases" and (one.pack, one.place) in changes:
            let_go.setdefault(changes[one.pack, one.place], []).append(one)
    for one in kb.overrides:
        if any(one in cases for cases in let_go.values()):
            continue
        theirs = f"of {quoted(one.of_pack)} ({one.of_place})"
        what = f"{theirs} is left out" if one.left_out else f"takes the place of the one {theirs}"
        lines.append(f"{one.place}: {_thing(one.section, one.name)} {what}.")
        if one in let_go:
            names = ", ".join(case.name for case in let_go[one])
            spoken = "a case that speaks" if len(let_go[one]) == 1 else f"{len(let_go[one])} cases that speak"
            lines.append(f"{one.place}: {spoken} of it go{'es' * (len(let_go[one]) == 1)} too: {names}.")
    return lines
