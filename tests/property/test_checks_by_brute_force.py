"""What the checks prove of small knowledge bases, tried on every student there could be.

Nothing here asks the solver: every set of answers goes through the engine, and what a kind of fault means is said once
more, as plainly as can be. Where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kb.inference.engine import Engine, Inference
from kb.inference.outcome import Advice, decide, shown_findings, unscreened
from kb.inference.population import Population
from kb.inference.variables import Variables
from kb.model.conditions import (
    UNSURE,
    All,
    Answered,
    Condition,
    Found,
    Not,
    Truth,
    Within,
    as_written,
    findings_in,
    leaves_with_side,
    questions_in,
)
from kb.model.conditions import Any as AnyOf
from kb.model.danger import Sign, unheeded
from kb.model.knowledge import Answers, Case, Kind, KnowledgeBase, Outcome, Question, Rule
from kb.model.problems import Problem
from kb.workbench.cases.replay import replay
from kb.workbench.checks import check
from tests.helpers import load_text
from tests.property.agreement import everyone
from tests.property.strategies import conditions, knowledge_bases

pytestmark = pytest.mark.law

MOST = 250
"""More students than this are too many to try."""


@st.composite
def declared(draw: st.DrawFn) -> KnowledgeBase:
    """Return a knowledge base that may declare contradictions and who comes with a complaint."""
    kb = draw(knowledge_bases())
    for section in ("findings", "recommendations"):
        names = list(getattr(kb, section))
        if len(names) > 1 and draw(st.booleans()):
            one, other = draw(st.permutations(names))[:2]
            items = getattr(kb, section)
            kb = replace(kb, **{section: {**items, one: replace(items[one], not_with=(other,))}})
    if draw(st.booleans()):
        complaint = draw(conditions(tuple(kb.questions.values()), tuple(kb.findings)))
        kb = replace(kb, packs=(replace(kb.packs[0], complaint=complaint),))
    return kb


class Student:
    """Somebody, and what the engine says to them."""

    def __init__(self, engine: Engine, answers: Answers) -> None:
        self.kb = engine.kb
        self.answers = answers
        self.variables = engine.variables.of(answers)
        self.inference: Inference = engine.infer(answers)
        self.advice: Advice = decide(engine.kb, self.inference)

    @cached_property
    def fires(self) -> set[str]:
        return {name for name, truth in self.inference.rules.items() if truth is Truth.HOLDS}

    @cached_property
    def firm(self) -> set[str]:
        return self.fires - self.inference.provisional

    @cached_property
    def found(self) -> set[str]:
        return {name for name, truth in self.inference.findings.items() if truth is Truth.HOLDS}

    @cached_property
    def quiet(self) -> bool:
        """Say whether nothing is said about the pose: stopped, or not screened yet."""
        return self.advice.outcome.stops or self.unscreened or bool(self.unheeded)

    @cached_property
    def unheeded(self) -> tuple[Sign, ...]:
        """Return the signs of danger for which no rule refers, also beside a stop."""
        return unheeded(self.kb, self.answers, self.inference.holding)

    @cached_property
    def unscreened(self) -> bool:
        return bool(unscreened(self.kb, self.answers, self.inference.given))

    @cached_property
    def said(self) -> dict[str, object]:
        """Return what rules conclude for this student, and how firmly."""
        rules = self.kb.rules
        return {
            "found": self.found,
            "found firmly": {name for rule in self.firm for name in rules[rule].find},
            "recommended": {name for rule in self.fires for name in rules[rule].recommend},
            "recommended firmly": {name for rule in self.firm for name in rules[rule].recommend},
            "referred": {name for rule in self.fires for name in rules[rule].refer},
            "withheld": {name for rule in self.fires for name in rules[rule].withhold},
        }

    def answered_all(self) -> bool:
        return all(question.after_advice or question.id in self.answers for question in self.kb.questions.values())

    def at_the_end(self) -> bool:
        """Say whether all is answered that is asked before the advice, and nothing that is not."""
        return all((question.id in self.answers) == self.is_asked(question) for question in self.kb.questions.values())

    def is_asked(self, question: Question) -> bool:
        return not question.after_advice and (question.asked_when is None or self.meets(question.asked_when))

    def meets(self, condition: Condition) -> bool:
        return Population(self.kb, Variables(self.kb), [self.answers]).where(condition) == 1

    def complains(self) -> bool:
        complaint = self.kb.packs[0].complaint
        return complaint is not None and self.meets(complaint)


class Tried:
    """A knowledge base with all its students, and what the checks said of it."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.engine = Engine(kb)
        self.students = [Student(self.engine, answers) for answers in everyone(kb.questions.values(), MOST)]
        assume(self.students)
        self.problems = check(kb)
        self.met = {rule for student in self.students for rule in student.fires}

    def named(self, kind: str, also: Iterable[str] = ()) -> list[list[str]]:
        """Return the words in quotes in each message of one kind."""
        return [quotes(problem) for problem in self.problems if problem.id in (kind, *also)]


def quotes(problem: Problem) -> list[str]:
    return words_in_quotes(problem.message)


def words_in_quotes(text: str) -> list[str]:
    return [part.partition("”")[0] for part in text.split("“")[1:]]


@given(declared())
@settings(max_examples=80, deadline=None)
def test_checks__tried_on_every_student__say_what_is_so(kb: KnowledgeBase) -> None:
    tried = Tried(kb)
    never_fires(tried)
    idle_effects(tried)
    incompatible(tried)
    advice_beside_danger(tried)
    unscreened_stop(tried)
    leads_nowhere(tried)
    gets_nothing(tried)
    needless_rules(tried)
    idle_parts(tried)
    no_part_more(tried)
    witnesses(tried)


# --- kind by kind -----------------------------------------------------------------------------------------------------


def never_fires(tried: Tried) -> None:
    kb = tried.kb
    unmet = [rule for rule in kb.rules.values() if rule.id not in tried.met]
    vain = {name for name in kb.findings if all(rule.id not in tried.met for rule in kb.rules_finding(name))}
    own_fault = [rule.id for rule in unmet if vain.isdisjoint(findings_in(rule.when))]
    named = [names[0] for names in tried.named("never-fires")]
    assert set(own_fault) <= set(named) <= {rule.id for rule in unmet}


def idle_effects(tried: Tried) -> None:
    """Who hides an effect is named: the rules that hide it from everybody who should notice, if there are such.

    Where it is only a sign of danger for which no rule refers that hides it, this sign is what is said.
    """
    kb = tried.kb
    needless = {names[0] for names in tried.named("subsumed-rule", ["rule-adds-nothing"])}
    given_to = {name for student in tried.students for name in student.advice.given}
    idle: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for rule in (kb.rules[name] for name in tried.met - needless):
        for effect in ("find", "recommend", "refer", "withhold"):
            for name in getattr(rule, effect):
                due = [student for student in tried.students if is_due(student, rule, effect, name)]
                vain = effect == "withhold" and name not in given_to
                meeting = [student for student in tried.students if rule.id in student.fires]
                if effect != "refer" and all(student.unscreened or student.unheeded for student in meeting):
                    stopped = all(student.unscreened or student.advice.outcome.stops for student in meeting)
                    assert stopped or tried.named("advice-beside-danger"), rule.id
                elif not vain and not any(notices(student, rule, effect, name) for student in due):
                    hiding = [hiders(student, effect, name) for student in due]
                    always = set.intersection(*hiding) if hiding else set()
                    by = ["by others"] if hiding and not always else sorted(always)
                    idle.setdefault((rule.id, tuple(by)), set()).add(name)
    said = {}
    for problem in tried.problems:
        if problem.id == "idle-effect":
            done, _, why = problem.message.partition(": ")
            rule_id, *effects = words_in_quotes(done)
            by = ["by others"] if why.endswith("another rule.") else sorted(words_in_quotes(why))
            said[rule_id, tuple(by)] = set(effects)
    assert said == idle


def is_due(student: Student, rule: Rule, effect: str, name: str) -> bool:
    """Say whether `student` would notice what `rule` does, if nothing hid it."""
    if rule.id not in student.fires or (effect != "refer" and (student.unscreened or student.unheeded)):
        return False
    return effect != "withhold" or any(name in student.kb.rules[other].recommend for other in student.fires)


def notices(student: Student, rule: Rule, effect: str, name: str) -> bool:
    if effect == "refer":
        return not student.advice.outcome.stops or student.kb.referrals[name].level.stops
    if effect == "find":
        shown = shown_findings(student.kb, student.inference, student.advice)
        return name in shown or leads_to_referral(student.kb, name)
    return name in (student.advice.given if effect == "recommend" else student.advice.withheld)


def leads_to_referral(kb: KnowledgeBase, finding: str) -> bool:
    """Say whether a rule that refers finds `finding`, or rests on it."""
    waiting = [rule for rule in kb.rules.values() if rule.refer]
    read = {name for rule in waiting for name in rule.find}
    while waiting:
        more = set(findings_in(waiting.pop().when)) - read
        read |= more
        waiting += [rule for name in more for rule in kb.rules_finding(name)]
    return finding in read


def hiders(student: Student, effect: str, name: str) -> set[str]:
    rules = [student.kb.rules[rule] for rule in student.fires]
    stopping = {rule.id for rule in rules if any(student.kb.referrals[each].level.stops for each in rule.refer)}
    return stopping | {rule.id for rule in rules if effect == "recommend" and name in rule.withhold}


def incompatible(tried: Tried) -> None:
    """Contradicting recommendations are looked for in students without contradicting findings."""
    kb = tried.kb
    heard = [student for student in tried.students if not student.quiet]
    torn = [{finding.id, other} for finding in kb.findings.values() for other in finding.not_with]
    calm = [student for student in heard if not any(pair <= student.found for pair in torn)]
    for kind, items, students in (("finding", kb.findings, heard), ("recommendation", kb.recommendations, calm)):
        pairs = [
            [item.id, other]
            for item in items.values()
            for other in item.not_with
            if any(
                {item.id, other} <= (student.found if kind == "finding" else set(student.advice.given))
                for student in students
            )
        ]
        assert tried.named(f"incompatible-{kind}s") == pairs


def advice_beside_danger(tried: Tried) -> None:
    kb = tried.kb
    conditions_ = (*(rule.when for rule in kb.rules.values()), *kb.follow_ups.values())
    read = {question for condition in conditions_ for question in questions_in(condition)}
    signs = {
        sign
        for student in tried.students
        for sign in student.unheeded
        if not student.unscreened and not student.advice.outcome.stops and sign.question in read
    }
    named = {Sign(names[-1], word) for names in tried.named("advice-beside-danger") for word in names[:-1]}
    assert named == signs


def unscreened_stop(tried: Tried) -> None:
    kb = tried.kb
    stopped = [student.answers for student in tried.students if student.advice.outcome.stops]
    alone = {name for answers in stopped for name in answers if len(answers) == 1}
    if {} in stopped:
        alone = set()  # it takes no answer
    screens = {*kb.screens, *kb.safety_questions}
    wanted = {name for name in alone - screens if not kb.questions[name].after_advice}
    wanted -= {name for name in wanted & set(kb.follow_ups) if wanted & set(questions_in(kb.follow_ups[name]))}
    assert {word for names in tried.named("unscreened-stop") for word in names} == wanted


def leads_nowhere(tried: Tried) -> None:
    lost = [
        student
        for student in tried.students
        if student.at_the_end()
        and student.advice.outcome is Outcome.INCOMPLETE
        and not student.advice.given
        and not student.advice.referrals
        and not student.advice.unheeded
    ]
    said = tried.named("leads-nowhere")
    assert not said or lost
    graver = tried.named("gets-nothing", ["advice-beside-danger", "never-fires", "idle-effect", "unused-finding"])
    assert said or not lost or graver, "nothing else is said that this could follow from"
    for names in said:
        if len(names) == 2:
            assert any(unsure_of(student, names[1]) for student in lost)


def unsure_of(student: Student, question: str) -> bool:
    answer = student.answers.get(question, "")  # a follow-up is asked of some only
    return answer == UNSURE or (isinstance(answer, tuple) and any(option.endswith("?") for option in answer))


def gets_nothing(tried: Tried) -> None:
    empty = [
        student
        for student in tried.students
        if student.at_the_end()
        and student.complains()
        and student.advice.outcome is Outcome.NO_CHANGE
        and not student.advice.given
    ]
    said = tried.named("gets-nothing")
    graver = tried.named("never-fires", ["advice-beside-danger", "idle-effect", "unused-finding"])
    assert len(said) == bool(empty) or (not said and graver)


def needless_rules(tried: Tried) -> None:
    """Without the rules that are said to add nothing all students are told the same; without any other they are not."""
    kb = tried.kb
    gone = [names[0] for names in tried.named("subsumed-rule", ["rule-adds-nothing"])]
    assert tried.met.issuperset(gone)
    kept = without(kb, *gone)
    engine = Engine(kept)
    for student in tried.students if gone else ():
        assert Student(engine, student.answers).said == student.said, (gone, student.answers)
    for rule in tried.met - set(gone):
        assert adds(kept.rules[rule], kept, tried.students), rule
    for rule, other, *_ in tried.named("subsumed-rule"):
        assert not any(rule in student.fires and other not in student.fires for student in tried.students)


def without(kb: KnowledgeBase, *rules: str) -> KnowledgeBase:
    return replace(kb, rules={name: rule for name, rule in kb.rules.items() if name not in rules})


def adds(rule: Rule, kb: KnowledgeBase, students: list[Student]) -> bool:
    """Say whether `rule` says something to somebody that no other rule says to them, or not as firmly.

    Also that a finding is not ruled out, where a rule waits for that.
    """
    sides = [side for each in kb.rules.values() for side in leaves_with_side(each.when)]
    awaited = {name for leaf, ruled_out in sides if ruled_out and isinstance(leaf, Found) for name in leaf.findings}
    for student in students:
        truth = student.inference.rules
        for name in awaited.intersection(rule.find) if truth[rule.id] is not Truth.FAILS else ():
            if all(truth[other.id] is Truth.FAILS for other in kb.rules_finding(name) if other.id != rule.id):
                return True
        others = [kb.rules[name] for name in student.fires & kb.rules.keys() if name != rule.id]
        firm = [other for other in others if other.id in student.firm]
        for effect in ("find", "recommend", "refer", "withhold"):
            own = set(getattr(rule, effect))
            if rule.id in student.fires and own - {name for other in others for name in getattr(other, effect)}:
                return True
            weighed = effect in ("find", "recommend") and rule.id in student.firm
            if weighed and own - {name for other in firm for name in getattr(other, effect)}:
                return True
    return False


def idle_parts(tried: Tried) -> None:
    """A rule holds for the same people without the part that is said to make no difference."""
    for problem in tried.problems:
        if problem.id in ("always-true", "idle-alternative"):
            name, part = quotes(problem)[:2]
            rule = tried.kb.rules[name]
            edits = [new for new in changed(rule.when, part, problem.id == "always-true") if new != rule.when]
            assert edits, part
            assert any(same_people(tried, rule, new) for new in edits), (problem.message, as_written(rule.when))


def no_part_more(tried: Tried) -> None:
    """Each line of a rule of which nothing is said keeps somebody out, and each alternative lets somebody in.

    Rules with a `not` or a question for afterwards are left to the other tests, as are options of several.
    """
    kb = tried.kb
    named = {quotes(problem)[0] for problem in tried.problems if problem.id in ALL_ABOUT_PARTS}
    vain = {name for name in kb.findings if not any(rule.id in tried.met for rule in kb.rules_finding(name))}
    for name in tried.met - named:
        rule = kb.rules[name]
        later = any(kb.questions[question].after_advice for question in questions_in(rule.when))
        if later or "not: " in as_written(rule.when) or vain.intersection(findings_in(rule.when)):
            continue
        for part, into in parts_of(kb, rule.when):
            for when in changed(rule.when, part, into):
                assert not same_people(tried, rule, when), (name, as_written(rule.when), part, into)


ALL_ABOUT_PARTS = ("always-true", "idle-alternative", "subsumed-rule", "rule-adds-nothing")


def parts_of(kb: KnowledgeBase, condition: Condition) -> Iterator[tuple[str, bool]]:
    """Yield what `condition` could do without, as written; and whether it would be true then, or no alternative."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield as_written(part), isinstance(condition, All)
            yield from parts_of(kb, part)
    elif isinstance(condition, Answered) and kb.questions[condition.question].kind is not Kind.SEVERAL:
        if len(condition.options) > 1:
            yield from ((f"{condition.question}: {option}", False) for option in condition.options)
    elif isinstance(condition, Within) and condition.unsure and (condition.low or condition.high) is not None:
        yield as_written(replace(condition, unsure=False)), False
        yield f"{condition.question}: unsure", False


def changed(condition: Condition, part: str, into: bool) -> list[Condition | bool]:
    """Return `condition` with `part` made always true (or never), once for each place where it stands."""
    found: list[Condition | bool] = [into] if as_written(condition) == part else []
    if isinstance(condition, Answered) and len(condition.options) > 1 and not into:
        for option in condition.options:
            if f"{condition.question}: {option}" == part:
                rest = tuple(other for other in condition.options if other != option)
                found.append(Answered(condition.question, rest))
    elif isinstance(condition, Within) and condition.unsure and not into:
        halves = replace(condition, unsure=False), Within(condition.question, unsure=True)
        found += [half for half, other in zip(halves, reversed(halves)) if as_written(other) == part]
    elif isinstance(condition, All | AnyOf):
        for position, inside in enumerate(condition.parts):
            found += [put(condition, position, new) for new in changed(inside, part, into)]
    elif isinstance(condition, Not):
        found += [not new if isinstance(new, bool) else Not(new) for new in changed(condition.part, part, into)]
    return found


def put(condition: All | AnyOf, position: int, new: Condition | bool) -> Condition | bool:
    """Return `condition` with another part, or what it comes to if that part settles it."""
    if isinstance(new, bool):
        if new is isinstance(condition, AnyOf):
            return new
        rest = (*condition.parts[:position], *condition.parts[position + 1 :])
        return type(condition)(rest)
    return type(condition)((*condition.parts[:position], new, *condition.parts[position + 1 :]))


def same_people(tried: Tried, rule: Rule, when: Condition | bool) -> bool:
    """Say whether `rule` holds for the same people with `when`; below a `not`, for those who are sure of everything."""
    everybody = [student for student in tried.students if student.answered_all()]
    if "not: " in as_written(rule.when):
        everybody = [student for student in everybody if UNSURE not in student.variables.values()]
    if isinstance(when, bool):
        return all((rule.id in student.fires) is when for student in everybody)
    population = Population(tried.kb, tried.engine.variables, [student.answers for student in everybody])
    return population.where(when) == population.where(rule.when)


def witnesses(tried: Tried) -> None:
    """Every student who is shown can be kept as a case, and passes."""
    for problem in tried.problems:
        if problem.case:
            case = read(tried.kb, problem.case)
            assert replay(tried.engine, case).failures == (), problem


def read(kb: KnowledgeBase, case: str) -> Case:
    """Return a case that was written as text, read beside the questions of `kb`."""
    lines = ["questions:"]
    for question in kb.questions.values():
        options = ", ".join(f"{option}: It is" for option in question.option_ids)
        more = {Kind.NUMBER: ", unit: times", Kind.YES_NO: ""}.get(question.kind, f", options: {{{options}}}")
        lines.append(f"  {question.id}: {{ask: What, type: {question.kind.value}{more}}}")
    lines += ["findings:", *(f"  {name}: {{title: A finding}}" for name in kb.findings)]
    lines += ["recommendations:", *(f"  {name}: {{title: Do it, steps: Do.}}" for name in kb.recommendations)]
    lines += ["referrals:", *(f"  {name}: {{level: gently, tell: See someone.}}" for name in kb.referrals)]
    sections = "\n".join(line for line, after in zip(lines, [*lines[1:], "end:"]) if not (line[-1] == after[-1] == ":"))
    [found] = load_text(f"{sections}\ncases:\n{case}").cases
    return found
