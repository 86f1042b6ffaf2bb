"""What a pack takes from the safety of another is said before the first question, and is a problem until owned."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from kb.interview.startup import load_cached
from kb.language.loading import examine, load
from kb.model.knowledge import KnowledgeBase
from kb.model.weakening import weakening_lines
from kb.system.files import shipped_names
from kb.workbench.checks import check
from tests.helpers import written

BASE = """\
pack: base
title: Base
version: "1"
safety-screens: [signs]
sources: {B1: {work: B}}
questions:
  signs: {ask: A?, type: several, options: {numb: N, swollen: S, none: Neither}}
  knees: {ask: B?, type: yes-no}
findings: {weak: {title: Weak}, strong: {title: Strong}}
recommendations: {lean: {title: Lean, steps: [Lean.]}, rest: {title: Rest, steps: [Rest.]}}
referrals:
  see: {level: clinician-first, tell: See someone.}
  today: {level: stop-today, tell: Go today.}
  care: {level: gently, tell: Gently.}
rules:
  numb: {when: {signs: [numb, "numb?"]}, then: {find: weak}, because: A., source: B1}
  weak: {when: {finding: weak}, then: {refer: see}, because: A., source: B1}
  swollen: {when: {signs: [swollen, "swollen?"]}, then: {refer: care, withhold: lean}, because: A., source: B1}
  both:
    when: {signs: [swollen, "swollen?"], not: {finding: strong}}
    then: {refer: today}
    because: A.
    source: B1
  strong: {when: {knees: yes}, then: {find: strong}, because: A., source: B1}
  lean: {when: {knees: [yes, unsure]}, then: {recommend: lean}, because: A., source: B1}
"""
OWN = 'pack: own\ntitle: Own\nversion: "1"\nextends: base\n'


def rule(name: str, when: str, then: str) -> str:
    return f"in-place-of: {{rules: [{name}]}}\nrules: {{{name}: {{{when}, {then}, because: A., source: B1}}}}\n"


TABLE = [
    # what the pack says, what is said before the first question, and of what it is a problem
    pytest.param("", [], [], id="nothing"),
    pytest.param("leaves-out: {rules: [lean]}\n", [], [], id="advice that goes"),
    pytest.param(
        "leaves-out: {rules: [both]}\n", ["the rule “both” is left out"], ["both"], id="a rule that refers, left out"
    ),
    pytest.param(
        "leaves-out: {rules: [numb]}\n",
        ["the rule “numb” is left out"],
        ["advice-beside-danger"],
        id="a rule on which one rests, after which a sign is followed by nothing",
    ),
    pytest.param(
        rule("swollen", "when: {signs: swollen}", "then: {refer: care, withhold: lean}"),
        ["the rule “swollen” holds for other people"],
        ["advice-beside-danger"],
        id="narrower, so that an unsure sign is followed by nothing",
    ),
    pytest.param(
        rule("swollen", "when: {signs: [swollen, 'swollen?', numb]}", "then: {refer: care, withhold: lean}"),
        [],
        [],
        id="wider, as can be read",
    ),
    pytest.param(
        rule("both", "when: {signs: swollen}", "then: {refer: today}"),
        ["the rule “both” holds for other people"],
        ["both"],
        id="narrower",
    ),
    pytest.param(
        rule("swollen", "when: {any: [{signs: swollen}, {signs: 'swollen?'}]}", "then: {refer: care, withhold: lean}"),
        ["the rule “swollen” holds for other people"],
        [],
        id="for the same people, as takes a proof",
    ),
    pytest.param(
        rule("swollen", "when: {signs: [swollen, 'swollen?']}", "then: {refer: care}"),
        ["the rule “swollen” does less"],
        ["swollen"],
        id="without what it withholds",
    ),
    pytest.param(
        rule("both", "when: {signs: [swollen, 'swollen?']}", "then: {refer: see}"),
        ["the rule “both” does less"],
        ["both"],
        id="a referral less strong in the place of another",
    ),
    pytest.param(
        "in-place-of: {referrals: [today]}\nreferrals: {today: {level: gently, tell: G.}}\n",
        ["the referral “today” is no longer “stop-today”, but “gently”"],
        ["today"],
        id="a level lowered",
    ),
    pytest.param(
        "in-place-of: {referrals: [care]}\nreferrals: {care: {level: stop-today, tell: G.}}\n", [], [], id="raised"
    ),
    pytest.param(
        "rules: {new: {when: {signs: swollen}, then: {find: strong}, because: A., source: B1}}\n",
        ["the rule “new” finds what a referral rests on"],
        ["new"],
        id="a rule that rules a referral out",
    ),
    pytest.param(
        "in-place-of: {questions: [signs]}\nleaves-out: {rules: [numb, weak], referrals: [see]}\n"
        "questions: {signs: {ask: A?, type: several, options: {swollen: S, none: Neither}}}\n",
        [
            "the safety question “signs” no longer offers “numb”",
            "the rule “numb” is left out",
            "the rule “weak” is left out",
        ],
        ["signs"],
        id="an option of a screen, with its rules",
    ),
]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return written(BASE, tmp_path, "base")


def problems(kb: KnowledgeBase) -> list[str]:
    found = check(kb, only=["weakened-safety", "advice-beside-danger"])
    return [problem.way_out.partition("“weakens: {")[2].partition(":")[0] or problem.id for problem in found]


@pytest.mark.parametrize(("own", "said", "wrong"), TABLE)
def test_pack__that_extends_another__says_what_it_takes_from_its_safety(
    own: str, said: list[str], wrong: list[str], base: Path, tmp_path: Path
) -> None:
    kb = load(base, written(OWN + own, tmp_path, "own"))
    assert weakening_lines(kb) == [f"“own” changes the safety of “base”: {what}." for what in said]
    assert problems(kb) == wrong


def test_pack__that_owns_what_it_takes__is_no_problem_and_is_said_all_the_same(base: Path, tmp_path: Path) -> None:
    text = "leaves-out: {rules: [both]}\nweakens: {both: Everybody is looked at by a physiotherapist.}\n"
    kb = load(base, written(OWN + text, tmp_path, "own"))
    assert (problems(kb), len(weakening_lines(kb))) == ([], 1)


def test_pack__with_the_name_of_the_shipped_one__says_what_it_takes_from_its_safety(tmp_path: Path) -> None:
    mine = written(EMPTY, tmp_path, "mine")
    kb = load(mine)
    assert weakening_lines(kb)[0] == (
        "“hamstrings” here is not the shipped one: the safety question “danger-signs” need not be answered any more."
    )
    assert load_cached(mine).weakenings == load_cached(mine).weakenings == kb.weakenings


# --- the shipped pack -------------------------------------------------------------------------------------------------

EMPTY = 'pack: hamstrings\ntitle: Mine\nversion: "1"\nquestions: {a: {ask: A?, type: yes-no}}\n'


def call(*arguments: str, answers: str = "") -> tuple[str, str]:
    result = CliRunner().invoke(cli.main, ["--no-journal", *arguments], input=answers, env={"UNSTUCK_CONFIG": ""})
    return result.stdout, result.stderr


def test_interview__with_a_pack_named_as_the_shipped_one__says_so_before_the_first_question(tmp_path: Path) -> None:
    path = str(written(EMPTY, tmp_path, "mine"))
    out, _ = call("--rules", path, answers="quit\n")
    before, _, _ = out.partition("Question 1")
    said = " ".join(before.split())
    assert "“hamstrings” here is not the shipped one: the safety question “danger-signs” need not be answered" in said
    assert "more such changes; “unstuck rules check” tells." in said
    _, complaint = call("--rules", path, "diagnose", "-", answers="{}")
    assert complaint.startswith("“hamstrings” here is not the shipped one: the safety question “danger-signs”")


def test_check__of_a_pack_named_as_the_shipped_one__tells_of_each(tmp_path: Path) -> None:
    assert "hamstrings" in shipped_names()
    kb, _ = examine(written(EMPTY, tmp_path, "mine"))
    told = problems(kb)
    assert {"danger-signs", "health-conditions", "strain-after-antibiotic"} <= set(told)
    assert "leg-clot" not in told, "that nobody is asked is said already"


def test_shipped_pack__alone__takes_nothing_from_anything() -> None:
    kb, _ = examine()
    assert (kb.weakenings, load().weakenings, kb.bases) == ((), (), {})
