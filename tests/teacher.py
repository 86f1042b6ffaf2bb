"""A teacher at `rules new`: what is typed, and what must hold of what was made."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

import cli
from kb.inference.engine import Engine
from kb.model.knowledge import KnowledgeBase
from kb.text.wrapping import unprintable
from kb.workbench.cases.replay import replay, rule_coverage

WRISTS = [
    *("Wrists in the plank", "It asks how your hands stand.", "Mira", "hands"),
    *("swollen-wrist", "One wrist is newly swollen.", "2", "Stop, and have it looked at today.", ""),
    *("hand-direction", "Which way do your fingers point?", "forward: Straight ahead", "Outward", "", "outward"),
    *("Look at them.", "The hands turn out", "turn-hands", "Turn your hands", "Point the fingers ahead.", ""),
    *("-", "-", "-", "It keeps the wrist in line.", "B1", "y", "A book", "page 3"),
]


def new(*arguments: str, typed: list[str], rules: str = "", columns: int = 60) -> Result:
    call = ["--rules", rules] if rules else []
    result = CliRunner().invoke(
        cli.main,
        [*call, "rules", "new", *arguments],
        input="".join(f"{line}\n" for line in typed),
        env={"COLUMNS": str(columns)},
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert all(unprintable(line) is None for line in result.output.split("\n"))
    return result


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def holds(kb: KnowledgeBase, *rules: str) -> None:
    """Say that all cases pass, and that each of the rules has one that fires it and one that misses it by a line."""
    engine = Engine(kb)
    assert [replay(engine, case).failures for case in kb.cases if replay(engine, case).failures] == []
    covered = {each.rule: (bool(each.fires), bool(each.near_misses)) for each in rule_coverage(engine, kb.cases)}
    assert {rule: covered[rule] for rule in rules} == dict.fromkeys(rules, (True, True))
