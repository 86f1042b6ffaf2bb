"""Find packs and read their files, in the order of their topics; say what the header of a pack may hold.

A pack is a folder with a `pack.yaml`, the *head*, which holds the pack's header; every other YAML file in it, or in a
folder inside it, is a topic file or, under `cases/`, a file of cases. Or a pack is one file that holds everything. What
is in the files is not looked at here, except for the pack's id, what it extends and the order of its topics.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kb.language.conditions import condition
from kb.language.document import START, Document, Fields, Value, one_or_more
from kb.language.fields import (
    SECTIONS,
    TOPIC_FILE,
    YES_NO,
    Each,
    Item,
    NameIn,
    OneOf,
    Part,
    Shape,
    count,
    decode,
    group,
    grouped,
    is_name,
    shaped,
    text,
)
from kb.language.yaml_source import read_file
from kb.model.answers import Refused, Word
from kb.model.packs import Practice
from kb.model.problems import Location, Problem
from kb.system.files import CASES, HEAD, bundled, is_there, shipped_names, strays, walked
from kb.text.spelling import nearest, run_together
from kb.text.wrapping import quoted

MOST_FILES = 1_000
"""How many rule files, and how many folders, a pack may have."""
MOST_IN_ALL = 20_000_000
"""How many characters all files together may hold. Ten thousand rules take a fifth of it."""
_TOO_MUCH = f"with this pack there are more than {MOST_IN_ALL // 1_000_000} MB of rules, and no rules are so many."
_ONE_OF_TWO = "Ask only one of them, or give one another id."


class File(NamedTuple):
    """A file of a pack, and the topic to which its items belong."""

    document: Document
    topic: str = ""


class PackFiles(NamedTuple):
    """The files of one pack. `blind` says that some of them cannot be read, and may define what others refer to."""

    head: Document
    topics: tuple[File, ...] = ()
    blind: bool = False

    @property
    def files(self) -> tuple[File, ...]:
        """Return all files, the head first."""
        return (File(self.head), *self.topics)

    @property
    def id(self) -> str:
        """Return the pack's id as it is written, or nothing."""
        name = self.head.fields.get("pack", "")
        return name.strip() if isinstance(name, str) else ""

    @property
    def key(self) -> str:
        """Return what tells this pack from others: its id, or where it stands if it does not say one."""
        return self.id or self.head.path

    @property
    def size(self) -> int:
        """Return how many characters its files hold."""
        return sum(len(file.document.text) for file in self.files)

    @property
    def extends(self) -> dict[str, int]:
        """Return the ids of the packs that it extends, each with its place."""
        return words_at(self.head.fields, "extends")


def all_extended(packs: Iterable[PackFiles]) -> dict[str, set[str]]:
    """Return what each pack extends, and what those extend, by its key. A pack comes after all that it extends."""
    found: dict[str, set[str]] = {}
    for pack in packs:
        found[pack.key] = set(pack.extends).union(*(found.get(name, set()) for name in pack.extends))
    return found


def words_at(fields: Fields, name: str) -> dict[str, int]:
    """Return the word or the words that stand under `name`, each with its place; what is no word is passed over."""
    return {
        word.strip(): at
        for word, at in one_or_more(fields.get(name, ""), fields.value_at.get(name, START))
        if isinstance(word, str) and not isinstance(word, Refused | Word) and word.strip()
    }


def shipped_pack(name: str, cases: bool) -> PackFiles | None:
    """Return the pack of that id that comes with the program, or None."""
    return _read_folder(bundled() / name, cases) if name in shipped_names() else None


def find_packs(paths: tuple[Path | str, ...], cases: bool) -> list[PackFiles]:
    """Return the packs at `paths`, each of which is a pack's folder, a folder of packs, or a one-file pack.

    Two packs with the same id are a mistake: none takes the place of another.
    """
    found: dict[str, PackFiles] = {}
    size = 0
    for path in dict.fromkeys(paths):
        for pack in _packs_at(Path(path), cases):
            size += pack.size
            if size > MOST_IN_ALL:
                pack.head.fault(None, "too-large", _TOO_MUCH, "Give the path of fewer packs.")
                return [*found.values(), pack._replace(blind=True)]
            first = found.setdefault(pack.key, pack)
            if first is not pack and not is_same(first, pack):
                message = f"the pack {quoted(pack.id)} is in {quoted(first.head.path)} and in {quoted(pack.head.path)}."
                at = pack.head.fields.value_at.get("pack", START)
                first.head.problems.append(Problem(pack.head.location(at), "duplicate-id", message, _ONE_OF_TWO))
    return list(found.values())


def is_same(one: PackFiles, other: PackFiles) -> bool:
    """Say whether two packs are one that was named twice."""
    return os.path.realpath(one.head.path) == os.path.realpath(other.head.path)


def _packs_at(path: Path, cases: bool) -> Iterator[PackFiles]:
    """Yield the packs at `path`."""
    if path.name == HEAD and os.path.isfile(path):  # noqa: PTH113 - raises nothing
        path = path.parent
    if not os.path.isdir(path):  # noqa: PTH112
        head = read_file(path)
        yield PackFiles(head, blind=_match_topics(head, {})[1])
    elif is_there(path / HEAD):
        yield _read_folder(path, cases)
    else:
        heads = sorted(path.glob(f"*/{HEAD}"))
        yield from (_read_folder(head.parent, cases) for head in heads)
        for folder, inside in strays(path) if heads else ():
            if inside:
                but = f", so {quoted(inside[0].name)} is not looked at"
                yield _no_pack(folder, but, "Add that file to it, or move the folder elsewhere.")
        if not heads:
            yield _no_pack(path, "", "Give the folder of a pack, or add that file to it.")


def _no_pack(folder: Path, but: str, way_out: str) -> PackFiles:
    document = Document(str(folder))
    document.fault(None, "missing-file", f"there is no “{HEAD}” in this folder{but}.", way_out)
    return PackFiles(document, blind=True)


def _read_folder(folder: Path, cases: bool) -> PackFiles:
    """Read the files of a pack's folder."""
    head = read_file(folder / HEAD)
    names = list(_names_in(folder, head, cases))
    by_topic = {name.stem: folder / name for name in names if name.parts[0] != CASES}
    order, blind = _match_topics(head, by_topic)
    rank = {topic: position for position, topic in enumerate(order)}
    names.sort(key=lambda name: (name.parts[0] == CASES, rank.get(name.stem, len(rank)), name.as_posix()))
    files: list[File] = []
    size = len(head.text)
    for name in names:
        files.append(File(read_file(folder / name), name.stem))
        size += len(files[-1].document.text)
        if size > MOST_IN_ALL:  # which is reported where all packs are counted
            break
    return PackFiles(head, tuple(files), blind or len(files) < len(names))


def _names_in(folder: Path, head: Document, cases: bool) -> Iterator[Path]:
    """Yield the YAML files of a folder and of those inside it, except the head."""

    def report(path: Path | str, problem: str, message: str, way_out: str) -> None:
        head.problems.append(Problem(Location(str(path)), problem, message, way_out))

    def unreadable(error: OSError) -> None:
        report(error.filename, "unreadable", f"this folder cannot be read ({error.strerror}).", "May you read it?")

    def too_many() -> None:
        message = f"this pack has more than {MOST_FILES:,} files or folders, and none has so many."
        report(folder / HEAD, "too-large", message, "Look whether this is the folder you mean.")

    count = 0
    for seen, (place, folders, files) in enumerate(walked(folder, unreadable), start=1):
        if seen > MOST_FILES:
            return too_many()
        inside = place.relative_to(folder)
        if inside.parts and HEAD in files:
            report(folder / inside / HEAD, "pack-in-pack", "a pack lies inside this pack.", "Move it out, beside it.")
            folders.clear()
            continue
        skipped = CASES if not cases and not inside.parts else ""
        folders[:] = [name for name in folders if name != skipped]
        for name in files:
            path = inside / name
            if path == Path(CASES) or (not path.suffix and not is_there(folder / path)):
                message = f"{quoted(name)} is no folder, and nothing in it can be read."
                report(folder / path, "unreadable", message, "Make a folder of it, or take it away.")
            if path == Path(HEAD) or path.suffix.lower() not in (".yaml", ".yml"):
                continue
            count += 1
            if count > MOST_FILES:
                return too_many()
            if path.suffix != ".yaml":
                message = "the name of a rule file ends in “.yaml”, and this one does not."
                report(folder / path, "wrong-ending", message, f"Rename it to {quoted(path.stem + '.yaml')}.")
            yield path


def _match_topics(head: Document, by_topic: dict[str, Path]) -> tuple[list[str], bool]:
    """Return the order of the topics, and whether a file is missing; report what does not match.

    A topic and a file whose names differ by a slip of the pen are one mistake, and count as matched.
    """
    root = head.root
    if not isinstance(root, Fields):
        return [], True
    if "topics" not in root:
        if by_topic and nearest("topics", root) is None:
            message = f"this pack has no “topics”, but files beside “{HEAD}”."
            head.fault(root.at, "missing-part", message, "Name the files in the order in which they are to be asked.")
        return [], head.broken
    topics: list[tuple[str, int]] = []
    for topic, at in one_or_more(root["topics"], root.value_at["topics"]):
        name = topic.strip() if isinstance(topic, str) and not isinstance(topic, Refused) else ""
        several = run_together(name, by_topic) if not head.broken else None
        if several:
            way_out = f"Put several topics in brackets: {several}."
            head.fault(at, "topic-without-file", f"the topic {quoted(name)} has no file.", way_out)
        topics += [(one, at) for one in (several[1:-1].split(", ") if several else [name])]
    names = [name for name, _ in topics]
    if head.broken:
        return names, True  # whatever does not match may do so when the head is mended
    stray = {name: path for name, path in by_topic.items() if name not in names}
    blind = False
    for position, (name, at) in enumerate(topics):
        if name in by_topic or not name or head.full:
            continue
        meant = nearest(name, stray)
        message = f"the topic {quoted(name)} has no file."
        if meant:
            del stray[meant]
            names[position] = meant
            head.fault(at, "topic-without-file", message, f"Did you mean “{meant}”?")
        else:
            blind = True
            way_out = f"Add the file {quoted(name + '.yaml')}, or take the topic out."
            head.fault(at, "topic-without-file", message, way_out)
    for name, path in stray.items():
        message = f"no topic of “{HEAD}” is called {quoted(name)}."
        way_out = f"Add it to the “topics” of “{HEAD}”, at its place in the order of questions."
        head.problems.append(Problem(Location(str(path)), "file-without-topic", message, way_out))
    return names, blind


# --- the header -----------------------------------------------------------------------------------------------------


def _pack_name(item: Item, name: str, value: Value, at: int) -> str | None:
    word = text(item, name, value, at)
    return word if word is not None and is_name(item, word, at) else None


CHANGES = Shape({section: Part(Each(text, least=1), without=()) for section in SECTIONS})
"""What a pack changes in those it extends: for each section the names of items."""


@grouped
def _weakens(item: Item, _: str, fields: Fields) -> dict[str, str]:
    reasons = {word: text(item, word, fields[word], fields.value_at[word]) for word in fields}
    return {word: reason for word, reason in reasons.items() if reason}


class _NotLeftOut(NameIn, frozen=True):
    """Reads a name of something that must exist; one that a pack leaves out on purpose is passed over."""

    def __call__(self, item: Item, name: str, value: Value, at: int) -> str | None:
        """Read the name that stands there."""
        gone = isinstance(value, str) and (self.section, value.strip()) in item.scope.left_out
        return None if gone else super().__call__(item, name, value, at)


PRACTICE = Shape(
    {
        "title": Part(text, required=True),
        "recommendations": Part(Each(_NotLeftOut("recommendations"), least=1), required=True, without=()),
    }
)


@grouped
def _practices(item: Item, _: str, fields: Fields) -> tuple[Practice, ...]:
    read = []
    for word, body in fields.items():
        practice = item.part("practice", word, fields.key_at[word])
        inside = group(practice, "", body, fields.value_at[word])
        if is_name(practice, word, practice.at) and inside is not None:
            read.append(Practice(word, **decode(practice, inside, PRACTICE)))
    return tuple(read)


HEADER = Shape(
    {
        "format": Part(OneOf("unknown-format", {"1": 1})),
        "pack": Part(_pack_name, required=True, field="id"),
        "title": Part(text, required=True),
        "version": Part(text, required=True),
        "language": Part(text, without="en"),
        "authors": Part(Each(text), without=()),
        "about": Part(text),
        "limits": Part(Each(text), without=()),
        "credit": Part(text),
        "extends": Part(Each(text), without=()),
        "in-place-of": Part(shaped(CHANGES)),
        "leaves-out": Part(shaped(CHANGES)),
        "weakens": Part(_weakens, without={}),
        "topics": Part(Each(text), without=()),
        "safety-screens": Part(Each(NameIn("questions")), without=()),
        "stop-signs": Part(text),
        "complaint": Part(condition, without=None),
        "practices": Part(_practices, without=()),
        "most-questions": Part(count, without=None),
        "inferred": Part(YES_NO, without=False),
        **TOPIC_FILE.parts,
    }
)
