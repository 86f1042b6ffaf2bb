"""Say what is written otherwise in two knowledge bases: what was added, what is gone, what reads differently.

This looks at the words and not at what follows from them: it is the list of what was touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from kb.model.knowledge import KnowledgeBase

SECTIONS = ("packs", "questions", "findings", "recommendations", "referrals", "rules", "cases", "sources")

_WHERE = frozenset({"id", "place", "topic", "files"})  # which file something stands in changes nothing for a reader
_SPOKEN = {"closing": "kind", "kind": "type", "find": "then", "recommend": "then", "refer": "then", "withhold": "then"}


class Rewording(msgspec.Struct, frozen=True):
    """What is written otherwise in one section; `changed` names the parts by item, as a pack calls them.

    `moved` says that what both have stands in another order.
    """

    section: str
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: dict[str, tuple[str, ...]] = {}
    moved: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is written otherwise."""
        return not (self.added or self.gone or self.changed or self.moved)


def rewordings(old: KnowledgeBase, new: KnowledgeBase) -> tuple[Rewording, ...]:
    """Return what is written otherwise, section by section; sections that read the same are left out."""
    found = (_rewording(section, _items(old, section), _items(new, section)) for section in SECTIONS)
    return tuple(each for each in found if not each.is_empty)


def _items(kb: KnowledgeBase, section: str) -> Mapping[str, Any]:
    items = kb.written_questions if section == "questions" else getattr(kb, section)
    return {each.id: each for each in items} if isinstance(items, tuple) else items


def _rewording(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Rewording:
    both = [name for name in new if name in old]
    parts = {name: _parts(old[name], new[name]) for name in both}
    return Rewording(
        section,
        added=tuple(name for name in new if name not in old),
        gone=tuple(name for name in old if name not in new),
        changed={name: changed for name, changed in parts.items() if changed},
        moved=section in _ORDERED and [name for name in old if name in new] != both,
    )


_ORDERED = frozenset({"questions", "findings", "recommendations", "referrals"})  # the order of all else means nothing


def _parts(old: Any, new: Any) -> tuple[str, ...]:
    """Return the parts of an item that read differently, by the names they have in a pack."""
    names = [name for name in new.__struct_fields__ if name not in _WHERE]
    changed = (name for name in names if getattr(old, name) != getattr(new, name))
    return tuple(dict.fromkeys(_SPOKEN.get(name, name.replace("_", "-")) for name in changed))
