"""The rules that always come along: where they are written down, in which order they come, and what can be wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.language.settings import packs_in_use, packs_named, usual_file
from kb.model.problems import SettingsError
from kb.system.files import bundled
from kb.text.wrapping import quoted

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
        packs_named((), environment)
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
def test_usual_file__on_each_system__is_where_settings_are_kept(
    system: str, environment: dict[str, str], expected: str | None
) -> None:
    assert usual_file(environment, system) == (Path(expected) if expected else None)


def test_packs_named__without_a_settings_file__are_none(tmp_path: Path) -> None:
    assert packs_named((), {"HOME": str(tmp_path), "APPDATA": str(tmp_path)}) == ()
    assert packs_named((), {}) == ()
    assert packs_named((), {"UNSTUCK_CONFIG": "", "UNSTUCK_RULES": ""}) == ()


def test_packs_named__in_the_usual_place__are_read_unless_another_or_none_is_named(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "APPDATA": str(tmp_path / ".config"), "XDG_CONFIG_HOME": str(tmp_path / ".config")}
    usual = usual_file(home)
    assert usual is not None
    usual.parent.mkdir(parents=True)
    usual.write_text(f"rules: {pack(tmp_path, 'a')}\n", encoding="utf-8")
    assert packs_named((), home) == (tmp_path / "a-A-pack.yaml",)
    assert packs_named((), {**home, "UNSTUCK_CONFIG": ""}) == ()
    assert packs_named((), {**home, **config(tmp_path, "rules: []\n")}) == ()


def test_packs_named__a_file_named_below_the_home__is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    config(tmp_path, f"rules: {pack(tmp_path, 'a')}\n")
    [name] = [path.name for path in tmp_path.iterdir() if "a-A-pack" not in path.name]
    assert packs_named((), {"UNSTUCK_CONFIG": f"~/{name}"}) == (tmp_path / "a-A-pack.yaml",)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_packs_named__paths__are_seen_from_the_file_and_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    mine, beside, absolute = pack(tmp_path / "home", "mine"), pack(tmp_path, "beside"), pack(tmp_path, "absolute")
    text = f"rules:\n  - ~/{mine.name}\n  - {beside.name}\n  - '{absolute}'\n"
    assert packs_named((), config(tmp_path, text)) == (mine, beside, absolute)


@pytest.mark.parametrize(
    ("called", "variable", "settings", "expected"),
    [
        ("", "", "", ""),
        ("", "", "[a.yaml]", "a"),
        ("", "", "[hamstrings, a.yaml]", "hamstrings a"),
        ("", "b", "[a.yaml]", "b"),
        ("", "b  c", "[nowhere]", "b c"),
        ("", "hamstrings", "[a.yaml]", "hamstrings"),
        ("c", "b", "[a.yaml]", "c"),
        ("c hamstrings", "nowhere", "[nowhere]", "c hamstrings"),
    ],
)
def test_packs_in_use__of_each_place_that_names_packs__are_those_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: str, variable: str, settings: str, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = {name: pack(tmp_path, name, "").rename(f"{name}.yaml") for name in "abc"}
    paths = {name: path.absolute() for name, path in paths.items()} | {"hamstrings": bundled() / "hamstrings"}

    def words(names: str) -> list[str]:
        return [name if name in ("", "hamstrings", "nowhere") else str(paths[name]) for name in names.split(" ")]

    environment = config(tmp_path, f"rules: {settings}\n" if settings else "")
    environment["UNSTUCK_RULES"] = os.pathsep.join(words(variable))
    named = [paths[name] for name in expected.split()]
    assert packs_in_use(words(called) if called else [], environment) == tuple(named or [bundled()])


def test_packs_named__by_an_id_that_is_here_too__are_refused_with_both_ways_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = pack(tmp_path, "hamstrings", "").rename("hamstrings").absolute()
    shipped = bundled() / "hamstrings"
    for called, variable, settings, where in (
        (["hamstrings"], "", "", "--rules"),
        ([], "hamstrings", "", "UNSTUCK_RULES"),
        ([], "", "rules: hamstrings\n", f"{tmp_path}/config.yaml:1:8"),
    ):
        environment = {**config(tmp_path, settings), "UNSTUCK_RULES": variable}
        with pytest.raises(SettingsError) as refusal:
            packs_named(called, environment)
        assert str(refusal.value) == (
            f"{where}: duplicate-id: “hamstrings” is the shipped pack, and here is something of that name too. "
            f"Write “./hamstrings” for what is here, “{shipped}” for the shipped."
        )
    assert packs_named(["./hamstrings", str(shipped)], {}) == (Path(mine.name), shipped)
    monkeypatch.chdir(bundled())  # here it is the same
    assert packs_named(["hamstrings"], {}) == (shipped,)


@pytest.mark.parametrize("text", ["", "# rules: [x]\n", "rules: []\n", "{}\n"])
def test_packs_named__of_a_file_that_sets_nothing__are_none(tmp_path: Path, text: str) -> None:
    assert packs_named((), config(tmp_path, text)) == ()


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
def test_packs_named__with_a_mistake__are_refused_at_its_place(
    tmp_path: Path, text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert problems(config(tmp_path, text)) == [("config.yaml", *one) for one in expected]


def test_packs_named__that_are_named_and_not_there__are_refused(tmp_path: Path) -> None:
    environment = {"UNSTUCK_CONFIG": str(tmp_path / "none.yaml")}
    assert problems(environment) == [("none.yaml", "missing-file", 0, 0)]
    environment["UNSTUCK_RULES"] = str(tmp_path / "no\0where")
    assert problems(environment) == [("UNSTUCK_RULES", "missing-file", 0, 0)]


# --- at the command line ----------------------------------------------------------------------------------------------


def test_command_line__packs__are_those_of_the_nearest_place_and_no_others(tmp_path: Path) -> None:
    environment = config(tmp_path, f"rules: [hamstrings, {pack(tmp_path, 'a', 'Of the file').name}]\n")

    def asked(*options: str) -> str:
        return call(*options, "rules", "test", environment=environment).stdout.partition(":")[0]

    assert asked() == "hamstrings 1.0.0, a 1"
    environment["UNSTUCK_RULES"] = str(pack(tmp_path, "b", "Of the variable"))
    assert asked() == "b 1"
    named = str(pack(tmp_path, "b", "Named"))
    assert asked("--rules", named) == "b 1"
    assert asked("--rules", named, "--rules", "hamstrings") == "hamstrings 1.0.0, b 1"
    result = call("--rules", named, "interview", environment=environment)
    assert [title for title in ("Of the file", "Of the variable", "Named") if title in result.stdout] == ["Named"]


def test_command_line__two_packs_of_one_name__are_refused(tmp_path: Path) -> None:
    mine = pack(tmp_path, "hamstrings")
    result = call("--rules", str(mine), "--rules", "hamstrings", "diagnose", "-", environment={})
    shipped = bundled() / "hamstrings" / "pack.yaml"
    two = f"the pack “hamstrings” is in {quoted(str(mine))} and in {quoted(str(shipped))}."
    said = f"{shipped}:AT: duplicate-id: {two} Ask only one of them, or give one another id.\n"
    assert (result.exit_code, re.sub(r":\d+:\d+:", ":AT:", result.stderr)) == (2, said)
    assert (
        call("--rules", str(mine), "--rules", f"{tmp_path}/./{mine.name}", "diagnose", "-", environment={}).exit_code
        == 0
    )


@pytest.mark.parametrize(
    ("called", "variable", "settings", "way"),
    [
        (True, False, False, "--rules hamstrings"),
        (False, True, False, "hamstrings in UNSTUCK_RULES"),
        (False, False, True, "hamstrings under “rules” in your settings file"),
    ],
)
def test_command_line__packs_without_the_shipped_one__say_so_once(
    tmp_path: Path, called: bool, variable: bool, settings: bool, way: str
) -> None:
    path = str(pack(tmp_path, "a"))
    environment = config(tmp_path, f"rules: ['{path}']\n" if settings else "")
    environment |= {"UNSTUCK_RULES": path if variable else "", "UNSTUCK_NO_CACHE": "", "XDG_CACHE_HOME": str(tmp_path)}
    environment |= {"HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "USERPROFILE": str(tmp_path)}
    options = ["--rules", path] if called else []
    for arguments in (["rules", "check"], ["diagnose", "-"], ["interview"]):
        shutil.rmtree(tmp_path / "unstuck", ignore_errors=True)
        said = [call(*options, *arguments, environment=environment).stderr.splitlines() for _ in range(2)]
        line = f"Only “a” is asked. To ask the shipped pack too, as before: {way}"
        assert [line in lines for lines in said] == [True, False], arguments
    assert "Only" not in call(*options, "rules", "check", path, environment=environment).stderr


def test_command_line__packs_without_the_shipped_one__say_nothing_where_it_cannot_be_remembered(tmp_path: Path) -> None:
    studio = tmp_path / "studio.yaml"
    studio.write_text('pack: studio\ntitle: S\nversion: "1"\nextends: hamstrings\n', encoding="utf-8")
    for path in (pack(tmp_path, "a"), studio):  # nor where it comes along
        assert call("--rules", str(path), "diagnose", "-", environment={}).stderr == ""


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
