"""The command line: what each call writes, where it writes it, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import cli
from kb.text.wrapping import unprintable
from tests.small import SMALL, small_file

ROOT = Path(__file__).parent.parent

CALM = "danger-signs: none\nhealth-conditions: none\npose: dandasana-wall\nlow-back: rounded\n"


def call(*arguments: str, typed: str | bytes = "", columns: int = 60) -> Result:
    result = CliRunner().invoke(cli.main, list(arguments), input=typed, env={"COLUMNS": str(columns)})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert all(unprintable(line) is None for line in result.output.split("\n"))
    return result


def run(*arguments: str, code: str = "", **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program, or with `code` a piece of Python, as a process of its own."""
    command = [sys.executable, "-c", code] if code else [sys.executable, str(ROOT / "cli.py"), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **options.pop("environment", {})}  # type: ignore[dict-item]
    return subprocess.run(command, env=environment, text=True, encoding="utf-8", timeout=60, **options)  # type: ignore[call-overload]


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.yaml"
    path.write_text(CALM, encoding="utf-8")
    return str(path)


# --- help and version -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["--help"],
            ["Usage: unstuck [OPTIONS]", "diagnose", "interview", "rules", "not medical advice", "Exit codes:"],
        ),
        (["-h"], ["Usage: unstuck [OPTIONS]"]),
        (["interview", "-h"], ["Usage: unstuck interview", "unsure, back, review"]),
        (["diagnose", "-h"], ["FILE", "--format [text|json|markdown]", "standard input"]),
        (["rules", "-h"], ["check", "test"]),
        (["rules", "check", "-h"], ["[PATH]..."]),
        (["rules", "test", "-h"], ["[PATH]..."]),
    ],
)
def test_help__of_each_command__names_what_it_takes(arguments: list[str], expected: list[str]) -> None:
    result = call(*arguments, columns=80)
    assert (result.exit_code, result.stderr) == (0, "")
    for text in expected:
        assert text in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_help__of_every_command__has_a_sentence_that_is_not_cut() -> None:
    for listing, heading in (
        (call("--help", columns=80), "For you:"),
        (call("rules", "--help", columns=80), "Commands:"),
    ):
        assert "..." not in listing.stdout.split(heading)[1]


def test_version__is_one_line() -> None:
    result = call("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("unstuck ")
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.parametrize("argument", ["--help", "--version", "-h"])
def test_start__for_help_and_version__loads_neither_engine_nor_yaml(argument: str) -> None:
    code = (
        f"import sys; sys.argv = ['unstuck', '{argument}']\n"
        "import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('kb.model.knowledge', 'yaml', 'experta', 'msgspec') "
        "if name in sys.modules], file=sys.stderr)"
    )
    assert run(code=code, capture_output=True).stderr.strip() == "[]"


def test_knowledge_base__does_not_know_the_terminal() -> None:
    code = (
        "import sys, pkgutil, importlib, kb\n"
        "for module in pkgutil.iter_modules(kb.__path__):\n"
        "    if module.name != 'terminal': importlib.import_module(f'kb.{module.name}')\n"
        "print([name for name in ('click', 'cli', 'kb.terminal') if name in sys.modules])"
    )
    assert run(code=code, capture_output=True).stdout.strip() == "[]"


# --- wrong calls ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["blub"], "No such command 'blub'"),
        (["--blub"], "No such option"),  # with quotes or with a colon, by the release of click
        (["--blub"], "--blub"),
        (["diagnose"], "Missing argument 'FILE'"),
        (["diagnose", "a", "b"], "unexpected extra argument"),
        (["diagnose", "a", "--format", "xml"], "'xml' is not one of"),
        (["--rules"], "requires an argument"),
        (["rules", "blub"], "No such command 'blub'"),
        (["rules", "check", "no/such/place"], "does not exist"),
        (["rules"], "Usage: unstuck rules"),
        (["\x1b[31m"], "No such command"),
        (["--\x1b[31m"], "No such option"),
        (["diagnose", "a", "\x1b[31m\u202e"], "unexpected extra argument"),
        (["rules", "check", "\x1b[31m"], "does not exist"),
    ],
)
def test_call__that_is_wrong__says_so_on_stderr_and_ends_with_2(arguments: list[str], expected: str) -> None:
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr


# --- diagnose -------------------------------------------------------------------------------------------------------


def test_diagnose__a_file__writes_the_report(answers: str) -> None:
    result = call("diagnose", answers)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Here is what to do so far\n")
    assert "  1  Lean back until your low back can curve in\n" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 60


@pytest.mark.parametrize(("columns", "widest"), [(20, 40), (60, 60), (80, 80), (120, 88), (300, 88)])
def test_diagnose__at_any_width__keeps_to_a_good_measure(answers: str, columns: int, widest: int) -> None:
    lines = call("diagnose", answers, columns=columns).stdout.splitlines()
    assert widest - 6 <= max(map(len, lines)) <= widest


def test_diagnose__standard_input__is_the_same_as_a_file(answers: str) -> None:
    assert call("diagnose", "-", typed=CALM).stdout == call("diagnose", answers).stdout


def test_diagnose__json_answers__are_the_same_as_yaml(answers: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    pairs = [line.split(": ") for line in CALM.splitlines()]
    path.write_text(json.dumps(dict(pairs)), encoding="utf-8")
    assert call("diagnose", str(path)).stdout == call("diagnose", answers).stdout


def test_diagnose__as_json__is_format_1_and_its_answers_can_be_sent_back(answers: str) -> None:
    result = call("diagnose", answers, "--format", "json")
    report = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert (report["format"], report["outcome"]) == (1, "advise")
    again = call("diagnose", "-", "--format", "json", typed=json.dumps(report["answers"]))
    assert again.stdout == result.stdout


def test_diagnose__as_markdown__is_markdown(answers: str) -> None:
    result = call("diagnose", answers, "--format", "markdown")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("# Here is what to do so far\n\n")


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("danger", ["cauda-equina", "tear-or-pop", "nerve-signs"])
def test_diagnose__with_danger__ends_with_0_too(form: str, danger: str) -> None:
    typed = f"danger-signs: {danger}\npose: dandasana-wall\nlow-back: rounded\n"
    result = call("diagnose", "-", "--format", form, typed=typed)
    assert result.exit_code == 0
    assert "stop" in result.stdout.lower()
    assert "Lean back" not in result.stdout


def test_diagnose__in_a_pipe__has_no_colour(answers: str) -> None:
    done = run("diagnose", answers, capture_output=True, environment={"TERM": "xterm"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


NESTED = "[" * 1_000 + "]" * 1_000


@pytest.mark.parametrize(
    ("content", "problem", "place", "says"),
    [
        ("pouse: dandasana-wall\n", "unknown-question", ":1:1", "Did you mean “pose”?"),
        ("low-back: round\n", "unknown-option", ":1:11", "Did you mean “rounded”?"),
        ("pose: none\nhold-minutes: 601\n", "out-of-bounds", ":2:15", "600"),
        ("hold-minutes: -1\n", "out-of-bounds", ":1:15", "600"),
        ("hold-minutes: nan\n", "bad-number", ":1:15", ""),
        ("hold-minutes: 1e400\n", "bad-number", ":1:15", ""),
        ("low-back: [rounded, curved]\n", "wrong-shape", ":1:11", "low-back"),
        ("danger-signs: [none, leg-clot]\n", "wrong-shape", ":1:15", "none"),
        ("low-back: rounded\nlow-back: curved\n", "duplicate-key", ":2:1", "low-back"),
        ("low-back: true\n", "wrong-shape", ":1:11", "true"),
        ("low-back: null\n", "wrong-shape", ":1:11", "low-back"),
        ("low-back: {a: b}\n", "wrong-shape", ":1:11", "low-back"),
        ("- a\n", "wrong-shape", ":1:1", ""),
        ("", "empty-file", "", ""),
        ("low-back: [rounded\n", "syntax", "", ""),
        ('{"low-back": "rounded"', "syntax", "", ""),
        ('{"low-back": rounded,}}', "syntax", "", ""),
        (NESTED, "too-deep", "", ""),
        ("a: " + NESTED, "too-deep", "", ""),
        ("low-back: \x1b[31mrounded\n", "control-character", ":1:11", ""),
        ("\x1b[31m: rounded\n", "control-character", ":1:1", ""),
        ("a: &x b\nc: *x\n", "anchor", ":1:4", ""),
    ],
)
def test_diagnose__bad_answers__are_refused_with_a_line_each(
    tmp_path: Path, content: str, problem: str, place: str, says: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(content, encoding="utf-8")
    result = call("diagnose", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert all(line.startswith(str(path)) for line in lines)
    assert any(line.startswith(f"{path}{place}") and f": {problem}: " in line and says in line for line in lines), lines


def test_diagnose__several_faults__are_all_shown_in_the_order_of_the_file() -> None:
    result = call("diagnose", "-", typed="pouse: x\nlow-back: round\nhold-minutes: many\n")
    assert result.exit_code == 2
    problems = [line.split(": ")[1] for line in result.stderr.splitlines()]
    assert problems == ["unknown-question", "unknown-option", "bad-number"]


def test_diagnose__places_that_are_no_file__are_refused(tmp_path: Path) -> None:
    for place, problem in ((tmp_path, "not-a-file"), (tmp_path / "missing", "missing-file")):
        result = call("diagnose", str(place))
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"{place}: {problem}: ")
        assert len(result.stderr.splitlines()) == 1


def test_diagnose__a_path_with_control_characters__is_shown_escaped() -> None:
    assert "\\u{1b}[31m" in call("diagnose", "no\x1b[31m\nsuch").stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="this user may read everything")
def test_diagnose__a_file_that_may_not_be_read__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text(CALM, encoding="utf-8")
    path.chmod(0)
    assert ": unreadable: " in call("diagnose", str(path)).stderr


def test_diagnose__what_is_no_text__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(b"low-back: \xff\xfe\n")
    assert ": not-utf8: " in call("diagnose", str(path)).stderr
    assert ": not-utf8: " in call("diagnose", "-", typed=b"low-back: \xff\xfe\n").stderr


def test_diagnose__a_file_of_50_megabytes__is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    result = call("diagnose", str(path))
    assert result.exit_code == 2
    assert ": too-large: " in result.stderr


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"\x00")
@example(b"--- !!python/object/apply:os.system ['true']")
def test_diagnose__whatever_comes__ends_well(sent: bytes) -> None:
    assert call("diagnose", "-", typed=sent).exit_code in (0, 2)


# --- rules ----------------------------------------------------------------------------------------------------------


def test_rules__named_by_option__are_asked_alone_or_beside_the_shipped_ones(tmp_path: Path) -> None:
    pack = tmp_path / "wrists.yaml"
    pack.write_text(
        'format: 1\npack: wrists\ntitle: Wrists\nversion: "1"\nquestions: {ache: {ask: Do they ache?, type: yes-no}}\n',
        encoding="utf-8",
    )
    for options, asked in ([], "wrists 1"), (["--rules", "hamstrings"], "hamstrings 1.0.0, wrists 1"):
        result = call("--rules", str(pack), *options, "rules", "test")
        assert (result.exit_code, result.stdout.partition(":")[0]) == (0, asked)
    assert call("--rules", str(pack), "diagnose", "-", typed="ache: no\n").exit_code == 0


def test_rules__with_the_name_of_the_shipped_ones__are_asked_instead(tmp_path: Path) -> None:
    result = call("--rules", small_file(tmp_path), "diagnose", "-", typed="danger: none\nlow-back: rounded\n")
    assert "  1  Lean back\n" in result.stdout


@pytest.mark.parametrize("arguments", [["diagnose", "-"], ["interview"], []])
def test_rules__that_are_faulty__are_refused_before_anything_is_asked(tmp_path: Path, arguments: list[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(SMALL.replace("pose: sitting", "pouse: sitting"), encoding="utf-8")
    result = call("--rules", str(bad), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert ": unknown-question: " in result.stderr
    assert all(line.startswith(f"{bad}:") for line in result.stderr.splitlines())


def test_check__of_the_shipped_rules__finds_nothing() -> None:
    result = call("rules", "check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "no problems found" in result.stdout


def test_check__of_faulty_rules__shows_place_name_and_way_out_of_each(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    faulty = SMALL.replace("recommend: rest}", "recommend: nap}").replace("type: number", "type: count")
    bad.write_text(faulty, encoding="utf-8")
    result = call("rules", "check", str(bad))
    assert result.exit_code == 1
    heads = [line for line in result.stderr.splitlines() if line.startswith(str(bad))]
    assert [head.split("  ")[1].split(":")[0] for head in heads] == ["bad-type", "unknown-recommendation"]
    assert [line for line in result.stderr.splitlines() if line.startswith("    Way out: ")] == [
        "    Way out: Write one of: yes-no, one, several, number.",
        "    Way out: Correct it, or add a recommendation of that",
    ]
    assert result.stdout == "2 problems to mend.\n"


def test_test__of_the_shipped_rules__replays_every_case() -> None:
    result = call("rules", "test")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "all as expected" in result.stdout


def test_test__with_a_failing_case__names_case_place_and_difference(tmp_path: Path) -> None:
    path = tmp_path / "failing.yaml"
    path.write_text(SMALL.replace("outcome: advise,", "outcome: no-change,"), encoding="utf-8")
    result = call("rules", "test", str(path))
    assert (result.exit_code, result.stdout) == (1, "1 of 1 case fails.\n")
    assert result.stderr.startswith(f"{path}:")
    assert "  failing-case: case “rounded”: the outcome is advise, expected no-change\n" in result.stderr


def test_test__of_rules_that_cannot_be_read__ends_with_1(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("pack: [\n", encoding="utf-8")
    assert call("rules", "test", str(bad)).exit_code == 1


# --- ends of pipes --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="pipes close otherwise here")
@pytest.mark.parametrize("arguments", [["diagnose", "-"], ["interview"], ["rules", "check"], ["--help"]])
def test_output__that_nobody_reads__ends_quietly(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(*arguments, stdout=writing, stderr=subprocess.PIPE, input=CALM)
    finally:
        os.close(writing)
    assert done.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("closing", ["<&-", ">&-", "<&- >&-"])
def test_streams__that_are_closed__leave_no_traceback(closing: str) -> None:
    for command in ("", "diagnose -", "rules check"):
        line = f'"{sys.executable}" "{ROOT / "cli.py"}" {command} {closing}'
        done = subprocess.run(["sh", "-c", line], input="", capture_output=True, text=True, timeout=60)
        assert "Traceback" not in done.stderr, (command, done.stderr)


def test_input__that_is_closed__is_the_end_of_input() -> None:
    done = run(stdin=subprocess.DEVNULL, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "The input ended here." in done.stdout


@pytest.mark.parametrize(("encoding", "apostrophe"), [("cp437", "'"), ("cp1252", "’"), ("utf-8", "’")])
def test_output__in_an_old_encoding__loses_only_its_curly_quotes(encoding: str, apostrophe: str) -> None:
    environment = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "diagnose", "-"],
        input=CALM.encode(),
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"article{apostrophe}s" in done.stdout.decode(encoding)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(["diagnose", "rules", "check", "test", "-", "--help", "--rules"]) | st.text(max_size=8))
)
def test_call__of_any_shape__ends_well(arguments: list[str]) -> None:
    assert call(*arguments).exit_code in (0, 1, 2)
