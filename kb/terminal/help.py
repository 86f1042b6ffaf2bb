"""Groups of commands: each command is loaded when it is called, and the help says who needs which."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

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


class Lazy(NamedTuple):
    """Where in `kb.terminal` a command is, as “module:name”, and its first sentence, which the help shows unloaded."""

    where: str
    short: str


class Group(click.Group):
    """A group whose `lazy` commands are imported when they are called. Its help shows every line whole."""

    def __init__(self, *args: Any, lazy: Mapping[str, Lazy] | None = None, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands, in the order in which they are needed."""
        return [*self.commands, *self.lazy]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.lazy[cmd_name].where.partition(":")
        command: click.Command = getattr(importlib.import_module(f"kb.terminal.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help; those of the program under headings, below what to type most."""
        names = self.list_commands(ctx)
        if ctx.parent is not None:
            _section(formatter, "Commands", self._lines(ctx, names))
            return
        _section(formatter, "What to type most", most(ctx, names))
        placed = {name for some in HEADINGS.values() for name in some}
        new = [name for name in names if name not in placed]
        for index, (heading, order) in enumerate(HEADINGS.items()):
            shown = [name for name in order if name in names] + new * (not index)
            _section(formatter, heading, self._lines(ctx, shown))

    def _lines(self, ctx: click.Context, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        for name in names:
            if name in self.lazy:
                yield name, self.lazy[name].short
            elif (command := self.get_command(ctx, name)) is not None and not command.hidden:
                yield name, in_short(command)


def in_short(command: click.Command) -> str:
    """Return what a command does in its first sentence, whole."""
    said = command.short_help or (command.help or "").split("\n\n")[0]
    return " ".join(said.replace("\b", "").split())


def most(context: click.Context, names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what to type most, as far as there are such commands, each with what it does."""
    for typed, does in MOST:
        if not typed or typed.split()[0] in (*names, "COMMAND"):
            yield f"{context.info_name} {typed}".rstrip(), does


def _section(formatter: click.HelpFormatter, heading: str, lines: Iterable[tuple[str, str]]) -> None:
    if shown := list(lines):
        with formatter.section(heading):
            formatter.write_dl(shown)
