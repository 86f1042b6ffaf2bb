"""All engines that ours is compared with, those that are fast first."""

from __future__ import annotations

from .engines import Chainer, Clingo, Clips, Experta, Peer
from .layered import JsonRules, Zen

PEERS: dict[str, type[Peer]] = {each.name: each for each in (Chainer, Clips, Clingo, Zen, JsonRules, Experta)}


def versions() -> dict[str, str]:
    """Return the version of every peer; nothing for those that are not installed."""
    return {name: peer.version() for name, peer in PEERS.items()}
