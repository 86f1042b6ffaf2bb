"""What concerns the whole process: a request to end, a reader that has gone, the garbage collector."""

from __future__ import annotations

import gc
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


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


def is_read(stream: TextIO | None) -> bool:
    """Say whether someone may read what is written to `stream`: it is no pipe whose other end is closed."""
    if stream is None or not hasattr(select, "poll"):
        return True
    try:
        poll = select.poll()
        poll.register(stream.fileno(), 0)
        return not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return True


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector, for work that makes many objects that stay: going through them finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
