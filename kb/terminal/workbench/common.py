"""What the teacher's commands have in common: which packs they look at, how they count, and their exit codes.

Every command returns an exit code: 0 if all is as it should be, 1 if there is something to mend.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from kb.language.loading import load
from kb.language.settings import default_rules, packs_in_use
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KnowledgeBaseError
from kb.text.wrapping import counted

FINE = 0
TO_MEND = 1

_Function = TypeVar("_Function", bound=Callable[..., object])


def paths_argument(function: _Function) -> _Function:
    """Let a command take folders of rules or single files; without any, it looks at all that an interview would use."""
    return click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(exists=True))(function)


def knowledge(paths: Sequence[str], packs: Sequence[str]) -> KnowledgeBase | None:
    """Return the knowledge base of `paths`, or of all that an interview would use; or show what is wrong with it.

    What `paths` extend is looked for among `packs`, which are those of `--rules`, and those of the settings.
    """
    try:
        return load(*rules_in_use(paths, packs), beside=lambda: (*default_rules(), *packs), together=(paths or packs))
    except KnowledgeBaseError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        click.echo(f"{counted(len(error.problems), 'problem')} to mend.")
        return None


def rules_in_use(paths: Sequence[str], packs: Sequence[str]) -> tuple[Path | str, ...]:
    """Return `paths`, or all that an interview would use: the shipped packs, those of the settings and `packs`."""
    return tuple(paths) or packs_in_use(packs)


def names(kb: KnowledgeBase) -> str:
    """Return the packs of a knowledge base with their versions."""
    return ", ".join(f"{pack.id} {pack.version}" for pack in kb.packs)
