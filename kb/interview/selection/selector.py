"""Choose the question to ask next: only one whose answer can change the report, and danger first.

A rule *matters* while it is open and could still add something: a referral, a recommendation not yet given, or the
withholding of one. Whether it could is not guessed: a *witness* is looked for, a way of answering what has not been
asked in which the rule holds and its effect is seen. The question that is *live* for such a rule is the first one, read
left to right, that its witness still needs; where the rule waits for a finding, that leads on into the rules that could
find it or rule it out. The first live question in the pack's order is asked. Nothing live means nothing to ask.

This goes one step further than asking for every open condition of every open rule: a rule that can no longer hold
(because of an unsure answer, or because its conditions exclude each other) asks nothing. See
docs/decisions/0003-witnesses.md.

What was worked out for a goal stays right until a question is answered that has a bearing on it. So an answer costs
what it touches, and not what there is. See docs/decisions/0019-choosing-by-what-an-answer-touches.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kb.inference.compiler import formula_of, shown
from kb.inference.engine import Engine
from kb.inference.outcome import Advice, screens_ahead, screens_left, strongest_stop
from kb.inference.record import Inference
from kb.interview.selection.goals import Effect, Goal, Goals, GoalTrace
from kb.interview.selection.question_bound import QuestionBound
from kb.interview.selection.witness import Search
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, Answers, Level
from kb.system.process import collector_paused

__all__ = ["Effect", "Goal", "Live", "Selector"]


class Live(msgspec.Struct, frozen=True):
    """A question worth asking: the goal it serves, and the answers with which that goal is reached.

    `witness` is empty where the search for one ran out of steps: the question is asked then, and nothing is claimed.
    """

    question: str
    goal: Goal
    witness: dict[str, Answer]


class Selector:
    """Chooses questions for one knowledge base. What it returns depends on the answers alone.

    It remembers what it worked out for the last answers it was asked about, for those that only add to them.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.kb = engine.kb
        self._lately: GoalQueue | None = None
        self._known_goals: dict[frozenset[str], Goals] = {}

    @property
    def goals(self) -> Goals:
        """Return what the rules could add, and what that rests on."""
        return self._goals(frozenset(self.kb.follow_ups))

    def _goals(self, follow_ups: frozenset[str]) -> Goals:
        if follow_ups not in self._known_goals:
            with collector_paused():
                sides = self.engine.sides.asking(sorted(follow_ups))
                self._known_goals[follow_ups] = Goals(self.kb, self.engine.variables, sides)
        return self._known_goals[follow_ups]

    def goals_after(self, inference: Inference) -> Goals:
        """Return what the rules could add after some answers.

        A follow-up that was answered although its condition does not hold (from a file, or because another answer was
        changed) counts like any other question: nothing stands before it.
        """
        return self._goals(
            frozenset(
                name
                for name, condition in self.kb.follow_ups.items()
                if name not in inference.answers
                or shown(formula_of(condition, True, self.engine.variables), inference.given)
            )
        )

    def first_open(self, inference: Inference, advice: Advice) -> str | None:
        """Return the question to ask next, or None: the first unanswered safety screen, or else the first live one."""
        screens = screens_left(self.kb, inference, advice)
        if screens:
            return screens[0]
        if advice.unheeded:
            return next(iter(self.open_questions(inference, advice)), None)
        return self._queue(inference, advice).first()

    def open_questions(self, inference: Inference, advice: Advice) -> tuple[str, ...]:
        """Return every question that is worth asking now: unanswered safety screens, then live ones, in order."""
        screens = screens_left(self.kb, inference, advice)
        if advice.unheeded:
            return tuple(dict.fromkeys(each.question for each in self.live(inference, advice)))
        return tuple(dict.fromkeys([*screens, *self._queue(inference, advice).questions()]))

    def live(self, inference: Inference, advice: Advice, question: str = "") -> tuple[Live, ...]:
        """Return the live questions in the pack's order, one entry for every goal each serves; or only `question`.

        As long as a sign of danger is unheeded, nothing can be advised, and only referrals are worth asking for.
        """
        found = self._queue(inference, advice).live(question)
        if advice.unheeded:
            found = (live for live in found if live.goal.effect is Effect.REFER)
        return tuple(sorted(found, key=lambda live: self.kb.position.questions[live.question]))

    def most_left(self, inference: Inference, advice: Advice) -> int:
        """Return how many questions may still come at most.

        A question that stands behind another one in every condition can come only after that one is answered, and
        only one answer will be given: so the one that guards others (the pose, mostly) is taken with the answer that
        leaves most to ask. The smallest such bound counts. docs/explanation/question-choice.md says why it holds.
        """
        if self.first_open(inference, advice) is None:
            return 0
        # (A screen that is itself a follow-up may turn up later: what was known by then still counts.)
        screening = not inference.answers.keys() >= set(self.kb.safety_screens) and not advice.outcome.stops
        return self._queue(inference, advice).most_left(screening, screens_ahead(self.kb, inference, advice))

    def _queue(self, inference: Inference, advice: Advice) -> GoalQueue:
        lately = self._lately
        if lately is not None and lately.inference is inference:
            return lately
        goals = self.goals_after(inference)
        if lately is None or lately.goals is not goals or not lately.answers.items() <= inference.answers.items():
            lately = self._lately = GoalQueue(goals)
        lately.look(inference, advice)
        return lately


_GONE = 1 << 30


class GoalQueue:
    """What is still to be reached, for answers that are only added to.

    `positions` says of each goal where the question stands that is live for it. What was found for a goal stays right
    until a question is answered that has a bearing on it, or something is concluded about its target: until then it is
    not `stale`. A goal that is out of reach stays so, unless someone says what is asked only after the advice.
    """

    inference: Inference
    advice: Advice

    def __init__(self, goals: Goals) -> None:
        self.goals = goals
        self.kb = goals.kb
        self.answers: Answers = {}
        self.names = list(self.kb.questions)
        self.positions = [0] * len(goals.all)
        self.stale = set(range(len(goals.all)))
        self.bound = QuestionBound(goals)
        self.unbound = set(self.stale)  # the goals that are to be counted again
        self.screening = False  # whether screens were left when they were counted last
        self.stop: Level | None = None
        self.concluded: tuple[frozenset[str], ...] = (frozenset(), frozenset(), frozenset())

    def look(self, inference: Inference, advice: Advice) -> None:
        """Take in the answers that are new; what they have a bearing on is to be worked out again."""
        changed: set[int] = set()
        for question in inference.answers.keys() - self.answers.keys():
            touched = self.goals.touching.get(question, ())
            changed.update(touched)
            if self.kb.questions[question].after_advice:  # no search reckoned with an answer, and here is one
                for index in touched:
                    self.positions[index] = 0
        said = inference.conclusions
        concluded = (said.recommended, said.withheld, said.referred)
        for new, old in zip(concluded, self.concluded):
            for target in new - old:
                changed.update(self.goals.about[target])
        stop = strongest_stop(self.kb, advice)
        if stop != self.stop:
            changed.update(range(len(self.positions)))
        self.stale |= changed
        self.unbound |= changed
        self.inference, self.advice, self.answers = inference, advice, inference.answers
        self.stop, self.concluded = stop, concluded
        self.search = Search(self.goals.sides, inference)

    # --- what is asked ------------------------------------------------------------------------------------------------

    def first(self) -> str | None:
        """Return the first live question, or None."""
        self._settle()
        position = min(self.positions, default=_GONE)
        return None if position == _GONE else self.names[position]

    def questions(self) -> list[str]:
        """Return every live question, in order."""
        self._settle()
        return [self.names[position] for position in sorted({*self.positions} - {_GONE})]

    def live(self, question: str) -> Iterator[Live]:
        """Yield the live questions, one entry for every goal each serves; of one `question` only, if it is named."""
        self._settle()
        for index in self.goals.touching.get(question, ()) if question else range(len(self.positions)):
            position = self.positions[index]
            if position != _GONE and (not question or self.names[position] == question):
                trace = self.goals.all[index]
                variables = self.search.witness(trace.formula, trace.blockers)
                assert variables is not None
                needed, variables = self.search.first_needed(trace.formula, variables)
                assert needed is not None
                reached = self.search.reaches(trace.formula, variables, trace.blockers)
                yield Live(needed, trace.goal, self.search.answers(variables) if reached else {})

    def most_left(self, screening: bool, screens: tuple[str, ...]) -> int:
        """Return how many questions may still come at most, `screens` among them.

        `screening` says whether one of those that everybody is asked is next.
        """
        # Until these are answered nothing else is asked, so it is not yet looked at what else is worth asking.
        if screening != self.screening:
            self.screening, self.unbound = screening, set(range(len(self.positions)))
        if not screening:
            self._settle()
        counts = self._could_count if screening else lambda index: self.positions[index] != _GONE
        self.bound.renew(self.unbound, counts, self.inference)
        self.unbound = set()
        return self.bound.most(set(screens))

    # --- how ----------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Work out which questions are live for the goals that are stale."""
        position = self.kb.position.questions
        for index in self.stale:
            if self.positions[index] != _GONE:
                question = self._needed(self.goals.all[index]) if self._could_count(index) else None
                self.positions[index] = _GONE if question is None else position[question]
        self.stale = set()

    def _could_count(self, index: int) -> bool:
        """Say whether a goal could still add to the report, were its rule to hold. If not, it never will again."""
        goal, inference, stop = self.goals.all[index].goal, self.inference, self.stop
        if not inference.is_open(goal.rule):
            return False
        said = inference.conclusions
        if goal.effect is Effect.REFER:
            level = self.kb.referrals[goal.target].level
            return goal.target not in self.advice.referrals and (stop is None or level.rank < stop.rank)
        if stop is not None or goal.target in said.withheld:
            return False
        if goal.effect is Effect.RECOMMEND:
            return goal.target not in said.recommended
        return goal.target in said.recommended or any(
            inference.rules[rule] is not Truth.FAILS for rule in self.goals.givers[goal.target]
        )

    def _needed(self, trace: GoalTrace) -> str | None:
        """Return the question that is live for a goal, or None if it can no longer be reached."""
        found = self.search.witness(trace.formula, trace.blockers)
        return None if found is None else self.search.first_needed(trace.formula, found)[0]
