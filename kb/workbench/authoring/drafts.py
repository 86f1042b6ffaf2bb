"""Draft what is new in a pack, see whether the pack holds with it, and only then write.

All files of a change are drafted, and the pack is loaded with them from a copy, before any of them is written. They are
written together or not at all, and what is in them already is kept byte for byte (see
`kb.workbench.authoring.yaml_editing`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from kb.language.loading import bundled, load
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError, KnowledgeBaseError, Location, Problem
from kb.system.files import HEAD, NotReadError, beside, fetch, program_folder
from kb.system.process import finishing
from kb.workbench.authoring.yaml_editing import Insertion, alone, inserted


class Place(NamedTuple):
    """A pack that can be written to: its folder, or its one file, and the files of its topics."""

    path: Path
    topics: Mapping[str, str] = {}
    one_file: bool = False

    @property
    def head(self) -> str:
        """Return the file that holds the header, as seen from the pack."""
        return self.path.name if self.one_file else HEAD

    def real(self, name: str) -> Path:
        """Return where a file of the pack lies."""
        return self.path if self.one_file else self.path / name

    def name_of(self, where: Location) -> str | None:
        """Return the file that holds a place, as seen from the pack; None for one that belongs to another pack."""
        path = Path(where.path)
        if self.one_file:
            return self.head if path == self.path else None
        return path.relative_to(self.path).as_posix() if path.is_relative_to(self.path) else None

    def heading(self, name: str) -> str:
        """Return how a new file begins: with what tells an editor where the schema is, if the header has that too."""
        head = self.path / HEAD
        if self.path.is_dir() and _MODELINE not in ((_text_of(head) or "").split("\n")[0]):
            return ""
        up = "../" * name.count("/")
        return f"{_MODELINE}{up}{SCHEMA}\n\n"


SCHEMA = "schema.json"
_MODELINE = "# yaml-language-server: $schema="


class NotWritableError(KbError):
    """The pack may not be changed where it lies, or cannot be."""


def place_of(path: str | Path) -> Place:
    """Return the pack at `path`.

    Raises:
        NotWritableError: if it belongs to the program, or there is none.
    """
    here = Path(path)
    if here.name == HEAD:
        here = here.parent
    if bundled().parent == program_folder() and here.resolve().is_relative_to(bundled().resolve()):
        raise NotWritableError(
            f"{Location(str(path))} belongs to the program, and the next version would overwrite what you add. "
            "Copy it to a folder of yours, or make a pack of your own (unstuck rules new pack)."
        )
    if not here.exists() or (here.is_dir() and not (here / HEAD).is_file()):
        raise NotWritableError(
            f"{Location(str(path))} is no pack: a pack is a folder that holds a “{HEAD}”, or one YAML file. "
            "Make one with: unstuck rules new pack."
        )
    names = [] if here.is_file() else sorted(_files_in(here))
    ours = [name for name in names if name.endswith(".yaml") and name != HEAD and not name.startswith("cases/")]
    topics = {Path(name).stem: name for name in ours}
    return Place(here, topics, one_file=here.is_file())


def _files_in(folder: Path) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and Path(name).suffix.lower() in (".yaml", ".yml"):
                yield (Path(where) / name).relative_to(folder).as_posix()


class Draft(NamedTuple):
    """Files of a pack as they shall be, each with its text as it is (None: there is no such file yet)."""

    place: Place
    files: Mapping[str, tuple[str | None, str]]

    def texts(self) -> dict[str, str]:
        """Return the new texts, by the name of the file."""
        return {name: new for name, (_, new) in self.files.items()}


def draft(place: Place, insertions: Iterable[tuple[str, Insertion]], texts: Mapping[str, str] | None = None) -> Draft:
    """Return the files of a pack with `insertions`, each of which names its file; `texts` are files that are new.

    Raises:
        KnowledgeBaseError: if a file has problems, or has no place for its insertion.
    """
    files: dict[str, tuple[str | None, str]] = {name: (None, text) for name, text in (texts or {}).items()}
    for name, insertion in insertions:
        if name not in files:
            old = _text_of(place.real(name))
            files[name] = (old, old or "")
        old, new = files[name]
        new = inserted(new, str(place.real(name)), insertion) if new else place.heading(name) + alone(insertion)
        files[name] = (old, new)
    return Draft(place, files)


def _text_of(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        return fetch(path).decode("utf-8")
    except UnicodeDecodeError:
        fault = ("not-utf8", "this is no UTF-8 text.", "Save it as UTF-8.")
    except NotReadError as refusal:
        fault = refusal.args
    raise KnowledgeBaseError([Problem(Location(str(path)), *fault)])


def loaded(drafted: Draft, others: Sequence[str | Path] = ()) -> KnowledgeBase:
    """Return the knowledge base of the pack with its new files: by itself if it can be, else together with `others`.

    Raises:
        KnowledgeBaseError: with the problems that it has by itself, at their places in the real files.
    """
    place = drafted.place
    itself = place.path.resolve()
    others = [other for other in others if Path(other).resolve() not in (itself, itself / HEAD)]
    if not drafted.files:
        return _in_company(place.path, others)
    with tempfile.TemporaryDirectory(prefix="unstuck-") as folder:
        copy = Path(folder) / place.path.resolve().name
        for name in () if place.one_file else _files_in(place.path):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place.path / name, copy / name)
        for name, text in drafted.texts().items():
            target = copy if place.one_file else copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        try:
            return _in_company(copy, others)
        except KnowledgeBaseError as refusal:
            moved = [_moved(problem, str(copy), str(place.path)) for problem in refusal.problems]
            raise KnowledgeBaseError(moved) from None


def _in_company(path: Path, others: Sequence[str | Path]) -> KnowledgeBase:
    try:
        return load(path)
    except KnowledgeBaseError:
        for company in (others, (bundled(), *others)):  # it may speak of what another pack defines
            with contextlib.suppress(KnowledgeBaseError):
                return load(*company, path)
        raise


def _moved(problem: Problem, copy: str, real: str) -> Problem:
    """Return a problem of the copy as one of the pack itself."""
    path = problem.place.path
    where = replace(problem.place, path=real + path[len(copy) :]) if path.startswith(copy) else problem.place
    return replace(problem, place=where, message=problem.message.replace(copy, real))


@finishing()
def write(drafted: Draft) -> None:
    """Write the files of a draft: all of them, or, if that fails or is interrupted, none.

    Raises:
        NotWritableError: if a file has changed since it was read, or cannot be written. Nothing is written then.
    """
    waiting: dict[Path, Path] = {}  # the temporary file of each real one
    done: list[tuple[Path, str | None]] = []
    made: list[Path] = []
    try:
        for name, (old, new) in drafted.files.items():
            real = drafted.place.real(name).resolve()  # where a link leads
            if _text_of(real) != old:
                message = f"{Location(str(real))} was changed by someone else meanwhile. Nothing was written."
                raise NotWritableError(message)
            for folder in reversed([one for one in real.parents if not one.exists()]):
                made.append(folder)
                folder.mkdir()
            waiting[real] = beside(real, new.encode())
        for real, temporary in list(waiting.items()):
            old = _text_of(real)
            done.append((real, old))
            temporary.replace(real)
            del waiting[real]
    except BaseException as error:
        replaced = [(real, old) for real, old in done if real not in waiting or not waiting[real].exists()]
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)
        for real, old in replaced:
            if old is None:
                real.unlink(missing_ok=True)
            else:
                beside(real, old.encode()).replace(real)
        for folder in reversed(made):
            with contextlib.suppress(OSError):  # somebody put something into it
                folder.rmdir()
        if isinstance(error, OSError):
            where = Location(str(error.filename or drafted.place.path))
            raise NotWritableError(f"{where} cannot be written ({error.strerror}). Nothing was written.") from None
        raise
