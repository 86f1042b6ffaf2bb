"""Lead all engines through the same bases, one after the other, round after round.

First their conclusions are compared, after every answer; nothing is timed of engines that do not agree. Then they take
turns, so that a slow moment of the machine slows all alike, and medians are kept.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.knowledge import Answer

from .bases import SEED, random_answers, someones_answer, write_base
from .engines import CLOCK, Variables
from .ours import plain
from .peers import versions
from .workers import OURS, READER, STOCK_MATCHER, BrokenDown, Reader, Spent, Step, TooLong, Worker, keep

NOT_RUN = -1.0
"""The figure of an engine that took too long."""

Say = Callable[[str], None]
AT_AN_INTERVIEW = 5.0
IN_ROUNDS = 20.0
AT_COMPARING = 4.0
PEOPLE = 3

LOAD, PARSE, CHECK, CHECKED_LOAD = "load", "parse", "check", "load before check"
READY, COMPILE, FROM_PRODUCTIONS, FIRST = "ready", "compile", "ready_from_productions", "first_question"
ANSWER, INTERVIEW, ALL_OF_IT, WHOLE, MEMORY = "answer", "interview", "all of it", "whole", "memory"


class Options(NamedTuple):
    """How to measure: `patience` is how many seconds an engine has for a reply, by the clock on the wall."""

    rounds: int
    seed: int = SEED
    patience: float = 60.0
    without: Container[str] = ()


class Base(NamedTuple):
    """What is known of one base, for the table."""

    questions: int
    productions: int
    asked: int
    compared: int


class Figures:
    """Medians by measure, engine and number of rules, in seconds, and in megabytes for memory."""

    def __init__(self) -> None:
        self.medians: dict[tuple[str, str, int], float] = {}
        self.bases: dict[int, Base] = {}
        self.broken_off = False

    def of(self, measure: str, engine: str = OURS) -> dict[int, float]:
        """Return the figures of one engine by number of rules; `NOT_RUN` where it took too long."""
        return {rules: value for (what, who, rules), value in self.medians.items() if (what, who) == (measure, engine)}

    def leave_out(self, engine: str, rules: int) -> None:
        """Note that an engine took too long with so many rules."""
        for measure in (READY, ANSWER, WHOLE, ALL_OF_IT, MEMORY):
            self.medians[measure, engine, rules] = NOT_RUN

    def engines(self, measure: str) -> list[str]:
        """Return the engines that have figures, in the order in which they came."""
        return list(dict.fromkeys(who for what, who, _ in self.medians if what == measure))


class Disagreement(Exception):
    """Two engines concluded differently."""


def measure(sizes: list[int], options: Options, say: Say) -> Figures:
    """Measure all engines that are installed, save those to be left out, on bases of these sizes.

    Raises:
        Disagreement: the engines do not conclude the same.
    """
    figures = Figures()
    names = [OURS, *(name for name, version in versions().items() if version)]
    if versions()["experta, stock"]:
        names.insert(names.index("experta, stock"), STOCK_MATCHER)
    names = [name for name in names if name not in options.without]
    running = names
    for rules in sizes:
        say(f"{rules} rules")
        for name in set(names) - set(running):
            figures.leave_out(name, rules)
        try:
            running = _measure_size(figures, running, rules, options, say)
        except KeyboardInterrupt:
            say("broken off; what was measured so far is in the tables")
            figures.broken_off = True
            break
    return figures


def _measure_size(figures: Figures, names: list[str], rules: int, options: Options, say: Say) -> list[str]:
    """Measure one size; return the engines that need not be left out of larger ones."""
    chance = random.Random(f"people {options.seed} {rules}")
    with tempfile.TemporaryDirectory() as folder:
        kb = load(write_base(Path(folder), rules, options.seed))
        engine = Engine(kb)
        people = [steps_of(engine, interviewed(engine, chance, AT_AN_INTERVIEW)) for _ in range(PEOPLE)]
        whims = [steps_of(engine, random_answers(kb, chance, 25)) for _ in range(2)]
        keep(Path(folder), kb, plain(engine))
        one = _Size(figures, rules, Path(folder), options.patience, say)
        try:
            for name in names:
                one.begin(name)
            compared = one.compare([*whims, people[0]])
            figures.bases[rules] = Base(len(kb.written_questions), len(engine.productions), len(people[0]), compared)
            one.memories(people[0])
            one.rounds(options.rounds, people)
        finally:
            one.end()
        _read(figures, rules, options.rounds, options.patience, Path(folder), say)
    return [name for name in names if figures.medians[READY, name, rules] != NOT_RUN]


def interviewed(engine: Engine, chance: random.Random, most_seconds: float) -> dict[str, Answer]:
    """Return someone's answers in the order in which they were asked, as far as `most_seconds` go."""
    session = Session.begin(engine)
    until = CLOCK() + most_seconds
    while (question := session.next_question()) and CLOCK() < until:
        session = session.answer(question.id, someones_answer(chance, question))
    return dict(session.answers)


def steps_of(engine: Engine, answers: dict[str, Answer]) -> list[Step]:
    """Return answers with the variables they fill."""
    return [
        (name, answer, engine.variables.of_answer(engine.kb.questions[name], answer))
        for name, answer in answers.items()
    ]


class _Size:
    """The engines at work on one base."""

    def __init__(self, figures: Figures, rules: int, folder: Path, patience: float, say: Say) -> None:
        self.figures, self.rules, self.folder, self.patience, self.say = figures, rules, folder, patience, say
        self.workers: dict[str, Worker] = {}
        self.taken: dict[tuple[str, str], list[float]] = {}

    def begin(self, name: str) -> None:
        with self.impatient(name):
            self.workers[name] = Worker(name, self.folder, self.patience)
            self.workers[name].ask("ready")

    def impatient(self, name: str) -> _Impatient:
        return _Impatient(self, name)

    def stop(self, name: str, why: str) -> None:
        self.say(f"  {name}: {why}")
        if worker := self.workers.pop(name, None):
            worker.close()
        self.figures.leave_out(name, self.rules)

    def compare(self, people: list[list[Step]]) -> int:
        """Return after how many answers conclusions were compared.

        Raises:
            Disagreement: with the first difference.
        """
        compared = 0
        for steps in people:
            ours: list[Variables] = self.workers[OURS].ask("derived", steps, AT_COMPARING)
            compared += len(ours)
            for name in list(self.workers)[1:]:
                with self.impatient(name):
                    theirs = self.workers[name].ask("derived", steps, AT_COMPARING)
                    if difference := first_difference(name, steps, ours, theirs):
                        raise Disagreement(f"with {self.rules} rules, {difference}")
        return compared

    def memories(self, steps: list[Step]) -> None:
        """Measure memory in processes that have done nothing else yet."""
        for name in list(self.workers):
            with self.impatient(name):
                fresh = Worker(name, self.folder, self.patience)
                self.figures.medians[MEMORY, name, self.rules] = fresh.ask("memory", steps)
                fresh.close()

    def rounds(self, rounds: int, people: list[list[Step]]) -> None:
        before = {name: worker.busy for name, worker in self.workers.items()}
        for number in range(rounds):
            for name in list(self.workers):
                if number and self.workers[name].busy - before[name] > IN_ROUNDS:
                    continue
                with self.impatient(name):
                    self.turn(name, people[number % len(people)], people[(number + 1) % len(people)])
        for (what, name), values in self.taken.items():
            if name in self.workers:
                self.figures.medians[what, name, self.rules] = statistics.median(values)

    def turn(self, name: str, steps: list[Step], other: list[Step]) -> None:
        """Let one engine become ready, be answered one by one, and all at once."""
        ask = self.workers[name].ask
        ready = ask("ready")
        self.note(READY, name, ready)
        answered: Spent = ask("follow", steps, AT_AN_INTERVIEW)
        self.note(ANSWER, name, answered.each)
        self.note(WHOLE, name, ask("whole", other))
        if answered.answers == len(steps) - 1:
            self.note(ALL_OF_IT, name, ready + answered.seconds)
        if name == OURS:
            for measure in (COMPILE, FROM_PRODUCTIONS, FIRST):
                self.note(measure, name, ask(measure))
            ask("ready")
            self.note(INTERVIEW, name, ask("interview", steps).each)

    def note(self, measure: str, name: str, value: float) -> None:
        self.taken.setdefault((measure, name), []).append(value)

    def end(self) -> None:
        for worker in self.workers.values():
            worker.close()


class _Impatient:
    """Leaves an engine out, from here on, that takes too long or breaks down; our own must do neither."""

    def __init__(self, size: _Size, name: str) -> None:
        self.size, self.name = size, name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if self.name == OURS or not isinstance(error, TooLong | BrokenDown):
            return False
        self.size.stop(self.name, "took too long" if isinstance(error, TooLong) else str(error))
        return True


def first_difference(name: str, steps: list[Step], ours: list[Variables], theirs: list[Variables]) -> str:
    """Return after which answer an engine first concludes otherwise than ours, and how; nothing if it never does."""
    for number, (own, other) in enumerate(zip(ours, theirs), start=1):
        if own != other:
            given = ", ".join(f"{question}: {answer}" for question, answer, _ in steps[:number])
            differing = sorted({variable for variable, _ in own.items() ^ other.items()})
            lines = [
                f"  {variable}: ours {own.get(variable, 'open')}, {name} {other.get(variable, 'open')}"
                for variable in differing
            ]
            return "\n".join([f"{name} concludes otherwise after {given}", *lines[:10]])
    return ""


# --- what stands before the engines -----------------------------------------------------------------------------------


def _read(figures: Figures, rules: int, rounds: int, patience: float, folder: Path, say: Say) -> None:
    try:
        reader = Worker(READER, folder, patience)
        taken: dict[str, list[float]] = {LOAD: [], PARSE: []}
        for number in range(rounds):
            if number and reader.busy > 2 * IN_ROUNDS:
                break
            for what, values in taken.items():
                values.append(reader.ask(what))
        reader.close()
    except TooLong:
        say("  loading took too long")
        return
    for what, values in taken.items():
        figures.medians[what, OURS, rules] = statistics.median(values)


def measure_checks(figures: Figures, sizes: list[int], rounds: int, say: Say) -> None:
    """Measure `rules check` beside loading, on packs without a fault that have cases for every rule."""
    from tests.property.sound import sound_pack

    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack.yaml"
        pack.write_text(sound_pack(SEED), encoding="utf-8")
        Reader(pack).check()  # a warm-up
        for rules in sizes:
            say(f"{rules} rules, checked")
            pack.write_text(sound_pack(SEED, rules=rules), encoding="utf-8")
            for what, time_it in ((CHECKED_LOAD, Reader(pack).load), (CHECK, Reader(pack).check)):
                figures.medians[what, OURS, rules] = statistics.median(_repeated(time_it, rounds))


def _repeated(time_it: Callable[[], float], rounds: int) -> Iterator[float]:
    spent = 0.0
    for _ in range(rounds):
        seconds = time_it()
        spent += seconds
        yield seconds
        if spent > IN_ROUNDS:
            return
