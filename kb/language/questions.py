"""Make questions out of plain data, and say what is wrong with each.

A table says what a question may hold. What hangs together is looked at afterwards: a number has a unit, *one* and
*several* have options, yes-no has neither. A question of which it is clear how it is answered becomes part of the
scope, even if it is faulty otherwise, so that rules and cases are held against it.
"""

from __future__ import annotations

from typing import Any

from kb.language.document import Fields, Items, Value
from kb.language.fields import (
    NAME,
    Item,
    Part,
    Shape,
    decode,
    each,
    elsewhere,
    group,
    is_name,
    name_in,
    number,
    one_of,
    text,
)
from kb.model.conditions import UNSURE
from kb.model.knowledge import BETTER, SAME, WORSE, Kind, Option, Question, attempt_name
from kb.model.problems import Location
from kb.text.spelling import nearest

MOST_OPTIONS = 200
"""How many options a question may have. No person at a prompt could look through more."""


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
        of_option = Item(item.scope, item.document, "option", option, fields.key_at[option])
        named &= is_name(of_option, option, fields.key_at[option], NAME, (UNSURE,))
        if isinstance(words, Fields):
            options.append(Option(option, **decode(of_option, words, OPTION)))
        else:
            options.append(Option(option, text(item, option, words, fields.value_at[option]) or ""))
    return tuple(options) if named else None


ASKED_WHEN = "asked-when"

OPTION = Shape({"text": Part(text, required=True), "also": Part(each(text), without=())})
"""What an option holds where it is more than its text."""


QUESTION = Shape(
    {
        "ask": Part(text, required=True),
        "type": Part(one_of("bad-type", *Kind), required=True, field="kind", without=None),
        "options": Part(_options, without=()),
        "hint": Part(text),
        "self-check": Part(text, field="self_check"),
        "unit": Part(text),
        "at-least": Part(number, field="at_least", without=None),
        "at-most": Part(number, field="at_most", without=None),
        "after-advice": Part(one_of("wrong-value", "yes", "no"), field="after_advice", without="no"),
        ASKED_WHEN: Part(elsewhere, field="asked_when", without=None),
        "lasting": Part(one_of("wrong-value", "yes", "no"), without="no"),
        "sources": Part(each(name_in("sources")), without=()),
    }
)

_YES_NO = (Option("yes", "Yes"), Option("no", "No"))
_LEAST_OPTIONS = {Kind.ONE: 2, Kind.SEVERAL: 1}


def question(item: Item, fields: Fields) -> Question:
    """Decode a question. One of which it is clear how it is answered becomes part of the scope."""
    got = decode(item, fields, QUESTION)
    kind = Kind(got["kind"]) if got["kind"] else None
    if kind in (Kind.YES_NO, Kind.NUMBER):
        _does_not_belong(item, fields, "options", f"{kind.value} questions have none")
    elif kind and not _has_options(item, fields, _LEAST_OPTIONS[kind]):
        got["options"] = ()
    if kind is Kind.NUMBER:
        _check_number(item, fields, got)
    elif kind:
        for name in ("unit", "at-least", "at-most"):
            _does_not_belong(item, fields, name, "only number questions have one")
    got["kind"] = kind or Kind.ONE
    got["after_advice"] = got["after_advice"] == "yes"
    got["lasting"] = got["lasting"] == "yes"
    if got["after_advice"]:
        _does_not_belong(item, fields, ASKED_WHEN, "it is asked after the advice, of everybody")
    if kind is Kind.YES_NO:
        got["options"] = _YES_NO
    read = Question(item.name, topic=item.topic, place=item.place, **got)
    if kind and (kind is Kind.NUMBER or got["options"]):
        item.scope.questions.setdefault(item.name, read)  # of two that are called alike, the first is taken
    return read


def _has_options(item: Item, fields: Fields, least: int) -> bool:
    """Say whether there are options enough for a question, and note a problem if not."""
    options = fields.get("options")
    has = len(options) if isinstance(options, Fields) else 0
    message = f"{item} needs at least {least} option{'s' * (least > 1)}, and has {has}."
    way_out = "Write each as “name: what the person reads”, under “options:”."
    if isinstance(options, Fields) and has < least:
        item.fault(fields.key_at["options"], "missing-part", message, way_out)
    elif "options" not in fields and not _misspelt(item, fields, "options"):
        item.fault(item.at, "missing-part", message, way_out)
    return has >= least


def _check_number(item: Item, fields: Fields, got: dict[str, Any]) -> None:
    """Report a number without its unit, and bounds that let no number through."""
    if "unit" not in fields and not _misspelt(item, fields, "unit"):
        way_out = "Add a line such as “unit: minutes”."
        item.fault(item.at, "missing-part", f"{item} asks for a number, but has no “unit”.", way_out)
    low, high = got["at_least"], got["at_most"]
    if low is not None and high is not None and low > high:
        message = f"no number is at least {low:f} and at most {high:f}."
        item.fault(fields.value_at["at-most"], "out-of-bounds", message, "Exchange the two.")
        got["at_least"] = got["at_most"] = None


def _misspelt(item: Item, fields: Fields, name: str) -> bool:
    """Say whether `name` may be in `fields` under a name that is reported already."""
    if item.document.full or fields.partial or name in item.misplaced:
        return True
    return any(nearest(other, QUESTION.parts) == name for other in fields if other not in QUESTION.parts)


def _does_not_belong(item: Item, fields: Fields, name: str, why: str) -> None:
    if name in fields:
        message = f"“{name}” does not belong to {item}: {why}."
        way_out = "Take it out." if name == ASKED_WHEN else "Take it out, or change the “type”."
        item.fault(fields.key_at[name], "wrong-shape", message, way_out)


# --- attempts -------------------------------------------------------------------------------------------------------

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
