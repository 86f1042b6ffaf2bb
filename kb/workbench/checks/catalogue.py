"""The kinds of problems that the proofs find, as `kinds.yaml` describes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb.language.catalogue import read_kinds
from kb.model.kinds import Kind
from kb.model.problems import Location, Problem


class _Entry(Kind, frozen=True, kw_only=True, rename="kebab"):
    """A kind with the templates of its message and its way out."""

    message: str = ""
    way_out: str = ""


_ENTRIES = {entry.id: entry for entry in read_kinds(Path(__file__).with_name("kinds.yaml"), _Entry, {})}

KINDS: tuple[Kind, ...] = tuple(_ENTRIES.values())


def problem(
    kind: str, place: Location, words: Mapping[str, object], case: str = "", also: tuple[Location, ...] = ()
) -> Problem:
    """Return a problem of `kind`, with `words` in its message and its way out."""
    entry = _ENTRIES[kind]
    return Problem(place, kind, entry.message.format_map(words), entry.way_out.format_map(words), case, also)
