"""Understand what a person types at a question, and never misread it.

A typed word is taken only if it can mean one thing. In this order it is

1. the full text, the id or an alias of an option, whatever else the word may mean (an option may be called *Back*, or
   *Nothing*);
2. *unsure*, *none*, *yes* and *no*, in the few words that people have for them;
3. a number: digits and number words. Single letters are only `y` and `n`;
4. the beginning of a text, from three letters on, if no other option has that word.

Where several answers may be given, each part of a list is read so. All else is at most a question back: a word from the
middle of a text, a slip of the pen, a hedge, a sentence around an answer. Where an answer can stop the person, so is
what rests on the fourth meaning. Some of these answers decide whether a person is sent to a doctor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import product
from typing import Union

import msgspec

from kb.interview.amounts import NUMBERS, read_amount
from kb.interview.answer_words import (
    DENYING,
    HEDGE,
    YES_NO,
    numbers_among,
    numbers_of,
    parts_of,
    perhaps,
    perhaps_none,
    says_all,
    says_none,
    says_unsure,
    with_ranges,
)
from kb.model.answers import AnswerFault, several, within_bounds
from kb.model.conditions import UNSURE, All, Answered, Condition, Found, Not, Within, leaves
from kb.model.knowledge import NONE, Answer, Kind, KnowledgeBase, Question
from kb.text.choosing import Chosen, How, choose, named, plain, words
from kb.text.wrapping import quoted, unprintable

_LONGEST = 400
_MOST_CANDIDATES = 8
_DOUBTS = ("maybe", "perhaps", "possibly")


class Taken(msgspec.Struct, frozen=True):
    """What was typed is this answer, and can be no other."""

    answer: Answer


class AskBack(msgspec.Struct, frozen=True):
    """What was typed may be one of these answers."""

    candidates: tuple[Answer, ...]


class NotUnderstood(msgspec.Struct, frozen=True):
    """What was typed is no answer here: why, what may be typed, and the answers that are spelled nearly so."""

    message: str
    way_out: str
    nearest: tuple[Answer, ...] = ()


Understood = Union[Taken, AskBack, NotUnderstood]


def understand(question: Question, typed: str, *, can_stop: bool = False) -> Understood:
    """Return what `typed` means at `question`; `can_stop` says that an answer to it can stop the person."""
    said = plain(typed)
    if question.kind is Kind.NUMBER or not _whole(question, said):
        said = said.rstrip(".!") if question.kind is Kind.NUMBER else said.rstrip(".!").strip('[]"')
    if len(typed) > _LONGEST or unprintable(" ".join(typed.split())):
        return NotUnderstood("that cannot be read.", how_to_answer(question))
    if not said:
        return NotUnderstood("nothing was typed.", how_to_answer(question))
    if question.kind is Kind.NUMBER:
        return _amount(question, said)
    if question.kind is Kind.SEVERAL:
        return _several(question, said, can_stop=can_stop)
    return _one(question, said, can_stop=can_stop)


def names_option(question: Question, typed: str) -> bool:
    """Say whether `typed` is a text, id or alias of an option: such a word is an answer, and never a command."""
    return bool(_whole(question, plain(typed).removesuffix("?").strip()))


def how_to_answer(question: Question) -> str:
    """Say what may be typed at `question`."""
    if question.kind is Kind.NUMBER:
        example = "2 or 1:30" if question.unit in ("minutes", "hours") else "2"
        return f"Type a number of {question.unit}, such as {example}, or unsure."
    if question.kind is Kind.YES_NO:
        return "Type yes, no or unsure."
    if question.kind is Kind.ONE:
        return f"Type a number from 1 to {len(question.options)}, the beginning of an answer, or unsure."
    return (
        f"Type numbers from 1 to {len(question.options)}, such as 1 or 1 2; 0 for none of them; a ? behind a number "
        "if you are unsure of that one; or unsure."
    )


def stopping_questions(kb: KnowledgeBase) -> frozenset[str]:
    """Return the safety screens, and every question of which one answer alone can lead to a referral that stops."""
    refers = [rule.when for rule in kb.rules.values() if kb.stops(rule)]
    alone = {name for name in kb.questions if any(_holds_by(kb, when, name) for when in refers)}
    return frozenset({*kb.safety_screens, *alone})


def _holds_by(kb: KnowledgeBase, condition: Condition, question: str) -> bool:
    """Say whether an answer to `question` can make `condition` hold, whatever else is answered."""
    match condition:
        case Answered() | Within():
            return condition.question == question
        case Found(findings):
            return any(_holds_by(kb, rule.when, question) for name in findings for rule in kb.rules_finding(name))
        case All(parts):
            return all(_holds_by(kb, part, question) for part in parts)
        case Not(part):
            return all(_holds_by(kb, leaf, question) for leaf in leaves(part))
        case _:
            return any(_holds_by(kb, part, question) for part in condition.parts)


# --- what options are called ------------------------------------------------------------------------------------------


def _wordings(question: Question) -> dict[str, tuple[str, ...]]:
    """Return what each option is called: its text and its aliases."""
    if question.kind is Kind.YES_NO:
        return YES_NO
    return {option.id: (option.text, *option.also) for option in question.options}


def _whole(question: Question, said: str) -> tuple[str, ...]:
    """Return the options of which `said` is a text, an id or an alias."""
    if not said.isdigit():
        return named(said, _wordings(question))
    # Digits that stand in an id alone are seen by nobody; a text that begins with them is seen beside the numbers.
    texts = tuple(option.id for option in question.options if plain(option.text) == said)
    return texts if len(texts) == 1 else ()


def is_reserved(question: Question, said: str) -> bool:
    """Say whether `said` means a number, unsure or none to whoever types it at `question`, or is a single letter."""
    bare = plain(said)
    if len(bare) < 2 or says_unsure(bare) or numbers_of(bare) is not None:
        return True
    return question.kind is Kind.SEVERAL and says_none(bare)


def _numbered(question: Question, said: str) -> list[str] | None:
    """Return the options whose numbers `said` is, or None if it is something else.

    A number that no option has comes out as it stands.
    """
    numbers = numbers_of(said)
    if numbers is None or (len(words(said)) == 1 and not said[0].isdigit() and _speaks_of(question, said)):
        return None
    return _names(question, numbers)


def _speaks_of(question: Question, ordinal: str) -> bool:
    """Say whether an option speaks of an ordinal, as in “the inner corner goes first”."""
    return ordinal not in NUMBERS and any(ordinal in words(option.text) for option in question.options)


def _names(question: Question, numbers: Iterable[str]) -> list[str]:
    """Return the options with these numbers. On a scale, whose texts are numbers, those are meant."""
    ids = question.option_ids
    scale = {plain(option.text): option.id for option in question.options}
    names = []
    for number in numbers:
        bare = number.removesuffix("?")
        there = bare in scale or 1 <= int(bare) <= len(ids)
        names.append((scale.get(bare) or ids[int(bare) - 1]) + "?" * (bare != number) if there else number)
    return names


def _called(question: Question, digits: str, name: str) -> tuple[str, ...]:
    """Return the option that a bare number means, and others that it could mean since they are called so."""
    text = next((option.text for option in question.options if option.id == name), "")
    others = (each.id for each in question.options if each.id == digits or words(each.text)[:1] == (digits,))
    return (name,) if plain(text) == digits else tuple(dict.fromkeys((name, *others)))


# --- one answer -------------------------------------------------------------------------------------------------------


def _one(question: Question, said: str, *, can_stop: bool) -> Understood:
    """Understand what was typed where one answer is wanted."""
    doubted = said.endswith("?") and said.rstrip("? ")
    if doubted:
        meant = _one(question, doubted, can_stop=False)
        return AskBack((meant.answer, UNSURE)) if isinstance(meant, Taken) and meant.answer != UNSURE else meant
    if whole := _whole(question, said):
        return Taken(whole[0]) if len(whole) == 1 else AskBack(whole)
    if says_unsure(said):
        return Taken(UNSURE)
    parts = parts_of(said)
    numbers = [name for part in parts for name in _numbered(question, part) or ("",)]
    if len(numbers) > 1 and all(numbers):
        return NotUnderstood("this question takes one answer.", how_to_answer(question))
    if len(parts) == 1 and numbers[0]:
        if numbers[0] not in question.option_ids:
            return NotUnderstood(f"there is no answer {numbers[0]}.", how_to_answer(question))
        called = _called(question, said, numbers[0])
        return Taken(called[0]) if len(called) == 1 else AskBack(called)
    if question.kind is Kind.YES_NO and (candidates := perhaps(said)):
        return AskBack(candidates)
    if said in _DOUBTS:
        return AskBack((UNSURE,))
    chosen = choose(said, _wordings(question))
    if chosen.certain and not can_stop:
        return Taken(chosen.names[0])
    return _asked_back(question, said, chosen)


def _asked_back(question: Question, said: str, chosen: Chosen) -> Understood:
    """Return a question back, or the nearest answers, or why nothing was understood."""
    denied = DENYING.intersection(words(said))
    names = [name for name in chosen.names if denied <= {*words(" ".join(_wordings(question)[name]))}]
    hedged = HEDGE.sub("", said).strip()
    if hedged and hedged != said:
        meant = (_several if question.kind is Kind.SEVERAL else _one)(question, hedged, can_stop=False)
        if isinstance(meant, Taken) and meant.answer != UNSURE:
            return AskBack((*([meant.answer] if question.kind is Kind.ONE else []), _doubtful(meant.answer)))
    if denied and not names:
        return NotUnderstood("what does not apply is not typed.", f"Type only what applies. {how_to_answer(question)}")
    numbers = _names(question, numbers_among(said))
    numbered = bool(numbers) and not denied and chosen.how is not How.WITHIN
    if numbered and all(name in question.option_ids for name in numbers):
        if question.kind is Kind.SEVERAL:
            ways = [[name] for name in numbers] if " or " in said else [numbers]
            return _asking([*ways, *([name] for name in names if name != NONE)], question, said)
        return AskBack(tuple(dict.fromkeys([*numbers, *names])))
    if chosen.how is How.ALIKE:
        names = [name for name in names if name != NONE]  # nobody is led to say that nothing is wrong
    found = tuple(dict.fromkeys((name,) if question.kind is Kind.SEVERAL else name for name in names))
    if found and len(found) <= _MOST_CANDIDATES and chosen.how is not How.ALIKE:
        return AskBack(found)
    return NotUnderstood(f"{quoted(said)} is none of the answers.", how_to_answer(question), found[:3])


def _doubtful(answer: Answer) -> Answer:
    """Return an answer as one that the person is unsure of."""
    if isinstance(answer, tuple) and answer and NONE not in answer:
        return tuple(f"{name.removesuffix('?')}?" for name in answer)
    return UNSURE


# --- several answers --------------------------------------------------------------------------------------------------


def _several(question: Question, said: str, *, can_stop: bool) -> Understood:
    """Understand what was typed where several answers may be given."""
    said = with_ranges(re.sub(r"(\s*\?)+", "?", said))
    if (meant := _as_a_whole(question, said)) is not None:
        return meant
    parts = [_part(question, part, can_stop=can_stop) for part in parts_of(said)]
    if parts and all(certain for certain, _ in parts):
        chosen = [name for _, (names, *_) in parts for name in names]
        wrong = next((name for name in chosen if name.removesuffix("?") not in question.option_ids), None)
        if wrong is not None:
            return NotUnderstood(f"there is no answer {wrong.removesuffix('?')}.", how_to_answer(question))
        answer = _fitting(question, chosen)
        if answer is not None:
            return Taken(answer)
        message = "“none of these” cannot stand beside another answer, nor an answer beside its own doubt."
        return NotUnderstood(message, how_to_answer(question))
    if len(parts) > 1 and not DENYING.intersection(words(said)):
        by_part = _asking([[*names] for names in _ways([ways for _, ways in parts])], question, said)
        if isinstance(by_part, AskBack):
            return by_part
    return _asked_back(question, said.removesuffix("?"), choose(said, _wordings(question)))


def _as_a_whole(question: Question, said: str) -> Understood | None:
    """Understand what names one option, none, all of them or unsure, and is no list."""
    doubt = "?" * said.endswith("?")
    if whole := _whole(question, said.removesuffix("?")):
        answers = tuple(_fitting(question, [name + doubt]) or () for name in whole)
        if len(answers) > 1:
            return AskBack(answers)
        return Taken(answers[0]) if answers[0] else NotUnderstood(f"{quoted(said)} cannot be.", how_to_answer(question))
    if not doubt and says_none(said):
        return Taken((NONE,) if NONE in question.option_ids else ())
    if says_unsure(said):
        return Taken(UNSURE)
    if said in _DOUBTS:
        return AskBack((UNSURE,))
    if perhaps_none(said):
        return AskBack(((NONE,) if NONE in question.option_ids else (),))
    everything = [name for name in question.option_ids if name != NONE]
    if says_all(said, of_two=len(everything) == 2):
        return _asking([everything], question, said)
    return None


def _part(question: Question, part: str, *, can_stop: bool) -> tuple[bool, Sequence[Sequence[str]]]:
    """Return whether a part of a list is certain, and the options it names: one way, or several ways."""
    doubt = "?" * part.endswith("?")
    bare = part.removesuffix("?")
    if len(whole := _whole(question, bare)) == 1:
        return True, [[whole[0] + doubt]]
    if (numbers := _numbered(question, part)) is not None:
        called = [_called(question, bare, name.removesuffix("?")) for name in numbers] if bare.isdigit() else []
        vague = [[name + doubt] for name in called[0]] if called else [numbers]
        return len(vague) == 1, vague
    chosen = choose(bare, _wordings(question))
    if chosen.certain and not can_stop:
        return True, [[chosen.names[0] + doubt]]
    each_word = [
        _whole(question, word.removesuffix("?")) or (_numbered(question, word) if word[0].isdigit() else ()) or ()
        for word in part.split()
    ]
    if all(len(each) == 1 for each in each_word):
        return True, [
            [each[0].removesuffix("?") + "?" * word.endswith("?") for each, word in zip(each_word, part.split())]
        ]
    return False, [[name + doubt] for name in chosen.names] if chosen.how is not How.ALIKE else []


def _ways(parts: Sequence[Sequence[Sequence[str]]]) -> Iterable[list[str]]:
    """Yield every way in which all parts of a list can be meant, if there are not too many."""
    many = 1
    for each in parts:
        many *= len(each)
    for way in product(*parts) if many <= _MOST_CANDIDATES else ():
        yield [name for names in way for name in names]


def _fitting(question: Question, chosen: Sequence[str]) -> Answer | None:
    """Return chosen options as an answer, or None if they do not fit together."""
    if f"{NONE}?" in chosen or not chosen:
        return None
    try:
        return several(question, chosen)
    except AnswerFault:
        return None


def _asking(ways: Iterable[Sequence[str]], question: Question, said: str) -> Understood:
    """Return a question back with every way that fits together."""
    known = (way for way in ways if all(name.removesuffix("?") in question.option_ids for name in way))
    fitting = [answer for answer in (_fitting(question, way) for way in known) if answer]
    if fitting:
        return AskBack(tuple(dict.fromkeys(fitting)))
    return NotUnderstood(f"{quoted(said)} cannot be read.", how_to_answer(question))


# --- numbers ----------------------------------------------------------------------------------------------------------


def _amount(question: Question, said: str) -> Understood:
    """Understand what was typed where a number is wanted."""
    if said.endswith("?") and isinstance(meant := _amount(question, said.rstrip("? ")), Taken):
        return AskBack(tuple(dict.fromkeys((meant.answer, UNSURE))))
    if says_unsure(said):
        return Taken(UNSURE)
    if said in _DOUBTS:
        return AskBack((UNSURE,))
    nothing = words(said) in (("none",), ("nothing",))
    amounts = read_amount(question.unit, "0" if nothing else said)
    faults = [fault for fault in (_beyond(question, number) for number in amounts.numbers) if fault]
    fitting = tuple(dict.fromkeys(number for number in amounts.numbers if not _beyond(question, number)))
    if len(fitting) == 1 and amounts.certain and not nothing:
        return Taken(fitting[0])
    if fitting:
        return AskBack(fitting)
    if faults:
        return faults[0]
    return NotUnderstood(f"{quoted(said)} is no number of {question.unit}.", how_to_answer(question))


def _beyond(question: Question, number: Decimal) -> NotUnderstood | None:
    try:
        within_bounds(question, number)
    except AnswerFault as fault:
        return NotUnderstood(fault.message, fault.way_out)
    return None
