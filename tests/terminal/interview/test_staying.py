"""After the report: try it, come back, what changed, what next, and when to stop."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import cli
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.journal.sessions import open_journal
from kb.language.loading import load
from kb.model.knowledge import Answer
from kb.terminal.interview.commands import attempt_word
from tests.helpers import HEADER
from tests.people import answer_at_random, typed

PACK = (
    HEADER.replace("pack: example", "pack: hamstrings")
    + """\
safety-screens: [danger]
sources: {A1: {work: A book}, RF1: {work: Safety notes}}
questions:
  danger: {ask: Danger?, type: yes-no}
  pose: {ask: Pose?, type: one, options: {sitting: Sitting, standing: Standing}, lasting: yes}
  back: {ask: Back?, type: one, options: {flat: Flat, round: Round}}
  knees: {ask: Knees?, type: one, options: {bent: Bent, straight: Straight}}
  strain: {ask: Strain?, type: yes-no}
  where: {ask: Where is it?, type: several, options: {high: High, low: Low}}
  felt: {ask: What did you feel?, type: several, after-advice: yes, options: {sharp: Sharp, none: Nothing}}
findings: {rounds: {title: Rounds}}
recommendations:
  ease: {title: Ease, steps: [Back off.]}
  lean: {title: Lean, steps: [Lean back.], rechecks: [back, knees]}
  press: {title: Press, steps: [Press down.], rechecks: []}
  rest: {title: Rest, kind: closing, steps: [Lie down.]}
referrals:
  see: {level: clinician-first, tell: See someone., sources: RF1}
  hurt: {level: stop-today, tell: Stop for today., sources: RF1}
rules:
  danger: {when: {danger: [yes, unsure]}, then: {refer: see}, because: B., source: RF1}
  eases: {when: {strain: yes, where: high}, then: {recommend: ease}, because: B., source: A1}
  still:
    when: {strain: [yes, unsure], after-ease: [better, same, worse]}
    then: {refer: see}
    because: B.
    source: RF1
  rounds: {when: {pose: sitting, back: round}, then: {find: rounds}, because: B., source: A1}
  leans: {when: {finding: rounds}, then: {recommend: lean}, because: B., source: A1}
  bends: {when: {knees: bent}, then: {recommend: [press, rest]}, because: B., source: A1}
  hurts: {when: {felt: [sharp, "sharp?"]}, then: {refer: hurt}, because: B., source: RF1}
"""
)
THREE = ("n", "sit", "round", "bent", "yes", "high")
"""Answers that end with three corrections and a closing word."""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("pack") / "trying.yaml"
    path.write_text(PACK, encoding="utf-8")
    return str(path)


def interview(pack: str, *lines: str, journal: Path | None = None) -> Result:
    environment = {"COLUMNS": "78"}
    if journal:
        environment |= {"UNSTUCK_JOURNAL": str(journal), "UNSTUCK_NO_JOURNAL": ""}
    typed = "".join(f"{line}\n" for line in lines)
    result = CliRunner().invoke(cli.main, ["--rules", pack], input=typed, env=environment)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result


def trying(pack: str, *lines: str) -> str:
    """Return what is shown after the first prompt at the report."""
    return interview(pack, *THREE, *lines).stdout.split("report>", 1)[1].strip()


# --- the loop ---------------------------------------------------------------------------------------------------------

HELPED = """\
better
  = Better

After trying “Ease”
What did you feel?

  1  Sharp
  2  Nothing

Any that fit: 1. None: 2.
> 2
  = Nothing

Asked again, as you tried “Ease”
Strain?
Type yes or no.
You said: Yes. Enter keeps it.
> no

No longer advised: Ease.

To try next

  1  Lean

     a  Lean back.

     Why: B.
     Source: A book (A1)

Try number 1 now. When you are back, type better, same or worse (later ends
here).
report> same
  = No different

After trying “Lean”
What did you feel?

  1  Sharp
  2  Nothing

Any that fit: 1. None: 2.
> 2
  = Nothing

Asked again, as you tried “Lean”
Back?

  1  Flat
  2  Round

You said: Round. Enter keeps it.
>
  = Round

Asked again, as you tried “Lean”
Knees?

  1  Bent
  2  Straight

You said: Bent. Enter keeps it.
>
  = Bent

Nothing changes in the advice.

To try next

  2  Press

     a  Press down.

     Why: B.
     Source: A book (A1)

Try number 2 now. When you are back, type better, same or worse (later ends
here).
report> worse
  = Worse
Come out of it first, and rest. Do not try it again.

After trying “Press”
What did you feel?

  1  Sharp
  2  Nothing

Any that fit: 1. None: 2.
> 2
  = Nothing

No longer advised: Press.
Now held back: Press.
Leave “Press” out from now on.

That was all there is to try for now. Come back another day: unstuck then asks
how it goes.

  2  Rest

     a  Lie down.

     Why: B.
     Source: A book (A1)
report>"""


def test_staying__through_all_corrections__reads_like_this(pack: str) -> None:
    assert trying(pack, "better", "2", "no", "same", "2", "", "", "worse", "2", "") == HELPED


def test_staying__what_no_longer_matters__is_not_asked_again_and_stays(pack: str) -> None:
    shown = trying(pack, "better", "2", "no", "review")
    assert "Where is it?" not in shown.split("report> review")[0]
    assert "Where is it?\n      = High" in shown


def test_staying__with_something_sharp__ends_with_the_referral_and_its_source(pack: str) -> None:
    shown = trying(pack, "better", "1")
    after = shown.split("= Sharp")[1]
    assert after.split("\n\nWhy")[0].strip() == "STOP: get medical advice today\n\n  Stop for today."
    assert "Source: RF1" in after
    assert "try next" not in after.lower()


def test_staying__strain_that_is_still_there__ends_with_the_referral_only_after_it_was_asked_again(pack: str) -> None:
    shown = trying(pack, "better", "2", "yes")
    before, after = shown.split("> yes")
    assert "STOP" not in before
    assert "STOP: see a clinician before you stretch\n\n  See someone." in after


def test_staying__after_a_stop__nothing_is_tried(pack: str) -> None:
    shown = trying(pack, "better", "1", "same", "try", "tried", "skip")
    assert shown.count("The stop stands, and nothing is tried now.") == 4


def test_live_stop_rule__is_not_answered_by_enter_alone(pack: str) -> None:
    shown = trying(pack, "same", "2", "no", "same", "", "2")
    assert "What did you feel?\n\n  1  Sharp" in shown.split("report> same")[1]
    assert "\n>\nNothing was typed. Type " in shown
    assert shown.count("You said: Nothing") == 0


def test_staying__worse_twice__ends_for_today(pack: str) -> None:
    shown = trying(pack, "worse", "2", "no", "worse", "2", "", "", "try")
    assert (
        """\
Two corrections made it worse. Leave it for today, and try nothing more of
this now.

Have a teacher look at it in person. If there is pain, have a health
professional look at it.
report> try
There is nothing to try now."""
        in shown
    )


def test_staying__where_nothing_helped__says_who_can_see_more(pack: str) -> None:
    shown = trying(pack, "same", "2", "no", "same", "2", "", "", "same", "2")
    assert "nothing made it better. Leave it for today.\n\nA teacher who sees you" in shown


def test_skip__leaves_out_and_does_not_bring_it_back(pack: str) -> None:
    shown = trying(pack, "skip", "skip", "skip", "skip", "try")
    assert re.findall(r"(?m)^  \d  (\w+)$", shown) == ["Lean", "Press", "Rest"]
    assert "What you left out (“Ease”, “Lean”, “Press”) can wait for another day." in shown
    assert shown.count("There is nothing to try now.") == 2
    assert "STOP" not in shown  # to leave it out is not to have tried it


def test_tried__asks_which_and_back_leaves_it(pack: str) -> None:
    shown = trying(pack, "tried", "back", "tried", "2", "2", "no")
    assert shown.count("You tried “Ease”. How is it now?") == 2
    assert "Nothing was changed." in shown
    assert "No longer advised: Ease." in shown


def test_tried__and_then_a_change_that_stops__shows_the_stop(pack: str) -> None:
    shown = trying(pack, "tried", "change 1", "yes")
    assert "STOP: see a clinician before you stretch\n\n  See someone." in shown
    assert "Nothing was changed." not in shown


def test_back__at_how_it_felt__takes_the_attempt_back(pack: str) -> None:
    shown = trying(pack, "better", "back", "try")
    assert "Nothing was changed." in shown
    assert "  1  Ease" in shown.split("report> try")[1]


def test_back__at_a_question_asked_again__changes_how_it_went(pack: str) -> None:
    shown = trying(pack, "skip", "better", "2", "back", "worse", "flat", "")
    assert "Changing answer" in shown
    assert "Leave “Lean” out from now on." in shown


def test_back__among_the_questions_asked_again__asks_the_one_before(pack: str) -> None:
    shown = trying(pack, "skip", "better", "2", "flat", "back", "round", "")
    again = shown.split("> back")[1]
    assert again.strip().startswith("Asked again, as you tried “Lean”\nBack?")
    assert "You said: Flat. Enter keeps it." in again
    assert again.index("= Round") < again.index("= Bent") < again.index("Nothing changes in the advice.")


def test_change__in_the_middle_of_trying__does_not_lose_the_rest(pack: str) -> None:
    shown = trying(pack, "same", "change 2", "1", "2", "no")
    assert shown.index("Changing answer 2") < shown.index("= Nothing") < shown.index("as you tried “Ease”")


@pytest.mark.parametrize("word", ["again", "options"])
def test_again__at_the_report__says_what_shows_it(pack: str, word: str) -> None:
    assert trying(pack, word) == f"{word}\nThe questions are done. Type show to read the report again."


def test_invitation__is_not_there_before_a_check_or_beside_closing_words(pack: str) -> None:
    assert "Try number" not in interview(pack, "n", "stand", "straight", "no").stdout
    assert "Try number" not in interview(pack, "yes").stdout


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("better", "better"),
        ("Better!", "better"),
        ("be", "better"),
        ("b", None),
        ("sam", "same"),
        ("s", None),
        ("no different", "same"),
        ("wo", "worse"),
        ("w", None),
        ("tri", "tried"),
        ("try", "try"),
        ("sk", "skip"),
        ("l", "later"),
        ("", None),
        ("better than ever", None),
    ],
)
def test_attempt_word__is_understood_if_it_is_clear(typed: str, expected: str | None) -> None:
    assert attempt_word(typed) == expected


# --- the journal ------------------------------------------------------------------------------------------------------


def test_journal__at_the_first_use__says_where_it_lies_and_how_to_erase_it(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    said = "".join(interview(pack, "n", journal=path).stdout.split())  # a long path is broken over lines
    assert f"Youranswersarekeptin“{path}”;unstuckjournalforgeterasesit." in said
    assert "Youranswersarekept:unstuck--rules" in said
    assert "erases it" not in interview(pack, "n", journal=path).stdout


def test_journal__that_cannot_be_opened__is_said_once_and_the_interview_goes_on(pack: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shown = interview(pack, *THREE, "later", journal=tmp_path / "file" / "j.sqlite3").stdout
    assert shown.count("This interview is not kept: ") == 1
    assert "Here is what to do" in shown
    assert "Your answers are kept" not in shown
    assert "(later ends\nhere)" in shown


def test_no_journal__keeps_nothing_and_reads_nothing(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    environment = {"UNSTUCK_JOURNAL": str(path), "UNSTUCK_NO_JOURNAL": ""}
    result = CliRunner().invoke(cli.main, ["--no-journal", "--rules", pack], input="n\n", env=environment)
    assert (result.exit_code, path.exists()) == (0, False)
    assert "kept" not in result.output


def test_journal__of_an_attempt__holds_how_it_went_and_all_answers(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    interview(pack, *THREE, "better", "2", "no", "skip", "later", journal=path)
    with open_journal(path) as journal:
        saved = journal.latest_finished()
    assert saved is not None
    assert saved.answers == {
        "danger": "no",
        "pose": "sitting",
        "back": "round",
        "knees": "bent",
        "felt": ["none"],
        "after-ease": "better",
        "strain": "no",
        "where": ["high"],
    }
    assert [(each.about, each.answer) for each in saved.events if each.kind == "attempt"] == [
        ("after-ease", "better"),
        ("after-lean", "skipped"),
    ]
    assert saved.finished is not None


# --- anything at all --------------------------------------------------------------------------------------------------

TYPED = (
    "1|2|n|y|better|same|worse|tried|try|skip|felt|back||change 1|change 3|unsure|review|show|?|round|bent|high|later"
)
WORDS = st.sampled_from(TYPED.split("|"))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(WORDS, max_size=40))
@example(lines=[*THREE, *["skip"] * 5])
@example(lines=[*THREE, "better", "back", "better", "2", "back", "back", "worse", "2", "n"])
def test_staying__whatever_is_typed__ends_and_everything_understood_is_in_the_journal(
    pack: str, tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "j.sqlite3"
    shown = interview(pack, *THREE, *lines, journal=path).stdout
    with open_journal(path) as journal:
        (session,) = journal.sessions()
        saved = journal.saved(session.id)
    assert saved is not None
    understood = len(re.findall(r"(?m)^  = ", re.sub(r"(?m)^      = .*$", "", shown)))
    told = [event for event in saved.events if event.kind != "back" and event.answer != "skipped"]
    yes_no = sum(event.about in ("danger", "strain") for event in told)
    assert understood == len(told) - yes_no


@pytest.mark.parametrize("seed", range(12))
def test_staying__with_the_shipped_pack__ends_and_every_stop_has_its_source(seed: int) -> None:
    chance = random.Random(seed)
    engine = Engine(load(cases=False))
    lines, session = [], Session.begin(engine)
    while question := session.next_question():
        answer: Answer = "yes" if question.id == "strain-under-buttocks" else answer_at_random(chance, question, True)
        if question.id == "pain-pattern":
            answer = ("only-in-pose",)
        lines.append(typed(question, answer))
        session = session.answer(question.id, answer)
    # More than there can be: words at the report, numbers and words at a question.
    lines += chance.choices(["better", "same", "worse", "1", "6", "6", "6", "2", "yes", "no"], k=60)
    shown = CliRunner().invoke(cli.main, input="".join(f"{line}\n" for line in lines)).stdout
    trying = shown.split("report> ", 1)[1]
    stops = trying.split("\nSTOP: ")[1:]
    assert all("Source: " in stop.split("report>")[0] for stop in stops)
    ends = ("There is nothing to try now.", "The stop stands", "That was all there is", "Two corrections made it worse")
    assert any(end in trying for end in ends)
