"""Measure what the recorded cases leave untried, and propose students who try it.

Every rule, and every condition in its `when`, can come out in two *ways*: it holds or it fails. An answer in a list,
such as `unsure` in `[rounded, unsure]`, is one more way for its line to hold. A way is *covered* if a case takes it.
One that no student there could be takes is *unreachable*, and no case is missing. For the others the smallest student
is looked for, and replayed in the engine before anyone hears of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from kb.inference.compiler import Sides, formula_of
from kb.inference.engine import Engine
from kb.inference.population import Population
from kb.interview.selection.witness import Search
from kb.language.source_positions import Path, Places, nodes_of
from kb.model.conditions import Answered, Condition, Found, Within
from kb.model.knowledge import Answer, Case, KnowledgeBase, Rule
from kb.model.problems import EngineError, Location
from kb.proof.students import THIS, Atom, Students
from kb.workbench.cases.failures import answer_text, line_text
from kb.workbench.cases.recording import recorded

MOST_PROPOSED = 12
"""Cases proposed at once: more than these nobody reviews in one sitting."""

_MOST_TRIED = 60
"""Students looked for before the most useful of them are chosen."""

_MOST_ANSWERS = 4
"""Different answers that are told of the cases that answer a question."""


class Way(msgspec.Struct, frozen=True):
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
        """Say whether this is a way of the rule itself."""
        return not self.path and self.item is None


class Gap(msgspec.Struct, frozen=True):
    """A way that no case takes: where it stands, what is missing, and why no case will do."""

    way: Way
    place: Location
    missing: str
    why: str = ""


class Topic(msgspec.Struct, frozen=True):
    """How many ways the rules of a topic have, as far as anyone can take them, and how many of them a case takes."""

    name: str
    ways: int
    covered: int

    @property
    def percent(self) -> str:
        """Return the share that is covered, rounded down: 100 only if nothing is left."""
        return f"{1000 * self.covered // self.ways / 10:g}" if self.ways else "100"


class Proposal(msgspec.Struct, frozen=True):
    """A case to add, and the gaps that it closes."""

    case: Case
    closes: tuple[Gap, ...]


class Covering(msgspec.Struct, frozen=True):
    """What cases cover: topic by topic, what they leave out, and what nobody can reach."""

    topics: tuple[Topic, ...]
    gaps: tuple[Gap, ...]
    unreachable: tuple[Gap, ...]
    proposals: tuple[Proposal, ...]

    @property
    def whole(self) -> Topic:
        """Return the sum of all topics."""
        return Topic("all", sum(topic.ways for topic in self.topics), sum(topic.covered for topic in self.topics))


def covering(engine: Engine, cases: Iterable[Case]) -> Covering:
    """Return what `cases` cover of the rules, and cases for the rest."""
    kb = engine.kb
    known = tuple(cases)
    population = Population(kb, engine.variables, [case.answers for case in known])
    ways = [way for rule in kb.rules.values() for way in ways_of(rule)]
    missing = [way for way in ways if not population.where(way.condition, way.holds)]
    seekers = Seekers(engine, missing) if missing else None
    unreachable = {way for way in missing if seekers is not None and not seekers.reachable(way)}
    told = _Told(kb, population, known)
    gaps = tuple(told.gap(way) for way in missing if way not in unreachable)
    return Covering(
        _topics(kb, (way for way in ways if way not in unreachable), {gap.way for gap in gaps}),
        gaps,
        tuple(told.gap(way) for way in missing if way in unreachable),
        _proposed(seekers, gaps, {case.id for case in known}) if seekers is not None else (),
    )


def _topics(kb: KnowledgeBase, ways: Iterable[Way], missing: set[Way]) -> tuple[Topic, ...]:
    counts: dict[str, list[bool]] = {}
    for way in ways:
        counts.setdefault(kb.rules[way.rule].topic, []).append(way not in missing)
    return tuple(Topic(name, len(covered), sum(covered)) for name, covered in counts.items())


# --- the ways ---------------------------------------------------------------------------------------------------------


def ways_of(rule: Rule) -> Iterator[Way]:
    """Yield every way of a rule and of the parts of its `when`, from the outside in, left to right."""
    for path, node in nodes_of(rule.when):
        yield Way(rule.id, path, node, node, holds=True)
        yield Way(rule.id, path, node, node, holds=False)
        listed = alternatives(node)
        if len(listed) > 1:
            for position, alternative in enumerate(listed):
                # The model keeps `unsure` apart from bounds, so which of the two came first is not known.
                item = path if isinstance(node, Within) else (*path, position)
                yield Way(rule.id, path, node, alternative, holds=True, item=item)


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


# --- what is missing, in words ----------------------------------------------------------------------------------------


class _Told:
    """Tells of gaps: their places, and what the cases do instead."""

    def __init__(self, kb: KnowledgeBase, population: Population, cases: Sequence[Case]) -> None:
        self.kb = kb
        self.population = population
        self.cases = cases
        self.places = Places()

    def gap(self, way: Way) -> Gap:
        """Return the gap that a way leaves that no case takes."""
        rule = self.kb.rules[way.rule]
        path = way.path if way.item is None else way.item
        place = rule.place if way.whole else self.places.of(rule, path)
        return Gap(way, place, self.missing(way), self.why(way))

    def missing(self, way: Way) -> str:
        """Say what no case does."""
        if way.whole:
            return f"no case in which rule “{way.rule}” {'fires' if way.holds else 'is ruled out'}"
        text = line_text(way.condition)
        short = text if len(text) <= 60 else f"{text[:59]}…"
        return f"no case in which “{short}” {'holds' if way.holds else 'fails'} (rule “{way.rule}”)"

    def why(self, way: Way) -> str:
        """Say what the cases do instead."""
        if not self.cases:
            return "there is no case"
        if isinstance(way.node, Answered | Within):
            return self.instead(way.node.question)
        holds, fails = (self.population.where(way.condition, side).bit_count() for side in (True, False))
        rest = len(self.cases) - holds - fails
        held, failed = ("fires", "is ruled out") if way.whole else ("holds", "fails")
        return f"it {held} in {_cases(holds)}, {failed} in {_cases(fails)}, and is open in {_cases(rest)}"

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
    return "no case" if not count else f"{count} case{'s' * (count != 1)}"


# --- cases for what is missing ----------------------------------------------------------------------------------------

_PROGRAM = """
% `wanted`: a way and the node that has to come out so; `within`: the line or the group that the way belongs to.
taken(K)   :- wanted(K,N,"holds"), holds(N).
taken(K)   :- wanted(K,N,"fails"), fails(N).
% A student tells most about a line if whether the rule holds depends on that line alone.
decides(N) :- rule(W,R,N).
decides(P) :- all(N), decides(N), part(N,P), holds(M) : part(N,M), M != P.
decides(P) :- any(N), decides(N), part(N,P), not holds(M) : part(N,M), M != P.
decides(M) :- negated(N,M), decides(N).
telling(K) :- taken(K), within(K,N), decides(N).
advised    :- world(W), not quiet(W).
"""


class Seekers:
    """All students there could be, and those of them that take certain ways."""

    def __init__(self, engine: Engine, ways: Sequence[Way]) -> None:
        self.engine = engine
        self.sides = Sides(engine.kb, engine.variables)
        self.numbers = {way: number for number, way in enumerate(ways)}
        self.formulas = {way: formula_of(way.condition, way.holds, engine.variables) for way in ways}
        self.students = Students(engine.kb, _PROGRAM)
        facts = self.students.facts
        nodes = self._nodes()
        for way, number in self.numbers.items():
            outer = nodes[way.rule, way.path]
            inner = outer if way.item is None else facts.condition(way.condition, THIS, way.rule)
            facts.say("wanted", number, inner, "holds" if way.holds else "fails")
            facts.say("within", number, outer)
        self._reached = {atom[1] for atom in self.students.possible("taken/1")}

    def _nodes(self) -> dict[tuple[str, Path], int]:
        """Return the number of each part of a rule: the program numbers them in the order in which they are met."""
        numbers: dict[str, list[int]] = {}
        for number, (_, rule, what) in self.students.facts.nodes.items():
            if not isinstance(what, str):
                numbers.setdefault(rule, []).append(number)
        return {
            (rule.id, path): number
            for rule in self.engine.kb.rules.values()
            for (path, _), number in zip(nodes_of(rule.when), numbers[rule.id])
        }

    def reachable(self, way: Way) -> bool:
        """Say whether any student takes `way`."""
        return str(self.numbers[way]) in self._reached

    def answers(self, way: Way) -> dict[str, Answer]:
        """Return what the smallest student answers who takes `way`, if possible one who shows it well.

        Raises:
            EngineError: if the engine does not see that student take it.
        """
        number = str(self.numbers[way])
        taken, telling, advised = ("taken", number), ("telling", number), ("advised",)
        goals: tuple[tuple[Atom, ...], ...] = ((telling, advised), (telling,), (taken, advised), (taken,))
        found = (self.students.smallest(*goal) for goal in goals)
        answers = next((each for each in found if each is not None), None)
        if answers is None or way not in self.taken(answers):
            message = f"the proof and the engine disagree about rule {way.rule}, for the answers {answers}."
            raise EngineError(f"{message} Please report this.")
        return answers

    def taken(self, answers: dict[str, Answer]) -> set[Way]:
        """Return the ways that the engine sees a student take."""
        search = Search(self.sides, self.engine.infer(answers))
        return {way for way, formula in self.formulas.items() if search.holds(formula, {})}


def _proposed(seekers: Seekers, gaps: Sequence[Gap], taken: set[str]) -> tuple[Proposal, ...]:
    """Return few cases that close as many of `gaps` as such a number can."""
    ways = {gap.way: gap for gap in gaps}
    tried: list[tuple[dict[str, Answer], set[Way]]] = []
    left = dict.fromkeys(ways)
    while left and len(tried) < _MOST_TRIED:
        answers = seekers.answers(next(iter(left)))
        tried.append((answers, seekers.taken(answers) & ways.keys()))
        left = {way: None for way in left if way not in tried[-1][1]}
    proposals: list[Proposal] = []
    closed: set[Way] = set()
    while tried and len(proposals) < MOST_PROPOSED:
        answers, closes = max(tried, key=lambda one: len(one[1] - closed))
        if closes <= closed:
            break
        told = tuple(gap for way, gap in ways.items() if way in closes - closed)
        proposals.append(Proposal(_case(seekers.engine, answers, told, taken), told))
        closed |= closes
    return tuple(proposals)


def _case(engine: Engine, answers: dict[str, Answer], closed: Sequence[Gap], taken: set[str]) -> Case:
    """Return what the program says to `answers` as a case with a name of its own."""
    name = stem = f"tries-{closed[0].way.rule}"
    count = 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(name)
    rules = tuple(dict.fromkeys(gap.way.rule for gap in closed))
    more = f" and {len(rules) - 1} more" * (len(rules) > 1)
    return recorded(engine, answers, name, f"Tries rule {rules[0]}{more}")
