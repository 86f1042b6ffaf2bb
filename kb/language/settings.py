"""Find the rules that a person always wants along: a settings file, and the environment variable `UNSTUCK_RULES`.

The settings file is `config.yaml` in the folder `unstuck` where the system keeps settings; `UNSTUCK_CONFIG` names
another one, or none if it is empty. The packs of the settings file come before those of `UNSTUCK_RULES`, and both
before what is said on the command line: what comes later takes the place of a pack of the same name.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from kb.model.problems import Location, Problem, SettingsError, missing
from kb.system.cache import find, joined, keep, program
from kb.system.files import NotReadError, bundled, fetch, found, is_there
from kb.system.locations import folder, named_file

FILE = "UNSTUCK_CONFIG"
RULES = "UNSTUCK_RULES"


def default_rules(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the paths of the packs that come along without being asked for.

    Raises:
        SettingsError: with every problem of the settings.
    """
    named = environment.get(FILE)
    path = settings_file(environment) if named is None else named_file(named) if named else None
    problems: list[Problem] = []
    paths: list[Path] = []
    if path is not None and (named or is_there(path)):
        paths += _in_file(path, problems)
    for one in filter(None, environment.get(RULES, "").split(os.pathsep)):
        meant = found(Path(), one)
        if meant is None:
            message, way_out = missing(one, RULES)
            problems.append(Problem(Location(RULES), "missing-file", message, way_out))
        else:
            paths.append(meant)
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
    """Return where the settings file is looked for, or None if there is no such place."""
    place = folder("settings", environment, system)
    return place / "config.yaml" if place else None


def _in_file(path: Path, problems: list[Problem]) -> tuple[Path, ...]:
    """Return the paths that a settings file lists, from the cache if it is the file that was read last time."""
    name, key = _made_of(path)
    known = find(name, key) if key is not None else None
    if known is not None:
        words = known.decode("utf-8", "replace").split("\0") if known else []
        meant = [found(path.parent, word) for word in words]
        if None not in meant:
            return tuple(dict.fromkeys(filter(None, meant)))
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
