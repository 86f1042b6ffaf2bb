"""The wheel: what it holds, and that what is installed from it works anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from kb import __version__

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ended = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", errors="replace")
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def test_wheel__built_and_installed__holds_what_it_should_and_works_from_anywhere(tmp_path: Path) -> None:
    """One test, since one wheel is enough: building it takes the longest."""
    run(sys.executable, "-m", "pip", "wheel", ROOT, "--no-deps", "--quiet", "--wheel-dir", tmp_path, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    holds_the_program_and_its_rules_and_nothing_else(wheel)
    answers_from_another_folder(wheel, tmp_path)


def holds_the_program_and_its_rules_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {"kb", "cli.py"}
    shared = [name.split(".data/")[1] for name in names if ".data/" in name]
    assert shared == ["data/share/man/man1/unstuck.1"], "the manual, where “man” looks for it"
    assert {"cli.py", "kb/inference/engine.py", "kb/rules/hamstrings/pack.yaml"} <= names
    files = {path for path in (ROOT / "kb").rglob("*.*") if path.is_file() and path.suffix != ".pyc"}
    assert {path.relative_to(ROOT).as_posix() for path in files} <= names, "modules, and what lies beside them"
    packed = {name.removeprefix("kb/rules/") for name in names if name.startswith("kb/rules/")}
    rules = {path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*.*")}
    assert packed == rules, "every rule file, and nothing but rule files"


def answers_from_another_folder(wheel: Path, place: Path) -> None:
    venv.create(place / "venv", with_pip=True)
    binaries = place / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(binaries / "python", "-m", "pip", "install", "--quiet", wheel, cwd=place)

    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    answers = elsewhere / "answers.yaml"
    answers.write_text("danger-signs: leg-clot\n", encoding="utf-8")
    assert run(binaries / "unstuck", "--version", cwd=elsewhere) == f"unstuck {__version__}\n"
    assert run(binaries / "unstuck", "diagnose", answers.name, cwd=elsewhere).startswith("STOP: get medical advice")
    assert "_unstuck_completion" in run(binaries / "unstuck", "completion", "bash", cwd=elsewhere)
    assert "no problems found" in run(binaries / "unstuck", "rules", "check", cwd=elsewhere)
