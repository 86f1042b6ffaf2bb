"""Redundancy: what is used by nothing, and what could be left out without anybody being told anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from kb.inference.variables import option_variable
from kb.model.conditions import UNSURE, Answered, Within, as_written
from kb.model.conditions import Any as AnyOf
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
    citing: tuple[Mapping[str, object], ...] = (kb.questions, kb.findings, kb.recommendations, kb.referrals, kb.rules)
    cited = {source for items in citing for item in items.values() for source in item.sources}  # type: ignore[attr-defined]
    cited |= {source.within for source in kb.sources.values()}
    for source in kb.sources.values():
        if source.id not in cited:
            yield problem("unused-source", source.place, {"source": source.id})


def subsumed_rule(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules that one other makes needless."""
    rules = analysis.kb.rules
    for rule, other in analysis.subsumption.by_one.items():
        case = analysis.who_meets(rule, f"{rule}-adds-nothing", f"Meets “{rule}” and “{other}”")
        yield problem("subsumed-rule", rules[rule].place, {"rule": rule, "other": other}, case, (rules[other].place,))


def rule_adds_nothing(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules that several others make needless together."""
    rules = analysis.kb.rules
    for rule, others in analysis.subsumption.by_several.items():
        case = analysis.who_meets(rule, f"{rule}-adds-nothing", f"Meets “{rule}”, and others that say the same")
        also = tuple(rules[other].place for other in others)
        yield problem("rule-adds-nothing", rules[rule].place, {"rule": rule, "others": listed(others)}, case, also)


def always_true(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules with a line that is always true there."""
    for rule, (path, condition) in analysis.always_true.items():
        place = analysis.places.of(analysis.kb.rules[rule], path)
        case = analysis.who_meets(rule, f"{rule}-always-true", f"Meets “{rule}”")
        yield problem("always-true", place, {"rule": rule, "line": as_written(condition)}, case)


def idle_alternative(analysis: Analysis) -> Iterator[Problem]:
    """Yield the alternatives that make no difference: the last one of each condition."""
    facts = analysis.students.facts
    served: dict[str, set[str]] = {}
    for atom in analysis.possible_at_the_end:
        if atom[0] == "serves":
            served.setdefault(atom[1], set()).add(atom[2])
    for number, rule, path, condition in analysis.nodes():
        idle: list[tuple[int, str]] = []
        if rule.id in analysis.always_true:
            continue
        if isinstance(condition, AnyOf):
            idle = [
                (position, as_written(part))
                for position, (part, node) in enumerate(zip(condition.parts, facts.parts[number]))
                if ("makes_rule", str(node)) not in analysis.possible_at_the_end
            ]
        elif isinstance(condition, Answered) and analysis.kb.questions[condition.question].kind is not Kind.SEVERAL:
            values = served.get(str(number), set())
            idle = [
                (position, f"{condition.question}: {option}")
                for position, option in enumerate(condition.options)
                if values and option not in values and len(condition.options) > 1
            ]
        elif isinstance(condition, Within) and condition.unsure:
            idle = _idle_numbers(condition, served.get(str(number), set()))
        if idle:
            position, written = idle[-1]  # of two that say the same, the later one
            place = analysis.places.of(rule, (*path, position))
            case = analysis.who_meets(rule.id, f"{rule.id}-idle-alternative", f"Meets “{rule.id}” in another way")
            yield problem("idle-alternative", place, {"rule": rule.id, "alternative": written}, case)


def _idle_numbers(within: Within, values: set[str]) -> list[tuple[int, str]]:
    """Return the range beside `unsure`, or the `unsure` beside it, if nobody meets the rule by that."""
    bounds = replace(within, unsure=False)
    if values == {UNSURE} and not (bounds.low is None and bounds.high is None):
        return [(0, as_written(bounds))]
    return [(1, f"{within.question}: {UNSURE}")] if values and UNSURE not in values else []
