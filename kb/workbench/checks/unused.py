"""Redundancy: what stands in the pack and is used by nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.inference.variables import option_variable
from kb.model.knowledge import NONE, Kind
from kb.model.problems import Location, Problem
from kb.workbench.checks.analysis import Anomaly, Examined, Severity, finds, listed


@finds("unused-question", Anomaly.REDUNDANCY, Severity.WARNING)
def unused_question(examined: Examined) -> Iterator[Problem]:
    """A question that no rule reads.

    Whatever somebody could answer, nothing follows. So nobody is ever asked it, unless it is a safety screen, and that
    is worse: everybody is asked, and it protects nobody.

    Faulty::

        questions:
          knees: {ask: Are your knees bent?, type: yes-no}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          knees: {ask: Are your knees bent?, type: yes-no}
        recommendations:
          straighten: {title: Straighten them, steps: Press the heels away.}
        rules:
          bent: {when: {knees: [yes, unsure]}, then: {recommend: straighten}, because: They bend., source: A1}
    """
    read = examined.options_read
    for question in examined.kb.written_questions:
        screen = question.id in examined.kb.safety_screens
        safety = question.id in examined.kb.safety_questions
        if question.id not in read and (safety or question.id not in examined.missed):
            more = " It is a safety screen, so everybody is asked it, and nothing follows." if screen else ""
            yield _unused("question", question.id, question.place, f"no rule reads it.{more}", "Write a rule for it")


@finds("unused-option", Anomaly.REDUNDANCY, Severity.NOTE)
def unused_option(examined: Examined) -> Iterator[Problem]:
    """An option of a question of several that no rule reads.

    Whether somebody chooses it or not, nothing follows: it is one more line to read for everybody. Where it stands for
    a danger, it is a sign that a rule was forgotten.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          habits: {ask: What is so?, type: several, options: {sits: I sit, walks: I walk, none: Neither}}
        recommendations:
          get-up: {title: Get up, steps: Walk around.}
        rules:
          sits: {when: {habits: [sits, "sits?"]}, then: {recommend: get-up}, because: Sitting stiffens., source: A1}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          habits: {ask: What is so?, type: several, options: {sits: I sit, none: I do not}}
        recommendations:
          get-up: {title: Get up, steps: Walk around.}
        rules:
          sits: {when: {habits: [sits, "sits?"]}, then: {recommend: get-up}, because: Sitting stiffens., source: A1}
    """
    for name, read in examined.options_read.items():
        question = examined.kb.questions[name]
        if question.kind is Kind.SEVERAL:
            unread = [
                option
                for option in question.option_ids
                if option not in read and option != NONE and option_variable(name, option) not in examined.unheeded
            ]
            if unread:
                options, them = ("option", "it") if len(unread) == 1 else ("options", "them")
                message = f"no rule reads the {options} {listed(unread)} of the question “{name}”."
                way_out = f"Write a rule for {them}, or take {them} out."
                yield Problem(question.place, "unused-option", message, way_out)


@finds("unused-finding", Anomaly.REDUNDANCY, Severity.WARNING)
def unused_finding(examined: Examined) -> Iterator[Problem]:
    """A finding that no rule finds.

    It can be in nobody's report. Rules that wait for it never hold, and rules that wait for it to be ruled out always
    do.

    Faulty::

        findings:
          flat-feet: {title: The feet are flat}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          feet: {ask: Are your feet flat?, type: yes-no}
        findings:
          flat-feet: {title: The feet are flat}
        rules:
          flat: {when: {feet: [yes, unsure]}, then: {find: flat-feet}, because: They are., source: A1}
    """
    found = {name for rule in examined.kb.rules.values() for name in rule.find}
    for finding in examined.kb.findings.values():
        if finding.id not in found:
            yield _unused("finding", finding.id, finding.place, "no rule finds it.", "Write a rule that finds it")


@finds("unused-recommendation", Anomaly.REDUNDANCY, Severity.WARNING)
def unused_recommendation(examined: Examined) -> Iterator[Problem]:
    """A recommendation that no rule gives.

    It was written for somebody, and nobody ever reads it.

    Faulty::

        recommendations:
          rest: {title: Rest, steps: Lie down.}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          tired: {ask: Are you tired?, type: yes-no}
        recommendations:
          rest: {title: Rest, steps: Lie down.}
        rules:
          tired: {when: {tired: [yes, unsure]}, then: {recommend: rest}, because: Rest helps., source: A1}
    """
    given = {name for rule in examined.kb.rules.values() for name in rule.recommend}
    for recommendation in examined.kb.recommendations.values():
        if recommendation.id not in given and not examined.empty_handed:
            way_out = "Write a rule that recommends it"
            yield _unused("recommendation", recommendation.id, recommendation.place, "no rule gives it.", way_out)


@finds("unused-referral", Anomaly.REDUNDANCY, Severity.WARNING)
def unused_referral(examined: Examined) -> Iterator[Problem]:
    """A referral that no rule makes.

    Nobody is ever sent there. If it stands for a danger, the rule that should send people is missing.

    Faulty::

        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}

    Sound::

        sources: {A1: {work: A book}}
        safety-screens: [numb]
        questions:
          numb: {ask: Is your foot numb?, type: yes-no}
        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}
        rules:
          numb: {when: {numb: [yes, unsure]}, then: {refer: see-someone}, because: It may be a nerve., source: A1}
    """
    made = {name for rule in examined.kb.rules.values() for name in rule.refer}
    for referral in examined.kb.referrals.values():
        if referral.id not in made and not examined.unheeded:
            way_out = "Write a rule that refers to it"
            yield _unused("referral", referral.id, referral.place, "no rule makes it.", way_out)


@finds("unused-source", Anomaly.REDUNDANCY, Severity.NOTE)
def unused_source(examined: Examined) -> Iterator[Problem]:
    """A source that nothing cites.

    Either a rule forgot to say where it comes from, or the list of sources promises more than the pack holds.

    Faulty::

        sources:
          A1: {work: A book}

    Sound::

        sources:
          A1: {work: A book}
        questions:
          tired: {ask: Are you tired?, type: yes-no, sources: A1}
    """
    kb = examined.kb
    citing: tuple[Mapping[str, object], ...] = (kb.questions, kb.recommendations, kb.referrals, kb.rules)
    cited = {source for items in citing for item in items.values() for source in item.sources}  # type: ignore[attr-defined]
    for source in kb.sources.values():
        if source.id not in cited:
            yield _unused("source", source.id, source.place, "nothing cites it.", "Cite it where it belongs")


def _unused(kind: str, name: str, place: Location, what: str, way_out: str) -> Problem:
    return Problem(place, f"unused-{kind}", f"the {kind} “{name}” is not used: {what}", f"{way_out}, or take it out.")
