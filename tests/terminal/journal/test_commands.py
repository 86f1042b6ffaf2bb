"""`unstuck journal` as a person calls it: the list, one session, two of them, taking along, erasing."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from kb.journal.database import STEPS
from kb.journal.past_session import Past
from kb.journal.session_comparison import compared
from kb.journal.sessions import Journal, open_journal
from kb.model.stored_answers import asked_as
from kb.text.wrapping import unprintable
from tests.small import small, small_file
from tests.tools.journals import fill

ROOT = Path(__file__).parent.parent.parent.parent
LAST = datetime(2020, 11, 21, 19, 40, tzinfo=timezone.utc)  # long ago, so that every day is shown with its year
MONDAY = datetime(2020, 1, 6, 8, 30, tzinfo=timezone.utc)
PACKS = {"hamstrings": "1.0.0"}

NOTHING: Mapping[str, str] = MappingProxyType({})

Call = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "unstuck" / "journal.sqlite3"


@pytest.fixture
def call(path: Path) -> Call:
    def called(*arguments: str, typed: str = "", columns: int = 80, **more: str) -> Result:
        environment = {"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(path), "COLUMNS": str(columns), **more}
        before, _, after = " ".join(arguments).rpartition("--rules")
        rules = ["--rules", after.split()[0]] if before else []
        words = [word for word in arguments if word not in rules]
        result = CliRunner().invoke(cli.main, [*rules, "journal", *words], input=typed, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        assert all(unprintable(line) is None for line in result.output.split("\n"))
        return result

    return called


def report(
    outcome: str = "advise", found: Mapping[str, str] = NOTHING, advised: Mapping[str, str] = NOTHING, **more: Any
) -> str:
    return json.dumps(
        {
            "format": 1,
            "pack": {"id": "hamstrings", "version": "1.0.0"},
            "outcome": outcome,
            "findings": [{"id": name, "title": title, "because": "", "rules": []} for name, title in found.items()],
            "recommendations": [{"id": name, "title": title, "steps": ["Do it."]} for name, title in advised.items()],
            **more,
        }
    )


def kept(
    path: Path,
    answers: dict[str, Any],
    shown: str = "",
    *,
    days: float = 0,
    tried: Mapping[str, str] = NOTHING,
    holds: tuple[tuple[str, float], ...] = (),
    asked: dict[str, list[str]] | None = None,
) -> int:
    """Keep a session, and return its number."""
    with open_journal(path) as journal:
        begun = MONDAY + timedelta(days=days)
        entry = journal.begin(PACKS, asked_as(small()) if asked is None else asked, begun)
        given: dict[str, Any] = {}
        for name, answer in answers.items():
            given[name] = answer
            assert entry.keep(dict(given), "answer", now=begun) is None
        for name, how in tried.items():
            given[f"after-{name}"] = how
            assert entry.keep(dict(given), "attempt", now=begun + timedelta(minutes=20)) is None
        for name, seconds in holds:
            assert entry.hold(name, seconds, 120, begun + timedelta(minutes=30)) is None
        if shown:
            assert entry.finish(shown, begun + timedelta(minutes=10)) is None
        assert entry.id is not None
        return entry.id


def two(path: Path) -> None:
    kept(
        path,
        {"danger": ("none",), "low-back": "rounded"},
        report("advise", {"rounds": "The low back rounds"}, {"lean-back": "Lean back"}),
        tried={"lean-back": "worse"},
        holds=(("lean-back", 30.0),),
    )
    kept(
        path,
        {"danger": ("none",), "low-back": "curved", "pose": "sitting"},
        report("advise", {"short": "The hold is short"}, {"hold-longer": "Hold for longer"}),
        days=7,
        tried={"lean-back": "better"},
        holds=(("lean-back", 20.0), ("lean-back", 95.4)),
    )


def count(path: Path) -> int:
    with open_journal(path, reading=True) as journal:
        return journal.count()


def texts(result: Result) -> str:
    """Return what was written, as one line."""
    return " ".join(result.stdout.split())


# --- no journal -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["show"], ["show", "3"], ["compare"], ["delete", "1"]])
def test_journal__none_yet__one_line_and_none_is_made(call: Call, path: Path, words: list[str]) -> None:
    result = call(*words)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "There is no journal yet. It begins with your first interview.\n"
    assert not path.exists()


@pytest.mark.parametrize("words", [[], ["show"], ["compare"], ["export"], ["delete", "1"], ["forget"], ["where"]])
def test_journal__none_wanted__says_so(call: Call, path: Path, words: list[str]) -> None:
    result = call(*words, UNSTUCK_NO_JOURNAL="1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert texts(result) == (
        "No journal is kept: --no-journal or UNSTUCK_NO_JOURNAL says so, or UNSTUCK_JOURNAL is empty."
    )


def test_journal__none_wanted_but_one_from_before__says_where_it_lies(call: Call, path: Path) -> None:
    two(path)
    result = CliRunner().invoke(
        cli.main,
        ["--no-journal", "journal", "forget", "--yes"],
        env={"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(path)},
    )
    assert (result.exit_code, count(path)) == (0, 2)
    assert "One from before lies in" in result.stdout
    assert "One from before lies in" in call("forget", "--yes", UNSTUCK_NO_JOURNAL="1").stdout


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list__of_one__in_columns_with_what_was_tried(call: Call, path: Path) -> None:
    kept(
        path,
        {"danger": ("none",)},
        report("advise", {"a": "A"}, {"lean-back": "Lean back"}),
        tried={"lean-back": "same"},
    )
    result = call(columns=100)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "  No.  When               What came of it  Found  Rules",
        "    1  6 Jan 2020, 08:30  advice               1  hamstrings",
        "       tried: Lean back (no different)",
    ]
    assert result.stdout.rstrip().endswith("“unstuck journal forget” erases it.")
    assert path.name in "".join(result.stdout.split())  # where it is too long for a line, it is broken


def test_list__of_three__has_a_plot_below(call: Call, path: Path) -> None:
    fill(path, 3, last=LAST)
    shown = call().stdout
    assert shown.index("is sent nowhere") < shown.index("Over the days")
    assert "Strain  Longest hold" in shown
    assert "Over the days" not in call("--no-plot").stdout


@pytest.mark.parametrize("more", [{"words": "--words"}, {"TERM": "dumb"}])
def test_list__for_a_screen_reader__says_the_plot_in_words(call: Call, path: Path, more: dict[str, str]) -> None:
    fill(path, 3, last=LAST)
    flags = [more.pop("words")] if "words" in more else []
    shown = call(*flags, **more).stdout
    assert "21 Nov 2020: strain " in shown
    assert "█" not in shown
    assert "Longest hold:" not in shown


@pytest.mark.parametrize("number", [1, 2])
def test_list__of_fewer_than_three__has_no_plot(call: Call, path: Path, number: int) -> None:
    fill(path, number, last=LAST)
    assert "Over the" not in call().stdout


def test_list__of_sixty__is_a_page_and_leads_on(call: Call, path: Path) -> None:
    fill(path, 60, last=LAST)

    def numbers(*words: str) -> list[int]:
        lines = call(*words, "--no-plot").stdout.splitlines()
        cells = [line[:5].strip() for line in lines if not line.startswith("       ")]
        return [int(cell) for cell in cells if cell.isdigit()]

    assert numbers() == list(range(60, 40, -1))
    assert "unstuck journal --before 41" in texts(call())
    assert numbers("--before", "41") == list(range(40, 20, -1))
    assert numbers("--before", "3") == [2, 1]
    assert numbers("--all") == list(range(60, 0, -1))
    assert "Older ones" not in call("--all").stdout + call("--before", "3").stdout


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_list__in_any_window__keeps_to_it_and_says_all(call: Call, path: Path, columns: int) -> None:
    fill(path, 60, last=LAST)
    shown = call(columns=columns).stdout
    table = shown[: shown.index("Older ones")]
    assert max(map(len, shown.splitlines())) <= max(columns, 56)
    assert max(map(len, table.splitlines())) <= columns
    assert "hamstrings" in table
    assert table.count("STOP: clinician first") == call(columns=78, COLUMNS="78").stdout.count("STOP: clinician first")


def test_list__unfinished_practice_and_stop__say_so(call: Call, path: Path) -> None:
    kept(path, {"danger": ("none",)})
    kept(path, {}, holds=(("lean-back", 61.0),))
    kept(path, {"danger": ("numb",)}, report("stop-emergency"))
    lines = call(columns=100).stdout.splitlines()
    assert lines[1:5] == [
        "    3  6 Jan 2020, 08:30  STOP: emergency help      -  hamstrings",
        "    2  6 Jan 2020, 08:30  practice                  -  hamstrings",
        "       held: lean back 1:01",
        "    1  6 Jan 2020, 08:30  not finished              -  hamstrings",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--before", "1"], "There is no session before 1."),
        (["--before", "x"], "“x” is no number of a session."),
        (["show", "x\x1b[2J"], "“x\\u{1b}[2J” is no number"),
        (["show", "9"], "There is no session 9; the newest is 2."),
        (["show", "0"], "There is no session 0; the nearest is 1."),
        (["show", "9" * 40], "is no number of a session"),
        (["compare", "9"], "There is no session 9; the newest is 2."),
        (["compare", "1", "1"], "These are the same session."),
        (["delete", "9"], "There is no session 9; the newest is 2."),
        (["forget", "3"], "unstuck journal delete NUMBER"),
        (["erase"], "No such command"),
        (["export", "--format", "xml"], "'xml' is not one of"),
    ],
)
def test_journal__a_wrong_call__is_refused_with_a_way_out(call: Call, path: Path, words: list[str], said: str) -> None:
    two(path)
    result = call(*words)
    assert (result.exit_code, result.stdout, count(path)) == (2, "", 2)
    assert said in result.stderr


# --- one session ------------------------------------------------------------------------------------------------------


def test_show__a_session__has_report_answers_attempts_holds_and_events(call: Call, path: Path, tmp_path: Path) -> None:
    two(path)
    result = call("show", "1", "--rules", small_file(tmp_path))
    shown = texts(result)
    parts = [
        "Session 1, 6 Jan 2020, 08:30",
        "Rules: hamstrings 1.0.0.",
        "The report, as it was",
        "Here is what to do",
        "- The low back rounds",
        "1 Lean back a Do it.",
        "It is not medical advice.",
        "What you answered",
        "- Is any of this true for you? Answer: None of these",
        "- What does your low back do? Answer: It rounds back",
        "What you tried - Lean back: worse",
        "What you held - Lean back: 30 seconds of 2 minutes (6 Jan 2020, 09:00)",
        "What happened when - 6 Jan 2020, 08:30: 2 answers",
        "- 6 Jan 2020, 08:50: tried “Lean back”: worse",
        "- 6 Jan 2020, 08:40: the report was shown",
    ]
    assert [part for part in parts if part not in shown] == []
    assert [shown.index(part) for part in parts] == sorted(shown.index(part) for part in parts)
    assert call("show").stdout.startswith("Session 2, ")


def test_show__rules_that_changed__shows_what_was_kept_then(call: Call, path: Path, tmp_path: Path) -> None:
    kept(
        path,
        {"gone": "old-option", "hold": "90", "low-back": "flat", "many": ["a", "b"]},
        report("check-first", {"f": "An old finding"}, {"old": "An old correction"}, withheld=[{"id": "gone-too"}]),
        asked={"hold": ["seconds"], "many": ["a", "b", "c"]},
        tried={"old": "unsure", "never-heard-of": "better"},
    )
    shown = texts(call("show", "1", "--rules", small_file(tmp_path)))
    parts = [
        *("An old finding", "1 An old correction", "Held back, and why - gone too"),
        *("- gone Answer: old-option", "- How long can you hold it? Answer: 90 seconds", "Answer: flat"),
        *("- many Answer: a; b", "- An old correction: unsure", "- never heard of: better"),
    ]
    assert [part for part in parts if part not in shown] == []


def test_show__a_stop__stands_without_a_word_of_poses(call: Call, path: Path) -> None:
    tell = {"id": "call", "level": "stop-emergency", "tell": "Call for help.", "sources": [{"id": "RF01", "at": "x"}]}
    kept(path, {"danger": ("numb",)}, report("stop-emergency", {}, {"lean-back": "Lean back"}, referrals=[tell]))
    shown = texts(call("show", "1"))
    assert "STOP: get emergency help now Call for help. Source: RF01" in shown
    assert "Lean back" not in shown


@pytest.mark.parametrize(
    "spoiled",
    ['{"outcome": "unheard-of"}', "{}", '{"outcome": "advise", "findings": 3}', "[]", "no JSON", '{"outcome": []}'],
)
def test_show__a_report_that_cannot_be_read__says_so(call: Call, path: Path, spoiled: str) -> None:
    two(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sessions SET report = ? WHERE id = 1", (spoiled,))
    connection.close()
    result = call("show", "1")
    assert result.exit_code == 0
    assert "Its report cannot be read here" in result.stdout
    assert "What you answered" in result.stdout
    assert "cannot be read here" in call("compare", "1", "2").stdout


def test_show__spoiled_numbers_and_times__are_no_reason_to_break(call: Call, path: Path) -> None:
    two(path)
    kept(path, {"danger": ("none",)}, report(), days=9)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sessions SET begun = 'never', findings = 'x', packs = '3', answers = '[]'")
        connection.execute("UPDATE holds SET seconds = 'long'")
        connection.execute("UPDATE events SET time = '', answer = '{', about = char(27) || '[2J'")
    connection.close()
    for words in ([], ["show", "1"], ["compare", "1", "2"], ["--words"]):
        assert call(*words).exit_code == 0
    assert "time unknown" in call().stdout


def test_show__texts_that_could_drive_a_terminal__are_escaped(call: Call, path: Path) -> None:
    evil = "\x1b[2J\u202eevil\x07"
    found, advised = {"a": evil}, {"b": f"{evil}\nbesides"}
    kept(path, {f"q{evil}": evil}, report("advise", found, advised), tried={"b": "better"}, asked={})
    kept(path, {f"q{evil}": evil}, report(evil, found, advised), asked={})
    for words in ([], ["show", "1"], ["show", "2"], ["compare"], ["export"], ["export", "--format", "csv"]):
        assert "evil" in call(*words).stdout or words == ["compare"]  # `call` looks at every character
    assert json.loads(call("export").stdout)["sessions"][0]["answers"] == {f"q{evil}": evil, "after-b": "better"}


def test_show__rules_that_cannot_be_read__still_shows_it(call: Call, path: Path, tmp_path: Path) -> None:
    two(path)
    (tmp_path / "bad.yaml").write_text("pack: 3\n", encoding="utf-8")
    result = call("show", "1", "--rules", str(tmp_path / "bad.yaml"))
    assert result.exit_code == 0
    assert result.stderr == "The rules in use have problems, so questions are shown by their names.\n"
    assert "- low back\n    Answer: rounded" in result.stdout


def test_tried__taken_back_or_reported_later__counts_what_stands(path: Path) -> None:
    with open_journal(path) as journal:
        entry = journal.begin(PACKS, {}, MONDAY)
        entry.keep({"a": "yes"}, "answer")
        entry.keep({"a": "yes", "after-one": "better"}, "attempt")
        entry.keep({"a": "yes"}, "back")
        entry.keep({"a": "yes", "after-two": "same"}, "attempt")
        entry.keep({"a": "yes", "after-two": "same"}, "attempt", about="after-three", said="worse")
        entry.keep({"a": "yes", "after-two": "same"}, "attempt", about="four", said="better")
        saved = journal.saved(1)
    assert saved is not None
    assert Past(saved).tried == {"two": "same", "three": "worse", "four": "better"}


# --- two sessions -----------------------------------------------------------------------------------------------------


def test_compare__the_last_two__says_what_is_new_and_what_is_gone(call: Call, path: Path) -> None:
    two(path)
    kept(path, {"danger": ("none",)}, days=8)  # without a report, it is not among the last two
    assert texts(call("compare")) == " ".join(
        [
            "Session 1 and session 2",
            "Then: 6 Jan 2020, 08:30. Here is what to do. Now: 13 Jan 2020, 08:30. Here is what to do.",
            "Found now, not then - The hold is short Found then, not now - The low back rounds",
            "One question was not asked then, or you were unsure, so what is found now may have been there before.",
            "Advised now, not then - Hold for longer Advised then, not now - Lean back",
            "What you tried - Lean back: then worse, now better",
            "The longest holds - Lean back: then 30 seconds, now 1 minute 35 seconds",
        ]
    )


@pytest.mark.parametrize("words", [["1", "2"], ["2", "1"], ["1"], ["2"]])
def test_compare__in_any_order__is_from_the_earlier_to_the_later(call: Call, path: Path, words: list[str]) -> None:
    two(path)
    assert call("compare", *words).stdout == call("compare").stdout


def test_compare__one_only__says_so(call: Call, path: Path) -> None:
    kept(path, {"danger": ("none",)}, report())
    kept(path, {"danger": ("none",)})
    result = call("compare")
    assert (result.exit_code, result.stdout.startswith("Only one session has a report.")) == (0, True)
    refused = call("compare", "2")
    assert (refused.exit_code, "“unstuck resume 2” goes on with it" in refused.stderr) == (2, True)


def test_compare__a_stop__names_nothing_as_gone(path: Path) -> None:
    two(path)
    kept(
        path, {"danger": ("numb",)}, report("stop-today", referrals=[{"id": "r", "level": "stop-today", "tell": "Go."}])
    )
    with open_journal(path, reading=True) as journal:
        then, now = journal.saved(2), journal.saved(3)
    assert then is not None
    assert now is not None
    for pair in ((then, now), (now, then)):
        said = [block.text for block in compared(*map(Past, pair), date(2020, 1, 1))]
        assert "Session 3 ended with a stop, which says nothing of the pose. So this is not compared." in said
        assert "The hold is short" not in said
        assert "Go." in said


def test_compare__asked_less_now__doubts_what_is_gone(path: Path) -> None:
    kept(path, {"a": "yes", "b": "yes", "c": "no"}, report("advise", {"x": "X"}), asked={})
    kept(path, {"a": "yes", "b": "unsure"}, report("no-change"), asked={})
    with open_journal(path, reading=True) as journal:
        then, now = journal.saved(1), journal.saved(2)
    assert then is not None
    assert now is not None
    said = [block.text for block in compared(Past(then), Past(now), date(2020, 1, 1))]
    doubt = "2 questions were not asked now, or you were unsure, so what is not found now may still be there."
    assert said[said.index("X") + 1] == doubt


# --- taking along -----------------------------------------------------------------------------------------------------


def test_export__in_each_form__holds_every_session(call: Call, path: Path) -> None:
    two(path)
    data = json.loads(call("export").stdout)
    assert (data["format"], [session["id"] for session in data["sessions"]]) == (1, [1, 2])
    rows = list(csv.reader(io.StringIO(call("export", "--format", "csv").stdout)))
    assert rows[0] == ["session", "time", "question", "answer"]
    assert [row[2:] for row in rows if row[0] == "1"] == [
        ["danger", "none"],
        ["low-back", "rounded"],
        ["after-lean-back", "worse"],
    ]
    markdown = call("export", "--format", "markdown").stdout
    assert [line for line in markdown.splitlines() if line.startswith(("# ", "## "))] == [
        "# Journal",
        "## Session 1, 6 Jan 2020, 08:30",
        "## Session 2, 13 Jan 2020, 08:30",
    ]
    assert "\n### Here is what to do\n" in markdown
    assert "\n- Lean back: 30 seconds of 2 minutes" in markdown


@pytest.mark.parametrize(
    ("form", "expected"),
    [("json", '{\n  "format": 1,\n  "sessions": []\n}\n'), ("csv", "session,time,question,answer\n")],
)
def test_export__no_journal_yet__is_empty_and_none_is_made(call: Call, path: Path, form: str, expected: str) -> None:
    result = call("export", "--format", form)
    assert (result.exit_code, result.stdout.replace("\r", ""), path.exists()) == (0, expected, False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps files to their owner by other means")
def test_export__into_a_file__is_for_its_owner_and_asks_for_force(call: Call, path: Path, tmp_path: Path) -> None:
    two(path)
    target = tmp_path / "journal.json"
    result = call("export", "--output", str(target))
    assert (result.exit_code, "2 sessions written" in texts(result)) == (0, True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    whole = target.read_text(encoding="utf-8")
    assert whole == call("export").stdout
    again = call("export", "--format", "csv", "--output", str(target))
    assert (again.exit_code, target.read_text(encoding="utf-8")) == (2, whole)
    target.chmod(0o644)
    assert call("export", "--force", "--output", str(target)).exit_code == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["journal.json"]


@pytest.mark.parametrize("ending", ["", "-journal", ".before-2"])
def test_export__onto_the_journal__is_refused(call: Call, path: Path, ending: str) -> None:
    two(path)
    result = call("export", "--force", "--output", f"{path}{ending}")
    assert (result.exit_code, count(path)) == (2, 2)
    assert "is the journal itself" in result.stderr


def test_export__onto_a_link_to_the_journal__is_refused(call: Call, path: Path, tmp_path: Path) -> None:
    two(path)
    try:
        (tmp_path / "link").symlink_to(path)
        (tmp_path / "hard").hardlink_to(path)
    except OSError:
        pytest.skip("no links here")
    assert {call("export", "--force", "--output", str(tmp_path / name)).exit_code for name in ("link", "hard")} == {2}
    assert count(path) == 2


# --- erasing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "typed", "code", "left"),
    [
        (["delete", "1"], "y\n", 0, 1),
        (["delete", "1"], "YES\n", 0, 1),
        (["delete", "1"], "n\n", 0, 2),
        (["delete", "1"], "\n", 0, 2),
        (["delete", "1"], "", 2, 2),
        (["delete", "1", "--yes"], "", 0, 1),
        (["forget"], "forget\n", 0, 0),
        (["forget", "everything"], "forget\n", 0, 0),
        (["forget"], "yes\n", 0, 2),
        (["forget"], "", 2, 2),
        (["forget", "--yes"], "", 0, 0),
    ],
)
def test_erasing__asked_first__does_what_was_typed(
    call: Call, path: Path, words: list[str], typed: str, code: int, left: int
) -> None:
    two(path)
    result = call(*words, typed=typed)
    assert (result.exit_code, count(path)) == (code, left)
    assert ("Erased: " in result.stdout) == (left < 2)
    assert ("Nothing was erased" in result.output) == (left == 2)


def test_delete__copies_beside_it__says_that_they_may_hold_it(call: Call, path: Path) -> None:
    two(path)
    Path(f"{path}.before-2").write_bytes(b"x")
    assert "1 file beside the journal may still hold it" in texts(call("delete", "2", "--yes"))


def test_forget__everything__leaves_nothing_in_any_file(call: Call, path: Path) -> None:
    secret = "a-very-private-answer"
    for number in range(30):
        kept(path, {f"q{number}": secret}, report("advise", {"f": secret}), asked={})
    for name in ("damaged-20200101T000000Z", "before-2"):
        Path(f"{path}.{name}").write_text(secret, encoding="utf-8")
    other = path.with_name("mine.txt")
    other.write_text("mine", encoding="utf-8")
    result = call("forget", "everything", typed="forget\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "This erases 30 sessions and 2 files kept beside the journal" in texts(result)
    assert "Erased: 30 sessions and 2 files kept beside the journal." in texts(result)
    assert not [one.name for one in path.parent.iterdir() if secret.encode() in one.read_bytes()]
    assert {one.name for one in path.parent.iterdir() if one.stat().st_size} == {path.name, other.name}
    assert call().stdout.startswith("There is no journal yet")
    assert call("forget").stdout == "There is nothing to erase.\n"


def test_forget__a_file_that_cannot_be_erased__says_which(call: Call, path: Path) -> None:
    two(path)
    stuck = Path(f"{path}.before-2")
    stuck.mkdir()
    result = call("forget", "--yes")
    assert (result.exit_code, count(path)) == (2, 0)
    assert "before-2” could not be erased" in result.stderr
    assert "Erased: 2 sessions.\n" in result.stdout


def test_where__a_journal_and_what_lies_beside_it__is_named(call: Call, path: Path) -> None:
    assert call("where").stdout.splitlines()[0] == str(path)
    assert "nothing there yet" in call("where").stdout
    assert not path.exists()
    two(path)
    Path(f"{path}.before-2").write_bytes(b"x")
    said = texts(call("where"))
    assert "It holds 2 sessions." in said
    assert "before-2”" in said


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["show", "1"], ["compare"], ["export"], ["delete", "1"]])
def test_journal__damaged__says_where_it_is_kept(call: Call, path: Path, words: list[str]) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    result = call(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert ".damaged-" in result.stderr


@pytest.mark.parametrize("words", [[], ["show", "1"], ["delete", "1"], ["forget", "--yes"], ["export"]])
def test_journal__of_a_newer_version__is_refused_and_left(call: Call, path: Path, words: list[str]) -> None:
    two(path)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    connection.close()
    before = path.read_bytes()
    result = call(*words)
    assert (result.exit_code, result.stdout, path.read_bytes() == before) == (2, "", True)
    assert "written by a newer version" in result.stderr
    assert ("delete the file yourself" in result.stderr) == (words[:1] == ["forget"])


@pytest.mark.skipif(os.name == "nt", reason="the pipe is one of a POSIX shell")
def test_list__nobody_reads_on__ends_quietly(path: Path) -> None:
    fill(path, 60, last=LAST)
    environment = {**os.environ, "UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(path)}
    command = f'"{sys.executable}" "{ROOT / "cli.py"}" journal --all; echo "ended with $?" >&2'
    ended = subprocess.run(
        ["/bin/sh", "-c", f"({command}) | head -1"], capture_output=True, encoding="utf-8", env=environment, timeout=60
    )
    assert (len(ended.stdout.splitlines()), ended.stderr) == (1, "ended with 0\n")


def test_list__reading_alone__changes_no_byte(call: Call, path: Path) -> None:
    fill(path, 12, last=LAST)
    before = path.read_bytes()
    for words in ([], ["show", "1"], ["compare"], ["export"], ["where"]):
        call(*words)
    assert path.read_bytes() == before


def test_list__a_long_journal__looks_at_few_sessions(call: Call, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path, 700, last=LAST)
    looked_at: list[Any] = []
    history = Journal.history
    monkeypatch.setattr(
        Journal,
        "history",
        lambda journal, *rest: (looked_at.append(point) or point for point in history(journal, *rest)),
    )
    assert call().exit_code == 0
    assert len(looked_at) == 500
