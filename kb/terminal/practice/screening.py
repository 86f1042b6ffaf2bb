"""Ask about danger before a practice, and about what was felt after it, with the questions of the interview."""

from __future__ import annotations

from collections.abc import Sequence

from kb.interview.practice import after_questions, next_screen
from kb.interview.session import Session
from kb.interview.typed_answers import stopping_questions
from kb.model.answers import AnswerFault
from kb.model.knowledge import Answer, Kind, Option, Question
from kb.terminal.console import Console
from kb.terminal.interview import screens
from kb.terminal.interview.answer_prompt import Prompt, read_answer
from kb.terminal.interview.commands import Command
from kb.terminal.interview.opening import question as show_question
from kb.terminal.interview.replies import SHOWING

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

    def show() -> None:
        console.say()
        console.say(question.ask)
        console.say("Type yes to go on, or no to be asked again.")

    def obey(command: Command) -> bool:
        raise AnswerFault(f"{command.name} is for the interview.", "Type yes to go on, or no to be asked again.")

    show()
    return _read(console, Prompt(question, show, obey)) == "yes"


def _asked(console: Console, session: Session, question: Question, where: str) -> Answer:
    """Return the answer to a question. Enter alone is none."""

    def show() -> None:
        show_question(console, question, where, None)

    show()
    can_stop = question.id in session.kb.kept(stopping_questions)
    prompt = Prompt(question, show, lambda command: _obey(console, session, question, command), can_stop)
    answer = _read(console, prompt)
    screens.taken(console, question, answer)
    return answer


def _read(console: Console, prompt: Prompt) -> Answer:
    """Return the answer at a prompt that no command leads away from, unless by an exception."""

    def obey(command: Command) -> bool:
        if command.name in ("quit", "done"):
            raise Stopped
        return prompt.obey(command)

    answer = read_answer(console, prompt._replace(obey=obey))
    assert answer is not None
    return answer


_COMMANDS = (
    ("2", "an answer by its number; words do as well"),
    ("1 3", "several answers, where several may fit; 2? marks one you are unsure of"),
    ("?", "what is meant, and how to find out"),
    ("why", "why this is asked"),
    ("unsure", "you do not know, which is an answer too"),
    ("back", "the question before this one"),
    ("review", "your answers so far"),
    ("again", "the question once more, whole"),
    ("stop", "ends here"),
)


def _obey(console: Console, session: Session, question: Question, command: Command) -> bool:
    """Obey a command that shows something, or leads back by an exception."""
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

    return False
