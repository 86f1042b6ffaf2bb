"""Every effect of every rule reaches somebody: what nobody notices is reported, with the rule that hides it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import pytest
from msgspec.structs import replace

from kb.language.loading import load
from kb.model.conditions import All, Answered
from kb.model.knowledge import Kind, KnowledgeBase, Level, Option, Question, Recommendation, Referral, Rule
from kb.workbench.checks import check
from tests.helpers import kb_from
from tests.workbench.checks.test_checks import rules

SAID = "nobody notices that the rule "


def told(text: str) -> list[str]:
    """Return what is said of effects that nobody notices."""
    return [problem.message.removeprefix(SAID) for problem in check(kb_from(text), only=["idle-effect"])]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(
            [
                "a | back: round | recommend: lean",
                "b | knees: yes | recommend: lean",
                "c | knees: yes | withhold: lean",
            ],
            ["“b” recommends “lean”: whoever meets it has it withheld by “c”."],
            id="withheld from all who meet one of two rules that give it",
        ),
        pytest.param(
            ["a | back: round | recommend: lean", "b | knees: yes | recommend: lean", "c | knees: yes | refer: see"],
            ["“b” recommends “lean”: whoever meets it is stopped by “c”."],
            id="stopped, all who meet one of two rules that give it",
        ),
        pytest.param(
            ["a | back: round | find: rounds, recommend: [lean, press]", "b | back: [round, flat] | refer: see"],
            ["“a” finds “rounds” and recommends “lean” and “press”: whoever meets it is stopped by “b”."],
            id="all that a rule does is one message",
        ),
        pytest.param(
            ["a | back: round | find: rounds", "b | back: round, finding: rounds | refer: see"],
            [],
            id="a finding on which a referral rests",
        ),
        pytest.param(
            [
                "a | back: round | find: rounds",
                "b | finding: rounds | find: bends",
                "c | knees: yes, finding: bends | refer: see",
                "d | back: round | refer: see",
            ],
            [],
            id="a finding on which a referral rests by way of another",
        ),
        pytest.param(
            ["a | back: round | find: rounds, refer: see"], [], id="a finding that a rule makes and refers with"
        ),
        pytest.param(
            ["a | knees: yes | refer: care", "b | knees: [yes, unsure] | refer: see"],
            ["“a” refers to “care”: whoever meets it is stopped by “b”."],
            id="a limit beside a stop",
        ),
        pytest.param(
            ["a | knees: yes | refer: see2", "b | knees: [yes, unsure] | refer: see"], [], id="two stops are both told"
        ),
        pytest.param(
            [
                "a | back: round | recommend: lean",
                "b | knees: yes | recommend: lean",
                "c | knees: yes, habits: sits | refer: see",
                "d | knees: yes, not: {habits: sits} | withhold: lean",
                "e | knees: yes, habits: 'sits?' | refer: see",
                "f | knees: yes, not: {minutes: {below: 2}}, minutes: {above: 1} | recommend: press",
            ],
            [],
            id="hidden from most, and not from those who have not answered what hides it",
        ),
        pytest.param(
            [
                "a | back: round | recommend: lean",
                "b | all: [{back: flat}, {knees: [yes, no]}] | recommend: lean",
                "c | back: flat, knees: yes | refer: see",
                "d | knees: no | withhold: lean",
            ],
            ["“b” recommends “lean”: whoever meets it is stopped by “c”, or is kept from it by another rule."],
            id="hidden now by one rule and now by another",
        ),
        pytest.param(
            [
                "a | back: round | recommend: lean",
                "b | knees: yes | withhold: lean",
                "c | back: round, knees: yes | refer: see",
            ],
            ["“b” withholds “lean”: whoever meets it and would be given that is stopped by “c”."],
            id="withheld from whoever is stopped",
        ),
        pytest.param(
            ["a | back: round | recommend: lean", "b | back: round, knees: yes | recommend: lean, refer: see"],
            ["“b” recommends “lean”: whoever meets it is stopped by “b”."],
            id="hidden by the rule itself",
        ),
        pytest.param(
            [
                "a | back: round | recommend: lean",
                "b | back: round, knees: yes | recommend: lean",
                "c | back: round, knees: yes | withhold: lean",
            ],
            [],
            id="a rule that adds nothing should go, whatever hides what it says",
        ),
    ],
)
def test_effect__that_nobody_notices__is_told_with_the_rule_that_hides_it(
    written: list[str], expected: list[str]
) -> None:
    more = "  see2: {level: stop-today, tell: Go today.}\nrules:\n"
    assert told(rules(*written).replace("rules:\n", more)) == expected


def test_effect__that_nobody_notices__shows_a_student_and_points_at_what_hides_it() -> None:
    kb = kb_from(rules("a | back: round | recommend: lean", "b | back: [round, unsure] | withhold: lean"))
    [problem] = check(kb, only=["idle-effect"])
    assert (problem.place, problem.also) == (kb.rules["a"].place, (kb.rules["b"].place,))
    assert "answers: {back: round}" in problem.case


# --- planted in the shipped pack --------------------------------------------------------------------------------------


@cache
def shipped() -> KnowledgeBase:
    return load(cases=False)


def planted(rules: Iterable[Rule], make: Callable[[Rule], Rule]) -> dict[str, list[str]]:
    """Plant a rule before each of some, and return the kinds of the problems that name it and the planted one.

    Whatever else is said stands under its message. The planted rules may give what is new, each something else.
    """
    kb = shipped()
    new = {rule.id: replace(make(rule), id=f"planted-{rule.id}") for rule in rules}
    together = {each.id: each for rule in kb.rules.values() for each in (new.get(rule.id, rule), rule)}
    advice = Recommendation("", "Something new", ("Do it.",))
    limit = Referral("", Level.GENTLY, "Go gently.")
    asked = Question("planted", "Is it so?", Kind.YES_NO, (Option("yes", "Yes"), Option("no", "No")))
    changed = replace(
        kb,
        rules=together,
        questions={**kb.questions, "planted": asked},
        recommendations=kb.recommendations | {f"advice-{name}": replace(advice, id=f"advice-{name}") for name in new},
        referrals=kb.referrals | {f"limit-{name}": replace(limit, id=f"limit-{name}") for name in new},
    )
    found: dict[str, list[str]] = {}
    for problem in check(changed, only=("idle-effect", "subsumed-rule", "rule-adds-nothing")):
        words = {part.partition("”")[0] for part in problem.message.split("“")[1:]}
        named = [name for name in new if {name, f"planted-{name}"} <= words and new[name].place == problem.place]
        found.setdefault(named[0] if named else problem.message, []).append(problem.id)
    return found


def stopping() -> list[Rule]:
    kb = shipped()
    return [rule for rule in kb.rules.values() if any(kb.referrals[name].level.stops for name in rule.refer)]


@pytest.mark.parametrize("turn", range(3))
def test_shipped_pack__with_a_withhold_beside_each_recommendation__is_told_of_each(turn: int) -> None:
    """In each turn a third of those who give something have it withheld, so that others give it still."""
    kb = shipped()
    turns = {name: [rule.id for rule in kb.rules_recommending(name)][turn::3] for name in kb.recommendations}
    from_whom = {
        rule.id: tuple(name for name in rule.recommend if rule.id in turns[name]) for rule in kb.rules.values()
    }
    found = planted(
        (kb.rules[rule] for rule, names in from_whom.items() if names),
        lambda rule: replace(rule, find=(), recommend=(), refer=(), withhold=from_whom[rule.id]),
    )
    assert found == {rule: ["idle-effect"] for rule, names in from_whom.items() if names}


def test_shipped_pack__with_a_weaker_rule_before_each__is_told_of_each() -> None:
    found = planted(
        shipped().rules.values(), lambda rule: replace(rule, when=All((rule.when, Answered("planted", ("yes",)))))
    )
    assert found == {rule: ["subsumed-rule"] for rule in shipped().rules}


def test_shipped_pack__with_advice_beside_each_sign__is_told_of_each() -> None:
    found = planted(
        stopping(), lambda rule: replace(rule, find=(), withhold=(), refer=(), recommend=(f"advice-{rule.id}",))
    )
    assert found == {rule.id: ["idle-effect"] for rule in stopping()}


def test_shipped_pack__with_a_gentle_limit_before_each_stop__is_told_of_each() -> None:
    found = planted(stopping(), lambda rule: replace(rule, find=(), withhold=(), refer=(f"limit-{rule.id}",)))
    assert found == {rule.id: ["idle-effect"] for rule in stopping()}
