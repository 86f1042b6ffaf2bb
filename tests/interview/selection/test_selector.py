"""Which questions are live: those whose answer can change the report, first things first, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.model.knowledge import Answer
from tests.helpers import kb_from

HEAD = """
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: Clot, bendy: Bendy, none: None}}
  chest: {ask: Breathless?, type: yes-no}
  pose: {ask: Which pose?, type: one, options: {sit: Sit, stand: Stand, lie: Lie}}
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Your knee?, type: yes-no}
  foot: {ask: Your foot?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0}
  new-sign: {ask: Anything new?, type: yes-no, after-advice: yes}
findings: {tight: {title: Tight}, stiff: {title: Stiff}, lost: {title: Lost}}
recommendations:
  lift: {title: Lift, steps: [Lift.]}
  bend: {title: Bend, steps: [Bend.]}
referrals:
  limits: {level: gently, tell: Go gently.}
  clinician: {level: clinician-first, tell: Ask first.}
  today: {level: stop-today, tell: See someone today.}
  midwife: {level: stop-today, tell: See your midwife today.}
  emergency: {level: stop-emergency, tell: Call for help.}
"""
BACK = "back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}"
KNEE = "knee: {when: {knee: yes}, then: {recommend: bend}, because: So., source: B}"


def begun(pack: str, answers: Mapping[str, Answer] | None = None) -> Session:
    return Session.begin(Engine(kb_from(HEAD + pack)), answers)


def live(session: Session) -> list[str]:
    """Return the live questions, each with the goal it serves: `question: rule effect target`."""
    return [f"{each.question}: {each.goal.rule} {each.goal.effect.value} {each.goal.target}" for each in session.live]


# --- which question is live -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "answers", "expected"),
    [
        pytest.param(
            f"""
  {KNEE}
  {BACK}
""",
            {},
            ["back: back recommend lift", "knee: knee recommend bend"],
            id="in the order of the pack's questions, whatever the order of its rules",
        ),
        pytest.param(
            """
  both: {when: {knee: yes, back: round}, then: {recommend: lift}, because: So., source: B}
""",
            {},
            ["knee: both recommend lift"],
            id="the first of a rule, as its author wrote it",
        ),
        pytest.param(
            """
  both: {when: {knee: yes, back: round}, then: {recommend: lift}, because: So., source: B}
""",
            {"knee": "yes"},
            ["back: both recommend lift"],
            id="the next, once the first is answered so",
        ),
        pytest.param(
            """
  both: {when: {knee: yes, back: round}, then: {recommend: lift}, because: So., source: B}
""",
            {"knee": "no"},
            [],
            id="none, once the first is answered otherwise",
        ),
        pytest.param(
            """
  either: {when: {any: [{knee: yes}, {back: round}]}, then: {recommend: lift}, because: So., source: B}
""",
            {},
            ["knee: either recommend lift"],
            id="one alternative at a time, the leftmost",
        ),
        pytest.param(
            """
  either: {when: {any: [{knee: yes}, {back: round}]}, then: {recommend: lift}, because: So., source: B}
""",
            {"knee": "no"},
            ["back: either recommend lift"],
            id="then the next alternative",
        ),
        pytest.param(
            """
  long: {when: {hold: {above: 5}}, then: {recommend: lift}, because: So., source: B}
""",
            {},
            ["hold: long recommend lift"],
            id="a number",
        ),
        pytest.param(
            """
  several: {when: {back: round}, then: {recommend: [lift, bend], refer: limits}, because: So., source: B}
""",
            {},
            ["back: several refer limits", "back: several recommend lift", "back: several recommend bend"],
            id="one entry for everything a rule could add",
        ),
        pytest.param(
            """
  idle: {when: {knee: yes}, then: {find: tight}, because: So., source: B}
""",
            {},
            [],
            id="a finding that nothing waits for asks nothing",
        ),
        pytest.param(
            f"""
  {BACK}
  knee: {{when: {{knee: yes}}, then: {{recommend: lift}}, because: So., source: B}}
""",
            {"back": "round"},
            [],
            id="what is recommended already asks nothing",
        ),
        pytest.param(
            """
  bendy: {when: {signs: bendy}, then: {refer: limits}, because: So., source: B}
  knee: {when: {knee: yes}, then: {refer: limits}, because: So., source: B}
""",
            {"signs": ("bendy",)},
            [],
            id="what is referred to already asks nothing",
        ),
        pytest.param(
            """
  never: {when: {back: round, not: {back: round}}, then: {recommend: lift}, because: So., source: B}
""",
            {},
            [],
            id="what can never hold asks nothing",
        ),
    ],
)
def test_live__rules_on_answers__is_the_first_open_condition(
    rules: str, answers: Mapping[str, Answer], expected: list[str]
) -> None:
    assert live(begun(f"rules:{rules}", answers)) == expected


CHAIN = """
rules:
  lift: {when: {finding: tight, foot: yes}, then: {recommend: lift}, because: So., source: B}
  bend: {when: {pose: sit, not: {finding: tight}}, then: {recommend: bend}, because: So., source: B}
  tight-knee: {when: {knee: yes, back: round}, then: {find: tight}, because: So., source: B}
  tight-hold: {when: {hold: {above: 5}}, then: {find: tight}, because: So., source: B}
"""


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["pose: bend recommend bend", "knee: lift recommend lift"]),
        ({"pose": "sit"}, ["knee: lift recommend lift", "knee: bend recommend bend"]),
        ({"pose": "stand"}, ["knee: lift recommend lift"]),
        ({"pose": "sit", "knee": "yes"}, ["back: lift recommend lift", "back: bend recommend bend"]),
        ({"pose": "sit", "knee": "no"}, ["hold: lift recommend lift", "hold: bend recommend bend"]),
        ({"pose": "sit", "hold": Decimal(6)}, ["foot: lift recommend lift"]),  # found: `bend` is ruled out
        ({"pose": "sit", "knee": "no", "hold": Decimal(5)}, []),  # ruled out: `bend` is given, `lift` is not to be had
        ({"pose": "sit", "foot": "no"}, ["knee: bend recommend bend"]),
        ({"pose": "lie", "foot": "no"}, []),
    ],
)
def test_live__a_rule_that_waits_for_a_finding__leads_into_the_rules_that_settle_it(
    answers: Mapping[str, Answer], expected: list[str]
) -> None:
    assert live(begun(CHAIN, answers)) == expected


@pytest.mark.parametrize(
    ("rules", "answers", "expected"),
    [
        pytest.param(
            """
  both: {when: {back: round, knee: yes}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "unsure"},
            [],
            id="a rule stuck on an unsure answer",
        ),
        pytest.param(
            """
  lift: {when: {finding: tight, knee: yes}, then: {recommend: lift}, because: So., source: B}
  tight: {when: {back: round}, then: {find: tight}, because: So., source: B}
""",
            {"back": "unsure"},
            [],
            id="a rule stuck on a finding that is stuck",
        ),
        pytest.param(
            """
  spared: {when: {not: {back: round}, knee: yes}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "unsure"},
            [],
            id="a `not` stuck on an unsure answer",
        ),
        pytest.param(
            """
  lift: {when: {finding: lost, knee: yes}, then: {recommend: lift}, because: So., source: B}
""",
            {},
            [],
            id="a rule on a finding that nothing finds",
        ),
        pytest.param(
            """
  both: {when: {back: [round, unsure], knee: yes}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "unsure"},
            ["knee: both recommend lift"],
            id="but not one that takes unsure for an answer",
        ),
        pytest.param(
            """
  either: {when: {any: [{back: round}, {knee: yes}]}, then: {recommend: lift}, because: So., source: B}
""",
            {"back": "unsure"},
            ["knee: either recommend lift"],
            id="nor one with another way",
        ),
    ],
)
def test_live__a_rule_that_is_stuck__asks_nothing(
    rules: str, answers: Mapping[str, Answer], expected: list[str]
) -> None:
    assert live(begun(f"rules:{rules}", answers)) == expected


@pytest.mark.parametrize(
    "when", ["{not: {only: none}}", "{not: {only: none}, knee: yes}", "{not: {any: [{only: none}]}}"]
)
def test_live__an_option_that_nothing_else_could_take_the_place_of__asks_nothing(when: str) -> None:
    kb = kb_from(f"""
sources: {{B: {{work: Book}}}}
questions: {{only: {{ask: Which?, type: several, options: {{none: None}}}}, knee: {{ask: Your knee?, type: yes-no}}}}
recommendations: {{lift: {{title: Lift, steps: [Lift.]}}}}
rules: {{never: {{when: {when}, then: {{recommend: lift}}, because: So., source: B}}}}
""")
    assert Session.begin(Engine(kb)).open_questions == ()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # Whether lifting is held back matters only if there is lifting to hold back: its first question comes first.
        ({}, ["back: lift recommend lift", "knee: held withhold lift"]),
        ({"back": "round"}, ["knee: held withhold lift"]),
        ({"back": "flat"}, []),
        ({"knee": "yes"}, []),
        ({"knee": "no"}, ["back: lift recommend lift"]),
        ({"knee": "unsure"}, ["back: lift recommend lift"]),
        ({"back": "round", "knee": "yes"}, []),
    ],
)
def test_live__a_withheld_recommendation__asks_nothing(answers: Mapping[str, Answer], expected: list[str]) -> None:
    pack = """
rules:
  lift: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  held: {when: {knee: yes}, then: {withhold: lift}, because: So., source: B}
"""
    assert live(begun(pack, answers)) == expected


def test_live__a_recommendation_that_its_own_condition_withholds__is_asked_for_only_to_show_it_held_back() -> None:
    pack = """
rules:
  lift: {when: {knee: yes}, then: {recommend: lift}, because: So., source: B}
  held: {when: {knee: yes}, then: {withhold: lift}, because: So., source: B}
"""
    assert live(begun(pack)) == ["knee: held withhold lift"]


# --- danger first, and after a stop only what is stronger -------------------------------------------------------------

DANGER = f"""
safety-screens: [signs, chest]
rules:
  {BACK}
  bendy: {{when: {{signs: bendy, foot: yes}}, then: {{refer: limits}}, because: So., source: B}}
  clot: {{when: {{signs: [clot, "clot?"]}}, then: {{refer: today}}, because: So., source: B}}
  chest:
    when: {{signs: [clot, "clot?"], chest: [yes, unsure]}}
    then: {{refer: emergency}}
    because: So.
    source: B
  knee: {{when: {{knee: yes}}, then: {{refer: clinician}}, because: So., source: B}}
"""


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, ("signs", "chest", "back", "knee")),
        ({"back": "round", "knee": "no"}, ("signs", "chest")),
        ({"signs": ("none",)}, ("chest", "back", "knee")),
        ({"signs": ("none",), "chest": "yes"}, ("knee",)),  # no rule refers for it yet, so nothing can be advised
        ({"signs": ("bendy",), "chest": "no"}, ("knee", "foot")),
        ({"signs": ("bendy",), "chest": "no", "foot": "yes"}, ("back", "knee")),
        ({"signs": ("clot",)}, ("chest",)),  # only what is stronger than a stop today
        ({"signs": ("clot?",), "back": "round"}, ("chest",)),
        ({"signs": ("clot",), "chest": "no"}, ()),
        ({"signs": ("clot",), "chest": "unsure"}, ()),
        ({"knee": "yes"}, ("signs",)),
        ({"knee": "yes", "signs": ("bendy",)}, ()),
    ],
)
def test_open_questions__with_screens_and_stops__are_screens_first_and_then_only_what_is_stronger(
    answers: Mapping[str, Answer], asked: tuple[str, ...]
) -> None:
    assert begun(DANGER, answers).open_questions == asked


def test_open_questions__screens_named_in_another_order__are_asked_in_that_of_the_header() -> None:
    pack = f"""
safety-screens: [foot, signs]
rules:
  {BACK}
"""
    assert begun(pack).open_questions == ("foot", "signs", "back")


def test_live__a_rule_that_would_stop_as_well__recommends_nothing_that_would_be_seen() -> None:
    pack = """
rules:
  lift: {when: {knee: yes}, then: {recommend: lift}, because: So., source: B}
  stop: {when: {knee: yes}, then: {refer: clinician}, because: So., source: B}
"""
    assert live(begun(pack)) == ["knee: stop refer clinician"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["knee: lift recommend lift", "knee: stop refer clinician"]),
        ({"back": "flat"}, ["knee: lift recommend lift"]),
        ({"back": "round"}, ["knee: stop refer clinician"]),
        ({"back": "unsure"}, ["knee: lift recommend lift"]),
    ],
)
def test_live__a_rule_that_would_stop_once_more_is_answered__hinders_only_then(
    answers: Mapping[str, Answer], expected: list[str]
) -> None:
    pack = """
rules:
  lift: {when: {knee: yes}, then: {recommend: lift}, because: So., source: B}
  stop: {when: {knee: yes, back: round}, then: {refer: clinician}, because: So., source: B}
"""
    session = begun(pack, answers)
    assert session.next_question() == session.kb.questions["knee"]
    assert live(session) == expected


@pytest.mark.parametrize("answers", [{}, {"back": "flat"}, {"back": "round"}, {"back": "flat", "knee": "yes"}])
def test_open_questions__about_the_time_after_the_advice__are_never_asked(answers: Mapping[str, Answer]) -> None:
    pack = f"""
rules:
  {BACK}
  sign: {{when: {{new-sign: [yes, unsure]}}, then: {{refer: clinician, recommend: bend}}, because: So., source: B}}
  found: {{when: {{finding: tight}}, then: {{recommend: bend}}, because: So., source: B}}
  tight: {{when: {{new-sign: no, knee: yes}}, then: {{find: tight}}, because: So., source: B}}
"""
    assert "new-sign" not in begun(pack, answers).open_questions


def test_witness__of_a_live_question__reaches_its_goal_with_the_answers_given() -> None:
    session = begun(CHAIN, {"pose": "sit", "knee": "yes"})
    assert [each.witness for each in session.live] == [
        {"back": "round", "foot": "yes"},
        {"back": "flat", "hold": Decimal("2.5")},
    ]


def test_selector__asked_about_several_sessions_in_turn__answers_as_if_it_had_not_been_asked_before() -> None:
    first = begun(CHAIN)
    for answers in ({"pose": "sit"}, {}, {"knee": "no"}, {"pose": "sit"}):
        session = first
        for name, answer in answers.items():
            session = session.answer(name, answer)
        assert live(session) == live(begun(CHAIN, answers))


def test_next_question__where_a_count_was_asked_for_first__is_the_same() -> None:
    session = begun("""
rules:
  seen: {when: {foot: yes, knee: yes}, then: {refer: limits}, because: So., source: B}
""")
    assert session.next_question() == session.kb.questions["foot"]
    session = session.answer("foot", "yes")
    assert session.most_questions_left() == 1
    assert session.next_question() == session.kb.questions["knee"]


@pytest.mark.parametrize(
    ("rules", "replies"),
    [
        pytest.param(
            """
  lift: {when: {finding: tight, hold: {above: 5}}, then: {recommend: lift}, because: So., source: B}
  tight: {when: {chest: yes, back: round}, then: {find: tight}, because: So., source: B}
  bend: {when: {knee: yes}, then: {recommend: bend}, because: So., source: B}
""",
            {"chest": "yes", "back": "round", "knee": "yes", "hold": Decimal(6)},
            id="what a finding still needs comes before what only comes after it",
        ),
        pytest.param(
            """
  lift: {when: {finding: tight, hold: {above: 5}}, then: {recommend: lift}, because: So., source: B}
  bend: {when: {finding: stiff, hold: {above: 5}}, then: {recommend: bend}, because: So., source: B}
  limits: {when: {finding: tight, hold: {above: 5}}, then: {refer: limits}, because: So., source: B}
  tight: {when: {foot: yes}, then: {find: tight}, because: So., source: B}
  stiff: {when: {back: round}, then: {find: stiff}, because: So., source: B}
""",
            {"back": "round", "foot": "yes", "hold": Decimal(6)},
            id="two findings, each with its own questions",
        ),
        pytest.param(
            """
  limits: {when: {any: [{foot: yes}, {back: round}]}, then: {refer: limits}, because: So., source: B}
  lift: {when: {any: [{foot: yes, knee: yes}, {back: round}]}, then: {recommend: lift}, because: So., source: B}
  bend: {when: {knee: yes}, then: {recommend: bend}, because: So., source: B}
""",
            {"knee": "no", "back": "round"},
            id="an earlier question that becomes worth asking comes next",
        ),
        pytest.param(
            """
  lift:
    when: {any: [{back: round, chest: yes}, {pose: sit}], foot: yes}
    then: {recommend: lift}
    because: So.
    source: B
  knee: {when: {back: flat, chest: no}, then: {refer: limits}, because: So., source: B}
""",
            {"back": "round", "chest": "yes", "foot": "yes"},
            id="no other alternative once one is met",
        ),
        pytest.param(
            """
  lift: {when: {signs: clot, knee: yes}, then: {recommend: lift}, because: So., source: B}
  stop: {when: {signs: clot, foot: no}, then: {refer: today}, because: So., source: B}
  bend: {when: {foot: no, back: round}, then: {recommend: bend}, because: So., source: B}
""",
            {"signs": ("clot",), "knee": "no", "foot": "no"},
            id="nothing that a stop would hide",
        ),
        pytest.param(
            """
  lift: {when: {any: [{foot: yes}, {knee: yes}], knee: yes}, then: {recommend: lift}, because: So., source: B}
""",
            {"knee": "yes"},
            id="nothing that another condition of the rule settles along",
        ),
        pytest.param(
            """
  lift:
    when: {any: [{all: [{finding: tight}, {foot: yes}]}, {hold: {above: 5}}]}
    then: {recommend: lift}
    because: So.
    source: B
  tight: {when: {back: round}, then: {find: tight}, because: So., source: B}
""",
            {"back": "flat", "hold": Decimal(6)},
            id="nothing that rests on a finding ruled out",
        ),
        pytest.param(
            """
  midwife: {when: {foot: yes}, then: {refer: midwife}, because: So., source: B}
  today: {when: {knee: yes}, then: {refer: today}, because: So., source: B}
  emergency: {when: {hold: {above: 5}}, then: {refer: emergency}, because: So., source: B}
""",
            {"knee": "yes", "hold": Decimal(6)},
            id="after a stop nothing of the same level",
        ),
        pytest.param(
            """
  lift: {when: {any: [{back: round}, {foot: yes}], hold: {above: 5}}, then: {recommend: lift}, because: So., source: B}
  bend: {when: {knee: yes}, then: {recommend: bend}, because: So., source: B}
""",
            {"back": "round", "knee": "yes", "hold": Decimal(6)},
            id="alternatives that stand before the rest of a rule",
        ),
    ],
)
def test_interview__from_its_first_question_to_its_last__asks_first_things_first(
    rules: str, replies: Mapping[str, Answer]
) -> None:
    session = begun(f"rules:{rules}")
    asked = []
    while question := session.next_question():
        asked.append(question.id)
        session = session.answer(question.id, replies[question.id])
    assert asked == list(replies)


def test_live__what_an_option_chosen_would_hide_by_a_stop__is_not_asked_for() -> None:
    pack = """
rules:
  lift: {when: {signs: clot, knee: yes}, then: {recommend: lift}, because: So., source: B}
  stop: {when: {signs: clot}, then: {refer: today}, because: So., source: B}
"""
    assert live(begun(pack)) == ["signs: stop refer today"]


# --- how many may come ------------------------------------------------------------------------------------------------

POSES = """
rules:
  sitting: {when: {pose: sit, back: round, knee: yes}, then: {recommend: lift}, because: So., source: B}
  standing: {when: {pose: stand, foot: yes}, then: {recommend: bend}, because: So., source: B}
"""

FOUND = """
rules:
  lift: {when: {finding: tight, foot: yes}, then: {recommend: lift}, because: So., source: B}
  sitting: {when: {knee: yes, pose: sit, back: round}, then: {find: tight}, because: So., source: B}
  standing: {when: {pose: stand, hold: {above: 5}, chest: yes}, then: {find: tight}, because: So., source: B}
"""

EITHER = """
rules:
  either:
    when: {any: [{knee: yes, back: round}, {foot: yes}, {new-sign: yes}]}
    then: {recommend: lift}
    because: So.
    source: B
"""


@pytest.mark.parametrize(
    ("pack", "replies", "left"),
    [
        pytest.param(POSES, {"pose": "sit", "back": "round", "knee": "no"}, [3, 2, 1, 0], id="on one way"),
        pytest.param(
            "safety-screens: [signs]\n"
            "rules: {both: {when: {back: round, knee: yes}, then: {recommend: lift}, because: So., source: B}}",
            {"back": "unsure", "signs": ("none",)},
            [3, 1, 0],
            id="beside a screen",
        ),
        pytest.param(FOUND, {"knee": "yes", "pose": "stand", "hold": Decimal(1)}, [5, 4, 3, 0], id="through a finding"),
        pytest.param(
            """
rules:
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  foot: {when: {foot: yes}, then: {recommend: lift}, because: So., source: B}
  knee: {when: {knee: yes}, then: {refer: limits}, because: So., source: B}
  pose: {when: {pose: sit}, then: {refer: limits}, because: So., source: B}
""",
            {"back": "round", "knee": "yes"},
            [4, 2, 0],
            id="what is said already needs no second rule",
        ),
        pytest.param(
            """
rules:
  back: {when: {back: round}, then: {recommend: lift}, because: So., source: B}
  held: {when: {knee: yes}, then: {withhold: lift}, because: So., source: B}
  foot: {when: {foot: yes}, then: {recommend: [lift, bend]}, because: So., source: B}
  stop: {when: {pose: sit}, then: {refer: clinician}, because: So., source: B}
""",
            {"knee": "yes", "pose": "sit"},
            [4, 2, 0],
            id="nor does what is held back, and after a stop nothing is left",
        ),
    ],
)
def test_most_left__asked_for_at_every_step__follows_what_is_answered(
    pack: str, replies: Mapping[str, Answer], left: list[int]
) -> None:
    session = begun(pack)
    counts = [session.most_questions_left()]
    for name, answer in replies.items():
        session = session.answer(name, answer)
        counts.append(session.most_questions_left())
    assert counts == left


def test_most_left__several_guards__is_the_smallest_bound_of_any_of_them() -> None:
    options = "type: one, options: {x: X, y: Y}"
    names = ["a", "b", "c", *(f"{guard}{number}" for guard in "abc" for number in range(6))]
    kinds = {name: options if len(name) == 1 else "type: yes-no" for name in names}
    # Whichever way `a` is answered spares two questions, `b` none, and `c` three.
    rules = ["a: x, a0: yes, a1: yes", "a: y, a2: yes, a3: yes", "b: x, b0: yes"]
    rules += ["c: x, c0: yes, c1: yes, c2: yes", "c: y, c3: yes, c4: yes, c5: yes"]
    lines = ["sources: {B: {work: Book}}", "questions:"]
    lines += [f"  {name}: {{ask: Well?, {kind}}}" for name, kind in kinds.items()]
    lines += ["recommendations:", *(f"  r{index}: {{title: Do, steps: [Do.]}}" for index in range(5)), "rules:"]
    lines += [
        f"  r{index}: {{when: {{{when}}}, then: {{recommend: r{index}}}, because: So., source: B}}"
        for index, when in enumerate(rules)
    ]
    assert Session.begin(Engine(kb_from("\n".join(lines)))).most_questions_left() == 14 - 3


@pytest.mark.parametrize(
    ("pack", "answers", "most"),
    [
        pytest.param(f"rules: {{{BACK}}}", {}, 1, id="one rule, one question"),
        pytest.param(f"rules: {{{BACK}, {KNEE}}}", {}, 2, id="two rules, two questions"),
        pytest.param(f"rules: {{{BACK}, {KNEE}}}", {"back": "flat"}, 1, id="one is answered"),
        pytest.param(f"rules: {{{BACK}}}", {"back": "flat"}, 0, id="nothing is left"),
        pytest.param(POSES, {}, 3, id="sitting asks two more, standing one: the pose and the longer way"),
        pytest.param(POSES, {"pose": "sit"}, 2, id="on the longer way"),
        pytest.param(POSES, {"pose": "stand"}, 1, id="on the shorter way"),
        pytest.param(POSES, {"pose": "lie"}, 0, id="on neither"),
        pytest.param(POSES, {"pose": "unsure"}, 0, id="an unsure pose leads nowhere"),
        pytest.param(POSES, {"pose": "sit", "back": "flat"}, 0, id="the way is closed"),
        pytest.param(CHAIN, {}, 5, id="through findings: pose, knee, back, hold, foot"),
        pytest.param(CHAIN, {"pose": "lie", "foot": "no"}, 0, id="a finding that nothing waits for"),
        pytest.param(FOUND, {}, 5, id="sitting or standing through a finding: knee, pose, hold and chest, foot"),
        pytest.param(FOUND, {"pose": "unsure"}, 0, id="a finding that an unsure pose leaves open"),
        pytest.param(FOUND, {"pose": "stand", "hold": Decimal(6), "chest": "yes"}, 1, id="a finding that is found"),
        pytest.param(f"safety-screens: [pose]\n{FOUND}", {}, 5, id="and where the pose is a screen"),
        pytest.param(
            FOUND.replace("pose: stand, hold: {above: 5}, chest: yes", "knee: yes, pose: stand, hold: {above: 5}"),
            {},
            4,
            id="and where the knee comes before the pose: knee, pose, back or hold, foot",
        ),
        pytest.param(
            FOUND.replace("finding: tight", "not: {finding: tight}"),
            {},
            6,
            id="to rule it out where the pose is unsure, all of them",
        ),
        pytest.param(
            POSES.replace("pose: sit, back: round, knee: yes", "knee: yes, pose: sit, back: round"),
            {},
            3,
            id="what comes before the pose comes in any case",
        ),
        pytest.param(
            "safety-screens: [signs]\n"
            "rules: {both: {when: {back: round, knee: yes}, then: {recommend: lift}, because: So., source: B}}",
            {"back": "unsure"},
            1,
            id="a screen, and nothing of a rule that is stuck",
        ),
        pytest.param(f"safety-screens: [signs]\nrules: {{{BACK}}}", {}, 2, id="a screen, and what follows"),
        pytest.param("safety-screens: [signs]", {}, 1, id="a screen alone"),
        pytest.param(DANGER, {}, 5, id="screens count once, though rules ask for them too"),
        pytest.param(DANGER, {"signs": ("clot",)}, 1, id="after a stop only what is stronger"),
        pytest.param(DANGER, {"signs": ("clot",), "chest": "no"}, 0, id="after a stop"),
        pytest.param(
            "rules: {sign: {when: {new-sign: yes}, then: {refer: today}, because: So., source: B}}",
            {},
            0,
            id="what comes after the advice does not count",
        ),
        pytest.param(EITHER, {}, 3, id="two ways, and what comes after the advice does not count"),
        pytest.param(EITHER, {"back": "flat"}, 1, id="a way that is closed asks nothing on the way to its end"),
    ],
)
def test_most_left__at_any_time__is_how_many_may_still_come(
    pack: str, answers: Mapping[str, Answer], most: int
) -> None:
    assert begun(pack, answers).most_questions_left() == most


@pytest.mark.parametrize(("answers", "most"), [({}, 3), ({"numb": "no"}, 2), ({"pain": "yes"}, 2), ({"pain": "no"}, 1)])
def test_most_left__of_a_screen_that_no_rule_reads__counts_it_until_it_is_answered_or_not_asked(
    answers: dict[str, Answer], most: int
) -> None:
    kb = kb_from("""\
safety-screens: [numb]
questions:
  pain: {ask: Any pain?, type: yes-no}
  numb: {ask: Is it numb?, type: yes-no, asked-when: {pain: yes}}
  knee: {ask: Is the knee bent?, type: yes-no}
recommendations: {rest: {title: Rest, steps: Rest.}, bend: {title: Bend, steps: Bend.}}
rules:
  knee: {when: {knee: yes}, then: {recommend: bend}, because: It bends., source: A1}
  pain: {when: {pain: yes}, then: {recommend: rest}, because: It hurts., source: A1}
sources: {A1: {work: A book}}
""")
    assert Session.begin(Engine(kb), answers).most_questions_left() == most


def test_live__without_a_goal__is_nothing() -> None:
    kb = kb_from("questions: {pain: {ask: Any pain?, type: yes-no}}")
    session = Session.begin(Engine(kb))
    assert (session.next_question(), session.live_for("pain"), session.most_questions_left()) == (None, (), 0)


def test_most_left__at_a_screen_that_follows_from_an_answer__is_what_it_was_on_the_way_there() -> None:
    kb = kb_from("""\
safety-screens: [numb]
questions:
  pain: {ask: Any pain?, type: yes-no}
  numb: {ask: Is it numb?, type: yes-no, asked-when: {pain: yes}}
  knee: {ask: Is the knee bent?, type: yes-no}
referrals: {see: {level: stop-emergency, tell: Go.}}
rules:
  numb: {when: {numb: [yes, unsure]}, then: {refer: see}, because: It is a sign., source: A1}
  never: {when: {pain: yes, knee: yes, not: {numb: [yes, no]}}, then: {refer: see}, because: So., source: A1}
sources: {A1: {work: A book}}
""")
    session = Session.begin(Engine(kb))
    assert session.most_questions_left() == 2
    assert session.answer("pain", "yes").most_questions_left() == 1
    assert Session.begin(Engine(kb), {"pain": "yes"}).most_questions_left() == 1


def test_live__where_the_first_ways_are_blocked__a_later_one_is_still_found() -> None:
    """Filling questions of several options in all ways must not use up the search before it comes to `unsure`."""
    kb = kb_from(
        """
        sources: {S: {work: A book}}
        questions:
          habits: {ask: Q?, type: several, options: {a: A, b: B, c: C, none: N}}
          props: {ask: Q?, type: several, options: {a: A, b: B}}
          stuck: {ask: Q?, type: yes-no}
        recommendations: {rest: {title: R, steps: Do.}}
        referrals: {see: {level: stop-emergency, tell: Go.}}
        rules:
          rest:
            when: {stuck: yes, all: [{props: [a, b, unsure], habits: [a, b, c]}]}
            then: {recommend: rest}
            because: B.
            source: S
          one: {when: {habits: a}, then: {refer: see}, because: B., source: S}
          two: {when: {props: [a, b]}, then: {refer: see}, because: B., source: S}
          three: {when: {habits: none}, then: {refer: see, withhold: rest}, because: B., source: S}
        """
    )
    session = Session.begin(Engine(kb))
    assert "rest" in {live.goal.rule for live in session.live}
    assert session.most_questions_left() == 3


def test_next_question__a_rule_that_asks_against_the_order_of_the_pack__asks_step_by_step_what_it_says() -> None:
    session = begun("""
rules:
  both: {when: {foot: yes, knee: yes}, then: {recommend: lift}, because: So., source: B}
  last: {when: {hold: {at-least: 1}}, then: {recommend: bend}, because: So., source: B}
""")
    asked = []
    while question := session.next_question():
        asked.append((question.id, session.most_questions_left()))
        session = session.answer(question.id, Decimal(1) if question.id == "hold" else "yes")
        session.most_questions_left()
    assert asked == [("foot", 3), ("knee", 2), ("hold", 1)]


def test_live__what_only_an_answer_after_the_advice_brings_within_reach__is_asked_from_then_on() -> None:
    kb = kb_from("""\
questions:
  round: {ask: Round?, type: yes-no}
  limit: {ask: A limit?, type: yes-no}
  felt: {ask: Felt it?, type: yes-no, after-advice: yes}
recommendations:
  rest: {title: Rest, steps: Rest.}
rules:
  felt-it: {when: {all: [{round: yes}, {felt: yes}]}, then: {recommend: rest}, because: You felt it., source: A1}
  limited: {when: {limit: yes}, then: {withhold: rest}, because: There is a limit., source: A1}
sources: {A1: {work: A book}}
""")
    session = Session.begin(Engine(kb))
    assert session.open_questions == ()
    assert session.answer("felt", "yes").open_questions == ("round", "limit")
