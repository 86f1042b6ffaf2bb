"""The rules that always come along: where they are written down, in which order they come, and what can be wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.language.settings import default_rules, settings_file
from kb.model.problems import SettingsError

ROOT = Path(__file__).parent.parent.parent
PACK = 'pack: {name}\ntitle: {title}\nversion: "1"\nquestions: {{{name}: {{ask: A?, type: yes-no}}}}\n'


def pack(folder: Path, name: str, title: str = "A pack") -> Path:
    path = folder / f"{name}-{title}.yaml".replace(" ", "-")
    path.write_text(PACK.format(name=name, title=title), encoding="utf-8")
    return path


def config(folder: Path, text: str) -> dict[str, str]:
    """Write a settings file, and return the environment that names it."""
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return {"UNSTUCK_CONFIG": str(path)}


def problems(environment: dict[str, str]) -> list[tuple[str, str, int, int]]:
    with pytest.raises(SettingsError) as refusal:
        default_rules(environment)
    return [(Path(one.place.path).name, one.id, one.place.line, one.place.column) for one in refusal.value.problems]


def call(*arguments: str, environment: dict[str, str]) -> Result:
    return CliRunner().invoke(cli.main, list(arguments), input="{}", env=environment)


# --- which file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("linux", {"HOME": "/h"}, "/h/.config/unstuck/config.yaml"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/unstuck/config.yaml"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": ""}, "/h/.config/unstuck/config.yaml"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "x"}, "/h/.config/unstuck/config.yaml"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/unstuck/config.yaml"),
        ("win32", {"APPDATA": "/a", "USERPROFILE": "/h"}, "/a/unstuck/config.yaml"),
        ("win32", {"USERPROFILE": "/h"}, "/h/AppData/Roaming/unstuck/config.yaml"),
        ("linux", {}, None),
        ("darwin", {}, None),
        ("win32", {"HOME": "/h"}, None),
    ],
)
def test_settings_file__on_each_system__is_where_settings_are_kept(
    system: str, environment: dict[str, str], expected: str | None
) -> None:
    assert settings_file(environment, system) == (Path(expected) if expected else None)


def test_default_rules__without_a_settings_file__are_none(tmp_path: Path) -> None:
    assert default_rules({"HOME": str(tmp_path), "APPDATA": str(tmp_path)}) == ()
    assert default_rules({}) == ()
    assert default_rules({"UNSTUCK_CONFIG": "", "UNSTUCK_RULES": ""}) == ()


def test_default_rules__in_the_usual_place__are_read_unless_another_or_none_is_named(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "APPDATA": str(tmp_path / ".config"), "XDG_CONFIG_HOME": str(tmp_path / ".config")}
    usual = settings_file(home)
    assert usual is not None
    usual.parent.mkdir(parents=True)
    usual.write_text(f"rules: {pack(tmp_path, 'a')}\n", encoding="utf-8")
    assert default_rules(home) == (tmp_path / "a-A-pack.yaml",)
    assert default_rules({**home, "UNSTUCK_CONFIG": ""}) == ()
    assert default_rules({**home, **config(tmp_path, "rules: []\n")}) == ()


def test_default_rules__a_file_named_below_the_home__is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    config(tmp_path, f"rules: {pack(tmp_path, 'a')}\n")
    [name] = [path.name for path in tmp_path.iterdir() if "a-A-pack" not in path.name]
    assert default_rules({"UNSTUCK_CONFIG": f"~/{name}"}) == (tmp_path / "a-A-pack.yaml",)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_default_rules__paths__are_seen_from_the_file_and_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    mine, beside, absolute = pack(tmp_path / "home", "mine"), pack(tmp_path, "beside"), pack(tmp_path, "absolute")
    text = f"rules:\n  - ~/{mine.name}\n  - {beside.name}\n  - '{absolute}'\n"
    assert default_rules(config(tmp_path, text)) == (mine, beside, absolute)


def test_default_rules__of_both__come_in_the_order_of_nearness(tmp_path: Path) -> None:
    first, second, third = (pack(tmp_path, name) for name in "abc")
    environment = config(tmp_path, f"rules: [{first.name}]\n")
    environment["UNSTUCK_RULES"] = f"{second}{os.pathsep}{os.pathsep}{third}"
    assert default_rules(environment) == (first, second, third)


@pytest.mark.parametrize("text", ["", "# rules: [x]\n", "rules: []\n", "{}\n"])
def test_default_rules__of_a_file_that_sets_nothing__are_none(tmp_path: Path, text: str) -> None:
    assert default_rules(config(tmp_path, text)) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rules:\n  - nowhere\n  - neither\n", [("missing-file", 2, 5), ("missing-file", 3, 5)]),
        ("rules: [., .]\n", [("listed-twice", 1, 12)]),
        ("rules: ~nobody-of-that-name/x\n", [("missing-file", 1, 8)]),
        ("rule: [.]\n", [("unknown-key", 1, 1)]),
        ("rules: {a: b}\n", [("wrong-shape", 1, 8)]),
        ("rules:\n", [("missing-part", 1, 1)]),
        ("- a\n", [("wrong-shape", 1, 1)]),
        ("rules: [a\n", [("syntax", 1, 8)]),
        ("rules: [a]\nrules: [b]\n", [("missing-file", 1, 9), ("duplicate-key", 2, 1)]),
    ],
)
def test_default_rules__with_a_mistake__are_refused_at_its_place(
    tmp_path: Path, text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert problems(config(tmp_path, text)) == [("config.yaml", *one) for one in expected]


def test_default_rules__that_are_named_and_not_there__are_refused(tmp_path: Path) -> None:
    environment = {"UNSTUCK_CONFIG": str(tmp_path / "none.yaml"), "UNSTUCK_RULES": str(tmp_path / "no\0where")}
    assert problems(environment) == [("none.yaml", "missing-file", 0, 0), ("UNSTUCK_RULES", "missing-file", 0, 0)]


# --- at the command line ----------------------------------------------------------------------------------------------


def test_command_line__default_rules__come_after_the_shipped_and_before_those_named(tmp_path: Path) -> None:
    environment = config(tmp_path, f"rules: [{pack(tmp_path, 'a', 'Of the file').name}]\n")
    environment["UNSTUCK_RULES"] = str(pack(tmp_path, "b", "Of the variable"))
    shown = call("rules", "test", environment=environment).stdout
    assert shown.splitlines()[0].startswith("hamstrings 1.0.0, a 1, b 1")
    named = pack(tmp_path, "b", "Named")
    result = call("--rules", str(named), "interview", environment=environment)
    assert "Of the file" in result.stdout
    assert "Named" in result.stdout
    assert "Of the variable" not in result.stdout


def test_command_line__explicit_paths__are_looked_at_alone_and_find_what_they_extend(tmp_path: Path) -> None:
    environment = config(tmp_path, f"rules: [{pack(tmp_path, 'a').name}]\n")
    alone = pack(tmp_path, "b")
    assert call("rules", "test", str(alone), environment=environment).stdout.startswith("b 1: ")
    alone.write_text('pack: b\ntitle: B\nversion: "1"\nextends: a\n', encoding="utf-8")
    assert call("rules", "test", str(alone), environment=environment).stdout.startswith("a 1, b 1: ")


def test_command_line__faulty_settings__are_wrong_input_where_they_are_needed(tmp_path: Path) -> None:
    environment = config(tmp_path, "rules:\n  - nowhere\n")
    said = (
        f"{environment['UNSTUCK_CONFIG']}:2:5: missing-file: there is no file or folder “nowhere”. "
        "Correct the path, or take it out of the file.\n"
    )
    for arguments in (["diagnose", "-"], ["interview"], [], ["rules", "check"], ["rules", "test"]):
        result = call(*arguments, environment=environment)
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", said), arguments
    alone = str(pack(tmp_path, "b"))
    for arguments in (["--version"], ["--help"], ["rules", "test", "--help"], ["rules", "test", alone]):
        assert call(*arguments, environment=environment).exit_code == 0, arguments


def test_command_line__help_and_version__do_not_load_what_reads_settings(tmp_path: Path) -> None:
    code = "import sys, cli\ntry:\n cli.main(['--version'])\nfinally:\n print('kb.language.settings' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert ended.stdout.splitlines()[1:] == ["False"]
