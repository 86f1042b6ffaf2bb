"""Read answers from a file, or from the cases among the rules: they say in ids what is meant.

What a person types at a prompt is understood in `kb.interview.typed_answers`.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb.language.document import Document, Fields
from kb.model.answers import examine
from kb.model.knowledge import Answer, Question
from kb.model.problems import AnswersError
from kb.text.wrapping import quoted


def read_answers(document: Document, questions: Mapping[str, Question]) -> dict[str, Answer]:
    """Return the answers that a YAML or JSON file holds, by question.

    Raises:
        AnswersError: with every problem of the file.
    """
    fields = document.fields_or("this is no set of answers.", "Write a line “question: answer” for each.")
    answers = decode_answers(document, fields, questions)
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
