"""Why a case fails: the firings that made the difference, and what kept other rules from firing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.model.conditions import All, Answered, Condition, Found, Not, Within
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Answer, Case, Expectation, KnowledgeBase, Outcome
from kb.workbench.cases.failures import Difference, answered, differences, line_text, reasons
from kb.workbench.cases.replay import ANY, Part, replay
from tests.helpers import kb_from
from tests.property.strategies import interviews

PACK = """
pack: odd
title: Odd
version: "1"
safety-screens: [signs]
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: Clot, faint: Faint, bendy: Bendy, none: None}}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Sore knee?, type: yes-no}
  foot: {ask: Numb foot?, type: yes-no}
  felt: {ask: Felt it?, type: yes-no, after-advice: yes}
findings: {tight: {title: Tight}}
recommendations:
  lift: {title: Lift, steps: [Lift.]}
  bend: {title: Bend, steps: [Bend.]}
  rest: {title: Rest, steps: [Rest.]}
  stay: {title: Stay, steps: [Stay.]}
referrals:
  now: {level: stop-emergency, tell: Call.}
  today: {level: stop-today, tell: See someone today.}
  limits: {level: gently, tell: Go gently.}
rules:
  faint: {when: {signs: faint}, then: {refer: now}, because: So., source: B}
  clot: {when: {signs: clot}, then: {refer: today}, because: So., source: B}
  bendy: {when: {signs: bendy}, then: {refer: limits}, because: So., source: B}
  round: {when: {back: [round, unsure]}, then: {find: tight, recommend: lift}, because: So., source: B}
  sore: {when: {finding: tight, knee: yes}, then: {recommend: bend}, because: So., source: B}
  numb: {when: {foot: yes, not: {finding: tight}}, then: {withhold: bend, recommend: rest}, because: So., source: B}
  lame: {when: {knee: yes, any: [{foot: yes}, {back: flat}]}, then: {recommend: bend}, because: So., source: B}
  hurt: {when: {felt: yes}, then: {refer: today}, because: So., source: B}
"""


def kb_with(answers: str, expect: str) -> KnowledgeBase:
    return kb_from(f"{PACK}cases:\n  - {{id: one, title: One, answers: {{{answers}}}, expect: {{{expect}}}}}\n")


def told(answers: str, expect: str) -> dict[str, list[str]]:
    """Return the causes by the failures they explain; places are left out."""
    kb = kb_with(answers, expect)
    engine = Engine(kb)
    places = {f" ({rule.place})" for rule in kb.rules.values()}
    explained: dict[str, list[str]] = {}
    for reason in reasons(engine, replay(engine, kb.cases[0])):
        causes = list(reason.causes)
        for place in places:
            causes = [cause.replace(place, "") for cause in causes]
        explained["; ".join(reason.failures)] = causes
    return explained


# --- what differs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "expect", "shown"),
    [
        ("signs: none, back: round", "outcome: advise, in-order: [lift]", []),
        (
            "signs: none, back: round",
            "outcome: no-change, in-order: [lift]",
            [(Part.OUTCOME, "no-change", "advise")],
        ),
        (
            "signs: none, back: round, knee: yes",
            "outcome: advise, in-order: [bend, rest], may-add: [lift]",
            [(Part.IN_ORDER, "bend, rest", "bend")],
        ),
        (
            "signs: none, back: round, knee: yes",
            "outcome: advise, in-order: [], may-add: [bend]",
            [(Part.IN_ORDER, "nothing", "lift")],
        ),
        (
            "signs: none, back: round, knee: yes",
            "outcome: advise, never: [bend, rest]",
            [(Part.NEVER, "not bend", "bend")],
        ),
        ("signs: none, back: round", "outcome: advise, never: any", [(Part.NEVER, "nothing", "lift")]),
        (
            "signs: clot",
            "outcome: stop-today, findings: [tight], referrals: [limits]",
            [(Part.FINDINGS, "tight", "nothing"), (Part.REFERRALS, "limits", "today")],
        ),
    ],
)
def test_differences__of_a_replay__are_the_parts_that_differ(
    answers: str, expect: str, shown: list[tuple[Part, str, str]]
) -> None:
    kb = kb_with(answers, expect)
    assert differences(replay(Engine(kb), kb.cases[0])) == tuple(Difference(*each) for each in shown)


# --- why --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "expect", "explained"),
    [
        pytest.param("signs: none, back: round", "outcome: advise", {}, id="nothing fails"),
        pytest.param(
            "signs: none, back: round, knee: no",
            "outcome: advise, never: [lift]",
            {"lift is given, expected never": ["Rule round gives lift, because back: round."]},
            id="given unexpectedly",
        ),
        pytest.param(
            "signs: none, back: round, knee: yes",
            "outcome: advise, in-order: [lift]",
            {
                "bend is given, not expected": [
                    "Rule sore gives bend, because knee: yes and the finding tight is found.",
                    "Rule round finds tight, because back: round.",
                ]
            },
            id="given through a finding",
        ),
        pytest.param(
            "signs: none, back: round, knee: no",
            "outcome: advise, in-order: [lift, bend]",
            {
                "bend is not given": [
                    "Rule sore does not apply: “knee: yes” is answered no.",
                    (
                        "Rule lame does not apply: “knee: yes” is answered no, "
                        "and “any: [{foot: yes}, {back: flat}]” is open, since foot is not answered."
                    ),
                ]
            },
            id="not given, by what rules lack",
        ),
        pytest.param(
            "signs: none, back: flat, foot: unsure",
            "outcome: incomplete, in-order: [bend, rest]",
            {
                "bend is not given": [
                    "Rule lame does not apply: “knee: yes” is not answered.",
                    (
                        "Rule sore does not apply: “finding: tight” is ruled out by back: flat, and “knee: yes” is not "
                        "answered."
                    ),
                ],
                "rest is not given": ["Rule numb does not apply: “foot: yes” is answered unsure."],
            },
            id="not given, nearest rule first",
        ),
        pytest.param(
            "signs: none, back: flat, knee: yes, foot: yes",
            "outcome: advise, in-order: [bend, rest]",
            {"bend is not given": ["Rule numb withholds bend, because back: flat, foot: yes."]},
            id="withheld",
        ),
        pytest.param(
            "signs: clot, back: round",
            "outcome: stop-today, in-order: [lift]",
            {"lift is not given": ["The referral today stopped everything: Rule clot, because signs: clot."]},
            id="stopped",
        ),
        pytest.param(
            "back: round",
            "outcome: advise, in-order: [lift]",
            {
                "the outcome is incomplete, expected advise; lift is not given": [
                    "Nothing is given before the safety questions are answered; not answered: signs."
                ]
            },
            id="not screened",
        ),
        pytest.param(
            "signs: none, back: round",
            "outcome: advise, in-order: [lift, stay]",
            {"stay is not given": ["No rule gives stay."]},
            id="nobody gives it",
        ),
        pytest.param(
            "signs: none, back: round, knee: yes",
            "outcome: advise, in-order: [bend, lift]",
            {
                "the order is lift, bend, expected bend, lift": [
                    "Recommendations come in the pack’s order, which no rule changes."
                ]
            },
            id="the order",
        ),
        pytest.param(
            "signs: bendy, back: flat",
            "outcome: incomplete, findings: [tight], referrals: [today]",
            {
                "the finding tight is missing": [
                    "Rule round does not apply: “back: [round, unsure]” is answered flat."
                ],
                "the referral today is missing": [
                    "Rule hurt does not apply: “felt: yes” is not answered.",
                    "Rule clot does not apply: “signs: clot” is answered bendy.",
                ],
                "the referral limits is not expected": ["Rule bendy refers to limits, because signs: bendy."],
            },
            id="findings and referrals",
        ),
    ],
)
def test_reasons__of_a_failing_case__name_rules_answers_and_obstacles(
    answers: str, expect: str, explained: dict[str, list[str]]
) -> None:
    assert told(answers, expect) == explained


ROUND = "Rule round could find a fault and is not ruled out: back is not answered."


@pytest.mark.parametrize(
    ("answers", "expected", "causes"),
    [
        (
            "signs: faint",
            "stop-today",
            [
                "Rule faint refers to now, because signs: faint.",
                "Rule hurt does not apply: “felt: yes” is not answered.",
                "Rule clot does not apply: “signs: clot” is answered faint.",
            ],
        ),
        (
            "signs: [faint, clot], felt: no",
            "stop-today",
            [
                "Rule faint refers to now, because signs: [clot, faint].",
                "Rule clot refers at the level stop-today, and a stronger referral decides.",
                "Rule hurt does not apply: “felt: yes” is answered no.",
            ],
        ),
        ("signs: none, back: round", "clinician-first", ["No rule refers at the level clinician-first."]),
        ("signs: none, back: round", "advise-gently", ["Rule bendy does not apply: “signs: bendy” is answered none."]),
        ("signs: bendy, back: round", "advise", ["Rule bendy refers to limits, because signs: bendy."]),
        ("signs: none, back: unsure", "advise", ["All that is given rests on answers that are unsure: back."]),
        ("signs: none, back: round", "check-first", ["Rule round gives lift, because back: round."]),
        ("signs: none, back: round", "no-change", ["Rule round gives lift, because back: round."]),
        (
            "back: round",
            "no-change",
            ["Nothing is given before the safety questions are answered; not answered: signs."],
        ),
        (
            "signs: none, foot: no, knee: no",
            "no-change",
            [ROUND],
        ),
        (
            "signs: none, knee: unsure",
            "no-change",
            [
                ROUND,
                "Rule sore could find a fault and is not ruled out: back is not answered and knee is unsure.",
                "Rule numb could find a fault and is not ruled out: back, foot are not answered.",
                "1 more rule is not ruled out either.",
            ],
        ),
        (
            "signs: none, back: flat, knee: unsure, foot: no",
            "no-change, in-order: [stay]",
            ["Rule lame could find a fault and is not ruled out: knee is unsure."],
        ),
        ("signs: none, foot: no, knee: no", "advise, in-order: [lift]", ["No correction is given."]),
        (
            "signs: none, back: flat, knee: no, foot: no",
            "advise",
            ["No correction is given.", "Every rule that could find a fault is ruled out."],
        ),
    ],
)
def test_reasons__of_another_outcome__name_what_decided_it(answers: str, expected: str, causes: list[str]) -> None:
    sentence, found = next(iter(told(answers, f"outcome: {expected}").items()))
    assert (sentence.split(", expected ")[1], found) == (expected.split(",")[0], causes)


@pytest.mark.law
@given(interviews(), st.data())
@settings(max_examples=150, deadline=None)
def test_reasons__of_random_cases__give_every_failure_a_cause(
    drawn: tuple[KnowledgeBase, list[tuple[str, Answer]]], data: st.DataObject
) -> None:
    kb, answers = drawn

    def some(names: dict[str, object]) -> tuple[str, ...]:
        return tuple(data.draw(st.lists(st.sampled_from([*names]), unique=True)) if names else ())

    expect = Expectation(
        outcome=data.draw(st.sampled_from(list(Outcome))).value,
        in_order=some(kb.recommendations),
        never=data.draw(st.sampled_from([(), (ANY,)])),
        findings=some(kb.findings),
        referrals=some(kb.referrals),
    )
    engine = Engine(kb)
    replayed = replay(engine, Case("one", "One", dict(answers), expect))
    explained = reasons(engine, replayed)
    assert sorted(failure for reason in explained for failure in reason.failures) == sorted(replayed.failures)
    assert all(reason.causes and all(reason.causes) for reason in explained)
    assert not any("because ." in cause or ": ." in cause for reason in explained for cause in reason.causes)


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Answered("back", ("round",)), "back: round"),
        (Answered("signs", ("clot", "clot?")), 'signs: [clot, "clot?"]'),
        (Within("hold", unsure=True), "hold: unsure"),
        (Found(("tight", "stiff")), "finding: [tight, stiff]"),
        (Not(Answered("back", ("round",))), "not: {back: round}"),
        (All((Answered("back", ("round",)), Found(("tight",)))), "back: round, finding: tight"),
        (AnyOf((Answered("back", ("round",)), Found(("tight",)))), "any: [{back: round}, {finding: tight}]"),
    ],
)
def test_line_text__of_a_condition__is_what_its_author_could_have_written(condition: Condition, text: str) -> None:
    assert line_text(condition) == text


def test_answered__of_answers__is_one_line() -> None:
    assert answered({"back": "round", "signs": ("clot?", "bendy")}) == 'back: round, signs: ["clot?", bendy]'
