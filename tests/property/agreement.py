"""Compare the engine with the answer-set program: what each says to one student, in the program's words.

The two share the model and the variables, and nothing else. Where they differ, one of them is wrong.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.inference.outcome import decide
from kb.model.conditions import UNSURE, Answered, Not, Truth
from kb.model.knowledge import NONE, Answer, Answers, Kind, KnowledgeBase, Option, Question, Rule
from kb.proof.students import THIS, Atom, Students
from tests.property.strategies import NUMBERS, knowledge_bases, possible_answers


@st.composite
def versions(draw: st.DrawFn) -> tuple[KnowledgeBase, KnowledgeBase]:
    """Return a knowledge base, and what has become of it: other options and bounds, other rules."""
    old = draw(knowledge_bases())
    questions = {name: draw(st.sampled_from(_edits(question))) for name, question in old.questions.items()}
    rules = {
        name: draw(st.sampled_from([rule, rule, replace(rule, when=Not(rule.when))]))
        for name, rule in old.rules.items()
        if draw(st.integers(0, 4))
    }
    for name, question in questions.items():
        if question.option_ids != old.questions[name].option_ids:
            added = Answered(name, ("z", UNSURE))
            rules[f"{name}-z"] = Rule(f"{name}-z", added, "New.", recommend=(next(iter(old.recommendations)),))
    return old, replace(old, questions=questions, rules=rules)


def _edits(question: Question) -> list[Question]:
    edits = [question, question, replace(question, after_advice=not question.after_advice)]
    if question.kind is Kind.NUMBER:
        edits.append(replace(question, at_most=Decimal(1)))
    elif question.kind is not Kind.YES_NO:
        edits.append(replace(question, options=(Option("z", "z"), *question.options)))
    return edits


PAIRS = st.tuples(knowledge_bases(), knowledge_bases()) | versions()
"""Two knowledge bases: any two, or one and what has become of it."""


def said(engine: Engine, answers: Answers, world: str = THIS) -> set[Atom]:
    """Return what the engine says to a student, as the atoms that the program has for it."""
    known = {name: answer for name, answer in answers.items() if name in engine.kb.questions}
    inference = engine.infer(known)
    advice = decide(engine.kb, inference)
    lists: dict[str, Iterable[str]] = {
        "outcome": (advice.outcome.value,),
        "given": advice.given,
        "withheld": advice.withheld,
        "provisional": advice.provisional,
        "referred": advice.referrals,
        "found": (name for name, truth in inference.findings.items() if truth is Truth.HOLDS),
        "ruled_out": (name for name, truth in inference.findings.items() if truth is Truth.FAILS),
        "fires": (name for name, truth in inference.rules.items() if truth is Truth.HOLDS),
        "refuted": (name for name, truth in inference.rules.items() if truth is Truth.FAILS),
    }
    return {(predicate, world, name) for predicate, names in lists.items() for name in names}


def differences(students: Students, engines: dict[str, Engine], answers: Answers) -> list[str]:
    """Return one line for each thing that only one side says to the student of `answers`."""
    follows = students.what_follows(answers)
    if follows is None:
        return [f"there is no student who answers {dict(answers)}"]
    told: set[Atom] = set().union(*(said(engine, answers, world) for world, engine in engines.items()))
    return [f"engine only: {atom}" for atom in sorted(told - follows)] + [
        f"program only: {atom}" for atom in sorted(follows - told)
    ]


def any_answer(chance: random.Random, question: Question) -> Answer:
    """Return an answer to `question`, each kind of answer as likely as another."""
    if chance.random() < 0.15:
        return UNSURE
    if question.kind is Kind.NUMBER:
        return chance.choice([number for number in NUMBERS if question.at_most is None or number <= question.at_most])
    if question.kind is not Kind.SEVERAL:
        return chance.choice(question.option_ids)
    marks = chance.choice((("", "", "", "?", None), (None, None, None, "", "?")))
    picked = [(option, chance.choice(marks)) for option in question.option_ids if option != NONE]
    chosen = tuple(f"{option}{mark}" for option, mark in picked if mark is not None)
    return chosen or ((NONE,) if NONE in question.option_ids else ())


def someone(chance: random.Random, questions: Iterable[Question], screens: Iterable[str] = ()) -> dict[str, Answer]:
    """Return the answers of a random student: all or some questions answered, safety screens mostly with `none`."""
    screened = set(screens)
    share = chance.choice((1.0, 1.0, 0.8, 0.4, 0.1))
    answers: dict[str, Answer] = {}
    for question in questions:
        calm = question.id in screened and chance.random() < 0.8
        if calm:
            answers[question.id] = (NONE,) if NONE in question.option_ids else any_answer(chance, question)
        elif chance.random() < share:
            answers[question.id] = any_answer(chance, question)
    return answers


def everyone(questions: Iterable[Question], most: int) -> list[dict[str, Answer]]:
    """Return every student there could be, or nothing if that were more than `most` (empty answers included)."""
    students: list[dict[str, Answer]] = [{}]
    for question in questions:
        answers = possible_answers(question)
        if len(students) * (len(answers) + 1) > most:
            return []
        students += [{**each, question.id: answer} for each in students for answer in answers]
    return students


def common_questions(students: Students) -> list[Question]:
    """Return the questions that both worlds can compare, with the options that both know."""
    common = []
    for question in students.variables.questions.values():
        if question.id in students.unlike:
            continue
        versions = [kb.questions[question.id] for kb in students.worlds.values() if question.id in kb.questions]
        options = tuple(o for o in question.options if all(o.id in version.option_ids for version in versions))
        if options or question.kind is Kind.NUMBER:
            common.append(replace(question, options=options))
    return common
