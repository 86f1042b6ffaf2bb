"""A short run of what `python -m tests.tools.fuzz` does at length: what broke a promise once, and some thousand inputs.

They are made by chance and are always the same ones, so that a change fails for what it changed.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.tools.fuzz.mutating import mutated
from tests.tools.fuzz.promises import Broken, harmless, in_time, short
from tests.tools.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "fuzz" / "corpus"
RUNS = {"loader": 500, "answers": 3_000, "journal": 150, "cache": 1_000}


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_fuzz__an_input_that_broke_a_promise_once__keeps_all_of_them(path: Path) -> None:
    TARGETS[path.name.split("-")[0]].run(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_fuzz__inputs_made_by_chance__keep_all_promises(name: str) -> None:
    target, chance = TARGETS[name], random.Random(20261122)
    seeds = target.seeds()
    for data in chance.sample(seeds, min(len(seeds), 40)):
        target.run(data)
    for _ in range(RUNS[name]):
        target.run(mutated(chance.choice(seeds), seeds, chance, target.most))


@pytest.mark.parametrize("text", ["\x1b[2J", "a\x00", "\r", "\x9b1m", "a\u202eb", "\u2066", "\u200b", "\ufeff", "\x7f"])
def test_promises__a_text_that_drives_a_terminal__is_caught(text: str) -> None:
    with pytest.raises(Broken):
        harmless(text)


def endless() -> None:
    while True:
        pass


def test_promises__a_long_text_and_a_long_run__are_caught() -> None:
    with pytest.raises(Broken):
        short("aaa", 2)
    with pytest.raises(Broken), in_time(0.05):
        endless()
