"""How pieces look: what `kb.workbench.description.conditions` and `kb.workbench.description.items` say."""

from __future__ import annotations

from collections.abc import Iterable

from kb.report.layout import Role
from kb.report.rendering import Line
from kb.terminal.console import Console
from kb.text.wrapping import printed
from kb.workbench.description.conditions import Piece


def say_all(console: Console, pieces: Iterable[Piece]) -> None:
    """Write pieces; a place stays on one line, however long, since only then a terminal can make it a link."""
    for piece in pieces:
        if piece.role is Role.SOURCE:
            console.line(Line(piece.first + printed(piece.text), Role.SOURCE))
        else:
            console.say(*piece)
