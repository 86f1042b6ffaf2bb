"""Replay recorded students: does the knowledge base still say to them what a teacher would? And record new ones.

A case holds answers and what is expected of them. `in-order` are the recommendations wanted, in this order; `may-add`
what may stand beside them; anything else that is given is unexpected; `never` must not appear, whatever else does.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from enum import Enum
from itertools import chain, count

import msgspec
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.inference.outcome import decide
from kb.inference.population import Population, members
from kb.model.conditions import All, Condition, Truth
from kb.model.knowledge import Answers, Case, Expectation, KnowledgeBase, Rule
from kb.proof.facts import quoted
from kb.proof.students import THIS, Students

ANY = "any"
"""In `never`: no recommendation at all."""


class Part(str, Enum):
    """The parts of what a case expects, by their names in a file."""

    OUTCOME = "outcome"
    IN_ORDER = "in-order"
    NEVER = "never"
    FINDINGS = "findings"
    REFERRALS = "referrals"


class Miss(msgspec.Struct, frozen=True):
    """One thing that is not as a case expects: `name` is there and should not be (`got`), or it is missing.

    Where the outcome or the order differs, `name` is empty. `sentence` says it in words.
    """

    part: Part
    name: str
    got: bool
    sentence: str


class Replay(msgspec.Struct, frozen=True):
    """What a case came to: the outcome, what was given, found and referred, and what differs from what it expects."""

    case: Case
    outcome: str
    given: tuple[str, ...]
    findings: tuple[str, ...]
    referrals: tuple[str, ...]
    misses: tuple[Miss, ...]

    @property
    def failures(self) -> tuple[str, ...]:
        """Return in sentences what differs from what the case expects."""
        return tuple(miss.sentence for miss in self.misses)


def replay(engine: Engine, case: Case) -> Replay:
    """Return what the answers of `case` come to."""
    inference = engine.infer(case.answers)
    advice = decide(engine.kb, inference)
    came = Replay(case, advice.outcome.value, advice.in_reading_order, inference.found, advice.referrals, ())
    told = _told(engine.kb, inference.found)
    return replace(came, misses=tuple(_misses(case.expect, came, advice.covers, told)))


def _told(kb: KnowledgeBase, findings: Iterable[str]) -> tuple[str, ...]:
    """Return those of `findings` that people are told."""
    return tuple(name for name in findings if not kb.findings[name].intermediate)


def _misses(
    expect: Expectation, came: Replay, covers: Mapping[str, tuple[str, ...]], told: tuple[str, ...]
) -> Iterator[Miss]:
    """Yield what differs from what is expected, part by part.

    What another correction covers may stand beside it, as its part. Intermediate findings are missed, if they are
    expected, and are never too much.
    """
    if came.outcome != expect.outcome:
        yield Miss(Part.OUTCOME, "", True, f"the outcome is {came.outcome}, expected {expect.outcome}")
    if ANY in expect.never:
        for name in came.given:
            yield Miss(Part.NEVER, name, True, f"{name} is given, expected no recommendation at all")
    for name in came.given:
        if name in expect.never:
            yield Miss(Part.NEVER, name, True, f"{name} is given, expected never")
    if expect.in_order is not None:
        beside = {*expect.may_add, *expect.never}
        allowed = beside.union(expect.in_order)
        beside.update(part for name, parts in covers.items() if name in allowed for part in parts)
        yield from _misgiven(expect.in_order, beside, came.given)
    for part, names, got, shown in (
        (Part.FINDINGS, expect.findings, came.findings, told),
        (Part.REFERRALS, expect.referrals, came.referrals, came.referrals),
    ):
        if names is not None:
            what = part.value[:-1]
            yield from (Miss(part, one, False, f"the {what} {one} is missing") for one in names if one not in got)
            for name in sorted(set(shown).difference(names)):
                yield Miss(part, name, True, f"the {what} {name} is not expected")


def _misgiven(wanted: tuple[str, ...], beside: set[str], given: tuple[str, ...]) -> Iterator[Miss]:
    """Yield what is not given and should be, what is given and is not to stand `beside`, and an order that differs."""
    for name in wanted:
        if name not in given:
            yield Miss(Part.IN_ORDER, name, False, f"{name} is not given")
    for name in given:
        if name not in wanted and name not in beside:
            yield Miss(Part.IN_ORDER, name, True, f"{name} is given, not expected")
    order = [name for name in given if name in wanted]
    if order != [name for name in wanted if name in given]:
        yield Miss(Part.IN_ORDER, "", True, f"the order is {', '.join(order)}, expected {', '.join(wanted)}")


class RuleCoverage(msgspec.Struct, frozen=True):
    """The cases in which a rule fires, and those in which it misses by one line of its `when`."""

    rule: str
    fires: tuple[str, ...]
    near_misses: tuple[str, ...]


def rule_coverage(engine: Engine, cases: Iterable[Case]) -> tuple[RuleCoverage, ...]:
    """Return for every rule the cases that make it fire and the near misses, in the pack's order.

    A near miss is a case in which all lines of the rule's `when` hold but one, and that one fails. For a rule of a
    single line it is a case in which that line was answered otherwise.
    """
    kb = engine.kb
    recorded = tuple(cases)
    population = Population(kb, engine.variables, [case.answers for case in recorded])

    def named(students: int) -> tuple[str, ...]:
        return tuple(recorded[position].id for position in members(students))

    return tuple(
        RuleCoverage(rule.id, named(population.where(rule.when)), named(_missed_by_one(rule, population)))
        for rule in kb.rules.values()
    )


def _missed_by_one(rule: Rule, population: Population) -> int:
    """Return the students for whom `rule` fails, and all its lines hold but one."""
    none_missed, one_missed = population.all, 0
    for line in lines_of(rule):
        holds = population.where(line)
        one_missed = one_missed & holds | none_missed & ~holds
        none_missed &= holds
    return one_missed & population.where(rule.when, holds=False)


def lines_of(rule: Rule) -> tuple[Condition, ...]:
    """Return the lines of a rule's `when`, all of which must hold."""
    return rule.when.parts if isinstance(rule.when, All) else (rule.when,)


def recorded(engine: Engine, answers: Answers, name: str, title: str, *, says: str = "", because: str = "") -> Case:
    """Return the case that expects what `engine` says to `answers`, no more and no less.

    All findings are expected that are told to people, those too that this report does not name: a case pins what the
    rules conclude.
    """
    inference = engine.infer(answers)
    advice = decide(engine.kb, inference)
    expect = Expectation(
        outcome=advice.outcome.value,
        in_order=advice.in_reading_order or None,
        never=() if advice.given else (ANY,),
        findings=_told(engine.kb, inference.found),
        referrals=advice.referrals,
    )
    return Case(name, title, dict(answers), expect, says=says, because=because)


def free_name(wanted: str, taken: Container[str]) -> str:
    """Return `wanted`, or if it is taken the first of `wanted-2`, `wanted-3`… that is not."""
    names = (f"{wanted}-{number}" for number in count(2))
    return next(name for name in chain([wanted], names) if name not in taken)


_EXAMPLE = """
line(M) :- rule({world},{rule},N), all(N), part(N,M).
line(N) :- rule({world},{rule},N), not all(N).
missed(N) :- line(N), not holds(N).
fires_for_all_to_see :- fires({world},{rule}), not quiet({world}).
fires_after_the_screens :- fires({world},{rule}), not unscreened({world}).
near_miss :- refuted({world},{rule}), 1 {{ missed(N) }} 1, not unscreened({world}).
#minimize {{ 1@5,C : variable(C,V), not was(C,V), someone }}.
#minimize {{ 1@4,R : referred({world},R) }}.
#minimize {{ 1@-1,R : fires({world},R) }}.
"""


def examples(engine: Engine, rule: str) -> tuple[Answers | None, Answers | None]:
    """Return the smallest student for whom `rule` fires, and one as much alike as possible whom it misses by one line.

    The safety screens are answered, with no more danger than the rule is about. None stands for nobody.
    """
    fires = _smallest(engine, rule, {}, ("fires_for_all_to_see", "fires_after_the_screens", "fires"))
    return fires, _smallest(engine, rule, fires or {}, ("near_miss",))


def _smallest(engine: Engine, rule: str, like: Answers, goals: tuple[str, ...]) -> Answers | None:
    """Return the student most like `like` of whom the first possible one of `goals` is true, proved by the engine."""
    extra = _EXAMPLE.format(world=quoted(THIS), rule=quoted(rule))
    extra += "".join(
        f"was({quoted(variable)},{quoted(value)}).\n" for variable, value in engine.variables.of(like).items()
    )
    students = Students(engine.kb, extra + "someone.\n" * bool(like))
    for goal in goals:
        answers = students.smallest((goal, THIS, rule) if goal == "fires" else (goal,))
        if answers is not None:
            wanted = Truth.FAILS if goal == "near_miss" else Truth.HOLDS
            return answers if engine.infer(answers).rules[rule] is wanted else None
    return None
