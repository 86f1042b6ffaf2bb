"""Faults of files and pipes: no room, no permission, nobody who reads, and requests to end in the middle of writing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kb.journal.sessions import open_journal
from tests.faulty import (
    ANSWERS,
    ENDING,
    IN_A_NAMESPACE,
    ROOT,
    closed,
    fill,
    like_anybody,
    on_a_small_disk,
    on_posix,
    own_disk,
    permissions,
    run,
    seen_by,
    small_pack,
)
from tests.small import INSTEAD

if os.name == "posix":
    from tests.tools.ptys import Terminal

pytestmark = on_posix


def said(terminal: Terminal, words: str) -> str:
    """Return what is said to something that is typed at the report, on one line."""
    return " ".join(terminal.answer(words, prompt="report> ").split())


PROGRAM = (sys.executable, str(ROOT / "cli.py"))
FULL = Path("/dev/full")
BAD = "rules:\n  r: {when: {nothing: yes}, then: {find: x}, because: y., source: A1}\n"
TO_THE_REPORT = ("3", "n", "1", "2", "1")


@pytest.fixture
def pack(tmp_path: Path) -> str:
    return small_pack(tmp_path)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS, encoding="utf-8")
    return path


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "disk"
    path.mkdir()
    return path


# --- a full disk ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not FULL.exists(), reason="there is no such device here")
@pytest.mark.parametrize(
    "words",
    [
        ["diagnose", "ANSWERS"],
        ["diagnose", "ANSWERS", "--format", "json"],
        ["rules", "list", "PACK"],
        ["rules", "schema"],
        ["--help"],
        ["interview"],
    ],
    ids=" ".join,
)
def test_full_disk__behind_standard_output__says_so_and_ends_with_2(pack: str, answers: Path, words: list[str]) -> None:
    known = {"ANSWERS": str(answers), "PACK": pack}
    with FULL.open("wb") as full:
        done = run("--rules", pack, *(known.get(word, word) for word in words), stdout=full)
    told = INSTEAD if "diagnose" in words else ""
    full_disk = "The output cannot be written: No space left on device.\n"
    assert (done.returncode, done.stderr.decode()) == (2, told + full_disk)


@pytest.mark.skipif(not FULL.exists(), reason="there is no such device here")
def test_full_disk__behind_standard_error__ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD, encoding="utf-8")
    for words in (["rules", "check", tmp_path / "bad.yaml"], ["diagnose", tmp_path / "none.yaml"], ["nonsense"]):
        with FULL.open("wb") as full:
            assert run(*words, stderr=full).returncode == 2


LISTED = """
mount -t tmpfs -o size=8k small "$0" && echo mine > "$0/plan.html" && echo mine > "$0/plan.json"
"$@" || echo "ended with $?"
cat "$0"/plan.*
ls -A "$0"
"""


@own_disk
@pytest.mark.parametrize(
    "words",
    [
        ["diagnose", "ANSWERS", "--force", "--output", "DISK/plan.html"],
        ["rules", "schema", "--output", "DISK/plan.json"],
        ["journal", "export", "--force", "--output", "DISK/plan.json"],
    ],
    ids=["diagnose", "schema", "export"],
)
def test_full_disk__written_over__what_was_there_stays_and_nothing_else(
    pack: str, answers: Path, disk: Path, words: list[str]
) -> None:
    journal = answers.parent / "journal.sqlite3"
    environment = {**os.environ, "UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(journal)}
    with open_journal(journal) as opened:
        for number in range(10):
            opened.begin({}, {}).keep({f"question-{number}": "yes" * 100}, "answer")
    known = {"ANSWERS": str(answers), "DISK": str(disk)}
    called = [word.replace("DISK", str(disk)) if "DISK" in word else known.get(word, word) for word in words]
    done = subprocess.run(
        [*IN_A_NAMESPACE, "sh", "-c", LISTED, str(disk), *PROGRAM, "--rules", pack, *called],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    told = INSTEAD if "diagnose" in words else ""
    assert done.stderr == f"{told}“{called[-1]}” cannot be written: No space left on device.\n"
    assert done.stdout == "ended with 2\nmine\nmine\nplan.html\nplan.json\n"


@own_disk
def test_full_disk__at_the_report__save_and_case_say_so_and_the_interview_goes_on(pack: str, disk: Path) -> None:
    with Terminal("--rules", pack, columns=300, before=on_a_small_disk(disk, "4k")) as terminal:
        terminal.read_until("\n> ")
        terminal.answer(*TO_THE_REPORT)
        terminal.answer("0", prompt="report> ")
        fill(seen_by(terminal.process, disk))
        for words in (f"save {disk}/plan.html", f"case {disk}/cases.yaml"):
            shown = said(terminal, words)
            assert "cannot be written" in shown
            assert "No space left on device" in shown
        assert [path.name for path in seen_by(terminal.process, disk).iterdir()] == ["filler"]
        assert "Lean back" in terminal.answer("show 1", prompt="report> ")


@own_disk
def test_full_disk__under_the_journal__goes_on_unkept_and_is_kept_again_when_there_is_room(
    pack: str, disk: Path
) -> None:
    environment = {"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(disk / "journal.sqlite3")}
    with Terminal("--rules", pack, environment=environment, before=on_a_small_disk(disk, "400k")) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("3")
        inside = seen_by(terminal.process, disk)
        filler = fill(inside)
        assert "cannot be kept from here on" in terminal.answer("n")
        assert "kept" not in terminal.answer("1")
        filler.unlink()
        assert "kept again" in terminal.answer("2")
        shutil.copy(inside / "journal.sqlite3", disk)
        with open_journal(disk / "journal.sqlite3") as journal:
            assert [list(saved.answers) for saved in journal.all_saved()] == [["danger", "bones", "pose", "low-back"]]


@own_disk
def test_full_disk__from_the_start__says_that_nothing_is_kept(pack: str, disk: Path) -> None:
    environment = {"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(disk / "journal.sqlite3")}
    with Terminal("--rules", pack, environment=environment, before=on_a_small_disk(disk, "16k")) as terminal:
        shown = " ".join(terminal.read_until("\n> ").split())
        assert "This interview is not kept: The journal" in shown
        assert "the disk is full. Free some space." in shown


@own_disk
def test_full_disk__under_what_is_worked_out_before__hinders_nothing(pack: str, disk: Path) -> None:
    environment = {"UNSTUCK_NO_CACHE": None, "XDG_CACHE_HOME": str(disk)}
    with Terminal("--rules", pack, environment=environment, before=on_a_small_disk(disk, "4k")) as terminal:
        terminal.read_until("\n> ")
        left = [path for path in seen_by(terminal.process, disk).rglob("*") if path.is_file()]
        assert left == []
        assert "Which pose is it?" in terminal.answer("3", "n")


# --- no permission ----------------------------------------------------------------------------------------------------

DENIED = "Permission denied"
UNREADABLE = [
    (["diagnose", "CLOSED/a.yaml"], {}, 2, "cannot be read (Permission denied)"),
    (["diagnose", "ANSWERS", "--output", "CLOSED/plan.md"], {}, 2, "plan.md” cannot be written: Permission denied."),
    (["diagnose", "ANSWERS", "--output", "CLOSED/in/plan.md"], {}, 2, "plan.md” cannot be written"),
    (["--rules", "CLOSED", "diagnose", "ANSWERS"], {}, 2, "CLOSED"),
    (["--rules", "CLOSED/p.yaml", "interview"], {}, 2, "cannot be read (Permission denied)"),
    (["rules", "check", "CLOSED/p.yaml"], {}, 2, "CLOSED/p.yaml' does not exist."),
    (["rules", "check", "CLOSED"], {}, 2, "CLOSED' is not readable."),
    (["rules", "test", "CLOSED"], {}, 2, "CLOSED' is not readable."),
    (["rules", "schema", "--output", "CLOSED/s.json"], {}, 2, "s.json” cannot be written: Permission denied."),
    (["rules", "schema", "--output", "CLOSED/in/s.json"], {}, 2, "s.json” cannot be written: Permission denied."),
    (["rules", "diff", "CLOSED/old.yaml", "PACK"], {}, 2, "CLOSED/old.yaml” cannot be used: Permission denied."),
    (
        ["rules", "new", "rule", "--in", "CLOSED/pack"],
        {},
        2,
        "CLOSED/pack” cannot be used: Permission denied.",
    ),
    (["rules", "new", "pack", "x", "--in", "CLOSED/in"], {}, 2, "CLOSED/in” cannot be used: Permission denied."),
    (["journal", "export", "--output", "CLOSED/j.json"], {}, 2, "j.json” cannot be written: Permission denied."),
    (["journal", "export", "--output", "CLOSED/in/j.json"], {}, 2, "j.json” cannot be written: Permission denied."),
    (["journal"], {"UNSTUCK_JOURNAL": "CLOSED/j.sqlite3"}, 2, "j.sqlite3” cannot be used: you may not"),
    (["journal", "where"], {"UNSTUCK_JOURNAL": "CLOSED/j.sqlite3"}, 2, "j.sqlite3” cannot be used: you may not"),
    (["journal", "forget", "--yes"], {"UNSTUCK_JOURNAL": "CLOSED/j.sqlite3"}, 2, "cannot be used: you may not"),
    (["resume"], {"UNSTUCK_JOURNAL": "CLOSED/j.sqlite3"}, 2, "j.sqlite3” cannot be used: you may not"),
    (["resume", "1"], {"UNSTUCK_JOURNAL": "CLOSED/j.sqlite3"}, 2, "j.sqlite3” cannot be used: you may not"),
    (["practice"], {"UNSTUCK_JOURNAL": "CLOSED/j.sqlite3"}, 0, ""),
    (["diagnose", "ANSWERS"], {"UNSTUCK_CONFIG": "CLOSED/c.yaml"}, 2, "cannot be read (Permission denied)"),
    (["diagnose", "ANSWERS"], {"UNSTUCK_RULES": "CLOSED/r.yaml"}, 2, "there is no file or folder"),
]


@permissions
@pytest.mark.parametrize(("words", "environment", "code", "said"), UNREADABLE)
def test_no_permission__wherever_a_path_is_given__is_said_with_the_path(
    pack: str, answers: Path, disk: Path, words: list[str], environment: dict[str, str], code: int, said: str
) -> None:
    known = {"CLOSED": str(disk), "ANSWERS": str(answers), "PACK": pack}

    def meant(text: str) -> str:
        for name, path in known.items():
            text = text.replace(name, path)
        return text

    journal = {"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(disk.parent / "journal.sqlite3")}
    changed = {**journal, **{name: meant(value) for name, value in environment.items()}}
    with closed(disk):
        done = run(*map(meant, words), environment=changed, preexec_fn=like_anybody)
    assert "Traceback" not in done.stderr.decode()
    assert meant(said) in " ".join(done.stderr.decode().split())
    assert done.returncode == code


@permissions
def test_no_permission__for_one_file_of_a_pack__names_that_file(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "pack.yaml").write_text("pack: mine\ntitle: Mine\nversion: '1'\n", encoding="utf-8")
    (folder / "back.yaml").write_text("questions: {}\n", encoding="utf-8")
    with closed(folder / "back.yaml"):
        done = run("rules", "check", folder, preexec_fn=like_anybody)
    assert done.returncode == 1
    assert f"{folder}/back.yaml  unreadable: this cannot be read (Permission denied)." in done.stderr.decode()


@permissions
def test_no_permission__at_the_report__is_said_and_the_interview_goes_on(pack: str, disk: Path) -> None:
    with closed(disk), Terminal("--rules", pack, columns=300, prepare=like_anybody) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("2", prompt="report> ")
        for place in (disk, disk / "in"):
            assert "cannot be written" in said(terminal, f"save {place}/plan.md")
            assert "cannot" in said(terminal, f"case {place}/cases.yaml")
        for name in ("~nobody-of-that-name/", "a" * 256):  # longer than a name can be
            assert "cannot be written" in said(terminal, f"save {name}plan.md")
            assert "cannot" in said(terminal, f"case {name}cases.yaml")
        terminal.type("\n")
        assert terminal.end() == 0
    assert "Traceback" not in terminal.plain


# --- nobody reads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["rules", "--help"], ["--version"], ["manual"], ["journal"], []])
def test_closed_pipe__behind_standard_output__ends_quietly_with_0(words: list[str]) -> None:
    done = run(*words, stdout=_unread())
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [["rules", "check", "BAD"], ["rules", "test", "BAD"], ["diagnose", "BAD"], ["no"]])
def test_closed_pipe__behind_standard_error__is_not_taken_for_success(tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(BAD, encoding="utf-8")
    done = run(*(str(path) if word == "BAD" else word for word in words), stderr=_unread())
    assert (done.returncode, b"Traceback" in done.stdout) == (2, False)


def _unread() -> int:
    """Return the writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


# --- a request to end, in the middle of writing -----------------------------------------------------------------------

TOLD_TO_END = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
folder, way = Path(sys.argv[2]), sys.argv[3]
number = signal.Signals[sys.argv[4]]
def told(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), number)
sys.addaudithook(told)
if way == "save":
    from kb.system.files import save
    save(str(folder / "plan.md"), b"ours")
else:
    from kb.workbench.authoring.drafts import Draft, Place, write
    write(Draft(Place(folder), {"pack.yaml": ("old", "new"), "topic.yaml": (None, "new")}))
"""


@pytest.mark.parametrize("number", ENDING[1:], ids=lambda number: number.name)
@pytest.mark.parametrize(("way", "left"), [("save", ["plan.md"]), ("pack", ["pack.yaml", "topic.yaml"])])
def test_signal__while_files_are_put_in_place__all_of_them_are_and_nothing_else_is_left(
    disk: Path, number: signal.Signals, way: str, left: list[str]
) -> None:
    """It comes before the first file has its name: what is begun is finished, and then it is obeyed."""
    if way == "pack":
        (disk / "pack.yaml").write_text("old", encoding="utf-8")
    words = [sys.executable, "-c", TOLD_TO_END, str(ROOT), str(disk), way, number.name]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (-number, "")
    assert {path.name: path.read_text(encoding="utf-8") for path in disk.iterdir()} == dict.fromkeys(
        left, "ours" if way == "save" else "new"
    )
