"""Measure what the recorded cases leave untried, and propose students who try it.

Every rule, and every condition in its `when`, can come out in two *branches*: it holds or it fails. An answer in a
list, such as `unsure` in `[rounded, unsure]`, is one more branch of its line. A branch is *covered* if a case takes it.
One that no student there could be takes is *unreachable*, and no case is missing. For the others the smallest student
is looked for, and replayed in the engine before anyone hears of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from kb.inference.compiler import Sides, formula_of
from kb.inference.engine import Engine
from kb.inference.population import Population
from kb.interview.selection.witness import Search
from kb.language.conditions import Places
from kb.model.conditions import Answered, Condition, Found, Path, Within, nodes_of
from kb.model.knowledge import Answer, Case, KnowledgeBase, Rule
from kb.model.problems import EngineError, Location
from kb.proof.students import THIS, Atom, Students, program
from kb.text.wrapping import counted
from kb.workbench.cases.failures import answer_text, line_text
from kb.workbench.cases.replay import free_name, recorded

MOST_PROPOSED = 12
"""Cases proposed at once: more than these nobody reviews in one sitting."""

_MOST_TRIED = 60
"""Students looked for before the most useful of them are chosen."""

_MOST_ANSWERS = 4
"""Different answers that are told of the cases that answer a question."""


class Branch(msgspec.Struct, frozen=True):
    """One way for a part of a rule to come out.

    `node` is the part, and `path` says where in the rule's `when` it stands. `condition` is the part itself, or one
    answer out of the list in it; `item` is then the path to that answer.
    """

    rule: str
    path: Path
    node: Condition
    condition: Condition
    holds: bool
    item: Path | None = None

    @property
    def whole(self) -> bool:
        """Say whether this is a branch of the rule itself."""
        return not self.path and self.item is None


class Gap(msgspec.Struct, frozen=True):
    """A branch that no case takes: where it stands, what is missing, and why no case will do."""

    branch: Branch
    place: Location
    missing: str
    why: str = ""


class Topic(msgspec.Struct, frozen=True):
    """How many branches the rules of a topic have that anyone can take, and how many of them a case takes."""

    name: str
    branches: int
    covered: int

    @property
    def percent(self) -> str:
        """Return the share that is covered, rounded down: 100 only if nothing is left."""
        return f"{1000 * self.covered // self.branches / 10:g}" if self.branches else "100"


class Proposal(msgspec.Struct, frozen=True):
    """A case to add, and the gaps that it closes."""

    case: Case
    closes: tuple[Gap, ...]


class Coverage(msgspec.Struct, frozen=True):
    """What cases cover: topic by topic, what they leave out, and what nobody can reach."""

    topics: tuple[Topic, ...]
    gaps: tuple[Gap, ...]
    unreachable: tuple[Gap, ...]
    proposals: tuple[Proposal, ...]

    @property
    def whole(self) -> Topic:
        """Return the sum of all topics."""
        return Topic("all", sum(topic.branches for topic in self.topics), sum(topic.covered for topic in self.topics))


def coverage_of(engine: Engine, cases: Iterable[Case]) -> Coverage:
    """Return what `cases` cover of the rules, and cases for the rest."""
    kb = engine.kb
    known = tuple(cases)
    population = Population(kb, engine.variables, [case.answers for case in known])
    branches = [branch for rule in kb.rules.values() for branch in branches_of(rule)]
    missing = [branch for branch in branches if not population.where(branch.condition, branch.holds)]
    if not missing:
        return Coverage(_topics(kb, branches, set()), (), (), ())
    finder = WitnessFinder(engine, missing)
    text = _GapText(kb, population, known)
    gaps, unreachable = (
        tuple(text.gap(branch) for branch in missing if finder.reachable(branch) is can) for can in (True, False)
    )
    topics = _topics(kb, branches, {gap.branch for gap in gaps}, {gap.branch for gap in unreachable})
    return Coverage(topics, gaps, unreachable, _proposed(finder, gaps, {case.id for case in known}))


def _topics(
    kb: KnowledgeBase, branches: Iterable[Branch], missing: Container[Branch], unreachable: Container[Branch] = ()
) -> tuple[Topic, ...]:
    counts: dict[str, list[bool]] = {}
    for branch in branches:
        if branch not in unreachable:
            counts.setdefault(kb.rules[branch.rule].topic, []).append(branch not in missing)
    return tuple(Topic(name, len(covered), sum(covered)) for name, covered in counts.items())


def branches_of(rule: Rule) -> Iterator[Branch]:
    """Yield every branch of a rule and of the parts of its `when`, from the outside in, left to right."""
    for path, node in nodes_of(rule.when):
        yield Branch(rule.id, path, node, node, holds=True)
        yield Branch(rule.id, path, node, node, holds=False)
        listed = alternatives(node)
        if len(listed) > 1:
            for position, alternative in enumerate(listed):
                # The model keeps `unsure` apart from bounds, so which of the two came first is not known.
                item = path if isinstance(node, Within) else (*path, position)
                yield Branch(rule.id, path, node, alternative, holds=True, item=item)


def alternatives(condition: Condition) -> tuple[Condition, ...]:
    """Return a line for each answer (or finding) that the list in one line names."""
    match condition:
        case Answered(question, options):
            return tuple(Answered(question, (option,)) for option in options)
        case Within(question, unsure=True) if condition != Within(question, unsure=True):
            return replace(condition, unsure=False), Within(question, unsure=True)
        case Found(findings):
            return tuple(Found((finding,)) for finding in findings)
    return (condition,)


class _GapText:
    """Tells of gaps: their places, and what the cases do instead."""

    def __init__(self, kb: KnowledgeBase, population: Population, cases: Sequence[Case]) -> None:
        self.kb = kb
        self.population = population
        self.cases = cases
        self.places = Places()

    def gap(self, branch: Branch) -> Gap:
        """Return the gap that a branch leaves that no case takes."""
        rule = self.kb.rules[branch.rule]
        path = branch.path if branch.item is None else branch.item
        place = rule.place if branch.whole else self.places.of(rule, path)
        held, failed = ("fires", "is ruled out") if branch.whole else ("holds", "fails")
        verb = held if branch.holds else failed
        text = line_text(branch.condition)
        short = text if len(text) <= 60 else f"{text[:59]}…"
        what = f"rule “{rule.id}” {verb}" if branch.whole else f"“{short}” {verb} (rule “{rule.id}”)"
        holds, fails = (self.population.where(branch.condition, side).bit_count() for side in (True, False))
        rest = len(self.cases) - holds - fails
        why = f"it {held} in {_cases(holds)}, {failed} in {_cases(fails)}, and is open in {_cases(rest)}"
        if not self.cases:
            why = "there is no case"
        elif isinstance(branch.node, Answered | Within):
            why = self.instead(branch.node.question)
        return Gap(branch, place, f"no case in which {what}", why)

    def instead(self, question: str) -> str:
        """Say how cases answer a question."""
        answers = [case.answers[question] for case in self.cases if question in case.answers]
        counts = Counter(word for answer in answers for word in _words(answer))
        if not counts:
            return f"no case answers {question}" if not answers else f"{_cases(len(answers))} answer it with nothing"
        verb = "answers" if len(answers) == 1 else "answer"
        said = counts.most_common(_MOST_ANSWERS)
        more = ", and others" * (len(counts) > len(said))
        if len(counts) == 1:
            return f"{_cases(len(answers))} {verb} it, {'all ' * (len(answers) > 1)}with {said[0][0]}"
        told = ", ".join(f"{count} with {word}" for word, count in said)
        return f"{_cases(len(answers))} {verb} it: {told}{more}"


def _words(answer: Answer) -> tuple[str, ...]:
    return answer if isinstance(answer, tuple) else (answer_text(answer),)


def _cases(count: int) -> str:
    return "no case" if not count else counted(count, "case")


class WitnessFinder:
    """All students there could be, and those of them that take certain branches."""

    def __init__(self, engine: Engine, branches: Sequence[Branch]) -> None:
        self.engine = engine
        self.sides = Sides(engine.kb, engine.variables)
        self.numbers = {branch: number for number, branch in enumerate(branches)}
        self.formulas = {branch: formula_of(branch.condition, branch.holds, engine.variables) for branch in branches}
        self.students = Students(engine.kb, program(__file__, "coverage.lp"))
        facts = self.students.facts
        nodes = self._nodes()
        for branch, number in self.numbers.items():
            outer = nodes[branch.rule, branch.path]
            inner = outer if branch.item is None else facts.condition(branch.condition, THIS, branch.rule)
            facts.say("wanted", number, inner, "holds" if branch.holds else "fails")
            facts.say("within", number, outer)
        self._reached = {atom[1] for atom in self.students.possible("taken/1")}

    def _nodes(self) -> dict[tuple[str, Path], int]:
        """Return the number of each part of a rule: the program numbers them in the order in which they are met."""
        numbers = self.students.facts.nodes_by_rule()
        return {
            (rule.id, path): number
            for rule in self.engine.kb.rules.values()
            for (path, _), number in zip(nodes_of(rule.when), numbers[rule.id])
        }

    def reachable(self, branch: Branch) -> bool:
        """Say whether any student takes `branch`."""
        return str(self.numbers[branch]) in self._reached

    def answers(self, branch: Branch) -> dict[str, Answer]:
        """Return what the smallest student answers who takes `branch`, if possible one who shows it well.

        Raises:
            EngineError: if the engine does not see that student take it.
        """
        number = str(self.numbers[branch])
        taken, telling, advised = ("taken", number), ("telling", number), ("advised",)
        goals: tuple[tuple[Atom, ...], ...] = ((telling, advised), (telling,), (taken, advised), (taken,))
        found = (self.students.smallest(*goal) for goal in goals)
        answers = next((each for each in found if each is not None), None)
        if answers is None or branch not in self.taken(answers):
            message = f"the proof and the engine disagree about rule {branch.rule}, for the answers {answers}."
            raise EngineError(f"{message} Please report this.")
        return answers

    def taken(self, answers: dict[str, Answer]) -> set[Branch]:
        """Return the branches that the engine sees a student take."""
        search = Search(self.sides, self.engine.infer(answers))
        return {branch for branch, formula in self.formulas.items() if search.holds(formula, {})}


def _proposed(finder: WitnessFinder, gaps: Sequence[Gap], taken: set[str]) -> tuple[Proposal, ...]:
    """Return few cases that close as many of `gaps` as such a number can."""
    branches = {gap.branch: gap for gap in gaps}
    tried: list[tuple[dict[str, Answer], set[Branch]]] = []
    left = dict.fromkeys(branches)
    while left and len(tried) < _MOST_TRIED:
        answers = finder.answers(next(iter(left)))
        tried.append((answers, finder.taken(answers) & branches.keys()))
        left = {branch: None for branch in left if branch not in tried[-1][1]}
    proposals: list[Proposal] = []
    closed: set[Branch] = set()
    while tried and len(proposals) < MOST_PROPOSED:
        answers, closes = max(tried, key=lambda one: len(one[1] - closed))
        if closes <= closed:
            break
        told = tuple(gap for branch, gap in branches.items() if branch in closes - closed)
        proposals.append(Proposal(_case(finder.engine, answers, told, taken), told))
        closed |= closes
    return tuple(proposals)


def _case(engine: Engine, answers: dict[str, Answer], closed: Sequence[Gap], taken: set[str]) -> Case:
    """Return what the program says to `answers` as a case with a name of its own."""
    name = free_name(f"tries-{closed[0].branch.rule}", taken)
    taken.add(name)
    rules = tuple(dict.fromkeys(gap.branch.rule for gap in closed))
    more = f" and {len(rules) - 1} more" * (len(rules) > 1)
    return recorded(engine, answers, name, f"Tries rule {rules[0]}{more}")
