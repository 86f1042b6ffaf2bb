"""What the reader, the loader and the cases can find wrong, each kind with its reason and its examples.

These faults are found while a pack is read, or when its cases are replayed, long before anything can be proved about
its rules. What people are told about them stands in the YAML files beside this module, a file for each family.

`title` says what a kind is, `why` what comes of it. The example is a `sound` pack, and the slip that spoils it: `wrong`
stands where `right` was; or both packs stand there, `sound` and `faulty`. A kind without an example is one that no text
can show. Packs of which several examples are made stand in `packs.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from kb.language.yaml_source import read_file
from kb.model.kinds import Kind

AnyKind = TypeVar("AnyKind", bound=Kind)

_FOLDER = Path(__file__).parent
_FAMILIES = ("files", "text", "shapes", "names")
_UNSEEN = {"<tab>": "\t", "<zero-width space>": "\u200b"}  # which must not stand in a file


def _read(path: Path) -> Mapping[str, Any]:
    document = read_file(path)
    assert isinstance(document.root, Mapping)
    assert not document.problems, document.problems
    return document.root


def _packs() -> dict[str, str]:
    packs: dict[str, str] = {}
    for name, text in _read(_FOLDER / "packs.yaml").items():
        packs[name] = _filled(text, packs)
    return packs


def _filled(text: str, packs: Mapping[str, str]) -> str:
    """Return a text in which a line ``<name>`` stands for the pack of that name."""
    return re.sub(r"^<([a-z-]+)>(\n|\Z)", lambda found: packs[found[1]], text, flags=re.MULTILINE)


def read_kinds(path: Path, model: type[AnyKind], packs: Mapping[str, str]) -> Iterator[AnyKind]:
    """Yield the kinds that a file describes; a line ``<name>`` in their examples stands for one of `packs`."""
    for name, said in _read(path).items():
        sound = _filled(said.get("sound", ""), packs)
        wrong = said.get("wrong", "")
        for sign, meant in _UNSEEN.items():
            wrong = wrong.replace(sign, meant)
        faulty = sound.replace(said.get("right", ""), wrong, 1)
        default = {"id": name, "anomaly": "writing", "severity": "error", "faulty": faulty}
        yield msgspec.convert({**default, **said, "sound": sound}, model)


_PACKS = _packs()
KINDS = tuple(kind for family in _FAMILIES for kind in read_kinds(_FOLDER / f"{family}.yaml", Kind, _PACKS))
"""Every kind of fault that stands in the way of reading a pack, or shows when its cases are replayed."""
