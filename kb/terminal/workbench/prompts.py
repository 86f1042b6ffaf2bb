"""Ask a teacher for what a pack is made of: a name, a sentence, one of a few things, several lines, a condition.

At every prompt `?` says what is meant and `quit` ends without a trace. A slip of the pen is answered with the rule it
breaks, and the question is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from kb.language.fields import NAME
from kb.language.yaml_source import read_file
from kb.model.answers import decimal_of
from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Within
from kb.model.knowledge import NONE, Finding, Kind, Question
from kb.terminal.console import Console
from kb.text.blocks import Role
from kb.text.choosing import named
from kb.text.wrapping import cut
from kb.workbench.cases.replay import free_name

TODO = "TODO: "
"""How a text begins that is still to be written."""

_LEAVE_OUT = "-"

_Read = TypeVar("_Read")


class Quit(Exception):  # noqa: N818 - a wish, no error
    """The teacher wants to end here, and nothing is to be written."""


class Slip(Exception):  # noqa: N818 - a line to be typed again
    """What was typed will not do; the text, if there is any, says why, in the place of what is said else."""


_ENTER = {
    "text": " Enter leaves it for later, marked with TODO.",
    "optional": f" Enter leaves it for later, marked with TODO; {_LEAVE_OUT} leaves it out.",
}
_NAMING = (
    "A short name for the files, which nobody but you reads: small letters, digits and single hyphens, such as "
    "knees-veer-lying."
)
_YES = {"y": True, "yes": True, "n": False, "no": False}


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a teacher is asked for something: a row of `prompts.yaml`, where all that is asked stands."""

    asks: str
    means: str = _NAMING
    todo: str = ""
    form: Literal["text", "optional", "plain", "lines", "choice"] = "text"
    choices: dict[str, str] = {}
    slip: str = "{typed} is not among them. Type a number from 1 to {count}."
    prompt: str = ""


@cache
def _parts() -> dict[str, dict[str, Field]]:
    return msgspec.convert(read_file(Path(__file__).with_suffix(".yaml")).root, dict[str, dict[str, Field]])


def field_of(part: str, name: str) -> Field:
    """Return how a teacher is asked for a field of a part."""
    field = _parts()[part][name]
    return msgspec.structs.replace(field, prompt=field.prompt or name)


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
        self.say = console.say

    # --- what is said -------------------------------------------------------------------------------------------------

    def heading(self, text: str) -> None:
        """Say what the next prompts are about."""
        self.say()
        self.say(text, Role.HEADING)

    def opening(self, text: str) -> None:
        """Say what is going to be made, and what can be typed everywhere."""
        self.say(text, Role.HEADLINE)
        self.say("? explains, quit ends here and writes nothing.", Role.QUIET)

    def ask(self, question: str, choices: Choices | None = None) -> None:
        """Say what is asked for, and list what can be chosen."""
        self.say()
        self.say(question)
        texts = choices.texts.values() if choices else ()
        digits = len(str(len(texts)))
        for number, text in enumerate(texts, start=1):
            self.say(cut(text, self.console.width - digits - 4), first=f"  {number:>{digits}}  ")

    # --- what is typed ------------------------------------------------------------------------------------------------

    def line(self, prompt: str, meaning: str) -> str:
        """Return a line that is typed, after as many `?` as are wanted.

        Raises:
            Quit: if that is what was typed.
        """
        while True:
            typed = self.console.read(f"{prompt}> ")
            if typed in ("?", "help"):
                self.say(meaning)
            elif typed.casefold() in ("quit", "exit"):
                raise Quit
            else:
                return typed

    def until(
        self, prompt: str, meaning: str, understand: Callable[[str], _Read | None], slip: str, given: str = ""
    ) -> _Read:
        """Return what `understand` makes of a line. Where it makes nothing of it, say the `slip`, and ask again.

        `given` takes the place of the first line, unless it is empty.
        """
        typed = given or self.line(prompt, meaning)
        while True:
            try:
                if (read := understand(typed)) is not None:
                    return read
                self.say(slip.replace("{typed}", f"“{cut(typed, 40)}”"))
            except Slip as own:
                if own.args:
                    self.say(str(own))
            typed = self.line(prompt, meaning)

    def read(
        self,
        part: str,
        name: str,
        understand: Callable[[str], _Read | None],
        choices: Choices | None = None,
        called: str = "",
        given: str = "",
    ) -> _Read:
        """Ask for a field of a part, and return what `understand` makes of a line, as `until` does.

        What is asked is about something `called` so. `given` is a line that stood on the command line.
        """
        field = field_of(part, name)
        meaning = field.means + _ENTER.get(field.form, "") * bool(field.todo)
        if not given:
            self.ask(field.asks.format(called), choices)
        slip = field.slip.replace("{count}", str(len(choices.names)) if choices else called)
        return self.until(field.prompt, meaning, understand, slip, given)

    def field(self, part: str, name: str, called: str = "") -> Any:
        """Return a field of a part, read as its form says."""
        field = field_of(part, name)
        reminder = f"{TODO}{field.todo}" if field.todo else ""
        if field.form == "lines":
            self.ask(f"{field.asks.format(called)} One a line; an empty line ends them.")
            lines = tuple(iter(lambda: self.line(field.prompt, field.means), ""))
            return lines or (reminder,) * bool(reminder)
        if field.form == "choice":
            return self.choice(part, name, Choices(field.choices.items()))
        typed = self.read(part, name, str, called=called)
        return "" if field.form == "optional" and typed == _LEAVE_OUT else typed or reminder

    def fields(self, part: str, *names: str, called: str = "") -> dict[str, Any]:
        """Return fields of a part under the names of the model."""
        return {name.replace("-", "_"): self.field(part, name, called) for name in names}

    def name(self, part: str, taken: Container[str], given: str = "", longest: int = 50, field: str = "name") -> str:
        """Return a new name; `given` is one that stood on the command line."""

        def understand(typed: str) -> str:
            if fault := name_fault(typed, taken, longest):
                raise Slip(fault)
            return typed

        return self.read(part, field, understand, given=given)

    def choice(self, part: str, name: str, choices: Choices) -> str:
        """Return the name of the one thing that was chosen."""
        return self.read(part, name, choices.named, choices)

    def yes(self, question: str) -> bool:
        """Return whether a question was answered with yes."""
        meaning = "Type y for yes or n for no."
        return self.until(f"{question} [y/n]", meaning, lambda typed: _YES.get(typed.casefold()), "Type y or n.")

    # --- a condition --------------------------------------------------------------------------------------------------

    def condition(self, questions: Mapping[str, Question], findings: Mapping[str, Finding]) -> Condition:
        """Return a condition: lines that must all hold, each a question and its answers, or a finding."""
        texts = [(name, f"{name}: {question.ask}") for name, question in questions.items()]
        texts += [(f"finding {name}", f"finding {name}: {finding.title}") for name, finding in findings.items()]
        choices = Choices(texts)
        lines: list[Condition] = []
        chosen = self.choice("rule", "first-line", choices)
        while chosen:
            line = self._condition_line(questions, chosen)
            if line not in lines:
                lines.append(line)
            count = str(len(choices.names))
            chosen = self.read(
                "rule", "another-line", lambda typed: choices.named(typed) if typed else "", called=count
            )
        return lines[0] if len(lines) == 1 else All(tuple(lines))

    def _condition_line(self, questions: Mapping[str, Question], chosen: str) -> Condition:
        if chosen.startswith("finding "):
            return Found((chosen.removeprefix("finding "),))
        question = questions[chosen]
        if question.kind is Kind.NUMBER:
            return self.read(
                "rule", "numbers", lambda typed: _range(question.id, typed.casefold()), called=question.ask
            )
        choices = Choices([*((option.id, option.text) for option in question.options), (UNSURE, UNSURE)])
        name = "answers-of-several" if question.kind is Kind.SEVERAL else "answers"

        def understand(typed: str) -> Answered | None:
            words = [typed] if choices.named(typed) else words_in(typed)
            names = [_option(question, choices, word) for word in words]
            return None if None in names else Answered(question.id, tuple(dict.fromkeys(filter(None, names))))

        return self.read("rule", name, understand, choices, question.ask)


def _option(question: Question, choices: Choices, word: str) -> str | None:
    """Return the answer that a word names, with `?` behind an option that is unsure; None if there is none."""
    name = choices.named(word.removesuffix("?"))
    if name is None or not word.endswith("?"):
        return name
    return f"{name}?" if question.kind is Kind.SEVERAL and name not in (NONE, UNSURE) else None


_RANGE = re.compile(r"(below|under|above|over|at least|at most|from)?\s*(-?[\d.,]+)(?:\s*(?:to|-|–)\s*(-?[\d.,]+))?")


def _range(question: str, typed: str) -> Within | None:
    """Return the bounds that `typed` writes, or None."""
    if typed == UNSURE:
        return Within(question, unsure=True)
    found = _RANGE.fullmatch(typed.strip())
    number = decimal_of(found[2]) if found else None
    high = decimal_of(found[3]) if found and found[3] else None
    if found is None or number is None or (found[3] and (found[1] or high is None or high < number)):
        return None
    match found[1]:
        case "below" | "under":
            return Within(question, high=number, high_included=False)
        case "above" | "over":
            return Within(question, number, low_included=False)
        case "at least" | "from":
            return Within(question, number)
        case "at most":
            return Within(question, high=number)
        case _:
            return Within(question, number, high=number if high is None else high)


# --- words and names --------------------------------------------------------------------------------------------------


def words_in(typed: str) -> list[str]:
    """Return the words of a line, at least one."""
    return re.split(r"[,;\s]+", typed.strip(" ,;"))


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


def name_from(text: str, taken: Container[str]) -> str:
    """Return a name made of the first words of a text, and unlike those taken."""
    words = re.findall(r"[a-z0-9]+", text.casefold().replace("’", "").replace("'", ""))
    wanted = "-".join(words[:4])[:40].strip("-") or "answer"
    if name_fault(wanted, ()):
        wanted = f"{wanted}-answer"[:50]
    return free_name(wanted, taken)


def _quoted(typed: str) -> str:
    return f"“{cut(typed, 40)}”"
