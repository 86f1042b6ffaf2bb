"""Ask about danger before a practice, and about what was felt after it, with the questions of the interview."""

from __future__ import annotations

from collections.abc import Sequence

from kb.interview.dialogue import Dialogue, Reason, Turn
from kb.interview.events import Command
from kb.interview.practice import after_questions
from kb.interview.session import Session
from kb.interview.typed_answers import stopping_questions
from kb.model.answers import AnswerFault
from kb.model.knowledge import Answer, Kind, Option, Question
from kb.terminal.console import Console
from kb.terminal.interview import screens
from kb.terminal.interview.answer_prompt import ask, read_answer
from kb.terminal.interview.commands import AT_A_QUESTION, ENDING
from kb.terminal.interview.loop import now
from kb.terminal.interview.replies import SHOWING

_YES_NO = (Option("yes", "Yes"), Option("no", "No"))


class Stopped(Exception):  # noqa: N818 - a wish, no error
    """The person wants to stop here."""


def screened(console: Console, session: Session) -> Session:
    """Ask whatever could stop the person, or set limits, and return the session with the answers.

    Raises:
        Stopped: if the person stops before the last answer.
        EndOfInput: if the input ends there.
    """
    first = len(session.answers)
    dialogue = Dialogue(session, screens_only=True)
    while turn := dialogue.turn:
        where = f"Before you practice, question {len(dialogue.session.answers) - first + 1}"
        reply = _asked(console, dialogue.session, turn.question, where)
        before = dialogue
        try:
            dialogue = dialogue.take(Command("back") if reply is None else reply, now()).dialogue
        except AnswerFault as fault:
            screens.fault(console, fault)
        if dialogue.stops and not before.stops and dialogue.turn:
            screens.stop_for_now(console)
    return dialogue.session


def felt(console: Console, session: Session, where: str) -> Session:
    """Ask what was felt, as the live stop rule has it, and return the session with the answers.

    Raises:
        Stopped: if the person does not want to say.
        EndOfInput: if the input ends there.
    """
    questions = tuple(Turn(question, Reason.FELT) for question in after_questions(session.kb))
    steps = [Dialogue(session, put_first=questions)]
    while steps[-1].put_first and not steps[-1].stops:
        reply = _asked(console, steps[-1].session, steps[-1].put_first[0].question, where)
        if reply is not None:
            steps.append(steps[-1].take(reply, now()).dialogue)
        elif len(steps) > 1:
            steps.pop()
        else:
            console.say("This comes first now. If you are not sure, type unsure.")
    return steps[-1].session


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

    def obey(typed: Command) -> bool:
        if typed.name in ENDING:
            raise Stopped
        raise AnswerFault(f"{typed.name} is for the interview.", "Type yes to go on, or no to be asked again.")

    show()
    return read_answer(console, question, show, obey) == "yes"


def _asked(console: Console, session: Session, question: Question, where: str) -> Answer | None:
    """Return the answer to a question, or None where the person wants to go back. Enter alone is no answer."""
    can_stop = question.id in session.kb.kept(stopping_questions)
    answer = ask(console, question, where, lambda typed: _obey(console, session, question, typed), can_stop=can_stop)
    if answer is not None:
        screens.taken(console, question, answer)
    return answer


_HERE = ("2", "1 3", "?", "why", "unsure", "back", "review", "again", "stop")
_OTHERWISE = {"review": "your answers so far", "again": "the question once more, whole", "stop": "ends here"}
_DOES = {**dict(AT_A_QUESTION), **_OTHERWISE}


def _obey(console: Console, session: Session, question: Question, typed: Command) -> bool:
    """Obey a command, and say whether it leads back."""
    if typed.name in ENDING:
        raise Stopped
    if typed.name == "help":
        screens.help_lines(console, "What you can type at a question", [(typed, _DOES[typed]) for typed in _HERE])
    elif typed.name == "review":
        screens.review(console, session.kb, session.answers)
    elif typed.name in ("?", "why"):
        SHOWING[typed.name](console, session, question, "")
    elif typed.name != "back":
        raise AnswerFault(f"{typed.name} is for the interview.", "Help shows what you can type here.")
    return typed.name == "back"
