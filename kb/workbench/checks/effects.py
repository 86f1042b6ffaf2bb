"""What rules do, and whether anybody notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kb.model.conditions import Truth
from kb.model.knowledge import Answer, KnowledgeBase
from kb.model.problems import Problem
from kb.proof.facts import Part
from kb.proof.students import THIS
from kb.workbench.checks.analysis import Analysis, listed
from kb.workbench.checks.catalogue import problem

_DOES = {"find": "finds", "recommend": "recommends", "refer": "refers to", "withhold": "withholds"}
_LET_IT_SHOW = "Let one of these rules hold for other people, or take out what nobody notices."
_TAKE_IT_OUT = "Take it out of “withhold”, or look at the rules that recommend it."


def idle_effect(analysis: Analysis) -> Iterator[Problem]:
    """Yield what rules do and nobody notices: one problem for all of a rule that the same others hide."""
    groups: dict[tuple[str, tuple[str, ...], bool], list[_Unnoticed]] = {}
    for each in _unnoticed(analysis):
        groups.setdefault((each.rule, each.hidden_by, each.always), []).append(each)
    for (name, hidden_by, _), unnoticed in groups.items():
        rules, first = analysis.kb.rules, unnoticed[0]
        effects = [(each.effect, each.target) for each in unnoticed]
        done = [f"{_DOES[word]} {listed(target for of, target in effects if of == word)}" for word in dict(effects)]
        also = hidden_by or [other.id for other in rules.values() if any(of in other.recommend for _, of in effects)]
        case = analysis.case(
            f"{name}-unnoticed",
            f"Meets “{name}”, and does not notice that it {_DOES[first.effect]} “{first.target}”",
            [],
            lambda inference, _, rule=name: inference.rules[rule] is Truth.HOLDS,  # type: ignore[misc]
            answers=first.student,
        )
        words = {"rule": name, "does": " and ".join(done), "why": _why(analysis.kb, first)}
        way_out = _LET_IT_SHOW if hidden_by else _TAKE_IT_OUT
        places = tuple(rules[other].place for other in also if other != name)
        yield problem("idle-effect", rules[name].place, {"way_out": way_out, **words}, case, places)


class _Unnoticed(NamedTuple):
    """An effect of a rule that nobody notices, and the smallest student who would, if nothing hid it.

    `hidden_by` are the rules that hide it: those that hide it from everybody (`always`), or else from this student.
    """

    rule: str
    effect: str
    target: str
    student: dict[str, Answer]
    hidden_by: tuple[str, ...] = ()
    always: bool = True


def _unnoticed(analysis: Analysis) -> Iterator[_Unnoticed]:
    """Yield every effect that nobody notices, with what hides it."""
    shown = (_shown(analysis, rule, *each) for rule, effects in analysis.idle.items() for each in effects)
    found = [each for each in shown if each is not None]
    if not found:
        return
    beside = (("beside", THIS, *each[:3], other) for each, _ in found for other in each.hidden_by)
    students = analysis.prepared(beside)
    for each, part in found:
        apart = {atom[-1] for atom in students.possible("apart/5", part=part) if atom[2:5] == each[:3]}
        always = tuple(other for other in each.hidden_by if other not in apart)
        yield each._replace(hidden_by=always or each.hidden_by, always=bool(always) or not each.hidden_by)


def _shown(analysis: Analysis, rule: str, effect: str, target: str) -> tuple[_Unnoticed, Part] | None:
    """Return an effect that nobody notices with a student, what hides it from them, and the part to look at.

    None, if a sign of danger for which no rule refers keeps it from all of them: that is said elsewhere.
    """
    kb, parts = analysis.kb, analysis.parts
    givers = [other.id for other in kb.rules_recommending(target)] if effect == "withhold" else []
    asked = parts.screens.union(*(parts.asks[each] for each in (rule, *givers)))
    part = parts.part(asked, [rule, *givers])
    student = analysis.students.smallest(("due", THIS, rule, effect, target), part=part)
    if student is None:
        meets, advisable = ("fires", THIS, rule), ("advisable", THIS)
        if effect != "withhold" or analysis.students.smallest(meets, advisable, part=part) is None:
            return None
        met = analysis.students.smallest(meets, part=parts.around(rule))  # who would not be given what it withholds
        return _Unnoticed(rule, effect, target, met or {}), part
    holding = [kb.rules[name] for name in analysis.engine.infer(student).holding]
    hiding = [each.id for each in holding if kb.stops(each) or (effect == "recommend" and target in each.withhold)]
    return _Unnoticed(rule, effect, target, student, tuple(hiding)), part


def _why(kb: KnowledgeBase, unnoticed: _Unnoticed) -> str:
    """Say why nobody notices an effect."""
    if not unnoticed.hidden_by:
        return "no one who meets it would be given that"
    stops = [name for name in unnoticed.hidden_by if kb.stops(kb.rules[name])]
    withholds = [name for name in unnoticed.hidden_by if name not in stops]
    hidden = [f"is stopped by {listed(stops)}"] if stops else []
    hidden += [f"has it withheld by {listed(withholds)}"] if withholds else []
    whoever = "whoever meets it and would be given that" if unnoticed.effect == "withhold" else "whoever meets it"
    return f"{whoever} {' and '.join(hidden)}" + ("" if unnoticed.always else ", or is kept from it by another rule")
