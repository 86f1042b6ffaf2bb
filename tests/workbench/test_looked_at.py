"""No command says that all is well of what it has not looked at: it is read, or said, or the call is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.interview.startup import load_cached
from kb.language.loading import load
from kb.model.problems import KnowledgeBaseError
from kb.workbench.comparison.git_revisions import RevisionError, at_revision
from tests.helpers import problems_at, written
from tests.small import SMALL
from tests.workbench.comparison.test_git_revisions import git

CASE = "- id: told\n  title: Told\n  answers: {low-back: unsure}\n  expect: {outcome: check-first}\n"
WRONG = CASE.replace("check-first", "stop-now")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need a permission there")


def call(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def linked(path: Path, target: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


def said(path: Path) -> list[tuple[str, str]]:
    """Return the problems of what cannot be read, and where each is."""
    return [(one.id, Path(one.place.path).name) for one in problems_at(path) if not one.place.line]


# --- names that are empty ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("rules", "diff", "", "."),
        ("rules", "diff", "", ".", "--exit-code"),
        ("rules", "diff", ".", ""),
        ("rules", "check", ""),
        ("rules", "test", ""),
        ("rules", "list", ""),
        ("rules", "graph", ""),
        ("rules", "schema", ""),
        ("diagnose", ""),
        ("--rules", "", "rules", "check"),
        ("--rules", "", "rules", "test"),
        ("--rules", "", "diagnose", "answers.yaml"),
    ],
)
def test_call__with_an_empty_name__is_refused(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pack.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "answers.yaml").write_text("{}", encoding="utf-8")
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


# --- links, and what is no folder -------------------------------------------------------------------------------------


def test_pack__whose_cases_are_a_link__has_them_tested(tmp_path: Path) -> None:
    pack = written(f"# file: pack.yaml\n{SMALL}# file: ../shared/told.yaml\n{WRONG}", tmp_path, "pack")
    linked(pack / "cases", "../shared")
    result = call("rules", "test", str(pack))
    assert (result.exit_code, "told" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("link", "target", "expected"),
    [
        ("more", ".", [("unreadable", "more")]),
        ("more", "..", [("unreadable", "more")]),
        ("inner/more", "..", [("unreadable", "more")]),
        ("cases", "../nowhere", [("unreadable", "cases")]),
        ("more", "../nowhere", [("unreadable", "more")]),
        ("cases", "../answers.txt", [("unreadable", "cases")]),
        (".hidden", "..", []),
        ("readme.md", "../nowhere", []),
    ],
)
def test_pack__with_a_link_that_leads_astray__says_so(
    tmp_path: Path, link: str, target: str, expected: list[tuple[str, str]]
) -> None:
    (tmp_path / "answers.txt").write_text("nothing", encoding="utf-8")
    pack = written(f"# file: pack.yaml\n{SMALL}", tmp_path, "pack")
    linked(pack / link, target)
    assert said(pack) == expected


def test_pack__with_links_that_lead_to_each_other__says_so(tmp_path: Path) -> None:
    pack = written(f"# file: pack.yaml\n{SMALL}# file: a/x.txt\n# file: b/x.txt\n", tmp_path, "pack")
    linked(pack / "a" / "to-b", "../b")
    linked(pack / "b" / "to-a", "../a")
    assert said(pack) == [("unreadable", "to-a"), ("unreadable", "to-b")]


def test_pack__whose_cases_are_a_file__says_so(tmp_path: Path) -> None:
    assert said(written(f"# file: pack.yaml\n{SMALL}# file: cases\n{CASE}", tmp_path, "pack")) == [
        ("unreadable", "cases")
    ]


# --- packs that another hides -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("wrists/pack.yml", [("missing-file", "wrists")]),
        ("wrists/topic.yaml", [("missing-file", "wrists")]),
        ("more/wrists/pack.yaml", [("missing-file", "more")]),
        ("notes/today.txt", []),
        (".old/pack.yml", []),
    ],
)
def test_folder_of_packs__with_rules_in_a_folder_that_is_none__says_so(
    tmp_path: Path, beside: str, expected: list[tuple[str, str]]
) -> None:
    packs = written(f"# file: small/pack.yaml\n{SMALL}", tmp_path, "packs")
    before = load_cached(packs)
    written(f"# file: {beside}\n{SMALL}", tmp_path, "packs")
    assert said(packs) == expected
    if expected:
        with pytest.raises(KnowledgeBaseError):
            load_cached(packs)
    else:
        assert load_cached(packs).packs == before.packs


@pytest.mark.parametrize("command", ["check", "test", "list"])
def test_workbench__two_packs_of_the_same_name__looks_at_neither_alone(tmp_path: Path, command: str) -> None:
    one, two = (str(written(f"# file: pack.yaml\n{SMALL}", tmp_path, name)) for name in ("one", "two"))
    for arguments in (("rules", command, one, two), ("--rules", one, "--rules", two, "rules", command)):
        result = call(*arguments)
        assert (result.exit_code, "is in “" in result.stderr) == (1, True), result.output
    assert call("rules", command, one, one).exit_code == call("rules", command, one).exit_code


# --- as it was at a revision ------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository: a pack `real`, links to it, and since then another pack that they lead to."""
    top = tmp_path / "repository"
    written(f"# file: real/pack.yaml\n{SMALL}# file: shared/told.yaml\n{CASE}", tmp_path, "repository")
    linked(top / "cur", "real")
    linked(top / "twice", "cur")
    linked(top / "real" / "cases", "../shared")
    linked(top / "out", "../elsewhere")
    linked(top / "round", "round/and")
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", ".")
    git(top, "commit", "--quiet", "--message=first")
    changed = SMALL.replace("A small pack", "A new pack").replace("low-back: unsure", "low-back: curved")
    written(f"# file: real2/pack.yaml\n{changed}", tmp_path, "repository")
    (top / "cur").unlink()
    linked(top / "cur", "real2")
    return top


@pytest.mark.parametrize("path", ["cur", "twice", "real", "cur/pack.yaml", "real/../cur"])
def test_at_revision__of_a_link__is_what_it_led_to_then(repository: Path, path: str) -> None:
    with at_revision("HEAD", (repository / path,)) as revision:
        kb = load(*revision.paths)
    assert ([pack.title for pack in kb.packs], [case.id for case in kb.cases]) == (
        ["A small pack"],
        ["rounded", "told"],
    )


def test_diff__of_a_link_that_leads_elsewhere_now__shows_the_change(repository: Path) -> None:
    result = call("rules", "diff", "HEAD", str(repository / "cur"), "--exit-code")
    assert (result.exit_code, "No longer given: lean-back" in result.stdout) == (1, True), result.output


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("out", "“out” in the revision “HEAD” is a link out of the repository"),
        ("round", "The links at “round” in the revision “HEAD” have no end."),
        ("real2", "There is no “real2” in the revision “HEAD”."),
    ],
)
def test_at_revision__of_what_cannot_be_known__is_refused(repository: Path, path: str, message: str) -> None:
    with pytest.raises(RevisionError) as refusal, at_revision("HEAD", (repository / path,)):
        pass
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize("path", ["inner/sub", "inner"])
def test_at_revision__of_a_submodule__is_refused(repository: Path, path: str) -> None:
    commit = "1" * 40
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},inner/sub")
    git(repository, "commit", "--quiet", "--message=second")
    (repository / "inner" / "sub").mkdir(parents=True)
    with (
        pytest.raises(RevisionError, match="“inner/sub” in the revision “HEAD” is a submodule"),
        at_revision("HEAD", (repository / path,)),
    ):
        pass


def test_at_revision__of_a_repository_whose_files_are_elsewhere__is_refused(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    git(repository, "config", "core.worktree", str(tmp_path / "elsewhere"))
    result = call("rules", "diff", "HEAD", str(repository / "real"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "where it does not lie" in result.stderr
