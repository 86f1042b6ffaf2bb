"""Problems in every form: text for a person, JSON, SARIF and annotations of a build."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model.kinds import Anomaly, Kind, Severity
from kb.model.problems import Location, Problem
from kb.text.wrapping import unprintable
from kb.workbench.checks.problem_formats import by_id, counts, first_sentence, to_github, to_json, to_sarif, to_text

KINDS = by_id(
    [
        Kind("unknown-question", Anomaly.WRITING, Severity.ERROR, "No such question", "It waits. It is sad.", "", ""),
        Kind("unreachable", Anomaly.DEFICIENCY, Severity.WARNING, "Never", "Nobody meets it.", "", ""),
        Kind("untidy", Anomaly.REDUNDANCY, Severity.NOTE, "Untidy", "It is hard to read.", "", ""),
    ]
)

MISSPELT = Problem(
    Location("rules/x.yaml", 12, 3),
    "unknown-question",
    "rule “a” asks about “pian”, but no question has that name.",
    "Did you mean “pain”?",
)
AGAIN = Problem(Location("rules/y.yaml", 4), "unknown-question", "no question is called “bak”.", "Did you mean “back”?")
NEVER = Problem(
    Location("rules/x.yaml", 20, 1),
    "unreachable",
    "rule “b” never fires: 100% of students stop before it.",
    case="- id: someone\n  answers:\n    pain: no\n",
    also=(Location("rules/y.yaml", 7, 3), Location("rules/z.yaml")),
)
ALL = (MISSPELT, AGAIN, NEVER)


# --- text -------------------------------------------------------------------------------------------------------------


def test_text__of_problems__says_the_reason_of_a_kind_once() -> None:
    assert "\n".join(to_text(ALL, KINDS, 72)) == (
        "rules/x.yaml:12:3  unknown-question: rule “a” asks about “pian”, but no question has that name.\n"
        "    Why: It waits.\n"
        "    Way out: Did you mean “pain”?\n"
        "rules/y.yaml:4  unknown-question: no question is called “bak”.\n"
        "    Way out: Did you mean “back”?\n"
        "rules/x.yaml:20:1  unreachable: rule “b” never fires: 100% of students stop before it.\n"
        "    Why: Nobody meets it.\n"
        "    See also: rules/y.yaml:7:3, rules/z.yaml\n"
        "    Case:\n"
        "      - id: someone\n"
        "        answers:\n"
        "          pain: no"
    )


def test_text__of_a_problem_of_no_known_kind__is_what_the_problem_says() -> None:
    assert list(to_text([Problem(Location("x"), "odd", "it is odd.")], {}, 72)) == ["x  odd: it is odd."]


@pytest.mark.parametrize("width", [40, 60, 88])
def test_text__at_a_width__wraps_the_reason_and_the_way_out_only(width: int) -> None:
    kind = Kind("untidy", Anomaly.REDUNDANCY, Severity.NOTE, "", "It is " + "very " * 40 + "untidy.", "", "")
    problem = Problem(Location("x.yaml", 1, 1), "untidy", "look " * 40, "Mend " + "it " * 40 + "soon.")
    first, *others = to_text([problem], by_id([kind]), width)
    assert first == f"x.yaml:1:1  untidy: {('look ' * 40).strip()}"
    assert max(map(len, others)) in range(width - 6, width + 1)
    assert " ".join(line.strip() for line in others) == f"Why: {kind.why} Way out: {problem.way_out}"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It waits. It is sad.", "It waits."),
        ("It has version 1.0 and more. So.", "It has version 1.0 and more."),
        ("Is it so? Yes.", "Is it so?"),
        ("no end", "no end"),
        ("", ""),
    ],
)
def test_first_sentence__of_a_text__ends_where_it_ends(text: str, first: str) -> None:
    assert first_sentence(text) == first


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_json__of_problems__is_format_1() -> None:
    assert json.loads(to_json((MISSPELT, NEVER), KINDS)) == {
        "format": 1,
        "problems": [
            {
                "id": "unknown-question",
                "anomaly": "writing",
                "severity": "error",
                "path": "rules/x.yaml",
                "line": 12,
                "column": 3,
                "message": "rule “a” asks about “pian”, but no question has that name.",
                "why": "It waits. It is sad.",
                "way_out": "Did you mean “pain”?",
                "case": "",
                "also": [],
            },
            {
                "id": "unreachable",
                "anomaly": "deficiency",
                "severity": "warning",
                "path": "rules/x.yaml",
                "line": 20,
                "column": 1,
                "message": "rule “b” never fires: 100% of students stop before it.",
                "why": "Nobody meets it.",
                "way_out": "",
                "case": "- id: someone\n  answers:\n    pain: no\n",
                "also": [
                    {"path": "rules/y.yaml", "line": 7, "column": 3},
                    {"path": "rules/z.yaml", "line": 0, "column": 0},
                ],
            },
        ],
        "counts": {"error": 1, "warning": 1, "note": 0},
    }


def test_json__of_no_problems__says_so() -> None:
    data = {"format": 1, "problems": [], "counts": {"error": 0, "warning": 0, "note": 0}}
    assert json.loads(to_json((), KINDS)) == data


def test_counts__of_a_problem_of_no_known_kind__is_an_error() -> None:
    got = counts((*ALL, Problem(Location("x"), "odd", "")), KINDS)
    assert got == {Severity.ERROR: 3, Severity.WARNING: 1, Severity.NOTE: 0}


# --- SARIF ------------------------------------------------------------------------------------------------------------


def test_sarif__of_problems__has_what_readers_of_sarif_need() -> None:
    log = json.loads(to_sarif(ALL, KINDS, "1.2.3"))
    assert (log["version"], log["$schema"].rpartition("/")[2]) == ("2.1.0", "sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"], run["columnKind"]) == ("unstuck", "1.2.3", "unicodeCodePoints")
    assert [(rule["id"], rule["defaultConfiguration"]["level"], rule["help"]["text"]) for rule in driver["rules"]] == [
        ("unknown-question", "error", "No such question.\n\nIt waits. It is sad."),
        ("unreachable", "warning", "Never.\n\nNobody meets it."),
    ]
    assert [driver["rules"][result["ruleIndex"]]["id"] for result in run["results"]] == [each.id for each in ALL]
    assert run["results"][1:] == [
        {
            "ruleId": "unknown-question",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "no question is called “bak”. Did you mean “back”?"},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": "rules/y.yaml"}, "region": {"startLine": 4}}}
            ],
        },
        {
            "ruleId": "unreachable",
            "ruleIndex": 1,
            "level": "warning",
            "message": {
                "text": "rule “b” never fires: 100% of students stop before it.\n\n"
                "- id: someone\n  answers:\n    pain: no"
            },
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "rules/x.yaml"},
                        "region": {"startLine": 20, "startColumn": 1},
                    }
                }
            ],
            "relatedLocations": [
                {
                    "id": 1,
                    "physicalLocation": {
                        "artifactLocation": {"uri": "rules/y.yaml"},
                        "region": {"startLine": 7, "startColumn": 3},
                    },
                },
                {"id": 2, "physicalLocation": {"artifactLocation": {"uri": "rules/z.yaml"}}},
            ],
        },
    ]


def test_sarif__of_no_problems__is_a_run_without_results() -> None:
    (run,) = json.loads(to_sarif((), KINDS, "1"))["runs"]
    assert (run["tool"]["driver"]["rules"], run["results"]) == ([], [])


def uri(path: str, base: Path | None = None) -> str:
    log = json.loads(to_sarif([Problem(Location(path), "odd", "it is odd.")], {}, "1", base))
    found: str = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return found


def test_sarif__of_a_path__is_a_uri_relative_to_the_base(tmp_path: Path) -> None:
    inside = tmp_path / "my rules" / "a#b.yaml"
    assert uri(str(inside), tmp_path) == "my%20rules/a%23b.yaml"
    assert uri(str(inside)) == inside.as_uri()
    assert uri(str(inside), tmp_path / "elsewhere") == inside.as_uri()
    assert uri("my rules/a.yaml", tmp_path) == "my%20rules/a.yaml"
    assert uri("a:b.yaml") == "a%3Ab.yaml", "or a would be read as the scheme of a URI"


# --- GitHub -----------------------------------------------------------------------------------------------------------


def test_github__of_problems__is_a_command_for_each() -> None:
    assert list(to_github(ALL, KINDS)) == [
        (
            "::error file=rules/x.yaml,line=12,col=3,title=unknown-question::"
            "rule “a” asks about “pian”, but no question has that name.%0ADid you mean “pain”?%0AIt waits."
        ),
        (
            "::error file=rules/y.yaml,line=4,title=unknown-question::"
            "no question is called “bak”.%0ADid you mean “back”?%0AIt waits."
        ),
        (
            "::warning file=rules/x.yaml,line=20,col=1,title=unreachable::"
            "rule “b” never fires: 100%25 of students stop before it.%0ANobody meets it.%0A"
            "- id: someone%0A  answers:%0A    pain: no"
        ),
    ]


def test_github__of_a_path_inside_the_base__is_relative_to_it(tmp_path: Path) -> None:
    (command,) = to_github([Problem(Location(str(tmp_path / "a" / "b.yaml"), 1), "odd", "it is odd.")], {}, tmp_path)
    assert command == "::error file=a/b.yaml,line=1,title=odd::it is odd."


def test_github__of_a_note__is_a_notice() -> None:
    problem = Problem(Location("a, b: 100%.yaml", 1), "untidy", "a, b: c.")
    assert list(to_github([problem], KINDS)) == [
        "::notice file=a%2C b%3A 100%25.yaml,line=1,title=untidy::a, b: c.%0AIt is hard to read."
    ]


# --- what holds whatever is written -----------------------------------------------------------------------------------

TEXTS = st.text(
    st.one_of(st.sampled_from("\x1b\r\n\t\x00\x7f\x9b\u202e\u2028\ud800\udce9%:,&<>\\\"'“é漢"), st.characters()),
    max_size=40,
)


def _can_be_a_name(text: str) -> bool:
    try:
        return bool(os.fsencode(text)) or not text
    except UnicodeEncodeError:
        return False


PATHS = TEXTS.filter(_can_be_a_name)
PLACES = st.builds(Location, PATHS, st.integers(0, 9), st.integers(0, 9))
PROBLEMS = st.lists(
    st.builds(
        Problem,
        PLACES,
        st.sampled_from([*KINDS, "odd"]),
        TEXTS,
        TEXTS,
        TEXTS,
        st.lists(PLACES, max_size=2).map(tuple),
    ),
    max_size=4,
)


@given(PROBLEMS, st.integers(1, 100))
def test_forms__of_any_problems__cannot_drive_a_terminal(problems: list[Problem], width: int) -> None:
    lines = [
        *to_text(problems, KINDS, width),
        *to_github(problems, KINDS, Path.cwd()),
        *to_json(problems, KINDS).split("\n"),
        *to_sarif(problems, KINDS, "1", Path.cwd()).split("\n"),
    ]
    assert [line for line in lines if unprintable(line) is not None] == []


@given(PROBLEMS)
def test_json__of_any_problems__tells_them_apart_again(problems: list[Problem]) -> None:
    def place(data: dict[str, object]) -> Location:
        return Location(*(data[name] for name in ("path", "line", "column")))  # type: ignore[arg-type]

    read = [
        Problem(place(one), one["id"], one["message"], one["way_out"], one["case"], tuple(map(place, one["also"])))
        for one in json.loads(to_json(problems, KINDS))["problems"]
    ]
    # A JSON reader joins the two halves of a character that Python's text can hold apart.
    assert [str(one).encode("utf-16", "surrogatepass") for one in read] == [
        str(one).encode("utf-16", "surrogatepass") for one in problems
    ]


@given(PROBLEMS)
def test_github__of_any_problems__is_one_command_on_one_line(problems: list[Problem]) -> None:
    commands = list(to_github(problems, KINDS))
    assert len(commands) == len(problems)
    for command in commands:
        shape = r"::(error|warning|notice) (file=[^:,]+,)?(line=\d+,)?(col=\d+,)?title=[a-z-]+::[^\r\n]*"
        assert re.fullmatch(shape, command)
