"""Find the name that was meant where a word is no name that is known."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to a mistyped `word`, or None if none is close."""
    import difflib  # costs a quarter of click's import, and only mistakes need it

    names = list(known)
    folded = {name.casefold().replace("_", "-").replace(" ", "-"): name for name in reversed(names)}
    wanted = word[:80].casefold().replace("_", "-").replace(" ", "-")
    matches = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return ``Did you mean “x”?`` for the nearest known name, else `otherwise`."""
    match = nearest(word, known)
    return f"Did you mean “{match}”?" if match else otherwise


def run_together(text: str, known: Container[str]) -> str | None:
    """Return the list ``[one, two]`` if `text` holds nothing but several known names, else None."""
    names = [name for name in re.split(r"[\s,;&+]+", text) if name not in ("", "and", "or")]
    return f"[{', '.join(names)}]" if 1 < len(names) <= 12 and all(name in known for name in names) else None
