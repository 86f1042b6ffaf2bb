"""Going on another time: after an interruption, the next day, with other rules, and with what was advised last time."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.journal.sessions import Saved, open_journal
from kb.language.loading import load
from tests.terminal.interview.test_staying import PACK, THREE

ptys = pytest.importorskip("tests.tools.ptys") if os.name == "posix" else None
on_a_terminal = pytest.mark.skipif(ptys is None, reason="there are no pseudo-terminals here")


class Desk:
    """A pack and a journal in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.pack = folder / "trying.yaml"
        self.path = folder / "j.sqlite3"
        self.rules(PACK)

    def rules(self, text: str) -> None:
        self.pack.write_text(text, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        return {"COLUMNS": "78", "UNSTUCK_JOURNAL": str(self.path), "UNSTUCK_NO_JOURNAL": "", "NO_COLOR": "1"}

    def call(self, *arguments: str, typed: tuple[str, ...] = ()) -> Result:
        lines = "".join(f"{line}\n" for line in typed)
        return CliRunner().invoke(cli.main, ["--rules", str(self.pack), *arguments], lines, self.environment)

    def interview(self, *typed: str) -> str:
        return self._fine(self.call(typed=typed))

    def resume(self, *typed: str, number: int | None = None) -> str:
        return self._fine(self.call("resume", *([str(number)] if number else []), typed=typed))

    def saved(self, number: int = 1) -> Saved:
        with open_journal(self.path) as journal:
            saved = journal.saved(number)
        assert saved is not None
        return saved

    def terminal(self, *arguments: str) -> ptys.Terminal:  # type: ignore[name-defined]
        return ptys.Terminal("--rules", str(self.pack), *arguments, environment=self.environment)  # type: ignore[union-attr]

    @staticmethod
    def _fine(result: Result) -> str:
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- at the same question ---------------------------------------------------------------------------------------------


def test_resume__goes_on_at_the_same_question(desk: Desk) -> None:
    desk.interview("n", "sit")
    shown = desk.resume()
    head, rest = shown.split("\n\n", 1)
    assert re.fullmatch(
        r"Your interview of \d+ \w+, \d\d:\d\d \(session 1\): 2 answers so far\. It goes on where you left it\. "
        r"Type review for all your answers, and change with a number to give another one\.",
        " ".join(head.split()),
    )
    assert rest.startswith("Question 3 (at most 3 more)\nBack?\n")


def test_resume__in_the_middle_of_how_it_felt__asks_that(desk: Desk) -> None:
    desk.interview(*THREE, "better")
    assert "After trying “Ease”\nWhat did you feel?" in desk.resume()
    assert "No longer advised: Ease." in desk.resume("2", "no")


def test_resume__in_the_middle_of_asking_again__offers_the_old_answer(desk: Desk) -> None:
    desk.interview(*THREE, "skip", "same", "2", "flat")
    assert desk.saved().answers["knees"] == "bent"
    shown = desk.resume("", "try")
    assert "Asked again, as you tried “Lean”\nKnees?" in shown
    assert "You said: Bent. Enter keeps it." in shown
    assert "No longer advised: Lean." in shown
    assert "To try next\n\n  2  Press" in shown  # what was left out stays left out


SCRIPTS = [
    (*THREE, "better", "2", "no", "same", "2", "", "bent", "worse", "2"),
    (*THREE, "skip", "worse", "2", "round", "back", "flat", "bent", "better", "2"),
    (*THREE, "worse", "2", "back ", "same", "no", "tried", "3", "2", "round", "back", "flat", "straight"),
    (*THREE, "better", "back", "same", "2", "yes"),
    ("n", "stand", "back", "sit", "flat", "change 1", "n", "bent", "y", "back", "n", "better", "1"),
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_resume__wherever_it_was_interrupted__comes_to_the_same(desk: Desk, script: tuple[str, ...]) -> None:
    desk.interview(*script)
    whole = desk.saved()
    for moment in range(1, len(script)):
        if script[moment - 1] in ("tried", "change 1", "back "):  # nothing was answered yet, so it is not begun
            continue
        desk.path.unlink()
        desk.interview(*script[:moment])
        finished = desk.saved().finished is not None
        desk.resume(*script[moment:], number=1 if finished else None)
        then = desk.saved()
        assert (dict(then.answers), then.report) == (dict(whole.answers), whole.report), f"interrupted at {moment}"
        assert [(each.kind, each.about, each.answer) for each in then.events] == [
            (each.kind, each.about, each.answer) for each in whole.events
        ], f"interrupted at {moment}"


# --- the report, and nothing at all -----------------------------------------------------------------------------------


def test_resume__of_a_finished_one__opens_at_its_report_and_takes_how_it_went(desk: Desk) -> None:
    desk.interview(*THREE)
    assert desk.resume().startswith("There is no unfinished interview to go on with.")
    shown = desk.resume("same", "2", "no", number=1)
    assert "6 answers so far. This is how it ended." in " ".join(shown.split())
    assert shown.index("Here is what to do") < shown.index("No longer advised: Ease.")


def test_resume__where_nothing_is_kept__says_so(desk: Desk) -> None:
    assert desk.resume() == "There is no unfinished interview to go on with. unstuck journal lists all that is kept.\n"
    assert not desk.path.exists()
    result = desk.call("--no-journal", "resume")
    assert (result.stdout, result.exit_code) == ("No journal is kept, so there is nothing to go on with.\n", 0)


def test_resume__of_a_number_that_there_is_not__is_refused(desk: Desk) -> None:
    desk.interview("n")
    result = desk.call("resume", "7")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "There is no session 7 in the journal. unstuck journal lists those there are.\n"


def test_resume__with_a_damaged_journal__tells_it(desk: Desk) -> None:
    desk.path.write_text("no database", encoding="utf-8")
    result = desk.call("resume")
    assert result.exit_code == 0
    assert "There is no unfinished interview" in result.stdout
    assert "Traceback" not in result.output


# --- other rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said", "asked", "kept"),
    [
        (
            "  knees: {ask: Knees?, type: one, options: {bent: Bent, straight: Straight}}\n",
            "  knees: {ask: Knees?, type: one, options: {soft: Soft, straight: Straight}}\n",
            "  - Knees? What you chose can no longer be chosen here.",
            "Knees?",
            {"danger": "no", "pose": "sitting", "back": "round"},
        ),
        (
            "  back: {ask: Back?, type: one, options: {flat: Flat, round: Round}}\n",
            "  shape: {ask: Shape?, type: one, options: {flat: Flat, round: Round}}\n",
            "  - back: This is not asked any more.",
            "Shape?",
            {"danger": "no", "pose": "sitting", "knees": "bent"},
        ),
        (
            "rules:\n",
            "rules:\n  new: {when: {light: no}, then: {refer: hurt}, because: B., source: A1}\n",
            "",
            "Light?",
            {"danger": "no", "pose": "sitting", "back": "round", "knees": "bent"},
        ),
    ],
    ids=["an option renamed", "a question removed", "a rule added"],
)
def test_resume__with_other_rules__keeps_what_fits_and_asks_the_rest(
    desk: Desk, old: str, new: str, said: str, asked: str, kept: dict[str, str]
) -> None:
    desk.interview("n", "sit", "round", "bent")
    changed = PACK.replace(old, new).replace("questions:\n", "questions:\n  light: {ask: Light?, type: yes-no}\n")
    if "soft" in new:
        changed = changed.replace("knees: bent", "knees: soft")
    if "shape" in new:
        changed = changed.replace("{pose: sitting, back: round}", "{pose: sitting, shape: round}")
        changed = changed.replace("[back, knees]", "[shape, knees]")
    if "light: no" not in new:
        changed = changed.replace("  light: {ask: Light?, type: yes-no}\n", "")
    desk.rules(changed)
    shown = desk.resume("quit")
    assert said in shown
    assert ("The rules have changed since." in shown) == bool(said)
    first = re.search(r"(?m)^Question \d.*\n(.*)$", shown)
    assert first is not None
    assert first[1] == asked
    listed = shown.split("> quit")[1].split("\n\n\n")[0]
    assert listed.count("      = ") == len(kept)


def test_resume__with_rules_of_another_pack_only__says_which_are_missing(desk: Desk) -> None:
    desk.interview("n")
    with open_journal(desk.path) as journal:
        saved = journal.saved(1)
        assert saved is not None
        journal.resume(saved, {"other": "1"}, saved.asked).keep(saved.answers, "answer")
    result = CliRunner().invoke(cli.main, ["resume"], env=desk.environment)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Session 1 was held with the rules “other”, and “other” is not here. Say where: unstuck --rules PATH resume 1\n"
    )


WRISTS = """
pack: wrists
title: Wrists
version: "1"
safety-screens: [tingling]
sources: {W1: {work: A book}}
questions: {tingling: {ask: Do your hands tingle?, type: yes-no}}
referrals: {see-hands: {level: clinician-first, tell: See someone about your hands.}}
rules: {tingles: {when: {tingling: [yes, unsure]}, then: {refer: see-hands}, because: B., source: W1}}
"""


@pytest.mark.parametrize("typed", [("n",), ("n", "n", "sit", "round", "bent", "yes", "high")])
def test_resume__without_one_of_several_packs__stops_until_it_is_there(desk: Desk, typed: tuple[str, ...]) -> None:
    """Otherwise the questions about danger of that pack would never be asked, and nobody would be told."""
    wrists = desk.pack.with_name("wrists.yaml")
    wrists.write_text(WRISTS, encoding="utf-8")
    desk._fine(desk.call("--rules", str(wrists), typed=typed))
    result = desk.call("resume", "1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Session 1 was held with the rules “hamstrings”, “wrists”, and “wrists” is not here. Say where: "
        f"unstuck --rules {desk.pack} --rules PATH resume 1\n"
    )
    result = CliRunner().invoke(cli.main, ["--rules", str(wrists), "resume", "1"], env=desk.environment)
    assert result.stderr.endswith(f"Say where: unstuck --rules {wrists} --rules hamstrings resume 1\n")
    assert desk.call("--rules", str(wrists), "resume", "1").exit_code == 0


TWO = WRISTS.replace("questions: {", "questions: {sore: {ask: Are they sore?, type: yes-no}, ").replace(
    "rules: {", "rules: {sore: {when: {sore: yes}, then: {refer: see-hands}, because: B., source: W1}, "
)


@pytest.mark.parametrize(
    ("number", "variable", "asked"),
    [("1", False, "Question 2 "), ("1", True, "Question 2 "), ("2", True, "Are they sore?")],
)
def test_resume__without_option__goes_on_with_the_packs_of_the_session(
    desk: Desk, number: str, variable: bool, asked: str
) -> None:
    wrists = desk.pack.with_name("wrists.yaml")
    wrists.write_text(TWO, encoding="utf-8")
    environment = {**desk.environment, "UNSTUCK_RULES": str(wrists) if variable else ""}
    for pack, typed in ("hamstrings", "none\nquit\n"), (str(wrists), "no\nquit\n"):
        CliRunner().invoke(cli.main, ["--rules", pack], typed, env=desk.environment)
    result = CliRunner().invoke(cli.main, ["resume", number], "quit\n", env=environment)
    assert (result.exit_code, result.stderr) == (0, "")
    assert asked in result.stdout


def test_interview__beside_sessions_of_other_packs__speaks_of_its_own_alone(desk: Desk) -> None:
    wrists = desk.pack.with_name("wrists.yaml")
    wrists.write_text(TWO, encoding="utf-8")
    desk.interview("n")
    other = ["--rules", str(wrists)]
    for typed in ("quit\n", "no\nquit\n"):
        said = CliRunner().invoke(cli.main, other, typed, env=desk.environment).stdout
        assert "is not finished" not in said
    said = "".join(desk.call(typed=("quit",)).stdout.split())
    assert "".join(f"is not finished: unstuck --rules {desk.pack} resume 1 goes on with it".split()) in said


# --- another day ------------------------------------------------------------------------------------------------------


def age(desk: Desk, days: float, number: int = 1) -> None:
    """Let everything that a session holds have happened some days earlier."""
    with closing(sqlite3.connect(desk.path)) as connection, connection:
        for table, column, key in (("sessions", "begun", "id"), ("events", "time", "session")):
            earlier = f"strftime('%Y-%m-%dT%H:%M:%S+00:00', {column}, ?)"
            values = (f"{-days * 24 * 60 * 60} seconds", number)
            connection.execute(f"UPDATE {table} SET {column} = {earlier} WHERE {key} = ?", values)


AGAIN = "More than a day has passed since the safety questions were answered. They are asked again."


@pytest.mark.parametrize(
    ("typed", "days", "again"),
    [
        (("n", "sit"), 0.9, False),
        (("n", "sit"), 1.1, True),
        (("n", "sit"), 90, True),
        (("n", "sit"), -0.5, True),  # a clock that went back says nothing
        (THREE, 0.9, False),
        (THREE, 1.1, True),
        ((*THREE, "worse"), 1.1, True),  # in the middle of how it felt
        ((*THREE, "better", "2"), 1.1, True),  # in the middle of what is asked again
        (("y",), 90, False),  # a stop stands
    ],
)
def test_resume__another_day__asks_about_danger_again_before_any_advice(
    desk: Desk, typed: tuple[str, ...], days: float, again: bool
) -> None:
    desk.interview(*typed)
    age(desk, days)
    shown = desk.resume(number=1)
    assert (AGAIN in " ".join(shown.split())) == again
    if again and typed[-1] != "worse":  # (how it felt is asked first)
        assert "Danger?\nType yes or no.\nYou said: No. Enter keeps it." in shown
    if again:
        assert "Step by step" not in shown
        assert "To try next" not in shown


def test_resume__another_day__a_sign_that_came_since_stops(desk: Desk) -> None:
    desk.interview(*THREE)
    age(desk, 90)
    assert "STOP: see a clinician" in desk.resume("yes", number=1)


def test_resume__another_day__enter_keeps_what_is_still_so(desk: Desk) -> None:
    desk.interview(*THREE)
    age(desk, 90)
    assert "There are four things to do" in " ".join(desk.resume("", number=1).split())
    assert AGAIN not in " ".join(desk.resume(number=1).split()), "they are fresh now"


def test_resume__another_day__back_and_changes_lead_to_no_advice_without_the_safety_questions(desk: Desk) -> None:
    desk.interview(*THREE, "worse")
    age(desk, 90)
    shown = desk.resume("back", "show", number=1)
    assert "Danger?" in shown
    assert "Step by step" not in shown


def test_report__left_open_over_night__asks_about_danger_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.interview(*THREE)
    today = datetime.now(timezone.utc)
    clock = iter([today])  # when the report is shown, and the next day when something is typed
    monkeypatch.setattr("kb.terminal.interview.loop.now", lambda: next(clock, today + timedelta(days=1, hours=1)))
    shown = desk.resume("try", number=1)
    assert AGAIN in " ".join(shown.split())
    assert "Danger?" in shown.split("report>")[1]
    assert "To try next" not in shown


# --- what made it worse -----------------------------------------------------------------------------------------------


def test_worse__is_gone_everywhere(desk: Desk, tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    shown = desk.interview(*THREE, "worse", "2", "no", "show", f"save {plan}")
    assert "Come out of it first, and rest." in shown.split("report> worse")[1].split("After trying")[0]
    assert "Ease" not in shown.split("report> show")[1].split("Held back, and why")[0]
    assert "1. Ease" not in plan.read_text(encoding="utf-8")
    report = desk.saved().report
    assert report is not None
    assert "ease" not in [each["id"] for each in report["recommendations"]]


def test_worse__where_it_would_still_be_advised__is_held_back_with_the_reason(desk: Desk) -> None:
    shown = desk.interview(*THREE, "skip", "skip", "worse", "2", "show")
    report = shown.split("report> show")[1]
    advised, held = report.split("Held back, and why")
    assert "Press" not in advised
    assert "Press Why: You tried it, and it was worse afterwards." in " ".join(held.split())
    assert [(each["id"], each["because"]) for each in desk.saved().report["withheld"]] == [
        ("press", "You tried it, and it was worse afterwards.")
    ]


def test_worse__is_not_what_the_next_practice_begins_with(desk: Desk) -> None:
    desk.interview(*THREE, "worse", "2", "yes")
    assert desk.saved().answers.get("after-ease") == "worse"
    desk.interview(*THREE, "skip", "worse", "2", "", "")
    shown = desk._fine(desk.call("practice"))
    assert "Lean back." not in shown


# --- a new interview --------------------------------------------------------------------------------------------------


def test_new_interview__where_another_is_not_finished__says_so_in_one_sentence(desk: Desk) -> None:
    desk.interview("n", "sit")
    said = "".join(desk.interview("n").split())  # a long path is broken over lines
    assert re.search(r"Yourinterviewof.*isnotfinished:unstuck--rules\S+resumegoesonwithit\.", said)
    assert "Lasttime" not in said


def test_new_interview__in_a_pipe__asks_nothing_about_last_time(desk: Desk) -> None:
    desk.interview(*THREE)
    assert "Last time" not in desk.interview("n")


@on_a_terminal
def test_new_interview__asks_how_last_time_went_and_keeps_it_there(desk: Desk) -> None:
    desk.interview(*THREE)
    with desk.terminal() as terminal:
        shown = terminal.read_until("\nlast time> ")
        assert "this was advised first:\r\n  1  Ease\r\n  2  Lean\r\n  3  Press\r\n" in shown
        terminal.answer("what", prompt="last time> ")
        assert "Question 1 " in terminal.answer("worse")
        terminal.answer("n")
    assert "Leave that one out from now on." in terminal.plain
    old, new = desk.saved(1), desk.saved(2)
    assert [(each.about, each.answer) for each in old.events if each.kind == "attempt"] == [("after-ease", "worse")]
    assert (old.finished is not None, "after-ease" in old.answers) == (True, False)
    assert dict(new.answers) == {"after-ease": "worse", "danger": "no"}
    assert "Left out of today, since it made it worse: “Ease”." in " ".join(terminal.plain.split())
    with desk.terminal() as terminal:  # the next time it is about the next one
        terminal.read_until("\nlast time> ")
        assert "“Lean”: how did it go? better, same, worse, or Enter" in " ".join(terminal.plain.split())


@on_a_terminal
def test_new_interview__enter__goes_on_without_a_word(desk: Desk) -> None:
    desk.interview(*THREE)
    with desk.terminal() as terminal:
        terminal.read_until("\nlast time> ")
        assert "Question 1 " in terminal.answer("")
    assert not [each for each in desk.saved().events if each.kind == "attempt"]


@on_a_terminal
def test_new_interview__after_a_stop__recalls_it(desk: Desk) -> None:
    desk.interview("y")
    with desk.terminal() as terminal:
        terminal.read_until("\n> ")
        assert "the report said: STOP: see a clinician before you stretch." in " ".join(terminal.plain.split())


@on_a_terminal
def test_new_interview__after_a_reply__that_session_goes_on_with_how_it_felt(desk: Desk) -> None:
    desk.interview(*THREE)
    with desk.terminal() as terminal:
        terminal.read_until("\nlast time> ")
        terminal.answer("same")
    assert "After trying “Ease”\nWhat did you feel?" in desk.resume(number=1)


# --- interruptions ----------------------------------------------------------------------------------------------------


@on_a_terminal
def test_control_c__says_that_it_is_kept_and_how_to_go_on(desk: Desk) -> None:
    with desk.terminal() as terminal:
        terminal.read_until("\n> ")
        terminal.answer("n", "sit")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert terminal.plain.endswith(
        f"\nInterrupted after 2 answers. They are kept: unstuck --rules {desk.pack} resume goes on from here.\n"
    )
    assert "Question 3 " in desk.resume()


@on_a_terminal
@pytest.mark.parametrize("ending", ["terminate", "hang_up"])
def test_terminal__that_closes__loses_nothing(desk: Desk, ending: str) -> None:
    with desk.terminal() as terminal:
        terminal.read_until("\n> ")
        terminal.answer("n", "sit")
        getattr(terminal, ending)()
    assert dict(desk.saved().answers) == {"danger": "no", "pose": "sitting"}


@on_a_terminal
def test_kill__at_a_random_moment__loses_no_confirmed_answer_and_goes_on(tmp_path: Path) -> None:
    from tests.tools.killing import killed

    kb = load(cases=False)
    left = [killed(kb, seed, tmp_path) for seed in range(10)]
    assert [fault for each in left for fault in each.faults] == []
    assert sum(each.confirmed for each in left) > 30
