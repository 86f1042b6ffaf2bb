"""What a change of the rules does to students: found for all of them, and shown by one of each kind."""

from __future__ import annotations

import random
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.language.loading import bundled, load
from kb.model.conditions import All, Answered, Condition, Within
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import Answers, Kind, KnowledgeBase, Level, Option, Question, Rule
from kb.model.problems import KbError
from kb.workbench.comparison.changes import Change, Gravity, ShownAdvice, changes, shown_advice
from kb.workbench.comparison.compare import Comparison, DisagreementError, Unshared, _Pair, compare
from tests.helpers import kb_from
from tests.property.agreement import any_answer
from tests.property.strategies import knowledge_bases
from tests.small import SMALL, small


def edited(*edits: tuple[str, str], text: str = SMALL) -> KnowledgeBase:
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return kb_from(text)


def seen(comparison: Comparison) -> list[tuple[list[Change], dict[str, object], tuple[str, ...]]]:
    return [(list(each.changes), each.answers, each.rules) for each in comparison.differences]


# --- on a small pack --------------------------------------------------------------------------------------------------


def test_compare__with_itself__finds_nothing() -> None:
    assert compare(small(), small()) == Comparison(small(), small(), (), Unshared())


def test_compare__with_an_unsure_sign_no_longer_taken_seriously__shows_who_is_not_stopped_first() -> None:
    new = edited(('clot: {when: {danger: [swollen, "swollen?"]}', "clot: {when: {danger: swollen}"))
    lost = Change("referral", "ask-today", "said")
    assert seen(compare(small(), new)) == [  # nobody is given advice, since no rule refers for it any more
        ([Change("stop", "", "stop-today", "unadvised"), lost], {"danger": ("swollen?",)}, ("clot",)),
        (
            [Change("stop", "", "stop-today", "clinician-first"), lost],
            {"danger": ("swollen?",), "felt": ("sharp",)},
            ("clot",),
        ),
        ([lost], {"danger": ("swollen?", "numb")}, ("clot",)),
    ]


@pytest.mark.parametrize(
    ("before", "after", "leading", "answers", "rule"),
    [
        (
            "level: stop-today",
            "level: gently",
            Change("stop", "", "stop-today", "advised"),
            {"danger": ("swollen",), "low-back": "rounded"},
            None,
        ),
        (
            "level: stop-today",
            "level: clinician-first",
            Change("stop", "", "stop-today", "clinician-first"),
            {"danger": ("swollen",)},
            None,
        ),
        (
            "level: stop-today",
            "level: stop-emergency",
            Change("stop", "", "stop-today", "stop-emergency"),
            {"danger": ("swollen",)},
            None,
        ),
        ("safety-screens: [danger]\n", "", Change("screen", "", "", "advised"), {"low-back": "rounded"}, None),
        (
            "safety-screens: [danger]",
            "safety-screens: [danger, bones]",
            Change("screen", "", "advised", ""),
            {"danger": ("none",), "low-back": "rounded"},
            None,
        ),
        (
            ", withhold: go-deeper",
            "",
            Change("advice", "go-deeper", "withheld", "given"),
            {"danger": ("none",), "bones": "yes", "pose": "sitting", "hold": Decimal("32.5")},
            "fragile",
        ),
        (
            "refer: with-care, withhold",
            "withhold",
            Change("referral", "with-care", "said", ""),
            {"bones": "yes"},
            "fragile",
        ),
        (
            "hold: {at-least: 5}",
            "hold: {above: 5}",
            Change("advice", "go-deeper", "given", ""),
            {"danger": ("none",), "pose": "sitting", "hold": Decimal(5)},
            "deeper",
        ),
        (
            "low-back: unsure",
            "low-back: curved",
            Change("advice", "lean-back", "given", ""),
            {"danger": ("none",), "low-back": "unsure"},
            "perhaps-rounded",
        ),
        (
            "low-back: unsure",
            "low-back: [curved, unsure]",
            Change("advice", "lean-back", "", "given"),
            {"danger": ("none",), "low-back": "curved"},
            "perhaps-rounded",
        ),
        (
            "find: rounds, recommend",
            "recommend",
            Change("finding", "rounds", "said", ""),
            {"danger": ("none",), "low-back": "rounded"},
            "rounded",
        ),
        (
            "title: Rest, steps: [Lie down.], kind: closing",
            "title: Rest, steps: [Lie down.]",
            Change("outcome", "", "incomplete", "advise"),
            {"danger": ("none",), "habits": ("sits",)},
            None,
        ),
    ],
)
def test_compare__after_one_edit__shows_the_gravest_change_in_the_smallest_student(
    before: str, after: str, leading: Change, answers: Answers, rule: str | None
) -> None:
    first = compare(small(), edited((before, after))).differences[0]
    assert (first.changes[0], first.answers, first.rules) == (leading, answers, (rule,) if rule else ())


def test_compare__two_edits_with_the_same_effect__are_shown_by_a_student_each() -> None:
    new = edited(
        ("low-back: rounded}, then", "low-back: [rounded, curved]}, then"), ("low-back: unsure}", "pose: standing}")
    )
    given_now = [
        each for each in compare(small(), new).differences if Change("advice", "lean-back", "", "given") in each.changes
    ]
    assert {each.rules for each in given_now} == {("rounded",), ("perhaps-rounded",)}


def test_compare__corrections_in_another_order__is_a_change_of_order_only() -> None:
    kb = small()
    backward = replace(kb, recommendations=dict(reversed(kb.recommendations.items())))
    assert [each.changes for each in compare(kb, backward).differences] == [(Change("order", "advice"),)]


def test_compare__rules_and_questions_in_another_order__changes_nothing() -> None:
    kb = small()
    shuffled = replace(kb, rules=dict(reversed(kb.rules.items())), questions=dict(reversed(kb.questions.items())))
    assert compare(kb, shuffled).differences == ()


def test_compare__rules_whose_names_are_numbers__are_found() -> None:
    text = SMALL.replace("  sits: {when", '  "12": {when')
    new = edited(("habits: sits}", "habits: stress}"), text=text)
    assert {each.rules for each in compare(kb_from(text), new).differences} == {("12",)}


def test_compare__a_case_that_shows_the_very_change__is_named() -> None:
    new = edited(("rounded: {when: {low-back: rounded}", "rounded: {when: {low-back: curved}"))
    lost, *_ = differences = compare(small(), new).differences
    assert (lost.changes[0], lost.cases) == (Change("advice", "lean-back", "given", ""), ("rounded",))
    gained = next(each for each in differences if each.changes[0] == Change("advice", "lean-back", "", "given"))
    assert gained.cases == ()
    assert gained.case.answers == {"danger": ("none",), "low-back": "curved"}
    assert (gained.case.expect.outcome, gained.case.expect.in_order) == ("advise", ("lean-back",))


# --- what cannot be compared ------------------------------------------------------------------------------------------


def test_compare__what_only_one_asks_or_takes__is_said() -> None:
    new = edited(
        ("  breathless: {ask: Are you short of breath?, type: yes-no}\n", "  winded: {ask: Winded?, type: yes-no}\n"),
        ("breathless: [yes, unsure]", "winded: [yes, unsure]"),
        ("sits: Long sitting, stress: Stress", "sits: Long sitting, coffee: Coffee"),
        ("at-most: 60", "at-most: 50"),
        ("type: several, after-advice: yes", "type: one, after-advice: yes"),
    )
    assert compare(small(), new).unshared == Unshared(
        old_questions=("breathless",),
        new_questions=("winded",),
        old_options=(("habits", "stress"),),
        new_options=(("habits", "coffee"),),
        bounds=("hold",),
        otherwise=("felt",),
    )


def test_compare__a_screen_asked_in_another_way__says_that_no_advice_is_compared() -> None:
    screen = Question("danger", "Any danger?", Kind.ONE, (Option("swollen", "Swollen"), Option("numb", "Numb")))
    kb = small()
    rules = {name: rule for name, rule in kb.rules.items() if name not in ("clot", "clot-and-breath", "numb")}
    new = replace(kb, questions={**kb.questions, "danger": screen}, rules=rules)
    unshared = compare(kb, new).unshared
    assert (unshared.otherwise, unshared.screens_otherwise, unshared.leaves_out) == (("danger",), ("danger",), True)


def test_confirm__a_claim_that_the_engines_do_not_bear_out__is_never_hidden() -> None:
    pair = _Pair(small(), small())
    with pytest.raises(DisagreementError, match="fault of the program, not of your rules") as refusal:
        pair.confirm({"danger": ("none",)}, frozenset({Change("advice", "rest", "", "given")}), frozenset())
    assert isinstance(refusal.value, KbError)


# --- on the shipped pack ----------------------------------------------------------------------------------------------


@cache
def shipped() -> KnowledgeBase:
    return load(bundled())


def with_rule(kb: KnowledgeBase, name: str, **parts: object) -> KnowledgeBase:
    return replace(kb, rules={**kb.rules, name: replace(kb.rules[name], **parts)})


@pytest.mark.parametrize(
    ("rule", "parts", "gravity", "said"),
    [
        (
            "leg-clot",
            {"when": Answered("danger-signs", ("leg-clot",))},
            Gravity.NO_LONGER_STOPPED,
            ("danger-signs", ("leg-clot?",)),
        ),
        (
            "growing-sit-bone-pain",
            {"when": Answered("danger-signs", ("growing-sit-bone-pain?",))},
            Gravity.NO_LONGER_STOPPED,
            ("danger-signs", ("growing-sit-bone-pain",)),
        ),
        (
            "leg-clot-with-chest-signs",
            {"when": Answered("danger-signs", ("none",))},
            Gravity.NO_LONGER_STOPPED,
            ("clot-chest-signs", "yes"),
        ),
        (
            "recent-surgery",
            {"refer": ()},
            Gravity.NO_LONGER_STOPPED,
            ("health-conditions", ("recent-surgery",)),  # beside a sign that no rule refers for no pose is given
        ),
        ("fragile-bones", {"refer": ()}, Gravity.REFERRAL_LOST, ("health-conditions", ("fragile-bones",))),
        ("fragile-bones", {"withhold": ()}, Gravity.NO_LONGER_WITHHELD, ("health-conditions", ("fragile-bones",))),
        ("rounds-when-sitting", {"refer": ("recent-disc-clinician",)}, Gravity.STOPPED, ("low-back", "rounded")),
        ("rounds-when-sitting", {"recommend": ()}, Gravity.ADVICE_LOST, ("low-back", "rounded")),
        ("mend-in-this-pose", {"withhold": ()}, Gravity.NO_LONGER_WITHHELD, ("pose", "lying-legs-up")),
    ],
)
def test_compare__one_edit_of_the_shipped_pack__shows_first_what_could_harm_someone(
    rule: str, parts: dict[str, object], gravity: Gravity, said: tuple[str, object]
) -> None:
    first = compare(shipped(), with_rule(shipped(), rule, **parts)).differences[0]
    assert (first.changes[0].gravity, first.rules, first.answers[said[0]]) == (gravity, (rule,), said[1])


def test_compare__the_shipped_pack_with_itself__finds_nothing() -> None:
    assert compare(shipped(), shipped()).differences == ()


# --- the law: nothing is missed, nothing is made up -------------------------------------------------------------------


@st.composite
def edits(draw: st.DrawFn) -> tuple[KnowledgeBase, KnowledgeBase]:
    """Return a random knowledge base, and the same after one to three edits as people make them."""
    old = new = draw(knowledge_bases())
    for _ in range(draw(st.integers(1, 3))):
        new = draw(st.sampled_from(EDITS))(draw, new)
    return old, new


def _rule(draw: st.DrawFn, kb: KnowledgeBase) -> Rule:
    return kb.rules[draw(st.sampled_from(sorted(kb.rules)))]


def _put(kb: KnowledgeBase, rule: Rule) -> KnowledgeBase:
    return replace(kb, rules={**kb.rules, rule.id: rule})


def _loosen(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    rule = _rule(draw, kb)
    parts = rule.when.parts if isinstance(rule.when, All | AnyOf) else (rule.when,)
    return (
        _put(kb, replace(rule, when=type(rule.when)(parts[1:])))
        if len(parts) > 2
        else _put(kb, replace(rule, when=parts[-1]))
    )


def _widen(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    rule = _rule(draw, kb)
    question = kb.questions[draw(st.sampled_from(sorted(kb.questions)))]
    extra: Condition = Within(question.id, low=Decimal(1))
    if question.kind is not Kind.NUMBER:
        extra = Answered(question.id, (draw(st.sampled_from((*question.option_ids, "unsure"))),))
    return _put(kb, replace(rule, when=draw(st.sampled_from((All, AnyOf)))((rule.when, extra))))


def _drop(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    gone = _rule(draw, kb).id
    return replace(kb, rules={name: rule for name, rule in kb.rules.items() if name != gone or len(kb.rules) == 1})


def _level(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    level = draw(st.sampled_from(list(Level)))
    return replace(kb, referrals={name: replace(one, level=level) for name, one in kb.referrals.items()})


def _retarget(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    rule = _rule(draw, kb)
    names = tuple(draw(st.lists(st.sampled_from(sorted(kb.recommendations)), max_size=2, unique=True)))
    return _put(kb, replace(rule, **{draw(st.sampled_from(("recommend", "withhold"))): names}))


def _screen(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    screens = tuple(draw(st.lists(st.sampled_from(sorted(kb.questions)), max_size=1)))
    return replace(kb, packs=(replace(kb.packs[0], safety_screens=screens),))


def _reorder(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    section = draw(st.sampled_from(("recommendations", "findings", "referrals", "rules", "questions")))
    return replace(kb, **{section: dict(draw(st.permutations(list(getattr(kb, section).items()))))})


def _close(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    one = kb.recommendations[draw(st.sampled_from(sorted(kb.recommendations)))]
    return replace(kb, recommendations={**kb.recommendations, one.id: replace(one, closing=not one.closing)})


def _graft(draw: st.DrawFn, kb: KnowledgeBase) -> KnowledgeBase:
    """Ask something more, or something of a question only after the advice, or no longer."""
    if draw(st.booleans()):
        one = kb.questions[draw(st.sampled_from(sorted(kb.questions)))]
        return replace(kb, questions={**kb.questions, one.id: replace(one, after_advice=not one.after_advice)})
    more = Question("more", "More?", Kind.YES_NO, (Option("yes", "Yes"), Option("no", "No")))
    rule = replace(_rule(draw, kb), id="grafted", when=Answered("more", ("yes",)))
    return replace(kb, questions={**kb.questions, "more": more}, rules={**kb.rules, rule.id: rule})


EDITS = (_loosen, _widen, _drop, _level, _retarget, _screen, _reorder, _close, _graft)


def says(engine: Engine, answers: Answers) -> ShownAdvice:
    known = {name: answer for name, answer in answers.items() if name in engine.kb.questions}
    return shown_advice(engine.kb, engine.infer(known))


@pytest.mark.law
@given(edits(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_law__whoever_is_told_something_else__is_among_the_differences(
    pair: tuple[KnowledgeBase, KnowledgeBase], chance: random.Random
) -> None:
    old, new = pair
    comparison = compare(old, new)  # which replays every student it shows
    known = {change for difference in comparison.differences for change in difference.changes}
    engines = Engine(old), Engine(new)
    questions = {**old.questions, **new.questions}
    for _ in range(30):
        answers = {name: any_answer(chance, one) for name, one in questions.items() if chance.random() < 0.8}
        before, after = (says(engine, answers) for engine in engines)
        found = changes(before, after)
        assert bool(found) == (_report(before) != _report(after))
        assert found <= known
    assert all(each.changes for each in comparison.differences)


def _report(one: ShownAdvice) -> ShownAdvice:
    return replace(one, held_up=False)


@pytest.mark.law
@given(knowledge_bases(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_law__the_same_rules_in_another_order__differ_in_nothing(kb: KnowledgeBase, chance: random.Random) -> None:
    rules = list(kb.rules.items())
    chance.shuffle(rules)
    assert compare(kb, replace(kb, rules=dict(rules))).differences == ()
