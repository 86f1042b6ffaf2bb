"""Put a report in order for reading: which blocks it has, and which comes first.

What matters most stands first: whom to see, what to check, which limits to keep; then what to do. A report that stops a
person holds the stop and its reasons, and not a word about poses. `kb.report.rendering` writes the blocks as text or
Markdown, so the two cannot come to say different things.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from kb.model.derivation import FOLLOWS
from kb.model.knowledge import Level, Outcome
from kb.report.build import Citation, OpenQuestion, Report, ReportedRecommendation
from kb.text.blocks import Block, Role, points, section

HEADLINES = {
    Outcome.STOP_EMERGENCY: "STOP: get emergency help now",
    Outcome.STOP_TODAY: "STOP: get medical advice today",
    Outcome.CLINICIAN_FIRST: "STOP: see a clinician before you stretch",
    Outcome.ADVISE_GENTLY: "Here is what to do, inside your limits",
    Outcome.ADVISE: "Here is what to do",
    Outcome.CHECK_FIRST: "First check, then correct",
    Outcome.NO_CHANGE: "Nothing to correct here",
    Outcome.INCOMPLETE: "Not enough is known yet",
}


INFERRED = "(This is our inference.)"
"""What is said beside a reason that goes beyond its source."""


def outline(report: Report) -> Iterator[Block]:
    """Yield the blocks of `report`."""
    if report.outcome.stops:
        yield from _stop(report)
        return
    corrections = [each for each in report.recommendations if not each.closing]
    check_first = bool(corrections) and all(each.provisional for each in corrections)
    yield Block(Role.HEADLINE, headline(report))
    yield Block(Role.LEAD, _lead(report))
    yield from section("Have this looked at", points(sign.words for sign in report.unheeded))
    if check_first:
        yield from section("Check this first", _to_settle(report.unsure))
    said: Said = {FOLLOWS: ""}
    yield from section("Keep to these limits", _limits(report, said))
    yield from section("What was found", _findings(report, said))
    only_closing = all(each.closing for each in report.recommendations)
    yield from section("To go on with" if only_closing else "Step by step", _recommendations(report, said))
    yield from section("Held back, and why", _withheld(report, said))
    if not check_first:
        yield from section("Still unsure", _to_settle(report.unsure))
    yield from section("Not asked yet", points(question.ask for question in report.open_questions))
    if report.stop_signs and report.recommendations:
        yield Block(Role.HEADING, "Whenever you try it")
        asked = f"Ask yourself afterwards: {report.stop_signs}"
        yield Block(Role.TEXT, f"{asked} If so, leave it there, and have a health professional look at it.")
    if report.limits:
        yield Block(Role.HEADING, "Please keep in mind")
        yield Block(Role.TEXT, " ".join(report.limits))
    if report.credit:
        yield Block(Role.QUIET, report.credit)


def headline(report: Report) -> str:
    """Return the outcome of `report` in plain words."""
    if report.outcome is Outcome.ADVISE_GENTLY and all(each.closing for each in report.recommendations):
        return "Nothing to correct here, and limits to keep"
    if report.unheeded:
        return "Please ask a professional first"
    if report.outcome in (Outcome.ADVISE, Outcome.ADVISE_GENTLY) and report.open_questions:
        return HEADLINES[report.outcome].replace("what to do", "what to do so far")
    return HEADLINES[report.outcome]


def recommended(recommendation: ReportedRecommendation, number: int, said: Collection[str] = ()) -> Iterator[Block]:
    """Yield the blocks of one recommendation, its parts in it. Reasons that are `said` already are not said again."""
    only_if = " (provisional: you were unsure)" if recommendation.provisional else ""
    yield Block(Role.TITLE, recommendation.title + only_if, str(number))
    for index, step in enumerate(recommendation.steps):
        yield Block(Role.STEP, step, chr(ord("a") + index) if index < 26 else str(index + 1))
    for part in recommendation.covers:
        yield Block(Role.STEP, f"{part.title}: {' '.join(part.steps)}", "+")
    every = (recommendation, *recommendation.covers)
    why = " ".join(_reasons(every, said))
    notes = {
        "How long": recommendation.dose,
        "Cue": recommendation.cue,
        "Check": recommendation.self_check,
        "Why": why,
    }
    for label, text in notes.items():
        if text:
            yield Block(Role.NOTE, text, label)
    if sources := [source for each in every for source in each.sources]:
        yield Block(Role.SOURCE, places(sources), "Source")


def _reasons(recommendations: Iterable[ReportedRecommendation], said: Collection[str]) -> Iterator[str]:
    """Yield the reasons that are not `said` yet, each once; behind those that go beyond their sources, that they do."""
    before = set(said)
    for each in recommendations:
        new = [reason for reason in each.because if reason not in before]
        before.update(new)
        yield from new
        if new and each.inferred:
            yield INFERRED


# --- parts ----------------------------------------------------------------------------------------------------------


def _stop(report: Report) -> Iterator[Block]:
    # Gentler limits speak of poses; beside a stop there are none.
    stops = [referral for referral in report.referrals if Level(referral.level).stops]
    foremost = [referral for referral in stops if referral.level == report.outcome.value]
    yield Block(Role.ALARM, headline(report))
    for referral in foremost:
        yield Block(Role.TEXT, referral.tell)
    why = dict.fromkeys(reason for referral in foremost for reason in referral.because)
    yield from section("Why", points(why))
    if all(referral.unsure for referral in foremost):
        doubts = dict.fromkeys(each for referral in foremost for each in referral.unsure)
        yield from section("This is because you were not sure about", _to_settle(doubts))
    besides = [referral for referral in stops if referral not in foremost]
    yield from section(
        "Besides",
        (
            block
            for referral in besides
            for block in (Block(Role.POINT, referral.tell), *_detail("Why", " ".join(referral.because)))
        ),
    )
    cited = dict.fromkeys(citation for referral in stops for citation in referral.sources)
    if cited:
        yield Block(Role.QUIET, f"Source: {places(cited)}")
    yield Block(Role.LEAD, "This goes by your answers alone, and it is not a diagnosis.")


def _lead(report: Report) -> str:
    count = len(report.recommendations)
    if report.unheeded:
        return "You named a sign of danger that no rule here knows what to do about. So nothing is advised."
    if report.outcome is Outcome.INCOMPLETE:
        return "Too little has been answered to say more."
    if all(each.closing for each in report.recommendations) and report.withheld:
        said = "Nothing is to be corrected now. What is held back stands below, with the reason."
    elif all(each.closing for each in report.recommendations):
        said = "Of all that was asked, nothing calls for a correction. This is about alignment, not about your health."
    elif report.outcome is Outcome.CHECK_FIRST:
        said = "What follows rests on answers you were unsure of. Check first, and correct only what shows."
    else:
        said = "There is one thing to do." if count == 1 else f"There are {_word(count)} things to do, in this order."
    return f"{said} Not everything was asked yet, so more may follow." if report.open_questions else said


def _word(count: int) -> str:
    words = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[count - 2] if 2 <= count <= len(words) + 1 else str(count)


Said = dict[str, str]
"""Reasons that were given, by where: a report gives each once."""


def _limits(report: Report, said: Said) -> Iterator[Block]:
    for referral in report.referrals:
        yield Block(Role.POINT, referral.tell)
        yield from _why(referral.because, said, "the limits")
        yield from _detail("Because you were not sure about", " ".join(each.ask for each in referral.unsure))


def _findings(report: Report, said: Said) -> Iterator[Block]:
    told = {reason for each in report.with_parts for reason in each.because}
    for finding in (each for each in report.findings if not each.intermediate):
        yield Block(Role.POINT, finding.title)
        yield from _why((reason for reason in finding.reasons if reason not in told), said, "")


def _recommendations(report: Report, said: Said) -> Iterator[Block]:
    for number, recommendation in enumerate(report.recommendations, start=1):
        yield from recommended(recommendation, number, said)
        for each in (recommendation, *recommendation.covers):
            said.update((reason, f"number {number}") for reason in each.because if reason not in said)


def _withheld(report: Report, said: Said) -> Iterator[Block]:
    by_reasons: dict[tuple[str, ...], list[str]] = {}
    for withheld in report.withheld:
        by_reasons.setdefault(withheld.reasons, []).append(withheld.title)
    for reasons, titles in by_reasons.items():
        yield from points(titles)
        before = next((said[reason] for reason in reasons if said.get(reason)), "")
        if before and said.keys() >= set(reasons):
            yield from _detail("Why", f"see {before}.")
        yield from _why(reasons, said, "")


def _why(reasons: Iterable[str], said: Said, where: str) -> Iterator[Block]:
    """Yield those of `reasons` that were not given before."""
    new = [reason for reason in dict.fromkeys(reasons) if reason not in said]
    yield from _detail("Why", " ".join(new))
    said.update(dict.fromkeys(new, where))


def _to_settle(unsure: Iterable[OpenQuestion]) -> Iterator[Block]:
    for question in unsure:
        yield Block(Role.POINT, question.ask)
        yield from _detail("To find out", question.self_check)


def _detail(label: str, text: str) -> Iterator[Block]:
    if text:
        yield Block(Role.DETAIL, text, label)


# --- sources --------------------------------------------------------------------------------------------------------

_NUMBERED = re.compile(r"([A-Za-z]+)([0-9]+)")


def places(citations: Iterable[Citation]) -> str:
    """Return citations in short: ids at one place together, runs of numbers as a range, in the order of the work.

    Ids that begin with RF (the safety notes) or S (studies and leaflets) stand for themselves: where in their work
    something is said would be longer than what it is said for.
    """
    grouped: dict[str, list[str]] = {}
    for citation in sorted(set(citations), key=lambda each: _natural(each.id)):
        series = _NUMBERED.fullmatch(citation.id)
        alone = series is not None and series[1] in ("RF", "S")
        grouped.setdefault("" if alone else citation.at, []).append(citation.id)
    own = grouped.pop("", [])
    groups = [f"{at} ({', '.join(_runs(ids))})" for at, ids in grouped.items()]
    return "; ".join([*groups, *([", ".join(_runs(own))] if own else [])])


def _natural(name: str) -> tuple[str, int, str]:
    series = _NUMBERED.fullmatch(name)
    return (series[1], int(series[2]), name) if series else (name, 0, name)


def _runs(ids: list[str]) -> Iterator[str]:
    """Yield sorted ids, three or more in a row as first and last."""
    runs: list[list[str]] = []
    for name in ids:
        before = _natural(runs[-1][-1]) if runs else ("", 0, "")
        if before[1] and _natural(name)[:2] == (before[0], before[1] + 1):
            runs[-1].append(name)
        else:
            runs.append([name])
    for run in runs:
        yield from [f"{run[0]}-{run[-1]}"] if len(run) > 2 else run
