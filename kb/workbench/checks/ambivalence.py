"""Ambivalence: what says one thing and its opposite."""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.engine import Inference
from kb.inference.outcome import Advice
from kb.model.problems import Problem
from kb.proof.students import THIS
from kb.workbench.checks.analysis import Analysis
from kb.workbench.checks.catalogue import problem


def incompatible_findings(analysis: Analysis) -> Iterator[Problem]:
    """Yield the pairs of findings that contradict each other, and that some student gets both."""
    findings = analysis.kb.findings
    for one, other in _clashes(analysis, "finding"):

        def both_found(inference: Inference, _: Advice, pair: tuple[str, str] = (one, other)) -> bool:
            return all(inference.findings[name].value == "holds" for name in pair)

        goal = ("both", THIS, "finding", one, other)
        case = analysis.case(f"{one}-and-{other}", f"Is said to have “{one}” and “{other}”", [goal], both_found)
        also = (findings[other].place,)
        yield problem("incompatible-findings", findings[one].place, {"one": one, "other": other}, case, also)


def incompatible_recommendations(analysis: Analysis) -> Iterator[Problem]:
    """Yield the pairs of recommendations that contradict each other, and that some student is given both."""
    recommendations = analysis.kb.recommendations
    for one, other in _clashes(analysis, "recommendation"):

        def both_given(_: Inference, advice: Advice, pair: tuple[str, str] = (one, other)) -> bool:
            return set(pair) <= set(advice.given)

        goal = ("both", THIS, "recommendation", one, other)
        case = analysis.case(f"{one}-and-{other}", f"Is told “{one}” and “{other}”", [goal], both_given)
        also = (recommendations[other].place,)
        yield problem(
            "incompatible-recommendations", recommendations[one].place, {"one": one, "other": other}, case, also
        )


def _clashes(analysis: Analysis, kind: str) -> Iterator[tuple[str, str]]:
    """Yield each pair that some student gets once, whichever of the two declares it."""
    pairs = {atom[3:] for atom in analysis.possible if atom[0] == "both" and atom[2] == kind}
    for one, other in sorted(pairs):
        if one < other or (other, one) not in pairs:
            yield one, other
