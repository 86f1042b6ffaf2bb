"""Does the program show the same bytes everywhere? `python -m tests.tools.everywhere` installs it afresh and compares.

Each Python found gets two new virtual environments: one with the newest release of every dependency, one with the
oldest that `pyproject.toml` allows. What `tests/tools/everywhere_shown.py` makes the program show is compared byte by
byte, over hash seeds, languages, time zones, folders, file permissions, and the order of files on the disk.

    python -m tests.tools.everywhere            this Python, and python3.10 to python3.13 if found
    python -m tests.tools.everywhere --pythons ~/a/python ~/b/python    these
    python -m tests.tools.everywhere --every 30 --seeds 4                every 30th case, and fewer hash seeds; quicker

Installing needs the network, or a folder of wheels that pip is told about. Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.tools.bounds import oldest

ROOT = Path(__file__).resolve().parent.parent.parent
SHOWN = (ROOT / "tests" / "tools" / "everywhere_shown.py").read_text(encoding="utf-8")

LANGUAGES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")
ZONES = ("UTC", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu")
MASKS = (0o022, 0o077, 0o002)


class Place(NamedTuple):
    """Where the program runs: `seed` is that of hashes and of every order; 0 leaves orders as they are."""

    seed: int = 0
    language: str = LANGUAGES[1]
    zone: str = ZONES[0]
    mask: int = MASKS[0]


def many(count: int) -> tuple[Place, ...]:
    """Return places that differ in everything: every language meets every zone in sixteen of them."""
    seeds = range(1, count + 1)
    return tuple(Place(seed, LANGUAGES[-seed % 4], ZONES[(seed + seed // 4) % 4], MASKS[seed % 3]) for seed in seeds)


def languages_made(folder: Path) -> Path:
    """Make the languages into `folder`, if this system can, so that they are more than names, and return it."""
    folder.mkdir()
    for name in LANGUAGES[2:]:
        with contextlib.suppress(OSError):
            subprocess.run(["localedef", "-i", name[:5], "-f", "UTF-8", folder / name], capture_output=True)
    return folder


def laid_out(folder: Path, seed: int) -> Path:
    """Put the rules to be looked at into `folder`, file by file in an order that depends on `seed`, and return it."""
    copies = {"hamstrings": ROOT / "rules" / "hamstrings", "changed": ROOT / "rules" / "hamstrings"}
    copies["broken"] = ROOT / "tests" / "broken"
    files = [(name, source, file) for name, source in copies.items() for file in sorted(source.rglob("*.*"))]
    files = [(name, source, file) for name, source, file in files if file.is_file()]
    if seed:
        random.Random(seed).shuffle(files)
    for name, source, file in files:
        copy = folder / name / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    changed = folder / "changed" / "hold.yaml"
    text, times = re.subn(r"(when: \{.*took-break: )yes", r"\1no", changed.read_text(encoding="utf-8"))
    assert times, "the rules have changed; choose another change to be compared with them"
    changed.write_bytes(text.encode())
    return folder


def shown(python: Path | str, place: Place, folder: Path, every: int, path: str = "") -> bytes:
    """Return all that the program shows at `place`, run by `python` in the new `folder`, whose name is left out."""
    laid_out(folder, place.seed)
    environment = {
        **{name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "PATH", "LOCPATH") if name in os.environ},
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "LANG": place.language,
        "LC_ALL": place.language,
        "TZ": place.zone,
        "PYTHONHASHSEED": str(place.seed),
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "UNSTUCK_CONFIG": "",
        "UNSTUCK_NO_JOURNAL": "1",
        "UNSTUCK_NO_CACHE": "1",
    }
    command = [str(python), "-c", SHOWN, str(every), str(place.seed)]
    mask = place.mask if os.name == "posix" else -1
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    ended = subprocess.run(command, cwd=folder, env=environment, umask=mask, check=False, **pipes)
    if ended.returncode:
        raise RuntimeError(f"{python} at {place}:\n{ended.stdout.decode(errors='replace')[-3000:]}")
    return ended.stdout.replace(str(folder).encode(), b"HERE")


def parts(output: bytes) -> dict[str, bytes]:
    """Return what was shown, by the name of what was asked for."""
    _, *pieces = re.split(rb"^=== (.*)\n", output, flags=re.MULTILINE)
    return {name.decode(): text for name, text in zip(pieces[::2], pieces[1::2])}


def difference(one: bytes, other: bytes) -> str:
    """Return how two outputs differ, in the first part that does; nothing if they are the same."""
    if one == other:
        return ""
    ones, others = parts(one), parts(other)
    name = next((name for name in [*ones, *others] if ones.get(name) != others.get(name)), "")
    pair = (text.get(name, b"").decode(errors="replace").splitlines() for text in (ones, others))
    lines = difflib.unified_diff(*pair, lineterm="", n=1)
    return "\n".join([f"{name} differs:", *list(lines)[2:30]])


# --- fresh installations --------------------------------------------------------------------------------------------


def run(*command: str | Path) -> str:
    """Run a command, and return what it wrote."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ended = subprocess.run(command, cwd=ROOT.parent, env=environment, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def pythons() -> Iterator[str]:
    """Yield the Pythons that are found, this one first."""
    yield sys.executable
    for minor in range(10, 14):
        found = shutil.which(f"python3.{minor}")
        works = found and not subprocess.run([found, "-c", ""], capture_output=True).returncode
        if works and sys.version_info[:2] != (3, minor):
            yield str(found)


def installed(python: str, folder: Path, wheel: Path, wanted: Iterable[str]) -> Path:
    """Install the program into a new environment in `folder`, and return its Python."""
    run(python, "-m", "venv", folder)
    inside = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(
        inside, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--no-binary", "frozendict", wheel, *wanted
    )
    return inside


def releases(python: Path) -> str:
    """Return what an environment holds: the release of Python and of every package in it."""
    listed = run(python, "-m", "pip", "list", "--format", "freeze", "--exclude", "pip", "--exclude", "setuptools")
    version = run(python, "-c", "import platform; print(platform.python_version())").strip()
    return " ".join([f"python=={version}", *(line for line in listed.split() if not line.startswith("unstuck"))])


class Comparison:
    """What the first environment showed at the first place, and whether all others show the same."""

    def __init__(self, folder: Path, every: int) -> None:
        self.folder, self.every = folder, every
        self.first = b""
        self.tried = self.differing = 0

    def show(self, python: Path, places: Iterable[Place], about: str) -> None:
        """Compare what `python` shows at each of `places`, and tell where it differs."""
        wrong = 0
        for place in places:
            folder = self.folder / f"{self.tried:04}"
            folder.mkdir()
            output = shown(python, place, folder, self.every)
            shutil.rmtree(folder)
            self.first = self.first or output
            self.tried += 1
            if differs := difference(self.first, output):
                wrong += 1
                print(f"{place}\n{differs}", flush=True)
        self.differing += wrong
        print(f"{'differs' if wrong else 'same'}: {about}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Install, compare, and return the exit code."""
    asked = argparse.ArgumentParser("python -m tests.tools.everywhere", description=(__doc__ or "").split("\n")[0])
    asked.add_argument("--pythons", nargs="+", metavar="PYTHON", help="the Pythons to install into")
    asked.add_argument("--every", type=int, default=1, metavar="N", help="look at every N-th case only")
    asked.add_argument("--seeds", type=int, default=48, metavar="N", help="how many hash seeds to try on the first")
    options = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["LOCPATH"] = str(languages_made(folder / "languages"))
        run(sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--quiet", "--wheel-dir", folder)
        (wheel,) = folder.glob("*.whl")
        comparison = Comparison(folder, options.every)
        for number, python in enumerate(options.pythons or pythons()):
            for what, wanted in (("newest", ()), ("oldest", oldest())):
                inside = installed(python, folder / f"{number}-{what}", wheel, wanted)
                several = many(options.seeds) if not number and what == "newest" else many(3)
                comparison.show(inside, (Place(), *several), f"{what}: {releases(inside)}")
    print(f"{comparison.tried} runs of {len(parts(comparison.first))} outputs, {comparison.differing} differ")
    return 1 if comparison.differing else 0


if __name__ == "__main__":
    sys.exit(main())
