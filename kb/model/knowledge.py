"""What a knowledge base consists of: frozen values, linked by ids.

A *pack* is a folder of YAML files (or one file) that one author owns. It holds *questions*, *findings* (what rules
conclude), *recommendations* (corrections), *referrals* (stop, or go gently), *rules* and *cases*. Packs that are
loaded together form a `KnowledgeBase`. Everything here is data; no method infers, asks or prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, TypeVar, Union

import msgspec

from kb.model.conditions import UNSURE, Condition, questions_in
from kb.model.packs import Override, Pack, Weakening
from kb.model.problems import Location

Answer = Union[str, Decimal, tuple[str, ...]]
"""What a person answered, in one form each:

- yes-no and one: the option's id (`yes`, `no` for yes-no);
- number: a `Decimal`;
- several: the chosen options in the question's order, an unsure one with `?` behind it; empty for "none of them";
- any question: `unsure`.
"""

Answers = Mapping[str, Answer]
"""Answers by question id."""

_Kept = TypeVar("_Kept")


def is_unsure(answer: Answer | list[str]) -> bool:
    """Say whether somebody was unsure: of the whole question, or of one of its options."""
    several = isinstance(answer, tuple | list)
    return any(option.endswith("?") for option in answer) if several else answer == UNSURE  # type: ignore[union-attr]


class Kind(str, Enum):
    """How a question is answered."""

    YES_NO = "yes-no"
    ONE = "one"
    SEVERAL = "several"
    NUMBER = "number"


class Level(str, Enum):
    """How strong a referral is, strongest first (the tiers of the safety notes)."""

    STOP_EMERGENCY = "stop-emergency"
    STOP_TODAY = "stop-today"
    CLINICIAN_FIRST = "clinician-first"
    GENTLY = "gently"

    @property
    def stops(self) -> bool:
        """Say whether this level ends the interview without any pose advice."""
        return self is not Level.GENTLY

    @property
    def rank(self) -> int:
        """Return 0 for the strongest level, counting up."""
        return list(Level).index(self)


class Outcome(str, Enum):
    """What a session comes to, strongest first; a session has exactly one."""

    STOP_EMERGENCY = "stop-emergency"
    STOP_TODAY = "stop-today"
    CLINICIAN_FIRST = "clinician-first"
    ADVISE_GENTLY = "advise-gently"
    ADVISE = "advise"
    CHECK_FIRST = "check-first"
    NO_CHANGE = "no-change"
    INCOMPLETE = "incomplete"

    @property
    def stops(self) -> bool:
        """Say whether this outcome shows no pose advice at all."""
        return self in (Outcome.STOP_EMERGENCY, Outcome.STOP_TODAY, Outcome.CLINICIAN_FIRST)


class Option(msgspec.Struct, frozen=True):
    """One answer that can be chosen: its id, what the person reads, and what people call it else (`also`).

    `detail` says more, to whoever asks. `means` are findings that hold for everybody who chooses it.
    """

    id: str
    text: str
    also: tuple[str, ...] = ()
    detail: str = ""
    means: tuple[str, ...] = ()


BETTER, SAME, WORSE = "better", "same", "worse"
"""How an attempt at a correction went: the options of its question, which is called `after-` and its name."""


def attempt_name(recommendation: str) -> str:
    """Return the name of the question how an attempt at a recommendation went."""
    return f"after-{recommendation}"


NONE = "none"
"""The option of a *several* question that excludes all others."""


class Question(msgspec.Struct, frozen=True, dict=True):
    """Something a person may be asked.

    `hint` says what is meant and `self_check` how to find out, for `?` and for an unsure person. `unit`, `at_least`
    and `at_most` belong to numbers. `sources` are ids of the knowledge base's sources. A question with
    `after_advice` belongs to the time after a report (the live stop rule); no interview begins with it. One with
    `asked_when` is a *follow-up*: an interview asks it only of people for whom that condition holds, which speaks of
    answers to questions that are asked of everybody. An answer counts all the same, whoever gave it. One with
    `attempt_of` asks how that recommendation went; nobody writes it, every correction has one. `lasting` says that
    no correction changes the answer, so that it is not asked again after one.
    """

    id: str
    ask: str
    kind: Kind
    options: tuple[Option, ...] = ()
    hint: str = ""
    self_check: str = ""
    unit: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    after_advice: bool = False
    asked_when: Condition | None = None
    attempt_of: str = ""
    lasting: bool = False
    sources: tuple[str, ...] = ()
    topic: str = ""
    place: Location = Location("")

    @cached_property
    def option_ids(self) -> tuple[str, ...]:
        """Return the ids of the options, in order."""
        return tuple(option.id for option in self.options)


class Finding(msgspec.Struct, frozen=True):
    """What a rule concludes: a likely cause, in words a person reads. Never typed in.

    `not_with` are findings that contradict it: no student should have both. An `intermediate` one is concluded on the
    way and told to nobody (EMYCIN's word): rules rest on it.
    """

    id: str
    title: str
    not_with: tuple[str, ...] = ()
    intermediate: bool = False
    sources: tuple[str, ...] = ()
    topic: str = ""
    place: Location = Location("")


class Hold(msgspec.Struct, frozen=True):
    """How a recommendation is held: for how many minutes, what to mind meanwhile, and what to notice at the end."""

    minutes: Decimal
    meanwhile: tuple[str, ...] = ()
    at_the_end: tuple[str, ...] = ()


class Recommendation(msgspec.Struct, frozen=True):
    """What to do: a correction, or a closing word (`closing`), with how, how long and how to check.

    `not_with` are recommendations that contradict it: no student should be given both. Those that it `covers` are its
    parts where they are given as well, in this order. `rechecks` are the questions
    whose answers it can have changed, where that is not plain from the rules that give it. `hold` says that it is held
    for a time.
    """

    id: str
    title: str
    steps: tuple[str, ...]
    cue: str = ""
    dose: str = ""
    self_check: str = ""
    closing: bool = False
    not_with: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    rechecks: tuple[str, ...] | None = None
    hold: Hold | None = None
    sources: tuple[str, ...] = ()
    topic: str = ""
    place: Location = Location("")


class Referral(msgspec.Struct, frozen=True):
    """Whom to see, or inside which limits to stay: `tell` is said to the person as it stands."""

    id: str
    level: Level
    tell: str
    sources: tuple[str, ...] = ()
    topic: str = ""
    place: Location = Location("")


class Rule(msgspec.Struct, frozen=True):
    """When a condition holds, then find, recommend, refer or withhold, because of a sentence from a source.

    An `inferred` rule goes beyond its source. One with `otherwise` holds only where every other rule of its topic that
    could recommend is ruled out. `of_table` marks a rule that nobody wrote: an option's `means` is where it comes from.
    """

    id: str
    when: Condition
    because: str
    find: tuple[str, ...] = ()
    recommend: tuple[str, ...] = ()
    refer: tuple[str, ...] = ()
    withhold: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    inferred: bool = False
    otherwise: bool = False
    of_table: bool = False
    topic: str = ""
    place: Location = Location("")

    @property
    def effects(self) -> Iterator[tuple[str, str]]:
        """Yield all that the rule does: the word for it, out of `EFFECTS`, and the name of what it finds and so on."""
        return ((effect, name) for effect in EFFECTS for name in getattr(self, effect))


EFFECTS = ("find", "recommend", "refer", "withhold")


class Expectation(msgspec.Struct, frozen=True):
    """What a case expects.

    `in_order` are the recommendations wanted, in this order; `may_add` what may stand beside them; `never` what must
    not appear (`any`: nothing at all). `None` leaves a thing open.
    """

    outcome: str
    in_order: tuple[str, ...] | None = None
    may_add: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    findings: tuple[str, ...] | None = None
    referrals: tuple[str, ...] | None = None


class Case(msgspec.Struct, frozen=True):
    """A recorded student: answers, and what a teacher who knows the source would say to them."""

    id: str
    title: str
    answers: dict[str, Answer]
    expect: Expectation
    says: str = ""
    because: str = ""
    place: Location = Location("")


class Source(msgspec.Struct, frozen=True):
    """Where something comes from: `at` is the place in the work, `work` the work's title, `by` who wrote it.

    `text` is what stands there, in the author's own words. `within` names a source whose work this is a place in.
    """

    id: str
    work: str
    at: str = ""
    by: str = ""
    address: str = ""
    text: str = ""
    within: str = ""
    place: Location = Location("")


class Positions:
    """Where everything stands in the pack's order, counted from 0."""

    def __init__(self, kb: KnowledgeBase) -> None:
        numbered = [
            {name: number for number, name in enumerate(names)}
            for names in (kb.questions, kb.rules, kb.findings, kb.recommendations, kb.referrals)
        ]
        self.questions, self.rules, self.findings, self.recommendations, self.referrals = numbered


class KnowledgeBase(msgspec.Struct, frozen=True, dict=True):
    """All packs, linked and checked: every id that is named exists, findings form no circle.

    The order of each mapping is the pack's order: questions are asked, and recommendations given, in it.
    `overrides` say what one pack changed in another, and `weakenings` what that may take from its safety; `bases` are
    what there was before, by the pack that changes it.
    """

    packs: tuple[Pack, ...]
    questions: dict[str, Question]
    findings: dict[str, Finding]
    recommendations: dict[str, Recommendation]
    referrals: dict[str, Referral]
    rules: dict[str, Rule]
    sources: dict[str, Source]
    cases: tuple[Case, ...] = ()
    overrides: tuple[Override, ...] = ()
    weakenings: tuple[Weakening, ...] = ()
    bases: dict[str, KnowledgeBase] = {}

    @cached_property
    def written_questions(self) -> tuple[Question, ...]:
        """Return the questions that stand in the packs: all but those how an attempt went."""
        return tuple(question for question in self.questions.values() if not question.attempt_of)

    @cached_property
    def written_rules(self) -> dict[str, Rule]:
        """Return the rules that stand in the packs: all but those for what options mean."""
        return {name: rule for name, rule in self.rules.items() if not rule.of_table}

    @cached_property
    def safety_screens(self) -> tuple[str, ...]:
        """Return the questions that everybody must answer before any advice is shown."""
        return tuple([screen for screen in self.screens if screen not in self.follow_ups])

    @cached_property
    def screening_follow_ups(self) -> tuple[str, ...]:
        """Return the questions that whoever is asked them must answer before any advice is shown."""
        return tuple([screen for screen in self.screens if screen in self.follow_ups])

    @cached_property
    def screens(self) -> tuple[str, ...]:
        """Return all that packs list as safety screens: those that everybody is asked, and follow-ups."""
        return tuple(dict.fromkeys(screen for pack in self.packs for screen in pack.safety_screens))

    @cached_property
    def safety_questions(self) -> tuple[str, ...]:
        """Return the safety screens and their follow-ups, in the order of asking."""
        screens = set(self.safety_screens)
        after = {name for name, when in self.follow_ups.items() if not screens.isdisjoint(questions_in(when))}
        return tuple(name for name in self.questions if name in screens | after)

    @cached_property
    def follow_ups(self) -> dict[str, Condition]:
        """Return the questions that are asked of some people only, each with the condition that says of whom."""
        return {question.id: question.asked_when for question in self.questions.values() if question.asked_when}

    @cached_property
    def position(self) -> Positions:
        """Return where everything stands in the pack's order."""
        return Positions(self)

    @cached_property
    def _rules_by_effect(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        """Return the rules that do something, in order, by what they do."""
        found: dict[tuple[str, str], dict[str, Rule]] = {}
        for rule in self.rules.values():
            for effect in rule.effects:
                found.setdefault(effect, {})[rule.id] = rule
        return {effect: tuple(rules.values()) for effect, rules in found.items()}

    def rules_finding(self, finding: str) -> tuple[Rule, ...]:
        """Return the rules that conclude `finding`, in order."""
        return self._rules_by_effect.get(("find", finding), ())

    def rules_recommending(self, recommendation: str) -> tuple[Rule, ...]:
        """Return the rules that give `recommendation`, in order."""
        return self._rules_by_effect.get(("recommend", recommendation), ())

    def rules_withholding(self, recommendation: str) -> tuple[Rule, ...]:
        """Return the rules that withhold `recommendation`, in order."""
        return self._rules_by_effect.get(("withhold", recommendation), ())

    def rules_giving(self, target: str) -> tuple[Rule, ...]:
        """Return the rules that find, recommend or refer to `target`, in order."""
        return tuple(rule for rule in self.rules.values() if target in (*rule.find, *rule.recommend, *rule.refer))

    def stops(self, rule: Rule) -> bool:
        """Say whether `rule` ends the interview: it refers at a level that stops."""
        return any(self.referrals[name].level.stops for name in rule.refer)

    def kept(self, worked_out: Callable[[KnowledgeBase], _Kept]) -> _Kept:
        """Return what a function works out of this knowledge base, and keep it: it never changes."""
        if worked_out not in self._kept:
            self._kept[worked_out] = worked_out(self)
        kept: _Kept = self._kept[worked_out]
        return kept

    @cached_property
    def _kept(self) -> dict[Callable[[KnowledgeBase], Any], Any]:
        return {}

    def pack_of(self, place: Location) -> str:
        """Return the id of the pack whose files hold `place`, such as a rule's; nothing if none does."""
        return next((pack.id for pack in self.packs if place.path in pack.files), "")
