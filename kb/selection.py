"""Choose the question to ask next: only one whose answer can change the report, and danger first.

A rule *matters* while it is open and could still add something: a referral, a recommendation not yet given, or the
withholding of one. Whether it could is not guessed: a *witness* is looked for, a way of answering what has not been
asked in which the rule holds and its effect is seen. The question that is *live* for such a rule is the first one, read
left to right, that its witness still needs; where the rule waits for a finding, that leads on into the rules that could
find it or rule it out. The first live question in the pack's order is asked. Nothing live means nothing to ask.

This goes one step further than asking for every open condition of every open rule: a rule that can no longer hold
(because of an unsure answer, or because its conditions exclude each other) asks nothing. See
docs/decisions/0003-witnesses.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

from kb.compiling import HOLDS, Conjunction, Disjunction, Formula, Premise
from kb.conditions import Truth
from kb.engine import Engine, Inference
from kb.model import Answer
from kb.outcome import Advice, screens_left, strongest_stop
from kb.search import Search, Sides, finding_of


class Effect(str, Enum):
    """What a rule could add to the report."""

    REFER = "refer"
    RECOMMEND = "recommend"
    WITHHOLD = "withhold"


class Goal(msgspec.Struct, frozen=True):
    """Something `rule` could still add: the `target` it would refer to, recommend or withhold."""

    rule: str
    effect: Effect
    target: str


class Live(msgspec.Struct, frozen=True):
    """A question worth asking: the goal it serves, and the answers with which that goal is reached."""

    question: str
    goal: Goal
    witness: dict[str, Answer]


class Selector:
    """Chooses questions for one knowledge base. What it returns depends on the answers alone."""

    def __init__(self, engine: Engine) -> None:
        self.kb = engine.kb
        self.cells = engine.cells
        self.sides = Sides(engine.kb, engine.cells)
        self._givers: dict[str, tuple[str, ...]] = {
            name: self.sides.in_asking_order(rule for rule in self.kb.rules.values() if name in rule.recommend)
            for name in self.kb.recommendations
        }
        self._barrers = {
            name: tuple(rule.id for rule in self.kb.rules.values() if name in rule.withhold)
            for name in self.kb.recommendations
        }
        self._stoppers = tuple(
            rule.id
            for rule in self.kb.rules.values()
            if any(self.kb.referrals[name].level.stops for name in rule.refer)
        )
        self._order = {question: index for index, question in enumerate(self.kb.questions)}
        self._touched: dict[str, frozenset[str]] = {}
        self._formulas: dict[Goal, Formula] = {}

    # --- what is asked ------------------------------------------------------------------------------------------------

    def live(self, inference: Inference, advice: Advice) -> tuple[Live, ...]:
        """Return the live questions in the pack's order, one entry for every goal each serves."""
        search = Search(self.sides, inference)
        found = []
        for goal in self.goals(inference, advice):
            cells = search.witness(self._formula(goal), self._blockers(goal))
            if cells is None:
                continue
            question, cells = search.first_needed(self._formula(goal), cells)
            if question is not None:
                found.append(Live(question, goal, search.answers(cells)))
        return tuple(sorted(found, key=lambda live: self._order[live.question]))

    def open_questions(self, advice: Advice, inference: Inference, live: tuple[Live, ...]) -> tuple[str, ...]:
        """Return every question that is worth asking now: unanswered safety screens, then live ones, in order."""
        names = list(screens_left(self.kb, inference.answers, advice))
        return tuple(dict.fromkeys([*names, *(each.question for each in live)]))

    def most_left(self, goals: Iterable[Goal], inference: Inference, advice: Advice) -> int:
        """Return how many questions may still come at most, if `goals` are what is left to reach.

        A question that stands behind another one in every condition can come only after that one is answered, and
        only one answer will be given: so the one that guards others (the pose, mostly) is taken with the answer that
        leaves most to ask. The smallest such bound counts. docs/explanation/question-choice.md says why it holds.
        """
        reach = _Reach(self, inference, dict.fromkeys(self._formula(goal) for goal in goals))
        return reach.most(set(screens_left(self.kb, inference.answers, advice)))

    # --- how ----------------------------------------------------------------------------------------------------------

    def goals(self, inference: Inference, advice: Advice) -> Iterator[Goal]:
        """Yield what rules could still add, were they to hold."""
        stop = strongest_stop(self.kb, advice)
        referred = set(advice.referrals)
        holding = [self.kb.rules[name] for name in inference.holding]
        recommended = {name for rule in holding for name in rule.recommend}
        barred = {name for rule in holding for name in rule.withhold}
        for rule in self.kb.rules.values():
            if inference.rules[rule.id] is not Truth.OPEN:
                continue
            for name in rule.refer:
                if name not in referred and (stop is None or self.kb.referrals[name].level.rank < stop.rank):
                    yield Goal(rule.id, Effect.REFER, name)
            if stop is not None:
                continue
            for name in rule.recommend:
                if name not in recommended and name not in barred:
                    yield Goal(rule.id, Effect.RECOMMEND, name)
            for name in rule.withhold:
                if name not in barred and (name in recommended or self._could_be_given(name, inference)):
                    yield Goal(rule.id, Effect.WITHHOLD, name)

    def _could_be_given(self, name: str, inference: Inference) -> bool:
        return any(inference.rules[rule] is not Truth.FAILS for rule in self._givers[name])

    def _formula(self, goal: Goal) -> Formula:
        """Return what must hold for `goal` to be reached."""
        formula = self._formulas.get(goal)
        if formula is None:
            formula = self.sides.holds[goal.rule]
            if goal.effect is Effect.WITHHOLD:
                # Withholding is seen only if something is there to withhold.
                givers = tuple(self.sides.holds[rule] for rule in self._givers[goal.target])
                formula = Conjunction((formula, Disjunction(givers)))
            self._formulas[goal] = formula
        return formula

    def _blockers(self, goal: Goal) -> tuple[str, ...]:
        """Return the rules in whose presence reaching `goal` would not be seen."""
        if goal.effect is Effect.REFER:
            return ()
        if goal.effect is Effect.RECOMMEND:
            return (*self._stoppers, *self._barrers[goal.target])
        return self._stoppers

    def touched(self, rule: str) -> frozenset[str]:
        """Return every question that the rule's condition can lead to, through findings too."""
        if rule not in self._touched:
            self._touched[rule] = frozenset(self._touched_by(self.sides.holds[rule]))
        return self._touched[rule]

    def _touched_by(self, formula: Formula) -> set[str]:
        if not isinstance(formula, Premise):
            return set().union(*(self._touched_by(part) for part in formula.parts))
        if formula.given:
            question = self.cells.owner[formula.cell]
            return set() if self.kb.questions[question].after_advice else {question}
        return set().union(*(self.touched(finder) for finder in self.sides.finders[finding_of(formula)]))


class _Reach:
    """Which questions formulas may still lead to, given what has been answered."""

    def __init__(self, selector: Selector, inference: Inference, formulas: Iterable[Formula]) -> None:
        self.selector = selector
        self.inference = inference
        self.given = selector.cells.of(inference.answers)
        # What each formula leads to whatever guards it, and what stands guard in it.
        self.formulas = [(each, self.split(each, None)[0], self.guards(each)) for each in formulas]

    def most(self, anyway: set[str]) -> int:
        """Return how many questions may come at most, `anyway` among them: the smallest bound of any guard."""
        guards = sorted({guard for _, _, own in self.formulas for guard in own})
        unguarded = anyway.union(*(whole for _, whole, _ in self.formulas))
        return min([len(unguarded), *(self.most_behind(guard, anyway) for guard in guards)])

    def most_behind(self, guard: str, anyway: set[str]) -> int:
        """Return how many questions may come at most, if `guard` comes before those that stand behind it."""
        free = set(anyway)
        behind: list[tuple[Premise, set[str]]] = []
        for formula, whole, guards in self.formulas:
            if guard in guards:
                own, guarded = self.split(formula, guard)
                free |= own
                behind += guarded
            else:
                free |= whole
        return len(free) + max(
            len(set().union(*(names for premise, names in behind if value in premise.values)) - free)
            for value in self.selector.cells.domains[guard]
        )

    def guards(self, formula: Formula) -> set[str]:
        """Return the unanswered single-choice questions that stand before others in `formula`."""
        names: set[str] = set()
        if isinstance(formula, Conjunction):
            names = {
                part.cell
                for part in formula.parts[:-1]
                if isinstance(part, Premise) and part.cell in self.selector.kb.questions and part.cell not in self.given
            }
        return names.union(*(self.guards(part) for part in self.parts(formula)))

    def parts(self, formula: Formula) -> tuple[Formula, ...]:
        """Return what `formula` is made of; for a finding, the open rules that could find it or rule it out."""
        if not isinstance(formula, Premise):
            return formula.parts
        if formula.given:
            return ()
        sides = self.selector.sides
        side = sides.holds if formula.values == (HOLDS,) else sides.fails
        finding = finding_of(formula)
        if self.inference.findings[finding] is not Truth.OPEN:
            return ()
        finders = sides.finders[finding]
        return tuple(side[rule] for rule in finders if self.inference.rules[rule] is Truth.OPEN)

    def split(self, formula: Formula, guard: str | None) -> tuple[set[str], list[tuple[Premise, set[str]]]]:
        """Return the questions that may come whatever `guard` is, and those that stand behind a premise on it."""
        if isinstance(formula, Premise) and formula.given:
            question = self.selector.cells.owner[formula.cell]
            answered = formula.cell in self.given or self.selector.kb.questions[question].after_advice
            return (set() if answered else {question}), []
        free: set[str] = set()
        guarded: list[tuple[Premise, set[str]]] = []
        conjunction = isinstance(formula, Conjunction)
        parts = self.parts(formula)
        if conjunction and any(self.dead(part) for part in parts):
            return free, guarded
        for index, part in enumerate(parts):
            if conjunction and isinstance(part, Premise) and part.cell == guard and part.given:
                free.add(guard)
                guarded.append((part, self.split(Conjunction(parts[index + 1 :]), None)[0]))
                break
            inner_free, inner_guarded = self.split(part, guard)
            free |= inner_free
            guarded += inner_guarded
        return free, guarded

    def dead(self, part: Formula) -> bool:
        """Say whether a premise has been answered or settled otherwise, or can never be met."""
        if not isinstance(part, Premise):
            return False
        if not part.given:
            truth = self.inference.findings[finding_of(part)]
            return truth is not Truth.OPEN and truth.value not in part.values
        return not part.values or self.given.get(part.cell, part.values[0]) not in part.values
