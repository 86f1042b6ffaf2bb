"""Deficiency: what nothing shows to be right, and what is not written yet."""

from __future__ import annotations

from collections.abc import Iterator

from kb.model.conditions import questions_in
from kb.model.problems import Problem
from kb.workbench.checks.analysis import THIS, Anomaly, Examined, Severity, finds


@finds("no-firing-case", Anomaly.DEFICIENCY, Severity.WARNING)
def no_firing_case(examined: Examined) -> Iterator[Problem]:
    """A rule that no case shows at work.

    Nobody will notice when a later change breaks this rule. A case says what a teacher expects for one student.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          tired: {ask: Are you tired?, type: yes-no}
        recommendations:
          rest: {title: Rest, steps: Lie down.}
        rules:
          tired: {when: {tired: [yes, unsure]}, then: {recommend: rest}, because: Rest helps., source: A1}
        cases:
          - {id: awake, title: Awake, answers: {tired: no}, expect: {outcome: no-change}}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          tired: {ask: Are you tired?, type: yes-no}
        recommendations:
          rest: {title: Rest, steps: Lie down.}
        rules:
          tired: {when: {tired: [yes, unsure]}, then: {recommend: rest}, because: Rest helps., source: A1}
        cases:
          - {id: awake, title: Awake, answers: {tired: no}, expect: {outcome: no-change}}
          - {id: tired, title: Tired, answers: {tired: yes}, expect: {outcome: advise, in-order: [rest]}}
    """
    for covered in examined.coverage:
        rule = examined.kb.rules[covered.rule]
        # Where somebody with a danger sign or a complaint misses it, that is said, and not that its case misses it too.
        said_already = rule.id in examined.needless or not examined.missed.isdisjoint(questions_in(rule.when))
        if not covered.fires and not said_already:
            yield Problem(
                rule.place,
                "no-firing-case",
                f"there is no case in which the rule “{rule.id}” holds.",
                "Write one: a student who should be told this. The case below is one, if it says the right thing.",
                examined.who_meets(rule.id, f"{rule.id}-holds", f"Meets “{rule.id}”", *examined.screened),
            )


@finds("no-near-miss", Anomaly.DEFICIENCY, Severity.WARNING)
def no_near_miss(examined: Examined) -> Iterator[Problem]:
    """A rule that no case shows silent where it nearly holds.

    Nobody will notice when this rule begins to hold for people it is not meant for. A near miss is a student of whom
    all lines of the rule are true but one; it is where rules turn out too broad.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          tired: {ask: Are you tired?, type: yes-no}
        recommendations:
          rest: {title: Rest, steps: Lie down.}
        rules:
          tired: {when: {tired: [yes, unsure]}, then: {recommend: rest}, because: Rest helps., source: A1}
        cases:
          - {id: tired, title: Tired, answers: {tired: yes}, expect: {outcome: advise, in-order: [rest]}}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          tired: {ask: Are you tired?, type: yes-no}
        recommendations:
          rest: {title: Rest, steps: Lie down.}
        rules:
          tired: {when: {tired: [yes, unsure]}, then: {recommend: rest}, because: Rest helps., source: A1}
        cases:
          - {id: awake, title: Awake, answers: {tired: no}, expect: {outcome: no-change}}
          - {id: tired, title: Tired, answers: {tired: yes}, expect: {outcome: advise, in-order: [rest]}}
    """
    for covered in examined.coverage:
        rule = examined.kb.rules[covered.rule]
        if rule.id in examined.needless or rule.id in examined.always_true:
            continue  # whoever misses a line that says the same as another misses two
        if not covered.near_misses and covered.fires:
            case = examined.case(
                f"{rule.id}-near-miss",
                f"Near miss of “{rule.id}”",
                [("nearly", THIS, rule.id), *examined.screened],
                lambda inference, _, name=rule.id: inference.rules[name].value == "fails",  # type: ignore[misc]
                rule=rule.id,
            )
            if case:
                yield Problem(
                    rule.place,
                    "no-near-miss",
                    f"there is no case in which the rule “{rule.id}” is missed by one line.",
                    "Write one: a student who should not be told this, for one reason. The case below is one.",
                    case,
                )


@finds("todo-text", Anomaly.DEFICIENCY, Severity.WARNING)
def todo_text(examined: Examined) -> Iterator[Problem]:
    """A text that is still to be written.

    A person on a mat would read it like that.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          tired: {ask: "TODO: how to ask this?", type: yes-no}
        recommendations:
          rest: {title: Rest, steps: Lie down.}
        rules:
          tired: {when: {tired: [yes, unsure]}, then: {recommend: rest}, because: Rest helps., source: A1}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          tired: {ask: Are you tired?, type: yes-no}
        recommendations:
          rest: {title: Rest, steps: Lie down.}
        rules:
          tired: {when: {tired: [yes, unsure]}, then: {recommend: rest}, because: Rest helps., source: A1}
    """
    kb = examined.kb
    sections = (kb.sources, kb.questions, kb.findings, kb.recommendations, kb.referrals, kb.rules)
    items: list[object] = [*kb.packs, *(item for section in sections for item in section.values()), *kb.cases]
    for item in items:
        parts = [name for name, text in _texts(item) if text.startswith("TODO")]
        if parts:
            named = ", ".join(f"“{name}”" for name in dict.fromkeys(parts))
            message = f"{type(item).__name__.lower()} “{item.id}” is not written yet: {named}."  # type: ignore[attr-defined]
            yield Problem(item.place, "todo-text", message, "Write what people are to read.")  # type: ignore[attr-defined]


def _texts(item: object) -> Iterator[tuple[str, str]]:
    """Yield the texts of an item with the names under which they stand."""
    for field in item.__struct_fields__:  # type: ignore[attr-defined]
        value = getattr(item, field)
        name = field.replace("_", "-")
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, tuple):
            for each in value:
                yield name, each if isinstance(each, str) else str(getattr(each, "text", ""))
