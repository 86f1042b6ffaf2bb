"""The time, and what is typed while it runs: neither waits for the other.

Where a bar is drawn, what is typed must not be written over it by the terminal. So its echo is switched off meanwhile,
and the bar shows what was typed. Elsewhere the terminal echoes as ever.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from kb.interview.practice import GAP
from kb.terminal.console import EndOfInput

_LONGEST = 40
"""Characters of a line that are kept: the words that mean something are short."""

_Handler = Callable[[int, FrameType | None], None]


class Clock:
    """The real clock and the real keyboard."""

    def __init__(self, *, echo: bool) -> None:
        self.typed = ""
        self._echo = echo
        self._before: Any = None
        self._ahead = 0.0
        self._handlers: dict[int, Any] = {}
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")  # a letter may come in several bytes

    def __enter__(self) -> Clock:
        for name in ("SIGHUP", "SIGTERM"):  # a closed terminal ends a hold as Ctrl-C does, so that it is kept
            if number := getattr(signal, name, None):
                with contextlib.suppress(ValueError):  # not the main thread
                    self._handlers[number] = signal.signal(number, _interrupt)
        self._before = _attributes()
        self._handlers |= _while_stopped(self._stand_still, self._come_back)
        self.return_()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _restore(self._before)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def now(self) -> float:
        """Return the seconds of a clock that never goes backwards."""
        return time.monotonic() + self._ahead

    def line(self, patience: float) -> str | None:
        """Return the next line that is typed, or None if none is finished within `patience` seconds.

        Raises:
            EndOfInput: if nothing more can be typed.
        """
        end = time.monotonic() + patience
        while True:
            key = _key(end - time.monotonic())
            finished = self._take(self._decoder.decode(key)) if key else None
            if finished is not None or time.monotonic() >= end:
                return finished

    def return_(self) -> None:
        """Listen again, after something else had the terminal."""
        if not self._echo:
            _hush()

    def _stand_still(self, number: int, _frame: FrameType | None) -> None:
        """Give the terminal back as it was before the program stands still, as behind Ctrl-Z.

        The clock is put ahead, so that this is seen as a pause, however short it was.
        """
        _restore(self._before)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)  # here it stands still
        signal.signal(number, self._stand_still)
        self._ahead += 2 * GAP
        self.return_()

    def _come_back(self, _number: int, _frame: FrameType | None) -> None:
        """Listen again after something stopped the program that it was not told of."""
        self.return_()

    def _take(self, key: str) -> str | None:
        """Take a key, and return the line if that finishes it."""
        if not key:
            return None
        if key in "\r\n":
            line, self.typed = self.typed.strip(), ""
            return line
        if key in "\x7f\b":
            self.typed = self.typed[:-1]
        elif key == "\x15":
            self.typed = ""
        elif key == "\x04" and not self.typed:
            raise EndOfInput
        elif key.isprintable() and len(self.typed) < _LONGEST:
            self.typed += key
        return None


def _while_stopped(stop: _Handler, come_back: _Handler) -> dict[int, Any]:
    """Call `stop` before the program stands still and `come_back` when it goes on, and return what was called before.

    A program that is not to be stopped stays so.
    """
    before: dict[int, Any] = {}
    for name, handler in (("SIGTSTP", stop), ("SIGCONT", come_back)):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            with contextlib.suppress(ValueError):  # not the main thread
                before[number] = signal.signal(number, handler)
    return before


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if sys.platform == "win32":
    import msvcrt

    def _attributes() -> None:
        """Return how the terminal is set: Windows has nothing to set for this."""

    def _restore(_before: None) -> None:
        """Leave the terminal as it is."""

    def _hush() -> None:
        """Leave the terminal as it is: keys read one by one are not echoed here."""

    def _key(patience: float) -> bytes:
        """Return the next key that is pressed, or nothing if none is within `patience` seconds."""
        end = time.monotonic() + patience
        while not msvcrt.kbhit():
            if time.monotonic() >= end:
                return b""
            time.sleep(0.02)
        key = msvcrt.getwch()
        if key == "\x03":
            raise KeyboardInterrupt
        if key in "\x00\xe0":  # an arrow or function key, of which a second part follows
            msvcrt.getwch()
            return b""
        return key.encode(errors="ignore")

else:
    import select
    import termios

    def _attributes() -> list[Any] | None:
        """Return how the terminal is set, or None if there is none."""
        try:
            return termios.tcgetattr(sys.stdin.fileno())
        except (termios.error, OSError, ValueError):
            return None

    def _restore(before: list[Any] | None) -> None:
        """Set the terminal as it was. A terminal that is gone needs nothing."""
        if before is not None:
            with contextlib.suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)

    def _hush() -> None:
        """Let keys come one by one and without an echo. Ctrl-C and Ctrl-Z do what they always do."""
        attributes = _attributes()
        if attributes is not None:
            attributes[3] &= ~(termios.ECHO | termios.ICANON)
            attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
            _restore(attributes)

    def _key(patience: float) -> bytes:
        """Return the next byte that is typed, or nothing if none is within `patience` seconds.

        One byte, so that whatever is typed ahead stays where the next one to read will find it.

        Raises:
            EndOfInput: if the terminal is gone.
        """
        try:
            ready, _, _ = select.select([sys.stdin], [], [], max(0.0, patience))
            pressed = os.read(sys.stdin.fileno(), 1) if ready else None
        except (OSError, ValueError):
            raise EndOfInput from None
        if pressed == b"":
            raise EndOfInput
        return pressed or b""
