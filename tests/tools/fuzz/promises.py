"""What every run must keep: nothing that drives a terminal is said, and nothing takes long."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LONGEST = 2.0
"""Seconds of computing that one input may take. Waiting for other programs on the machine does not count."""

# Written down once more, rather than taken from the program: what is wrong there must not be right here.
_DRIVES = re.compile(
    "["
    "\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f"  # controls of the first and the second kind; a line break is none
    "\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb"  # unseen, or turns text
    "\\ud800-\\udfff\\U000e0000-\\U000e0fff"  # halves of characters, and tags
    "]"
)


class Broken(AssertionError):
    """A promise that an input has broken."""


def harmless(text: str) -> str:
    """Return `text`, which may reach a terminal.

    Raises:
        Broken: if it may not.
    """
    found = _DRIVES.search(text)
    if found is not None:
        around = text[max(0, found.start() - 30) : found.end() + 30]
        raise Broken(f"U+{ord(found[0]):04X} reaches the terminal in {around!a}")
    return text


def short(text: str, most: int) -> str:
    """Return `text`, which is not longer than `most`.

    Raises:
        Broken: if it is longer.
    """
    if len(text) > most:
        raise Broken(f"{len(text)} characters where {most} are enough: {text[:80]!a}…")
    return text


@contextmanager
def in_time(seconds: float = LONGEST) -> Iterator[None]:
    """Break off what takes longer, where the system has a clock for that.

    Raises:
        Broken: if it was broken off.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def late(_number: int, _frame: FrameType | None) -> None:
        raise Broken(f"it takes longer than {seconds} seconds")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
