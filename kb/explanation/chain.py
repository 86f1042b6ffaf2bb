"""How something came about, as a chain: You said … So … That is why: … The sources of its steps stand apart.

What it says comes from `explain_how`. Each finding and each answer is told once, what is rested on before what rests on
it. A chain that would be long is told in fewer words; what it then leaves out, the sources tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.explanation.explanation import How, Step, explain_how, title_of
from kb.interview.session import Session
from kb.model.answers import in_words
from kb.model.conditions import UNSURE, Answered, leaves
from kb.model.knowledge import NONE, Answer, Finding, Kind, KnowledgeBase
from kb.model.problems import Location
from kb.report.build import citations
from kb.report.layout import places
from kb.text.blocks import Paragraph, Role
from kb.text.wrapping import counted, cut, wrapped

MOST_LINES = 12
"""How many lines a chain takes at most, its heading and the way to its sources among them."""
_WIDTH = 80
_FIRST_WORDS = frozenset(["a", "an", "both", "it", "its", "no", "one", "the", "there", "these", "this", "you", "your"])
"""Words that lose their capital inside a sentence; any other first word may be a name."""

_ASIDE = re.compile(r" \((?!unsure\))[^()]*\)")
"""What an option says in brackets, which whoever chose it has read."""


class _Link(NamedTuple):
    """What follows from what: answers not told yet, in words, what is not so besides, and what was found."""

    said: list[str]
    not_so: list[str]
    found: str


class _Brief(NamedTuple):
    """How much of a chain is told: columns of an answer, a question and the reasons; findings; answers a finding."""

    answer: int
    question: int
    reasons: int
    findings: int
    said: int = 99


_BRIEFS = (
    _Brief(70, 70, 999, 9),
    _Brief(60, 50, 400, 9),
    _Brief(40, 40, 300, 9),
    _Brief(30, 30, 240, 4),
    _Brief(24, 24, 240, 0),
    _Brief(24, 24, 240, 0, said=6),
)


def how(session: Session, target: str) -> Iterator[Paragraph]:
    """Yield how a finding, recommendation or referral came about, in at most `MOST_LINES` lines."""
    told = explain_how(session, target)
    for brief in _BRIEFS:
        paragraphs = list(_chain(session.kb, told, brief))
        if _lines(paragraphs) < MOST_LINES:
            break
    yield Paragraph()
    yield from paragraphs


def sources(session: Session, target: str) -> Iterator[Paragraph]:
    """Yield what each step of the chain rests on: its reason, its rule, and where that is written."""
    kb = session.kb
    told: set[str] = set()
    for step in _in_order(kb, explain_how(session, target)):
        rule = kb.rules[step.rule]
        titles = [kb.findings[name].title for name in rule.find if kb.findings[name].place != Location("")]
        yield Paragraph()
        yield Paragraph(f"{_listed(titles)}: {step.because}" if titles else step.because, first="  ")
        of_pack = f" of {kb.pack_of(rule.place)}" if len(kb.packs) > 1 else ""
        inferred = ", our inference" if rule.inferred else ""
        cited = places(citations(kb, step.sources))
        yield Paragraph(f"Rule {rule.id}{of_pack}{inferred}. Source: {cited}", Role.SOURCE, "  ", "  ")
        for source in (kb.sources[name] for name in step.sources):
            for text in (f"{source.id}: {source.text}" if source.text else "", source.address):
                if text and text not in told:
                    yield Paragraph(text, Role.SOURCE, "    ", "    ")
            told |= {f"{source.id}: {source.text}", source.address}


# --- the chain --------------------------------------------------------------------------------------------------------


def _chain(kb: KnowledgeBase, told: How, brief: _Brief) -> Iterator[Paragraph]:
    """Yield the chain, each paragraph beginning with what was said and ending with what follows from it."""
    yield Paragraph(f"How “{cut(title_of(kb, told.target), 56)}” came about", Role.TITLE)
    links = list(_links(kb, told, brief))
    sentences: list[str] = []
    for number, link in enumerate(links):
        if sentences and (link.said or link.not_so):
            yield Paragraph(" ".join(sentences), first="  ")
            sentences = []
        sentences += _sentences(link, also=any(before.said for before in links[:number]))
    because = dict.fromkeys(step.because for step in told.steps if _gives(kb, step, told.target))
    reasons = cut(" ".join(because), brief.reasons)
    yield Paragraph(" ".join([*sentences, f"That is why: {reasons}"]), first="  ")


def _sentences(link: _Link, *, also: bool) -> Iterator[str]:
    parts = _listed(link.said)
    for not_so in link.not_so:
        parts += f"{', and ' * bool(parts)}{not_so}"
    if parts:
        yield f"You {'also ' * also}said {parts}." if link.said else f"And {parts}."
    if link.found:
        yield f"{'So' if parts else 'And so'} {link.found}."


def _links(kb: KnowledgeBase, told: How, brief: _Brief) -> Iterator[_Link]:
    """Yield a link for each finding that the target rests on, and one for the target itself."""
    steps = _in_order(kb, told)
    own = {name for step in steps for name in step.answers}
    elsewhere = {name: answer for name, answer in told.answers.items() if name not in own}  # what rules findings out
    conclusions = list(_by_conclusion(kb, told, steps))
    said: set[str] = set()
    findings: set[str] = set()
    words: list[str] = []
    nothing: list[str] = []
    for left, (name, giving) in zip(reversed(range(len(conclusions))), conclusions):
        answers = {question: answer for step in giving for question, answer in step.answers.items()}
        not_so = dict.fromkeys(finding for step in giving for finding in step.ruled_out if finding not in findings)
        if not_so:
            answers |= elsewhere
        findings.update(not_so)
        new = [question for question in told.answers if question in answers and question not in said]
        said.update(new)
        words += [_said(kb, steps, question, answers[question], brief) for question in new]
        nothing += _nothing_of([kb.findings[finding] for finding in not_so], brief)
        if left <= brief.findings:
            more = len(words) - brief.said
            if more > 0:
                words[brief.said :] = [f"{counted(more, 'answer')} more, which review lists"]
            yield _Link(words, nothing, _inside(kb.findings[name].title) if left else "")
            words, nothing = [], []


def _by_conclusion(kb: KnowledgeBase, told: How, steps: Sequence[Step]) -> Iterator[tuple[str, list[Step]]]:
    """Yield what was concluded and the steps that gave it, the target last."""
    wanted = dict.fromkeys(name for step in steps for name in kb.rules[step.rule].find)
    needed = {name for step in steps for name in step.found} - {told.target}
    for name in (*(each for each in wanted if each in needed), told.target):
        yield name, [step for step in steps if _gives(kb, step, name)]


def _in_order(kb: KnowledgeBase, told: How) -> list[Step]:
    """Return the steps, each after those that gave the findings it rests on."""
    done: dict[str, Step] = {}

    def follow(steps: Iterable[Step]) -> None:
        for step in steps:
            if step.rule not in done:
                follow(each for each in told.steps if any(_gives(kb, each, name) for name in step.found))
                done[step.rule] = step

    follow(told.steps)
    return list(done.values())


def _gives(kb: KnowledgeBase, step: Step, name: str) -> bool:
    rule = kb.rules[step.rule]
    return name in (*rule.find, *rule.recommend, *rule.refer)


# --- words ------------------------------------------------------------------------------------------------------------


def _said(kb: KnowledgeBase, steps: Iterable[Step], name: str, answer: Answer, brief: _Brief) -> str:
    """Return an answer as it is quoted, with its question where it says nothing alone."""
    asked = kb.questions[name]
    if isinstance(answer, tuple):
        read = [leaf for step in steps for leaf in leaves(kb.rules[step.rule].when) if isinstance(leaf, Answered)]
        meant = {option for leaf in read if leaf.question == name for option in leaf.options}
        answer = tuple(option for option in answer if option in meant) or answer
    words = cut(_ASIDE.sub("", in_words(asked, answer)), brief.answer)
    alone = asked.kind in (Kind.ONE, Kind.SEVERAL) and answer not in (UNSURE, (NONE,), ()) and " " in words
    return f"“{words}”" if alone else f"“{words}” to “{cut(asked.ask, brief.question)}”"


def _nothing_of(findings: Iterable[Finding], brief: _Brief) -> Iterator[str]:
    """Yield what is said of findings that are ruled out; of one that nobody wrote, that nothing else holds."""
    titles = [f"“{cut(finding.title, brief.answer)}”" for finding in findings if finding.place != Location("")]
    if len(titles) > brief.said:
        titles[brief.said // 2 :] = ["others"]
    if titles:
        yield f"nothing of {_listed(titles, 'or')}"
    if any(finding.place == Location("") for finding in findings):
        yield "nothing else is to be done"


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence."""
    first = title.split(" ")[0]
    text = title[:1].lower() + title[1:] if first.casefold() in _FIRST_WORDS else title
    return text.rstrip(".")


def _listed(words: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _lines(paragraphs: Iterable[Paragraph]) -> int:
    return sum(len(list(wrapped(each.text, _WIDTH, each.first))) for each in paragraphs)
