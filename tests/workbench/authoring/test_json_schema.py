"""The schema that editors read: it takes what the loader takes, refuses plain slips, and forgets no key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator

from kb.language import conditions, items, packs
from kb.language.loading import load
from kb.language.yaml_source import read
from kb.model.knowledge import KnowledgeBase
from kb.workbench.authoring.json_schema import ANSWERS, schema_of, schema_text
from tests.helpers import kb_from, refused
from tests.property.strategies import knowledge_bases

PACK = Path(__file__).parent.parent.parent.parent / "rules" / "hamstrings"
FILES = [pytest.param(path, id=path.relative_to(PACK).as_posix()) for path in sorted(PACK.rglob("*.yaml"))]

NAMES = """\
sources: {A1: {work: A book, at: page 1}}
questions:
  back: {ask: Your back?, type: one, options: {flat: It is flat, round: It rounds}}
  signs: {ask: Which signs?, type: several, options: {clot: A swollen leg, none: None of these}}
  knee: {ask: Sore knee?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0, at-most: 60}
findings: {tight: {title: Tight hamstrings}}
recommendations: {lift: {title: Sit higher, steps: Lift.}}
referrals: {today: {level: stop-today, tell: See someone today.}}
"""
KB = kb_from(NAMES)
VALIDATOR = Draft202012Validator(schema_of(KB))
OF_ANSWERS = Draft202012Validator(schema_of(KB, ANSWERS))


def faults(validator: Draft202012Validator, data: Any) -> list[str]:
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(data)]


# --- the shipped pack -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> KnowledgeBase:
    return load(PACK)


@pytest.fixture(scope="module")
def validator(shipped: KnowledgeBase) -> Draft202012Validator:
    return Draft202012Validator(schema_of(shipped))


def test_shipped_schema__made_anew__is_the_same(shipped: KnowledgeBase) -> None:
    made = schema_text(shipped)
    same = made == (PACK / "schema.json").read_text(encoding="utf-8")
    assert same, "run: unstuck rules schema rules/hamstrings --output rules/hamstrings/schema.json"


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("loader", ["ours", "with booleans"])
def test_shipped_file__held_against_the_schema__is_valid(
    path: Path, loader: str, validator: Draft202012Validator
) -> None:
    text = path.read_text(encoding="utf-8")
    data = (
        read(text, str(path)).root
        if loader == "ours"
        else yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    )
    assert faults(validator, data) == []


@pytest.mark.parametrize("path", FILES)
def test_shipped_file__first_line__names_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    name = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / name).resolve() == PACK / "schema.json"


def test_schemas__of_a_knowledge_base__are_schemas(shipped: KnowledgeBase) -> None:
    for about in ("rules", ANSWERS):
        Draft202012Validator.check_schema(schema_of(shipped, about))


# --- keys -------------------------------------------------------------------------------------------------------------


def keys(schema: dict[str, Any]) -> tuple[set[str], set[str]]:
    return set(schema["properties"]), set(schema.get("required", ()))


def test_schema__keys_of_every_table__are_all_there() -> None:
    schema = schema_of(KB)
    defined = schema["$defs"]
    made = {section: keys(defined[section]["additionalProperties"]) for section in items.SHAPES}
    made |= {name: keys(defined[name]) for name in ("case", "then", "expect", "changes")}
    made["header"] = set(schema["properties"]), set(schema["then"]["required"])
    bounds = defined["condition"]["properties"]["hold"]["anyOf"][0]
    made["bounds"] = keys(bounds)
    tables = {
        **items.SHAPES,
        "case": items.CASE,
        "then": items.THEN,
        "expect": items.EXPECT,
        "changes": packs.CHANGES,
        "header": packs.HEADER,
        "bounds": conditions.BOUNDS,
    }
    assert made == {
        name: (set(shape.parts), {part for part in shape.required if not shape.parts[part].unless})
        for name, shape in tables.items()
    }


def test_schema__of_conditions__knows_questions_and_words_alone() -> None:
    assert set(schema_of(KB)["$defs"]["condition"]["properties"]) == {*KB.questions, *conditions.CONDITION_WORDS}


def test_schema__of_an_option__shows_what_people_read() -> None:
    one = schema_of(KB)["$defs"]["condition"]["properties"]["back"]["anyOf"][0]
    assert one == {
        "enum": ["flat", "round", "unsure"],
        "markdownEnumDescriptions": ["It is flat", "It rounds", ""],
    }


# --- right and wrong --------------------------------------------------------------------------------------------------

RULE = "rules: {r: {when: WHEN, then: {find: tight}, because: So., source: A1}}"
QUESTION = "questions: {q: {ask: What, type: one, options: {a: A, b: B}}}"


@pytest.mark.parametrize(
    "condition",
    [
        "{back: flat}",
        "{back: [flat, unsure]}",
        "{signs: 'clot?'}",
        "{signs: [clot, 'clot?', unsure]}",
        "{knee: yes}",
        "{knee: [no, unsure]}",
        "{hold: 2}",
        "{hold: '0,5'}",
        "{hold: unsure}",
        "{hold: {at-least: 2, below: '5'}}",
        "{hold: [unsure, {below: 2}, 30]}",
        "{finding: tight}",
        "{not: {finding: [tight]}}",
        "{any: [{back: flat}, {all: [{knee: no}, {hold: 1}]}]}",
    ],
)
def test_condition__that_the_loader_takes__is_valid(condition: str) -> None:
    text = RULE.replace("WHEN", condition)
    assert [faults(VALIDATOR, data) for data in (read(text, "x").root, yaml.safe_load(text))] == [[], []]


@pytest.mark.parametrize(
    "condition",
    [
        "{bakc: flat}",
        "{back: falt}",
        "{back: flat?}",
        "{back: []}",
        "{back: [flat, falt]}",
        "{back: yes}",
        "{signs: clots}",
        "{signs: none?}",
        "{signs: unsure?}",
        "{knee: maybe}",
        "{hold: long}",
        "{hold: 1e3}",
        "{hold: {belw: 2}}",
        "{hold: {below: two}}",
        "{hold: {}}",
        "{finding: tigth}",
        "{finding: lift}",
        "{not: [{back: flat}]}",
        "{any: {back: flat}}",
        "{any: []}",
        "{}",
        "back",
    ],
)
def test_condition__with_a_slip__is_invalid(condition: str) -> None:
    assert faults(VALIDATOR, read(RULE.replace("WHEN", condition), "x").root) != []


GOOD = [
    QUESTION,
    QUESTION.replace("a: A", "yes: Yes"),
    "pack: p\ntitle: A pack\nversion: 0.1\nmost-questions: 3\nsafety-screens: signs\nextends: other",
    "pack: p\ntitle: A pack\nversion: '1'\ncomplaint: {knee: yes}\nleaves-out: {rules: [gone]}",
    "findings: {loose: {title: Loose, not-with: tight}}",
    "referrals: {see: {level: gently, tell: Slowly., sources: [A1]}}",
    "- {id: c, title: C, answers: {back: flat, signs: ['clot?'], hold: 2}, expect: {outcome: advise, never: any}}",
    "cases: [{id: c, title: C, answers: {}, expect: {outcome: no-change, in-order: lift, findings: []}}]",
]


@pytest.mark.parametrize("text", GOOD)
def test_file__that_is_right__is_valid(text: str) -> None:
    assert [faults(VALIDATOR, data) for data in (read(text, "x").root, yaml.safe_load(text))] == [[], []]


BAD = [
    "rulse: {}",
    "rules:",
    "title: A title in a topic file",
    "pack: p\ntitle: A pack",
    "pack: My Pack\ntitle: A pack\nversion: '1'",
    "pack: p\ntitle: A pack\nversion: '1'\nsafety-screens: [sings]",
    QUESTION.replace("one,", "oen,"),
    QUESTION.replace("ask", "aks"),
    QUESTION.replace("q:", "unsure:"),
    QUESTION.replace("q:", "Low_Back:"),
    QUESTION.replace("{a: A, b: B}", "[a, b]"),
    "findings: {loose: {}}",
    "findings: {loose: {title: Loose, not-with: tigth}}",
    "recommendations: {go: {title: Go, steps: []}}",
    "recommendations: {go: {title: Go, steps: Go., kind: closng}}",
    "referrals: {see: {level: genlty, tell: Slowly.}}",
    "rules: {r: {when: {knee: yes}, then: {find: tight}, because: So., source: A2}}",
    "rules: {r: {when: {knee: yes}, then: {recommend: lfit}, because: So., source: A1}}",
    "rules: {r: {when: {knee: yes}, then: {refer: lift}, because: So., source: A1}}",
    "rules: {r: {when: {knee: yes}, then: {}, because: So., source: A1}}",
    "rules: {r: {when: {knee: yes}, then: {find: tight}, becuase: So., source: A1}}",
    "rules: {r: {when: {knee: yes}, then: {find: tight}, source: A1}}",
    "cases: {c: {title: C}}",
    "- {id: c, title: C, answers: {back: flat}}",
    "- {id: c, title: C, answers: {back: flat}, expect: {outcome: advice}}",
    "- {id: c, title: C, answers: {back: flat}, expect: {outcome: advise, in-order: [lfit]}}",
    "- {id: c, title: C, answers: {hold: {below: 2}}, expect: {outcome: advise}}",
]


@pytest.mark.parametrize("text", BAD)
def test_file__with_a_slip__is_invalid(text: str) -> None:
    assert faults(VALIDATOR, read(text, "x").root) != []


@pytest.mark.parametrize("text", ["back: flat\nknee: yes\nhold: 2", "signs: ['clot?']", "signs: none", "hold: '0,5'"])
def test_answers__that_are_right__are_valid(text: str) -> None:
    assert [faults(OF_ANSWERS, data) for data in (read(text, "x").root, yaml.safe_load(text))] == [[], []]


@pytest.mark.parametrize("text", ["bakc: flat", "back: falt", "back: [flat]", "hold: 61", "hold: -1", "signs: []"])
def test_answers__with_a_slip__are_invalid(text: str) -> None:
    assert faults(OF_ANSWERS, yaml.safe_load(text)) != []


@pytest.mark.law
@given(knowledge_bases())
def test_schema__of_any_knowledge_base__is_one_and_takes_no_unknown_answer(kb: KnowledgeBase) -> None:
    schema = schema_of(kb, ANSWERS)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator.check_schema(schema_of(kb))
    assert all(faults(Draft202012Validator(schema), {name: "no-such-answer"}) for name in kb.questions)


@pytest.mark.parametrize("text", BAD)
def test_loader__on_the_same_slip__refuses_it_too(text: str, tmp_path: Path) -> None:
    """Nothing is marked in an editor that the check has nothing against."""
    if text.startswith("pack:"):
        (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
    else:
        header = "pack: p\ntitle: A pack\nversion: '1'\ntopics: [here]\n"
        (tmp_path / "pack.yaml").write_text(header + NAMES, encoding="utf-8")
        (tmp_path / "here.yaml").write_text(text, encoding="utf-8")
    assert refused(load, tmp_path)
