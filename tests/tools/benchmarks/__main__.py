"""Compare our engine with its peers: `python -m tests.tools.benchmarks` from the checkout.

First all engines must conclude the same; then they are timed in turns. The tables go to standard output, or with
`--write` into docs/reference/benchmarks.md, which says how to read them.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
from pathlib import Path

from . import engines, layered
from .bases import SEED, SIZES
from .measuring import Disagreement, Options, measure, measure_checks
from .peers import versions
from .tables import markdown, put_into

PAGE = Path(__file__).resolve().parent.parents[2] / "docs/reference/benchmarks.md"
CHECKED = (100, 300, 1_000)


def main() -> int:
    options = _options()
    if options.node_modules:
        os.environ[layered.NODE_MODULES] = options.node_modules

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    try:
        figures = measure(options.rules, Options(options.rounds, options.seed, options.patience, options.without), say)
    except Disagreement as difference:
        say(str(difference))
        return 1
    if not options.no_check and not figures.broken_off:
        measure_checks(figures, [size for size in CHECKED if size <= max(options.rules)], min(options.rounds, 3), say)
    text = markdown(figures, circumstances(options))
    if options.write:
        put_into(PAGE, text)
    else:
        print(text)
    return 0


def circumstances(options: argparse.Namespace) -> list[str]:
    """Return what a reader of the figures must know, one line each."""
    found = {name: version for name, version in versions().items() if name not in options.without}
    there = [f"{name} {version}" for name, version in found.items() if version and name != engines.Chainer.name]
    missing = [name for name, version in found.items() if not version]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    lines = [
        f"{datetime.date.today().isoformat()}, {python}, {machine}",
        f"seed {options.seed}, {options.rounds} rounds, {'processor time' if engines.FINE else 'time on the clock'}",
        f"peers: {'; '.join(there) or 'none'}",
    ]
    if missing:
        lines.append(f"left out, since not installed: {'; '.join(missing)}")
    if options.without:
        lines.append(f"left out, as wished: {'; '.join(options.without)}")
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.tools.benchmarks", description="Compare our engine with others."
    )
    sizes = ",".join(map(str, SIZES))
    parser.add_argument("--rules", type=_sizes, default=list(SIZES), help=f"sizes of bases, {sizes} if left out")
    parser.add_argument("--rounds", type=int, default=7, help="how often every engine has its turn, 7 if left out")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed makes other bases")
    parser.add_argument("--node-modules", metavar="FOLDER", help="where json-rules-engine was installed with npm")
    parser.add_argument("--without", action="append", default=[], metavar="ENGINE", help="leave an engine out")
    parser.add_argument("--patience", type=float, default=60, help="seconds for a reply; an engine has 60 if left out")
    parser.add_argument("--no-check", action="store_true", help="do not time `rules check`")
    parser.add_argument("--write", action="store_true", help="write the tables into the documentation")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted({int(size) for size in text.split(",")})


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
