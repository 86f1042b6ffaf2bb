"""How explanations look: why a question is asked, how something came about, why something did not.

What they say comes from `kb.explanation.explanation`; here it is put so that a person at a prompt can read it, options
by the numbers on the screen, questions and answers each on a line.
"""

from __future__ import annotations

from kb.explanation.explanation import BEYOND, Reason, Step, WhyNot, explain_how, explain_why, explain_why_not, title_of
from kb.interview.session import Session
from kb.model.answers import AnswerFault, as_data, in_words
from kb.model.knowledge import Answer, Answers, Kind, KnowledgeBase, Question
from kb.report.build import Report, build_report, citations
from kb.report.layout import places
from kb.terminal.console import Console
from kb.text.blocks import Role
from kb.text.choosing import How, choose
from kb.text.spelling import did_you_mean
from kb.text.wrapping import cut

_MOST_REASONS = 5
"""Reasons that `why` shows. The question of the pose alone decides about nearly everything."""


# --- why ------------------------------------------------------------------------------------------------------------


def why(console: Console, session: Session, asked: Question) -> None:
    """Say why a question is asked."""
    found = explain_why(session, asked.id)
    console.say()
    if found.screen:
        console.say("This is one of the safety questions. Nothing is advised before they are answered.")
    if asked.after_advice:
        console.say("This is asked after every try: with some answers the session ends and someone should look at it.")
    elif not found.reasons and not found.screen and not found.beyond:
        console.say("You answered this before. No further advice waits for it now.")
    if found.reasons:
        console.say("What your answer can lead to:")
    for reason in sorted(found.reasons, key=lambda each: len(each.answers))[:_MOST_REASONS]:
        console.say(_reason(session.kb, asked, reason), first="  - ")
    more = len(found.reasons) - _MOST_REASONS
    if more > 0:
        console.say(f"and {more} thing{'s' * (more > 1)} more.", first="  ")
    if found.beyond:
        console.say(BEYOND)


def _reason(kb: KnowledgeBase, asked: Question, reason: Reason) -> str:
    also = [
        f"“{cut(kb.questions[name].ask, 70)}” is answered “{cut(in_words(kb.questions[name], answer), 50)}”"
        for name, answer in reason.answers.items()
        if name != asked.id
    ]
    own = f"with {_by_number(asked, reason.answers[asked.id])}" if asked.id in reason.answers else "with your answer"
    conditions = " and if ".join([own, *also])
    return f"{conditions[:1].upper()}{conditions[1:]}, {reason.effect(kb)} {reason.because}"


def _by_number(asked: Question, answer: Answer) -> str:
    """Return an answer as it would be typed."""
    numbers = {name: str(number) for number, name in enumerate(asked.option_ids, start=1)}
    if isinstance(answer, tuple):
        return " ".join(numbers[name.removesuffix("?")] + "?" * name.endswith("?") for name in answer) or "0"
    if asked.kind is Kind.NUMBER and not isinstance(answer, str):
        return in_words(asked, answer)
    return numbers.get(str(answer), str(as_data(answer))) if asked.kind is Kind.ONE else str(as_data(answer))


# --- how ------------------------------------------------------------------------------------------------------------


def how_all(console: Console, session: Session) -> None:
    """Say how all that was found so far came about."""
    shown = build_report(session)
    names = [each.id for each in shown.findings] + [each.id for each in shown.referrals]
    names = names or [each.id for each in shown.recommendations]
    if not names:
        console.say()
        console.say("Nothing has been found so far.")
    for name in names:
        how(console, session, name)


def how(console: Console, session: Session, target: str) -> None:
    """Say how a finding, recommendation or referral came about."""
    kb = session.kb
    console.say()
    console.say(f"How “{title_of(kb, target)}” came about", Role.TITLE)
    for step in explain_how(session, target).steps:
        console.say()
        console.say(step.because, first="  ")
        _grounds(console, kb, step)


def _grounds(console: Console, kb: KnowledgeBase, step: Step) -> None:
    for names, said in ((step.found, "It was found"), (step.ruled_out, "It was ruled out")):
        for name in names:
            console.say(f"{said}: {kb.findings[name].title}", first="  ", rest="    ")
    if step.answers:
        console.say("You said:", first="  ")
        _answers(console, kb, step.answers)
    rule = f"Rule {step.rule}"
    if len(kb.packs) > 1:
        rule += f" of {kb.pack_of(kb.rules[step.rule].place)}"
    console.say(f"{rule}. Source: {places(citations(kb, step.sources))}", Role.SOURCE, first="  ", rest="  ")


def _answers(console: Console, kb: KnowledgeBase, answers: Answers) -> None:
    for name, answer in answers.items():
        console.say(kb.questions[name].ask, first="    ")
        console.say(f"= {in_words(kb.questions[name], answer)}", first="      ", rest="        ")


# --- why not --------------------------------------------------------------------------------------------------------


def why_not(console: Console, session: Session, target: str) -> None:
    """Say why something was not concluded, and what would have to be answered otherwise."""
    kb = session.kb
    found = explain_why_not(session, target)
    console.say()
    console.say(f"Why not “{title_of(kb, target)}”", Role.TITLE)
    if session.advice.outcome.stops and not found.given:
        # Nobody is told here which answer to a danger sign would bring the poses back.
        console.say()
        console.say("Nothing about poses is said, because someone should look at what you told first.", first="  ")
        return
    if found.given:
        console.say()
        console.say("It was given. Type how for its reasons.", first="  ")
    obstacles(console, kb, found)
    # Nor is anybody told to answer a safety question otherwise.
    if found.change and not set(found.change).intersection(kb.screens):
        had_you_answered(console, kb, found.change)


def obstacles(console: Console, kb: KnowledgeBase, found: WhyNot) -> None:
    """Say what stood in the way: what holds it back, and for each rule what rules it out or what it waits for."""
    for rule in found.withheld_by:
        console.say()
        console.say(f"It is held back. {kb.rules[rule].because}", first="  ")
    for obstacle in found.obstacles:
        console.say()
        if obstacle.answers:
            console.say(f"Rule {obstacle.rule} does not apply. You said:", first="  ")
            _answers(console, kb, obstacle.answers)
        for names, what in (
            (obstacle.waits_for, "still waits for"),
            (obstacle.unsure, "rests on what you are unsure of"),
        ):
            if names:
                console.say(f"Rule {obstacle.rule} {what}:", first="  ")
            for name in names:
                console.say(kb.questions[name].ask, first="    - ")


def had_you_answered(console: Console, kb: KnowledgeBase, change: Answers, it: str = "be there") -> None:
    """Say which answers would bring it about."""
    console.say()
    console.say(f"It would {it}, had you answered:", first="  ")
    _answers(console, kb, change)


# --- names ----------------------------------------------------------------------------------------------------------


def target_named(kb: KnowledgeBase, shown: Report, about: str) -> str:
    """Return the id of what `about` means: a number in the report, an id, or the beginning or a part of a title.

    Raises:
        AnswerFault: if it means nothing, or more than one thing.
    """
    numbered = {str(number): each.id for number, each in enumerate(shown.recommendations, start=1)}
    if about in numbered:
        return numbered[about]
    if about.isdigit():
        last = len(numbered)
        raise AnswerFault(f"there is no number {cut(about, 9)} in the report.", f"The last one is {last}." * bool(last))
    # What is recommended is asked about most, so a word that means one recommendation means that.
    kinds: list[dict[str, str]] = [
        {name: each.title for name, each in kb.recommendations.items()},
        {name: each.title for name, each in kb.findings.items()},
        {name: each.tell for name, each in kb.referrals.items()},
    ]
    name = about.replace(" ", "-")
    for titles in kinds:
        if name in titles:
            return name
    for titles in kinds:
        chosen = choose(about, {each: (title,) for each, title in titles.items()})
        if chosen.how in (How.ALIKE, How.NOT):
            continue
        if len(chosen.names) > 1:
            which = " or ".join(f"“{cut(titles[each], 40)}”" for each in chosen.names[:3])
            raise AnswerFault(f"“{cut(about, 30)}” may mean {which}.", "Type a little more.")
        return chosen.names[0]
    known = [each for titles in kinds for each in (*titles, *titles.values())]
    way_out = did_you_mean(about, known, "Give a number of the report, or the beginning of a title.")
    raise AnswerFault(f"“{cut(about, 30)}” is not known here.", way_out)
