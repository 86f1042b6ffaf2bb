"""What one knowledge base tells a student, and another tells them otherwise, is a set of changes of known gravity."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.model.knowledge import Outcome
from kb.workbench.comparison.changes import Change, Gravity, ShownAdvice, changes, shown_advice
from tests.small import small

ADVISED = ShownAdvice(Outcome.ADVISE, (), ("lean-back", "rest"), (), ("go-deeper",), ("rounds",))
STOPPED = ShownAdvice(Outcome.STOP_TODAY, ("ask-today",), (), (), (), ())
UNSCREENED = ShownAdvice(Outcome.INCOMPLETE, (), (), (), (), (), held_up=True)


def test_told__by_an_engine__holds_what_its_report_shows() -> None:
    engine = Engine(small())
    assert shown_advice(engine.kb, engine.infer({"low-back": "rounded"})) == UNSCREENED
    answers = {"danger": ("none",), "low-back": "unsure", "bones": "yes"}
    assert shown_advice(engine.kb, engine.infer(answers)) == ShownAdvice(
        Outcome.ADVISE_GENTLY, ("with-care",), ("lean-back",), ("lean-back",), (), ()
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (ADVISED, ADVISED, []),
        (STOPPED, ADVISED, [("stop", "", "stop-today", "advised"), ("referral", "ask-today", "said")]),
        (ADVISED, STOPPED, [("stop", "", "", "stop-today"), ("referral", "ask-today", "", "said")]),
        (STOPPED, UNSCREENED, [("stop", "", "stop-today", "unadvised"), ("referral", "ask-today", "said")]),
        (UNSCREENED, ADVISED, [("screen", "", "", "advised")]),
        (ADVISED, UNSCREENED, [("screen", "", "advised")]),
        (UNSCREENED, replace(UNSCREENED, held_up=False), []),
        (UNSCREENED, replace(UNSCREENED, findings=("rounds",)), [("finding", "rounds", "", "said")]),
        (ADVISED, replace(ADVISED, given=("rest", "lean-back")), [("order", "advice")]),
        (
            ADVISED,
            replace(ADVISED, given=("lean-back",), withheld=("rest",)),
            [("advice", "rest", "given", "withheld"), ("advice", "go-deeper", "withheld", "")],
        ),
        (ADVISED, replace(ADVISED, provisional=("rest",)), [("provisional", "rest", "firm", "provisional")]),
        (ADVISED, replace(ADVISED, outcome=Outcome.CHECK_FIRST), [("outcome", "", "advise", "check-first")]),
        (ADVISED, replace(ADVISED, findings=()), [("finding", "rounds", "said")]),
    ],
)
def test_changes__between_what_two_say__are_named_once_each(
    old: ShownAdvice, new: ShownAdvice, expected: list[tuple[str, ...]]
) -> None:
    assert changes(old, new) == {Change(*each) for each in expected}


@pytest.mark.parametrize(
    ("change", "gravity"),
    [
        (Change("stop", "", "stop-today", "advised"), Gravity.NO_LONGER_STOPPED),
        (Change("stop", "", "stop-emergency", "clinician-first"), Gravity.STOPPED_LESS),
        (Change("stop", "", "stop-today", "stop-emergency"), Gravity.STOPPED),
        (Change("stop", "", "", "clinician-first"), Gravity.STOPPED),
        (Change("screen", "", "", "advised"), Gravity.UNSCREENED),
        (Change("screen", "", "advised", ""), Gravity.ADVICE_LOST),
        (Change("referral", "x", "said", ""), Gravity.REFERRAL_LOST),
        (Change("referral", "x", "", "said"), Gravity.REFERRAL_GAINED),
        (Change("advice", "x", "withheld", "given"), Gravity.NO_LONGER_WITHHELD),
        (Change("advice", "x", "", "given"), Gravity.ADVICE_GAINED),
        (Change("advice", "x", "given", "withheld"), Gravity.ADVICE_LOST),
        (Change("advice", "x", "given", ""), Gravity.ADVICE_LOST),
        (Change("advice", "x", "withheld", ""), Gravity.SAID_OTHERWISE),
        (Change("outcome", "", "advise", "no-change"), Gravity.SAID_OTHERWISE),
        (Change("provisional", "x", "firm", "provisional"), Gravity.SAID_OTHERWISE),
        (Change("order", "advice"), Gravity.SAID_OTHERWISE),
        (Change("finding", "x", "said", ""), Gravity.FINDING),
    ],
)
def test_gravity__of_every_kind_of_change__puts_harm_before_bother(change: Change, gravity: Gravity) -> None:
    assert change.gravity is gravity
