"""Decide what an inference comes to: one outcome, and what may be shown with it.

The strongest referral found decides first. Advice is shown only when the pack's safety screens are answered, every
sign of danger in them is heeded, nothing stops it, and no rule withholds it. `no-change` is a strong word: it needs
every rule that could have found a fault to be ruled out, not merely silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

import msgspec

from kb.inference.compiler import Formula, formula_of, shown
from kb.inference.record import Inference
from kb.inference.variables import Variables
from kb.model.conditions import Condition, Found, Leaf, Truth, findings_in, fold, questions_in
from kb.model.danger import Sign, unheeded
from kb.model.knowledge import Answers, KnowledgeBase, Level, Outcome, Referral, Rule


class Advice(msgspec.Struct, frozen=True):
    """The outcome, and the ids of what is shown with it, in the pack's order (referrals: strongest first).

    `given` are the recommendations to show, `provisional` those of them that rest on an unsure answer only;
    `covers` says which of them are parts of which; the others are the `items` of a report. `withheld` would have been
    given, had no rule withheld them. `unheeded` are signs of danger because of which no rule
    refers: beside one of them nothing is advised, whatever the rules say.
    """

    outcome: Outcome
    referrals: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    provisional: frozenset[str] = frozenset()
    unheeded: tuple[Sign, ...] = ()
    covers: dict[str, tuple[str, ...]] = {}

    @property
    def items(self) -> tuple[str, ...]:
        """Return what is given and is no part of something else that is given."""
        parts = {part for covered in self.covers.values() for part in covered}
        return tuple([name for name in self.given if name not in parts])

    @property
    def in_reading_order(self) -> tuple[str, ...]:
        """Return what is given, each part behind the one that covers it."""
        return tuple([name for item in self.items for name in (item, *self.covers.get(item, ()))])


def decide(kb: KnowledgeBase, inference: Inference) -> Advice:
    """Return what `inference` comes to."""
    said = inference.conclusions
    referrals = _strongest_first(kb, said.referred) if said.referred else []
    names = tuple([referral.id for referral in referrals])
    if referrals and referrals[0].level.stops:
        return Advice(Outcome(referrals[0].level.value), names)
    if unscreened(kb, inference.answers, inference.given):
        return Advice(Outcome.INCOMPLETE, names)
    if signs := unheeded(kb, inference.answers, inference.holding):
        return Advice(Outcome.INCOMPLETE, names, unheeded=signs)

    corrections = said.recommended - said.withheld - kb.kept(_closing)
    if corrections:
        if referrals:
            outcome = Outcome.ADVISE_GENTLY
        elif said.certain.isdisjoint(corrections):
            outcome = Outcome.CHECK_FIRST
        else:
            outcome = Outcome.ADVISE
    elif not _faults_left(kb, inference):
        outcome = Outcome.ADVISE_GENTLY if referrals else Outcome.NO_CHANGE
    else:
        outcome = Outcome.INCOMPLETE
    position = kb.position.recommendations.__getitem__
    given = tuple(sorted(said.recommended - said.withheld, key=position))
    withheld = tuple(sorted(said.recommended & said.withheld, key=position))
    return Advice(outcome, names, given, withheld, frozenset(given) - said.certain, covers=_covers(kb, given))


def _covers(kb: KnowledgeBase, given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return which of `given` are parts of which others, also over several steps; a part of two is one of the first."""
    parts = kb.kept(_parts)
    if not parts:
        return {}
    all_parts = {part for name in given for part in parts.get(name, ())}
    without_place = all_parts.intersection(given)
    covers = {}
    for name in given:
        covered = tuple([part for part in parts.get(name, ()) if part in without_place])
        if covered and name not in all_parts:
            covers[name] = covered
            without_place.difference_update(covered)
    return covers


def _parts(kb: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """Return by each recommendation that covers others which these are, each followed by those that it covers."""

    def below(name: str) -> Iterator[str]:
        for part in kb.recommendations[name].covers:
            yield part
            yield from below(part)

    return {name: tuple(dict.fromkeys(below(name))) for name, each in kb.recommendations.items() if each.covers}


def screens_left(kb: KnowledgeBase, inference: Inference, advice: Advice) -> tuple[str, ...]:
    """Return the safety screens that are still to be answered; none, once the person is stopped."""
    return () if advice.outcome.stops else unscreened(kb, inference.answers, inference.given)


def screens_ahead(kb: KnowledgeBase, inference: Inference, advice: Advice) -> tuple[str, ...]:
    """Return the safety screens that may still come: those left, and follow-ups of which it is not known yet."""
    if advice.outcome.stops:
        return ()
    answers, given = inference.answers, inference.given
    left = unscreened(kb, answers, given)
    sides = kb.kept(_screening).items()
    open_yet = [name for name, both in sides if name not in answers and not any(shown(side, given) for side in both)]
    return (*left, *open_yet)


def unscreened(kb: KnowledgeBase, answers: Answers, given: Mapping[str, str]) -> tuple[str, ...]:
    """Return the safety screens that `answers` leave open, whose variables are `given`."""
    left = [screen for screen in kb.safety_screens if screen not in answers]
    asked = [name for name, (holds, _) in kb.kept(_screening).items() if name not in answers and shown(holds, given)]
    return (*left, *asked)


def _screening(kb: KnowledgeBase) -> dict[str, tuple[Formula, Formula]]:
    """Return the follow-ups among the safety screens, each with what shows that it is asked, and that it is not."""
    variables, asked_when = kb.kept(Variables), kb.follow_ups
    return {
        name: (formula_of(asked_when[name], True, variables), formula_of(asked_when[name], False, variables))
        for name in kb.screening_follow_ups
    }


def shown_findings(kb: KnowledgeBase, inference: Inference, advice: Advice) -> tuple[str, ...]:
    """Return the findings that a report names. Where nothing may be advised, nothing is said about the pose."""
    found = inference.found
    if not advice.outcome.stops and not advice.unheeded and not unscreened(kb, inference.answers, inference.given):
        return found
    referring = [kb.rules[name] for name in inference.holding if kb.rules[name].refer]
    told = {name for rule in referring for name in rule.find if not kb.findings[name].intermediate}
    return tuple(name for name in found if name in told)


def told_findings(kb: KnowledgeBase, inference: Inference, advice: Advice) -> tuple[str, ...]:
    """Return the findings that a report tells people of: those it names, but no intermediate ones."""
    return tuple(name for name in shown_findings(kb, inference, advice) if not kb.findings[name].intermediate)


def _closing(kb: KnowledgeBase) -> frozenset[str]:
    return frozenset(recommendation.id for recommendation in kb.recommendations.values() if recommendation.closing)


def could_find_a_fault(kb: KnowledgeBase, rule: Rule, withheld: Set[str]) -> bool:
    """Say whether `rule`, if it held, would give a correction that nothing withholds, or stop the person."""
    if kb.stops(rule):
        return True
    return any(name not in withheld and not kb.recommendations[name].closing for name in rule.recommend)


def _faults_left(kb: KnowledgeBase, inference: Inference) -> bool:
    """Say whether some rule that could find a fault is not ruled out."""
    withheld = inference.conclusions.withheld
    left = []
    for name in inference.not_refuted(kb.kept(_finding_faults)):
        rule = kb.rules[name]
        if could_find_a_fault(kb, rule, withheld):
            if not _may_stay_unasked(kb, rule):
                return True
            left.append(rule)
    if not left:
        return False
    as_asked = _AsAsked(kb, inference)
    return not all(as_asked.fails(rule.when) for rule in left)


def _finding_faults(kb: KnowledgeBase) -> tuple[str, ...]:
    """Return the rules that could find a fault, if nothing were withheld."""
    return tuple([rule.id for rule in kb.rules.values() if could_find_a_fault(kb, rule, frozenset())])


def _may_stay_unasked(kb: KnowledgeBase, rule: Rule) -> bool:
    """Say whether `rule` rests on what an interview may not ask, or may do so by way of findings."""
    asked = [kb.questions[name] for name in questions_in(rule.when)]
    return bool(findings_in(rule.when)) or any(question.after_advice or question.asked_when for question in asked)


class _AsAsked:
    """What conditions are worth if nothing more comes than an interview asks.

    What is asked after the advice has not come yet, and a follow-up does not come where its condition fails.
    """

    def __init__(self, kb: KnowledgeBase, inference: Inference) -> None:
        self.kb = kb
        self.inference = inference

    def fails(self, condition: Condition) -> bool:
        """Say whether `condition` fails."""
        return fold(condition, self._line, holds=False)

    def _line(self, line: Leaf, holds: bool) -> bool:
        if isinstance(line, Found):
            return (any if holds else all)(self._finding(finding, holds) for finding in line.findings)
        question = self.kb.questions[line.question]
        if question.id not in self.inference.answers and (
            question.after_advice or (question.asked_when is not None and self.fails(question.asked_when))
        ):
            return not holds
        return shown(formula_of(line, holds, self.kb.kept(Variables)), self.inference.given)

    def _finding(self, finding: str, holds: bool) -> bool:
        if self.inference.findings[finding] is not Truth.OPEN:
            return (self.inference.findings[finding] is Truth.HOLDS) is holds
        rules = self.kb.rules_finding(finding)
        return (any if holds else all)(fold(rule.when, self._line, holds) for rule in rules)


def _strongest_first(kb: KnowledgeBase, names: Iterable[str]) -> list[Referral]:
    position = kb.position.referrals
    found = sorted(set(names), key=position.__getitem__)
    return sorted((kb.referrals[name] for name in found), key=lambda referral: referral.level.rank)


def strongest_stop(kb: KnowledgeBase, advice: Advice) -> Level | None:
    """Return the level of the strongest stopping referral in `advice`, or None."""
    if not advice.outcome.stops:
        return None
    return kb.referrals[advice.referrals[0]].level
