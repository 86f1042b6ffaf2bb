"""Why a question is asked, how something was concluded, why something was not: each as data and as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import pytest

import kb.interview.selection.witness as kb_search
from kb.explanation import chain, wording
from kb.explanation.explanation import (
    How,
    Obstacle,
    Reason,
    Step,
    Why,
    WhyNot,
    change_that_fires,
    explain_how,
    explain_why,
    explain_why_not,
    title_of,
)
from kb.inference.engine import Engine
from kb.interview.selection.selector import Effect, Goal
from kb.interview.session import Session
from kb.model.knowledge import Answer
from kb.text.blocks import Paragraph
from tests.helpers import kb_from

KB = kb_from("""
sources: {P3: {work: Book, at: page 3}, P9: {work: Book, at: page 9}, N: {work: Notes}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: A swollen leg, bendy: Very bendy, none: None of these}}
  back: {ask: Your back?, type: one, options: {flat: It is flat, round: It rounds}}
  knee: {ask: Sore knee?, type: yes-no}
  foot: {ask: Numb foot?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0}
safety-screens: [signs]
findings: {tight: {title: Tight hamstrings}, lazy: {title: A lazy back}}
recommendations:
  lift: {title: Sit higher, steps: [Lift.]}
  bend: {title: Bend the knees, steps: [Bend.]}
referrals:
  today: {level: stop-today, tell: See someone today.}
  limits: {level: gently, tell: Go gently.}
rules:
  clot: {when: {signs: [clot, "clot?"]}, then: {refer: today}, because: A clot is urgent., source: N}
  bendy: {when: {signs: bendy}, then: {refer: limits}, because: Bendy people overdo., source: N}
  seat: {when: {finding: tight, not: {finding: lazy}}, then: {recommend: lift}, because: Height helps., source: [P3, N]}
  knees:
    when: {knee: no, any: [{back: round}, {foot: yes}]}
    then: {recommend: bend}
    because: Bending helps.
    source: P9
  rounds: {when: {back: round}, then: {find: tight}, because: Tight hamstrings round it., source: P3}
  short: {when: {hold: {below: 1}, foot: no}, then: {find: tight}, because: Short holds shorten., source: P9}
  lazy: {when: {foot: yes}, then: {find: lazy}, because: A numb foot is lazy., source: P9}
  held: {when: {knee: yes}, then: {withhold: lift}, because: Knees dislike height., source: P9}
""")
ENGINE = Engine(KB)
CALM: dict[str, Answer] = {"signs": ("none",)}


def begun(**answers: Answer) -> Session:
    """Return a session with `answers`, the safety screen calm unless it is among them."""
    return Session.begin(ENGINE, {**CALM, **answers})


def said(paragraphs: Iterable[Paragraph]) -> tuple[str, ...]:
    """Return what is said, paragraph by paragraph."""
    return tuple(each.text for each in paragraphs if each.text)


# --- why a question ---------------------------------------------------------------------------------------------------


def test_why__a_screen__is_asked_for_itself_and_for_what_it_leads_to() -> None:
    why = explain_why(Session.begin(ENGINE), "signs")
    assert why == Why(
        "signs",
        True,
        (
            Reason(Goal("clot", Effect.REFER, "today"), {"signs": ("clot",)}, "A clot is urgent."),
            Reason(Goal("bendy", Effect.REFER, "limits"), {"signs": ("bendy",)}, "Bendy people overdo."),
        ),
    )
    assert said(wording.why(Session.begin(ENGINE), KB.questions["signs"])) == (
        "This is one of the safety questions. Nothing is advised before they are answered.",
        "What your answer can lead to:",
        "With 1, you would be asked to see someone first. A clot is urgent.",
        "With 2, limits would apply to what is advised. Bendy people overdo.",
    )


@pytest.mark.parametrize(
    ("answers", "question", "lines"),
    [
        pytest.param(
            {},
            "back",
            (
                "What your answer can lead to:",
                "With 2 and if “Numb foot?” is answered “No”, “Sit higher” would be recommended. Height helps.",
            ),
            id="recommend, through a finding found and one ruled out",
        ),
        pytest.param(
            {},
            "knee",
            (
                "What your answer can lead to:",
                (
                    "With no and if “Your back?” is answered “It rounds”, “Bend the knees” would be recommended. "
                    "Bending helps."
                ),
                (
                    "With yes and if “Your back?” is answered “It rounds” and if “Numb foot?” is answered “No”, "
                    "“Sit higher” would be held back. Knees dislike height."
                ),
            ),
            id="recommend, or hold back",
        ),
        pytest.param(
            {"back": "round", "foot": "no"},
            "knee",
            (
                "What your answer can lead to:",
                "With no, “Bend the knees” would be recommended. Bending helps.",
                "With yes, “Sit higher” would be held back. Knees dislike height.",
            ),
            id="what is answered is not named again",
        ),
        pytest.param(
            {"back": "flat", "foot": "no", "knee": "no"},
            "hold",
            (
                "What your answer can lead to:",
                "With 30 seconds, “Sit higher” would be recommended. Height helps.",
            ),
            id="a number, as people say it",
        ),
        pytest.param(
            {"back": "flat", "foot": "no", "knee": "no"},
            "knee",
            ("You answered this before. No further advice waits for it now.",),
            id="a question answered",
        ),
        pytest.param(
            {"knee": "yes"},
            "back",
            ("You answered this before. No further advice waits for it now.",),
            id="nothing to gain",
        ),
    ],
)
def test_why__a_question__names_the_effect_of_answers_and_its_reason(
    answers: Mapping[str, Answer], question: str, lines: tuple[str, ...]
) -> None:
    assert said(wording.why(begun(**answers), KB.questions[question])) == lines


def test_why__two_rules_with_one_effect__names_it_once_with_the_first_reason() -> None:
    kb = kb_from("""
sources: {N: {work: Notes}}
questions: {back: {ask: Your back?, type: one, options: {flat: It is flat, round: It rounds}}}
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
rules:
  round: {when: {back: round}, then: {recommend: lift}, because: Round backs need it., source: N}
  flat: {when: {back: flat}, then: {recommend: lift}, because: Flat ones too., source: N}
""")
    assert said(wording.why(Session.begin(Engine(kb)), kb.questions["back"])) == (
        "What your answer can lead to:",
        "With 2, “Sit higher” would be recommended. Round backs need it.",
    )


def test_why__limits_beside_a_stop_that_the_same_answer_brings__speaks_of_both() -> None:
    kb = kb_from("""
sources: {N: {work: Notes}}
questions:
  bendy: {ask: Very bendy?, type: yes-no}
  slip: {ask: Do joints slip out?, type: yes-no}
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
referrals: {limits: {level: gently, tell: Go gently.}, see: {level: clinician-first, tell: See someone.}}
rules:
  bendy: {when: {bendy: yes}, then: {refer: limits}, because: Bendy people overdo., source: N}
  slips: {when: {slip: yes, bendy: yes}, then: {refer: see}, because: Joints may be hurt., source: N}
""")
    assert said(wording.why(Session.begin(Engine(kb), {"slip": "yes"}), kb.questions["bendy"])) == (
        "What your answer can lead to:",
        "With yes, limits would apply, and you would be asked to see someone first. Bendy people overdo.",
        "With yes, you would be asked to see someone first. Joints may be hurt.",
    )


def test_why__search_out_of_steps__names_no_way_that_it_has_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    kb = kb_from("""
sources: {N: {work: Notes}}
questions: {signs: {ask: Which signs?, type: several, options: {clot: A clot, bendy: Bendy}}}
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
referrals: {see: {level: clinician-first, tell: See someone.}}
rules:
  lift: {when: {not: {signs: clot}}, then: {recommend: lift}, because: Height helps., source: N}
  see: {when: {not: {signs: bendy}}, then: {refer: see}, because: It is not that., source: N}
""")
    assert said(wording.why(Session.begin(Engine(kb)), kb.questions["signs"])) == (
        "What your answer can lead to:",
        "With 2, “Sit higher” would be recommended. Height helps.",
        "With 0, you would be asked to see someone first. It is not that.",
    )
    monkeypatch.setattr(kb_search, "_MOST_STEPS", 1)  # it then comes to none of them, which stops the person
    why = explain_why(Session.begin(Engine(kb)), "signs")
    assert why.beyond
    assert said(wording.why(Session.begin(Engine(kb)), kb.questions["signs"])) == (
        "What your answer can lead to:",
        "With 0, you would be asked to see someone first. It is not that.",
        "It may lead to more, but in too many ways to name one of them here.",
    )


def test_why__advice_beside_a_sign_that_no_rule_refers_for__is_not_named() -> None:
    kb = kb_from("""
safety-screens: [numb]
sources: {N: {work: Notes}}
questions: {numb: {ask: Is it numb?, type: yes-no}, back: {ask: Is it round?, type: yes-no}}
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
rules:
  lift: {when: {numb: yes, back: yes}, then: {recommend: lift}, because: Height helps., source: N}
""")
    assert explain_why(Session.begin(Engine(kb)), "numb") == Why("numb", True, (), beyond=True)


# --- how something was concluded --------------------------------------------------------------------------------------


def test_how__through_findings_found_and_ruled_out__follows_each_to_the_answers() -> None:
    session = begun(back="round", foot="no", hold=Decimal("0.5"), knee="no")
    how = explain_how(session, "lift")
    assert how == How(
        "lift",
        (
            Step("seat", "Height helps.", ("P3", "N"), {}, ("tight",), ("lazy",)),
            Step("rounds", "Tight hamstrings round it.", ("P3",), {"back": "round"}, (), ()),
            Step("short", "Short holds shorten.", ("P9",), {"foot": "no", "hold": Decimal("0.5")}, (), ()),
        ),
        {"back": "round", "foot": "no", "hold": Decimal("0.5")},
    )
    assert said(chain.how(session, "lift")) == (
        "How “Sit higher” came about",
        "You said “It rounds”, “No” to “Numb foot?” and “30 seconds” to “How long?”. So Tight hamstrings.",
        "And nothing of “A lazy back”. That is why: Height helps.",
    )


@pytest.mark.parametrize(
    ("answers", "target", "steps", "used"),
    [
        pytest.param(
            {"knee": "no", "foot": "yes"},
            "bend",
            [("knees", {"knee": "no", "foot": "yes"})],
            {"knee": "no", "foot": "yes"},
            id="through a node",
        ),
        pytest.param(
            {"knee": "no", "foot": "yes", "back": "round"},
            "bend",
            [("knees", {"knee": "no", "foot": "yes", "back": "round"})],
            {"knee": "no", "foot": "yes", "back": "round"},
            id="through both alternatives of a node",
        ),
        pytest.param({"back": "round"}, "tight", [("rounds", {"back": "round"})], {"back": "round"}, id="a finding"),
        pytest.param(
            {"signs": ("clot?",), "back": "round"},
            "today",
            [("clot", {"signs": ("clot?",)})],
            {"signs": ("clot?",)},
            id="a referral",
        ),
        pytest.param(
            {"back": "round", "foot": "no", "knee": "yes"},
            "lift",
            [("seat", {}), ("rounds", {"back": "round"})],
            {"back": "round", "foot": "no"},
            id="what is withheld was concluded all the same",
        ),
        pytest.param({"back": "round"}, "lift", [], {}, id="not concluded yet"),
        pytest.param({"back": "flat"}, "bend", [], {}, id="ruled out"),
    ],
)
def test_how__a_conclusion__names_rules_and_the_answers_they_used(
    answers: Mapping[str, Answer],
    target: str,
    steps: list[tuple[str, Mapping[str, Answer]]],
    used: Mapping[str, Answer],
) -> None:
    how = explain_how(begun(**answers), target)
    assert [(step.rule, step.answers) for step in how.steps] == steps
    assert how.answers == used


def test_how__by_several_findings__follows_each_of_them_and_all_that_rules_one_out() -> None:
    kb = kb_from("""
sources: {N: {work: Notes}}
questions:
  a: {ask: A?, type: yes-no}
  b: {ask: B?, type: yes-no}
  c: {ask: C?, type: yes-no}
  d: {ask: D?, type: yes-no}
  e: {ask: E?, type: yes-no}
  other: {ask: Other?, type: yes-no}
findings: {f: {title: F}, g: {title: G}, x: {title: X}, y: {title: Y}, z: {title: Z}}
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
rules:
  lift:
    when: {all: [{finding: f}, {any: [{finding: g}, {other: no}]}, {any: [{not: {finding: x}}, {other: no}]}]}
    then: {recommend: lift}
    because: So.
    source: N
  f: {when: {a: yes}, then: {find: f}, because: So., source: N}
  g: {when: {b: yes}, then: {find: g}, because: So., source: N}
  x: {when: {all: [{c: yes}, {not: {finding: y}}, {finding: z}]}, then: {find: x}, because: So., source: N}
  y: {when: {d: yes}, then: {find: y}, because: So., source: N}
  z: {when: {e: yes}, then: {find: z}, because: So., source: N}
""")
    answers: dict[str, Answer] = {"a": "yes", "b": "yes", "c": "no", "d": "yes", "e": "no", "other": "yes"}
    how = explain_how(Session.begin(Engine(kb), answers), "lift")
    assert [(step.rule, step.found, step.ruled_out) for step in how.steps] == [
        ("lift", ("f", "g"), ("x",)),
        ("f", (), ()),
        ("g", (), ()),
    ]
    assert how.answers == {"a": "yes", "b": "yes", "c": "no", "d": "yes", "e": "no"}


def test_how__answers_beside_a_finding_ruled_out__are_all_named() -> None:
    kb = kb_from("""
sources: {N: {work: Notes}}
questions: {back: {ask: Is it round?, type: yes-no}, knee: {ask: Is it sore?, type: yes-no}}
findings: {sore: {title: A sore knee}}
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
rules:
  sore: {when: {knee: yes}, then: {find: sore}, because: It is sore., source: N}
  lift: {when: {back: yes, not: {finding: sore}}, then: {recommend: lift}, because: Height helps., source: N}
""")
    answers: dict[str, Answer] = {"back": "yes", "knee": "no"}
    assert explain_how(Session.begin(Engine(kb), answers), "lift").answers == answers


def test_how__of_nothing_concluded__says_so() -> None:
    assert explain_how(begun(), "lift") == How("lift", (), {})


# --- why something was not concluded ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "target", "expected", "lines"),
    [
        pytest.param(
            {"back": "round", "knee": "no"},
            "bend",
            WhyNot("bend", True, False, (), (), None),
            (
                "Why not “Bend the knees”",
                "It was given. Type how for its reasons.",
            ),
            id="given",
        ),
        pytest.param(
            {"back": "round", "knee": "yes"},
            "bend",
            WhyNot("bend", False, False, (), (Obstacle("knees", {"knee": "yes"}, ()),), {"knee": "no"}),
            (
                "Why not “Bend the knees”",
                "Rule knees does not apply. You said:",
                "Sore knee?",
                "= Yes",
                "It would be there, had you answered:",
                "Sore knee?",
                "= No",
            ),
            id="failed",
        ),
        pytest.param(
            {"back": "flat", "foot": "yes", "hold": Decimal(2)},
            "lift",
            WhyNot(
                "lift",
                False,
                False,
                (),
                (Obstacle("seat", {"back": "flat", "foot": "yes", "hold": Decimal(2)}, ()),),
                {"back": "round", "foot": "no"},
            ),
            (
                "Why not “Sit higher”",
                "Rule seat does not apply. You said:",
                "Your back?",
                "= It is flat",
                "Numb foot?",
                "= Yes",
                "How long?",
                "= 2 minutes",
                "It would be there, had you answered:",
                "Your back?",
                "= It rounds",
                "Numb foot?",
                "= No",
            ),
            id="failed through findings",
        ),
        pytest.param(
            {"knee": "no"},
            "bend",
            WhyNot("bend", False, False, (), (Obstacle("knees", {}, ("back", "foot")),), {"back": "round"}),
            (
                "Why not “Bend the knees”",
                "Rule knees still waits for:",
                "Your back?",
                "Numb foot?",
                "It would be there, had you answered:",
                "Your back?",
                "= It rounds",
            ),
            id="open",
        ),
        pytest.param(
            {"back": "round", "foot": "no", "knee": "yes"},
            "lift",
            WhyNot("lift", False, False, ("held",), (), None),
            (
                "Why not “Sit higher”",
                "It is held back. Knees dislike height.",
            ),
            id="withheld",
        ),
        pytest.param(
            {"signs": ("clot",), "back": "round", "knee": "no"},
            "bend",
            WhyNot("bend", False, True, (), (), {"signs": ("none",)}),
            (
                "Why not “Bend the knees”",
                "Nothing about poses is said, because someone should look at what you told first.",
            ),
            id="stopped",
        ),
        pytest.param(
            {"signs": ("clot",), "back": "flat", "foot": "no", "knee": "no"},
            "tight",
            WhyNot(
                "tight",
                False,
                True,
                (),
                (Obstacle("rounds", {"back": "flat"}, ()), Obstacle("short", {}, ("hold",))),
                {"signs": ("none",), "back": "round"},
            ),
            (
                "Why not “Tight hamstrings”",
                "Nothing about poses is said, because someone should look at what you told first.",
            ),
            id="a finding beside a stop is not said",
        ),
        pytest.param(
            {},
            "today",
            WhyNot("today", False, False, (), (Obstacle("clot", {"signs": ("none",)}, ()),), {"signs": ("clot",)}),
            (
                "Why not “See someone today.”",
                "Rule clot does not apply. You said:",
                "Which signs?",
                "= None of these",
            ),
            id="a referral",
        ),
    ],
)
def test_why_not__a_target__names_what_stands_in_the_way_and_a_change(
    answers: Mapping[str, Answer], target: str, expected: WhyNot, lines: tuple[str, ...]
) -> None:
    why_not = explain_why_not(begun(**answers), target)
    assert why_not == expected
    assert said(wording.why_not(begun(**answers), target)) == lines


def test_why_not__screens_unanswered__the_change_answers_them() -> None:
    session = Session.begin(ENGINE, {"back": "round", "knee": "no"})
    assert explain_why_not(session, "bend") == WhyNot("bend", False, False, (), (), {"signs": ("none",)})


def test_why_not__a_rule_about_the_time_after_the_advice__waits_for_no_question_of_that_time() -> None:
    kb = kb_from("""
sources: {N: {work: Notes}}
questions: {sign: {ask: Anything new?, type: yes-no, after-advice: yes}, knee: {ask: Sore knee?, type: yes-no}}
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
rules: {both: {when: {sign: yes, knee: yes}, then: {recommend: lift}, because: So., source: N}}
""")
    why_not = explain_why_not(Session.begin(Engine(kb)), "lift")
    assert why_not.obstacles == (Obstacle("both", {}, ("knee",)),)
    assert why_not.change == {"sign": "yes", "knee": "yes"}


def test_why_not__several_ways__the_change_is_the_smallest() -> None:
    session = begun(back="flat", foot="yes", knee="yes")
    assert explain_why_not(session, "bend").change == {"knee": "no"}
    assert explain_why_not(session.change("foot", "no"), "bend").change == {"back": "round", "knee": "no"}


def ways(*conditions: str) -> Session:
    """Return a session in which rules recommend lifting: the first under any of `conditions`."""
    return Session.begin(
        Engine(
            kb_from(f"""
sources: {{N: {{work: Notes}}}}
questions:
  a: {{ask: A?, type: yes-no}}
  b: {{ask: B?, type: yes-no}}
  c: {{ask: C?, type: yes-no}}
  d: {{ask: D?, type: yes-no}}
recommendations: {{lift: {{title: Sit higher, steps: [Lift.]}}}}
rules:
  one: {{when: {{any: [{", ".join(conditions)}]}}, then: {{recommend: lift}}, because: So., source: N}}
  two: {{when: {{c: yes, d: yes}}, then: {{recommend: lift}}, because: So., source: N}}
""")
        )
    )


def test_why_not__a_small_change_behind_larger_ones__is_found() -> None:
    session = ways("{a: yes, b: yes, c: yes}", "{a: yes, b: yes, d: yes}", "{d: no}")
    assert explain_why_not(session, "lift").change == {"d": "no"}
    assert explain_why_not(ways("{a: yes, b: yes}", "{d: no}"), "lift").change == {"d": "no"}


def test_why_not__more_ways_than_are_tried__names_the_best_of_those(monkeypatch: pytest.MonkeyPatch) -> None:
    session = ways("{a: yes, b: yes, c: yes}", "{a: no}")
    assert explain_why_not(session, "lift").change == {"a": "no"}
    monkeypatch.setattr("kb.explanation.explanation._MOST_TRIES", 4)  # one for each rule
    assert explain_why_not(session, "lift").change == {"c": "yes", "d": "yes"}
    monkeypatch.setattr("kb.explanation.explanation._MOST_TRIES", 1)
    assert explain_why_not(session, "lift").change is None


@pytest.mark.parametrize(
    ("screen", "stop", "calm"),
    [
        ("type: several, options: {clot: Clot, none: None}", "clot", ("none",)),
        ("type: several, options: {clot: Clot, tear: Tear}", "clot", ()),
        ("type: yes-no", "yes", "no"),
        ("type: yes-no", "no", None),  # a yes is a sign for which no rule refers
        ("type: yes-no", "unsure", "no"),
        ("type: one, options: {fine: Fine, sore: Sore, numb: Numb}", "numb", "fine"),
        ("type: one, options: {numb: Numb, sore: Sore, fine: Fine}", "numb", "sore"),
        ("type: number, unit: weeks, at-least: 2", "{above: 5}", Decimal(2)),
        ("type: number, unit: weeks, at-least: 0", "{above: 5}", Decimal(0)),
    ],
)
def test_why_not__before_a_screen_of_any_kind__the_change_answers_it_as_harmlessly_as_can_be(
    screen: str, stop: str, calm: Answer | None
) -> None:
    kb = kb_from(f"""
sources: {{N: {{work: Notes}}}}
questions: {{screen: {{ask: Danger?, {screen}}}, knee: {{ask: Sore knee?, type: yes-no}}}}
safety-screens: [screen]
recommendations: {{lift: {{title: Sit higher, steps: [Lift.]}}}}
referrals: {{today: {{level: stop-today, tell: See someone today.}}}}
rules:
  stop: {{when: {{screen: {stop}}}, then: {{refer: today}}, because: So., source: N}}
  lift: {{when: {{knee: yes}}, then: {{recommend: lift}}, because: So., source: N}}
""")
    session = Session.begin(Engine(kb), {"knee": "yes"})
    assert explain_why_not(session, "lift").change == (None if calm is None else {"screen": calm})


def test_why_not__a_screen_that_stops_beside_one_that_does_not__changes_both_if_no_rule_refers() -> None:
    kb = kb_from("""
sources: {N: {work: Notes}}
questions:
  signs: {ask: Which signs?, type: several, options: {bendy: Bendy, none: None}}
  chest: {ask: Breathless?, type: yes-no}
  knee: {ask: Sore knee?, type: yes-no}
safety-screens: [signs, chest]
recommendations: {lift: {title: Sit higher, steps: [Lift.]}}
referrals: {today: {level: stop-today, tell: See someone today.}}
rules:
  stop: {when: {chest: yes}, then: {refer: today}, because: So., source: N}
  lift: {when: {knee: yes}, then: {recommend: lift}, because: So., source: N}
""")
    session = Session.begin(Engine(kb), {"signs": ("bendy",), "chest": "yes", "knee": "no"})
    assert explain_why_not(session, "lift").change == {"signs": ("none",), "chest": "no", "knee": "yes"}


@pytest.mark.parametrize(
    ("answers", "rule", "change"),
    [
        ({}, "knees", {"back": "round", "knee": "no"}),
        ({"knee": "yes", "foot": "yes"}, "knees", {"knee": "no"}),
        ({"signs": ("clot",)}, "lazy", {"foot": "yes"}),
        ({"signs": ("clot", "bendy")}, "clot", {}),
    ],
)
def test_change_that_fires__a_rule__is_what_makes_it_hold_whatever_is_shown_then(
    answers: dict[str, Answer], rule: str, change: Mapping[str, Answer]
) -> None:
    assert change_that_fires(begun(**answers), rule) == change


def test_change_that_fires__a_rule_that_can_never_hold__is_none() -> None:
    assert change_that_fires(ways("{a: yes, not: {a: yes}}"), "one") is None


def test_change_that_fires__best_way_of_those_tried__names_nothing_that_it_does_not_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.explanation.explanation._MOST_TRIES", 4)  # one a rule: the shorter way is never tried
    session = ways("{a: yes, b: yes, c: yes}", "{b: yes, d: no}").answer("d", "no")
    assert change_that_fires(session, "one") == {"b": "yes"}
    assert explain_why_not(session, "lift").change == {"b": "yes"}


def test_why_not__for_a_change__keeps_what_was_chosen_beside_it() -> None:
    session = begun(signs=("bendy",))
    assert explain_why_not(session, "today").change == {"signs": ("clot", "bendy")}


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "title"),
    [("tight", "Tight hamstrings"), ("lift", "Sit higher"), ("today", "See someone today."), ("no-such", "no-such")],
)
def test_title_of__a_target__is_what_a_person_knows_it_by(target: str, title: str) -> None:
    assert title_of(KB, target) == title


def test_why_not__a_rule_stuck_on_unsure_answers__says_on_which_in_the_order_of_the_pack() -> None:
    kb = kb_from("""
sources: {B: {work: Book}}
questions:
  toes: {ask: Toes?, type: yes-no}
  knee: {ask: Knee?, type: yes-no}
  hip: {ask: Hip?, type: yes-no}
  back: {ask: Back?, type: yes-no}
recommendations: {lift: {title: Lift, steps: [Lift.]}}
rules:
  lift: {when: {back: yes, hip: yes, knee: yes, toes: yes}, then: {recommend: lift}, because: So., source: B}
""")
    session = Session.begin(Engine(kb), {"knee": "unsure", "back": "unsure"})
    why_not = explain_why_not(session, "lift")
    assert why_not.obstacles == (Obstacle("lift", {}, ("toes", "hip"), ("knee", "back")),)
    assert said(wording.why_not(session, "lift")) == (
        "Why not “Lift”",
        "Rule lift still waits for:",
        "Toes?",
        "Hip?",
        "Rule lift rests on what you are unsure of:",
        "Knee?",
        "Back?",
        "It would be there, had you answered:",
        "Toes?",
        "= Yes",
        "Knee?",
        "= Yes",
        "Hip?",
        "= Yes",
        "Back?",
        "= Yes",
    )
