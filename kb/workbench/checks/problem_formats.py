"""Write problems down: as text for a person, as JSON, as SARIF and as annotations of a build on GitHub.

Each form takes the problems and the kinds they are of. A problem may quote a file, and a file's name may hold anything
a system allows. So nothing leaves here that could drive a terminal: whatever cannot be printed is shown as an escape.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from msgspec import to_builtins

from kb.model.kinds import Kind, Severity
from kb.model.problems import Location, Problem
from kb.text.wrapping import printable, printed, wrapped

FORMAT = 1
"""The version of the JSON form."""

INDENT = "    "

Kinds = Mapping[str, Kind]
"""Kinds by id."""


def by_id(kinds: Iterable[Kind]) -> Kinds:
    """Return kinds by their ids, as the forms look them up."""
    return {kind.id: kind for kind in kinds}


def severity_of(problem: Problem, kinds: Kinds) -> Severity:
    """Return how grave a problem is; one of no known kind counts as an error."""
    kind = kinds.get(problem.id)
    return kind.severity if kind else Severity.ERROR


def counts(problems: Iterable[Problem], kinds: Kinds) -> dict[Severity, int]:
    """Return how many problems there are of each severity, the gravest first."""
    found = [severity_of(problem, kinds) for problem in problems]
    return {severity: found.count(severity) for severity in Severity}


def first_sentence(text: str) -> str:
    """Return the first sentence of `text`, which is reason enough where there is little room."""
    found = re.match(r".*?[.!?](?=\s|$)", text, re.DOTALL)
    return found[0] if found else text


def to_text(problems: Iterable[Problem], kinds: Kinds, width: int) -> Iterator[str]:
    """Yield the lines that a person reads. The reason of a kind is given once, at the first problem of that kind.

    The first line of a problem is never broken, so that whatever looks for ``path:line:column`` finds it whole.
    """
    explained: set[str] = set()
    for problem in problems:
        yield f"{_place(problem.place)}  {printed(problem.id)}: {printed(problem.message)}"
        notes = {
            "Why": "" if problem.id in explained else _reason(problem, kinds),
            "See also": ", ".join(map(_place, problem.also)),
            "Way out": problem.way_out,
        }
        explained.add(problem.id)
        for label, text in notes.items():
            if text:
                yield from wrapped(text, width, f"{INDENT}{label}: ", f"{INDENT}  ")
        if problem.case:
            yield f"{INDENT}Case:"
            yield from (f"{INDENT}  {line}".rstrip() for line in _lines_of(problem.case))


def _reason(problem: Problem, kinds: Kinds) -> str:
    """Return the first sentence of what comes of such a problem; nothing for one of no known kind."""
    kind = kinds.get(problem.id)
    return first_sentence(kind.why) if kind else ""


def _lines_of(case: str) -> list[str]:
    """Return the lines of a case, indented as they are; none if there is no case."""
    return [_safe(line) for line in case.rstrip("\n").split("\n")] if case else []


def _safe(text: str) -> str:
    """Return `text` with escapes for what cannot be printed, and as long as it is."""
    return printable(text, len(text))


def _place(place: Location) -> str:
    """Return a place as text, its path in full."""
    return ":".join([_safe(place.path), *(str(part) for part in (place.line, place.column) if part)])


# --- JSON: plain ASCII is safe on any terminal, and the same bytes in any encoding ------------------------------------


def to_json(problems: Sequence[Problem], kinds: Kinds) -> str:
    """Return problems as JSON, format 1, ending in a line break."""
    data = {
        "format": FORMAT,
        "problems": [_problem_data(problem, kinds) for problem in problems],
        "counts": {severity.value: count for severity, count in counts(problems, kinds).items()},
    }
    return json.dumps(data, indent=2) + "\n"


def _problem_data(problem: Problem, kinds: Kinds) -> dict[str, Any]:
    kind = kinds.get(problem.id)
    return {
        "id": problem.id,
        "anomaly": kind.anomaly.value if kind else "",
        "severity": severity_of(problem, kinds).value,
        **to_builtins(problem.place),
        "message": problem.message,
        "why": kind.why if kind else "",
        "way_out": problem.way_out,
        "case": problem.case,
        "also": to_builtins(problem.also),
    }


_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(problems: Sequence[Problem], kinds: Kinds, version: str, base: Path | None = None) -> str:
    """Return problems as SARIF 2.1.0, ending in a line break.

    `version` is the program's. Paths inside the folder `base` are written relative to it, as a checkout needs them.
    """
    met = list(dict.fromkeys(problem.id for problem in problems))
    driver = {"name": "unstuck", "version": version, "rules": [_sarif_rule(name, kinds.get(name)) for name in met]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(problem, kinds, met.index(problem.id), base) for problem in problems],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _sarif_rule(name: str, kind: Kind | None) -> dict[str, Any]:
    if kind is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": kind.why or kind.title},
        "help": {"text": "\n\n".join(filter(None, (kind.title.removesuffix(".") + ".", kind.why)))},
        "defaultConfiguration": {"level": kind.severity.value},
        "properties": {"tags": [kind.anomaly.value]},
    }


def _sarif_result(problem: Problem, kinds: Kinds, index: int, base: Path | None) -> dict[str, Any]:
    said = " ".join(filter(None, (printed(problem.message), printed(problem.way_out))))
    case = "\n".join(_lines_of(problem.case))
    result: dict[str, Any] = {
        "ruleId": problem.id,
        "ruleIndex": index,
        "level": severity_of(problem, kinds).value,
        "message": {"text": "\n\n".join(filter(None, (said, case)))},
        "locations": [_sarif_location(problem.place, base)],
    }
    if problem.also:
        result["relatedLocations"] = [
            {"id": number, **_sarif_location(place, base)} for number, place in enumerate(problem.also, start=1)
        ]
    return result


def _sarif_location(place: Location, base: Path | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path, base)}}
    if place.line:
        column = {"startColumn": place.column} if place.column else {}
        physical["region"] = {"startLine": place.line, **column}
    return {"physicalLocation": physical}


def _uri(path: str, base: Path | None) -> str:
    """Return a path as a URI: relative to `base` if it lies inside it, or if it was relative before."""
    pure = _seen_from(path, base)
    return pure.as_uri() if pure.is_absolute() else quote(os.fsencode(pure.as_posix()))


def _seen_from(path: str, base: Path | None) -> PurePath:
    """Return a path as seen from the folder `base`, if it lies inside it."""
    pure = PurePath(path)
    return pure.relative_to(base) if base is not None and pure.is_relative_to(base) else pure


_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def to_github(problems: Iterable[Problem], kinds: Kinds, base: Path | None = None) -> Iterator[str]:
    """Yield the workflow commands that put each problem beside its line in a pull request.

    Paths inside the folder `base`, which should be the checkout, are written relative to it.
    """
    for problem in problems:
        place = problem.place
        path = _seen_from(place.path, base).as_posix() if place.path else ""
        fields = {"file": path, "line": place.line, "col": place.column, "title": problem.id}
        shown = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in fields.items() if value)
        said = (problem.message, problem.way_out, _reason(problem, kinds))
        lines = [*map(printed, filter(None, said)), *_lines_of(problem.case)]
        text = "%0A".join(map(_escaped, lines))
        yield f"::{_COMMANDS[severity_of(problem, kinds)]} {shown}::{text}"


def _escaped(text: str, also: str = "") -> str:
    """Return `text` with what has a meaning in a workflow command as its code, and nothing that drives a terminal."""
    safe = _safe(text)
    for character in f"%{also}":
        safe = safe.replace(character, f"%{ord(character):02X}")
    return safe
