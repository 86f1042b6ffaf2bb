"""Every faulty pack in `tests/broken/` is found out: exactly the marked problems, each once, at its line.

A pack is a file or a folder below the folder of the kind of fault that it shows. Its faults are marked by remarks:

    when: {pian: yes}  # expect: unknown-question
    when: {pian: yes}  # expect: unknown-question; meant “pain”     the way out holds what stands behind “meant”
    # expect: tab at 7:1                                            elsewhere in this file: the line, or line and column
    # expect: empty-file in hands.yaml                              another file of the pack (`.` the folder) as a whole
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from kb.inference.engine import Engine
from kb.language import catalogue
from kb.language.loading import load
from kb.workbench.cases.replay import replay
from kb.workbench.checks import KINDS
from tests.helpers import problems_at, written

BROKEN = Path(__file__).parent.parent.parent / "broken"
PACKS = sorted(path for path in BROKEN.glob("*/*"))
UNBROKEN = sorted((Path(__file__).parent.parent.parent / "unbroken").iterdir())
"""Sound packs; many of the broken ones are one of these with one thing changed, and the others look as if they were."""
READABLE = [pack for pack in PACKS if pack.parent.name in {kind.id for kind in KINDS}]
"""Those in which everything can be read, and what it says is wrong."""


class Fault(NamedTuple):
    """A marked fault: where it is, what kind it is, and what its way out holds."""

    path: str
    line: int
    id: str
    column: int = 0
    meant: str = ""


_MARK = re.compile(
    r"# expect: (?P<id>[a-z0-9-]+)(?: in (?P<file>[^;]+?))?(?: at (?P<line>\d+)(?::(?P<column>\d+))?)?"
    r"(?:; meant (?P<meant>.+))?$",
    re.MULTILINE,
)


def faults(pack: Path) -> list[Fault]:
    """Return the faults that are marked in a pack."""
    folder = pack if pack.is_dir() else pack.parent
    found = []
    for file in sorted(pack.rglob("*.*")) if pack.is_dir() else [pack]:
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        for mark in _MARK.finditer(text):
            here = text.count("\n", 0, mark.start()) + 1
            path = file if mark["file"] is None else folder / mark["file"]
            line = 0 if mark["file"] else int(mark["line"] or here)
            found.append(Fault(str(path), line, mark["id"], int(mark["column"] or 0), mark["meant"] or ""))
        assert text.count("# expect:") == len(_MARK.findall(text)), f"{file}: a mark is misspelt"
    return sorted(found)


def name_of(pack: Path) -> str:
    """Return the name of a pack of the corpus."""
    return pack.relative_to(BROKEN).as_posix()


@pytest.mark.parametrize("pack", PACKS, ids=name_of)
def test_broken_pack__read__shows_each_marked_fault_once_and_nothing_else(pack: Path) -> None:
    expected = faults(pack)
    problems = sorted(problems_at(pack), key=lambda problem: (problem.place, problem.id))
    assert expected, "no fault is marked"
    shown = [(problem.place.path, problem.place.line, problem.id) for problem in problems]
    assert shown == [fault[:3] for fault in expected], "\n".join(map(str, problems))
    for fault, problem in zip(expected, problems):
        assert fault.column in (0, problem.place.column), problem
        assert fault.meant in problem.way_out, problem


@pytest.mark.parametrize("pack", UNBROKEN, ids=lambda pack: pack.name)
def test_unbroken_pack__however_it_looks__is_said_nothing_of(pack: Path) -> None:
    assert problems_at(pack) == ()


def test_broken_packs__counted__show_every_kind_that_can_be_written_down() -> None:
    shown = Counter(fault.id for pack in PACKS for fault in faults(pack))
    replayed = {"failing-case"}  # found by replaying cases, not by reading
    wanted = [kind.id for kind in (*catalogue.KINDS, *KINDS) if kind.faulty and kind.id not in replayed]
    assert {kind: shown[kind] for kind in wanted if shown[kind] < 3} == {}


@pytest.mark.parametrize(
    "pack", [pytest.param(pack, id=f"{pack.parent.name}/{pack.name}") for pack in READABLE + UNBROKEN]
)
def test_pack__that_can_be_read__has_cases_that_pass(pack: Path) -> None:
    kb = load(pack)
    engine = Engine(kb)
    assert [failure for case in kb.cases for failure in replay(engine, case).failures] == []


@pytest.mark.parametrize("pack", READABLE, ids=lambda pack: f"{pack.parent.name}/{pack.name}")
def test_broken_pack__with_a_student_to_show__shows_one_who_can_be_kept_as_a_case(pack: Path, tmp_path: Path) -> None:
    for number, problem in enumerate(problems_at(pack)):
        if problem.case:
            head = f"pack: kept-{number}\ntitle: What is kept\nversion: '1'\ncases:\n"
            kept = written(head + problem.case, tmp_path, f"kept-{number}")
            kb = load(pack, kept)
            [case] = [each for each in kb.cases if each.place.path == str(kept)]
            assert replay(Engine(kb), case).failures == (), problem.case


def test_broken_packs__by_folder__show_what_their_folder_is_called() -> None:
    elsewhere = [
        pack.relative_to(BROKEN).as_posix()
        for pack in PACKS
        if pack.parent.name not in {fault.id for fault in faults(pack)}
    ]
    assert elsewhere == []
