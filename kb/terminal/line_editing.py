"""Let a typed line be edited where Python has `readline`: arrow keys, earlier lines, Tab for what can be typed.

It is loaded only once a line is read from a terminal, when the first question stands there already. What was typed
stays in memory and is gone with the program.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType

try:
    import readline
    import termios
except ImportError:  # Windows has neither; there the terminal edits lines itself
    AVAILABLE = False
else:
    AVAILABLE = True


def read_line(prompt: str, words: Sequence[str]) -> str:
    """Return the line that is typed behind `prompt`; Tab completes it to one of `words`.

    Raises:
        EOFError: if none comes.
    """

    def completed(begun: str, number: int) -> str | None:
        found = [word for word in words if word.casefold().startswith(begun.casefold())]
        return found[number] if number < len(found) else None

    libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    for setting in (
        () if libedit else ("enable-bracketed-paste off", "enable-meta-key off", "completion-ignore-case on")
    ):
        readline.parse_and_bind(f"set {setting}")
    readline.set_completer_delims("")  # an answer has several words
    readline.set_completer(completed)
    while True:
        sys.stdout.flush()
        with contextlib.suppress(_Continued), _left_tidy():
            return input(prompt)


class _Continued(Exception):  # noqa: N818 - no error
    """The program stood still, as behind Ctrl-Z, and goes on."""


@contextlib.contextmanager
def _left_tidy() -> Iterator[None]:
    """Leave the terminal as it was, also if the program is asked meanwhile to end or to stand still.

    Raises:
        _Continued: once it goes on. What was typed of the line is dropped, as the terminal does.
    """
    before = termios.tcgetattr(sys.stdin.fileno())

    def leave(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, before)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)  # here it ends, or stands still
        raise _Continued

    handled = [
        number
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP)
        if signal.getsignal(number) is signal.SIG_DFL
    ]
    for number in handled:
        signal.signal(number, leave)
    # A signal that comes just before readline begins to wait is seen with the next key only. The alarm is such a key.
    alarm = signal.signal(signal.SIGALRM, lambda _number, _frame: None)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, alarm)
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
