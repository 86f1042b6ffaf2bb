"""What a person may type besides an answer."""

from __future__ import annotations

from kb.interview.events import Command
from kb.model.knowledge import BETTER, SAME, WORSE

_WITH_MORE = ("change", "how", "source", "why-not", "show", "save", "case")
_NAMES = ("?", "help", "why", "again", "back", "review", "quit", "done", "felt", *_WITH_MORE)
_ALONE = {**{name: name for name in _NAMES}, "??": "?", "options": "again", "exit": "quit", "stop": "quit"}
_FILES = ("save", "case")
ENDING = ("quit", "done")

AT_A_PROMPT = tuple(word for word in _ALONE if len(word) > 2)
"""Commands that Tab completes."""

LATER, SKIP, TRIED, TRY = "later", "skip", "tried", "try"
_HOW_IT_WENT = {"no different": SAME, **{word: word for word in (BETTER, SAME, WORSE, TRIED, TRY, SKIP, LATER)}}


class Quit(Exception):  # noqa: N818 - a wish, no error
    """The person wants to end here."""


AT_A_QUESTION = (
    ("2", "an answer by its number; words do as well"),
    ("1 3", "several answers, where several may fit; 2? marks one you are unsure of"),
    ("Enter", "keeps what you said before, where that is shown"),
    ("?", "what is meant, and how to find out"),
    ("why", "why this is asked"),
    ("unsure", "you do not know, which is an answer too"),
    ("again", "the question once more, whole; options does the same"),
    ("back", "the question before this one"),
    ("review", "all your answers so far"),
    ("change 3", "another answer to number 3 of them; all the others stay"),
    ("how", "how what was found so far came about; also how and a name"),
    ("quit", "end here, and see what is known so far"),
)
AT_THE_REPORT = (
    ("better", "you tried what is next, and it is better; same or worse if it is not; tried asks which"),
    ("try", "what is next, with its steps; skip leaves it out"),
    ("how 1", "how number 1 came about; how alone tells it of all that was found"),
    ("source 1", "where each step of that is written"),
    ("why-not NAME", "why something is not in the report: the beginning of its title will do"),
    ("review", "all your answers"),
    ("change 3", "another answer to number 3 of them; all the others stay"),
    ("felt", "if you tried it, and felt something sharp, electric, tearing or numb, or pain that stayed"),
    ("show", "the whole report again; show 1 only number 1"),
    ("save plan.html", "keeps the report as a page to print; plan.md as a note, plan.json as data"),
    ("case FILE", "keeps you as a test case in that file, for teachers; case alone only shows it"),
    ("done", "ends; so do later and Enter"),
)


def command_in(text: str) -> Command | None:
    """Return the command that `text` is, or None if it is none."""
    said = " ".join(text.casefold().split())
    if said.startswith("why not"):
        said = said.replace("why not", "why-not", 1)
    name = _ALONE.get(said if said.strip("?") == "" else said.rstrip("?!."))
    if name:
        return Command(name)
    first, _, about = said.partition(" ")
    if first in _FILES and about:
        about = text.split(maxsplit=1)[1].strip()  # the name of a file, letter by letter
        about = about[1:-1] if len(about) > 2 and about[0] + about[-1] in ('""', "''", "“”", "‘’") else about
    return Command(first, about) if first in _WITH_MORE and about else None


def attempt_word(text: str) -> str | None:
    """Return what `text` says of trying (better, same, worse, tried, try, skip, later), or None.

    The beginning of such a word is enough, if nothing else that can be typed at the report begins so.
    """
    said = " ".join(text.casefold().split()).rstrip("?!.")
    if said in _HOW_IT_WENT:
        return _HOW_IT_WENT[said]
    begun = {word for word in (*_HOW_IT_WENT, *_ALONE) if said and word.startswith(said)}
    return _HOW_IT_WENT.get(begun.pop()) if len(begun) == 1 else None
