"""Packs are read as they were at a git revision, and nothing of the repository is touched or run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kb.language.loading import load
from kb.model.problems import KnowledgeBaseError
from kb.workbench.comparison.git_revisions import RevisionError, at_revision
from tests.small import SMALL


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, env=clean)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a pack in a repository: one revision, and then another title."""
    folder = tmp_path / "rules [1]" / "small"
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "other.txt").write_text("something else", encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    (folder / "pack.yaml").write_text(SMALL.replace("A small pack", "A new pack"), encoding="utf-8")
    return folder


def titles(name: str, path: Path) -> list[str]:
    with at_revision(name, (path,)) as revision:
        return [pack.title for pack in load(*revision.paths).packs]


def test_at_revision__of_a_folder_a_file_or_a_folder_of_packs__is_what_was_committed(pack: Path) -> None:
    assert titles("HEAD", pack) == titles("main", pack.parent) == titles("HEAD", pack / "pack.yaml") == ["A small pack"]
    assert load(pack).packs[0].title == "A new pack"


def test_at_revision__several_paths__are_copied_each(pack: Path) -> None:
    with at_revision("HEAD", (pack, pack.parent)) as revision:
        assert [load(path).packs[0].title for path in revision.paths] == ["A small pack", "A small pack"]
        copies = revision.paths
    assert not any(path.exists() for path in copies)


def test_at_revision__with_problems__names_places_by_the_revision(pack: Path) -> None:
    (pack / "pack.yaml").write_text(
        SMALL.replace("low-back: rounded}, then", "lowback: rounded}, then"), encoding="utf-8"
    )
    git(pack, "commit", "--quiet", "--all", "--message=second")
    with at_revision("HEAD", (pack,)) as revision, pytest.raises(KnowledgeBaseError) as refusal:
        load(*revision.paths)
    assert [revision.named(str(problem.place)) for problem in refusal.value.problems] == [
        "HEAD:rules [1]/small/pack.yaml:72:20"
    ]


def test_at_revision__called_by_a_hook_of_another_repository__still_reads_this_one(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", "index")
    assert titles("HEAD", pack) == ["A small pack"]


def test_at_revision__of_a_repository_with_hooks__runs_none(pack: Path, tmp_path: Path) -> None:
    hooks = tmp_path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "pre-commit", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    assert titles("HEAD", pack) == ["A small pack"]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["nothing", "", "--all", "HEAD~9", "HEAD:rules", "a\0b", "a b", "HEAD; true"])
def test_at_revision__that_is_none__is_refused_in_one_line(pack: Path, name: str) -> None:
    with pytest.raises(RevisionError, match="There is no revision") as refusal, at_revision(name, (pack,)):
        pass
    assert "\n" not in str(refusal.value)


def test_at_revision__of_what_was_not_there_yet__says_so(pack: Path) -> None:
    (pack.parent / "later").mkdir()
    with pytest.raises(RevisionError) as refusal, at_revision("HEAD", (pack.parent / "later",)):
        pass
    assert str(refusal.value) == "There is no “rules [1]/later” in the revision “HEAD”."


def test_at_revision__outside_a_repository__says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    inside = tmp_path / "in"
    inside.mkdir()
    with pytest.raises(RevisionError, match="does not lie in a git repository"), at_revision("HEAD", (inside,)):
        pass


def test_at_revision__without_git__says_so(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(pack))
    with pytest.raises(RevisionError, match="git is needed, and it is not installed"), at_revision("HEAD", (pack,)):
        pass
