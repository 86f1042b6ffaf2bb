"""The Tab key: what it adds, in real shells, and that it never disturbs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli import main
from kb.language.loading import load
from kb.terminal.completion import SHELLS
from tests.helpers import written

ROOT = Path(__file__).resolve().parent.parent.parent


def answered(words: str, shell: str = "bash", **environment: str) -> tuple[int, list[str], str]:
    """Return what the program answers a shell in which `words` are typed; a blank at the end begins a new word."""
    typed = words.split(" ")
    asking = {"COMP_WORDS": words, "COMP_CWORD": str(len(typed) - 1), "_UNSTUCK_COMPLETE": f"{shell}_complete"}
    ended = subprocess.run(
        [sys.executable, str(ROOT / "cli.py")],
        env={**os.environ, "PYTHONUTF8": "1", **asking, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return ended.returncode, ended.stdout.splitlines(), ended.stderr


def added(words: str, **environment: str) -> list[str]:
    code, lines, errors = answered(words, **environment)
    assert (code, errors) == (0, "")
    return [line.removeprefix("plain,") for line in lines if line]


# --- what is added ----------------------------------------------------------------------------------------------------


def test_completion__of_a_command__is_every_command_that_begins_so() -> None:
    assert set(added("unstuck ")) == set(main.list_commands(click.Context(main)))
    assert added("unstuck dia") == ["diagnose"]
    assert added("unstuck rules wh") == ["why-not"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("unstuck rules show lean-b", ["lean-back"]),
        ("unstuck rules show hold-t", ["hold-two-minutes"]),
        ("unstuck rules show lean-back lean-b", []),
        ("unstuck rules show unknown-q", ["unknown-question"]),
        ("unstuck rules show rf01-cauda-equina-b", ["rf01-cauda-equina-before-health-screen"]),
        ("unstuck rules why-not lean-b", ["lean-back"]),
        ("unstuck rules list --topic sp", ["spine"]),
        ("unstuck rules graph --topic sp", ["spine"]),
        ("unstuck rules new --topic sp", ["spine"]),
        ("unstuck rules test --only rf02-near", ["rf02-near-miss-muscles-merely-sore"]),
        ("unstuck practice lean-b", ["lean-back"]),
        ("unstuck diagnose --format m", ["markdown"]),
        ("unstuck diagnose --format = m", ["markdown"]),
        ("unstuck diagnose --form", ["--format"]),
        ("unstuck diagnose ", ["file,"]),
        ("unstuck diagnose an", ["file,an"]),
        ("unstuck diagnose - --output pl", ["file,pl"]),
        ("unstuck --rules ru", ["file,ru"]),
        ("unstuck rules check ru", ["file,ru"]),
        ("unstuck rules new --in ru", ["file,ru"]),
        ("unstuck rules graph --output ru", ["file,ru"]),
        ("unstuck rules schema --output ru", ["file,ru"]),
        ("unstuck rules why-not lean-back an", ["file,an"]),
        ("unstuck journal export --output pl", ["file,pl"]),
        ("unstuck interview --output pl", ["file,pl"]),
        ("unstuck completion z", ["zsh"]),
        ("unstuck rules show no-such-thing", []),
    ],
)
def test_completion__of_words__is_what_fits(words: str, expected: list[str]) -> None:
    assert added(words) == expected


def test_completion__of_rules_that_come_along__knows_their_names(tmp_path: Path) -> None:
    pack = written("recommendations:\n  zigzag: {title: Zig and zag, steps: [Go.]}\n", tmp_path)
    assert added(f"unstuck --rules {pack} rules show zig") == ["zigzag"]
    assert added("unstuck rules show zig") == []
    assert added("unstuck rules show zig", UNSTUCK_RULES=str(pack)) == ["zigzag"]


def test_completion__without_a_letter__leaves_out_what_nobody_looks_for() -> None:
    names = set(added("unstuck rules show "))
    kb = load()
    assert {"lean-back", "low-back"} <= names
    assert not names & ({case.id for case in kb.cases} - set(kb.rules) | {"unknown-question"} | set(kb.sources))


@pytest.mark.parametrize("command", ["journal show", "journal compare", "journal delete", "resume"])
def test_completion__of_sessions__is_the_journals_numbers(tmp_path: Path, command: str) -> None:
    from kb.journal.sessions import open_journal

    path = tmp_path / "journal.sqlite3"
    with open_journal(path) as journal:
        for _ in range(3):
            journal.begin({"p": "1"}, {}).keep({"danger": "none"}, "answer")
    kept = {"UNSTUCK_JOURNAL": str(path), "UNSTUCK_NO_JOURNAL": ""}
    assert added(f"unstuck {command} ", **kept) == ["3", "2", "1"]
    assert added(f"unstuck {command} ") == []


# --- it never disturbs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "csh", ""])
@pytest.mark.parametrize(
    "words",
    [
        "unstuck --rules /no/such/place rules show l",
        "unstuck nonsense here ",
        "unstuck rules nonsense ",
        "unstuck rules show 'open",
        "unstuck -",
        "",
    ],
)
def test_completion__of_nonsense__is_nothing_and_no_error(words: str, shell: str) -> None:
    code, lines, errors = answered(words, shell)
    assert (code in (0, 1), errors) == (True, "")
    assert "Traceback" not in "".join(lines)


def test_completion__without_what_the_shell_sends__is_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, str(ROOT / "cli.py")],
        env={**os.environ, "_UNSTUCK_COMPLETE": "bash_complete"},
        capture_output=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", b"")


def test_completion__of_a_damaged_journal__is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"this is no journal" * 500)
    _, lines, errors = answered("unstuck resume ", UNSTUCK_JOURNAL=str(path), UNSTUCK_NO_JOURNAL="")
    assert ("".join(lines), errors) == ("", "")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(path.name, b"this is no journal" * 500)]


# --- real shells ------------------------------------------------------------------------------------------------------


def script(shell: str) -> str:
    return CliRunner().invoke(main, ["completion", shell]).stdout


@pytest.fixture
def path_to_it(tmp_path: Path) -> str:
    """Return a PATH on which `unstuck` is this program."""
    program = tmp_path / "bin/unstuck"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def shell_says(shell: str, options: list[str], text: str, path: str, folder: Path) -> tuple[list[str], str]:
    """Return what a shell writes that reads the script for it and then `text`."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    (folder / "script").write_text(script(shell), encoding="utf-8")
    ended = subprocess.run(
        [shell, *options, "-c", text],
        env={**os.environ, "PATH": path, "HOME": str(folder), "PYTHONUTF8": "1"},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return ended.stdout.splitlines(), ended.stderr


BASH = """
source ./script
complete -p unstuck | grep -o _unstuck_completion
compopt() { printf '%s ' compopt "$@"; echo; }
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _unstuck_completion "$1"; echo "${COMPREPLY[@]}"; }
ask unstuck rules show lean-b
ask unstuck diagnose --format = m
ask unstuck diagnose an
ask unstuck --rules /no/such/place rules show l
ask ./no-such-program rules
"""


@pytest.mark.skipif(os.name == "nt", reason="the bash there may see another file system")
def test_bash__asked__completes_and_writes_no_error(tmp_path: Path, path_to_it: str) -> None:
    lines, errors = shell_says("bash", ["--norc"], BASH, path_to_it, tmp_path)
    assert lines == ["_unstuck_completion", "lean-back", "markdown", "compopt -o default ", "", "", ""]
    assert errors == ""


ZSH = """
compdef() { print -r -- "compdef $*" }
_describe() { print -rl -- "described" $told }
_path_files() { print -r -- "files $*" }
compadd() { print -rl -- "added" $alone }
source ./script
ask() { words=("$@"); CURRENT=$#; _unstuck_completion; true }
ask unstuck rules show lean-b
ask unstuck completion z
ask unstuck diagnose an
ask unstuck --rules /no/such/place rules show l
"""


def test_zsh__asked__completes_and_writes_no_error(tmp_path: Path, path_to_it: str) -> None:
    lines, errors = shell_says("zsh", ["--no-rcs"], ZSH, path_to_it, tmp_path)
    title = load(cases=False).recommendations["lean-back"].title
    told = ["described", f"lean-back:{title}"]
    assert lines == ["compdef _unstuck_completion unstuck", *told, "added", "zsh", "files -f"]
    assert errors == ""


FISH = """
source ./script
complete -C 'unstuck rules show lean-b'
complete -C 'unstuck diagnose --format m'
complete -C 'unstuck diagnose scr'
complete -C 'unstuck --rules /no/such/place rules show l'
"""


def test_fish__asked__completes_and_writes_no_error(tmp_path: Path, path_to_it: str) -> None:
    lines, errors = shell_says("fish", ["--no-config"], FISH, path_to_it, tmp_path)
    title = load(cases=False).recommendations["lean-back"].title
    assert lines == [f"lean-back\t{title}", "markdown", "script"]
    assert errors == ""


@pytest.mark.parametrize("arguments", [["--help"], ["bash"], ["zsh"], ["fish"]])
def test_completion_command__called__writes(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["completion", *arguments])
    assert (result.exit_code, result.stderr) == (0, "")
    assert "unstuck" in result.stdout


def test_completion_help__of_each_shell__says_what_to_do_on_a_line_of_its_own() -> None:
    lines = CliRunner().invoke(main, ["completion", "--help"], env={"COLUMNS": "80"}).stdout.splitlines()
    for shell in SHELLS:
        assert [line for line in lines if line.split()[:1] == [shell] and f"unstuck completion {shell} >" in line]


def test_completion_command__of_another_shell__says_which_there_are() -> None:
    result = CliRunner().invoke(main, ["completion", "csh"])
    assert (result.exit_code, "'bash', 'zsh', 'fish'" in result.stderr) == (2, True)
