"""Read packs as they were at a revision of the git repository in which they lie.

Git is asked three things: what a revision stands for, which files it has in a folder, and what is in them. None of
these runs a hook or a filter, fetches anything, or touches the working tree.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.problems import KbError, printable

_PATIENCE = 60  # seconds; a repository on a slow disk is slow, and one that never answers is not waited for


class RevisionError(KbError):
    """Why a revision cannot be read."""


class Revision:
    """The packs at a revision, copied into a folder that is there while they are read."""

    def __init__(self, name: str, paths: tuple[Path, ...], copies: dict[str, str]) -> None:
        """Take in what the revision is called, where the copies are, and what they are called."""
        self.name = name
        self.paths = paths
        self._copies = copies

    def named(self, text: str) -> str:
        """Return `text` with ``REVISION:path`` in place of the path of a copy."""
        for copy, original in self._copies.items():
            text = text.replace(copy, original)
        return text


@contextmanager
def at_revision(name: str, paths: tuple[Path, ...]) -> Iterator[Revision]:
    """Lend copies of `paths` (folders or files in git repositories) as they were at the revision called `name`.

    Raises:
        RevisionError: if there is no git, no repository, no such revision, or nothing at that path in it.
    """
    with TemporaryDirectory(prefix="unstuck-") as folder:
        copied: list[Path] = []
        copies: dict[str, str] = {}
        for number, path in enumerate(paths):
            top = Path(folder).resolve() / str(number)
            inside = _copy(name, path.resolve(), top)
            copied.append(top / inside)
            copies[str(top) + os.sep] = f"{name}:"
            copies[str(top)] = f"{name}:"
        yield Revision(name, tuple(copied), copies)


def _copy(name: str, path: Path, to: Path) -> Path:
    """Copy what is at `path` in a revision into the folder `to`; return the path in the repository."""
    folder = path if path.is_dir() else path.parent
    top = Path(_said(folder, "rev-parse", "--show-toplevel", else_=_no_repository(path)))
    commit = _commit(name, folder)
    inside = path.relative_to(top.resolve())
    # A path is taken as it is written: no `*` in it means anything.
    listed = _git(top, "--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, "--", inside.as_posix())
    files = [entry.split(b"\t", 1) for entry in listed.split(b"\0") if entry]
    blobs = [(head.split()[2].decode(), Path(os.fsdecode(file))) for head, file in files if head.startswith(b"100")]
    if not blobs:
        raise RevisionError(f"There is no {_shown(inside)} in the revision {_shown(name)}.")
    to.mkdir()
    for blob, file in blobs:
        if file.suffix.lower() in (".yaml", ".yml") or file == inside:
            (to / file).parent.mkdir(parents=True, exist_ok=True)
            (to / file).write_bytes(_git(top, "cat-file", "blob", blob))
    return inside


def _commit(name: str, folder: Path) -> str:
    """Return the full name of a commit."""
    unknown = f"There is no revision {_shown(name)} in the repository of {_shown(folder)}."
    if not name or name.startswith("-") or "\0" in name:  # git would take it for one of its options
        raise RevisionError(unknown)
    return _said(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", else_=unknown)


def _no_repository(path: Path) -> str:
    return f"{_shown(path)} does not lie in a git repository, so there is no earlier revision of it to compare with."


def _said(folder: Path, *arguments: str, else_: str) -> str:
    """Return the line that git says, or refuse with `else_`."""
    try:
        return os.fsdecode(_git(folder, *arguments)).removesuffix("\n")
    except _GitError as error:
        more = "" if not str(error) or "not a git repository" in str(error) else f" Git says: {error}."
        raise RevisionError(else_ + more) from None


class _GitError(RevisionError):
    """What git says when it does not do what it is asked."""


def _git(folder: Path, *arguments: str) -> bytes:
    # A hook that calls this program has told git by variables where its own repository is.
    mine = {name: value for name, value in os.environ.items() if name not in _OWN}
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - git is where the user has it
            env={**mine, **quiet},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise RevisionError("To compare with an earlier revision, git is needed, and it is not installed.") from None
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise RevisionError(f"Git could not be asked: {printable(str(error), 200)}.") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
        raise _GitError(printable(lines[0].removeprefix("fatal: "), 200))
    return done.stdout


_OWN = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX"})


def _shown(what: object) -> str:
    return f"“{printable(str(what), 100)}”"
