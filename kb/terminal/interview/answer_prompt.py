"""Read one answer at the prompt: again after a slip, a command that shows something, or a question back."""

from __future__ import annotations

from collections.abc import Callable

from kb.interview.events import Command
from kb.interview.typed_answers import AskBack, Taken, names_option, understand
from kb.model.answers import AnswerFault
from kb.model.conditions import UNSURE
from kb.model.knowledge import Answer, Question
from kb.terminal.console import Console
from kb.terminal.interview import opening, screens
from kb.terminal.interview.commands import AT_A_PROMPT, command_in


def ask(
    console: Console,
    question: Question,
    where: str,
    obey: Callable[[Command], bool],
    *,
    can_stop: bool,
    kept: Answer | None = None,
    shown: bool = False,
) -> Answer | None:
    """Show a question with `where` above it, unless it is `shown` already, and read as `read_answer` does."""

    def show() -> None:
        opening.question(console, question, where, kept)

    if not shown:
        show()
    return read_answer(console, question, show, obey, can_stop=can_stop, kept=kept)


def read_answer(
    console: Console,
    question: Question,
    show: Callable[[], None],
    obey: Callable[[Command], bool],
    *,
    can_stop: bool = False,
    kept: Answer | None = None,
) -> Answer | None:
    """Return the answer that is typed to a question on the screen, or None if a command leads elsewhere.

    `show` shows the question whole once more. `obey` obeys a command, and says whether it leads away. `can_stop` says
    that an answer can stop the person, `kept` is the answer that Enter alone keeps.

    Raises:
        EndOfInput: if the input ends there.
    """
    doubted = kept == UNSURE or not question.self_check
    offered: Answer | None = None
    options = (word for option in question.options for word in (option.text, option.id, *option.also))
    words = (*dict.fromkeys(options), UNSURE, *AT_A_PROMPT)
    while True:
        text = console.read(screens.PROMPT, words)
        agreed = offered is not None and text.casefold() in ("", "y", "yes")
        answer, offered = offered, None
        if agreed and text and _means_another(question, answer, can_stop):
            show()  # a yes to what was asked back, or to the question? Nobody can say
            continue
        if not agreed:
            try:
                command = None if names_option(question, text) else command_in(text)
                if command and command.name == "again":
                    show()
                    continue
                if command and obey(command):
                    return None
            except AnswerFault as fault:
                screens.fault(console, fault)
                continue
            if command:
                screens.again(console, question)
                continue
            if not text and kept is not None:
                return kept
            understood = understand(question, text, can_stop=can_stop)
            if not isinstance(understood, Taken):
                offered = screens.asked_back(console, question, understood, text)
                continue
            answer = understood.answer
        if answer != UNSURE or doubted:
            return answer
        doubted = True
        console.say()
        screens.how_to_find_out(console, question)
        console.say("Take your time, then answer. Unsure again is fine.")
        screens.again(console, question)


def _means_another(question: Question, offered: Answer | None, can_stop: bool) -> bool:
    """Say whether a yes may be meant as another answer than the one that was asked back."""
    plainly = understand(question, "yes", can_stop=can_stop)
    return isinstance(plainly, Taken | AskBack) and plainly != Taken(offered or "")
