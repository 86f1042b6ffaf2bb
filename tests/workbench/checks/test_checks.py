"""What the checks find, and what they hold back: one mistake gives one message."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.language.loading import load
from kb.model.problems import EngineError
from kb.workbench.cases.replay import replay
from kb.workbench.checks import CHECKS, KINDS, check
from kb.workbench.checks.analysis import Analysis
from tests.helpers import kb_from, load_text, written
from tests.workbench.checks.test_kinds import ENTANGLED

HEAD = """\
sources: {A1: {work: A book}}
questions:
  back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}, sources: A1}
  knees: {ask: Are your knees bent?, type: yes-no}
  minutes: {ask: How long?, type: number, unit: minutes, at-least: 0, at-most: 60}
  habits: {ask: What is so?, type: several, options: {sits: I sit, walks: I walk, none: Neither}}
findings:
  rounds: {title: It rounds}
  bends: {title: They bend}
recommendations:
  lean: {title: Lean back, steps: Step the hands back.}
  press: {title: Press, steps: Press the heels away.}
  rest: {title: Rest, kind: closing, steps: Lie down.}
referrals:
  see: {level: clinician-first, tell: Please have it looked at.}
  care: {level: gently, tell: Go gently.}
"""

ABOUT_RULES = [
    "subsumed-rule",
    "rule-adds-nothing",
    "always-true",
    "idle-alternative",
    "incompatible-findings",
    "incompatible-recommendations",
    "never-fires",
    "idle-effect",
]


def rules(*lines: str) -> str:
    """Return a pack with rules, written as ``name | when | then``."""
    text = HEAD + "rules:\n"
    for line in lines:
        name, when, then = (part.strip() for part in line.split("|"))
        text += f"  {name}: {{when: {{{when}}}, then: {{{then}}}, because: B., source: A1}}\n"
    return text


def found(text: str, only: list[str] = ABOUT_RULES) -> list[tuple[str, str]]:
    """Return the kinds of the problems, and the names of the rules at whose places they stand."""
    kb = kb_from(text)
    names = {item.place: item.id for items in (kb.rules, kb.findings, kb.recommendations) for item in items.values()}
    return [(problem.id, names.get(problem.place, "")) for problem in check(kb, only=only)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(["a | back: round | recommend: lean"], [], id="nothing is wrong"),
        # subsumption
        pytest.param(
            ["a | back: round | recommend: lean", "b | back: round | recommend: lean"],
            [("subsumed-rule", "b")],
            id="of two rules that are the same, the later one",
        ),
        pytest.param(
            ["a | back: round, knees: yes | recommend: lean", "b | back: round | recommend: lean"],
            [("subsumed-rule", "a")],
            id="the narrower rule, even if it comes first",
        ),
        pytest.param(
            ["a | back: round | recommend: [lean, press]", "b | back: round, knees: yes | recommend: press"],
            [("subsumed-rule", "b")],
            id="a rule that says less",
        ),
        pytest.param(
            ["a | back: [round, unsure] | recommend: lean", "b | back: round | recommend: lean"],
            [("subsumed-rule", "b")],
            id="unsure as well, and as firmly",
        ),
        pytest.param(
            ["a | back: unsure | recommend: lean", "b | back: round | recommend: lean"],
            [],
            id="unsure or round: two rules",
        ),
        pytest.param(
            [
                "a | habits: sits, any: [{habits: [walks, walks?]}, {not: {habits: walks}}] | recommend: lean",
                "b | habits: sits | recommend: lean",
            ],
            [("subsumed-rule", "a")],
            id="not by a rule that holds for the same people, and less firmly",
        ),
        pytest.param(
            ["a | minutes: {below: 5} | recommend: lean", "b | minutes: {at-most: 3} | recommend: lean"],
            [("subsumed-rule", "b")],
            id="a smaller range of numbers",
        ),
        pytest.param(
            ["a | minutes: {below: 5} | recommend: lean", "b | minutes: {at-most: 5} | recommend: lean"],
            [("subsumed-rule", "a")],
            id="a bound that is included, and one that is not",
        ),
        pytest.param(
            ["a | back: round | find: rounds, recommend: lean", "b | finding: rounds | recommend: lean"],
            [("subsumed-rule", "b")],
            id="through a finding",
        ),
        pytest.param(
            ["a | habits: [sits, walks] | recommend: lean", "b | not: {habits: none} | recommend: lean"],
            [("subsumed-rule", "b")],
            id="said in two ways",
        ),
        pytest.param(
            ["a | back: round | recommend: lean", "b | back: flat | withhold: lean"],
            [("idle-effect", "b")],
            id="withholding from those who would not be given it",
        ),
        pytest.param(
            ["a | back: round | recommend: lean", "b | knees: yes | withhold: lean"], [], id="withholding from some"
        ),
        # parts of conditions
        pytest.param(
            ["a | back: round, any: [{knees: yes}, {knees: [no, unsure]}] | recommend: lean"],
            [("always-true", "a")],
            id="one of two that are all there is",
        ),
        pytest.param(
            ["a | back: round, not: {back: flat} | recommend: lean"],
            [("always-true", "a")],
            id="a line that follows from another is named once",
        ),
        pytest.param(
            ["a | minutes: [{at-least: 0}, unsure], back: round | recommend: lean"],
            [("always-true", "a")],
            id="bounds that the question has anyway",
        ),
        pytest.param(
            ["a | back: round, knees: [yes, no] | recommend: lean"], [], id="all answers but unsure may well be meant"
        ),
        pytest.param(
            ["a | back: round | find: rounds", "b | finding: rounds, back: [round, flat] | recommend: lean"],
            [("always-true", "b")],
            id="a line that follows from a finding",
        ),
        pytest.param(
            ["a | back: round | find: rounds", "b | finding: rounds, back: [flat, round, unsure] | recommend: lean"],
            [("always-true", "b")],
            id="not twice, although one alternative is idle as well",
        ),
        pytest.param(
            ["a | back: round, any: [{knees: yes}, {knees: yes, minutes: {above: 3}}] | recommend: lean"],
            [("idle-alternative", "a")],
            id="an alternative inside another",
        ),
        pytest.param(
            ["a | minutes: [unsure, {above: 60}] | recommend: lean"],
            [("idle-alternative", "a")],
            id="a range beyond the bounds, beside unsure",
        ),
        pytest.param(
            ["a | all: [{minutes: {below: 5}}, {minutes: [unsure, {below: 9, above: 1}]}] | recommend: lean"],
            [("idle-alternative", "a")],
            id="unsure beside a range, where another line wants a number",
        ),
        # what nobody meets, and what follows
        pytest.param(
            ["a | not: {back: round}, back: round | recommend: lean"], [("never-fires", "a")], id="a contradiction"
        ),
        pytest.param(
            ["a | all: [{minutes: {below: 2}}, {minutes: {above: 3}}] | recommend: lean"],
            [("never-fires", "a")],
            id="two ranges that do not meet",
        ),
        pytest.param(
            ["a | minutes: {above: 60} | recommend: lean"],
            [("never-fires", "a")],
            id="beyond the bounds of the question",
        ),
        pytest.param(
            ["a | all: [{habits: none}, {habits: sits}] | recommend: lean"],
            [("never-fires", "a")],
            id="none, and another",
        ),
        pytest.param(
            [
                "a | all: [{back: round}, {back: flat}] | find: rounds",
                "b | finding: rounds | find: bends",
                "c | finding: bends | recommend: lean",
            ],
            [("never-fires", "a")],
            id="what waits for it is held back",
        ),
        pytest.param(
            ["a | all: [{back: round}, {back: flat}] | find: rounds", "b | not: {finding: rounds} | recommend: lean"],
            [("never-fires", "a")],
            id="a rule without it holds always, which follows as well",
        ),
        pytest.param(
            ["a | back: round | recommend: lean", "b | back: round | withhold: lean"],
            [("idle-effect", "a")],
            id="withheld from all who would get it",
        ),
        pytest.param(
            ["a | back: round | recommend: lean", "b | back: round | refer: see"],
            [("idle-effect", "a")],
            id="stopped, all who would get it",
        ),
        pytest.param(
            ["a | back: round | recommend: lean", "b | back: round | refer: care"], [], id="gently is no stop"
        ),
        pytest.param(
            [
                "a | back: round | recommend: lean",
                "b | back: [round, unsure] | refer: see",
                "c | knees: yes | withhold: lean",
            ],
            [("idle-effect", "a")],
            id="what withholds it has nothing to withhold, which follows",
        ),
        pytest.param(
            [
                "a | back: round, not: {back: [round, unsure]} | find: rounds",
                "b | knees: yes, not: {finding: rounds} | recommend: lean",
            ],
            [("never-fires", "a")],
            id="a line that rules out what nobody has is always true, which follows",
        ),
        pytest.param(
            [
                "a | all: [{not: {knees: unsure}}, {knees: [yes, no, unsure]}] | find: rounds",
                "b | not: {any: [{knees: yes}, {back: round}]} | find: rounds",
                "c | not: {finding: rounds} | recommend: press",
            ],
            [("always-true", "a")],
            id="whoever is unsure would have it ruled out without the rule that stays open",
        ),
    ],
)
def test_check__rules__gives_one_message_for_one_mistake(written: list[str], expected: list[tuple[str, str]]) -> None:
    assert found(rules(*written)) == expected


@pytest.mark.parametrize(
    ("declared", "written", "expected"),
    [
        ("lean", ["a | back: round | recommend: lean", "b | knees: yes | recommend: press"], ["lean and press"]),
        ("lean", ["a | back: round | recommend: lean", "b | back: flat | recommend: press"], []),
        ("lean", ["a | back: round | recommend: [lean, press]"], ["lean and press"]),
        (
            "lean",
            ["a | back: round | recommend: lean, withhold: press", "b | knees: yes | recommend: press"],
            [],
        ),
        (
            "lean",
            [
                "a | back: round | recommend: lean",
                "b | back: round, knees: yes | refer: see",
                "c | knees: yes | recommend: press",
            ],
            [],
        ),
    ],
)
def test_check__recommendations_declared_incompatible__are_looked_for_in_one_student(
    declared: str, written: list[str], expected: list[str]
) -> None:
    text = rules(*written).replace("press: {title: Press,", f"press: {{title: Press, not-with: {declared},")
    problems = check(kb_from(text), only=["incompatible-recommendations"])
    assert [problem.case.split("\n")[0] for problem in problems] == [
        f"- id: {'-and-'.join(sorted(names.split(' and '), reverse=True))}" for names in expected
    ]


def test_check__declared_on_both_sides__is_still_one_message() -> None:
    text = rules("a | back: round | find: [rounds, bends]")
    text = text.replace("{title: It rounds}", "{title: It rounds, not-with: bends}")
    text = text.replace("{title: They bend}", "{title: They bend, not-with: rounds}")
    assert [problem.id for problem in check(kb_from(text), only=["incompatible-findings"])] == ["incompatible-findings"]


SCREENED = """\
pack: backs
title: Backs
version: "1"
safety-screens: [signs]
"""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["danger | signs: [numb, swollen] | refer: see"], ["numb?", "swollen?"]),
        (["danger | signs: [numb, 'numb?', 'swollen?'] | refer: see"], ["swollen"]),
        (["danger | signs: [numb, 'numb?', swollen, 'swollen?'] | refer: see"], []),
        (["danger | signs: [numb, 'numb?', swollen, 'swollen?'] | refer: care"], []),
        (
            ["danger | signs: [numb, 'numb?'] | refer: see", "w | signs: [swollen, 'swollen?'] | withhold: lean"],
            ["swollen"],
        ),
        (
            [
                "danger | signs: [numb, 'numb?'] | refer: see",
                "w | signs: [swollen, 'swollen?'] | withhold: lean",
                "p | knees: [yes, unsure] | recommend: press",
            ],
            ["swollen"],
        ),
    ],
)
def test_check__danger_sign__is_what_a_rule_refers_for(written: list[str], expected: list[str]) -> None:
    signs = "  signs: {ask: What is so?, type: several, options: {numb: Numb, swollen: Swollen, none: Neither}}\n"
    text = SCREENED + rules("a | back: [round, unsure] | recommend: lean", *written)
    text = text.replace("questions:\n", f"questions:\n{signs}")
    problems = check(kb_from(text), only=["advice-beside-danger"])
    assert sorted(problem.message.split("“")[1].split("”")[0] for problem in problems) == expected
    assert all("signs:" in problem.case for problem in problems)


def test_check__danger_sign_that_was_forgotten__is_said_once_sure_and_unsure_together() -> None:
    signs = "  signs: {ask: What is so?, type: several, options: {numb: Numb, swollen: Swollen, none: Neither}}\n"
    text = SCREENED + rules("a | back: [round, unsure] | recommend: lean", "b | signs: [numb, 'numb?'] | refer: see")
    [problem] = check(
        kb_from(text.replace("questions:\n", f"questions:\n{signs}")), only=["advice-beside-danger", "unused-option"]
    )
    both = "“swollen” or “swollen?”"
    assert (problem.id, problem.message, problem.way_out) == (
        "advice-beside-danger",
        f"no rule refers somebody who answers {both} to the safety question “signs”, so nothing is advised.",
        "Write a rule that refers this person, or add “swollen” and “swollen?” to the answers of one that does.",
    )


def test_check__witnesses__are_cases_that_pass() -> None:
    for kind in KINDS:
        if kind.faulty.startswith("# file: "):
            continue  # `tests/workbench/checks/test_broken.py` keeps the students of several packs
        kb = load_text(kind.faulty)
        for problem in check(kb):
            if problem.case:
                text = kind.faulty.partition("\ncases:")[0] + "\ncases:\n" + problem.case
                [case] = load_text(text).cases
                assert replay(Engine(load_text(text)), case).failures == (), (kind.id, problem.id)


def test_check__a_proof_that_the_engine_denies__is_said_plainly() -> None:
    analysis = Analysis(kb_from(rules("a | back: round | recommend: lean")))
    with pytest.raises(EngineError, match="disagree about nobody"):
        analysis.case("nobody", "Nobody", [("fires", "this", "a")], lambda inference, advice: False)


def test_check__shipped_pack__has_nothing_to_mend() -> None:
    assert check(load()) == ()


def test_checks__each_kind__has_one_check_and_a_reason() -> None:
    assert list(CHECKS) == [kind.id for kind in KINDS]
    assert [kind.id for kind in KINDS if not (kind.title and kind.why and kind.faulty and kind.sound)] == []


def test_check__line_that_nobody_can_meet__is_named() -> None:
    text = rules(
        "a | back: round | recommend: lean",
        "b | knees: yes, minutes: {above: 60} | recommend: press",
        "c | all: [{knees: yes}, {knees: no}] | recommend: press",
    )
    assert [problem.way_out for problem in check(kb_from(text), only=["never-fires"])] == [
        "Correct “minutes: {above: 60}”: nobody can meet that line, whatever the others say.",
        "Look for lines of its “when” that contradict each other.",
    ]


def test_check__options_that_no_rule_reads__are_named_together() -> None:
    text = rules("a | back: round | recommend: lean", "b | habits: none | recommend: press")
    assert [problem.message for problem in check(kb_from(text), only=["unused-option"])] == [
        "no rule reads the options “sits” and “walks” of the question “habits”."
    ]


def test_check__contradicting_findings_of_someone_who_is_stopped__are_no_matter() -> None:
    text = rules("a | back: round | find: [rounds, bends]", "b | back: round | refer: see")
    text = text.replace("{title: It rounds}", "{title: It rounds, not-with: bends}")
    assert check(kb_from(text), only=["incompatible-findings"]) == ()


def test_check__recommendations_of_contradicting_findings__are_not_said_to_contradict_as_well() -> None:
    text = rules("a | back: round | find: rounds, recommend: lean", "b | knees: yes | find: bends, recommend: press")
    text = text.replace("{title: It rounds}", "{title: It rounds, not-with: bends}")
    text = text.replace("press: {title: Press,", "press: {title: Press, not-with: lean,")
    only = ["incompatible-findings", "incompatible-recommendations"]
    assert [problem.id for problem in check(kb_from(text), only=only)] == ["incompatible-findings"]


def test_check__rules_of_a_safety_screen_left_out_by_another_pack__are_missed(tmp_path: Path) -> None:
    signs = "  signs: {ask: What is so?, type: yes-no}\n  fever: {ask: A fever?, type: yes-no}\n"
    screened = SCREENED.replace("[signs]", "[signs, fever]") + rules(
        "a | back: [round, unsure] | recommend: lean",
        "s | signs: [yes, unsure] | refer: see",
        "f | fever: [yes, unsure] | refer: see",
    ).replace("questions:\n", f"questions:\n{signs}")
    own = "pack: own\ntitle: Own\nversion: '1'\nextends: backs\nleaves-out: {rules: [s]}\n"
    kb = load(written(screened, tmp_path, "backs"), written(own, tmp_path, "own"))
    [problem] = check(kb, only=["unused-question", "advice-beside-danger"])
    assert problem.message.startswith("the question “signs” is not used: no rule reads it. It is a safety screen,")


AFTERWARDS = """\
pack: backs
title: Backs
version: "1"
complaint: {stuck: yes}
sources: {A1: {work: A book}}
questions:
  stuck: {ask: Do you feel stuck?, type: yes-no}
  back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
  felt: {ask: Did you feel anything new?, type: several, after-advice: yes, options: {sharp: Pain, none: Nothing}}
recommendations:
  lean: {title: Lean back, steps: Step the hands back.}
referrals:
  see: {level: clinician-first, tell: Please have it looked at.}
rules:
  round: {when: {stuck: yes, back: [round, unsure]}, then: {recommend: lean}, because: It rounds., source: A1}
  hurt: {when: {felt: sharp}, then: {refer: see}, because: It may be torn., source: A1}
"""


def test_check__what_is_asked_after_the_advice__leaves_nobody_without_it() -> None:
    text = AFTERWARDS.replace("complaint: {stuck: yes}\n", "")
    [problem] = check(kb_from(text), only=["leads-nowhere"])
    assert "“unsure” to “stuck”" in problem.message
    assert "felt" not in problem.case


def test_check__complaint_that_leads_nowhere_when_unsure__is_said_once() -> None:
    problems = check(kb_from(AFTERWARDS), only=["leads-nowhere", "gets-nothing"])
    assert [problem.id for problem in problems] == ["gets-nothing"]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("{when: {stuck: yes, not: {stuck: yes}}, then: {recommend: lean}, ", id="it never holds"),
        pytest.param(
            "{when: {stuck: yes}, then: {recommend: lean, withhold: lean}, ", id="it takes back what it gives"
        ),
    ],
)
def test_check__whoever_gets_nothing_for_a_reason_that_is_said__is_not_shown(rule: str) -> None:
    text = AFTERWARDS.replace("{when: {stuck: yes, back: [round, unsure]}, then: {recommend: lean}, ", rule)
    problems = check(kb_from(text))
    assert {problem.id for problem in problems} & {"gets-nothing", "leads-nowhere"} == set()
    assert {problem.id for problem in problems} & {"never-fires", "idle-effect"}


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ("minutes:\n        - unsure\n        - {above: 60}", 2),
        ("minutes:\n        - {above: 60}\n        - unsure", 1),
        ("minutes:\n        - unsure\n        - {below: 5}\n        - {below: 3}", 3),
        ("back: flat\n      not: {back: round}", 1),
    ],
)
def test_check__part_of_a_rule__is_pointed_at(when: str, at: int, tmp_path: Path) -> None:
    text = rules("a | knees: yes | recommend: lean")
    text += f"  b:\n    when:\n      {when}\n    then: {{recommend: press}}\n    because: B.\n    source: A1\n"
    path = written(text, tmp_path)
    [problem] = check(load(path), only=["idle-alternative", "always-true"])
    assert problem.place.line == text[: text.index(when)].count("\n") + 1 + at


def test_check__complaint_that_no_rule_asks_about__is_shown_with_all_answers() -> None:
    text = AFTERWARDS.replace("when: {stuck: yes, back", "when: {back")
    [problem] = check(kb_from(text), only=["gets-nothing"])
    assert "answers: {stuck: yes, back: flat}" in problem.case


@pytest.mark.parametrize(
    ("header", "written", "expected"),
    [
        ("", ["a | knees: yes | refer: see"], ["knees"]),
        ("", ["a | knees: yes | refer: see", "b | habits: [sits, 'sits?'] | refer: see"], ["knees", "habits"]),
        ("", ["a | any: [{knees: yes, back: flat}, {habits: 'sits?'}] | refer: see"], ["habits"]),
        ("", ["a | back: round | find: rounds", "b | finding: rounds | refer: see"], ["back"]),
        ("", ["a | habits: [sits, walks], minutes: {above: 3} | refer: see"], []),
        ("", ["a | all: [{habits: sits}, {habits: 'walks?'}] | refer: see"], ["habits"]),
        ("", ["a | all: [{back: round}, {back: flat}] | refer: see"], []),
        ("", ["a | knees: yes | refer: care"], []),
        ("safety-screens: [knees]\n", ["a | knees: yes | refer: see"], []),
        ("safety-screens: [knees]\n", ["a | minutes: {below: 2} | refer: see"], ["minutes"]),
        ("safety-screens: [knees]\n", ["a | knees: yes | refer: care", "b | more: yes | refer: see"], []),
        ("safety-screens: [back]\n", ["a | back: round | refer: care", "b | more: yes | refer: see"], ["more"]),
        ("", ["a | after-lean: worse | refer: see", "b | knees: no | recommend: lean"], []),
    ],
)
def test_check__question_of_which_one_answer_stops__is_a_safety_screen(
    header: str, written: list[str], expected: list[str]
) -> None:
    more = "questions:\n  more: {ask: And more?, type: yes-no, asked-when: {knees: yes}}\n"
    kb = kb_from(header + rules(*written).replace("questions:\n", more))
    problems = check(kb, only=["unscreened-stop"])
    places = [kb.questions[name].place for name in kb.questions if name in expected]
    assert [place for problem in problems for place in problem.also] == places
    assert len(problems) == bool(expected)


def test_check__shipped_pack_without_its_safety_screens__is_told_so_once() -> None:
    kb = load(cases=False)
    [problem] = check(replace(kb, packs=(replace(kb.packs[0], safety_screens=()),)), only=["unscreened-stop"])
    # (What follows from them needs to be no screen, once they are. What follows from another question does.)
    named = "“danger-signs”, “health-conditions” and “pain-pattern”"
    assert problem.way_out == f"List {named} under “safety-screens” in the header of the pack."


def test_check__where_the_solver_gives_up__says_of_which_kinds_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kb = load_text(ENTANGLED)
    assert {problem.id for problem in check(kb)} == {"never-fires"}
    monkeypatch.setattr("kb.proof.students.MOST_CONFLICTS", 1)
    [problem] = check(kb, only=["never-fires", "todo-text"])
    assert (problem.id, problem.place) == ("not-proved", kb.packs[0].place)
    assert problem.message.endswith("it gave up looking for never-fires.")
