"""What the checks know of a knowledge base, worked out once and only when it is needed.

A check asks two kinds of things of the program of all students: what is possible for anybody, and who the smallest
student is for whom something is so. That student is replayed in the engine before anybody hears of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from kb.inference.engine import Engine, Inference
from kb.inference.outcome import Advice, decide
from kb.interview.session import Session
from kb.language.conditions import Places
from kb.model.conditions import (
    UNSURE,
    All,
    Answered,
    Condition,
    Found,
    Truth,
    findings_in,
    leaves,
    nodes_of,
    questions_in,
)
from kb.model.conditions import Path as PartPath
from kb.model.dependencies import Dependencies
from kb.model.knowledge import Answer, KnowledgeBase, Rule
from kb.model.packs import Pack
from kb.model.problems import EngineError, Problem
from kb.proof.facts import WHOLE, About, quoted
from kb.proof.parts import Parts, Possible
from kb.proof.simple_rules import plain_student
from kb.proof.students import THIS, Atom, Students, program
from kb.workbench.authoring.yaml_text import case_text
from kb.workbench.cases.replay import RuleCoverage, recorded, rule_coverage
from kb.workbench.checks.subsumption import Subsumption, subsumption

AT_THE_END = ("lost/1", "lost/2", "lost_otherwise/1", "lost_otherwise/2", "empty_handed/2")


class Analysis:
    """A knowledge base, and what is possible in it for anybody."""

    def __init__(self, kb: KnowledgeBase, engine: Engine | None = None) -> None:
        self.kb = kb
        self.engine = engine or Engine(kb)
        self.places = Places()

    @cached_property
    def students(self) -> Students:
        """Return all students, whatever they answered."""
        return self.prepared()

    @cached_property
    def thorough(self) -> Students:
        """Return the students who answered everything that is asked before the advice."""
        return self.prepared(complete=True)

    def prepared(self, more: Iterable[Atom] = (), *, complete: bool = False) -> Students:
        """Return students of whom the checks can ask what they need, with the facts `more`."""
        extra = "".join(f"{predicate}({','.join(map(quoted, names))}). " for predicate, *names in more)
        students = Students(self.kb, f"{program(__file__, 'checks.lp')}\n{extra}", complete=complete)
        for about, predicate, atoms in self._facts():
            students.facts.about = about
            students.facts.say(predicate, *atoms)
        for pack in self.kb.packs:
            if pack.complaint is not None:
                students.facts.about = ("complaint", pack.id)
                students.facts.say("complaint", THIS, students.facts.condition(pack.complaint, THIS, pack.id))
        students.facts.about = WHOLE
        return students

    def _facts(self) -> Iterator[tuple[About, str, tuple[str, ...]]]:
        for kind, items in (("finding", self.kb.findings), ("recommendation", self.kb.recommendations)):
            for item in items.values():
                for other in item.not_with:
                    yield (kind, item.id), "contradicts", (THIS, kind, item.id, other)
        for finding in self.parts.for_referral:
            yield ("finding", finding), "for_referral", (THIS, finding)
        for finding in self.parts.awaited:
            yield ("finding", finding), "awaited", (THIS, finding)
        for name in dict.fromkeys(name for rule in self.kb.rules.values() for name in rule.withhold):
            yield ("recommendation", name), "ever_barred", (THIS, name)

    # --- what is possible ---------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> Parts:
        """Return what the rules rest on, and the parts that can be looked at alone."""
        return Parts(self.kb)

    @cached_property
    def possible(self) -> set[Atom]:
        """Return what is possible for anybody."""
        return self._possible.atoms

    @cached_property
    def possible_at_the_end(self) -> set[Atom]:
        """Return what is possible for someone who answered everything."""
        lines = self._possible.lines
        return lines | self.thorough.possible(*AT_THE_END) if self._perhaps_with_nothing else lines

    @cached_property
    def _possible(self) -> Possible:
        return Possible(self.kb, self.parts, self.students)

    @property
    def _perhaps_with_nothing(self) -> bool:
        """Say whether the parts leave it open that somebody goes away with nothing."""
        if any(self.kb.questions[screen].after_advice for screen in self.kb.safety_screens):
            return True
        return bool(self._possible.open) or any(map(self._perhaps_in_vain, self.kb.packs))

    def _perhaps_in_vain(self, pack: Pack) -> bool:
        """Say whether those who answer only what the complaint of `pack` rests on may get nothing."""
        if pack.complaint is None:
            return False
        part = self.parts.around_condition(pack.complaint)
        about = {("complaint", pack.id), *(("finding", name) for name in findings_in(pack.complaint))}
        return bool(self.students.possible("could_be_empty/2", part=part._replace(more=frozenset(about))))

    @cached_property
    def never(self) -> frozenset[str]:
        """Return the rules that nobody meets."""
        return frozenset(rule for rule in self.kb.rules if ("fires", THIS, rule) not in self.possible)

    @cached_property
    def lines_met(self) -> set[tuple[str, Condition | str]]:
        """Return the lines that somebody meets of rules that nobody meets, each with its rule."""
        parts = self.parts.enough_for((rule for rule in self.kb.rules if rule in self.never), ())
        held = {atom[1] for part in parts for atom in self.students.possible("holds/1", part=part)}
        nodes = self.students.facts.nodes
        return {(rule, condition) for number, (_, rule, condition) in nodes.items() if str(number) in held}

    @cached_property
    def never_found(self) -> frozenset[str]:
        """Return the findings that nobody has, since no rule finds them or none that does is ever met."""
        kb, never = self.kb, self.never
        return frozenset(name for name in kb.findings if all(rule.id in never for rule in kb.rules_finding(name)))

    def waits_in_vain(self, condition: Condition) -> bool:
        """Say whether `condition` rests on a finding that nobody has: then it is what finds it that is wrong."""
        return not self.never_found.isdisjoint(findings_in(condition))

    @cached_property
    def idle(self) -> dict[str, list[tuple[str, str]]]:
        """Return the rules that do something nobody notices, each with these effects.

        Of rules that should go nothing is said, nor that nobody has withheld from them what nobody is given anyway.
        """
        given = {atom[4] for atom in self.possible if atom[0] == "noticed" and atom[3] == "recommend"}
        idle = {
            rule.id: [
                (effect, name)
                for effect, name in rule.effects
                if ("noticed", THIS, rule.id, effect, name) not in self.possible
                and (effect != "withhold" or name in given)
            ]
            for rule in self.kb.rules.values()
            if rule.id not in self.needless
        }
        return {rule: unnoticed for rule, unnoticed in idle.items() if unnoticed}

    @cached_property
    def in_doubt(self) -> set[str]:
        """Return the questions that a rule asks in vain, since it never holds or nobody notices what it does.

        Whoever goes away with nothing after these may do so because of that rule.
        """
        vain = [name for name, unnoticed in self.idle.items() if any(effect != "withhold" for effect, _ in unnoticed)]
        return set().union(*map(self.kb.kept(Dependencies).asks, (*self.never, *vain)))

    @cached_property
    def options_read(self) -> dict[str, set[str]]:
        """Return the questions that rules or follow-ups read, each with the options that are named."""
        read: dict[str, set[str]] = {}
        for condition in (*(rule.when for rule in self.kb.rules.values()), *self.kb.follow_ups.values()):
            for leaf in leaves(condition):
                if not isinstance(leaf, Found):
                    named = leaf.options if isinstance(leaf, Answered) else ()
                    read.setdefault(leaf.question, set()).update(option.removesuffix("?") for option in named)
        return read

    @cached_property
    def unheeded(self) -> dict[str, list[str]]:
        """Return the danger signs for which advice waits in vain, by variable: the sure value before `unsure`."""
        found: dict[str, list[str]] = {}
        signs = (atom for atom in self.possible if atom[0] == "forgotten")
        for _, _, variable, value in sorted(signs, key=lambda atom: (atom[3] == UNSURE, atom)):
            found.setdefault(variable, []).append(value)
        return found

    @cached_property
    def empty_handed(self) -> list[tuple[str, str, Condition]]:
        """Return the complaints with which somebody goes away with nothing: their node, their pack, the complaint."""
        nodes = self.students.facts.nodes
        numbers = sorted((atom[2] for atom in self.possible_at_the_end if atom[0] == "empty_handed"), key=int)
        found = [(number, *nodes[int(number)][1:]) for number in numbers]
        return [(number, pack, what) for number, pack, what in found if not isinstance(what, str)]

    @property
    def unheeded_questions(self) -> set[str]:
        """Return the questions with such danger signs."""
        return {variable.partition("/")[0] for variable in self.unheeded}

    @cached_property
    def missed(self) -> set[str]:
        """Return the questions after which a rule is missed by somebody who has a complaint or a danger sign."""
        return self.unheeded_questions.union(
            *(self.kb.kept(Dependencies).asked_by(complaint) for _, _, complaint in self.empty_handed)
        )

    @cached_property
    def screened(self) -> tuple[Atom, ...]:
        """Return the atoms of someone who answered every safety screen, so that advice can be shown."""
        return tuple(("answered", screen) for screen in self.kb.safety_screens)

    def nodes(self) -> Iterator[tuple[int, Rule, PartPath, Condition]]:
        """Yield the conditions on which some rule depends for somebody, from the outside in, each with its path.

        On others nothing depends, since something around them is at fault. Of rules that should go it is not said what
        should go from them; nor can rules about the time after the advice be told from the answers before it.
        """
        numbers = self.students.facts.nodes_by_rule()
        for rule in self.kb.rules.values():
            later = any(self.kb.questions[asked].after_advice for asked in questions_in(rule.when))
            if later or rule.id in self.needless:
                continue
            for number, (path, condition) in zip(numbers[rule.id], nodes_of(rule.when)):
                if ("makes_rule", str(number)) in self.possible_at_the_end and not self.waits_in_vain(condition):
                    yield number, rule, path, condition

    @cached_property
    def always_true(self) -> dict[str, tuple[PartPath, Condition]]:
        """Return the rules that have a line which is always true there, each with one such line and its path.

        What else is always true in the same rule may be so because of that one. Of two that say the same it is the
        later.
        """
        facts = self.students.facts
        lines = {part for node, parts in facts.parts.items() if isinstance(facts.nodes[node][2], All) for part in parts}
        lines.update(facts.roots.values())
        found: dict[str, tuple[PartPath, Condition]] = {}
        for number, rule, path, condition in self.nodes():
            if number in lines and ("stops_rule", str(number)) not in self.possible_at_the_end:
                known = found.get(rule.id)
                if known is None or len(known[0]) == len(path):
                    found[rule.id] = path, condition
        return found

    @cached_property
    def subsumption(self) -> Subsumption:
        """Return the rules that others make needless."""
        no_addition = (rule for rule in self.kb.rules if ("adds", THIS, rule) not in self.possible)
        suspects = [rule for rule in no_addition if rule not in self.never]
        return subsumption(self.kb, suspects, self.parts, self.prepared)

    @property
    def needless(self) -> set[str]:
        """Return the rules that should go, so that nothing else need be said of them."""
        return {*self.never, *self.subsumption.by_one, *self.subsumption.by_several}

    @cached_property
    def rule_coverage(self) -> tuple[RuleCoverage, ...]:
        """Return which cases make each rule fire, and which miss it by one line."""
        return rule_coverage(self.engine, self.kb.cases)

    # --- a student to show --------------------------------------------------------------------------------------------

    def case(
        self,
        name: str,
        title: str,
        goal: Sequence[Atom],
        shows: Callable[[Inference, Advice], bool],
        *,
        ended: bool = False,
        rule: str = "",
        answers: dict[str, Answer] | None = None,
    ) -> str:
        """Return the case of the smallest student for whom `goal` is so, or nothing if there is none.

        `shows` says of what the engine makes of that student whether it is so. With `ended` the student has answered
        whatever an interview asks, or everything where that alone does not show it. Where `goal` is about one `rule`,
        only what this rests on is looked at; where that student is known already, `answers` are theirs.

        Raises:
            EngineError: if the engine sees it otherwise. One of the two is wrong then, and it has to be said.
        """
        students = self.thorough if ended else self.students
        if answers is None:
            answers = students.smallest(*goal, part=self.parts.around(rule) if rule else None)
        if answers is None:
            return ""
        for told in (self._as_interviewed(answers), answers) if ended else (answers,):
            inference = self.engine.infer(told)
            if shows(inference, decide(self.kb, inference)):
                return case_text(recorded(self.engine, told, name, title))
        message = f"the proof and the engine disagree about {name}, for the answers {answers}. Please report this."
        raise EngineError(message)

    def who_meets(self, rule: str, name: str, title: str, *besides: Atom) -> str:
        """Return the case of the smallest student who meets `rule`, and for whom `besides` is so."""
        known = besides in ((), self.screened)
        return self.case(
            name,
            title,
            [("fires", THIS, rule), *besides],
            lambda inference, _: inference.rules[rule] is Truth.HOLDS,
            rule=rule,
            answers=plain_student(self.kb, self.engine.variables, rule, besides == self.screened) if known else None,
        )

    def _as_interviewed(self, answers: dict[str, Answer]) -> dict[str, Answer]:
        """Return those of `answers` that an interview would have asked for, in the order of asking."""
        session = Session.begin(self.engine)
        while question := session.next_question():
            session = session.answer(question.id, answers[question.id])
        return dict(session.answers)


Check = Callable[[Analysis], Iterable[Problem]]
"""Finds all problems of one kind."""


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them."""
    *others, last = [f"“{name}”" for name in names]
    return f"{', '.join(others)} and {last}" if others else last
