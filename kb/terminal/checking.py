"""`rules check`: show what is wrong with rules, where it is and what to do."""

from __future__ import annotations

import click

from kb.terminal.teaching import FINE, TO_MEND, counted, knowledge, names, paths_argument


@click.command("check")
@paths_argument
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...]) -> None:
    """Look for mistakes in rules, and show where they are and what to do.

    PATH is a folder of rules or one file. Without it, the rules of this program are looked at, and those of --rules.
    """
    kb = knowledge(paths, context.obj)
    if kb is None:
        context.exit(TO_MEND)
    click.echo(f"{names(kb)}: no problems found.")
    sizes = {"question": len(kb.questions), "rule": len(kb.rules), "case": len(kb.cases)}
    click.echo(", ".join(counted(size, name) for name, size in sizes.items()) + ".")
    context.exit(FINE)
