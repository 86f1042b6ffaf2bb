"""Interviews at a real terminal that are killed at a random moment, and what is left of them."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from typing import NamedTuple

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.journal.sessions import Saved, open_journal
from kb.model.knowledge import Answer, KnowledgeBase, Question
from kb.model.stored_answers import plain
from kb.text.wrapping import wrapped
from tests.people import answer_at_random, typed, typed_answer
from tests.tools.ptys import PATIENCE, Terminal

REPORT = "the report"
WIDTH = 78
_PROMPTS = re.compile(r"(?:^|\n)(?:report)?> $")
_AT_THE_REPORT = ("better", "same", "worse", "try", "skip", "better", "same", "review")


class Killed(NamedTuple):
    """What was left of a killed interview: `faults` in sentences, how many answers were confirmed before, and where."""

    faults: tuple[str, ...]
    confirmed: int
    where: str
    stage: str


def killed(kb: KnowledgeBase, seed: int, folder: Path) -> Killed:
    """Hold an interview with random answers, kill it, and return what the journal and `unstuck resume` make of it."""
    path = folder / f"{seed}.sqlite3"
    environment = {"UNSTUCK_JOURNAL": str(path), "UNSTUCK_NO_JOURNAL": "", "NO_COLOR": "1"}
    person = _Person(kb, random.Random(seed))
    with Terminal(environment=environment) as terminal:
        person.converse(terminal)
        terminal.process.kill()
        terminal.process.wait()
    saved = None
    if path.exists():
        with open_journal(path) as journal:
            saved = journal.saved(1)
    faults = [*person.lost(saved), *_not_resumed(person, saved, environment)]
    stage = "among the questions" if not person.attempts else "while trying"
    return Killed(tuple(faults), len(person.confirmed) + person.attempts, person.where, stage)


class _Person:
    """Someone who answers at random, and is interrupted at a moment that is random too."""

    def __init__(self, kb: KnowledgeBase, chance: random.Random) -> None:
        self.kb = kb
        self.chance = chance
        self.openings = {next(iter(wrapped(each.ask, WIDTH))): each for each in kb.questions.values()}
        self.moment = chance.randrange(0, 30)
        self.healthy = chance.random() < 0.9
        self.confirmed: dict[str, Answer] = {}
        self.attempts = 0
        self.where = ""
        self.racing = ""
        self.went_back = False
        self._order: list[str] = []

    def converse(self, terminal: Terminal) -> None:
        self._see(_chunk(terminal))
        for _ in range(self.moment):
            question = self.kb.questions.get(self.where)
            line = self._line(question)
            terminal.type(line + "\n")
            self.went_back = line == "back"
            chunk = _chunk(terminal)
            self._confirm(question, line, chunk)
            self._see(chunk)
        self._be_interrupted(terminal)

    def lost(self, saved: Saved | None) -> list[str]:
        """Say what was confirmed and is not in the journal."""
        if saved is None:
            return [f"nothing is kept of {len(self.confirmed)} answers"] if self.confirmed else []
        attempts = sum(event.kind == "attempt" for event in saved.events)
        open_to_chance = (self._order[-1] if self.racing == "back" else self.where) if self.racing else ""
        faults = [
            f"{name} was answered {plain(answer)}, kept is {saved.answers.get(name)}"
            for name, answer in self.confirmed.items()
            if saved.answers.get(name) != plain(answer) and name != open_to_chance
        ]
        if self.racing != "back" and attempts < self.attempts:
            faults.append(f"{self.attempts} attempts were told, kept are {attempts}")
        return faults

    def _line(self, question: Question | None) -> str:
        if question is None:
            return self.chance.choice(_AT_THE_REPORT)
        if self._order and self.chance.random() < 0.08 and not question.after_advice:
            return "back"
        return typed(question, answer_at_random(self.chance, question, self.healthy))

    def _confirm(self, question: Question | None, line: str, chunk: str) -> None:
        """Take down what the program has understood, now that it asks the next thing."""
        if question is None:
            refused = "There is nothing to try now" in chunk or "The stop stands" in chunk
            self.attempts += line in ("better", "same", "worse", "skip") and not refused
        elif line == "back":  # it may be kept, as an old answer; it need not be
            self.confirmed.pop(self._order.pop(), None)
        else:
            self.confirmed[question.id] = typed_answer(question, line)
            self._order = [*(name for name in self._order if name != question.id), question.id]

    def _see(self, chunk: str) -> None:
        """Take in which question is asked now."""
        self.where = asked_in(chunk, self.openings)
        if self.where == REPORT:
            self._order = []

    def _be_interrupted(self, terminal: Terminal) -> None:
        how = self.chance.randrange(3)
        line = self._line(self.kb.questions.get(self.where))
        if how == 1:
            terminal.type(line[: self.chance.randrange(len(line)) + 1])
        elif how == 2:
            self.racing = line
            terminal.type(line + "\n")
        if how:
            time.sleep(self.chance.random() * 0.03)


def asked_in(chunk: str, openings: dict[str, Question]) -> str:
    """Return the question that stands last in what was shown, or that it is the prompt at the report."""
    if chunk.endswith("report> "):
        return REPORT
    found = [openings[line].id for line in chunk.split("\n") if line in openings]
    assert found, f"no question is asked here:\n{chunk}"
    return found[-1]


def _chunk(terminal: Terminal) -> str:
    """Return what appears up to the next prompt."""
    begun, start = time.monotonic(), len(terminal.plain)
    while True:
        fresh = terminal.plain[start:]
        if _PROMPTS.search(fresh):
            return fresh
        assert time.monotonic() - begun < PATIENCE, f"no prompt comes:\n{terminal.plain}"
        assert terminal._piece() is not None, f"it ended before a prompt came:\n{terminal.plain}"


def _not_resumed(person: _Person, saved: Saved | None, environment: dict[str, str]) -> list[str]:
    """Say what is wrong with how the interview goes on."""
    finished = saved is not None and saved.finished is not None
    arguments = ["resume", "1"] if finished else ["resume"]
    with Terminal(*arguments, environment=environment) as terminal:
        if saved is None or not saved.answers:
            return [] if terminal.end() == 0 and "no unfinished interview" in terminal.plain else ["it went on"]
        try:
            where = asked_in(_chunk(terminal), person.openings)
        except AssertionError as error:
            return [f"it does not go on: {error}"]
    if where == person.where or (person.went_back and person.attempts):
        return []  # while trying, `back` opens an answer to be changed; as long as it is not, nothing has happened
    following = Session.begin(Engine(person.kb), _fitting(person.kb, saved)).next_question()
    moved_on = person.racing and (where == (following.id if following else REPORT) or _tried(saved))
    return [] if moved_on else [f"it goes on at {where} rather than {person.where} (typed last: {person.racing!r})"]


def _fitting(kb: KnowledgeBase, saved: Saved) -> dict[str, Answer]:
    from kb.model.stored_answers import still_fitting

    return still_fitting(kb, saved.answers, saved.asked).answers


def _tried(saved: Saved) -> bool:
    return any(event.kind == "attempt" for event in saved.events)
