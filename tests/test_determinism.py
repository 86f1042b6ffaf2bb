"""The same answers and the same rules give the same bytes, wherever and however often the program runs."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.tools.everywhere import ROOT, Place, difference, languages_made, many, parts, shown

SEEDS = 50


@pytest.mark.slow
def test_everything_shown__fifty_hash_seeds_languages_zones_masks_and_orders__is_the_same_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every run differs from the others in all of this, and in its folder; a few cases and commands are enough."""
    monkeypatch.setenv("LOCPATH", str(languages_made(tmp_path / "languages")))

    def at(place: Place) -> bytes:
        folder = tmp_path / f"{place.seed:02}"
        folder.mkdir()
        return shown(sys.executable, place, folder, 40, str(ROOT))

    first = at(Place())
    names = list(parts(first))
    assert len([name for name in names if name.startswith("case ")]) >= 28
    assert len([name for name in names if name.startswith("unstuck rules check ")]) >= 10
    with ThreadPoolExecutor(2) as pool:
        outputs = pool.map(at, many(SEEDS))
    assert [(place, difference(first, output)) for place, output in zip(many(SEEDS), outputs) if output != first] == []


def test_difference__one_byte_of_one_part__names_the_part_and_shows_the_line() -> None:
    one = b"\n=== case a: text\nthe same\nas ever\n=== case b: text\nthe same\n"
    other = one.replace(b"as ever", b"as never")
    assert difference(one, one) == ""
    assert difference(one, other) == "case a: text differs:\n@@ -1,2 +1,2 @@\n the same\n-as ever\n+as never"
