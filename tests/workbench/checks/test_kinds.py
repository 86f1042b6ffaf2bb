"""Every kind of problem is what it says it is: its faulty example has it, and its sound one has not."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from kb.inference.engine import Engine
from kb.language import catalogue
from kb.language.fields import SECTIONS
from kb.language.loading import load
from kb.model.kinds import Kind
from kb.model.problems import Problem
from kb.workbench import checks
from kb.workbench.authoring.yaml_editing import Insertion, inserted
from kb.workbench.cases.replay import replay
from kb.workbench.checks.problem_formats import first_sentence
from tests.helpers import HEADER, refused, written

LOGICAL = frozenset(kind.id for kind in checks.KINDS)
KINDS = (*catalogue.KINDS, *checks.KINDS)


def each(kinds: Iterable[Kind]) -> list[object]:
    return [pytest.param(kind, id=kind.id) for kind in kinds]


def found(kind: Kind, path: Path) -> list[str]:
    """Return the ids of the problems that whoever looks for `kind` finds in the packs at `path`."""
    unread = [problem.id for problem in refused(load, path)]
    if unread:
        return unread
    kb = load(path)
    if kind.id == "failing-case":
        return [kind.id for case in kb.cases if replay(Engine(kb), case).failures]
    return [problem.id for problem in checks.check(kb, only=[kind.id])] if kind.id in LOGICAL else []


# --- examples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", each(kind for kind in KINDS if kind.faulty))
def test_kind__that_can_be_shown__is_in_its_faulty_example_once_and_not_in_the_sound_one(
    kind: Kind, tmp_path: Path
) -> None:
    assert found(kind, written(kind.faulty, tmp_path, "faulty")) == [kind.id]
    assert found(kind, written(kind.sound, tmp_path, "sound")) == []


def _folder_for_a_file(folder: Path) -> tuple[Problem, ...]:
    (folder / "pack.yaml").mkdir()
    return refused(load, folder)


def _too_long_a_name(folder: Path) -> tuple[Problem, ...]:
    return refused(load, folder / ("x" * 5_000))


def _large(folder: Path) -> tuple[Problem, ...]:
    return refused(load, written(HEADER + "# ........\n" * 200_000, folder))


def _of_an_older_editor(folder: Path) -> tuple[Problem, ...]:
    path = folder / "old.yaml"
    path.write_bytes(f"{HEADER}credit: A café in Köln\n".encode("latin-1"))
    return refused(load, path)


def _full_of_problems(folder: Path) -> tuple[Problem, ...]:
    return refused(load, written("".join(f"word{number}: x\n" for number in range(150)), folder))


def _entangled(folder: Path) -> tuple[Problem, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.proof.students.MOST_CONFLICTS", 1)
        return checks.check(load(written(ENTANGLED, folder)), only=["never-fires"])


ENTANGLED = (
    "safety-screens: [p0]\nsources: {A: {work: A}}\nrecommendations: {a: {title: A, steps: A.}}\nquestions:\n"
    + "".join(
        f"  p{each}: {{ask: Where is {each}?, type: one, options: {{a: A, b: B, c: C, d: D}}}}\n" for each in range(5)
    )
    + "rules:\n  all-elsewhere:\n    then: {recommend: a}\n    because: A.\n    source: A\n    when:\n      all:\n"
    + "".join(
        f"        - {{not: {{all: [{{p{one}: {hole}}}, {{p{other}: {hole}}}]}}}}\n"
        for hole in "abcd"
        for other in range(5)
        for one in range(other)
    )
    + "".join(f"        - {{p{each}: [a, b, c, d]}}\n" for each in range(5))
)
"""Five pigeons, each in one of four holes, and no two in the same: nobody is, and it takes some search to see it."""


def _without_a_gap(folder: Path) -> tuple[Problem, ...]:
    return refused(inserted, "rules: [a]\n", "rules.yaml", Insertion(("rules",), "b", {}))


UNSHOWN: dict[str, tuple[Callable[[Path], tuple[Problem, ...]], list[str]]] = {
    "not-a-file": (_folder_for_a_file, ["not-a-file"]),
    "unreadable": (_too_long_a_name, ["unreadable"]),
    "too-large": (_large, ["too-large"]),
    "not-utf8": (_of_an_older_editor, ["not-utf8"]),
    "too-many-problems": (_full_of_problems, ["too-many-problems"] + ["unknown-key"] * 100),
    "not-proved": (_entangled, ["not-proved"]),
    "no-place": (_without_a_gap, ["no-place"]),
}
"""What makes the problem of each kind that no text can show, and what is found then."""


@pytest.mark.parametrize("kind", each(kind for kind in KINDS if not kind.faulty))
def test_kind__that_no_text_can_show__is_found_where_it_is_made(kind: Kind, tmp_path: Path) -> None:
    make, expected = UNSHOWN[kind.id]
    assert sorted(problem.id for problem in make(tmp_path)) == expected
    assert (kind.sound, re.search("It comes about (when|with)", kind.why) is not None) == ("", True)


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", each(KINDS))
def test_kind__read__says_what_it_is_and_why_it_matters(kind: Kind) -> None:
    assert kind.title[:1].isupper()
    assert kind.why.endswith(".")
    assert len(first_sentence(kind.why)) <= 200, "it stands below every message"
    assert re.findall(r"\s{2,}|\n| ['\"]\w", kind.title + kind.why) == []


# --- kinds and code ---------------------------------------------------------------------------------------------------

KB = Path(catalogue.__file__).resolve().parents[2]
_ARGUMENT = {
    "fault": 1,
    "report": 1,
    "Problem": 1,
    "problem": 0,
    "OneOf": 0,
    "AnswerFault": 2,
    "SyntaxFault": 3,
    "NotReadError": 0,
}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def ids_in_code() -> set[str]:
    """Return the ids of problems in the code: arguments of what reports them, and first of a tuple of texts."""
    names = {f"unknown-{kind}" for kind in SECTIONS.values()}
    for path in KB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found: list[ast.expr] = []
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                position = _ARGUMENT.get(called)
                if position is not None:
                    found = node.args[position : position + 1]
            elif isinstance(node, ast.Tuple) and len(node.elts) > 1 and _is_sentence(node.elts[1]):
                found = node.elts[:1]
            names |= {
                one.value
                for one in found
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and _ID.fullmatch(one.value)
            }
    return names


def _is_sentence(node: ast.expr) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(text.rstrip().endswith(".") for text in texts)


def test_kinds__compared_with_the_code__are_all_that_is_reported_and_nothing_else() -> None:
    names = [kind.id for kind in KINDS]
    assert sorted(set(names)) == sorted(names)
    assert ids_in_code() - set(names) == set()
    described = KB / "language" / "catalogue"
    code = "".join(path.read_text(encoding="utf-8") for path in KB.rglob("*.py") if described not in path.parents)
    reported = ids_in_code() | {name for name in names if name in code}
    assert [kind.id for kind in catalogue.KINDS if kind.id not in reported] == []
