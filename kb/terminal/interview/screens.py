"""How the parts of an interview look: a question once more, the answers so far, the report.

Every function writes to a `Console` and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kb.interview.attempts import Ending, ending
from kb.interview.dialogue import Attempt, Dialogue, Reason, Turn
from kb.interview.practice import after_questions
from kb.interview.session import Session
from kb.interview.typed_answers import AskBack, NotUnderstood
from kb.model.answers import AnswerFault, in_words
from kb.model.conditions import UNSURE
from kb.model.knowledge import WORSE, Answer, Answers, Kind, KnowledgeBase, Outcome, Question, Recommendation
from kb.report.build import Report, build_report, differences
from kb.report.layout import headline, outline, recommended
from kb.report.rendering import text_lines
from kb.terminal.console import Console, window_width
from kb.terminal.interview.opening import progress
from kb.text.blocks import Role
from kb.text.spelling import did_you_mean
from kb.text.wrapping import counted, cut, printed, wrapped

PROMPT = "> "


# --- a question -----------------------------------------------------------------------------------------------------


def again(console: Console, asked: Question) -> None:
    """Recall what is asked, after something else was shown."""
    console.say()
    room = {Kind.YES_NO: "yes or no", Kind.NUMBER: asked.unit}.get(
        asked.kind, f"1-{len(asked.options)}, again lists them"
    )
    console.say(f"{asked.ask} ({room})", Role.HEADLINE)


def asked_back(console: Console, asked: Question, understood: AskBack | NotUnderstood, typed: str) -> Answer | None:
    """Ask back what was meant, and return the answer that Enter takes, if there is only one."""
    if isinstance(understood, AskBack):
        offered = understood.candidates
    else:
        offered = understood.nearest
        if len(offered) != 1:
            fault(console, understood)
    if len(offered) == 1:
        before, behind = "Did you mean ", "? Enter for yes."
        meant = cut(_labelled(asked, offered[0]), console.width - len(before) - len(behind))
        console.say(f"{before}{meant}{behind}")
        return offered[0]
    if offered:
        labels = [_labelled(asked, answer) for answer in offered]
        said = f"“{cut(printed(typed), 30)}” may mean"
        whole = f"{said} {', or '.join(labels)}. Type which."
        if len(whole) <= console.width:
            console.say(whole)
        else:
            console.say(f"{said} one of these. Type which.")
            for label in labels:
                console.say(cut(label, console.width - 4), first="    ")
    return None


def _labelled(asked: Question, answer: Answer) -> str:
    """Return an answer as it stands on the screen, behind its number."""
    if asked.kind not in (Kind.ONE, Kind.SEVERAL) or answer in (UNSURE, ()):
        return in_words(asked, answer)
    names = answer if isinstance(answer, tuple) else (str(answer),)
    number = {name: at for at, name in enumerate(asked.option_ids, start=1)}
    shown = []
    for name in names:
        option = asked.options[number[name.removesuffix("?")] - 1]
        doubt = "unsure of " * name.endswith("?")
        shown.append(f"{doubt}{number[option.id]}, {cut(option.text.rstrip('.'), max(12, 60 // len(names)))}")
    return " and ".join(shown)


def taken(console: Console, asked: Question, answer: Answer) -> None:
    """Show how an answer was understood: in one line, or in one for each option where one is too short."""
    if asked.kind is Kind.YES_NO:
        return
    lines = [in_words(asked, answer)]
    if isinstance(answer, tuple) and len(lines[0]) > console.width - 4:
        # What is unsure is said first: a long option is cut, and a doubt must be seen to be understood.
        lines = ["unsure: " * option.endswith("?") + in_words(asked, (option.removesuffix("?"),)) for option in answer]
    for line in lines:
        console.say(cut(f"= {line}", console.width - 2), Role.QUIET, first="  ")
    if answer == WORSE and asked.attempt_of:
        console.say("Come out of it first, and rest. Do not try it again.")


def stop_for_now(console: Console) -> None:
    """Say that something was found that stops, while it is still open how urgent it is."""
    console.say()
    console.say("Please do not stretch now. What comes next decides how soon you need help.", Role.TITLE)


def fault(console: Console, refused: AnswerFault | NotUnderstood) -> None:
    """Say in at most three lines what is wrong with what was typed, and what is allowed."""
    message = f"{refused.message[:1].upper()}{refused.message[1:]} {refused.way_out}".strip()
    lines = list(wrapped(message, console.width))
    if len(lines) > 3:
        lines = [*lines[:2], cut(" ".join(lines[2:]), console.width)]
    for line in lines:
        console.say(line)


def how_to_find_out(console: Console, asked: Question) -> None:
    """Show the self-check of a question."""
    if asked.self_check:
        console.say(f"To find out: {asked.self_check}")


# --- answers so far -------------------------------------------------------------------------------------------------


def review(console: Console, kb: KnowledgeBase, answers: Answers) -> None:
    """List all answers, numbered as `change` takes them."""
    console.say()
    if not answers:
        console.say("Nothing has been answered yet.")
        return
    console.say("Your answers so far", Role.HEADING)
    console.say()
    for number, (name, answer) in enumerate(answers.items(), start=1):
        asked = kb.questions[name]
        console.say(asked.ask, first=f"{number:>4}  ")
        console.say(f"= {in_words(asked, answer)}", first="      ", rest="        ")


def farewell(console: Console, session: Session) -> None:
    """Say what was answered, when someone ends before the last question."""
    console.say()
    console.say(
        f"You are stopping here, after {counted(len(session.answers), 'answer')}. This is what is known so far."
    )
    if session.answers and not session.advice.outcome.stops:  # nothing stands before a stop
        review(console, session.kb, session.answers)


def answer_named(kb: KnowledgeBase, answers: Mapping[str, Answer], about: str) -> Question:
    """Return the answered question that `about` means: its number in the review, or its id.

    Raises:
        AnswerFault: if there is none.
    """
    names = list(answers)
    if about.isascii() and about.isdigit() and len(about) < 5 and 1 <= int(about) <= len(names):
        return kb.questions[names[int(about) - 1]]
    if about in names:
        return kb.questions[about]
    if not names:
        raise AnswerFault("nothing has been answered yet.")
    span = "1" if len(names) == 1 else f"a number from 1 to {len(names)}"
    way_out = did_you_mean(about, names) if about and not about.isdigit() else ""
    raise AnswerFault(f"type change and {span}.", way_out or "Review shows the numbers.")


# --- the report -----------------------------------------------------------------------------------------------------


def report(console: Console, session: Session) -> None:
    """Show the whole report of `session`."""
    console.say()
    console.say()
    report_lines(console, session, console.width)


def report_lines(console: Console, session: Session, width: int | None = None) -> None:
    """Show the lines of the report, as wide as is good to read, or `width`."""
    for line in text_lines(outline(build_report(session)), width or window_width()):
        console.line(line)


def what_now(console: Console, dialogue: Dialogue, *, kept: bool) -> None:
    """Say what can be done with a report, and ask the person to try what is next; `kept` says that answers are."""
    console.say()
    if dialogue.stops:
        console.say("You can type: how, review, change, show, save plan.html, help. Enter ends.", Role.QUIET)
        return
    shown = build_report(dialogue.session)
    if shown.unsure:
        console.say("When you have checked, type review, then change and the number of the answer.")
    if following := dialogue.next_attempt:
        _invite(console, dialogue.session, following, kept=kept)
    felt = "felt (if something hurt), " if after_questions(dialogue.session.kb) else ""
    one = "show 1, how 1, " if shown.recommendations else ""
    console.say(f"You can type: {one}why-not, review, change, {felt}save plan.html, help. Enter ends.", Role.QUIET)


def recommendation(console: Console, shown: Report, number: int) -> None:
    """Show one recommendation of a report again."""
    console.say()
    for line in text_lines(recommended(shown.recommendations[number - 1], number), console.width):
        console.line(line)


def changed(console: Console, before: Report, after: Report) -> bool:
    """Say what changed in the advice, and return whether anything did."""
    sentences = differences(before, after)
    if before.outcome is not after.outcome:
        # The first sentence names both outcomes by their ids; people read the headline.
        sentences = (f"The report now says: {headline(after)}.", *sentences[1:])
    console.say()
    for sentence in sentences or ("Nothing changes in the advice.",):
        console.say(sentence)
    return bool(sentences)


def help_lines(console: Console, heading: str, commands: Iterable[tuple[str, str]]) -> None:
    """List what can be typed."""
    console.say()
    console.say(heading, Role.HEADING)
    console.say()
    for command, does in commands:
        console.say(does, first=f"  {command:<13} ")


# --- trying -----------------------------------------------------------------------------------------------------------


def place(dialogue: Dialogue, turn: Turn) -> str:
    """Return what stands above a question: where in the interview it is, or why it is asked."""
    answers, attempt = dialogue.session.answers, dialogue.attempt
    if turn.reason is Reason.CHANGE:
        return f"Changing answer {list(answers).index(turn.question.id) + 1} (back leaves it as it is)"
    if turn.reason in (Reason.FELT, Reason.TRIED):
        return f"After trying “{attempt.correction.title}”" if attempt else "After trying it"
    if turn.reason is Reason.AGAIN and attempt:
        return f"Asked again, as you tried “{attempt.correction.title}”"
    asked = [name for name in answers if not dialogue.session.kb.questions[name].attempt_of]
    return progress(len(asked) + 1, max(0, dialogue.session.most_questions_left() - 1))


def _invite(console: Console, session: Session, correction: Recommendation, *, kept: bool) -> None:
    """Ask the person to try a correction and to come back."""
    number = 1 + session.advice.items.index(correction.id)
    check_first = session.advice.outcome is Outcome.CHECK_FIRST
    begin = f"If your check shows it, try number {number}." if check_first else f"Try number {number} now."
    end = "later ends here, and what you said is kept" if kept else "later ends here"
    console.say(f"{begin} When you are back, type better, same or worse ({end}).")


def to_try(console: Console, session: Session, correction: Recommendation, *, kept: bool) -> None:
    """Show the correction that is next, and ask the person to try it."""
    console.say()
    console.say("To try next", Role.HEADING)
    recommendation(console, build_report(session), 1 + session.advice.items.index(correction.id))
    console.say()
    _invite(console, session, correction, kept=kept)


def how_it_went(console: Console, attempt: Attempt) -> None:
    """Say what an attempt means, beside what it changed in the advice."""
    if attempt.went == WORSE:
        console.say(f"Leave “{attempt.correction.title}” out from now on.")


def what_next(console: Console, dialogue: Dialogue, *, kept: bool) -> None:
    """Show what is to be tried next, or say why nothing is, and what to do instead."""
    session = dialogue.session
    if following := dialogue.next_attempt:
        to_try(console, session, following, kept=kept)
        return
    why = ending(session)
    for paragraph in _NOTHING_MORE[why]:
        console.say()
        console.say(paragraph)
    if why is Ending.WORSE:
        return
    if left := [each.title for each in session.kb.recommendations.values() if each.id in dialogue.skipped]:
        console.say(f"What you left out ({', '.join(f'“{title}”' for title in left)}) can wait for another day.")
    for number, name in enumerate(session.advice.items, start=1):
        if session.kb.recommendations[name].closing:
            recommendation(console, build_report(session), number)


_LOOK = "If there is pain, have a health professional look at it."
_NOTHING_MORE: dict[Ending, tuple[str, ...]] = {
    Ending.STOPPED: (),
    Ending.WORSE: (
        "Two corrections made it worse. Leave it for today, and try nothing more of this now.",
        f"Have a teacher look at it in person. {_LOOK}",
    ),
    Ending.NOTHING_HELPED: (
        "That was all there is to try, and nothing made it better. Leave it for today.",
        f"A teacher who sees you can notice what questions cannot. {_LOOK}",
    ),
    Ending.DONE: ("That was all there is to try for now. Come back another day: unstuck then asks how it goes.",),
    Ending.NOT_BEGUN: ("Nothing is left to try now. The advice stays as it is; show shows it again.",),
}
