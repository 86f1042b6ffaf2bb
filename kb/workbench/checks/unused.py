"""Redundancy: what stands in the pack and is used by nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.inference.variables import option_variable
from kb.model.knowledge import NONE, Kind
from kb.model.problems import Problem
from kb.workbench.checks.analysis import Analysis, listed
from kb.workbench.checks.catalogue import problem


def unused_question(analysis: Analysis) -> Iterator[Problem]:
    """Yield the questions that no rule reads."""
    kb = analysis.kb
    for question in kb.written_questions:
        safety = question.id in kb.safety_questions
        if question.id not in analysis.options_read and (safety or question.id not in analysis.missed):
            screen = question.id in kb.safety_screens
            more = " It is a safety screen, so everybody is asked it, and nothing follows." if screen else ""
            yield problem("unused-question", question.place, {"question": question.id, "more": more})


def unused_option(analysis: Analysis) -> Iterator[Problem]:
    """Yield the questions of several with options that no rule reads."""
    for name, read in analysis.options_read.items():
        question = analysis.kb.questions[name]
        if question.kind is Kind.SEVERAL:
            unread = [
                option
                for option in question.option_ids
                if option not in read and option != NONE and option_variable(name, option) not in analysis.unheeded
            ]
            if unread:
                options, them = ("option", "it") if len(unread) == 1 else ("options", "them")
                words = {"options": options, "unread": listed(unread), "question": name, "them": them}
                yield problem("unused-option", question.place, words)


def unused_finding(analysis: Analysis) -> Iterator[Problem]:
    """Yield the findings that no rule finds."""
    for finding in analysis.kb.findings.values():
        if not analysis.kb.rules_finding(finding.id):
            yield problem("unused-finding", finding.place, {"finding": finding.id})


def unused_recommendation(analysis: Analysis) -> Iterator[Problem]:
    """Yield the recommendations that no rule gives."""
    for recommendation in analysis.kb.recommendations.values():
        if not analysis.kb.rules_recommending(recommendation.id) and not analysis.empty_handed:
            yield problem("unused-recommendation", recommendation.place, {"recommendation": recommendation.id})


def unused_referral(analysis: Analysis) -> Iterator[Problem]:
    """Yield the referrals that no rule makes."""
    made = {name for rule in analysis.kb.rules.values() for name in rule.refer}
    for referral in analysis.kb.referrals.values():
        if referral.id not in made and not analysis.unheeded:
            yield problem("unused-referral", referral.place, {"referral": referral.id})


def unused_source(analysis: Analysis) -> Iterator[Problem]:
    """Yield the sources that nothing cites."""
    kb = analysis.kb
    citing: tuple[Mapping[str, object], ...] = (kb.questions, kb.recommendations, kb.referrals, kb.rules)
    cited = {source for items in citing for item in items.values() for source in item.sources}  # type: ignore[attr-defined]
    for source in kb.sources.values():
        if source.id not in cited:
            yield problem("unused-source", source.place, {"source": source.id})
