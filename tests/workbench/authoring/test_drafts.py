"""What is new in a pack is tried on a copy first, and written all together or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kb.language.loading import bundled
from kb.language.yaml_source import read_file
from kb.model.problems import KnowledgeBaseError
from kb.workbench.authoring import drafts
from kb.workbench.authoring.drafts import Draft, NotWritableError, Place, draft, loaded, place_of, write
from kb.workbench.authoring.yaml_editing import Insertion
from tests.small import SMALL

PACK = """\
format: 1
pack: two-files
title: Two files
version: "1"
topics: [sitting]  # in this order
sources: {A1: {work: A book}}
"""
SITTING = """\
questions:
  pose: {ask: Which pose?, type: one, options: {sitting: Sitting, standing: Standing}}
findings:
  sits: {title: It sits}
rules:
  sitting: {when: {pose: sitting}, then: {find: sits}, because: It sits., source: A1}
"""
RULE = {"when": {"pose": "standing"}, "then": {"find": "sits"}, "because": "It stands.", "source": "A1"}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "sitting.yaml").write_text(SITTING, encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- a pack -----------------------------------------------------------------------------------------------------------


def test_place_of__a_folder_its_head_or_one_file__the_pack(pack: Path, tmp_path: Path) -> None:
    (pack / "cases").mkdir()
    (pack / "cases" / "sitting.yaml").write_text("cases: []\n", encoding="utf-8")
    (pack / ".hidden.yaml").write_text("", encoding="utf-8")
    one = tmp_path / "one.yaml"
    one.write_text(SMALL, encoding="utf-8")
    assert place_of(pack) == place_of(pack / "pack.yaml") == Place(pack, {"sitting": "sitting.yaml"})
    assert place_of(one) == Place(one, one_file=True)


@pytest.mark.parametrize("path", ["", "nowhere", "nowhere.yaml"])
def test_place_of__no_pack__refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(NotWritableError, match="is no pack"):
        place_of(tmp_path / path)


def test_place_of__the_pack_of_an_installed_program__refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(bundled(), tmp_path / "kb" / "rules")
    monkeypatch.setattr(drafts, "program_folder", lambda: tmp_path / "kb")
    monkeypatch.setattr(drafts, "bundled", lambda: tmp_path / "kb" / "rules")
    with pytest.raises(NotWritableError, match="belongs to the program"):
        place_of(tmp_path / "kb" / "rules" / "hamstrings")


def test_loaded__with_entries__as_if_they_stood_in_the_files(pack: Path) -> None:
    place = place_of(pack)
    before = contents(pack)
    entries = [
        ("pack.yaml", Insertion(("topics",), "", "standing")),
        ("standing.yaml", Insertion(("rules",), "standing", RULE)),
        (
            "cases/standing.yaml",
            Insertion(("cases",), "", {"id": "a", "title": "A", "answers": {}, "expect": {"outcome": "advise"}}),
        ),
    ]
    kb = loaded(draft(place, entries))
    assert (list(kb.rules), [case.id for case in kb.cases]) == (["sitting", "standing"], ["a"])
    assert contents(pack) == before


def test_loaded__with_a_fault__refused_with_places_in_the_real_files(pack: Path) -> None:
    entry = Insertion(("rules",), "standing", {**RULE, "source": "A7"})
    with pytest.raises(KnowledgeBaseError) as refusal:
        loaded(draft(place_of(pack), [("sitting.yaml", entry)]))
    assert [str(problem.place) for problem in refusal.value.problems] == [f"{pack / 'sitting.yaml'}:12:13"]


def test_loaded__a_pack_that_speaks_of_another__together_with_it(tmp_path: Path, pack: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        f"pack: other\ntitle: O\nversion: '1'\nrules:\n  standing: {RULE}\n".replace("'", '"'), encoding="utf-8"
    )
    assert sorted(loaded(Draft(place_of(other), {}), [pack]).rules) == ["sitting", "standing"]
    with pytest.raises(KnowledgeBaseError):
        loaded(Draft(place_of(other), {}))


def test_draft__a_file_with_problems__refused_and_left_alone(pack: Path) -> None:
    (pack / "sitting.yaml").write_text("rules:\n\ta: b\n", encoding="utf-8")
    with pytest.raises(KnowledgeBaseError) as refusal:
        draft(place_of(pack), [("sitting.yaml", Insertion(("rules",), "standing", RULE))])
    assert [problem.id for problem in refusal.value.problems] == ["tab"]


@pytest.mark.parametrize(("data", "problem"), [(b"rules: \xff\n", "not-utf8"), (b"#" * 2_000_001, "too-large")])
def test_draft__a_file_that_cannot_be_read__refused(pack: Path, data: bytes, problem: str) -> None:
    (pack / "sitting.yaml").write_bytes(data)
    with pytest.raises(KnowledgeBaseError) as refusal:
        draft(place_of(pack), [("sitting.yaml", Insertion(("rules",), "standing", RULE))])
    assert [problem.id for problem in refusal.value.problems] == [problem]


def test_draft__a_new_file_of_a_pack_with_a_schema__tells_the_editor(pack: Path) -> None:
    modeline = "# yaml-language-server: $schema=schema.json\n"
    (pack / "pack.yaml").write_text(modeline + PACK, encoding="utf-8")
    case = {"id": "a", "title": "A"}
    drafted = draft(place_of(pack), [("cases/a.yaml", Insertion(("cases",), "", case))])
    expected = "# yaml-language-server: $schema=../schema.json\n\ncases:\n\n  - id: a\n    title: A\n"
    assert drafted.texts() == {"cases/a.yaml": expected}


# --- writing ----------------------------------------------------------------------------------------------------------

STANDING = ("standing.yaml", Insertion(("rules",), "standing", RULE))
TOPIC = ("pack.yaml", Insertion(("topics",), "", "standing"))


def test_write__several_files__all_written_with_their_permissions(pack: Path) -> None:
    (pack / "pack.yaml").chmod(0o640)
    drafted = draft(place_of(pack), [TOPIC, STANDING, ("cases/new/a.yaml", Insertion(("cases",), "", {"id": "a"}))])
    write(drafted)
    assert contents(pack) == {"sitting.yaml": SITTING, **drafted.texts()}
    assert (pack / "pack.yaml").read_text(encoding="utf-8") == PACK.replace("[sitting]", "[sitting, standing]")
    assert (pack / "pack.yaml").stat().st_mode & 0o777 == 0o640
    umask = os.umask(0)
    os.umask(umask)
    assert (pack / "standing.yaml").stat().st_mode & 0o777 == 0o666 & ~umask


def test_write__through_a_link__the_file_it_leads_to(pack: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.yaml"
    (pack / "sitting.yaml").rename(real)
    (pack / "sitting.yaml").symlink_to(real)
    write(draft(place_of(pack), [("sitting.yaml", Insertion(("rules",), "standing", RULE))]))
    assert (pack / "sitting.yaml").is_symlink()
    assert "standing" in read_file(real).root["rules"]


def test_write__a_file_changed_meanwhile__nothing_is_written(pack: Path) -> None:
    drafted = draft(place_of(pack), [STANDING, TOPIC])
    (pack / "pack.yaml").write_text(PACK + "# a remark\n", encoding="utf-8")
    with pytest.raises(NotWritableError, match="changed by someone else"):
        write(drafted)
    assert contents(pack) == {"pack.yaml": PACK + "# a remark\n", "sitting.yaml": SITTING}


@pytest.mark.parametrize("stops", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_write__interrupted__everything_as_it_was(
    pack: Path, monkeypatch: pytest.MonkeyPatch, stops: BaseException, after: int
) -> None:
    drafted = draft(place_of(pack), [("cases/a.yaml", Insertion(("cases",), "", {"id": "a"})), TOPIC, STANDING])
    calls = []
    replace = Path.replace

    def failing(path: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == after + 1:
            raise stops
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(KeyboardInterrupt if stops is KeyboardInterrupt else NotWritableError):
        write(drafted)
    assert contents(pack) == {"pack.yaml": PACK, "sitting.yaml": SITTING}
    assert not (pack / "cases").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may write everywhere")
def test_write__a_folder_that_may_not_be_written__refused(pack: Path) -> None:
    drafted = draft(place_of(pack), [TOPIC])
    pack.chmod(0o500)
    try:
        with pytest.raises(NotWritableError, match="cannot be written"):
            write(drafted)
    finally:
        pack.chmod(0o700)
    assert contents(pack) == {"pack.yaml": PACK, "sitting.yaml": SITTING}
