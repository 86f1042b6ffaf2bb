"""How the help of the program looks: what to type most, and the commands, each under the heading of who needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

MOST = (
    ("", "the interview: what to correct, and why"),
    ("resume", "goes on with an interview that was interrupted"),
    ("practice", "leads you through a correction, and times the hold"),
    ("journal", "what was found before, and how it went"),
    ("manual", "all there is, page by page"),
    ("COMMAND --help", "all about one command"),
)
"""What people type most, behind the name of the program, and what it does."""

HEADINGS = {
    "For you": ("interview", "resume", "practice", "journal", "diagnose"),
    "For teachers": ("rules",),
    "Else": ("manual", "completion"),
}
"""Who needs which command, in the order in which they are shown."""


IN_SHORT = {
    "resume": "Go on with an interview that was interrupted, at the same question.",
    "practice": "Be led through a pose or a correction, with the hold timed.",
    "journal": "Look back at your sessions, take them along, or erase them.",
    "manual": "Read the whole manual.",
    "completion": "Let the Tab key complete commands, options and names in your shell.",
}
"""The first sentence of commands that are not loaded for it, so that the help is there at once."""


def write_commands(group: click.Group, context: click.Context, formatter: click.HelpFormatter) -> None:
    """Write what to type most and all commands of `group`; below the first level they need no headings."""
    names = group.list_commands(context)
    if context.parent is not None:
        _section(formatter, "Commands", _lines(group, context, names))
        return
    _section(formatter, "What to type most", most(context, names))
    placed = {name for some in HEADINGS.values() for name in some}
    new = [name for name in names if name not in placed]
    for index, (heading, order) in enumerate(HEADINGS.items()):
        shown = [name for name in order if name in names] + new * (not index)
        _section(formatter, heading, _lines(group, context, shown))


def in_short(command: click.Command) -> str:
    """Return what a command does in its first sentence, whole."""
    said = command.short_help or (command.help or "").split("\n\n")[0]
    return " ".join(said.replace("\b", "").split())


def most(context: click.Context, names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what to type most, as far as there are such commands, each with what it does."""
    for typed, does in MOST:
        if not typed or typed.split()[0] in (*names, "COMMAND"):
            yield f"{context.info_name} {typed}".rstrip(), does


def _lines(group: click.Group, context: click.Context, names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if context.parent is None and name in IN_SHORT:
            yield name, IN_SHORT[name]
        elif (command := group.get_command(context, name)) is not None and not command.hidden:
            yield name, in_short(command)


def _section(formatter: click.HelpFormatter, heading: str, lines: Iterable[tuple[str, str]]) -> None:
    if shown := list(lines):
        with formatter.section(heading):
            formatter.write_dl(shown)
