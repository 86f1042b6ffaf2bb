"""The journal as data to take along: all of it as one value, and its answers as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.journal.records import Saved
from kb.journal.sessions import Journal
from kb.model.answers import decimal_of

FORMAT = 1
COLUMNS = ("session", "time", "question", "answer")


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
    begins_a_formula = text.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") or text[:1] in (
        "\t",
        "\r",
        "\n",
    )
    return f"'{text}" if text and begins_a_formula and decimal_of(text) is None else text
