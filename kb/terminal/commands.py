"""What a person may type besides an answer."""

from __future__ import annotations

from typing import NamedTuple

from kb.model import Question

_ALONE = {
    "?": "?",
    "??": "?",
    "help": "help",
    "why": "why",
    "back": "back",
    "review": "review",
    "change": "change",
    "how": "how",
    "why-not": "why-not",
    "quit": "quit",
    "exit": "quit",
    "done": "done",
    "felt": "felt",
    "show": "show",
}
_WITH_MORE = ("change", "how", "why-not", "show")


class Command(NamedTuple):
    """A command, and what it is about (`change 3`, `how lean-back`)."""

    name: str
    about: str = ""


AT_A_QUESTION = (
    ("2", "an answer by its number; words do as well"),
    ("1 3", "several answers, where several may fit; 2? marks one you are unsure of"),
    ("Enter", "keeps what you said before, where that is shown"),
    ("?", "what is meant, and how to find out"),
    ("why", "why this is asked"),
    ("unsure", "you do not know, which is an answer too"),
    ("back", "the question before this one"),
    ("review", "all your answers so far"),
    ("change 3", "another answer to number 3 of them; all the others stay"),
    ("how", "how what was found so far came about; also how and a name"),
    ("quit", "end here, and see what is known so far"),
)
AT_THE_REPORT = (
    ("how 1", "how number 1 came about; how alone tells it of all that was found"),
    ("why-not NAME", "why something is not in the report: the beginning of its title will do"),
    ("review", "all your answers"),
    ("change 3", "another answer to number 3 of them; all the others stay"),
    ("felt", "if you tried it, and felt something sharp, electric, tearing or numb, or pain that stayed"),
    ("show", "the whole report again; show 1 only number 1"),
    ("done", "ends; so does Enter"),
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
    return Command(first, about) if first in _WITH_MORE and about else None


def is_an_option(question: Question, text: str) -> bool:
    """Say whether `text` is an option of `question`, letter by letter: such a word is an answer, never a command."""
    said = text.casefold()
    return any(said in (option.id.casefold(), option.text.casefold()) for option in question.options)
