"""What strangers hand to the program, and what each must come to: a result or a refusal, and nothing else.

A target takes any bytes. It returns if all promises are kept; whatever it raises is a bug.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from tests.tools.fuzz import answering, caching, loading, storing


class Target(NamedTuple):
    """An entry point: how it is run, inputs to begin with, and how long an input is at most."""

    run: Callable[[bytes], None]
    seeds: Callable[[], tuple[bytes, ...]]
    most: int


TARGETS = {
    "loader": Target(loading.run, cache(loading.seeds), 3_000),
    "answers": Target(answering.run, cache(answering.seeds), 600),
    "journal": Target(storing.run, cache(storing.seeds), 16_384),
    "cache": Target(caching.run, cache(caching.seeds), 8_192),
}
