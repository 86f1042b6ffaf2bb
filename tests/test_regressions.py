"""Bugs that were there once, each by the smallest pack that showed it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from kb.explanation.explanation import explain_why_not
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.answers import AnswerFault, examine
from kb.model.knowledge import Outcome
from tests.helpers import kb_from
from tests.people import typed_answer

AFTER = """
sources: {B: {work: Book}}
questions:
  new-sign: {ask: Anything new?, type: yes-no, after-advice: yes}
  knee: {ask: Your knee?, type: yes-no}
findings: {new: {title: New}}
recommendations: {bend: {title: Bend, steps: [Bend.]}}
rules:
"""


def test_open_questions__an_alternative_beside_one_after_the_advice__is_asked() -> None:  # A
    rule = "  r: {when: {any: [{new-sign: yes}, {knee: yes}]}, then: {recommend: bend}, because: So., source: B}"
    session = Session.begin(Engine(kb_from(AFTER + rule)))
    assert (session.open_questions, session.advice.outcome) == (("knee",), Outcome.INCOMPLETE)


def test_open_questions__a_rule_that_cannot_hold_before_the_advice__asks_nothing() -> None:  # B
    rule = "  r: {when: {knee: yes, new-sign: yes}, then: {recommend: bend}, because: So., source: B}"
    assert Session.begin(Engine(kb_from(AFTER + rule))).open_questions == ()


def test_outcome__a_rule_about_the_time_after_the_advice_through_a_finding__does_not_hinder_no_change() -> None:  # C
    rules = """
  n: {when: {new-sign: yes}, then: {find: new}, because: So., source: B}
  r: {when: {finding: new}, then: {recommend: bend}, because: So., source: B}
"""
    session = Session.begin(Engine(kb_from(AFTER + rules)))
    assert (session.open_questions, session.advice.outcome) == ((), Outcome.NO_CHANGE)


WHY_NOT = """
sources: {{B: {{work: Book}}}}
questions:
  screen: {{ask: How is it?, {screen}}}
  foot: {{ask: Numb foot?, type: yes-no}}
  hold: {{ask: How long?, type: number, unit: minutes, at-least: 0}}
recommendations: {{lift: {{title: Lift, steps: [Lift.]}}}}
rules:
  r: {{when: {{hold: {{below: 1}}, foot: no}}, then: {{recommend: lift}}, because: So., source: B}}
"""


def test_why_not__a_number_that_fits_already__is_not_changed() -> None:  # D
    kb = kb_from(WHY_NOT.format(screen="type: yes-no"))
    session = Session.begin(Engine(kb), {"foot": "yes", "hold": Decimal(0)})
    assert explain_why_not(session, "lift").change == {"foot": "no"}


@pytest.mark.parametrize(
    ("screen", "answer"),
    [
        ("type: one, options: {good: Good, bad: Bad}", "good"),
        ("type: several, options: {clot: Clot, tear: Tear}", ()),
        ("type: number, unit: minutes", Decimal(0)),
    ],
)
def test_why_not__a_screen_of_any_kind__is_answered_as_it_can_be(screen: str, answer: object) -> None:  # E
    kb = kb_from(f"""
safety-screens: [screen]
sources: {{B: {{work: Book}}}}
questions: {{screen: {{ask: How is it?, {screen}}}, foot: {{ask: Numb foot?, type: yes-no}}}}
recommendations: {{lift: {{title: Lift, steps: [Lift.]}}}}
rules: {{r: {{when: {{foot: no}}, then: {{recommend: lift}}, because: So., source: B}}}}
""")
    assert explain_why_not(Session.begin(Engine(kb), {"foot": "no"}), "lift").change == {"screen": answer}


def test_most_left__a_finding_found_already__asks_for_nothing_that_could_find_it() -> None:  # F
    kb = kb_from("""
sources: {B: {work: Book}}
questions: {a: {ask: A?, type: yes-no}, b: {ask: B?, type: yes-no}, c: {ask: C?, type: yes-no}}
findings: {tight: {title: Tight}}
recommendations: {lift: {title: Lift, steps: [Lift.]}}
rules:
  lift: {when: {finding: tight, c: yes}, then: {recommend: lift}, because: So., source: B}
  one: {when: {a: yes}, then: {find: tight}, because: So., source: B}
  other: {when: {b: yes}, then: {find: tight}, because: So., source: B}
""")
    session = Session.begin(Engine(kb), {"a": "yes"})
    assert session.open_questions == ("c",)
    assert session.most_questions_left() == 1


def test_witness__the_first_value_is_blocked__takes_the_next() -> None:
    kb = kb_from("""
sources: {B: {work: Book}}
questions: {knee: {ask: Knee?, type: yes-no}, hip: {ask: Hip?, type: yes-no}}
recommendations: {lift: {title: Lift, steps: [Lift.]}}
referrals: {stop: {level: stop-today, tell: Stop.}}
rules:
  lift: {when: {hip: yes, knee: [yes, no]}, then: {recommend: lift}, because: So., source: B}
  stop: {when: {knee: yes}, then: {refer: stop}, because: So., source: B}
""")
    assert {live.goal.target for live in Session.begin(Engine(kb)).live} == {"lift", "stop"}


def test_most_left__a_way_past_a_stop_by_another_option__is_seen_from_the_first() -> None:
    kb = kb_from("""
sources: {B: {work: Book}}
questions:
  signs: {ask: Signs?, type: several, options: {a: A, b: B, none: None}}
  knee: {ask: Knee?, type: yes-no}
recommendations: {lift: {title: Lift, steps: [Lift.]}}
referrals: {stop: {level: stop-today, tell: Stop.}}
rules:
  lift: {when: {not: {signs: a}, knee: yes}, then: {recommend: lift}, because: So., source: B}
  stop: {when: {signs: none}, then: {refer: stop}, because: So., source: B}
""")
    session = Session.begin(Engine(kb))
    assert session.most_questions_left() == 2
    assert {live.goal.target for live in session.live} == {"lift", "stop"}
    assert session.answer("signs", ("b",)).open_questions == ("knee",)


CLI = Path(__file__).resolve().parent.parent / "cli.py"


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        ("health-conditions", "4-6", ("fragile-bones", "pregnant", "very-bendy")),
        ("danger-signs", "1 - 3", ("cauda-equina", "tear-or-pop", "leg-clot")),
        ("danger-signs", "leg clot", ("leg-clot",)),
    ],
)
def test_typed__a_range__leaves_nothing_out(question: str, typed: str, meant: tuple[str, ...]) -> None:
    assert typed_answer(load(cases=False).questions[question], typed) == meant


@pytest.mark.parametrize("typed", ["not pregnant", "not 5", "no 3", "once", "both", "6-4", "1 and not 2"])
def test_typed__words_that_name_no_option__are_never_taken_for_one(typed: str) -> None:
    with pytest.raises(AnswerFault):
        typed_answer(load(cases=False).questions["health-conditions"], typed)


def test_answers__a_list_of_very_many_mistakes__is_not_looked_through_to_its_end() -> None:
    _, faults = examine(load(cases=False).questions["danger-signs"], [f"x{number}" for number in range(100_000)])
    assert len(faults) < 200


def _diagnose(answers: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(CLI), "diagnose", "-", *arguments]
    return subprocess.run(command, input=answers.encode(), check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_json__in_an_old_encoding__is_the_same_bytes() -> None:
    answers = "danger-signs: [none]\nhealth-conditions: [none]\npose: dandasana-wall\nlow-back: rounded\n"
    written = [
        _diagnose(answers, "--format", "json", capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding})
        for encoding in ("utf-8", "latin-1", "ascii")
    ]
    assert len({each.stdout for each in written}) == 1
    assert json.loads(written[0].stdout)["outcome"] == "advise"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output__nowhere_to_write__is_one_line_and_exit_2() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = _diagnose("danger-signs: [none]\n", stdout=full, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr.count(b"\n")) == (2, 1)
    assert ended.stderr.startswith(b"The output cannot be written")
