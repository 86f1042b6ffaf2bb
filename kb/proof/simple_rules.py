"""The smallest student who meets a rule, written down without a solver where the rule can be met in a few ways."""

from __future__ import annotations

from kb.inference.compiler import HOLDS, Conjunction, Disjunction, Formula, Premise, formula_of
from kb.inference.outcome import unscreened
from kb.inference.variables import CHOSEN, NOT_CHOSEN, Variables, option_variable
from kb.model.conditions import UNSURE
from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question

_MOST_ALTERNATIVES = 50
"""More ways to meet a rule than this are left to the solver."""


def plain_student(kb: KnowledgeBase, variables: Variables, rule: str, screened: bool) -> dict[str, Answer] | None:
    """Return the answers of the smallest student who meets `rule`, or None if that takes a search.

    If they are `screened`, they answer the safety screens too. Whoever meets the rule meets one of the alternatives
    that it is made of, so the smallest of those who just meet one of them is the smallest of all.
    """
    alternatives = _alternatives(kb, variables, formula_of(kb.rules[rule].when, True, variables))
    if alternatives is None:
        return None
    best: tuple[tuple[int, int, int], dict[str, Answer]] | None = None
    for wanted in alternatives:
        asked = dict.fromkeys(variables.owner[variable] for variable in wanted)
        if screened:
            asked.update(dict.fromkeys(kb.safety_screens))
        answers = {
            name: _smallest_answer(variables, kb.questions[name], wanted) for name in kb.questions if name in asked
        }
        known = {name: answer for name, answer in answers.items() if answer is not None}
        if len(known) < len(answers) or (screened and unscreened(kb, known, variables.of(known))):
            return None
        if best is None or _size(variables, known) < best[0]:
            best = _size(variables, known), known
    return best[1] if best else None


Wanted = dict[str, frozenset[str]]
"""What variables have to hold: for each one of some values."""


def _alternatives(kb: KnowledgeBase, variables: Variables, formula: Formula) -> list[Wanted] | None:
    """Return what it takes to meet `formula`, one alternative after another, or None if there are too many."""
    if isinstance(formula, Premise):
        if formula.given:
            return [{formula.variable: frozenset(formula.values)}] if formula.values else []
        holds = formula.values == (HOLDS,)
        rules = kb.rules_finding(formula.finding)
        parts = tuple(formula_of(rule.when, holds, variables) for rule in rules)
        return _alternatives(kb, variables, Disjunction(parts) if holds else Conjunction(parts))
    each = [_alternatives(kb, variables, part) for part in formula.parts]
    found: list[Wanted] = [{}] if isinstance(formula, Conjunction) else []
    for some in each:
        if some is None:
            return None
        together = isinstance(formula, Conjunction)
        found = [_both(one, other) for one in found for other in some] if together else found + some
        found = [wanted for wanted in found if all(wanted.values())]
        if len(found) > _MOST_ALTERNATIVES:
            return None
    return found


def _both(one: Wanted, other: Wanted) -> Wanted:
    return {**one, **{variable: one.get(variable, values) & values for variable, values in other.items()}}


def _smallest_answer(variables: Variables, question: Question, wanted: Wanted) -> Answer | None:
    """Return the answer to `question` that says as little as `wanted` allows, or None if that is not plain."""
    if question.kind is not Kind.SEVERAL:
        values = [value for value in variables.domains[question.id] if value in wanted.get(question.id, (value,))]
        calm = ["no"] if question.id not in wanted and "no" in values else []
        return variables.answer(question, {question.id: [*calm, *values][0]}) if values else None
    held = {
        variable: next(value for value in (NOT_CHOSEN, CHOSEN, UNSURE) if value in wanted.get(variable, (NOT_CHOSEN,)))
        for variable in (option_variable(question.id, option) for option in question.option_ids if option != NONE)
    }
    answer = variables.answer(question, held)
    filled = variables.of_answer(question, answer)
    return answer if all(filled[variable] in wanted.get(variable, (filled[variable],)) for variable in filled) else None


def _size(variables: Variables, answers: dict[str, Answer]) -> tuple[int, int, int]:
    """Return what makes a student large: answered questions, unsure variables, chosen options; most weight first."""
    held = [value for variable, value in variables.of(answers).items() if not variable.endswith(f"/{NONE}")]
    return len(answers), held.count(UNSURE), held.count(CHOSEN)
