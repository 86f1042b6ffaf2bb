"""`rules test`: what it writes, where, and with which exit code it ends."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.language.loading import load
from kb.text.wrapping import unprintable

PACK = """\
pack: wrists
title: Wrists
version: "0.1"
safety-screens: [numb]
sources: {W: {work: Notes}}
questions:
  numb: {ask: Numb fingers?, type: yes-no}
  hands: {ask: Where are your hands?, type: one, options: {below: Below, ahead: Ahead}}
findings: {hands-ahead: {title: The hands are ahead}}
recommendations: {hands-below: {title: Bring them below, steps: [Do it.]}}
referrals: {see-someone: {level: clinician-first, tell: See someone.}}
rules:
  numb-fingers: {when: {numb: [yes, unsure]}, then: {refer: see-someone}, because: So., source: W}
  too-far:
    when: {hands: [ahead, unsure]}
    then: {find: hands-ahead, recommend: hands-below}
    because: So.
    source: W
"""
RIGHT = "  - {id: ahead, title: A, answers: {numb: no, hands: ahead}, expect: {outcome: advise}}\n"
WRONG = """\
  - id: below
    title: Below
    answers: {numb: no, hands: below}
    expect: {outcome: advise, in-order: [hands-below]}
  - {id: numb, title: N, answers: {numb: yes}, expect: {outcome: incomplete}}
"""
ALL = """\
  - {id: below, title: B, answers: {numb: no, hands: below}, expect: {outcome: no-change}}
  - {id: doubt, title: D, answers: {numb: no, hands: unsure}, expect: {outcome: check-first}}
  - {id: numb, title: N, answers: {numb: yes}, expect: {outcome: clinician-first}}
  - {id: numb-perhaps, title: P, answers: {numb: unsure}, expect: {outcome: clinician-first}}
"""


def call(*arguments: str, columns: int = 80) -> Result:
    result = CliRunner().invoke(cli.main, ["rules", "test", *arguments], env={"COLUMNS": str(columns)})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert all(unprintable(line) is None for line in result.output.split("\n"))
    return result


def pack(folder: Path, cases: str) -> str:
    """Write a pack with `cases` into a folder, and return its path."""
    path = folder / "wrists.yaml"
    path.write_text(PACK + (f"cases:\n{cases}" if cases else ""), encoding="utf-8")
    return str(path)


# --- replaying --------------------------------------------------------------------------------------------------------


def test_test__of_cases_that_hold__counts_them(tmp_path: Path) -> None:
    result = call(pack(tmp_path, RIGHT))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "wrists 0.1: 1 case, all as expected.\n", "")


def test_test__without_cases__says_so(tmp_path: Path) -> None:
    result = call(pack(tmp_path, ""))
    assert (result.exit_code, result.stdout) == (0, "wrists 0.1: no case is recorded.\n")


def test_test__of_failing_cases__explains_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack(tmp_path, RIGHT + WRONG)
    monkeypatch.chdir(tmp_path)
    result = call("wrists.yaml")
    assert (result.exit_code, result.stdout) == (1, "2 of 3 cases fail.\n")
    assert (
        result.stderr
        == """\
wrists.yaml:21:9  failing-case: case “below”: the outcome is no-change, expected advise (and 1 more)
    outcome      expected  advise
                 got       no-change
    in-order     expected  hands-below
                 got       nothing
    the outcome is no-change, expected advise:
      - No correction is given.
      - Every rule that could find a fault is ruled out.
    hands-below is not given:
      - Rule too-far (wrists.yaml:14:3) does not apply: “hands: [ahead,
        unsure]” is answered below.
wrists.yaml:25:10  failing-case: case “numb”: the outcome is clinician-first, expected incomplete
    outcome      expected  incomplete
                 got       clinician-first
    the outcome is clinician-first, expected incomplete:
      - Rule numb-fingers (wrists.yaml:13:3) refers to see-someone, because
        numb: yes.
"""
    )


@pytest.mark.parametrize("columns", [30, 60, 200])
def test_test__of_failing_cases__fits_the_window_but_for_the_first_line(tmp_path: Path, columns: int) -> None:
    result = call(pack(tmp_path, WRONG), columns=columns)
    heads = [line for line in result.stderr.splitlines() if "  failing-case: " in line]
    assert len(heads) == 2
    room = max(40, min(columns, 78))
    assert [line for line in result.stderr.splitlines() if line not in heads and len(line) > room] == []


@pytest.mark.parametrize(
    ("pattern", "code", "summary"),
    [
        ("ahead", 0, "wrists 0.1: 1 case, all as expected.\n"),
        ("b*", 1, "1 of 1 case fails.\n"),
        ("*", 1, "2 of 3 cases fail.\n"),
        ("[an]*", 1, "1 of 2 cases fails.\n"),
    ],
)
def test_only__of_a_name_or_pattern__replays_those(tmp_path: Path, pattern: str, code: int, summary: str) -> None:
    result = call(pack(tmp_path, RIGHT + WRONG), "--only", pattern)
    assert (result.exit_code, result.stdout) == (code, summary)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "belov"], "no case is called “belov”. Did you mean “below”?"),
        (["--only", "\x1b[2J"], "no case is called “\\u{1b}[2J”. Look at the names in the files of cases."),
        (["--only", "ahead", "--coverage"], "--coverage looks at all cases, so it cannot stand beside --only."),
        (["--corvage"], "No such option"),
        (["nowhere.yaml"], "does not exist"),
    ],
)
def test_test__called_wrongly__says_what_is_wrong_and_ends_with_2(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = call(pack(tmp_path, RIGHT + WRONG), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


# --- coverage ---------------------------------------------------------------------------------------------------------


def test_coverage__of_cases_that_try_everything__ends_with_0(tmp_path: Path) -> None:
    result = call(pack(tmp_path, RIGHT + ALL), "--coverage")
    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        result.stdout
        == """\
wrists 0.1: 5 cases, all as expected.

Covered, of all ways in which a rule, a condition in it or an answer in a list
can come out (a rule and a condition both ways: it holds in some case, and
fails in some case):
  in one file    100 %  (8 of 8)
  all            100 %  (8 of 8)
"""
    )


def test_coverage__of_cases_that_leave_gaps__shows_them_and_proposes_a_case(tmp_path: Path) -> None:
    path = pack(tmp_path, RIGHT + "".join(ALL.splitlines(keepends=True)[:3]))
    result = call(path, "--coverage")
    assert (result.exit_code, result.stderr) == (1, "")
    assert (
        result.stdout.replace(path, "wrists.yaml").split("some case):\n")[1]
        == """\
  in one file   87.5 %  (7 of 8)
  all           87.5 %  (7 of 8)
wrists.yaml:13:37  uncovered: no case in which “numb: unsure” holds (rule “numb-fingers”): \
4 cases answer it: 3 with no, 1 with yes.

1 case would cover this. What it expects is what the rules say today: is it
what a teacher would say? Then give it a title of your own, and put it into a
file under “cases”.

  - id: tries-numb-fingers
    title: Tries rule numb-fingers
    answers: {numb: unsure}
    expect: {outcome: clinician-first, never: any, findings: [], referrals: [see-someone]}
"""
    )


def test_coverage__beside_failing_cases__ends_with_1(tmp_path: Path) -> None:
    result = call(pack(tmp_path, RIGHT + ALL.replace("no-change", "advise")), "--coverage")
    assert result.exit_code == 1
    assert "1 of 5 cases fails.\n" in result.stdout
    assert "100 %  (8 of 8)" in result.stdout


def test_coverage__of_what_nobody_reaches__is_no_gap(tmp_path: Path) -> None:
    path = tmp_path / "wrists.yaml"
    odd = (
        "  never: {when: {all: [{hands: below}, {hands: ahead}]}, then: {find: hands-ahead}, because: So., source: W}\n"
    )
    path.write_text(PACK + odd + "cases:\n" + RIGHT + ALL, encoding="utf-8")
    result = call(str(path), "--coverage")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == (
        f"{path}:19:3  unreachable: no case in which rule “never” fires, and no student could bring it about."
    )


def test_coverage__once_its_proposals_are_kept__is_complete(tmp_path: Path) -> None:
    path = Path(pack(tmp_path, RIGHT))
    shown = call(str(path), "--coverage").stdout
    proposed = shown[shown.index("  - id: ") :]
    path.write_text(f"{PACK}cases:\n{RIGHT}{proposed}", encoding="utf-8")
    assert len(load(path).cases) > 1
    again = call(str(path), "--coverage")
    assert (again.exit_code, again.stderr) == (0, "")


def test_coverage__of_the_shipped_rules__is_complete() -> None:
    result = call("--coverage")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[1] for line in result.stdout.splitlines() if line.startswith("  all ")] == ["100"]


def test_coverage__of_a_copy_with_a_case_file_less__names_topics_and_places(tmp_path: Path) -> None:
    copy = tmp_path / "hamstrings"
    shutil.copytree(Path(cli.__file__).parent / "rules" / "hamstrings", copy)
    (copy / "cases" / "coverage.yaml").unlink()
    result = call(str(copy), "--coverage")
    assert result.exit_code == 1
    assert f"{copy / 'feet.yaml'}:" in result.stdout
    assert "  feet-again    100 %  " in result.stdout
