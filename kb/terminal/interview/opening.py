"""How an interview begins: what it is, what is kept of it, and the first question.

All of that is known before anything is worked out, so whoever begins is shown it before the rest of the program is
loaded. That is why this module stands on so little.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question
from kb.model.packs import Pack
from kb.terminal.console import Console, EndOfInput
from kb.terminal.interview.commands import Quit
from kb.terminal.interview.keeper import Keeper
from kb.text.blocks import Role
from kb.text.wrapping import cut


class Begun(NamedTuple):
    """What a person has seen: the first question, or else why they did not get so far."""

    asked: Question | None
    leaving: BaseException | None = None


def begin(console: Console, keeper: Keeper, kb: KnowledgeBase, first: Question | None, most: int) -> Begun:
    """Say what this is and what was kept before, and show the first question, where at most `most` will be asked."""
    try:
        opening(console, kb.packs)
        if kb.weakenings:
            from kb.model.weakening import weakening_lines  # only now: hardly any rules do that

            console.say()
            for line in weakening_lines(kb):
                console.say(line, Role.ALARM)
        keeper.begin(kb)
        if first is not None:
            question(console, first, progress(1, most - 1), None)
    except (EndOfInput, Quit, KeyboardInterrupt) as leaving:
        return Begun(None, leaving)
    return Begun(first)


def opening(console: Console, packs: Iterable[Pack]) -> None:
    """Say what this is and is not, and how to answer."""
    for pack in packs:
        console.say(pack.title, Role.HEADLINE)
        console.say()
        if pack.about:
            console.say(pack.about)
            console.say()
    foremost = dict.fromkeys(pack.limits[0] for pack in packs if pack.limits)  # the others stand below every report
    if foremost:
        console.say(" ".join(foremost))
        console.say()
    console.say("Numbers or words will do; ? and help say more.")


# --- a question -------------------------------------------------------------------------------------------------------


def progress(number: int, more: int) -> str:
    """Say where in the interview a question stands."""
    return f"Question {number} (at most {more} more)" if more else f"Question {number} (the last one)"


def question(console: Console, asked: Question, where: str, kept: Answer | None) -> None:
    """Show a question with its options; `kept` is what was answered before, which Enter keeps."""
    console.say()
    console.say(where, Role.QUIET)
    console.say(asked.ask, Role.HEADLINE)
    if asked.options and asked.kind is not Kind.YES_NO:
        console.say()
        digits = len(str(len(asked.options)))
        for number, option in enumerate(asked.options, start=1):
            console.say(option.text, first=f"  {number:>{digits}}  ")
        console.say()
    if said := manner(asked):
        console.say(said, Role.QUIET)
    if kept is not None:
        from kb.model.answers import in_words  # only now: at the first question nothing is kept

        console.say(f"You said: {cut(in_words(asked, kept), 60)}. Enter keeps it.".replace("…. ", "… "), Role.QUIET)


def manner(asked: Question) -> str:
    """Say how a question is answered, where that does not go without saying."""
    if asked.kind is Kind.YES_NO:
        return "Type yes or no."
    if asked.kind is Kind.NUMBER:
        example = "2 or 1:30" if asked.unit in ("minutes", "hours") else "2"
        return f"Type a number of {asked.unit}, e.g. {example}."
    if asked.kind is Kind.SEVERAL:
        ids = asked.option_ids
        nothing = str(ids.index(NONE) + 1) if NONE in ids else "0"
        some = [str(number) for number, name in enumerate(ids, start=1) if name != NONE]
        example = " ".join([some[0], some[2]] if len(some) > 2 else some)
        return f"Any that fit: {example}. None: {nothing}."
    return ""
