"""Say in plain words which slip of the pen stopped the YAML parser, and where it was made.

A parser reports where it could not go on, in words of its own trade. A teacher needs the line where the slip is, which
is often an earlier one: a quote that is never closed is noticed at the end of the file, a colon without its space on
the line after. So all that is taken from a parser is where it stopped, and where that had begun which it was reading;
the rest comes from looking at the lines around it. Its words are not looked at: they are another parser's, or another
release's, tomorrow.

`explain` asks the functions in `_FAULTS` one by one, the most certain first. Nothing here imports a parser. Lines and
columns count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kb.language.document import Lines, Place
from kb.text.wrapping import printable

QUOTE_IT = 'Put the whole text in quotes: "…".'


class SyntaxFault(NamedTuple):
    """What is wrong and where, for a person who does not know YAML.

    `swallows` says that what stands behind it was read as part of it, so that nothing can be said of that.
    """

    at: Place
    message: str
    way_out: str
    id: str = "syntax"
    swallows: bool = False


_DASHES = r"(?:- +)*"
_KEY = re.compile(rf"\s*{_DASHES}[\w.-]+:(?=\s|$)")
_ENTRY = re.compile(rf"\s*(?:- |{_DASHES}[\"']?[\w.-]+[\"']?:(?:\s|$))")
_VALUE = re.compile(rf"\s*{_DASHES}(?:[\w.?-]+: +)?(?=\S)")
_IN_BRACKETS = re.compile(r"[\[{,] *(?:[\w.?-]+: +)?(?=[\"'])")
_BLOCK_TEXT = re.compile(r".*[:-] +[|>][+-]?\d?\s*(?:#.*)?$")
_CLOSED = {'"': re.compile(r'(?:\\.|[^"\\])*"'), "'": re.compile(r"(?:\\.|''|[^'\\])*'(?!')")}
_LISTS_OF_GROUPS = ("cases:", "all:", "any:")


def explain(text: Lines, at: Place, begun: Place | None) -> SyntaxFault:
    """Return what is wrong where a parser stopped, while it read what had `begun` earlier."""
    for look in _FAULTS:
        if fault := look(text, at, begun):
            return fault
    line, column = at
    way_out = "Look at its indentation, colons and quotes, and at those of the line before."
    return SyntaxFault((min(line, max(len(text) - 1, 0)), column), "this line cannot be read as YAML.", way_out)


# --- quotes ---------------------------------------------------------------------------------------------------------


def _unclosed_quote(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    """A quote that swallows the following lines, to the next quote or to the end."""
    number, column = at
    behind = (text.line(number)[column:], *text[number + 1 :])
    found: Place | None = None
    if _is_in_quotes(text, at, begun) and not any(line.strip() for line in behind):
        found = begun
    else:
        opened = ((one, _open_quote(text.line(one))) for one in range(number - 1, -1, -1))
        above, start = next((one for one in opened if one[1] is not None), (0, None))
        if start is not None and _ENTRY.match(text.line(text.below(above))):
            found = above, start
    if found is None:
        return None
    way_out = "Close it at the end of the text. A text with an apostrophe in it goes into double quotes."
    return SyntaxFault(found, "the quote that opens here is never closed.", way_out, swallows=True)


def _is_in_quotes(text: Lines, at: Place, begun: Place | None) -> bool:
    """Say whether the parser stopped inside a text in quotes."""
    if begun is None or text.at(begun) not in _CLOSED:
        return False
    number, column = begun
    closed = _CLOSED[text.at(begun)].match(text[number], column + 1)
    return closed is None or (number, closed.end()) > at


def _open_quote(line: str) -> int | None:
    """Return where a quote opens in a line that does not close it, or None."""
    starts = [found.end() for found in (_VALUE.match(line), *_IN_BRACKETS.finditer(line)) if found]
    behind = 0
    for column in starts:
        if column < behind or line[column : column + 1] not in _CLOSED:
            continue
        closed = _CLOSED[line[column]].match(line, column + 1)
        if closed is None:
            return column
        behind = closed.end()
    return None


def _backslash(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    r"""``"C:\new"``: in double quotes a backslash means something else."""
    line, column = at
    column = text.line(line).rfind("\\", 0, column + 1)
    if column < 0 or not _is_in_quotes(text, at, begun):
        return None
    return SyntaxFault((line, column), "in double quotes a “\\” has a meaning of its own.", "Use single quotes: '…'.")


def _after_quote(text: Lines, at: Place, _: Place | None) -> SyntaxFault | None:
    """``'don't do it'``: the text goes on behind what looks like its closing quote."""
    line, column = at
    start = _VALUE.match(text.line(line))
    if start is None or start.end() >= column or text.line(line)[start.end()] not in _CLOSED:
        return None
    quote = text.line(line)[start.end()]
    other = "'" if quote == '"' else '"'
    way_out = f"Use the other quotes around it ({other}…{other}), or take the inner ones out."
    return SyntaxFault(at, f"the text goes on behind its closing {quote}.", way_out)


# --- first characters -----------------------------------------------------------------------------------------------


def _first_character(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    """A text that begins with a character YAML keeps for itself."""
    for place, signs in ((begun or at, "*&!"), (at, "*&!%@`")):
        sign = text.at(place)
        if sign and sign in signs:
            return _begins_with(place, sign)
    for line, column in (at, begun or at):
        start = _VALUE.match(text.line(line))
        stopped_here = line == at[0]
        if start is None or start.end() > (at[1] if stopped_here else column):
            continue
        said = text.line(line)[start.end() :]
        behind_a_name = ":" in start.group()
        if said.startswith("- ") and behind_a_name:
            way_out = "Begin it on the next line, with a dash before every item."
            return SyntaxFault((line, start.end()), "a list cannot begin behind a colon.", way_out)
        block = said[0] in "|>" and not _BLOCK_TEXT.match(text.line(line))
        odd = stopped_here and (block or _goes_on_behind_brackets(said))
        if odd or said[0] in "*&!%@`" or (said.startswith("? ") and behind_a_name):
            return _begins_with((line, start.end()), said[0])
    return None


def _begins_with(place: Place, sign: str) -> SyntaxFault:
    return SyntaxFault(place, f"a text cannot begin with “{sign}”.", QUOTE_IT)


def _goes_on_behind_brackets(said: str) -> bool:
    """Say whether a value only begins with brackets, as in ``[sic] he said``."""
    after = said.partition(_CLOSING[said[0]])[2].strip() if said[0] in _CLOSING else ""
    return after != "" and after[0] not in "]},#:"


# --- brackets -------------------------------------------------------------------------------------------------------

_BRACKET = re.compile(r"""(?<![^\s,:\[{])(?:"[^"]*"|'[^']*')|\s#.*|[][{}]""")
_CLOSING = {"[": "]", "{": "}"}
_OPENING = {"]": "[", "}": "{"}


def _brackets(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    """A bracket too few or too many, a comma too few or too many."""
    line, column = at
    character = text.at(at)
    opened = begun or at
    opening = text.at(opened)
    closing = _CLOSING.get(opening, "")
    if closing and opened in open_brackets(text, opened, at):
        if line == opened[0] and character in _OPENING and character != closing:
            return SyntaxFault(
                opened, f"“{opening}” opens here, but “{character}” closes it.", f"Close it with “{closing}”."
            )
        if not _closes(text, opened, at, closing):
            return _never_closed(text, opened)
        column = _word_before(text.line(line), column) if character == ":" else column
        return SyntaxFault(
            (line, column), "a comma is missing before this.", "Put a comma between two things in brackets."
        )
    if opened == at:
        around = open_brackets(text, (0, 0), at) if not character else []
        if around:
            return _never_closed(text, around[-1])
        if character in (",", *_OPENING):
            return SyntaxFault(at, f"nothing stands before this “{character}”.", "Take it out, or add what is missing.")
    if character not in _OPENING:
        return None
    return SyntaxFault(at, f"this “{character}” has no “{_OPENING[character]}” before it.", "Take it out, or open it.")


def _word_before(line: str, column: int) -> int:
    """Return where the word begins that ends before a column, in quotes or not, with or without blanks behind it."""
    before = line[:column].rstrip()
    start = len(before) - before.endswith(('"', "'"))
    while start and (before[start - 1].isalnum() or before[start - 1] in "_.-"):
        start -= 1
    return start


def _never_closed(text: Lines, opened: Place) -> SyntaxFault:
    opening = text.at(opened)
    message = f"the “{opening}” that opens here is never closed."
    return SyntaxFault(opened, message, f"Close it with “{_CLOSING[opening]}”.", swallows=True)


def open_brackets(text: Lines, start: Place, end: Place) -> list[Place]:
    """Return the places of the brackets between two places that are not closed there, as far as quotes can be told."""
    opened: list[Place] = []
    for number in range(start[0], min(end[0] + 1, len(text))):
        for found in _BRACKET.finditer(text[number], start[1] if number == start[0] else 0):
            if (number, found.start()) >= end:
                break
            if found[0] in _CLOSING:
                opened.append((number, found.start()))
            elif found[0] in _OPENING and opened:
                opened.pop()
    return opened


def _closes(text: Lines, opened: Place, at: Place, closing: str) -> bool:
    """Say whether a bracket is closed further down, before a line that stands as far left as the one it is on."""
    line, column = at
    if closing in text.line(line)[column:]:
        return line == opened[0] or text.indent(line) > text.indent(opened[0])
    for later in range(line + 1, min(line + 60, len(text))):
        if text.indent(later) <= text.indent(opened[0]) and text[later].strip():
            return text[later].strip()[0] == closing
        if closing in text[later]:
            return True
    return False


# --- what one line shows --------------------------------------------------------------------------------------------

_CUT_TEXT = re.compile(r"\S +(?P<here>)(?P<said>#\S.*)")
_JOINED = re.compile(rf"^\s*(?P<said>{_DASHES}[A-Za-z][\w-]* ?(?P<here>:)[^\s:/][^ ]*)")
_JOINED_DASH = re.compile(r"^\s*(?P<here>-)(?P<said>[^\s-])")
_COLON = "Write a space after every colon."
_ON_ONE_LINE = (
    (_CUT_TEXT, ("above",), "the text ends here: YAML takes “{}” for a remark.", QUOTE_IT),
    (_JOINED, ("at", "begun", "above", "head"), "a space is missing after the colon in “{}”.", _COLON),
    (_JOINED_DASH, ("at", "begun"), "a space is missing after the dash.", "Write “- ” before every item."),
)
"""What to look for, on which lines, and what it is: a text cut off by a ``#``, ``id:a``, and ``-item``."""


def _on_one_line(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    """A slip that shows on the line where the parser stopped, or on one that it belongs to."""
    line = at[0]
    lines = {"at": line, "begun": (begun or at)[0], "above": text.above(line), "head": text.head(line)}
    for pattern, places, message, way_out in _ON_ONE_LINE:
        for number in [lines[place] for place in places]:
            if number is not None and (found := pattern.search(text.line(number))):
                problem = "cut-text" if pattern is _CUT_TEXT else "syntax"
                return SyntaxFault(
                    (number, found.start("here")), message.format(printable(found["said"])), way_out, problem
                )
    return None


def _is_odd_colon(text: Lines, at: Place, begun: Place | None) -> bool:
    """Say whether the parser stopped at a colon that makes a name where none can stand."""
    return begun is None and text.at(at) == ":"


def _colon(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    """A colon too many, as in ``ask: Note: this``, or one too few, which is noticed on the next line."""
    line, column = at
    if _is_odd_colon(text, at, begun):
        if not re.fullmatch(rf"\s*{_DASHES}[a-z][a-z0-9-]*", text.line(line)[:column]):  # which begins like “name:”
            message = "a colon and a space stand inside a text, and YAML takes them for a name and its value."
            return SyntaxFault(at, message, QUOTE_IT)
        number = text.above(line)
        if number is None or text.indent(number) >= text.indent(line):
            return None
    elif begun and begun < at and not _is_dash(text, begun):
        number = begun[0]
        above = text.above(number)
        if above is not None and (_BLOCK_TEXT.match(text[above]) or _in_block_text(text, above)):
            message = "this line is not indented as deep as the text it belongs to."
            way_out = "Indent every line of the text alike, two spaces deeper than its name."
            return SyntaxFault((number, text.indent(number)), message, way_out)
    else:
        return None
    if re.search(r":(\s|$)", re.sub(r"\s#.*", "", text.line(number))):
        return None
    way_out = "Write “name: text”. If the line carries on the text above, indent it deeper than that text's name."
    return SyntaxFault((number, text.indent(number)), "there is no colon on this line.", way_out)


def _in_block_text(text: Lines, number: int) -> bool:
    """Say whether a line belongs to a text that began with ``>`` or ``|``."""
    outer = (one for one in range(number, -1, -1) if text[one].strip() and text.indent(one) < text.indent(number))
    return bool(_BLOCK_TEXT.match(text.line(next(outer, -1))))


_DASH = "Take the dash out, or give one to every line of the list."


def _is_dash(text: Lines, at: Place) -> bool:
    """Say whether an item of a list begins at a place."""
    return re.match(r"-(\s|$)", text.line(at[0])[at[1] :]) is not None


def _stray_dash(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    """A dash among lines without, or a line without among dashes."""
    line, column = at
    if _is_dash(text, at) and text.indent(line) == column:
        head = text.head(line)
        if head is not None and text.indent(head) == column and not text[head].lstrip().startswith("-"):
            return SyntaxFault(at, "a dash stands before this line, but not before the lines above.", _DASH)
    elif begun and _is_dash(text, begun):
        first = begun[0]
        indent, parent = text.indent(first), text.head(first)
        of_groups = parent is not None and text[parent].strip().endswith(_LISTS_OF_GROUPS)
        dashes = [text.indent(one) == indent and text.line(one)[indent:][:1] == "-" for one in range(first, line)]
        if sum(dashes) == 1 and _KEY.match(text.line(line)) and not of_groups:
            return SyntaxFault(
                (first, indent), "a dash stands before this line, but not before the lines below.", _DASH
            )
        message = "this line stands below a dash, but not inside what the dash begins."
        return SyntaxFault(at, message, "Indent it two spaces deeper than the dash, or give it a dash of its own.")
    return None


def _indentation(text: Lines, at: Place, begun: Place | None) -> SyntaxFault | None:
    """A line that stands too far left or right."""
    line, column = at
    at_margin = text.indent(line) == column
    if begun is None and (at_margin or text.at(at) not in (":", "-", "?")):
        if any(one.startswith("...") for one in text[:line]):
            message = "a second document begins here (“...” ended the first), and a file is one document."
            return SyntaxFault(at, message, "Take the line “...” out.", "several-documents")
        first = text.below(-1)
        if text.line(first).startswith("%"):
            return _begins_with((first, 0), "%")
        line = first if text.indent(first) else line
    elif not text.line(line).strip() or _is_in_quotes(text, at, begun):
        return None
    elif text.at(at) == ":" and at_margin:
        return SyntaxFault(at, "there is no name before this colon.", "Write “name: text”.")
    elif _is_odd_colon(text, at, begun):
        message = "this line is indented deeper than the line above, which has its value already."
        return SyntaxFault((line, text.indent(line)), message, "Let it begin below the first letter of the line above.")
    elif at_margin:
        line = _odd_one(text, line)
    else:
        return None
    message = "this line does not stand below the lines it belongs to."
    way_out = "Let lines that belong together begin below each other: two spaces for every level."
    return SyntaxFault((line, text.indent(line)), message, way_out)


def _odd_one(text: Lines, line: int) -> int:
    """Return the line that is indented wrongly: the one at which the parser stopped, or one above it.

    The first line of a group sets the measure for the rest. So if several lines that agree among themselves fit nothing
    above them, the line that they ought to fit is the odd one.
    """
    indent = text.indent(line)
    agreeing, below = 0, line
    while below < len(text) and text.indent(below) >= indent:
        agreeing += text.indent(below) == indent
        below = text.below(below)
    head = text.head(line)
    if agreeing < 2 or head is None or head == text.above(line) or text.indent(head) == indent:
        return line
    if (indent - text.indent(head)) % 2:
        return head
    deeper = [one for one in range(head + 1, line) if text.says_something(one)]
    least = min(text.indent(one) for one in deeper)
    first, *others = [one for one in deeper if text.indent(one) == least]
    return line if others else first


_FAULTS: tuple[Callable[[Lines, Place, Place | None], SyntaxFault | None], ...] = (
    _unclosed_quote,
    _backslash,
    _first_character,
    _after_quote,
    _brackets,
    _on_one_line,
    _colon,
    _stray_dash,
    _indentation,
)
