"""Any bytes as answers: in a file, and typed at a prompt.

The first byte says which of the two, and at which question something is typed.
"""

from __future__ import annotations

import json
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.interview.typed_answers import NotUnderstood, Taken, understand
from kb.language.answers import read_answers
from kb.language.loading import load
from kb.language.yaml_source import read, read_file
from kb.model.answers import examine, in_words
from kb.model.knowledge import Answer, KnowledgeBase, Question
from kb.model.problems import MOST_PROBLEMS, AnswersError
from kb.model.stored_answers import plain
from kb.report.build import build_report, to_json
from kb.report.html import Cover, to_html
from kb.report.rendering import to_markdown, to_text
from tests.small import small
from tests.tools.fuzz.picking import share
from tests.tools.fuzz.promises import Broken, harmless, in_time, short

MOST_IN_A_MESSAGE = 1_500


@cache
def _small() -> Engine:
    return Engine(small())


@cache
def _asked() -> tuple[Question, ...]:
    """Return the questions of both packs, those of the small one first."""
    return (*_small().kb.questions.values(), *load(cases=False).questions.values())


_TYPED = (
    *(
        "1",
        "2?",
        "1 3",
        "1, 2 and 3",
        "4-6",
        "none of these",
        "unsure",
        "y",
        "n",
        "yes",
        "1:30",
        "2 min 30 s",
        "½ hour",
    ),
    *(
        "about 2,5 minutes",
        "leg clot?",
        "sitting",
        "it rounds back",
        "0",
        "not sure",
        "-1",
        "1.5 h",
        "90 s",
        "stress&sits",
    ),
)
_FILES = (
    "danger: none\nlow-back: rounded\npose: sitting\nhold: 2.5\nhabits: [sits, stress]\nbones: unsure\n",
    'danger: ["swollen?", numb]\nbreathless: yes\nafter-lean-back: better\n',
    '{"danger": ["none"], "hold": 1.5, "low-back": "unsure", "habits": []}',
    "felt: sharp\nhold: {at-least: 2}\n",
)


def seeds() -> tuple[bytes, ...]:
    """Return answers to begin with: some files, and what people type at every question."""
    count = len(_asked())
    typed = [bytes([128 + number % min(count, 127)]) + text.encode() for number in range(count) for text in _TYPED[::5]]
    typed += [bytes([128 + number]) + text.encode() for number in range(8) for text in _TYPED]
    return (*(b"\x00" + text.encode() for text in _FILES), *typed)


def run(data: bytes) -> None:
    """Take `data` as answers, and look at all that comes of it."""
    with in_time():
        first, rest = data[:1] or b"\x00", data[1:]
        if first[0] >= 128:
            asked = _asked()
            _type(asked[(first[0] - 128) % len(asked)], rest.decode("utf-8", "replace"))
        else:
            _read(_small(), rest, data)


def _type(question: Question, text: str) -> None:
    """Type a line at a question. What is understood, or asked back, is an answer to it, and is told back in words."""
    understood = understand(question, text)
    if isinstance(understood, NotUnderstood):
        short(harmless(f"{understood.message} {understood.way_out}"), MOST_IN_A_MESSAGE)
        answers = understood.nearest
    else:
        answers = (understood.answer,) if isinstance(understood, Taken) else understood.candidates
    for answer in answers:
        _keeps(question, answer)


def _keeps(question: Question, answer: Answer) -> None:
    again, _ = examine(question, plain(answer))
    if again != answer:
        raise Broken(f"{answer!r} is kept as {plain(answer)!r} and comes back as {again!r}")
    short(harmless(in_words(question, answer)), MOST_IN_A_MESSAGE)


def _read(engine: Engine, data: bytes, whole: bytes) -> None:
    """Read a file of answers, and report on them in all forms."""
    kb: KnowledgeBase = engine.kb
    try:
        if share(whole, 64):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "answers.yaml")
                path.write_bytes(data)
                answers = read_answers(read_file(path), kb.questions)
        else:
            answers = read_answers(read(data.decode("utf-8", "replace"), "answers"), kb.questions)
    except AnswersError as refusal:
        if len(refusal.problems) > MOST_PROBLEMS + 1:
            raise Broken(f"{len(refusal.problems)} problems are listed") from None
        for problem in refusal.problems:
            short(harmless(str(problem)), MOST_IN_A_MESSAGE)
        return
    for name, answer in answers.items():
        _keeps(kb.questions[name], answer)
    if not share(whole, 4):
        return
    report = build_report(Session.begin(engine, answers))
    for written in (to_text(report, 40), to_markdown(report), to_html(report, Cover("A", "en", date(2026, 1, 1)))):
        harmless(written)
    if json.loads(harmless(to_json(report)))["outcome"] != report.outcome.value:
        raise Broken("the JSON says something else")
