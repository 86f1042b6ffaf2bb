"""What is left at the end, the same whoever shows it; and format 1 of its JSON, which scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import pytest

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.model.knowledge import Answer, Outcome
from kb.report.build import (
    Citation,
    OpenQuestion,
    Report,
    ReportedFinding,
    ReportedRecommendation,
    ReportedReferral,
    Withheld,
    build_report,
    differences,
    to_json,
)
from tests.helpers import kb_from

KB = kb_from("""
pack: folds
title: Folds
version: "2.1"
limits: [No medical advice.]
credit: From a book.
stop-signs: Did anything sharp come up?
sources: {P3: {work: Book, at: page 3}, P9: {work: Book, at: page 9}, N: {work: Notes}}
questions:
  signs:
    ask: Which signs?
    type: several
    options: {clot: A swollen leg, bendy: Very bendy, none: None of these}
    self-check: Look.
  back: {ask: Your back?, type: one, options: {flat: It is flat, round: It rounds}, self-check: Feel it.}
  knee: {ask: Sore knee?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0}
safety-screens: [signs]
findings: {tight: {title: Tight hamstrings}, fragile: {title: Fragile}}
recommendations:
  lift:
    title: Sit higher
    steps: [Fold a blanket., Sit on it.]
    cue: Up.
    dose: Daily.
    self-check: Look.
    sources: [N]
  bend: {title: Bend the knees, steps: [Bend.]}
  rest: {title: Accept it, steps: [Rest.], kind: closing}
referrals:
  today: {level: stop-today, tell: See someone today., sources: [N]}
  limits: {level: gently, tell: Go gently., sources: [P9]}
rules:
  clot: {when: {signs: clot}, then: {refer: today, find: fragile}, because: A clot is urgent., source: N}
  bendy: {when: {signs: [bendy, "bendy?"]}, then: {refer: limits, find: fragile}, because: They overdo., source: N}
  rounds: {when: {back: [round, unsure]}, then: {find: tight, recommend: lift}, because: It rounds., source: [P3, N]}
  short: {when: {hold: {below: 1}}, then: {find: tight, recommend: [bend, lift]}, because: Too short., source: P9}
  again: {when: {hold: {below: 2}}, then: {recommend: bend}, because: Too short., source: P3}
  held: {when: {knee: yes}, then: {withhold: bend}, because: Knees dislike it., source: P9}
  held-too: {when: {knee: yes, back: round}, then: {withhold: bend}, because: So do backs., source: P9}
  enough: {when: {back: flat}, then: {recommend: rest}, because: It is flat., source: P3}
""")
ENGINE = Engine(KB)


def reported(answers: Mapping[str, Answer]) -> Report:
    return build_report(Session.begin(ENGINE, answers))


SIGNS = OpenQuestion("signs", "Which signs?", "Look.")
BACK = OpenQuestion("back", "Your back?", "Feel it.")
KNEE = OpenQuestion("knee", "Sore knee?", "")
HOLD = OpenQuestion("hold", "How long?", "")
LIFT = ReportedRecommendation(
    id="lift",
    title="Sit higher",
    steps=("Fold a blanket.", "Sit on it."),
    cue="Up.",
    dose="Daily.",
    self_check="Look.",
    because=("It rounds.", "Too short."),
    sources=(Citation("N", "Notes"), Citation("P3", "page 3"), Citation("P9", "page 9")),
    rules=("rounds", "short"),
    provisional=False,
    closing=False,
)


# --- what a report says -----------------------------------------------------------------------------------------------


def test_report__of_advice__gathers_all_there_is_to_say() -> None:
    report = reported({"hold": Decimal("0.5"), "knee": "yes", "back": "round", "signs": ("bendy",)})
    assert report == Report(
        pack="folds",
        version="2.1",
        outcome=Outcome.ADVISE_GENTLY,
        findings=(
            ReportedFinding("tight", "Tight hamstrings", ("It rounds.", "Too short."), ("rounds", "short")),
            ReportedFinding("fragile", "Fragile", ("They overdo.",), ("bendy",)),
        ),
        recommendations=(LIFT,),
        withheld=(Withheld("bend", "Bend the knees", ("Knees dislike it.", "So do backs.")),),
        referrals=(ReportedReferral("limits", "gently", "Go gently.", ("They overdo.",), (Citation("P9", "page 9"),)),),
        open_questions=(),
        unsure=(),
        answers={"signs": ("bendy",), "back": "round", "knee": "yes", "hold": Decimal("0.5")},
        stop_signs="Did anything sharp come up?",
        limits=("No medical advice.",),
        credit="From a book.",
    )
    assert list(report.answers) == ["signs", "back", "knee", "hold"], "answers stand in the pack's order"


def test_report__a_reason_that_two_rules_give__is_said_once() -> None:
    (bend,) = reported({"signs": ("none",), "hold": Decimal("0.5"), "back": "flat", "knee": "no"}).recommendations[1:2]
    assert (bend.id, bend.because, bend.rules) == ("bend", ("Too short.",), ("again", "short"))


@pytest.mark.parametrize(
    ("answers", "outcome", "recommendations"),
    [
        ({"back": "unsure", "hold": Decimal(3)}, Outcome.CHECK_FIRST, [("lift", True, False)]),
        (
            {"back": "unsure", "hold": Decimal("0.5")},
            Outcome.ADVISE,
            [("lift", False, False), ("bend", False, False)],
        ),
        ({"back": "unsure", "hold": Decimal(1)}, Outcome.ADVISE, [("lift", True, False), ("bend", False, False)]),
        ({"back": "flat", "hold": Decimal(3)}, Outcome.NO_CHANGE, [("rest", False, True)]),
    ],
)
def test_recommendations__firm_provisional_or_closing__say_which(
    answers: Mapping[str, Answer], outcome: Outcome, recommendations: list[tuple[str, bool, bool]]
) -> None:
    report = reported({"signs": ("none",), **answers})
    assert report.outcome is outcome
    assert [(each.id, each.provisional, each.closing) for each in report.recommendations] == recommendations


@pytest.mark.parametrize(
    ("answers", "findings"),
    [
        pytest.param({"signs": ("none",), "back": "round"}, ["tight"], id="screened"),
        pytest.param({"back": "round"}, [], id="before the screens"),
        pytest.param({"signs": ("clot",), "back": "round"}, ["fragile"], id="beside a stop, only what stops"),
        pytest.param({"signs": ("bendy",), "back": "round"}, ["tight", "fragile"], id="beside limits"),
        pytest.param({"signs": ("none",), "back": "flat"}, [], id="ruled out"),
        pytest.param({}, [], id="open"),
    ],
)
def test_findings__beside_a_stop_and_before_the_screens__are_not_shown(
    answers: Mapping[str, Answer], findings: list[str]
) -> None:
    assert [each.id for each in reported(answers).findings] == findings


@pytest.mark.parametrize(
    ("answers", "unsure", "open_questions"),
    [
        ({}, (), (SIGNS, BACK, KNEE, HOLD)),
        ({"back": "round"}, (), (SIGNS, KNEE, HOLD)),
        ({"signs": ("none",), "back": "unsure", "hold": "unsure", "knee": "unsure"}, (BACK, KNEE, HOLD), ()),
        ({"signs": ("bendy?",), "back": "flat"}, (SIGNS,), (KNEE, HOLD)),
        ({"signs": "unsure", "back": "round", "knee": "no"}, (SIGNS,), ()),  # no rule refers for an unsure clot
        ({"signs": ("bendy",), "back": "flat", "hold": Decimal(3)}, (), ()),
    ],
)
def test_questions__unsure_or_still_open__are_listed_with_how_to_settle_them(
    answers: Mapping[str, Answer], unsure: tuple[OpenQuestion, ...], open_questions: tuple[OpenQuestion, ...]
) -> None:
    report = reported(answers)
    assert report.unsure == unsure
    assert report.open_questions == open_questions


def test_report__answers_in_any_order__is_the_same_byte_for_byte() -> None:
    answers: dict[str, Answer] = {"signs": ("bendy",), "back": "unsure", "knee": "yes", "hold": Decimal("0.5")}
    backwards = dict(reversed(answers.items()))
    assert reported(answers) == reported(backwards)
    assert to_json(reported(answers)) == to_json(reported(backwards))


# --- JSON, format 1 ---------------------------------------------------------------------------------------------------


def keys(data: object) -> object:
    """Return the shape of JSON: the keys of each object in their order, and the shape of a list's first item."""
    if isinstance(data, dict):
        return {name: keys(value) for name, value in data.items()}
    if isinstance(data, list):
        return [keys(value) for value in data[:1]]
    return type(data).__name__


FORMAT_1 = {
    "format": "int",
    "pack": {"id": "str", "version": "str"},
    "outcome": "str",
    "findings": [{"id": "str", "title": "str", "because": "str", "rules": ["str"], "intermediate": "bool"}],
    "recommendations": [
        {
            "id": "str",
            "title": "str",
            "steps": ["str"],
            "because": ["str"],
            "sources": [{"id": "str", "at": "str"}],
            "rules": ["str"],
            "provisional": "bool",
            "covers": ["str"],
            "inferred": ["str"],
        }
    ],
    "withheld": [{"id": "str", "because": "str"}],
    "referrals": [{"id": "str", "level": "str", "tell": "str", "sources": [{"id": "str", "at": "str"}]}],
    "open_questions": ["str"],
    "answers": {"signs": ["str"], "back": "str", "knee": "str"},
}


def test_json__format_1__has_these_keys_in_this_order_and_no_others() -> None:
    """Scripts rely on this. Whoever must change it makes a format 2."""
    # Every list of this report has something in it, so none can lose or gain a key unseen.
    pack = kb_from("""
pack: folds
version: "2.1"
sources: {N: {work: Notes}}
questions:
  signs: {ask: Which signs?, type: several, options: {bendy: Very bendy, none: None}}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Sore knee?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes}
findings: {tight: {title: Tight}}
recommendations:
  lift: {title: Lift, steps: [Lift.], covers: rest}
  bend: {title: Bend, steps: [Bend.]}
  rest: {title: Rest, steps: [Rest.]}
  stay: {title: Stay, steps: [Stay.]}
referrals: {limits: {level: gently, tell: Go gently., sources: [N]}}
rules:
  bendy: {when: {signs: bendy}, then: {refer: limits}, because: Bendy., source: N}
  round:
    when: {back: round}
    then: {find: tight, recommend: [lift, bend, rest]}
    because: Round.
    source: N
    inferred: yes
  knee: {when: {knee: yes}, then: {withhold: bend}, because: Knees., source: N}
  hold: {when: {hold: 2}, then: {recommend: stay}, because: Long., source: N}
""")
    session = Session.begin(Engine(pack), {"signs": ("bendy",), "back": "round", "knee": "yes"})
    shape = keys(json.loads(to_json(build_report(session))))
    assert shape == FORMAT_1
    assert json.dumps(shape) == json.dumps(FORMAT_1), "the order of the keys"


def test_json__of_a_report__is_written_so() -> None:
    report = reported({"signs": ("bendy?",), "hold": Decimal("1.50"), "back": "flat", "knee": "unsure"})
    assert to_json(report) == (
        """{
  "format": 1,
  "pack": {
    "id": "folds",
    "version": "2.1"
  },
  "outcome": "advise-gently",
  "findings": [
    {
      "id": "fragile",
      "title": "Fragile",
      "because": "They overdo.",
      "rules": [
        "bendy"
      ],
      "intermediate": false
    }
  ],
  "recommendations": [
    {
      "id": "bend",
      "title": "Bend the knees",
      "steps": [
        "Bend."
      ],
      "because": [
        "Too short."
      ],
      "sources": [
        {
          "id": "P3",
          "at": "page 3"
        }
      ],
      "rules": [
        "again"
      ],
      "provisional": false,
      "covers": [],
      "inferred": []
    },
    {
      "id": "rest",
      "title": "Accept it",
      "steps": [
        "Rest."
      ],
      "because": [
        "It is flat."
      ],
      "sources": [
        {
          "id": "P3",
          "at": "page 3"
        }
      ],
      "rules": [
        "enough"
      ],
      "provisional": false,
      "covers": [],
      "inferred": []
    }
  ],
  "withheld": [],
  "referrals": [
    {
      "id": "limits",
      "level": "gently",
      "tell": "Go gently.",
      "sources": [
        {
          "id": "P9",
          "at": "page 9"
        }
      ],
      "unsure": [
        "signs"
      ]
    }
  ],
  "open_questions": [],
  "answers": {
    "signs": [
      "bendy?"
    ],
    "back": "flat",
    "knee": "unsure",
    "hold": 1.5
  }
}
"""
    )


@pytest.mark.parametrize(
    ("question", "answer", "written"),
    [
        ("hold", Decimal(2), "2"),
        ("hold", Decimal("2.0"), "2"),
        ("hold", Decimal("0.5"), "0.5"),
        ("hold", "unsure", '"unsure"'),
        ("knee", "no", '"no"'),
        ("signs", ("none",), '["none"]'),
        ("signs", ("clot?", "bendy"), '["clot?", "bendy"]'),
    ],
)
def test_json__any_answer__is_written_as_a_file_of_answers_has_it(question: str, answer: Answer, written: str) -> None:
    assert json.loads(to_json(reported({question: answer})))["answers"] == {question: json.loads(written)}


def test_json__letters_beyond_ascii__stand_as_they_are() -> None:
    kb = kb_from("pack: folds\nversion: “é”\n")
    assert '"version": "“é”"' in to_json(build_report(Session.begin(Engine(kb))))


# --- what changed -----------------------------------------------------------------------------------------------------

CLEAR: dict[str, Answer] = {"signs": ("none",), "back": "round", "knee": "no", "hold": Decimal(3)}


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({}, ()),
        ({"knee": "unsure"}, ()),
        ({"hold": Decimal(1)}, ("New advice: Bend the knees.",)),
        (
            {"back": "flat"},
            (
                "The outcome was advise; it is now no-change.",
                "New advice: Accept it.",
                "No longer advised: Sit higher.",
            ),
        ),
        ({"back": "unsure"}, ("The outcome was advise; it is now check-first.",)),
        (
            {"signs": ("bendy",)},
            ("The outcome was advise; it is now advise-gently.", "Go gently."),
        ),
        (
            {"signs": ("clot", "bendy")},
            (
                "The outcome was advise; it is now stop-today.",
                "No longer advised: Sit higher.",
                "See someone today.",
                "Go gently.",
            ),
        ),
    ],
)
def test_differences__after_a_change__are_told_in_sentences(
    change: Mapping[str, Answer], lines: tuple[str, ...]
) -> None:
    assert differences(reported(CLEAR), reported({**CLEAR, **change})) == lines


def test_differences__when_a_referral_falls_away__say_so_without_an_all_clear() -> None:
    assert differences(reported({**CLEAR, "signs": ("clot", "bendy")}), reported({**CLEAR, "signs": ("bendy",)})) == (
        "The outcome was stop-today; it is now advise-gently.",
        "New advice: Sit higher.",
        "Something that stood in the way before no longer does, by what you answered now.",
    )
