"""What changes from one knowledge base to another: what a student is told, and what is written.

A *change* is one thing that a student is told otherwise: a recommendation gone, a stop no longer there. What follows
from another change is none of its own: someone who is stopped loses all advice, and is told so once. The answer-set
program of a comparison says the same in its own words (`kb/workbench/comparison/compare.lp`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

import msgspec

from kb.inference.engine import Inference
from kb.inference.outcome import decide, screens_left, told_findings
from kb.model.knowledge import KnowledgeBase, Level, Outcome
from kb.workbench.description.index import items_of


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
    """One thing that a student is told otherwise; `kind` and the rest are those of `compare.lp`.

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
        return self._said[0]

    @property
    def sentence(self) -> str:
        """Return what it does to a student, without a full stop."""
        return self._said[1].format(subject=self.subject, before=self.before, after=self.after)

    @property
    def _said(self) -> tuple[Gravity, str]:
        if self.kind == "outcome":
            return Gravity.SAID_OTHERWISE, "Another outcome: {before} before, {after} now"
        if self.kind == "order":
            return Gravity.SAID_OTHERWISE, f"{_ORDERED[self.subject]} in another order"
        if self.kind != "stop":
            return _SAID[self.kind, self.before, self.after]
        if self.stops_no_longer:
            advised = ", and given advice" * (self.after == "advised")
            return Gravity.NO_LONGER_STOPPED, f"Stopped before ({{before}}), not any more{advised}"
        if not self.before:
            return Gravity.STOPPED, "Stopped now ({after}), not before"
        levels = [level.value for level in Level]
        if levels.index(self.before) < levels.index(self.after):
            return Gravity.STOPPED_LESS, "Stopped less strongly: {before} before, {after} now"
        return Gravity.STOPPED, "Stopped more strongly: {before} before, {after} now"

    @property
    def stops_no_longer(self) -> bool:
        """Say whether it is that a student is stopped no more."""
        return self.kind == "stop" and self.after in ("advised", "unadvised")


_SAID: dict[tuple[str, str, str], tuple[Gravity, str]] = {
    ("screen", "", "advised"): (Gravity.UNSCREENED, "Given advice now that a safety question held up before"),
    ("screen", "", "unadvised"): (Gravity.UNSCREENED, "No longer held up by a safety question"),
    ("screen", "advised", ""): (Gravity.ADVICE_LOST, "Given no advice now, held up by a safety question"),
    ("screen", "unadvised", ""): (Gravity.ADVICE_LOST, "Held up now by a safety question"),
    ("referral", "said", ""): (Gravity.REFERRAL_LOST, "No longer referred: {subject}"),
    ("referral", "", "said"): (Gravity.REFERRAL_GAINED, "Referred now, not before: {subject}"),
    ("advice", "", "given"): (Gravity.ADVICE_GAINED, "Given now, not before: {subject}"),
    ("advice", "", "withheld"): (Gravity.SAID_OTHERWISE, "Withheld now: {subject} (not given before either)"),
    ("advice", "given", ""): (Gravity.ADVICE_LOST, "No longer given: {subject}"),
    ("advice", "given", "withheld"): (Gravity.ADVICE_LOST, "Withheld now, given before: {subject}"),
    ("advice", "withheld", ""): (Gravity.SAID_OTHERWISE, "No longer withheld: {subject} (not given either)"),
    ("advice", "withheld", "given"): (Gravity.NO_LONGER_WITHHELD, "Given now, withheld before: {subject}"),
    ("provisional", "firm", "provisional"): (Gravity.SAID_OTHERWISE, "Provisional now, firm before: {subject}"),
    ("provisional", "provisional", "firm"): (Gravity.SAID_OTHERWISE, "Firm now, provisional before: {subject}"),
    ("finding", "said", ""): (Gravity.FINDING, "No longer found: {subject}"),
    ("finding", "", "said"): (Gravity.FINDING, "Found now, not before: {subject}"),
}
_ORDERED = {
    "advice": "Recommendations",
    "withheld": "Withheld recommendations",
    "referral": "Referrals",
    "finding": "Findings",
}


class ShownAdvice(msgspec.Struct, frozen=True):
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


def shown_advice(kb: KnowledgeBase, inference: Inference) -> ShownAdvice:
    """Return what a student is told."""
    advice = decide(kb, inference)
    return ShownAdvice(
        outcome=advice.outcome,
        referrals=advice.referrals,
        given=advice.given,
        provisional=tuple(name for name in advice.given if name in advice.provisional),
        withheld=advice.withheld,
        findings=told_findings(kb, inference, advice),
        held_up=bool(screens_left(kb, inference, advice) or advice.unheeded),
    )


def changes(old: ShownAdvice, new: ShownAdvice) -> frozenset[Change]:
    """Return what `new` tells otherwise; what follows from a stop or a missing screen is told with that."""
    return frozenset(_changes(old, new))


def _changes(old: ShownAdvice, new: ShownAdvice) -> Iterator[Change]:
    before, after = (one.outcome.value if one.outcome.stops else "" for one in (old, new))
    if before != after:
        yield Change("stop", "", before, after or _advised(new))
    if old.held_up and not new.quiet and _visible(new, old):
        yield Change("screen", after=_advised(new))
    if new.held_up and not old.quiet and _visible(old, new):
        yield Change("screen", before=_advised(old))
    for name in {*old.referrals} ^ {*new.referrals}:
        yield _said("referral", name, old.referrals)
    for name in {*old.findings} ^ {*new.findings}:
        has, lacks = (old, new) if name in old.findings else (new, old)
        if has.quiet or not lacks.quiet:
            yield _said("finding", name, old.findings)
    if not (old.quiet or new.quiet):
        yield from _between_advice(old, new)
    for subject, one, other in (
        ("advice", old.given, new.given),
        ("withheld", old.withheld, new.withheld),
        ("referral", old.referrals, new.referrals),
        ("finding", old.findings, new.findings),
    ):
        if [name for name in one if name in other] != [name for name in other if name in one]:
            yield Change("order", subject)


def _between_advice(old: ShownAdvice, new: ShownAdvice) -> Iterator[Change]:
    """Yield what changes between two reports that both show advice."""
    if old.outcome is not new.outcome:
        yield Change("outcome", "", old.outcome.value, new.outcome.value)
    for name in {*old.given, *new.given, *old.withheld, *new.withheld}:
        before, after = (
            "given" if name in one.given else "withheld" if name in one.withheld else "" for one in (old, new)
        )
        if before != after:
            yield Change("advice", name, before, after)
        elif (name in old.provisional) != (name in new.provisional):
            before, after = ("provisional" if name in one.provisional else "firm" for one in (old, new))
            yield Change("provisional", name, before, after)


def _visible(shown: ShownAdvice, hidden: ShownAdvice) -> bool:
    """Say whether it makes a difference to the student that a safety question holds up advice."""
    more = set(shown.findings) - set(hidden.findings)
    return bool(shown.given or shown.withheld or more) or shown.outcome is not hidden.outcome


def _advised(one: ShownAdvice) -> str:
    return "advised" if one.given else "unadvised"


def _said(kind: str, name: str, before: tuple[str, ...]) -> Change:
    return Change(kind, name, "said", "") if name in before else Change(kind, name, "", "said")


# --- what is written otherwise ----------------------------------------------------------------------------------------

_WHERE = frozenset({"id", "place", "topic", "files"})  # which file something stands in changes nothing for a reader
_SPOKEN = {"closing": "kind", "kind": "type", "find": "then", "recommend": "then", "refer": "then", "withhold": "then"}


class TextChange(msgspec.Struct, frozen=True):
    """What is written otherwise in one section; `changed` names the parts by item, as a pack calls them.

    `moved` says that what both have stands in another order.
    """

    section: str
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: dict[str, tuple[str, ...]] = {}
    moved: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is written otherwise."""
        return not (self.added or self.gone or self.changed or self.moved)


def text_changes(old: KnowledgeBase, new: KnowledgeBase) -> tuple[TextChange, ...]:
    """Return what is written otherwise, section by section; sections that read the same are left out."""
    before = items_of(old)
    found = (_text_change(section, before[section], items) for section, items in items_of(new).items())
    return tuple(each for each in found if not each.is_empty)


def _text_change(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> TextChange:
    both = [name for name in new if name in old]
    parts = {name: _parts(old[name], new[name]) for name in both}
    return TextChange(
        section,
        added=tuple(name for name in new if name not in old),
        gone=tuple(name for name in old if name not in new),
        changed={name: changed for name, changed in parts.items() if changed},
        moved=section in _IN_ORDER and [name for name in old if name in new] != both,
    )


_IN_ORDER = frozenset({"questions", "findings", "recommendations", "referrals"})  # the order of all else means nothing


def _parts(old: Any, new: Any) -> tuple[str, ...]:
    """Return the parts of an item that read differently, by the names they have in a pack."""
    names = [name for name in new.__struct_fields__ if name not in _WHERE]
    changed = (name for name in names if getattr(old, name) != getattr(new, name))
    return tuple(dict.fromkeys(_SPOKEN.get(name, name.replace("_", "-")) for name in changed))
