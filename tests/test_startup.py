"""Only what a command needs is imported; the first question waits for nothing that comes of an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from tests.tools.startup import at_home, seen

MODULES = "*sorted(sys.modules)"
PACK = 'pack: example\ntitle: An example\nversion: "1"\nextends: hamstrings\n'

HEAVY = {
    "yaml",
    "clingo",
    "experta",
    "rich",
    "difflib",
    "json",
    "shutil",
    "hashlib",
    "urllib.request",
    "typing_extensions",
}
LOADING = {
    "kb.language.loading",
    "kb.language.packs",
    "kb.language.items",
    "kb.language.extension",
    "kb.language.yaml_source",
    "kb.language.fields",
    "kb.language.settings_reading",
}
ANSWERING = {
    "kb.inference.engine",
    "kb.inference.matcher",
    "kb.interview.session",
    "kb.interview.selection.selector",
    "kb.report.build",
    "kb.report.layout",
    "kb.terminal.interview.loop",
}


def imported(*arguments: str, environment: dict[str, str], until: str = "") -> set[str]:
    names = set(seen(MODULES, *arguments, environment=environment, until=until).split())
    assert "cli" in names
    return names - {"typing_extensions"}  # msgspec takes it where some other tool has brought it along


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Return the environment of someone who has been here before, and has rules of their own in the settings."""
    (tmp_path / "mine.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "more.yaml").write_text(PACK.replace("example", "more"), encoding="utf-8")
    (tmp_path / "config.yaml").write_text("rules: mine.yaml\n", encoding="utf-8")
    environment = at_home(tmp_path, UNSTUCK_CONFIG=str(tmp_path / "config.yaml"))
    first = imported(environment=environment, until="Question 1")
    assert first >= {"yaml", "kb.language.loading", "kb.language.settings_reading"}
    return environment


def test_first_question__with_a_valid_cache__waits_for_nothing_else(home: dict[str, str], tmp_path: Path) -> None:
    now = imported(environment=home, until="Question 1")
    assert now & (HEAVY | LOADING | ANSWERING) == set()
    assert now >= {"kb.interview.startup", "kb.journal.sessions", "sqlite3"}


def test_first_question__of_another_call__is_remembered_too(home: dict[str, str], tmp_path: Path) -> None:
    more = home | {"UNSTUCK_RULES": str(tmp_path / "more.yaml")}
    assert imported("--no-journal", environment=more, until="Question 1") >= {"yaml", "kb.language.loading"}
    again = imported("--no-journal", environment=more, until="Question 1")
    assert again & (HEAVY | LOADING | ANSWERING | {"sqlite3", "kb.journal.sessions"}) == set()


@pytest.mark.parametrize("changed", ["mine.yaml", "config.yaml"])
def test_first_question__after_a_change__reads_it(home: dict[str, str], tmp_path: Path, changed: str) -> None:
    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert imported(environment=home, until="Question 1") >= {"yaml"}
    assert imported(environment=home, until="Question 1") & LOADING == set()


@pytest.mark.parametrize(
    ("arguments", "spared"),
    [
        (["--version"], {"msgspec", "kb.model.knowledge", "pathlib", "kb.model.problems"}),
        (["--help"], {"msgspec", "kb.model.knowledge", "pathlib", "kb.model.problems"}),
        (["rules", "--help"], {"yaml", "clingo", "experta"}),
        (["practice"], HEAVY | LOADING),
        (["journal"], {"yaml", "clingo", "experta"} | LOADING),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_command__imports_nothing_it_does_not_need(
    home: dict[str, str], arguments: list[str], spared: set[str]
) -> None:
    assert imported(*arguments, environment=home) & spared == set()


def test_diagnose__with_a_valid_cache__loads_no_rules(home: dict[str, str], tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("danger-signs: [none]\n", encoding="utf-8")
    now = imported("diagnose", str(answers), environment=home)
    assert now >= {"yaml", "experta"}
    assert now & {"clingo", "rich", "kb.language.loading", "kb.language.items"} == set()


def test_interview__with_and_without_a_cache__is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for no_cache in ("1", "", ""):
        monkeypatch.setenv("UNSTUCK_NO_CACHE", no_cache)
        for name, value in at_home(tmp_path).items():
            if value == str(tmp_path):
                monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        ended = CliRunner().invoke(cli.main, [], input="?\nnone\nback\n\nnone\nreview\nwhy\nquit\n")
        said.append((ended.exit_code, ended.output, ended.stderr))
    assert said == [said[0]] * 3
    assert said[0][0] == 0
    assert said[0][1].count("\nQuestion 1 (") == 2  # the second time because of “back”
    assert any(tmp_path.rglob("*.entry"))
