"""Redundancy: what could be left out, and nobody would be told anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from kb.language.source_positions import Path, nodes_of
from kb.model.conditions import UNSURE, All, Answered, Condition, Within, as_written, questions_in
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Kind, Rule
from kb.model.problems import Problem
from kb.proof.facts import quoted
from kb.workbench.checks.analysis import THIS, Anomaly, Examined, Severity, finds, listed

# --- rules ------------------------------------------------------------------------------------------------------------


@finds("subsumed-rule", Anomaly.REDUNDANCY, Severity.WARNING)
def subsumed_rule(examined: Examined) -> Iterator[Problem]:
    """A rule that another one makes needless.

    As it stands it changes nothing: perhaps it was meant for other people, or to say more. Whoever edits it later will
    wonder why nothing happens.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          pose: {ask: Which pose?, type: one, options: {sitting: Sitting, standing: Standing}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round-back:
            when: {back: [round, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1
          round-back-sitting:
            when: {pose: sitting, back: [round, unsure]}
            then: {recommend: lean-back}
            because: It rounds while you sit.
            source: A1

    Sound::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          pose: {ask: Which pose?, type: one, options: {sitting: Sitting, standing: Standing}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
          sit-higher: {title: Sit higher, steps: Sit on a blanket.}
        rules:
          round-back:
            when: {back: [round, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1
          round-back-sitting:
            when: {pose: sitting, back: [round, unsure]}
            then: {recommend: sit-higher}
            because: It rounds while you sit.
            source: A1
    """
    for rule, other in examined.subsumed.items():
        yield Problem(
            examined.kb.rules[rule].place,
            "subsumed-rule",
            f"the rule “{rule}” adds nothing: whoever meets it meets “{other}” too, which says all that it says.",
            "Take it out, or let it say something more, or let it hold for other people.",
            examined.who_meets(rule, f"{rule}-adds-nothing", f"Meets “{rule}” and “{other}”"),
            also=(examined.kb.rules[other].place,),
        )


@finds("rule-adds-nothing", Anomaly.REDUNDANCY, Severity.WARNING)
def rule_adds_nothing(examined: Examined) -> Iterator[Problem]:
    """A rule that adds nothing to what several others say together.

    It could go, and nobody would be told anything else. For everyone who meets it other rules say the same: now this
    one, now that one.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          knees: {ask: Are your knees bent?, type: yes-no}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          bent:
            when: {back: [round, unsure], knees: [yes, unsure]}
            then: {recommend: lean-back}
            because: One.
            source: A1
          straight: {when: {back: [round, unsure], knees: no}, then: {recommend: lean-back}, because: Two., source: A1}
          either:
            when: {back: [round, unsure], knees: [yes, no]}
            then: {recommend: lean-back}
            because: Three.
            source: A1

    Sound::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          knees: {ask: Are your knees bent?, type: yes-no}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          bent: {when: {back: [round, unsure], knees: yes}, then: {recommend: lean-back}, because: One., source: A1}
          straight: {when: {back: [round, unsure], knees: no}, then: {recommend: lean-back}, because: Two., source: A1}
          either:
            when: {back: [round, unsure], knees: unsure}
            then: {recommend: lean-back}
            because: Three.
            source: A1
    """
    for rule, others in examined.covered.items():
        yield Problem(
            examined.kb.rules[rule].place,
            "rule-adds-nothing",
            f"the rule “{rule}” adds nothing: for everyone who meets it, {listed(others)} say it already.",
            "Take it out, or let it say something more, or let it hold for other people.",
            examined.who_meets(rule, f"{rule}-adds-nothing", f"Meets “{rule}”, and others that say the same"),
            also=tuple(examined.kb.rules[other].place for other in others),
        )


# --- parts of conditions ----------------------------------------------------------------------------------------------


@finds("always-true", Anomaly.REDUNDANCY, Severity.WARNING)
def always_true(examined: Examined) -> Iterator[Problem]:
    """A line of a condition that is always true there.

    For everyone who meets the rest of the rule and has answered this question, the line holds, so it asks for
    nothing. Often an answer too many stands in its list, or it repeats what another line says.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          knees: {ask: Are your knees bent?, type: yes-no}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round-back:
            when: {back: [round, unsure], knees: [yes, no, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1

    Sound::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          knees: {ask: Are your knees bent?, type: yes-no}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round-back:
            when: {back: [round, unsure], knees: [yes, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1
    """
    for name, (path, condition) in examined.always_true.items():
        rule = examined.kb.rules[name]
        yield Problem(
            examined.places.of(rule, path),
            "always-true",
            f"in the rule “{rule.id}”, “{as_written(condition)}” is true of everyone who meets the rest.",
            "Take the line out, or correct what it asks for.",
            examined.who_meets(rule.id, f"{rule.id}-always-true", f"Meets “{rule.id}”"),
        )


def lines_always_true(examined: Examined) -> dict[str, tuple[Path, Condition]]:
    """Return the rules that have a line which is always true there, each with one such line and its path.

    What else is always true in the same rule may be so because of that one. Of two that say the same it is the later.
    """
    facts = examined.students.facts
    lines = {part for node, parts in facts.parts.items() if isinstance(facts.nodes[node][2], All) for part in parts}
    lines.update(facts.roots.values())
    found: dict[str, tuple[Path, Condition]] = {}
    for number, rule, path, condition in _nodes(examined):
        if number in lines and ("stops_rule", str(number)) not in examined.possible_at_the_end:
            known = found.get(rule.id)
            if known is None or len(known[0]) == len(path):
                found[rule.id] = path, condition
    return found


@finds("idle-alternative", Anomaly.REDUNDANCY, Severity.WARNING)
def idle_alternative(examined: Examined) -> Iterator[Problem]:
    """An alternative that makes no difference.

    One of several ways to meet a condition is never the one that counts: nobody can give that answer and meet the
    rest of the rule, or another alternative holds whenever this one does. Whoever wrote it meant someone who is not
    reached by it.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          pose: {ask: Which pose?, type: one, options: {sitting: Sitting, standing: Standing}}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round-back:
            when: {any: [{pose: [sitting, unsure], back: [round, unsure]}, {back: [round, unsure]}]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1

    Sound::

        sources: {A1: {work: A book}}
        questions:
          pose: {ask: Which pose?, type: one, options: {sitting: Sitting, standing: Standing}}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round-back:
            when: {any: [{pose: [sitting, unsure]}, {back: [round, unsure]}]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1
    """
    facts = examined.students.facts
    served: dict[str, set[str]] = {}
    for atom in examined.possible_at_the_end:
        if atom[0] == "serves":
            served.setdefault(atom[1], set()).add(atom[2])
    for number, rule, path, condition in _nodes(examined):
        idle: list[tuple[int, str]] = []
        if rule.id in examined.always_true:
            continue
        if isinstance(condition, AnyOf):
            idle = [
                (position, as_written(part))
                for position, (part, node) in enumerate(zip(condition.parts, facts.parts[number]))
                if ("makes_rule", str(node)) not in examined.possible_at_the_end
            ]
        elif isinstance(condition, Answered) and examined.kb.questions[condition.question].kind is not Kind.SEVERAL:
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
            yield Problem(
                examined.places.of(rule, (*path, position)),
                "idle-alternative",
                f"in the rule “{rule.id}”, “{written}” makes no difference: nobody meets the rule by that alone.",
                "Take it out, or correct what stands beside it.",
                examined.who_meets(rule.id, f"{rule.id}-idle-alternative", f"Meets “{rule.id}” in another way"),
            )


def _idle_numbers(within: Within, values: set[str]) -> list[tuple[int, str]]:
    """Return the range beside `unsure`, or the `unsure` beside it, if nobody meets the rule by that."""
    bounds = replace(within, unsure=False)
    if values == {UNSURE} and not (bounds.low is None and bounds.high is None):
        return [(0, as_written(bounds))]
    return [(1, f"{within.question}: {UNSURE}")] if values and UNSURE not in values else []


def _nodes(examined: Examined) -> Iterator[tuple[int, Rule, Path, Condition]]:
    """Yield the conditions on which some rule depends for somebody, from the outside in, each with its path.

    On others nothing depends, since something around them is at fault. Of rules that should go it is not said what
    should go from them; nor can rules about the time after the advice be told from the answers before it.
    """
    kb, facts = examined.kb, examined.students.facts
    numbers = facts.nodes_by_rule()
    for rule in kb.rules.values():
        later = any(kb.questions[asked].after_advice for asked in questions_in(rule.when))
        if later or rule.id in examined.needless:
            continue
        for number, (path, condition) in zip(numbers[rule.id], nodes_of(rule.when)):
            if ("makes_rule", str(number)) in examined.possible_at_the_end and not examined.waits_in_vain(condition):
                yield number, rule, path, condition


# --- which rules others make needless ---------------------------------------------------------------------------------


def needless(examined: Examined) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the rules that add nothing: those that one other covers, and those that several cover together.

    Of rules that cover each other, the later ones are named; the others stay. What is left when all of them are taken
    out says all that was said before.
    """
    kb = examined.kb
    suspects = [
        rule for rule in kb.rules if rule not in examined.never and ("adds", THIS, rule) not in examined.possible
    ]
    by_one: dict[str, str] = {}
    by_several: dict[str, tuple[str, ...]] = {}
    if not suspects:
        return by_one, by_several
    pairs = {(rule, other) for rule in suspects for other in kb.rules if _says_all(kb.rules[other], kb.rules[rule])}
    students = examined.prepared(
        "".join(f"compared({quoted(THIS)},{quoted(one)},{quoted(other)}). " for one, other in sorted(pairs))
    )
    parts = examined.parts.enough_for(suspects, ())
    escapes = {atom for part in parts for atom in students.possible("escapes/3", part=part)}
    for rule in reversed(suspects):
        gone = {*by_one, *by_several}
        covering = [
            other
            for other in kb.rules
            if (rule, other) in pairs and other not in gone and ("escapes", THIS, rule, other) not in escapes
        ]
        if covering:
            by_one[rule] = covering[0]
        elif not _adds_without(examined, rule, gone):
            by_several[rule] = tuple(_sharing(kb.rules.values(), kb.rules[rule], gone))
    return by_one, by_several


def _adds_without(examined: Examined, rule: str, gone: set[str]) -> bool:
    """Say whether `rule` adds something once the rules of `gone` are taken out."""
    if not gone:
        return False
    dropped = "".join(f"dropped({quoted(THIS)},{quoted(other)}). " for other in sorted(gone))
    return examined.prepared(dropped).smallest(("adds", THIS, rule), part=examined.parts.around(rule)) is not None


def _says_all(one: Rule, other: Rule) -> bool:
    """Say whether `one` says all that `other` says."""
    return one is not other and set(other.effects) <= set(one.effects)


def _sharing(rules: Iterable[Rule], own: Rule, gone: set[str]) -> Iterator[str]:
    """Yield the rules that say some of what `own` says."""
    for rule in rules:
        if rule is not own and rule.id not in gone and not set(own.effects).isdisjoint(rule.effects):
            yield rule.id
