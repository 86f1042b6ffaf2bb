"""Journals of any length for tests and measurements: the same for the same seed, with reports of the shipped pack."""

from __future__ import annotations

import json
import random
import sqlite3
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.journal.database import JournalFile
from kb.journal.records import encoded, utc
from kb.language.loading import load
from kb.model.knowledge import Answer
from kb.model.stored_answers import asked_as, plain
from kb.report.build import build_report, to_json

SEED = 20261122
LAST = datetime(2026, 11, 21, 19, 40, tzinfo=timezone.utc)
STUDENTS = 24  # different interviews; longer journals repeat them


@cache
def _engine() -> Engine:
    return Engine(load(cases=False))


@cache
def students() -> tuple[tuple[dict[str, Any], str], ...]:
    """Return the answers and the report of some practitioners."""
    from tests.tools.measure import simulated_answer

    chance = random.Random(SEED)
    told = []
    for number in range(STUDENTS):
        session = Session.begin(_engine())
        while question := session.next_question():
            answer: Answer = simulated_answer(chance, question, healthy=number % 8 != 0)
            if number % 8 and question.id == "pain-pattern":
                answer = ("only-in-pose",)
            elif number % 8 and question.id in session.kb.safety_screens:
                answer = ("none",)
            session = session.answer(question.id, answer)
        answers = {name: plain(answer) for name, answer in session.answers.items()}
        told.append((answers, to_json(build_report(session))))
    return tuple(told)


def fill(path: Path, count: int, seed: int = SEED, last: datetime = LAST) -> None:
    """Make a journal of `count` sessions, about two a week up to `last`; every tenth is not finished."""
    chance = random.Random(seed)
    asked = encoded(asked_as(_engine().kb))
    file = JournalFile(path)

    def work(connection: sqlite3.Connection) -> None:
        for number in range(1, count + 1):
            answers, report = students()[number % STUDENTS]
            data = json.loads(report)
            begun = last - timedelta(days=3.5 * (count - number), minutes=chance.randrange(300))
            finished = number % 10 != 7
            given = dict(answers if finished else list(answers.items())[: len(answers) // 2])
            firsts = [each["id"] for each in data["recommendations"][: chance.randrange(3)]] if finished else []
            given |= {f"after-{name}": chance.choice(("better", "same", "worse")) for name in firsts}
            connection.execute(
                "INSERT INTO sessions (id, origin, writer, touched, begun, utc_offset, answered, finished, outcome,"
                " findings, packs, asked, answers, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(number, f"o{number}", f"w{number}", number, utc(begun), 60, len(given)),
                    utc(begun + timedelta(minutes=9)) if finished else None,
                    data["outcome"] if finished else None,
                    len(data["findings"]) if finished else None,
                    *('{"hamstrings":"1.0.0"}', asked, encoded(given), report if finished else None),
                ),
            )
            for index, (name, answer) in enumerate(given.items()):
                kind = "attempt" if name.startswith("after-") else "answer"
                time = utc(begun + timedelta(seconds=20 * index))
                row = (session := number, index + 1, time, kind, name, encoded(answer))
                connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
            for index, name in enumerate(firsts):
                seconds = chance.randrange(20, 150)
                row = (session, index + 1, utc(begun + timedelta(minutes=8)), name, seconds, 120)
                connection.execute("INSERT INTO holds VALUES (?, ?, ?, ?, ?, ?)", row)

    file.write(work)
    file.close()
