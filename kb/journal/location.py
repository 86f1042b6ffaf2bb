"""Where the journal lies, and what the disk may have against it, in words.

The folder is the one where the system keeps the data of a person's programs, in `unstuck/journal.sqlite3`.
`UNSTUCK_JOURNAL` names another file, or none if it is empty; `UNSTUCK_NO_JOURNAL` says that nothing is to be kept.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from kb.model.problems import KbError
from kb.system.locations import folder, named_file
from kb.text.wrapping import printable

FILE = "UNSTUCK_JOURNAL"
NONE = "UNSTUCK_NO_JOURNAL"

APPLICATION = 0x756E7374  # “unst”, where SQLite has room for the name of the program that a file belongs to

ROOM = 128 * 1024
"""How many bytes must be free on the disk: more than an interview takes."""


class JournalError(KbError):
    """The journal cannot be used; `message` says why, `way_out` what to do."""

    def __init__(self, message: str, way_out: str = "") -> None:
        self.message, self.way_out = message, way_out
        super().__init__(f"{message} {way_out}".strip())


class JournalGoneError(JournalError):
    """The file was deleted while it was in use."""


def journal_path(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> Path | None:
    """Return where the journal is kept, or None if the person wants none.

    Raises:
        JournalError: if nobody's home folder is known.
    """
    named = environment.get(FILE)
    if environment.get(NONE) or named == "":
        return None
    if named:
        return named_file(named)
    place = folder("data", environment, system)
    if not place:
        raise JournalError("Nothing can be kept: it is not known where your home folder is.", ELSEWHERE)
    return place / "journal.sqlite3"


# --- files ------------------------------------------------------------------------------------------------------------


def make_place(path: Path) -> None:
    """See to it that there is a file that only its owner can read, in a folder with room to write.

    Raises:
        OSError: if that cannot be.
    """
    folder = path.parent
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _settle(folder.parent)
    if not _may(folder, os.W_OK):
        raise OSError(errno.EROFS if _only_for_reading(folder) else errno.EACCES, "")
    if _free(folder) < ROOM:
        raise OSError(errno.ENOSPC, "")
    with contextlib.suppress(FileExistsError):
        path.touch(0o600, exist_ok=False)
    if not _may(path, os.W_OK):  # SQLite would find out with the first answer only
        raise OSError(errno.EROFS if _may(path, os.R_OK) else errno.EACCES, "")
    if path.is_file() and path.stat().st_mode & 0o077 and not is_foreign(path):
        with contextlib.suppress(OSError):  # on some disks every file is everybody's
            path.chmod(0o600)


def is_there(path: Path) -> bool:
    """Say whether there is a journal at `path`.

    Raises:
        JournalError: if that cannot be found out.
    """
    try:
        return identity(path) is not None
    except (OSError, ValueError) as error:
        raise refusal(path, error) from None


def reserved(path: Path, ending: str) -> Path:
    """Return a new, empty file beside `path`, whose name nobody else had taken."""
    count = 1
    while True:
        aside = path.with_name(path.name + ending + (f"-{count}" if count > 1 else ""))
        with contextlib.suppress(FileExistsError):
            aside.touch(0o600, exist_ok=False)
            return aside
        count += 1


def is_foreign(path: Path) -> bool:
    """Say whether the file is another program's, or no database, without letting SQLite touch it.

    An interrupted transaction may have left the beginning of the file unfinished; then only SQLite can tell.
    """
    with path.open("rb") as file:
        head = file.read(100)
    hot = Path(f"{path}-journal")
    if not head or (hot.exists() and hot.stat().st_size):
        return False
    return head[:16] != b"SQLite format 3\0" or head[68:72] != APPLICATION.to_bytes(4, "big")


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of the same name, or None if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _settle(folder: Path) -> None:
    """Put a new name in a folder on the disk, where the system has a way to."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _free(folder: Path) -> int:
    """Return how many bytes are free where `folder` lies."""
    if sys.platform == "win32":
        import shutil  # not needed elsewhere

        return shutil.disk_usage(folder).free
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


def _only_for_reading(folder: Path) -> bool:
    return sys.platform != "win32" and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


# --- words ------------------------------------------------------------------------------------------------------------

ELSEWHERE = f"You can let {FILE} name another file, or set {NONE} to 1 to keep nothing."
_FULL = ("the disk is full", f"Free some space. {ELSEWHERE}")
_LOCKED_OUT = ("you may not write there", f"See who may. {ELSEWHERE}")
_READ_ONLY = ("it can be read, but not written", f"See whether it, or its disk, is protected. {ELSEWHERE}")
_NO_WAY = ("there is no such place", f"See whether the disk and the folder are there. {ELSEWHERE}")
_BY_NUMBER = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM), _LOCKED_OUT),
    errno.EROFS: _READ_ONLY,
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ENXIO), _NO_WAY),
}
_BY_WORDS = {
    "full": _FULL,
    "readonly": _READ_ONLY,
    "unable to open": _LOCKED_OUT,
    "locked": ("another program is holding it", f"Close that program, then try again. {ELSEWHERE}"),
    "I/O": ("the disk does not take what is written", f"See whether it is full or failing. {ELSEWHERE}"),
}


def refusal(path: Path, error: Exception) -> JournalError:
    """Return what an error of the disk or the database means for the person, and what to do."""
    if isinstance(error, JournalError):
        return error
    said = str(error)
    meaning = printable(said, 100).rstrip("."), ELSEWHERE
    if isinstance(error, OSError) and error.errno is not None:
        why, way_out = _BY_NUMBER.get(error.errno, meaning)
    else:
        why, way_out = next((each for word, each in _BY_WORDS.items() if word in said), meaning)
    return JournalError(f"The journal {shown(path)} cannot be used: {why}.", way_out)


def shown(path: Path) -> str:
    """Return a path as it is shown in a sentence."""
    return f"“{printable(str(path), 200)}”"
