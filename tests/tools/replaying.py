"""Explanations drawn at random, and each claim of theirs replayed in the engine.

`SHOWN` has a function for each kind of explanation. It draws some, and yields for each what is false in it: mostly
nothing. What is drawn comes from interviews on the shipped pack, broken off at a random moment, and one in five from
packs that have no fault by the way they are made (`tests/property/sound.py`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from msgspec.structs import replace

from kb.explanation.explanation import Obstacle, Reason, change_that_fires, explain_how, explain_why, explain_why_not
from kb.inference.engine import Engine
from kb.inference.outcome import shown_findings
from kb.interview.selection.selector import Effect
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.conditions import UNSURE, All, Answered, Condition, Not, Truth, questions_in
from kb.model.conditions import Any as AnyOf
from kb.model.knowledge import NONE, Answers, KnowledgeBase, Level, Rule
from kb.workbench.cases.replay import replay
from kb.workbench.comparison.changes import changes, shown_advice
from kb.workbench.comparison.compare import Comparison, Difference, compare
from tests.helpers import load_text
from tests.property.agreement import any_answer, someone
from tests.property.sound import sound_pack

A_PACK = 20
"""Explanations drawn from one random pack before the next is made."""

OUTSIDE = 200
"""Random students to whom two packs are shown that differ."""


class Draws:
    """Random moments of random interviews."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.shipped = Engine(load())
        self._drawn = 0
        self._sound = self.shipped

    def session(self) -> Session:
        """Return an interview at a random moment."""
        self._drawn += 1
        if self._drawn % (5 * A_PACK) == 1:
            self._sound = Engine(load_text(sound_pack(self.chance.randrange(10**6))))
        engine = self._sound if self._drawn % 5 == 0 else self.shipped
        if self.chance.random() < 0.3:  # answers from a file, to any questions in any order
            answers = list(someone(self.chance, engine.kb.questions.values(), engine.kb.safety_screens).items())
            self.chance.shuffle(answers)
            return Session.begin(engine, dict(answers))
        session = Session.begin(engine)
        most = self.chance.randrange(0, 22)
        while len(session.answers) < most and (question := session.next_question()):
            calm = question.id in engine.kb.safety_screens and NONE in question.option_ids
            calm = calm and self.chance.random() < 0.8
            session = session.answer(question.id, (NONE,) if calm else any_answer(self.chance, question))
        return session


def targets(kb: KnowledgeBase) -> list[str]:
    return [*kb.findings, *kb.recommendations, *kb.referrals]


def _less(answers: Answers, name: str) -> Answers:
    return {other: answer for other, answer in answers.items() if other != name}


def concluded(session: Session, target: str) -> bool:
    """Say whether some rule that holds concludes the target, shown or not."""
    return any(session.inference.rules[rule.id] is Truth.HOLDS for rule in session.kb.rules_giving(target))


def shown(session: Session, target: str) -> bool:
    if target in session.kb.findings:
        return target in shown_findings(session.kb, session.inference, session.advice)
    return target in session.advice.given or target in session.advice.referrals


# --- how --------------------------------------------------------------------------------------------------------------


def how(draws: Draws) -> Iterator[list[str]]:
    while True:
        session = draws.session()
        reached = [target for target in targets(session.kb) if concluded(session, target)]
        if reached:
            yield list(false_in_how(session, draws.chance.choice(reached)))


def false_in_how(session: Session, target: str) -> Iterator[str]:
    """Yield what is false in how `target`, which was concluded, is said to have been."""
    said, kb = explain_how(session, target), session.kb
    alone = Session.begin(session.engine, said.answers)
    if not said.steps or not concluded(alone, target):
        yield f"{target}: {said.answers} do not suffice"
    if not said.answers.items() <= session.answers.items():
        yield f"{target}: {said.answers} were not given"
    givers = {rule.id for rule in kb.rules_giving(target)}
    if not givers.intersection(step.rule for step in said.steps):
        yield f"{target}: no step gives it"
    for step in said.steps:
        if alone.inference.rules[step.rule] is not Truth.HOLDS:
            yield f"{target}: rule {step.rule} does not hold with {said.answers}"
        if not step.answers.items() <= said.answers.items():
            yield f"{target}: rule {step.rule} names {step.answers}"
        for names, truth in ((step.found, Truth.HOLDS), (step.ruled_out, Truth.FAILS)):
            yield from (f"{target}: {name} is not so" for name in names if alone.inference.findings[name] is not truth)


# --- why --------------------------------------------------------------------------------------------------------------


def why(draws: Draws) -> Iterator[list[str]]:
    while True:
        session = draws.session()
        if session.open_questions:
            yield list(false_in_why(session, draws.chance.choice(session.open_questions)))


def false_in_why(session: Session, question: str) -> Iterator[str]:
    """Yield what is false in why `question`, which is worth asking, is said to be asked."""
    said = explain_why(session, question)
    if said.screen != (question in session.kb.screens):
        yield f"{question}: it is no screen, or one"
    if not said.screen and not said.reasons and not said.beyond:
        yield f"{question}: no reason"
    for reason in said.reasons:
        yield from (f"{question}: {fault} ({reason})" for fault in _false_reason(session, question, reason))


def _false_reason(session: Session, question: str, reason: Reason) -> Iterator[str]:
    if question not in reason.answers or set(reason.answers) & set(session.answers):
        yield "these are not what is to be answered"
    follow_ups = session.kb.follow_ups
    leads_to_another = any(question in questions_in(follow_ups[name]) for name in reason.answers if name in follow_ups)
    if not leads_to_another and happens(session, reason, _less(reason.answers, question), unanswered=question):
        yield "it happens without the question"
    if not happens(session, reason, reason.answers):
        yield "it does not happen"


def happens(session: Session, reason: Reason, more: Answers, unanswered: str = "") -> bool:
    """Say whether what a reason says happens with `more` answers, once all screens but `unanswered` are answered."""
    calm = _less(calmed(session, more), unanswered)
    after = Session.begin(session.engine, {**calm, **session.answers, **more})
    goal, advice = reason.goal, after.advice
    if after.inference.rules[goal.rule] is not Truth.HOLDS:
        return False
    if goal.effect is Effect.REFER:
        # Limits apply to advice: where the person is stopped besides, the reason has to say so.
        stops = reason.stopped or session.kb.referrals[goal.target].level.stops
        return goal.target in advice.referrals and advice.outcome.stops == stops
    return goal.target in (advice.given if goal.effect is Effect.RECOMMEND else advice.withheld)


def calmed(session: Session, more: Answers) -> Answers:
    """Return harmless answers to the screens that are still to be answered, if there are such answers."""
    screens = session.kb.screens
    left = [name for name in screens if name not in session.answers and name not in more]
    calm: dict[str, Answers] = {}
    for name in left:
        question = session.kb.questions[name]
        for answer in ((NONE,), "no", *question.option_ids):
            known = answer in question.option_ids or (answer == (NONE,) and NONE in question.option_ids)
            if known and not Session.begin(session.engine, {name: answer}).advice.referrals:
                calm[name] = answer
                break
    return calm


# --- why not ----------------------------------------------------------------------------------------------------------


def why_not(draws: Draws) -> Iterator[list[str]]:
    while True:
        session = draws.session()
        missing = [target for target in targets(session.kb) if not shown(session, target)]
        yield list(false_in_why_not(session, draws.chance.choice(missing)))


def false_in_why_not(session: Session, target: str) -> Iterator[str]:
    """Yield what is false in why `target`, which is not shown, is said not to be."""
    said, kb, rules = explain_why_not(session, target), session.kb, session.inference.rules
    if said.given:
        yield f"{target}: it is not given"
    if said.stopped and not session.advice.outcome.stops:
        yield f"{target}: nothing stops the student"
    for rule in said.withheld_by:
        if target not in kb.rules[rule].withhold or rules[rule] is not Truth.HOLDS:
            yield f"{target}: {rule} does not hold it back"
    explained = {each.rule for each in said.obstacles}
    if explained != {rule.id for rule in kb.rules_giving(target) if rules[rule.id] is not Truth.HOLDS}:
        yield f"{target}: {explained} are not all that stands against it"
    yield from _false_obstacles(session, said.obstacles)
    if said.change is not None:
        changed = Session.begin(session.engine, {**session.answers, **said.change})
        if not shown(changed, target):
            yield f"{target}: {said.change} does not give it"
        yield from _idle(session, said.change)
        for name in said.change:
            if shown(Session.begin(session.engine, {**session.answers, **_less(said.change, name)}), target):
                yield f"{target}: {name} need not be changed"


def _false_obstacles(session: Session, obstacles: Iterable[Obstacle]) -> Iterator[str]:
    for each in obstacles:
        if session.inference.rules[each.rule] is Truth.FAILS:
            alone = session.engine.infer(each.answers)
            if not each.answers.items() <= session.answers.items() or alone.rules[each.rule] is not Truth.FAILS:
                yield f"{each.answers} do not refute {each.rule}"
        elif each.answers or any(name in session.answers for name in each.waits_for):
            yield f"{each.rule} does not wait for {each.waits_for}"
        if any(session.answers.get(name) != UNSURE for name in each.unsure):
            yield f"{each.unsure} are not unsure"


def _idle(session: Session, change: Answers) -> Iterator[str]:
    idle = [name for name, answer in change.items() if session.answers.get(name) == answer]
    if idle or not change:
        yield f"no change: {idle or change}"


# --- what would make a rule fire --------------------------------------------------------------------------------------


def fires(draws: Draws) -> Iterator[list[str]]:
    while True:
        session = draws.session()
        silent = [name for name, truth in session.inference.rules.items() if truth is not Truth.HOLDS]
        yield list(false_in_change(session, draws.chance.choice(silent)))


def false_in_change(session: Session, rule: str) -> Iterator[str]:
    """Yield what is false in the change with which `rule` is said to fire."""
    change = change_that_fires(session, rule)
    if change is None:
        return
    changed = Session.begin(session.engine, {**session.answers, **change})
    if changed.inference.rules[rule] is not Truth.HOLDS:
        yield f"{rule}: {change} does not make it fire"
    yield from _idle(session, change)
    for name in change:  # none of it is there for nothing
        less = Session.begin(session.engine, {**session.answers, **_less(change, name)})
        if less.inference.rules[rule] is Truth.HOLDS:
            yield f"{rule}: {name} need not be changed"


# --- what a change of the rules does ----------------------------------------------------------------------------------


def diff(draws: Draws) -> Iterator[list[str]]:
    """Yield what is false in each class of students that a small change of the shipped pack is said to touch."""
    while True:
        old = draws.shipped.kb
        new = edited(draws.chance, old)
        comparison = compare(old, new)
        engines = Engine(old), Engine(new)
        outside = list(false_outside(draws.chance, comparison, engines))
        for number, difference in enumerate(comparison.differences):
            yield [*false_in_difference(difference, engines), *(outside if number == 0 else [])]
        if outside and not comparison.differences:
            yield outside


def edited(chance: random.Random, kb: KnowledgeBase) -> KnowledgeBase:
    """Return `kb` with one small change: a rule, a line of one, an option, or a level."""
    rule = kb.rules[chance.choice(list(kb.rules))]
    kinds: list[Callable[[], KnowledgeBase]] = [
        lambda: replace(kb, rules={name: each for name, each in kb.rules.items() if name != rule.id}),
        lambda: _with_level(chance, kb),
        lambda: _without_option(chance, kb),
    ]
    if isinstance(rule.when, All) and len(rule.when.parts) > 1:
        gone = chance.randrange(len(rule.when.parts))
        left = tuple(part for number, part in enumerate(rule.when.parts) if number != gone)
        kinds.append(lambda: _with_rule(kb, replace(rule, when=All(left))))
    if len(rule.withhold) > 1:
        kinds.append(lambda: _with_rule(kb, replace(rule, withhold=rule.withhold[1:])))
    if len(rule.recommend) > 1:
        kinds.append(lambda: _with_rule(kb, replace(rule, recommend=rule.recommend[1:])))
    fewer = list(_fewer_options(rule.when))
    if fewer:
        kinds.append(lambda: _with_rule(kb, replace(rule, when=chance.choice(fewer))))
    return chance.choice(kinds)()


def _with_rule(kb: KnowledgeBase, rule: Rule) -> KnowledgeBase:
    return replace(kb, rules={**kb.rules, rule.id: rule})


def _with_level(chance: random.Random, kb: KnowledgeBase) -> KnowledgeBase:
    referral = kb.referrals[chance.choice(list(kb.referrals))]
    level = chance.choice([each for each in Level if each is not referral.level])
    return replace(kb, referrals={**kb.referrals, referral.id: replace(referral, level=level)})


def _without_option(chance: random.Random, kb: KnowledgeBase) -> KnowledgeBase:
    """Return `kb` with an option less in a question, and without the rules that speak of no other there."""
    question = chance.choice([each for each in kb.questions.values() if len(each.option_ids) > 2])
    gone = chance.choice([each for each in question.options if each.id != NONE])
    rules = {name: _without(rule, question.id, gone.id) for name, rule in kb.rules.items()}
    left = replace(question, options=tuple(each for each in question.options if each is not gone))
    return replace(
        kb,
        questions={**kb.questions, question.id: left},
        rules={name: rule for name, rule in rules.items() if rule is not None},
    )


def _without(rule: Rule, question: str, option: str) -> Rule | None:
    """Return `rule` with no word of an option; None where nothing would be left of one of its lines."""
    try:
        return replace(rule, when=_spared(rule.when, question, option))
    except LookupError:
        return None


def _spared(condition: Condition, question: str, option: str) -> Condition:
    if isinstance(condition, All | AnyOf):
        return replace(condition, parts=tuple(_spared(part, question, option) for part in condition.parts))
    if isinstance(condition, Not):
        return Not(_spared(condition.part, question, option))
    if isinstance(condition, Answered) and condition.question == question:
        left = tuple(each for each in condition.options if each.removesuffix("?") != option)
        if not left:
            raise LookupError(option)
        return Answered(question, left)
    return condition


def _fewer_options(condition: Condition) -> Iterator[Condition]:
    """Yield `condition` with one option taken out of one of its lines."""
    if isinstance(condition, Answered):
        for option in condition.options if len(condition.options) > 1 else ():
            yield replace(condition, options=tuple(each for each in condition.options if each != option))
    if isinstance(condition, All):
        for number, part in enumerate(condition.parts):
            for fewer in _fewer_options(part):
                yield All((*condition.parts[:number], fewer, *condition.parts[number + 1 :]))


def false_in_difference(difference: Difference, engines: tuple[Engine, Engine]) -> Iterator[str]:
    """Yield what is false in one class of students."""
    old, new = (shown_advice(engine.kb, engine.infer(difference.answers)) for engine in engines)
    if (old, new) != (difference.old, difference.new):
        yield f"{difference.answers}: is told {old} and {new}"
    if set(difference.changes) != changes(old, new) or not difference.changes:
        yield f"{difference.answers}: {difference.changes} is not what changes"
    cases = {case.id: case for engine in engines for case in engine.kb.cases}
    for name in difference.cases:
        before, after = (shown_advice(engine.kb, engine.infer(cases[name].answers)) for engine in engines)
        if not set(difference.changes) <= changes(before, after):
            yield f"case {name} does not show {difference.changes}"
    if replay(engines[1], difference.case).misses:
        yield f"the case for {difference.answers} fails"


def false_outside(chance: random.Random, comparison: Comparison, engines: tuple[Engine, Engine]) -> Iterator[str]:
    """Yield what random students are told otherwise although no class of students is said to be.

    They give answers that both packs take: of the questions of the newer one, which has no more options.
    """
    known = {change for difference in comparison.differences for change in difference.changes}
    kb = comparison.new
    for _ in range(OUTSIDE):
        answers = someone(chance, kb.questions.values(), kb.safety_screens)
        old, new = (shown_advice(engine.kb, engine.infer(answers)) for engine in engines)
        unknown = changes(old, new) - known
        if unknown:
            yield f"{answers}: {unknown} is said of nobody"


SHOWN: dict[str, Callable[[Draws], Iterator[list[str]]]] = {
    "how": how,
    "why": why,
    "why not": why_not,
    "what would fire": fires,
    "diff": diff,
}


def replay_all(count: int, seed: int) -> None:
    """Draw `count` explanations of each kind, and print how many of them say something false."""
    for kind, drawn in SHOWN.items():
        start = time.perf_counter()
        false = [faults for faults in islice(drawn(Draws(seed)), count) if faults]
        print(f"{kind}: {count} explanations, {len(false)} false, {time.perf_counter() - start:.1f} s", flush=True)
        for faults in false[:10]:
            print(f"  {'; '.join(faults)}")
