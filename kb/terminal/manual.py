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
    yield Piece(Role.HEADING, "Name")
    yield Piece(Role.TEXT, _NAME)
    yield Piece(Role.HEADING, "Synopsis")
    yield Piece(Role.AS_IT_IS, _usage(program, context))
    yield Piece(Role.HEADING, "Description")
    yield from _paragraphs(program)
    assert isinstance(program, click.Group)
    yield from _terms("What to type most", most(context, program.list_commands(context)))
    yield from _terms("Options", [*_options(program, context), ("-h, --help", "what this command does; all have it")])
    shown = [name for names in HEADINGS.values() for name in names]
    order = sorted(program.list_commands(context), key=lambda name: shown.index(name) if name in shown else 0)
    yield Piece(Role.HEADING, "Commands")
    for name in order:
        yield from _command(program, context, name)
    yield from _terms("At a question", AT_A_QUESTION)
    yield from _terms("At the report", AT_THE_REPORT)
    yield from _terms("Files", _FILES)
    yield from _terms("Environment", _VARIABLES)
    yield Piece(Role.HEADING, "Exit status")
    yield Piece(Role.TEXT, program.epilog or "")


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
    yield from (Piece(Role.TERM, does, names) for names, does in _options(command, context))
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


def _options(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    """Return the options, without that for help, which every command has."""
    options = [
        each for each in command.get_params(context) if isinstance(each, click.Option) and "--help" not in each.opts
    ]
    return [record for option in options if (record := option.get_help_record(context))]


def _terms(heading: str, terms: Iterable[tuple[str, str]]) -> Iterator[Piece]:
    yield Piece(Role.HEADING, heading)
    yield from (Piece(Role.TERM, does, term) for term, does in terms)


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
                for line in piece.text.splitlines():
                    yield from wrapped_as_it_is(line, width)
            case Role.TERM:
                yield from _term(piece, width)
        before = piece.role


def wrapped_as_it_is(line: str, width: int) -> Iterator[str]:
    """Yield a line as it is written, its blanks too, unless it is too long."""
    if columns(line) + 4 <= width:
        yield f"    {line}".rstrip()
    else:
        yield from wrapped(line, width, "    ", "        ")


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
