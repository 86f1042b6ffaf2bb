"""The teacher's commands that look: list, show, why-not, graph and schema, as they are called."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from tests.small import SMALL, small_file
from tests.test_cli import call, run


@pytest.fixture
def rules(tmp_path: Path) -> str:
    return small_file(tmp_path)


def looked(rules: str, *arguments: str, typed: str = "", columns: int = 60) -> str:
    """Return what a command shows of the small pack; it goes well."""
    result = call("--rules", rules, "rules", *arguments, typed=typed, columns=columns)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


# --- list -------------------------------------------------------------------------------------------------------------


def test_list__of_findings_and_referrals__is_aligned_and_counted(rules: str) -> None:
    call_ = call("rules", "list", rules, "--kind", "findings", "--kind", "referrals")
    assert call_.stdout.replace(rules, "small.yaml").splitlines()[-8:] == [
        "    rounds       The low back rounds",
        "  referrals:",
        "    call         stop-emergency: Call your emergency number.",
        "    ask-today    stop-today: Ask for advice today.",
        "    see-someone  clinician-first: See a clinician.",
        "    with-care    gently: Keep the spine long.",
        "",
        "hamstrings 1.0.0: 1 finding, 4 referrals.",
    ]


def test_list__without_a_kind__leaves_out_cases_and_sources(rules: str) -> None:
    last = looked(rules, "list").splitlines()[-1]
    assert last == "hamstrings 1.0.0: 8 questions, 1 finding, 4 recommendations, 4 referrals, 10 rules."


@pytest.mark.parametrize("kind", ["cases", "sources", "packs"])
def test_list__of_a_kind_that_is_not_listed_else__shows_it(kind: str, rules: str) -> None:
    assert f"  {kind}:" in looked(rules, "list", "--kind", kind).splitlines()


def test_list__of_a_narrow_terminal__cuts_no_name_and_fits() -> None:
    lines = call("rules", "list", columns=60).stdout.splitlines()
    assert max(len(line) for line in lines if line.startswith("    ")) <= 60
    assert any(line.endswith("…") for line in lines)


def test_list__behind_a_pipe__cuts_nothing() -> None:
    output = run("rules", "list", capture_output=True, environment={"COLUMNS": ""}).stdout
    assert "…" not in output


def test_list__of_a_topic__has_nothing_else() -> None:
    lines = call("rules", "list", "--topic", "knees").stdout.splitlines()
    assert [line.split(" ")[0] for line in lines if line and not line.startswith(" ")] == ["knees", "hamstrings"]


@pytest.mark.parametrize("command", ["list", "graph"])
def test_topic__that_there_is_not__is_refused_with_the_nearest(command: str) -> None:
    result = call("rules", command, "--topic", "knes")
    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        "There is no topic “knes”. Did you mean “knees”?\n",
    )


# --- show -------------------------------------------------------------------------------------------------------------


def test_show__of_two_names__shows_both_in_a_narrow_terminal(rules: str) -> None:
    shown = looked(rules, "show", "fragile", "A9", columns=40)
    headings = [line for line in shown.splitlines() if line and not line.startswith(" ")]
    assert headings == ["Rule fragile", "Source A9"]
    assert max(len(line) for line in shown.splitlines() if rules not in line) <= 40
    assert sum(f"  {rules}:" in line for line in shown.splitlines()) == 2, "a place is not broken"


def test_show__of_a_kind_of_problem__is_its_page() -> None:
    shown = call("rules", "show", "unknown-question").stdout
    assert shown.startswith("Problem unknown-question\n")
    assert "With the problem:" in shown


def test_show__of_unknown_names__is_a_line_for_each(rules: str) -> None:
    result = call("--rules", rules, "rules", "show", "fragil", "A9", "\x1b[31mnonsense", columns=80)
    assert (result.exit_code, result.stdout, result.stderr.splitlines()) == (
        2,
        "",
        [
            "Nothing here is called “fragil”. Did you mean “fragile”?",
            "Nothing here is called “\\u{1b}[31mnonsense”. “unstuck rules list” shows all names.",
        ],
    )


@pytest.mark.parametrize("arguments", [["list"], ["show", "rounds-when-sitting"], ["graph"], ["schema"]])
def test_looking__at_rules__needs_no_clingo(arguments: list[str]) -> None:
    code = f"import sys, cli; sys.argv[1:] = {['rules', *arguments]!r}\ntry: cli.main()\nexcept SystemExit: pass\n"
    code += "print('clingo' in sys.modules, file=sys.stderr)"
    assert run(code=code, capture_output=True).stderr == "False\n"


# --- why-not ----------------------------------------------------------------------------------------------------------


def test_why_not__of_a_recommendation__names_the_change(rules: str) -> None:
    typed = "danger: none\nbreathless: no\nlow-back: curved\n"
    assert looked(rules, "why-not", "lean-back", "-", typed=typed).splitlines() == [
        "Why not “Lean back” (lean-back)",
        "",
        "  The report for these answers: Not enough is known yet",
        "  (incomplete).",
        "",
        "  Rule rounded does not apply. You said:",
        "    What does your low back do?",
        "      = It curves in",
        "",
        "  Rule perhaps-rounded does not apply. You said:",
        "    What does your low back do?",
        "      = It curves in",
        "",
        "  It would be there, had you answered:",
        "    What does your low back do?",
        "      = It rounds back",
    ]


def test_why_not__beside_a_stop__names_what_stops_and_the_change(rules: str) -> None:
    shown = looked(rules, "why-not", "lean-back", "-", typed="danger: numb\nlow-back: rounded\n", columns=78)
    assert "  Beside a stop nothing is said about poses. It comes from: call.\n" in shown
    assert shown.endswith(
        "  It would be there, had you answered:\n    Is any of this true for you?\n      = None of these\n"
    )


def test_why_not__of_a_rule__goes_line_by_line(rules: str) -> None:
    shown = looked(rules, "why-not", "short", "-", typed="pose: sitting\nhold: 3\n").splitlines()
    assert shown[1].startswith(f"  {rules}:")
    assert [shown[0], *shown[2:]] == [
        "Rule short does not fire",
        "",
        "  It needs all of this:",
        "    - Which pose is it? (pose)",
        "       = Sitting upright (sitting)",
        "      -> holds: the answer is “Sitting upright”",
        "    - How long can you hold it? (hold)",
        "       = below 2 minutes",
        "      -> fails: the answer is “3 minutes”",
        "",
        "  It would fire, had you answered:",
        "    How long can you hold it?",
        "      = 1 minute",
    ]


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("lean-back", "danger: none\nlow-back: rounded\n", "“Lean back” (lean-back) is in the report."),
        ("short", "pose: sitting\nhold: 1\n", "Rule short fires"),
        ("short", "pose: sitting\n", "Rule short does not fire, and may still"),
        ("rounds", "low-back: rounded\n", "Before the safety screens are answered, nothing is: danger."),
        ("go-deeper", "danger: none\nbones: yes\npose: sitting\nhold: 6\n", "It is held back. Fragile bones"),
    ],
)
def test_why_not__in_other_cases__says_how_it_stands(name: str, typed: str, expected: str, rules: str) -> None:
    assert expected in looked(rules, "why-not", name, "-", typed=typed, columns=78)


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        (
            "lean-bakc",
            "{}",
            "No finding, recommendation, referral or rule is called “lean-bakc”. Did you mean “lean-back”?",
        ),
        ("lean-back", "low-bakc: curved", "there is no question “low-bakc”. Did you mean “low-back”?"),
    ],
)
def test_why_not__with_a_slip__is_refused(name: str, typed: str, expected: str, rules: str) -> None:
    result = call("--rules", rules, "rules", "why-not", name, "-", typed=typed)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert result.stderr.endswith(f"{expected}\n")


# --- graph and schema -------------------------------------------------------------------------------------------------


def test_graph__of_one_topic__is_plain_mermaid() -> None:
    assert call("rules", "graph", "--topic", "feet").stdout.startswith("flowchart LR\n")


def test_graph__of_several_topics__is_a_heading_and_a_block_for_each() -> None:
    lines = call("rules", "graph", "--topic", "knees", "--topic", "feet").stdout.splitlines()
    assert [line for line in lines if line.startswith(("#", "`"))] == [
        "## feet",
        "```mermaid",
        "```",
        "## knees",
        "```mermaid",
        "```",
    ]


def test_graph__as_svg_without_graphviz__says_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = call("rules", "graph", "--topic", "feet", "--format", "svg", columns=80)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "graphviz.org" in result.stderr
    assert "--format mermaid" in result.stderr


def test_graph__as_svg_of_several_topics__is_refused() -> None:
    result = call("rules", "graph", "--format", "svg")
    assert result.exit_code == 2
    assert result.stderr.startswith("An SVG file holds one picture. Choose a topic with --topic: safety,")


@pytest.mark.skipif(sys.platform == "win32", reason="a stand-in that is a shell script")
def test_graph__as_svg__is_what_graphviz_makes_of_the_dot(
    tmp_path: Path, rules: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\necho "$@"\nexec /bin/cat\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert looked(rules, "graph", rules, "--format", "svg") == "-Tsvg\n" + looked(
        rules, "graph", rules, "--format", "dot"
    )


def test_output__into_a_file__replaces_it_whole_and_keeps_its_permissions(tmp_path: Path, rules: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    assert looked(rules, "schema", "--output", str(path)) == ""
    assert json.loads(path.read_text(encoding="utf-8"))["title"].startswith("Rule files: ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["schema.json", "small.yaml"]


@pytest.mark.parametrize("command", ["graph", "schema"])
@pytest.mark.parametrize(
    ("name", "fault"),
    [
        (".", "is a folder. Give the name of a file."),
        ("small.yaml", "has the name of a rule file. Choose another ending."),
        ("no/such.txt", "cannot be written: No such file or directory."),
    ],
)
def test_output__where_nothing_may_be_written__leaves_all_as_it_is(
    command: str, name: str, fault: str, tmp_path: Path, rules: str
) -> None:
    result = call("rules", command, rules, "--output", str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f" {fault}\n")
    assert [(each.name, each.read_text(encoding="utf-8")) for each in tmp_path.iterdir()] == [("small.yaml", SMALL)]


def test_schema__for_answers__knows_the_questions(rules: str) -> None:
    schema = json.loads(looked(rules, "schema", "--for", "answers"))
    assert list(schema["properties"])[:3] == ["danger", "breathless", "bones"]


# --- rules with problems ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["list"], ["show", "r"], ["why-not", "r", "-"], ["graph"], ["schema"]])
def test_looking__at_rules_with_problems__shows_these(command: list[str], tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("pack: p\ntitle: P\nversion: '1'\nrulse: {}\n", encoding="utf-8")
    result = call("--rules", str(path), "rules", *command)
    assert result.exit_code == 1
    assert "unknown-key" in result.stderr
