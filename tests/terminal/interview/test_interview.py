"""The interview, as a person has it: typed at a real terminal, or sent through a pipe."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import cli
from kb.text.wrapping import unprintable
from tests.small import small_file


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small_file(tmp_path_factory.mktemp("pack"))


def interview(pack: str | None, *lines: str, columns: int = 60) -> Result:
    """Lead an interview in which `lines` are typed, and the input then ends."""
    arguments = ["--rules", pack] if pack else []
    typed = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(cli.main, arguments, input=typed, env={"COLUMNS": str(columns)})


def after(result: Result, line: str) -> str:
    """Return what was shown after the prompt at which `line` was typed last."""
    assert result.exit_code == 0, result.output
    return re.split(rf"(?m)^(?:report)?> {re.escape(line)}$", result.stdout)[-1].split("\n> ")[0].strip()


# --- whole sessions -------------------------------------------------------------------------------------------------

OPENING = """\
A small pack

It asks how you sit.

It is not medical advice.

Numbers or words will do; ? and help say more.

“hamstrings” here is not the shipped one: the safety
question “danger-signs” need not be answered any more.
“hamstrings” here is not the shipped one: the safety
question “health-conditions” need not be answered any more.
“hamstrings” here is not the shipped one: the safety
question “fragile-bones-signs” need not be answered any
more.
And 9 more such changes; “unstuck rules check” tells.

Question 1 (at most 6 more)
Is any of this true for you?

  1  A swollen calf
  2  Numbness in both legs
  3  None of these

Any that fit: 1 2. None: 3.
"""

CALM = """\
> 3
  = None of these

Question 2 (at most 4 more)
Are your bones fragile?
Type yes or no.
> n

Question 3 (at most 3 more)
Which pose is it?

  1  Sitting upright
  2  Standing fold

> sit
  = Sitting upright

Question 4 (at most 2 more)
What does your low back do?

  1  It curves in
  2  It rounds back

> 2
  = It rounds back

Question 5 (at most 1 more)
How long can you hold it?
Type a number of minutes, e.g. 2 or 1:30.
> 90 sec
  = 1 minute 30 seconds

Question 6 (the last one)
What belongs to your day?

  1  Long sitting
  2  Stress

Any that fit: 1 2. None: 0.
> 0
  = none of them


Here is what to do

There are two things to do, in this order.

What was found

  - The low back rounds

Step by step

  1  Lean back

     a  Step the hands back.
     b  Stop where the curve returns.

     How long: Five breaths.
     Cue: Curve before height.
     Check: Is there a hollow?
     Why: It rounds.
     Source: page 1 (A1-A3)

  2  Hold for longer

     a  Stay.

     Why: It is short.
     Source: page 4 (A9)

Whenever you try it

  Ask yourself afterwards: Did anything new hurt? If so,
  leave it there, and have a health professional look at it.

Please keep in mind

  It is not medical advice. It cannot see you.

Written for tests.

Try number 1 now. When you are back, type better, same or
worse (later ends here).
You can type: show 1, how 1, why-not, review, change, felt
(if something hurt), save plan.html, help. Enter ends.
report> how 1

How “Lean back” came about
  You said “It rounds back”. That is why: It rounds.
  source 1 tells where each step is written.
report>
"""

DANGER = """\
> 1
  = A swollen calf

Please do not stretch now. What comes next decides how soon
you need help.

Question 2 (the last one)
Are you short of breath?
Type yes or no.
> yes


STOP: get emergency help now

  Call your emergency number.

Why

  - A clot may have traveled.

Besides

  - Ask for advice today.
    Why: It may be a clot.

Source: RF01, S1

This goes by your answers alone, and it is not a diagnosis.

You can type: how, review, change, show, save plan.html,
help. Enter ends.
"""

UNSURE = """\
> unsure

To find out: Slide a hand behind it.
Take your time, then answer. Unsure again is fine.

What does your low back do? (1-2, again lists them)
> unsure
  = unsure
"""


def test_interview__of_a_calm_person__reads_like_this(pack: str) -> None:
    result = interview(pack, "3", "n", "sit", "2", "90 sec", "0", "how 1", "")
    assert (result.stdout, result.stderr, result.exit_code) == (OPENING + CALM, "", 0)


def test_interview__in_danger__ends_at_once_with_the_stop(pack: str) -> None:
    result = interview(pack, "1", "yes")
    assert (result.stdout, result.stderr, result.exit_code) == (OPENING + DANGER, "", 0)


def test_interview__with_an_unsure_answer__offers_the_check_and_asks_once_more(pack: str) -> None:
    result = interview(pack, "3", "n", "1", "unsure", "unsure", "3", "0")
    assert UNSURE in result.stdout
    assert "First check, then correct" in result.stdout
    assert "When you have checked, type review, then change and the\nnumber of the answer." in result.stdout


def test_interview__of_the_shipped_pack__has_an_opening_of_one_screen() -> None:
    result = interview(None, columns=80)
    opening = result.stdout.split("\nQuestion 1 ")[0].splitlines()
    assert len(opening) <= 15
    assert "No medical advice" in " ".join(opening)


def test_interview__without_a_command__is_the_same_as_with_it(pack: str) -> None:
    named = CliRunner().invoke(cli.main, ["--rules", pack, "interview"], input="1\nyes\n", env={"COLUMNS": "60"})
    assert named.stdout == interview(pack, "1", "yes").stdout


# --- commands at a question -----------------------------------------------------------------------------------------


def test_meaning__at_a_question__says_hint_check_and_source_and_recalls_the_question(pack: str) -> None:
    assert after(interview(pack, "3", "n", "1", "?"), "?").startswith("""\
What is meant: The low back is above the pelvis.
To find out: Slide a hand behind it.
Source: page 1 (A1-A3)

What does your low back do? (1-2, again lists them)""")


def test_meaning__of_a_question_without_hints__says_so(pack: str) -> None:
    assert after(interview(pack, "3", "?"), "?").startswith("The question means what it says")


def test_why__at_a_safety_question__says_so_and_what_follows_by_the_numbers_on_the_screen(pack: str) -> None:
    assert after(interview(pack, "why"), "why").startswith("""\
This is one of the safety questions. Nothing is advised
before they are answered.
What your answer can lead to:
  - With 1, you would be asked to see someone first. It may
    be a clot.
  - With 1 and if “Are you short of breath?” is answered
    “Yes”, you would be asked to see someone first. A clot
    may have traveled.""")


def test_why__at_another_question__names_what_would_be_recommended(pack: str) -> None:
    shown = after(interview(pack, "3", "n", "1", "why"), "why")
    assert "With 2, “Lean back” would be recommended. It rounds." in " ".join(shown.split())
    assert "safety" not in shown


def test_help__at_a_question__lists_every_command(pack: str) -> None:
    shown = after(interview(pack, "help"), "help")
    for command in ("?", "why", "unsure", "back", "review", "change 3", "how", "quit", "2?"):
        assert command in shown


def test_unsure__of_one_option__is_taken_at_once(pack: str) -> None:
    assert "= A swollen calf (unsure)" in interview(pack, "1?").stdout


def test_unsure__where_there_is_no_check__is_taken_at_once(pack: str) -> None:
    result = interview(pack, "3", "unsure")
    assert "Question 3" in result.stdout


def test_back__after_answers__asks_again_and_keeps_them_on_enter(pack: str) -> None:
    result = interview(pack, "3", "n", "1", "back", "back", "", "", "2")
    assert "Type yes or no.\nYou said: No. Enter keeps it.\n>" in result.stdout
    assert "You said: Sitting upright. Enter keeps it.\n>\n  = Sitting upright" in result.stdout
    assert "= It rounds back" in result.stdout


def test_back__and_another_answer__offers_the_later_answers_again(pack: str) -> None:
    result = interview(pack, "3", "n", "1", "2", "back", "back", "stand")
    assert "You said: It rounds back. Enter keeps it." in after(result, "stand")


def test_back__at_the_first_question__says_so(pack: str) -> None:
    assert after(interview(pack, "back"), "back").startswith("This is the first question.")


def test_review__of_the_answers__is_numbered_and_in_words(pack: str) -> None:
    assert after(interview(pack, "3", "n", "1", "review"), "review").startswith("""\
Your answers so far

   1  Is any of this true for you?
      = None of these
   2  Are your bones fragile?
      = No
   3  Which pose is it?
      = Sitting upright

To give another answer, type change and its number, such as
change 1.""")


def test_review__before_the_first_answer__says_so(pack: str) -> None:
    assert after(interview(pack, "review"), "review").startswith("Nothing has been answered yet.")


def test_change__of_an_answer__keeps_the_others_and_says_what_changed(pack: str) -> None:
    result = interview(pack, "3", "n", "1", "2", "change 4", "1", "review")
    assert "Changing answer 4 (back leaves it as it is)" in result.stdout
    assert "No longer advised: Lean back." in after(result, "1")
    assert "= Sitting upright" in after(result, "review")


def test_change__that_needs_a_new_question__asks_it_at_once(pack: str) -> None:
    result = interview(pack, "3", "n", "2", "change 3", "1", "2", "3")
    assert "= 3 minutes" in result.stdout


def test_change__and_back__leaves_the_answer(pack: str) -> None:
    result = interview(pack, "3", "n", "change 1", "back", "review")
    assert after(result, "review").count("= None of these") == 1


@pytest.mark.parametrize("typed", ["change", "change 0", "change 9", "change x", "change -1", "change ²", "change 1e9"])
def test_change__of_no_answer__says_which_there_are(pack: str, typed: str) -> None:
    assert "ype change and a number from 1 to 2." in after(interview(pack, "3", "n", typed), typed)


def test_how__before_anything_is_found__says_so(pack: str) -> None:
    assert after(interview(pack, "how"), "how").startswith("Nothing has been found so far.")


def test_how__during_the_interview__tells_what_was_found(pack: str) -> None:
    assert "“The low back rounds”" in after(interview(pack, "3", "n", "1", "2", "how"), "how")


def test_why_not__during_the_interview__is_answered_politely(pack: str) -> None:
    shown = after(interview(pack, "3", "n", "why-not hold"), "why-not hold")
    assert shown.startswith("There are questions left, so this is how it stands at the\nmoment.")
    assert "Why not “Hold for longer”" in shown


@pytest.mark.parametrize(
    "typed", ["blub", "9", "1 2", "0", "2?", "-1", "1e9", "\x1b[31m", "a" * 5_000, "½", "yes", "show", "felt", "pain"]
)
def test_nonsense__at_a_question__is_answered_in_two_lines_at_most(pack: str, typed: str) -> None:
    result = interview(pack, "3", "n", typed, "1")
    shown = re.split(r"(?m)^> .*$", result.stdout)[3].strip().splitlines()
    assert 1 <= len(shown) <= 2
    assert "= Sitting upright" in result.stdout


def test_enter__at_a_fresh_question__says_what_is_allowed(pack: str) -> None:
    assert ">\nNothing was typed. Type a number from 1 to 2" in interview(pack, "3", "n", "").stdout


def test_quit__during_the_interview__lists_the_answers_and_reports_what_is_known(pack: str) -> None:
    result = interview(pack, "3", "n", "1", "2", "quit")
    shown = after(result, "quit")
    assert shown.startswith("You are stopping here, after 4 answers. This is what is\nknown so far.")
    assert "= It rounds back" in shown
    assert "Here is what to do so far" in shown
    assert "Not asked yet" in shown
    assert "resume" not in shown


def test_quit__before_a_stop_is_settled__shows_the_stop_first(pack: str) -> None:
    shown = after(interview(pack, "1", "quit"), "quit")
    assert shown.split("\n\n\n")[1].startswith("STOP: get medical advice today")


def test_end_of_input__during_the_interview__reports_what_is_known(pack: str) -> None:
    result = interview(pack, "3", "n")
    assert result.exit_code == 0
    assert "The input ended here. This is what is known so far." in result.stdout
    assert "Not enough is known yet" in result.stdout


def test_option_word__that_is_also_a_command__is_an_answer(tmp_path: Path) -> None:
    pack = tmp_path / "words.yaml"
    pack.write_text(
        """\
format: 1
pack: hamstrings
title: Words
version: "1"
questions: {where: {ask: Where?, type: one, options: {back: At the back, front: In front}}}
recommendations: {turn: {title: Turn, steps: [Turn round.]}}
rules: {at-the-back: {when: {where: back}, then: {recommend: turn}, because: It is there., source: B}}
sources: {B: {work: A book}}
""",
        encoding="utf-8",
    )
    assert "= At the back" in interview(str(pack), "back").stdout


# --- after the report -----------------------------------------------------------------------------------------------

DONE = ("3", "n", "1", "2", "1", "0")


def test_report__then_how_by_title_id_and_number__explains_the_same(pack: str) -> None:
    names = ("1", "lean", "lean-back", "LEAN BACK")
    shown = {after(interview(pack, *DONE, f"how {name}"), f"how {name}") for name in names}
    assert len(shown) == 1
    assert "You said “It rounds back”. That is why: It rounds." in shown.pop()
    shown = {after(interview(pack, *DONE, f"source {name}"), f"source {name}") for name in names}
    assert len(shown) == 1
    assert "Rule rounded. Source: page 1 (A1)" in shown.pop()


def test_report__then_why_not__says_what_stands_in_the_way_and_what_would_change_it(pack: str) -> None:
    shown = after(interview(pack, *DONE, "why-not go"), "why-not go")
    assert (
        shown
        == """\
Why not “Go deeper”

  Rule deeper does not apply. You said:
    How long can you hold it?
      = 1 minute

  It would be there, had you answered:
    How long can you hold it?
      = 5 minutes"""
    )


def test_report__of_something_held_back__why_not_says_why(pack: str) -> None:
    shown = after(interview(pack, "3", "y", "1", "1", "9", "0", "why-not go"), "why-not go")
    assert "It is held back. Fragile bones do not round." in shown


def test_report__of_a_stop__why_not_names_no_answer_that_would_bring_the_poses_back(pack: str) -> None:
    shown = after(interview(pack, "2", "why-not lean"), "why-not lean")
    assert "someone should look at what you told first" in " ".join(shown.split())
    assert "= " not in shown


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("how 7", "There is no number 7 in the report. The last one is 2."),
        ("how xyz", "“xyz” is not known here."),
        ("how lean-bock", "Did you mean “lean-back”?"),
        ("why-not", "Type why-not and the beginning of a title."),
        ("show 7", "There is no such number in the report."),
        ("why", "The questions are done."),
        ("hello", "The questions are done. Type help to see what you can do"),
    ],
)
def test_report__then_something_that_is_not_there__says_so(pack: str, typed: str, expected: str) -> None:
    assert expected in after(interview(pack, *DONE, typed), typed)


def test_report__then_change__asks_what_is_newly_needed_and_says_what_changed(pack: str) -> None:
    result = interview(pack, "3", "n", "2", "1", "0", "change 3", "1", "1")
    assert result.stdout.count("How long can you hold it?") == 1
    assert "New advice: Hold for longer." in after(result, "1")


def test_report__then_a_change_into_danger__shows_the_stop_even_if_the_input_ends(pack: str) -> None:
    assert "STOP: get medical advice today" in after(interview(pack, *DONE, "change 1", "1"), "1")


def test_report__then_back__changes_the_last_answer(pack: str) -> None:
    assert "New advice: Rest." in after(interview(pack, *DONE, "back", "1"), "1")


def test_report__then_felt__stops_where_the_pack_says_so(pack: str) -> None:
    shown = after(interview(pack, *DONE, "felt", "1"), "1")
    assert "STOP: see a clinician before you stretch" in shown
    assert "Lean back" not in shown


def test_report__then_felt_nothing__keeps_the_advice_and_asks_to_come_back(pack: str) -> None:
    shown = after(interview(pack, *DONE, "felt", "2"), "2")
    assert shown.startswith("= Nothing new\n\nNothing changes in the advice.")
    assert "type felt again" in " ".join(shown.split())


def test_report__of_a_stop__felt_cannot_lift_it(pack: str) -> None:
    assert after(interview(pack, *DONE, "felt", "1", "felt"), "felt").startswith("The stop stands")


def test_report__then_show__shows_all_of_it_or_one_part(pack: str) -> None:
    result = interview(pack, *DONE, "show", "show 2")
    assert result.stdout.count("Here is what to do\n") == 2
    assert after(result, "show 2") == after(interview(pack, *DONE, "2"), "2")
    assert after(result, "show 2").splitlines()[::2] == [
        "2  Hold for longer",
        "     a  Stay.",
        "     Why: It is short.",
    ]


@pytest.mark.parametrize("typed", ["done", "quit", "exit", ""])
def test_report__then_done__ends(pack: str, typed: str) -> None:
    result = interview(pack, *DONE, typed, "help")
    assert result.exit_code == 0
    assert "What you can type now" not in result.stdout


# --- anything at all ------------------------------------------------------------------------------------------------

TYPED = (
    "1|2|3|0|1 2|2?|yes|n|unsure|none||back|review|change 1|change 2|change 99|how|how 1|how lean|why|why-not hold|"
    "why-not|?|help|felt|show|show 1|quit|done|1:30|sitting"
)
WORDS = st.sampled_from(TYPED.split("|"))


def _went_well(result: Result) -> None:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 2, 130)
    assert "Traceback" not in result.output
    assert all(unprintable(line) is None for line in result.output.split("\n"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(WORDS, WORDS, st.text(max_size=20)), max_size=25))
@example(["change 1"] * 400)
@example(["1"] + ["back", ""] * 200)
def test_interview__whatever_is_typed__ends_well(pack: str, lines: list[str]) -> None:
    typed = "\n".join(lines).encode("utf-8", "surrogatepass")
    _went_well(CliRunner().invoke(cli.main, ["--rules", pack], input=typed))


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, max_size=40))
def test_interview__of_the_shipped_pack__whatever_is_typed__ends_well(lines: list[str]) -> None:
    _went_well(CliRunner().invoke(cli.main, [], input="\n".join(lines)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_interview__whatever_bytes_come__ends_well(pack: str, sent: bytes) -> None:
    _went_well(CliRunner().invoke(cli.main, ["--rules", pack], input=sent))


# --- a real terminal ------------------------------------------------------------------------------------------------

ptys = pytest.importorskip("tests.tools.ptys") if os.name == "posix" else None
on_a_terminal = pytest.mark.skipif(ptys is None, reason="there are no pseudo-terminals here")


@on_a_terminal
def test_terminal__a_whole_interview__ends_with_the_report_and_stays_for_questions(pack: str) -> None:
    with ptys.Terminal("--rules", pack, columns=60) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("3", "n", "1", "2", "1")
        terminal.answer("0", prompt="report> ")
        shown = terminal.answer("how 1", prompt="report> ")
        assert "That is why: It rounds." in shown
        terminal.type("\n")
        assert terminal.end() == 0
    assert "Here is what to do\n" in terminal.plain
    assert max(map(len, terminal.plain.splitlines())) <= 60


@on_a_terminal
@pytest.mark.parametrize("columns", [30, 60, 80, 120])
def test_terminal__of_any_width__is_used_up_to_a_good_measure(columns: int) -> None:
    with ptys.Terminal(columns=columns) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("7", "8")
        widest = max(map(len, terminal.plain.splitlines()))
    assert max(40, min(columns, 78)) - 8 <= widest <= max(40, min(columns, 78))


@on_a_terminal
def test_terminal__that_shows_colour__gets_colour_and_nothing_else(pack: str) -> None:
    with ptys.Terminal("--rules", pack) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("2", prompt="report> ")
        terminal.type("\x04")
        assert terminal.end() == 0
    assert "\x1b[31m" in terminal.seen
    assert re.sub(r"\x1b\[[0-9;]*m", "", terminal.seen).count("\x1b") == 0


@on_a_terminal
@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_terminal__where_colour_is_not_wanted__gets_none(pack: str, environment: dict[str, str]) -> None:
    with ptys.Terminal("--rules", pack, environment=environment) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("2", prompt="report> ")
    assert "\x1b" not in terminal.seen
    assert "STOP: get emergency help now" in terminal.plain


@on_a_terminal
def test_terminal__control_c__ends_with_130_and_says_how_much_was_answered(pack: str) -> None:
    with ptys.Terminal("--rules", pack) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("3", "n")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert terminal.plain.endswith("\nInterrupted after 2 answers. Nothing is kept.\n")


@on_a_terminal
def test_terminal__control_c_with_a_stop_found__still_says_it(pack: str) -> None:
    with ptys.Terminal("--rules", pack) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("1")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert terminal.plain.endswith("STOP: get medical advice today.\n")


@on_a_terminal
def test_terminal__control_d__reports_what_is_known(pack: str) -> None:
    with ptys.Terminal("--rules", pack) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("3")
        terminal.type("\x04")
        assert terminal.end() == 0
    assert "The input ended here. This is what is known so far.\n" in terminal.plain


@on_a_terminal
@pytest.mark.parametrize("ending", ["terminate", "hang_up"])
def test_terminal__that_closes__leaves_no_traceback(pack: str, ending: str) -> None:
    with ptys.Terminal("--rules", pack) as terminal:
        terminal.read_until("\n> ")
        terminal.answer("3")
        code = getattr(terminal, ending)()
    assert code <= 0
    assert "Traceback" not in terminal.plain


@on_a_terminal
def test_terminal__keys_that_write_control_characters__are_never_sent_back(pack: str) -> None:
    with ptys.Terminal("--rules", pack, environment={"NO_COLOR": "1"}) as terminal:
        terminal.read_until("\n> ")
        shown = terminal.answer("\x1b[A\x1b[31m")
    assert "\x1b" not in shown.split("\n", 1)[1]


def test_why_not__held_back_for_a_condition__proposes_no_other_answer_to_a_safety_question() -> None:
    typed = "none\npregnant\n4\nno\nnone\ncurved\nneutral\nwhy-not legs-up-lying\nquit\n"
    shown = CliRunner().invoke(cli.main, [], input=typed).output
    assert "It is held back. To lie flat for long" in shown
    assert "It would be there" not in shown


def test_several__a_doubt_among_long_options__is_seen_to_be_understood() -> None:
    shown = CliRunner().invoke(cli.main, [], input="1? 3\n", env={"COLUMNS": "60"}).output
    assert "\n  = unsure: Numb between the legs" in shown
    assert "\n  = One leg newly swollen" in shown


def test_meaning__of_options_that_say_more__tells_it_with_their_numbers() -> None:
    shown = CliRunner().invoke(cli.main, [], input="?\n", env={"COLUMNS": "80"}).output
    assert "\n   3  One calf or thigh that is newly swollen." in shown
    assert "\n   8  Back pain together with chest pain" in shown
