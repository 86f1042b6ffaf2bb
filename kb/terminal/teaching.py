"""The teacher's commands: check rules, and replay their cases.

Both return an exit code: 0 if all is as it should be, 1 if there is something to mend.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from kb.cases import replay
from kb.engine import Engine
from kb.loading import bundled, load
from kb.model import KnowledgeBase
from kb.problems import KnowledgeBaseError

FINE = 0
TO_MEND = 1


def check_rules(paths: Sequence[str], packs: Sequence[str]) -> int:
    """Show every problem of the rules at `paths`, or of the shipped ones with `packs`."""
    kb = _load(paths, packs)
    if kb is None:
        return TO_MEND
    click.echo(f"{_names(kb)}: no problems found.")
    sizes = {"question": len(kb.questions), "rule": len(kb.rules), "case": len(kb.cases)}
    click.echo(", ".join(_counted(size, name) for name, size in sizes.items()) + ".")
    return FINE


def test_rules(paths: Sequence[str], packs: Sequence[str]) -> int:
    """Replay the cases of the rules at `paths`, or of the shipped ones with `packs`, and show which fail."""
    kb = _load(paths, packs)
    if kb is None:
        return TO_MEND
    engine = Engine(kb)
    failing = 0
    for case in kb.cases:
        failures = replay(engine, case).failures
        failing += bool(failures)
        for failure in failures:
            click.echo(f"{case.place}: failing-case: {case.id}: {failure}", err=True)
    if failing:
        click.echo(f"{failing} of {_counted(len(kb.cases), 'case')} {'fails' if failing == 1 else 'fail'}.")
        return TO_MEND
    click.echo(f"{_names(kb)}: {_counted(len(kb.cases), 'case')}, all as expected.")
    return FINE


def _load(paths: Sequence[str], packs: Sequence[str]) -> KnowledgeBase | None:
    """Return the knowledge base, or show what is wrong with it."""
    try:
        return load(*paths) if paths else load(bundled(), *packs)
    except KnowledgeBaseError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        click.echo(f"{_counted(len(error.problems), 'problem')} to mend.")
        return None


def _names(kb: KnowledgeBase) -> str:
    return ", ".join(f"{pack.id} {pack.version}" for pack in kb.packs)


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' * (count != 1)}"
