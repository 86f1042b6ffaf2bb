"""Finish what must not be left half done, though the program is asked to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def finishing() -> Iterator[None]:
    """Let a request to end wait until what is done inside is finished: a shutdown, or a terminal that closes.

    Ctrl-C does not wait: it raises an exception, of which whoever writes something can take care.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows asks otherwise
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
