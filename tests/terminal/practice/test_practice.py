"""The guided practice, as a person has it: at a clock that is set by hand, and at a real terminal."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.journal.sessions import Journal, Saved, open_journal
from kb.language.loading import load
from kb.model.knowledge import Answer, Hold, KnowledgeBase
from kb.model.stored_answers import asked_as
from kb.report.build import build_report, to_json
from kb.terminal.console import Console, EndOfInput
from kb.terminal.journal.practice_journal import PracticeJournal
from kb.terminal.practice.clock import Clock
from kb.terminal.practice.hold import Ending, Held, Holding
from tests.helpers import kb_from, written

PACK = """\
pack: hamstrings
title: A small pack
version: "1"
limits: [It is not medical advice.]
safety-screens: [danger]
stop-signs: Did anything new hurt?
practices:
  sitting: {title: Sit at the wall, recommendations: [lean, stay]}
  lying: {title: Lie on your back, recommendations: [lie, stay]}
sources:
  A1: {work: A book, at: page 1}
  RF01: {work: Safety notes, at: first sign}
questions:
  danger: {ask: Is anything wrong?, type: several, options: {clot: A swollen calf, bones: Weak bones, none: None}}
  strain: {ask: Is there a strain?, type: yes-no, self-check: Look.}
  felt: {ask: What did you feel?, type: several, after-advice: yes, options: {sharp: A sharp pain, none: Nothing new}}
recommendations:
  lean: {title: Lean back, steps: [Step the hands back., Stop where it curves.], cue: Curve first., sources: [A1]}
  stay:
    title: Stay there
    steps: [Stay.]
    dose: It is the book’s number.
    hold: {minutes: 2, meanwhile: [Grow longer., Mind the feet.], at-the-end: Has anything changed?}
    sources: [A1]
  lie: {title: Lie down, steps: [Lie down.]}
  ease: {title: Ease off, steps: [Come out of it.]}
referrals:
  ask: {level: stop-today, tell: Ask for advice today., sources: [RF01]}
  see: {level: clinician-first, tell: See a clinician., sources: [RF01]}
  slowly: {level: gently, tell: Go slowly.}
  careful: {level: gently, tell: Keep the spine long., sources: [RF01]}
rules:
  clot: {when: {danger: [clot, "clot?"]}, then: {refer: ask}, because: It may be a clot., source: RF01}
  weak: {when: {danger: [bones, "bones?"]}, then: {refer: careful, withhold: lie}, because: Bones., source: RF01}
  eased: {when: {strain: [yes, unsure]}, then: {recommend: ease, withhold: stay}, because: It strains., source: A1}
  slow: {when: {strain: [yes, unsure]}, then: {refer: slowly}, because: It strains., source: RF01}
  hurt: {when: {felt: [sharp, "sharp?"]}, then: {refer: see}, because: Pain speaks., source: RF01}
"""

JOURNAL = {"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": ""}


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return kb_from(PACK)


@pytest.fixture
def pack(tmp_path: Path) -> str:
    return str(written(PACK.replace("minutes: 2,", "minutes: 0.05,"), tmp_path))


# --- a clock that is set by hand ------------------------------------------------------------------------------------


class SetClock(Clock):
    """A clock on which no time passes but in `line`; what is typed, and when, is written down beforehand."""

    def __init__(self, *typed: tuple[float, str | type[BaseException]], gaps: dict[float, float] | None = None) -> None:
        self.typed = ""
        self.returned = 0
        self._now = 1_000.0
        self._lines = [(1_000.0 + at, line) for at, line in typed]
        self._gaps = {1_000.0 + at: length for at, length in (gaps or {}).items()}

    def __enter__(self) -> SetClock:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def now(self) -> float:
        return self._now

    def line(self, patience: float) -> str | None:
        self._now += patience
        for at in [at for at in self._gaps if at <= self._now]:
            self._now += self._gaps.pop(at)
        if self._lines and self._lines[0][0] <= self._now:
            line = self._lines.pop(0)[1]
            if isinstance(line, str):
                return line
            raise line
        return None

    def return_(self) -> None:
        self.returned += 1


HOLD = Hold(Decimal(2), ("Grow longer.", "Mind the feet."), ("Has anything changed?",))


def held(clock: SetClock, capsys: pytest.CaptureFixture[str], hold: Hold = HOLD) -> tuple[Held, list[str]]:
    """Return how a hold went, and the lines that were said."""
    found = Holding(Console(), clock, hold).run()
    return found, capsys.readouterr().out.splitlines()


def test_holding__to_its_end__says_each_cue_at_its_moment(capsys: pytest.CaptureFixture[str]) -> None:
    found, lines = held(SetClock((125.0, "")), capsys)
    assert found == Held(125.0, Ending.DONE)
    assert lines == [
        " 0:00  Grow longer.",
        " 1:00  Mind the feet.",
        "2 minutes held. You may stay longer; Enter ends it.",
        " 2:00  Has anything changed?",
    ]


def test_holding__paused__counts_the_time_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    found, lines = held(SetClock((10.0, ""), (500.0, ""), (505.0, "stop")), capsys)
    assert found == Held(15.0, Ending.STOPPED)
    assert lines == [" 0:00  Grow longer.", "Paused at 0:10. Enter goes on; stop ends it.", "Going on from 0:10."]


def test_holding__program_stood_still__is_a_pause(capsys: pytest.CaptureFixture[str]) -> None:
    clock = SetClock((100.0, ""), (101.0, "stop"), gaps={20.0: 60.0})
    found, lines = held(clock, capsys)
    assert found == Held(20.75, Ending.STOPPED)
    assert lines[1:] == [
        "Paused at 0:19: the program stood still. Enter goes on.",
        "Going on from 0:19.",
    ]
    assert clock.returned == 1


@pytest.mark.parametrize(
    ("typed", "ending"),
    [
        ("stop", Ending.STOPPED),
        ("  QUIT. ", Ending.STOPPED),
        ("felt", Ending.FELT),
        (KeyboardInterrupt, Ending.INTERRUPTED),
        (EndOfInput, Ending.NO_INPUT),
        (OSError, Ending.INTERRUPTED),
    ],
)
def test_holding__ended_early__keeps_what_was_held(
    capsys: pytest.CaptureFixture[str], typed: str | type[BaseException], ending: Ending
) -> None:
    found, _ = held(SetClock((7.25, typed)), capsys)
    assert found.ending is ending
    assert found.seconds in (7.0, 7.25)


def test_holding__strange_word__is_refused_and_the_time_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    found, lines = held(SetClock((3.0, "\x1b[2Jwhat"), (130.0, "")), capsys)
    assert found == Held(130.0, Ending.DONE)
    assert " ".join(lines[1:3]) == (
        "“\\u{1b}[2jwhat” means nothing here. Enter pauses and goes on; or type stop, or felt."
    )


def test_holding__no_cues__says_only_that_it_is_held(capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = held(SetClock((31.0, "")), capsys, Hold(Decimal("0.5")))
    assert lines == ["30 seconds held. You may stay longer; Enter ends it."]


# --- without a terminal ---------------------------------------------------------------------------------------------


def practice(*arguments: str, columns: int = 60, typed: str = "") -> Result:
    return CliRunner().invoke(
        cli.main, list(arguments), input=typed, env={"COLUMNS": str(columns), "UNSTUCK_NO_JOURNAL": "1"}
    )


WRITTEN = """\
Sit at the wall

It is not medical advice.

Is anything wrong?
  - A swollen calf
  - Weak bones

Is there a strain?

If any of this is so, or may be, do not practice this.
unstuck alone asks, and says whom to see.

  1  Lean back
     a  Step the hands back.
     b  Stop where it curves.
     Cue: Curve first.
     Source: page 1 (A1)

  2  Stay there
     a  Stay.
     How long: It is the book’s number.
     The hold, 3 seconds:
      0:00  Grow longer.
      0:01  Mind the feet.
      0:03  Has anything changed?
     Source: page 1 (A1)

Ask yourself afterwards: Did anything new hurt? If so, leave
it there, and have a health professional look at it.
"""


def test_practice__no_terminal__writes_down_all_of_it(pack: str) -> None:
    result = practice("--rules", pack, "practice", "sit", typed="nothing\nis read\n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, WRITTEN, "")


def test_practice__no_terminal_and_no_name__lists_what_there_is(pack: str) -> None:
    result = practice("--rules", pack, "practice")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:4] == [
        "Poses, built up step by step",
        "",
        "   1  Sit at the wall (sitting)",
        "   2  Lie on your back (lying)",
    ]
    assert result.stdout.endswith("\nTo practice one of them, give its name: unstuck practice\nNAME\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("siting", "Nothing that can be practiced is called “siting”. Did you mean “sitting”?\n"),
        ("l", "“l” may mean “lean” or “lie” or “lying”. Type a little more.\n"),
    ],
)
def test_practice__unknown_name__exit_code_2(pack: str, name: str, said: str) -> None:
    result = practice("--rules", pack, "practice", name)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", said)


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_practice__shipped_poses__no_line_is_too_long(columns: int) -> None:
    for name in ("wall-dandasana", "back-slanted-dandasana", "free-dandasana", "lying-legs-up", "standing-half-fold"):
        result = practice("practice", name, columns=columns)
        assert result.exit_code == 0
        assert max(map(len, result.stdout.splitlines())) <= min(columns, 78)


# --- what the journal knows -----------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=timezone.utc)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    path = tmp_path / "journal.sqlite3"
    monkeypatch.delenv("UNSTUCK_NO_JOURNAL", raising=False)
    monkeypatch.setenv("UNSTUCK_JOURNAL", str(path))
    with open_journal(path) as opened:
        yield opened


def keep(
    journal: Journal, kb: KnowledgeBase, answers: dict[str, Answer], ago: timedelta, *, finish: bool = True
) -> Session:
    """Keep an interview that was begun some time ago."""
    session = Session.begin(Engine(kb), answers)
    entry = journal.begin({"hamstrings": "1"}, asked_as(kb), NOW - ago)
    assert entry.keep(answers, "answer", now=NOW - ago) is None
    if finish:
        assert entry.finish(to_json(build_report(session)), NOW - ago) is None
    return session


CALM: dict[str, Answer] = {"danger": ("none",), "strain": "no"}
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("kept", "stands", "stopped"),
    [
        ([(CALM, HOUR, True)], 1, None),
        ([(CALM, 23 * HOUR, True), (CALM, 2 * HOUR, False)], 1, None),
        ([(CALM, 25 * HOUR, True)], None, None),
        ([(CALM, -HOUR, True)], None, None),
        ([(CALM, HOUR, False)], None, None),
        ([({"strain": "no"}, HOUR, True)], None, None),
        ([({"danger": ("clot",)}, HOUR, True)], None, 1),
        ([({"danger": ("clot",)}, 3 * HOUR, False), (CALM, HOUR, True)], None, 1),
        ([({"danger": ("clot",)}, 30 * HOUR, True), (CALM, HOUR, True)], 2, None),
        ([({"danger": ("none",), "felt": ("sharp",)}, HOUR, True)], None, 1),
    ],
)
def test_practice_journal__answers_stand_only_if_young_finished_and_no_stop_is_near(
    journal: Journal,
    kb: KnowledgeBase,
    kept: list[tuple[dict[str, Answer], timedelta, bool]],
    stands: int | None,
    stopped: int | None,
) -> None:
    for answers, ago, finish in kept:
        keep(journal, kb, answers, ago, finish=finish)
    practice_journal = PracticeJournal(kb, wanted=True, now=NOW)
    found = practice_journal.lately(Engine(kb))
    practice_journal.close()
    assert (found.saved and found.saved.id) == stands
    assert (found.stopped and found.stopped.id) == stopped


def saved(journal: Journal, number: int) -> Saved:
    found = journal.saved(number)
    assert found is not None
    return found


def test_practice_journal__hold_without_an_interview__is_kept_alone_and_is_nothing_to_resume(
    journal: Journal, kb: KnowledgeBase
) -> None:
    practice_journal = PracticeJournal(kb, wanted=True, now=NOW)
    assert practice_journal.hold("stay", 75.5, 120) == "It is in your journal."
    assert practice_journal.end(Session.begin(Engine(kb), CALM)) == ""
    practice_journal.close()
    found = saved(journal, 1)
    assert [(hold.recommendation, hold.seconds, hold.target_seconds) for hold in found.holds] == [("stay", 75.5, 120)]
    assert (found.answers, journal.unfinished()) == ({}, None)


def test_practice_journal__stop_after_a_hold__is_kept_so_that_it_counts_the_next_time(
    journal: Journal, kb: KnowledgeBase
) -> None:
    keep(journal, kb, CALM, HOUR)
    practice_journal = PracticeJournal(kb, wanted=True, now=NOW)
    practice_journal.belongs_to(saved(journal, 1))
    practice_journal.hold("stay", 10, 120)
    assert practice_journal.end(Session.begin(Engine(kb), {**CALM, "felt": ("sharp",)})) == ""
    assert practice_journal.lately(Engine(kb)).stopped == saved(journal, 1)
    practice_journal.close()
    assert [each.outcome for each in journal.sessions()] == ["clinician-first"]


def test_practice_journal__no_journal_wanted__keeps_nothing_and_says_so_once(
    journal: Journal, kb: KnowledgeBase
) -> None:
    practice_journal = PracticeJournal(kb, wanted=False)
    said = [practice_journal.hold("stay", 10, 120), practice_journal.hold("stay", 10, 120)]
    assert said == ["This is not kept, as you asked.", ""]
    assert (practice_journal.advised(), journal.count()) == (None, 0)


def test_practice_journal__nothing_to_keep__makes_no_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kb: KnowledgeBase
) -> None:
    monkeypatch.delenv("UNSTUCK_NO_JOURNAL", raising=False)
    monkeypatch.setenv("UNSTUCK_JOURNAL", str(tmp_path / "none.sqlite3"))
    practice_journal = PracticeJournal(kb, wanted=True)
    assert practice_journal.advised() is None
    practice_journal.end(Session.begin(Engine(kb), CALM))
    practice_journal.close()
    assert list(tmp_path.iterdir()) == []


def test_practice_journal__place_that_cannot_be_written__says_why_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kb: KnowledgeBase
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("UNSTUCK_NO_JOURNAL", raising=False)
    monkeypatch.setenv("UNSTUCK_JOURNAL", str(tmp_path / "file" / "journal.sqlite3"))
    practice_journal = PracticeJournal(kb, wanted=True)
    first, second = practice_journal.hold("stay", 10, 120), practice_journal.hold("stay", 10, 120)
    assert first.startswith("This is not kept: The journal ")
    assert second == ""


# --- at a real terminal ---------------------------------------------------------------------------------------------

if sys.platform != "win32":
    from tests.tools.ptys import Terminal

at_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals here")


def begun(pack: str, *arguments: str, journal: Path | None = None, **options: Any) -> Terminal:
    """Return a terminal at which a practice begins."""
    kept = {"UNSTUCK_NO_JOURNAL": "", "UNSTUCK_JOURNAL": str(journal) if journal else ""}
    environment = {**kept, **options.pop("environment", {})}
    return Terminal("--rules", pack, "practice", *arguments, environment=environment, **options)


def holds_in(path: Path) -> list[tuple[str, int]]:
    with open_journal(path) as journal:
        return [(hold.recommendation, int(hold.seconds)) for each in journal.all_saved() for hold in each.holds]


@at_a_terminal
def test_terminal__whole_practice__leads_times_keeps_and_asks(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with begun(pack, "sit", journal=path) as terminal:
        assert "Is anything wrong?" in terminal.read_until("\n> ")
        assert "Is there a strain?" in terminal.answer("none")
        assert "1 of 2  Lean back" in terminal.answer("no")
        assert "Stop where it curves." in terminal.answer("")
        assert "Step the hands back." in terminal.answer("back")
        assert "This is the first step." in terminal.answer("back")
        assert "2 of 2  Stay there" in terminal.answer("", "")
        assert "The hold: 3 seconds" in terminal.answer("")
        terminal.type("\n")
        assert "\a" in terminal.read_until("Has anything changed?")
        terminal.read_until("Enter ends")
        terminal.type("\n")
        assert "What did you feel?" in terminal.read_until("\n> ")
        assert "Nothing was typed." in terminal.answer("")
        terminal.type("none\n")
        assert terminal.end() == 0
        assert "You held it for 3 seconds. It is in your journal." in terminal.plain
    assert holds_in(path) == [("stay", 3)]


def to_the_hold(terminal: Terminal) -> None:
    terminal.read_until("\n> ")
    terminal.answer("none", "no", "")
    terminal.type("\n")
    terminal.read_until("Enter pauses")


@at_a_terminal
def test_terminal__bar__is_one_line_drawn_with_carriage_returns_only(pack: str) -> None:
    with begun(pack, "stay", columns=50) as terminal:
        to_the_hold(terminal)
        terminal.read_until("0:01 of 0:03")
        terminal.type("\n")
        terminal.read_until("paused; Enter goes on")
        terminal.type("xyz")
        assert "> xyz" in terminal.read_until("> xyz")
        terminal.type("\x15stop\n")
        terminal.read_until("You held it for 1 second.")
        drawn = terminal.seen.split("Ctrl-C", 1)[1].split("You held")[0]
        assert not re.search(r"\x1b\[[0-9;]*[^0-9;m]", drawn)
        assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", piece)) for piece in re.split(r"[\r\n]+", drawn)) < 50


@at_a_terminal
def test_terminal__window_made_narrower__bar_follows(pack: str) -> None:
    import fcntl
    import struct
    import termios

    with begun(pack, "stay", columns=80) as terminal:
        to_the_hold(terminal)
        terminal.type("\n")
        terminal.read_until("paused; Enter goes on")
        fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 45, 0, 0))
        begun_at = len(terminal.seen)
        time.sleep(1.0)
        terminal.type("z")
        terminal.read_until("> z")
        drawn = terminal.seen[begun_at:].split("\r")[-3:]
        assert all(len(piece) < 45 for piece in drawn)


@at_a_terminal
@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}], ids=["dumb", "no-color"])
def test_terminal__no_colour__plain_lines_at_the_cues(pack: str, environment: dict[str, str]) -> None:
    with begun(pack, "stay", environment=environment) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("none", "no", "")
        terminal.type("\n")
        terminal.read_until("0:00  Grow longer.")
        terminal.type("\n")
        terminal.read_until("Paused at 0:00. Enter goes on; stop ends it.")
        terminal.type("\n")
        terminal.read_until("3 seconds held.")
        terminal.type("\n")
        terminal.read_until("\n> ")
        assert not re.search(r"[\x1b\a]|\r(?!\n)", terminal.seen)


@at_a_terminal
def test_terminal__ctrl_c_in_a_hold__is_kept_and_ends_with_130(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with begun(pack, "stay", journal=path) as terminal:
        to_the_hold(terminal)
        terminal.read_until("0:01 of 0:03")
        terminal.type("\x03")
        assert terminal.end() == 130
        assert "You held it for 1 second. It is in your journal." in terminal.plain
        assert "Did anything new hurt? If so, leave it there" in terminal.plain
    assert holds_in(path) == [("stay", 1)]


@at_a_terminal
@pytest.mark.parametrize("way", ["hang up", "terminate"])
def test_terminal__closed_in_a_hold__is_kept(pack: str, tmp_path: Path, way: str) -> None:
    path = tmp_path / "journal.sqlite3"
    with begun(pack, "stay", journal=path) as terminal:
        to_the_hold(terminal)
        terminal.read_until("0:01 of 0:03")
        if way == "hang up":
            terminal.hang_up()
        else:
            assert terminal.terminate() == 130
    assert holds_in(path) == [("stay", 1)]


@at_a_terminal
def test_terminal__suspended__counts_as_a_pause(pack: str) -> None:
    with begun(pack, "stay") as terminal:
        to_the_hold(terminal)
        os.kill(terminal.process.pid, signal.SIGSTOP)
        time.sleep(2.6)
        os.kill(terminal.process.pid, signal.SIGCONT)
        assert "the program stood still" in terminal.read_until("paused; Enter goes on")
        terminal.type("stop\n")
        terminal.read_until("You held it for 0 seconds.")


@at_a_terminal
def test_terminal__felt_in_a_hold__stops_with_its_referral_and_its_source(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with begun(pack, "stay", journal=path) as terminal:
        to_the_hold(terminal)
        terminal.type("felt\n")
        assert "What did you feel?" in terminal.read_until("\n> ")
        terminal.type("1\n")
        assert terminal.end() == 0
        end = terminal.plain.split("= A sharp pain")[1]
        assert "STOP: see a clinician before you stretch" in end
        assert "See a clinician." in end
        assert "Source: first sign (RF01)" in end or "Source: RF01" in end
        assert "What did you feel?" not in end
    with begun(pack, "sit", journal=path) as terminal:
        assert "number 1, came to a stop" in terminal.plain or "came to a stop" in terminal.read_until("\n> ")


@at_a_terminal
def test_terminal__danger__nothing_is_practiced(pack: str) -> None:
    with begun(pack, "sit") as terminal:
        terminal.read_until("\n> ")
        terminal.type("1\n")
        assert terminal.end() == 0
        assert "STOP: get medical advice today" in terminal.plain
        assert "Step the hands back" not in terminal.plain


@at_a_terminal
def test_terminal__limits_and_something_withheld__are_said(pack: str) -> None:
    with begun(pack, "sit") as terminal:
        terminal.read_until("\n> ")
        shown = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", terminal.answer("2", "yes")).split())
        assert "Keep to these limits - Go slowly. - Keep the spine long. Source: RF01" in shown
        assert "Held back: Stay there It strains. Source: page 1 (A1)" in shown
        assert "Your answers ask for this first: Ease off. Type: unstuck practice ease" in shown
        assert "Step the hands back." in shown
    with begun(pack, "lying") as terminal:
        terminal.read_until("\n> ")
        terminal.type("2\nno\n")
        assert terminal.end() == 0
        assert "Held back: Lie down" in terminal.plain
        assert "it is left out too: Stay there." in terminal.plain
        assert "So nothing is practiced here now." in terminal.plain


@at_a_terminal
@pytest.mark.parametrize(("said", "asked"), [("yes", "Step the hands back."), ("no", "Is anything wrong?")])
def test_terminal__answered_today__is_asked_whether_it_is_still_so(
    pack: str, tmp_path: Path, said: str, asked: str
) -> None:
    path = tmp_path / "journal.sqlite3"
    kb = load(pack)
    with open_journal(path) as journal:
        entry = journal.begin({"hamstrings": "1"}, asked_as(kb))
        entry.keep(CALM, "answer")
        entry.finish(to_json(build_report(Session.begin(Engine(kb), CALM))))
    with begun(pack, "sit", journal=path) as terminal:
        assert "Is all of this still so?" in terminal.read_until("\n> ")
        assert "Nothing was typed. Type yes, no or unsure." in terminal.answer("")
        assert asked in terminal.answer(said)


@at_a_terminal
def test_terminal__no_name__chooses_from_the_list(pack: str) -> None:
    with begun(pack) as terminal:
        assert "1  Sit at the wall (sitting)" in terminal.read_until("\n> ")
        assert "Type a number from 1 to 6." in terminal.answer("7")
        assert "Did you mean “sitting”?" in terminal.answer("siting")
        assert "Is anything wrong?" in terminal.answer("1")
        terminal.type("stop\n")
        assert terminal.end() == 0
        assert "Nothing was practiced." in terminal.plain


@at_a_terminal
def test_terminal__no_name_after_an_interview__is_what_was_advised_first(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    kb = load(pack)
    answers: dict[str, Answer] = {"danger": ("none",), "strain": "yes"}
    with open_journal(path) as journal:
        entry = journal.begin({"hamstrings": "1"}, asked_as(kb), datetime(2026, 3, 9, 12, tzinfo=timezone.utc))
        entry.keep(answers, "answer", now=datetime(2026, 3, 9, 12, tzinfo=timezone.utc))
        entry.finish(
            to_json(build_report(Session.begin(Engine(kb), answers))), datetime(2026, 3, 9, tzinfo=timezone.utc)
        )
    with begun(pack, journal=path) as terminal:
        shown = terminal.read_until("\n> ")
        assert "Your interview of 9 March advised this first." in shown
        assert "Ease off" in shown
        assert "Is anything wrong?" in shown
