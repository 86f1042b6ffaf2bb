"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

_Function = TypeVar("_Function", bound=Callable[..., object])

complete_files = click.Path().shell_complete
"""What Tab adds where a file is named. Whether it can be used, the command finds out itself."""


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
