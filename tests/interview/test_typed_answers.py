"""What is typed is never misread: a table of real inputs, and what must hold at every question there could be.

How much of the table is understood, `python -m tests.typed_answers` says as well.
"""

from __future__ import annotations

import random
import string
from decimal import Decimal
from pathlib import Path

import pytest

from kb.interview.amounts import Amounts, read_amount
from kb.interview.typed_answers import AskBack, NotUnderstood, Taken, names_option, stopping_questions, understand
from kb.language.loading import load
from kb.model.knowledge import NONE, Answer, Kind, Option, Question
from kb.workbench.checks import check
from tests import typed_answers as table
from tests.helpers import kb_from

SHIPPED = load(cases=False)
TUTORIAL = load(Path(__file__).parent.parent.parent / "docs" / "tutorial" / "wrists", cases=False)
ROWS = [*table.rows(SHIPPED)]

# --- the table --------------------------------------------------------------------------------------------------------


def test_table__of_what_people_type__has_many_inputs_at_every_question_that_is_written_down() -> None:
    assert len(ROWS) >= 300
    assert {row.question for row in ROWS} >= {question.id for question in SHIPPED.written_questions} - FEW


FEW = {
    *("as-close-as-alignment-allows", "alignment-while-breathing", "eased-after-hold", "joints-slip-or-hurt"),
    *("fragile-bones-signs", "knees-turned-unawares", "spine-long", "spine-square", "stuck-in-folds", "took-break"),
}
"""Questions answered with yes or no, as others that the table has."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.question}: {row.typed}")
def test_typed__at_a_shipped_question__is_never_taken_for_what_it_does_not_say(row: table.Row) -> None:
    assert not table.misread(row, table.understood(SHIPPED, row))


def test_typed__that_a_person_would_understand__is_understood_nine_times_in_ten() -> None:
    meant = [row for row in ROWS if row.wanted != "no"]
    understood = [row for row in meant if table.fits(row, table.understood(SHIPPED, row))]
    assert len(understood) >= 0.9 * len(meant), f"{len(understood)} of {len(meant)}"


# --- every question ---------------------------------------------------------------------------------------------------

WORDS = (
    *("heel", "toe", "spine", "breath", "floor", "wall", "left", "right", "rounded", "long", "short", "deep", "never"),
    *("often", "sharp", "warm", "cold", "tight", "loose", "knee", "hip", "rests", "lifts", "turns", "back", "front"),
    *(
        "behind",
        "under",
        "above",
        "small",
        "big",
        "first",
        "one",
        "two",
        "both",
        "none",
        "nothing",
        "unsure",
        "sitting",
    ),
)


def _generated(seed: int) -> Question:
    """Return a question whose options have other names, texts and aliases than one another, as the check wants it."""
    chance = random.Random(seed)
    texts: dict[tuple[str, ...], str] = {}
    while len(texts) < 24:
        phrase = chance.sample(WORDS, chance.randint(2, 5))
        texts[tuple(phrase)] = f" {chance.choice(['and', ',', '-', 'é'])} ".join(phrase).capitalize()
    phrases = list(texts.values())
    names = chance.sample([f"{one}-{other}" for one in WORDS[:20] for other in WORDS[:20] if one != other], 8)
    kind = chance.choice([Kind.ONE, Kind.SEVERAL])
    options = [Option(name, phrases.pop(), (phrases.pop(), phrases.pop())) for name in names[: chance.randint(2, 6)]]
    none = [Option(NONE, "None of these")] if kind is Kind.SEVERAL and chance.random() < 0.5 else []
    return Question(f"generated-{seed}", "Which?", kind, (*options, *none))


QUESTIONS = [
    *(pytest.param(question, kb, id=question.id) for kb in (SHIPPED, TUTORIAL) for question in kb.questions.values()),
    *(pytest.param(_generated(seed), None, id=f"generated-{seed}") for seed in range(200)),
]


def _alone(question: Question, name: str) -> Answer:
    return (name,) if question.kind is Kind.SEVERAL else name


@pytest.mark.parametrize(("question", "kb"), QUESTIONS)
def test_option__by_its_text_id_alias_or_number__is_that_option_and_no_other(question: Question, kb: object) -> None:
    for number, option in enumerate(question.options, start=1):
        for said in (option.text, option.id, *option.also, str(number), f"number {number}", option.text.upper()):
            came = understand(question, said, can_stop=True)  # where least is taken
            assert came == Taken(_alone(question, option.id)), said


@pytest.mark.parametrize(("question", "kb"), QUESTIONS)
def test_single_letter__at_any_question__chooses_nothing_but_yes_and_no(question: Question, kb: object) -> None:
    taken = {letter for letter in string.ascii_letters if isinstance(understand(question, letter), Taken)}
    assert taken == (set("yYnN") if question.kind is Kind.YES_NO else set())


@pytest.mark.parametrize(("question", "kb"), QUESTIONS)
def test_words__that_are_taken_for_one_option__can_mean_no_other(question: Question, kb: object) -> None:
    if question.kind not in (Kind.ONE, Kind.SEVERAL):
        return
    chance = random.Random(question.id)
    called = {
        option.id: [" ".join(_words(said)) for said in (option.text, option.id, *option.also)]
        for option in question.options
    }
    known = sorted({word for texts in called.values() for text in texts for word in text.split()} - MEANING_ELSE)
    for _ in range(100):
        typed = " ".join(chance.choice(known)[: chance.choice([3, 4, 20])] for _ in range(chance.randint(1, 3)))
        came = understand(question, typed)
        options = [option.id for option in question.options]
        if not isinstance(came, Taken) or came.answer not in [_alone(question, name) for name in options]:
            continue
        whole = [name for name in options if typed in called[name] or all(w in called[name] for w in typed.split())]
        begun = [name for name in options if called[name][0].startswith(typed)]
        assert [_alone(question, name) for name in whole or begun] == [came.answer], typed
        assert whole or understand(question, typed, can_stop=True) != came, typed


MEANING_ELSE = {"and", "none", "nothing", "no", "of", "these", "yes", "unsure", "first", *"0123456789"}
MEANING_ELSE |= {"one", "two", "three", "six"}
"""Words that are numbers, part lists, or say none or unsure."""


def _words(said: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in said.lower().replace("'", "").replace("’", "")).split()


# --- the order of meanings --------------------------------------------------------------------------------------------

ODD = kb_from("""
questions:
  often: {ask: How often?, type: one, options: {often: Often, dont-know: "Don’t know", back: Back, again: Again}}
  what: {ask: What?, type: several, options: {heat: Heat, nothing: Nothing, back: Back, neck: Neck}}
  scale: {ask: How bad?, type: one, options: {nought: "0", one: "1", two: "2", three: "3"}}
  some: {ask: Which?, type: several, options: {nought: "0", one: "1", two: "2"}}
  size: {ask: How many?, type: one, options: {a: 2 or more, b: 1, c: Fewer}}
  signs: {ask: Which?, type: several, options: {plus: "C++", sharp: "C#", bare: C}}
  place: {ask: Where?, type: several, options: {neck: Neck, arm: Arm, back: Back}}
  night: {ask: When?, type: several, options: {only-night: Only at night, day: By day}}
  angle: {ask: How far?, type: number, unit: degrees}
  warmth: {ask: How warm?, type: number, unit: °C}
  share: {ask: How much?, type: number, unit: percent}
""").questions


@pytest.mark.parametrize(
    ("question", "typed", "came"),
    [
        ("often", "Don't know", Taken("dont-know")),
        ("often", "unsure", Taken("unsure")),
        ("what", "Nothing", Taken(("nothing",))),
        ("what", "none", Taken(())),
        ("what", "back?", Taken(("back?",))),
        ("scale", "1", Taken("one")),
        ("scale", "0", Taken("nought")),
        ("some", "0", Taken(("nought",))),
        ("some", "0 2", Taken(("nought", "two"))),
        ("size", "2", AskBack(("b", "a"))),
        ("size", "number 2", Taken("b")),
        ("size", "1", Taken("b")),
        ("size", "2 or more", Taken("a")),
        ("signs", "c", Taken(("bare",))),
        ("signs", "C#", Taken(("sharp",))),
        ("signs", "c++", Taken(("plus",))),
        ("place", "n/a", AskBack(((),))),
        ("night", "only 1", Taken(("only-night",))),
        ("night", "no, 2", NotUnderstood),
        ("angle", "45°", Taken(45)),
        ("angle", "45 deg", Taken(45)),
        ("warmth", "24 °C", Taken(24)),
        ("warmth", "24 °F", NotUnderstood),
        ("warmth", "24°", AskBack((24,))),
        ("share", "50 %", Taken(50)),
        ("share", "fifty per cent", Taken(50)),
        ("share", "50 kg", NotUnderstood),
    ],
)
def test_meaning__by_the_order_of_meanings__comes_out_first(question: str, typed: str, came: object) -> None:
    understood = understand(ODD[question], typed)
    assert isinstance(understood, NotUnderstood) if came is NotUnderstood else understood == came


@pytest.mark.parametrize(
    ("question", "typed", "is_one"),
    [("often", "back", True), ("often", "again", True), ("what", "back?", True), ("often", "why", False)],
)
def test_names_option__a_word_that_is_a_command_too__is_the_option(question: str, typed: str, is_one: bool) -> None:
    assert names_option(ODD[question], typed) is is_one


def test_stopping_questions__of_a_pack__are_its_screens_and_those_of_which_one_answer_stops() -> None:
    kb = kb_from("""
safety-screens: [screen]
sources: {A: {work: A book}}
questions:
  screen: {ask: Danger?, type: yes-no}
  alone: {ask: Numb?, type: yes-no}
  found: {ask: Hot?, type: yes-no}
  half: {ask: Old?, type: yes-no}
  other: {ask: Young?, type: yes-no}
  gentle: {ask: Tired?, type: yes-no}
findings: {hot: {title: It is hot}}
referrals: {stop: {level: stop-today, tell: Stop.}, slow: {level: gently, tell: Slowly.}}
rules:
  alone: {when: {any: [{alone: yes}, {half: yes, other: yes}]}, then: {refer: stop}, because: So., source: A}
  finds: {when: {found: yes}, then: {find: hot}, because: So., source: A}
  found: {when: {finding: hot}, then: {refer: stop}, because: So., source: A}
  gentle: {when: {gentle: yes}, then: {refer: slow}, because: So., source: A}
""")
    assert stopping_questions(kb) == {"screen", "alone", "found"}


def test_shipped_aliases__checked__are_told_apart() -> None:
    assert [str(each) for each in check(SHIPPED, only=["same-words", "word-with-a-meaning"])] == []
    assert sum(len(option.also) for question in SHIPPED.questions.values() for option in question.options) > 300


def test_amount__of_ranges_in_ranges__is_refused_at_once() -> None:
    assert read_amount("minutes", "-".join(["1"] * 90)) == Amounts()
    assert read_amount("minutes", "1-2") == Amounts((Decimal(1), Decimal(2)), certain=False)
