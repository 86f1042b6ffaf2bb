"""Measure loading: against PyYAML's C loader on the same text, and how it grows with the rules."""

from __future__ import annotations

import gc
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import log
from pathlib import Path

import yaml

from kb.language.loading import bundled, load
from kb.language.yaml_source import read
from tests.property.sound import sound_pack

ROUNDS = 9
COPIES = (1, 3, 10, 30, 100)  # of a pack of 100 rules
_NAME = re.compile(r"\b([a-zA-Z]+-\d+)(?=[\s:,\]}?-])")


def copies_of(text: str, count: int, folder: Path) -> Path:
    """Write a pack of `count` copies of a sound pack's items, each under names of its own, and return its folder."""
    (folder / "cases").mkdir(parents=True)
    head, sections = text.split("\nsources:\n")
    lines = [line for line in head.split("\n") if line.startswith(("pack:", "title:", "version:", "limits:"))]
    topics = ", ".join(f"part-{number}" for number in range(count))
    (folder / "pack.yaml").write_text("\n".join([*lines, f"topics: [{topics}]", ""]), encoding="utf-8")
    items, cases = sections.split("\ncases:\n")
    for number in range(count):
        for name, part in ((f"part-{number}", f"sources:\n{items}\n"), (f"cases/part-{number}", f"cases:\n{cases}")):
            renamed = _NAME.sub(rf"\1-{number}", part)
            (folder / f"{name}.yaml").write_text(renamed, encoding="utf-8")
    return folder


def loading_times() -> None:
    """Print what reading and loading take, as shares of what the stock loader takes, and the growth."""
    with tempfile.TemporaryDirectory() as place:
        text = sound_pack(1, rules=100)
        folders = {count: copies_of(text, count, Path(place) / str(count)) for count in COPIES}
        _compare("the shipped pack", bundled() / "hamstrings")
        _compare("1,000 rules in 21 files", folders[10])
        whole = Path(place) / "whole"
        whole.mkdir()
        (whole / "pack.yaml").write_text(sound_pack(1, rules=1000), encoding="utf-8")
        _compare("1,000 rules in one file", whole)
        last: tuple[int, float] | None = None
        for folder in folders.values():
            rules = len(load(folder).rules)
            taken = min(_time(lambda folder=folder: load(folder)) for _ in range(3))
            grown = f", grown with the power {log(taken / last[1]) / log(rules / last[0]):.2f}" if last else ""
            print(f"{rules:>6} rules: {taken:.3f} s{grown}", flush=True)
            last = (rules, taken)


def _compare(name: str, folder: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml"))]
    work: dict[str, Callable[[], object]] = {
        "stock": lambda: [yaml.load(text, yaml.CSafeLoader) for text in texts],
        "parsed": lambda: [_parse(text) for text in texts],
        "read": lambda: [read(text, "") for text in texts],
        "loaded": lambda: load(folder),
    }
    for collecting in (True, False):
        times: dict[str, list[float]] = {each: [] for each in work}
        with _collector(collecting):
            for _ in range(ROUNDS):  # interleaved, so that a slow moment of the machine slows all alike
                for each, run in work.items():
                    times[each].append(_time(run))
        stock, *ours = (statistics.median(taken) for taken in times.values())
        parsed, read_in, loaded = (taken / stock for taken in ours)
        switched = "on" if collecting else "off"
        print(f"{name}, {sum(map(len, texts)) // 1000} kB, garbage collector {switched}:", end=" ")
        print(f"CSafeLoader {stock * 1000:.0f} ms; bare events {parsed:.2f} of that, reading {read_in:.2f}", end=", ")
        print(f"the whole load {loaded:.2f}", flush=True)


def _parse(text: str) -> None:
    """Take every event and build nothing: what PyYAML costs whoever reads its events."""
    next_event = yaml.CBaseLoader(text).get_event
    while next_event() is not None:
        pass


@contextmanager
def _collector(on: bool) -> Iterator[None]:
    if not on:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _time(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start
