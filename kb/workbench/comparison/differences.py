"""Tell people, and other programs, what a change of the rules does: a comparison as text, Markdown or JSON.

All that is told stands in blocks, which text and Markdown write each in its way: the two cannot come to say different
things.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from kb.model.answers import as_data, in_words
from kb.model.knowledge import Answer
from kb.text.blocks import Block, Role, escaped, points, section
from kb.text.wrapping import measure, wrapped
from kb.workbench.authoring.yaml_text import case_text
from kb.workbench.cases.replay import free_name
from kb.workbench.comparison.changes import ShownAdvice, TextChange, text_changes
from kb.workbench.comparison.compare import Comparison, Difference

FORMAT = 1

MOST_IN_FULL = 20
"""How many students are shown in full; of the others one line is told."""


class Names(NamedTuple):
    """What people call the two sides: a path, a revision, “the rules in use”."""

    old: str
    new: str


def headline(difference: Difference) -> str:
    """Return the most serious change of a difference as a sentence, and how many there are beside it."""
    more = len(difference.changes) - 1
    beside = f" (and {more} more change{'s' * (more != 1)})" if more else ""
    return f"{difference.changes[0].sentence}{beside}."


def cases_to_add(comparison: Comparison) -> tuple[str, ...]:
    """Return for every difference the case that would pin it, as YAML; nothing where a case pins it already."""
    taken = {case.id for case in comparison.new.cases}
    written = []
    for difference in comparison.differences:
        if difference.cases:
            written.append("")
            continue
        title = _title(difference)
        name = free_name(re.sub(r"[^a-z0-9]+", "-", title.lower())[:50].strip("-"), taken)
        taken.add(name)
        written.append(case_text(replace(difference.case, id=name, title=title), 2))
    return tuple(written)


def _title(difference: Difference) -> str:
    """Return a title for the case of a difference: what is said to this student now, without what was said before."""
    leading, now = difference.changes[0], difference.new
    said = {
        "advice": {"given": "Given", "withheld": "Held back from"}.get(leading.after, "Not given"),
        "provisional": f"Given as {leading.after}",
        "referral": "Referred by" if leading.after else "Not referred by",
        "finding": "Found" if leading.after else "Not found",
    }
    if leading.kind in said:
        return f"{said[leading.kind]} {leading.subject}"
    if leading.stops_no_longer:
        return "Not stopped, and given advice" if now.given else "Not stopped"
    return f"Told {now.outcome.value}"


# --- blocks -----------------------------------------------------------------------------------------------------------


def blocks(comparison: Comparison, names: Names, most: int | None = MOST_IN_FULL) -> Iterator[Block]:
    """Yield what a comparison tells; `most` is how many students are shown in full (None: all)."""
    written = text_changes(comparison.old, comparison.new)
    versions = [", ".join(f"{pack.id} {pack.version}" for pack in kb.packs) for kb in (comparison.old, comparison.new)]
    yield Block(Role.LEAD, f"{versions[0]} ({names.old})", "Old")
    yield Block(Role.LEAD, f"{versions[1]} ({names.new})", "New")
    yield Block(Role.HEADING, _summary(comparison))
    cases = cases_to_add(comparison)
    count = len(comparison.differences)
    full = count if most is None else most
    for number, difference in enumerate(comparison.differences[:full], 1):
        yield Block(Role.TITLE, headline(difference), f"{number} of {count}")
        yield from _student(comparison, difference, cases[number - 1])
    for number, difference in enumerate(comparison.differences[full:], full + 1):
        rules = f" (rule {', '.join(difference.rules)})" if difference.rules else ""
        yield Block(Role.BRIEF, headline(difference) + rules, f"{number} of {count}")
    yield from section("What could not be compared", points(_unshared(comparison)))
    yield from section("What is written otherwise", points(line for each in written for line in _written(each)))


def _summary(comparison: Comparison) -> str:
    count = len(comparison.differences)
    if count:
        kinds = "One kind of student is" if count == 1 else f"{count} kinds of students are"
        return f"{kinds} told something else{', the most serious first' * (count > 1)}."
    if comparison.unshared.leaves_out:
        return "No report changes, among the students who can be compared."
    return "No student’s report changes."


def _student(comparison: Comparison, difference: Difference, case: str) -> Iterator[Block]:
    for rule in difference.rules:
        known = comparison.new.rules.get(rule) or comparison.old.rules[rule]
        where = "" if rule in comparison.old.rules else ", which is new"
        where = where if rule in comparison.new.rules else ", which is gone"
        yield Block(Role.NOTE, f"{rule}{where} ({known.place})", "Rule")
    for change in difference.changes[1:]:
        yield Block(Role.NOTE, f"{change.sentence}.", "Also")
    yield Block(Role.NOTE, "" if difference.answers else "nothing yet", "Someone answers")
    for name, answer in difference.answers.items():
        yield Block(Role.POINT, _answered(comparison, name, answer))
    yield Block(Role.NOTE, _told(difference.old), "Before")
    yield Block(Role.NOTE, _told(difference.new), "Now")
    if difference.cases:
        shown = ", ".join(difference.cases[:5]) + (", …" if len(difference.cases) > 5 else "")
        yield Block(Role.NOTE, shown, f"Shown by the case{'s' * (len(difference.cases) != 1)}")
    else:
        yield Block(Role.NOTE, "No case shows it. If this is as it should be, add:")
        yield Block(Role.CODE, case)


def _answered(comparison: Comparison, name: str, answer: Answer) -> str:
    question = comparison.new.questions.get(name) or comparison.old.questions[name]
    only = "" if name in comparison.old.questions else " [asked by the new rules only]"
    only = only if name in comparison.new.questions else " [asked by the old rules only]"
    return f"{question.ask} {in_words(question, answer)}{only}"


def _told(told: ShownAdvice) -> str:
    """Return what a student is told, by ids."""
    given = [f"{name} (provisional)" if name in told.provisional else name for name in told.given]
    parts = (
        ("referrals", told.referrals),
        ("given", given),
        ("withheld", told.withheld),
        ("findings", told.findings),
    )
    return "; ".join([told.outcome.value, *(f"{name}: {', '.join(ids)}" for name, ids in parts if ids)])


def _unshared(comparison: Comparison) -> Iterator[str]:
    unshared = comparison.unshared
    for name in unshared.screens_otherwise:
        yield f"{name} is a safety screen and is asked in another way now. So no advice could be compared."
    for name in unshared.otherwise:
        if name not in unshared.screens_otherwise:
            yield f"{name} is asked in another way now. Whoever answered it could not be compared."
    for side, options in (("old", unshared.old_options), ("new", unshared.new_options)):
        for question, option in options:
            yield f"{question}: only the {side} rules have the option {option}. Whoever chooses it was not compared."
    for name in unshared.bounds:
        yield f"{name} takes other numbers now. Only those were compared that both take."
    for side, names in (("old", unshared.old_questions), ("new", unshared.new_questions)):
        for name in names:
            yield f"{name} is asked by the {side} rules only. The others take no notice of what is answered."


_MOST_NAMES = 12


def _written(one: TextChange) -> Iterator[str]:
    changed = [f"{name} ({', '.join(parts)})" for name, parts in one.changed.items()]
    for word, names in (("added", one.added), ("gone", one.gone), ("changed", changed)):
        if names:
            more = f" and {len(names) - _MOST_NAMES} more" * (len(names) > _MOST_NAMES)
            yield f"{one.section} {word}: {', '.join(names[:_MOST_NAMES])}{more}"
    if one.moved:
        yield f"{one.section}: in another order"


# --- text -------------------------------------------------------------------------------------------------------------

_APART = {Role.HEADING, Role.TITLE}


def to_text(told: Iterable[Block], width: int = 80) -> str:
    """Return blocks as plain text in lines of at most `width` columns; only a case to be copied may be wider."""
    lines: list[str] = []
    inside = ""
    before = Role.LEAD
    for role, text, label in told:
        if role in _APART or (role is Role.BRIEF and before is not Role.BRIEF):
            lines.append("")
            inside = "" if role is Role.HEADING else "  "
        if role is Role.CODE:
            lines += [f"  {printed_line}" if printed_line else "" for printed_line in text.splitlines()]
        else:
            first, rest = _margin(role, label, inside, bool(text))
            lines += wrapped(text, measure(width), first, rest)
        before = role
    return "".join(f"{line}\n" for line in lines)


def _margin(role: Role, label: str, inside: str, follows: bool) -> tuple[str, str]:
    if role is Role.POINT:
        return f"{inside}- ", f"{inside}  "
    start = f"{label}:{' ' * follows}" if label else ""
    if role is Role.NOTE:
        return inside + start, inside + "  "
    return start, "  " if label else ""


# --- Markdown ---------------------------------------------------------------------------------------------------------


def to_markdown(told: Iterable[Block]) -> str:
    """Return blocks as Markdown, good to stand in a pull request."""
    lines: list[str] = []
    before: Role | None = None
    for role, text, label in told:
        if before is not None and (role is not before or role not in _LISTED):
            lines.append("")
        lines.append(_marked(role, text, label))
        before = role
    return "\n".join(lines) + "\n"


_LISTED = {Role.POINT, Role.BRIEF, Role.LEAD}


def _marked(role: Role, text: str, label: str) -> str:
    if role is Role.CODE:
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
        return f"{fence}yaml\n{text}{fence}"
    line = escaped(text)
    if role in _APART:
        return f"## {line}" if role is Role.HEADING else f"### {escaped(label)}: {line}"
    if role is Role.NOTE:
        return f"**{escaped(label)}:** {line}".rstrip() if label else line
    return f"- {escaped(label)}: {line}" if label else f"- {line}"


# --- JSON -------------------------------------------------------------------------------------------------------------


def to_json(comparison: Comparison, names: Names) -> str:
    """Return a comparison as JSON, for other programs."""
    written = text_changes(comparison.old, comparison.new)
    data: dict[str, Any] = {
        "format": FORMAT,
        "old": _side(comparison.old.packs, names.old),
        "new": _side(comparison.new.packs, names.new),
        "differences": [
            {
                "headline": headline(difference),
                "gravity": difference.changes[0].gravity.name.lower().replace("_", "-"),
                "changes": [msgspec.to_builtins(change) for change in difference.changes],
                "rules": list(difference.rules),
                "answers": {name: as_data(answer) for name, answer in difference.answers.items()},
                "old": msgspec.to_builtins(difference.old),
                "new": msgspec.to_builtins(difference.new),
                "cases": list(difference.cases),
                "case_to_add": case,
            }
            for difference, case in zip(comparison.differences, cases_to_add(comparison))
        ],
        "not_compared": msgspec.to_builtins(comparison.unshared),
        "written_otherwise": [msgspec.to_builtins(each) for each in written],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _side(packs: Iterable[Any], name: str) -> dict[str, Any]:
    return {"from": name, "packs": [{"id": pack.id, "version": pack.version} for pack in packs]}
