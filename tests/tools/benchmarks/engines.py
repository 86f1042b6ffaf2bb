"""The engines that are compared, each behind the same doors: those that keep facts. `layered` has the others.

All of them take the very productions that our rules are compiled to: plain conjunctions over variables. What an engine
reads in a notation of its own (CLIPS text, JSON) is written before the clock runs, which is in its favor.

- *counting chainer*: the limit of plain Python: a dictionary, a list of counts and a stack, and nothing explained;
- *CLIPS*: one ordered fact a variable, all rules loaded from one text (six times faster than one `build` a rule);
- *clingo*: a ground program built once; answers are externals, and what follows is read from the model;
- *experta, stock*: its own rules, matcher and strategy, nothing of ours in it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Variables = dict[str, str]
Plain = tuple[tuple[tuple[str, tuple[str, ...]], ...], tuple[tuple[str, str], ...]]
"""A production without its class: premises (variable and values), conclusions (variable and value)."""


# Processor time does not count what other programs do meanwhile; where it is too coarse, the clock on the wall must do.
FINE = time.get_clock_info("process_time").resolution < 1e-5
CLOCK = time.process_time if FINE else time.perf_counter


class Peer:
    """An engine: take in productions, get ready, and then again and again forget, take variables, tell what follows."""

    name = ""
    clock: Callable[[], float] = staticmethod(CLOCK)

    def __init__(self, productions: list[Plain]) -> None:
        """Do what is done before the clock runs."""
        self.productions = productions

    @staticmethod
    def version() -> str:
        """Return the version, or nothing if the engine is not installed."""
        return ""

    def renew(self) -> None:
        """Do what is not timed before becoming ready anew."""

    def ready(self) -> None:
        """Become ready for a first answer, from scratch."""

    def forget(self) -> None:
        """Forget all variables."""

    def give(self, variables: Variables) -> None:
        """Take in further variables, and conclude what follows."""

    def derived(self) -> Variables:
        """Return what was concluded."""
        return {}

    def bytes_used(self) -> int:
        """Return the memory the engine's process takes, or 0 where that cannot be told."""
        try:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            return 0
        return pages * int(os.sysconf("SC_PAGE_SIZE"))

    def close(self) -> None:
        """Let go of everything."""


def installed(package: str, module: str) -> str:
    """Return the version of an installed package, or nothing."""
    return importlib.metadata.version(package) if importlib.util.find_spec(module) else ""


class Chainer(Peer):
    name = "counting chainer"

    @staticmethod
    def version() -> str:
        return "by hand"

    def ready(self) -> None:
        waiting: dict[tuple[str, str], list[int]] = {}
        unmet = []
        for index, (premises, _) in enumerate(self.productions):
            unmet.append(len(premises))
            for variable, values in premises:
                for value in values:
                    waiting.setdefault((variable, value), []).append(index)
        self._waiting, self._counts = waiting, unmet
        self._concludes = [concludes for _, concludes in self.productions]
        self.forget()

    def forget(self) -> None:
        self._unmet = self._counts.copy()
        self._known: Variables = {}

    def give(self, variables: Variables) -> None:
        waiting, unmet, concludes, known = self._waiting, self._unmet, self._concludes, self._known
        stack = list(variables.items())
        while stack:
            item = stack.pop()
            variable, value = item
            if variable in known:
                continue
            known[variable] = value
            for index in waiting.get(item, ()):
                unmet[index] -= 1
                if not unmet[index]:
                    stack += concludes[index]

    def derived(self) -> Variables:
        return self._known


class Experta(Peer):
    name = "experta, stock"

    @staticmethod
    def version() -> str:
        return installed("experta", "experta")

    def ready(self) -> None:
        from kb.inference._experta import Fact, KnowledgeEngine, L, Rule

        def rule(premises: Any, concludes: Any) -> Any:
            patterns = []
            for variable, values in premises:
                constraint = L(values[0])
                for value in values[1:]:
                    constraint = constraint | L(value)
                patterns.append(Fact(**{variable: constraint}))

            def conclude(engine: Any) -> None:
                for variable, value in concludes:
                    engine.declare(Fact(**{variable: value}))

            return Rule(*patterns)(conclude)

        self._fact = Fact
        rules = {f"rule{index}": rule(*production) for index, production in enumerate(self.productions)}
        self._engine = type("Stock", (KnowledgeEngine,), rules)()
        self.forget()

    def forget(self) -> None:
        self._engine.reset()

    def give(self, variables: Variables) -> None:
        self._engine.declare(*(self._fact(**{variable: value}) for variable, value in variables.items()))
        self._engine.run()

    def derived(self) -> Variables:
        items = (item for fact in self._engine.facts.values() for item in fact.items())
        return {variable: value for variable, value in items if isinstance(variable, str)}


class Clips(Peer):
    name = "CLIPS"

    def __init__(self, productions: list[Plain]) -> None:
        self.words: dict[str, int] = {}
        text = "\n".join(self._rule(index, *production) for index, production in enumerate(productions))
        self._spelled = {number: word for word, number in self.words.items()}
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "rules.clp"
        self._path.write_text(text, encoding="ascii")

    @staticmethod
    def version() -> str:
        return installed("clipspy", "clips")

    def _word(self, word: str) -> int:
        return self.words.setdefault(word, len(self.words))

    def _rule(self, index: int, premises: Any, concludes: Any) -> str:
        patterns = [f"(c {self._word(variable)} {'|'.join(str(self._word(each)) for each in values)})"
                    for variable, values in premises]  # fmt: skip
        facts = [f"(c {self._word(variable)} {self._word(value)})" for variable, value in concludes]
        return f"(defrule r{index} {' '.join(patterns)} => (assert {' '.join(facts)}))"

    def ready(self) -> None:
        import clips

        self._clips = clips.Environment()
        self._clips.load(str(self._path))
        self.forget()

    def forget(self) -> None:
        self._clips.reset()

    def give(self, variables: Variables) -> None:
        for variable, value in variables.items():
            if variable in self.words and value in self.words:  # else no rule asks for it
                self._clips.assert_string(f"(c {self.words[variable]} {self.words[value]})")
        self._clips.run()

    def derived(self) -> Variables:
        pairs = (tuple(fact) for fact in self._clips.facts())
        return {self._spelled[pair[0]]: self._spelled[pair[1]] for pair in pairs if len(pair) == 2}

    def close(self) -> None:
        self._folder.cleanup()


class Clingo(Peer):
    name = "clingo"

    @staticmethod
    def version() -> str:
        return installed("clingo", "clingo")

    def ready(self) -> None:
        import clingo

        self._control = clingo.Control(["--models=1"])
        self._atoms: dict[tuple[str, str], int] = {}
        concluded = {item for _, concludes in self.productions for item in concludes}
        with self._control.backend() as backend:

            def atom(variable: str, value: str) -> int:
                key = variable, value
                if key not in self._atoms:
                    self._atoms[key] = backend.add_atom()
                    if key not in concluded:
                        backend.add_external(self._atoms[key], clingo.TruthValue.False_)
                return self._atoms[key]

            either: dict[Any, int] = {}
            for premises, concludes in self.productions:
                body = []
                for variable, values in premises:
                    if len(values) == 1:
                        body.append(atom(variable, values[0]))
                        continue
                    if (variable, values) not in either:
                        either[variable, values] = backend.add_atom()
                        for value in values:
                            backend.add_rule([either[variable, values]], [atom(variable, value)])
                    body.append(either[variable, values])
                for variable, value in concludes:
                    backend.add_rule([atom(variable, value)], body)
        self._concluded = [(*item, self._atoms[item]) for item in concluded]
        self._given: list[int] = []
        self._model: Variables = {}

    def forget(self) -> None:
        for atom in self._given:
            self._control.assign_external(atom, False)
        self._given.clear()
        self._model = {}

    def give(self, variables: Variables) -> None:
        for item in variables.items():
            if item in self._atoms:
                self._control.assign_external(self._atoms[item], True)
                self._given.append(self._atoms[item])

        def read(model: Any) -> None:
            self._model = {variable: value for variable, value, atom in self._concluded if model.is_true(atom)}

        self._control.solve(on_model=read)

    def derived(self) -> Variables:
        return self._model
