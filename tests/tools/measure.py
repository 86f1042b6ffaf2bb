"""Measure, and print what was measured; nothing here passes or fails.

python tests/tools/measure.py questions
    how many questions 1,000 simulated practitioners are asked, and the cases
python tests/tools/measure.py speed
    start to first question, time an answer, one diagnose, against a bare import
python tests/tools/measure.py start [N]
    what a start consists of: processor time of each part, the least of N (15) runs
python tests/tools/measure.py sources
    how much of the article's inventory the pack cites
python tests/tools/measure.py agree [N]
    N (20,000) answer sets, to the engine and to the answer-set program: what differs
python tests/tools/measure.py sound [N]
    what the check says of N (200) packs that have no fault
python tests/tools/measure.py explain [N]
    N (1,000) explanations of each kind, each claim replayed: what is false
python tests/tools/measure.py kill [N]
    N (500) interviews at a terminal, killed at a random moment: what is lost
python tests/tools/measure.py load
    reading and loading against PyYAML's C loader, and how loading grows with the rules
python tests/tools/measure.py check
    the check against a bare import, and how it grows with the rules
python tests/tools/measure.py journal
    the first page of the list of sessions: 10,000 sessions against ten
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
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from kb.inference.engine import Engine  # noqa: E402
from kb.interview.session import Session  # noqa: E402
from kb.language.loading import load  # noqa: E402
from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question  # noqa: E402
from tests.helpers import load_text  # noqa: E402

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


# What the script does that an installation puts on the path.
INSTALLED = (sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()")


def _process(*command: str, until: bytes = b"", environment: dict[str, str] = ENVIRONMENT) -> float:
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tempfile.gettempdir(), env=environment
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
    from tests.tools.startup import at_home

    with tempfile.TemporaryDirectory() as folder:
        home = at_home(Path(folder))
        answers = Path(folder) / "answers.yaml"
        answers.write_text(
            "danger-signs: [none]\nhealth-conditions: [none]\npose: dandasana-wall\nlow-back: rounded\n",
            encoding="utf-8",
        )
        commands: dict[str, Callable[[], float]] = {
            "import click": lambda: _process(sys.executable, "-c", "import click"),
            "import click, experta": lambda: _process(sys.executable, "-c", BARE_IMPORT),
            "unstuck, to the first question": lambda: _process(*INSTALLED, until=b"Question 1", environment=home),
            "the same with no journal": lambda: _process(
                *INSTALLED, "--no-journal", until=b"Question 1", environment=home
            ),
            "the same without a cache": lambda: _process(
                *INSTALLED, until=b"Question 1", environment=home | {"UNSTUCK_NO_CACHE": "1"}
            ),
            "unstuck diagnose of one case": lambda: _process(*INSTALLED, "diagnose", str(answers), environment=home),
            "unstuck --version": lambda: _process(*INSTALLED, "--version", environment=home),
            "unstuck --help": lambda: _process(*INSTALLED, "--help", environment=home),
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in commands.values():
            run()  # a warm-up, not counted
        for _ in range(ROUNDS):  # interleaved, so that a slow moment of the machine slows all alike
            for name, run in commands.items():
                times[name].append(run())
    click, experta = (statistics.median(times[name]) for name in ("import click", "import click, experta"))
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(
            f"{name}: median {middle * 1000:.0f} ms, "
            f"{middle / experta:.2f} times the import of click and experta, {middle / click:.2f} times that of click"
        )

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


# --- what a start consists of -----------------------------------------------------------------------------------------


def start(count: str = "15") -> None:
    from tests.tools.startup import start_times

    start_times(int(count), BARE_IMPORT)


# --- sources ----------------------------------------------------------------------------------------------------------


def sources() -> None:
    from tests.tools.inventory import uncited_items

    uncited = uncited_items(load(cases=False))
    for use, (missing, total) in uncited.items():
        print(
            f"use {use}: {total - len(missing)} of {total} cited" + (f", not {', '.join(missing)}" if missing else "")
        )


# --- proofs -----------------------------------------------------------------------------------------------------------

STUDENTS = 40  # answer sets tried on one knowledge base


def agree(count: str = "20000") -> None:
    from hypothesis import HealthCheck, Phase, given, seed, settings

    from kb.proof.students import THIS
    from tests.property.agreement import PAIRS
    from tests.property.sound import sound_pack
    from tests.property.strategies import knowledge_bases

    bases = int(count) // STUDENTS // 4
    tally = _Tally()

    def drawn(strategy: Any, try_one: Callable[[Any], None]) -> None:
        calm = list(HealthCheck)
        fixed = settings(max_examples=bases, database=None, suppress_health_check=calm, phases=[Phase.generate])
        seed(SEED)(fixed(given(strategy)(try_one)))()

    shipped = load(cases=False)
    parts: dict[str, Callable[[], None]] = {
        "random bases": lambda: drawn(knowledge_bases(), lambda kb: tally.compare({THIS: kb})),
        "random pairs": lambda: drawn(PAIRS, lambda pair: tally.compare(dict(zip(("old", "new"), pair)))),
        "sound packs": lambda: [tally.compare({THIS: load_text(sound_pack(each))}) for each in range(bases)],
        "shipped pack": lambda: tally.compare({THIS: shipped}, STUDENTS * bases),
    }
    for name, run in parts.items():
        before, start = tally.tried, time.perf_counter()
        run()
        print(f"{name}: {tally.tried - before} answer sets, {time.perf_counter() - start:.1f} s")
    print(f"{tally.tried} answer sets, {len(tally.different)} of them told differently")
    for line in tally.different[:10]:
        print(line)


class _Tally:
    """How many answer sets were tried, and on which the two sides differ."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.tried = 0
        self.different: list[str] = []

    def compare(self, worlds: dict[str, KnowledgeBase], people: int = STUDENTS) -> None:
        from kb.proof.students import Students
        from tests.property.agreement import common_questions, differences, someone

        students, engines = Students(worlds), {name: Engine(kb) for name, kb in worlds.items()}
        questions = common_questions(students)
        screens = {screen for kb in worlds.values() for screen in kb.safety_screens}
        for _ in range(people):
            answers = someone(self.chance, questions, screens)
            self.tried += 1
            if unlike := differences(students, engines, answers):
                self.different.append(f"{answers}: {'; '.join(unlike)}")


def sound(count: str = "200") -> None:
    from kb.workbench.checks import check as problems_in
    from tests.property.sound import sound_pack

    sizes, problems = [], []
    for seed in range(int(count)):
        kb = load_text(sound_pack(seed))
        sizes.append(len(kb.rules))
        problems += [f"pack {seed}: {problem}" for problem in problems_in(kb)]
    print(f"{count} sound packs of {min(sizes)} to {max(sizes)} rules: {len(problems)} problems")
    for line in problems[:10]:
        print(line)


# --- explanations -----------------------------------------------------------------------------------------------------


def explain(count: str = "1000") -> None:
    from tests.tools.replaying import replay_all

    replay_all(int(count), SEED)


# --- loading ----------------------------------------------------------------------------------------------------------


def loading() -> None:
    from tests.tools.loads import loading_times

    loading_times()


# --- the check --------------------------------------------------------------------------------------------------------


def check() -> None:
    commands = {
        "import click, experta, clingo": (sys.executable, "-c", f"{BARE_IMPORT}, clingo"),
        "unstuck rules check": (sys.executable, str(ROOT / "cli.py"), "rules", "check"),
        "unstuck rules test": (sys.executable, str(ROOT / "cli.py"), "rules", "test"),
    }
    for name, command in commands.items():  # a warm-up, not counted: a command that breaks down is no measurement
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", env=ENVIRONMENT)
        if ended.returncode > 1 or "Traceback" in ended.stderr:
            raise SystemExit(f"{name} broke down:\n{ended.stderr}")
        print(f"{name}: exit code {ended.returncode}. {ended.stdout.strip().rpartition(chr(10))[2]}")
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(_process(*command))
    base = statistics.median(times["import click, experta, clingo"])
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name}: median {middle * 1000:.0f} ms, {middle / base:.2f} times the import")
    growth((100, 300, 1000))


def growth(sizes: tuple[int, ...]) -> None:
    """Print what loading and checking take for generated packs of these sizes, and with which power they grow.

    Once with cases, where nothing is wrong, and once without, where each rule is shown a student who meets it.
    """
    from math import log

    from tests.property.sound import sound_pack

    texts = {size: sound_pack(SEED, rules=size) for size in sizes}
    _load_and_check(sound_pack(SEED))  # a warm-up: what is imported on the way is not counted
    for what in ("with cases", "without cases"):
        columns = f"{'rules':>6} {'problems':>9} {'load':>9} {'check':>9} {'ratio':>6}"
        print(f"\n{what:>13}: {columns}   growth of load, check")
        last: tuple[float, ...] = ()
        for text in texts.values():
            shown = text if what == "with cases" else text.partition("\ncases:\n")[0]
            rounds = [_load_and_check(shown) for _ in range(3)]
            rules, problems, load_time, check_time = (statistics.median(each) for each in zip(*rounds))
            now = (rules, load_time, check_time)
            powers = [f"{log(new / old) / log(now[0] / last[0]):.2f}" for new, old in zip(now[1:], last[1:])]
            print(
                f"{'':>13}  {rules:>6} {problems:>9} {load_time:>7.2f} s {check_time:>7.2f} s "
                f"{check_time / load_time:>6.1f}   {', '.join(powers)}",
                flush=True,
            )
            last = now


def _load_and_check(text: str) -> tuple[float, ...]:
    """Return how many rules and problems a pack has, and the seconds that it took to load and to check it."""
    from kb.workbench.checks import check as problems_in

    start = time.perf_counter()
    kb = load_text(text)
    loaded = time.perf_counter()
    problems = problems_in(kb)
    return len(kb.rules), len(problems), loaded - start, time.perf_counter() - loaded


# --- killed -----------------------------------------------------------------------------------------------------------


def kill(count: str = "500") -> None:
    from collections import Counter

    from tests.tools.killing import REPORT, killed

    kb = load(cases=False)
    confirmed, places, faults = 0, Counter[str](), []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(int(count)):
            left = killed(kb, seed, Path(folder))
            confirmed += left.confirmed
            places["at the report" if left.where == REPORT else left.stage] += 1
            faults += [f"interview {seed}: {fault}" for fault in left.faults]
    where = ", ".join(f"{number} {place}" for place, number in places.most_common())
    print(f"{count} interviews killed ({where}), {confirmed} confirmed answers: {len(faults)} lost or not resumed")
    for line in faults[:10]:
        print(line)


# --- the journal ------------------------------------------------------------------------------------------------------


def journal() -> None:
    from tests.tools.journals import fill

    with tempfile.TemporaryDirectory() as folder:
        times: dict[int, list[float]] = {10: [], 10_000: []}
        command = (sys.executable, str(ROOT / "cli.py"), "journal")
        for count in times:
            fill(Path(folder) / f"{count}.sqlite3", count)

        def page(count: int) -> float:
            ENVIRONMENT["UNSTUCK_JOURNAL"] = f"{folder}/{count}.sqlite3"
            return _process(*command)

        ENVIRONMENT.pop("UNSTUCK_NO_JOURNAL", None)
        shown = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            env=ENVIRONMENT | {"UNSTUCK_JOURNAL": f"{folder}/10000.sqlite3"},
        )
        if shown.returncode or "--before 9981" not in shown.stdout or "Week of" not in shown.stdout:
            raise SystemExit(f"the list broke down:\n{shown.stdout}{shown.stderr}")
        for count in times:
            page(count)  # a warm-up, not counted
        for _ in range(ROUNDS):
            for count, taken in times.items():
                taken.append(page(count))
    few, many = (statistics.median(taken) for taken in times.values())
    print(f"unstuck journal: median {few * 1000:.0f} ms with 10 sessions, {many * 1000:.0f} ms with 10,000")
    print(f"10,000 sessions against ten: {many / few:.2f} times")


COMMANDS: dict[str, Callable[..., None]] = {
    each.__name__: each for each in (questions, speed, start, sources, agree, sound, explain, check, kill, journal)
} | {"load": loading}

if __name__ == "__main__":
    name, *more = sys.argv[1:] or [""]
    if (
        name not in COMMANDS
        or len(more) > (name in ("agree", "sound", "explain", "kill", "start"))
        or not all(each.isdigit() for each in more)
    ):
        raise SystemExit(__doc__)
    COMMANDS[name](*more)
