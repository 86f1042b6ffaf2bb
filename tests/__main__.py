"""Check everything: style, types, the contracts between modules, and the tests. `python -m tests` from the checkout.

One line for each, its own closing line; what a failing tool wrote is shown in full. Exit code 1 if any of them fails.
`--fast` runs the tests alone, and of those only what takes a minute or two: no laws, nothing slow, nothing in `LONG`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "lint-imports": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "pytest": ["-m", "pytest", "-n", "2", "--dist", "worksteal"],
}

LONG = (
    "property",
    "explanation/test_in_bulk.py",
    "terminal/test_faults.py",
    "terminal/test_faults_disk.py",
    "terminal/test_faults_input.py",
    "tools/test_benchmarks.py",
    "terminal/test_completion.py",
    "tools/test_fuzz.py",
    "test_startup.py",
    "terminal/workbench/test_tutorial.py",
    "proof/test_whole_space.py",
    "test_docs.py",
    "terminal/test_help.py",
    "terminal/test_manual.py",
    "test_supply.py",
    "terminal/journal/test_commands.py",
    "terminal/workbench/test_look.py",
    "terminal/practice/test_practice.py",
    "interview/test_typed_answers.py",
)
"""What `--fast` leaves out: what takes long, and pages that are written with the releases in the lock."""
FAST = {
    "pytest": [*CHECKS["pytest"], "-m", "not slow and not law", *(f"--ignore={ROOT / 'tests' / one}" for one in LONG)]
}


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--fast"]):
        print("usage: python -m tests [--fast]", file=sys.stderr)
        return 2
    failing = 0
    for name, call in (FAST if arguments else CHECKS).items():
        ended = subprocess.run(
            [sys.executable, *call], cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace"
        )
        closing = next((line for line in reversed(ended.stdout.splitlines()) if line.strip()), "(no output)")
        if ended.returncode:
            failing += 1
            print((ended.stdout + ended.stderr).rstrip())
            print(f"{name}: failed", flush=True)
        elif name == "pytest":
            print(closing, flush=True)
        else:
            print(f"{name}: {closing.strip()}", flush=True)
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
