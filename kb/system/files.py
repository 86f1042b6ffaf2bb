"""Fetch the bytes of a file, or say why not; never wait, never read more than a rule file can hold.

The names that files of a pack must have stand here too, and where the packs of the program lie: whoever only wants to
know whether files have changed need not know how they are read.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import kb

MOST_BYTES = 2_000_000
"""How large a file may be. No pack written by hand comes near it; past it, something else was handed in."""

TOO_LARGE = (
    "too-large",
    f"this is larger than {MOST_BYTES // 1_000_000} MB, and no rule file is.",
    "Look whether it is the file you mean; a pack may be spread over several files.",
)


HEAD = "pack.yaml"
"""The file of a pack's folder that says what the pack is."""
CASES = "cases"
"""The folder of a pack that holds nothing but cases."""


def program_folder() -> Path:
    """Return the folder of the program's own code."""
    return Path(kb.__file__).parent


def bundled() -> Path:
    """Return the folder of the packs that come with the program."""
    here = program_folder()
    inside = here / "rules"  # of an installed package; in a checkout the folder lies beside `kb`
    return inside if inside.is_dir() else here.parent / "rules"


class NotReadError(Exception):
    """Why a file was not read: the id, the message and the way out of a problem."""


def fetch(path: str | Path) -> bytes:
    """Return the bytes of a file, or of standard input (`-`).

    Raises:
        NotReadError: if it is missing, too large, no regular file, or may not be read.
    """
    data = _standard_input() if str(path) == "-" else _file(Path(path))
    if len(data) > MOST_BYTES:
        raise NotReadError(*TOO_LARGE)
    return data


def _file(path: Path) -> bytes:
    """Return the bytes of a regular file. It is looked at before it is opened: opening a pipe could wait for ever."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            raise NotReadError("not-a-file", f"this is {what}, and a file is wanted.", "Give the path of a file.")
        if status.st_size > MOST_BYTES:
            raise NotReadError(*TOO_LARGE)
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotReadError("missing-file", "there is no such file.", "Look at the spelling of the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have such a name"
        way_out = "Look at the path, and whether you may read the file."
        raise NotReadError("unreadable", f"this cannot be read ({reason}).", way_out) from None


def _standard_input() -> bytes:
    """Return what is sent on standard input, as far as the limit."""
    try:
        data: bytes = sys.stdin.buffer.read(MOST_BYTES + 1)
    except (AttributeError, OSError, ValueError):
        raise NotReadError("unreadable", "this cannot be read.", "Give the path of a file.") from None
    return data


def found(folder: Path, word: str) -> Path | None:
    """Return the path that `word` means, seen from a folder, or None if nothing is there."""
    try:
        path = folder / Path(word).expanduser()
    except RuntimeError:  # nobody's home is known
        return None
    return path if is_there(path) else None


def walked(folder: Path, refused: Callable[[OSError], object]) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield a folder and those inside it, with the names of the folders and the files in each, as `os.walk` does.

    Links are followed. One that leads back to a folder in which it lies is given to `refused`, and so is any folder
    that cannot be read. What is hidden is left out. Whoever takes a folder's name out of the list keeps it out.
    """
    real: dict[str, tuple[str, ...]] = {str(folder): (os.path.realpath(folder),)}
    # Of each folder it says where it and those around it really are.
    for place, folders, files in os.walk(folder, onerror=refused, followlinks=True):
        around = real.pop(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders.copy():
            path = str(Path(place, name))
            here = os.path.realpath(path)
            if any(one == here or one.startswith(here.rstrip(os.sep) + os.sep) for one in around):
                folders.remove(name)
                refused(OSError(errno.ELOOP, os.strerror(errno.ELOOP), path))
            real[path] = (*around, here)
        yield Path(place), folders, sorted(name for name in files if not name.startswith("."))


def strays(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield each folder in a folder of packs that is none, with the rule files and the packs that lie in it."""
    for folder in sorted(path.glob("[!.]*")):
        if not is_there(folder / HEAD):
            yield folder, sorted([*folder.glob("*.yaml"), *folder.glob("*.yml"), *folder.glob(f"*/{HEAD}")])


def is_there(path: Path) -> bool:
    """Say whether something is at `path`, as far as that can be seen."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
