"""Deficiency in what a pack says about danger: a sign that no rule refers for, and a stop that is no safety screen."""

from __future__ import annotations

from collections.abc import Iterator

from kb.model.conditions import UNSURE, questions_in
from kb.model.knowledge import Answer
from kb.model.problems import Problem
from kb.workbench.checks.analysis import THIS, Anomaly, Examined, Severity, finds, listed


@finds("advice-beside-danger", Anomaly.DEFICIENCY, Severity.ERROR)
def advice_beside_danger(examined: Examined) -> Iterator[Problem]:
    """A danger sign because of which no rule refers.

    A safety screen lists it, or a follow-up of one, somebody says yes to it or is not sure, and no rule says what to
    do. The program then advises nothing and says only that a professional is to be asked. On a danger sign, not sure
    counts as yes.

    Faulty::

        pack: backs
        title: Backs
        version: "1"
        safety-screens: [numb]
        sources: {A1: {work: A book}}
        questions:
          numb: {ask: Is your foot numb?, type: yes-no}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}
        rules:
          numb: {when: {numb: yes}, then: {refer: see-someone}, because: It may be a nerve., source: A1}
          round: {when: {back: [round, unsure]}, then: {recommend: lean-back}, because: It rounds., source: A1}

    Sound::

        pack: backs
        title: Backs
        version: "1"
        safety-screens: [numb]
        sources: {A1: {work: A book}}
        questions:
          numb: {ask: Is your foot numb?, type: yes-no}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}
        rules:
          numb: {when: {numb: [yes, unsure]}, then: {refer: see-someone}, because: It may be a nerve., source: A1}
          round: {when: {back: [round, unsure]}, then: {recommend: lean-back}, because: It rounds., source: A1}
    """
    for variable, values in examined.unheeded.items():
        name, _, option = variable.partition("/")
        if name not in examined.options_read:
            continue  # that nothing at all follows from this screen is said already
        signs = [(f"{option}?" if value == UNSURE else option) if option else value for value in values]
        answer, them = " or ".join(f"“{sign}”" for sign in signs), listed(signs)
        yield Problem(
            examined.kb.questions[name].place,
            "advice-beside-danger",
            f"no rule refers somebody who answers {answer} to the safety question “{name}”, so nothing is advised.",
            f"Write a rule that refers this person, or add {them} to the answers of one that does.",
            examined.case(
                f"{name}-{option or 'sign'}-unheeded",
                f"Answers “{signs[0]}” to “{name}”, and no rule knows what to do",
                [("forgotten", THIS, variable, values[0])],
                lambda _, advice: bool(advice.unheeded),
            ),
        )


@finds("unscreened-stop", Anomaly.DEFICIENCY, Severity.ERROR)
def unscreened_stop(examined: Examined) -> Iterator[Problem]:
    """A question of which one answer alone stops the person, and that is no safety screen.

    Whoever answers from a file can leave it out, and is given advice. A safety screen is asked before anything else,
    and nothing is advised without it. What is asked because of an answer to a screen, or after the advice, need be
    none.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          numb: {ask: Is your foot numb?, type: yes-no}
        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}
        rules:
          numb: {when: {numb: [yes, unsure]}, then: {refer: see-someone}, because: It may be a nerve., source: A1}

    Sound::

        safety-screens: [numb]
        sources: {A1: {work: A book}}
        questions:
          numb: {ask: Is your foot numb?, type: yes-no}
        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}
        rules:
          numb: {when: {numb: [yes, unsure]}, then: {refer: see-someone}, because: It may be a nerve., source: A1}
    """
    kb = examined.kb
    alone: dict[str, dict[str, Answer]] = {}
    for name in examined.parts.stopping_alone():
        if name in {*kb.screens, *kb.safety_questions} or kb.questions[name].after_advice:
            continue
        answers = examined.students.smallest(("stopped", THIS), part=examined.parts.part(frozenset({name})))
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
        yield Problem(
            next((each.place for each in kb.packs if each.id == pack), kb.questions[first].place),
            "unscreened-stop",
            f"one answer to {listed(students)} alone stops the person, and {screen}.",
            f"List {listed(students)} under “safety-screens” in the header of the pack.",
            examined.case(
                f"{first}-stops",
                f"Is stopped by one answer to “{first}”",
                [],
                lambda _, advice: advice.outcome.stops,
                answers=students[first],
            ),
            also=tuple(kb.questions[name].place for name in students),
        )
