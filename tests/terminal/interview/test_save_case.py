"""A student kept as a case: from a file of answers, and at the end of an interview."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.inference.engine import Engine
from kb.language.yaml_source import read_file
from kb.workbench.cases.replay import replay
from tests.helpers import load_text
from tests.small import SMALL, small_file

ANSWERS = "danger: none\nlow-back: rounded\n"
WRITTEN = """\
- id: {name}
  title: {title}
  answers: {{danger: none, low-back: rounded}}
  expect: {{outcome: advise, in-order: [lean-back], findings: [rounds], referrals: []}}
"""
INTERVIEW = ["3", "no", "1", "2", "3", "0"]  # what the small pack asks: danger, bones, pose, low back, hold, habits


def call(*arguments: str, typed: str) -> Result:
    result = CliRunner().invoke(cli.main, list(arguments), input=typed, env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def pack(tmp_path: Path) -> str:
    return small_file(tmp_path)


# --- diagnose --as-case -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "name", "title"),
    [
        (["--as-case"], "new-case", '"TODO: say in one line who this student is"'),
        (["--as-case", "--id", "slumps", "--title", "Someone: who slumps"], "slumps", '"Someone: who slumps"'),
        (["--as-case", "--title", "  Slumps\x1b[31m "], "new-case", "Slumps [31m"),
    ],
)
def test_diagnose_as_case__answers__a_case_that_passes(pack: str, options: list[str], name: str, title: str) -> None:
    result = call("--rules", pack, "diagnose", "-", *options, typed=ANSWERS)
    assert (result.exit_code, result.output) == (0, WRITTEN.format(name=name, title=title))
    kb = load_text(SMALL + "".join(f"  {line}\n" for line in result.output.splitlines()))
    assert replay(Engine(kb), kb.cases[-1]).failures == ()


@pytest.mark.parametrize("name", ["Slumps", "a b", "unsure", "x" * 61])
def test_diagnose_as_case__no_name_for_a_case__refused(pack: str, name: str) -> None:
    result = call("--rules", pack, "diagnose", "-", "--as-case", "--id", name, typed=ANSWERS)
    assert result.exit_code == 2
    assert "name" in result.output
    assert "- id:" not in result.output


# --- case at the report -----------------------------------------------------------------------------------------------


def report(pack: str, *typed: str) -> str:
    result = call("--rules", pack, typed="".join(f"{line}\n" for line in [*INTERVIEW, *typed]))
    assert result.exit_code == 0
    return result.output.split("report> ", 1)[1]


def test_case__alone__shown(pack: str) -> None:
    shown = report(pack, "case", "done")
    assert "- id: new-case\n  title:" in shown
    assert "in-order: [lean-back]" in shown


def test_case__with_a_file__made_then_added_to(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "My Cases.yaml"
    shown = " ".join(report(pack, f"case {path}", f"case {path}", "done").split())
    assert f"The case “new-case” is now in {path}." in shown
    assert f"The case “new-case-2” is now in {path}." in shown
    kb = load_text(SMALL.split("cases:")[0] + path.read_text(encoding="utf-8"))
    assert [(case.id, replay(Engine(kb), case).failures) for case in kb.cases] == [("new-case", ()), ("new-case-2", ())]


@pytest.mark.parametrize(
    "before", ["# Mine.\n- id: new-case\n  title: x", "cases:\r\n- id: a\r\n\r\n\r\nrules: {}\r\n"]
)
def test_case__with_a_file_that_has_cases__added_and_the_rest_kept(pack: str, tmp_path: Path, before: str) -> None:
    path = tmp_path / "cases.yaml"
    path.write_bytes(before.encode())
    report(pack, f"case {path}", "done")
    after = path.read_bytes().decode()
    root = read_file(path).root
    cases = root["cases"] if isinstance(root, dict) else root
    assert [case["id"] for case in cases][1:] in (["new-case"], ["new-case-2"])
    start, end = after[: before.index("- id") + 8], after[-8:]
    assert before.startswith(start)
    assert before.endswith(end) or before.startswith("# Mine")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("cases.txt", None, "cannot hold cases"),
        ("no-folder/cases.yaml", None, "cannot hold cases"),
        ("cases.yaml", "cases:\n\t- id: a\n", "a tab indents this line"),
        ("cases.yaml", "cases: none\n", "nothing can be added to “cases” here"),
    ],
)
def test_case__with_a_file_that_will_not_do__refused_and_left_alone(
    pack: str, tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert said in " ".join(report(pack, f"case {path}", "done").split())
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == text


def test_case__at_a_question__not_yet(pack: str) -> None:
    result = call("--rules", pack, typed="case\nquit\n")
    assert "A case is what the whole interview came to. Type it after the report." in result.output


def test_case__in_the_help_of_the_report__listed(pack: str) -> None:
    assert "case FILE" in report(pack, "help", "done")
