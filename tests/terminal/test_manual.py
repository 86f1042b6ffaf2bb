"""The manual: all commands and options are in it, as text, page by page, and for `man`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli import main
from kb import __version__
from kb.terminal.manual import as_text, manual
from kb.text.blocks import Block, Role
from tests.tools.docs import every_command, man_page
from tests.tools.man_page import as_roff

ROOT = Path(__file__).resolve().parent.parent.parent
ROOF = click.Context(main, info_name="unstuck", **main.context_settings)


def said_in(text: str) -> str:
    return " ".join(text.split())


def test_manual__of_all_commands__has_what_their_help_has() -> None:
    text = said_in(CliRunner().invoke(main, ["manual"]).stdout)
    for context, command in every_command():
        assert context.command_path in text
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert all(option in text for option in parameter.opts)
                assert said_in(parameter.help or "") in text
        for paragraph in (command.help or "").split("\n\n"):
            assert said_in(paragraph.replace("\b", "")) in text


def test_manual__of_environment_and_files__names_every_variable_that_is_read() -> None:
    text = CliRunner().invoke(main, ["manual"]).stdout
    code = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "cli.py", *(ROOT / "kb").rglob("*.py")])
    assert {*re.findall(r'"(UNSTUCK_[A-Z_]+)"', code)} <= {*re.findall(r"UNSTUCK_[A-Z_]+", text)}


@pytest.mark.parametrize("width", [40, 60, 78])
def test_manual__at_any_width__has_no_line_that_is_longer(width: int) -> None:
    assert [line for line in as_text(manual(ROOF), width) if len(line) > width] == []


def test_manual__at_a_terminal__comes_page_by_page(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("there are no pseudo-terminals here")
    from tests.tools.ptys import Terminal

    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\nhead -3\n", encoding="utf-8")
    pager.chmod(0o755)
    with Terminal("manual", columns=60, environment={"PAGER": str(pager)}) as terminal:
        assert terminal.end() == 0
        assert (
            terminal.plain
            == "PAGED\nNAME\n    unstuck - what to correct in your forward folds, as one\n    yoga article teaches it\n"
        )


# --- for man ----------------------------------------------------------------------------------------------------------


def test_man_page__compared__is_what_the_program_says() -> None:
    assert (ROOT / "docs/unstuck.1").read_text(encoding="utf-8") == man_page(), "run: python tests/tools/docs.py"


def test_roff__of_texts_that_look_like_requests__stays_text() -> None:
    blocks = [
        Block(Role.HEADING, "a-b"),
        Block(Role.TEXT, ".so /etc/passwd \\*x “q” …ü"),
        Block(Role.CODE, "'br\n.br"),
        Block(Role.TERM, "what", "-x|y"),
        Block(Role.TEXT, "w " * 40 + ".PP"),
    ]
    assert list(as_roff(blocks, "1")) == [
        '.TH UNSTUCK 1 "" "unstuck 1" "User Commands"',
        *(".nh", ".ad l", ".SH A\\-B", "\\&.so /etc/passwd \\e*x \\(lqq\\(rq ...\\[u00FC]"),
        *(".PP", ".nf", "\\&'br", "\\&.br", ".fi", ".TP", "\\fB\\-x|\\:y\\fR", "what"),
        *(".PP", " ".join(["w"] * 30), " ".join([*["w"] * 10, ".PP"])),
    ]


def test_man_page__in_its_file__is_plain_ascii_and_of_this_version() -> None:
    page = man_page()
    assert page.isascii()
    assert page.startswith(f'.TH UNSTUCK 1 "" "unstuck {__version__}"')
    assert max(map(len, page.splitlines())) <= 120


@pytest.mark.parametrize(
    "program", [["mandoc", "-Tlint", "-W", "error"], ["groff", "-man", "-ww", "-Tascii", "-rLL=78n"]]
)
def test_man_page__formatted__has_no_fault_and_all_headings(tmp_path: Path, program: list[str]) -> None:
    if shutil.which(program[0]) is None:
        pytest.skip(f"there is no {program[0]} here")
    path = tmp_path / "unstuck.1"
    path.write_text(man_page(), encoding="utf-8")
    ended = subprocess.run([*program, str(path)], capture_output=True, encoding="utf-8", timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    if program[0] == "groff":
        text = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", ended.stdout)
        headings = [block.text.upper() for block in manual(ROOF) if block.role is Role.HEADING]
        assert re.findall(r"^([A-Z][A-Z ]+)$", text, re.MULTILINE) == headings
