"""The journal as a person sees it: what is kept, listed, gone on with, taken along and erased."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kb.interview.events import Event
from kb.journal.export import exported, exported_rows
from kb.journal.location import JournalError, journal_path
from kb.journal.records import Hold, Point, Saved
from kb.journal.sessions import Journal, open_journal
from kb.model.stored_answers import asked_as
from tests.small import small

PARIS = timezone(timedelta(hours=1))
MONDAY = datetime(2024, 1, 1, 8, 30, tzinfo=PARIS)
PACKS = {"hamstrings": "1.0.0"}
ASKED = asked_as(small())
REPORT = json.dumps({"format": 1, "outcome": "advise", "findings": [{"id": "rounds"}], "recommendations": []})
ANSWERS: dict[str, Any] = {"danger": ("none",), "low-back": "rounded", "hold": Decimal("0.5")}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with open_journal(tmp_path / "unstuck" / "journal.sqlite3") as opened:
        yield opened


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def interview(journal: Journal, answers: dict[str, Any] = ANSWERS, *, finished: bool = True, days: float = 0) -> int:
    """Keep an interview, one answer a minute, and return its number."""
    entry = journal.begin(PACKS, ASKED, minutes(1440 * days))
    names = list(answers)
    for count in range(1, len(names) + 1):
        given = {name: answers[name] for name in names[:count]}
        assert entry.keep(given, "answer", now=minutes(1440 * days + count)) is None
    if finished:
        assert entry.finish(REPORT, minutes(1440 * days + 10)) is None
    assert entry.id is not None
    return entry.id


def saved(journal: Journal, session: int) -> Saved:
    found = journal.saved(session)
    assert found is not None
    return found


def told(journal: Journal, session: int) -> list[tuple[str, str, Any]]:
    return [(event.kind, event.about, event.answer) for event in saved(journal, session).events]


# --- where it lies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/unstuck/journal.sqlite3"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/x/unstuck/journal.sqlite3"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": ""}, "/h/.local/share/unstuck/journal.sqlite3"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "x"}, "/h/.local/share/unstuck/journal.sqlite3"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/unstuck/journal.sqlite3"),
        ("win32", {"LOCALAPPDATA": "/a", "USERPROFILE": "/h"}, "/a/unstuck/journal.sqlite3"),
        ("win32", {"USERPROFILE": "/h"}, "/h/AppData/Local/unstuck/journal.sqlite3"),
        ("linux", {"HOME": "/h", "UNSTUCK_JOURNAL": "/j/mine"}, "/j/mine"),
        ("linux", {"UNSTUCK_JOURNAL": "/j/mine", "UNSTUCK_NO_JOURNAL": ""}, "/j/mine"),
        ("linux", {"HOME": "/h", "UNSTUCK_JOURNAL": ""}, None),
        ("linux", {"HOME": "/h", "UNSTUCK_NO_JOURNAL": "0"}, None),
        ("linux", {"UNSTUCK_JOURNAL": "/j/mine", "UNSTUCK_NO_JOURNAL": "1"}, None),
        ("linux", {"UNSTUCK_NO_JOURNAL": "1"}, None),
    ],
)
def test_journal_path__on_each_system__is_where_data_is_kept(
    system: str, environment: dict[str, str], expected: str | None
) -> None:
    assert journal_path(environment, system) == (None if expected is None else Path(expected))


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_journal_path__nobodys_home__says_so(system: str) -> None:
    with pytest.raises(JournalError, match="where your home folder is"):
        journal_path({}, system)


def test_journal_path__a_relative_name_or_one_below_the_home__becomes_absolute() -> None:
    assert journal_path({"UNSTUCK_JOURNAL": "mine"}) == Path("mine").absolute()
    assert journal_path({"UNSTUCK_JOURNAL": "~/mine"}) == Path("~/mine").expanduser()


def test_import__nothing_opened__does_not_wait_for_sqlite() -> None:
    code = "import sys, kb.journal.sessions as s, kb.journal.export; s.journal_path(); print('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder to its owner by other means")
def test_open_journal__a_new_one__can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "unstuck" / "journal.sqlite3"
    with open_journal(path) as journal:
        interview(journal)
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (path.parent, *path.parent.iterdir())}
    assert modes == {"unstuck": 0o700, "journal.sqlite3": 0o600, "journal.sqlite3-journal": 0o600}


# --- an interview -----------------------------------------------------------------------------------------------------


def test_begin__nothing_answered__nothing_is_kept(journal: Journal) -> None:
    entry = journal.begin(PACKS, ASKED, MONDAY)
    assert (entry.finish(REPORT), entry.keep({}, "back"), entry.id) == (None, None, None)
    assert (journal.count(), journal.sessions(), journal.unfinished(), journal.latest_finished()) == (0, [], None, None)


def test_keep__answers_of_every_kind__are_all_there_as_they_were_given(journal: Journal) -> None:
    answers = {**ANSWERS, "habits": (), "danger": ("swollen?", "numb"), "breathless": "unsure"}
    number = interview(journal, answers)
    kept = {"danger": ["swollen?", "numb"], "low-back": "rounded", "hold": "0.5", "habits": [], "breathless": "unsure"}
    found = saved(journal, number)
    assert found == Saved(
        id=1,
        begun=MONDAY,
        packs=PACKS,
        answered=5,
        outcome="advise",
        findings=1,
        answers=kept,
        asked={name: ASKED[name] for name in ("danger", "hold", "habits")},
        events=tuple(Event(minutes(at), "answer", name, answer) for at, (name, answer) in enumerate(kept.items(), 1)),
        holds=(),
        finished=minutes(10),
        report=json.loads(REPORT),
        origin=found.origin,
        writer=found.origin,
    )
    assert list(found.answers) == list(kept)
    assert found.begun.utcoffset() == timedelta(hours=1)


def test_keep__back_and_change_and_an_attempt__tells_what_each_was_about(journal: Journal) -> None:
    entry = journal.begin(PACKS, ASKED)
    entry.keep({"pose": "sitting"}, "answer")
    entry.keep({"pose": "sitting", "bones": "no"}, "answer")
    entry.keep({"pose": "sitting"}, "back")
    entry.keep({"pose": "standing"}, "change")
    entry.keep({"pose": "standing"}, "change", about="pose")
    entry.keep({"pose": "standing"}, "attempt", about="lean-back", said="better")
    assert told(journal, 1) == [
        ("answer", "pose", "sitting"),
        ("answer", "bones", "no"),
        ("back", "bones", None),
        ("change", "pose", "standing"),
        ("change", "pose", "standing"),
        ("attempt", "lean-back", "better"),
    ]
    assert saved(journal, 1).answers == {"pose": "standing"}


def test_keep__each_time__has_it_on_the_disk_before_it_returns(journal: Journal, tmp_path: Path) -> None:
    entry = journal.begin(PACKS, ASKED)
    for answers in ({"pose": "sitting"}, {"pose": "sitting", "bones": "no"}):
        entry.keep(answers, "answer")
        with open_journal(journal.path) as other:
            assert saved(other, 1).answers == answers


def test_hold__several__are_kept_with_their_targets_and_leave_the_session_finished(journal: Journal) -> None:
    number = interview(journal)
    entry = journal.resume(saved(journal, number), PACKS, ASKED)
    entry.hold("lean-back", 30.5, 60, minutes(20))
    entry.hold("lean-back", 61, 60, minutes(22))
    found = saved(journal, number)
    assert found.holds == (Hold(minutes(20), "lean-back", 30.5, 60), Hold(minutes(22), "lean-back", 61, 60))
    assert found.finished == minutes(10)


def test_hold__practice_without_an_interview__is_a_session_that_nobody_needs_to_go_on_with(journal: Journal) -> None:
    journal.begin(PACKS, ASKED).hold("lean-back", 30, 60)
    assert (journal.count(), journal.unfinished()) == (1, None)


def test_finish__then_something_more__is_unfinished_until_it_is_finished_again(journal: Journal) -> None:
    entry = journal.begin(PACKS, ASKED)
    entry.keep({"pose": "sitting"}, "answer")
    states = []
    for step in (
        lambda: entry.finish(REPORT),
        lambda: entry.keep({"pose": "standing"}, "change"),
        lambda: entry.finish(REPORT),
    ):
        assert step() is None
        states.append((journal.unfinished() is not None, journal.latest_finished() is not None))
    assert states == [(False, True), (True, True), (False, True)]
    assert saved(journal, 1).report == json.loads(REPORT)


def test_resume__an_unfinished_session__goes_on_in_the_same_one(journal: Journal) -> None:
    number = interview(journal, {"pose": "sitting"}, finished=False)
    journal.close()
    unfinished = journal.unfinished()
    assert unfinished is not None
    entry = journal.resume(unfinished, {"hamstrings": "2"}, ASKED)
    assert entry.keep({"pose": "sitting", "bones": "no"}, "answer") is None
    assert (entry.id, journal.count(), saved(journal, number).packs) == (number, 1, {"hamstrings": "2"})
    assert told(journal, number) == [("answer", "pose", "sitting"), ("answer", "bones", "no")]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_sessions__a_page_and_the_next__lists_the_newest_first_and_none_twice(journal: Journal) -> None:
    for _ in range(5):
        interview(journal, {"pose": "sitting"})
    first = journal.sessions(2)
    second = journal.sessions(2, first[-1].id)
    third = journal.sessions(2, second[-1].id)
    assert [[one.id for one in page] for page in (first, second, third)] == [[5, 4], [3, 2], [1]]
    assert journal.sessions(2, 1) == []


def test_sessions__one_done_and_one_not__tells_what_each_came_to(journal: Journal) -> None:
    interview(journal)
    interview(journal, {"pose": "sitting"}, finished=False, days=1)
    assert [
        (one.id, one.begun, one.packs, one.answered, one.finished, one.outcome, one.findings)
        for one in journal.sessions()
    ] == [(2, minutes(1440), PACKS, 1, None, "", 0), (1, MONDAY, PACKS, 3, minutes(10), "advise", 1)]


def test_order__a_clock_that_went_backwards__is_that_of_what_came_later(journal: Journal) -> None:
    interview(journal, days=3)
    interview(journal, days=2)
    interview(journal, finished=False, days=1)
    interview(journal, finished=False, days=0)
    newest, unfinished, advised = journal.sessions()[0], journal.unfinished(), journal.latest_finished()
    assert unfinished is not None
    assert advised is not None
    assert (newest.id, unfinished.id, advised.id) == (4, 4, 2)


def test_unfinished__an_older_one_was_used_last__is_that_one(journal: Journal) -> None:
    interview(journal, finished=False)
    interview(journal, finished=False)
    journal.resume(saved(journal, 1), PACKS, ASKED).keep({"pose": "standing"}, "answer")
    unfinished = journal.unfinished()
    assert unfinished is not None
    assert unfinished.id == 1


def test_history__several_sessions__has_strain_holds_and_findings_in_order(journal: Journal) -> None:
    interview(journal)
    interview(journal, {"low-back": "unsure"}, finished=False, days=7)
    entry = journal.resume(saved(journal, 2), PACKS, ASKED)
    entry.hold("lean-back", 30, 60)
    entry.hold("lean-back", 45, 60)
    assert list(journal.history("low-back")) == [
        Point(1, MONDAY, "rounded", None, 1, "advise"),
        Point(2, minutes(7 * 1440), "unsure", 45, None),
    ]


def many(journal: Journal, count: int) -> None:
    """Put `count` sessions into the journal at once, every other one finished."""

    def work(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT INTO sessions VALUES (NULL, ?, '', ?, '2024-01-01T00:00:00+00:00', 0, 1, ?, 'advise', 1, '{}',"
            " '{}', '{\"pose\":\"sitting\"}', ?)",
            [
                (str(n), n, None if n % 2 else "2024-01-01T00:00:00+00:00", None if n % 2 else REPORT)
                for n in range(count)
            ],
        )
        connection.execute("INSERT INTO events SELECT id, 1, begun, 'answer', 'pose', '\"sitting\"' FROM sessions")

    journal._file.write(work)


def steps(journal: Journal, work: Any) -> int:
    """Return how many steps the database takes for `work`; unlike seconds, they are the same on every machine."""
    counted = 0

    def step() -> int:
        nonlocal counted
        counted += 1
        return 0

    connection = journal._file._connection
    assert connection is not None
    connection.set_progress_handler(step, 1)
    work()
    connection.set_progress_handler(None, 0)
    return counted


@pytest.mark.parametrize(
    "work",
    [
        lambda journal: journal.sessions(),
        lambda journal: journal.sessions(20, 25),
        lambda journal: journal.unfinished(),
        lambda journal: journal.latest_finished(),
        lambda journal: journal.begin(PACKS, ASKED).keep({"pose": "sitting"}, "answer"),
    ],
)
def test_journal__ten_thousand_sessions__takes_no_more_steps_than_thirty(work: Any, tmp_path: Path) -> None:
    counts = []
    for count in (30, 10_000):
        with open_journal(tmp_path / f"{count}.sqlite3") as journal:
            many(journal, count)
            counts.append(steps(journal, lambda opened=journal: work(opened)))
    few, many_more = counts
    assert 0 < many_more <= few * 1.1


# --- taking along and erasing -----------------------------------------------------------------------------------------


def test_exported__everything__is_plain_data_that_json_takes(journal: Journal) -> None:
    interview(journal, {"danger": ("numb",)})
    journal.resume(saved(journal, 1), PACKS, ASKED).hold("lean-back", 30, 60, minutes(20))
    data = exported(journal)
    assert json.loads(json.dumps(data)) == data
    assert data == {
        "format": 1,
        "sessions": [
            {
                "id": 1,
                "begun": "2024-01-01T08:30:00+01:00",
                "finished": "2024-01-01T08:40:00+01:00",
                "packs": PACKS,
                "answers": {"danger": ["numb"]},
                "events": [
                    {"time": "2024-01-01T08:31:00+01:00", "kind": "answer", "about": "danger", "answer": ["numb"]}
                ],
                "holds": [
                    {
                        "time": "2024-01-01T08:50:00+01:00",
                        "recommendation": "lean-back",
                        "seconds": 30,
                        "target_seconds": 60,
                    }
                ],
                "report": json.loads(REPORT),
            }
        ],
    }


def test_exported_rows__every_answer__is_a_row_with_the_time_it_was_last_given(journal: Journal) -> None:
    entry = journal.begin(PACKS, ASKED, MONDAY)
    entry.keep({"danger": ("numb", "swollen?")}, "answer", now=minutes(1))
    entry.keep({"danger": ("numb", "swollen?"), "hold": Decimal("-2.5")}, "answer", now=minutes(2))
    entry.keep({"danger": ("none",), "hold": Decimal("-2.5")}, "change", now=minutes(3))
    assert list(exported_rows(journal)) == [
        ("session", "time", "question", "answer"),
        ("1", "2024-01-01T08:33:00+01:00", "danger", "none"),
        ("1", "2024-01-01T08:32:00+01:00", "hold", "-2.5"),
    ]


@pytest.mark.parametrize("formula", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_exported_rows__an_answer_like_a_formula__is_made_harmless(journal: Journal, formula: str) -> None:
    interview(journal, {formula: formula, "several": (formula, "b")})
    assert [row[2:] for row in exported_rows(journal)][1:] == [
        (f"'{formula}", f"'{formula}"),
        ("several", f"'{formula}, b"),
    ]


def everywhere(journal: Journal) -> bytes:
    return b"".join(one.read_bytes() for one in journal.path.parent.iterdir())


def test_delete__one_of_two__leaves_nothing_of_it_in_any_file(journal: Journal) -> None:
    interview(journal, {"pose": "secret-one"}, finished=False)
    interview(journal, {"pose": "secret-two"})
    journal.resume(saved(journal, 1), PACKS, ASKED).hold("secret-one", 1, 2)
    assert b"secret-one" in everywhere(journal)
    assert (journal.delete(1), journal.delete(1), journal.delete(99)) == (True, False, False)
    assert journal.saved(1) is None
    assert b"secret-one" not in everywhere(journal)
    assert saved(journal, 2).answers == {"pose": "secret-two"}


def test_delete__the_newest__its_number_is_not_given_again(journal: Journal) -> None:
    interview(journal)
    interview(journal)
    journal.delete(2)
    assert interview(journal) == 3


def test_forget__everything__leaves_nothing_and_begins_at_one(journal: Journal) -> None:
    for _ in range(20):
        interview(journal, {"pose": "secret", "bones": "secret"})
    size = journal.path.stat().st_size
    assert (journal.forget(), journal.count(), journal.forget()) == (20, 0, 0)
    assert b"secret" not in everywhere(journal)
    assert journal.path.stat().st_size < size
    assert interview(journal) == 1


@pytest.mark.parametrize("erase", [lambda journal: journal.forget(), lambda journal: journal.delete(1)])
def test_keep__the_session_was_erased_meanwhile__stays_erased_and_says_so_once(journal: Journal, erase: Any) -> None:
    entry = journal.begin(PACKS, ASKED)
    entry.keep({"pose": "secret"}, "answer")
    with open_journal(journal.path) as other:
        erase(other)
        interview(other, {"pose": "sitting"})
    said = [entry.keep({"pose": "secret", "bones": answer}, "answer") for answer in ("yes", "no")]
    said.append(entry.finish(REPORT))
    assert said == ["This interview was erased from the journal. Nothing more of it is kept.", None, None]
    assert journal.count() == 1
    assert b"secret" not in everywhere(journal)


def test_kept_aside__copies_and_damaged_files__are_named(journal: Journal) -> None:
    assert journal.kept_aside == ()
    names = ["journal.sqlite3.before-2", "journal.sqlite3.damaged-20240101T000000Z"]
    for name in (*names, "journal.sqlite3.mine", "other"):
        (journal.path.parent / name).touch()
    assert [one.name for one in journal.kept_aside] == names


# --- only reading -----------------------------------------------------------------------------------------------------


def test_open_journal__for_reading_and_there_is_none__is_empty_and_makes_nothing(tmp_path: Path) -> None:
    with open_journal(tmp_path / "unstuck" / "journal.sqlite3", reading=True) as journal:
        assert (journal.sessions(), journal.count(), journal.forget(), journal.notices) == ([], 0, 0, ())
    assert list(tmp_path.iterdir()) == []
