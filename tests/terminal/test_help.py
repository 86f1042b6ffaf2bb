"""The help: every line whole, and every command under the heading of who needs it."""

from __future__ import annotations

import re

import click
import pytest
from click.testing import CliRunner, Result

from cli import main
from kb.terminal.help import HEADINGS, MOST, Group, in_short
from tests.tools.docs import every_command

ROOF = click.Context(main, info_name="unstuck", **main.context_settings)


def call(*arguments: str, columns: int = 80) -> Result:
    return CliRunner().invoke(main, list(arguments), terminal_width=columns)


def said_in(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("columns", [50, 60, 80, 120])
def test_help__at_any_width__shows_every_line_whole(columns: int) -> None:
    for arguments in ([], ["rules"], ["journal"]):
        text = call(*arguments, "--help", columns=columns).stdout
        assert "..." not in text.replace("[ARGS]...", "").replace("[PATH]...", "").replace("NAME...", "")
        assert max(map(len, text.splitlines())) <= columns


def test_help__read_once__has_what_to_type_and_every_command_under_a_heading() -> None:
    text = call("--help").stdout
    headings = re.findall(r"^(\S.*):$", text, re.MULTILINE)
    assert headings == ["What to type most", *HEADINGS, "Options"]
    for typed, does in MOST:
        assert said_in(f"unstuck {typed} {does}") in said_in(text)
    names = main.list_commands(ROOF)
    assert sorted(name for some in HEADINGS.values() for name in some) == sorted(names)
    assert len(MOST) == 6
    assert "It is not medical advice" in text


def test_help__in_short__is_what_the_commands_say_themselves() -> None:
    groups = [group for _, group in every_command() if isinstance(group, Group)]
    assert [group.name for group in groups] == ["unstuck", "rules", "journal"]
    for group in groups:
        for name, there in group.lazy.items():
            command = group.get_command(click.Context(group), name)
            assert command is not None
            assert in_short(command) == there.short


def test_help__of_a_command_without_a_heading__stands_with_those_for_everybody() -> None:
    group = Group("unstuck", commands={"new": click.Command("new", help="Something new.")})
    formatter = click.HelpFormatter(width=80)
    group.format_commands(click.Context(group, info_name="unstuck"), formatter)
    assert "For you:\n  new  Something new.\n" in formatter.getvalue()
