"""Write a result into a file: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from kb.model.problems import KbError, printable
from kb.system.process import finishing


@finishing()
def save(path: str, data: bytes, *, private: bool = False, over: bool = True) -> None:
    """Write `data` to `path`, in place of what was there; what was there stays if that fails.

    It is written beside the file first, so that nobody ever finds half of it. A `private` file is for its owner alone,
    whoever could read what was there. Unless `over` what is there may be written, nothing must be there.

    Raises:
        KbError: if it is a folder or a rule file, or cannot be written.
    """
    # What is asked of paths here is False where one may not look: the writing itself says why.
    if not over and os.path.islink(path) and not os.path.exists(path):  # noqa: PTH110, PTH114 - else its maker says where
        raise KbError(f"“{printable(path, 200)}” is a link that leads nowhere. Choose another name.")
    target = Path(os.path.realpath(path))
    if os.path.isdir(target):  # noqa: PTH112
        raise KbError(f"“{printable(path, 200)}” is a folder. Give the name of a file.")
    if target.suffix in (".yaml", ".yml"):
        raise KbError(f"“{printable(path, 200)}” has the name of a rule file. Choose another ending.")
    beside = ""
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o600 if private else _mode(target))
        if not over and not _linked(beside, target):
            raise KbError(f"“{printable(path, 200)}” is there already, and stays as it is. Choose another name.")
        os.replace(beside, target)  # noqa: PTH105 (the same, and plainly the one that is atomic)
    except OSError as error:
        raise KbError(f"“{printable(path, 200)}” cannot be written: {error.strerror or error}.") from None
    finally:
        if beside:
            with contextlib.suppress(OSError):  # it is gone if all went well
                Path(beside).unlink()


def _mode(target: Path) -> int:
    """Return who may do what with a file: as before, or as the person has it for new files."""
    return stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()


def _linked(beside: str, target: Path) -> bool:
    """Give a file a second name unless something has that name, in one step; return whether the name is its own now."""
    try:
        os.link(beside, target)
    except FileExistsError:
        return False
    except OSError:  # not every disk can do that
        return not target.exists()
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
