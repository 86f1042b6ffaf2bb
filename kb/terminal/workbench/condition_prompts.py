"""Ask a teacher under which condition a rule holds: lines that must all hold, each a question and its answers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kb.model.answers import decimal_of
from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Within
from kb.model.knowledge import NONE, Finding, Kind, Question
from kb.terminal.workbench.prompts import Asker, Choices


def condition(asker: Asker, questions: Mapping[str, Question], findings: Mapping[str, Finding]) -> Condition:
    """Ask for the lines that must all hold."""
    texts = [(name, f"{name}: {question.ask}") for name, question in questions.items()]
    texts += [(f"finding {name}", f"finding {name}: {finding.title}") for name, finding in findings.items()]
    choices = Choices(texts)
    first = asker.choice(
        "What is it about? Choose the question that the first line is about.",
        "line",
        choices,
        "A rule holds if all its lines hold. A line is a question and the answers that count, or a finding.",
    )
    lines: list[Condition] = []
    chosen: str | None = first
    while chosen:
        line = _line(asker, questions, chosen)
        if line not in lines:
            lines.append(line)
        asker.ask("Must something else hold as well? A number or a name of those above, or Enter if not.")
        chosen = _another(asker, choices)
    return lines[0] if len(lines) == 1 else All(tuple(lines))


def _another(asker: Asker, choices: Choices) -> str | None:
    while typed := asker.line("line", "All lines of a rule must hold. Enter goes on."):
        if (chosen := choices.named(typed)) is not None:
            return chosen
        asker.say(f"That is not among them. Type a number from 1 to {len(choices.names)}, or Enter.")
    return None


def _line(asker: Asker, questions: Mapping[str, Question], chosen: str) -> Condition:
    if chosen.startswith("finding "):
        return Found((chosen.removeprefix("finding "),))
    question = questions[chosen]
    if question.kind is Kind.NUMBER:
        return _numbers(asker, question)
    choices = Choices([*((option.id, option.text) for option in question.options), (UNSURE, UNSURE)])
    asker.ask(f"{question.ask} Which answers count? Several if any of them will do.")
    asker.show(choices)
    meaning = "Numbers or names, such as 1 3. The last one is for a student who does not know."
    if question.kind is Kind.SEVERAL:
        meaning += " 2? counts a student who is unsure of number 2 alone."
    while True:
        typed = asker.line("answers", meaning)
        words = [typed] if choices.named(typed) else re.split(r"[,;\s]+", typed.strip(" ,;"))
        names = [_option(question, choices, word) for word in words]
        if all(names):
            return Answered(question.id, tuple(dict.fromkeys(filter(None, names))))
        asker.say(f"Type numbers from 1 to {len(choices.names)}, such as 1 or 1 2.")


def _numbers(asker: Asker, question: Question) -> Condition:
    asker.ask(f"{question.ask} Which numbers count? Such as: below 2, at least 5, 2 to 5, or unsure.")
    while True:
        typed = asker.line("numbers", "Below, above, at least or at most a number; two numbers with “to”.")
        within = _range(question.id, typed.casefold())
        if within is not None:
            return within
        asker.say("That cannot be read. Type for example: below 2, or at least 5, or 2 to 5.")


def _option(question: Question, choices: Choices, word: str) -> str | None:
    """Return the answer that a word names, with `?` behind an option that is unsure; None if there is none."""
    name = choices.named(word.removesuffix("?"))
    if name is None or not word.endswith("?"):
        return name
    return f"{name}?" if question.kind is Kind.SEVERAL and name not in (NONE, UNSURE) else None


_RANGE = re.compile(r"(below|under|above|over|at least|at most|from)?\s*(-?[\d.,]+)(?:\s*(?:to|-|–)\s*(-?[\d.,]+))?")


def _range(question: str, typed: str) -> Within | None:
    """Return the bounds that `typed` writes, or None."""
    if typed == UNSURE:
        return Within(question, unsure=True)
    found = _RANGE.fullmatch(typed.strip())
    number = decimal_of(found[2]) if found else None
    if found is None or number is None:
        return None
    if found[3]:
        high = decimal_of(found[3])
        return Within(question, number, high=high) if high is not None and high >= number and not found[1] else None
    word = found[1] or "exactly"
    return {
        "exactly": Within(question, number, high=number),
        "below": Within(question, high=number, high_included=False),
        "under": Within(question, high=number, high_included=False),
        "above": Within(question, number, low_included=False),
        "over": Within(question, number, low_included=False),
        "at least": Within(question, number),
        "from": Within(question, number),
        "at most": Within(question, high=number),
    }[word]
