"""Make findings, rules, cases and the rest out of plain data, and say what is wrong with each.

A table for each kind of item says what it may hold (that of questions is in `kb.language.questions`). An item comes out
even if it is faulty, blank where it is: it still counts as existing, and no knowledge base is made as long as any
problem is noted.
"""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal
from typing import Any

from kb.language.answers import decode_answers
from kb.language.conditions import condition
from kb.language.document import Fields, Items, Value
from kb.language.fields import (
    SECTIONS,
    TOPIC_FILE,
    Item,
    NameIn,
    Part,
    Shape,
    count,
    decode,
    each,
    exists,
    group,
    is_name,
    name_in,
    number,
    one_of,
    text,
)
from kb.language.questions import ASKED_WHEN, QUESTION, question
from kb.model.conditions import All, Condition, findings_in, questions_in
from kb.model.knowledge import (
    Case,
    Expectation,
    Finding,
    Hold,
    Level,
    Outcome,
    Recommendation,
    Referral,
    Rule,
    Source,
)
from kb.model.packs import Pack, Practice
from kb.text.wrapping import quoted

# --- findings and the rest ------------------------------------------------------------------------------------------


_SOURCES = each(name_in("sources"))
_FINDINGS = each(name_in("findings"))
_RECOMMENDATIONS = each(name_in("recommendations"))
_REFERRALS = each(name_in("referrals"))

FINDING = Shape({"title": Part(text, required=True), "not-with": Part(_FINDINGS, field="not_with", without=())})
HOLD = Shape(
    {
        "minutes": Part(number, required=True, without=Decimal(0)),
        "meanwhile": Part(each(text), without=()),
        "at-the-end": Part(each(text), field="at_the_end", without=()),
    }
)


def _hold(item: Item, name: str, value: Value, at: int) -> Hold | None:
    fields = group(item, name, value, at)
    if fields is None:
        return None
    got = decode(Item(item.scope, item.document, f"“{name}” of recommendation", item.name, at), fields, HOLD)
    if "minutes" in fields and not Decimal(0) < got["minutes"] <= _LONGEST_HOLD:
        message = f"“minutes” of {item} is more than 0 and at most {_LONGEST_HOLD}."
        item.fault(fields.value_at["minutes"], "out-of-bounds", message, "Write how long it is held.")
    return Hold(**got)


_LONGEST_HOLD = 120

RECOMMENDATION = Shape(
    {
        "title": Part(text, required=True),
        "steps": Part(each(text, least=1), required=True, without=()),
        "cue": Part(text),
        "dose": Part(text),
        "self-check": Part(text, field="self_check"),
        "kind": Part(one_of("bad-type", "correction", "closing"), field="closing", without="correction"),
        "not-with": Part(_RECOMMENDATIONS, field="not_with", without=()),
        "rechecks": Part(each(name_in("questions")), without=None),
        "hold": Part(_hold, without=None),
        "sources": Part(_SOURCES, without=()),
    }
)
REFERRAL = Shape(
    {
        "level": Part(one_of("bad-level", *Level), required=True, without=Level.GENTLY),
        "tell": Part(text, required=True),
        "sources": Part(_SOURCES, without=()),
    }
)
SOURCE = Shape({"work": Part(text, required=True), "by": Part(text), "at": Part(text), "address": Part(text)})


def finding(item: Item, fields: Fields) -> Finding:
    """Decode a finding."""
    return Finding(item.name, topic=item.topic, place=item.place, **decode(item, fields, FINDING))


def recommendation(item: Item, fields: Fields) -> Recommendation:
    """Decode a recommendation."""
    got = decode(item, fields, RECOMMENDATION)
    got["closing"] = got["closing"] == "closing"
    return Recommendation(item.name, topic=item.topic, place=item.place, **got)


def referral(item: Item, fields: Fields) -> Referral:
    """Decode a referral."""
    got = decode(item, fields, REFERRAL)
    got["level"] = Level(got["level"])
    return Referral(item.name, topic=item.topic, place=item.place, **got)


def source(item: Item, fields: Fields) -> Source:
    """Decode a source."""
    return Source(item.name, place=item.place, **decode(item, fields, SOURCE))


# --- follow-ups ----------------------------------------------------------------------------------------------------


def asked_when(item: Item, fields: Fields, follow_ups: Container[str]) -> Condition | None:
    """Decode of whom a question is asked, once all questions are known; `follow_ups` are asked of some people only."""
    at = fields.value_at[ASKED_WHEN]
    read = condition(item, ASKED_WHEN, fields[ASKED_WHEN], at)
    if read is None:
        return None
    for name in findings_in(read):
        message = f"“{ASKED_WHEN}” of {item} names the finding {quoted(name)}; only answers say whether to ask."
        item.fault(at, "wrong-value", message, "Name the questions and answers that it is found by.")
    for name in questions_in(read):
        if name == item.name or name in follow_ups:
            message = f"“{ASKED_WHEN}” of {item} names {quoted(name)}, which is itself asked of some people only."
            item.fault(at, "wrong-value", message, "Name questions that are asked of everybody.")
        elif name in item.scope.questions and item.scope.questions[name].after_advice:
            message = f"“{ASKED_WHEN}” of {item} names {quoted(name)}, which is asked after the advice."
            item.fault(at, "wrong-value", message, "Name questions that an interview asks.")
    return read


# --- rules ----------------------------------------------------------------------------------------------------------

THEN = Shape(
    {
        "find": Part(each(name_in("findings"), least=1), without=()),
        "recommend": Part(each(name_in("recommendations"), least=1), without=()),
        "refer": Part(each(name_in("referrals"), least=1), without=()),
        "withhold": Part(each(name_in("recommendations"), least=1), without=()),
    }
)


def _then(item: Item, name: str, value: Value, at: int) -> dict[str, tuple[str, ...]] | None:
    fields = group(item, name, value, at)
    if fields is None:
        return None
    if not fields and not fields.partial:
        message = f"“{name}” of {item} says nothing."
        item.fault(at, "missing-part", message, f"Write one of: {', '.join(THEN.parts)}.")
    return decode(item, fields, THEN)


_NOTHING = All(())
RULE = Shape(
    {
        "when": Part(condition, required=True, without=_NOTHING),
        "then": Part(_then, required=True, without={}),
        "because": Part(text, required=True),
        "source": Part(each(name_in("sources"), least=1), required=True, field="sources", without=()),
    }
)


def rule(item: Item, fields: Fields) -> Rule:
    """Decode a rule."""
    got = decode(item, fields, RULE)
    return Rule(item.name, topic=item.topic, place=item.place, **got.pop("then"), **got)


# --- cases ----------------------------------------------------------------------------------------------------------


def _never(item: Item, name: str, value: Value, at: int) -> tuple[str, ...] | None:
    if value == "any" or (isinstance(value, Items) and value == ["any"]):
        return ("any",)
    never: tuple[str, ...] | None = _RECOMMENDATIONS(item, name, value, at)
    return never


EXPECT = Shape(
    {
        "outcome": Part(one_of("unknown-outcome", *Outcome), required=True),
        "in-order": Part(_RECOMMENDATIONS, field="in_order", without=None),
        "may-add": Part(_RECOMMENDATIONS, field="may_add", without=()),
        "never": Part(_never, without=()),
        "findings": Part(_FINDINGS, without=None),
        "referrals": Part(_REFERRALS, without=None),
    }
)


def _expect(item: Item, name: str, value: Value, at: int) -> Expectation | None:
    fields = group(item, name, value, at)
    if fields is None:
        return None
    return Expectation(**decode(Item(item.scope, item.document, f"“{name}” of case", item.name, at), fields, EXPECT))


def _case_answers(item: Item, name: str, value: Value, at: int) -> dict[str, Any] | None:
    fields = group(item, name, value, at)
    if fields is None:
        return None
    known = [word for word in fields if exists(item, "questions", word, fields.key_at[word])]
    readable = fields.only([word for word in known if word in item.scope.questions])
    return decode_answers(item.document, readable, item.scope.questions)


CASE = Shape(
    {
        "id": Part(text, required=True),
        "title": Part(text, required=True),
        "says": Part(text),
        "answers": Part(_case_answers, required=True, without={}),
        "expect": Part(_expect, required=True, without=Expectation("")),
        "because": Part(text),
    }
)


def case(item: Item, fields: Fields) -> Case:
    """Decode a case."""
    got = decode(item, fields, CASE)
    got.pop("id")
    return Case(item.name, place=item.place, **got)


# --- the header -----------------------------------------------------------------------------------------------------


def _pack_name(item: Item, name: str, value: Value, at: int) -> str | None:
    word = text(item, name, value, at)
    return word if word is not None and is_name(item, word, at) else None


CHANGES = Shape({section: Part(each(text, least=1), without=()) for section in SECTIONS})
"""What a pack changes in those it extends: for each section the names of items."""


def _changes(item: Item, name: str, value: Value, at: int) -> dict[str, tuple[str, ...]] | None:
    fields = group(item, name, value, at)
    if fields is None:
        return None
    return decode(Item(item.scope, item.document, f"“{name}” of pack", item.name, at), fields, CHANGES)


def _weakens(item: Item, name: str, value: Value, at: int) -> dict[str, str] | None:
    fields = group(item, name, value, at)
    if fields is None:
        return None
    reasons = {word: text(item, word, fields[word], fields.value_at[word]) for word in fields}
    return {word: reason for word, reason in reasons.items() if reason}


class _NotLeftOut(NameIn, frozen=True):
    """Reads a name of something that must exist; one that a pack leaves out on purpose is passed over."""

    def __call__(self, item: Item, name: str, value: Value, at: int) -> str | None:
        """Read the name that stands there."""
        gone = isinstance(value, str) and (self.section, value.strip()) in item.scope.left_out
        return None if gone else super().__call__(item, name, value, at)


PRACTICE = Shape(
    {
        "title": Part(text, required=True),
        "recommendations": Part(each(_NotLeftOut("recommendations"), least=1), required=True, without=()),
    }
)


def _practices(item: Item, name: str, value: Value, at: int) -> tuple[Practice, ...] | None:
    fields = group(item, name, value, at)
    if fields is None:
        return None
    read = []
    for word, body in fields.items():
        practice = Item(item.scope, item.document, "practice", word, fields.key_at[word])
        inside = group(practice, "", body, fields.value_at[word])
        if is_name(practice, word, fields.key_at[word]) and inside is not None:
            read.append(Practice(word, **decode(practice, inside, PRACTICE)))
    return tuple(read)


HEADER = Shape(
    {
        "format": Part(one_of("unknown-format", "1"), without="1"),
        "pack": Part(_pack_name, required=True, field="id"),
        "title": Part(text, required=True),
        "version": Part(text, required=True),
        "language": Part(text, without="en"),
        "authors": Part(each(text), without=()),
        "about": Part(text),
        "limits": Part(each(text), without=()),
        "credit": Part(text),
        "extends": Part(each(text), without=()),
        "in-place-of": Part(_changes, field="in_place_of", without=None),
        "leaves-out": Part(_changes, field="leaves_out", without=None),
        "weakens": Part(_weakens, without={}),
        "topics": Part(each(text), without=()),
        "safety-screens": Part(each(name_in("questions")), field="safety_screens", without=()),
        "stop-signs": Part(text, field="stop_signs"),
        "complaint": Part(condition, without=None),
        "practices": Part(_practices, without=()),
        "most-questions": Part(count, field="most_questions", without=None),
        **TOPIC_FILE.parts,
    }
)


def pack(item: Item, fields: Fields, shape: Shape = HEADER, files: tuple[str, ...] = ()) -> Pack:
    """Decode the header of a pack that consists of `files`."""
    got = decode(item, fields, shape)
    got["place"], got["files"] = item.place, files
    return Pack(**{field: got[field] for field in Pack.__struct_fields__})


SHAPES = {
    "sources": SOURCE,
    "questions": QUESTION,
    "findings": FINDING,
    "recommendations": RECOMMENDATION,
    "referrals": REFERRAL,
    "rules": RULE,
}
DECODERS = {
    "sources": source,
    "questions": question,
    "findings": finding,
    "recommendations": recommendation,
    "referrals": referral,
    "rules": rule,
    "cases": case,
}
"""How the items of each section are decoded, in an order in which everything is known before it is spoken of."""


def _fits(fields: Fields, shape: Shape) -> bool:
    return shape.needed <= fields.keys() <= shape.parts.keys()


def is_part(section: str, name: str, body: Value) -> bool:
    """Say whether what stands under the name of an item of `section` is rather a part of one."""
    shape = SHAPES.get(section)
    if shape is None or name not in shape.parts:
        return False
    return not isinstance(body, Fields) or not any(part in body for part in shape.required)


def section_of(section: str, fields: Fields) -> str:
    """Return the section to which an item belongs by what it holds: another than `section` if a heading is missing."""
    own = SHAPES.get(section)
    if own is None:
        return section
    if fields.keys() <= own.parts.keys() and not own.needed.isdisjoint(fields):
        return section
    if not own.needed.isdisjoint(fields):
        fitting = [other for other, shape in SHAPES.items() if _fits(fields, shape)]
        return fitting[0] if len(fitting) == 1 else section
    for other, shape in SHAPES.items():
        if shape.needed <= fields.keys():
            return other
    return section
