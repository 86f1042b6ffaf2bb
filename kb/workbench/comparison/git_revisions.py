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
from typing import NamedTuple

from kb.model.problems import KbError
from kb.system.files import HEAD
from kb.text.wrapping import printable

_SUBMODULE, _LINK = "160000", "120000"
_MOST_LINKS = 20
_PATIENCE = 60  # seconds; a repository on a slow disk is slow, and one that never answers is not waited for


class RevisionError(KbError):
    """Why a revision cannot be read."""


class Revision(NamedTuple):
    """The packs at a revision: its name, and copies in a folder that is there while they are read.

    `originals` say what the folders of the copies are called.
    """

    name: str
    paths: tuple[Path, ...]
    originals: dict[str, str]

    def named(self, text: str) -> str:
        """Return `text` with ``REVISION:path`` in place of the path of a copy."""
        for copy, original in self.originals.items():
            text = text.replace(copy, original)
        return text


@contextmanager
def at_revision(name: str, paths: tuple[Path, ...]) -> Iterator[Revision]:
    """Lend copies of `paths` (folders or files in git repositories) as they were at the revision called `name`.

    Raises:
        RevisionError: if there is no git, no repository, no such revision, or nothing at that path in it.
    """
    with TemporaryDirectory(prefix="unstuck-") as folder:
        tops = [Path(folder).resolve() / str(number) for number in range(len(paths))]
        copies = tuple(top / _copy(name, path, top) for path, top in zip(paths, tops))
        yield Revision(name, copies, {each: f"{name}:" for top in tops for each in (str(top) + os.sep, str(top))})


def _copy(name: str, path: Path, to: Path) -> Path:
    """Copy what is at `path` in a revision into the folder `to`; return the path in the repository."""
    if path.name == HEAD:
        path = path.parent  # it stands for its pack
    path = path.absolute()
    if ".." in path.parts:
        path = path.resolve() if path.name == ".." else path.parent.resolve() / path.name
    folder = path if path.is_dir() and not path.is_symlink() else path.parent
    outside = f"{_shown(path)} does not lie in a git repository, so there is no earlier revision of it to compare with."
    top = Path(_said(folder, "rev-parse", "--show-toplevel", else_=outside)).resolve()
    inside = _inside(path, top)
    tree = _Tree(name, top, _commit(name, folder))
    tree.take(inside)
    if not tree.blobs:
        raise RevisionError(f"There is no {_shown(inside)} in the revision {_shown(name)}.")
    to.mkdir()
    try:
        for file in (*tree.blobs, *tree.links):  # links last, so that nothing is written through one
            (to / file).parent.mkdir(parents=True, exist_ok=True)
            if file in tree.blobs:
                (to / file).write_bytes(tree.content(tree.blobs[file]))
            else:
                (to / file).symlink_to(tree.links[file])
    except OSError as error:
        raise RevisionError(f"The revision {_shown(name)} cannot be copied: {error.strerror}.") from None
    return inside


def _inside(path: Path, top: Path) -> Path:
    """Return a path as seen from the top of its repository, with the links in it as they are named."""
    for one in reversed((path, *path.parents)):
        if one.resolve() == top:
            return path.relative_to(one)
    if path.resolve().is_relative_to(top):
        return path.resolve().relative_to(top)
    raise RevisionError(f"The files of the repository of {_shown(path)} are in {_shown(top)}, where it does not lie.")


class _Tree:
    """What a revision holds of some paths: the names of its blobs by file, and where its links lead."""

    def __init__(self, name: str, top: Path, commit: str) -> None:
        self.name, self.top, self.commit = name, top, commit
        self.blobs: dict[Path, str] = {}
        self.links: dict[Path, str] = {}

    def take(self, wanted: Path) -> None:
        """Take in what is at a path of the repository, and what links in it or on the way to it lead to.

        Raises:
            RevisionError: if that is not in the repository, as with a submodule or a link that leads out of it.
        """
        todo, done = [(wanted, 0)], set[Path]()
        while todo:
            path, links = todo.pop()
            if path in done:
                continue
            done.add(path)
            if links > _MOST_LINKS:
                raise RevisionError(f"The links at {_shown(wanted)} in the revision {_shown(self.name)} have no end.")
            below = [entry for entry in self._listed(path, "-r") if not _is_hidden(entry[2], path)]
            for mode, blob, file in (*self._on_the_way(path), *below):
                if mode == _SUBMODULE:
                    raise RevisionError(f"{self._at(file)} is a submodule, and what was in it there cannot be known.")
                if mode == _LINK:
                    target = os.fsdecode(self.content(blob))
                    self.links[file] = target
                    meant = Path(os.path.normpath(file.parent / target))
                    if meant.is_absolute() or ".." in meant.parts:
                        out = "is a link out of the repository, and what it led to there cannot be known."
                        raise RevisionError(f"{self._at(file)} {out}")
                    rest = path.relative_to(file) if path.is_relative_to(file) else ""
                    todo.append((meant / rest, links + 1))
                elif file.suffix.lower() in (".yaml", ".yml") or file == path:
                    self.blobs[file] = blob

    def content(self, blob: str) -> bytes:
        """Return what a blob holds."""
        return _git(self.top, "cat-file", "blob", blob)

    def _on_the_way(self, path: Path) -> Iterator[tuple[str, str, Path]]:
        """Yield the link or the submodule through which a path leads, if it does."""
        for part in reversed(path.parents[:-1]):
            yield from (entry for entry in self._listed(part) if entry[0] in (_LINK, _SUBMODULE))

    def _listed(self, path: Path, *options: str) -> Iterator[tuple[str, str, Path]]:
        """Yield the mode, the name and the file of what git lists; a path is taken as it is written, `*` and all."""
        where = [path.as_posix()] * (path != Path())
        tree = ("--literal-pathspecs", "ls-tree", *options, "-z", "--full-tree", self.commit, "--", *where)
        listed = _git(self.top, *tree)
        for entry in filter(None, listed.split(b"\0")):
            head, file = entry.split(b"\t", 1)
            mode, _, blob = head.decode().split()
            found = Path(os.fsdecode(file))
            if ".." not in found.parts:
                yield mode, blob, found

    def _at(self, file: Path) -> str:
        return f"{_shown(file)} in the revision {_shown(self.name)}"


def _is_hidden(file: Path, folder: Path) -> bool:
    """Say whether a file is hidden, or lies in a hidden folder, below the folder that is read."""
    return any(part.startswith(".") for part in file.parts[len(folder.parts) :])


def _commit(name: str, folder: Path) -> str:
    """Return the full name of a commit."""
    unknown = f"There is no revision {_shown(name)} in the repository of {_shown(folder)}."
    if not name or name.startswith("-") or "\0" in name:  # git would take it for one of its options
        raise RevisionError(unknown)
    return _said(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", else_=unknown)


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
