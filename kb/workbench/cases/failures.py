"""Explain why a case fails: the firings that made the difference, and what kept other rules from firing.

For what is there and should not be, these are the rules that gave it and the answers they used. For what is missing,
they are the rules that could have given it, each with the lines of its `when` that do not hold and what stands against
them; or the rule that withheld it; or the referral that stopped everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from kb.explanation.explanation import explain_how
from kb.inference.engine import Engine
from kb.inference.outcome import could_find_a_fault, screens_left
from kb.inference.population import Population
from kb.interview.session import Session
from kb.model.conditions import All, Answered, Condition, Found, Not, Truth, Within
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Answer, Level, Outcome, Rule, is_unsure
from kb.text.wrapping import counted
from kb.workbench.authoring.yaml_text import answer_data, condition_data, inline
from kb.workbench.cases.replay import ANY, Miss, Part, Replay, lines_of

_OPPOSITE = {Truth.HOLDS: Truth.FAILS, Truth.FAILS: Truth.HOLDS}

_MOST_RULES = 3
"""Rules named for one thing: of those that could have given it, the ones that lack least."""


class Difference(msgspec.Struct, frozen=True):
    """A part of the expectation that differs: what was expected there, and what came."""

    part: Part
    expected: str
    got: str


class Reason(msgspec.Struct, frozen=True):
    """Why some things are not as expected: the sentences that say so, and the causes they share."""

    failures: tuple[str, ...]
    causes: tuple[str, ...]


def differences(replay: Replay) -> tuple[Difference, ...]:
    """Return the parts in which what came differs from what was expected."""
    expect, given = replay.case.expect, replay.given
    missed = {miss.part for miss in replay.misses}
    unwanted = [name for name in given if name in expect.never]
    never = ("nothing", _told(given)) if ANY in expect.never else (f"not {', '.join(unwanted)}", _told(unwanted))
    ordered = [name for name in given if name not in expect.may_add]
    sides = {
        Part.OUTCOME: (expect.outcome, replay.outcome),
        Part.IN_ORDER: (_told(expect.in_order), _told(ordered)),
        Part.NEVER: never,
        Part.FINDINGS: (_told(expect.findings), _told(replay.findings)),
        Part.REFERRALS: (_told(expect.referrals), _told(replay.referrals)),
    }
    return tuple(Difference(part, *both) for part, both in sides.items() if part in missed)


def _told(names: Sequence[str] | None) -> str:
    return ", ".join(names or ()) or "nothing"


def reasons(engine: Engine, replay: Replay) -> tuple[Reason, ...]:
    """Return why the case fails. Failures that have the same causes are told together."""
    told: dict[tuple[str, ...], list[str]] = {}
    explainer = _Explainer(engine, replay)
    for miss in replay.misses:
        causes = tuple(explainer.causes(miss))
        told.setdefault(causes, []).append(miss.sentence)
    return tuple(Reason(tuple(failures), causes) for causes, failures in told.items())


class _Explainer:
    """Looks for the causes of what differs in one case."""

    def __init__(self, engine: Engine, replay: Replay) -> None:
        self.kb = engine.kb
        self.replay = replay
        self.session = Session.begin(engine, replay.case.answers)
        self.advice = self.session.advice
        self.answers = self.session.answers
        self.inference = self.session.inference
        self.holding = [self.kb.rules[name] for name in self.inference.holding]
        self.unscreened = screens_left(self.kb, self.inference, self.advice)  # what keeps advice back
        self.lacks_recommendations = any(miss.part is Part.IN_ORDER and not miss.got for miss in replay.misses)
        self.population = Population(engine.kb, engine.variables, [replay.case.answers])

    def causes(self, miss: Miss) -> Iterator[str]:
        """Yield the causes of one thing that differs, as sentences."""
        if miss.part is Part.OUTCOME:
            return self.of_outcome(Outcome(self.replay.case.expect.outcome))
        if not miss.name:
            return iter(["Recommendations come in the pack’s order, which no rule changes."])
        if miss.got:
            return self.of_presence(miss.name)
        return self.of_absence(miss.name)

    # --- the outcome --------------------------------------------------------------------------------------------------

    def of_outcome(self, wanted: Outcome) -> Iterator[str]:
        """Yield why the outcome is not `wanted`."""
        got = self.advice.outcome
        if got.stops or (got is Outcome.ADVISE_GENTLY and not wanted.stops):
            for name in self.advice.referrals:
                if self.kb.referrals[name].level.value == got.value or not got.stops:
                    yield from self.of_presence(name)
        if wanted.stops:
            yield from self.of_no_referral(Level(wanted.value))
            return
        if got.stops:
            return
        if self.unscreened:
            yield self.silence()
            return
        if wanted is Outcome.ADVISE_GENTLY and not self.advice.referrals:
            yield from self.of_no_referral(Level.GENTLY)
        yield from self.of_other_advice(wanted)

    def of_other_advice(self, wanted: Outcome) -> Iterator[str]:
        """Yield why more or less was found than `wanted` stands for."""
        got = self.advice.outcome
        corrections = [name for name in self.advice.given if not self.kb.recommendations[name].closing]
        if wanted in (Outcome.NO_CHANGE, Outcome.INCOMPLETE):
            for name in corrections:
                yield from self.of_presence(name)
        elif not corrections:
            yield "No correction is given."
        told = self.lacks_recommendations and wanted is not Outcome.NO_CHANGE  # by what should have been given
        if self.advice.unheeded or self.unscreened:
            yield self.silence()
        elif got is Outcome.INCOMPLETE and not told:
            yield from self.of_faults_left()
        elif got is Outcome.NO_CHANGE:
            yield "Every rule that could find a fault is ruled out."
        elif got is Outcome.CHECK_FIRST and wanted is Outcome.ADVISE:
            unsure = [name for name, answer in self.answers.items() if is_unsure(answer)]
            yield f"All that is given rests on answers that are unsure: {', '.join(unsure)}."
        elif got is Outcome.ADVISE and wanted is Outcome.CHECK_FIRST:
            for name in corrections:
                if name not in self.advice.provisional:
                    yield from self.of_presence(name, certain=True)

    def of_no_referral(self, level: Level) -> Iterator[str]:
        """Yield why no rule refers at a level."""
        names = {name for name, referral in self.kb.referrals.items() if referral.level is level}
        rules = [rule for rule in self.kb.rules.values() if names.intersection(rule.refer)]
        if not rules:
            yield f"No rule refers at the level {level.value}."
        for rule in rules:
            if rule in self.holding:
                yield f"{_named(rule)} refers at the level {level.value}, and a stronger referral decides."
        yield from self.lacking(rule for rule in rules if rule not in self.holding)

    def of_faults_left(self) -> Iterator[str]:
        """Yield the rules that could find a fault, and that nothing rules out."""
        withheld = {name for rule in self.holding for name in rule.withhold}
        left = [
            rule
            for rule in self.kb.rules.values()
            if self.inference.rules[rule.id] is not Truth.FAILS and could_find_a_fault(self.kb, rule, withheld)
        ]
        waits = [any(self.kb.questions[name].after_advice for name in self.open_questions(rule.when)) for rule in left]
        left = [rule for rule, after in zip(left, waits) if not after] or left  # the advice is still to come for these
        for rule in left[:_MOST_RULES]:
            yield f"{_named(rule)} could find a fault and is not ruled out: {self.waiting(rule.when)}."
        if len(left) > _MOST_RULES:
            yield f"{_more(left, 'is', 'are')} not ruled out either."

    # --- what is there, and what is missing ---------------------------------------------------------------------------

    def of_presence(self, target: str, *, certain: bool = False) -> Iterator[str]:
        """Yield the rules that gave `target`, with the answers they used."""
        steps = explain_how(self.session, target).steps
        for step in steps:
            rule = self.kb.rules[step.rule]
            if certain and rule.id in self.inference.provisional:
                continue
            grounds = [answered(step.answers)] if step.answers else []
            grounds += [f"the finding {name} is found" for name in step.found]
            grounds += [f"the finding {name} is ruled out" for name in step.ruled_out]
            yield f"{_named(rule)} {_does(rule, target)}, {_because(grounds)}."

    def of_absence(self, target: str) -> Iterator[str]:
        """Yield why `target` is missing."""
        if target in self.kb.recommendations:
            if self.advice.outcome.stops or self.advice.unheeded or self.unscreened:
                yield self.silence()
                return
            if target in self.advice.withheld:
                for rule in self.holding:
                    if target in rule.withhold:
                        yield f"{_named(rule)} withholds {target}, {self.grounds(rule)}."
                return
        rules = self.kb.rules_giving(target)
        if not rules:
            yield f"No rule gives {target}."
        yield from self.lacking(rules)

    def silence(self) -> str:
        """Say what keeps every recommendation back."""
        if self.unscreened:
            asked = ", ".join(self.unscreened)
            return f"Nothing is given before the safety questions are answered; not answered: {asked}."
        if signs := self.advice.unheeded:
            said = ", ".join(f"{sign.answer} to {sign.question}" for sign in signs)
            return f"Nothing is given beside a sign of danger for which no rule refers: {said}."
        strongest = self.advice.referrals[0]
        rules = [rule for rule in self.holding if strongest in rule.refer]
        by = "; ".join(f"{_named(rule)}, {self.grounds(rule)}" for rule in rules)
        return f"The referral {strongest} stopped everything: {by}."

    def grounds(self, rule: Rule) -> str:
        """Say because of which answers `rule` holds, seen through findings too."""
        return _because([answered(self.given(self.bearing(rule.when, Truth.HOLDS)))])

    # --- what a rule lacks --------------------------------------------------------------------------------------------

    def lacking(self, rules: Iterable[Rule]) -> Iterator[str]:
        """Yield what each of `rules` lacks; first come those that nothing rules out, and then those that lack least."""
        lacking = {rule: [line for line in lines_of(rule) if not self.population.where(line)] for rule in rules}
        refuted = {
            rule: sum(self.population.truth(line) is Truth.FAILS for line in lines) for rule, lines in lacking.items()
        }
        nearest = sorted(lacking, key=lambda rule: (refuted[rule], len(lacking[rule])))
        for rule in nearest[:_MOST_RULES]:
            yield f"{_named(rule)} does not apply: {', and '.join(map(self.against, lacking[rule]))}."
        if len(nearest) > _MOST_RULES:
            yield f"{_more(nearest, 'does', 'do')} not apply either."

    def against(self, line: Condition) -> str:
        """Say what stands against a line that does not hold."""
        text = f"“{line_text(line)}”"
        if isinstance(line, Answered | Within):
            answer = self.answers.get(line.question)
            return f"{text} is not answered" if answer is None else f"{text} is answered {answer_text(answer)}"
        if self.population.truth(line) is Truth.FAILS:
            refuting = self.given(self.bearing(line, Truth.FAILS))
            return f"{text} is ruled out by {answered(refuting)}" if refuting else f"{text} can never hold"
        return f"{text} is open, since {self.waiting(line)}"

    def waiting(self, condition: Condition) -> str:
        """Say what an open condition waits for."""
        asked = self.open_questions(condition)
        unsure = [name for name in asked if name in self.answers]
        silent = [name for name in asked if name not in self.answers]
        told = ((silent, "not answered"), (unsure, "unsure"))
        return " and ".join(
            f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {how}" for names, how in told if names
        )

    def bearing(self, condition: Condition, truth: Truth) -> set[str]:
        """Return the questions whose answers make `condition` hold or fail, or leave it open, seen through findings."""
        if self.population.truth(condition) is not truth:
            return set()
        match condition:
            case Answered(question) | Within(question):
                return {question}
            case Not(part):
                return self.bearing(part, _OPPOSITE.get(truth, truth))
            case Found(findings):
                parts = tuple(rule.when for name in findings for rule in self.kb.rules_finding(name))
            case All(parts) | AnyOf(parts):
                pass
        return {name for part in parts for name in self.bearing(part, truth)}

    def open_questions(self, condition: Condition) -> tuple[str, ...]:
        """Return the questions that an open condition waits for, in the pack's order, seen through findings."""
        waiting = self.bearing(condition, Truth.OPEN)
        return tuple(name for name in self.kb.questions if name in waiting)

    def given(self, questions: set[str]) -> dict[str, Answer]:
        """Return the answers to `questions`, in the order of the case."""
        return {name: answer for name, answer in self.answers.items() if name in questions}


def line_text(condition: Condition) -> str:
    """Return a condition on one line, as its author could have written it."""
    return inline(condition_data(condition)).removeprefix("{").removesuffix("}")


def answer_text(answer: Answer) -> str:
    """Return an answer as it stands in a case."""
    return inline(answer_data(answer))


def answered(answers: Mapping[str, Answer]) -> str:
    """Return answers as they stand in a case, one behind the other."""
    return ", ".join(f"{name}: {answer_text(answer)}" for name, answer in answers.items())


def _named(rule: Rule) -> str:
    return f"Rule {rule.id} ({rule.place})"


def _because(grounds: Iterable[str]) -> str:
    told = [ground for ground in grounds if ground]
    return f"because {' and '.join(told)}" if told else "whatever is answered"


def _does(rule: Rule, target: str) -> str:
    for word, verb in (("recommend", "gives"), ("find", "finds"), ("refer", "refers to")):
        if target in getattr(rule, word):
            return f"{verb} {target}"
    return f"finds {', '.join(rule.find)}"


def _more(rules: Sequence[Rule], one: str, many: str) -> str:
    rest = len(rules) - _MOST_RULES
    return f"{counted(rest, 'more rule')} {one if rest == 1 else many}"
