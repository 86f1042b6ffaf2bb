"""What is plain to see of rules, without a solver.

A rule is *plain* if all it does is to ask several things at once, by way of findings too, each about a question of its
own, each with answers that meet it and answers that do not. Its lines are then free of each other: whichever of them
somebody is to meet, and whichever not, somebody does. So every line counts, and every answer in it serves.

The smallest student who meets a rule can be written down wherever it can be met in a few ways, plain or not.
"""

from __future__ import annotations

from kb.inference.compiler import HOLDS, Conjunction, Disjunction, Formula, Premise, finding_variable, formula_of
from kb.inference.outcome import unscreened
from kb.inference.variables import CHOSEN, NOT_CHOSEN, Variables, option_variable
from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Within
from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question
from kb.proof.students import Atom, Students

_MOST_ALTERNATIVES = 50
"""More ways to meet a rule than this are left to the solver."""


# --- its lines --------------------------------------------------------------------------------------------------------


def plain_parts(kb: KnowledgeBase, students: Students) -> dict[str, set[Atom]]:
    """Return the plain rules, each with all that its lines and answers are for somebody who answered everything."""
    numbers: dict[str, list[int]] = {}
    for number, (_, name, _) in students.facts.nodes.items():
        numbers.setdefault(name, []).append(number)
    found: dict[str, set[Atom]] = {}
    for rule in kb.rules.values():
        lines = _lines(kb, rule.when)
        if lines is None or not _free(kb, students.variables, lines):
            continue
        found[rule.id] = {(word, str(number)) for number in numbers[rule.id] for word in ("stops_rule", "makes_rule")}
        for number in numbers[rule.id]:
            meeting = students.facts.meeting.get(number, ())
            found[rule.id].update(("serves", str(number), value) for value in meeting)
    return found


def never_open(kb: KnowledgeBase, rule: str) -> bool:
    """Say whether `rule` holds or fails for all who answered what it asks, because even `unsure` meets its lines."""
    lines = _lines(kb, kb.rules[rule].when)
    return lines is not None and all(_takes_unsure(kb, line) for line in lines)


def _takes_unsure(kb: KnowledgeBase, line: Answered | Within) -> bool:
    if line.question in kb.follow_ups:
        return False  # its condition may be open, and so it may not be asked
    if isinstance(line, Within):
        return line.unsure
    if kb.questions[line.question].kind is Kind.SEVERAL:
        return all(option.endswith("?") or f"{option}?" in line.options for option in line.options if option != UNSURE)
    return UNSURE in line.options


def _free(kb: KnowledgeBase, variables: Variables, lines: list[Answered | Within]) -> bool:
    """Say whether each of `lines` is about a question of its own, and can be met and missed whatever the others are."""
    return len({line.question for line in lines}) == len(lines) and all(
        _both_ways(kb, variables, line) for line in lines
    )


def _both_ways(kb: KnowledgeBase, variables: Variables, line: Answered | Within) -> bool:
    question = kb.questions[line.question]
    if isinstance(line, Answered) and question.kind is Kind.SEVERAL:
        return UNSURE not in line.options and not any(option.startswith(NONE) for option in line.options)
    if isinstance(line, Within):
        meeting = {*variables.bands[question.id].admitted(line), *[UNSURE] * line.unsure}
    else:
        meeting = set(line.options)
    return bool(meeting) and not meeting.issuperset(variables.domains[question.id])


def _lines(kb: KnowledgeBase, condition: Condition) -> list[Answered | Within] | None:
    """Return the lines about answers that `condition` adds up, by way of findings too, if it does nothing else."""
    match condition:
        case Answered() | Within():
            return [condition]
        case Found((finding,)) if len(finders := kb.rules_finding(finding)) == 1:
            return _lines(kb, finders[0].when)
        case All(parts):
            found = [_lines(kb, part) for part in parts]
            return None if None in found else [line for lines in found if lines for line in lines]
    return None


# --- the smallest student ---------------------------------------------------------------------------------------------


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
        rules = kb.rules_finding(formula.variable.removeprefix(finding_variable("")))
        parts = tuple(formula_of(rule.when, holds, variables) for rule in rules)
        return _alternatives(kb, variables, Disjunction(parts) if holds else Conjunction(parts))
    each = [_alternatives(kb, variables, part) for part in formula.parts]
    found: list[Wanted] = [{}] if isinstance(formula, Conjunction) else []
    for some in each:
        if some is None:
            return None
        found = (
            [_both(one, other) for one in found for other in some] if isinstance(formula, Conjunction) else found + some
        )
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
