"""Start the program in a new process, and look at it where it has shown its first question."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_LOOK = """
import os, sys
sys.path.insert(0, {root!r})
import cli, click

written = click.echo

def look():
    {look}
    sys.stdout.flush()
    os._exit(0)

def echo(message=None, *rest, **options):
    written(message, *rest, **options)
    if {until!r} and {until!r} in str(message):
        look()

click.echo = echo
try:
    cli.main({arguments!r})
finally:
    look()
"""


def at_home(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a person whose home is `folder`, and who has set nothing else."""
    ours = ("UNSTUCK_", "XDG_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    plain.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: compiled files are kept
    return plain | {name: str(folder) for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA")} | more


def seen(look: str, *arguments: str, environment: dict[str, str], until: str = "") -> str:
    """Return what the Python expression `look` prints where `until` was written, or else at the end of the command."""
    code = _LOOK.format(root=str(ROOT), look=f"print('\\n@', {look})", until=until, arguments=list(arguments))
    ended = subprocess.run(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        cwd=tempfile.gettempdir(),
        env=environment,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.stdout.rpartition("\n@ ")[2].strip()


# --- what a start consists of -----------------------------------------------------------------------------------------

PARTS = {
    "Python itself": "pass",
    "click, and what it imports": "import gc; gc.set_threshold(100_000); import click",
    "pathlib": "import pathlib",
    "msgspec": "import msgspec",
    "our modules": f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; "
    "import kb.interview.startup, kb.terminal.interview.opening",
    "the journal: our modules, and sqlite3": "import kb.journal.sessions, sqlite3",
}


def start_times(runs_wanted: int, bare_import: str) -> None:
    """Print the processor time of each part, which does not depend on what else the machine does."""
    code = "import time; laps = [0.0]\n"
    code += "\n".join(f"{statement}; laps.append(time.process_time())" for statement in PARTS.values())
    so_far = "__import__('time').process_time()"
    runs: list[list[float]] = []
    others: dict[str, list[float]] = {}

    def first_question(*arguments: str, **more: str) -> float:
        return float(seen(so_far, *arguments, environment=home | more, until="Question 1"))

    with tempfile.TemporaryDirectory() as folder:
        home = at_home(Path(folder))
        first_question()  # now everything is in the cache, and compiled
        for _ in range(runs_wanted):
            ends = [*map(float, _printed(f"{code}\nprint(*laps)", home).split()), first_question()]
            runs.append([after - before for before, after in pairwise(ends)])
            for name, taken in {
                "import click": float(_printed(f"import click; print({so_far})", home)),
                "import click, experta": float(_printed(f"{bare_import}; print({so_far})", home)),
                "to the first question without a journal": first_question("--no-journal"),
                "to the first question without a cache": first_question(UNSTUCK_NO_CACHE="1"),
            }.items():
                others.setdefault(name, []).append(taken)
    names = [*PARTS, "the rest: arguments, rules from the cache, journal opened, words written"]
    least = [min(part) for part in zip(*runs)]
    for name, taken in zip(names, least):
        print(f"{taken * 1000:5.1f} ms  {name}")
    base = min(others["import click, experta"])
    print(f"{sum(least) * 1000:5.1f} ms  to the first question, {sum(least) / base:.2f} times import click, experta")
    for name, each in others.items():
        print(f"{min(each) * 1000:5.1f} ms  {name}, {min(each) / base:.2f} times")


def _printed(code: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8", env=environment
    ).stdout
