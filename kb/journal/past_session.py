"""A session as it was, read back from the journal: its answers in words, what was tried and held, and its report.

The rules may have changed since, or be gone. So a text comes from the report that was kept with the session; else from
the rules of today, where they are of the same pack and still know the name; else the name itself has to do. Nothing of
this changes what is kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from kb.journal.records import Saved
from kb.model.answers import examine, in_words
from kb.model.conditions import UNSURE
from kb.model.knowledge import (
    BETTER,
    SAME,
    WORSE,
    Kind,
    KnowledgeBase,
    Level,
    Outcome,
    Question,
    attempt_name,
    is_unsure,
)
from kb.report.build import (
    Citation,
    OpenQuestion,
    Report,
    ReportedFinding,
    ReportedRecommendation,
    ReportedReferral,
    Withheld,
)

_WENT = (BETTER, SAME, WORSE, UNSURE)
ATTEMPT = attempt_name("")
"""What the question how an attempt went has before the name of the recommendation."""


class Answered(NamedTuple):
    """A question and the answer given to it, in words."""

    question: str
    answer: str


# --- the report as it was kept ----------------------------------------------------------------------------------------


class _Finding(msgspec.Struct, frozen=True):
    id: str
    title: str
    because: str = ""
    rules: tuple[str, ...] = ()
    intermediate: bool = False


class _Recommendation(msgspec.Struct, frozen=True):
    id: str
    title: str
    steps: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    sources: tuple[Citation, ...] = ()
    rules: tuple[str, ...] = ()
    provisional: bool = False
    covers: tuple[str, ...] = ()


class _Withheld(msgspec.Struct, frozen=True):
    id: str
    because: str = ""


class _Referral(msgspec.Struct, frozen=True):
    id: str
    level: Level
    tell: str
    sources: tuple[Citation, ...] = ()


class _Pack(msgspec.Struct, frozen=True):
    id: str = ""
    version: str = ""


class _Kept(msgspec.Struct, frozen=True):
    """The parts of a report in JSON, format 1, that are shown again."""

    outcome: Outcome
    pack: _Pack = _Pack()
    findings: tuple[_Finding, ...] = ()
    recommendations: tuple[_Recommendation, ...] = ()
    withheld: tuple[_Withheld, ...] = ()
    referrals: tuple[_Referral, ...] = ()
    open_questions: tuple[str, ...] = ()


class Past:
    """A saved session, and the rules of today if they are at hand."""

    def __init__(self, saved: Saved, kb: KnowledgeBase | None = None) -> None:
        self.saved = saved
        same_packs = kb is not None and not saved.packs.keys().isdisjoint(pack.id for pack in kb.packs)
        self._kb = kb if same_packs else None
        self._kept = _kept(saved.report)

    @property
    def outcome(self) -> Outcome | None:
        """Return the outcome of the last report, or None if there is none that can be read."""
        return self._kept.outcome if self._kept else None

    @property
    def findings(self) -> dict[str, str]:
        """Return what was found: title by name."""
        return {each.id: each.title for each in self._kept.findings} if self._kept else {}

    @property
    def advised(self) -> dict[str, str]:
        """Return what was recommended: title by name."""
        return {each.id: each.title for each in self._kept.recommendations} if self._kept else {}

    @property
    def referred(self) -> dict[str, str]:
        """Return what was told by referrals, by name."""
        return {each.id: each.tell for each in self._kept.referrals} if self._kept else {}

    @property
    def tried(self) -> dict[str, str]:
        """Return how each correction went that was tried: better, same, worse or unsure, in the order of trying."""
        went: dict[str, str] = {}
        for event in self.saved.events:
            name = event.about.removeprefix(ATTEMPT)
            if event.kind == "attempt" and event.answer in _WENT:
                went.pop(name, None)
                went[name] = event.answer
            elif event.about.startswith(ATTEMPT) and event.about not in self.saved.answers:
                went.pop(name, None)  # it was taken back
        return went | {
            question.removeprefix(ATTEMPT): answer
            for question, answer in self.saved.answers.items()
            if self._is_attempt(question) and answer in _WENT
        }

    @property
    def longest_holds(self) -> dict[str, float]:
        """Return for how many seconds each thing was held, the longest time."""
        longest: dict[str, float] = {}
        for hold in self.saved.holds:
            if isinstance(hold.seconds, (int, float)):  # someone may have spoiled it in the file
                longest[hold.recommendation] = max(hold.seconds, longest.get(hold.recommendation, 0))
        return longest

    def title(self, recommendation: str) -> str:
        """Return how a recommendation is called."""
        if recommendation in self.advised:
            return self.advised[recommendation]
        if self._kb and recommendation in self._kb.recommendations:
            return self._kb.recommendations[recommendation].title
        return recommendation.replace("-", " ")

    def answered(self) -> list[Answered]:
        """Return the answers in words, in the order of asking; how attempts went is told by `tried`."""
        return [
            self.words(question, answer)
            for question, answer in self.saved.answers.items()
            if not self._is_attempt(question) or answer not in _WENT
        ]

    def words(self, name: str, answer: Any) -> Answered:
        """Return a question and an answer that was given to it in words, as far as the rules of today know them."""
        asked = self._kb.questions.get(name) if self._kb else None
        if asked is None:
            return Answered(self.title(name.removeprefix(ATTEMPT)), _raw(answer))
        fitting, _ = examine(asked, answer)
        if fitting is None or (asked.kind is Kind.NUMBER and self._other_unit(asked)):
            units = self.saved.asked.get(name, ()) if asked.kind is Kind.NUMBER else ()
            return Answered(asked.ask, " ".join([_raw(answer), *units]))
        return Answered(asked.ask, in_words(asked, fitting))

    def report(self) -> Report | None:
        """Return the report as it was, or None if there is none that can be read.

        What JSON leaves out of a report, such as the words of a question that was open, is what it is today.
        """
        kept, kb = self._kept, self._kb
        if kept is None:
            return None
        packs = kb.packs if kb else ()
        return Report(
            pack=kept.pack.id,
            version=kept.pack.version,
            outcome=kept.outcome,
            findings=tuple(
                ReportedFinding(each.id, each.title, (each.because,), each.rules, each.intermediate)
                for each in kept.findings
            ),
            recommendations=tuple(self._recommended(each, kept.outcome) for each in kept.recommendations),
            withheld=tuple(Withheld(each.id, self.title(each.id), (each.because,)) for each in kept.withheld),
            referrals=tuple(
                ReportedReferral(each.id, each.level.value, each.tell, (), each.sources) for each in kept.referrals
            ),
            open_questions=tuple(map(self._question, kept.open_questions)),
            unsure=tuple(self._question(name) for name, answer in self.saved.answers.items() if is_unsure(answer)),
            answers={},
            stop_signs=" ".join(pack.stop_signs for pack in packs if pack.stop_signs),
            limits=tuple(dict.fromkeys(limit for pack in packs for limit in pack.limits)),
            credit="",
        )

    def _recommended(self, kept: _Recommendation, outcome: Outcome) -> ReportedRecommendation:
        known = self._kb.recommendations.get(kept.id) if self._kb else None
        return ReportedRecommendation(
            id=kept.id,
            title=kept.title,
            steps=kept.steps,
            cue="",
            dose="",
            self_check="",
            because=kept.because,
            sources=kept.sources,
            rules=kept.rules,
            provisional=kept.provisional,
            closing=known.closing if known else outcome is Outcome.NO_CHANGE,
            covers=tuple(self._recommended(self._part(name), outcome) for name in kept.covers),
        )

    def _part(self, name: str) -> _Recommendation:
        """Return what a recommendation covered, of which the report kept no more than the name."""
        known = self._kb.recommendations.get(name) if self._kb else None
        return _Recommendation(name, self.title(name), known.steps if known else ())

    def _question(self, name: str) -> OpenQuestion:
        asked = self._kb.questions.get(name) if self._kb else None
        return OpenQuestion(name, asked.ask, asked.self_check) if asked else OpenQuestion(name, name, "")

    def _is_attempt(self, question: str) -> bool:
        """Say whether a question asked how an attempt went, as far as can be told without the rules of that time."""
        asked = self._kb.questions.get(question) if self._kb else None
        return bool(asked.attempt_of) if asked else question.startswith(ATTEMPT)

    def _other_unit(self, asked: Question) -> bool:
        return list(self.saved.asked.get(asked.id, ())) not in ([], [asked.unit])


def _kept(report: dict[str, Any] | None) -> _Kept | None:
    """Return a kept report, or None if there is none, or if it is written in a way that is not known here."""
    try:
        return msgspec.convert(report, _Kept)
    except msgspec.ValidationError:
        return None


def _raw(answer: Any) -> str:
    """Return an answer whose question is not known any more."""
    if isinstance(answer, list):
        return "; ".join(map(str, answer)) or "none of them"
    return "" if answer is None else str(answer)
