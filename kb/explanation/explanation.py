"""Explain: why a question is asked, how something was concluded, why something was not.

All three read one mechanism. *How* reads the firings of the positive side, *why not* those of the refuting side, *why*
the goals that are still open. None is written by hand, and each claim can be replayed: the answers that `how` names
suffice for its conclusion, and the answers that `why` and `why not` propose do what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import islice

import msgspec

from kb.inference.compiler import FAILS, HOLDS, Firing, finding_variable, rule_variable
from kb.inference.engine import Inference
from kb.inference.outcome import Advice, decide, shown_findings
from kb.interview.selection.selector import Effect, Goal, Live
from kb.interview.selection.witness import Search
from kb.interview.session import Session
from kb.model.conditions import UNSURE, Truth
from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question

_MOST_TRIES = 60
"""Changes of answers that `why not` tries before it says that it knows of none."""

BEYOND = "It may lead to more, but in too many ways to name one of them here."
"""What is said where the search for a way ran out of steps."""


# --- why a question ---------------------------------------------------------------------------------------------------


class Reason(msgspec.Struct, frozen=True):
    """One thing a question is asked for: with these answers, the goal is reached, because of this.

    `stopped`: the goal is limits, and with the same answers the person is stopped besides.
    """

    goal: Goal
    answers: dict[str, Answer]
    because: str
    stopped: bool = False

    def effect(self, kb: KnowledgeBase) -> str:
        """Return what happens then, as the end of a sentence."""
        if self.goal.effect is Effect.REFER:
            if kb.referrals[self.goal.target].level.stops:
                return "you would be asked to see someone first."
            if self.stopped:
                return "limits would apply, and you would be asked to see someone first."
            return "limits would apply to what is advised."
        done = "held back" if self.goal.effect is Effect.WITHHOLD else "recommended"
        return f"“{kb.recommendations[self.goal.target].title}” would be {done}."


class Why(msgspec.Struct, frozen=True):
    """Why `question` is asked: as a safety screen, and for the goals that wait for it.

    `beyond`: it is also asked for something of which no way to it was found in time, so that none can be named.
    """

    question: str
    screen: bool
    reasons: tuple[Reason, ...]
    beyond: bool = False


def explain_why(session: Session, question: str) -> Why:
    """Return why `question` is worth asking in `session`, one reason for every thing it could lead to."""
    reasons: dict[tuple[Effect, str], Reason] = {}
    lives = session.live_for(question)
    for live in lives:
        key = (live.goal.effect, live.goal.target)
        if live.witness and key not in reasons and (reason := _reason(session, live)):
            reasons[key] = reason
    beyond = any((live.goal.effect, live.goal.target) not in reasons for live in lives)
    screen = question in session.kb.screens
    return Why(question, screen, tuple(reasons.values()), beyond)


def _reason(session: Session, live: Live) -> Reason | None:
    """Return a reason, or None if its answers hold a sign of danger beside which it would not be seen."""
    goal = live.goal
    if goal.effect is Effect.REFER and session.kb.referrals[goal.target].level.stops:
        return Reason(goal, live.witness, session.kb.rules[goal.rule].because, False)
    advice = decide(session.kb, session.engine.infer({**session.answers, **live.witness}))
    if advice.unheeded and goal.effect is not Effect.REFER:
        return None
    stopped = goal.effect is Effect.REFER and advice.outcome.stops
    return Reason(goal, live.witness, session.kb.rules[goal.rule].because, stopped)


# --- how something was concluded --------------------------------------------------------------------------------------


class Step(msgspec.Struct, frozen=True):
    """A rule that held: the answers it used itself, and the findings found or ruled out that it rested on."""

    rule: str
    because: str
    sources: tuple[str, ...]
    answers: dict[str, Answer]
    found: tuple[str, ...]
    ruled_out: tuple[str, ...]


class How(msgspec.Struct, frozen=True):
    """How `target` was concluded: the rules that gave it, then those that gave what they rest on.

    `answers` are all the answers used; they suffice for the conclusion.
    """

    target: str
    steps: tuple[Step, ...]
    answers: dict[str, Answer]


def explain_how(session: Session, target: str) -> How:
    """Return how a finding, recommendation or referral was concluded; without steps if it was not."""
    trace = _Trace(session)
    waiting = [rule.id for rule in session.kb.rules_giving(target)]
    steps: dict[str, Step] = {}
    used: set[str] = set()
    while waiting:
        rule = waiting.pop(0)
        if rule in steps or session.inference.rules[rule] is not Truth.HOLDS:
            continue
        answers, found, ruled_out = trace.grounds(rule_variable(rule), HOLDS)
        known = session.kb.rules[rule]
        steps[rule] = Step(rule, known.because, known.sources, trace.own(answers), found, ruled_out)
        used |= answers
        for finding in found:
            waiting += [each.id for each in session.kb.rules_finding(finding)]
        for finding in ruled_out:
            used |= trace.everything(finding_variable(finding), FAILS)
    return How(target, tuple(steps.values()), trace.own(used))


class _Trace:
    """Follows firings from what they concluded back to the answers they used."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.firings: dict[tuple[str, str], list[Firing]] = {}
        for firing in session.inference.firings:
            for conclusion in firing.production.concludes:
                self.firings.setdefault(conclusion, []).append(firing)

    def own(self, questions: Iterable[str]) -> dict[str, Answer]:
        wanted = set(questions)
        return {question: answer for question, answer in self.session.answers.items() if question in wanted}

    def grounds(self, variable: str, value: str) -> tuple[set[str], tuple[str, ...], tuple[str, ...]]:
        """Return the questions and the findings (found, ruled out) that a conclusion used, seen through nodes."""
        questions: set[str] = set()
        found: dict[str, None] = {}
        ruled_out: dict[str, None] = {}
        for firing in self.firings.get((variable, value), ()):
            for premise, (used, held) in zip(firing.production.premises, firing.used):
                if premise.given:
                    questions.add(self.session.engine.variables.owner[used])
                elif used.startswith("finding:"):
                    (found if held == HOLDS else ruled_out)[used.removeprefix("finding:")] = None
                else:
                    inner = self.grounds(used, held)
                    questions |= inner[0]
                    found.update(dict.fromkeys(inner[1]))
                    ruled_out.update(dict.fromkeys(inner[2]))
        return questions, tuple(found), tuple(ruled_out)

    def everything(self, variable: str, value: str) -> set[str]:
        """Return the questions that a conclusion used, seen through findings too."""
        questions, found, ruled_out = self.grounds(variable, value)
        for finding in found:
            questions |= self.everything(finding_variable(finding), HOLDS)
        for finding in ruled_out:
            questions |= self.everything(finding_variable(finding), FAILS)
        return questions


# --- why something was not concluded ----------------------------------------------------------------------------------


class Obstacle(msgspec.Struct, frozen=True):
    """Why one rule did not give the target: what rules it out, or what it still waits for.

    `waits_for` are the questions that have no answer, `unsure` those that were answered `unsure`.
    """

    rule: str
    answers: dict[str, Answer]
    waits_for: tuple[str, ...]
    unsure: tuple[str, ...] = ()


class WhyNot(msgspec.Struct, frozen=True):
    """Why `target` was not concluded, and a change of answers with which it would be (None if none was found)."""

    target: str
    given: bool
    stopped: bool
    withheld_by: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    change: dict[str, Answer] | None


def explain_why_not(session: Session, target: str) -> WhyNot:
    """Return why a finding, recommendation or referral was not concluded in `session`."""
    kb = session.kb
    givers = kb.rules_giving(target)
    given = _shown(session, target, session.advice, session.inference)
    if given:
        return WhyNot(target, True, False, (), (), None)
    trace = _Trace(session)
    obstacles = []
    for rule in givers:
        truth = session.inference.rules[rule.id]
        if truth is Truth.FAILS:
            obstacles.append(Obstacle(rule.id, trace.own(trace.everything(rule_variable(rule.id), FAILS)), ()))
        elif truth is Truth.OPEN:
            touched = sorted(session.selector.goals.touched(rule.id), key=kb.position.questions.__getitem__)
            waits = tuple(name for name in touched if name not in session.answers)
            unsure = tuple(name for name in touched if session.answers.get(name) == UNSURE)
            obstacles.append(Obstacle(rule.id, {}, waits, unsure))
    barring = tuple(rule.id for rule in kb.rules_withholding(target) if session.inference.rules[rule.id] is Truth.HOLDS)

    def shown(inference: Inference) -> bool:
        return _shown(session, target, decide(kb, inference), inference)

    return WhyNot(
        target,
        given=False,
        stopped=session.advice.outcome.stops and target not in kb.referrals,
        withheld_by=barring,
        obstacles=tuple(obstacles),
        change=_smallest_change(session, [rule.id for rule in givers], shown),
    )


def change_that_fires(session: Session, rule: str) -> dict[str, Answer] | None:
    """Return answers to change or add, none of them needless, so that `rule` holds; or None if none were found."""
    return _smallest_change(session, [rule], lambda inference: inference.rules[rule] is Truth.HOLDS)


def _smallest_change(
    session: Session, givers: list[str], reached: Callable[[Inference], bool]
) -> dict[str, Answer] | None:
    """Return the smallest change of answers found in which one of `givers` holds and the end is `reached`.

    Each change is tried in the engine, and so is leaving out its parts: another way may be open already.
    """

    def reaches(change: dict[str, Answer]) -> bool:
        return reached(session.engine.infer({**session.answers, **change}))

    best: dict[str, Answer] | None = None
    for change in islice(_changes(session, givers), _MOST_TRIES):
        if best is not None and len(change) >= len(best):
            continue
        if reaches(change):
            best = change
            for name in change:
                less = {other: answer for other, answer in best.items() if other != name}
                best = less if reaches(less) else best
            if len(best) == 1:
                break
    return best


def _changes(session: Session, givers: list[str]) -> Iterator[dict[str, Answer]]:
    """Yield changes of answers in which one of `givers` holds; then the same with the screens calmed as well."""
    search = Search(
        session.engine.sides, session.engine.infer({}), session.engine.variables.of(session.answers), after_advice=True
    )
    calm = _calming(session)
    for extra in ({}, calm) if calm else ({},):
        for rule in givers:
            for variables in islice(search.witnesses(session.engine.sides.holds[rule]), _MOST_TRIES // 4):
                wanted = {**extra, **search.answers(variables)}
                yield {name: answer for name, answer in wanted.items() if not _answered_so(session, name, answer)}


def _answered_so(session: Session, name: str, answer: Answer) -> bool:
    """Say whether a question is answered so already, as far as any rule can tell."""
    if name not in session.answers:
        return False
    question = session.kb.questions[name]
    variables = session.engine.variables
    return variables.of_answer(question, answer) == variables.of_answer(question, session.answers[name])


def _calming(session: Session) -> dict[str, Answer]:
    """Return answers to the safety screens that stop nothing, where they stop something or are not answered."""
    plain: dict[str, Answer] = {}
    for screen in session.kb.screens:
        for answer in _plainest(session.kb.questions[screen]):
            if not decide(session.kb, session.engine.infer({screen: answer})).outcome.stops:
                if session.answers.get(screen) != answer:
                    plain[screen] = answer
                break
    return plain


def _plainest(question: Question) -> tuple[Answer, ...]:
    """Return answers to try for a screen, the most harmless first."""
    if question.kind is Kind.SEVERAL:
        return ((NONE,) if NONE in question.option_ids else (),)
    if question.kind is Kind.NUMBER:
        return (question.at_least or Decimal(0),)
    return ("no", "yes") if question.kind is Kind.YES_NO else question.option_ids


def _shown(session: Session, target: str, advice: Advice, inference: Inference) -> bool:
    if target in session.kb.findings:
        return target in shown_findings(session.kb, inference, advice)
    return target in advice.given or target in advice.referrals


# --- names ------------------------------------------------------------------------------------------------------------


def title_of(kb: KnowledgeBase, target: str) -> str:
    """Return what a person knows a finding, recommendation or referral by."""
    if target in kb.findings:
        return kb.findings[target].title
    if target in kb.recommendations:
        return kb.recommendations[target].title
    return kb.referrals[target].tell if target in kb.referrals else target
