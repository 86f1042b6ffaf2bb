"""Deficiency in what a pack says about danger: a sign that no rule refers for, and a stop that is no safety screen."""

from __future__ import annotations

from collections.abc import Iterator

from kb.model.conditions import UNSURE, questions_in
from kb.model.knowledge import Answer
from kb.model.problems import Problem
from kb.proof.students import THIS
from kb.workbench.checks.analysis import Analysis, listed
from kb.workbench.checks.catalogue import problem


def advice_beside_danger(analysis: Analysis) -> Iterator[Problem]:
    """Yield the danger signs for which no rule refers."""
    for variable, values in analysis.unheeded.items():
        name, _, option = variable.partition("/")
        if name not in analysis.options_read:
            continue  # that nothing at all follows from this screen is said already
        signs = [(f"{option}?" if value == UNSURE else option) if option else value for value in values]
        case = analysis.case(
            f"{name}-{option or 'sign'}-unheeded",
            f"Answers “{signs[0]}” to “{name}”, and no rule knows what to do",
            [("forgotten", THIS, variable, values[0])],
            lambda _, advice: bool(advice.unheeded),
        )
        words = {"answer": " or ".join(f"“{sign}”" for sign in signs), "question": name, "them": listed(signs)}
        yield problem("advice-beside-danger", analysis.kb.questions[name].place, words, case)


def unscreened_stop(analysis: Analysis) -> Iterator[Problem]:
    """Yield for each pack the questions of which one answer stops the person, and that are no safety screens."""
    kb = analysis.kb
    alone: dict[str, dict[str, Answer]] = {}
    for name in analysis.parts.stopping_alone():
        if name in {*kb.screens, *kb.safety_questions} or kb.questions[name].after_advice:
            continue
        answers = analysis.students.smallest(("stopped", THIS), part=analysis.parts.part(frozenset({name})))
        if answers:  # whoever is stopped without an answer is not stopped by this one
            alone[name] = answers
    found: dict[str, dict[str, dict[str, Answer]]] = {}
    for name, answers in alone.items():
        if name not in kb.follow_ups or alone.keys().isdisjoint(questions_in(kb.follow_ups[name])):
            # (What follows from one of these needs to be no screen, once that one is.)
            found.setdefault(kb.pack_of(kb.questions[name].place), {})[name] = answers
    for pack, students in found.items():
        first, *others = students
        screen = "that is no safety screen" if not others else "they are no safety screens"
        case = analysis.case(
            f"{first}-stops",
            f"Is stopped by one answer to “{first}”",
            [],
            lambda _, advice: advice.outcome.stops,
            answers=students[first],
        )
        place = next((each.place for each in kb.packs if each.id == pack), kb.questions[first].place)
        also = tuple(kb.questions[name].place for name in students)
        yield problem("unscreened-stop", place, {"questions": listed(students), "screen": screen}, case, also)
