"""Look at a few inputs more closely than at the rest: the same ones in every run."""

from __future__ import annotations

import zlib


def share(data: bytes, one_in: int) -> bool:
    """Say whether `data` is one of those few."""
    return zlib.crc32(data) % one_in == 0
