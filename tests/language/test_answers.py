"""Answers from files, from cases and from the prompt come out in one form, or are refused with a way out."""

from __future__ import annotations

import io
import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.interview.typed_answers import AskBack, NotUnderstood, Taken, understand
from kb.language.answers import read_answers
from kb.language.yaml_source import read, read_file
from kb.model.answers import AnswerFault, as_data, examine, in_words
from kb.model.knowledge import Answer
from kb.text.wrapping import unprintable
from tests.helpers import kb_from, places, refused
from tests.people import typed_answer

QUESTIONS = kb_from(
    """
questions:
  low-back:
    ask: What does it do?
    type: one
    options: {curved: It curves gently in, rounded: It rounds back, other-thing: Nothing of that}
  signs:
    ask: Any of these?
    type: several
    options:
      leg-clot: A calf that is newly swollen
      tear-or-pop: A pop, or tearing
      nerve-signs: Tingling down the leg
      none: None of these
  pain:
    ask: When?
    type: several
    options: {hurts-to-sit: Hurts to sit, hurts-next-day: Hurts the next day}
  strain: {ask: Does it?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0, at-most: 600}
  weeks: {ask: How long?, type: number, unit: weeks}
  breaths: {ask: How many?, type: number, unit: breaths}
  numbered: {ask: How many?, type: one, options: {"2": Two, "1": One, useful: Useful}}
"""
).questions


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("low-back: rounded\nstrain: no\n", {"low-back": "rounded", "strain": "no"}),
        ('{"low-back": "rounded", "hold": 0.70}', {"low-back": "rounded", "hold": Decimal("0.7")}),
        ('{\n\t"signs": ["nerve-signs", "leg-clot?", "nerve-signs"]\n}', {"signs": ("leg-clot?", "nerve-signs")}),
        ("signs: none\npain: hurts-to-sit\n", {"signs": ("none",), "pain": ("hurts-to-sit",)}),
        ("pain: []\n", {"pain": ()}),
        ("signs: unsure\nhold: unsure\nlow-back: 'unsure'\n", dict.fromkeys(("signs", "hold", "low-back"), "unsure")),
        ("hold: 2.0\nweeks: -1,5\n", {"hold": Decimal(2), "weeks": Decimal("-1.5")}),
        ("hold: 100\n", {"hold": Decimal(100)}),
        ("{}", {}),
        ("\ufefflow-back: rounded\r\n", {"low-back": "rounded"}),
    ],
)
def test_read_answers__yaml_or_json__are_answers(text: str, answers: dict[str, Answer]) -> None:
    got = read_answers(read(text, "a.yaml"), QUESTIONS)
    assert got == answers
    assert [str(value) for value in got.values()] == [str(value) for value in answers.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("low-bakc: rounded\n", [("unknown-question", 1, 1)]),
        ("low-back: ronded\n", [("unknown-option", 1, 11)]),
        ("low-back: rounded?\n", [("unknown-option", 1, 11)]),
        ("low-back: [rounded]\n", [("wrong-shape", 1, 11)]),
        ("low-back: 2\n", [("unknown-option", 1, 11)]),
        ("low-back: {a: b}\n", [("wrong-shape", 1, 11)]),
        ("low-back:\n", [("wrong-shape", 1, 1)]),
        ('{"strain": true}', [("wrong-shape", 1, 12)]),
        ('{"strain": null}', [("wrong-shape", 1, 12)]),
        ('{"strain": "true"}', [("unknown-option", 1, 12)]),
        ("signs: [none, leg-clot]\n", [("wrong-shape", 1, 8)]),
        ("signs: [none, leg-clot?]\n", [("wrong-shape", 1, 8)]),
        ("signs: [leg-clot, leg-clot?]\n", [("wrong-shape", 1, 8)]),
        ("signs: []\n", [("wrong-shape", 1, 8)]),
        ("signs: none?\n", [("unknown-option", 1, 8)]),
        ("signs: [leg-clot, unsure]\n", [("wrong-shape", 1, 19)]),
        ("signs: [true, a, [b]]\n", [("wrong-shape", 1, 9), ("unknown-option", 1, 15), ("wrong-shape", 1, 18)]),
        *[(f"hold: {text}\n", [("bad-number", 1, 7)]) for text in ("nan", "inf", "1e400", "+2", "0x10", "1.", "2 min")],
        ("hold: 1,000\n", [("bad-number", 1, 7)]),
        ("hold: 12345678901\n", [("bad-number", 1, 7)]),
        ("hold: -1\n", [("out-of-bounds", 1, 7)]),
        ("hold: 600.1\n", [("out-of-bounds", 1, 7)]),
        ("hold: true\n", [("wrong-shape", 1, 7)]),
        ("strain: yes\nstrain: no\n", [("duplicate-key", 2, 1)]),
        ("low-bakc: a\nstrain: maybe\n", [("unknown-question", 1, 1), ("unknown-option", 2, 9)]),
        ("strain: &a yes\nlow-back: *a\n", [("anchor", 1, 9)]),
        ('{"strain": "yes"', [("syntax", 1, 1)]),
        ("- low-back\n", [("wrong-shape", 1, 1)]),
        ("low-back", [("wrong-shape", 1, 1)]),
        ("", [("empty-file", 0, 0)]),
    ],
)  # fmt: skip
def test_read_answers__a_mistake__is_one_problem_at_its_place(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert places(refused(read_answers, read(text, "a.yaml"), QUESTIONS)) == expected


def test_read_answers__a_mistyped_id__names_the_nearest() -> None:
    problems = refused(read_answers, read("low-bakc: x\nlow-back: ronded\nstrain: true\n", "a.yaml"), QUESTIONS)
    for problem, word in zip(problems, ("“low-back”", "“rounded”", "yes, no, unsure")):
        assert word in problem.way_out


def test_read_answers_file__a_path_or_standard_input__is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text('{"strain": "no"}', encoding="utf-8")
    assert read_answers(read_file(tmp_path / "a.json"), QUESTIONS) == {"strain": "no"}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"strain: nope")))
    (problem,) = refused(read_answers, read_file("-"), QUESTIONS)
    assert (problem.place.path, problem.id) == ("standard input", "unknown-option")


@pytest.mark.parametrize("stdin", [None, io.StringIO("strain: no"), io.TextIOWrapper(io.BytesIO(b"a" * 2_000_001))])
def test_read_answers_file__unusable_standard_input__is_refused(stdin: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    (problem,) = refused(read_answers, read_file("-"), QUESTIONS)
    assert problem.id in ("unreadable", "too-large")


def test_read_answers_file__no_file__is_refused(tmp_path: Path) -> None:
    assert places(refused(read_answers, read_file(tmp_path / "a.yaml"), QUESTIONS)) == [("missing-file", 0, 0)]
    assert places(refused(read_answers, read_file(tmp_path), QUESTIONS)) == [("not-a-file", 0, 0)]


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "value", "answer"),
    [
        ("hold", 2, Decimal(2)),
        ("hold", 0.7, Decimal("0.7")),
        ("hold", Decimal("1E+2"), Decimal(100)),
        ("pain", (), ()),
        ("pain", ["hurts-next-day", "hurts-to-sit"], ("hurts-to-sit", "hurts-next-day")),
        ("strain", " yes ", "yes"),
    ],
)
def test_examine__a_value_from_a_program__is_an_answer(question: str, value: object, answer: Answer) -> None:
    assert examine(QUESTIONS[question], value) == (answer, [])


@pytest.mark.parametrize(
    ("question", "value"),
    [
        *[("strain", value) for value in (True, None, {"a": 1}, 1, ["yes"], "")],
        *[("hold", value) for value in (float("nan"), float("inf"), Decimal("NaN"), 10**400, True, [1])],
        *[("pain", value) for value in ([None], b"hurts-to-sit", [["hurts-to-sit"]])],
    ],
)
def test_examine__no_answer__is_a_fault_with_a_way_out(question: str, value: object) -> None:
    nothing, faults = examine(QUESTIONS[question], value)
    assert nothing is None
    assert faults[0].way_out
    assert str(faults[0]) == f"{faults[0].message} {faults[0].way_out}"


WORDS_OF_BOTH = "Hurts to sit; Hurts the next day (unsure)"


@pytest.mark.parametrize(
    ("question", "answer", "data", "words"),
    [
        ("low-back", "rounded", "rounded", "It rounds back"),
        ("low-back", "unsure", "unsure", "unsure"),
        ("strain", "no", "no", "No"),
        ("pain", ("hurts-to-sit", "hurts-next-day?"), ["hurts-to-sit", "hurts-next-day?"], WORDS_OF_BOTH),
        ("pain", (), [], "none of them"),
        ("hold", Decimal(2), 2, "2 minutes"),
        ("hold", Decimal(1), 1, "1 minute"),
        ("hold", Decimal("1.5"), 1.5, "1 minute 30 seconds"),
        ("hold", Decimal("0.6667"), 0.6667, "40 seconds"),
        ("hold", Decimal("0.001"), 0.001, "0.001 minutes"),
        ("hold", Decimal(0), 0, "0 minutes"),
        ("weeks", Decimal("1.5"), 1.5, "1.5 weeks"),
        ("breaths", Decimal(100), 100, "100 breaths"),
    ],
)  # fmt: skip
def test_in_words_and_as_data__an_answer__is_said_and_kept(
    question: str, answer: Answer, data: object, words: str
) -> None:
    assert in_words(QUESTIONS[question], answer) == words
    assert as_data(answer) == data
    assert type(as_data(answer)) is type(data)
    assert examine(QUESTIONS[question], json.loads(json.dumps(as_data(answer)))) == (answer, [])


# --- the prompt -----------------------------------------------------------------------------------------------------

REFUSED = None

TYPED: list[tuple[str, Answer | None, list[str]]] = [
    ("low-back", "curved", ["1", "one", "curved", "It curves gently in", "it curves"]),
    ("low-back", "rounded", ["2", "2.", "2)", "#2", "option 2", "Rounded", "It rounds", "it rounds back."]),
    ("low-back", "other-thing", [" 3 ", "other thing", "other_thing", "nothing", "the third one", "nothing of"]),
    ("low-back", "unsure", ["unsure", "uns", "not sure", "I don’t know"]),
    ("low-back", REFUSED, [
        "it", "0", "4", "1 2", "r", "u", "CUR", "gently", "curv", "three four",
        "2?", "?", "", "  ", "not rounded", "99999", "²", "-1", "x" * 500, "\x1b[31m",
    ]),
    ("strain", "yes", ["y", "Y", "yes", "Yes!", "yeah", "1"]),
    ("strain", "no", ["n", "NO.", "nope", "2"]),
    ("strain", "unsure", ["uns", "no idea"]),
    ("strain", REFUSED, ["yes?", "3", "yes no", "maybe", "1 2", "u", "not really", "Yes, on the left side"]),
    ("signs", ("leg-clot",), ["1", "1 1", "leg clot", "A calf that"]),
    ("signs", ("leg-clot", "nerve-signs"), ["1 3", "3,1", "1 and 3", "1, and 3", "1;3", "1+3", "1 & 3"]),
    ("signs", ("none",), ["4", "0", "none", "no", "None of these", "nothing"]),
    ("signs", ("tear-or-pop?",), ["2?", "2 ?"]),
    ("signs", ("leg-clot", "tear-or-pop?"), ["1 2?"]),
    ("signs", ("leg-clot?", "tear-or-pop?"), ["1? 2?"]),
    ("signs", ("leg-clot?",), ["leg-clot?", "1 ? ?"]),
    ("signs", ("tear-or-pop",), ["A pop, or tearing", "a pop or"]),
    ("signs", ("tear-or-pop", "nerve-signs"), ["a pop and tingling"]),
    ("signs", "unsure", ["unsure", "uns"]),
    ("signs", REFUSED, [
        "leg", "n", "a", "u", "13", "calf swollen", "pop", "pop and tingling", "not 1", "1 but not 2", "first three",
        "5", "1 5", "none 1", "4 1?", "none?", "1 1?", "1 unsure", "yes", "and", "?", ",",
    ]),
    ("pain", (), ["0", "none", "no"]),
    ("pain", ("hurts-to-sit", "hurts-next-day"), ["1 2"]),
    ("pain", ("hurts-to-sit",), ["hurts to sit"]),
    ("pain", REFUSED, ["hurts", "hurts to"]),
    ("hold", Decimal("2"), ["2", "2.0", "2 min", "2min", "2 Minutes", "2m", "two minutes", "about 2"]),
    ("hold", Decimal("0.7"), ["0,7"]),
    ("hold", Decimal("0.6667"), ["40 seconds", "40s"]),
    ("hold", Decimal("1.5"), [
        "90 sec.", "1:30", "1 min 30 sec", "1m30s", "1m30", "1:30 minutes", "1 minute and 30 seconds", "1½",
        "one and a half minutes", "a minute and a half", "ninety seconds",
    ]),
    ("hold", Decimal("60"), ["1h", "1:00:00"]),
    ("hold", Decimal("90"), ["1.5 hours", "1h30"]),
    ("hold", Decimal("2.5"), ['2\'30"', "2½ min"]),
    ("hold", Decimal("0.5"), ["½", ".5", "half a minute"]),
    ("hold", Decimal("1"), ["a minute"]),
    ("hold", Decimal("0"), ["0"]),
    ("hold", Decimal("600"), ["600"]),
    ("hold", "unsure", ["unsure", "uns", "dunno"]),
    ("hold", REFUSED, [
        "-1", "601", "1 week", "1:75", "1 3", "1 min 2 min", "1 sec 1 min", "1,000", "nan", "inf", "1e5", "1e400",
        "2 kg", "min", "2?", "u", "1'000", "1 000", "1.000", "1.30", "at least 2", "2-3", "2+", "2 breaths", "1 1/2",
        "9" * 20, "1:2:3:4", ":", "2 min and a bit", "1/2", "2²", "yes",
    ]),
    ("weeks", Decimal("2"), ["2", "14 days"]),
    ("weeks", Decimal("1"), ["1"]),
    ("weeks", Decimal("-1"), ["-1"]),
    ("weeks", Decimal("999999999"), ["999999999 weeks"]),
    ("weeks", REFUSED, ["1:30"]),
    ("breaths", Decimal("5"), ["5", "five", "5 breaths", "5 breath"]),
    ("breaths", REFUSED, ["5 minutes", "1:30", "5 6"]),
    ("numbered", REFUSED, ["1", "2", "u", "us"]),
    ("numbered", "useful", ["3", "use"]),
    ("numbered", "2", ["two"]),
    ("numbered", "unsure", ["uns"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [(question, text, answer) for question, answer, texts in TYPED for text in texts],
)
def test_typed_answer__what_people_type__is_an_answer_or_asked_back(
    question: str, text: str, answer: Answer | None
) -> None:
    if answer is REFUSED:
        with pytest.raises(AnswerFault) as raised:
            typed_answer(QUESTIONS[question], text)
        assert raised.value.way_out
    else:
        assert typed_answer(QUESTIONS[question], text) == answer


@pytest.mark.parametrize(
    ("question", "text", "candidates"),
    [
        ("low-back", "it", ("curved", "rounded")),
        ("low-back", "gently", ("curved",)),
        ("low-back", "2?", ("rounded", "unsure")),
        ("signs", "calf swollen", (("leg-clot",),)),
        ("signs", "maybe 2", (("tear-or-pop?",),)),
        ("signs", "all", (("leg-clot", "tear-or-pop", "nerve-signs"),)),
        ("pain", "hurts", (("hurts-to-sit",), ("hurts-next-day",))),
        ("numbered", "1", ("2", "1")),
        ("strain", "yes no", ("yes", "no")),
        ("strain", "Yes, on the left side", ("yes",)),
        ("hold", "1.30", (Decimal("1.3"), Decimal("1.5"))),
        ("hold", "2 to 3 min", (Decimal("2"), Decimal("3"))),
        ("hold", "1/2 minute", (Decimal("0.5"),)),
    ],
)
def test_understand__what_may_be_meant__is_asked_back(question: str, text: str, candidates: tuple[Answer, ...]) -> None:
    assert understand(QUESTIONS[question], text) == AskBack(candidates)


def test_typed_answer__a_number_out_of_bounds__names_the_bounds() -> None:
    assert understand(QUESTIONS["hold"], "601") == NotUnderstood(
        "601 minutes cannot be.", "The answer is at least 0 and at most 600 minutes."
    )


# --- whatever comes -------------------------------------------------------------------------------------------------

PIECES = ["and", "min", "sec", "h", "leg", "clot", "none", "unsure", "yes", "no", "half", "a", "it"]
WORDS = st.sampled_from([*"0123456789 ?,.:;-+'\"½", *(f" {piece}" for piece in PIECES)])
ANYTHING = st.one_of(st.text(max_size=30), st.lists(WORDS, max_size=8).map("".join))


@given(st.sampled_from(list(QUESTIONS)), ANYTHING)
@example("hold", "\ud800")
@example("hold", "٣")
@example("weeks", "0.000000001 s")
def test_typed_answer__any_text__is_an_answer_or_a_fault_to_show(question: str, text: str) -> None:
    understood = understand(QUESTIONS[question], text)
    if isinstance(understood, NotUnderstood):
        told, answers = f"{understood.message} {understood.way_out}", understood.nearest
    else:
        answers = (understood.answer,) if isinstance(understood, Taken) else understood.candidates
        told = " ".join(in_words(QUESTIONS[question], answer) for answer in answers)
    for answer in answers:
        assert examine(QUESTIONS[question], as_data(answer)) == (answer, [])
    assert told
    assert unprintable(told) is None


NAMES = st.sampled_from([*QUESTIONS, "low-bakc", "1", "", "\x1b"])
LIKELY = st.sampled_from(["yes", "unsure", "none", "leg-clot", "leg-clot?", "rounded", "2", "0,5"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | LIKELY
NESTED = st.recursive(SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(NAMES, part, max_size=2))
VALUES = st.recursive(SCALARS | st.binary() | st.decimals(), lambda part: st.lists(part, max_size=3))


@given(st.dictionaries(NAMES, NESTED, max_size=4))
def test_read_answers__any_json__is_answers_or_problems(data: dict[str, object]) -> None:
    for problem in refused(read_answers, read(json.dumps(data), "a.json"), QUESTIONS):
        assert unprintable(str(problem)) is None


@given(st.text(max_size=60))
def test_read_answers__any_text__is_answers_or_problems(text: str) -> None:
    refused(read_answers, read(text, "a.yaml"), QUESTIONS)


@given(st.sampled_from(list(QUESTIONS)), VALUES)
def test_examine__any_value__is_an_answer_that_stays_the_same(question: str, value: object) -> None:
    answer, faults = examine(QUESTIONS[question], value)
    if answer is None:
        assert faults
    else:
        assert examine(QUESTIONS[question], as_data(answer)) == (answer, [])


@pytest.mark.parametrize(
    ("bounds", "answer", "way_out"),
    [
        ("at-least: 2", "1", "The answer is at least 2 minutes."),
        ("at-most: 2", "3", "The answer is at most 2 minutes."),
        ("at-least: 1, at-most: 2", "3", "The answer is at least 1 and at most 2 minutes."),
    ],
)
def test_answers__number_outside_its_bounds__is_told_the_bounds_there_are(
    bounds: str, answer: str, way_out: str
) -> None:
    kb = kb_from(f"questions: {{hold: {{ask: How long?, type: number, unit: minutes, {bounds}}}}}")
    problems = refused(read_answers, read(f"hold: {answer}", "answers.yaml"), kb.questions)
    assert [problem.way_out for problem in problems] == [way_out]
