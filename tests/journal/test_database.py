"""What the journal survives: kills, damage, full and forbidden disks, other processes, older and newer versions."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from kb.journal import database, location
from kb.journal.database import STEPS
from kb.journal.location import APPLICATION, JournalError
from kb.journal.records import Saved
from kb.journal.sessions import Journal, open_journal

ROOT = Path(__file__).parent.parent.parent
PACKS = {"hamstrings": "1.0.0"}
REPORT = json.dumps({"format": 1, "outcome": "advise", "findings": []})
ERASED = "This interview was erased from the journal. Nothing more of it is kept."
posix = pytest.mark.skipif(sys.platform == "win32", reason="files and signals as on POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "unstuck" / "journal.sqlite3"


def keep(journal: Journal, *names: str) -> int:
    """Keep an interview with an answer to each of the questions named, and return its number."""
    entry = journal.begin(PACKS, {})
    for count in range(1, len(names) + 1):
        assert entry.keep(dict.fromkeys(names[:count], "yes"), "answer") is None
    assert entry.id is not None
    return entry.id


def answers(path: Path) -> list[list[str]]:
    """Return the questions answered in every session of the journal at `path`."""
    with open_journal(path) as journal:
        assert journal.notices == ()
        return [list(saved.answers) for saved in journal.all_saved()]


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if not one.name.endswith("-journal"))


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(JournalError) as refused:
        open_journal(path, **options)
    return str(refused.value).replace(str(path), "PATH")


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that has the journal at `path`, its first argument."""
    head = (
        "import os, sys\nfrom pathlib import Path\n"
        "from kb.journal.sessions import open_journal\npath = Path(sys.argv[1])\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + textwrap.dedent(code), *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    return out


# --- kills ------------------------------------------------------------------------------------------------------------

WRITER = """
    journal = open_journal(path)
    entry = journal.begin({"p": "1"}, {})
    answers = {}
    for count in range(10_000):
        answers[f"q{count}"] = "yes"
        said = entry.keep(answers, "answer")
        os.write(1, f"{count} {said}\\n".encode())
        if count % 5 == 4:
            entry.finish('{"outcome": "advise"}')
"""


@posix
@pytest.mark.slow
def test_keep__killed_at_thirty_random_moments__has_every_confirmed_answer_and_goes_on(path: Path) -> None:
    moments = random.Random(7)
    for round_ in range(1, 31):
        writer = child(WRITER, path)
        assert writer.stdout is not None
        with writer:
            lines = [writer.stdout.readline()]
            time.sleep(moments.uniform(0, 0.25))
            os.kill(writer.pid, signal.SIGKILL)
            lines += writer.stdout.readlines()
        confirmed = [line for line in lines if line.endswith("\n")]
        assert all(line.endswith(" None\n") for line in confirmed)
        with open_journal(path) as journal:
            saved = journal.saved(round_)
            assert saved is not None
            assert len(saved.answers) in (len(confirmed), len(confirmed) + 1)
            assert list(saved.answers) == [event.about for event in saved.events]
            resumed = journal.resume(saved, {"p": "1"}, {})
            assert resumed.keep({**saved.answers, "more": "no"}, "answer") is None
            unfinished = journal.unfinished()
            assert unfinished is not None
            assert (unfinished.id, journal.notices) == (round_, ())


@pytest.mark.parametrize("interrupted_at", ["BEGIN", "UPDATE", "INSERT OR REPLACE INTO events", "COMMIT"])
def test_keep__interrupted_inside_a_transaction__keeps_it_once_when_it_is_kept_again(
    path: Path, interrupted_at: str
) -> None:
    with open_journal(path) as journal:
        keep(journal, "a")
        saved = journal.saved(1)
        assert saved is not None
        entry = journal.resume(saved, PACKS, {})
        connection: Any = journal._file._connection

        def interrupt(statement: str) -> None:
            if statement.startswith(interrupted_at):
                raise KeyboardInterrupt

        journal._file._connection = Traced(connection, interrupt)  # type: ignore[assignment]
        with pytest.raises(KeyboardInterrupt):
            entry.keep({"a": "yes", "b": "no"}, "answer")
        journal._file._connection = connection
        assert entry.keep({"a": "yes", "b": "no"}, "answer") is None
        assert entry.id == 1
    assert answers(path) == [["a", "b"]]


class Traced:
    """A connection that tells which statement was just executed."""

    def __init__(self, connection: sqlite3.Connection, tell: Callable[[str], None]) -> None:
        self._connection, self._tell = connection, tell

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        cursor = self._connection.execute(statement, *values)
        self._tell(statement)
        return cursor

    def executemany(self, statement: str, values: Any) -> sqlite3.Cursor:
        cursor = self._connection.executemany(statement, values)
        self._tell(statement)
        return cursor


# --- several processes ------------------------------------------------------------------------------------------------

SEVERAL = """
    sys.stdin.readline()
    with open_journal(path) as journal:
        entry = journal.begin({"p": "1"}, {})
        answers = {}
        for count in range(10):
            answers[f"q{count}"] = "yes"
            print(entry.keep(answers, "answer"), journal.notices)
"""


def test_keep__four_processes_at_once_on_a_new_journal__each_has_its_own_session(path: Path) -> None:
    processes = [child(SEVERAL, path) for _ in range(4)]
    outputs = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [finished(process) for process in processes]
    assert outputs == ["None ()\n" * 10] * 4
    assert answers(path) == [[f"q{count}" for count in range(10)]] * 4
    assert beside(path) == ["journal.sqlite3"]


def test_keep__two_go_on_with_one_session__the_one_overtaken_makes_its_own_and_says_so(path: Path) -> None:
    with open_journal(path) as one, open_journal(path) as two:
        keep(one, "a")
        saved = one.saved(1)
        assert saved is not None
        entries = [journal.resume(saved, PACKS, {}) for journal in (one, two)]
        assert entries[0].keep({"a": "yes", "b": "yes"}, "answer") is None
        said = [entries[1].keep({"a": "yes", "c": "yes"}, "answer")]
        said.append(entries[1].keep({"a": "yes", "c": "yes", "d": "yes"}, "answer"))
        assert said == ["This interview is kept whole as session 2 from here on.", None]
        assert [entry.id for entry in entries] == [1, 2]
        own = two.saved(2)
        assert own is not None
        assert [event.about for event in own.events] == ["a", "c", "d"]
    assert answers(path) == [["a", "b"], ["a", "c", "d"]]


def test_keep__another_process_holds_the_journal__says_so_once_and_catches_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT", 0.05)
    with open_journal(path) as journal:
        entry = journal.begin(PACKS, {})
        entry.keep({"a": "yes"}, "answer")
        with closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            said = [entry.keep({"a": "yes", "b": "yes"}, "answer"), entry.hold("rest", 1, 2), entry.finish(REPORT)]
        assert said[1:] == [None, None]
        assert "cannot be kept from here on" in str(said[0])
        assert "another program is holding it. Close that program" in str(said[0])
        again = entry.keep({"a": "yes", "b": "yes", "c": "yes"}, "answer")
        assert again == "Your answers are kept again, with those that could not be kept before."
        saved = journal.saved(1)
        assert saved is not None
        assert [event.about for event in saved.events] == ["a", "b", "c"]
        assert [hold.recommendation for hold in saved.holds] == ["rest"]
        assert entry.finish(REPORT) is None


# --- damaged and foreign files ----------------------------------------------------------------------------------------


def other_program(path: Path, statement: str = "CREATE TABLE moz_places (url TEXT)") -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def not_our_tables(path: Path) -> None:
    other_program(path, f"PRAGMA application_id = {APPLICATION}")
    other_program(path)


def torn(path: Path) -> None:
    with open_journal(path) as journal:
        keep(journal, "a")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 - 100])


def table_gone(path: Path) -> None:
    open_journal(path).close()
    other_program(path, "DROP TABLE events")


def trigger_added(path: Path) -> None:
    open_journal(path).close()
    other_program(path, "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_bytes(b"a novel\n" * 1000), "belongs to another program, or is damaged"),
        (lambda path: path.write_bytes(b"x"), "belongs to another program, or is damaged"),
        (
            lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(5000)),
            "belongs to another program, or is damaged",
        ),
        (other_program, "belongs to another program, or is damaged"),
        (not_our_tables, "is damaged"),
        (torn, "is damaged"),
        (table_gone, "is damaged"),
        (trigger_added, "is damaged"),
    ],
)
def test_open_journal__a_file_that_is_no_journal__is_kept_aside_as_it_was(
    path: Path, make: Callable[[Path], object], why: str
) -> None:
    path.parent.mkdir()
    make(path)
    content = path.read_bytes()
    with open_journal(path) as journal:
        (aside,) = journal.kept_aside
        assert journal.notices == (
            f"The journal “{path}” {why}. It is kept as “{aside}”, as it was, and a new journal is begun.",
        )
        keep(journal, "a")
    assert aside.read_bytes() == content
    assert answers(path) == [["a"]]


def test_open_journal__an_empty_file__is_taken_for_a_new_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with open_journal(path) as journal:
        assert (keep(journal, "a"), journal.notices, journal.kept_aside) == (1, (), ())


def test_open_journal__damaged_again_and_again__overwrites_nothing_that_was_kept_aside(path: Path) -> None:
    path.parent.mkdir()
    contents = {f"novel {count}\n".encode() for count in range(3)}
    for content in contents:
        path.write_bytes(content)
        open_journal(path).close()
    with open_journal(path) as journal:
        assert {one.read_bytes() for one in journal.kept_aside} == contents


def test_open_journal__another_program_is_writing_to_the_file__keeps_aside_what_it_has_in_its_log(path: Path) -> None:
    path.parent.mkdir()
    theirs = path.with_name("theirs")
    with closing(sqlite3.connect(theirs, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE theirs AS SELECT 'in the log' AS value")
        for ending in ("", "-wal"):
            shutil.copy(f"{theirs}{ending}", f"{path}{ending}")
    with open_journal(path) as journal:
        keep(journal, "a")
        aside, log = journal.kept_aside
    assert log.name == f"{aside.name}-wal"
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT value FROM theirs").fetchall() == [("in the log",)]
    assert answers(path) == [["a"]]


def spoil(path: Path) -> None:
    """Write over everything in the file but its first page, which says what is in it."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def test_keep__the_file_turns_out_to_be_damaged__keeps_the_whole_interview_in_a_new_one(path: Path) -> None:
    with open_journal(path) as journal:
        keep(journal, "x")
        entry = journal.begin(PACKS, {})
        entry.keep({"a": "yes"}, "answer")
        entry.hold("rest", 1, 2)
        journal._file.close()  # forget the pages that were read
        spoil(path)
        said = entry.keep({"a": "yes", "b": "yes"}, "answer")
        assert said is not None
        assert said.startswith(f"The journal “{path}” is damaged. It is kept as “")
        assert said.endswith("and a new journal is begun. This interview is kept whole as session 1 from here on.")
        assert entry.keep({"a": "yes", "b": "yes", "c": "yes"}, "answer") is None
        saved = journal.saved(1)
        assert saved is not None
        assert [event.about for event in saved.events] == ["a", "b", "c"]
        assert [hold.recommendation for hold in saved.holds] == ["rest"]
    assert answers(path) == [["a", "b", "c"]]


@pytest.mark.parametrize(
    "read",
    [
        lambda journal: journal.sessions(),
        lambda journal: journal.unfinished(),
        lambda journal: journal.saved(1),
        lambda journal: list(journal.history("a")),
        lambda journal: journal.forget(),
    ],
)
def test_journal__damage_found_while_reading__is_kept_aside_and_told(path: Path, read: Any) -> None:
    with open_journal(path) as journal:
        keep(journal, "x")
    spoil(path)
    with open_journal(path) as journal:
        assert not read(journal)
        assert [one.name.split("-")[0] for one in journal.kept_aside] == ["journal.sqlite3.damaged"]
        assert len(journal.notices) == 1


@posix
def test_journal__two_processes_find_the_same_damage__move_one_file_aside_and_share_the_new_one(path: Path) -> None:
    with open_journal(path) as journal:
        keep(journal, "x")
    spoil(path)
    with open_journal(path) as one, open_journal(path) as two:
        assert one.sessions() == []
        keep(one, "a")
        assert [session.answered for session in two.sessions()] == [1]
        assert (len(one.notices), two.notices, len(two.kept_aside)) == (1, (), 1)


def test_open_journal__the_power_went_while_the_beginning_was_written__takes_the_transaction_back(path: Path) -> None:
    with open_journal(path) as journal:
        keep(journal, "a")
    whole = path.with_name("whole")
    shutil.copy(path, whole)
    with closing(sqlite3.connect(whole, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.execute("PRAGMA user_version = 9")  # so that the first page is among those to be taken back
        connection.execute("INSERT INTO events SELECT 1, 2, '', '', hex(zeroblob(100000)), '1'")
        for ending in ("", "-journal"):
            shutil.copy(f"{whole}{ending}", f"{path}{ending}")
    with path.open("r+b") as file:
        file.write(bytes(4096))
    assert answers(path) == [["a"]]


@pytest.mark.parametrize("value", ["", "{", "[]", "7", '{"a": {}}', b"\xff", None, 5, "\x00"])
def test_journal__values_that_someone_spoiled__are_read_as_far_as_they_go(path: Path, value: Any) -> None:
    with open_journal(path) as journal:
        keep(journal, "a")
        keep(journal, "b")

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for column in ("begun", "packs", "answers", "asked", "report", "finished"):
                if value is not None or column in ("report", "finished"):
                    connection.execute(f"UPDATE sessions SET {column} = ? WHERE id = 1", (value,))
            if value is not None:
                connection.execute("UPDATE events SET time = ?, answer = ? WHERE session = 1", (value, value))

        journal._file.write(work)
        assert [one.id for one in journal.sessions()] == [2, 1]
        assert [one.id for one in journal.all_saved()] == [1, 2]
        assert [one.id for one in journal.history("a")] == [1, 2]
        saved = journal.saved(1)
        assert saved is not None
        assert isinstance(saved.answers, dict)
        assert journal.resume(saved, PACKS, {}).keep({"c": "yes"}, "answer") is None


# --- versions ---------------------------------------------------------------------------------------------------------


def version_1(path: Path) -> None:
    """Write a journal as the first version left it."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in STEPS[0]:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO sessions VALUES (7, 'o', 'w', 1, '2024-01-01T07:30:00+00:00', 60, 1, NULL, NULL, NULL,"
            ' \'{"p":"1"}\', \'{}\', \'{"a":"yes"}\', NULL)'
        )
        connection.execute("INSERT INTO events VALUES (7, 1, '2024-01-01T07:31:00+00:00', 'answer', 'a', '\"yes\"')")


def test_open_journal__an_older_version__is_brought_up_to_date_and_a_copy_is_kept(path: Path) -> None:
    version_1(path)
    with open_journal(path) as journal:
        saved = journal.saved(7)
        assert isinstance(saved, Saved)
        assert (saved.answers, [event.about for event in saved.events], saved.holds) == ({"a": "yes"}, ["a"], ())
        assert journal.resume(saved, PACKS, {}).hold("rest", 1, 2) is None
        assert journal.notices == ()
        (copy,) = journal.kept_aside
    assert copy.name == "journal.sqlite3.before-2"
    if sys.platform != "win32":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT id, answers FROM sessions").fetchall() == [(7, '{"a":"yes"}')]
    with open_journal(path) as journal:  # and not once more
        assert journal.kept_aside == (copy,)


def test_open_journal__an_older_version_for_reading__is_brought_up_to_date_too(path: Path) -> None:
    version_1(path)
    with open_journal(path, reading=True) as journal:
        assert [point.id for point in journal.history("a")] == [7]


def test_open_journal__the_copy_has_a_name_that_is_taken__takes_another(path: Path) -> None:
    version_1(path)
    taken = path.with_name("journal.sqlite3.before-2")
    taken.write_text("mine")
    open_journal(path).close()
    assert taken.read_text() == "mine"
    assert beside(path) == ["journal.sqlite3", "journal.sqlite3.before-2", "journal.sqlite3.before-2-2"]


@pytest.mark.parametrize("broken", ["copy", "step"])
def test_open_journal__a_step_that_fails__leaves_the_older_version_as_it_was(
    path: Path, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    version_1(path)
    content = path.read_bytes()
    if broken == "copy":
        monkeypatch.setattr(database, "reserved", lambda path, ending: Path(os.devnull) / "no")
    else:
        monkeypatch.setattr(database, "STEPS", (STEPS[0], (*STEPS[1], "CREATE TABLE broken (")))
    assert refusal(path).startswith("The journal “PATH” cannot be used: ")
    assert path.read_bytes() == content
    monkeypatch.undo()
    assert answers(path) == [["a"]]


def test_open_journal__three_processes_at_once_on_an_older_version__take_one_step_together(path: Path) -> None:
    version_1(path)
    processes = [child(SEVERAL, path) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [finished(process) for process in processes] == ["None ()\n" * 10] * 3
    assert beside(path) == ["journal.sqlite3", "journal.sqlite3.before-2"]


@pytest.mark.parametrize("reading", [False, True])
def test_open_journal__a_newer_version__is_refused_with_the_way_out_and_not_touched(path: Path, reading: bool) -> None:
    open_journal(path).close()
    other_program(path, f"PRAGMA user_version = {len(STEPS) + 1}")
    other_program(path, "CREATE TABLE what_nobody_knows_yet (a)")
    content = path.read_bytes()
    assert refusal(path, reading=reading) == (
        "The journal “PATH” was written by a newer version of this program. Update the program."
        " You can let UNSTUCK_JOURNAL name another file, or set UNSTUCK_NO_JOURNAL to 1 to keep nothing."
    )
    assert path.read_bytes() == content
    assert [name for name in beside(path) if name != "journal.sqlite3"] == []


# --- disks ------------------------------------------------------------------------------------------------------------


@contextmanager
def nobody_special() -> Iterator[None]:
    """Be somebody to whom permissions apply: to root they do not."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder in which everybody may write, below folders that everybody may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder.resolve()
    shutil.rmtree(folder)


@posix
def test_open_journal__a_home_that_may_not_be_written__says_so(open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir(mode=0o755)
    home.chmod(0o555)
    path = home / ".local" / "unstuck" / "journal.sqlite3"
    with nobody_special():
        assert refusal(path) == (
            "The journal “PATH” cannot be used: you may not write there. See who may."
            " You can let UNSTUCK_JOURNAL name another file, or set UNSTUCK_NO_JOURNAL to 1 to keep nothing."
        )


@posix
@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "why"),
    [
        (0o400, 0o700, "it can be read, but not written"),
        (0o600, 0o500, "you may not write there"),
        (0o000, 0o700, "you may not write there"),
    ],
)
def test_open_journal__a_file_or_folder_that_is_protected__is_refused_for_writing(
    open_folder: Path, file_mode: int, folder_mode: int, why: str
) -> None:
    path = open_folder / "unstuck" / "journal.sqlite3"
    with nobody_special():
        with open_journal(path) as journal:
            keep(journal, "a")
        path.chmod(file_mode)
        path.parent.chmod(folder_mode)
        assert f"cannot be used: {why}. See " in refusal(path)
        if file_mode == 0o400:
            with open_journal(path, reading=True) as journal:
                assert [one.answered for one in journal.sessions()] == [1]
                with pytest.raises(JournalError):
                    journal.forget()
        path.parent.chmod(0o700)


@pytest.mark.parametrize("what", ["a file above", "a folder", "a queue", "a circle", "a name too long", "a zero"])
def test_open_journal__a_place_where_no_file_can_be__is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "journal.sqlite3"
    if what == "a file above":
        path.touch()
        path = path / "journal.sqlite3"
    elif what == "a folder":
        path.mkdir()
    elif what == "a queue":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no such files here")
        os.mkfifo(path)
    elif what == "a circle":
        path.symlink_to(path)
    else:
        path = tmp_path / ("x" * 300 if what == "a name too long" else "a\0b")
    said = refusal(path)
    assert said.startswith("The journal “")
    assert "UNSTUCK_NO_JOURNAL" in said


@posix
def test_open_journal__a_home_that_is_a_link__lies_where_the_link_leads(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "home").symlink_to(real)
    path = tmp_path / "home" / "unstuck" / "journal.sqlite3"
    with open_journal(path) as journal:
        keep(journal, "a")
        assert journal.path == real / "unstuck" / "journal.sqlite3"
    assert answers(path) == [["a"]]


@posix
def test_open_journal__the_file_is_a_link_to_a_damaged_one__that_one_is_kept_aside_and_the_link_stays(
    tmp_path: Path,
) -> None:
    real, path = tmp_path / "real.sqlite3", tmp_path / "journal.sqlite3"
    real.write_text("a novel")
    path.symlink_to(real)
    with open_journal(path) as journal:
        keep(journal, "a")
        assert [one.read_text() for one in journal.kept_aside] == ["a novel"]
    assert path.is_symlink()


@posix
def test_open_journal__others_could_read_it__is_taken_from_them(path: Path) -> None:
    open_journal(path).close()
    path.chmod(0o644)
    open_journal(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_open_journal__a_full_disk__is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location, "_free", lambda folder: 1000)
    assert "cannot be used: the disk is full. Free some space." in refusal(path)


def test_keep__the_disk_becomes_full__says_so_once_and_catches_up_when_there_is_room(path: Path) -> None:
    with open_journal(path) as journal:
        entry = journal.begin(PACKS, {})
        entry.keep({"a": "yes"}, "answer")
        connection = journal._file._connection
        assert connection is not None
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        long = {f"q{count}": "yes" * 100 for count in range(100)}
        said = [entry.keep({"a": "yes", **long}, "answer", about=f"q{count}") for count in range(3)]
        assert "the disk is full" in str(said[0])
        assert said[1:] == [None, None]
        saved = journal.saved(1)
        assert saved is not None
        assert list(saved.answers) == ["a"]
        connection.execute("PRAGMA max_page_count = 100000")
        assert "kept again" in str(entry.finish(REPORT))
        saved = journal.saved(1)
        assert saved is not None
        assert [event.about for event in saved.events] == ["a", "q0", "q1", "q2"]


def test_forget__the_disk_is_full__needs_no_room_for_a_way_back(path: Path) -> None:
    with open_journal(path) as journal:
        keep(journal, "secret")
        connection: Any = journal._file._connection

        def full(statement: str) -> None:
            way_back = connection.execute("PRAGMA journal_mode").fetchone()
            if statement.startswith("DELETE") and way_back == ("truncate",):
                raise sqlite3.OperationalError("database or disk is full")

        journal._file._connection = Traced(connection, full)  # type: ignore[assignment]
        with pytest.raises(JournalError, match="the disk is full"):
            journal.delete(1)
        assert (journal.count(), journal.forget(), journal.count()) == (1, 1, 0)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
        journal._file._connection = connection
    assert b"secret" not in path.read_bytes()


LIMITED = """
    import resource
    journal = open_journal(path)
    entry = journal.begin({"p": "1"}, {})
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 4096, resource.RLIM_INFINITY))
    answers = {}
    for count in range(300):
        answers[f"question-{count}"] = "yes" * 20
        said = entry.keep(answers, "answer")
        print(count, said)
"""


@posix
def test_keep__the_disk_takes_no_more__goes_on_without_and_what_was_confirmed_is_there(path: Path) -> None:
    lines = finished(child(LIMITED, path)).splitlines()
    told = [line for line in lines if not line.endswith(" None")]
    assert len(lines) == 300
    assert len(told) == 1
    assert "the disk does not take what is written" in told[0]
    (kept,) = answers(path)
    assert len(kept) == int(told[0].split()[0])


# --- the file goes away -----------------------------------------------------------------------------------------------


@posix
def test_keep__the_file_was_deleted__takes_it_for_erased(path: Path) -> None:
    with open_journal(path) as journal:
        entry = journal.begin(PACKS, {})
        entry.keep({"a": "yes"}, "answer")
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        assert [entry.keep({"a": "yes", "b": "yes"}, "answer"), entry.finish(REPORT)] == [ERASED, None]
    assert beside(path) == []


@posix
def test_keep__the_file_was_deleted_before_anything_was_in_it__makes_it_again(path: Path) -> None:
    with open_journal(path) as journal:
        entry = journal.begin(PACKS, {})
        path.unlink()
        assert entry.keep({"a": "yes"}, "answer") is None
    assert answers(path) == [["a"]]


@posix
def test_keep__another_process_has_begun_a_new_file__goes_on_in_that_one(path: Path) -> None:
    with open_journal(path) as journal:
        entry = journal.begin(PACKS, {})
        entry.keep({"a": "yes"}, "answer")
        path.rename(path.with_name("elsewhere"))
        with open_journal(path) as other:
            keep(other, "x")
        said = entry.keep({"a": "yes", "b": "yes"}, "answer")
        assert said == "This interview is kept whole as session 2 from here on."
    assert answers(path) == [["x"], ["a", "b"]]


@posix
def test_keep__a_program_that_copies_folders_has_replaced_the_file__goes_on_in_the_same_session(path: Path) -> None:
    with open_journal(path) as journal:
        entry = journal.begin(PACKS, {})
        entry.keep({"a": "yes"}, "answer")
        copy = path.with_name("copy")
        shutil.copy(path, copy)
        copy.replace(path)
        assert entry.keep({"a": "yes", "b": "yes"}, "answer") is None
        assert entry.id == 1
    assert answers(path) == [["a", "b"]]
