"""Make questions, rules, cases and the rest out of plain data, and say what is wrong with each.

A table for each kind of item says what it may hold. What hangs together is looked at afterwards: a number has a unit,
*one* and *several* have options, yes-no has neither. An item comes out even if it is faulty, blank where it is: it
still counts as existing, and no knowledge base is made as long as any problem is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from decimal import Decimal
from typing import Any

from kb.language.answers import decode_answers
from kb.language.conditions import condition
from kb.language.document import Fields, Items, Value
from kb.language.fields import (
    YES_NO,
    Each,
    Item,
    NameIn,
    OneOf,
    Part,
    Shape,
    decode,
    elsewhere,
    exists,
    group,
    grouped,
    is_name,
    made,
    number,
    shaped,
    text,
)
from kb.model.conditions import UNSURE, All, Condition, findings_in, questions_in
from kb.model.knowledge import (
    BETTER,
    SAME,
    WORSE,
    Case,
    Expectation,
    Finding,
    Hold,
    Kind,
    Level,
    Option,
    Outcome,
    Question,
    Recommendation,
    Referral,
    Rule,
    Source,
    attempt_name,
)
from kb.model.problems import Location
from kb.text.spelling import nearest
from kb.text.wrapping import quoted

_SOURCES = Each(NameIn("sources"))
_FINDINGS = Each(NameIn("findings"))
_RECOMMENDATIONS = Each(NameIn("recommendations"))
_REFERRALS = Each(NameIn("referrals"))

# --- findings and the rest ------------------------------------------------------------------------------------------

_LONGEST_HOLD = 120


def held_for(item: Item, name: str, value: Value, at: int) -> Decimal | None:
    """Read for how many minutes something is held."""
    minutes = number(item, name, value, at)
    if minutes is not None and not 0 < minutes <= _LONGEST_HOLD:
        message = f"“{name}” of {item} is more than 0 and at most {_LONGEST_HOLD}."
        item.fault(at, "out-of-bounds", message, "Write how long it is held.")
    return minutes


HOLD = Shape(
    {
        "minutes": Part(held_for, required=True, without=Decimal(0)),
        "meanwhile": Part(Each(text), without=()),
        "at-the-end": Part(Each(text), without=()),
    }
)
RECOMMENDATION = Shape(
    {
        "title": Part(text, required=True),
        "steps": Part(Each(text, least=1), required=True, without=()),
        "cue": Part(text),
        "dose": Part(text),
        "self-check": Part(text),
        "kind": Part(OneOf("bad-type", {"correction": False, "closing": True}), field="closing", without=False),
        "not-with": Part(_RECOMMENDATIONS, without=()),
        "covers": Part(_RECOMMENDATIONS, without=()),
        "rechecks": Part(Each(NameIn("questions")), without=None),
        "hold": Part(shaped(HOLD, Hold), without=None),
        "sources": Part(_SOURCES, without=()),
    }
)
REFERRAL = Shape(
    {
        "level": Part(OneOf("bad-level", {one.value: one for one in Level}), required=True, without=Level.GENTLY),
        "tell": Part(text, required=True),
        "sources": Part(_SOURCES, without=()),
    }
)
FINDING = Shape(
    {
        "title": Part(text, required=True),
        "not-with": Part(_FINDINGS, without=()),
        "intermediate": Part(YES_NO, without=False),
        "sources": Part(_SOURCES, without=()),
    }
)
SOURCE = Shape(
    {
        "work": Part(text, required=True, unless="in"),
        "in": Part(NameIn("sources"), field="within"),
        "by": Part(text),
        "at": Part(text),
        "address": Part(text),
        "text": Part(text),
    }
)


# --- questions ------------------------------------------------------------------------------------------------------

MOST_OPTIONS = 200
"""How many options a question may have. No person at a prompt could look through more."""

OPTION = Shape(
    {
        "text": Part(text, required=True),
        "also": Part(Each(text), without=()),
        "detail": Part(text),
        "means": Part(_FINDINGS, without=()),
    }
)
"""What an option holds where it is more than its text."""


def _options(item: Item, name: str, value: Value, at: int) -> tuple[Option, ...] | None:
    if isinstance(value, Items):
        message = f"“{name}” of {item} is a list, but every option needs a name and a text."
        item.fault(at, "wrong-shape", message, "Write each as “name: what the person reads”, without a dash.")
        return None
    fields = group(item, name, value, at)
    if fields is None:
        return None
    if len(fields) > MOST_OPTIONS:
        message = f"{item} has more than {MOST_OPTIONS} options, and nobody reads so many."
        item.fault(at, "too-large", message, "Make several questions of it.")
        return None
    options = []
    named = True
    for option, words in fields.items():
        of_option = item.part("option", option, fields.key_at[option])
        named &= is_name(of_option, option, of_option.at, reserved=(UNSURE,))
        if isinstance(words, Fields):
            options.append(Option(option, **decode(of_option, words, OPTION)))
        else:
            options.append(Option(option, text(item, option, words, fields.value_at[option]) or ""))
    return tuple(options) if named else None


ASKED_WHEN = "asked-when"
QUESTION = Shape(
    {
        "ask": Part(text, required=True),
        "type": Part(OneOf("bad-type", {one.value: one for one in Kind}), required=True, field="kind", without=None),
        "options": Part(_options, without=()),
        "hint": Part(text),
        "self-check": Part(text),
        "unit": Part(text),
        "at-least": Part(number, without=None),
        "at-most": Part(number, without=None),
        "after-advice": Part(YES_NO, without=False),
        ASKED_WHEN: Part(elsewhere, without=None),
        "lasting": Part(YES_NO, without=False),
        "sources": Part(_SOURCES, without=()),
    }
)

_YES_AND_NO = (Option("yes", "Yes"), Option("no", "No"))
_LEAST_OPTIONS = {Kind.ONE: 2, Kind.SEVERAL: 1}


def _question(item: Item) -> Question:
    """Decode a question.

    One of which it is clear how it is answered becomes part of the scope, even if it is faulty otherwise, so that rules
    and cases are held against it.
    """
    got = decode(item, item.fields, QUESTION)
    kind = got["kind"]
    if kind in (Kind.YES_NO, Kind.NUMBER):
        _does_not_belong(item, "options", f"{kind.value} questions have none")
    elif kind and not _has_options(item, _LEAST_OPTIONS[kind]):
        got["options"] = ()
    if kind is Kind.NUMBER:
        _check_number(item, got)
    elif kind:
        for name in ("unit", "at-least", "at-most"):
            _does_not_belong(item, name, "only number questions have one")
    if got["after_advice"]:
        _does_not_belong(item, ASKED_WHEN, "it is asked after the advice, of everybody")
    if kind is Kind.YES_NO:
        got["options"] = _YES_AND_NO
    read: Question = made(Question, item, got | {"kind": kind or Kind.ONE})
    if kind and (kind is Kind.NUMBER or got["options"]):
        item.scope.questions.setdefault(item.name, read)  # of two that are called alike, the first is taken
    return read


def _has_options(item: Item, least: int) -> bool:
    """Say whether there are options enough for a question, and note a problem if not."""
    options = item.fields.get("options")
    has = len(options) if isinstance(options, Fields) else 0
    message = f"{item} needs at least {least} option{'s' * (least > 1)}, and has {has}."
    way_out = "Write each as “name: what the person reads”, under “options:”."
    if isinstance(options, Fields) and has < least:
        item.fault(item.fields.key_at["options"], "missing-part", message, way_out)
    elif "options" not in item.fields and not _misspelt(item, "options"):
        item.fault(item.at, "missing-part", message, way_out)
    return has >= least


def _check_number(item: Item, got: dict[str, Any]) -> None:
    """Report a number without its unit, and bounds that let no number through."""
    if "unit" not in item.fields and not _misspelt(item, "unit"):
        way_out = "Add a line such as “unit: minutes”."
        item.fault(item.at, "missing-part", f"{item} asks for a number, but has no “unit”.", way_out)
    low, high = got["at_least"], got["at_most"]
    if low is not None and high is not None and low > high:
        message = f"no number is at least {low:f} and at most {high:f}."
        item.fault(item.fields.value_at["at-most"], "out-of-bounds", message, "Exchange the two.")
        got["at_least"] = got["at_most"] = None


def _misspelt(item: Item, name: str) -> bool:
    """Say whether an item may have a part under another name, which is reported already."""
    if item.document.full or item.fields.partial or name in item.misplaced:
        return True
    return any(nearest(other, QUESTION.parts) == name for other in item.fields if other not in QUESTION.parts)


def _does_not_belong(item: Item, name: str, why: str) -> None:
    if name in item.fields:
        message = f"“{name}” does not belong to {item}: {why}."
        way_out = "Take it out." if name == ASKED_WHEN else "Take it out, or change the “type”."
        item.fault(item.fields.key_at[name], "wrong-shape", message, way_out)


def asked_when(item: Item, follow_ups: Container[str]) -> Condition | None:
    """Decode of whom a question is asked, once all questions are known; `follow_ups` are asked of some people only."""
    at = item.fields.value_at[ASKED_WHEN]
    read: Condition | None = condition(item, ASKED_WHEN, item.fields[ASKED_WHEN], at)
    if read is None:
        return None
    by = "the questions and answers that it is found by"
    wrong = [(f"the finding {quoted(name)}; only answers say whether to ask.", by) for name in findings_in(read)]
    for name in questions_in(read):
        asked = item.scope.questions.get(name)
        if name == item.name or name in follow_ups:
            why = f"{quoted(name)}, which is itself asked of some people only."
            wrong.append((why, "questions that are asked of everybody"))
        elif asked and asked.after_advice:
            wrong.append((f"{quoted(name)}, which is asked after the advice.", "questions that an interview asks"))
    for why, instead in wrong:
        item.fault(at, "wrong-value", f"“{ASKED_WHEN}” of {item} names {why}", f"Name {instead}.")
    return read


_HOW_IT_WENT = (Option(BETTER, "Better"), Option(SAME, "No different"), Option(WORSE, "Worse"))


def attempt(recommendation: str, title: str, topic: str, place: Location) -> Question:
    """Return the question how an attempt at a recommendation went. Every correction has one; nobody writes it."""
    return Question(
        attempt_name(recommendation),
        ask=f"You tried “{title}”. How is it now?",
        kind=Kind.ONE,
        options=_HOW_IT_WENT,
        hint="Compare with how it was before you tried.",
        after_advice=True,
        attempt_of=recommendation,
        topic=topic,
        place=place,
    )


# --- rules ----------------------------------------------------------------------------------------------------------

THEN = Shape(
    {
        effect: Part(Each(NameIn(section), least=1), without=())
        for effect, section in {
            "find": "findings",
            "recommend": "recommendations",
            "refer": "referrals",
            "withhold": "recommendations",
        }.items()
    }
)


@grouped
def _then(item: Item, name: str, fields: Fields) -> dict[str, tuple[str, ...]]:
    if not fields and not fields.partial:
        message = f"“{name}” of {item} says nothing."
        item.fault(fields.at, "missing-part", message, f"Write one of: {', '.join(THEN.parts)}.")
    return decode(item, fields, THEN)


RULE = Shape(
    {
        "when": Part(condition, required=True, without=All(()), unless="otherwise"),
        "otherwise": Part(YES_NO, without=False),
        "then": Part(_then, required=True, without={}),
        "because": Part(text, required=True),
        "source": Part(Each(NameIn("sources"), least=1), required=True, field="sources", without=()),
        "inferred": Part(YES_NO, without=False),
    }
)


def _rule(item: Item) -> Any:
    got = decode(item, item.fields, RULE)
    if "when" not in item.fields and item.fields.get("otherwise") == "no":
        item.fault(item.fields.key_at["otherwise"], "missing-part", f"{item} has no “when”.", "Add a line “when: …”.")
    return made(Rule, item, got | got["then"])


# --- cases ----------------------------------------------------------------------------------------------------------


def _never(item: Item, name: str, value: Value, at: int) -> tuple[str, ...] | None:
    if value == "any" or (isinstance(value, Items) and value == ["any"]):
        return ("any",)
    return _RECOMMENDATIONS(item, name, value, at)


EXPECT = Shape(
    {
        "outcome": Part(OneOf("unknown-outcome", {one.value: one.value for one in Outcome}), required=True),
        "in-order": Part(_RECOMMENDATIONS, without=None),
        "may-add": Part(_RECOMMENDATIONS, without=()),
        "never": Part(_never, without=()),
        "findings": Part(_FINDINGS, without=None),
        "referrals": Part(_REFERRALS, without=None),
    }
)


@grouped
def _answers(item: Item, _: str, fields: Fields) -> dict[str, Any]:
    known = [word for word in fields if exists(item, "questions", word, fields.key_at[word])]
    readable = fields.only([word for word in known if word in item.scope.questions])
    return decode_answers(item.document, readable, item.scope.questions)


CASE = Shape(
    {
        "id": Part(text, required=True),
        "title": Part(text, required=True),
        "says": Part(text),
        "answers": Part(_answers, required=True, without={}),
        "expect": Part(shaped(EXPECT, Expectation), required=True, without=Expectation("")),
        "because": Part(text),
    }
)

# --- all of them ----------------------------------------------------------------------------------------------------


def _plainly(model: type[Any], shape: Shape) -> Callable[[Item], Any]:
    return lambda item: made(model, item, decode(item, item.fields, shape))


SHAPES = {
    "sources": SOURCE,
    "questions": QUESTION,
    "findings": FINDING,
    "recommendations": RECOMMENDATION,
    "referrals": REFERRAL,
    "rules": RULE,
}
DECODERS: dict[str, Callable[[Item], Any]] = {
    "sources": _plainly(Source, SOURCE),
    "questions": _question,
    "findings": _plainly(Finding, FINDING),
    "recommendations": _plainly(Recommendation, RECOMMENDATION),
    "referrals": _plainly(Referral, REFERRAL),
    "rules": _rule,
    "cases": _plainly(Case, CASE),
}
"""How the items of each section are decoded, in an order in which everything is known before it is spoken of."""
