"""Commands that show something and change nothing in the session.

Each takes the console, the session as it is, the question at whose prompt it was typed (None: at the report) and what
it is about (`how 1`: “1”).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb.explanation import chain, wording
from kb.interview.session import Session
from kb.model.answers import AnswerFault
from kb.model.knowledge import KnowledgeBase, Question
from kb.model.problems import KbError
from kb.report.build import Report, build_report, citations
from kb.report.layout import places
from kb.system.locations import expanded
from kb.terminal.console import Console, EndOfInput
from kb.terminal.interview import screens
from kb.terminal.interview.commands import AT_A_QUESTION, AT_THE_REPORT
from kb.terminal.interview.saving import refuse_unusable, take
from kb.text.blocks import Line, Role
from kb.text.choosing import How, choose
from kb.text.spelling import did_you_mean
from kb.text.wrapping import cut, printed

Show = Callable[[Console, Session, "Question | None", str], None]


def meaning(console: Console, session: Session, asked: Question | None, about: str) -> None:
    """Say what a question means, how to find out, and where it comes from; at the report, what can be typed."""
    if asked is None:
        help_(console, session, asked, about)
        return
    console.say()
    if asked.hint:
        console.say(f"What is meant: {asked.hint}")
    detailed = [(number, each.detail) for number, each in enumerate(asked.options, start=1) if each.detail]
    for number, detail in detailed:
        console.say(detail, first=f"  {number:>2}  ")
    if detailed:
        console.say()
    screens.how_to_find_out(console, asked)
    if not asked.hint and not asked.self_check and not detailed:
        console.say("The question means what it says; the author gave no further hint.")
    if asked.sources:
        console.say(f"Source: {places(citations(session.kb, asked.sources))}", Role.SOURCE)


def why(console: Console, session: Session, asked: Question | None, _about: str) -> None:
    """Say why a question is asked."""
    if asked is None:
        raise AnswerFault("the questions are done.", "Type how for the reasons of the report.")
    console.say_all(wording.why(session, asked))


def help_(console: Console, _session: Session, asked: Question | None, _about: str) -> None:
    """List what can be typed."""
    if asked is None:
        screens.help_lines(console, "What you can type now", AT_THE_REPORT)
    else:
        screens.help_lines(console, "What you can type at a question", AT_A_QUESTION)


def review(console: Console, session: Session, _asked: Question | None, _about: str) -> None:
    """List all answers so far."""
    screens.review(console, session.kb, session.answers)
    if session.answers:
        console.say()
        console.say("To give another answer, type change and its number, such as change 1.", Role.QUIET)


def how(console: Console, session: Session, _asked: Question | None, about: str) -> None:
    """Say how all that was found came about, or one thing."""
    shown = build_report(session)
    targets, known = _meant(session, shown, about), _known(shown)
    for target in targets:
        console.say_all((chain.how if target in known else wording.why_not)(session, target))
    if targets and known.issuperset(targets):
        numbers = {each.id: str(number) for number, each in enumerate(shown.recommendations, start=1)}
        which = f" {numbers.get(targets[0], targets[0])}" if len(targets) == 1 else ""
        console.say(f"source{which} tells where each step is written.", Role.QUIET, "  ")
    elif not targets:
        console.say()
        console.say("Nothing has been found so far.")


def source(console: Console, session: Session, asked: Question | None, about: str) -> None:
    """Say where each step is written by which all that was found came about, or one thing."""
    shown = build_report(session)
    targets = _meant(session, shown, about)
    if not targets or not _known(shown).issuperset(targets):
        how(console, session, asked, about)
        return
    for target in targets:
        console.say_all(chain.sources(session, target))


def _meant(session: Session, shown: Report, about: str) -> list[str]:
    """Return the id of what `about` means; without a word, of all that was found, or else advised."""
    if about:
        return [target_named(session.kb, shown, about)]
    found = [each.id for each in shown.findings if not each.intermediate] + [each.id for each in shown.referrals]
    return found or [each.id for each in shown.with_parts]


def _known(shown: Report) -> set[str]:
    """Return the ids of all that came about."""
    names = {each.id for each in shown.findings} | {each.id for each in shown.referrals}
    return names | {each.id for each in shown.with_parts}


def why_not(console: Console, session: Session, asked: Question | None, about: str) -> None:
    """Say why something is not in the report."""
    if not about:
        raise AnswerFault("type why-not and the beginning of a title.", "Help shows all that can be typed.")
    target = target_named(session.kb, build_report(session), about)
    if asked is not None:
        console.say()
        console.say("There are questions left, so this is how it stands at the moment.")
    console.say_all(wording.why_not(session, target))


def show(console: Console, session: Session, asked: Question | None, about: str) -> None:
    """Show the report again, or one recommendation of it."""
    if asked is not None:
        raise AnswerFault("the report comes after the last question.", "Type quit to end and see what is known so far.")
    shown = build_report(session)
    if not about:
        screens.report(console, session)
    elif about in map(str, range(1, len(shown.recommendations) + 1)):
        screens.recommendation(console, shown, int(about))
    else:
        raise AnswerFault("there is no such number in the report.", "Type show alone for all of it.")


def save(console: Console, session: Session, asked: Question | None, about: str) -> None:
    """Write the report into a file."""
    if asked is not None:
        raise AnswerFault("the report comes after the last question.", "Type save and a name then.")
    if not about:
        raise AnswerFault("type save and the name of a file.", "save plan.html makes a page to print or to keep.")

    def confirmed(question: str) -> bool:
        console.say(f"{question} Type yes or no.")
        try:
            return console.read("yes or no> ").casefold() in ("yes", "y")
        except EndOfInput:
            return False

    path = expanded(about)
    try:
        over = refuse_unusable(path, confirm=confirmed)
        console.line(Line(take(session, path, over=over), Role.TEXT))  # whole, so that the path can be copied
    except KbError as error:
        console.say(str(error))


def case(console: Console, session: Session, asked: Question | None, about: str) -> None:
    """Show the session as a case of a pack, or add it to a file of cases."""
    if asked is not None:
        raise AnswerFault("a case is what the whole interview came to.", "Type it after the report.")
    from kb.terminal.interview.save_case import as_text, keep  # only now: this is for teachers

    console.say()
    if not about:
        for text in as_text(session).rstrip("\n").split("\n"):
            console.line(Line(text, Role.TEXT))
        return
    path = expanded(about)
    try:
        name = keep(session, Path(path))
    except KbError as error:
        console.say(str(error))
        return
    console.say(f"The case “{name}” is now in {printed(path)}. Give it a name and a title of its own there.")


SHOWING: dict[str, Show] = {
    "?": meaning,
    "why": why,
    "help": help_,
    "review": review,
    "how": how,
    "source": source,
    "why-not": why_not,
    "show": show,
    "save": save,
    "case": case,
}


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
