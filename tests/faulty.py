"""What the tests of faults need: shells that stop what they run, disks that are full, files that may not be touched."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers import written
from tests.small import SMALL
from tests.terminal.practice.test_practice import PACK

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "docs" / "reference" / "faults.md"

HOLDING = PACK
"""A pack with a hold of two minutes, in which there is time for anything."""

ANSWERS = "danger: none\nbones: no\npose: sitting\nlow-back: rounded\nhold: 3\nhabits: [sits]\n"

STOPPED = "[stopped] "

SHELL = (
    sys.executable,
    "-c",
    """
import os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
def begin():
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
child = subprocess.Popen(sys.argv[1:], preexec_fn=begin)
while os.WIFSTOPPED(status := os.waitpid(child.pid, os.WUNTRACED)[1]):
    os.tcsetpgrp(0, os.getpgrp())
    print("[stopped] ", end="", flush=True)
    sys.stdin.readline()
    os.tcsetpgrp(0, child.pid)
    os.killpg(child.pid, signal.SIGCONT)
sys.exit(os.waitstatus_to_exitcode(status))
""",
)
"""As much of a shell as job control needs: when its program is stopped it says so, and any line brings it back."""


def small_pack(folder: Path) -> str:
    """Write the small pack, whose interview goes through six questions, and return its path."""
    return str(written(SMALL, folder, "small"))


def holding_pack(folder: Path) -> str:
    """Write the pack that has a hold, and return its path."""
    return str(written(HOLDING, folder, "holding"))


def run(
    *arguments: str | Path, environment: dict[str, str | None] | None = None, **options: object
) -> subprocess.CompletedProcess[bytes]:
    """Run `unstuck` with `arguments`, and return what it wrote, in bytes. A variable that is None is not there."""
    changed = {**os.environ, "PYTHONUTF8": None, "COLUMNS": None, **(environment or {})}
    given: dict[str, object] = {"capture_output": True, "timeout": 60, **options}
    if "stdin" not in given and "input" not in given:
        given["stdin"] = subprocess.DEVNULL
    if given.keys() & {"stdout", "stderr"}:
        del given["capture_output"]
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **given}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, str(ROOT / "cli.py"), *map(str, arguments)],
        env={name: value for name, value in changed.items() if value is not None},
        check=False,
        **given,
    )


# --- permissions ------------------------------------------------------------------------------------------------------

_DROPPED = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
_PR_CAPBSET_DROP = 24
_LIBRARY = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


def like_anybody() -> None:
    """Let permissions apply to the program that is started, also where root runs the tests."""
    if os.geteuid() == 0 and _LIBRARY is not None:
        for capability in _DROPPED:
            _LIBRARY.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


permissions = pytest.mark.skipif(
    os.name != "posix" or (os.geteuid() == 0 and not sys.platform.startswith("linux")),
    reason="permissions do not apply to whoever runs this",
)


@contextmanager
def closed(path: Path) -> Iterator[Path]:
    """Take all rights to a file or folder away, and give them back."""
    before = path.stat().st_mode
    path.chmod(0)
    try:
        yield path
    finally:
        path.chmod(before)


# --- disks ------------------------------------------------------------------------------------------------------------


IN_A_NAMESPACE = ("unshare", "--map-root-user", "--mount")


def on_a_small_disk(folder: Path, size: str) -> tuple[str, ...]:
    """Return the words that start a program for which `folder` is a disk of its own, no larger than `size`.

    Nobody else sees that disk, except through `seen_by`, and it goes when the program ends.
    """
    script = 'mount -t tmpfs -o size="$1" small "$0" && shift && exec "$@"'
    return (*IN_A_NAMESPACE, "sh", "-c", script, str(folder), size)


def seen_by(process: subprocess.Popen[bytes], folder: Path) -> Path:
    """Return where a folder that a running program sees can be seen from here. It must not be resolved."""
    return Path(f"/proc/{process.pid}/root{folder}")


def fill(folder: Path) -> Path:
    """Fill the disk of a folder to the last byte, and return the file that does."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            return filler


def _disks_can_be_made() -> bool:
    """Say whether this user may mount a disk in a namespace of their own."""
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        return False
    words = (*IN_A_NAMESPACE, "mount", "-t", "tmpfs", "small", "/mnt")
    return subprocess.run(words, capture_output=True, timeout=20, check=False).returncode == 0


own_disk = pytest.mark.skipif(not _disks_can_be_made(), reason="no disk can be made here")

on_posix = pytest.mark.skipif(os.name != "posix", reason="signals, pipes and permissions are others here")

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
