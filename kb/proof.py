"""Prove things of every student there could be, with an answer-set program.

`proof.lp` says once what an answer set is: one student, what each condition is worth to them in three values, and what
the program would say. This module writes the facts of a knowledge base (or of several, side by side: *worlds*) and asks
two things: what is possible at all, and who is the smallest student for whom something is so. It shares the model and
the cells with the engine and nothing else; whatever it claims is replayed there before a person sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, product
from pathlib import Path
from typing import Any, NamedTuple

from kb.cells import CHOSEN, Cells, option_cell
from kb.conditions import UNSURE, All, Answered, Condition, Found, Not, Within, findings_in
from kb.conditions import Any as AnyOf
from kb.danger import Sign, findings_wanted, signs_named, signs_of
from kb.model import NONE, Answer, Answers, Kind, KnowledgeBase, Question, attempt_name
from kb.problems import NotProvedError

Atom = tuple[str, ...]
"""A predicate and its arguments, as text: ``("given", "this", "lean-back")``. A number stands in digits."""

About = tuple[str, ...]
"""What a fact is about: ``("rule", "round-back")``."""

WHOLE: About = ("whole",)
"""What a fact is about that no part holds."""

FOLLOWS = frozenset(
    {"outcome", "given", "withheld", "provisional", "referred", "found", "ruled_out", "fires", "refuted"}
)
"""The predicates that say what the program would say to a student, and why."""

THIS = "this"
"""What the knowledge base is called where it stands alone."""


MOST_CONFLICTS = 500_000
"""After so many dead ends the solver gives up on one question. Hand-written rules take it some dozens."""


class Part(NamedTuple):
    """Some rules and questions of a knowledge base, to be looked at alone, and what else facts may be about."""

    rules: frozenset[str]
    questions: frozenset[str]
    more: frozenset[About] = frozenset()


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
        self.facts = _Facts(self.worlds)
        self.cells = self.facts.cells
        self.unlike = self.facts.unlike
        self._text = (Path(__file__).parent / "proof.lp").read_text(encoding="utf-8") + extra
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
        pinned = set(self.cells.of(answers).items())
        if not pinned <= self._cell_atoms.keys():
            return None
        assumed = [literal if cell in pinned else -literal for cell, literal in self._cell_atoms.items()]
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
    def _cell_atoms(self) -> dict[tuple[str, str], int]:
        """Return what every cell could hold, with the number under which the solver knows it."""
        found = self._solver.symbolic_atoms.by_signature("cell", 2)
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
        cells = {
            symbol.arguments[0].string: symbol.arguments[1].string
            for symbol in symbols
            if symbol.name == "cell" and len(symbol.arguments) == 2
        }
        return {
            question.id: self.cells.answer(question, cells)
            for question in self.cells.questions.values()
            if question.id in cells
        }


_GAVE_UP = "These rules are too entangled to be proved anything of: the solver gave up. Try a part of them alone."


def quoted(text: str) -> str:
    """Return `text` as the program writes a constant."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


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


class _Facts:
    """The facts of knowledge bases, line by line, and the node of each condition.

    `nodes` holds, by the number of a node, the world, the rule and the condition it stands for; `parts` the numbers of
    the parts of a node that has several, and `meeting` what meets a line about one cell. Facts are kept by what they
    are about, so that a part can be taken out.
    """

    def __init__(self, worlds: Mapping[str, KnowledgeBase]) -> None:
        self.worlds = worlds
        *others, last = worlds.values()
        self.cells = Cells(last, *others)
        self.unlike = {
            name
            for name, question in self.cells.questions.items()
            if any(_unlike(question, kb.questions.get(name)) for kb in worlds.values())
        }
        self.about: About = WHOLE
        self._lines: dict[About, list[str]] = {}
        self._items: dict[str, set[About]] = {}
        self.nodes: dict[int, tuple[str, str, Condition | str]] = {}
        self.parts: dict[int, tuple[int, ...]] = {}
        self.meeting: dict[int, tuple[str, ...]] = {}
        self.roots: dict[tuple[str, str], int] = {}
        self._behind: dict[tuple[str, str], int] = {}
        for question in self.cells.questions.values():
            if question.id not in self.unlike:
                self._question(
                    question, [kb.questions[question.id] for kb in worlds.values() if question.id in kb.questions]
                )
        for world, kb in worlds.items():
            self._world(world, kb)
        self.about = WHOLE

    def say(self, predicate: str, *arguments: str | int) -> None:
        """Add a fact about what `about` is at the moment."""
        written = ",".join(str(each) if isinstance(each, int) else quoted(each) for each in arguments)
        line = f"{predicate}({written})." if arguments else f"{predicate}."
        self._lines.setdefault(self.about, []).append(line)

    def lines(self, part: Part | None = None) -> Iterator[str]:
        """Yield the facts, of a part or of all there is."""
        if part is None:
            yield from chain.from_iterable(self._lines.values())
            return
        wanted: set[About] = {("world",), *part.more, *(("question", name) for name in part.questions)}
        for rule in part.rules:
            wanted.add(("rule", rule))
            wanted |= self._items.get(rule, set())
        for about in sorted(wanted):
            yield from self._lines.get(about, ())

    def _question(self, question: Question, versions: list[Question]) -> None:
        self.about = ("question", question.id)
        if question.after_advice:
            self.say("after_advice", question.id)
        if question.kind is not Kind.SEVERAL:
            self.say("single", question.id)
            for value in self.cells.shared(question.id):
                self.say("value", question.id, value)
            return
        self.say("several", question.id)
        for option in question.option_ids:
            cell = option_cell(question.id, option)
            self.say("option", question.id, cell)
            if option == NONE:
                self.say("none", question.id, cell)
            elif any(option not in version.option_ids for version in versions):
                self.say("one_sided", question.id, cell)

    def _world(self, world: str, kb: KnowledgeBase) -> None:
        self.about = ("world",)
        self.say("world", world)
        self._safety(world, kb)
        for finding in kb.findings:
            self.about = ("finding", finding)
            self.say("finding", world, finding)
        self._recommendations(world, kb)
        for referral in kb.referrals.values():
            self.about = ("referral", referral.id)
            self.say("referral", world, referral.id, referral.level.value)
            if referral.level.stops:
                self.say("stops", referral.level.value)
        for rule in kb.rules.values():
            self.about = ("rule", rule.id)
            items = self._items.setdefault(rule.id, set())
            items.update(("finding", name) for name in (*rule.find, *findings_in(rule.when)))
            items.update(("recommendation", name) for name in (*rule.recommend, *rule.withhold))
            items.update(("referral", name) for name in rule.refer)
            node = self.condition(rule.when, world, rule.id)
            self.roots[world, rule.id] = node
            self.say("rule", world, rule.id, node)
            for finding in sorted(findings_wanted(rule)):
                self.say("wants", world, rule.id, finding)
            for named in sorted(signs_named(kb, rule)):
                self.say("names", world, rule.id, *self._cell_of(named))
            for predicate, names in (
                ("finds", rule.find),
                ("recommends", rule.recommend),
                ("refers", rule.refer),
                ("withholds", rule.withhold),
            ):
                for target in names:
                    self.say(predicate, world, rule.id, target)

    def _recommendations(self, world: str, kb: KnowledgeBase) -> None:
        for recommendation in kb.recommendations.values():
            if recommendation.closing:
                self.about = ("recommendation", recommendation.id)
                self.say("closing", world, recommendation.id)
            elif (attempt := attempt_name(recommendation.id)) in kb.questions:
                self.about = ("question", attempt)
                self.say("attempt", world, attempt, recommendation.id)

    def _safety(self, world: str, kb: KnowledgeBase) -> None:
        for name, condition in kb.follow_ups.items():
            self.about = ("question", name)
            node = self._behind[world, name] = self.condition(condition, world, "")
            self.say("asked_when", name, node)
            if name in kb.screens:
                self.say("screen_behind", world, name, node)
        for name in kb.safety_questions:
            self.about = ("question", name)
            if name in kb.safety_screens:
                self.say("screen", world, name)
            for word in signs_of(kb.questions[name]):
                self.say("sign", world, *self._cell_of(Sign(name, word)))

    def _cell_of(self, sign: Sign) -> tuple[str, str]:
        """Return the cell in which a sign stands, and what it holds then."""
        name, word = sign
        if self.cells.questions[name].kind is not Kind.SEVERAL or word == UNSURE:
            return name, word
        return option_cell(name, word.removesuffix("?")), UNSURE if word.endswith("?") else CHOSEN

    def condition(self, condition: Condition, world: str, rule: str) -> int:
        """Say what `condition` consists of, and return the number of its node."""
        node = self._node(world, rule, condition)
        match condition:
            case All(parts):
                self._parts("all", node, parts, world, rule)
            case AnyOf(parts):
                self._parts("any", node, parts, world, rule)
            case Not(part):
                self.say("negated", node, self.condition(part, world, rule))
            case Found(findings):
                self.say("any", node)
                for finding in findings:
                    reading = self._node(world, rule, finding)
                    self.say("part", node, reading)
                    self.say("reads", reading, world, finding)
            case Within(question) | Answered(question):
                self.say("asks", node, question)
                if self.worlds[world].questions[question].after_advice:
                    self.say("later", node)
                if (world, question) in self._behind:
                    self.say("behind", node, self._behind[world, question])
                self._answer(node, condition, world, rule)
        return node

    def _answer(self, node: int, condition: Within | Answered, world: str, rule: str) -> None:
        """Say which answers meet `condition`; one about a question that worlds ask unlike stays open in all of them."""
        question = condition.question
        if question in self.unlike:
            self._leaf(node, question, ())
        elif isinstance(condition, Within):
            admitted = self.cells.bands[question].admitted(condition)
            self._leaf(node, question, (*admitted, UNSURE) if condition.unsure else admitted)
        elif self.cells.questions[question].kind is Kind.SEVERAL:
            self._options(node, question, condition.options, world, rule)
        else:
            self._leaf(node, question, condition.options)

    def _node(self, world: str, rule: str, what: Condition | str) -> int:
        number = len(self.nodes) + 1
        self.nodes[number] = (world, rule, what)
        return number

    def _parts(self, word: str, node: int, parts: Iterable[Condition], world: str, rule: str) -> None:
        self.say(word, node)
        self.parts[node] = tuple(self.condition(part, world, rule) for part in parts)
        for part in self.parts[node]:
            self.say("part", node, part)

    def _leaf(self, node: int, cell: str, values: Iterable[str]) -> None:
        self.meeting[node] = tuple(values)
        self.say("leaf", node, cell)
        for value in self.meeting[node]:
            self.say("meets", node, value)

    def _options(self, node: int, question: str, options: Iterable[str], world: str, rule: str) -> None:
        """Options of a *several* question are alternatives, each in its own cell."""
        self.say("any", node)
        wanted: dict[str, list[str]] = {}
        for option in options:
            if option == UNSURE:
                wanted.setdefault(question, []).append(UNSURE)
            else:
                value = UNSURE if option.endswith("?") else CHOSEN
                wanted.setdefault(option_cell(question, option.removesuffix("?")), []).append(value)
        for cell, values in wanted.items():
            part = self._node(world, rule, cell)
            self.say("part", node, part)
            self._leaf(part, cell, values)


def _unlike(one: Question, other: Question | None) -> bool:
    """Say whether two versions of a question are answered in ways that cannot be compared."""
    return other is not None and (one.kind is not other.kind or (NONE in one.option_ids) != (NONE in other.option_ids))
