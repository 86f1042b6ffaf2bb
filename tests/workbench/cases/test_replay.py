"""Recorded students, replayed: every way in which a case can fail, and which cases speak for which rule."""

from __future__ import annotations

import pytest

from kb.inference.engine import Engine
from kb.model.knowledge import KnowledgeBase
from kb.workbench.cases.replay import Miss, Part, Replay, RuleCoverage, replay, rule_coverage
from tests.helpers import kb_from

HEAD = """
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: Clot, bendy: Bendy, none: None}}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Sore knee?, type: yes-no}
  foot: {ask: Numb foot?, type: yes-no}
findings: {tight: {title: Tight}, stiff: {title: Stiff}}
recommendations:
  lift: {title: Lift, steps: [Lift.]}
  bend: {title: Bend, steps: [Bend.]}
  rest: {title: Rest, steps: [Rest.]}
referrals:
  today: {level: stop-today, tell: See someone today.}
  limits: {level: gently, tell: Go gently.}
rules:
  clot: {when: {signs: clot}, then: {refer: today}, because: So., source: B}
  bendy: {when: {signs: bendy}, then: {refer: limits}, because: So., source: B}
  round: {when: {back: round}, then: {find: [tight, stiff], recommend: lift}, because: So., source: B}
  sore:
    when: {finding: tight, knee: yes, any: [{foot: yes}, {signs: none}]}
    then: {recommend: bend}
    because: So.
    source: B
"""


def with_cases(cases: str) -> KnowledgeBase:
    return kb_from(f"{HEAD}cases:\n{cases}")


# --- replaying --------------------------------------------------------------------------------------------------------

BOTH = "{back: round, knee: yes, foot: yes}"  # gives lift and bend


@pytest.mark.parametrize(
    ("answers", "expect", "failures"),
    [
        # as expected
        (BOTH, "{outcome: advise}", ()),
        (BOTH, "{outcome: advise, in-order: [lift, bend]}", ()),
        (BOTH, "{outcome: advise, in-order: [lift], may-add: [bend, rest]}", ()),
        (BOTH, "{outcome: advise, in-order: [], may-add: [bend, lift]}", ()),
        (BOTH, "{outcome: advise, never: [rest]}", ()),
        (BOTH, "{outcome: advise, findings: [stiff, tight], referrals: []}", ()),
        ("{signs: [clot, bendy]}", "{outcome: stop-today, never: [any], referrals: [limits, today]}", ()),
        ("{back: flat}", "{outcome: incomplete, in-order: [], findings: [], never: [any]}", ()),
        # the outcome
        (BOTH, "{outcome: no-change}", ("the outcome is advise, expected no-change",)),
        # the recommendations
        (BOTH, "{outcome: advise, in-order: [lift, bend, rest]}", ("rest is not given",)),
        (BOTH, "{outcome: advise, in-order: [lift]}", ("bend is given, not expected",)),
        (BOTH, "{outcome: advise, in-order: [], may-add: [bend]}", ("lift is given, not expected",)),
        (BOTH, "{outcome: advise, in-order: [bend, lift]}", ("the order is lift, bend, expected bend, lift",)),
        (
            BOTH,
            "{outcome: advise, in-order: [bend, rest, lift]}",
            ("rest is not given", "the order is lift, bend, expected bend, rest, lift"),
        ),
        (BOTH, "{outcome: advise, never: [bend, rest]}", ("bend is given, expected never",)),
        (BOTH, "{outcome: advise, in-order: [lift], never: [bend]}", ("bend is given, expected never",)),
        (
            BOTH,
            "{outcome: advise, never: [any]}",
            ("lift is given, expected no recommendation at all", "bend is given, expected no recommendation at all"),
        ),
        # the findings
        (BOTH, "{outcome: advise, findings: [tight]}", ("the finding stiff is not expected",)),
        (
            BOTH,
            "{outcome: advise, findings: []}",
            ("the finding stiff is not expected", "the finding tight is not expected"),
        ),
        ("{back: flat}", "{outcome: incomplete, findings: [tight]}", ("the finding tight is missing",)),
        # the referrals
        (
            "{signs: bendy}",
            "{outcome: incomplete, referrals: [today]}",
            ("the referral today is missing", "the referral limits is not expected"),
        ),
        # everything at once
        (
            "{signs: clot, back: round}",
            "{outcome: advise, in-order: [lift], findings: [], referrals: []}",
            (
                "the outcome is stop-today, expected advise",
                "lift is not given",
                "the finding stiff is not expected",
                "the finding tight is not expected",
                "the referral today is not expected",
            ),
        ),
    ],
)
def test_replay__a_case__says_everything_that_differs(answers: str, expect: str, failures: tuple[str, ...]) -> None:
    kb = with_cases(f"  - {{id: one, title: One, answers: {answers}, expect: {expect}}}")
    assert replay(Engine(kb), kb.cases[0]).failures == failures


def test_replay__of_a_case__says_what_it_came_to_and_what_misses() -> None:
    expect = "{outcome: no-change, in-order: [bend, rest], findings: [], referrals: [limits]}"
    kb = with_cases(f"  - {{id: one, title: One, answers: {BOTH}, expect: {expect}}}")
    (case,) = kb.cases
    misses = (
        Miss(Part.OUTCOME, "", True, "the outcome is advise, expected no-change"),
        Miss(Part.IN_ORDER, "rest", False, "rest is not given"),
        Miss(Part.IN_ORDER, "lift", True, "lift is given, not expected"),
        Miss(Part.FINDINGS, "stiff", True, "the finding stiff is not expected"),
        Miss(Part.FINDINGS, "tight", True, "the finding tight is not expected"),
        Miss(Part.REFERRALS, "limits", False, "the referral limits is missing"),
    )
    assert replay(Engine(kb), case) == Replay(case, "advise", ("lift", "bend"), ("tight", "stiff"), (), misses)


def test_replay__one_case_after_another__does_not_depend_on_those_before() -> None:
    kb = with_cases(f"""
  - {{id: one, title: One, answers: {BOTH}, expect: {{outcome: advise}}}}
  - {{id: two, title: Two, answers: {{back: flat}}, expect: {{outcome: incomplete, in-order: []}}}}
  - {{id: three, title: Three, answers: {BOTH}, expect: {{outcome: advise, in-order: [lift, bend]}}}}
""")
    engine = Engine(kb)
    assert [replay(engine, case).failures for case in kb.cases] == [(), (), ()]


# --- coverage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "fires", "near_misses"),
    [
        ("{back: round}", {"round"}, set()),
        ("{back: flat}", set(), {"round"}),  # `sore` fails too, but its other lines are open
        ("{back: unsure}", set(), set()),
        ("{back: flat, knee: yes, foot: yes}", set(), {"round", "sore"}),  # through the finding
        ("{back: round, knee: no, foot: yes}", {"round"}, {"sore"}),
        ("{back: round, knee: no, foot: unsure}", {"round"}, set()),  # one line fails, another is open
        ("{back: round, knee: yes, foot: no, signs: bendy}", {"round", "bendy"}, {"sore", "clot"}),
        ("{back: round, knee: no, foot: no, signs: bendy}", {"round", "bendy"}, {"clot"}),  # two lines fail
        ("{back: round, knee: yes, signs: none}", {"round", "sore"}, {"clot", "bendy"}),
        ("{signs: clot?}", set(), {"bendy"}),
    ],
)
def test_coverage__of_a_case__names_the_rules_that_fire_and_those_that_miss_by_one_line(
    answers: str, fires: set[str], near_misses: set[str]
) -> None:
    kb = with_cases(f"  - {{id: one, title: One, answers: {answers}, expect: {{outcome: advise}}}}")
    assert rule_coverage(Engine(kb), kb.cases) == tuple(
        RuleCoverage(rule, ("one",) * (rule in fires), ("one",) * (rule in near_misses)) for rule in kb.rules
    )


def test_coverage__of_several_cases__lists_them_in_order_for_every_rule_in_the_packs_order() -> None:
    kb = with_cases("""
  - {id: one, title: One, answers: {back: round, signs: bendy}, expect: {outcome: advise}}
  - {id: two, title: Two, answers: {back: flat, signs: none}, expect: {outcome: advise}}
  - {id: three, title: Three, answers: {back: round, knee: yes, foot: yes}, expect: {outcome: advise}}
""")
    assert rule_coverage(Engine(kb), kb.cases) == (
        RuleCoverage("clot", (), ("one", "two")),
        RuleCoverage("bendy", ("one",), ("two",)),
        RuleCoverage("round", ("one", "three"), ("two",)),
        RuleCoverage("sore", ("three",), ()),
    )


def test_coverage__without_cases__leaves_every_rule_uncovered() -> None:
    kb = kb_from(HEAD)
    assert rule_coverage(Engine(kb), ()) == tuple(RuleCoverage(rule, (), ()) for rule in kb.rules)
