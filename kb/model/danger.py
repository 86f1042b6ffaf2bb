"""Signs of danger: what a person says to a safety question, and whether any rule answers it.

A *safety question* is a safety screen or a follow-up of one. A *sign* is an answer to it that stands for danger, or for
not knowing, in the word of a rule: `leg-clot`, `leg-clot?`, `yes`, `unsure`. Rules *heed* a sign if one of them refers
because of it. What a pack forgot to answer is found here, whatever the pack says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kb.model.conditions import UNSURE, Answered, Found, leaves_with_side
from kb.model.knowledge import NONE, Answer, Answers, Kind, KnowledgeBase, Question, Rule


class Sign(NamedTuple):
    """A sign of danger, as a rule names it."""

    question: str
    answer: str


def signs_of(question: Question) -> tuple[str, ...]:
    """Return every sign that a safety question can bring up."""
    if question.kind is Kind.SEVERAL:
        return tuple(word for option in question.option_ids if option != NONE for word in (option, f"{option}?"))
    return ("yes", UNSURE) if question.kind is Kind.YES_NO else ()


def unheeded(kb: KnowledgeBase, answers: Answers, holding: Sequence[str]) -> tuple[Sign, ...]:
    """Return the signs in `answers` because of which none of the rules that hold refers, in the order of asking."""
    signs = signs_in(kb, answers)
    if not signs:
        return ()
    heeded: set[Sign] = set()
    wanted: set[str] = set()
    waiting = {name: kb.rules[name] for name in holding}
    while speaking := [rule for rule in waiting.values() if rule.refer or not wanted.isdisjoint(rule.find)]:
        for rule in speaking:
            named, findings = kb.kept(_named)[rule.id]
            heeded |= named
            wanted |= findings
            del waiting[rule.id]
    return tuple(sign for sign in signs if heeded.isdisjoint(_as_named(sign, answers)))


def signs_in(kb: KnowledgeBase, answers: Answers) -> list[Sign]:
    """Return the signs in `answers`, in the order of asking."""
    return [
        Sign(name, word)
        for name in kb.safety_questions
        if name in answers
        for word in signs_of(kb.questions[name])
        if word in _words(answers[name]) or (answers[name] == UNSURE and word.endswith("?"))
    ]


def _words(answer: Answer) -> tuple[str, ...]:
    return answer if isinstance(answer, tuple) else (str(answer),)


def _as_named(sign: Sign, answers: Answers) -> set[Sign]:
    """Return the names that a rule can have for a sign: whoever is unsure of a whole question is so of each option."""
    return {sign, Sign(sign.question, UNSURE)} if answers[sign.question] == UNSURE else {sign}


def _named(kb: KnowledgeBase) -> dict[str, tuple[set[Sign], set[str]]]:
    return {rule.id: (signs_named(kb, rule), findings_wanted(rule)) for rule in kb.rules.values()}


def signs_named(kb: KnowledgeBase, rule: Rule) -> set[Sign]:
    """Return the answers to safety questions that help `rule` to hold; those that it wants ruled out do not."""
    wanted = [leaf for leaf, ruled_out in leaves_with_side(rule.when) if not ruled_out and isinstance(leaf, Answered)]
    return {
        Sign(leaf.question, word) for leaf in wanted if leaf.question in kb.safety_questions for word in leaf.options
    }


def findings_wanted(rule: Rule) -> set[str]:
    """Return the findings that help `rule` to hold."""
    wanted = [leaf for leaf, ruled_out in leaves_with_side(rule.when) if not ruled_out and isinstance(leaf, Found)]
    return {name for leaf in wanted for name in leaf.findings}
