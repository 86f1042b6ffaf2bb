"""Read YAML text into a `Document`: plain data that remembers where everything stands.

The only module that knows YAML. What is read is a small, strict part of the language, the part a teacher needs:

- every scalar is text. `yes`, `no`, `010` and `1:30` stay what was written; only `true`, `false`, `null`, `~` and
  nothing at all are kept apart (`Word`), because whoever writes them means something that text cannot say;
- a name that stands twice, an anchor, a tag, a second document, a text cut off by a `#` is a problem, not a surprise;
- what a terminal must not be sent (controls, invisible marks) never leaves this module.

The parser's *events* are read, not the objects it would build: they carry the places, need no recursion however deep a
text is nested, and take less than half the time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import yaml
from yaml import events

from kb.language.document import COLUMN_BITS, START, Document, Fields, Items, Lines, Value, place
from kb.language.syntax_errors import QUOTE_IT, explain, open_brackets
from kb.model.answers import Refused, Word
from kb.system.files import MOST_BYTES, TOO_LARGE, NotReadError, fetch
from kb.text.wrapping import is_printable, quoted, unprintable

MOST_LEVELS = 40
"""How deep a file may be nested. No pack written by hand comes near it; past it, something else was handed in."""


def read_file(path: str | Path) -> Document:
    """Return what a YAML file says (`-`: standard input). What is wrong with it is in the document's `problems`."""
    document = Document("standard input" if str(path) == "-" else str(path))
    try:
        data = fetch(path)
    except NotReadError as refusal:
        document.fault(None, *refusal.args)
        document.broken = True
        return document
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        at = place(before.count("\n"), len(before) - before.rfind("\n") - 1)
        way_out = "Save the file again as UTF-8 (“Save as” in the editor offers it)."
        document.fault(at, "not-utf8", "from here on this is no UTF-8 text.", way_out)
        document.text, document.broken = data.decode("utf-8", "replace"), True
        return document
    return read(text, document.path)


def read(text: str, path: str) -> Document:
    """Return what YAML (or JSON) `text` says. What is wrong with it is in the document's `problems`."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_BYTES:
        document = Document(path)
        document.fault(None, *TOO_LARGE)
        document.broken = True
        return document
    document = Document(path, text)
    lines = _without_controls(document, Lines(text.split("\n")))
    if not document.broken:
        _build(document, lines)
    if document.root is None and not document.problems:
        document.fault(None, "empty-file", "there is nothing in this file.", "Write something, or take the file away.")
        document.broken = True
    return document


# --- characters -----------------------------------------------------------------------------------------------------

_STAND_IN = "\ufffd"
_MOST_CONTROLS = 10


def _without_controls(document: Document, lines: Lines) -> Lines:
    """Report what may not stand in a text, and return the lines with something harmless, as wide, in its place."""
    json = next((line.lstrip()[0] for line in lines if line.strip()), "") in ("{", "[")  # where tabs may indent
    tabs: list[int] = []
    controls: list[int] = []
    clean = Lines(lines)
    for number, line in enumerate(lines):
        if is_printable(line):
            continue
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and indent != line and not json and not line.lstrip().startswith("#"):
            tabs.append(place(number, indent.index("\t")))
        line = line.replace("\t", " ")  # between words, a tab is a space
        foreign = unprintable(line) or next((one for one in indent if one not in " \t"), None)
        if foreign is not None:
            controls.append(place(number, line.index(foreign)))
            if len(controls) <= _MOST_CONTROLS:
                _report_control(document, controls[-1], foreign)
            line = "".join(_STAND_IN if unprintable(one) else " " if one.isspace() else one for one in line)
        clean[number] = line
    if tabs:
        more = f" (and {len(tabs) - 1} more)" if len(tabs) > 1 else ""
        document.fault(tabs[0], "tab", f"a tab indents this line{more}.", "Use spaces: two for every level.")
    document.broken = bool(tabs) or len(controls) > _MOST_CONTROLS
    return clean


def _report_control(document: Document, at: int, character: str) -> None:
    message = f"an invisible or forbidden character stands here (U+{ord(character):04X})."
    document.fault(at, "control-character", message, "Delete it, and type the words around it anew.")


# --- structure ------------------------------------------------------------------------------------------------------

_NOT_TEXT = frozenset(("", "~", "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL"))
_CUT = re.compile(r"\S\s+#\S")
_LOST = re.compile(r"\s+(?=#\S)")
_JOINED = re.compile(r"[\w-]+ ?:\S")
_INSIDE = re.compile(r"(?<![\s\[{,])\?")
_QUESTION_MARK = "\ue03f"  # for PyYAML without its C part, to which a “?” inside a text in brackets is the end of it


def _build(document: Document, lines: Lines) -> None:
    """Fill `document.root` from the parser's events, as far as they go."""
    builder = _Builder(document, lines)
    fast, text = getattr(yaml, "CBaseLoader", None), "\n".join(lines)
    parser = fast(text) if fast else yaml.BaseLoader(_INSIDE.sub(_QUESTION_MARK, text))
    try:
        builder.follow(parser.get_event)
    except yaml.MarkedYAMLError as error:
        stopped, begun = error.problem_mark, error.context_mark
        at = (stopped.line, stopped.column) if stopped else (0, 0)
        fault = explain(lines, at, (begun.line, begun.column) if begun else None)
        if builder.refuse_depth(fault.at if fault.swallows else at):
            return
        builder.give_up()
        if fault.swallows:
            beyond = document.location(place(*fault.at))
            document.problems[:] = [
                problem for problem in document.problems if problem.place < beyond or problem.id == "control-character"
            ]
        line = fault.at[0]
        near = {line, lines.above(line)}  # where it is often noted already, and only noticed here
        if not builder.spoiled and near.isdisjoint(one.place.line - 1 for one in document.problems):
            document.fault(place(*fault.at), fault.id, fault.message, fault.way_out)
            document.misnamed.update(lines[line].split()[:1])
    except (yaml.YAMLError, ValueError, OverflowError):  # PyYAML's own parser hands any \U… to chr()
        builder.give_up()
        message = "a “\\U” in this file stands for no character."
        document.fault(None, "syntax", message, "Use single quotes around the text: '…'.")
    finally:
        parser.dispose()


class _Builder:
    """Follow the parser's events. What is open stands on a stack of its own, so depth costs no recursion."""

    def __init__(self, document: Document, lines: Lines) -> None:
        self.document = document
        self.lines = lines
        self.open: list[Fields | Items] = []
        self.anchors: set[str] = set()
        self.doubled = (-1, 0)  # the place and the length of the mapping in which a name last stood twice
        self.spoiled = bool(document.problems)  # by characters that are reported, and the stand-ins in their place
        self.cuts = {number for number, line in enumerate(lines) if " #" in line and _CUT.search(line)}
        escapes = any("\\U000" in line for line in lines)  # and what they stand for may be unseen
        self.looked_at: Container[int] = range(len(lines) + 1) if self.spoiled or escapes else self.cuts  # closely
        self.marked = any("&" in line or "*" in line or "!" in line for line in lines)

    def follow(self, next_event: Callable[[], Any]) -> None:  # noqa: C901 - a call for each event would double its time
        """Build `document.root` until the stream ends or something forbids to go on."""
        scalar, alias, document_start = events.ScalarEvent, events.AliasEvent, events.DocumentStartEvent
        mapping, mapping_end = events.MappingStartEvent, events.MappingEndEvent
        sequence, sequence_end = events.SequenceStartEvent, events.SequenceEndEvent
        looked_at, marked, around = self.looked_at, self.marked, self.open
        here: Any = None  # what is open innermost
        named = False  # whether that is `Fields`
        key: str | None = None  # the name in `here` that waits for its value
        key_at = START
        waiting: list[str | None] = []  # and those in the mappings around it
        value: Any
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is scalar:
                value, mark = event.value, event.start_mark
                line = mark.line
                at = line << COLUMN_BITS | mark.column
                odd = line in looked_at or value in _NOT_TEXT or not value.isprintable() or value[0] == "-"
                if odd or event.end_mark.line != line:
                    value = self.text(event)
                opens = False
            elif kind is mapping_end or kind is sequence_end:
                around.pop()
                here, key = around[-1] if around else None, waiting.pop()
                named = type(here) is Fields
                continue
            else:
                mark = event.start_mark
                at = mark.line << COLUMN_BITS | mark.column
                opens = kind is mapping or kind is sequence
                if opens:
                    value = Fields(at) if kind is mapping else Items(at)
                elif kind is alias:
                    value = Refused(event.anchor)
                elif kind is document_start and self.document.root is not None:
                    message = "a second document begins here (“---”), and a file is one document."
                    self.document.fault(at, "several-documents", message, "Take the line out.")
                    self.document.broken = True
                    return
                else:
                    continue

            if marked and (event.anchor is not None or event.tag is not None):
                self.refuse_mark(event, at)
                if value == "":
                    value = Refused()  # the mark has swallowed all there was
            if named:
                if key is None:
                    key, key_at = self.refuse_key(at) if opens else value, at
                else:
                    plain = type(key) is str and ":" not in key and key != "<<"
                    if plain and key not in here and (opens or value != ""):
                        here[key] = value  # what `put` does, without a call
                        here.key_at[key] = key_at
                        here.value_at[key] = at
                    else:
                        self.put_odd(here, key, key_at, value, at)
                    key = None
            elif here is None:
                self.document.root = value
            else:
                here.append(value)
                here.item_at.append(at)
            if opens:
                if len(around) == MOST_LEVELS:
                    self.too_deep(at)
                    return
                around.append(value)
                waiting.append(key)
                here, key, named = value, None, kind is mapping

    def too_deep(self, at: int) -> None:
        """Refuse all of a document that becomes too deep at a place."""
        message = f"this is nested more than {MOST_LEVELS} levels deep, and no rule file is."
        self.document.fault(at, "too-deep", message, "Look at the indentation and the brackets.")
        self.document.root, self.document.broken = None, True

    def refuse_depth(self, end: tuple[int, int]) -> bool:
        """Refuse a document that has become too deep before a place, and say whether it has.

        A parser looks ahead before it tells of brackets, and may stop at what it sees there, or at a limit of its own.
        So the brackets it has not told of are counted here.
        """
        around = self.open[-1].at if self.open else START
        start = around >> COLUMN_BITS, around % (1 << COLUMN_BITS)
        told = bool(self.open) and self.lines.at(start) in ("[", "{")
        deeper = open_brackets(self.lines, start, end)[told:]
        room = MOST_LEVELS - len(self.open)
        if len(deeper) > room:
            self.too_deep(place(*deeper[room]))
        return len(deeper) > room

    def text(self, event: Any) -> str:
        """Return what a scalar says, after a closer look."""
        value: str = event.value.replace(_QUESTION_MARK, "?")
        if not event.style:
            if value in _NOT_TEXT:
                return Word(value)
            if event.end_mark.line in self.cuts and " " in value:
                self.check_cut(event.end_mark)
            if self.check_dashes(value, event.start_mark, event.end_mark):
                if self.open and isinstance(self.open[-1], Fields):
                    self.open[-1].partial = True  # what the text has swallowed may be what seems to be missing
                return Refused()
        if is_printable(value) and not self.spoiled:
            return value
        value = value.replace("\t", " ")
        foreign = unprintable(value.replace("\n", " "))
        if foreign is not None:
            _report_control(self.document, place(event.start_mark.line, event.start_mark.column), foreign)
            return Refused()
        return Refused() if self.spoiled and _STAND_IN in value else value

    def check_cut(self, end: Any) -> None:
        """Report a text whose rest is lost behind a `#`, as in ``ask: Which side #1?``."""
        lost = _LOST.match(self.lines[end.line], end.column)
        if lost:
            message = f"the text ends here: YAML takes {quoted(self.lines[end.line][lost.end() :])} for a remark."
            way_out = f"{QUOTE_IT} If it is a remark, put a space after the #."
            self.document.fault(place(end.line, lost.end()), "cut-text", message, way_out)

    def check_dashes(self, value: str, start: Any, end: Any) -> bool:
        """Report a list that YAML reads as one text, because a space is missing or its dashes do not line up."""
        if re.match(r"-[^\W\d]", value):
            message = f"a space is missing after the dash in {quoted(value.split(' ', 1)[0])}."
            way_out = "Write “- ” before every item of a list."
            self.document.fault(place(start.line, start.column), "syntax", message, way_out)
            return True
        for number in range(start.line + 1, end.line + 1):
            line = self.lines[number]
            if line.lstrip().startswith("- "):
                message = "this dash begins no item: YAML reads the line as part of the text above it."
                way_out = "Let the dashes of a list stand below each other."
                self.document.fault(place(number, line.index("-")), "syntax", message, way_out)
                return True
        return False

    def refuse_key(self, at: int) -> str:
        """Report brackets before a colon."""
        self.document.fault(at, "wrong-shape", "brackets stand where a name is wanted, before a colon.", QUOTE_IT)
        return Refused()

    def put_odd(self, fields: Fields, key: str, key_at: int, value: Value, at: int) -> None:
        """Give a name its value after a closer look, or say why it cannot have it."""
        document = self.document
        if type(key) is Refused:
            fields.partial = True
            return
        if key in fields:
            follows = self.doubled == (fields.at, len(fields))  # several in a row are one mistake: a block twice, or
            self.doubled = (fields.at, len(fields))  # the first line of a block gone, so that two have become one
            if not follows:
                first = document.location(fields.key_at[key]).line
                message = f"{quoted(key)} stands twice here (first on line {first}), and only one of them can count."
                way_out = "Rename one or make them one; or the line above, which begins something new, is missing."
                document.fault(key_at, "duplicate-key", message, way_out)
            if fields[key] == "":
                fields.put(key, value, fields.key_at[key], at)  # a heading written twice: all stands under the second
        elif key == "<<":
            fields.partial = True
            if type(value) is not Refused:  # else the anchor it takes over is reported
                message = "“<<” (take over what stands elsewhere) is not read here."
                document.fault(key_at, "anchor", message, "Write it out.")
        elif ":" in key and (joined := _JOINED.match(key)):
            message = f"a space is missing after the colon in {quoted(key)}."
            document.fault(key_at + joined.end() - 2, "syntax", message, "Write a space after every colon.")
            fields.put(key[: joined.end() - 2].rstrip(), Refused(), key_at, at)
        else:
            nothing = value == "" and isinstance(value, Word)  # and so has no place of its own
            fields.put(key, value, key_at, key_at if nothing else at)

    def refuse_mark(self, event: Any, at: int) -> None:
        """Report an anchor, an alias or a tag; an alias only where its anchor is not reported."""
        if not hasattr(event, "tag"):  # an alias
            sign, word, known = "*", event.anchor, event.anchor in self.anchors
        elif event.anchor is not None:
            sign, word, known = "&", event.anchor, False
            self.anchors.add(event.anchor)
        else:
            sign, word, known = "!", event.tag.lstrip("!"), False
        if not known:
            message = f"a text cannot begin with “{sign}” ({quoted(sign + word)})."
            way_out = f"{QUOTE_IT} What is needed in two places is written out twice."
            self.document.fault(at, "anchor", message, way_out)

    def give_up(self) -> None:
        """Mark the document as broken, and drop the item that is not complete: it would seem to lack parts."""
        self.document.broken = True
        if not self.open:
            return
        inner = self.open[min(len(self.open), 2) - 1]
        if isinstance(inner, Items):
            del inner[-1:]
        elif inner:
            inner.popitem()
