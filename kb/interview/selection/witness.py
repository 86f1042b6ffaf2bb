"""Look for a *witness*: a way of answering what has not been asked in which a condition holds.

Plain backtracking over the formulas that the compiler makes of conditions, leftmost alternatives first. A world is a
narrowing of variables; where a formula waits for a finding, the search goes on into the rules that could find it or
rule it out. Because inference is monotone, a partial answer is enough: what holds in it holds in whatever extends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from kb.inference.compiler import Conjunction, Disjunction, Formula, Premise, Sides
from kb.inference.record import Inference
from kb.inference.variables import ANSWERED, CHOSEN, NOT_CHOSEN, option_variable
from kb.model.conditions import UNSURE, Truth, fold
from kb.model.knowledge import NONE, Answer, Kind, Question

World = dict[str, tuple[str, ...]]
"""What variables may still hold, for the variables that a search has narrowed."""

_FILLINGS_A_STEP = 16
"""How many ways to fill questions of several options count as one step of a search."""

_MOST_STEPS = 4000
"""Steps of one search before it is taken to succeed: a question too many is better than one too few."""


class Search:
    """Looks for answers to what has not been asked, given what has."""

    def __init__(
        self, sides: Sides, inference: Inference, prefer: Mapping[str, str] | None = None, *, after_advice: bool = False
    ) -> None:
        """Search beyond what `inference` was given; where there is a choice, take the values of `prefer` first.

        Questions that come after the advice are left alone, unless `after_advice` says otherwise.
        """
        self.after_advice = after_advice
        self.sides = sides
        self.prefer = prefer or {}
        self.variables = sides.variables
        self.kb = sides.kb
        self.inference = inference
        self.given = inference.given
        self.steps = 0
        self._behind: dict[Premise, Conjunction | Disjunction] = {}

    # --- finding a way ------------------------------------------------------------------------------------------------

    def witness(self, formula: Formula, blockers: tuple[str, ...]) -> dict[str, str] | None:
        """Return variables (beyond those given) with which `formula` holds and no blocker does, or None."""
        for variables in self.witnesses(formula):
            if not any(self._blocked(blocker, variables) for blocker in blockers):
                return variables
            spent = self.steps
            for filled in self._filled_otherwise(formula, variables):
                if self.steps > _MOST_STEPS or not any(self._blocked(blocker, filled) for blocker in blockers):
                    return filled
            # What filling one way costs must not keep the other ways from being tried.
            self.steps = spent + (self.steps - spent) // _FILLINGS_A_STEP
        return None

    def witnesses(self, formula: Formula) -> Iterator[dict[str, str]]:
        """Yield variables (beyond those given) with which `formula` holds, the leftmost alternatives first."""
        self.steps = 0
        for world in self._ways(formula, {}):
            yield from self._settle(world)
            if self.steps > _MOST_STEPS:
                return

    def reaches(self, formula: Formula, variables: Mapping[str, str], blockers: Iterable[str]) -> bool:
        """Say whether with `variables` the formula holds and no blocker does: out of steps, it is claimed unseen."""
        return self.holds(formula, variables) and not any(self._blocked(blocker, variables) for blocker in blockers)

    def _blocked(self, rule: str, variables: Mapping[str, str]) -> bool:
        if self.inference.rules[rule] is not Truth.OPEN:
            return False  # one that holds already is no news: goals have looked at it
        return self.holds(self.sides.holds[rule], variables)

    def _ways(self, formula: Formula, world: World) -> Iterator[World]:
        """Yield the ways to narrow `world` so that `formula` holds; the leftmost alternatives first."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            yield world
            return
        if isinstance(formula, Premise):
            if formula.given:
                narrowed = self._narrow(formula, world)
                if narrowed is not None:
                    yield narrowed
                return
            formula = self.behind(formula)
        if isinstance(formula, Conjunction):
            yield from self._all_ways(formula.parts, world)
        else:
            for part in formula.parts:
                yield from self._ways(part, world)

    def _all_ways(self, parts: tuple[Formula, ...], world: World) -> Iterator[World]:
        if not parts:
            yield world
            return
        for narrowed in self._ways(parts[0], world):
            yield from self._all_ways(parts[1:], narrowed)

    def _narrow(self, premise: Premise, world: World) -> World | None:
        if premise.variable in self.given:
            return world if self.given[premise.variable] in premise.values else None
        if self.kb.questions[self.variables.owner[premise.variable]].after_advice and not self.after_advice:
            return None
        allowed = world.get(premise.variable, self.variables.domains[premise.variable])
        # The premise lists its values; keep the domain's order, in which `unsure` is last.
        kept = tuple(value for value in allowed if value in premise.values)
        if self.prefer.get(premise.variable) in kept:
            kept = (self.prefer[premise.variable], *(value for value in kept if value != self.prefer[premise.variable]))
        if not kept:
            return None
        narrowed = {**world, premise.variable: kept}
        question = self.kb.questions[self.variables.owner[premise.variable]]
        if question.kind is Kind.SEVERAL and settle_several(question, narrowed, self.prefer) is None:
            return None
        return narrowed

    def _settle(self, world: World) -> Iterator[dict[str, str]]:
        """Yield the ways to take one value for every variable that `world` narrows, consistent within each question."""
        for values in product(*world.values()):
            self.steps += 1
            variables: dict[str, str] = {}
            picked = dict(zip(world, values))
            for variable, value in picked.items():
                question = self.kb.questions[self.variables.owner[variable]]
                if question.kind is not Kind.SEVERAL:
                    variables[variable] = value
                elif question.id not in variables:
                    settled = settle_several(question, {name: (each,) for name, each in picked.items()}, self.prefer)
                    if settled is None:
                        break
                    variables.update(settled)
            else:
                yield variables
            if self.steps > _MOST_STEPS:
                return

    def _filled_otherwise(self, formula: Formula, variables: dict[str, str]) -> Iterator[dict[str, str]]:
        """Yield `variables` with other answers to the same *several* questions, in which `formula` holds as well.

        Options that nothing narrowed were filled somehow; another way to fill them may avoid what blocks the first.
        """
        several = [question for question in self._owners(variables) if question.kind is Kind.SEVERAL]
        rest = {
            variable: value
            for variable, value in variables.items()
            if self.variables.owner[variable] not in {q.id for q in several}
        }
        world: World = {
            option_variable(question.id, option): (NOT_CHOSEN, CHOSEN, UNSURE)
            for question in several
            for option in question.option_ids
        }
        if world:
            for settled in self._settle(world):
                filled = {**rest, **settled}
                if self.holds(formula, filled):
                    yield filled

    # --- reading a way ------------------------------------------------------------------------------------------------

    def holds(self, formula: Formula, variables: Mapping[str, str]) -> bool:
        """Say whether `formula` holds once `variables` are given as well."""
        given = self.given

        def met(premise: Premise, _: bool) -> bool:
            if premise.given:
                return (given.get(premise.variable) or variables.get(premise.variable)) in premise.values
            return fold(self.behind(premise), met)

        return fold(formula, met)

    def behind(self, premise: Premise) -> Conjunction | Disjunction:
        """Return what a premise about a finding waits for (`Sides.behind`)."""
        if premise not in self._behind:
            self._behind[premise] = self.inference.behind(premise, self.sides)
        return self._behind[premise]

    def first_needed(self, formula: Formula, variables: dict[str, str]) -> tuple[str | None, dict[str, str]]:
        """Return the first question, left to right, that `formula` still needs, and the variables it is needed among.

        Without its answer in `variables` the formula would not hold; variables that are not needed are dropped.
        """
        if not self.holds(formula, variables):
            return self._first(formula, variables), variables  # the search ran out of steps: any open condition will do
        while not self.holds(formula, {}):
            question = self._first(formula, variables)
            if question is None:
                return None, variables
            without = {
                variable: value for variable, value in variables.items() if self.variables.owner[variable] != question
            }
            if not self.holds(formula, without):
                return question, variables
            variables = without
        return None, variables

    def _first(self, formula: Formula, variables: Mapping[str, str]) -> str | None:
        """Return the first question that `formula` still waits for, on the way that `variables` open."""
        if isinstance(formula, Premise):
            if formula.given:
                return None if formula.variable in self.given else self.variables.owner[formula.variable]
            formula = self.behind(formula)
        if isinstance(formula, Conjunction):
            parts = [part for part in formula.parts if not self.holds(part, {})]
        else:
            parts = [part for part in formula.parts if self.holds(part, variables)] or list(formula.parts)
        return next((found for part in parts if (found := self._first(part, variables))), None)

    def answers(self, variables: Mapping[str, str]) -> dict[str, Answer]:
        """Return the answers that fill `variables`, in the pack's order."""
        return {question.id: self.variables.answer(question, variables) for question in self._owners(variables)}

    def _owners(self, variables: Iterable[str]) -> list[Question]:
        """Return the questions that `variables` belong to, in the pack's order."""
        owners = {self.variables.owner[variable] for variable in variables}
        return [self.kb.questions[name] for name in sorted(owners, key=self.kb.position.questions.__getitem__)]


def settle_several(
    question: Question, world: Mapping[str, tuple[str, ...]], prefer: Mapping[str, str]
) -> dict[str, str] | None:
    """Return one consistent way to answer a *several* question within `world`, or None.

    Options keep the value that `prefer` gives them where they may; otherwise as few as possible are chosen. `none`
    excludes the rest, and stands if nothing else does.
    """
    everything = (CHOSEN, NOT_CHOSEN, UNSURE)
    whole = world.get(question.id, (ANSWERED, UNSURE))
    allowed = {option: world.get(option_variable(question.id, option), everything) for option in question.option_ids}
    if ANSWERED in whole:
        preferred = {option: prefer.get(option_variable(question.id, option), NOT_CHOSEN) for option in allowed}
        picked = _pick(allowed, preferred) or _pick(allowed, dict.fromkeys(allowed, NOT_CHOSEN))
        if picked is not None:
            variables = {option_variable(question.id, option): value for option, value in picked.items()}
            return {question.id: ANSWERED, **variables}
    if UNSURE in whole and all(UNSURE in values for values in allowed.values()):
        return {question.id: UNSURE, **{option_variable(question.id, option): UNSURE for option in allowed}}
    return None


def _pick(allowed: Mapping[str, tuple[str, ...]], preferred: Mapping[str, str]) -> dict[str, str] | None:
    others = [option for option in allowed if option != NONE]
    picked = {
        option: next(value for value in (preferred[option], NOT_CHOSEN, CHOSEN, UNSURE) if value in allowed[option])
        for option in others
    }
    if NONE not in allowed:
        return picked
    natural = _none_value(picked.values())
    # What `none` is follows from the others; only if it may not be that, one of them is moved.
    for wanted in sorted(allowed[NONE], key=lambda value: value != natural):
        answer = dict(picked)
        if _none_value(answer.values()) != wanted and wanted != CHOSEN:
            movable = next((option for option in others if _moved_to(wanted) in allowed[option]), None)
            if movable is None:
                continue
            answer[movable] = _moved_to(wanted)
        if _none_value(answer.values()) == wanted:
            return {**answer, NONE: wanted}
    return None


def _moved_to(value: str) -> str:
    """Return what one option must be for `none` to have `value`: chosen excludes it, unsure leaves it unsure."""
    return CHOSEN if value == NOT_CHOSEN else UNSURE


def _none_value(others: Iterable[str]) -> str:
    values = set(others)
    if CHOSEN in values:
        return NOT_CHOSEN
    return UNSURE if UNSURE in values else CHOSEN
