"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_Function = TypeVar("_Function", bound=Callable[..., object])

complete_files = click.Path().shell_complete
"""What Tab adds where a file is named. Whether it can be used, the command finds out itself."""


def complete_packs(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Add the ids of the shipped packs that begin so, and files."""
    from kb.terminal.completion import shipped  # only now: who asks for help need not wait for it

    return [*shipped(begun), *complete_files(context, parameter, begun)]


def format_option(*forms: str, default: str | None = None, says: str) -> Callable[[_Function], _Function]:
    """Let a command write in one of several `forms`."""
    return click.option("--format", "form", type=click.Choice(forms), default=default, show_default=True, help=says)


def output_option(says: str = "Write it into this file.") -> Callable[[_Function], _Function]:
    """Let a command write into a file."""
    return click.option("--output", metavar="FILE", shell_complete=complete_files, help=says)


def plan_options(says: str) -> Callable[[_Function], _Function]:
    """Let a command write its report into a file."""

    def decorated(function: _Function) -> _Function:
        force = click.option("--force", is_flag=True, help="Write over a file that is there already.")
        forms = "The ending says in which form: plan.html is a page to print, plan.md a note, plan.json data."
        return output_option(f"{says} {forms}")(force(function))

    return decorated
