"""Explanations do not lie: a hundred of each kind, drawn at random from interviews, each claim replayed.

`python tests/tools/measure.py explain` does the same with a thousand. That a false claim would be seen is shown by
telling some.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice

import pytest
from msgspec.structs import replace

from kb.explanation.explanation import explain_how, explain_why, explain_why_not
from kb.inference.engine import Engine
from kb.model.knowledge import Answer
from kb.workbench.comparison.changes import Change
from kb.workbench.comparison.compare import compare
from tests.explanation.test_explanation import ENGINE, KB, begun
from tests.tools import replaying
from tests.tools.replaying import (
    SHOWN,
    Draws,
    false_in_change,
    false_in_difference,
    false_in_how,
    false_in_why,
    false_in_why_not,
    false_outside,
)

DRAWN = {"how": 100, "why": 100, "why not": 100, "what would fire": 100, "diff": 30}


@pytest.mark.parametrize("kind", SHOWN)
def test_explanations__drawn_at_random__say_nothing_false(kind: str) -> None:
    drawn = list(islice(SHOWN[kind](Draws(7)), DRAWN[kind]))
    assert len(drawn) == DRAWN[kind]
    assert [fault for faults in drawn for fault in faults] == []


# --- a false claim is seen --------------------------------------------------------------------------------------------

ROUND: dict[str, Answer] = {"back": "round", "foot": "no", "knee": "no"}


def lied(monkeypatch: pytest.MonkeyPatch, name: str, lie: Callable[..., object]) -> None:
    """Let an explanation say something else than it does."""
    monkeypatch.setattr(replaying, name, lie)


def test_how__without_an_answer_that_it_rests_on__is_false(monkeypatch: pytest.MonkeyPatch) -> None:
    session = begun(**ROUND)
    assert list(false_in_how(session, "lift")) == []
    lied(monkeypatch, "explain_how", lambda *_: replace(explain_how(session, "lift"), answers={"back": "round"}))
    assert next(false_in_how(session, "lift")) == "lift: {'back': 'round'} do not suffice"


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({"back": "flat", "knee": "no"}, "it does not happen"),
        ({"back": "round", "knee": "no", "foot": "yes"}, "it happens without the question"),
    ],
)
def test_why__with_other_answers__is_false(
    answers: dict[str, Answer], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = begun()
    assert list(false_in_why(session, "back")) == []
    why = explain_why(session, "knee")
    asked = "knee" if fault == "it does not happen" else "back"
    reason = replace(why.reasons[0], answers=answers)
    lied(monkeypatch, "explain_why", lambda *_: replace(why, reasons=(reason,)))
    assert [each.split(" (")[0] for each in false_in_why(session, asked)] == [f"{asked}: {fault}"]


def test_why_not__with_another_change_or_obstacle__is_false(monkeypatch: pytest.MonkeyPatch) -> None:
    session = begun(back="flat", foot="yes", knee="yes")
    assert list(false_in_why_not(session, "bend")) == []
    said = explain_why_not(session, "bend")
    lied(monkeypatch, "explain_why_not", lambda *_: replace(said, change={"back": "round"}))
    assert list(false_in_why_not(session, "bend")) == ["bend: {'back': 'round'} does not give it"]
    lied(monkeypatch, "explain_why_not", lambda *_: replace(said, change={"back": "round", "knee": "no"}))
    assert list(false_in_why_not(session, "bend")) == ["bend: back need not be changed"]
    blamed = replace(said.obstacles[0], answers={"back": "flat"})
    lied(monkeypatch, "explain_why_not", lambda *_: replace(said, obstacles=(blamed,)))
    assert list(false_in_why_not(session, "bend")) == ["{'back': 'flat'} do not refute knees"]


def test_change_that_fires__with_another_change__is_false(monkeypatch: pytest.MonkeyPatch) -> None:
    session = begun(knee="yes", foot="yes")
    assert list(false_in_change(session, "knees")) == []
    lied(monkeypatch, "change_that_fires", lambda *_: {"back": "round"})
    assert list(false_in_change(session, "knees")) == ["knees: {'back': 'round'} does not make it fire"]


def test_diff__with_a_class_left_out_or_said_otherwise__is_false() -> None:
    new = replace(KB, rules={name: rule for name, rule in KB.rules.items() if name != "held"})
    comparison, engines = compare(KB, new), (ENGINE, Engine(new))
    assert [list(false_in_difference(each, engines)) for each in comparison.differences] == [[]] * 4
    assert list(false_outside(random.Random(1), comparison, engines)) == []
    assert list(false_outside(random.Random(1), replace(comparison, differences=()), engines)) != []
    wrong = replace(comparison.differences[0], changes=(Change("finding", "tight", "said"),))
    assert len(list(false_in_difference(wrong, engines))) == 1
    stopped = replace(comparison.differences[0], answers={"signs": ("clot",)})
    assert len(list(false_in_difference(stopped, engines))) == 2


def test_draws__some_interviews__are_of_every_kind() -> None:
    draws = Draws(3)
    sessions = [draws.session() for _ in range(60)]
    packs = {session.kb.packs[0].id for session in sessions}
    assert "hamstrings" in packs
    assert len(packs) > 1
    assert {session.advice.outcome.stops for session in sessions} == {True, False}
    assert min(len(session.answers) for session in sessions) < 3
    assert max(len(session.answers) for session in sessions) > 12
