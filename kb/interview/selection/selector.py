"""Choose the question to ask next: only one whose answer can change the report, and danger first.

A rule *matters* while it is open and could still add something: a referral, a recommendation not yet given, or the
withholding of one. Whether it could is not guessed: a *witness* is looked for, a way of answering what has not been
asked in which the rule holds and its effect is seen. The question that is *live* for such a rule is the first one, read
left to right, that its witness still needs; where the rule waits for a finding, that leads on into the rules that could
find it or rule it out. The first live question in the pack's order is asked. Nothing live means nothing to ask.

This goes one step further than asking for every open condition of every open rule: a rule that can no longer hold
(because of an unsure answer, or because its conditions exclude each other) asks nothing. See
docs/decisions/0003-witnesses.md.

What was worked out for a goal stays right until a question is answered that has a bearing on it; and no goal needs a
question before the first one in the pack's order that it has no answer to. So an answer costs what it touches, and not
what there is. See docs/decisions/0019-choosing-by-what-an-answer-touches.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from kb.inference.compiler import Premise, formula_of, shown
from kb.inference.engine import Engine
from kb.inference.outcome import Advice, screens_ahead, screens_left, strongest_stop
from kb.inference.record import Inference
from kb.interview.selection.goals import Effect, Goal, Goals, GoalTrace
from kb.interview.selection.question_bound import QuestionBound
from kb.interview.selection.witness import Search
from kb.model.conditions import Truth
from kb.model.knowledge import Answer, Answers, Level
from kb.system.collecting import collector_paused

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
        left, ahead = (screens(self.kb, inference, advice) for screens in (screens_left, screens_ahead))
        return self._queue(inference, advice).most_left(bool(left), ahead)

    def _queue(self, inference: Inference, advice: Advice) -> GoalQueue:
        lately = self._lately
        if lately is not None and lately.inference is inference:
            return lately
        goals = self.goals_after(inference)
        if lately is None or lately.goals is not goals or not lately.answers.items() <= inference.answers.items():
            lately = self._lately = GoalQueue(goals)
        lately.look(inference, advice)
        return lately


_GONE = -1


class GoalQueue:
    """What is still to be reached, for answers that are only added to.

    Goals wait in `ahead`, each at the position of the question that is live for it. As long as that is not worked out
    (`known`), it waits at the first question that it could need: no other can come before.
    """

    inference: Inference
    advice: Advice

    def __init__(self, goals: Goals) -> None:
        self.goals = goals
        self.kb = goals.kb
        self.answers: Answers = {}
        self.names = list(self.kb.questions)
        self.at = [
            next((stage.questions[0] for stage in trace.stages if stage.questions), _GONE) for trace in goals.all
        ]
        self.known = bytearray(len(goals.all))
        self.gone = bytearray(len(goals.all))
        self.ahead: list[list[int]] = [[] for _ in self.names]
        for index, position in enumerate(self.at):
            if position != _GONE:
                self.ahead[position].append(index)
        self.low = 0
        self.bound = QuestionBound(goals)
        self.counted: tuple[bool, Level | None] | None = None  # whether screens were left, and the stop, at that time
        self.changed: set[int] = set()
        self.said: tuple[frozenset[str], ...] = (frozenset(), frozenset(), frozenset())
        self._search: Search | None = None

    def look(self, inference: Inference, advice: Advice) -> None:
        """Take in the answers that are new; what they have a bearing on is to be worked out again."""
        self.inference = inference
        before, now = self.answers, inference.answers
        if len(now) > len(before):
            for question in now if len(before) == 0 else [name for name in now if name not in before]:
                self._forget(question, now)
        said = (inference.conclusions.recommended, inference.conclusions.withheld, inference.conclusions.referred)
        if said != self.said:
            for new, old in zip(said, self.said):
                for target in new - old:
                    self.changed.update(self.goals.about[target])
            self.said = said
        self.answers = now
        self.advice = advice
        self.stop = strongest_stop(self.kb, advice)
        self._search = None

    def _forget(self, question: str, answers: Answers) -> None:
        """Forget what was worked out for the goals that an answer touches."""
        indexes = self.goals.touching.get(question, ())
        known, steady = self.known, self.goals.steady
        for index in indexes:
            known[index] = 0
            if not steady[index]:  # the others wait at the next question once this one is passed
                self._await(index, answers)
        self.changed.update(indexes)

    def _await(self, index: int, answers: Answers) -> None:
        """Let a goal wait at the first question that it could need."""
        if self.gone[index]:
            return
        findings, names = self.inference.findings, self.names
        for stage in self.goals.all[index].stages:
            if stage.finding and findings[stage.finding] is not Truth.OPEN:
                continue
            for position in stage.questions:
                if names[position] not in answers:
                    if self.at[index] != position:
                        self.at[index] = position
                        self._wait_at(position, index)
                    return
        self.gone[index] = 1

    def _wait_at(self, position: int, index: int) -> None:
        self.ahead[position].append(index)
        self.low = min(self.low, position)

    # --- what is asked ------------------------------------------------------------------------------------------------

    def first(self) -> str | None:
        """Return the first live question, or None."""
        while self.low < len(self.ahead):
            waiting = self.ahead[self.low]
            if waiting and self.names[self.low] in self.answers:
                self._pass_on(waiting)
                continue  # some may wait further in front now
            while waiting:
                index = waiting[-1]
                if self.at[index] == self.low and self._position(index) == self.low:
                    return self.names[self.low]
                waiting.pop()
            self.low += 1
        return None

    def _pass_on(self, waiting: list[int]) -> None:
        """Let the goals that wait at a question that is answered now wait at the next one that they could need."""
        low, at, is_open, goals = self.low, self.at, self.inference.is_open, self.goals.all
        for index in waiting:
            if at[index] == low and is_open(goals[index].goal.rule):
                self._await(index, self.answers)
        waiting.clear()

    def questions(self) -> list[str]:
        """Return every live question, in order."""
        positions = {self._position(index) for index in range(len(self.at))}
        return [self.names[position] for position in sorted(positions - {_GONE})]

    def live(self, question: str) -> Iterator[Live]:
        """Yield the live questions, one entry for every goal each serves; of one `question` only, if it is named."""
        for index in self.goals.touching.get(question, ()) if question else range(len(self.at)):
            position = self._position(index)
            if position != _GONE and (not question or self.names[position] == question):
                trace = self.goals.all[index]
                variables = self.search.witness(trace.formula, trace.blockers)
                assert variables is not None
                needed, variables = self.search.first_needed(trace.formula, variables)
                assert needed is not None
                reached = self.search.reaches(trace.formula, variables, trace.blockers)
                yield Live(needed, trace.goal, self.search.answers(variables) if reached else {})

    def most_left(self, screening: bool, screens: tuple[str, ...]) -> int:
        """Return how many questions may still come at most, `screens` among them; `screening`: one of them is next."""
        # Until the screens are answered nothing else is asked, so it is not yet looked at what else is worth asking.
        changed: Iterable[int] = self.changed
        if self.counted != (screening, self.stop):
            self.counted = (screening, self.stop)
            changed = range(len(self.at))
        counts = self._could_count if screening else lambda index: self._position(index) != _GONE
        self.bound.renew(changed, counts, self.inference)
        self.changed = set()
        return self.bound.most(set(screens))

    @property
    def search(self) -> Search:
        """Return a search beyond the answers given so far."""
        if self._search is None:
            self._search = Search(self.goals.sides, self.inference)
        return self._search

    # --- how ----------------------------------------------------------------------------------------------------------

    def _position(self, index: int) -> int:
        """Return the position of the question that is live for a goal, or `_GONE`."""
        if not self._could_count(index):
            return _GONE
        if not self.known[index]:
            self.known[index] = 1
            question = self._needed(self.goals.all[index])
            position = _GONE if question is None else self.kb.position.questions[question]
            if position != self.at[index]:
                self.at[index] = position
                if position != _GONE:
                    self._wait_at(position, index)
        return self.at[index]

    def _could_count(self, index: int) -> bool:
        """Say whether a goal could still add to the report, were its rule to hold. If not, it never will again."""
        if self.gone[index]:
            return False
        if self._counts(self.goals.all[index].goal, self.stop):
            return True
        self.gone[index] = 1
        return False

    def _counts(self, goal: Goal, stop: Level | None) -> bool:
        inference = self.inference
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
        blockers = [rule for rule in trace.blockers if self.goals.may_block(rule, trace, self.inference)]
        if trace.plain is not None and not blockers:
            return self._first_of_plain(trace.plain)
        found = self.search.witness(trace.formula, trace.blockers)
        return None if found is None else self.search.first_needed(trace.formula, found)[0]

    def _first_of_plain(self, premises: tuple[Premise, ...]) -> str | None:
        """Return the first question that a plain conjunction about different questions needs, without a search."""
        first, given = None, self.inference.given
        for premise in premises:
            value = given.get(premise.variable)
            if value is None:
                first = first or self.goals.variables.owner[premise.variable]
            elif value not in premise.values:
                return None
        return first
