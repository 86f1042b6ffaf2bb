"""`rules list`: all that has a name, file by file, a line each."""

from __future__ import annotations

import shutil

import click

from kb.report.layout import Role
from kb.report.rendering import Line
from kb.terminal.console import Console
from kb.terminal.workbench.common import FINE, TO_MEND, knowledge, names, paths_argument
from kb.terminal.workbench.topics import chosen
from kb.text.wrapping import columns, counted, cut, printed
from kb.workbench.description.index import PACKS, file_listings, items_of, line_of

_KINDS = ("rules", "questions", "findings", "recommendations", "referrals", "cases", "sources", "packs")
_UNLESS_ASKED = ("cases", "sources")


@click.command("list")
@paths_argument
@click.option("--kind", "kinds", type=click.Choice(_KINDS), multiple=True, help="Only these. Repeatable.")
@click.option("--topic", "topics", metavar="TOPIC", multiple=True, help="Only what belongs to this topic. Repeatable.")
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...], kinds: tuple[str, ...], topics: tuple[str, ...]) -> None:
    """List all that has a name, topic by topic.

    PATH is a folder of rules or one file. Without it, the rules of this program are listed, and those of --rules. Cases
    and sources are listed only if --kind asks for them.
    """
    kb = knowledge(paths, context.obj)
    if kb is None:
        context.exit(TO_MEND)
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
    context.exit(FINE)
