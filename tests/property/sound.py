"""Packs that have no fault at all, by the way they are made; varied in shape, the same for the same seed.

A pack is put together from *pieces*. Each brings its own questions, so whatever one piece needs can be answered beside
any other. Three things are kept in mind throughout:

- a rule that corrects or stops is *closed*: whoever answers `unsure` meets it, or another rule of the piece helps them;
- an option of a safety screen, chosen or unsure, always refers;
- every rule says something that no other rule says to the same person.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.model.conditions import findings_in, questions_in
from kb.model.knowledge import NONE, Answer, Case, Kind, KnowledgeBase, Level, Question, Rule
from kb.proof.students import THIS, Atom, Students
from kb.workbench.authoring.yaml_text import case_text
from kb.workbench.cases.replay import lines_of, recorded
from tests.helpers import load_text

PARTS = ("hip", "knee", "foot", "spine", "neck", "wrist", "rib", "heel", "toe", "shoulder")

When = dict[str, Any]


class Maker:
    """A pack in the making.

    `loose` are recommendations that may be withheld, `steady` conditions with the recommendation that each brings, and
    `found` findings of which none rests on another.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.sections: dict[str, dict[str, Any]] = {
            name: {} for name in ("sources", "questions", "findings", "recommendations", "referrals", "rules")
        }
        self.screens: list[str] = []
        self.loose: list[str] = []
        self.steady: list[tuple[When, str]] = []
        self.found: list[str] = []
        self.withheld: set[str] = set()
        self.pose = ""

    # --- items --------------------------------------------------------------------------------------------------------

    def add(self, section: str, stem: str, **fields: Any) -> str:
        """Add an item under a new name, and return the name."""
        items = self.sections[section]
        name = f"{stem}-{len(items) + 1}"
        items[name] = {key.replace("_", "-"): value for key, value in fields.items() if value not in (None, (), "")}
        return name

    def source(self) -> str:
        known = list(self.sections["sources"])
        if known and self.chance.random() < 0.7:
            return self.chance.choice(known)
        return self.add("sources", "S", work="A book", at=f"page {len(known) + 1}")

    def question(self, kind: str, **fields: Any) -> str:
        part = self.chance.choice(PARTS)
        help_ = {"self_check": f"Look at your {part}."} if self.chance.random() < 0.5 else {}
        ask = f"How is your {part}, {len(self.sections['questions'])}?"  # no two questions read the same
        return self.add("questions", part, ask=ask, type=kind, **help_, **fields)

    def finding(self, **fields: Any) -> str:
        name = self.add("findings", "fault", title="Something is off", **fields)
        self.found.append(name)
        return name

    def advice(self, **fields: Any) -> str:
        kept = {"cue": "Slowly."} if self.chance.random() < 0.3 else {}
        if self.chance.random() < 0.3:
            kept["sources"] = self.source()
        return self.add("recommendations", "try", title="Try this", steps=["Do it."], **kept, **fields)

    def referral(self, *levels: Level) -> str:
        """Return a referral of one of `levels`, a new one or one there is."""
        wanted = [level.value for level in levels]
        known = [name for name, each in self.sections["referrals"].items() if each["level"] in wanted]
        if known and self.chance.random() < 0.4:
            return self.chance.choice(known)
        return self.add("referrals", "see", level=self.chance.choice(wanted), tell="See someone.")

    def rule(self, when: When, **then: Any) -> str:
        effects = {key: value for key, value in then.items() if value}
        return self.add("rules", "rule", when=when, then=effects, because="It is so.", source=self.source())

    # --- lines of conditions ------------------------------------------------------------------------------------------

    def closed(self) -> When:
        """Return a line about a question of its own, which an unsure answer meets."""
        return self.chance.choice((self.closed_choice, self.closed_yes_no, self.closed_number, self.closed_several))()

    def closed_choice(self) -> When:
        options = self.choices(2, 4)
        bad = self.chance.sample(options, self.chance.randint(1, len(options) - 1))
        name = self.question("one", options={option: f"It is {option}" for option in options})
        return {name: [*bad, "unsure"]}

    def closed_yes_no(self) -> When:
        return {self.question("yes-no"): [self.chance.choice(("yes", "no")), "unsure"]}

    def closed_number(self) -> When:
        low = self.chance.randint(1, 4)
        bounds = self.chance.choice(({"below": low}, {"at-least": low, "below": low + 2}, {"at-most": 0}))
        return {self.number(): ["unsure", bounds] if self.chance.random() < 0.8 else ["unsure", low]}

    def closed_several(self) -> When:
        options = self.choices(2, 3)
        name = self.several(options)
        return {name: [mark for option in options for mark in (option, f"{option}?")]}

    def open(self) -> When:
        """Return a line about a question of its own, which an unsure answer leaves open."""
        if self.chance.random() < 0.5:
            return {self.question("yes-no"): "yes"}
        return {self.number(): {self.chance.choice(("above", "at-least")): 2}}

    def choices(self, least: int, most: int) -> list[str]:
        return ["flat", "round", "bent", "open"][: self.chance.randint(least, most)]

    def number(self) -> str:
        limits = {"at_least": 0, "at_most": 30} if self.chance.random() < 0.5 else {"at_least": 0}
        return self.question("number", unit="minutes", **limits)

    def several(self, options: list[str], **fields: Any) -> str:
        none = {"none": "None of these"} if self.chance.random() < 0.8 else {}
        return self.question("several", options={**{option: f"It is {option}" for option in options}, **none}, **fields)

    def beside(self) -> When:
        """Return nothing, or a line about the one question that many rules share."""
        if self.chance.random() < 0.7:
            return {}
        if not self.pose:
            options = {"sitting": "Sitting", "standing": "Standing", "lying": "Lying"}
            self.pose = self.add("questions", "pose", ask="Which pose?", type="one", options=options)
        return {self.pose: [self.chance.choice(("sitting", "standing", "lying")), "unsure"]}

    def corrects(self, when: When) -> str:
        """Add a closed rule that gives a correction of its own, and return the correction."""
        name = self.advice()
        finding = self.finding() if self.chance.random() < 0.6 else ""
        self.rule(when, find=finding, recommend=name)
        self.loose.append(name)
        self.steady.append(({"finding": finding} if finding else when, name))
        return name


# --- the pieces -------------------------------------------------------------------------------------------------------

STOPS = (Level.STOP_EMERGENCY, Level.STOP_TODAY, Level.CLINICIAN_FIRST)


def screen(make: Maker) -> None:
    """A safety screen: each option refers, whether chosen or unsure."""
    if make.chance.random() < 0.2:
        name = make.question("yes-no")
        make.rule({name: ["yes", "unsure"]}, refer=make.referral(*Level))
    else:
        options = make.choices(1, 4)
        name = make.several(options)
        while options:
            together = [options.pop() for _ in range(min(len(options), make.chance.choice((1, 1, 1, 2))))]
            danger_sign(make, {name: [mark for option in together for mark in (option, f"{option}?")]})
    make.screens.append(name)


def danger_sign(make: Maker, sign: When) -> None:
    shape = make.chance.random()
    if shape < 0.5:
        make.rule(sign, refer=make.referral(*STOPS))
    elif shape < 0.75 and make.loose:
        withheld = make.chance.choice(make.loose)
        make.withheld.add(withheld)
        make.rule(sign, refer=make.referral(Level.GENTLY), withhold=withheld)
    else:
        make.rule(sign, refer=make.referral(Level.GENTLY))
        if make.chance.random() < 0.6:
            make.rule({**sign, **make.closed_yes_no()}, refer=make.referral(*STOPS))


def fault(make: Maker) -> None:
    """One line, or one and the pose, and a correction."""
    make.corrects({**make.closed(), **make.beside()})


def two_lines(make: Maker) -> None:
    make.corrects({**make.closed(), **make.closed(), **make.beside()})


def opposites(make: Maker) -> None:
    """Options of one question, each with a correction, declared to contradict each other."""
    options = make.choices(2, 4)
    name = make.question("one", options={option: f"It is {option}" for option in options})
    beside, found, given = make.beside(), make.finding(), make.advice()
    make.rule({name: [options[0], "unsure"], **beside}, find=found, recommend=given)
    make.steady.append(({"finding": found}, given))
    other = make.finding(not_with=found)
    make.found.remove(other)  # there may be no third option, and then nobody is without both
    make.rule({name: options[1], **beside}, find=other, recommend=make.advice(not_with=given))


def perhaps(make: Maker) -> None:
    """A rule for a sure answer, and one for the unsure one that gives the same."""
    name, given = make.question("yes-no"), make.advice()
    beside = make.chance.choice((make.closed, dict))()
    make.rule({name: "yes", **beside}, find=make.finding(), recommend=given)
    make.rule({name: "unsure", **beside}, recommend=given)


def bands(make: Maker) -> None:
    """Two stretches of one number."""
    name = make.number()
    make.loose.remove(make.corrects({name: ["unsure", {make.chance.choice(("below", "at-most")): 2}]}))
    make.rule({name: {"at-least": 5}}, recommend=make.advice(kind=make.chance.choice((None, "closing"))))


def habits(make: Maker) -> None:
    """A question of several, a rule for each option."""
    options = make.choices(2, 4)
    name = make.several(options)
    for option in options:
        make.corrects({name: [option, f"{option}?"]})


def chain(make: Maker) -> None:
    """Findings that rest on findings."""
    base = make.finding()
    known = list(make.found)
    for _ in range(make.chance.randint(1, 2)):
        make.rule(make.closed(), find=base)
    for _ in range(make.chance.randint(1, 3)):
        line = make.closed() if make.chance.random() < 0.7 else {"not": make.closed()}
        make.corrects({"finding": base, **line})
        base = make.found[-1] if make.chance.random() < 0.5 else base
    make.found = known


def fork(make: Maker) -> None:
    """A rule that waits for one of two findings."""
    pair = [make.finding(), make.finding()]
    known = list(make.found)
    for finding in pair:
        make.rule(make.closed(), find=finding)
    make.corrects({"finding": pair})
    make.found = known


def alternatives(make: Maker) -> None:
    """`any`, `all` and `not`, nested."""
    shape = make.chance.randrange(5)
    if shape == 0:
        make.corrects({"any": [make.closed(), make.closed()], **make.closed()})
    elif shape == 1:
        make.corrects({"any": [make.closed(), {**make.closed(), **make.closed()}]})
    elif shape == 2:
        make.corrects({**make.closed(), "not": make.closed()})
    elif shape == 3:
        make.corrects({"all": [{"any": [make.closed(), make.closed()]}, {"any": [make.closed(), make.closed()]}]})
    else:
        make.corrects({"not": {"any": [make.closed(), {"not": make.closed()}]}})


def instead(make: Maker) -> None:
    """A rule that withholds one thing, and may give another instead."""
    if not make.loose:
        return
    withheld = make.chance.choice(make.loose)
    make.withheld.add(withheld)
    if make.chance.random() < 0.5:
        make.rule(make.open(), withhold=withheld)
    else:
        make.rule(make.closed(), recommend=make.advice(not_with=withheld), withhold=withheld)


def limit(make: Maker) -> None:
    """A referral that no safety screen asks for; one answer alone stops nobody then."""
    gently = make.chance.random() < 0.5
    when = {**make.closed(), **make.beside()}
    more = {} if gently or len(when) > 1 else make.closed()
    make.rule({**when, **more}, refer=make.referral(*((Level.GENTLY,) if gently else STOPS)))


def closing(make: Maker) -> None:
    """A closing word, for someone of whom something is ruled out or known."""
    if make.found and make.chance.random() < 0.7:
        some = make.chance.sample(make.found, min(len(make.found), make.chance.randint(1, 2)))
        when = {"not": {"finding": some}, **make.chance.choice((make.open, dict))()}
    else:
        when = make.open()
    make.rule(when, recommend=make.advice(kind="closing"))


def afterwards(make: Maker) -> None:
    """A question for the time after the advice."""
    options = make.choices(1, 3)
    name = make.several(options, after_advice="yes")
    make.rule({name: [mark for option in options for mark in (option, f"{option}?")]}, refer=make.referral(*STOPS))


PIECES: tuple[Callable[[Maker], None], ...] = (
    *(fault, two_lines, opposites, perhaps, bands, habits, chain, fork, alternatives, instead, limit, closing),
    afterwards,
)


# --- the whole --------------------------------------------------------------------------------------------------------


def sound_pack(seed: int, rules: int = 0) -> str:
    """Return a pack without a fault, as YAML: a small one, or one of at least so many `rules`."""
    chance = random.Random(f"sound {seed}")
    make = Maker(chance)
    fault(make)
    pieces = chance.sample(PIECES, chance.randint(2, 9))
    screens = chance.choice((0, 1, 1, 2))
    for piece in [*pieces, *[screen] * screens]:
        piece(make)
    while len(make.sections["rules"]) < rules:
        chance.choice(PIECES)(make)
    text = "\n".join([*_header(make), *_items(make)]) + "\n"
    return text + "".join(["cases:\n", *(case_text(case, 2) for case in cases(load_text(text), chance))])


def _header(make: Maker) -> Iterator[str]:
    yield from ("pack: sound", "title: A sound pack", 'version: "1"', "limits: [It is no advice.]")
    if make.screens:
        yield f"safety-screens: {flow(make.screens)}"
    asked = [each for each in make.sections["questions"].values() if "after-advice" not in each]
    if make.chance.random() < 0.6:
        yield f"most-questions: {len(asked)}"
    steady = [when for when, given in make.steady if given not in make.withheld]
    if steady and make.chance.random() < 0.7:
        complaints = make.chance.sample(steady, min(len(steady), make.chance.randint(1, 2)))
        yield f"complaint: {flow({'any': complaints} if len(complaints) > 1 else complaints[0])}"


def _items(make: Maker) -> Iterator[str]:
    for section, items in make.sections.items():
        if items:
            yield f"{section}:"
            yield from (f"  {name}: {flow(fields)}" for name, fields in items.items())


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {flow(each)}' for name, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    text = str(value)
    return text if re.fullmatch(r"[\w .-]*[\w.]", text) else f'"{text}"'


def cases(kb: KnowledgeBase, chance: random.Random) -> Iterator[Case]:
    """Yield a case in which each rule holds, and one that misses it by one line; nobody is recorded twice."""
    engine = Engine(kb)
    calm: dict[str, Answer] = {screen: _nothing(kb.questions[screen]) for screen in kb.safety_screens}
    known: set[str] = set()
    for rule in kb.rules.values():
        students = Students(around(kb, rule))
        for name, goals in (("holds", [[("fires", THIS, rule.id)]]), ("misses", near_misses(students, rule))):
            chance.shuffle(goals)
            student = next(found for goal in goals if (found := students.smallest(*goal)) is not None)
            answers = calm | student
            if repr(answers) not in known:
                known.add(repr(answers))
                yield recorded(engine, answers, f"{rule.id}-{name}", f"{rule.id} {name}")


def _nothing(screen: Question) -> Answer:
    if screen.kind is Kind.YES_NO:
        return "no"
    return (NONE,) if NONE in screen.option_ids else ()


def around(kb: KnowledgeBase, rule: Rule) -> KnowledgeBase:
    """Return only `rule`, the rules it rests on, and what they ask."""
    rules, waiting = {rule.id: rule}, [rule]
    while waiting:
        for finding in findings_in(waiting.pop().when):
            more = [each for each in kb.rules_finding(finding) if each.id not in rules]
            rules |= {each.id: each for each in more}
            waiting += more
    asked = {question for each in rules.values() for question in questions_in(each.when)}
    questions = {name: question for name, question in kb.questions.items() if name in asked}
    return replace(kb, packs=(), questions=questions, rules=rules, cases=())


def near_misses(students: Students, rule: Rule) -> list[list[Atom]]:
    """Return for each line of `rule` what is true of someone who misses it by this line."""
    numbers = {id(condition): str(number) for number, (_, _, condition) in students.facts.nodes.items()}
    lines = [numbers[id(line)] for line in lines_of(rule)]
    return [[("fails" if each == missed else "holds", each) for each in lines] for missed in lines]
