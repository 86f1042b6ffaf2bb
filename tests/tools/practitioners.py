"""People who practise and have faults: interviewed as the program interviews, and what they are told.

Nobody has a danger sign. What is usual (`USUAL`) is answered by nine in ten; so one in ten has a condition, any one.
Where an answer is sound (`SOUND`), a *mild* crowd gives it eight times in ten and a *hard* one in four; else each of
the others is as likely. All other questions, the pose and the strain too, are answered evenly. Nobody is unsure.
Whoever is stopped, or has nothing to correct, gives the place to somebody else. Only what the program asks is answered,
so nobody says what nobody would be asked.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal
from functools import cached_property

from kb.inference.engine import Engine
from kb.interview.dialogue import Dialogue
from kb.interview.session import Session
from kb.model.conditions import Truth, findings_in
from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question
from kb.report.build import Report, build_report
from kb.report.rendering import to_text

SEED = 20261201
PEOPLE = 1000

MILD, HARD = 0.8, 0.25
"""How often a sound answer is given."""

_USUAL = 0.9
_MOMENT = datetime(2026, 12, 1, tzinfo=timezone.utc)

SOUND: dict[str, tuple[Answer, ...]] = {
    "wall-set-up": ("wall-and-roll",),
    "low-back": ("curved",),
    "low-back-lying": ("lifted",),
    "back-in-fold": ("long",),
    "spine-long": ("yes",),
    "feet-direction": ("parallel",),
    "feet-contact": ("full",),
    "feet-without-wall": ("neutral",),
    "weight-in-feet": ("yes",),
    "heels-rooted": ("yes",),
    "knee-direction": ("with-middle-toes",),
    "knee-backs": ("level",),
    "knees-turned-unawares": ("no",),
    "feet-after-knee-work": ("stayed",),
    "big-toe-press": ("easy-and-even",),
    "hold-minutes": (Decimal(2), Decimal(3)),
    "breath": ("full",),
    "alignment-while-breathing": ("steady",),
    "eased-after-hold": ("yes",),
    "took-break": ("yes",),
    "spine-square": ("yes",),
    "hands-in-half-fold": ("blocks-or-thighs",),
    "can-stop-midway": ("yes",),
    "as-close-as-alignment-allows": ("yes",),
}
"""The answers that say that something is in order."""

USUAL: dict[str, Answer] = {
    "health-conditions": (NONE,),
    "pain-pattern": ("only-in-pose",),
    "recent-antibiotic": "no",
}
"""What nearly everybody answers who goes on to advice."""

_NUMBERS = tuple(Decimal(half) / 2 for half in range(7))


def answer_of(chance: random.Random, question: Question, sound: float) -> Answer:
    """Return what somebody answers."""
    if question.id == "danger-signs":
        return (NONE,)
    if question.id in USUAL and chance.random() < _USUAL:
        return USUAL[question.id]
    if question.kind is Kind.SEVERAL:
        return (chance.choice(question.option_ids),)
    every: tuple[Answer, ...] = _NUMBERS if question.kind is Kind.NUMBER else question.option_ids
    good = [answer for answer in SOUND.get(question.id, ()) if answer in every]
    faulty = [answer for answer in every if answer not in good]
    return chance.choice(good if good and chance.random() < sound else faulty)


class Practitioner:
    """One person after an interview."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.kb = session.kb

    @cached_property
    def corrections(self) -> tuple[str, ...]:
        """Return what they are told to do: no closing words, and no parts of another correction that they are told."""
        return tuple(name for name in self.session.advice.items if not self.kb.recommendations[name].closing)

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what they are told as a part of a correction."""
        return tuple(part for parts in self.session.advice.covers.values() for part in parts)

    @property
    def told(self) -> frozenset[str]:
        """Return all that they are told to do, parts of something else too."""
        said = self.session.inference.conclusions
        return said.recommended - said.withheld

    @cached_property
    def report(self) -> Report:
        """Return their report."""
        return build_report(self.session)

    @cached_property
    def text(self) -> str:
        """Return their report as plain text of 80 columns."""
        return to_text(self.report)

    @property
    def repeated(self) -> list[str]:
        """Return the reasons that stand more than once in their report."""
        text = " ".join(self.text.split())
        reasons = {self.kb.rules[name].because for name in self.session.inference.holding}
        return [reason for reason in sorted(reasons) if reason and text.count(reason) > 1]

    def depth(self, correction: str) -> int:
        """Return how many findings the longest chain has that led to a correction."""
        holding, found = set(self.session.inference.holding), self.session.inference.findings
        known: dict[str, int] = {}

        def of_finding(name: str) -> int:
            if name not in known:
                known[name] = 1 + max(of_rule(rule.id) for rule in self.kb.rules_finding(name) if rule.id in holding)
            return known[name]

        def of_rule(name: str) -> int:
            read = findings_in(self.kb.rules[name].when)
            return max((of_finding(each) for each in read if found[each] is Truth.HOLDS), default=0)

        giving = (rule.id for rule in self.kb.rules_recommending(correction) if rule.id in holding)
        return max(of_rule(name) for name in giving)


def interviewed(begun: Dialogue, chance: random.Random, sound: float) -> Session:
    """Return the session of one person, led by the dialogue to its end."""
    dialogue = begun
    while turn := dialogue.turn:
        dialogue = dialogue.take(answer_of(chance, turn.question, sound), _MOMENT).dialogue
    return dialogue.session


def practitioners(kb: KnowledgeBase, sound: float, people: int = PEOPLE) -> Iterator[Practitioner]:
    """Yield people with something to correct; fewer than asked for if hardly anybody has."""
    begun, chance = Dialogue.begin(Engine(kb)), random.Random(SEED)
    met = (Practitioner(interviewed(begun, chance, sound)) for _ in range(10 * people))
    faulty = (person for person in met if person.corrections)
    yield from (person for _, person in zip(range(people), faulty))
