"""How well is understood what people type? `python -m tests.typed_answers` says so of the table beside this file."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import yaml

from kb.interview.typed_answers import AskBack, Taken, Understood, stopping_questions, understand
from kb.language.loading import load
from kb.model.conditions import UNSURE
from kb.model.knowledge import Answer, Kind, KnowledgeBase, Question

TABLE = Path(__file__).with_suffix(".yaml")


class Row(NamedTuple):
    """One input: what is typed at a question, whether it is an answer or to be asked back, and what it means."""

    question: str
    typed: str
    wanted: str
    meaning: tuple[Answer, ...] = ()


def rows(kb: KnowledgeBase, table: Path = TABLE) -> Iterator[Row]:
    for name, groups in yaml.load(table.read_text(encoding="utf-8"), Loader=yaml.BaseLoader).items():
        for wanted in ("is", "ask"):
            for meaning, inputs in groups.get(wanted, {}).items():
                for typed in inputs:
                    yield Row(name, typed, wanted, _answers(kb.questions[name], meaning, wanted))
        for typed in groups.get("no", ()):
            yield Row(name, typed, "no")


def _answers(question: Question, meaning: str, wanted: str) -> tuple[Answer, ...]:
    if question.kind is Kind.SEVERAL and meaning != UNSURE:
        return tuple(tuple(filter(None, re.split(", ", each))) for each in meaning.split(" | "))
    parted = meaning.replace(" | ", ", ").split(", ") if wanted == "ask" else [meaning]
    if question.kind is Kind.NUMBER:
        return tuple(UNSURE if each == UNSURE else Decimal(each) for each in parted)
    return tuple(parted)


def understood(kb: KnowledgeBase, row: Row) -> Understood:
    can_stop = row.question in kb.kept(stopping_questions)
    return understand(kb.questions[row.question], row.typed, can_stop=can_stop)


def misread(row: Row, came: Understood) -> bool:
    """Say whether something was taken that was not said."""
    return isinstance(came, Taken) and (row.wanted != "is" or (came.answer,) != row.meaning)


def fits(row: Row, came: Understood) -> bool:
    """Say whether a person would feel understood: it is taken, or all that it may mean is among what is asked back."""
    if isinstance(came, Taken):
        return (came.answer,) == row.meaning
    return set(row.meaning) <= set(came.candidates if isinstance(came, AskBack) else came.nearest)


def main() -> int:
    kb = load(cases=False)
    table = [*rows(kb, Path(sys.argv[1]) if sys.argv[1:] else TABLE)]
    came = [understood(kb, row) for row in table]
    wrong = [(row, one) for row, one in zip(table, came) if misread(row, one)]
    meant = [(row, one) for row, one in zip(table, came) if row.wanted != "no"]
    missed = [(row, one) for row, one in meant if not fits(row, one)]
    for heading, some in (("Taken for something else", wrong), ("Not understood", missed)):
        for row, one in some:
            print(f"{heading}: {row.question}: {row.typed!r} means {row.meaning}, came {one}")
    share = 100 * (len(meant) - len(missed)) / len(meant)
    print(f"{len(table)} inputs. {len(wrong)} taken for something else; {share:.1f} % of {len(meant)} understood.")
    return 1 if wrong or share < 90 else 0


if __name__ == "__main__":
    sys.exit(main())
