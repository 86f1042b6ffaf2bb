"""The journal to take along: whole as JSON, whole to read as Markdown, or its answers as rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from kb.journal.past_session import Past
from kb.journal.records import Saved
from kb.journal.session_pages import sessions_markdown
from kb.journal.sessions import Journal
from kb.model.answers import decimal_of
from kb.model.knowledge import KnowledgeBase
from kb.text.wrapping import printed, unprintable

FORMAT = 1
COLUMNS = ("session", "time", "question", "answer")


def export_text(journal: Journal, form: str, kb: KnowledgeBase | None) -> str:
    """Return the journal as `json`, `csv` or `markdown`. Nothing in it can drive a terminal that it is shown in."""
    if form == "markdown":
        return "".join(sessions_markdown((Past(saved, kb) for saved in journal.all_saved()), date.today()))
    if form == "csv":
        written = io.StringIO()
        csv.writer(written).writerows([printed(cell) for cell in row] for row in exported_rows(journal))
        return written.getvalue()
    text = json.dumps(exported(journal), ensure_ascii=False, indent=2) + "\n"
    hidden = {one for one in set(text) if one != "\n" and unprintable(one)}
    return text.translate({ord(one): json.dumps(one)[1:-1] for one in hidden})


def exported(journal: Journal) -> dict[str, Any]:
    """Return everything in the journal as JSON has it, format 1: the oldest session first, each as it was kept."""
    return {"format": FORMAT, "sessions": [_session(saved) for saved in journal.all_saved()]}


def _session(saved: Saved) -> dict[str, Any]:
    return {
        "id": saved.id,
        "begun": saved.begun.isoformat(),
        "finished": saved.finished.isoformat() if saved.finished else None,
        "packs": saved.packs,
        "answers": saved.answers,
        "events": [
            {"time": event.at.isoformat(), "kind": event.kind, "about": event.about, "answer": event.answer}
            for event in saved.events
        ],
        "holds": [
            {
                "time": hold.at.isoformat(),
                "recommendation": hold.recommendation,
                "seconds": hold.seconds,
                "target_seconds": hold.target_seconds,
            }
            for hold in saved.holds
        ],
        "report": saved.report,
    }


def exported_rows(journal: Journal) -> Iterator[tuple[str, ...]]:
    """Yield a row for every answer, below the names of the columns; `time` is when it was last given.

    A spreadsheet takes text that begins like a formula for one, and runs it; such text gets an apostrophe in front.
    """
    yield COLUMNS
    for saved in journal.all_saved():
        given = {event.about: event.at for event in saved.events}
        for question, answer in saved.answers.items():
            said = ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
            time = given.get(question, saved.begun).isoformat()
            yield str(saved.id), time, _harmless(question), _harmless(said)


def _harmless(text: str) -> str:
    begins_a_formula = text.lstrip().startswith(tuple("=+-@＝＋－＠")) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if begins_a_formula and decimal_of(text) is None else text
