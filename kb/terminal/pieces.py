"""How pieces look: what `kb.reading` and `kb.describing` say."""

from __future__ import annotations

from collections.abc import Iterable

from kb.outline import Role
from kb.reading import Piece
from kb.rendering import Line
from kb.terminal.console import Console
from kb.wrapping import printed


def say_all(console: Console, pieces: Iterable[Piece]) -> None:
    """Write pieces; a place stays on one line, however long, since only then a terminal can make it a link."""
    for piece in pieces:
        if piece.role is Role.SOURCE:
            console.line(Line(piece.first + printed(piece.text), Role.SOURCE))
        else:
            console.say(*piece)
