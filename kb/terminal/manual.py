"""`manual`: all that the program can do, from the same sources as its help.

The manual is a row of `Piece`s, and `as_text` lays them out for a terminal. (`tests/tools/man_page.py` makes the page
for `man` of them that the wheel brings along.)
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from inspect import cleandoc
from itertools import chain
from typing import NamedTuple

import click

from kb.journal import location
from kb.language import settings
from kb.system import cache
from kb.terminal.console import WIDEST
from kb.terminal.help import HEADINGS, most
from kb.terminal.interview.commands import AT_A_QUESTION, AT_THE_REPORT
from kb.text.wrapping import NARROWEST, columns, wrapped


class Role(Enum):
    """What a piece of the manual is."""

    HEADING = "heading"
    COMMAND = "command"
    TEXT = "text"
    AS_IT_IS = "as it is"
    TERM = "term"


class Piece(NamedTuple):
    """A piece of the manual; `term` is what a text explains."""

    role: Role
    text: str
    term: str = ""


_NAME = "unstuck - what to correct in your forward folds, as one yoga article teaches it"
_FILES = (
    ("config.yaml", "the rules that always come along, in the folder “unstuck” where your system keeps settings"),
    ("journal.sqlite3", "the journal, in the folder “unstuck” where your system keeps the data of programs"),
)
_VARIABLES = (
    (settings.RULES, "folders or files of rules that come along, after those of the settings file"),
    (settings.FILE, "another settings file; none if it is empty"),
    (location.FILE, "another file for the journal; no journal if it is empty"),
    (location.NONE, "if it is set, no journal is kept or read"),
    (cache.NONE, "if it is set, rules are read anew at every start"),
    ("NO_COLOR", "if it is set, nothing is colored"),
    ("PAGER", "what “unstuck manual” is shown with"),
)


def manual(context: click.Context) -> Iterator[Piece]:
    """Yield the manual of the program whose topmost command `context` belongs to."""
    program = context.command
    assert isinstance(program, click.Group)
    names = program.list_commands(context)
    shown = [name for some in HEADINGS.values() for name in some]
    order = sorted(names, key=lambda name: shown.index(name) if name in shown else 0)
    sections: dict[str, Iterable[Piece]] = {
        "Name": [Piece(Role.TEXT, _NAME)],
        "Synopsis": [Piece(Role.AS_IT_IS, _usage(program, context))],
        "Description": _paragraphs(program),
        "What to type most": _terms(most(context, names)),
        "Options": _terms([*_options(program, context), ("-h, --help", "what this command does; all have it")]),
        "Commands": chain.from_iterable(_command(program, context, name) for name in order),
        "At a question": _terms(AT_A_QUESTION),
        "At the report": _terms(AT_THE_REPORT),
        "Files": _terms(_FILES),
        "Environment": _terms(_VARIABLES),
        "Exit status": [Piece(Role.TEXT, program.epilog or "")],
    }
    for heading, pieces in sections.items():
        yield Piece(Role.HEADING, heading)
        yield from pieces


def _command(group: click.Group, parent: click.Context, name: str) -> Iterator[Piece]:
    """Yield a command, and all below it."""
    command = group.get_command(parent, name)
    if command is None or command.hidden:
        return
    context = click.Context(command, parent=parent, info_name=name, **command.context_settings)
    yield Piece(Role.COMMAND, context.command_path)
    if not isinstance(command, click.Group):
        yield Piece(Role.AS_IT_IS, _usage(command, context))
    yield from _paragraphs(command)
    yield from _terms(_options(command, context))
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _command(command, context, inner)


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def _paragraphs(command: click.Command) -> Iterator[Piece]:
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            yield Piece(Role.AS_IT_IS, paragraph.lstrip("\b\n"))
        else:
            yield Piece(Role.TEXT, " ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the options, without that for help, which every command has."""
    for each in command.get_params(context):
        if isinstance(each, click.Option) and "--help" not in each.opts and (record := each.get_help_record(context)):
            yield record


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[Piece]:
    return (Piece(Role.TERM, does, term) for term, does in terms)


# --- for a terminal ---------------------------------------------------------------------------------------------------

_TERM_ROOM = 18


def as_text(pieces: Iterable[Piece], width: int) -> Iterator[str]:
    """Yield the lines of the manual, none of more than `width` columns where its words allow that."""
    before: Role | None = None
    for piece in pieces:
        if before not in (None, Role.HEADING) and (before, piece.role) != (Role.TERM, Role.TERM):
            yield ""
        match piece.role:
            case Role.HEADING:
                yield piece.text.upper()
            case Role.COMMAND:
                yield f"  {piece.text}"
            case Role.TEXT:
                yield from wrapped(piece.text, width, "    ", "    ")
            case Role.AS_IT_IS:
                for line in piece.text.splitlines():  # with its blanks, unless it is too long
                    fits = columns(line) + 4 <= width
                    yield from [f"    {line}".rstrip()] if fits else wrapped(line, width, "    ", "        ")
            case Role.TERM:
                yield from _term(piece, width)
        before = piece.role


def _term(piece: Piece, width: int) -> Iterator[str]:
    first = f"    {piece.term:<{_TERM_ROOM}}  "
    if columns(piece.term) > _TERM_ROOM:
        yield from wrapped(piece.term.replace("|", "| "), width, "    ", "        ")
        first = " " * (_TERM_ROOM + 6)
    yield from wrapped(piece.text, width, first, " " * (_TERM_ROOM + 6))


# --- the command ------------------------------------------------------------------------------------------------------


@click.command("manual")
@click.pass_context
def command(context: click.Context) -> None:
    """Read the whole manual.

    At a terminal it comes page by page: blank goes on, q ends. Sent elsewhere, as with “> manual.txt”, it comes at
    once.
    """
    there = sys.stdout is not None and sys.stdout.isatty()
    width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST)) if there else WIDEST
    text = "".join(f"{line}\n" for line in as_text(manual(context.find_root()), width))
    if there:
        click.echo_via_pager(text, color=False)
    else:
        click.echo(text, nl=False)
