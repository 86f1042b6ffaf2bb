"""Make knowledge bases of any size, as a teacher with many rules would have them; the same seed makes the same text.

What such a pack looks like, and what is made here:

- Rules come in *topics* of about forty. A topic opens with one question, yes or no ("does it bother you?"), and most of
  its rules begin with that line; so whoever says no hears nothing more of it. Six more questions belong to a topic, of
  all four kinds, with two to five options; that makes one question for about six rules.
- A condition has two to four lines: the opening one, and others about questions nearby, of this topic or a neighbor's.
  Some lines are lists such as `[option, unsure]`, some stand in an `any` or a `not`.
- A few questions are shared by all topics, as the pose is: each stands in about every twentieth rule.
- Every tenth rule finds something. In a topic the findings form a chain of up to three, and other rules read them.
- Most rules recommend; a recommendation is given by two or three rules. A few withhold one, a few refer gently.
- One safety screen of several options stands before all, and each of its options refers.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from kb.language.loading import load
from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question

SEED = 20261122
SIZES = (50, 100, 300, 1_000, 3_000, 10_000)

RULES_A_TOPIC = 40
QUESTIONS_A_TOPIC = 6
SHARED = {"pose": 5, "time-of-day": 3, "experience": 4}
SIGNS = ("swollen", "numb", "fever", "fall")
OPTIONS = ("calm", "tight", "heavy", "warm", "uneven")
SCREEN = "danger"
PACK = "benchmark"


# --- the text of a base -----------------------------------------------------------------------------------------------


def base_files(rules: int, seed: int = SEED) -> dict[str, str]:
    """Return a pack of exactly so many rules, as YAML: file by file, one for each topic."""
    maker = _Maker(random.Random(f"benchmark {seed} {rules}"), rules)
    names = ", ".join(name.removesuffix(".yaml") for name in maker.files)
    first = {"questions": [*_shared_questions()], "referrals": REFERRALS, "rules": maker.signs}
    return {"pack.yaml": HEADER.format(topics=names) + _sections(first), **maker.files}


def write_base(folder: Path, rules: int, seed: int = SEED) -> Path:
    """Write a pack of exactly so many rules into `folder`, and return its path."""
    pack = folder / PACK
    pack.mkdir()
    for name, text in base_files(rules, seed).items():
        (pack / name).write_text(text, encoding="utf-8")
    return pack


def base(rules: int, seed: int = SEED) -> KnowledgeBase:
    """Return the knowledge base of a pack of exactly so many rules."""
    with tempfile.TemporaryDirectory() as folder:
        return load(write_base(Path(folder), rules, seed))


def _sections(sections: dict[str, list[str]]) -> str:
    lines = [line for name, items in sections.items() if items for line in (f"{name}:", *items)]
    return "\n".join(lines) + "\n"


HEADER = f"""\
pack: {PACK}
title: A made-up pack of many rules
version: "1"
topics: [{{topics}}]
safety-screens: [{SCREEN}]
sources:
  S1: {{{{work: Nobody’s}}}}
"""

REFERRALS = [
    "  see-someone: {level: clinician-first, tell: See someone.}",
    "  today: {level: stop-today, tell: Ask today.}",
    "  gently: {level: gently, tell: Go gently.}",
]


def _shared_questions() -> Iterator[str]:
    signs = ", ".join(f"{sign}: It is {sign}" for sign in SIGNS)
    yield f"  {SCREEN}: {{ask: Is any of this so?, type: several, options: {{{signs}, none: None of these}}}}"
    for name, options in SHARED.items():
        yield f"  {name}: {{ask: Which {name} is it?, type: one, options: {_options(OPTIONS[:options])}}}"


def _options(names: tuple[str, ...]) -> str:
    return f"{{{', '.join(f'{name}: It is {name}' for name in names)}}}"


class _Maker:
    """Fills file after file, a topic each, until there are so many rules; `signs` are the rules of the screen."""

    def __init__(self, chance: random.Random, wanted: int) -> None:
        self.chance = chance
        self.wanted = wanted
        self.files: dict[str, str] = {}
        self.count = 0
        self.kinds: dict[str, tuple[Kind, tuple[str, ...]]] = {
            name: (Kind.ONE, OPTIONS[:options]) for name, options in SHARED.items()
        }
        self.begin()
        for number, sign in enumerate(SIGNS):
            refer = ("today", "see-someone", "see-someone", "gently")[number]
            self.rule(f'{{{SCREEN}: [{sign}, "{sign}?"]}}', f"refer: {refer}")
        self.signs = self.rules
        before: list[str] = []
        for topic in range(-(-wanted // RULES_A_TOPIC)):
            self.begin()
            before = self.topic(topic, before)
            sections = (self.questions, self.findings, self.recommendations, self.rules)
            names = ("questions", "findings", "recommendations", "rules")
            self.files[f"topic-{topic}.yaml"] = _sections(dict(zip(names, sections, strict=True)))

    def begin(self) -> None:
        """Begin another file."""
        self.questions: list[str] = []
        self.findings: list[str] = []
        self.recommendations: list[str] = []
        self.rules: list[str] = []

    def topic(self, topic: int, before: list[str]) -> list[str]:
        """Add one topic; return its questions, near which the next one stands."""
        opener = f"topic-{topic}"
        self.questions.append(f"  {opener}: {{ask: Does {opener} bother you?, type: yes-no}}")
        own = [self.question(f"{opener}-{number}") for number in range(QUESTIONS_A_TOPIC)]
        found: list[str] = []
        given: list[str] = []
        due = min(self.wanted, (topic + 1) * RULES_A_TOPIC)
        while self.count < due:
            near = own + before[-2:] if self.chance.random() < 0.15 else own
            when = self.condition(opener, near, found)
            if self.chance.random() < 0.1:
                found.append(self.finding(f"{opener}-found-{len(found)}"))
                self.rule(when, f"find: {found[-1]}")
            else:
                self.rule(when, self.effect(opener, given))
        return own

    def question(self, name: str) -> str:
        kind = self.chance.choice((Kind.YES_NO, Kind.ONE, Kind.ONE, Kind.ONE, Kind.SEVERAL, Kind.NUMBER))
        options = OPTIONS[: self.chance.randint(2, 5)] if kind in (Kind.ONE, Kind.SEVERAL) else ()
        more = f", options: {_options(options)}" if options else ""
        if kind is Kind.SEVERAL:
            more = more.removesuffix("}") + ", none: None of these}"
        if kind is Kind.NUMBER:
            more = ", unit: minutes, at-least: 0, at-most: 30"
        self.kinds[name] = kind, options
        self.questions.append(f"  {name}: {{ask: How is {name}?, type: {kind.value}{more}}}")
        return name

    def finding(self, name: str) -> str:
        self.findings.append(f"  {name}: {{title: {name} is off}}")
        return name

    def effect(self, opener: str, given: list[str]) -> str:
        """Return what a rule does: give something new or known, refer gently, or withhold."""
        pick = self.chance.random()
        if given and pick < 0.03:
            return f"withhold: {self.chance.choice(given)}"
        if pick < 0.05:
            return "refer: gently"
        if given and pick < 0.6:
            return f"recommend: {self.chance.choice(given)}"
        given.append(f"{opener}-try-{len(given)}")
        self.recommendations.append(f"  {given[-1]}: {{title: Try this, steps: [Do it.]}}")
        return f"recommend: {given[-1]}"

    def rule(self, when: str, then: str) -> None:
        name = f"rule-{self.count}"
        self.count += 1
        self.rules.append(f"  {name}: {{when: {when}, then: {{{then}}}, because: It is so., source: S1}}")

    def condition(self, opener: str, near: list[str], found: list[str]) -> str:
        """Return two to four lines; where the first one reads a finding, its finders have asked the opener."""
        reads = bool(found) and self.chance.random() < 0.25
        lines = [f"finding: {found[-1 - self.chance.randrange(min(3, len(found)))]}" if reads else f"{opener}: yes"]
        lines += [self.line(name) for name in SHARED if self.chance.random() < 0.05]
        names = self.chance.sample(near, self.chance.randint(1, max(1, min(3, 4 - len(lines)))))
        shape = self.chance.random()
        if shape < 0.08 and len(names) > 1:
            either = ", ".join(f"{{{self.line(name)}}}" for name in names[:2])
            lines += [f"any: [{either}]", *map(self.line, names[2:])]
        elif shape < 0.16 and len(names) > 1:
            lines += [f"not: {{{self.line(names[0])}}}", *map(self.line, names[1:])]
        else:
            lines += map(self.line, names)
        return f"{{{', '.join(lines)}}}"

    def line(self, name: str) -> str:
        """Return one line about a question, a third of them with `unsure` beside the options."""
        kind, options = self.kinds[name]
        unsure = self.chance.random() < 0.33
        if kind is Kind.NUMBER:
            bound = self.chance.choice(("{below: 2}", "{at-least: 2, below: 5}", "{at-least: 5}", "{above: 10}"))
            return f"{name}: [unsure, {bound}]" if unsure else f"{name}: {bound}"
        some = ["yes", "no"] if kind is Kind.YES_NO else list(options)
        picked = self.chance.sample(some, 1 if len(some) < 4 else self.chance.randint(1, 2))
        if unsure:
            picked += [f'"{option}?"' for option in picked] if kind is Kind.SEVERAL else ["unsure"]
        return f"{name}: [{', '.join(picked)}]" if len(picked) > 1 else f"{name}: {picked[0]}"


# --- people who answer ------------------------------------------------------------------------------------------------


def someones_answer(chance: random.Random, question: Question) -> Answer:
    """Answer as someone who comes with a complaint or two: no danger sign, and of most topics nothing."""
    if question.id == SCREEN:
        return (NONE,)
    if question.id.startswith("topic-") and question.kind is Kind.YES_NO and question.id.count("-") == 1:
        return "yes" if chance.random() < 0.1 or question.id == "topic-0" else "no"
    return any_answer(chance, question)


def any_answer(chance: random.Random, question: Question) -> Answer:
    """Answer anything at all, now and then `unsure`."""
    if chance.random() < 0.05:
        return "unsure"
    if question.kind is Kind.NUMBER:
        return Decimal(chance.randrange(0, 60)) / 2
    if question.kind is Kind.SEVERAL:
        options = [option for option in question.option_ids if option != NONE]
        picked = chance.sample(options, chance.randint(0, len(options)))
        return tuple(f"{each}?" if chance.random() < 0.1 else each for each in options if each in picked) or (NONE,)
    return chance.choice(question.option_ids)


def random_answers(kb: KnowledgeBase, chance: random.Random, most: int) -> dict[str, Answer]:
    """Return up to so many answers to any questions in any order, the shared ones and openers among them."""
    written = [question for question in kb.written_questions if not question.after_advice]
    first = [question for question in written if question.id in SHARED or question.id == SCREEN]
    picked = chance.sample(written, min(most, len(written)))
    asked = list(dict.fromkeys(question.id for question in (*first, *picked)))[:most]
    openers = [name.rpartition("-")[0] for name in asked if name.startswith("topic-") and name.count("-") == 2]
    asked = list(dict.fromkeys(asked + openers))
    chance.shuffle(asked)
    return {name: any_answer(chance, kb.questions[name]) for name in asked}
