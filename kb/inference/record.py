"""What a run of the engine concluded, and what that says of a set of answers.

Inference is monotone: within one run, answers are only added, and nothing that was concluded is taken back. So one
`Record` keeps for every conclusion the *step* in which it came, and an `Inference` is a look at the record as it stood
after one step. A look costs nothing to make, however many rules there are, and stays right while the run goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

import msgspec

from kb.inference.compiler import (
    FAILS,
    HOLDS,
    Conjunction,
    Disjunction,
    Firing,
    Premise,
    Production,
    Side,
    Sides,
    finding_variable,
    rule_variable,
)
from kb.model.conditions import UNSURE, Truth
from kb.model.knowledge import WORSE, Answers, KnowledgeBase, Rule

_RULES = rule_variable("")
_NEVER = 1 << 60


class Bundle(msgspec.Struct, frozen=True, gc=False):
    """Productions that wait for the same variables, and fire together when `premises` are met.

    `holds` and `fails` are the variables that they conclude to hold and to fail, `rules` the rules shown to hold.
    """

    premises: tuple[Premise, ...]
    productions: Sequence[Production]
    holds: Sequence[str]
    fails: Sequence[str]
    rules: Sequence[str]

    @classmethod
    def of(cls, premises: tuple[Premise, ...], productions: Sequence[Production]) -> Bundle:
        """Return a bundle of `productions`, which all fire when `premises` are met."""
        holds: list[str] = []
        fails: list[str] = []
        rules: list[str] = []
        for production in productions:
            for variable, value in production.concludes:
                (holds if value == HOLDS else fails).append(variable)
            if production.side is Side.POSITIVE:
                rules.append(production.rule)
        return cls(premises, productions, holds, fails, tuple(dict.fromkeys(rules)))  # two ways to hold are one rule


class _Lengths(NamedTuple):
    """How long the lists of a record were after a step."""

    given: int = 0
    fired: int = 0
    held: int = 0
    certain: int = 0


class Record:
    """The conclusions of one run, step by step. A step is a set of answers that came together.

    `given` are the variables of answers; `holding_since` and `failing_since` say of derived variables in which step
    that was concluded of them. `fired` are the productions that fired, `held` the rules that hold, `certain` those of
    them that do not rest on an unsure answer, all in the order in which they came. `awaited` are the derived variables
    that some production waits for.
    """

    def __init__(self, awaited: frozenset[str] = frozenset(), failing: Iterable[str] = ()) -> None:
        """Begin with the derived variables that are known to fail before there is any answer."""
        self.awaited = awaited
        self.step = 0
        self.given: dict[str, str] = {}
        self.holding_since: dict[str, int] = {}
        self.failing_since = dict.fromkeys(failing, 0)
        self.fired: list[Production] = []
        self.held: list[str] = []
        self.certain: list[str] = []
        self.after = [_Lengths()]
        self.conclusions = Conclusions()
        self.concluded_after = -1
        self.refuted: dict[tuple[str, ...], tuple[int, int]] = {}  # how many at the front of rules, and in which step
        self.unsure_since = _NEVER
        self.certain_since: dict[str, int] = {}
        self._wavering: dict[str, list[Bundle]] = {}

    def begin_step(self, variables: Mapping[str, str]) -> None:
        """Begin a step with the variables of new answers."""
        self.step += 1
        self.given.update(variables)
        if self.unsure_since == _NEVER and UNSURE in variables.values():
            self.unsure_since = self.step

    def end_step(self) -> None:
        """End the step: nothing more follows from its answers."""
        self.after[self.step :] = [_Lengths(len(self.given), len(self.fired), len(self.held), len(self.certain))]

    def fire(self, bundle: Bundle) -> dict[str, str]:
        """Note that the productions of `bundle` have fired; return new variables that others await."""
        self.fired += bundle.productions
        sure = self.step < self.unsure_since
        new: dict[str, str] = {}
        if bundle.fails and (fresh := self._conclude(bundle.fails, self.failing_since)):
            new = dict.fromkeys(self.awaited.intersection(fresh), FAILS)
        if bundle.holds and (fresh := self._conclude(bundle.holds, self.holding_since)):
            new.update(dict.fromkeys(self.awaited.intersection(fresh), HOLDS))
            rules = [rule for rule in bundle.rules if rule_variable(rule) in fresh]
            self.held += rules
            if sure:
                self.certain += rules
        if not sure:
            self._weigh(bundle)
        return new

    def _conclude(self, variables: Sequence[str], since: dict[str, int]) -> list[str]:
        """Note in `since` that variables were concluded, and return those that are new."""
        fresh = [variable for variable in variables if variable not in since]
        since.update(dict.fromkeys(fresh, self.step))
        return fresh

    # --- what rests on an unsure answer -------------------------------------------------------------------------------

    def is_certain(self, variable: str, step: int) -> bool:
        """Say whether at `step` some chain of firings shows a derived variable without resting on an unsure answer."""
        since = self.holding_since.get(variable)
        if since is None:
            since = self.failing_since[variable]
        return since < self.unsure_since or self.certain_since.get(variable, _NEVER) <= step

    def _weigh(self, bundle: Bundle) -> None:
        """Make certain what `bundle` concluded, if nothing it used is unsure; or wait until it is not."""
        waiting = [bundle]
        while waiting:
            bundle = waiting.pop()
            shaky = ""
            for premise in bundle.premises:
                if premise.given:
                    if self.given[premise.variable] == UNSURE:
                        break
                elif not self.is_certain(premise.variable, self.step):
                    shaky = premise.variable
            else:
                if shaky:
                    self._wavering.setdefault(shaky, []).append(bundle)
                else:
                    waiting += self._make_certain(bundle)

    def _make_certain(self, bundle: Bundle) -> list[Bundle]:
        """Note that what `bundle` concluded is certain; return those that have waited for that."""
        known, unsure_since = self.certain_since, self.unsure_since
        certain = [
            variable
            for variable in bundle.fails
            if variable not in known and self.failing_since[variable] >= unsure_since
        ]
        if bundle.holds:
            holds = [
                variable
                for variable in bundle.holds
                if variable not in known and self.holding_since[variable] >= unsure_since
            ]
            self.certain += [rule for rule in bundle.rules if rule_variable(rule) in holds]
            certain += holds
        known.update(dict.fromkeys(certain, self.step))
        freed = self._wavering.keys() & certain if self._wavering else ()
        return [waiting for variable in sorted(freed) for waiting in self._wavering.pop(variable)]


class Truths(Mapping[str, Truth]):
    """What is known of every rule, or of every finding, after one step of a run; in the pack's order."""

    __slots__ = ("_names", "_prefix", "_record", "_step")

    def __init__(self, record: Record, step: int, names: Mapping[str, object], prefix: str) -> None:
        self._record = record
        self._step = step
        self._names = names
        self._prefix = prefix

    def __getitem__(self, name: str) -> Truth:
        variable = self._prefix + name
        if self._record.holding_since.get(variable, _NEVER) <= self._step:
            return Truth.HOLDS
        if self._record.failing_since.get(variable, _NEVER) <= self._step:
            return Truth.FAILS
        if name not in self._names:
            raise KeyError(name)
        return Truth.OPEN

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return repr(dict(self))


class Conclusions(NamedTuple):
    """What rules that hold say together: ids of what they recommend, of what they withhold, and of referrals.

    `certain` are the recommendations of rules that do not hold merely because an answer is unsure.
    """

    recommended: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    referred: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()

    def and_by(self, held: Iterable[Rule], certain: Iterable[Rule], worse: Iterable[str]) -> Conclusions:
        """Return this with what more rules say: those that have come to hold, and those that are certain now.

        `worse` are corrections that made it worse: they are withheld, whatever rules say.
        """
        more = list(held)
        return Conclusions(
            self.recommended.union(*[rule.recommend for rule in more]),
            self.withheld.union(worse, *[rule.withhold for rule in more]),
            self.referred.union(*[rule.refer for rule in more]),
            self.certain.union(*[rule.recommend for rule in certain]),
        )


class Inference:
    """What a set of answers shows.

    `rules` and `findings` hold a `Truth` for every id, in the pack's order. `conclusions` are what the rules that hold
    say together. `provisional` are the rules that hold only because an answer is unsure. `firings` are in the order of
    the productions, whatever the order of the answers.
    """

    def __init__(self, kb: KnowledgeBase, answers: Answers, record: Record) -> None:
        """Look at `record` as it stands now, after the step that took in `answers`."""
        self.kb = kb
        self.answers = answers
        self.rules = Truths(record, record.step, kb.rules, rule_variable(""))
        self.findings = Truths(record, record.step, kb.findings, finding_variable(""))
        self._record = record
        self._step = record.step
        self.conclusions = self._conclusions()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inference) and (
            self.answers == other.answers
            and self.rules == other.rules
            and self.findings == other.findings
            and self.provisional == other.provisional
            and self.firings == other.firings
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Inference({dict(self.answers)!r})"

    def is_open(self, rule: str) -> bool:
        """Say whether a rule neither holds nor fails."""
        variable, record = _RULES + rule, self._record
        holding = record.holding_since.get(variable, _NEVER)
        return holding > self._step and record.failing_since.get(variable, _NEVER) > self._step

    def behind(self, premise: Premise, sides: Sides) -> Conjunction | Disjunction:
        """Return what a premise about a finding waits for: the open rules that could find it or would rule it out.

        Where the finding is known nothing is left: an empty conjunction if the premise is met, or no alternative.
        """
        truth = self.findings[premise.finding]
        if truth is not Truth.OPEN:
            return Conjunction(()) if truth.value in premise.values else Disjunction(())
        finds = premise.values == (HOLDS,)
        side = sides.holds if finds else sides.fails
        parts = tuple([side[rule] for rule in sides.finders[premise.finding] if self.is_open(rule)])
        return Disjunction(parts) if finds else Conjunction(parts)

    @cached_property
    def given(self) -> dict[str, str]:
        """Return the variables that the answers fill."""
        given = self._record.given
        count = self._record.after[self._step].given
        return given.copy() if count == len(given) else dict(islice(given.items(), count))

    @cached_property
    def holding(self) -> tuple[str, ...]:
        """Return the rules that hold, in the pack's order."""
        held = self._record.held[: self._record.after[self._step].held]
        return tuple(sorted(held, key=self.kb.position.rules.__getitem__))

    @cached_property
    def found(self) -> tuple[str, ...]:
        """Return the findings that are found, in the pack's order."""
        found = {name for rule in self.holding for name in self.kb.rules[rule].find}
        return tuple(sorted(found, key=self.kb.position.findings.__getitem__))

    def _conclusions(self) -> Conclusions:
        """Return what the rules that hold say together. Only those that have come to hold since are looked at."""
        record, kb = self._record, self.kb
        if record.concluded_after < self._step:
            since = record.after[record.concluded_after] if record.concluded_after >= 0 else _Lengths()
            held, certain = record.held[since.held :], record.certain[since.certain :]
            new = islice(record.given.items(), since.given, None)
            asked = [kb.questions[name] for name, value in new if value == WORSE and name in kb.questions]
            worse = [question.attempt_of for question in asked if question.attempt_of]
            if held or certain or worse:
                rules = kb.rules.__getitem__
                record.conclusions = record.conclusions.and_by(map(rules, held), map(rules, certain), worse)
            record.concluded_after = self._step
        return record.conclusions

    def not_refuted(self, rules: tuple[str, ...]) -> Iterator[str]:
        """Yield those of `rules` that are not refuted.

        The record keeps how many at the front are refuted, so that they are not looked at in every step.
        """
        refuted, step = self._record.refuted.get(rules, (0, 0))
        front = refuted if step <= self._step else 0
        while front < len(rules) and self.rules[rules[front]] is Truth.FAILS:
            front += 1
        if step <= self._step:
            self._record.refuted[rules] = front, self._step
        return (rule for rule in islice(rules, front, None) if self.rules[rule] is not Truth.FAILS)

    @cached_property
    def provisional(self) -> frozenset[str]:
        """Return the rules that hold only because an answer is unsure."""
        if self._record.unsure_since > self._step:
            return frozenset()
        return frozenset(rule for rule in self.holding if not self._record.is_certain(rule_variable(rule), self._step))

    @cached_property
    def firings(self) -> tuple[Firing, ...]:
        """Return what fired, in the order of the productions."""
        given, holding, values = self._record.given, self._record.holding_since, (FAILS, HOLDS)
        fired = sorted(self._record.fired[: self._record.after[self._step].fired], key=attrgetter("position"))
        return tuple(
            Firing(
                production,
                tuple(
                    (
                        premise.variable,
                        given[premise.variable] if premise.given else values[premise.variable in holding],
                    )
                    for premise in production.premises
                ),
            )
            for production in fired
        )
