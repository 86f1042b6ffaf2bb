"""`unstuck rules`: the teacher's commands."""

from __future__ import annotations

import click

from kb.terminal.help import Group, Lazy


@click.group(
    "rules",
    cls=Group,
    lazy={
        "check": Lazy("workbench.check:command", "Look for mistakes in rules, and show what to do about each."),
        "test": Lazy("workbench.test:command", "Replay the recorded cases, and explain the failing ones."),
        "new": Lazy("workbench.new:command", "Make a question, a rule or a whole pack, step by step."),
        "list": Lazy("workbench.overview:list_names", "List all that has a name, topic by topic."),
        "show": Lazy("workbench.show:command", "Show a rule, a question or anything else that has a name."),
        "why-not": Lazy("workbench.why_not:command", "Say why something is not in a report."),
        "graph": Lazy("workbench.overview:graph", "Draw which questions lead to which rules, and what follows."),
        "schema": Lazy("workbench.overview:schema", "Write a JSON Schema, so that an editor knows all names."),
        "diff": Lazy("workbench.diff:command", "Show who is told something else by the new rules than by the old."),
    },
    short_help="Look after packs of rules: check, test, compare, make new ones.",
)
def command() -> None:
    """For teachers: look after packs of rules."""
