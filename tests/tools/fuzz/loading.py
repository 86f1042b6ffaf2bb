"""Any bytes as a pack: loaded, checked, asked and reported."""

from __future__ import annotations

import random
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language import catalogue
from kb.language.extension import override_lines
from kb.language.loading import examine
from kb.language.yaml_source import read
from kb.model.knowledge import Kind, KnowledgeBase, Question
from kb.model.problems import MOST_PROBLEMS, KnowledgeBaseError, Problem
from kb.report.build import build_report, to_json
from kb.report.html import Cover, to_html
from kb.report.rendering import to_markdown, to_text
from kb.workbench import checks
from kb.workbench.checks import problem_formats
from tests.helpers import load_text
from tests.property.sound import sound_pack
from tests.small import SMALL
from tests.tools.fuzz.picking import share
from tests.tools.fuzz.promises import Broken, harmless, in_time, short

KINDS = problem_formats.by_id((*catalogue.KINDS, *checks.KINDS))
MOST_IN_A_MESSAGE = 2_500


def seeds() -> tuple[bytes, ...]:
    """Return packs to begin with: one of everything, some made by chance, and single items."""
    made = [sound_pack(seed, 3).encode() for seed in range(8)]
    parts = SMALL.split("\n")
    made = [one for one in made if len(one) < 4_000]
    return (SMALL.encode(), *made, *("\n".join(parts[start : start + 8]).encode() for start in range(0, len(parts), 8)))


def run(data: bytes) -> None:
    """Load `data` as a pack, and look at all that comes of it."""
    with in_time():
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = None
        if text is None or share(data, 64):
            kb = _from_a_file(data, share(data, 256))
        else:
            try:
                kb = load_text(text)
            except KnowledgeBaseError as refusal:
                _listed(refusal.problems)
                return
            if share(data, 8) and read(text, "").broken:
                raise Broken("what cannot be read to its end is taken for a whole pack")
        if kb is not None and kb.packs:
            _use(kb, data)


def _from_a_file(data: bytes, checked: bool) -> KnowledgeBase | None:
    """Load a file as `rules check` does, and return what it holds if nothing is wrong with it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pack.yaml")
        path.write_bytes(data)
        kb, unread = examine(path)
    _listed(unread)
    if checked or not unread:
        _listed(problems := tuple(checks.check(kb, partial=bool(unread))))
        harmless(problem_formats.to_json(problems, KINDS))
        harmless("\n".join(problem_formats.to_text(problems, KINDS, 80)))
        harmless("\n".join(problem_formats.to_github(problems, KINDS)))
        harmless(problem_formats.to_sarif(problems, KINDS, "1"))
    return None if unread else kb


def _listed(problems: tuple[Problem, ...]) -> None:
    """Look at problems as they are shown."""
    for problem in problems:
        short(harmless(str(problem)), MOST_IN_A_MESSAGE)
    if len({(problem.place.path) for problem in problems}) == 1 and len(problems) > MOST_PROBLEMS + 1:
        raise Broken(f"{len(problems)} problems are listed")


def _use(kb: KnowledgeBase, data: bytes) -> None:
    """Look at the texts of a knowledge base, ask its questions, and write the report in all its problem_formats."""
    for text in _texts(msgspec.to_builtins(kb)):
        harmless(text)
    chance = random.Random(len(data))
    session = Session.begin(Engine(kb))
    for _ in range(12):
        question = session.next_question()
        if question is None:
            break
        session = session.answer(question.id, _some_answer(question, chance))
    report = build_report(session)
    for written in (to_text(report, 60), to_markdown(report), to_json(report)):
        harmless(written)
    page = harmless(to_html(report, Cover(kb.packs[0].title, kb.packs[0].language, date(2026, 1, 1))))
    if "<script" in page.casefold() or "javascript:" in page.casefold().replace("javascript:y)", ""):
        raise Broken("a script is in the page")
    for line in override_lines(kb):
        harmless(line)


def _some_answer(question: Question, chance: random.Random) -> Any:
    if question.kind is Kind.NUMBER or not question.options:
        return "unsure"
    option = chance.choice(question.option_ids)
    return (option,) if question.kind is Kind.SEVERAL else option


def _texts(data: Any) -> list[str]:
    """Return every text in plain data."""
    todo, texts = [data], []
    for one in todo:
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, dict):
            todo.extend((*one.keys(), *one.values()))
        elif isinstance(one, list | tuple):
            todo.extend(one)
    return texts
