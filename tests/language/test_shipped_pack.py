"""The shipped pack: it keeps the shared ids, cites the whole article, and says to each student what it should."""

from __future__ import annotations

import random
from functools import cache

import pytest

from kb.inference.compiler import Side
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, Answers, Case, Kind, KnowledgeBase, Level, Outcome
from kb.report.build import build_report, to_json
from kb.workbench.cases.replay import replay, rule_coverage
from tests.property.strategies import possible_answers
from tests.tools.inventory import EXCUSED, ITEMS, uncited_items
from tests.vocabulary import OUTCOMES, QUESTIONS, RECOMMENDATIONS


@cache
def shipped() -> KnowledgeBase:
    return load()


@cache
def engine() -> Engine:
    return Engine(shipped())


def options(question: str) -> tuple[str, ...]:
    return shipped().questions[question].option_ids


# --- the shared ids ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("question", "wanted"), QUESTIONS.items())
def test_pack__shared_question__keeps_its_options(question: str, wanted: tuple[str, ...]) -> None:
    assert options(question) == wanted


def test_pack__recommendations__come_in_the_shared_order_with_their_items() -> None:
    assert tuple(name for name in shipped().recommendations if name in RECOMMENDATIONS) == tuple(RECOMMENDATIONS)
    for name, items in RECOMMENDATIONS.items():
        cited = shipped().recommendations[name].sources
        assert [f"A{item}" for item in items if f"A{item}" not in cited] == []


def test_outcomes__shared_list__is_the_programs() -> None:
    assert tuple(outcome.value for outcome in Outcome) == OUTCOMES


# --- the source -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", ["Q", "R", "G", "C"])
def test_pack__inventory_items__are_all_cited(use: str) -> None:
    missing, _ = uncited_items(shipped())[use]
    assert [item for item in missing if item not in EXCUSED] == []


def test_inventory__all_items__are_counted() -> None:
    assert sorted(item for items in ITEMS.values() for item in items) == list(range(1, 159))


@pytest.mark.parametrize("flag", [f"RF{number:02}" for number in range(1, 16)])
def test_pack__red_flag__is_asked_and_referred(flag: str) -> None:
    assert [name for name, question in shipped().questions.items() if flag in question.sources]
    assert [name for name, referral in shipped().referrals.items() if flag in referral.sources]
    assert [name for name, rule in shipped().rules.items() if flag in rule.sources and rule.refer]


@pytest.mark.parametrize("word", ["safe", "all clear", "you have tendonitis", "will heal", "release the adhesion"])
def test_pack__wording__makes_no_promise(word: str) -> None:
    kb = shipped()
    texts = [rule.because for rule in kb.rules.values()]
    texts += [text for each in kb.recommendations.values() for text in (each.title, *each.steps, each.cue, each.dose)]
    texts += [referral.tell for referral in kb.referrals.values()]
    texts += [question.ask + question.hint for question in kb.questions.values()]
    words = word.split()
    assert [text for text in texts if _holds_words(text, words)] == []


def _holds_words(text: str, words: list[str]) -> bool:
    plain = "".join(character if character.isalpha() else " " for character in text.casefold()).split()
    return any(plain[start : start + len(words)] == words for start in range(len(plain)))


# --- the students -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in load().cases])
def test_case__replayed__says_what_a_teacher_would(case: Case) -> None:
    assert replay(engine(), case).failures == ()


def test_cases__every_rule__fires_in_one_and_just_misses_in_another() -> None:
    assert len(shipped().cases) >= 40
    covered = rule_coverage(engine(), shipped().cases)
    assert [each.rule for each in covered if not each.fires or not each.near_misses] == []


def test_cases__stock_matcher__fires_the_same() -> None:
    stock = Engine(shipped(), stock_matcher=True)
    for case in shipped().cases[::10]:
        assert stock.infer(case.answers) == engine().infer(case.answers)


# --- the laws, on the shipped pack ------------------------------------------------------------------------------------


def practitioner(chance: random.Random) -> dict[str, Answer]:
    """Interview someone who answers at random, danger signs seldom."""
    session = Session.begin(engine())
    asked: list[str] = []
    most = session.most_questions_left()
    while question := session.next_question():
        assert question.id not in asked
        assert session.most_questions_left() <= most - len(asked)
        asked.append(question.id)
        several = question.kind is Kind.SEVERAL and "none" in question.option_ids
        calm = several and chance.random() < 0.9
        choices = possible_answers(question) if not several else [(option,) for option in question.option_ids]
        session = session.answer(question.id, ("none",) if calm else chance.choice(choices))
    return dict(session.answers)


@pytest.mark.law
@pytest.mark.parametrize("seed", range(60))
def test_shipped_pack__random_practitioner__keeps_the_laws(seed: int) -> None:
    chance = random.Random(seed)
    answers = practitioner(chance)
    report = to_json(build_report(Session.begin(engine(), answers)))

    shuffled = list(answers.items())
    chance.shuffle(shuffled)
    assert to_json(build_report(Session.begin(engine(), dict(shuffled)))) == report, "order changes nothing"

    before = engine().infer({})
    for length in range(1, len(answers) + 1):
        prefix = dict(list(answers.items())[:length])
        after = engine().infer(prefix)
        assert after == Engine(shipped()).infer(prefix) if length % 5 == 0 else True, "one at a time = all at once"
        assert all(after.rules[name] is truth for name, truth in before.rules.items() if truth is not Truth.OPEN)
        before = after

    changed = chance.choice(list(answers))
    other = chance.choice(possible_answers(shipped().questions[changed]))
    session = Session.begin(engine(), answers)
    fresh = Session.begin(Engine(shipped()), {**answers, changed: other})
    assert to_json(build_report(session.change(changed, other))) == to_json(build_report(fresh))


def test_shipped_pack__first_questions__are_the_safety_screens() -> None:
    session = Session.begin(engine())
    asked = []
    for answer in (("none",), ("none",)):
        question = session.next_question()
        assert question is not None
        asked.append(question.id)
        session = session.answer(question.id, answer)
    assert asked == ["danger-signs", "health-conditions"]


SIGNS: list[tuple[str, Answers, str]] = [
    (sign, {"danger-signs": (sign,)}, level.value)
    for sign, level in {
        "cauda-equina": Level.STOP_EMERGENCY,
        "cauda-equina?": Level.STOP_EMERGENCY,
        "tear-or-pop": Level.STOP_TODAY,
        "tear-or-pop?": Level.STOP_TODAY,
        "leg-clot": Level.STOP_TODAY,
        "leg-clot?": Level.STOP_TODAY,
        "nerve-signs": Level.CLINICIAN_FIRST,
        "nerve-signs?": Level.CLINICIAN_FIRST,
        "unwell-back-pain": Level.STOP_TODAY,
        "unwell-back-pain?": Level.STOP_TODAY,
        "growing-sit-bone-pain": Level.STOP_TODAY,
        "growing-sit-bone-pain?": Level.STOP_TODAY,
        "swollen-or-locking-knee": Level.CLINICIAN_FIRST,
        "swollen-or-locking-knee?": Level.CLINICIAN_FIRST,
        "back-pain-emergency": Level.STOP_EMERGENCY,
        "back-pain-emergency?": Level.STOP_EMERGENCY,
    }.items()
]


@pytest.mark.parametrize(("sign", "answers", "outcome"), SIGNS, ids=[sign for sign, _, _ in SIGNS])
def test_danger_sign__beside_faults_in_the_pose__stops_whatever_else_is_said(
    sign: str, answers: Answers, outcome: str
) -> None:
    everything_else = {
        name: possible_answers(question)[0] for name, question in shipped().questions.items() if name != "danger-signs"
    }
    everything_else |= dict.fromkeys(shipped().follow_ups, "no")
    del everything_else["pain-pattern"]  # its first answer says that the pain lingers, which stops by itself
    for around in ({}, {"pose": "dandasana-wall", "low-back": "rounded"}, everything_else):
        report = build_report(Session.begin(engine(), {**around, **answers}))
        assert (report.outcome.value, report.recommendations, report.findings) == (outcome, (), ())


def test_chest_signs__after_leg_signs__are_asked_although_the_session_stops() -> None:
    session = Session.begin(engine(), {"danger-signs": ("leg-clot",)})
    assert session.advice.outcome is Outcome.STOP_TODAY
    assert session.open_questions == ("clot-chest-signs",)
    assert session.answer("clot-chest-signs", "unsure").advice.outcome is Outcome.STOP_EMERGENCY


# --- the compiled pack ------------------------------------------------------------------------------------------------


def test_compile__shipped_pack__stays_near_five_productions_a_rule() -> None:
    productions = engine().productions
    assert len(productions) < 5.5 * len(shipped().rules)
    assert {production.side for production in productions} == set(Side)
