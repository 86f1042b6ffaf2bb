"""Run one target many times: `python -m tests.tools.fuzz TARGET [--runs N] [--seconds S] [--seed N] [--found FOLDER]`.

With atheris (`pip install --group fuzz`) what an input reaches in the program leads to the next ones; without it they
are made by chance, the same for the same seed. Whatever breaks a promise is kept in the folder of `--found`, each
place in the program once, and the run goes on. Exit codes: 0 nothing was broken, 1 something was.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

try:
    import atheris
except ImportError:
    atheris = None

NAMES = ("loader", "answers", "journal", "cache")
HERE = Path(__file__).parent.parent
CORPUS = HERE / "corpus"


class Runner:
    """Counts runs of a target, and keeps what broke a promise."""

    def __init__(self, run: Callable[[bytes], None], name: str, found: Path, runs: int, seconds: float) -> None:
        self.run, self.name, self.found = run, name, found
        self.runs, self.until = runs, time.monotonic() + seconds
        self.began = time.monotonic()
        self.count = 0
        self.broken: dict[str, int] = {}
        self.slowest = 0.0

    @property
    def over(self) -> bool:
        """Say whether it has run as often and as long as it was to."""
        return self.count >= self.runs or time.monotonic() >= self.until

    def __call__(self, data: bytes) -> None:
        """Run once."""
        self.count += 1
        before = time.process_time()
        try:
            self.run(data)
        except Exception as error:
            self._keep(data, error)
        self.slowest = max(self.slowest, time.process_time() - before)
        if self.count % 20_000 == 0:
            self.tell()

    def _keep(self, data: bytes, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f"{Path(frame.filename).name}:{frame.name}" for frame in frames if "/kb/" in frame.filename]
        place = f"{type(error).__name__} in {own[-1] if own else frames[-1].name}"
        self.broken[place] = self.broken.get(place, 0) + 1
        if self.broken[place] > 3:
            return
        self.found.mkdir(parents=True, exist_ok=True)
        path = self.found / f"{self.name}-{hashlib.sha1(data, usedforsecurity=False).hexdigest()[:12]}"
        path.write_bytes(data)
        told = "".join(traceback.format_exception(error))
        print(f"{path}: {place}\n{told}", file=sys.stderr, flush=True)

    def tell(self) -> None:
        """Say how far it has come."""
        seconds = time.monotonic() - self.began
        broken = ", ".join(f"{place} ({count} times)" for place, count in self.broken.items()) or "nothing broken"
        print(
            f"{self.name}: {self.count:,} runs in {seconds:.0f} s, the slowest took {self.slowest:.2f} s; {broken}",
            flush=True,
        )


def by_chance(runner: Runner, seeds: tuple[bytes, ...], most: int, seed: int) -> None:
    """Run with variants of the seeds."""
    from tests.tools.fuzz.mutating import mutated

    chance = random.Random(seed)
    for data in seeds:
        runner(data)
    while not runner.over:
        runner(mutated(chance.choice(seeds), seeds, chance, most))


def by_coverage(runner: Runner, seeds: tuple[bytes, ...], most: int, seed: int) -> None:
    """Run with what atheris makes of the seeds. It ends the process by itself, so what is to be said is said here."""
    from tests.tools.fuzz.mutating import mutated

    def once(data: bytes) -> None:
        runner(data)
        if runner.over:
            runner.tell()
            sys.stderr.flush()
            os._exit(1 if runner.broken else 0)

    def mutator(data: bytes, size: int, number: int) -> bytes:
        if number % 3 == 0:
            made: bytes = atheris.Mutate(data, size)
            return made
        return mutated(data, seeds, random.Random(number), size)

    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(seeds):
            Path(folder, str(number)).write_bytes(data)
        options = [f"-max_len={most}", f"-seed={seed}", "-timeout=120", "-rss_limit_mb=4096", "-verbosity=0"]
        atheris.Setup([sys.argv[0], *options, folder], once, custom_mutator=mutator)
        atheris.Fuzz()


def main() -> int:
    """Read the call and run."""
    parser = argparse.ArgumentParser("python -m tests.tools.fuzz", description="Hand hostile inputs to the program.")
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--runs", type=int, default=10_000, metavar="N")
    parser.add_argument("--seconds", type=float, default=3_600.0, metavar="S")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--found", type=Path, default=Path("found"), metavar="FOLDER")
    parser.add_argument("--by-chance", action="store_true", help="Do without atheris, also if it is there.")
    wanted = parser.parse_args()
    os.environ.update(UNSTUCK_CONFIG="", UNSTUCK_NO_JOURNAL="1", UNSTUCK_NO_CACHE="1")
    guided = atheris is not None and not wanted.by_chance
    if guided:
        with atheris.instrument_imports(include=["kb"]):
            module = importlib.import_module("tests.tools.fuzz.targets")
    else:
        module = importlib.import_module("tests.tools.fuzz.targets")
    target = module.TARGETS[wanted.target]
    kept = tuple(path.read_bytes() for path in sorted(CORPUS.glob(f"{wanted.target}-*")))
    runner = Runner(target.run, wanted.target, wanted.found, wanted.runs, wanted.seconds)
    (by_coverage if guided else by_chance)(runner, (*kept, *target.seeds()), target.most, wanted.seed)
    runner.tell()
    return 1 if runner.broken else 0


if __name__ == "__main__":
    sys.exit(main())
