"""`unstuck rules check` as a teacher meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from kb.language.loading import examine

PACK = """\
pack: backs
title: Backs
version: "1"
topics: [one, two]
sources: {A1: {work: A book}}
recommendations:
  lean: {title: Lean back, steps: Step the hands back.}
"""
ONE = """\
questions:
  back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
rules:
  a: {when: {back: [round, unsure]}, then: {recommend: lean}, because: B., source: A1}
  b: {when: {all: [{back: round}, {back: flat}]}, then: {recommend: lean}, because: B., source: A1}
"""
TWO = """\
rules:
  c: {when: {back: [round, unsure]}, then: {recommend: lean}, because: B., source: A1}
  d: {when: {back: round}, then: {recomend: lean}, because: B., source: A1}
"""
CASES = """\
- {id: round, title: Round, answers: {back: round}, expect: {outcome: advise, in-order: [lean]}}
- {id: flat, title: Flat, answers: {back: flat}, expect: {outcome: no-change}}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "backs"
    (folder / "cases").mkdir(parents=True)
    for name, text in {"pack.yaml": PACK, "one.yaml": ONE, "two.yaml": TWO, "cases/all.yaml": CASES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def check(*arguments: str) -> tuple[int, list[str], str]:
    """Return the exit code, the lines that begin a problem (without their folder), and what went to standard output."""
    ended = CliRunner().invoke(main, ["rules", "check", *arguments])
    heads = [line for line in ended.stderr.splitlines() if line and not line.startswith(" ")]
    return ended.exit_code, [head.rsplit("/", 1)[-1] for head in heads], ended.stdout


def test_check__half_written_file__hides_nothing_of_the_others(pack: Path) -> None:
    code, heads, _ = check(str(pack))
    assert (code, [head.split(": ")[0] for head in heads]) == (
        1,
        ["one.yaml:5:3  never-fires", "two.yaml:3:35  unknown-key"],
    )
    (pack / "two.yaml").write_text(TWO.replace("recomend", "recommend"), encoding="utf-8")
    code, heads, _ = check(str(pack))
    assert (code, [head.split(": ")[0] for head in heads]) == (
        1,
        ["one.yaml:5:3  never-fires", "two.yaml:2:3  subsumed-rule", "two.yaml:3:3  subsumed-rule"],
    )


def test_check__nothing_wrong__says_what_was_looked_at(pack: Path) -> None:
    (pack / "one.yaml").write_text("".join(ONE.splitlines(keepends=True)[:-1]), encoding="utf-8")
    (pack / "two.yaml").write_text("findings: {}\n", encoding="utf-8")
    assert check(str(pack)) == (0, [], "backs 1: no problems found.\n1 question, 1 rule, 2 cases.\n")


def test_check__formats__carry_the_same_problems(pack: Path) -> None:
    as_json = json.loads(check(str(pack), "--format", "json")[2])
    as_sarif = json.loads(check(str(pack), "--format", "sarif")[2])
    as_github = check(str(pack), "--format", "github")[2].splitlines()
    ids = ["never-fires", "unknown-key"]
    assert [problem["id"] for problem in as_json["problems"]] == ids
    assert [result["ruleId"] for result in as_sarif["runs"][0]["results"]] == ids
    assert [line.split("title=")[1].split("::")[0] for line in as_github] == ids


def test_check__person_who_would_be_harmed__is_shown_as_a_case(pack: Path) -> None:
    (pack / "two.yaml").write_text(TWO.replace("recomend", "recommend"), encoding="utf-8")
    told = CliRunner().invoke(main, ["rules", "check", str(pack)]).stderr
    assert (
        "    Case:\n"
        "      - id: c-adds-nothing\n"
        "        title: Meets “c” and “a”\n"
        "        answers: {back: round}\n"
        "        expect: {outcome: advise, in-order: [lean], findings: [], referrals: []}\n"
    ) in told


@pytest.mark.parametrize(
    ("two", "kept"),
    [
        ("rules:\n  c: {when: {back: round}, then: {find: no-such}, because: B., source: A1}\n", ["a", "b"]),
        ("questions:\n  knees: {ask: Knees?, type: yes-no, hnit: x}\n", ["a", "b"]),
        ("questions:\n  back: {ask: Again?, type: yes-no}\n", []),  # which of the two is meant, nobody knows
        ("rules: [\n", ["a", "b"]),
    ],
)
def test_examine__file_with_problems__leaves_what_stands_elsewhere(pack: Path, two: str, kept: list[str]) -> None:
    (pack / "two.yaml").write_text(two, encoding="utf-8")
    kb, problems = examine(pack)
    assert list(kb.rules) == kept
    assert {Path(problem.place.path).name for problem in problems} == {"two.yaml"}


def test_examine__rule_that_speaks_of_what_cannot_be_read__is_left_out(pack: Path) -> None:
    (pack / "one.yaml").write_text(ONE.replace("type: one", "type: oen"), encoding="utf-8")
    (pack / "two.yaml").write_text(TWO.replace("recomend", "recommend"), encoding="utf-8")
    kb, problems = examine(pack)
    assert (dict(kb.rules), kb.written_questions) == ({}, ())
    assert [problem.id for problem in problems] == ["bad-type"]


def test_check__what_an_extending_pack_no_longer_uses__is_no_fault_of_its_own(tmp_path: Path) -> None:
    text = PACK.replace("topics: [one, two]\n", "") + ONE.rsplit("  b:", 1)[0] + "cases:\n" + CASES
    (tmp_path / "backs.yaml").write_text(text, encoding="utf-8")
    more = (
        "pack: more\ntitle: More\nversion: '1'\nextends: backs\nin-place-of: {rules: a}\n"
        "sources: {M1: {work: Ours}}\n"
        "rules: {a: {when: {back: [round, unsure]}, then: {recommend: lean}, because: We say so., source: M1}}\n"
    )
    (tmp_path / "more.yaml").write_text(more, encoding="utf-8")
    code, heads, told = check(str(tmp_path / "backs.yaml"), str(tmp_path / "more.yaml"))
    assert (code, heads) == (0, [])
    assert "the rule “a” takes the place of the one of “backs”" in told
    (tmp_path / "more.yaml").write_text(more + "findings: {odd: {title: Odd}}\n", encoding="utf-8")
    assert check(str(tmp_path / "backs.yaml"), str(tmp_path / "more.yaml"))[1] == [
        "more.yaml:8:12  unused-finding: the finding “odd” is not used: no rule finds it."
    ]
