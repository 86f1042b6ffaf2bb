"""Where a system keeps a person's settings, data, and what can be worked out again; and files that they name.

On Linux and the like the folders are those of the XDG base directory specification, which says that a relative path in
one of its variables is to be ignored. The packages that know these places take longer to import than reading a file.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Kind = Literal["settings", "data", "cache"]

_FOLDERS: dict[str, dict[Kind, tuple[str, str]]] = {
    "win32": {
        "settings": ("APPDATA", "AppData/Roaming"),
        "data": ("LOCALAPPDATA", "AppData/Local"),
        "cache": ("LOCALAPPDATA", "AppData/Local"),
    },
    "darwin": {
        "settings": ("", "Library/Application Support"),
        "data": ("", "Library/Application Support"),
        "cache": ("", "Library/Caches"),
    },
    "": {
        "settings": ("XDG_CONFIG_HOME", ".config"),
        "data": ("XDG_DATA_HOME", ".local/share"),
        "cache": ("XDG_CACHE_HOME", ".cache"),
    },
}
"""The variable that names each folder, and where it is below the home folder if the variable does not."""


def folder(kind: Kind, environment: Mapping[str, str], system: str = sys.platform) -> Path | None:
    """Return where this program keeps things of a kind, or None if nobody's home folder is known."""
    windows = system == "win32"
    variable, inside = _FOLDERS.get(system, _FOLDERS[""])[kind]
    named = environment.get(variable, "")
    home = environment.get("USERPROFILE" if windows else "HOME")
    if not (named if windows else named.startswith("/")):
        named = f"{home}/{inside}" if home else ""
    return Path(named, "unstuck") if named else None


def expanded(word: str) -> str:
    """Return a path with the home folder in the place of `~`, as far as that is known."""
    with contextlib.suppress(RuntimeError):
        return str(Path(word).expanduser())
    return word


def named_file(word: str) -> Path:
    """Return the path that a variable names, `~` being the home folder."""
    return Path(expanded(word)).absolute()
