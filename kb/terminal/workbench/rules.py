"""`unstuck rules`: the teacher's commands."""

from __future__ import annotations

import click

from kb.terminal.help import Group, Late


@click.group(
    "rules",
    cls=Group,
    late={
        "check": Late("workbench.check:command"),
        "test": Late("workbench.test:command"),
        "new": Late("workbench.new:command"),
        "list": Late("workbench.overview:list_names"),
        "show": Late("workbench.show:command"),
        "why-not": Late("workbench.why_not:command"),
        "graph": Late("workbench.overview:graph"),
        "schema": Late("workbench.overview:schema"),
        "diff": Late("workbench.diff:command"),
    },
    short_help="Look after packs of rules: check, test, compare, make new ones.",
)
def command() -> None:
    """For teachers: look after packs of rules."""
