"""A sign of danger for which no rule refers: nothing is advised, whatever the pack says."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.model.danger import Sign
from kb.model.knowledge import Answer
from kb.proof.students import THIS, Students
from kb.report.build import build_report, to_json
from kb.report.rendering import to_markdown, to_text
from kb.workbench.checks import check
from tests.helpers import kb_from

PACK = """
safety-screens: [signs, numb]
sources: {B: {work: Book}}
questions:
  signs: {ask: Which signs?, type: several, options: {clot: A swollen calf, bones: Weak bones, none: None}}
  numb: {ask: Is a foot numb?, type: yes-no}
  chest: {ask: Breathless?, type: yes-no, asked-when: {signs: [clot, "clot?"]}}
  since: {ask: Since when?, type: one, options: {days: Days, weeks: Weeks}}
  knee: {ask: Is the knee bent?, type: yes-no}
findings: {thin: {title: Thin bones}}
recommendations: {bend: {title: Unbend, steps: [Unbend.]}}
referrals:
  gently: {level: gently, tell: Go gently.}
  today: {level: stop-today, tell: See someone today.}
  emergency: {level: stop-emergency, tell: Call for help.}
rules:
  knee: {when: {knee: [yes, unsure]}, then: {recommend: bend}, because: So., source: B}
"""
CLOT = 'clot: {when: {signs: [clot, "clot?"]}, then: {refer: today}, because: So., source: B}'
CLOT_SURE = "clot: {when: {signs: clot}, then: {refer: today}, because: So., source: B}"
THIN = 'thin: {when: {signs: [bones, "bones?"]}, then: {find: thin}, because: So., source: B}'
THIN_GENTLY = "thin-gently: {when: {finding: thin}, then: {refer: gently}, because: So., source: B}"
NOT_THIN = "not-thin: {when: {not: {signs: bones}, knee: yes}, then: {refer: gently}, because: So., source: B}"
NUMB = "numb: {when: {numb: [yes, unsure]}, then: {refer: gently}, because: So., source: B}"
NUMB_OR_KNEE = "numb: {when: {any: [{numb: yes}, {knee: yes}]}, then: {refer: gently}, because: So., source: B}"
NUMB_SINCE = "numb: {when: {numb: yes, since: weeks}, then: {refer: gently}, because: So., source: B}"
CHEST = "chest: {when: {chest: [yes, unsure]}, then: {refer: emergency}, because: So., source: B}"
WHOLE = "whole: {when: {signs: unsure}, then: {refer: gently}, because: So., source: B}"


def begun(rules: list[str], answers: Mapping[str, Answer]) -> Session:
    kb = kb_from(PACK + "".join(f"  {rule}\n" for rule in rules))
    return Session.begin(Engine(kb), {"signs": ("none",), "numb": "no", "knee": "yes", **answers})


@pytest.mark.parametrize(
    ("rules", "answers", "unheeded"),
    [
        ([], {}, []),
        ([], {"signs": ("clot",)}, ["signs clot"]),
        ([], {"signs": ("clot?", "bones")}, ["signs clot?", "signs bones"]),
        ([], {"signs": "unsure"}, ["signs clot?", "signs bones?"]),
        ([], {"numb": "yes"}, ["numb yes"]),
        ([], {"numb": "unsure"}, ["numb unsure"]),
        ([], {"chest": "yes"}, ["chest yes"]),
        ([], {"chest": "unsure"}, ["chest unsure"]),
        ([], {"chest": "no", "since": "weeks"}, []),
        ([NUMB], {"numb": "yes"}, []),
        ([NUMB], {"numb": "unsure", "signs": ("bones",)}, ["signs bones"]),  # another referral is no answer to it
        ([CLOT_SURE], {"signs": ("clot?",)}, ["signs clot?"]),
        ([WHOLE], {"signs": "unsure"}, []),
        ([WHOLE], {"signs": ("bones?",)}, ["signs bones?"]),
        ([THIN], {"signs": ("bones",)}, ["signs bones"]),  # found, and nobody is sent anywhere
        ([THIN, THIN_GENTLY], {"signs": ("bones",)}, []),
        ([THIN, THIN_GENTLY], {"signs": ("bones?",)}, []),
        ([NOT_THIN], {"signs": ("clot",)}, ["signs clot"]),  # it refers, and not because of the clot
        ([NUMB_OR_KNEE], {"numb": "unsure"}, ["numb unsure"]),
        ([NUMB_OR_KNEE], {"numb": "yes"}, []),
        ([NUMB_SINCE], {"numb": "yes"}, ["numb yes"]),
        ([NUMB_SINCE], {"numb": "yes", "since": "weeks"}, []),
    ],
)
def test_sign__for_which_no_rule_refers__keeps_all_advice_back(
    rules: list[str], answers: dict[str, Answer], unheeded: list[str]
) -> None:
    session = begun(rules, answers)
    assert [f"{sign.question} {sign.answer}" for sign in session.advice.unheeded] == unheeded
    assert session.advice.given == (() if unheeded else ("bend",))
    assert (session.advice.outcome.value == "incomplete") == bool(unheeded)
    told = Students(session.kb).what_follows(session.answers) or set()
    assert ("outcome", THIS, session.advice.outcome.value) in told
    assert (("given", THIS, "bend") in told) != bool(unheeded)


def test_sign__beside_a_stop__leaves_the_stop_as_it_is() -> None:
    session = begun([CLOT], {"signs": ("clot", "bones")})
    assert (session.advice.outcome.value, session.advice.unheeded) == ("stop-today", ())


def test_sign__beside_a_limit__leaves_the_limit_as_it_is() -> None:
    session = begun([THIN, THIN_GENTLY], {"signs": ("bones",), "numb": "yes"})
    assert session.advice.referrals == begun([THIN, THIN_GENTLY], {"signs": ("bones",)}).advice.referrals != ()
    assert [sign.question for sign in session.advice.unheeded] == ["numb"]


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ([], []),  # nothing more can be advised, so nothing more is asked
        ([NUMB_SINCE], ["since"]),
        ([NUMB_SINCE, CLOT], ["since"]),
    ],
)
def test_interview__with_an_unheeded_sign__asks_only_what_could_refer(rules: list[str], asked: list[str]) -> None:
    kb = kb_from(PACK + "".join(f"  {rule}\n" for rule in rules))
    session = Session.begin(Engine(kb), {"signs": ("none",), "numb": "yes"})
    assert list(session.open_questions) == asked
    assert (session.next_question() is None) == (not asked)
    assert (session.most_questions_left() == 0) == (not asked)


def test_report__of_an_unheeded_sign__names_it_and_sends_to_a_professional() -> None:
    report = build_report(begun([CLOT], {"signs": ("bones?",), "numb": "yes"}))
    for told in (" ".join(to_text(report).split()), to_markdown(report)):
        assert "Please ask a professional first" in told
        assert "So nothing is advised." in told
        assert "Weak bones (unsure)" in told
        assert "Is a foot numb? Yes" in told
        assert "Unbend" not in told
    data = json.loads(to_json(report))
    assert data["unheeded"] == [{"question": "signs", "answer": "bones?"}, {"question": "numb", "answer": "yes"}]
    assert (data["outcome"], data["recommendations"], data["open_questions"]) == ("incomplete", [], [])


def test_check__sign_of_a_follow_up_without_a_rule__is_reported() -> None:
    sure = CHEST.replace("[yes, unsure]", "yes")
    problems = check(kb_from(PACK + f"  {CLOT}\n  {NUMB}\n  {sure}\n"), only=["advice-beside-danger"])
    assert [problem.message.split(", so ")[0] for problem in problems] == [
        "no rule refers somebody who answers “bones” or “bones?” to the safety question “signs”",
        "no rule refers somebody who answers “unsure” to the safety question “chest”",
    ]
    unread = check(kb_from(PACK + f"  {CLOT}\n  {NUMB}\n"), only=["unused-question"])
    assert [problem.message.split("“")[1].split("”")[0] for problem in unread] == ["chest", "since"]
    problems = check(kb_from(PACK + f"  {CLOT}\n  {NUMB}\n  {THIN}\n  {THIN_GENTLY}\n  {CHEST}\n"))
    assert "advice-beside-danger" not in {problem.id for problem in problems}


# --- a referral that rests on unsure answers only ---------------------------------------------------------------------

STRAIN = """
sources: {B: {work: Book}}
questions:
  strain: {ask: Does it hurt there?, type: yes-no, self-check: Point to the place.}
  pattern: {ask: Which of these?, type: several, self-check: Think back., options: {rest: At rest, night: At night}}
  weeks: {ask: For how long?, type: number, unit: weeks, at-least: 0}
findings: {lingers: {title: It lingers}}
referrals: {seen: {level: clinician-first, tell: Have it seen.}, gently: {level: gently, tell: Go gently.}}
rules:
  lingers:
    when: {strain: [yes, unsure], pattern: [rest, night, "rest?", unsure]}
    then: {find: lingers}
    because: It stays.
    source: B
  seen: {when: {finding: lingers}, then: {refer: seen}, because: It lingers., source: B}
  gently: {when: {weeks: [{above: 6}, unsure]}, then: {refer: gently}, because: Long., source: B}
"""


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"strain": "yes", "pattern": ("rest",)}, []),
        ({"strain": "unsure", "pattern": ("rest",)}, ["strain: Does it hurt there?"]),
        ({"strain": "yes", "pattern": "unsure"}, ["pattern: Which of these?"]),
        ({"strain": "yes", "pattern": ("rest?",)}, ["pattern: At rest"]),
        ({"strain": "unsure", "pattern": "unsure"}, ["strain: Does it hurt there?", "pattern: Which of these?"]),
        ({"strain": "yes", "pattern": ("rest?", "night")}, []),
        ({"weeks": "unsure"}, ["weeks: For how long?"]),
    ],
)
def test_referral__that_rests_on_unsure_answers__says_on_which(answers: dict[str, Answer], told: list[str]) -> None:
    report = build_report(Session.begin(Engine(kb_from(STRAIN)), answers))
    [referral] = report.referrals
    assert [f"{each.id}: {each.ask}" for each in referral.unsure] == told
    data = json.loads(to_json(report))["referrals"][0]
    assert data.get("unsure", []) == [each.split(":")[0] for each in told]


def test_stop__that_rests_on_unsure_answers__says_so_and_how_to_find_out() -> None:
    answers: dict[str, Answer] = {"strain": "unsure", "pattern": ("night",)}
    told = to_text(build_report(Session.begin(Engine(kb_from(STRAIN)), answers)))
    _, found, rest = told.partition("This is because you were not sure about\n")
    assert found
    assert [line.strip(" -") for line in rest.splitlines()[1:3]] == [
        "Does it hurt there?",
        "To find out: Point to the place.",
    ]
    assert "not sure" not in to_text(build_report(Session.begin(Engine(kb_from(STRAIN)), {**answers, "strain": "yes"})))


def test_sign__is_told_as_a_rule_names_it() -> None:
    assert begun([], {"signs": ("clot?",)}).advice.unheeded == (Sign("signs", "clot?"),)


# --- what made it worse -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("went", "given", "withheld"),
    [("better", ("bend",), ()), ("same", ("bend",), ()), ("unsure", ("bend",), ()), ("worse", (), ("bend",))],
)
def test_correction__that_made_it_worse__is_withheld_though_no_rule_says_so(
    went: str, given: tuple[str, ...], withheld: tuple[str, ...]
) -> None:
    session = begun([], {"after-bend": went})
    assert (session.advice.given, session.advice.withheld) == (given, withheld)
    told = Students(session.kb).what_follows(session.answers) or set()
    assert {atom[2] for atom in told if atom[0] == "given"} == set(given)
    assert {atom[2] for atom in told if atom[0] == "withheld"} == set(withheld)
    assert ("outcome", THIS, session.advice.outcome.value) in told
