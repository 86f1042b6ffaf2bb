"""`rules new`: what a teacher is asked, what is written, and that nothing is lost or half written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from kb.language.loading import load
from kb.model.conditions import All, Answered, Found, Within
from kb.model.knowledge import Case, Expectation, Kind, KnowledgeBase, Level
from tests.small import small_file
from tests.teacher import WRISTS, contents, holds, new
from tests.tools.ptys import Terminal


def case(kb: KnowledgeBase, name: str) -> Case:
    return next(case for case in kb.cases if case.id == name)


@pytest.fixture
def wrists(tmp_path: Path) -> Path:
    result = new("pack", "wrists", "--in", str(tmp_path), typed=[*WRISTS, "y"])
    assert result.exit_code == 0, result.output
    return tmp_path / "wrists"


@pytest.fixture
def one_file(tmp_path: Path) -> Path:
    return Path(small_file(tmp_path))


# --- a rule -----------------------------------------------------------------------------------------------------------

SHORT = ["pose", "1", "hold", "at least 3", "", "2", "rest", "It is long.", "A9"]


def test_rule__from_what_there_is__with_a_firing_case_and_a_near_miss(one_file: Path) -> None:
    before = one_file.read_bytes()
    result = new("rule", "long-hold", typed=[*SHORT, "y"], rules=str(one_file))
    assert result.exit_code == 0, result.output
    kb = load(one_file)
    rule = kb.rules["long-hold"]
    expected = All((Answered("pose", ("sitting",)), Within("hold", low=rule.when.parts[1].low)))
    assert (rule.when, rule.recommend, rule.because, rule.sources) == (expected, ("rest",), "It is long.", ("A9",))
    holds(kb, "long-hold")
    assert [each.id for each in kb.cases] == ["rounded", "long-hold-fires", "long-hold-near-miss"]
    after = one_file.read_bytes()
    start = before.index(b"cases:\n")
    assert after.startswith(before[:start])
    assert before[start:] in after


def test_rule__for_a_safety_answer__the_screens_answered_without_danger(one_file: Path) -> None:
    new("rule", "rested", typed=["low-back", "curved", "", "2", "4", "So.", "A9", "y"], rules=str(one_file))
    kb = load(one_file)
    answers = {"danger": ("none",), "low-back": "curved"}
    expect = Expectation("incomplete", in_order=("rest",), findings=(), referrals=())
    fires = case(kb, "rested-fires")
    assert (fires.answers, fires.expect) == (answers, expect)


def test_rule__new_things_on_the_way__all_made(wrists: Path) -> None:
    typed = [
        *("hands", "1", "1", "finding hand-direction-outward", "", "1 2 3 4", "swells leans", "It swells", "It leans"),
        *("make-it-easier", "Make it easier", "Bend the elbows.", "", "-", "-", "-"),
        *("ask-someone", "3", "Ask a clinician.", "turn-hands", "", "", "y"),
    ]
    result = new("rule", "leaning", typed=typed, rules=str(wrists))
    assert result.exit_code == 0, result.output
    kb = load(wrists)
    rule = kb.rules["leaning"]
    assert rule.when == All((Answered("wrists-signs", ("swollen-wrist",)), Found(("hand-direction-outward",))))
    assert (rule.find, rule.recommend, rule.refer, rule.withhold) == (
        ("swells", "leans"),
        ("make-it-easier",),
        ("ask-someone",),
        ("turn-hands",),
    )
    assert kb.referrals["ask-someone"].level is Level.CLINICIAN_FIRST
    assert rule.because.startswith("TODO: ")
    assert (rule.topic, kb.sources["todo-source"].place.path) == ("hands", str(wrists / "pack.yaml"))
    holds(kb, "leaning")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["Knees"], "“Knees” cannot be a name. A name is made of small letters"),
        (["rounded"], "There is a “rounded” already."),
        (["?"], "A short name for the files"),
        (["a", "99"], "“99” is not among them. Type a number from 1 to 12."),
        (["a", "hold", "few"], "That cannot be read. Type for example: below 2"),
        (["a", "hold", "5 to 2"], "That cannot be read."),
        (["a", "pose", "1?"], "Type numbers from 1 to 3"),
        (["a", "pose", "1", "", "5"], "Type numbers from 1 to 4"),
        (["a", "pose", "1", "", "4", "no-such"], "There is no recommendation “no-such”."),
        (["a", "pose", "1", "", "2", "rest", "So.", "§"], "“§” cannot be the name of a source."),
        (["a", "pose", "1", "", "2", "rest", "So.", "Z9", "n"], "There is no source “Z9” yet."),
    ],
)
def test_rule__a_slip_of_the_pen__said_and_asked_again(one_file: Path, typed: list[str], said: str) -> None:
    before = one_file.read_bytes()
    result = new("rule", typed=[*typed, "quit"], rules=str(one_file), columns=200)
    assert said in result.output
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "Nothing was written.")
    assert one_file.read_bytes() == before


# --- questions, recommendations, danger signs -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kind", "options"),
    [
        (["Is it so?", "1", "-", "-"], Kind.YES_NO, ("yes", "no")),
        (["Which?", "2", "One way", "b: The other", "", "What.", "Look."], Kind.ONE, ("one-way", "b")),
        (
            ["Which?", "several answers may fit", "Yes?", "Yes!", "", "y", "-", "-"],
            Kind.SEVERAL,
            ("yes", "yes-2", "none"),
        ),
        (["How long?", "4", "minutes", "x", "0", "60", "-", "-"], Kind.NUMBER, ()),
    ],
)
def test_question__each_type__as_it_was_typed(
    one_file: Path, typed: list[str], kind: Kind, options: tuple[str, ...]
) -> None:
    result = new("question", "new-one", typed=[*typed, "y"], rules=str(one_file))
    assert result.exit_code == 0, result.output
    question = load(one_file).questions["new-one"]
    assert (question.ask, question.kind, question.option_ids) == (typed[0], kind, options)
    assert "No rule speaks of “new-one” yet." in result.output


def test_question__in_a_new_topic__a_file_more_and_its_name_in_the_header(wrists: Path) -> None:
    result = new(
        "question", "arms", "--topic", "elbows", "--in", str(wrists), typed=["Are they bent?", "1", "-", "-", "y"]
    )
    assert result.exit_code == 0, result.output
    assert load(wrists).packs[0].topics == ("safety", "hands", "elbows")
    text = (
        '# yaml-language-server: $schema=schema.json\n\nquestions:\n\n  arms: {ask: "Are they bent?", type: yes-no}\n'
    )
    assert (wrists / "elbows.yaml").read_text(encoding="utf-8") == text


def test_recommendation__typed__stands_with_the_others(wrists: Path) -> None:
    typed = ["Press evenly", "Spread the fingers.", "Press all knuckles.", "", "Even hands.", "-", ""]
    new("recommendation", "press", "--in", str(wrists), "--yes", typed=typed)
    made = load(wrists).recommendations["press"]
    assert (made.topic, made.steps, made.cue, made.dose) == (
        "hands",
        ("Spread the fingers.", "Press all knuckles."),
        "Even hands.",
        "",
    )
    assert made.self_check.startswith("TODO: ")


def test_red_flag__among_the_answers_of_a_screen__an_option_before_none_and_unsure_counts(wrists: Path) -> None:
    typed = ["Both hands go numb.", "1", "1", "Call for help.", "Nerves.", "1", "y"]
    result = new("red-flag", "numb", "--in", str(wrists), typed=typed)
    assert result.exit_code == 0, result.output
    kb = load(wrists)
    assert kb.questions["wrists-signs"].option_ids == ("swollen-wrist", "numb", "none")
    assert kb.rules["numb"].when == Answered("wrists-signs", ("numb", "numb?"))
    assert kb.referrals["numb-emergency"].level is Level.STOP_EMERGENCY
    holds(kb, *kb.rules)


def test_red_flag__a_question_of_its_own__a_screen_more_and_a_word_on_the_cases_that_lack_it(wrists: Path) -> None:
    typed = ["Have you fainted?", "2", "4", "Go slowly.", "Gently.", "1", "y"]
    result = new("red-flag", "fainted", "--in", str(wrists), "--topic", "safety", typed=typed, columns=200)
    assert result.exit_code == 0, result.output
    kb = load(wrists)
    assert kb.safety_screens == ("wrists-signs", "fainted")
    assert kb.rules["fainted"].when == Answered("fainted", ("yes", "unsure"))
    assert "With this, 3 recorded cases no longer come out as expected" in result.output
    assert "TODO: what is meant?" in kb.questions["fainted"].hint


# --- which pack -------------------------------------------------------------------------------------------------------


def test_pack_to_write_to__not_named__asked_for(one_file: Path) -> None:
    typed = ["", str(one_file), "go", "Go on", "Go.", "", "-", "-", "-", "y"]
    assert new("recommendation", typed=typed).exit_code == 0
    assert "go" in load(one_file).recommendations


def test_pack_to_write_to__several__chosen(one_file: Path, wrists: Path) -> None:
    typed = ["rules", "new", "recommendation", "go"]
    lines = "2\nGo on\nGo.\n\n-\n-\n-\ny\n"
    result = CliRunner().invoke(cli.main, ["--rules", str(one_file), "--rules", str(wrists), *typed], input=lines)
    assert result.exit_code == 0, result.output
    assert "go" in load(wrists).recommendations


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_pack_to_write_to__none__refused_with_the_way_out(tmp_path: Path, path: str) -> None:
    result = new("rule", "--in", str(tmp_path / path), typed=[])
    assert result.exit_code == 2
    assert "is no pack" in result.output
    assert "rules new pack" in result.output


def test_pack_to_write_to__with_problems__refused_before_anything_is_asked(wrists: Path) -> None:
    (wrists / "hands.yaml").write_text("questions:\n\ta: b\n", encoding="utf-8")
    before = contents(wrists)
    result = new("rule", "--in", str(wrists), typed=["a"], columns=200)
    assert result.exit_code == 1
    assert f"{wrists / 'hands.yaml'}:2:1: tab:" in result.output
    assert "name>" not in result.output
    assert contents(wrists) == before


# --- nothing written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "code", "said"),
    [
        ("n", 0, "Nothing was written."),
        ("quit", 0, "Nothing was written."),
        (None, 2, "The input ended here. Nothing was written."),
    ],
)
def test_anything__not_wanted_in_the_end__nothing_is_written(
    wrists: Path, last: str | None, code: int, said: str
) -> None:
    before = contents(wrists)
    typed = ["Press", "Press.", "", "-", "-", "-"]
    result = new("recommendation", "press", "--in", str(wrists), typed=[*typed, *([last] if last else [])])
    assert (result.exit_code, result.output.splitlines()[-1]) == (code, said)
    assert contents(wrists) == before


def test_anything__it_cannot_be_written__what_was_typed_is_shown(wrists: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    before = contents(wrists)
    monkeypatch.setattr(Path, "replace", failing)
    typed = ["Press", "Press.", "", "-", "-", "-", "y"]
    result = new("recommendation", "press", "--in", str(wrists), typed=typed, columns=200)
    assert result.exit_code == 2
    assert "  press:\n    title: Press\n" in result.output
    assert "No space left on device" in result.output
    assert contents(wrists) == before


def test_anything__the_pack_breaks_meanwhile__what_was_typed_is_shown(
    wrists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Terminal("rules", "new", "recommendation", "press", "--in", str(wrists)) as terminal:
        terminal.read_until("title> ")
        (wrists / "hands.yaml").write_text("questions:\n\ta: b\n", encoding="utf-8")
        for line, prompt in (
            ("Press", "step> "),
            ("Press it.", "step> "),
            ("", "cue> "),
            ("-", "dose> "),
            ("-", "check> "),
        ):
            terminal.type(line + "\n")
            terminal.read_until(prompt)
        terminal.type("-\n")
        assert terminal.end() == 1
        assert "  press:\n    title: Press\n    steps:\n      - Press it.\n" in terminal.plain
        assert "put it in by hand" in terminal.plain


def test_anything__interrupted__nothing_is_written(wrists: Path) -> None:
    before = contents(wrists)
    with Terminal("rules", "new", "rule", "--in", str(wrists)) as terminal:
        terminal.read_until("name> ")
        terminal.type("a\x03")
        assert terminal.end() == 130
        assert "Interrupted. Nothing was written." in terminal.plain
    assert contents(wrists) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument"),
        (["finding"], "'finding' is not one of 'question', 'rule', 'recommendation', 'red-flag', 'pack'"),
        (["rule", "--in"], "Option '--in' requires an argument."),
        (["rule", "a", "b"], "Got unexpected extra argument (b)"),
    ],
)
def test_new__called_wrongly__says_how(arguments: list[str], said: str) -> None:
    result = new(*arguments, typed=[])
    assert (result.exit_code, said in result.output) == (2, True)
