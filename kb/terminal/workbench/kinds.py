"""The kinds of problems, and how the page of one looks."""

from __future__ import annotations

import importlib

from kb.model.kinds import Kind
from kb.report.layout import Role
from kb.report.rendering import Line
from kb.terminal.console import Console
from kb.text.wrapping import printable


def kinds() -> dict[str, Kind]:
    """Return every kind of problem by its name."""
    modules = (importlib.import_module(name) for name in ("kb.language.catalogue", "kb.workbench.checks"))
    return {kind.id: kind for module in modules for kind in module.KINDS}


def page(console: Console, kind: Kind) -> None:
    """Show what a kind of problem is, what comes of it, and an example of each side."""
    console.say(f"Problem {kind.id}", Role.TITLE)
    console.say(f"{kind.severity.value}, of the family {kind.anomaly.value}", Role.QUIET, "  ")
    console.say()
    console.say(kind.title, first="  ")
    console.say()
    console.say(kind.why, first="  ")
    for heading, example in (("With the problem", kind.faulty), ("Without it", kind.sound)):
        if example:
            console.say()
            console.say(f"{heading}:", first="  ")
            console.say()
            for line in example.splitlines():
                console.line(Line(f"    {printable(line, len(line))}".rstrip(), Role.TEXT))  # as it is to be written
    console.say()
