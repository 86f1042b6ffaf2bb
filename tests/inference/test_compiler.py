"""Every rule becomes plain conjunctions: a side that shows it to hold and a side that shows it to fail."""

from __future__ import annotations

import pytest

from kb.inference.compiler import Production, compile_rules
from kb.inference.variables import Variables
from kb.model.knowledge import KnowledgeBase
from tests.helpers import kb_from

HEAD = """
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round, arched: Arched}}
  knee: {ask: Your knee?, type: one, options: {fine: Fine, hurts: Hurts}}
  foot: {ask: Your foot?, type: one, options: {fine: Fine, numb: Numb}}
  signs: {ask: Which signs?, type: several, options: {clot: Clot, tear: Tear, none: None}}
  hold: {ask: How long?, type: number, unit: minutes, at-least: 0}
findings: {tight: {title: Tight}, stiff: {title: Stiff}}
recommendations: {rest: {title: Rest, steps: [Rest.]}, bend: {title: Bend, steps: [Bend.]}}
"""


def compiled(kb: KnowledgeBase) -> list[str]:
    """Return the productions of `kb`, one a line: side, premises -> conclusions."""
    productions = compile_rules(kb, Variables(kb))
    assert [production.position for production in productions] == list(range(len(productions)))
    return [in_a_line(production) for production in productions]


def in_a_line(production: Production) -> str:
    premises = " & ".join(f"{premise.variable}={'|'.join(premise.values)}" for premise in production.premises)
    concludes = ", ".join(f"{variable}={value}" for variable, value in production.concludes)
    return f"{production.side.value}: {premises} -> {concludes}"


@pytest.mark.parametrize(
    ("when", "productions"),
    [
        ("{back: round}", ["positive: back=round -> rule:r=holds", "refuting: back=flat|arched -> rule:r=fails"]),
        # An unsure answer shows only what asks for it, and refutes nothing.
        (
            "{back: [round, unsure]}",
            ["positive: back=round|unsure -> rule:r=holds", "refuting: back=flat|arched -> rule:r=fails"],
        ),
        (
            "{back: unsure}",
            ["positive: back=unsure -> rule:r=holds", "refuting: back=flat|round|arched -> rule:r=fails"],
        ),
        (
            "{not: {back: round}}",
            ["positive: back=flat|arched -> rule:r=holds", "refuting: back=round -> rule:r=fails"],
        ),
        ("{not: {not: {foot: numb}}}", ["positive: foot=numb -> rule:r=holds", "refuting: foot=fine -> rule:r=fails"]),
        ("{hold: 2}", ["positive: hold=exactly 2 -> rule:r=holds", "refuting: hold=below 2|above 2 -> rule:r=fails"]),
        (
            "{hold: [unsure, {at-least: 2}]}",
            ["positive: hold=exactly 2|above 2|unsure -> rule:r=holds", "refuting: hold=below 2 -> rule:r=fails"],
        ),
        (
            "{signs: clot}",
            ["positive: signs/clot=chosen -> rule:r=holds", "refuting: signs/clot=not-chosen -> rule:r=fails"],
        ),
        (
            '{signs: [clot, "clot?"]}',
            ["positive: signs/clot=chosen|unsure -> rule:r=holds", "refuting: signs/clot=not-chosen -> rule:r=fails"],
        ),
        (
            '{signs: "clot?"}',
            ["positive: signs/clot=unsure -> rule:r=holds", "refuting: signs/clot=chosen|not-chosen -> rule:r=fails"],
        ),
        ("{signs: unsure}", ["positive: signs=unsure -> rule:r=holds", "refuting: signs=answered -> rule:r=fails"]),
        (
            "{signs: [clot, tear]}",
            [
                "positive: signs/clot=chosen -> rule:r=holds",
                "positive: signs/tear=chosen -> rule:r=holds",
                "refuting: signs/clot=not-chosen & signs/tear=not-chosen -> rule:r=fails",
            ],
        ),
    ],
)
def test_leaf__of_every_kind__gets_a_side_that_shows_it_and_one_that_refutes_it(
    when: str, productions: list[str]
) -> None:
    rule = f"rules: {{r: {{when: {when}, then: {{recommend: rest}}, because: So., source: B}}}}"
    assert compiled(kb_from(HEAD + rule)) == productions


@pytest.mark.parametrize(
    ("when", "productions"),
    [
        (
            "{back: round, knee: hurts}",
            [
                "positive: back=round & knee=hurts -> rule:r=holds",
                "refuting: back=flat|arched -> rule:r=fails",
                "refuting: knee=fine -> rule:r=fails",
            ],
        ),
        (
            "{any: [{back: round}, {knee: hurts}]}",
            [
                "positive: back=round -> rule:r=holds",
                "positive: knee=hurts -> rule:r=holds",
                "refuting: back=flat|arched & knee=fine -> rule:r=fails",
            ],
        ),
        (  # alternatives inside one variable are one premise
            "{any: [{back: round}, {back: flat}]}",
            ["positive: back=round|flat -> rule:r=holds", "refuting: back=arched -> rule:r=fails"],
        ),
        (  # so are demands on one variable
            "{all: [{back: [round, flat]}, {back: [flat, arched]}]}",
            ["positive: back=flat -> rule:r=holds", "refuting: back=arched|round -> rule:r=fails"],
        ),
        (  # what can never hold has no positive side
            "{all: [{back: round}, {back: flat}]}",
            ["refuting: back=flat|arched|round -> rule:r=fails"],
        ),
        (  # alternatives beside a demand become a node
            "{foot: numb, any: [{back: round}, {knee: hurts}]}",
            [
                "node: back=round -> node:1=holds",
                "node: knee=hurts -> node:1=holds",
                "positive: foot=numb & node:1=holds -> rule:r=holds",
                "refuting: foot=fine -> rule:r=fails",
                "refuting: back=flat|arched & knee=fine -> rule:r=fails",
            ],
        ),
        (  # `not` swaps the sides of all inside it
            "{not: {any: [{back: round}, {not: {knee: hurts}}]}}",
            [
                "positive: back=flat|arched & knee=hurts -> rule:r=holds",
                "refuting: back=round -> rule:r=fails",
                "refuting: knee=fine -> rule:r=fails",
            ],
        ),
        (
            "{any: [{back: round, foot: numb}, {knee: hurts}]}",
            [
                "positive: back=round & foot=numb -> rule:r=holds",
                "positive: knee=hurts -> rule:r=holds",
                "node: back=flat|arched -> node:1=holds",
                "node: foot=fine -> node:1=holds",
                "refuting: node:1=holds & knee=fine -> rule:r=fails",
            ],
        ),
        (
            "{finding: tight}",
            ["positive: finding:tight=holds -> rule:r=holds", "refuting: finding:tight=fails -> rule:r=fails"],
        ),
        (
            "{not: {finding: [tight, stiff]}}",
            [
                "positive: finding:tight=fails & finding:stiff=fails -> rule:r=holds",
                "refuting: finding:tight=holds -> rule:r=fails",
                "refuting: finding:stiff=holds -> rule:r=fails",
            ],
        ),
    ],
)
def test_condition__built_of_parts__becomes_plain_conjunctions(when: str, productions: list[str]) -> None:
    rule = f"rules: {{r: {{when: {when}, then: {{recommend: rest}}, because: So., source: B}}}}"
    assert compiled(kb_from(HEAD + rule)) == productions


def test_rules__that_conclude_findings__find_them_alone_and_rule_them_out_together() -> None:
    kb = kb_from(
        HEAD
        + """
rules:
  one: {when: {back: round}, then: {find: [tight, stiff]}, because: So., source: B}
  two: {when: {knee: hurts}, then: {find: tight, recommend: rest}, because: So., source: B}
"""
    )
    assert compiled(kb) == [
        "positive: back=round -> rule:one=holds, finding:tight=holds, finding:stiff=holds",
        "refuting: back=flat|arched -> rule:one=fails, finding:stiff=fails",
        "positive: knee=hurts -> rule:two=holds, finding:tight=holds",
        "refuting: knee=fine -> rule:two=fails",
        "refuting: rule:one=fails & rule:two=fails -> finding:tight=fails",
    ]


def test_premises__on_answers_and_on_conclusions__are_told_apart() -> None:
    rule = "rules: {r: {when: {back: round, finding: tight}, then: {recommend: rest}, because: So., source: B}}"
    kb = kb_from(HEAD + rule)
    positive = compile_rules(kb, Variables(kb))[0]
    assert [(premise.variable, premise.given) for premise in positive.premises] == [
        ("back", True),
        ("finding:tight", False),
    ]


def test_alternatives__side_by_side__are_not_multiplied_out() -> None:
    pairs = 12
    questions = "".join(f"  q{index}: {{ask: Q?, type: yes-no}}\n" for index in range(2 * pairs))
    anys = ", ".join(f"{{any: [{{q{index}: yes}}, {{q{index + 1}: yes}}]}}" for index in range(0, 2 * pairs, 2))
    kb = kb_from(f"""
sources: {{B: {{work: Book}}}}
questions:
{questions}
recommendations: {{rest: {{title: Rest, steps: [Rest.]}}}}
rules: {{r: {{when: {{all: [{anys}]}}, then: {{recommend: rest}}, because: So., source: B}}}}
""")
    # Two a node and one for the rule; one a pair to refute it. Multiplied out there would be 4,096.
    assert len(compile_rules(kb, Variables(kb))) == 2 * pairs + 1 + pairs
