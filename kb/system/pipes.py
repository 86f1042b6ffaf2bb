"""Find out whether anybody is at the other end of a pipe."""

from __future__ import annotations

import select
from typing import TextIO


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
