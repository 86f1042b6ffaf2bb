"""Make a JSON Schema of a knowledge base, so that an editor knows its names while a rule is being written.

The schema is about one knowledge base: which questions there are, how each is answered, what can be found and
recommended. An editor that reads it offers those names, shows the text behind each, and marks a name that nothing
defines. It is made of the tables by which packs are decoded, so what may stand in a file is said in one place.

One schema serves topic files, the header and files of cases; another (`ANSWERS`) serves files of answers. A schema is
looser than the loader: it cannot say everything, and `rules check` has the last word. What an editor may read as a
number or as true and false (`2`, `yes`) is taken as such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kb.language import conditions, fields, items, packs
from kb.language.fields import NAME, SECTIONS, SOURCE_NAME, Each, NameIn, OneOf, Shape
from kb.language.items import ASKED_WHEN, OPTION
from kb.model.answers import as_data
from kb.model.conditions import UNSURE
from kb.model.knowledge import NONE, Kind, KnowledgeBase, Question
from kb.text.wrapping import cut
from kb.workbench.cases.replay import ANY
from kb.workbench.description.index import line_of

RULES = "rules"
ANSWERS = "answers"
"""What a schema is for: the files of a pack, or files of answers."""

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_GROUPS = ("then", "answers", "expect", "hold", "practices")
_LONGEST_NAME = 60
_LONGEST_TEXT = 200  # of a description; an editor shows it in a small window

_TEXT: Schema = {"type": ["string", "number"], "minLength": 1}
_LABEL: Schema = {"type": ["string", "number", "boolean"], "minLength": 1}  # the text of an option may be “Yes”
_NUMBER: Schema = {"type": ["number", "string"], "pattern": r"^-?[0-9]{1,9}([.,][0-9]{1,9})?$"}
_COUNT: Schema = {"type": ["integer", "string"], "minimum": 1, "pattern": "^[1-9][0-9]*$"}
_PACK: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$", "maxLength": _LONGEST_NAME}


def schema_of(kb: KnowledgeBase, about: str = RULES) -> Schema:
    """Return the schema of the files of `kb`, or (`ANSWERS`) of answers to its questions."""
    if about == ANSWERS:
        return {"$schema": _DIALECT, "title": f"Answers: {_titles(kb)}", **_answers(kb)}
    made = _Schema(kb)
    header = _shaped(packs.HEADER, made.part)
    own = [key for key in packs.HEADER.parts if key not in SECTIONS]
    needed = header.pop("required")
    return {
        "$schema": _DIALECT,
        "title": f"Rule files: {_titles(kb)}",
        "description": "Made by “unstuck rules schema”. Make it anew when a question, an option or a name has changed.",
        **header,
        "type": ["object", "array"],  # a file may be a bare list of cases
        "items": {"$ref": "#/$defs/case"},
        "if": {"anyOf": [{"required": [key]} for key in own]},
        "then": {"required": needed},
        "$defs": made.definitions(),
    }


def schema_text(kb: KnowledgeBase, about: str = RULES) -> str:
    """Return the schema of `kb` as JSON, the same bytes for the same knowledge base; it ends in a line break."""
    return json.dumps(schema_of(kb, about), ensure_ascii=False, indent=1) + "\n"


def _titles(kb: KnowledgeBase) -> str:
    return ", ".join(f"{pack.title} ({pack.id} {pack.version})" for pack in kb.packs)


class _Schema:
    """Turns the tables of `kb.language.items` into schemas, with the names of one knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.readers: dict[object, Schema] = {
            fields.text: _TEXT,
            fields.number: _NUMBER,
            items.held_for: _NUMBER,
            fields.count: _COUNT,
            conditions.condition: {"$ref": "#/$defs/condition"},
        }
        self.named: dict[str, Schema] = {  # how these are read only their own modules know
            **{name: {"$ref": f"#/$defs/{name}"} for name in (*SECTIONS, *_GROUPS)},
            **{name: {"$ref": "#/$defs/changes"} for name in ("in-place-of", "leaves-out")},
            "weakens": {"type": "object", "additionalProperties": _TEXT},
            ASKED_WHEN: {"$ref": "#/$defs/condition"},
            "pack": _PACK,
            "options": self.options(),
            "never": _one_or_list(_choice([ANY, *kb.recommendations], self.texts("recommendations")), 0),
        }

    def part(self, name: str, part: fields.Part) -> Schema:
        """Return what may stand under `name`."""
        return self.read(part.read) or self.named[name]

    def options(self) -> Schema:
        """Return what may stand under `options`: names, each with a text or with all that an option holds."""
        names = {"pattern": f"^({NAME.pattern})$", "maxLength": _LONGEST_NAME, "not": {"const": UNSURE}}
        whole = _shaped(OPTION, lambda name, _part: _LABEL if name == "text" else _one_or_list(_LABEL, 0))
        either = {"anyOf": [_LABEL, whole]}
        return {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": either}

    def read(self, reader: object) -> Schema | None:
        """Return what `reader` takes, if that can be told."""
        if isinstance(reader, Each):
            one = self.read(reader.read)
            return one and _one_or_list(one, reader.least)
        if isinstance(reader, OneOf):
            return _choice(reader.words)
        if isinstance(reader, NameIn):
            return {"$ref": f"#/$defs/{SECTIONS[reader.section]}-name"}
        return self.readers.get(reader)

    def texts(self, section: str) -> dict[str, str]:
        """Return what people read of each item of `section`, by name."""
        items = getattr(self.kb, section).items()
        if section == "sources":
            return {name: ", ".join(filter(None, (one.work, one.at))) for name, one in items}
        return {name: line_of(section, one) for name, one in items}

    def definitions(self) -> dict[str, Schema]:
        """Return what the rest refers to."""
        return {
            **{section: _section(section, _shaped(shape, self.part)) for section, shape in items.SHAPES.items()},
            "cases": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/case"}},
            "case": _shaped(items.CASE, self.part),
            "then": {**_shaped(items.THEN, self.part), "minProperties": 1},
            "expect": _shaped(items.EXPECT, self.part),
            "changes": _shaped(packs.CHANGES, self.part),
            "hold": _shaped(items.HOLD, self.part),
            "practices": _section("practices", _shaped(packs.PRACTICE, self.part)),
            "condition": self.condition(),
            "answers": _answers(self.kb),
            **{
                f"{SECTIONS[section]}-name": _choice(texts, texts)
                for section in ("sources", "questions", "findings", "recommendations", "referrals")
                for texts in (self.texts(section),)
            },
        }

    def condition(self) -> Schema:
        """Return what may stand under `when`: every question with its answers, findings, and the joining words."""
        inside = {"$ref": "#/$defs/condition"}
        several = {"type": "array", "minItems": 1, "items": inside}
        words: dict[str, Schema] = {
            "all": {**several, "description": "All of these conditions hold."},
            "any": {**several, "description": "One of these conditions holds."},
            "not": {**inside, "description": "This is ruled out by the answers."},
            "finding": {
                **_one_or_list({"$ref": "#/$defs/finding-name"}, 1),
                "description": "It is found, or one of these is.",
            },
        }
        asked = {question.id: _waited_for(question) for question in self.kb.questions.values()}
        return {**_closed({**asked, **{word: words[word] for word in conditions.CONDITION_WORDS}}), "minProperties": 1}


def _shaped(shape: Shape, of_part: Callable[[str, fields.Part], Schema]) -> Schema:
    """Return the schema of what is decoded by a table."""
    properties = {name: of_part(name, part) for name, part in shape.parts.items()}
    required = [name for name in shape.required if not shape.parts[name].unless]
    either = [(name, shape.parts[name].unless) for name in shape.required if shape.parts[name].unless]
    schema = _closed(properties) | ({"required": required} if required else {})
    return schema | {"anyOf": [{"required": [name]} for pair in either for name in pair]} if either else schema


def _closed(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _section(section: str, item: Schema) -> Schema:
    pattern = SOURCE_NAME if section == "sources" else NAME
    names: Schema = {"pattern": f"^({pattern.pattern})$", "maxLength": _LONGEST_NAME}
    if section == "questions":
        names["not"] = {"enum": [*conditions.CONDITION_WORDS, UNSURE]}
    return {"type": "object", "propertyNames": names, "additionalProperties": item}


def _answers(kb: KnowledgeBase) -> Schema:
    """Return the schema of a group of answers."""
    return _closed({question.id: _answer(question) for question in kb.questions.values()})


def _answer(question: Question) -> Schema:
    """Return the schema of an answer that someone gave to `question`."""
    answer = _one_answer(question)
    if question.kind is Kind.SEVERAL:
        texts = _option_texts(question)
        least = 1 if NONE in question.option_ids else 0
        answer = {"anyOf": [answer, {"type": "array", "minItems": least, "items": _choice(texts, texts)}]}
    return {**answer, "description": _about(question)}


def _waited_for(question: Question) -> Schema:
    """Return the schema of what a rule may wait for at `question`: one answer or a list of them."""
    one = _one_answer(question)
    if question.kind is Kind.NUMBER:
        bounds = _shaped(conditions.BOUNDS, lambda _name, _part: _NUMBER) | {"minProperties": 1}
        one |= {**bounds, "type": ["number", "string", "object"]}
    return {**_one_or_list(one, 1), "description": _about(question)}


def _one_answer(question: Question) -> Schema:
    """Return the schema of an option, or of a number within the bounds of `question`, or `unsure`."""
    if question.kind is not Kind.NUMBER:
        texts = _option_texts(question)
        return _choice([*texts, UNSURE], texts)
    bounds = {"minimum": question.at_least, "maximum": question.at_most}
    return {
        "type": ["number", "string"],
        "pattern": rf"^({UNSURE}|-?[0-9]{{1,9}}([.,][0-9]{{1,9}})?)$",
        **{word: as_data(bound) for word, bound in bounds.items() if bound is not None},
    }


def _option_texts(question: Question) -> dict[str, str]:
    """Return what can be answered, with what people read; options of *several* may be unsure one by one."""
    texts = {option.id: option.text for option in question.options}
    if question.kind is not Kind.SEVERAL:
        return texts
    doubts = {f"{name}?": f"Unsure: {text}" for name, text in texts.items() if name != NONE}
    return {**texts, **doubts}


def _about(question: Question) -> str:
    unit = f" ({question.unit})" if question.unit else ""
    return cut(question.ask + unit, _LONGEST_TEXT)


def _choice(words: Iterable[str], texts: Mapping[str, str] | None = None) -> Schema:
    """Return the schema of one word out of some; what each means is shown beside it.

    An editor may read `yes` and `no` as true and false, and a word of digits as a number.
    """
    listed: list[str | bool | int] = list(words)
    described = [cut((texts or {}).get(str(word), ""), _LONGEST_TEXT) for word in listed]
    listed += [word == "yes" for word in ("yes", "no") if word in listed]
    listed += [int(word) for word in listed if isinstance(word, str) and word.isdigit() and str(int(word)) == word]
    described += [""] * (len(listed) - len(described))
    return {"enum": listed, **({"markdownEnumDescriptions": described} if any(described) else {})}


def _one_or_list(one: Schema, least: int) -> Schema:
    """Return the schema of one thing or a list of different ones."""
    some: Schema = {"type": "array", "items": one, "uniqueItems": True}
    return {"anyOf": [one, {**some, "minItems": least} if least else some]}
