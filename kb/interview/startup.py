"""Load packs as `kb.language.loading` does, and remember what came out: reading YAML is the longest part of a start.

What is kept is the linked knowledge base, as plain data, beside everything it was made of (`kb.system.cache`): the
program, the paths as they were given, and the bytes of every file that loading could look at. If one byte is another,
or a file has come or gone, all is loaded anew. Where there are problems nothing is kept, so they are always told.
With it is kept how an interview begins, so that the first question waits for nothing that comes of an answer.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Union

import msgspec
from msgspec.structs import asdict

from kb.language.settings import packs_in_use
from kb.model.knowledge import (
    Answer,
    Case,
    Expectation,
    Finding,
    KnowledgeBase,
    Question,
    Recommendation,
    Referral,
    Rule,
    Source,
)
from kb.model.packs import Override, Pack, Weakening
from kb.model.problems import Location
from kb.system.cache import find, joined, keep, program
from kb.system.files import CASES, HEAD, NotReadError, bundled, fetch, strays, walked

_MOST_BYTES = 8_000_000
"""How much is read to find out whether something has changed. Whoever has more rules than that waits for them."""


class _Number(msgspec.Struct, frozen=True):
    """A number that was answered: in plain data it would look like an option."""

    number: Decimal


_KeptAnswer = Union[str, tuple[str, ...], _Number]


class _KeptCase(msgspec.Struct, frozen=True, array_like=True):
    """A case that stands in a file of rules."""

    id: str
    title: str
    answers: dict[str, _KeptAnswer]
    expect: Expectation
    says: str
    because: str
    place: Location


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """A knowledge base as plain data. `most` is None as long as nobody has asked how an interview begins."""

    packs: tuple[Pack, ...]
    questions: dict[str, Question]
    findings: dict[str, Finding]
    recommendations: dict[str, Recommendation]
    referrals: dict[str, Referral]
    rules: dict[str, Rule]
    sources: dict[str, Source]
    cases: tuple[_KeptCase, ...]
    overrides: tuple[Override, ...]
    weakenings: tuple[Weakening, ...]
    first: str | None = None
    most: int | None = None


_PARTS = tuple(field for field in KnowledgeBase.__struct_fields__ if field not in ("cases", "bases"))


class Beginning(NamedTuple):
    """What an interview begins with: its first question, and how many may come at most."""

    kb: KnowledgeBase
    first: Question | None
    most: int


def load_cached(*paths: Path | str) -> KnowledgeBase:
    """Return the knowledge base of the packs at `paths` as `load` does with `cases=False`, but sooner the second time.

    Raises:
        KnowledgeBaseError: with every problem of every file.
    """
    return _linked(_remembered(paths or (bundled(),), begins=False))


def knowledge_in_use(packs: Sequence[Path | str]) -> KnowledgeBase:
    """Return the knowledge base that an interview uses, where `packs` are those of the call.

    Raises:
        SettingsError: with every problem of the settings.
        KnowledgeBaseError: with every problem of every file.
    """
    return load_cached(*packs_in_use(packs))


def beginning_in_use(packs: Sequence[Path | str]) -> Beginning:
    """Return how an interview begins, where `packs` are those of the call.

    Raises:
        SettingsError: with every problem of the settings.
        KnowledgeBaseError: with every problem of every file.
    """
    kept = _remembered(packs_in_use(packs), begins=True)
    return Beginning(_linked(kept), kept.questions[kept.first] if kept.first else None, kept.most or 0)


def _remembered(paths: tuple[Path | str, ...], *, begins: bool) -> _Kept:
    """Return what is kept of `paths`, or what is kept from now on; with `begins` also how an interview begins."""
    key = _made_of(paths)
    name = f"rules-{zlib.crc32(joined(_names(paths))):08x}"
    kept = None if key is None else _decoded(find(name, key))
    if kept is not None and not (begins and kept.most is None):
        return kept
    kb = _load(paths) if kept is None else _linked(kept)
    kept = _as_kept(kb, *(_first_of(kb) if begins else ()))
    if key is not None and key == _made_of(paths):  # nothing was changed while it was read
        with contextlib.suppress(UnicodeEncodeError):  # a file has a name that is no text, and cannot be kept
            keep(name, key, msgspec.msgpack.encode(kept))
    return kept


def _as_kept(kb: KnowledgeBase, first: str | None = None, most: int | None = None) -> _Kept:
    def plain(answer: Answer) -> _KeptAnswer:
        return _Number(answer) if isinstance(answer, Decimal) else answer

    cases = [
        _KeptCase(**asdict(case) | {"answers": {name: plain(answer) for name, answer in case.answers.items()}})
        for case in kb.cases
    ]
    return _Kept(**{part: getattr(kb, part) for part in _PARTS}, cases=tuple(cases), first=first, most=most)


def _linked(kept: _Kept) -> KnowledgeBase:
    def answer(plain: _KeptAnswer) -> Answer:
        return plain.number if isinstance(plain, _Number) else plain

    cases = [
        Case(**asdict(case) | {"answers": {name: answer(plain) for name, plain in case.answers.items()}})
        for case in kept.cases
    ]
    return KnowledgeBase(**{part: getattr(kept, part) for part in _PARTS}, cases=tuple(cases))


def _load(paths: tuple[Path | str, ...]) -> KnowledgeBase:
    from kb.language.loading import load  # late: it is what is to be spared

    return load(*paths, cases=False)


def _first_of(kb: KnowledgeBase) -> tuple[str | None, int]:
    """Return the first question of an interview, and how many may come at most."""
    from kb.inference.engine import Engine  # late, as above
    from kb.interview.session import Session

    session = Session.begin(Engine(kb))
    first = session.next_question()
    return first.id if first else None, session.most_questions_left()


def _decoded(payload: bytes | None) -> _Kept | None:
    """Return what was kept, or None if it is nothing that could have been."""
    if payload is None:
        return None
    try:
        kept = msgspec.msgpack.decode(payload, type=_Kept)
    except (ValueError, RecursionError):
        return None
    return kept if kept.first is None or kept.first in kept.questions else None


# --- what a knowledge base is made of ---------------------------------------------------------------------------------


def _names(paths: tuple[Path | str, ...]) -> Iterator[bytes]:
    """Yield what tells the entries of a call from those of others: the program that is called, and the paths."""
    yield os.fsencode(bundled())
    yield from (os.fsencode(path) for path in paths)


def _made_of(paths: tuple[Path | str, ...]) -> bytes | None:
    """Return everything that loading `paths` depends on, or None if that cannot be told.

    The packs of the program always belong to it, since others may extend them.
    """
    try:
        parts = [program(), *_names(paths)]
        size = 0
        for path in dict.fromkeys((*map(Path, paths), bundled())):
            for file in _files(path):
                parts += [os.fsencode(file), fetch(file)]
                size += len(parts[-1])
                if size > _MOST_BYTES:
                    return None
            parts.append(b"")  # where the files of one path end and those of the next begin
    except (OSError, ValueError, NotReadError):
        return None
    return joined(parts)


def _files(path: Path) -> Iterator[Path]:
    """Yield every file that loading a path may read, and perhaps more; raise OSError for what loading refuses."""
    if str(path) == "-":
        raise ValueError("standard input can be read only once")
    if path.name == HEAD and path.is_file():
        path = path.parent
    if not path.is_dir():
        yield path
    elif (path / HEAD).exists():
        yield from _files_in(path)
    else:
        for head in sorted(path.glob(f"*/{HEAD}")):
            yield from _files_in(head.parent)
        yield from (file for _, inside in strays(path) for file in inside)


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield the YAML files in a folder and in those inside it, except cases."""

    def give_up(error: OSError) -> None:
        raise error

    for here, folders, files in walked(folder, give_up):
        folders[:] = [name for name in folders if here != folder or name != CASES]
        for name in files:
            if name.lower().endswith((".yaml", ".yml")):
                yield here / name
