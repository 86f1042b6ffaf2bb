"""Write what was measured as Markdown: what must hold first, then ratios, then what was read off the clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import log
from pathlib import Path

from .measuring import (
    ALL_OF_IT,
    ANSWER,
    CHECK,
    CHECKED_LOAD,
    COMPILE,
    FIRST,
    FROM_PRODUCTIONS,
    INTERVIEW,
    LOAD,
    MEMORY,
    NOT_RUN,
    PARSE,
    READY,
    WHOLE,
    Figures,
)

CLIPS, STOCK, LIMIT = "CLIPS", "experta, stock", "counting chainer"

COMPARED = {
    READY: "Ready: ours from the model, its peers from productions",
    ANSWER: "An answer, one by one",
    WHOLE: "All answers at once",
    ALL_OF_IT: "Ready, and a whole interview",
    MEMORY: "Memory",
}
OUR_OWN = {
    PARSE: "the text read by PyYAML’s C loader, without places or checks",
    LOAD: "the text loaded: YAML to model",
    COMPILE: "compiled: model to productions",
    FROM_PRODUCTIONS: "ready: productions to engine",
    READY: "ready: model to engine, with a first inference",
    FIRST: "from the model to the first question",
    ANSWER: "an answer, inference only",
    INTERVIEW: "an answer, with choosing the next question",
}


def exponent(points: dict[int, float]) -> float | None:
    """Return with which power of the number of rules something grows, from 100 on: least squares on logarithms."""
    usable = [(log(rules), log(value)) for rules, value in points.items() if rules >= 100 and value > 0]
    if len(usable) < 2:
        return None
    middle_x = sum(x for x, _ in usable) / len(usable)
    middle_y = sum(y for _, y in usable) / len(usable)
    return sum((x - middle_x) * (y - middle_y) for x, y in usable) / sum((x - middle_x) ** 2 for x, _ in usable)


def ratios(over: dict[int, float], under: dict[int, float]) -> dict[int, float]:
    """Return how many times as large `over` is, where both were measured."""
    return {
        rules: value / under[rules] if value > 0 else NOT_RUN
        for rules, value in over.items()
        if under.get(rules, 0) > 0
    }


# --- what must hold ---------------------------------------------------------------------------------------------------


def goals(figures: Figures) -> list[tuple[str, str, str, bool | None]]:
    """Return what must hold: what, how much, what was measured, and whether that is so (None: not measured)."""
    ready, answer = figures.of(READY), figures.of(INTERVIEW)

    def large(points: dict[int, float]) -> dict[int, float]:
        return {rules: value for rules, value in points.items() if rules >= 1000 and value > 0}

    to_clips = large(ratios(figures.of(READY, CLIPS), ready))
    to_stock = large(ratios(figures.of(READY, STOCK), ready))
    to_limit = large(ratios(ready, figures.of(READY, LIMIT)))
    each = {rules: value for rules, value in ratios(answer, figures.of(ANSWER, CLIPS)).items() if rules == 1000}
    checks = {
        rules: value for rules, value in ratios(figures.of(CHECK), figures.of(CHECKED_LOAD)).items() if rules == 1000
    }
    power = exponent(answer)
    return [
        _goal("ready, from 1,000 rules on: times faster than CLIPS", to_clips, 4, min),
        _goal("ready, from 1,000 rules on: times faster than stock experta", to_stock, 50, min),
        _goal("ready, from 1,000 rules on: times the hand-written limit", to_limit, 10, max),
        _goal("an answer and the next question, at 1,000 rules: times what CLIPS takes to answer", each, 2, max),
        (
            "an answer and the next question: growth exponent from 100 rules on",
            "under 0.3",
            "–" if power is None else f"{power:.2f}",
            None if power is None else power < 0.3,
        ),
        _goal("`rules check` of 1,000 rules: times what it takes to load them", checks, 20, max),
    ]


def _goal(
    what: str, points: dict[int, float], bound: float, worst: Callable[[Iterable[float]], float]
) -> tuple[str, str, str, bool | None]:
    wanted = f"at {'least' if worst is min else 'most'} {bound:g}"
    if not points:
        return what, wanted, "–", None
    shown = ", ".join(f"{number(value)} ({rules:,} rules)" for rules, value in points.items())
    value = worst(points.values())
    return what, wanted, shown, value >= bound if worst is min else value <= bound


# --- the page ---------------------------------------------------------------------------------------------------------


def markdown(figures: Figures, circumstances: list[str]) -> str:
    """Return all tables, below the circumstances under which they came about."""
    sizes = list(figures.bases)
    parts = ["".join(f"- {line}\n" for line in circumstances), _bases(figures), _goals(figures)]
    parts.append("### Times as long as ours (for memory: times as much)\n")
    for measure, title in COMPARED.items():
        rows = {
            who: (ratios(figures.of(measure, who), figures.of(measure)), figures.of(measure, who))
            for who in figures.engines(measure)
        }
        parts.append(_table(title, sizes, rows, ratio))
    own: dict[str, tuple[dict[int, float], dict[int, float]]] = {
        title: (ratios(figures.of(measure), figures.of(LOAD)), figures.of(measure))
        for measure, title in OUR_OWN.items()
    }
    parts.append(_table("Ours, step by step: times what loading takes", sizes, own, ratio))
    checked = list(figures.of(CHECK))
    if checked:
        check = ratios(figures.of(CHECK), figures.of(CHECKED_LOAD))
        rows = {"`rules check`, times what loading takes": (check, figures.of(CHECK))}
        parts.append(_table("Checked: packs without a fault, with cases for every rule", checked, rows, ratio))
    parts.append("### Medians\n\nSeconds and megabytes on this one machine; other machines, other figures.\n")
    for measure, title in COMPARED.items():
        medians = {who: (figures.of(measure, who),) * 2 for who in figures.engines(measure)}
        parts.append(_table(title, sizes, medians, megabytes if measure == MEMORY else duration))
    steps = {title: (figures.of(measure),) * 2 for measure, title in OUR_OWN.items()}
    parts.append(_table("Ours, step by step", sizes, steps, duration))
    if checked:
        names = {CHECKED_LOAD: "loaded", CHECK: "checked"}
        rows = {title: (figures.of(measure),) * 2 for measure, title in names.items()}
        parts.append(_table("Checked", checked, rows, duration))
    return "\n".join(parts)


def _bases(figures: Figures) -> str:
    rows = [
        f"| {rules:,} | {base.questions:,} | {base.productions:,} | {base.asked:,} | {base.compared:,} |\n"
        for rules, base in figures.bases.items()
    ]
    head = "| rules | questions | productions | answers of the first interview | answers compared |\n"
    return f"### The bases\n\n{head}|---:|---:|---:|---:|---:|\n{''.join(rows)}"


def _goals(figures: Figures) -> str:
    words = {True: "yes", False: "**no**", None: "not measured"}
    rows = [f"| {what} | {wanted} | {shown} | {words[met]} |\n" for what, wanted, shown, met in goals(figures)]
    return f"### What must hold\n\n| what | wanted | measured | so |\n|---|---|---|---|\n{''.join(rows)}"


def _table(
    title: str,
    sizes: list[int],
    rows: dict[str, tuple[dict[int, float], dict[int, float]]],
    shown: Callable[[float], str],
) -> str:
    """Return one table; of each row, the first figures are shown, and the growth is that of the second."""
    lines = [f"**{title}**\n"]
    lines.append(f"| rules | {' | '.join(f'{size:,}' for size in sizes)} | growth exponent |")
    lines.append(f"|---|{'---:|' * (len(sizes) + 1)}")
    for name, (points, grown) in rows.items():
        cells = ["not run" if points.get(size) == NOT_RUN else shown(points[size]) if size in points else "–"
                 for size in sizes]  # fmt: skip
        power = exponent(grown)
        lines.append(f"| {name} | {' | '.join(cells)} | {'–' if power is None else f'{power:.2f}'} |")
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """Return a figure with two or three digits that count."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def ratio(value: float) -> str:
    return f"{number(value)} ×"


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds * 1e6)} µs"


def megabytes(value: float) -> str:
    return f"{number(value)} MB"


START, END = "<!-- results:start -->\n", "<!-- results:end -->"


def put_into(page: Path, text: str) -> None:
    """Put `text` in the place of what stands between the marks of a page."""
    old = page.read_text(encoding="utf-8")
    found = re.search(f"(?<={START}).*?(?={END})", old, re.DOTALL)
    assert found is not None, f"{page.name} has no marks {START.strip()} and {END}"
    page.write_text(f"{old[: found.start()]}\n{text}\n{old[found.end() :]}", encoding="utf-8")
