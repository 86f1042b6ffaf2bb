"""What a pack says of itself, and what it changes in another one that it extends."""

from __future__ import annotations

import msgspec

from kb.model.conditions import Condition
from kb.model.problems import Location


class Practice(msgspec.Struct, frozen=True):
    """A pose, or another piece of practice, built up from recommendations one after the other."""

    id: str
    title: str
    recommendations: tuple[str, ...]


class Pack(msgspec.Struct, frozen=True):
    """What a pack says of itself. `about` and `limits` are shown before the first question.

    `extends` are the packs it builds on, and `weakens` says of what it takes from their safety, by name, why. All rules
    of a pack that is `inferred` go beyond their sources. `complaint` holds for whoever comes with a complaint that the
    pack has an answer to, `practices` are what the guided practice leads through; `place` is where the header stands,
    and `files` are the paths of all its files.
    """

    id: str
    title: str
    version: str
    language: str = "en"
    authors: tuple[str, ...] = ()
    about: str = ""
    limits: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    safety_screens: tuple[str, ...] = ()
    stop_signs: str = ""
    credit: str = ""
    most_questions: int | None = None
    complaint: Condition | None = None
    practices: tuple[Practice, ...] = ()
    extends: tuple[str, ...] = ()
    weakens: dict[str, str] = {}
    inferred: bool = False
    place: Location = Location("")
    files: tuple[str, ...] = ()


class Override(msgspec.Struct, frozen=True):
    """An item of a pack (`of_pack`, at `of_place`) that `pack`, which extends it, has put its own in the place of.

    With `left_out` there is nothing in its place, and `place` is the line that says so.
    """

    section: str
    name: str
    pack: str
    place: Location
    of_pack: str
    of_place: Location
    left_out: bool = False


class Weakening(msgspec.Struct, frozen=True):
    """What `pack`, at `place`, may take from the safety of another one, `of_pack`: `what` says so in words.

    It is about the item `name` of a section. With `certain` it is plain that it does; or else it takes a proof.
    """

    section: str
    name: str
    pack: str
    place: Location
    of_pack: str
    what: str
    certain: bool = False
