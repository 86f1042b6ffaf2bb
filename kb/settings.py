"""Find the rules that a person always wants along: a settings file, and the environment variable `UNSTUCK_RULES`.

The settings file is `config.yaml` in the folder `unstuck` where the system keeps settings; `UNSTUCK_CONFIG` names
another one, or none if it is empty. The packs of the settings file come before those of `UNSTUCK_RULES`, and both
before what is said on the command line: what comes later takes the place of a pack of the same name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from kb.document import START, Document, Fields, Value, quoted
from kb.packs import bundled
from kb.parts import Item, Part, Scope, Shape, decode, each, text
from kb.problems import Location, Problem, SettingsError
from kb.source import read_file

FILE = "UNSTUCK_CONFIG"
RULES = "UNSTUCK_RULES"


def default_rules(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the paths of the packs that come along without being asked for.

    Raises:
        SettingsError: with every problem of the settings.
    """
    named = environment.get(FILE)
    path = settings_file(environment) if named is None else Path(named).absolute() if named else None
    problems: list[Problem] = []
    paths: list[Path] = []
    if path is not None and (named or _is_there(path)):
        paths += _in_file(path, problems)
    for one in filter(None, environment.get(RULES, "").split(os.pathsep)):
        found = _found(Path(), one)
        if found is None:
            message, way_out = _missing(one, RULES)
            problems.append(Problem(Location(RULES), "missing-file", message, way_out))
        else:
            paths.append(found)
    if problems:
        raise SettingsError(problems)
    return tuple(paths)


def packs_in_use(packs: Iterable[Path | str]) -> tuple[Path | str, ...]:
    """Return the packs that an interview uses: those of the program, those of the settings, and `packs` of the call.

    Raises:
        SettingsError: with every problem of the settings.
    """
    return (bundled(), *default_rules(), *packs)


def settings_file(environment: Mapping[str, str], system: str = sys.platform) -> Path | None:
    """Return where the settings file is looked for, or None if there is no such place.

    The packages that know these places take longer to import than reading the file.
    """
    home = environment.get("USERPROFILE" if system == "win32" else "HOME")
    if system == "win32":
        folder = environment.get("APPDATA")
    elif system == "darwin":
        folder = f"{home}/Library/Application Support" if home else None
    else:
        folder = environment.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else None)
    return Path(folder, "unstuck", "config.yaml") if folder else None


def _in_file(path: Path, problems: list[Problem]) -> list[Path]:
    """Return the paths that a settings file lists."""
    document = read_file(path)
    if [problem.id for problem in document.problems] == ["empty-file"]:
        return []  # all is commented out
    paths: list[Path] = []

    def one_path(item: Item, name: str, value: Value, at: int) -> str | None:
        word = text(item, name, value, at)
        if word is None:
            return None
        found = _found(path.parent, word)
        if found is None:
            message, way_out = _missing(word, "the file")
            item.fault(at, "missing-file", message, way_out)
        elif found not in paths:
            paths.append(found)
        return word

    if isinstance(document.root, Fields):
        item = Item(Scope(), document, "settings file", "", document.root.at)
        decode(item, document.root, Shape({"rules": Part(each(one_path), without=())}))
    elif document.root is not None and not document.problems:
        _refuse(document)
    problems += document.problems
    return paths


def _refuse(document: Document) -> None:
    document.fault(START, "wrong-shape", "this is no settings file.", "Begin it with a line “rules:”.")


def _found(folder: Path, word: str) -> Path | None:
    """Return the path that `word` means, seen from a folder, or None if nothing is there."""
    try:
        path = folder / Path(word).expanduser()
    except RuntimeError:  # nobody's home is known
        return None
    return path if _is_there(path) else None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _missing(word: str, where: str) -> tuple[str, str]:
    return f"there is no file or folder {quoted(word)}.", f"Correct the path, or take it out of {where}."
