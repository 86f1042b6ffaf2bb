"""Write lines to the terminal and read lines from it, whatever is at the other end.

A terminal, a pipe, a file and a screen reader all get the same plain lines. Colour is added where it is welcome, and
says nothing that the words do not. Nothing moves the cursor.
"""

from __future__ import annotations

import codecs
import encodings.ascii
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from kb.text.blocks import Line, Paragraph, Role
from kb.text.wrapping import NARROWEST, cut, printed, wrapped

FINE, TO_MEND, WRONG, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: all is as it should be; there is something to mend; the call or its input is wrong; Ctrl-C."""

WIDEST = 78
"""The measure of everything in an interview: no line is longer, however wide the window."""

_LONGEST = 2_000
"""Characters of a typed line that are looked at. No answer is so long; a file sent by mistake may be."""

_MOST_LINES = 2_000
"""How many lines are taken from a pipe: what sends more has no end."""

_MOST_PIECES = 1_000
"""How many times as much is passed over in search of the end of a line."""

_BYTE_ORDER_MARK = "\ufeff"
"""What some programs put before all that they send; nobody can type it."""

_LOOKS: dict[Role, dict[str, Any]] = {
    Role.ALARM: {"fg": "red", "bold": True, "reverse": True},
    Role.HEADLINE: {"bold": True},
    Role.HEADING: {"fg": "cyan", "bold": True},
    Role.TITLE: {"bold": True},
    Role.SOURCE: {"dim": True},
    Role.PLACE: {"dim": True},
    Role.QUIET: {"dim": True},
}


class EndOfInput(Exception):  # noqa: N818 - an end, no error
    """Nothing more can be read: the pipe ended, the terminal closed, or the person typed Ctrl-D."""


class Console:
    """A person's end of the program: standard input and standard output."""

    def __init__(self) -> None:
        self.listening = sys.stdin is not None and sys.stdin.isatty()
        self._coloured = _wants_colour()
        self._lenient = False
        self._lines = 0

    @property
    def width(self) -> int:
        """Return the columns to write in."""
        return max(NARROWEST, min(window_width(), WIDEST))

    @property
    def redraws(self) -> bool:
        """Say whether a line may be drawn over: a person sits at a terminal that shows more than plain lines."""
        return self.listening and self._coloured

    def say(self, text: str = "", role: Role = Role.TEXT, first: str = "", rest: str | None = None) -> None:
        """Write `text` wrapped, `first` before its first line and `rest` (else blanks) before the others.

        A place in a file stays on one line, however long: only then a terminal can make it a link.
        """
        margin = " " * len(first) if rest is None else rest
        lines = [first + printed(text)] if role is Role.PLACE else wrapped(text, self.width, first, margin)
        for line in lines:
            self.line(Line(line, role))

    def say_all(self, paragraphs: Iterable[Paragraph]) -> None:
        """Write paragraphs, wrapped."""
        for paragraph in paragraphs:
            self.say(*paragraph)

    def line(self, line: Line) -> None:
        """Write a line that is laid out already."""
        look = _LOOKS.get(line.role) if self._coloured and line.text else None
        margin = line.text[: len(line.text) - len(line.text.lstrip())]
        click.echo(margin + click.style(line.text.lstrip(), **look) if look else line.text, color=self._coloured)

    def read(self, prompt: str, words: Sequence[str] = ()) -> str:
        """Return the next line that is typed; at a terminal, Tab completes it to one of `words`.

        What comes through a pipe is shown behind the prompt, as a terminal would show it.

        Raises:
            EndOfInput: if there is none.
        """
        self._lines += 1
        endless = self._lines > _MOST_LINES and not self.listening
        line = "" if endless else self._next_line(prompt, words)
        if not line:
            if self.listening:
                click.echo()
            raise EndOfInput
        typed = line[:_LONGEST].removeprefix(_BYTE_ORDER_MARK).strip()
        if not self.listening:
            click.echo((prompt + cut(printed(typed), self.width)).rstrip())
        return typed

    def _next_line(self, prompt: str, words: Sequence[str]) -> str:
        if sys.stdin is None:
            return ""
        if not self._lenient and hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")  # what is no text is an answer that cannot be read, no crash
            self._lenient = True
        try:
            if self.listening and sys.stdout is not None and sys.stdout.isatty():
                from kb.terminal import line_editing  # only now: the first question is not to wait for it

                if line_editing.AVAILABLE:
                    return line_editing.read_line(prompt, words) + "\n"
            if self.listening:
                click.echo(prompt, nl=False)
            line = piece = sys.stdin.readline(_LONGEST)
            for _ in range(_MOST_PIECES):
                if not piece or piece.endswith("\n"):
                    return line
                piece = sys.stdin.readline(_LONGEST)
            return ""  # a line that does not end is no line, and what sends it no person
        except (EOFError, OSError, ValueError):  # it ended, the terminal is gone, or standard input is closed
            return ""


def window_width() -> int:
    """Return how wide the window is, as `shutil.get_terminal_size` finds out; that module takes long to import."""
    named = os.environ.get("COLUMNS", "")
    if named.isascii() and named.isdigit() and int(named[:9]):
        return int(named[:9])
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # it is closed, or no terminal
        return 80


def _wants_colour() -> bool:
    """Say whether standard output is a terminal that shows colour and whose owner wants it (https://no-color.org)."""
    kind = os.environ.get("TERM", "" if os.name == "posix" else "windows")  # where a terminal has a name, it says so
    if os.environ.get("NO_COLOR") or kind in ("", "dumb", "unknown"):
        return False
    return sys.stdout is not None and sys.stdout.isatty()


# --- old encodings ----------------------------------------------------------------------------------------------------

_ASCII = "plain_ascii"
_PLAIN = {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "é": "e"}


def write_what_can_be_written() -> None:
    """Let output in an old encoding lose its curly quotes rather than fail."""
    codecs.register_error("plain", _plain)
    codecs.register(_plain_ascii)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=_ASCII if is_ascii else None, errors="plain")


def _plain_ascii(name: str) -> codecs.CodecInfo | None:
    """Return ASCII under a name of its own: under its usual one click takes it for a mistake, and writes UTF-8."""
    if name != _ASCII:
        return None
    known = encodings.ascii.getregentry()
    known.name = _ASCII
    return known


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    unwritable = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in unwritable), error.end
