"""Keep what was worked out once in the folder where the system keeps such things, and find it again.

An entry is a few bytes (`payload`) under a name, and the `key`: everything that the payload was worked out from, byte
for byte. It is found again only if the key is still the same, so a stale entry cannot be taken for a fresh one, and no
clock is believed. An entry is data; nothing of it is ever run.

Whatever is wrong with the folder or with a file in it, there simply is no entry: nobody is told, and all is worked out
anew. What another user could have written is not looked at. `UNSTUCK_NO_CACHE` turns all of it off.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kb import __version__
from kb.system.files import beside, program_folder
from kb.system.locations import folder as location

NONE = "UNSTUCK_NO_CACHE"

MOST_BYTES = 32_000_000
"""How large an entry may be: many times what the rules of the program take."""
MOST_ENTRIES = 12
"""How many entries are left when one is written. Each call with other packs makes one."""

_FORM = b"unstuck cache 1\n"
_SUM = slice(len(_FORM), len(_FORM) + 4)  # a sum of all that follows, to notice what is torn or flipped
_LENGTH = slice(_SUM.stop, _SUM.stop + 8)  # of the key
_ENDING, _UNFINISHED = ".entry", ".part"
_HOUR = 3600.0


def cache_folder(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> Path | None:
    """Return where entries are kept, or None if the person wants none, or nobody's home folder is known."""
    place = None if environment.get(NONE) else location("cache", environment, system)
    return place / "Cache" if place and system == "win32" else place


def joined(parts: Iterable[bytes]) -> bytes:
    """Return parts as one key; other parts make another key, however they are cut."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def program() -> bytes:
    """Return what tells this program from another version of it, and from itself after a change of its code.

    Raises:
        OSError: if its code does not lie in a folder.
    """
    from importlib.machinery import PathFinder

    parser = PathFinder.find_spec("yaml")
    modules = [(entry.path, entry.stat()) for entry in _modules(program_folder())]
    states = sorted(modules, key=lambda module: module[0])
    if parser is not None and parser.origin:
        states.append((parser.origin, Path(parser.origin).stat()))
    told = [f"{name} {state.st_size} {state.st_mtime_ns}" for name, state in states]
    return "\n".join([__version__, sys.version, *told]).encode("utf-8", "surrogateescape")


def _modules(folder: str | Path) -> Iterator[os.DirEntry[str]]:
    """Yield the files of code in a folder and in all below it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry
            elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                yield from _modules(entry.path)


def find(name: str, key: bytes) -> bytes | None:
    """Return the payload that was kept under `name`, if it was worked out from the same `key`."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        data = _read(folder / f"{name}{_ENDING}")
    except (OSError, ValueError):
        return None
    start = _LENGTH.stop + int.from_bytes(data[_LENGTH], "big")
    if not data.startswith(_FORM) or data[_LENGTH.stop : start] != key or data[_SUM] != _sum(data):
        return None
    return data[start:]


def keep(name: str, key: bytes, payload: bytes) -> None:
    """Keep a payload under `name`, in the place of what was there, if that can be done."""
    folder = cache_folder()
    length = len(key).to_bytes(_LENGTH.stop - _LENGTH.start, "big")
    data = b"".join([_FORM, bytes(4), length, key, payload])
    if folder is None or len(data) > MOST_BYTES:
        return
    with contextlib.suppress(OSError, ValueError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(folder.lstat(), stat.S_ISDIR):
            _write(folder / f"{name}{_ENDING}", _FORM + _sum(data) + data[_SUM.stop :])
            _prune(folder)


def _sum(data: bytes) -> bytes:
    return zlib.crc32(memoryview(data)[_SUM.stop :]).to_bytes(4, "big")


# --- files ------------------------------------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    """Return the bytes of an entry. It is looked at when it is open already, and opening it never waits.

    Raises:
        OSError: if it is not there, is no file of ours, or could have been written by someone else.
    """
    if not _is_ours(path.parent.lstat(), stat.S_ISDIR):
        raise PermissionError
    flags = os.O_RDONLY | _flag("O_NOFOLLOW") | _flag("O_NONBLOCK") | _flag("O_BINARY") | _flag("O_CLOEXEC")
    handle = os.open(path, flags)
    with open(handle, "rb") as file:  # noqa: PTH123 - a handle, no path
        status = os.fstat(handle)
        if not _is_ours(status, stat.S_ISREG) or status.st_size > MOST_BYTES:
            raise PermissionError
        return file.read(MOST_BYTES)


def _write(path: Path, data: bytes) -> None:
    """Put a whole file in the place of what is at `path`; nobody ever sees half of it.

    Raises:
        OSError: if that cannot be done.
    """
    made = beside(path, data, 0o600, ending=_UNFINISHED, synced=False)
    try:
        made.replace(path)
    finally:
        with contextlib.suppress(OSError):
            made.unlink(missing_ok=True)


def _flag(name: str) -> int:
    """Return a flag of `os.open`, or none where the system has no such thing."""
    return getattr(os, name, 0)


def _is_ours(status: os.stat_result, kind: object) -> bool:
    """Say whether something is of the kind that is wanted, and nobody else could have written it."""
    assert callable(kind)
    if not kind(status.st_mode):
        return False
    if sys.platform == "win32":
        return True  # what lies in a person's own folders is theirs
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def _prune(folder: Path) -> None:
    """Delete the oldest entries, and what was left unfinished an hour ago. What has another name is not ours."""
    entries: list[tuple[float, str]] = []
    for one in os.scandir(folder):
        if one.name.endswith((_ENDING, _UNFINISHED)) and one.is_file(follow_symlinks=False):
            age = time.time() - one.stat(follow_symlinks=False).st_mtime
            if one.name.endswith(_ENDING):
                entries.append((age, one.path))
            elif age > _HOUR:
                Path(one.path).unlink()
    for _, path in sorted(entries)[MOST_ENTRIES:]:
        Path(path).unlink()
