"""What `pyproject.toml` allows, as pip reads it; `.ci/run` holds pip to it (`python -m tests.tools.bounds oldest`).

oldest   every package that the program names, at the oldest release that is allowed; the tools as in the lock
newest   only the tools, as in the lock, so that the newest of the others are taken
tools    no constraints, but what the tests need to run
"""

from __future__ import annotations

import re
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tools.licenses import ROOT, lists

LOCK = ROOT / ".ci" / "requirements.txt"


def pins(lock: str) -> list[tuple[Requirement, list[str]]]:
    """Return what a lock file pins, each with its hashes."""
    joined = re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split("--hash=") for line in joined.splitlines()]
    return [(Requirement(parts[0]), [one.strip() for one in parts[1:]]) for parts in lines]


def oldest() -> list[str]:
    """Return the dependencies, each at the oldest release that `pyproject.toml` allows."""
    return [re.sub(r"[>=]=", "==", text) for text in lists("dependencies")]


def newest() -> list[str]:
    """Return what the lock pins and the program does not name."""
    named = {canonicalize_name(Requirement(text).name) for text in lists("dependencies")}
    return [str(pin) for pin, _ in pins(LOCK.read_text(encoding="utf-8")) if canonicalize_name(pin.name) not in named]


if __name__ == "__main__":
    written = {"oldest": lambda: [*oldest(), *newest()], "newest": newest, "tools": lambda: lists("test")}
    print("\n".join(written[sys.argv[1]]()))
