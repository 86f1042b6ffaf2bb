"""The commands that show rules as a whole: `rules list`, `rules graph` and `rules schema`."""

from __future__ import annotations

import shutil
import subprocess

import click

from kb.model.problems import KbError
from kb.terminal.console import Console
from kb.terminal.options import format_option, output_option
from kb.terminal.workbench.common import (
    chosen,
    knowledge,
    names,
    paths_argument,
    topics_option,
    write,
)
from kb.text.blocks import Line, Role
from kb.text.wrapping import columns, counted, cut, printed
from kb.workbench.authoring.json_schema import schema_text
from kb.workbench.description.graph import pictures, to_dot, to_markdown, to_mermaid
from kb.workbench.description.index import PACKS, file_listings, items_of, line_of

# --- list -------------------------------------------------------------------------------------------------------------

_SECTIONS = ("rules", "questions", "findings", "recommendations", "referrals", "cases", "sources", "packs")
_UNLESS_ASKED = ("cases", "sources")


@click.command("list")
@paths_argument
@click.option("--kind", "kinds", type=click.Choice(_SECTIONS), multiple=True, help="Only these. Repeatable.")
@topics_option("Only what belongs to this topic.")
@click.pass_context
def list_names(context: click.Context, paths: tuple[str, ...], kinds: tuple[str, ...], topics: tuple[str, ...]) -> None:
    """List all that has a name, topic by topic.

    PATH is a folder of rules or one file. Without it, the rules of this program are listed, and those of --rules. Cases
    and sources are listed only if --kind asks for them.
    """
    kb = knowledge(paths, context.obj)
    only = chosen(kb, topics)
    sections = [section for section in items_of(kb) if (section in kinds if kinds else section not in _UNLESS_ASKED)]
    listed = [section for section in sections if section != PACKS or kinds]
    console = Console()
    width = shutil.get_terminal_size(fallback=(10_000, 24)).columns  # where nobody looks, nothing is cut
    count = dict.fromkeys(listed, 0)
    for listing in file_listings(kb, listed):
        if only and listing.topic not in only:
            continue
        console.line(Line(printed(listing.title), Role.HEADING))
        longest = max(columns(name) for items in listing.items.values() for name in items)
        for section, items in listing.items.items():
            count[section] += len(items)
            console.say(f"{section}:", first="  ")
            for name, item in items.items():
                margin = f"    {name}{' ' * (min(longest, 32) - columns(name))}  "
                click.echo(margin + cut(line_of(section, item), max(width - columns(margin), 12)))
        console.say()
    said = ", ".join(counted(number, section.removesuffix("s")) for section, number in count.items() if number)
    click.echo(f"{names(kb)}: {said or 'nothing of this kind'}.")


# --- graph ------------------------------------------------------------------------------------------------------------

_PATIENCE = 60  # seconds that Graphviz may take


@click.command("graph")
@paths_argument
@topics_option("Only this topic.")
@format_option(
    *("mermaid", "dot", "svg"), default="mermaid", says="How it is written; svg needs Graphviz, and takes one topic."
)
@output_option()
@click.pass_context
def graph(
    context: click.Context, paths: tuple[str, ...], topics: tuple[str, ...], form: str, output: str | None
) -> None:
    """Draw which questions lead to which rules, and what follows.

    There is one picture a topic: questions, rules, findings, and what is recommended. A dashed arrow holds something
    back; an arrow with a cross means that the rule needs it ruled out. PATH is as for “list”.
    """
    kb = knowledge(paths, context.obj)
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
        write(_svg(to_dot(drawn[0]).encode()), output)
    elif form == "dot":
        write("\n".join(map(to_dot, drawn)), output)
    else:
        write(to_mermaid(drawn[0]) if len(drawn) == 1 else to_markdown(drawn), output)


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


# --- schema -----------------------------------------------------------------------------------------------------------


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
@output_option()
@click.pass_context
def schema(context: click.Context, paths: tuple[str, ...], about: str, output: str | None) -> None:
    """Write a JSON Schema, so that an editor knows all names.

    An editor that reads it completes questions, answers and findings as you write, and marks what there is not. Write
    it anew when names change. PATH is as for “list”.
    """
    write(schema_text(knowledge(paths, context.obj), about), output)
