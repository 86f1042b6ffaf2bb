"""A second opinion in a few lines: three-valued logic (Kleene's) read straight off the conditions.

It shares nothing with the engine but the model: no variables, no productions, no facts.
"""

from __future__ import annotations

from decimal import Decimal

from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Not, Truth, Within
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import NONE, Answers, KnowledgeBase

_WORST_FIRST = [Truth.FAILS, Truth.OPEN, Truth.HOLDS]
_OPPOSITE = {Truth.HOLDS: Truth.FAILS, Truth.FAILS: Truth.HOLDS, Truth.OPEN: Truth.OPEN}


def truth(condition: Condition, kb: KnowledgeBase, answers: Answers) -> Truth:
    match condition:
        case All(parts):
            return min((truth(part, kb, answers) for part in parts), key=_WORST_FIRST.index)
        case AnyOf(parts):
            return max((truth(part, kb, answers) for part in parts), key=_WORST_FIRST.index)
        case Not(part):
            return _OPPOSITE[truth(part, kb, answers)]
        case Found(findings):
            return max((found(name, kb, answers) for name in findings), key=_WORST_FIRST.index)
        case Within(question):
            return _within(condition, answers.get(question))
        case Answered(question):
            return _answered(condition, answers.get(question))


def found(finding: str, kb: KnowledgeBase, answers: Answers) -> Truth:
    rules = [rule for rule in kb.rules.values() if finding in rule.find]
    return max((truth(rule.when, kb, answers) for rule in rules), key=_WORST_FIRST.index, default=Truth.FAILS)


def _within(condition: Within, answer: object) -> Truth:
    if answer is None:
        return Truth.OPEN
    if answer == UNSURE:
        return Truth.HOLDS if condition.unsure else Truth.OPEN
    assert isinstance(answer, Decimal)
    above = condition.low is None or answer > condition.low or (condition.low_included and answer == condition.low)
    below = condition.high is None or answer < condition.high or (condition.high_included and answer == condition.high)
    bounded = condition.low is not None or condition.high is not None
    return Truth.HOLDS if bounded and above and below else Truth.FAILS


def _answered(condition: Answered, answer: object) -> Truth:
    if answer is None:
        return Truth.OPEN
    if not isinstance(answer, tuple) and answer != UNSURE:
        return Truth.HOLDS if answer in condition.options else Truth.FAILS
    several = answer if isinstance(answer, tuple) else None
    values = [_option(option, several) for option in condition.options]
    return max(values, key=_WORST_FIRST.index)


def _option(option: str, chosen: tuple[str, ...] | None) -> Truth:
    """One listed option against a choice of several (None: the whole question is unsure)."""
    if option == UNSURE:
        return Truth.HOLDS if chosen is None else Truth.FAILS
    name = option.removesuffix("?")
    if chosen is None or f"{name}?" in chosen:
        return Truth.HOLDS if option.endswith("?") else Truth.OPEN
    if name == NONE and chosen and all(each.endswith("?") for each in chosen):
        return Truth.HOLDS if option.endswith("?") else Truth.OPEN  # none is as unsure as what it excludes
    if option.endswith("?"):
        return Truth.FAILS
    return Truth.HOLDS if option in chosen else Truth.FAILS
