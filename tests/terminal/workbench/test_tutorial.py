"""The tutorial for teachers, done to the letter in an empty folder: every file, every command, all that is typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.inference.engine import Engine
from kb.language.loading import load
from kb.workbench.cases.replay import replay
from kb.workbench.checks import check
from tests.teacher import contents
from tests.tools.pages import RESULT, TUTORIAL, Run, blocks, first_untrue, replay_in, runs

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the sessions are those of a POSIX shell")

Done = tuple[Path, list[tuple[Run, int, list[str]]]]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Return the folder in which the tutorial was done, and what came of its commands."""
    folder = tmp_path_factory.mktemp("teacher")
    return folder, list(replay_in(folder, TUTORIAL))


def test_commands__one_after_the_other__say_what_the_page_shows(done: Done) -> None:
    untrue = [(run.command, first_untrue(run.pieces, real)) for run, _, real in done[1]]
    assert [each for each in untrue if each[1]] == []


def test_commands__one_after_the_other__find_what_the_page_says_and_end_well(done: Done) -> None:
    codes = [(run.command, code) for run, code, _ in done[1] if "check" in run.command or "test" in run.command]
    assert codes == [
        ("unstuck rules check wrists", 1),  # texts to be written
        ("unstuck rules check wrists", 0),
        ("unstuck rules check wrists", 1),  # a slip
        ("unstuck rules check wrists", 1),  # a student who was overlooked
        ("unstuck rules check wrists", 0),
        ("unstuck rules test wrists", 1),  # an old case
        ("unstuck rules test wrists", 0),
    ]
    assert {code for run, code, _ in done[1] if (run.command, code) not in codes} == {0}


def test_prompts__of_every_session__are_all_answered_on_the_page(done: Done) -> None:
    for run, _, real in done[1]:
        assert "The input ended here" not in "\n".join(real), run.command


def test_folder__at_the_end__is_the_pack_beside_the_page(done: Done) -> None:
    assert sorted(path.name for path in done[0].iterdir()) == ["wrists"]
    assert contents(done[0] / "wrists") == contents(RESULT), "run: python tests/tools/docs.py"


def test_pack__at_the_end__has_nothing_to_mend(done: Done) -> None:
    kb = load(done[0] / "wrists")
    assert check(kb) == ()
    assert [failure for case in kb.cases for failure in replay(Engine(kb), case).failures] == []


def test_page__read_through__shows_every_file_that_is_written_by_hand() -> None:
    assert {block.file for block in blocks(TUTORIAL) if block.file} == {
        "wrists/pack.yaml",
        "wrists/safety.yaml",
        "wrists/hands.yaml",
        "wrists/fingers.yaml",
        "wrists/cases/hands.yaml",
        "wrists/cases/fingers.yaml",
    }
    assert len(runs(TUTORIAL)) > 10
