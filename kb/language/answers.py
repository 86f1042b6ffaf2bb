"""Turn what people write into answers, and answers back into what people read.

Answers come from three places. A file of answers and the cases among the rules say in ids what they mean
(`read_answers`, `decode_answers`). At a prompt a person types numbers, words or beginnings of words (`understand`, from
`kb.interview.typed_answers`). Whichever it was, an answer has one form, which `kb.model.knowledge.Answer` describes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from kb.language.document import START, Document, Fields
from kb.model.answers import AnswerFault, Refused, examine
from kb.model.conditions import UNSURE
from kb.model.knowledge import Answer, Question
from kb.model.problems import AnswersError
from kb.text.wrapping import quoted

__all__ = [
    "AnswerFault",
    "as_data",
    "decode_answer",
    "decode_answers",
    "in_words",
    "read_answers",
    "read_answers_file",
]


def read_answers(text: str, path: str, questions: Mapping[str, Question]) -> dict[str, Answer]:
    """Return the answers in YAML or JSON `text`, by question; `path` is what its problems are reported under.

    Raises:
        AnswersError: with every problem of the text.
    """
    from kb.language.yaml_source import read  # only now: most readers of this module show answers, and never parse any

    return _answers_of(read(text, path), questions)


def read_answers_file(path: str | Path, questions: Mapping[str, Question]) -> dict[str, Answer]:
    """Return the answers in a YAML or JSON file (`-`: on standard input), by question.

    Raises:
        AnswersError: with every problem of the file.
    """
    from kb.language.yaml_source import read_file

    return _answers_of(read_file(path), questions)


def _answers_of(document: Document, questions: Mapping[str, Question]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    if isinstance(document.root, Fields):
        answers = decode_answers(document, document.root, questions)
    elif document.root is not None and not document.problems:
        message = "this is no set of answers."
        document.fault(START, "wrong-shape", message, "Write a line “question: answer” for each.")
    if document.problems:
        raise AnswersError(document.problems)
    return answers


def decode_answers(document: Document, fields: Fields, questions: Mapping[str, Question]) -> dict[str, Answer]:
    """Return the answers that `fields` holds, by question; what is wrong with the others is noted in `document`."""
    answers: dict[str, Answer] = {}
    for name, value in fields.items():
        if document.full:
            break
        question = questions.get(name)
        if question is None:
            message = f"there is no question {quoted(name)}."
            way_out = "Look at the spelling; the questions stand in the files of the pack."
            document.fault(fields.key_at[name], "unknown-question", message, way_out, meant=(name, questions))
            continue
        answer, faults = examine(question, value)
        for fault in faults:
            at = fields.value_at[name] if fault.item is None else value.item_at[fault.item]
            document.fault(at, fault.problem, fault.message, fault.way_out)
        if answer is not None:
            answers[name] = answer
    return answers


def decode_answer(question: Question, value: Any) -> Answer:
    """Return the answer that `value` (a text, a number or a list of options) is to `question`.

    Raises:
        AnswerFault: if it is none.
    """
    answer, faults = examine(question, str(value) if isinstance(value, Refused) else value)
    if answer is None:
        raise faults[0]
    return answer


def as_data(answer: Answer) -> str | int | float | list[str]:
    """Return an answer as JSON has it; `decode_answer` takes it back."""
    if isinstance(answer, Decimal):
        return int(answer) if answer == answer.to_integral_value() else float(answer)
    return answer if isinstance(answer, str) else list(answer)


def in_words(question: Question, answer: Answer) -> str:
    """Return an answer as the person who gave it reads it."""
    if isinstance(answer, Decimal):
        return _amount(answer, question.unit)
    texts = {option.id: option.text for option in question.options}
    if isinstance(answer, str):
        return UNSURE if answer == UNSURE else texts.get(answer, answer)
    return "; ".join(_chosen(texts, answer)) or "none of them"


def _chosen(texts: Mapping[str, str], options: Sequence[str]) -> Iterator[str]:
    for option in options:
        name = option.removesuffix("?")
        yield texts.get(name, name) + (" (unsure)" if name != option else "")


def _amount(number: Decimal, unit: str) -> str:
    """Return a number and its unit; parts of a minute in seconds, as people say them."""
    seconds = int((number * 60).to_integral_value())
    if unit == "minutes" and seconds > 0 and number != number.to_integral_value():
        parts = ((seconds // 60, "minute"), (seconds % 60, "second"))
        return " ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in parts if count)
    return f"{number:f} {unit.removesuffix('s') if number == 1 else unit}"
