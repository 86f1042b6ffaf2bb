"""The facts of knowledge bases, as the answer-set program in `proof.lp` reads them.

Several knowledge bases can stand side by side, each a *world* of its own name, all answered by one student.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from kb.inference.variables import CHOSEN, Variables, option_variable, several_wanted
from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Not, Within, findings_in
from kb.model.conditions import Any as AnyOf
from kb.model.danger import Sign, findings_wanted, signs_named, signs_of
from kb.model.knowledge import NONE, Kind, KnowledgeBase, Question, attempt_name

About = tuple[str, ...]
"""What a fact is about: ``("rule", "round-back")``."""

WHOLE: About = ("whole",)
"""What a fact is about that no part holds."""


class Part(NamedTuple):
    """Some rules and questions of a knowledge base, to be looked at alone, and what else facts may be about."""

    rules: frozenset[str]
    questions: frozenset[str]
    more: frozenset[About] = frozenset()


def quoted(text: str) -> str:
    """Return `text` as the program writes a constant."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Facts:
    """The facts of knowledge bases, line by line, and the node of each condition.

    `nodes` holds, by the number of a node, the world, the rule and the condition it stands for; `parts` the numbers of
    the parts of a node that has several, and `meeting` what meets a line about one variable. Facts are kept by what
    they are about, so that a part can be taken out.
    """

    def __init__(self, worlds: Mapping[str, KnowledgeBase]) -> None:
        self.worlds = worlds
        *others, last = worlds.values()
        self.variables = Variables(last, *others)
        self.unlike = {
            name
            for name, question in self.variables.questions.items()
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
        for question in self.variables.questions.values():
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
            for value in self.variables.shared(question.id):
                self.say("value", question.id, value)
            return
        self.say("several", question.id)
        for option in question.option_ids:
            variable = option_variable(question.id, option)
            self.say("option", question.id, variable)
            if option == NONE:
                self.say("none", question.id, variable)
            elif any(option not in version.option_ids for version in versions):
                self.say("one_sided", question.id, variable)

    def _world(self, world: str, kb: KnowledgeBase) -> None:
        self.about = ("world",)
        self.say("world", world)
        self._safety(world, kb)
        for finding in kb.findings:
            self.about = ("finding", finding)
            self.say("finding", world, finding)
        self._recommendations(world, kb)
        for name, known in kb.findings.items():
            if known.intermediate:
                self.about = ("finding", name)
                self.say("silent", world, name)
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
                self.say("names", world, rule.id, *self._variable_of(named))
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
                self.say("sign", world, *self._variable_of(Sign(name, word)))

    def _variable_of(self, sign: Sign) -> tuple[str, str]:
        """Return the variable in which a sign stands, and what it holds then."""
        name, word = sign
        if self.variables.questions[name].kind is not Kind.SEVERAL or word == UNSURE:
            return name, word
        return option_variable(name, word.removesuffix("?")), UNSURE if word.endswith("?") else CHOSEN

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

    def nodes_by_rule(self) -> dict[str, list[int]]:
        """Return the nodes of the conditions in each rule, from the outside in, left to right."""
        numbers: dict[str, list[int]] = {}
        for number, (_, rule, what) in self.nodes.items():
            if not isinstance(what, str):
                numbers.setdefault(rule, []).append(number)
        return numbers

    def _answer(self, node: int, condition: Within | Answered, world: str, rule: str) -> None:
        """Say which answers meet `condition`; one about a question that worlds ask unlike stays open in all of them."""
        question = condition.question
        if question in self.unlike:
            self._leaf(node, question, ())
        elif isinstance(condition, Within):
            admitted = self.variables.bands[question].admitted(condition)
            self._leaf(node, question, (*admitted, UNSURE) if condition.unsure else admitted)
        elif self.variables.questions[question].kind is Kind.SEVERAL:
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

    def _leaf(self, node: int, variable: str, values: Iterable[str]) -> None:
        self.meeting[node] = tuple(values)
        self.say("leaf", node, variable)
        for value in self.meeting[node]:
            self.say("meets", node, value)

    def _options(self, node: int, question: str, options: Iterable[str], world: str, rule: str) -> None:
        """Options of a *several* question are alternatives, each in its own variable."""
        self.say("any", node)
        for variable, values in several_wanted(question, options).items():
            part = self._node(world, rule, variable)
            self.say("part", node, part)
            self._leaf(part, variable, values)


def _unlike(one: Question, other: Question | None) -> bool:
    """Say whether two versions of a question are answered in ways that cannot be compared."""
    return other is not None and (one.kind is not other.kind or (NONE in one.option_ids) != (NONE in other.option_ids))
