"""The plan taken along: `--output` and `save`, what they write, and what they refuse."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.system import files
from tests.small import INSTEAD, small_file

ANSWERS = "danger: none\nlow-back: rounded\n"
STOPPED = "danger: swollen\n"
INTERVIEW = ["3", "no", "1", "2", "3", "0"]  # what the small pack asks: danger, bones, pose, low back, hold, habits
POSIX = pytest.mark.skipif(os.name == "nt", reason="files have no such modes there")


def call(*arguments: str, typed: str) -> Result:
    result = CliRunner().invoke(cli.main, list(arguments), input=typed, env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def pack(tmp_path: Path) -> str:
    return small_file(tmp_path)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "plans").mkdir()
    return tmp_path / "plans"


# --- diagnose ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("plan.html", "<!DOCTYPE html>\n"),
        ("PLAN.HTML", "<!DOCTYPE html>\n"),
        ("plan.md", "# Here is what"),
        ("a.json", "{"),
    ],
)
def test_diagnose_output__by_the_ending__writes_that_form(pack: str, place: Path, name: str, begins: str) -> None:
    result = call("--rules", pack, "diagnose", "-", "--output", str(place / name), typed=ANSWERS)
    end = ", which only you can read" * (os.name == "posix")
    said = f"Here is what to do so far.\nThe plan is in {place / name}{end}.\n"
    assert (result.exit_code, result.stdout, result.stderr) == (0, said, INSTEAD)
    assert (place / name).read_bytes().startswith(begins.encode())
    assert [path.name for path in place.iterdir()] == [name]


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_diagnose_output__with_a_form_to_show__shows_what_it_shows_without(pack: str, place: Path, form: str) -> None:
    plain = call("--rules", pack, "diagnose", "-", "--format", form, typed=ANSWERS)
    both = call("--rules", pack, "diagnose", "-", "--format", form, "--output", str(place / "p.md"), typed=ANSWERS)
    assert both.stdout == plain.stdout
    assert both.stderr.startswith(f"{INSTEAD}The plan is in ")
    assert (place / "p.md").is_file()


def test_diagnose_output__that_stops__says_so_at_once_and_in_the_file(pack: str, place: Path) -> None:
    result = call("--rules", pack, "diagnose", "-", "--output", str(place / "p.json"), typed=STOPPED)
    assert result.stdout.startswith("STOP: ")
    assert f"\nWhat to do now is in {place / 'p.json'}" in result.stdout
    assert json.loads((place / "p.json").read_bytes())["outcome"].startswith(("stop", "clinician"))


@POSIX
@pytest.mark.parametrize("before", [None, 0o644])
def test_diagnose_output__about_health__is_for_its_owner_alone(pack: str, place: Path, before: int | None) -> None:
    file = place / "plan.md"
    if before:
        file.write_text("old", encoding="utf-8")
        file.chmod(before)
    call("--rules", pack, "diagnose", "-", "--output", str(file), "--force", typed=ANSWERS)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text(encoding="utf-8").startswith("# Here")


REFUSED = [
    ("plan.txt", "does not say in which form to write. Give a name that ends in “.html”"),
    ("plan", "does not say in which form"),
    ("-", "“-” does not say in which form"),
    ("", "does not say in which form"),
    ("there.md", "is there already, and stays as it is. Choose another name, or add --force."),
    ("folder.html", "is no file that can be written"),
    ("no/such/plan.md", "there is no folder"),
    ("a\0b.md", "cannot be written: no file can have such a name."),
    (f"{'x' * 300}.md", "cannot be written: "),
]


@pytest.mark.parametrize(("name", "says"), REFUSED)
def test_diagnose_output__unusable__is_refused_before_anything_else(
    pack: str, place: Path, name: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    (place / "there.md").write_text("mine", encoding="utf-8")
    (place / "folder.html").mkdir()
    result = call("--rules", pack, "diagnose", "-", "--output", name, typed="no answers at all: [")
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert (place / "there.md").read_text(encoding="utf-8") == "mine"


def test_diagnose_output__of_a_case__is_refused(pack: str, place: Path) -> None:
    result = call("--rules", pack, "diagnose", "-", "--as-case", "--output", str(place / "p.md"), typed=ANSWERS)
    assert (result.exit_code, "A case is not written by --output" in result.stderr) == (2, True)
    assert list(place.iterdir()) == []


@POSIX
@pytest.mark.parametrize(("typed", "code", "stays"), [("n\n", 2, True), ("y\n", 0, False), ("\n", 2, True)])
def test_diagnose_output__over_a_file_at_a_terminal__asks(
    pack: str, place: Path, typed: str, code: int, stays: bool
) -> None:
    from tests.tools.ptys import Terminal

    (place / "answers.yaml").write_text(ANSWERS, encoding="utf-8")
    (place / "plan.md").write_text("mine", encoding="utf-8")
    call = ("--rules", pack, "diagnose", str(place / "answers.yaml"), "--output", str(place / "plan.md"))
    with Terminal(*call, columns=200) as terminal:
        terminal.read_until("is there already. Write over it? [y/N]: ")
        terminal.type(typed)
        assert terminal.end() == code
    assert ((place / "plan.md").read_text(encoding="utf-8") == "mine") is stays


@POSIX
def test_save__what_came_meanwhile__stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the writing someone else may write a file of that name."""
    file = place / "plan.md"
    file.write_text("theirs", encoding="utf-8")
    with pytest.raises(files.KbError, match="is there already"):
        files.save(str(file), b"ours", private=True, over=False)
    monkeypatch.setattr(files.os, "link", lambda *_: (_ for _ in ()).throw(OSError("not on this disk")))
    with pytest.raises(files.KbError, match="is there already"):
        files.save(str(file), b"ours", private=True, over=False)
    files.save(str(place / "other.md"), b"ours", private=True, over=False)
    assert {path.name: path.read_text(encoding="utf-8") for path in place.iterdir()} == {
        "plan.md": "theirs",
        "other.md": "ours",
    }


@POSIX
def test_save__that_fails_at_the_end__leaves_what_was_there_and_nothing_else(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place / "plan.md"
    file.write_text("mine", encoding="utf-8")
    monkeypatch.setattr(files.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(files.KbError, match="cannot be written: No space left on device"):
        files.save(str(file), b"ours", private=True)
    assert [path.name for path in place.iterdir()] == ["plan.md"]
    assert file.read_text(encoding="utf-8") == "mine"


# --- the interview ----------------------------------------------------------------------------------------------------


def interview(pack: str, *more: str, options: tuple[str, ...] = ()) -> Result:
    return call("--rules", pack, "interview", *options, typed="".join(f"{line}\n" for line in [*INTERVIEW, *more]))


def test_interview_output__at_the_end__is_what_diagnose_writes(pack: str, place: Path) -> None:
    result = interview(pack, options=("--output", str(place / "a.json")))
    assert f"The plan is in {place / 'a.json'}" in result.stdout.splitlines()[-1]
    said = json.loads((place / "a.json").read_bytes())
    call("--rules", pack, "diagnose", "-", "--output", str(place / "b.json"), typed=json.dumps(said["answers"]))
    assert (place / "b.json").read_bytes() == (place / "a.json").read_bytes()


def test_interview_output__unusable__is_refused_before_the_first_question(pack: str, place: Path) -> None:
    result = interview(pack, options=("--output", str(place / "plan.pdf")))
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("quotes", ["", '""', "''", "“”"])
def test_save__at_the_report__writes_and_says_where(pack: str, place: Path, quotes: str) -> None:
    result = interview(pack, f"save {quotes[:1]}{place / 'My Plan.html'}{quotes[1:]}")
    assert f"The plan is in {place / 'My Plan.html'}" in result.stdout
    assert (place / "My Plan.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["save"], "Type save and the name of a file. save plan.html makes a page"),
        (["save plan.pdf"], "“plan.pdf” does not say in which form to write."),
        (["save ~nobody-of-that-name/plan.md"], "there is no folder"),
        (["save {there}", "no"], "is there already, and stays as it is. Choose another name."),
        (["save {there}", "yes"], "The plan is in "),
        (["save {there}"], "is there already, and stays as it is. Choose another name."),
    ],
)
def test_save__at_the_report__says_what_it_needs(pack: str, place: Path, typed: list[str], says: str) -> None:
    there = place / "there.md"
    there.write_text("mine", encoding="utf-8")
    result = interview(pack, *(line.format(there=there) for line in typed))
    assert (result.exit_code, says in result.stdout) == (0, True), result.stdout
    assert (there.read_text(encoding="utf-8") == "mine") is ("yes" not in typed)


def test_save__before_the_report__says_when(pack: str, place: Path) -> None:
    result = call("--rules", pack, "interview", typed=f"save {place / 'p.md'}\n")
    assert "The report comes after the last question. Type save and a name then." in result.stdout
    assert list(place.iterdir()) == []
