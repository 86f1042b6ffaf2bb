"""The benchmark itself: the bases it makes, the engines it compares, the tables it writes. No time is judged here."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kb.inference.engine import Engine
from kb.model.knowledge import Kind
from tests.tools.benchmarks.bases import base, base_files, random_answers
from tests.tools.benchmarks.engines import CLOCK, Chainer
from tests.tools.benchmarks.layered import layers
from tests.tools.benchmarks.measuring import (
    ALL_OF_IT,
    ANSWER,
    CHECK,
    CHECKED_LOAD,
    COMPILE,
    FIRST,
    FROM_PRODUCTIONS,
    INTERVIEW,
    LOAD,
    MEMORY,
    NOT_RUN,
    PARSE,
    READY,
    WHOLE,
    Base,
    Figures,
    Options,
    first_difference,
    measure,
    steps_of,
)
from tests.tools.benchmarks.ours import Ours, plain
from tests.tools.benchmarks.peers import PEERS
from tests.tools.benchmarks.tables import END, START, duration, exponent, goals, markdown, put_into
from tests.tools.benchmarks.workers import OURS, STOCK_MATCHER, OursRunner, Runner

# --- bases ------------------------------------------------------------------------------------------------------------


def test_base__same_seed__is_the_same_text() -> None:
    assert base_files(60) == base_files(60)
    assert base_files(60) != base_files(60, seed=1)


@pytest.mark.parametrize("rules", [5, 50, 130])
def test_base__loaded__has_as_many_rules_as_asked_for(rules: int) -> None:
    kb = base(rules)
    assert len(kb.rules) == rules
    unfound = [name for name in kb.findings if not any(kb.rules_finding(name))]
    assert unfound == []


def test_base__of_some_size__has_all_kinds_of_questions_and_effects() -> None:
    kb = base(300)
    assert {question.kind for question in kb.written_questions} == set(Kind)
    assert 300 / 8 < len(kb.written_questions) < 300 / 4
    rules = kb.rules.values()
    assert all([any(r.find for r in rules), any(r.refer for r in rules), any(r.withhold for r in rules)])


# --- engines ----------------------------------------------------------------------------------------------------------

KB = base(50)
ENGINE = Engine(KB)
STEPS = steps_of(ENGINE, random_answers(KB, random.Random(1), 12))


@pytest.mark.parametrize("name", [name for name, peer in PEERS.items() if peer.version()])
def test_engines__random_answers__conclude_the_same_after_each(name: str) -> None:
    ours = OursRunner(Ours(KB))
    theirs = Runner(PEERS[name](plain(ENGINE)))
    try:
        assert ours.ready() > 0
        assert theirs.ready() >= 0
        for _ in range(2):  # what was concluded is forgotten in between
            expected = ours.derived(STEPS, 60.0)
            assert len(expected) == len(STEPS)
            assert len(expected[-1]) > len(expected[0])
            assert first_difference(name, STEPS, expected, theirs.derived(STEPS, 60.0)) == ""
    finally:
        theirs.peer.close()


def test_engines__one_production_missing__the_first_difference_is_told() -> None:
    ours, theirs = OursRunner(Ours(KB)), Runner(Chainer(plain(ENGINE)))
    ours.ready(), theirs.ready()
    expected, real = ours.derived(STEPS, 60.0), theirs.derived(STEPS, 60.0)
    variable, value = next(iter(real[2].items()))
    del real[2][variable]
    given = ", ".join(f"{question}: {answer}" for question, answer, _ in STEPS[:3])
    assert first_difference("chainer", STEPS, expected, real) == (
        f"chainer concludes otherwise after {given}\n  {variable}: ours {value}, chainer open"
    )


def test_layers__of_a_chain__rest_on_earlier_ones_only() -> None:
    first = ((("a", ("yes",)),), (("b", "holds"),))
    second = ((("a", ("no",)), ("b", ("holds",))), (("c", "holds"),))
    third = ((("c", ("holds",)),), (("d", "holds"),))
    assert layers([third, second, first]) == [[first], [second], [third]]


def test_interview__timed__takes_time() -> None:
    ours = Ours(KB)
    ours.ready()
    start = CLOCK()
    assert 0 < ours.interview(STEPS) <= CLOCK() - start


def test_measure__a_small_base__has_a_figure_for_every_measure() -> None:
    said: list[str] = []
    others = {*PEERS, STOCK_MATCHER} - {Chainer.name}
    figures = measure([20], Options(rounds=1, without=others), said.append)
    theirs = {READY, ANSWER, WHOLE, ALL_OF_IT, MEMORY}
    ours = {*theirs, LOAD, PARSE, COMPILE, FROM_PRODUCTIONS, FIRST, INTERVIEW}
    assert set(figures.medians) == {(each, OURS, 20) for each in ours} | {(each, Chainer.name, 20) for each in theirs}
    assert min(figures.medians.values()) >= 0
    assert said == ["20 rules"]


# --- tables -----------------------------------------------------------------------------------------------------------


def made_up() -> Figures:
    figures = Figures()
    figures.bases = {100: Base(20, 400, 12, 60), 1000: Base(170, 4000, 40, 70)}
    for (what, engine), values in {
        (READY, OURS): (0.001, 0.01),
        (READY, "counting chainer"): (0.0005, 0.002),
        (READY, "CLIPS"): (0.01, 0.03),
        (READY, "experta, stock"): (0.5, NOT_RUN),
        (ANSWER, "CLIPS"): (0.0001, 0.0001),
        (INTERVIEW, OURS): (0.0001, 0.00015),
        (CHECKED_LOAD, OURS): (0.05, 0.5),
        (CHECK, OURS): (1.0, 12.5),
    }.items():
        for rules, value in zip(figures.bases, values, strict=True):
            figures.medians[what, engine, rules] = value
    return figures


def test_exponent__of_powers__is_the_power() -> None:
    power = exponent({rules: rules**1.5 for rules in (50, 100, 1000, 10_000)})
    assert power == pytest.approx(1.5)
    assert exponent({100: 1.0, 1000: NOT_RUN}) is None


def test_goals__made_up_figures__are_met_or_not() -> None:
    assert [(wanted, shown, met) for _, wanted, shown, met in goals(made_up())] == [
        ("at least 4", "3.0 (1,000 rules)", False),
        ("at least 50", "–", None),
        ("at most 10", "5.0 (1,000 rules)", True),
        ("at most 2", "1.5 (1,000 rules)", True),
        ("under 0.3", "0.18", True),
        ("at most 20", "25 (1,000 rules)", False),
    ]


READY_TABLE = """\
**Ready: ours from the model, its peers from productions**

| rules | 100 | 1,000 | growth exponent |
|---|---:|---:|---:|
| ours | 1.0 × | 1.0 × | 1.00 |
| counting chainer | 0.50 × | 0.20 × | 0.60 |
| CLIPS | 10 × | 3.0 × | 0.48 |
| experta, stock | 500 × | not run | – |
"""


def test_markdown__made_up_figures__shows_ratios_before_medians() -> None:
    text = markdown(made_up(), ["made up"])
    assert text.startswith("- made up\n\n### The bases\n")
    assert READY_TABLE in text
    assert text.index(READY_TABLE) < text.index("### Medians") < text.index("| CLIPS | 10 ms | 30 ms | 0.48 |")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(2.5, "2.5 s"), (0.0123, "12 ms"), (0.00123, "1.2 ms"), (0.0000042, "4.2 µs")]
)
def test_duration__of_any_length__has_a_unit(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_put_into__a_page__replaces_what_stands_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{START}old\n{END}\nafter\n", encoding="utf-8")
    put_into(page, "| new |\n")
    assert page.read_text(encoding="utf-8") == f"before\n{START}\n| new |\n\n{END}\nafter\n"
