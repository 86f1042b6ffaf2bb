"""Which packs a command asks from, and what is said once to whoever was used to have the shipped one along."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence

import click

from kb.interview.startup import knowledge_in_use
from kb.journal.records import Saved
from kb.language.settings import FILE, OPTION, RULES, named_by
from kb.model.knowledge import KnowledgeBase
from kb.system.cache import find, joined, keep
from kb.system.files import bundled, shipped_names
from kb.text.wrapping import printable

_WAYS = {
    OPTION: "--rules {}",
    RULES: "{} in UNSTUCK_RULES",
    FILE: "{} under “rules” in your settings file",
}


def knowledge_held_with(saved: Saved, packs: Sequence[str]) -> KnowledgeBase:
    """Return the rules for a session of the journal: those in use, or the shipped ones if it was held with those alone.

    Raises:
        SettingsError: with every problem of what names the packs.
        KnowledgeBaseError: with every problem of every file.
    """
    if packs or not saved.packs or not set(saved.packs) <= set(shipped_names()):
        return knowledge_in_use(packs)
    kb = knowledge_in_use(())
    same = {pack.id for pack in kb.packs} == set(saved.packs)
    return kb if same else knowledge_in_use([str(bundled() / name) for name in saved.packs])


def say_what_is_left_out(kb: KnowledgeBase, packs: Sequence[str]) -> None:
    """Say on standard error that the shipped pack is not asked, which came along with all others before.

    It is said once for the same packs. Where that cannot be remembered, it is said only to who sits at a terminal.
    """
    asked = sorted(pack.id for pack in kb.packs)
    left = [name for name in shipped_names() if name not in asked]
    if not left or not asked:
        return
    key = joined(name.encode() for name in asked)
    note = f"alone-{zlib.crc32(key):08x}"
    if find(note, key) is not None:
        return
    keep(note, key, b"")
    if find(note, key) is None and not (sys.stderr and sys.stderr.isatty()):
        return
    names = printable(", ".join(f"“{name}”" for name in asked), 200)
    only = f"Only {names} {'are' if len(asked) > 1 else 'is'} asked"
    way = _WAYS[named_by(packs)].format(left[0])
    click.echo(f"{only}. To ask the shipped pack too, as before: {way}", err=True)
