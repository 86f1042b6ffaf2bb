"""Ask a teacher for what a pack is made of: a name, a sentence, one of a few things, several lines.

At every prompt `?` says what is meant and `quit` ends without a trace. A slip of the pen is answered with the rule it
breaks, and the question is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from kb.language.fields import NAME
from kb.report.layout import Role
from kb.terminal.console import Console
from kb.text.choosing import named
from kb.text.wrapping import cut
from kb.workbench.cases.replay import free_name

TODO = "TODO: "
"""How a text begins that is still to be written."""

LEAVE_OUT = "-"

_WORDS_AT_A_PROMPT = "? explains, quit ends here and writes nothing."


class Quit(Exception):  # noqa: N818 - a wish, no error
    """The teacher wants to end here, and nothing is to be written."""


class Choices:
    """Things to choose from, each with its name and the text that is shown; a number, a name or its text will do."""

    def __init__(self, things: Iterable[tuple[str, str]]) -> None:
        self.texts = dict(things)
        self.names = list(self.texts)

    def named(self, typed: str) -> str | None:
        """Return the thing that `typed` means, or None."""
        if typed.isascii() and typed.isdigit() and len(typed) < 6 and 0 < int(typed) <= len(self.names):
            return self.names[int(typed) - 1]
        whole = named(typed, {name: (text,) for name, text in self.texts.items()})
        return whole[0] if whole else None


class Asker:
    """Asks at a console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    # --- words --------------------------------------------------------------------------------------------------------

    def say(self, text: str = "", role: Role = Role.TEXT) -> None:
        """Say something."""
        self.console.say(text, role)

    def heading(self, text: str) -> None:
        """Say what the next prompts are about."""
        self.console.say()
        self.console.say(text, Role.HEADING)

    def opening(self, text: str) -> None:
        """Say what is going to be made, and what can be typed everywhere."""
        self.console.say(text, Role.HEADLINE)
        self.console.say(_WORDS_AT_A_PROMPT, Role.QUIET)

    def line(self, prompt: str, meaning: str) -> str:
        """Return a line that is typed, after as many `?` as are wanted.

        Raises:
            Quit: if that is what was typed.
        """
        while True:
            typed = self.console.read(f"{prompt}> ")
            if typed in ("?", "help"):
                self.console.say(meaning)
            elif typed.casefold() in ("quit", "exit"):
                raise Quit
            else:
                return typed

    # --- a text -------------------------------------------------------------------------------------------------------

    def text(self, question: str, prompt: str, meaning: str, todo: str) -> str:
        """Return a text that must be there; Enter leaves a reminder to write it."""
        self.ask(question)
        meaning = f"{meaning} Enter leaves it for later, marked with TODO."
        return self.line(prompt, meaning) or TODO + todo

    def optional(self, question: str, prompt: str, meaning: str, todo: str) -> str:
        """Return a text that may be left out; Enter leaves a reminder to write it."""
        self.ask(question)
        meaning = f"{meaning} Enter leaves it for later, marked with TODO; {LEAVE_OUT} leaves it out."
        typed = self.line(prompt, meaning) or TODO + todo
        return "" if typed == LEAVE_OUT else typed

    def lines(self, question: str, prompt: str, meaning: str) -> list[str]:
        """Return texts, one a line, up to an empty line."""
        self.ask(f"{question} One a line; an empty line ends them.")
        typed = []
        while line := self.line(prompt, meaning):
            typed.append(line)
        return typed

    def ask(self, question: str) -> None:
        """Say what is asked for."""
        self.console.say()
        self.console.say(question)

    # --- a name -------------------------------------------------------------------------------------------------------

    def name(self, question: str, prompt: str, taken: Container[str], given: str = "", longest: int = 50) -> str:
        """Return a new name; `given` is one that stood on the command line."""
        meaning = (
            "A short name for the files, which nobody but you reads: small letters, digits and single hyphens, such as "
            "knees-veer-lying."
        )
        if not given:
            self.ask(question)
        while True:
            typed = given or self.line(prompt, meaning)
            given = ""
            fault = name_fault(typed, taken, longest)
            if fault is None:
                return typed
            self.console.say(fault)

    # --- one of a few -------------------------------------------------------------------------------------------------

    def choice(self, question: str, prompt: str, choices: Choices, meaning: str) -> str:
        """Return the name of the one thing that was chosen."""
        self.ask(question)
        self.show(choices)
        while True:
            chosen = choices.named(typed := self.line(prompt, meaning))
            if chosen is not None:
                return chosen
            self.console.say(f"{_quoted(typed)} is not among them. Type a number from 1 to {len(choices.names)}.")

    def show(self, choices: Choices) -> None:
        """List what can be chosen."""
        digits = len(str(len(choices.names)))
        for number, name in enumerate(choices.names, start=1):
            room = self.console.width - digits - 4
            self.console.say(cut(choices.texts[name], room), first=f"  {number:>{digits}}  ")

    def yes(self, question: str) -> bool:
        """Return whether a question was answered with yes."""
        while True:
            typed = self.line(f"{question} [y/n]", "Type y for yes or n for no.").casefold()
            if typed in ("y", "yes"):
                return True
            if typed in ("n", "no"):
                return False
            self.console.say("Type y or n.")


def name_fault(typed: str, taken: Container[str], longest: int = 50) -> str | None:
    """Say why `typed` cannot be a new name, or return None."""
    if not typed:
        return "A name is needed here. Type ? for what it may be made of."
    if len(typed) > longest or NAME.fullmatch(typed) is None:
        return (
            f"{_quoted(typed)} cannot be a name. A name is made of small letters, digits and single hyphens, such as "
            f"low-back; at most {longest} of them."
        )
    if typed in ("all", "any", "not", "finding", "unsure", "true", "false", "null", "none"):
        return f"{_quoted(typed)} has a meaning of its own. Choose another name."
    if typed in taken:
        return f"There is a {_quoted(typed)} already. Choose another name."
    return None


def name_from(text: str, taken: Sequence[str]) -> str:
    """Return a name made of the first words of a text, and unlike those taken."""
    words = re.findall(r"[a-z0-9]+", text.casefold().replace("’", "").replace("'", ""))
    wanted = "-".join(words[:4])[:40].strip("-") or "answer"
    if name_fault(wanted, ()):
        wanted = f"{wanted}-answer"[:50]
    return free_name(wanted, taken)


def _quoted(typed: str) -> str:
    return f"“{cut(typed, 40)}”"
