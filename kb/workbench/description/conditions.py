"""Read a condition in plain English: the questions as they are asked, the answers as people read them.

What comes out are `Paragraph`s; whoever shows them wraps and colours them. Names stand in parentheses behind what
people read, since a teacher looks for the one and writes the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kb.model.answers import in_words
from kb.model.conditions import UNSURE, All, Answered, Any, Condition, Found, Not, Within
from kb.model.knowledge import KnowledgeBase, Question
from kb.text.blocks import Paragraph, Role

Verdict = Callable[[Condition], str]
"""Says of a part of a condition how it stands with some answers."""


def reading(
    kb: KnowledgeBase, condition: Condition, margin: str = "  ", verdict: Verdict | None = None
) -> Iterator[Paragraph]:
    """Yield `condition` in plain English, a line for each part, and under each what `verdict` says of it."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    for part in parts:
        yield from _part(kb, part, margin, verdict)


def _part(kb: KnowledgeBase, condition: Condition, margin: str, verdict: Verdict | None) -> Iterator[Paragraph]:
    match condition:
        case All(parts):
            yield Paragraph("all of this:", first=f"{margin}- ")
        case Any(parts):
            yield Paragraph("one of these, or more:", first=f"{margin}- ")
        case Not(part):
            yield Paragraph("it is ruled out that:", first=f"{margin}- ")
            parts = (part,)
        case Found(findings):
            yield Paragraph("it was found:", first=f"{margin}- ")
            yield from _alternatives((titled(kb.findings[name].title, name) for name in findings), margin)
            parts = ()
        case Answered() | Within():
            question = kb.questions[condition.question]
            yield Paragraph(titled(question.ask, question.id), first=f"{margin}- ")
            yield from _alternatives(wanted(question, condition), margin)
            parts = ()
    if verdict is not None:
        yield Paragraph(verdict(condition), Role.QUIET, f"{margin}  -> ")
    for part in parts:
        yield from _part(kb, part, margin + "  ", verdict)


def _alternatives(texts: Iterable[str], margin: str) -> Iterator[Paragraph]:
    for index, text in enumerate(texts):
        yield Paragraph(text, first=f"{margin}  or " if index else f"{margin}   = ", rest=f"{margin}     ")


def wanted(question: Question, leaf: Answered | Within) -> Iterator[str]:
    """Yield what a leaf waits for, one answer at a time."""
    if isinstance(leaf, Within):
        if leaf.low is not None or leaf.high is not None:
            yield bounds(question, leaf)
        if leaf.unsure:
            yield UNSURE
        return
    texts = {option.id: option.text for option in question.options}
    for option in leaf.options:
        name = option.removesuffix("?")
        if option == UNSURE:
            yield UNSURE
        elif name != option:
            yield titled(f"unsure about “{texts[name]}”", option)
        else:
            yield titled(texts[name], option)


def bounds(question: Question, within: Within) -> str:
    """Return the numbers that `within` admits, as people say them."""
    if within.low is not None and within.low == within.high:
        return f"exactly {in_words(question, within.low)}"
    low, high = ("at least" if within.low_included else "above"), ("at most" if within.high_included else "below")
    sides = ((low, within.low), (high, within.high))
    return " and ".join(f"{word} {in_words(question, number)}" for word, number in sides if number is not None)


def titled(text: str, name: str) -> str:
    """Return what people read with the name that teachers write."""
    return f"{text} ({name})"
