"""What is left at the end of a session: a frozen `Report`, the same whoever shows it.

`build_report` gathers everything a report says; `to_json` writes format 1, which scripts rely on
(docs/reference/json.md). `kb.report.rendering` turns a report into text and Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kb.inference.outcome import Advice, shown_findings
from kb.inference.record import Inference
from kb.interview.session import Session
from kb.model.answers import as_data, in_words
from kb.model.conditions import Answered, Found, leaves
from kb.model.dependencies import Dependencies
from kb.model.knowledge import WORSE, Answer, Kind, KnowledgeBase, Outcome, Question, Rule, attempt_name, is_unsure

FORMAT = 1

WORSENED = "You tried it, and it was worse afterwards."
"""Why a correction is held back that was tried in vain, and worse."""


class Citation(msgspec.Struct, frozen=True):
    """A source's id and the place in the work."""

    id: str
    at: str


class ReportedFinding(msgspec.Struct, frozen=True):
    """What was found, because of what, by which rules; an `intermediate` finding is told to nobody."""

    id: str
    title: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    intermediate: bool = False

    @property
    def because(self) -> str:
        """Return the reasons in one text."""
        return " ".join(self.reasons)


class ReportedRecommendation(msgspec.Struct, frozen=True):
    """What to do. `provisional` if it rests on an unsure answer only.

    `covers` are its parts, which are given as well. `inferred` are those of its rules that go beyond their sources.
    """

    id: str
    title: str
    steps: tuple[str, ...]
    cue: str
    dose: str
    self_check: str
    because: tuple[str, ...]
    sources: tuple[Citation, ...]
    rules: tuple[str, ...]
    provisional: bool
    closing: bool
    covers: tuple[ReportedRecommendation, ...] = ()
    inferred: tuple[str, ...] = ()


class Withheld(msgspec.Struct, frozen=True):
    """What would have been recommended, and why it is held back."""

    id: str
    title: str
    reasons: tuple[str, ...]

    @property
    def because(self) -> str:
        """Return the reasons in one text."""
        return " ".join(self.reasons)


class ReportedSign(msgspec.Struct, frozen=True):
    """A sign of danger for which no rule refers: the question, the answer as a rule names it, and in words."""

    question: str
    answer: str
    words: str


class ReportedReferral(msgspec.Struct, frozen=True):
    """Whom to see, or which limits to keep.

    `unsure` are what the person was unsure of, where nothing else speaks for it.
    """

    id: str
    level: str
    tell: str
    because: tuple[str, ...]
    sources: tuple[Citation, ...]
    unsure: tuple[OpenQuestion, ...] = ()


class OpenQuestion(msgspec.Struct, frozen=True):
    """A question that is still worth answering, or one answered `unsure`, and how to settle it."""

    id: str
    ask: str
    self_check: str


class Report(msgspec.Struct, frozen=True):
    """Everything that is said at the end, in the order in which it is said.

    `unheeded` are signs of danger on account of which nothing is advised, since no rule refers for them.
    `rule_packs` says of the rules that are named from which pack they come, if there are several packs.
    """

    pack: str
    version: str
    outcome: Outcome
    findings: tuple[ReportedFinding, ...]
    recommendations: tuple[ReportedRecommendation, ...]
    withheld: tuple[Withheld, ...]
    referrals: tuple[ReportedReferral, ...]
    open_questions: tuple[OpenQuestion, ...]
    unsure: tuple[OpenQuestion, ...]
    answers: dict[str, Answer]
    stop_signs: str
    limits: tuple[str, ...]
    credit: str
    rule_packs: dict[str, str] = {}
    unheeded: tuple[ReportedSign, ...] = ()

    @property
    def with_parts(self) -> tuple[ReportedRecommendation, ...]:
        """Return all that is recommended, each part behind what covers it."""
        return tuple(one for each in self.recommendations for one in (each, *each.covers))


def build_report(session: Session) -> Report:
    """Return the report of `session`. It depends on the answers only, not on their order."""
    kb = session.kb
    advice = session.advice
    inference = session.inference
    # By name, so that moving a rule to another place or file changes no report.
    holding = [kb.rules[name] for name in sorted(inference.holding)]
    return Report(
        pack="+".join(pack.id for pack in kb.packs),
        version="+".join(pack.version for pack in kb.packs),
        outcome=advice.outcome,
        findings=tuple(_finding(kb, name, holding) for name in shown_findings(kb, inference, advice)),
        recommendations=tuple(_recommendation(kb, name, holding, advice) for name in advice.items),
        withheld=tuple(
            Withheld(
                name,
                kb.recommendations[name].title,
                _each_once((*_worse(inference, name), *(rule.because for rule in holding if name in rule.withhold))),
            )
            for name in advice.withheld
        ),
        referrals=tuple(
            ReportedReferral(
                name,
                kb.referrals[name].level.value,
                kb.referrals[name].tell,
                tuple(dict.fromkeys(rule.because for rule in holding if name in rule.refer)),
                citations(kb, kb.referrals[name].sources),
                _unsure_grounds(kb, inference, [rule for rule in holding if name in rule.refer]),
            )
            for name in advice.referrals
        ),
        open_questions=tuple(_open(kb, name) for name in session.open_questions),
        unsure=tuple(
            _open(kb, question.id)
            for question in kb.written_questions
            if is_unsure(inference.answers.get(question.id, ""))
        ),
        answers={name: inference.answers[name] for name in kb.questions if name in inference.answers},
        stop_signs=" ".join(pack.stop_signs for pack in kb.packs if pack.stop_signs),
        limits=tuple(dict.fromkeys(limit for pack in kb.packs for limit in pack.limits)),
        credit=" ".join(pack.credit for pack in kb.packs if pack.credit),
        rule_packs={rule.id: kb.pack_of(rule.place) for rule in holding} if len(kb.packs) > 1 else {},
        unheeded=tuple(
            ReportedSign(sign.question, sign.answer, _in_words(kb.questions[sign.question], sign.answer))
            for sign in advice.unheeded
        ),
    )


def to_json(report: Report) -> str:
    """Return `report` as JSON, format 1, ending in a line break."""
    data: dict[str, object] = {
        "format": FORMAT,
        "pack": {"id": report.pack, "version": report.version},
        "outcome": report.outcome.value,
        "findings": [
            {
                "id": each.id,
                "title": each.title,
                "because": each.because,
                "rules": list(each.rules),
                "intermediate": each.intermediate,
            }
            for each in report.findings
        ],
        "recommendations": [
            {
                "id": each.id,
                "title": each.title,
                "steps": list(each.steps),
                "because": list(each.because),
                "sources": _citation_data(each.sources),
                "rules": list(each.rules),
                "provisional": each.provisional,
                "covers": [part.id for part in each.covers],
                "inferred": list(each.inferred),
            }
            for each in report.recommendations
        ],
        "withheld": [{"id": each.id, "because": each.because} for each in report.withheld],
        "referrals": [
            {
                "id": each.id,
                "level": each.level,
                "tell": each.tell,
                "sources": _citation_data(each.sources),
                **({"unsure": [unsure.id for unsure in each.unsure]} if each.unsure else {}),
            }
            for each in report.referrals
        ],
        "open_questions": [each.id for each in report.open_questions],
        "answers": {name: as_data(answer) for name, answer in report.answers.items()},
    }
    if report.unheeded:
        data["unheeded"] = [{"question": each.question, "answer": each.answer} for each in report.unheeded]
    if report.rule_packs:
        named = {rule for finding in report.findings for rule in finding.rules}
        named |= {rule for recommendation in report.with_parts for rule in recommendation.rules}
        data["rule_packs"] = {rule: pack for rule, pack in report.rule_packs.items() if rule in named}
    import json  # only now: few interviews end as JSON, and none begins so

    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def differences(before: Report, after: Report) -> tuple[str, ...]:
    """Return in sentences what changed from one report to another; empty if nothing did."""
    lines = []
    if before.outcome is not after.outcome:
        lines.append(f"The outcome was {before.outcome.value}; it is now {after.outcome.value}.")
    old = {each.id: each.title for each in before.with_parts}
    new = {each.id: each.title for each in after.with_parts}
    lines += [f"New advice: {title}." for name, title in new.items() if name not in old]
    lines += [f"No longer advised: {title}." for name, title in old.items() if name not in new]
    held = [{each.id: each.title for each in report.withheld} for report in (before, after)]
    lines += _moves(held[0], held[1], "Now held back", "No longer held back")
    if before.outcome is after.outcome:  # otherwise the outcome says it
        lines += _moves(
            {each.id: each.title for each in before.with_parts if each.provisional and each.id in new},
            {each.id: each.title for each in after.with_parts if each.provisional and each.id in old},
            "Now only provisional",
            "No longer provisional",
        )
    told = {each.id for each in before.referrals}
    lines += [each.tell for each in after.referrals if each.id not in told]
    still = {each.id for each in after.referrals}
    if any(each.id not in still for each in before.referrals):
        lines.append("Something that stood in the way before no longer does, by what you answered now.")
    if not lines:
        found = [
            {each.id: each.title for each in report.findings if not each.intermediate} for report in (before, after)
        ]
        lines = _moves(found[0], found[1], "Now found", "No longer found")
    return tuple(lines)


def _moves(before: dict[str, str], after: dict[str, str], came: str, went: str) -> list[str]:
    """Return a sentence for everything that came, and for everything that went."""
    lines = [f"{came}: {title}." for name, title in after.items() if name not in before]
    return lines + [f"{went}: {title}." for name, title in before.items() if name not in after]


def _finding(kb: KnowledgeBase, name: str, holding: list[Rule]) -> ReportedFinding:
    rules = [rule for rule in holding if name in rule.find]
    return ReportedFinding(
        name,
        kb.findings[name].title,
        _each_once(rule.because for rule in rules),
        tuple(rule.id for rule in rules),
        kb.findings[name].intermediate,
    )


def _recommendation(kb: KnowledgeBase, name: str, holding: list[Rule], advice: Advice) -> ReportedRecommendation:
    known = kb.recommendations[name]
    rules = [rule for rule in holding if name in rule.recommend]
    sources = dict.fromkeys((*known.sources, *(source for rule in rules for source in rule.sources)))
    return ReportedRecommendation(
        id=name,
        title=known.title,
        steps=known.steps,
        cue=known.cue,
        dose=known.dose,
        self_check=known.self_check,
        because=tuple(dict.fromkeys(rule.because for rule in rules)),
        sources=citations(kb, sources),
        rules=tuple(rule.id for rule in rules),
        provisional=name in advice.provisional,
        closing=known.closing,
        covers=tuple(_recommendation(kb, part, holding, advice) for part in advice.covers.get(name, ())),
        inferred=tuple(rule.id for rule in rules if rule.inferred),
    )


def citations(kb: KnowledgeBase, sources: Iterable[str]) -> tuple[Citation, ...]:
    """Return sources as citations."""
    return tuple(Citation(source, kb.sources[source].at or kb.sources[source].work) for source in sources)


def _citation_data(citations: Iterable[Citation]) -> list[dict[str, str]]:
    return [{"id": each.id, "at": each.at} for each in citations]


def _open(kb: KnowledgeBase, name: str) -> OpenQuestion:
    question = kb.questions[name]
    return OpenQuestion(name, question.ask, question.self_check)


def _worse(inference: Inference, recommendation: str) -> tuple[str, ...]:
    """Return that a recommendation made it worse, if so."""
    return (WORSENED,) if inference.answers.get(attempt_name(recommendation)) == WORSE else ()


def _in_words(question: Question, sign: str) -> str:
    if question.kind is Kind.SEVERAL:
        return in_words(question, (sign,))
    return f"{question.ask} {in_words(question, sign)}"


def _unsure_grounds(kb: KnowledgeBase, inference: Inference, rules: list[Rule]) -> tuple[OpenQuestion, ...]:
    """Return what the person was unsure of, if `rules` rest on nothing else: of several options, these."""
    if any(rule.id not in inference.provisional for rule in rules):
        return ()
    words: dict[str, set[str]] = {}
    for name in kb.kept(Dependencies).below([rule.id for rule in rules], among=inference.holding):
        for leaf in leaves(kb.rules[name].when):
            if not isinstance(leaf, Found) and is_unsure(inference.answers.get(leaf.question, "")):
                words.setdefault(leaf.question, set()).update(leaf.options if isinstance(leaf, Answered) else ())
    return tuple(
        OpenQuestion(name, doubt, question.self_check)
        for name, question in kb.questions.items()
        if name in words
        and not question.attempt_of
        and (doubt := _doubt(question, inference.answers[name], words[name]))
    )


def _doubt(question: Question, answer: Answer, words: set[str]) -> str:
    """Return what of an unsure answer it is that `words` of a rule are about; nothing if it is something else."""
    if not isinstance(answer, tuple):
        return question.ask
    return "; ".join(each.text for each in question.options if f"{each.id}?" in words.intersection(answer))


def _each_once(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))
