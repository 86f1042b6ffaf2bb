"""`rules new pack`: a small pack that is sound from the first day, or nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.language.loading import load
from kb.model.conditions import Answered
from kb.model.knowledge import Option
from kb.workbench.checks import check
from tests.teacher import WRISTS, contents, holds, new


def test_pack__all_answered__small_and_sound(tmp_path: Path) -> None:
    assert new("pack", "wrists", "--in", str(tmp_path), typed=[*WRISTS, "y"]).exit_code == 0
    wrists = tmp_path / "wrists"
    assert sorted(contents(wrists)) == [
        "cases/hands.yaml",
        "cases/safety.yaml",
        "hands.yaml",
        "pack.yaml",
        "safety.yaml",
    ]
    for path in wrists.rglob("*.yaml"):
        up = "../" if path.parent.name == "cases" else ""
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema={up}schema.json"
    kb = load(wrists)
    assert (kb.packs[0].title, kb.packs[0].topics, kb.safety_screens) == (
        "Wrists in the plank",
        ("safety", "hands"),
        ("wrists-signs",),
    )
    assert kb.packs[0].complaint == Answered("hand-direction", ("outward", "unsure"))
    assert kb.questions["hand-direction"].options == (Option("forward", "Straight ahead"), Option("outward", "Outward"))
    holds(kb, *kb.rules)
    assert {problem.id for problem in check(kb)} == {"todo-text"}


def test_pack__everything_left_for_later__loads_and_says_what_is_to_do(tmp_path: Path) -> None:
    typed = [
        "",
        "",
        "",
        "hands",
        "sign",
        "",
        "4",
        "",
        "",
        "q",
        "",
        "A",
        "B",
        "",
        "2",
        "",
        "",
        "r",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ]
    result = new("pack", "p", "--in", str(tmp_path), typed=[*typed, "y"])
    assert result.exit_code == 0, result.output
    kb = load(tmp_path / "p")
    holds(kb, *kb.rules)
    lines = [
        f"{tmp_path / 'p' / name}:{number}"
        for name in ("pack.yaml", "safety.yaml", "hands.yaml")
        for number, line in enumerate((tmp_path / "p" / name).read_text(encoding="utf-8").splitlines(), start=1)
        if "TODO" in line
    ]
    listed = [line.split()[0] for line in result.output.split("Still to be written")[1].splitlines() if "TODO" in line][
        1:
    ]
    assert listed == lines
    assert len(lines) > 10
    assert {problem.id for problem in check(kb)} == {"todo-text"}


@pytest.mark.parametrize("name", ["hamstrings", "taken", "Bad Name", "unsure"])
def test_pack__a_name_that_will_not_do__asked_again(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").mkdir()
    result = new("pack", name, "--in", str(tmp_path), typed=["good-name", *WRISTS, "y"])
    assert (result.exit_code, (tmp_path / "good-name" / "pack.yaml").exists()) == (0, True)


@pytest.mark.parametrize("length", range(0, len(WRISTS), 3))
def test_pack__the_input_ends_anywhere__nothing_is_written(tmp_path: Path, length: int) -> None:
    result = new("pack", "wrists", "--in", str(tmp_path), typed=WRISTS[:length])
    assert (result.exit_code, contents(tmp_path)) == (2, {})
