"""A real terminal for tests: a program on a pseudo-terminal, typed at and read from."""

from __future__ import annotations

import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 20.0


class Terminal:
    """`python cli.py …` on a terminal of some columns. Used as a context, it leaves nothing running.

    An environment variable that is None is not there. `before` are the words of a command that starts the program, and
    `prepare` is called in the new process before that.
    """

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        environment: Mapping[str, str | None] | None = None,
        before: Sequence[str] = (),
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self.seen = ""
        self.master, slave = pty.openpty()
        self.resize(columns)
        self.modes_before = self.modes()
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        wanted = {**inherited, "TERM": "xterm-256color", "PYTHONUTF8": "1", **(environment or {})}

        def take_the_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests run in the background would pass on that it is ignored
            if prepare is not None:
                prepare()

        self.process = subprocess.Popen(
            [*before, sys.executable, str(ROOT / "cli.py"), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={name: value for name, value in wanted.items() if value is not None},
            start_new_session=True,
            preexec_fn=take_the_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.master >= 0:
            os.close(self.master)

    def read_until(self, text: str) -> str:
        """Return what appeared since the last call, up to `text` and beyond."""
        begun, fresh = time.monotonic(), ""
        while text not in fresh:
            if time.monotonic() - begun > PATIENCE:
                raise AssertionError(f"{text!r} never appeared, but:\n{self.seen}")
            piece = self._piece()
            if piece is None:
                raise AssertionError(f"it ended before {text!r} appeared:\n{self.seen}")
            fresh += piece
        return fresh

    def type(self, keys: str) -> None:
        """Type `keys`; a line break is the Enter key."""
        os.write(self.master, keys.encode())

    def answer(self, *lines: str, prompt: str = "> ") -> str:
        """Type each line when a prompt is there, and return what followed the last of them, up to its prompt."""
        fresh = ""
        for line in lines:
            self.type(line + "\n")
            fresh = self.read_until(f"\n{prompt}")
        return fresh

    def modes(self) -> list[Any]:
        """Return how the terminal is set: whether it echoes, waits for whole lines, and so on."""
        return termios.tcgetattr(self.master)

    def resize(self, columns: int) -> None:
        """Make the window so wide, of which the terminal tells the program."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

    @property
    def tidy(self) -> bool:
        """Say whether the terminal is as it was: its modes, its cursor, and no colour left over."""
        looks = re.findall(r"\x1b\[([0-9;]*)m", self.seen)
        others = re.sub(r"\x1b\[[0-9;]*m", "", self.seen)
        return self.modes() == self.modes_before and looks[-1:] in ([], ["0"]) and "\x1b" not in others

    def end(self) -> int:
        """Read on until the program ends, and return its exit code."""
        begun = time.monotonic()
        while self._piece() is not None:
            assert time.monotonic() - begun < PATIENCE, f"it does not end:\n{self.seen}"
        return self.process.wait(timeout=PATIENCE)

    def hang_up(self) -> int:
        """Close the terminal, and return the exit code of the program."""
        os.close(self.master)
        self.master = -1
        return self.process.wait(timeout=PATIENCE)

    def terminate(self) -> int:
        """Ask the program to end, as a shutdown does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    @property
    def plain(self) -> str:
        """Return all that appeared, without colours, its lines ended by a plain line break."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.seen).replace("\r\n", "\n")

    def _piece(self) -> str | None:
        """Return what appears within a moment; None once the program has closed the terminal."""
        ready, _, _ = select.select([self.master], [], [], 0.1)
        if not ready:
            return None if self.process.poll() is not None else ""
        try:
            piece = os.read(self.master, 65_536).decode(errors="replace")
        except OSError:  # Linux says so when the other end is closed
            return None
        self.seen += piece
        return piece or None
