"""`rules graph`: draw how questions lead to rules and rules to advice."""

from __future__ import annotations

import shutil
import subprocess

import click

from kb.model.problems import KbError
from kb.system.files import save
from kb.terminal.workbench.common import FINE, TO_MEND, knowledge, paths_argument
from kb.terminal.workbench.topics import chosen
from kb.workbench.description.graph import pictures, to_dot, to_markdown, to_mermaid

_PATIENCE = 60  # seconds that Graphviz may take


@click.command("graph")
@paths_argument
@click.option("--topic", "topics", metavar="TOPIC", multiple=True, help="Only this topic. Repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "svg"]),
    default="mermaid",
    show_default=True,
    help="How it is written; svg needs Graphviz, and takes one topic.",
)
@click.option("--output", metavar="FILE", help="Write it into this file.")
@click.pass_context
def command(
    context: click.Context, paths: tuple[str, ...], topics: tuple[str, ...], form: str, output: str | None
) -> None:
    """Draw which questions lead to which rules, and what follows.

    There is one picture a topic: questions, rules, findings, and what is recommended. A dashed arrow holds something
    back; an arrow with a cross means that the rule needs it ruled out. PATH is as for “list”.
    """
    kb = knowledge(paths, context.obj)
    if kb is None:
        context.exit(TO_MEND)
    only = chosen(kb, topics)
    drawn = [picture for picture in pictures(kb) if not only or picture.topic in only]
    if not drawn:
        raise KbError("There is nothing to draw: no rules are here.")
    for picture in drawn:
        if picture.shortfall:
            click.echo(f"{picture.topic}: {picture.shortfall}", err=True)
    if form == "svg":
        if len(drawn) > 1:
            known = ", ".join(picture.topic for picture in drawn)
            raise KbError(f"An SVG file holds one picture. Choose a topic with --topic: {known}.")
        data = _svg(to_dot(drawn[0]).encode())
    elif form == "dot":
        data = "\n".join(map(to_dot, drawn)).encode()
    else:
        data = (to_mermaid(drawn[0]) if len(drawn) == 1 else to_markdown(drawn)).encode()
    if output is None:
        click.echo(data, nl=False)
    else:
        save(output, data)
    context.exit(FINE)


def _svg(dot: bytes) -> bytes:
    """Return what Graphviz makes of a picture."""
    program = shutil.which("dot")
    if program is None:
        way_out = "Install it (graphviz.org), or take --format mermaid, which needs nothing."
        raise KbError(f"For svg the program “dot” of Graphviz is needed, and it is not here. {way_out}")
    try:
        made = subprocess.run([program, "-Tsvg"], input=dot, capture_output=True, timeout=_PATIENCE, check=True)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise KbError("Graphviz took too long. Choose a smaller topic, or take --format mermaid.") from None
    except (OSError, subprocess.CalledProcessError) as error:
        raise KbError("Graphviz could not draw it. Take --format dot to see what it was given.") from error
    return made.stdout
