"""`rules schema`: write what an editor needs to know the names of a knowledge base."""

from __future__ import annotations

import click

from kb.system.files import save
from kb.terminal.workbench.common import FINE, TO_MEND, knowledge, paths_argument
from kb.workbench.authoring.json_schema import schema_text


@click.command("schema")
@paths_argument
@click.option(
    "--for",
    "about",
    type=click.Choice(["rules", "answers"]),
    default="rules",
    show_default=True,
    help="Which files it is for: those of a pack, or files of answers.",
)
@click.option("--output", metavar="FILE", help="Write it into this file.")
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...], about: str, output: str | None) -> None:
    """Write a JSON Schema, so that an editor knows all names.

    An editor that reads it completes questions, answers and findings as you write, and marks what there is not. Write
    it anew when names change. PATH is as for “list”.
    """
    kb = knowledge(paths, context.obj)
    if kb is None:
        context.exit(TO_MEND)
    data = schema_text(kb, about).encode()
    if output is None:
        click.echo(data, nl=False)
    else:
        save(output, data)
    context.exit(FINE)
