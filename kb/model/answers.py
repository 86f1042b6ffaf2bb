"""Say whether an answer fits its question, and why not.

Here an answer is given in ids, as a file of answers and the cases among the rules write it. It comes out in the one
form that `kb.model.knowledge.Answer` describes: options in the question's order, numbers as plain decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kb.model.conditions import UNSURE
from kb.model.knowledge import NONE, Answer, Kind, Question
from kb.model.problems import MOST_PROBLEMS, KbError
from kb.text.durations import spoken
from kb.text.spelling import nearest, run_together
from kb.text.wrapping import quoted


class Word(str):
    """An unquoted `true`, `false`, `null`, `~` or nothing: what YAML does not read as text."""

    __slots__ = ()

    @property
    def says_nothing(self) -> bool:
        """Say whether nothing was meant, rather than true or false."""
        return self.lower() not in ("true", "false")


class Refused(str):
    """A value whose problem is already noted: whoever meets it has nothing to add."""

    __slots__ = ()


class AnswerFault(KbError, ValueError):  # noqa: N818 - a fault, like all that people get wrong
    """An answer that does not fit its question.

    `message` says what is wrong, `way_out` what to do instead; `problem` is the fault's id, and `item` the position in
    a list, if the fault is one of its items.
    """

    def __init__(self, message: str, way_out: str = "", problem: str = "wrong-shape") -> None:
        self.message, self.way_out, self.problem = message, way_out, problem
        self.item: int | None = None
        super().__init__(f"{message} {way_out}".strip())


def examine(question: Question, value: Any) -> tuple[Answer | None, list[AnswerFault]]:
    """Return the answer that `value` is to `question`, or None and every reason why it is none.

    `value` is a text, a number or a list of options. No reason is given for a value whose problem is noted already.
    """
    if isinstance(value, Refused):
        return None, []
    listed = isinstance(value, list | tuple)
    if listed and question.kind is Kind.SEVERAL:
        return _examine_list(question, value)
    try:
        if listed:
            message = f"the question {quoted(question.id)} takes one answer, and this is a list."
            raise AnswerFault(message, allowed(question))
        if question.kind is Kind.NUMBER:
            return _number(question, value), []
        option = _option(question, value, alone=True)
        return (several(question, [option]) if question.kind is Kind.SEVERAL and option != UNSURE else option), []
    except AnswerFault as fault:
        return None, [fault]


def _examine_list(question: Question, values: Sequence[Any]) -> tuple[Answer | None, list[AnswerFault]]:
    chosen: list[str] = []
    faults: list[AnswerFault] = []
    for position, value in enumerate(values):
        if isinstance(value, Refused):
            continue
        try:
            chosen.append(_option(question, value, alone=False))
        except AnswerFault as fault:
            fault.item = position
            faults.append(fault)
            if len(faults) > MOST_PROBLEMS:
                break  # no more are listed, and each takes a search for the name that was meant
    if faults or any(isinstance(value, Refused) for value in values):
        return None, faults
    try:
        return several(question, chosen), []
    except AnswerFault as fault:
        return None, [fault]


def _text(question: Question, value: Any) -> str:
    """Return a single value as text."""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, str) and not isinstance(value, Word):
        return value.strip()
    message = f"nothing is answered here to the question {quoted(question.id)}."
    if isinstance(value, bool) or (isinstance(value, Word) and not value.says_nothing):
        message = f"{quoted(str(value).lower())} is no answer to the question {quoted(question.id)}."
    elif value is not None and not isinstance(value, Word):
        message = f"this is no answer to the question {quoted(question.id)}."
    raise AnswerFault(message, allowed(question))


# --- options --------------------------------------------------------------------------------------------------------


def _option(question: Question, value: Any, *, alone: bool) -> str:
    """Return the option that a text names, with `?` if it is unsure; `unsure` itself only where it stands alone."""
    if type(value) is str and value in question.option_ids:
        return value
    name = _text(question, value)
    plain = name.removesuffix("?")
    if name == UNSURE and alone:
        return UNSURE
    if plain == UNSURE:
        way_out = f"Write {UNSURE} alone, or mark one option as unsure: “{question.option_ids[0]}?”."
        raise AnswerFault(f"{quoted(name)} stands where an option is wanted.", way_out)
    if plain not in question.option_ids:
        message = f"the question {quoted(question.id)} has no answer {quoted(name)}."
        names = run_together(name, question.option_ids) if question.kind is Kind.SEVERAL else None
        way_out = f"Put several answers in brackets: {names}." if names else meant_by(question, plain)
        raise AnswerFault(message, way_out or allowed(question), "unknown-option")
    if plain != name and (question.kind is not Kind.SEVERAL or plain == NONE):
        raise AnswerFault(f"{quoted(plain)} cannot be unsure by itself.", f"Write {UNSURE}.", "unknown-option")
    return name


def meant_by(question: Question, word: str) -> str:
    """Return ``Did you mean “x”?`` for the answer that `word` comes near, by name or by what it says; else nothing."""
    if word.isdigit() or word.lower() in ("true", "false"):
        return ""  # nearest to nothing that was meant
    named = {option.text: option.id for option in question.options} | {name: name for name in question.option_ids}
    match = nearest(word, [*question.option_ids, UNSURE, *named])
    return f"Did you mean “{named.get(match, match)}”?" if match else ""


def several(question: Question, chosen: Sequence[str]) -> tuple[str, ...]:
    """Return chosen options (an unsure one with `?`), each once, in the question's order.

    Raises:
        AnswerFault: if they do not fit together.
    """
    named = set(chosen)
    if len(named) == 1:
        return (*named,)
    if not named and NONE in question.option_ids:
        message = f"nothing is chosen here, of the answers to {quoted(question.id)}."
        raise AnswerFault(message, f"If none of them is so, write {NONE}.")
    if NONE in named and len(named) > 1:
        message = f"“{NONE}” stands beside another answer to {quoted(question.id)}."
        raise AnswerFault(message, f"Take “{NONE}” out, or all the others.")
    ordered: list[str] = []
    for option in question.option_ids:
        if option in named and f"{option}?" in named:
            raise AnswerFault(f"{quoted(option)} is both chosen and unsure.", "Take one of the two out.")
        ordered.extend(name for name in (option, f"{option}?") if name in named)
    return tuple(ordered)


# --- numbers --------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,9})?")
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")


def decimal_of(text: str) -> Decimal | None:
    """Return the number that `text` writes, with a point or a comma; 2, 2.0 and 2,00 are one number.

    None stands for anything else, and for `1,000`, since nobody can say whether that is one or a thousand.
    """
    if _NUMBER.fullmatch(text) is None or _THOUSANDS.fullmatch(text):
        return None
    return plain_decimal(Decimal(text.replace(",", ".")))


def plain_decimal(number: Decimal) -> Decimal:
    """Return `number` without needless zeros and without an exponent."""
    shortest = number.normalize()
    if not shortest:
        return Decimal(0)
    return shortest.quantize(Decimal(1)) if shortest == shortest.to_integral_value() else shortest


def within_bounds(question: Question, number: Decimal) -> Decimal:
    """Return `number`, if the question takes it.

    Raises:
        AnswerFault: naming the bounds.
    """
    low, high = question.at_least, question.at_most
    if (low is None or low <= number) and (high is None or number <= high):
        return number
    named = (("at least", low), ("at most", high))
    bounds = [f"{words} {bound:f}" for words, bound in named if bound is not None]
    way_out = f"The answer is {' and '.join(bounds)} {question.unit}."
    raise AnswerFault(f"{number:f} {question.unit} cannot be.", way_out, "out-of-bounds")


def _number(question: Question, value: Any) -> Answer:
    text = _text(question, value)
    if text == UNSURE:
        return UNSURE
    number = decimal_of(text)
    if number is None:
        raise AnswerFault(f"{quoted(text)} is no number that can be read here.", allowed(question), "bad-number")
    return within_bounds(question, number)


def allowed(question: Question) -> str:
    """Say what may be written as an answer to `question`."""
    if question.kind is Kind.NUMBER:
        return f"Write a number of {question.unit}, such as 2 or 0.5, or {UNSURE}."
    shown = ", ".join(question.option_ids[:12]) + (", …" if len(question.option_ids) > 12 else "")
    if question.kind is Kind.SEVERAL:
        return f"Write one or several of: {shown}; or {UNSURE}."
    return f"Write one of: {shown}, {UNSURE}."


# --- what people and programs read -----------------------------------------------------------------------------------


def as_data(answer: Answer) -> str | int | float | list[str]:
    """Return an answer as JSON has it; `examine` takes it back."""
    if isinstance(answer, Decimal):
        return int(answer) if answer == answer.to_integral_value() else float(answer)
    return answer if isinstance(answer, str) else list(answer)


def in_words(question: Question, answer: Answer) -> str:
    """Return an answer as the person who gave it reads it."""
    if isinstance(answer, Decimal):
        return _amount(answer, question.unit)
    texts = {option.id: option.text for option in question.options}
    if isinstance(answer, str):
        return UNSURE if answer == UNSURE else texts.get(answer, answer)
    return "; ".join(_chosen(texts, answer)) or "none of them"


def _chosen(texts: Mapping[str, str], options: Sequence[str]) -> Iterator[str]:
    for option in options:
        name = option.removesuffix("?")
        yield texts.get(name, name) + (" (unsure)" if name != option else "")


def _amount(number: Decimal, unit: str) -> str:
    """Return a number and its unit; parts of a minute in seconds, as people say them."""
    seconds = int((number * 60).to_integral_value())
    if unit == "minutes" and seconds > 0 and number != number.to_integral_value():
        return spoken(seconds)
    return f"{number:f} {unit.removesuffix('s') if number == 1 else unit}"
