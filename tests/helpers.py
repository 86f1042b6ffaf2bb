"""What many tests need: a knowledge base from a few lines of YAML, and the problems of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kb.language.document import START
from kb.language.extension import with_extended
from kb.language.loading import examine, linked
from kb.language.packs import PackFiles
from kb.language.yaml_source import read
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import AnswersError, KnowledgeBaseError, Problem
from kb.system.files import HEAD

_MADE_UP = {"pack": "pack", "title": "A pack", "version": "0"}


def load_text(text: str, path: str = HEAD) -> KnowledgeBase:
    """Return the knowledge base of a pack that is one text. Its header may lack anything; that is made up."""
    document = read(text, path)
    for name, value in _MADE_UP.items():
        if name not in document.fields:
            document.fields.put(name, value, START, START)
    return linked(with_extended([PackFiles(document)], True))


def kb_from(yaml_text: str) -> KnowledgeBase:
    """Return the knowledge base of a one-file pack; its header may be left out."""
    return load_text(yaml_text)


def problems_in(yaml_text: str) -> list[tuple[str, int]]:
    """Return the problems of a one-file pack: id and line, in the order of the file."""
    return [(problem.id, problem.place.line) for problem in refused(load_text, yaml_text)]


def refused(function: Callable[..., Any], *arguments: Any) -> tuple[Problem, ...]:
    """Return the problems for which `function` refuses its arguments; none if it does not."""
    try:
        function(*arguments)
    except (KnowledgeBaseError, AnswersError) as refusal:
        return refusal.problems
    return ()


def places(problems: Iterable[Problem]) -> list[tuple[str, int, int]]:
    """Return id, line and column of each problem."""
    return [(problem.id, problem.place.line, problem.place.column) for problem in problems]


HEADER = 'pack: example\ntitle: An example\nversion: "1"\n'


def written(text: str, folder: Path, name: str = "example") -> Path:
    """Write a pack into `folder`, and return its path: one file, or a folder of one for each line `# file: NAME`.

    If one file lacks its header, it gets one below all the rest, so that every line stays where it is.
    """
    before, *files = re.split(r"^# file: (.+)\n", text, flags=re.MULTILINE)
    if not files:
        path = folder / f"{name}.yaml"
        headed = text if re.search(r"^pack:", text, re.MULTILINE) else text + HEADER
        path.write_bytes(headed.encode())
        return path
    assert before == "", f"something stands before the first file: {before!r}"
    for inside, body in zip(files[::2], files[1::2]):
        path = folder / name / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.encode())
    return folder / name


def problems_at(path: Path) -> tuple[Problem, ...]:
    """Return the problems of the packs at `path`, as the command that checks rules has them."""
    from kb.workbench.checks import check  # late: few tests need a solver

    kb, unread = examine(path)
    return tuple(sorted({*unread, *check(kb, partial=bool(unread))}))
