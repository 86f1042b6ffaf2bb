"""Prove things of every student there could be, with an answer-set program.

`proof.lp` says once what an answer set is: one student, what each condition is worth to them in three values, and what
the program would say. This module writes the facts of a knowledge base (or of several, side by side: *worlds*) and asks
two things: what is possible at all, and who is the smallest student for whom something is so. It shares the model and
the variables with the engine and nothing else; whatever it claims is replayed there before a person sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from kb.model.knowledge import Answer, Answers, KnowledgeBase
from kb.model.problems import NotProvedError
from kb.proof.facts import Facts, Part

Atom = tuple[str, ...]
"""A predicate and its arguments, as text: ``("given", "this", "lean-back")``. A number stands in digits."""

FOLLOWS = frozenset(
    {"outcome", "given", "withheld", "provisional", "referred", "found", "ruled_out", "fires", "refuted"}
)
"""The predicates that say what the program would say to a student, and why."""

THIS = "this"
"""What the knowledge base is called where it stands alone."""


MOST_CONFLICTS = 500_000
"""After so many dead ends the solver gives up on one question. Hand-written rules take it some dozens."""


def program(module: str, name: str) -> str:
    """Return the text of the program `name`, which lies beside a module (its ``__file__``)."""
    return Path(module).with_name(name).read_text(encoding="utf-8")


class Students:
    """All students who could answer the questions of one knowledge base, or of several.

    A question that two worlds share takes only answers that both know. One that they ask in different ways (`unlike`)
    stays unanswered in all of them.
    """

    def __init__(
        self, worlds: Mapping[str, KnowledgeBase] | KnowledgeBase, extra: str = "", *, complete: bool = False
    ) -> None:
        """Take in `worlds` by name, or one that is called `this`.

        `extra` are more rules of the program. With `complete` every question is answered, except those that come after
        the advice.
        """
        self.worlds = {THIS: worlds} if isinstance(worlds, KnowledgeBase) else dict(worlds)
        self.facts = Facts(self.worlds)
        self.variables = self.facts.variables
        self.unlike = self.facts.unlike
        self._text = program(__file__, "proof.lp") + extra
        if complete:
            self._text += "\neverything_answered.\n"
        self._last: tuple[Part, Any] | None = None

    def possible(self, *predicates: str, part: Part | None = None) -> set[Atom]:
        """Return every atom of `predicates` (written ``given/2``) that is true of some student.

        With `part` the rest of the knowledge base is left out.

        Raises:
            NotProvedError: if it takes more than `MOST_CONFLICTS` to tell.
        """
        control = self._control("".join(f"#show {predicate}." for predicate in predicates), part)
        control.configuration.solve.enum_mode = "brave"
        control.configuration.solve.opt_mode = "ignore"
        control.configuration.solve.models = 0
        with control.solve(yield_=True) as models:
            for _ in models:
                pass  # each model holds what all before it showed to be possible; only the last is read, which is slow
            if not models.get().exhausted:
                raise NotProvedError(_GAVE_UP)
            last = models.last()
            return set() if last is None else {_atom(symbol) for symbol in last.symbols(shown=True)}

    def smallest(self, *goal: Atom, part: Part | None = None) -> dict[str, Answer] | None:
        """Return the answers of the smallest student for whom all of `goal` is true, or None if there is none.

        As few questions as possible are answered, as little as possible is unsure, as few options as possible chosen.
        With `part` the rest of the knowledge base is left out.
        """
        student = self.student(*goal, part=part)
        return None if student is None else student[0]

    def student(
        self, *goal: Atom, telling: Iterable[str] = (), part: Part | None = None
    ) -> tuple[dict[str, Answer], set[Atom]] | None:
        """Return the answers of the smallest student for whom all of `goal` is true, and what else is true of them.

        Of that only the predicates `telling` (written ``given``) are returned. Where the solver gives up, it is the
        smallest student it came upon.

        Raises:
            NotProvedError: if it takes more than `MOST_CONFLICTS` to tell whether there is one.
        """
        best: list[Any] | None = None
        solver = self._solver if part is None else self._solver_of(part)
        with solver.solve(assumptions=[(_symbol(solver, atom), True) for atom in goal], yield_=True) as models:
            for model in models:
                best = model.symbols(atoms=True)
            if best is None and not models.get().exhausted:
                raise NotProvedError(_GAVE_UP)
        if best is None:
            return None
        told = set(telling)
        return self._answers(best), {_atom(symbol) for symbol in best if symbol.name in told}

    def what_follows(self, answers: Answers) -> set[Atom] | None:
        """Return what is true of the student who gave exactly `answers`, or None if there is no such student.

        Only what `FOLLOWS` lists is returned. Answers leave nothing to choose: should the program ever allow two
        students with the same ones, that is an `ArithmeticError`.
        """
        pinned = set(self.variables.of(answers).items())
        if not pinned <= self._variable_atoms.keys():
            return None
        assumed = [literal if variable in pinned else -literal for variable, literal in self._variable_atoms.items()]
        solve = self._solver.configuration.solve
        solve.opt_mode, solve.models = "ignore", 2
        try:
            with self._solver.solve(assumptions=assumed, yield_=True) as models:
                students = [model.symbols(shown=True) for model in models]
        finally:
            solve.opt_mode, solve.models = "opt", -1
        if len(students) > 1:
            raise ArithmeticError(f"several students gave the answers {dict(answers)}")
        return {_atom(symbol) for symbol in students[0]} if students else None

    @cached_property
    def _variable_atoms(self) -> dict[tuple[str, str], int]:
        """Return what every variable could hold, with the number under which the solver knows it."""
        found = self._solver.symbolic_atoms.by_signature("variable", 2)
        return {(each.symbol.arguments[0].string, each.symbol.arguments[1].string): each.literal for each in found}

    @cached_property
    def _solver(self) -> Any:
        return self._control("".join(f"#show {predicate}/2." for predicate in sorted(FOLLOWS)))

    def _solver_of(self, part: Part) -> Any:
        """Return the solver of a part; the last one is kept, since several students are looked for in the same part."""
        if self._last is None or self._last[0] != part:
            self._last = part, self._control("", part)
        return self._last[1]

    def _control(self, more: str, part: Part | None = None) -> Any:
        import clingo  # 25 ms to import, and only checks and comparisons need it

        # A student who is to show something else should not be looked for beside the last one.
        control = clingo.Control(["--warn=none", "--save-progress=0", f"--solve-limit={MOST_CONFLICTS}"])
        control.add("base", [], "\n".join([self._text, *self.facts.lines(part), more]))
        control.ground([("base", [])])
        return control

    def _answers(self, symbols: Iterable[Any]) -> dict[str, Answer]:
        variables = {
            symbol.arguments[0].string: symbol.arguments[1].string
            for symbol in symbols
            if symbol.name == "variable" and len(symbol.arguments) == 2
        }
        return {
            question.id: self.variables.answer(question, variables)
            for question in self.variables.questions.values()
            if question.id in variables
        }


_GAVE_UP = "These rules are too entangled to be proved anything of: the solver gave up. Try a part of them alone."


def _symbol(solver: Any, atom: Atom) -> Any:
    """Return the solver's name of an atom: an argument in digits is a number, or else a name made of them."""
    import clingo

    kinds = [
        (clingo.String(each), clingo.Number(int(each))) if _digits(each) else (clingo.String(each),)
        for each in atom[1:]
    ]
    symbols = [clingo.Function(atom[0], arguments) for arguments in product(*kinds)]
    return next((symbol for symbol in symbols if solver.symbolic_atoms[symbol] is not None), symbols[0])


def _atom(symbol: Any) -> Atom:
    return (symbol.name, *(_text(argument) for argument in symbol.arguments))


def _text(argument: Any) -> str:
    import clingo

    return argument.string if argument.type is clingo.SymbolType.String else str(argument)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # more are no number of the solver's
