"""List what a knowledge base holds: every item that has a name, by section, by file, in a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from kb.language.fields import SECTIONS
from kb.model.knowledge import KnowledgeBase, Source
from kb.model.problems import Location

PACKS = "packs"

SECTION_OF = {"find": "findings", "recommend": "recommendations", "refer": "referrals", "withhold": "recommendations"}
"""The section of what a rule names under each word of its `then`."""


def items_of(kb: KnowledgeBase) -> dict[str, Mapping[str, Any]]:
    """Return all that has a name, by section, in the order in which a reader meets it."""
    return {
        PACKS: {pack.id: pack for pack in kb.packs},
        "questions": {question.id: question for question in kb.written_questions},
        "findings": kb.findings,
        "recommendations": kb.recommendations,
        "referrals": kb.referrals,
        "rules": kb.written_rules,
        "cases": {case.id: case for case in kb.cases},
        "sources": kb.sources,
    }


def kind_of(section: str) -> str:
    """Return what one item of a section is called."""
    return "pack" if section == PACKS else SECTIONS[section]


class FileListing(NamedTuple):
    """What stands in one file: its topic, a heading, and its items by section and name."""

    topic: str
    title: str
    items: dict[str, dict[str, Any]]


def file_listings(kb: KnowledgeBase, sections: Iterable[str]) -> tuple[FileListing, ...]:
    """Return the items of `sections` file by file, in the order of the topics; the topic of a header is its pack."""
    found: dict[str, FileListing] = {}
    for section in sections:
        for name, item in items_of(kb)[section].items():
            topic = getattr(item, "topic", "") or _topic_of(kb, item.place)
            listing = found.setdefault(item.place.path, FileListing(topic, f"{topic} ({item.place.path})", {}))
            listing.items.setdefault(section, {})[name] = item
    order = [topic for pack in kb.packs for topic in (pack.id, *pack.topics)]
    return tuple(sorted(found.values(), key=lambda listing: (*order, listing.topic).index(listing.topic)))


def _topic_of(kb: KnowledgeBase, place: Location) -> str:
    """Return the topic of what keeps none of its own: the name of its file, or the pack if it is the pack's head."""
    heads = {pack.place.path: pack.id for pack in kb.packs}
    return heads.get(place.path) or PurePath(place.path).stem


def line_of(section: str, item: Any) -> str:
    """Return what is said of an item where a line must do."""
    if section == "sources":
        return cited(item)
    if section == "referrals":
        return f"{item.level.value}: {item.tell}"
    return str(getattr(item, {"questions": "ask", "rules": "because"}.get(section, "title")))


def cited(source: Source) -> str:
    """Return where something comes from: the place, the work and who wrote it."""
    return (f"{source.at}, in " if source.at else "") + work_of(source)


def work_of(source: Source) -> str:
    """Return the work that a source is in, and who wrote it."""
    return f"“{source.work}”" + (f" by {source.by}" if source.by else "")
