"""Packs side by side, one building on another: what takes the place of what, what is gone, and who did it."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.explanation import chain
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language.extension import override_lines
from kb.language.loading import bundled, load
from kb.model.knowledge import Answers, KnowledgeBase
from kb.model.packs import Override
from kb.model.problems import Location
from kb.report.build import build_report, to_json
from kb.terminal.console import Console
from kb.text.wrapping import unprintable
from kb.workbench.cases.replay import replay
from kb.workbench.checks import check
from tests.helpers import load_text, refused

BASE = """\
pack: base
title: Base
version: "1"
safety-screens: [danger]
sources: {B1: {work: B}}
questions:
  danger: {ask: A?, type: yes-no}
  pose: {ask: B?, type: one, options: {sitting: A, standing: B}}
  back: {ask: C?, type: one, options: {round: A, flat: B}}
findings:
  rounds: {title: It rounds}
recommendations:
  lean: {title: Lean, steps: [Lean.]}
  sit-high: {title: Sit high, steps: [Sit.]}
referrals:
  see: {level: clinician-first, tell: See someone.}
rules:
  stop: {when: {danger: [yes, unsure]}, then: {refer: see}, because: A., source: B1}
  round: {when: {back: [round, unsure]}, then: {find: rounds, recommend: lean}, because: B., source: B1}
  high: {when: {pose: sitting, finding: rounds}, then: {recommend: sit-high}, because: C., source: B1}
cases:
  - {id: c1, title: A, answers: {danger: no, back: round}, expect: {outcome: advise, in-order: [lean]}}
  - {id: c2, title: B, answers: {danger: no, back: flat}, expect: {outcome: no-change, never: [lean]}}
  - {id: c3, title: C, answers: {danger: no, pose: standing}, expect: {outcome: incomplete}}
"""
STUDIO = 'pack: studio\ntitle: Studio\nversion: "1"\nextends: base\n'
ROUND = "rules: {round: {when: {back: round}, then: {find: rounds}, because: Ours., source: B1}}\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return written(tmp_path, "base", BASE)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(*paths: Path) -> list[tuple[str, str, int]]:
    """Return the problems for which packs are refused: file, id and line."""
    return [(Path(one.place.path).stem, one.id, one.place.line) for one in refused(load, *paths)]


def only(*paths: Path) -> str:
    """Return the one problem for which packs are refused, in words, without its place."""
    (problem,) = refused(load, *paths)
    return f"{problem.message} {problem.way_out}"


# --- which packs -----------------------------------------------------------------------------------------------------


def test_extends__a_pack_of_the_program__comes_along(tmp_path: Path) -> None:
    path = written(tmp_path, "a", 'pack: a\ntitle: A\nversion: "1"\nextends: [hamstrings]\n')
    kb, shipped = load(path), load()
    assert [(pack.id, pack.extends) for pack in kb.packs] == [("hamstrings", ()), ("a", ("hamstrings",))]
    assert kb.packs[0] == shipped.packs[0]
    assert msgspec.structs.replace(kb, packs=()) == msgspec.structs.replace(shipped, packs=())


def test_extends__a_pack_among_the_paths__is_that_one(tmp_path: Path, base: Path) -> None:
    renamed = written(tmp_path, "own", BASE.replace("pack: base", "pack: hamstrings"))
    path = written(tmp_path, "a", STUDIO.replace("base", "hamstrings"))
    assert list(load(path, renamed).rules) == ["stop", "round", "high"]
    assert list(load(path, beside=lambda: [base, renamed]).rules) == ["stop", "round", "high"]


def test_extends__a_pack_that_is_not_needed_beside__stays_away(tmp_path: Path, base: Path) -> None:
    other = written(tmp_path, "other", "pack: other\ntitle: [\n")
    studio = written(tmp_path, "studio", STUDIO)
    assert [pack.id for pack in load(studio, beside=lambda: [other, base]).packs] == ["base", "studio"]


def test_extends__in_several_steps__comes_in_the_order_of_building(tmp_path: Path, base: Path) -> None:
    third = written(tmp_path, "third", 'pack: a\ntitle: A\nversion: "1"\nextends: [studio, base]\n')
    studio = written(tmp_path, "studio", STUDIO)
    expected = ["base", "studio", "a"]
    assert [pack.id for pack in load(third, studio, base).packs] == expected
    assert load(base, third, studio) == load(third, studio, base)


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ("bsae", "no pack is called “bsae”. Did you mean “base”?"),
        ("hamstring", "no pack is called “hamstring”. Did you mean “hamstrings”?"),
        ("../hamstrings", "no pack is called “../hamstrings”. Did you mean “hamstrings”?"),
        ("studios", "no pack is called “studios”. Correct the name, or give the folder of that pack as well."),
        ("xyz", "no pack is called “xyz”. Correct the name, or give the folder of that pack as well."),
        ("studio", "the pack “studio” extends itself: “studio” extends “studio”. Take one of these lines out."),
    ],
)
def test_extends__what_is_not_there__is_one_problem(tmp_path: Path, base: Path, extends: str, said: str) -> None:
    text = STUDIO.replace("base", extends) + "in-place-of: {rules: [round]}\n" + ROUND
    assert only(base, written(tmp_path, "studio", text)) == said


def test_extends__in_circles__reports_each_circle_once(tmp_path: Path) -> None:
    paths = []
    for name, other in [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "x"), ("z", "a")]:
        text = f'pack: {name}\ntitle: A\nversion: "1"\nextends: {other}\n'
        paths.append(written(tmp_path, name, text))
    assert told(*paths) == [("a", "circle", 4), ("x", "circle", 4)]
    assert refused(load, *paths) == refused(load, *reversed(paths))
    assert "“a” extends “b”, “b” extends “c”, “c” extends “a”" in refused(load, *paths)[0].message


def test_extends__a_base_that_cannot_be_read__brings_nothing_else(tmp_path: Path) -> None:
    base = written(tmp_path, "base", BASE.replace("title: Base", "title: [Base"))
    studio = written(tmp_path, "studio", STUDIO + "in-place-of: {rules: [round]}\n" + ROUND)
    assert told(base, studio) == [("base", "syntax", 2)]


# --- what takes the place of what ------------------------------------------------------------------------------------


def test_in_place_of__a_rule__keeps_its_position_and_shows_its_origin(tmp_path: Path, base: Path) -> None:
    studio = written(tmp_path, "studio", STUDIO + "in-place-of:\n  rules: [round]\n" + ROUND)
    kb = load(studio, base)
    assert list(kb.rules) == ["stop", "round", "high"]
    rule = kb.rules["round"]
    assert (rule.because, kb.pack_of(rule.place), kb.pack_of(kb.rules["high"].place)) == ("Ours.", "studio", "base")
    here, there = Location(str(studio), 7, 9), Location(str(base), 19, 3)
    assert kb.overrides == (Override("rules", "round", "studio", here, "base", there),)
    assert override_lines(kb) == [f"{here}: the rule “round” takes the place of the one of “base” ({there})."]


def test_in_place_of__what_was_replaced_already__replaces_that(tmp_path: Path, base: Path) -> None:
    change = "in-place-of: {rules: [round]}\n" + ROUND
    studio = written(tmp_path, "studio", STUDIO + change)
    third = written(tmp_path, "third", 'pack: a\ntitle: A\nversion: "1"\nextends: studio\n' + change)
    kb = load(third, studio, base)
    assert [(one.pack, one.of_pack) for one in kb.overrides] == [("studio", "base"), ("a", "studio")]
    assert kb.pack_of(kb.rules["round"].place) == "a"


def test_in_place_of__an_item_of_every_kind__is_taken(tmp_path: Path, base: Path) -> None:
    names = {"sources": "B1", "questions": "pose", "findings": "rounds", "recommendations": "lean", "referrals": "see"}
    lists = "".join(f"  {section}: {name}\n" for section, name in {**names, "cases": "c1"}.items())
    text = """\
sources: {B1: {work: Mine}}
questions: {pose: {ask: Mine?, type: one, options: {standing: B, sitting: A, lying: C}}}
findings: {rounds: {title: Mine}}
recommendations: {lean: {title: Mine, steps: [Mine.]}}
referrals: {see: {level: stop-today, tell: Mine.}}
cases: [{id: c1, title: Mine, answers: {danger: yes}, expect: {outcome: stop-today}}]
"""
    kb = load(base, written(tmp_path, "studio", STUDIO + "in-place-of:\n" + lists + text))
    plain = load(base)
    for section, name in names.items():
        assert list(getattr(kb, section)) == list(getattr(plain, section))
        assert kb.pack_of(getattr(kb, section)[name].place) == "studio"
    assert [(case.id, case.title) for case in kb.cases] == [("c1", "Mine"), ("c2", "B"), ("c3", "C")]


@pytest.mark.parametrize(
    ("header", "body", "said"),
    [
        ("", ROUND, "If this one is to take its place, list it under “in-place-of”, “rules”."),
        ("in-place-of: {rules: [ruond]}\n", ROUND, "“base” has no rule called “ruond”. Did you mean “round”?"),
        ("leaves-out: {rules: [hihg]}\n", "", "“base” has no rule called “hihg”. Did you mean “high”?"),
        ("leaves-out: {sources: [Z]}\n", "", "Correct the name, or take it out of “leaves-out”."),
        (
            "in-place-of: {rules: [round]}\n",
            "",
            "this pack has none of that name. Write it, or list the name under “leaves-out” instead.",
        ),
        (
            "in-place-of: {rules: [round]}\n",
            ROUND.replace("{round:", "{ruond:"),
            "this pack has none of that name. Did you mean “ruond”?",
        ),
        (
            "in-place-of: {rules: [round]}\nleaves-out: {rules: [round]}\n",
            ROUND,
            "stands under “in-place-of” and under “leaves-out”. Take it out of one of them.",
        ),
        ("leaves-out: {rules: [round]}\n", ROUND, "List it under “in-place-of” if it is to take the other’s place."),
        ("in-place-of: {rule: [round]}\n", "", "cannot have “rule”. Did you mean “rules”?"),
        ("in-place-of: [round]\n", "", "Write every line as “name: value”"),
        ("in-place-of: {rules: [round, round]}\n", ROUND, "stands twice"),
        ("leaves-out: {rules: []}\n", "", "is empty"),
        ("leaves-out: {cases: [c9]}\n", "", "“base” has no case called “c9”. Correct the name"),
    ],
)
def test_change__with_a_mistake__is_one_problem_with_a_way_out(
    tmp_path: Path, base: Path, header: str, body: str, said: str
) -> None:
    assert said in only(base, written(tmp_path, "studio", STUDIO + header + body))


def test_change__without_extends__is_one_problem(tmp_path: Path, base: Path) -> None:
    text = STUDIO.replace("extends: base\n", "in-place-of: {rules: [round]}\n") + ROUND
    assert "Add a line “extends: …”." in only(base, written(tmp_path, "studio", text))
    text = STUDIO.replace("extends: base\n", "leaves-out: {rules: [round]}\n")
    assert "Add a line “extends: …”." in only(base, written(tmp_path, "studio", text))


def test_change__in_a_topic_file__belongs_into_the_head(tmp_path: Path, base: Path) -> None:
    (tmp_path / "own").mkdir()
    written(tmp_path / "own", "pack", STUDIO + "topics: [x]\n")
    written(tmp_path / "own", "x", "leaves-out: {rules: [high]}\nfindings: {x: {title: A}}\n")
    assert only(base, tmp_path / "own") == "“leaves-out” stands in a topic file. It belongs into “pack.yaml”."


def test_change__of_cases__is_no_mistake_where_cases_are_not_read(tmp_path: Path) -> None:
    first, *others = [case.id for case in load().cases]
    text = STUDIO.replace("base", "hamstrings") + f"leaves-out: {{cases: [{first}]}}\n"
    path = written(tmp_path, "studio", text)
    assert [case.id for case in load(path).cases] == others
    assert load(path, cases=False).cases == ()


CHANGES = {
    "replace": "in-place-of: {rules: [round]}\n" + ROUND,
    "leave-out": "leaves-out: {rules: [round]}\n",
}


@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("second", CHANGES)
def test_change__by_two_packs_that_do_not_know_each_other__is_one_problem_unless_both_leave_it_out(
    tmp_path: Path, base: Path, first: str, second: str
) -> None:
    one = written(tmp_path, "one", STUDIO.replace("studio", "one") + CHANGES[first])
    two = written(tmp_path, "two", STUDIO.replace("studio", "two") + CHANGES[second])
    if first == second == "leave-out":
        assert list(load(one, two, base).rules) == ["stop", "high"]
        return
    assert told(one, two, base) == [("two", "unknown-rule", 5)]
    assert "the pack “one” changes the rule “round” as well" in only(two, one, base)


# --- what is left behind ---------------------------------------------------------------------------------------------


def test_leaves_out__a_rule__is_gone(tmp_path: Path, base: Path) -> None:
    studio = written(tmp_path, "studio", STUDIO + "leaves-out:\n  rules: [high]\n")
    kb = load(studio, base)
    assert list(kb.rules) == ["stop", "round"]
    line, there = Location(str(studio), 6, 11), Location(str(base), 20, 3)
    assert kb.overrides == (Override("rules", "high", "studio", line, "base", there, left_out=True),)
    assert override_lines(kb) == [f"{line}: the rule “high” of “base” ({there}) is left out."]


def test_leaves_out__what_rules_speak_of__is_one_problem_at_the_line_that_says_so(tmp_path: Path, base: Path) -> None:
    studio = written(tmp_path, "studio", STUDIO + "leaves-out:\n  questions: [back]\n  findings: [rounds]\n")
    assert told(studio, base) == [("studio", "unknown-question", 6), ("studio", "unknown-finding", 7)]
    first, second = refused(load, studio, base)
    assert first.message == (
        f"the question “back” is left out, and “base” still speaks of it in rule “round” ({base}:19:3)."
    )
    assert f"rule “round” ({base}:19:3), rule “high” ({base}:20:3)" in second.message
    text = studio.read_text(encoding="utf-8") + "  rules: [round, high]\n"
    kb = load(written(tmp_path, "studio", text), base)
    assert (list(kb.rules), [case.id for case in kb.cases]) == (["stop"], ["c3"])


def test_leaves_out__what_cases_speak_of__takes_these_along_and_says_so(tmp_path: Path, base: Path) -> None:
    text = STUDIO + "leaves-out:\n  rules: [round]\n  recommendations: [lean]\n"
    kb = load(written(tmp_path, "studio", text), base)
    assert [case.id for case in kb.cases] == ["c3"]
    lines = override_lines(kb)
    assert [line.split(": ", 1)[1].replace(str(base), "base") for line in lines] == [
        "the recommendation “lean” of “base” (base:13:3) is left out.",
        "2 cases that speak of it go too: c1, c2.",
        "the rule “round” of “base” (base:19:3) is left out.",
    ]


def test_leaves_out__a_safety_screen__is_refused(tmp_path: Path, base: Path) -> None:
    studio = written(tmp_path, "studio", STUDIO + "leaves-out: {questions: [danger], rules: [stop]}\n")
    (problem,) = refused(load, studio, base)
    assert (problem.id, problem.place.path) == ("unknown-question", str(studio))
    assert problem.way_out.startswith("What the header of a pack speaks of cannot be left out")


def test_leaves_out__what_the_pack_itself_speaks_of__says_where_it_went(tmp_path: Path, base: Path) -> None:
    rule = "rules: {mine: {when: {pose: sitting}, then: {recommend: sit-high}, because: A., source: B1}}\n"
    studio = written(tmp_path, "studio", STUDIO + "leaves-out: {rules: [high], recommendations: [sit-high]}\n" + rule)
    (problem,) = refused(load, studio, base)
    assert (problem.id, problem.place.line) == ("unknown-recommendation", 6)
    assert problem.message == f"the recommendation “sit-high” is left out, at {studio}:5:47."


def test_leaves_out__in_a_case_of_the_pack_itself__is_one_problem(tmp_path: Path, base: Path) -> None:
    case = (
        "cases: [{id: d, title: A, answers: {danger: no, pose: sitting}, expect: {outcome: advise, in-order: lean}}]\n"
    )
    header = "leaves-out: {rules: [round], recommendations: [lean]}\n"
    assert told(written(tmp_path, "studio", STUDIO + header + case), base) == [("studio", "unknown-recommendation", 6)]


def test_in_place_of__a_question_that_lost_an_option__is_one_problem_at_the_question(
    tmp_path: Path, base: Path
) -> None:
    question = "questions:\n  back: {ask: Mine?, type: one, options: {curled: A, flat: B}}\n"
    studio = written(tmp_path, "studio", STUDIO + "in-place-of: {questions: [back]}\n" + question)
    (problem,) = refused(load, studio, base)
    assert (problem.id, problem.place) == ("unknown-option", Location(str(studio), 7, 3))
    assert problem.message == (
        f"the question “back” does not fit what “base” asks of it in rule “round” ({base}:19:3)."
    )


def test_base__with_a_mistake_of_its_own__keeps_it(tmp_path: Path) -> None:
    base = written(tmp_path, "base", BASE.replace("recommend: lean}", "recommend: laen}"))
    studio = written(tmp_path, "studio", STUDIO + "leaves-out: {rules: [high], recommendations: [sit-high]}\n")
    assert told(base, studio) == [("base", "unknown-recommendation", 19)]


# --- what a reader sees ----------------------------------------------------------------------------------------------

ROUNDS: Answers = {"danger": "no", "back": "round", "pose": "sitting"}


def test_report__of_several_packs__says_from_which_each_rule_comes(tmp_path: Path, base: Path) -> None:
    header = "in-place-of: {rules: [round]}\n"
    rule = ROUND.replace("{find: rounds}", "{find: rounds, recommend: lean}")
    both = load(base, written(tmp_path, "studio", STUDIO + header + rule))
    packs = [
        json.loads(to_json(build_report(Session.begin(Engine(kb), ROUNDS)))).get("rule_packs")
        for kb in (load(base), both)
    ]
    assert packs == [None, {"high": "base", "round": "studio"}]


def test_how__of_several_packs__says_from_which_the_rule_comes(
    tmp_path: Path, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = ROUND.replace("{find: rounds}", "{find: rounds, recommend: lean}")
    path = written(tmp_path, "studio", STUDIO + "in-place-of: {rules: [round]}\n" + rule)
    session = Session.begin(Engine(load(base, path)), ROUNDS)
    Console().say_all(chain.sources(session, "sit-high"))
    shown = capsys.readouterr().out
    assert "Rule round of studio. Source: B" in shown
    assert "Rule high of base. Source: B" in shown


def test_tutorial_pack__alone_and_beside_the_shipped_one__is_sound_and_passes_its_cases() -> None:
    wrists = Path(__file__).parent.parent.parent / "docs/tutorial/wrists"
    kb = load(wrists)
    assert check(kb) == ()
    both = load(bundled(), wrists)
    own = [case for case in both.cases if both.pack_of(case.place) == "wrists"]
    assert own == list(kb.cases)
    assert [failure for case in kb.cases for failure in replay(Engine(kb), case).failures] == []


# --- laws ------------------------------------------------------------------------------------------------------------

PARTS = {
    "findings": "findings: {own: {title: Own}}\n",
    "recommendations": "recommendations: {own: {title: Own, steps: [Own.]}}\n",
    "questions": "questions: {own: {ask: Own?, type: yes-no}}\n",
    "rules": "rules: {own: {when: {pose: standing}, then: {recommend: lean}, because: Own., source: B1}}\n",
}


@pytest.mark.law
@given(st.lists(st.sampled_from(sorted(PARTS)), unique=True), st.booleans())
def test_extension__that_replaces_nothing__equals_both_side_by_side(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], base_first: bool
) -> None:
    folder = tmp_path_factory.mktemp("packs")
    base = written(folder, "base", BASE)
    body = "".join(PARTS[part] for part in parts)
    extending = load(written(folder, "studio", STUDIO + body), beside=lambda: [base])
    paths = [base, written(folder, "studio", STUDIO.replace("extends: base\n", "# alone\n") + body)]
    beside = load(*paths if base_first else reversed(paths))
    packs = tuple(msgspec.structs.replace(pack, extends=()) for pack in extending.packs)
    assert msgspec.structs.replace(extending, packs=packs) == beside


OTHER = """\
pack: other
title: Other
version: "2"
limits: [Other limits.]
credit: Other.
sources: {O1: {work: O}}
questions: {hands: {ask: O?, type: yes-no}}
recommendations: {spread: {title: Spread, steps: [Spread.]}}
rules: {hands: {when: {hands: no}, then: {recommend: spread}, because: O., source: O1}}
"""


@pytest.mark.law
@pytest.mark.parametrize("names", [("base", "other"), ("zebra", "ant")])
def test_packs__given_in_another_order__give_the_same_report(tmp_path: Path, names: tuple[str, str]) -> None:
    paths = [
        written(tmp_path, "one", BASE.replace("pack: base", f"pack: {names[0]}")),
        written(tmp_path, "two", OTHER.replace("pack: other", f"pack: {names[1]}")),
    ]

    def report(kb: KnowledgeBase) -> str:
        answers = {"danger": "no", "back": "round", "hands": "no", "pose": "sitting"}
        return to_json(build_report(Session.begin(Engine(kb), answers)))

    assert report(load(*paths)) == report(load(*reversed(paths)))


PIECES = ["", " ", "\n", "  ", "- ", ": ", "[", "{", "}", "]", "x", "~", "&a ", "true", "#", "\x00"]
EXTENSION = (
    STUDIO
    + "in-place-of:\n  rules: [round]\n  questions: back\nleaves-out:\n  rules: high\n  findings:\n    - rounds\n"
    + "questions:\n  back: {ask: C?, type: one, options: {round: A, flat: B}}\n"
    + ROUND.replace("{find: rounds}", "{recommend: lean}")
)


@given(st.lists(st.tuples(st.integers(0, len(EXTENSION)), st.sampled_from(PIECES)), max_size=4))
def test_extension__with_slips__loads_or_says_what_a_terminal_may_show(
    tmp_path_factory: pytest.TempPathFactory, slips: list[tuple[int, str]]
) -> None:
    text = EXTENSION
    for position, piece in slips:
        text = text[:position] + piece + text[position + 1 :]
    folder = tmp_path_factory.mktemp("packs")
    found = refused(load, written(folder, "base", BASE), written(folder, "studio", text))
    assert [one for one in found if unprintable(str(one)) is not None] == []
    assert bool(found) <= bool(slips)


def test_packs__of_the_program__come_before_others(tmp_path: Path) -> None:
    path = written(tmp_path, "a", OTHER.replace("pack: other", "pack: a"))
    (shipped,) = load().packs
    folder = str(Path(shipped.place.path).parent)
    assert [pack.id for pack in load(path, folder).packs] == ["hamstrings", "a"]


def test_load_text__that_extends_the_program__has_its_rules() -> None:
    kb = load_text("extends: hamstrings\n")
    assert kb.rules == load().rules
