"""Ambivalence: what says one thing and its opposite."""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.engine import Inference
from kb.inference.outcome import Advice
from kb.model.problems import Problem
from kb.workbench.checks.analysis import THIS, Anomaly, Examined, Severity, finds


@finds("incompatible-findings", Anomaly.AMBIVALENCE, Severity.ERROR)
def incompatible_findings(examined: Examined) -> Iterator[Problem]:
    """Two findings that contradict each other, and a student who gets both.

    Half of what this person is told is wrong: the pack says with “not-with” that the two cannot be true of one person,
    and the rules say both.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          knees: {ask: Are your knees bent?, type: yes-no}
        findings:
          rounds: {title: It rounds}
          arches: {title: It arches, not-with: rounds}
        rules:
          round: {when: {back: round}, then: {find: rounds}, because: It does., source: A1}
          arch: {when: {knees: yes}, then: {find: arches}, because: It does., source: A1}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          knees: {ask: Are your knees bent?, type: yes-no}
        findings:
          rounds: {title: It rounds}
          arches: {title: It arches, not-with: rounds}
        rules:
          round: {when: {back: round}, then: {find: rounds}, because: It does., source: A1}
          arch: {when: {back: flat, knees: yes}, then: {find: arches}, because: It does., source: A1}
    """
    for one, other in _clashes(examined, "finding"):

        def both_found(inference: Inference, _: Advice, pair: tuple[str, str] = (one, other)) -> bool:
            return all(inference.findings[name].value == "holds" for name in pair)

        yield Problem(
            examined.kb.findings[one].place,
            "incompatible-findings",
            f"the findings “{one}” and “{other}” contradict each other, and some student gets both.",
            "Let the rule of one of them hold only if the other is ruled out.",
            examined.case(
                f"{one}-and-{other}",
                f"Is said to have “{one}” and “{other}”",
                [("both", THIS, "finding", one, other)],
                both_found,
            ),
            also=(examined.kb.findings[other].place,),
        )


@finds("incompatible-recommendations", Anomaly.AMBIVALENCE, Severity.ERROR)
def incompatible_recommendations(examined: Examined) -> Iterator[Problem]:
    """Two recommendations that contradict each other, and a student who is given both.

    Somebody is told to do what the pack itself says, with “not-with”, that nobody should do together.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          strain: {ask: Does it strain?, type: yes-no}
          hold: {ask: How long do you hold it?, type: number, unit: minutes}
        recommendations:
          back-off: {title: Back off, steps: Bend your knees., not-with: go-deeper}
          go-deeper: {title: Go deeper, steps: Fold on.}
        rules:
          strain: {when: {strain: [yes, unsure]}, then: {recommend: back-off}, because: It strains., source: A1}
          long: {when: {hold: [{at-least: 2}, unsure]}, then: {recommend: go-deeper}, because: You are., source: A1}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          strain: {ask: Does it strain?, type: yes-no}
          hold: {ask: How long do you hold it?, type: number, unit: minutes}
        recommendations:
          back-off: {title: Back off, steps: Bend your knees., not-with: go-deeper}
          go-deeper: {title: Go deeper, steps: Fold on.}
        rules:
          strain:
            when: {strain: [yes, unsure]}
            then: {recommend: back-off, withhold: go-deeper}
            because: It strains.
            source: A1
          long: {when: {hold: [{at-least: 2}, unsure]}, then: {recommend: go-deeper}, because: You are., source: A1}
    """
    for one, other in _clashes(examined, "recommendation"):

        def both_given(_: Inference, advice: Advice, pair: tuple[str, str] = (one, other)) -> bool:
            return set(pair) <= set(advice.given)

        yield Problem(
            examined.kb.recommendations[one].place,
            "incompatible-recommendations",
            f"the recommendations “{one}” and “{other}” contradict each other, and some student is given both.",
            f"Let the rule that gives “{one}” withhold “{other}”, or the other way round.",
            examined.case(
                f"{one}-and-{other}",
                f"Is told “{one}” and “{other}”",
                [("both", THIS, "recommendation", one, other)],
                both_given,
            ),
            also=(examined.kb.recommendations[other].place,),
        )


def _clashes(examined: Examined, kind: str) -> Iterator[tuple[str, str]]:
    """Yield each pair that some student gets once, whichever of the two declares it."""
    pairs = {atom[3:] for atom in examined.possible if atom[0] == "both" and atom[2] == kind}
    for one, other in sorted(pairs):
        if one < other or (other, one) not in pairs:
            yield one, other
