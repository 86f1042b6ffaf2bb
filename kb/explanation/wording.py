"""How explanations read: why a question is asked, why something did not come about (`chain`: how something did).

What they say comes from `kb.explanation.explanation`. Here it is put so that a person at a prompt can read it: options
by the numbers on the screen, questions and answers each on a line.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.explanation.explanation import BEYOND, Reason, WhyNot, explain_why, explain_why_not, title_of
from kb.interview.session import Session
from kb.model.answers import as_data, in_words
from kb.model.knowledge import Answer, Answers, Kind, KnowledgeBase, Question
from kb.text.blocks import Paragraph, Role
from kb.text.wrapping import cut

_MOST_REASONS = 5
"""Reasons that `why` shows. The question of the pose alone decides about nearly everything."""


# --- why ------------------------------------------------------------------------------------------------------------


def why(session: Session, asked: Question) -> Iterator[Paragraph]:
    """Yield why a question is asked."""
    found = explain_why(session, asked.id)
    yield Paragraph()
    if found.screen:
        yield Paragraph("This is one of the safety questions. Nothing is advised before they are answered.")
    if asked.after_advice:
        yield Paragraph(
            "This is asked after every try: with some answers the session ends and someone should look at it."
        )
    elif not found.reasons and not found.screen and not found.beyond:
        yield Paragraph("You answered this before. No further advice waits for it now.")
    if found.reasons:
        yield Paragraph("What your answer can lead to:")
    for reason in sorted(found.reasons, key=lambda each: len(each.answers))[:_MOST_REASONS]:
        yield Paragraph(_reason(session.kb, asked, reason), first="  - ")
    more = len(found.reasons) - _MOST_REASONS
    if more > 0:
        yield Paragraph(f"and {more} thing{'s' * (more > 1)} more.", first="  ")
    if found.beyond:
        yield Paragraph(BEYOND)


def _reason(kb: KnowledgeBase, asked: Question, reason: Reason) -> str:
    also = [
        f"“{cut(kb.questions[name].ask, 70)}” is answered “{cut(in_words(kb.questions[name], answer), 50)}”"
        for name, answer in reason.answers.items()
        if name != asked.id
    ]
    own = f"with {_by_number(asked, reason.answers[asked.id])}" if asked.id in reason.answers else "with your answer"
    conditions = " and if ".join([own, *also])
    return f"{conditions[:1].upper()}{conditions[1:]}, {reason.effect(kb)} {reason.because}"


def _by_number(asked: Question, answer: Answer) -> str:
    """Return an answer as it would be typed."""
    numbers = {name: str(number) for number, name in enumerate(asked.option_ids, start=1)}
    if isinstance(answer, tuple):
        return " ".join(numbers[name.removesuffix("?")] + "?" * name.endswith("?") for name in answer) or "0"
    if asked.kind is Kind.NUMBER and not isinstance(answer, str):
        return in_words(asked, answer)
    return numbers.get(str(answer), str(as_data(answer))) if asked.kind is Kind.ONE else str(as_data(answer))


# --- why not --------------------------------------------------------------------------------------------------------


def why_not(session: Session, target: str) -> Iterator[Paragraph]:
    """Yield why something was not concluded, and what would have to be answered otherwise."""
    kb = session.kb
    found = explain_why_not(session, target)
    yield Paragraph()
    yield Paragraph(f"Why not “{title_of(kb, target)}”", Role.TITLE)
    if session.advice.outcome.stops and not found.given:
        # Nobody is told here which answer to a danger sign would bring the poses back.
        yield Paragraph()
        yield Paragraph("Nothing about poses is said, because someone should look at what you told first.", first="  ")
        return
    if found.given:
        yield Paragraph()
        yield Paragraph("It was given. Type how for its reasons.", first="  ")
    yield from obstacles(kb, found)
    # Nor is anybody told to answer a safety question otherwise.
    if found.change and not set(found.change).intersection(kb.screens):
        yield from had_you_answered(kb, found.change)


def obstacles(kb: KnowledgeBase, found: WhyNot) -> Iterator[Paragraph]:
    """Yield what stood in the way: what holds it back, and for each rule what rules it out or what it waits for."""
    for rule in found.withheld_by:
        yield Paragraph()
        yield Paragraph(f"It is held back. {kb.rules[rule].because}", first="  ")
    for obstacle in found.obstacles:
        yield Paragraph()
        if obstacle.answers:
            yield Paragraph(f"Rule {obstacle.rule} does not apply. You said:", first="  ")
            yield from _answers(kb, obstacle.answers)
        for names, what in (
            (obstacle.waits_for, "still waits for"),
            (obstacle.unsure, "rests on what you are unsure of"),
        ):
            if names:
                yield Paragraph(f"Rule {obstacle.rule} {what}:", first="  ")
            for name in names:
                yield Paragraph(kb.questions[name].ask, first="    - ")


def had_you_answered(kb: KnowledgeBase, change: Answers, it: str = "be there") -> Iterator[Paragraph]:
    """Yield which answers would bring it about."""
    yield Paragraph()
    yield Paragraph(f"It would {it}, had you answered:", first="  ")
    yield from _answers(kb, change)


def _answers(kb: KnowledgeBase, answers: Answers) -> Iterator[Paragraph]:
    for name, answer in answers.items():
        yield Paragraph(kb.questions[name].ask, first="    ")
        yield Paragraph(f"= {in_words(kb.questions[name], answer)}", first="      ", rest="        ")
