"""`manual`: all that the program can do, from the same sources as its help.

The manual is a row of `Block`s, and `as_text` lays them out for a terminal. (`tests/tools/man_page.py` makes the page
for `man` of them that the wheel brings along.)
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from itertools import chain

import click

from kb.journal import location
from kb.language import settings
from kb.system import cache
from kb.terminal.console import WIDEST
from kb.terminal.help import HEADINGS, most
from kb.terminal.interview.commands import AT_A_QUESTION, AT_THE_REPORT
from kb.text.blocks import Block, Role, section
from kb.text.wrapping import NARROWEST, columns, wrapped

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


def manual(context: click.Context) -> Iterator[Block]:
    """Yield the manual of the program whose topmost command `context` belongs to."""
    program = context.command
    assert isinstance(program, click.Group)
    names = program.list_commands(context)
    shown = [name for some in HEADINGS.values() for name in some]
    order = sorted(names, key=lambda name: shown.index(name) if name in shown else 0)
    sections: dict[str, Iterable[Block]] = {
        "Name": [Block(Role.TEXT, _NAME)],
        "Synopsis": [Block(Role.CODE, _usage(program, context))],
        "Description": _paragraphs(program),
        "What to type most": _terms(most(context, names)),
        "Options": _terms([*_options(program, context), ("-h, --help", "what this command does; all have it")]),
        "Commands": chain.from_iterable(_command(program, context, name) for name in order),
        "At a question": _terms(AT_A_QUESTION),
        "At the report": _terms(AT_THE_REPORT),
        "Files": _terms(_FILES),
        "Environment": _terms(_VARIABLES),
        "Exit status": [Block(Role.TEXT, program.epilog or "")],
    }
    for heading, blocks in sections.items():
        yield from section(heading, blocks)


def _command(group: click.Group, parent: click.Context, name: str) -> Iterator[Block]:
    """Yield a command, and all below it."""
    command = group.get_command(parent, name)
    if command is None or command.hidden:
        return
    context = click.Context(command, parent=parent, info_name=name, **command.context_settings)
    yield Block(Role.TITLE, context.command_path)
    if not isinstance(command, click.Group):
        yield Block(Role.CODE, _usage(command, context))
    yield from _paragraphs(command)
    yield from _terms(_options(command, context))
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _command(command, context, inner)


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def _paragraphs(command: click.Command) -> Iterator[Block]:
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            yield Block(Role.CODE, paragraph.lstrip("\b\n"))
        else:
            yield Block(Role.TEXT, " ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the options, without that for help, which every command has."""
    for each in command.get_params(context):
        if isinstance(each, click.Option) and "--help" not in each.opts and (record := each.get_help_record(context)):
            yield record


def _terms(terms: Iterable[tuple[str, str]]) -> Iterator[Block]:
    return (Block(Role.TERM, does, term) for term, does in terms)


# --- for a terminal ---------------------------------------------------------------------------------------------------

_TERM_ROOM = 18


def as_text(blocks: Iterable[Block], width: int) -> Iterator[str]:
    """Yield the lines of the manual, none of more than `width` columns where its words allow that."""
    before: Role | None = None
    for block in blocks:
        if before not in (None, Role.HEADING) and (before, block.role) != (Role.TERM, Role.TERM):
            yield ""
        match block.role:
            case Role.HEADING:
                yield block.text.upper()
            case Role.TITLE:
                yield f"  {block.text}"
            case Role.TEXT:
                yield from wrapped(block.text, width, "    ", "    ")
            case Role.CODE:
                for line in block.text.splitlines():  # with its blanks, unless it is too long
                    fits = columns(line) + 4 <= width
                    yield from [f"    {line}".rstrip()] if fits else wrapped(line, width, "    ", "        ")
            case Role.TERM:
                yield from _term(block, width)
        before = block.role


def _term(block: Block, width: int) -> Iterator[str]:
    first = f"    {block.label:<{_TERM_ROOM}}  "
    if columns(block.label) > _TERM_ROOM:
        yield from wrapped(block.label.replace("|", "| "), width, "    ", "        ")
        first = " " * (_TERM_ROOM + 6)
    yield from wrapped(block.text, width, first, " " * (_TERM_ROOM + 6))


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
