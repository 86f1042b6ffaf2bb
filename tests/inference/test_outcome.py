"""What an inference comes to: one outcome, the strongest there is, and what may be shown with it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kb.inference.engine import Engine
from kb.inference.outcome import Advice, decide, strongest_stop
from kb.model.knowledge import Answer, Level, Outcome
from tests.helpers import kb_from

HEAD = """
sources: {B: {work: Book}}
questions:
  screen: {ask: Any danger?, type: several, options: {clot: Clot, bendy: Bendy, none: None}}
  chest: {ask: Breathless?, type: yes-no}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: one, options: {fine: Fine, hurts: Hurts}}
  new-sign: {ask: Anything new?, type: yes-no, after-advice: yes}
findings: {tight: {title: Tight}, stiff: {title: Stiff}, loose: {title: Loose}}
recommendations:
  lift: {title: Lift, steps: [Lift.]}
  bend: {title: Bend, steps: [Bend.]}
  accept: {title: Accept, steps: [Accept.], kind: closing}
referrals:
  limits: {level: gently, tell: Go gently.}
  bones: {level: gently, tell: Mind your bones.}
  clinician: {level: clinician-first, tell: Ask first.}
  today: {level: stop-today, tell: See someone today.}
  emergency: {level: stop-emergency, tell: Call for help.}
"""
SCREENS = "safety-screens: [screen]"


def advice(pack: str, answers: Mapping[str, Answer]) -> Advice:
    kb = kb_from(HEAD + pack)
    return decide(kb, Engine(kb).infer(answers))


# --- the strongest decides --------------------------------------------------------------------------------------------

REFERRALS = """
rules:
  lift: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  bendy: {when: {screen: bendy}, then: {refer: limits}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {refer: clinician}, because: So., source: B}
  clot: {when: {screen: [clot, "clot?"]}, then: {refer: today}, because: So., source: B}
  chest: {when: {chest: [yes, unsure]}, then: {refer: emergency}, because: So., source: B}
"""


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"screen": ("none",), "back": "round"}, Advice(Outcome.ADVISE, (), ("lift",))),
        ({"screen": ("bendy",), "back": "round"}, Advice(Outcome.ADVISE_GENTLY, ("limits",), ("lift",))),
        (
            {"screen": ("bendy",), "back": "round", "knee": "hurts"},
            Advice(Outcome.CLINICIAN_FIRST, ("clinician", "limits")),
        ),
        (
            {"screen": ("clot", "bendy"), "back": "round", "knee": "hurts"},
            Advice(Outcome.STOP_TODAY, ("today", "clinician", "limits")),
        ),
        ({"screen": ("clot?",), "back": "round"}, Advice(Outcome.STOP_TODAY, ("today",))),
        ({"screen": "unsure", "back": "round"}, Advice(Outcome.STOP_TODAY, ("today",))),
        (
            {"screen": ("clot", "bendy"), "knee": "hurts", "chest": "unsure"},
            Advice(Outcome.STOP_EMERGENCY, ("emergency", "today", "clinician", "limits")),
        ),
        # A stop needs no screens; advice does.
        ({"knee": "hurts"}, Advice(Outcome.CLINICIAN_FIRST, ("clinician",))),
        ({"back": "round"}, Advice(Outcome.INCOMPLETE)),
        ({"back": "round", "chest": "no", "knee": "fine"}, Advice(Outcome.INCOMPLETE)),
        ({}, Advice(Outcome.INCOMPLETE)),
    ],
)
def test_outcome__with_referrals__is_that_of_the_strongest(answers: Mapping[str, Answer], expected: Advice) -> None:
    assert advice(f"{SCREENS}{REFERRALS}", answers) == expected


def test_outcome__screens_unanswered_beside_a_gentle_referral__is_incomplete() -> None:
    pack = """
rules:
  lift: {when: {back: round}, then: {recommend: lift, withhold: bend}, because: So., source: B}
  bend: {when: {back: round}, then: {recommend: bend}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {refer: limits}, because: So., source: B}
"""
    answers = {"back": "round", "knee": "hurts"}
    assert advice(SCREENS + pack, answers) == Advice(Outcome.INCOMPLETE, ("limits",))
    assert advice(pack, answers) == Advice(Outcome.ADVISE_GENTLY, ("limits",), ("lift",), ("bend",))


def test_referrals__of_one_level__come_in_the_order_of_the_pack() -> None:
    pack = """
rules:
  bones: {when: {knee: hurts}, then: {refer: [bones, clinician]}, because: So., source: B}
  limits: {when: {knee: hurts}, then: {refer: limits}, because: So., source: B}
"""
    assert advice(pack, {"knee": "hurts"}) == Advice(Outcome.CLINICIAN_FIRST, ("clinician", "limits", "bones"))


# --- advice, firm, provisional, closing or held back ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "answers", "expected"),
    [
        pytest.param(
            """
  knee: {when: {knee: hurts}, then: {recommend: [bend, lift]}, because: So., source: B}
""",
            {"knee": "hurts"},
            Advice(Outcome.ADVISE, (), ("lift", "bend")),
            id="recommendations come in the pack's order",
        ),
        pytest.param(
            """
  back: {when: {back: [round, unsure]}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "unsure"},
            Advice(Outcome.CHECK_FIRST, (), ("lift",), (), frozenset({"lift"})),
            id="all provisional: check first",
        ),
        pytest.param(
            """
  back: {when: {back: [round, unsure]}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {recommend: bend}, because: So., source: B}
""",
            {"back": "unsure", "knee": "hurts"},
            Advice(Outcome.ADVISE, (), ("lift", "bend"), (), frozenset({"lift"})),
            id="one firm correction is enough to advise",
        ),
        pytest.param(
            """
  back: {when: {back: [round, unsure]}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "unsure", "knee": "hurts"},
            Advice(Outcome.ADVISE, (), ("lift",)),
            id="what another rule shows firmly is not provisional",
        ),
        pytest.param(
            """
  back: {when: {back: [round, unsure]}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: fine}, then: {recommend: accept}, because: So., source: B}
""",
            {"back": "unsure", "knee": "fine"},
            Advice(Outcome.CHECK_FIRST, (), ("lift", "accept"), (), frozenset({"lift"})),
            id="a firm closing word does not make provisional corrections firm",
        ),
        pytest.param(
            """
  back: {when: {back: [round, unsure]}, then: {recommend: lift}, because: So., source: B}
  bendy: {when: {screen: bendy}, then: {refer: limits}, because: So., source: B}
""",
            {"back": "unsure", "screen": ("bendy",)},
            Advice(Outcome.ADVISE_GENTLY, ("limits",), ("lift",), (), frozenset({"lift"})),
            id="gently comes before check-first",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: [lift, bend]}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {withhold: bend}, because: So., source: B}
""",
            {"back": "round", "knee": "hurts"},
            Advice(Outcome.ADVISE, (), ("lift",), ("bend",)),
            id="what is withheld is not given",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: [bend, lift]}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {withhold: [bend, lift]}, because: So., source: B}
""",
            {"back": "round", "knee": "hurts"},
            Advice(Outcome.NO_CHANGE, (), (), ("lift", "bend")),
            id="what is withheld comes in the pack's order as well",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {withhold: [lift, bend]}, because: So., source: B}
""",
            {"back": "round", "knee": "hurts"},
            Advice(Outcome.NO_CHANGE, (), (), ("lift",)),
            id="withheld are only those that would have been given",
        ),
        pytest.param(
            """
  back: {when: {back: [round, unsure]}, then: {recommend: lift}, because: So., source: B}
  firm: {when: {back: unsure, knee: hurts}, then: {recommend: bend}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {withhold: lift}, because: So., source: B}
""",
            {"back": "unsure", "knee": "hurts"},
            Advice(Outcome.CHECK_FIRST, (), ("bend",), ("lift",), frozenset({"bend"})),
            id="what is withheld is not called provisional",
        ),
    ],
)
def test_outcome__with_advice__says_how_firm_it_is(rules: str, answers: Mapping[str, Answer], expected: Advice) -> None:
    assert advice(f"rules:{rules}", answers) == expected


# --- nothing to correct, or not known yet -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "answers", "expected"),
    [
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {refer: clinician}, because: So., source: B}
""",
            {"back": "flat", "knee": "fine"},
            Advice(Outcome.NO_CHANGE),
            id="every rule that could find a fault is ruled out",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {recommend: bend}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.INCOMPLETE),
            id="a correction is open",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {refer: clinician}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.INCOMPLETE),
            id="a stop is open",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "unsure"},
            Advice(Outcome.INCOMPLETE),
            id="an unsure answer rules nothing out",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {find: tight}, because: So., source: B}
  tight: {when: {finding: tight, knee: fine}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.NO_CHANGE),
            id="a finding ruled out rules out what rests on it",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {find: tight, refer: limits, recommend: accept}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.NO_CHANGE),
            id="an open finding, limit or closing word is no fault",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: fine}, then: {recommend: accept}, because: So., source: B}
""",
            {"back": "flat", "knee": "fine"},
            Advice(Outcome.NO_CHANGE, (), ("accept",)),
            id="a closing recommendation is no correction",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: [fine, unsure]}, then: {recommend: accept}, because: So., source: B}
""",
            {"knee": "unsure"},
            Advice(Outcome.INCOMPLETE, (), ("accept",), (), frozenset({"accept"})),
            id="a closing recommendation does not complete anything",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  bendy: {when: {screen: bendy}, then: {refer: limits}, because: So., source: B}
""",
            {"back": "flat", "screen": ("bendy",)},
            Advice(Outcome.ADVISE_GENTLY, ("limits",)),
            id="gentle and nothing to correct: gently still",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  bendy: {when: {screen: bendy}, then: {refer: limits}, because: So., source: B}
""",
            {"screen": ("bendy",)},
            Advice(Outcome.INCOMPLETE, ("limits",)),
            id="gentle and something open: incomplete",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: hurts}, then: {withhold: lift}, because: So., source: B}
""",
            {"knee": "hurts"},
            Advice(Outcome.NO_CHANGE),
            id="an open rule whose only correction is withheld could find no fault",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  sign: {when: {new-sign: [yes, unsure]}, then: {refer: clinician, recommend: bend}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.NO_CHANGE),
            id="a rule about the time after the advice does not hinder no-change",
        ),
        pytest.param(
            """
  later: {when: {new-sign: "yes"}, then: {find: tight}, because: So., source: B}
  stiff: {when: {knee: hurts}, then: {find: stiff}, because: So., source: B}
  either: {when: {finding: [tight, stiff]}, then: {recommend: bend}, because: So., source: B}
""",
            {},
            Advice(Outcome.INCOMPLETE),
            id="one of two findings that may still come hinders it",
        ),
        pytest.param(
            """
  later: {when: {not: {new-sign: "yes"}}, then: {find: tight}, because: So., source: B}
  hurts: {when: {knee: hurts}, then: {find: tight}, because: So., source: B}
  loose: {when: {not: {finding: tight}}, then: {recommend: bend}, because: So., source: B}
""",
            {},
            Advice(Outcome.NO_CHANGE),
            id="one way to a finding that only the time after the advice could close is enough for it",
        ),
        pytest.param(
            """
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  sign: {when: {new-sign: [yes, unsure]}, then: {refer: clinician}, because: So., source: B}
""",
            {"back": "flat", "new-sign": "yes"},
            Advice(Outcome.CLINICIAN_FIRST, ("clinician",)),
            id="but once it is answered, it counts",
        ),
        pytest.param(
            """
  sign: {when: {new-sign: yes, back: round}, then: {recommend: lift}, because: So., source: B}
""",
            {"new-sign": "yes"},
            Advice(Outcome.INCOMPLETE),
            id="and then its other questions count as well",
        ),
        pytest.param(
            """
  tight: {when: {back: round}, then: {find: tight}, because: So., source: B}
  sign: {when: {new-sign: yes}, then: {find: tight}, because: So., source: B}
  lift: {when: {finding: tight}, then: {recommend: lift}, because: So., source: B}
""",
            {},
            Advice(Outcome.INCOMPLETE),
            id="a finding that is open leaves open what rests on it",
        ),
        pytest.param(
            """
  tight: {when: {back: round}, then: {find: tight}, because: So., source: B}
  sign: {when: {new-sign: yes}, then: {find: tight}, because: So., source: B}
  lift: {when: {finding: tight}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.NO_CHANGE),
            id="but not one that only the time after the advice could still show",
        ),
        pytest.param(
            """
  tight: {when: {any: [{screen: [clot, bendy]}, {new-sign: yes}]}, then: {find: tight}, because: So., source: B}
  lift: {when: {finding: tight}, then: {recommend: lift}, because: So., source: B}
""",
            {"screen": ("clot?",)},
            Advice(Outcome.INCOMPLETE),
            id="one danger of two unsure rules neither out",
        ),
        pytest.param(
            """
  tight: {when: {any: [{not: {screen: [clot, bendy]}}, {new-sign: yes}]}, then: {find: tight}, because: So., source: B}
  lift: {when: {finding: tight}, then: {recommend: lift}, because: So., source: B}
""",
            {"screen": ("clot",)},
            Advice(Outcome.NO_CHANGE),
            id="one danger of two is enough to rule out what needs neither",
        ),
        pytest.param(
            """
  tight:
    when: {any: [{not: {all: [{back: flat}, {knee: hurts}]}}, {new-sign: yes}]}
    then: {find: tight}
    because: So.
    source: B
  lift: {when: {finding: tight}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.INCOMPLETE),
            id="not both, of which one is open",
        ),
        pytest.param(
            """
  tight:
    when: {any: [{not: {any: [{back: flat}, {knee: hurts}]}}, {new-sign: yes}]}
    then: {find: tight}
    because: So.
    source: B
  lift: {when: {finding: tight}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.NO_CHANGE),
            id="neither, of which one is so",
        ),
        pytest.param(
            """
  stiff: {when: {back: flat}, then: {find: stiff}, because: So., source: B}
  loose: {when: {knee: hurts}, then: {find: loose}, because: So., source: B}
  tight:
    when: {any: [{not: {finding: [stiff, loose]}}, {new-sign: yes}]}
    then: {find: tight}
    because: So.
    source: B
  lift: {when: {finding: tight}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "flat"},
            Advice(Outcome.NO_CHANGE),
            id="neither finding, of which one is found",
        ),
        pytest.param(
            """
  idle: {when: {back: round}, then: {find: tight}, because: So., source: B}
""",
            {},
            Advice(Outcome.NO_CHANGE),
            id="a pack without corrections or stops finds no fault",
        ),
    ],
)
def test_outcome__without_corrections__is_no_change_only_if_every_fault_is_ruled_out(
    rules: str, answers: Mapping[str, Answer], expected: Advice
) -> None:
    assert advice(f"rules:{rules}", answers) == expected


# --- words about outcomes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "stops"),
    [
        (Outcome.STOP_EMERGENCY, True),
        (Outcome.STOP_TODAY, True),
        (Outcome.CLINICIAN_FIRST, True),
        (Outcome.ADVISE_GENTLY, False),
        (Outcome.ADVISE, False),
        (Outcome.CHECK_FIRST, False),
        (Outcome.NO_CHANGE, False),
        (Outcome.INCOMPLETE, False),
    ],
)
def test_outcome__of_each_kind__says_whether_it_stops(outcome: Outcome, stops: bool) -> None:
    assert outcome.stops is stops


def test_outcomes__are_listed__strongest_first() -> None:
    assert [outcome.value for outcome in Outcome] == [
        "stop-emergency",
        "stop-today",
        "clinician-first",
        "advise-gently",
        "advise",
        "check-first",
        "no-change",
        "incomplete",
    ]


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({"screen": ("bendy",)}, None),
        ({"knee": "hurts", "screen": ("bendy",)}, Level.CLINICIAN_FIRST),
        ({"knee": "hurts", "chest": "yes"}, Level.STOP_EMERGENCY),
        ({}, None),
    ],
)
def test_strongest_stop__beside_weaker_referrals__is_the_level_that_stops(
    answers: Mapping[str, Answer], level: Level | None
) -> None:
    kb = kb_from(f"{HEAD}{SCREENS}{REFERRALS}")
    assert strongest_stop(kb, decide(kb, Engine(kb).infer(answers))) is level
