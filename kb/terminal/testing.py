"""`rules test`: replay the recorded cases, and show which fail."""

from __future__ import annotations

import click

from kb.cases import replay
from kb.engine import Engine
from kb.terminal.teaching import FINE, TO_MEND, counted, knowledge, names, paths_argument


@click.command("test")
@paths_argument
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...]) -> None:
    """Replay the recorded cases, and show the failing ones.

    PATH is a folder of rules or one file. Without it, the cases of this program are replayed, and those of --rules.
    """
    kb = knowledge(paths, context.obj)
    if kb is None:
        context.exit(TO_MEND)
    engine = Engine(kb)
    failing = 0
    for case in kb.cases:
        failures = replay(engine, case).failures
        failing += bool(failures)
        for failure in failures:
            click.echo(f"{case.place}: failing-case: {case.id}: {failure}", err=True)
    if failing:
        click.echo(f"{failing} of {counted(len(kb.cases), 'case')} {'fails' if failing == 1 else 'fail'}.")
        context.exit(TO_MEND)
    click.echo(f"{names(kb)}: {counted(len(kb.cases), 'case')}, all as expected.")
    context.exit(FINE)
