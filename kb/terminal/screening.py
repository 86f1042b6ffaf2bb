"""Ask about danger before a practice, and about what was felt after it, with the questions of the interview."""

from __future__ import annotations

from collections.abc import Sequence

from kb.conditions import UNSURE
from kb.fitting import AnswerFault
from kb.model import Answer, Kind, Option, Question
from kb.practice import after_questions, next_screen
from kb.session import Session
from kb.terminal import screens
from kb.terminal.beginning import question as show_question
from kb.terminal.commands import Command, command_in, is_an_option
from kb.terminal.console import Console
from kb.terminal.showing import SHOWING
from kb.typed import typed_answer

_YES_NO = (Option("yes", "Yes"), Option("no", "No"))


class Stopped(Exception):  # noqa: N818 - a wish, no error
    """The person wants to stop here."""


class _Back(Exception):  # noqa: N818 - a wish, no error
    """The person wants the question before this one."""


def screened(console: Console, session: Session) -> Session:
    """Ask whatever could stop the person, or set limits, and return the session with the answers.

    Raises:
        Stopped: if the person stops before the last answer.
        EndOfInput: if the input ends there.
    """
    first = len(session.answers)
    again: Question | None = None
    while question := again or next_screen(session):
        again = None
        where = f"Before you practice, question {len(session.answers) - first + 1}"
        try:
            answer = _asked(console, session, question, where)
        except _Back:
            if len(session.answers) == first:
                console.say("This is the first question. There is nothing to go back to.")
                continue
            again = session.kb.questions[list(session.answers)[-1]]
            session = session.back()
            continue
        stopped = session.advice.outcome.stops
        session = session.answer(question.id, answer)
        if session.advice.outcome.stops and not stopped and next_screen(session):
            screens.stop_for_now(console)
    return session


def felt(console: Console, session: Session, where: str) -> Session:
    """Ask what was felt, as the live stop rule has it, and return the session with the answers.

    Raises:
        Stopped: if the person does not want to say.
        EndOfInput: if the input ends there.
    """
    questions: Sequence[Question] = after_questions(session.kb)
    index = 0
    while index < len(questions) and not session.advice.outcome.stops:
        try:
            answer = _asked(console, session, questions[index], where)
        except _Back:
            if not index:
                console.say("This comes first now. If you are not sure, type unsure.")
            index = max(0, index - 1)
            continue
        session = session.answer(questions[index].id, answer)
        index += 1
    return session


def still_so(console: Console, session: Session, questions: Sequence[Question]) -> bool:
    """Show the answers to safety questions that were given before, and ask whether they still hold.

    Raises:
        Stopped: if the person stops here.
        EndOfInput: if the input ends there.
    """
    screens.review(console, session.kb, {each.id: session.answers[each.id] for each in questions})
    question = Question("still-so", ask="Is all of this still so?", kind=Kind.YES_NO, options=_YES_NO)
    console.say()
    console.say(question.ask)
    while True:
        console.say("Type yes to go on, or no to be asked again.")
        text = console.read(screens.PROMPT)
        if _stops(text):
            raise Stopped
        try:
            return typed_answer(question, text) == "yes"
        except AnswerFault as fault:
            screens.fault(console, fault)


def _asked(console: Console, session: Session, question: Question, where: str) -> Answer:
    """Return the answer to a question. Enter alone is none."""
    show_question(console, question, where, None)
    asked_twice = not question.self_check
    while True:
        text = console.read(screens.PROMPT)
        try:
            if not is_an_option(question, text):
                if _stops(text):
                    raise Stopped
                if command := command_in(text):
                    _obey(console, session, question, command)
                    screens.again(console, question)
                    continue
            answer = typed_answer(question, text)
        except AnswerFault as fault:
            screens.fault(console, fault)
            continue
        if answer != UNSURE or asked_twice:
            screens.taken(console, question, answer)
            return answer
        asked_twice = True
        console.say()
        screens.how_to_find_out(console, question)
        console.say("Take your time, then answer. Unsure again is fine.")
        screens.again(console, question)


_COMMANDS = (
    ("2", "an answer by its number; words do as well"),
    ("1 3", "several answers, where several may fit; 2? marks one you are unsure of"),
    ("?", "what is meant, and how to find out"),
    ("why", "why this is asked"),
    ("unsure", "you do not know, which is an answer too"),
    ("back", "the question before this one"),
    ("review", "your answers so far"),
    ("stop", "ends here"),
)


def _obey(console: Console, session: Session, question: Question, command: Command) -> None:
    """Obey a command that shows something, or leads back."""
    if command.name == "back":
        raise _Back
    if command.name == "help":
        screens.help_lines(console, "What you can type at a question", _COMMANDS)
    elif command.name == "review":
        screens.review(console, session.kb, session.answers)
    elif command.name in ("?", "why"):
        SHOWING[command.name](console, session, question, "")
    else:
        raise AnswerFault(f"{command.name} is for the interview.", "Help shows what you can type here.")


def _stops(text: str) -> bool:
    return " ".join(text.casefold().split()).rstrip(".!") in ("stop", "quit", "exit", "done")
