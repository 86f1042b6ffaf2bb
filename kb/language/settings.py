"""Settle which packs are asked: those of the call, else of the environment, else of the settings, else the shipped.

Each of these says it all: the variable `UNSTUCK_RULES` counts only where the call names nothing, and the settings file
only where neither does. It is `config.yaml` in the folder `unstuck` where the system keeps settings; `UNSTUCK_CONFIG`
names another one, or none if it is empty. A shipped pack is named by its id.
"""

from __future__ import annotations

import contextlib
import os
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kb.model.problems import Location, Problem, SettingsError
from kb.system.cache import find, joined, keep, program
from kb.system.files import NotReadError, bundled, fetch, is_there, pack_at
from kb.system.locations import folder, named_file

FILE = "UNSTUCK_CONFIG"
RULES = "UNSTUCK_RULES"
OPTION = "--rules"


def packs_in_use(packs: Sequence[Path | str], environment: Mapping[str, str] = os.environ) -> tuple[Path | str, ...]:
    """Return the packs that are asked, where `packs` are those of the call.

    Raises:
        SettingsError: with every problem of what names them.
    """
    return packs_named(packs, environment) or (bundled(),)


def packs_named(packs: Sequence[Path | str], environment: Mapping[str, str] = os.environ) -> tuple[Path | str, ...]:
    """Return the packs that the call, the environment or the settings name; nothing where none of them does.

    Raises:
        SettingsError: with every problem of what names them.
    """
    problems: list[Problem] = []
    layer = named_by(packs, environment)
    if layer == OPTION:
        named = _meant(packs, OPTION, problems)
    elif layer == RULES:
        named = _meant(_words(environment), RULES, problems)
    else:
        path = settings_file(environment)
        named = _in_file(path, problems) if path else ()
    if problems:
        raise SettingsError(problems)
    return named


def named_by(packs: Sequence[Path | str], environment: Mapping[str, str] = os.environ) -> str:
    """Return what settles which packs are asked: the option, else the variable, else the settings file."""
    return OPTION if packs else RULES if _words(environment) else FILE


def _words(environment: Mapping[str, str]) -> list[str]:
    return [word for word in environment.get(RULES, "").split(os.pathsep) if word]


def _meant(words: Iterable[Path | str], where: str, problems: list[Problem]) -> tuple[Path | str, ...]:
    """Return the packs that words mean, seen from here. What the call names need not be there: loading it says so."""

    def meant(word: Path | str) -> Path | str:
        try:
            return pack_at(Path(), str(word), where)
        except NotReadError as refusal:
            if where != OPTION or refusal.args[0] != "missing-file":
                problems.append(Problem(Location(where), *refusal.args))
            return word

    return tuple(map(meant, words))


def settings_file(environment: Mapping[str, str], system: str = sys.platform) -> Path | None:
    """Return the settings file that is to be read, or None if there is none."""
    named = environment.get(FILE)
    path = usual_file(environment, system) if named is None else named_file(named) if named else None
    return path if path is not None and (named or is_there(path)) else None


def usual_file(environment: Mapping[str, str], system: str = sys.platform) -> Path | None:
    """Return where the settings file is looked for, or None if there is no such place."""
    place = folder("settings", environment, system)
    return place / "config.yaml" if place else None


def _in_file(path: Path, problems: list[Problem]) -> tuple[Path, ...]:
    """Return the paths that a settings file lists, from the cache if it is the file that was read last time."""
    name, key = _made_of(path)
    known = find(name, key) if key is not None else None
    if known is not None:
        words = known.decode("utf-8", "replace").split("\0") if known else []
        with contextlib.suppress(NotReadError):
            return tuple(dict.fromkeys(pack_at(path.parent, word, "") for word in words))
    from kb.language.settings_reading import read_settings  # only now: it knows YAML

    settings = read_settings(path)
    problems += settings.problems
    if key is not None and not settings.problems and key == _made_of(path)[1]:
        keep(name, key, "\0".join(settings.words).encode())
    return settings.paths


def _made_of(path: Path) -> tuple[str, bytes | None]:
    """Return the name under which a settings file is remembered, and all that its meaning depends on."""
    written = os.fsencode(path)
    try:
        key = joined([program(), written, fetch(path)])
    except (OSError, NotReadError):
        key = None
    return f"settings-{zlib.crc32(written):08x}", key
