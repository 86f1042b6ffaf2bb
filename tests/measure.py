"""Measure, and print what was measured; nothing here passes or fails.

python tests/measure.py questions    how many questions 1,000 simulated practitioners are asked, and the cases
python tests/measure.py speed        start to first question, time an answer, one diagnose, against a bare import
python tests/measure.py sources      how much of the article's inventory the pack cites
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kb.engine import Engine  # noqa: E402
from kb.loading import load  # noqa: E402
from kb.model import NONE, Answer, Kind, Question  # noqa: E402
from kb.session import Session  # noqa: E402

SEED = 20261122
BARE_IMPORT = (
    "import collections, collections.abc; collections.Mapping = collections.abc.Mapping; import click, experta"
)
ROUNDS = 15


# --- questions --------------------------------------------------------------------------------------------------------


def simulated_answer(chance: random.Random, question: Question, healthy: bool) -> Answer:
    """Answer as someone might: a healthy practitioner has no danger sign and no condition; any other answers evenly."""
    if question.kind is Kind.SEVERAL:
        options = [option for option in question.option_ids if option != NONE]
        if NONE in question.option_ids and (healthy or chance.random() < 0.5):
            return (NONE,)
        return tuple(option for option in options if chance.random() < 1 / len(options)) or (options[0],)
    if chance.random() < 0.05:
        return "unsure"
    if question.kind is Kind.NUMBER:
        from decimal import Decimal

        return Decimal(chance.randrange(0, 10)) / 2
    return chance.choice(question.option_ids)


def interview_lengths(engine: Engine, people: int, healthy: bool) -> list[int]:
    chance = random.Random(SEED)
    lengths = []
    for _ in range(people):
        session = Session.begin(engine)
        while question := session.next_question():
            screened = healthy and question.id in engine.kb.safety_screens
            session = session.answer(question.id, simulated_answer(chance, question, screened))
        lengths.append(len(session.answers))
    return lengths


def case_lengths(engine: Engine) -> list[int]:
    """Interview each recorded student; what they did not say is answered `unsure`."""
    lengths = []
    for case in engine.kb.cases:
        session = Session.begin(engine)
        while question := session.next_question():
            session = session.answer(question.id, case.answers.get(question.id, "unsure"))
        lengths.append(len(session.answers))
    return lengths


def questions() -> None:
    engine = Engine(load())
    for name, lengths in (
        ("1,000 practitioners, random answers", interview_lengths(engine, 1000, healthy=False)),
        ("1,000 practitioners, nothing on the safety screens", interview_lengths(engine, 1000, healthy=True)),
        (f"{len(engine.kb.cases)} cases, what was not said is unsure", case_lengths(engine)),
    ):
        print(
            f"{name}: mean {statistics.mean(lengths):.1f}, median {statistics.median(lengths):g}, most {max(lengths)}"
        )
    print(f"said at most, before the first question: {Session.begin(engine).most_questions_left()}")


# --- speed ------------------------------------------------------------------------------------------------------------


# As installed: compiled files are kept, whatever the shell that measures prefers.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _process(*command: str, until: bytes = b"") -> float:
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tempfile.gettempdir(), env=ENVIRONMENT
    ) as child:
        assert child.stdout is not None
        seen = b""
        while until and until not in seen:
            chunk = child.stdout.read1(4096)
            if not chunk:
                raise SystemExit(f"{command} ended without {until!r}: {seen!r}")
            seen += chunk
        if not until:
            child.communicate()
        elapsed = time.perf_counter() - start
        child.kill() if until else None
    return elapsed


def speed() -> None:
    cli = [sys.executable, str(ROOT / "cli.py")]
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.yaml"
        answers.write_text(
            "danger-signs: [none]\nhealth-conditions: [none]\npose: dandasana-wall\nlow-back: rounded\n",
            encoding="utf-8",
        )
        commands: dict[str, Callable[[], float]] = {
            "import click, experta": lambda: _process(sys.executable, "-c", BARE_IMPORT),
            "unstuck, to the first question": lambda: _process(*cli, until=b"Question 1"),
            "unstuck diagnose of one case": lambda: _process(*cli, "diagnose", str(answers)),
            "unstuck --version": lambda: _process(*cli, "--version"),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in commands.values():
            run()  # a warm-up, not counted
        for _ in range(ROUNDS):  # interleaved, so that a slow moment of the machine slows all alike
            for name, run in commands.items():
                times[name].append(run())
    base = statistics.median(times["import click, experta"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name}: median {middle * 1000:.0f} ms, {middle / base:.2f} times the import")

    engine = Engine(load(cases=False))
    chance = random.Random(SEED)
    each = []
    for _ in range(100):
        session = Session.begin(engine)
        session.next_question()
        while question := session.next_question():
            start = time.perf_counter()
            answer = simulated_answer(chance, question, question.id in engine.kb.safety_screens)
            session = session.answer(question.id, answer)
            session.next_question()
            session.most_questions_left()
            each.append(time.perf_counter() - start)
    each.sort()
    print(
        f"an answer, inference, next question and how many are left: median {each[len(each) // 2] * 1000:.1f} ms, "
        f"p99 {each[int(len(each) * 0.99)] * 1000:.1f} ms, {len(each)} answers"
    )


# --- sources ----------------------------------------------------------------------------------------------------------


def sources() -> None:
    from tests.inventory import uncited_items

    uncited = uncited_items(load(cases=False))
    for use, (missing, total) in uncited.items():
        print(
            f"use {use}: {total - len(missing)} of {total} cited" + (f", not {', '.join(missing)}" if missing else "")
        )


if __name__ == "__main__":
    chosen = {"questions": questions, "speed": speed, "sources": sources}.get("".join(sys.argv[1:]))
    if chosen is None:
        raise SystemExit(__doc__)
    chosen()
