"""Infer: answers in, what they show out.

The knowledge base is compiled once into productions (`kb.compiling`) and handed to experta; answers are declared as
facts, and experta's forward chaining reaches the conclusions. What comes back is an `Inference`: for every rule and
every finding whether it holds, fails or is open, and the firings that showed it.

Because the inference is monotone, answers that only add to the last ones are simply declared on top of them; anything
else resets the engine and replays.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from kb.cells import Cells
from kb.compiling import FAILS, Firing, Production, compile_rules, finding_cell, rule_cell
from kb.conditions import UNSURE, Truth
from kb.model import Answers, KnowledgeBase

if TYPE_CHECKING:
    from kb.matching import WorkingMemory


class Inference(msgspec.Struct, frozen=True):
    """What a set of answers shows.

    `rules` and `findings` hold a `Truth` for every id, in the pack's order. `provisional` are the rules that hold only
    because an answer is unsure. `firings` are in the order of the productions, whatever the order of the answers.
    """

    answers: Answers
    rules: dict[str, Truth]
    findings: dict[str, Truth]
    provisional: frozenset[str]
    firings: tuple[Firing, ...]

    @property
    def holding(self) -> tuple[str, ...]:
        """Return the rules that hold, in the pack's order."""
        return tuple(rule for rule, truth in self.rules.items() if truth is Truth.HOLDS)

    @property
    def found(self) -> tuple[str, ...]:
        """Return the findings that are found, in the pack's order."""
        return tuple(finding for finding, truth in self.findings.items() if truth is Truth.HOLDS)


class Engine:
    """A compiled knowledge base. One engine serves many inferences, one after another (not several threads)."""

    def __init__(self, kb: KnowledgeBase, *, stock_matcher: bool = False) -> None:
        """Take in `kb`; `stock_matcher` runs it on experta's own RETE matcher, for comparison."""
        self.kb = kb
        self.cells = Cells(kb)
        self._stock_matcher = stock_matcher
        self._given: dict[str, str] = {}

    @cached_property
    def productions(self) -> tuple[Production, ...]:
        """Return what the rules are compiled to."""
        return compile_rules(self.kb, self.cells)

    def start(self) -> None:
        """Compile the rules and start experta now, rather than when the first answer comes."""
        self._memory  # noqa: B018 (a cached property)

    @cached_property
    def _memory(self) -> WorkingMemory:
        from kb.matching import start_experta  # late: nothing needs it before there is an answer

        memory = start_experta(self.productions, stock_matcher=self._stock_matcher)
        self._reset(memory)
        return memory

    @cached_property
    def _never_found(self) -> tuple[str, ...]:
        return tuple(finding for finding in self.kb.findings if not any(self.kb.rules_finding(finding)))

    def infer(self, answers: Answers) -> Inference:
        """Return what `answers` show. Raises nothing for answers that `kb.answers` decoded."""
        given = self.cells.of(answers)
        if not given and not self._never_found:
            return self._inference(dict(answers), {}, ())  # nothing follows from nothing
        memory = self._memory
        if not self._given.items() <= given.items():
            self._reset(memory)
        memory.give({cell: value for cell, value in given.items() if cell not in self._given})
        self._given = given
        firings = tuple(memory.firings[position] for position in sorted(memory.firings))
        return self._inference(dict(answers), memory.derived, firings)

    def _reset(self, memory: WorkingMemory) -> None:
        self._given = {}
        # A finding that no rule concludes can never be found.
        memory.restart({finding_cell(finding): FAILS for finding in self._never_found})

    def _inference(self, answers: Answers, derived: dict[str, str], firings: tuple[Firing, ...]) -> Inference:
        unsure = any(value == UNSURE for firing in firings for _, value in firing.used)
        solid = _solid_cells(firings, map(finding_cell, self._never_found)) if unsure else None
        rules = {rule: Truth(derived.get(rule_cell(rule), Truth.OPEN)) for rule in self.kb.rules}
        return Inference(
            answers=answers,
            rules=rules,
            findings={name: Truth(derived.get(finding_cell(name), Truth.OPEN)) for name in self.kb.findings},
            provisional=frozenset()
            if solid is None
            else frozenset(
                rule for rule, truth in rules.items() if truth is Truth.HOLDS and rule_cell(rule) not in solid
            ),
            firings=firings,
        )


def _solid_cells(firings: Iterable[Firing], settled: Iterable[str]) -> set[str]:
    """Return the derived cells that some chain of firings shows without resting on an unsure answer.

    Those of `settled` are shown by no firing, and rest on nothing.
    """
    solid = set(settled)
    waiting = list(firings)
    while waiting:
        resting = []
        for firing in waiting:
            if all(
                value != UNSURE if premise.given else cell in solid
                for premise, (cell, value) in zip(firing.production.premises, firing.used)
            ):
                solid.update(cell for cell, _ in firing.production.concludes)
            else:
                resting.append(firing)
        if len(resting) == len(waiting):
            break
        waiting = resting
    return solid
