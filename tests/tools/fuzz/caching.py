"""Any bytes as an entry of the cache of loaded rules: damaged, or whole and made up by someone.

The first byte says which. What is damaged is never taken for rules. What is whole is as good as the folder it lies in:
whoever can write there could exchange the program as well. Even so it is only data, and drives no terminal.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.interview.startup import _as_kept, _decoded, _linked
from kb.model.knowledge import KnowledgeBase
from kb.report.build import build_report, to_json
from kb.report.rendering import to_markdown, to_text
from kb.system.cache import NONE, cache_folder, find, keep
from tests.small import small
from tests.tools.fuzz.picking import share
from tests.tools.fuzz.promises import Broken, harmless, in_time

NAME, KEY = "rules-0", b"key"


def _encoded(kb: KnowledgeBase) -> bytes:
    return msgspec.msgpack.encode(_as_kept(kb))


@cache
def _payload() -> bytes:
    return _encoded(small())


@cache
def _entry() -> bytes:
    """Return an entry as it lies on the disk."""
    with _folder() as folder:
        keep(NAME, KEY, _payload())
        return next(folder.iterdir()).read_bytes()


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Let the cache lie in a folder of its own."""
    before = {name: os.environ.get(name) for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", NONE)}
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(dict.fromkeys(before, home))
        del os.environ[NONE]
        try:
            folder = cache_folder()
            assert folder is not None
            yield folder
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def seeds() -> tuple[bytes, ...]:
    """Return entries to begin with: a whole one, pieces of one, and what an entry holds."""
    whole = _entry()
    return (b"\x00" + whole, *(b"\x00" + whole[:size] for size in (0, 10, 20, 30, 200)), b"\x01" + _payload())


def run(data: bytes) -> None:
    """Find `data` in the cache, and use what it is taken for."""
    whole = _entry()
    with in_time(), _folder() as folder:
        if data[:1] != b"\x01":
            folder.mkdir(mode=0o700, parents=True)
            path = folder / f"{NAME}.entry"
            path.touch(mode=0o600)
            path.write_bytes(data[1:])
            if find(NAME, KEY) is not None and data[1:] != whole:
                raise Broken("a damaged entry is taken for a whole one")
            return
        keep(NAME, KEY, data[1:])
        if find(NAME, KEY) != data[1:] or find(NAME, b"other") is not None:
            raise Broken("what is kept is not what is found")
        kept = _decoded(data[1:])
        if kept is not None:
            kb = _linked(kept)
            again = _decoded(_encoded(kb))
            if again is None or _linked(again) != kb:
                raise Broken("what is kept again is something else")
            if share(data, 16):
                _use(kb)


def _use(kb: KnowledgeBase) -> None:
    with contextlib.suppress(LookupError, ValueError, TypeError, AttributeError):  # rules that loading would refuse
        report = build_report(Session.begin(Engine(kb)))
        for written in (to_text(report, 60), to_markdown(report)):
            harmless(written)
        to_json(report)
