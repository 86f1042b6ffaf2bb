"""What one knowledge base tells a student, and what another tells them otherwise.

A *change* is one thing that a student is told otherwise: a recommendation gone, a stop no longer there. What follows
from another change is none of its own: someone who is stopped loses all advice, and is told so once. The answer-set
program of a comparison says the same in its own words (`kb/workbench/comparison/comparing.lp`).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

import msgspec

from kb.inference.engine import Inference
from kb.inference.outcome import decide, screens_left, shown_findings
from kb.model.knowledge import KnowledgeBase, Level, Outcome


class Gravity(IntEnum):
    """How serious a change is, the most serious first: what could harm someone stands before what could bore them."""

    NO_LONGER_STOPPED = 0
    STOPPED_LESS = 1
    UNSCREENED = 2
    REFERRAL_LOST = 3
    NO_LONGER_WITHHELD = 4
    STOPPED = 5
    REFERRAL_GAINED = 6
    ADVICE_LOST = 7
    ADVICE_GAINED = 8
    SAID_OTHERWISE = 9
    FINDING = 10


class Change(msgspec.Struct, frozen=True, order=True):
    """One thing that a student is told otherwise; `kind` and the rest are those of `comparing.lp`.

    - stop: the level `before` and `after`; without a stop `after` is `advised` or `unadvised`, and `before` empty;
    - screen: held up by a safety question before (`after` says what follows now), or only now;
    - outcome: another outcome, neither of them a stop;
    - advice: `subject` is `given`, `withheld` or neither;
    - provisional, referral, finding: of `subject`;
    - order: of the recommendations, referrals or findings (`subject`).
    """

    kind: str
    subject: str = ""
    before: str = ""
    after: str = ""

    @property
    def gravity(self) -> Gravity:
        """Return how serious it is."""
        if self.kind == "stop":
            return self._gravity_of_stop()
        if self.kind == "advice" and self.after == "given":
            return Gravity.NO_LONGER_WITHHELD if self.before else Gravity.ADVICE_GAINED
        gravities = {
            ("screen", True): Gravity.ADVICE_LOST,
            ("screen", False): Gravity.UNSCREENED,
            ("referral", True): Gravity.REFERRAL_LOST,
            ("referral", False): Gravity.REFERRAL_GAINED,
        }
        if self.kind == "advice" and self.before == "given":
            return Gravity.ADVICE_LOST
        otherwise = Gravity.FINDING if self.kind == "finding" else Gravity.SAID_OTHERWISE
        return gravities.get((self.kind, bool(self.before)), otherwise)

    def _gravity_of_stop(self) -> Gravity:
        levels = [level.value for level in Level]
        if self.after not in levels:
            return Gravity.NO_LONGER_STOPPED
        less = bool(self.before) and levels.index(self.before) < levels.index(self.after)
        return Gravity.STOPPED_LESS if less else Gravity.STOPPED


class Told(msgspec.Struct, frozen=True):
    """What one knowledge base tells a student.

    `held_up`: a safety screen is not answered, or no rule refers for a sign of danger, and nothing stops them.
    """

    outcome: Outcome
    referrals: tuple[str, ...]
    given: tuple[str, ...]
    provisional: tuple[str, ...]
    withheld: tuple[str, ...]
    findings: tuple[str, ...]
    held_up: bool = False

    @property
    def quiet(self) -> bool:
        """Say whether no advice is shown at all."""
        return self.held_up or self.outcome.stops


def told(kb: KnowledgeBase, inference: Inference) -> Told:
    """Return what a student is told."""
    advice = decide(kb, inference)
    return Told(
        outcome=advice.outcome,
        referrals=advice.referrals,
        given=advice.given,
        provisional=tuple(name for name in advice.given if name in advice.provisional),
        withheld=advice.withheld,
        findings=shown_findings(kb, inference, advice),
        held_up=bool(screens_left(kb, inference, advice) or advice.unheeded),
    )


def changes(old: Told, new: Told) -> frozenset[Change]:
    """Return what `new` tells otherwise; what follows from a stop or a missing screen is told with that."""
    return frozenset(_changes(old, new))


def _changes(old: Told, new: Told) -> Iterator[Change]:
    yield from _stops(old, new)
    if old.held_up and not new.quiet and _visible(new, old):
        yield Change("screen", after=_advised(new))
    if new.held_up and not old.quiet and _visible(old, new):
        yield Change("screen", before=_advised(old))
    for name in {*old.referrals} ^ {*new.referrals}:
        yield _said("referral", name, old.referrals)
    for name in {*old.findings} - {*new.findings}:
        if old.quiet or not new.quiet:
            yield Change("finding", name, "said")
    for name in {*new.findings} - {*old.findings}:
        if new.quiet or not old.quiet:
            yield Change("finding", name, "", "said")
    yield from _otherwise(old, new)
    for subject, before, after in (
        ("advice", old.given, new.given),
        ("withheld", old.withheld, new.withheld),
        ("referral", old.referrals, new.referrals),
        ("finding", old.findings, new.findings),
    ):
        if [name for name in before if name in after] != [name for name in after if name in before]:
            yield Change("order", subject)


def _stops(old: Told, new: Told) -> Iterator[Change]:
    before = old.outcome.value if old.outcome.stops else ""
    after = new.outcome.value if new.outcome.stops else ""
    if before != after:
        yield Change("stop", "", before, after or _advised(new))


def _otherwise(old: Told, new: Told) -> Iterator[Change]:
    """Yield what changes between two reports that both show advice."""
    if old.quiet or new.quiet:
        return
    if old.outcome is not new.outcome:
        yield Change("outcome", "", old.outcome.value, new.outcome.value)
    for name in {*old.given, *new.given, *old.withheld, *new.withheld}:
        before, after = _status(old, name), _status(new, name)
        if before != after:
            yield Change("advice", name, before, after)
        elif (name in old.provisional) != (name in new.provisional):
            firmness = ("provisional", "firm")
            yield Change("provisional", name, *(firmness if name in old.provisional else firmness[::-1]))


def _visible(shown: Told, hidden: Told) -> bool:
    """Say whether it makes a difference to the student that a safety question holds up advice."""
    more = set(shown.findings) - set(hidden.findings)
    return bool(shown.given or shown.withheld or more) or shown.outcome is not hidden.outcome


def _advised(one: Told) -> str:
    return "advised" if one.given else "unadvised"


def _said(kind: str, name: str, before: tuple[str, ...]) -> Change:
    return Change(kind, name, "said", "") if name in before else Change(kind, name, "", "said")


def _status(one: Told, name: str) -> str:
    return "given" if name in one.given else "withheld" if name in one.withheld else ""
