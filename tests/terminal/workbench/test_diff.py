"""`rules diff` at the command line: what it writes where, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from tests.small import SMALL
from tests.workbench.comparison.test_git_revisions import git

CURVED = SMALL.replace("low-back: unsure", "low-back: curved")


def call(*arguments: str, width: int = 60) -> Result:
    result = CliRunner().invoke(cli.main, arguments, env={"COLUMNS": str(width)})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str, str]:
    """Return three versions of a pack: the small one, one that advises otherwise, one with a mistake."""
    paths = []
    for name, text in (("a", SMALL), ("b", CURVED), ("c", SMALL.replace("low-back: unsure", "lowback: unsure"))):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths[0], paths[1], paths[2]


@pytest.mark.parametrize(
    ("which", "options", "code", "shown"),
    [
        ((0, 1), (), 0, "No longer given: lean-back"),
        ((0, 1), ("--exit-code",), 1, "No longer given: lean-back"),
        ((0, 0), ("--exit-code",), 0, "No student’s report changes."),
        ((0, 1), ("--format", "markdown"), 0, "## "),
        ((0, 1), ("--format", "json"), 0, '"advice-lost"'),
        ((0, 1), ("--all",), 0, "1 of "),
    ],
)
def test_diff__of_two_files__says_what_changes(
    files: tuple[str, str, str], which: tuple[int, int], options: tuple[str, ...], code: int, shown: str
) -> None:
    result = call("rules", "diff", *(files[number] for number in which), *options)
    assert (result.exit_code, shown in result.stdout, result.stderr) == (code, True, "")


def test_diff__without_new__compares_with_the_rules_in_use(files: tuple[str, str, str]) -> None:
    result = call("--rules", files[1], "rules", "diff", files[0])
    assert result.exit_code == 0
    assert "New: hamstrings 1.0.0 (the rules in use)" in result.stdout
    assert "No longer given: lean-back" in result.stdout


@pytest.mark.parametrize(("which", "side"), [((2, 0), "old"), ((0, 2), "new")])
def test_diff__of_rules_with_a_problem__shows_it_as_check_does(
    files: tuple[str, str, str], which: tuple[int, int], side: str
) -> None:
    result = call("rules", "diff", *(files[number] for number in which))
    assert (result.exit_code, result.stdout) == (1, "")
    problem, last = result.stderr.splitlines()
    assert problem.startswith(f"{files[2]}:73:28: unknown-question: no question is called “lowback”.")
    assert last == f"The {side} rules have 1 problem to mend."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing argument 'OLD'"),
        (("nonsense",), "“nonsense” is no file or folder here."),
        (("--", "--all"), "“--all” is no file or folder here."),
        (("{0}", "nonsense"), "does not exist"),
        (("{0}", "--format", "xml"), "'xml' is not one of"),
    ],
)
def test_diff__called_wrongly__says_so_in_a_line(
    files: tuple[str, str, str], arguments: tuple[str, ...], message: str
) -> None:
    result = call("rules", "diff", *(argument.format(*files) for argument in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr.splitlines()[-1]


def test_diff__against_a_revision__reads_the_old_rules_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    path.write_text(
        CURVED.replace("  deeper: {when: {pose: sitting", "  deeper-still: {when: {pose: standing"), encoding="utf-8"
    )
    data = json.loads(call("rules", "diff", "main", str(path), "--format", "json").stdout)
    assert (data["old"]["from"], data["new"]["from"]) == ("main", str(path))
    shown = " ".join(call("rules", "diff", "main", str(path)).stdout.split())
    assert "Rule: deeper, which is gone (main:small.yaml:75:3)" in shown
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert "No student’s report changes." in call("rules", "diff", "main", str(path)).stdout
    assert "No longer given: lean-back" in call("rules", "diff", "git:main", str(path)).stdout
    assert "There is no revision “nonsense”" in call("rules", "diff", "git:nonsense", str(path)).stderr


def test_diff__with_many_kinds_of_students__shows_the_gravest_in_full(files: tuple[str, str, str]) -> None:
    few = call("rules", "diff", files[0]).stdout
    assert few.count("Someone answers:") == 20
    assert few.rstrip().endswith("--all shows them in full.")
    everyone = call("rules", "diff", files[0], "--all").stdout
    assert everyone.count("Someone answers:") > 20
