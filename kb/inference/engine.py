"""Infer: answers in, what they show out.

The knowledge base is compiled once into productions (`kb.inference.compiler`) and handed to experta; answers are
declared as facts, and experta's forward chaining reaches the conclusions. What comes back is an `Inference`
(`kb.inference.record`): for every rule and every finding whether it holds, fails or is open, and the firings that
showed it.

Because the inference is monotone, answers that only add to the last ones are simply declared on top of them; anything
else resets the engine and replays.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kb.inference.compiler import Production, Sides, compile_rules, finding_variable
from kb.inference.record import Inference, Record
from kb.inference.variables import Variables
from kb.model.knowledge import Answer, Answers, KnowledgeBase
from kb.system.process import collector_paused

if TYPE_CHECKING:
    from kb.inference.matcher import WorkingMemory

__all__ = ["Engine", "Inference"]


class Engine:
    """A compiled knowledge base. One engine serves many inferences, one after another (not several threads)."""

    def __init__(self, kb: KnowledgeBase, *, stock_matcher: bool = False) -> None:
        """Take in `kb`; `stock_matcher` runs it on experta's own RETE matcher, for comparison."""
        self.kb = kb
        self.variables = kb.kept(Variables)
        self._stock_matcher = stock_matcher
        self._answers: dict[str, Answer] = {}

    @cached_property
    def sides(self) -> Sides:
        """Return both sides of every rule."""
        return Sides(self.kb, self.variables)

    @cached_property
    def productions(self) -> tuple[Production, ...]:
        """Return what the rules are compiled to."""
        with collector_paused():
            return compile_rules(self.kb, self.variables, self.sides)

    def start(self) -> None:
        """Compile the rules and start experta now, rather than when the first answer comes."""
        self._memory  # noqa: B018 (a cached property)

    @cached_property
    def _memory(self) -> WorkingMemory:
        from kb.inference.matcher import start_experta  # late: nothing needs it before there is an answer

        with collector_paused():
            memory = start_experta(self.productions, stock_matcher=self._stock_matcher)
            self._reset(memory)
        return memory

    @cached_property
    def _never_found(self) -> tuple[str, ...]:
        return tuple(finding for finding in self.kb.findings if not any(self.kb.rules_finding(finding)))

    def infer(self, answers: Answers) -> Inference:
        """Return what `answers` show. Raises nothing for answers that `kb.language.answers` decoded."""
        if not answers and not self._never_found:
            return Inference(self.kb, {}, Record())  # nothing follows from nothing
        memory = self._memory
        answers = dict(answers)
        if not self._answers.items() <= answers.items():
            self._reset(memory)
        fresh = [question for question in answers if question not in self._answers]
        if fresh:
            variables: dict[str, str] = {}
            for question in fresh:
                variables.update(self.variables.of_answer(self.kb.questions[question], answers[question]))
            memory.give(variables)
            self._answers = answers
        return Inference(self.kb, answers, memory.record)

    def _reset(self, memory: WorkingMemory) -> None:
        self._answers = {}
        # A finding that no rule concludes can never be found.
        memory.restart([finding_variable(finding) for finding in self._never_found])
