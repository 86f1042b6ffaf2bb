"""Read the settings file. This knows YAML, and is needed only where the file is new or has a fault."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kb.language.document import Value
from kb.language.fields import Each, Item, Part, Scope, Shape, decode, text
from kb.language.yaml_source import read_file
from kb.model.problems import Problem
from kb.system.files import NotReadError, pack_at


class Settings(NamedTuple):
    """What a settings file lists: the words as they are written, and the paths that they mean, each once."""

    words: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_settings(path: Path) -> Settings:
    """Return what a settings file lists, and every problem of it."""
    document = read_file(path)
    if [problem.id for problem in document.problems] == ["empty-file"]:
        return Settings()  # all is commented out
    paths: dict[str, Path] = {}

    def one_path(item: Item, name: str, value: Value, at: int) -> str | None:
        word = text(item, name, value, at)
        if word is None:
            return None
        try:
            paths[word] = pack_at(path.parent, word, "the file")
        except NotReadError as refusal:
            item.fault(at, *refusal.args)
        return word

    fields = document.fields_or("this is no settings file.", "Begin it with a line “rules:”.")
    item = Item(Scope(), document, "settings file", "", fields.at)
    decode(item, fields, Shape({"rules": Part(Each(one_path), without=())}))
    return Settings(tuple(paths), tuple(dict.fromkeys(paths.values())), tuple(document.problems))
