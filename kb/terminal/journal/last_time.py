"""What is said to whoever comes back: which interview is not finished, what was advised last time, how it went."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from kb.interview.events import advised, made_worse
from kb.journal.records import encoded
from kb.model.knowledge import BETTER, SAME, WORSE, KnowledgeBase, Outcome, Recommendation, attempt_name
from kb.report.layout import HEADLINES
from kb.terminal.console import Console
from kb.terminal.interview.commands import ENDING, Quit, attempt_word, command_in
from kb.text.blocks import Role
from kb.text.durations import day, moment

if TYPE_CHECKING:
    from kb.journal.sessions import Journal, Saved

MOST_TITLES = 3
_QUESTION = "How did it go? better, same, worse, or Enter if you did not try."


def unfinished(saved: Saved, way_back: str) -> str:
    """Return the line that says that an interview is not finished."""
    return f"Your interview of {moment(saved.begun, date.today())} is not finished: {way_back} goes on with it."


def last_time(console: Console, journal: Journal, kb: KnowledgeBase, besides: int | None) -> tuple[str, ...]:
    """Say what was advised last time, and ask how the first of it that was not tried yet went.

    The reply is kept with the session of that time, and with nothing else. Nobody is asked where nobody listens.
    Returned are the corrections that made it worse.
    """
    saved = journal.latest_finished([pack.id for pack in kb.packs])
    if saved is None or saved.id == besides or not console.listening:
        return ()
    if first := list(islice(advised(kb, saved.report), MOST_TITLES)):
        _ask_how_it_went(console, journal, saved, first)
    else:
        _say_stop(console, saved)
    saved = journal.saved(saved.id) or saved
    worse = made_worse(kb, saved.answers, saved.events)
    if worse:
        titles = ", ".join(f"“{kb.recommendations[name].title}”" for name in worse)
        console.say(f"Left out of today, since it made it worse: {titles}.", Role.QUIET)
    return worse


def _ask_how_it_went(console: Console, journal: Journal, saved: Saved, advised: list[Recommendation]) -> None:
    console.say()
    console.say(f"Last time, on {day(saved.begun, date.today())}, this was advised first:")
    for number, each in enumerate(advised, start=1):
        console.say(each.title, first=f"  {number}  ")
    tried = {event.about for event in saved.events if event.kind == "attempt"} | set(saved.answers)
    untried = next((each for each in advised if attempt_name(each.id) not in tried), None)
    if untried is None:
        return
    console.say(f"“{untried.title}”: {_QUESTION[0].lower()}{_QUESTION[1:]}" if len(advised) > 1 else _QUESTION)
    if went := _reply(console):
        _keep(console, journal, saved, attempt_name(untried.id), went)


def _say_stop(console: Console, saved: Saved) -> None:
    outcome = (saved.report or {}).get("outcome")
    if outcome in [each.value for each in Outcome if each.stops]:
        console.say()
        console.say(f"Last time, on {day(saved.begun, date.today())}, the report said: {HEADLINES[Outcome(outcome)]}.")


def _reply(console: Console) -> str:
    """Return how it went; nothing if it was not tried."""
    while text := console.read("last time> "):
        word = attempt_word(text)
        if word in (BETTER, SAME, WORSE):
            return word
        if word == "later" or getattr(command_in(text), "name", "") in ENDING:
            raise Quit
        if word == "skip":
            break
        console.say(f"Type {BETTER}, {SAME} or {WORSE}, or press Enter for the questions of today.")
    return ""


def _keep(console: Console, journal: Journal, saved: Saved, name: str, went: str) -> None:
    # It was asked on the terms of that time, and they are kept.
    entry = journal.resume(saved, saved.packs, saved.asked)
    told = [entry.keep(saved.answers, "attempt", about=name, said=went)]
    if saved.finished is not None:
        told.append(entry.finish(encoded(saved.report), saved.finished))
    for sentence in filter(None, told):
        console.say(sentence)
    console.say("= Noted, with the interview of that time. Today is asked about afresh.", Role.QUIET, first="  ")
    if went == WORSE:
        limit = "If it was pain that was sharp, electric or stayed, have a health professional look at it first."
        console.say(f"Leave that one out from now on. {limit}")
