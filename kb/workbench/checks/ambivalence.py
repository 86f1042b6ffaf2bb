"""Ambivalence: what says one thing and its opposite, and words that mean two things."""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.engine import Inference
from kb.inference.outcome import Advice
from kb.interview.typed_answers import Taken, is_reserved, understand
from kb.model.conditions import UNSURE, Truth
from kb.model.knowledge import NONE, Answer, Kind, Question
from kb.model.problems import Problem
from kb.proof.students import THIS
from kb.text.choosing import plain, words
from kb.workbench.checks.analysis import Analysis
from kb.workbench.checks.catalogue import problem


def incompatible_findings(analysis: Analysis) -> Iterator[Problem]:
    """Yield the pairs of findings that contradict each other, and that some student gets both."""
    findings = analysis.kb.findings

    def both(inference: Inference, _: Advice) -> bool:
        return all(inference.findings[name] is Truth.HOLDS for name in (one, other))

    for one, other in _clashes(analysis, "finding"):
        goal = ("both", THIS, "finding", one, other)
        case = analysis.case(f"{one}-and-{other}", f"Is said to have “{one}” and “{other}”", [goal], both)
        also = (findings[other].place,)
        yield problem("incompatible-findings", findings[one].place, {"one": one, "other": other}, case, also)


def incompatible_recommendations(analysis: Analysis) -> Iterator[Problem]:
    """Yield the pairs of recommendations that contradict each other, and that some student is given both."""
    given = analysis.kb.recommendations

    def both(_: Inference, advice: Advice) -> bool:
        return {one, other} <= set(advice.given)

    for one, other in _clashes(analysis, "recommendation"):
        goal = ("both", THIS, "recommendation", one, other)
        case = analysis.case(f"{one}-and-{other}", f"Is told “{one}” and “{other}”", [goal], both)
        also = (given[other].place,)
        yield problem("incompatible-recommendations", given[one].place, {"one": one, "other": other}, case, also)


def _clashes(analysis: Analysis, kind: str) -> Iterator[tuple[str, str]]:
    """Yield each pair that some student gets once, whichever of the two declares it."""
    pairs = {atom[3:] for atom in analysis.possible if atom[0] == "both" and atom[2] == kind}
    for one, other in sorted(pairs):
        if one < other or (other, one) not in pairs:
            yield one, other


def same_words(analysis: Analysis) -> Iterator[Problem]:
    """Yield the questions that ask the same words, and the options that are called alike."""
    asked: dict[tuple[str, ...], Question] = {}
    for question in analysis.kb.written_questions:
        other = asked.setdefault(words(question.ask), question)
        if other is not question:
            message = f"the questions “{other.id}” and “{question.id}” ask the same words."
            way_out = "Say in one of them what is different, or take it out."
            yield Problem(question.place, "same-words", message, way_out, also=(other.place,))
        for said, one, another in _shared(question):
            message = f"“{said}” means the options “{one}” and “{another}” of the question “{question.id}”."
            yield Problem(question.place, "same-words", message, "Let one of them be called something else.")


def _shared(question: Question) -> Iterator[tuple[str, str, str]]:
    """Yield what two options of a question are called alike, each pair once."""
    called: dict[tuple[str, ...] | str, str] = {}
    pairs: set[tuple[str, str]] = set()
    for option in question.options if question.kind is not Kind.YES_NO else ():
        for said in (option.text, option.id, *option.also):
            other = called.setdefault(words(said) or plain(said), option.id)
            if other != option.id and (other, option.id) not in pairs:
                pairs.add((other, option.id))
                yield said, other, option.id


def word_with_a_meaning(analysis: Analysis) -> Iterator[Problem]:
    """Yield the options that are called by a number, or by what means unsure or none."""
    for question in analysis.kb.written_questions:
        if question.kind not in (Kind.ONE, Kind.SEVERAL):
            continue
        other = [
            str(number)
            for number, name in enumerate(question.option_ids, start=1)
            if understand(question, str(number)) != Taken(_alone(question, name))
        ]
        if other:
            both = f"{other[0]} is the number of one option and the name of another"
            message = f"at the question “{question.id}”, {both}."
            way_out = "Write texts that begin with a word, such as “none” or “a little”."
            yield Problem(question.place, "word-with-a-meaning", message, way_out)
        for option in question.options:
            for said in option.also:
                if is_reserved(question, said) and not (option.id == NONE and question.kind is Kind.SEVERAL):
                    message = f"the option “{option.id}” of the question “{question.id}” is also called “{said}”."
                    way_out = f"That means a number, {UNSURE} or none to whoever types it. Take it out."
                    yield Problem(question.place, "word-with-a-meaning", message, way_out)


def _alone(question: Question, name: str) -> Answer:
    return (name,) if question.kind is Kind.SEVERAL else name
