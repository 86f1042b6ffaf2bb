"""Say in plain English what stands in a knowledge base: a rule, a question, a finding, with everything each touches.

For every item it is said where it stands, what it says, where it comes from, and which others rest on it. Conditions
are read by `kb.workbench.description.conditions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kb.inference.engine import Engine
from kb.inference.population import Population
from kb.model.answers import in_words
from kb.model.conditions import (
    UNSURE,
    All,
    Answered,
    Condition,
    Found,
    Leaf,
    Truth,
    Within,
    findings_in,
    leaves_with_side,
    questions_in,
)
from kb.model.knowledge import (
    Answers,
    Case,
    Finding,
    Kind,
    KnowledgeBase,
    Question,
    Recommendation,
    Referral,
    Rule,
    Source,
)
from kb.model.packs import Pack
from kb.model.problems import Location
from kb.text.blocks import Paragraph, Role
from kb.workbench.authoring.yaml_text import item_data
from kb.workbench.cases.replay import replay, rule_coverage
from kb.workbench.description.conditions import Verdict, bounds, reading, titled, wanted
from kb.workbench.description.index import SECTION_OF, cited, items_of, kind_of, work_of

_MOST_NAMED = 15
"""Cases that are named; a safety rule may fire in a hundred."""


def describe(kb: KnowledgeBase, name: str, engine: Callable[[], Engine]) -> Iterator[Paragraph]:
    """Yield all that there is to say of `name`, of every item that has it; nothing if none has.

    `engine` is called only where cases must be replayed.
    """
    view = _View(kb, engine)
    for section, items in items_of(kb).items():
        if name in items:
            item = items[name]
            yield Paragraph(f"{kind_of(section).capitalize()} {name}", Role.TITLE)
            yield Paragraph(view.where(item.place, getattr(item, "topic", "")), Role.PLACE, "  ")
            yield Paragraph()
            headline, details = _DESCRIBED[section]
            yield Paragraph(headline(item), first="  ")
            yield from details(view, item)
            if section in ("questions", "recommendations", "referrals"):
                yield from _sources(view, item.sources)
            yield Paragraph()


def standing(engine: Engine, answers: Answers) -> Verdict:
    """Return what says of every part of a condition whether it holds with `answers`, and why."""
    kb = engine.kb
    population = Population(kb, engine.variables, [answers])

    def verdict(condition: Condition) -> str:
        word, of_finding = _STANDING[population.truth(condition)]
        if isinstance(condition, Found):
            return f"{word}: {of_finding}"
        if not isinstance(condition, Answered | Within):
            return word
        if condition.question not in answers:
            return "not answered"
        question = kb.questions[condition.question]
        return f"{word}: the answer is “{in_words(question, answers[condition.question])}”"

    return verdict


_STANDING = {
    Truth.HOLDS: ("holds", "it is found"),
    Truth.FAILS: ("fails", "it is ruled out"),
    Truth.OPEN: ("open", "not settled by the answers"),
}


class _View:
    """A knowledge base, and what is looked up in it again and again."""

    def __init__(self, kb: KnowledgeBase, engine: Callable[[], Engine]) -> None:
        self.kb = kb
        self.engine = engine

    def where(self, place: Location, topic: str) -> str:
        pack = self.kb.pack_of(place) if len(self.kb.packs) > 1 else ""
        parts = (str(place) if place.path else "", topic and f"topic {topic}", pack and f"pack {pack}")
        return ", ".join(filter(None, parts))

    def title(self, section: str, name: str) -> str:
        item = items_of(self.kb)[section][name]
        return titled(item.tell if section == "referrals" else item.title, name)

    def effects(self, rule: Rule) -> Iterator[str]:
        does = {"find": "finds", "recommend": "recommends", "refer": "refers", "withhold": "holds back"}
        return (f"{does[effect]}: {self.title(SECTION_OF[effect], name)}" for effect, name in rule.effects)

    def reading(self, name: str, section: str) -> list[Rule]:
        """Return the rules whose `when` names a question or a finding."""
        named = questions_in if section == "questions" else findings_in
        return [rule for rule in self.kb.rules.values() if name in named(rule.when)]


def _noted(*notes: tuple[str, str]) -> Iterator[Paragraph]:
    for label, text in notes:
        if text:
            yield Paragraph(f"{label}: {text}", first="  ", rest="    ")


def _listed(heading: str, texts: Iterable[str], role: Role = Role.TEXT) -> Iterator[Paragraph]:
    """Yield a heading and a list; nothing if the list is empty."""
    for index, text in enumerate(texts):
        if not index:
            yield Paragraph()
            yield Paragraph(f"{heading}:", first="  ")
        yield Paragraph(text, role, "    - ")


def _sources(view: _View, names: Iterable[str]) -> Iterator[Paragraph]:
    """Yield sources work by work, each with its places."""
    works: dict[str, list[str]] = {}
    for source in (view.kb.sources[name] for name in names if name in view.kb.sources):
        works.setdefault(work_of(source), []).append(titled(source.id, source.at) if source.at else source.id)
    yield from _listed("From", (f"{work}: {', '.join(places)}" for work, places in works.items()))


def _leads_to(view: _View, heading: str, rules: Iterable[Rule]) -> Iterator[Paragraph]:
    """Yield what some rules do, each thing once with the rules that do it."""
    doers: dict[str, list[str]] = {}
    for rule in rules:
        for effect in view.effects(rule):
            doers.setdefault(effect, []).append(rule.id)
    yield from _listed(heading, (f"{effect}, by {', '.join(names)}" for effect, names in doers.items()))


def _names(heading: str, names: Iterable[str], otherwise: str = "") -> Iterator[Paragraph]:
    """Yield a heading and names in a row, as many as are of use; without any, what to say `otherwise`."""
    every = list(names)
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    if every:
        yield Paragraph(f"{heading}: {', '.join(every[:_MOST_NAMED])}{more}", first="  ", rest="    ")
    elif otherwise:
        yield Paragraph(otherwise, first="  ")


def _rule(view: _View, rule: Rule) -> Iterator[Paragraph]:
    kb = view.kb
    yield from reading(kb, rule.when, "    ")
    yield from _listed("Then it", view.effects(rule))
    yield Paragraph()
    yield from _noted(("Because", rule.because))
    yield from _sources(view, rule.sources)
    yield Paragraph()
    below = {each.id: None for finding in findings_in(rule.when) for each in kb.rules_finding(finding)}
    above = [each.id for each in kb.rules.values() if set(rule.find).intersection(findings_in(each.when))]
    yield from _names("Rests on what these rules find", below)
    yield from _names("What it finds is read by", above)
    (covered,) = (each for each in rule_coverage(view.engine(), kb.cases) if each.rule == rule.id)
    yield from _names(
        f"Fires in {len(covered.fires)} of {len(kb.cases)} cases", covered.fires, "No case makes it fire."
    )
    misses = f"Missed narrowly by {len(covered.near_misses)}"
    yield from _names(misses, covered.near_misses, "No case misses it narrowly.")


def _question(view: _View, question: Question) -> Iterator[Paragraph]:
    readers = view.reading(question.id, "questions")
    yield from _noted(("Answered with", _kind_in_words(question)))
    if question.id in view.kb.screens:
        yield Paragraph("It is a safety screen: no advice is shown before it is answered.", first="  ")
    if question.after_advice:
        yield Paragraph("It is asked after the advice was tried.", first="  ")
    if question.asked_when is not None:
        yield Paragraph("It is asked only when this is so:", first="  ")
        yield from reading(view.kb, question.asked_when, "    ")
    yield from _listed("Answers, each with the rules that read it", _answers_read(question, readers))
    yield from _leads_to(view, "What waits for it", readers)
    follow_ups = [name for name, condition in view.kb.follow_ups.items() if question.id in questions_in(condition)]
    yield from _names("It says of whom these are asked", follow_ups)
    if not readers:
        yield Paragraph()
        yield Paragraph("No rule reads it.", first="  ")
    yield Paragraph()
    yield from _noted(("Hint", question.hint), ("To find out", question.self_check))


def _kind_in_words(question: Question) -> str:
    if question.kind is Kind.NUMBER:
        limits = bounds(question, Within(question.id, question.at_least, high=question.at_most))
        return f"a number of {question.unit}" + (f", {limits}" if limits else "")
    return {Kind.YES_NO: "yes or no", Kind.ONE: "one of these", Kind.SEVERAL: "any of these"}[question.kind]


def _answers_read(question: Question, readers: Iterable[Rule]) -> Iterator[str]:
    """Yield every answer with the rules that read it; an option's doubt stands beside the option."""
    read: dict[str, list[str]] = {name: [] for name in (*question.option_ids, UNSURE)}
    for rule in readers:
        for leaf, ruled_out in leaves_with_side(rule.when):
            for answer in _named(question, leaf):
                read.setdefault(answer, []).append(f"not in {rule.id}" if ruled_out else rule.id)
    texts = {
        option.id: titled(option.text, option.id) + f" also called {', '.join(option.also)}" * bool(option.also)
        for option in question.options
    }
    for answer, rules in read.items():
        if not answer.endswith("?"):
            doubt = read.get(f"{answer}?")
            also = f"; if unsure: {', '.join(doubt)}" if doubt else ""
            yield f"{texts.get(answer, answer)}: {', '.join(dict.fromkeys(rules)) or 'no rule'}{also}"


def _named(question: Question, leaf: Leaf) -> tuple[str, ...]:
    """Return the answers to `question` that `leaf` names: options, bounds in words, unsure."""
    if isinstance(leaf, Found) or leaf.question != question.id:
        return ()
    return leaf.options if isinstance(leaf, Answered) else tuple(wanted(question, leaf))


def _finding(view: _View, finding: Finding) -> Iterator[Paragraph]:
    kb = view.kb
    yield from _names("Contradicts", finding.not_with)
    yield from _by_rules(view, "Found by", kb.rules_finding(finding.id), "No rule finds it.")
    readers = view.reading(finding.id, "findings")
    for heading, out in (("What waits for it", False), ("What waits for it to be ruled out", True)):
        yield from _leads_to(view, heading, (rule for rule in readers if _reads(rule, finding.id, out)))


def _reads(rule: Rule, finding: str, ruled_out: bool) -> bool:
    """Say whether `rule` waits for a finding, or for it to be ruled out."""
    return any(
        isinstance(leaf, Found) and finding in leaf.findings and side is ruled_out
        for leaf, side in leaves_with_side(rule.when)
    )


def _recommendation(view: _View, recommendation: Recommendation) -> Iterator[Paragraph]:
    if recommendation.closing:
        yield Paragraph("It is a closing word, no correction.", first="  ")
    for index, step in enumerate(recommendation.steps, start=1):
        yield Paragraph(step, first=f"    {index}. ")
    yield from _noted(
        ("Cue", recommendation.cue), ("How long", recommendation.dose), ("Check", recommendation.self_check)
    )
    yield from _names("Contradicts", recommendation.not_with)
    given, withheld = view.kb.rules_recommending(recommendation.id), view.kb.rules_withholding(recommendation.id)
    yield from _by_rules(view, "Recommended by", given, "No rule recommends it.")
    yield from _by_rules(view, "Held back by", withheld)


def _referral(view: _View, referral: Referral) -> Iterator[Paragraph]:
    yield from _noted(("Level", referral.level.value))
    made = (rule for rule in view.kb.rules.values() if referral.id in rule.refer)
    yield from _by_rules(view, "Made by", made, "No rule makes it.")


def _by_rules(view: _View, heading: str, rules: Iterable[Rule], otherwise: str = "") -> Iterator[Paragraph]:
    """Yield rules, each with its condition."""
    some = list(rules)
    heading = f"{heading}:" if some else otherwise
    if heading:
        yield Paragraph()
        yield Paragraph(heading, first="  ")
    for index, rule in enumerate(some):
        if index:
            yield Paragraph()
        yield Paragraph(f"rule {rule.id}, when", first="    ")
        yield from reading(view.kb, rule.when, "      ")


def _source(view: _View, source: Source) -> Iterator[Paragraph]:
    yield from _noted(("Address", source.address))
    cites = [
        f"{kind_of(section)} {name}"
        for section in ("questions", "recommendations", "referrals", "rules")
        for name, item in items_of(view.kb)[section].items()
        if source.id in item.sources
    ]
    yield from _listed("Cited by", cites)
    if not cites:
        yield Paragraph("Nothing cites it.", first="  ")


def _case(view: _View, case: Case) -> Iterator[Paragraph]:
    kb = view.kb
    yield from _noted(("Says", case.says))
    if case.answers:
        yield Paragraph()
        yield Paragraph("Answers:", first="  ")
    for name, answer in case.answers.items():
        question = kb.questions[name]
        yield Paragraph(titled(question.ask, name), first="    - ")
        yield Paragraph(in_words(question, answer), first="      = ", rest="        ")
    yield Paragraph()
    said: dict[str, Any] = item_data(case.expect)
    for name, expected in said.items():
        label = "Expects" if name == "outcome" else name.replace("-", " ").capitalize()
        yield from _noted((label, expected if isinstance(expected, str) else ", ".join(expected)))
    yield from _noted(("Because", case.because))
    inference = view.engine().infer(case.answers)
    yield Paragraph()
    yield from _names("Rules that fire", inference.holding)
    yield from _listed("It fails", replay(view.engine(), case).failures)


def _pack(view: _View, pack: Pack) -> Iterator[Paragraph]:
    kb = view.kb
    authors, extends, topics = map(", ".join, (pack.authors, pack.extends, pack.topics))
    yield from _noted(("By", authors), ("Builds on", extends), ("Topics", topics), ("About", pack.about))
    yield from _listed("Safety screens", (titled(kb.questions[name].ask, name) for name in pack.safety_screens))
    if pack.complaint is not None:
        yield Paragraph()
        yield Paragraph("Someone has a complaint for it when this is so:", first="  ")
        yield from reading(kb, pack.complaint, "    ")


_DESCRIBED: dict[str, tuple[Callable[[Any], str], Callable[[_View, Any], Iterator[Paragraph]]]] = {
    "packs": (lambda pack: f"{pack.title}, version {pack.version}", _pack),
    "questions": (lambda question: question.ask, _question),
    "findings": (lambda finding: finding.title, _finding),
    "recommendations": (lambda recommendation: recommendation.title, _recommendation),
    "referrals": (lambda referral: referral.tell, _referral),
    "rules": (lambda rule: "When all of this is so:" if isinstance(rule.when, All) else "When this is so:", _rule),
    "cases": (lambda case: case.title, _case),
    "sources": (cited, _source),
}
"""What is said first of an item, and what then."""
