"""Faults at the terminal: signals, a shell that stops the program, another window, a terminal of an unknown kind.

The page of faults names each test of these, and these alone.
"""

from __future__ import annotations

import ast
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.journal.sessions import open_journal
from tests.faulty import ENDING, PLACE, ROOT, SHELL, STOPPED, holding_pack, on_posix, small_pack

if os.name == "posix":
    from tests.tools.ptys import Terminal

pytestmark = on_posix


# --- the page of faults -----------------------------------------------------------------------------------------------


def test_page__of_faults__names_tests_that_there_are_and_all_of_these() -> None:
    named = set(re.findall(r"`(test_\w+\.py::test_\w+)`", PLACE.read_text(encoding="utf-8")))
    there = {
        f"{file.name}::{node.name}"
        for file in ROOT.joinpath("tests").rglob("test_*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    these = {one for one in there if re.match(r"test_faults\w*\.py::test_(?!page__)", one)}
    assert (sorted(named - there), sorted(these - named)) == ([], [])


# --- signals ----------------------------------------------------------------------------------------------------------


class Desk:
    """A journal, and interviews and practices at a terminal that are kept in it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.sqlite3"
        self.small, self.holding = small_pack(folder), holding_pack(folder)
        self.environment: dict[str, str | None] = {"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(self.path)}

    @contextmanager
    def interview(self, *arguments: str, before: tuple[str, ...] = ()) -> Iterator[Terminal]:
        """Be at the first question of an interview."""
        call = ("--rules", self.small, *arguments)
        with Terminal(*call, environment=self.environment, before=before) as terminal:
            terminal.read_until("\n> ")
            yield terminal

    @contextmanager
    def practice(self, before: tuple[str, ...] = ()) -> Iterator[Terminal]:
        """Be at the first question of a practice."""
        call = ("--rules", self.holding, "practice", "stay")
        with Terminal(*call, environment=self.environment, before=before) as terminal:
            terminal.read_until("\n> ")
            yield terminal

    @contextmanager
    def hold(self, before: tuple[str, ...] = ()) -> Iterator[Terminal]:
        """Be in a hold that goes on."""
        with self.practice(before) as terminal:
            terminal.answer("none", "no", "")
            terminal.type("\n")
            terminal.read_until("0:01 of 2:00")
            yield terminal

    def kept(self) -> list[str]:
        """Return what was answered and held, in every session."""
        with open_journal(self.path) as journal:
            assert journal.notices == ()
            return [
                name
                for saved in journal.all_saved()
                for name in (*saved.answers, *(hold.recommendation for hold in saved.holds))
            ]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


TO_THE_REPORT = ("3", "n", "1", "2", "1")
STAGES: dict[str, tuple[Callable[[Terminal], object], list[str], str]] = {
    "at a question": (lambda terminal: terminal.answer("3", "n"), ["danger", "bones"], "Question 3 "),
    "at the report": (
        lambda terminal: (terminal.answer(*TO_THE_REPORT), terminal.answer("0", prompt="report> ")),
        ["danger", "bones", "pose", "low-back", "hold", "habits"],
        "no unfinished interview",
    ),
    "while trying": (
        lambda terminal: (
            terminal.answer(*TO_THE_REPORT),
            terminal.answer("0", prompt="report> "),
            terminal.answer("better"),
        ),
        ["danger", "bones", "pose", "low-back", "hold", "habits"],
        "What did you feel?",
    ),
}


@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
@pytest.mark.parametrize("stage", STAGES)
def test_signal__in_an_interview__ends_it_keeps_the_answers_and_leaves_the_terminal(
    desk: Desk, stage: str, number: signal.Signals
) -> None:
    come_there, answered, goes_on = STAGES[stage]
    with desk.interview() as terminal:
        come_there(terminal)
        os.kill(terminal.process.pid, number)
        assert terminal.end() == (130 if number is signal.SIGINT else -number)
        assert terminal.tidy
    assert "Traceback" not in terminal.plain
    assert desk.kept() == answered
    with Terminal("--rules", desk.small, "resume", environment=desk.environment) as terminal:
        terminal.read_until(goes_on)


@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_signal__in_a_hold__ends_it_keeps_it_and_leaves_the_terminal(desk: Desk, number: signal.Signals) -> None:
    with desk.hold() as terminal:
        assert terminal.modes() != terminal.modes_before
        os.kill(terminal.process.pid, number)
        assert terminal.end() == 130
        assert terminal.tidy
    assert "You held it for 1 second. It is in your journal." in terminal.plain
    assert "Traceback" not in terminal.plain
    assert desk.kept() == ["stay"]


def test_control_c__twice_at_once__ends_with_130_and_no_traceback(desk: Desk) -> None:
    """The second comes while the first is obeyed: at another moment each time."""
    ends = []
    for round_ in range(8):
        with desk.interview("--no-journal" if round_ % 2 else "interview") as terminal:
            terminal.answer("3")
            os.kill(terminal.process.pid, signal.SIGINT)
            time.sleep(0.005 * round_)
            if terminal.process.poll() is None:
                os.kill(terminal.process.pid, signal.SIGINT)
            ends.append((terminal.end(), terminal.tidy, "Traceback" in terminal.plain))
    assert set(ends) == {(130, True, False)}


# --- stopped, and back ------------------------------------------------------------------------------------------------


def test_control_z__at_a_question__goes_on_at_the_same_question(desk: Desk) -> None:
    with desk.interview(before=SHELL) as terminal:
        terminal.answer("3")
        terminal.type("\x1a")
        terminal.read_until(STOPPED)
        assert terminal.tidy
        terminal.type("back to it\n")
        terminal.read_until("\n> ")
        assert "Which pose is it?" in terminal.answer("n")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert desk.kept() == ["danger", "bones"]


@pytest.mark.parametrize("paused", [False, True], ids=["going", "paused"])
def test_control_z__in_a_hold__gives_the_terminal_back_and_counts_as_a_pause(desk: Desk, paused: bool) -> None:
    with desk.hold(before=SHELL) as terminal:
        if paused:
            terminal.type("\n")
            terminal.read_until("paused; Enter goes on")
        hushed = terminal.modes()
        terminal.type("\x1a")
        terminal.read_until(STOPPED)
        assert terminal.tidy
        terminal.type("back to it\n")
        if not paused:
            terminal.read_until("the program stood still")
        terminal.read_until("paused; Enter goes on")
        assert terminal.modes() == hushed
        terminal.type("stop\n")
        terminal.read_until("You held it for 1 second.")
        terminal.answer("none", prompt="")
        terminal.end()
        assert terminal.tidy
    assert desk.kept() == ["stay"]


# --- the window, and what kind of terminal it is ----------------------------------------------------------------------


def test_window__made_narrower_at_a_question__what_comes_next_keeps_to_it(desk: Desk) -> None:
    desk.environment["NO_COLOR"] = "1"
    with desk.interview() as terminal:
        terminal.resize(44)
        terminal.type("help")
        terminal.resize(40)
        shown = terminal.answer("")
        assert 30 < max(map(len, shown.replace("\r", "").split("\n"))) <= 40
        terminal.resize(60)
        assert 40 < max(map(len, terminal.answer("help").replace("\r", "").split("\n"))) <= 60
        terminal.type("\x04")
        assert terminal.end() == 0
        assert terminal.modes() == terminal.modes_before  # the half-typed line was drawn anew, in control sequences


@pytest.mark.parametrize("kind", [None, "", "dumb", "unknown"])
def test_terminal__of_no_known_kind__gets_plain_text_and_no_bar(desk: Desk, kind: str | None) -> None:
    desk.environment["TERM"] = kind
    with desk.interview() as terminal:
        terminal.answer("2", prompt="report> ")
        terminal.type("\n")
        assert terminal.end() == 0
    with desk.practice() as terminal:
        terminal.answer("none", "no", "")
        terminal.type("\n")
        terminal.read_until("0:00  Grow longer.")
        terminal.type("stop\n")
        terminal.read_until("\n> ")
    assert not re.search(r"[\x1b\a]|\r(?!\n)", terminal.seen)


@pytest.mark.parametrize("columns", ["0", "1", "-7", "many", "99999999999"])
def test_columns__that_make_no_sense__are_no_obstacle(desk: Desk, columns: str) -> None:
    desk.environment["COLUMNS"] = columns
    with desk.interview() as terminal:
        terminal.answer("3", "n")
        terminal.type("\x04")
        assert terminal.end() == 0
    assert max(map(len, terminal.plain.split("\n"))) <= 78
