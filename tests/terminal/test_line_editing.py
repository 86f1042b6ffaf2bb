"""At a terminal a typed line can be edited, earlier ones come back, and Tab completes what can be typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.ptys import Terminal

pytest.importorskip("readline", reason="there is no readline here")

UP, LEFT, HOME = "\x1b[A", "\x1b[D", "\x01"
PACK = """\
pack: hamstrings
title: Poses
version: "1"
sources: {A1: {work: A book}}
questions:
  pose:
    ask: Which pose?
    type: one
    options: {sitting: Seated fold, standing: {text: Standing fold, also: toe touch}}
  long: {ask: How long?, type: one, options: {short: Not long, long: A minute}}
recommendations: {bend: {title: Bend your knees, steps: A little.}}
rules:
  bend:
    when: {pose: [sitting, standing], long: [short, long]}
    then: {recommend: bend}
    because: It helps.
    source: A1
"""


@pytest.mark.parametrize(
    ("keys", "taken"),
    [
        (f"anding fold{HOME}St\n", "= Standing fold"),
        (f"Standing fodl{LEFT}\x7f{LEFT}l\x1b[C\n", "Did you mean 2, Standing fold? Enter for yes."),
        ("sta\t\n", "= Standing fold"),
        ("Toe\t\n", "= Standing fold"),
        ("seated\n", "= Seated fold"),
        ("ag\t\n", "  2  Standing fold"),
        (f"nonsense\n{UP}{HOME}\x0bSeated fold\n", "= Seated fold"),
    ],
)
def test_line__edited_at_a_question__is_read_as_it_stands_then(tmp_path: Path, keys: str, taken: str) -> None:
    (tmp_path / "pack.yaml").write_text(PACK, encoding="utf-8")
    home = {"HOME": str(tmp_path), "NO_COLOR": "1", "INPUTRC": "/dev/null"}
    with Terminal("--no-journal", "--rules", str(tmp_path / "pack.yaml"), environment=home) as terminal:
        terminal.read_until("\n> ")
        terminal.type(keys)
        terminal.read_until(taken)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pack.yaml"], "what was typed is written nowhere"
