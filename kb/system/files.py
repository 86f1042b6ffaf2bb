"""Fetch the bytes of a file, or say why not; never wait, never read more than a rule file can hold. Write one whole.

The names that files of a pack must have stand here too, and where the packs of the program lie: whoever only wants to
know whether files have changed need not know how they are read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import kb
from kb.model.problems import KbError
from kb.system.process import finishing
from kb.text.wrapping import printable, quoted

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


def shipped_names() -> list[str]:
    """Return the ids of the packs that come with the program, which are the names of their folders."""
    return sorted(head.parent.name for head in bundled().glob(f"*/{HEAD}"))


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
        status = status_of(path)
        if status is None:
            raise FileNotFoundError
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            raise NotReadError("not-a-file", f"this is {what}, and a file is wanted.", "Give the path of a file.")
        if status.st_size > MOST_BYTES:
            raise NotReadError(*TOO_LARGE)
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotReadError("missing-file", "there is no such file.", "Look at the spelling of the path.") from None
    except OSError as error:
        way_out = "Look at the path, and whether you may read the file."
        raise NotReadError("unreadable", f"this cannot be read ({error.strerror}).", way_out) from None


def _standard_input() -> bytes:
    """Return what is sent on standard input, as far as the limit."""
    try:
        data: bytes = sys.stdin.buffer.read(MOST_BYTES + 1)
    except (AttributeError, OSError, ValueError):
        raise NotReadError("unreadable", "this cannot be read.", "Give the path of a file.") from None
    return data


def pack_at(folder: Path, word: str, where: str) -> Path:
    """Return the path of the pack that `word` means, seen from a folder: a shipped pack's id, or a path.

    Raises:
        NotReadError: if nothing is there, or if it could be both. `where` is what the way out speaks of.
    """
    try:
        path: Path | None = folder / Path(word).expanduser()
    except RuntimeError:  # nobody's home is known
        path = None
    if path is not None and not is_there(path):
        path = None
    if word in shipped_names():
        shipped = bundled() / word
        if path is None or os.path.realpath(path) == os.path.realpath(shipped):
            return shipped
        message = f"“{word}” is the shipped pack, and here is something of that name too."
        raise NotReadError("duplicate-id", message, f"Write “./{word}” for what is here, “{shipped}” for the shipped.")
    if path is None:
        message = f"there is no file or folder {quoted(word)}."
        raise NotReadError("missing-file", message, f"Correct the path, or take it out of {where}.")
    return path


def walked(folder: Path, refused: Callable[[OSError], object]) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield a folder and those inside it, with the names of the folders and the files in each, as `os.walk` does.

    Links are followed. One that leads back to a folder in which it lies is given to `refused`, and so is any folder
    that cannot be read. What is hidden is left out. Whoever takes a folder's name out of the list keeps it out.
    """
    real: dict[Path, tuple[str, ...]] = {folder: (os.path.realpath(folder),)}
    # Of each folder it says where it and those around it really are.
    for place, folders, files in os.walk(folder, onerror=refused, followlinks=True):
        around = real.pop(Path(place))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders.copy():
            path = Path(place, name)
            here = os.path.realpath(path)
            if any(one == here or one.startswith(here.rstrip(os.sep) + os.sep) for one in around):
                folders.remove(name)
                refused(OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)))
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
        return status_of(path) is not None
    except OSError:
        return False


def status_of(path: Path) -> os.stat_result | None:
    """Return what the system knows of what is at `path`, or None if nothing is.

    Raises:
        OSError: whose `strerror` says why that cannot be found out.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        raise OSError(errno.EINVAL, "no file can have such a name") from None


# --- writing ----------------------------------------------------------------------------------------------------------


def beside(target: Path, data: bytes, mode: int | None = None, *, ending: str = "", synced: bool = True) -> Path:
    """Write bytes into a new file beside `target`, and return that file; if it is `synced`, they are on the disk then.

    What is done with it is for `mode` to say, else as with `target`, or as the person has it for new files. Its name
    has an `ending`, for whoever looks later for what was left.

    Raises:
        OSError: if that cannot be done. Nothing is left then.
    """
    if mode is None:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    made = target.with_name(f".{target.name}.{os.urandom(4).hex()}{ending}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if synced:
                os.fsync(file.fileno())
        made.chmod(mode)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made


@finishing()
def save(path: str, data: bytes, *, private: bool = False, over: bool = True) -> None:
    """Write `data` to `path`, in place of what was there; what was there stays if that fails.

    A `private` file is for its owner alone, whoever could read what was there. Unless `over` what is there may be
    written, nothing must be there.

    Raises:
        KbError: if it is a folder or a rule file, or cannot be written.
    """
    # What is asked of paths here is False where one may not look: the writing itself says why.
    shown = f"“{printable(path, 200)}”"
    if not over and os.path.islink(path) and not os.path.exists(path):  # noqa: PTH110, PTH114 - else its maker says where
        raise KbError(f"{shown} is a link that leads nowhere. Choose another name.")
    target = Path(os.path.realpath(path))
    if os.path.isdir(target):  # noqa: PTH112
        raise KbError(f"{shown} is a folder. Give the name of a file.")
    if target.suffix in (".yaml", ".yml"):
        raise KbError(f"{shown} has the name of a rule file. Choose another ending.")
    made: Path | None = None
    try:
        made = beside(target, data, 0o600 if private else None)
        if not over and not _linked(made, target):
            raise KbError(f"{shown} is there already, and stays as it is. Choose another name.")
        made.replace(target)
    except OSError as error:
        raise KbError(f"{shown} cannot be written: {error.strerror or error}.") from None
    finally:
        if made:
            with contextlib.suppress(OSError):
                made.unlink(missing_ok=True)


def _linked(made: Path, target: Path) -> bool:
    """Give a file a second name unless something has that name, in one step; return whether the name is its own now."""
    try:
        os.link(made, target)
    except FileExistsError:
        return False
    except OSError:  # not every disk can do that
        return not target.exists()
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
