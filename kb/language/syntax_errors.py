"""Say in plain words which slip of the pen stopped the YAML parser, and where it was made.

A parser reports where it could not go on, in words of its own trade. A teacher needs the line where the slip is, which
is often an earlier one: a quote that is never closed is noticed at the end of the file, a colon without its space on
the line after. So all that is taken from a parser is where it stopped, and where that had begun which it was reading;
the rest comes from looking at the lines around it. Its words are not looked at: they are another parser's, or another
release's, tomorrow.

Each slip is a function that looks at the `Trouble` and returns a `Slip` or None; `explain` asks them one by one, the
most certain first. Nothing here imports a parser. Lines and columns count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kb.language.lines import Lines, says_something
from kb.text.wrapping import printable

QUOTE_IT = 'Put the whole text in quotes: "…".'


class Trouble(NamedTuple):
    """Where the parser stopped, and where that had begun which it was reading, if it says so."""

    at: tuple[int, int]
    begun: tuple[int, int] | None


class Slip(NamedTuple):
    """What is wrong and where, for a person who does not know YAML.

    `swallows` says that what stands behind it was read as part of it, so that nothing can be said of that.
    """

    line: int
    column: int
    message: str
    way_out: str
    id: str = "syntax"
    swallows: bool = False


_DASHES = r"(?:- +)*"
_KEY = re.compile(rf"\s*{_DASHES}[\w.-]+:(?=\s|$)")
_ENTRY = re.compile(rf"\s*(?:- |{_DASHES}[\"']?[\w.-]+[\"']?:(?:\s|$))")
_JOINED = re.compile(rf"\s*{_DASHES}[A-Za-z][\w-]* ?:(?=[^\s:/])")
_VALUE = re.compile(rf"\s*{_DASHES}(?:[\w.?-]+: +)?(?=\S)")
_IN_BRACKETS = re.compile(r"[\[{,] *(?:[\w.?-]+: +)?(?=[\"'])")
_BLOCK_TEXT = re.compile(r".*[:-] +[|>][+-]?\d?\s*(?:#.*)?$")
_CLOSED = {'"': re.compile(r'(?:\\.|[^"\\])*"'), "'": re.compile(r"(?:\\.|''|[^'\\])*'(?!')")}
_LISTS_OF_GROUPS = ("cases:", "all:", "any:")


def explain(lines: list[str], trouble: Trouble) -> Slip:
    """Return the slip behind the parser's complaint."""
    text = Lines(lines)
    for look in _LOOKS:
        slip = look(text, trouble)
        if slip is not None:
            return slip
    line, column = trouble.at
    line = min(line, max(len(lines) - 1, 0))
    message = "this line cannot be read as YAML."
    return Slip(line, column, message, "Look at its indentation, colons and quotes, and at those of the line before.")


# --- looks, the most certain first ----------------------------------------------------------------------------------


def _unclosed_quote(text: Lines, trouble: Trouble) -> Slip | None:
    """A quote that swallows the following lines, to the next quote or to the end."""
    found: tuple[int, int] | None = None
    if trouble.begun and _is_in_quotes(text, trouble) and _is_at_end(text, trouble.at):
        found = trouble.begun
    else:
        for number in range(trouble.at[0] - 1, -1, -1):
            column = _open_quote(text.line(number))
            if column is not None:
                if _ENTRY.match(text.line(text.below(number))):
                    found = (number, column)
                break
    if found is None:
        return None
    way_out = "Close it at the end of the text. A text with an apostrophe in it goes into double quotes."
    return Slip(*found, "the quote that opens here is never closed.", way_out, swallows=True)


def _is_in_quotes(text: Lines, trouble: Trouble) -> bool:
    """Say whether the parser stopped inside a text in quotes."""
    if trouble.begun is None:
        return False
    number, column = trouble.begun
    line = text.line(number)
    if line[column : column + 1] not in _CLOSED:
        return False
    closed = _CLOSED[line[column]].match(line, column + 1)
    return closed is None or (number, closed.end()) > trouble.at


def _is_at_end(text: Lines, at: tuple[int, int]) -> bool:
    """Say whether nothing more stands behind a place."""
    return not text.line(at[0])[at[1] :].strip() and not any(line.strip() for line in text.lines[at[0] + 1 :])


def _open_quote(line: str) -> int | None:
    """Return where a quote opens in a line that does not close it, or None."""
    starts = [found.end() for found in (_VALUE.match(line), *_IN_BRACKETS.finditer(line)) if found]
    behind = 0
    for column in starts:
        if column < behind or line[column : column + 1] not in ('"', "'"):
            continue
        closed = _CLOSED[line[column]].match(line, column + 1)
        if closed is None:
            return column
        behind = closed.end()
    return None


def _backslash(text: Lines, trouble: Trouble) -> Slip | None:
    r"""``"C:\new"``: in double quotes a backslash means something else."""
    line, column = trouble.at
    column = text.line(line).rfind("\\", 0, column + 1)
    if column < 0 or not _is_in_quotes(text, trouble):
        return None
    message = "in double quotes a “\\” has a meaning of its own."
    return Slip(line, column, message, "Use single quotes: '…'.")


def _first_character(text: Lines, trouble: Trouble) -> Slip | None:
    """A text that begins with a character YAML keeps for itself."""
    begun = trouble.begun or trouble.at
    for place, signs in ((begun, "*&!"), (trouble.at, "*&!%@`")):
        sign = text.at(place)
        if sign and sign in signs:
            return Slip(*place, f"a text cannot begin with “{sign}”.", QUOTE_IT)
    for line, column in (trouble.at, begun):
        start = _VALUE.match(text.line(line))
        if start is None or start.end() > (trouble.at[1] if line == trouble.at[0] else column):
            continue
        said = text.line(line)[start.end() :]
        if said.startswith("- ") and ":" in start.group():
            way_out = "Begin it on the next line, with a dash before every item."
            return Slip(line, start.end(), "a list cannot begin behind a colon.", way_out)
        question = said.startswith("? ") and ":" in start.group()
        block = said[0] in "|>" and line == trouble.at[0] and not _BLOCK_TEXT.match(text.line(line))
        if said[0] in "*&!%@`" or question or block or (line == trouble.at[0] and _goes_on_behind_brackets(said)):
            return Slip(line, start.end(), f"a text cannot begin with “{said[0]}”.", QUOTE_IT)
    return None


def _goes_on_behind_brackets(said: str) -> bool:
    """Say whether a value only begins with brackets, as in ``[sic] he said``."""
    closing = {"[": "]", "{": "}"}.get(said[0])
    after = said.partition(closing)[2].strip() if closing else ""
    return after != "" and after[0] not in "]},#:"


def _after_quote(text: Lines, trouble: Trouble) -> Slip | None:
    """``'don't do it'``: the text goes on behind what looks like its closing quote."""
    line, column = trouble.at
    start = _VALUE.match(text.line(line))
    if start is None or start.end() >= column or text.line(line)[start.end()] not in "\"'":
        return None
    quote = text.line(line)[start.end()]
    message = f"the text goes on behind its closing {quote}."
    other = "'" if quote == '"' else '"'
    return Slip(line, column, message, f"Use the other quotes around it ({other}…{other}), or take the inner ones out.")


def _brackets(text: Lines, trouble: Trouble) -> Slip | None:
    """A bracket too few or too many, a comma too few or too many."""
    line, column = trouble.at
    character = text.at(trouble.at)
    opened = trouble.begun or trouble.at
    opening = text.at(opened)
    closing = _CLOSING.get(opening, "")
    if closing and opened in open_brackets(text, opened, trouble.at):
        if line == opened[0] and character in ("]", "}") and character != closing:
            return Slip(*opened, f"“{opening}” opens here, but “{character}” closes it.", f"Close it with “{closing}”.")
        if not _closes(text, opened, line, column, closing):
            return _never_closed(opened, opening, closing)
        column = _word_before(text.line(line), column) if character == ":" else column
        return Slip(line, column, "a comma is missing before this.", "Put a comma between two things in brackets.")
    if opened == trouble.at and not character:
        around = open_brackets(text, (0, 0), trouble.at)
        if around:
            return _never_closed(around[-1], text.at(around[-1]), _CLOSING[text.at(around[-1])])
    if opened == trouble.at and character in (",", "]", "}"):
        return Slip(line, column, f"nothing stands before this “{character}”.", "Take it out, or add what is missing.")
    if character in ("]", "}"):
        opening = {"]": "[", "}": "{"}[character]
        return Slip(line, column, f"this “{character}” has no “{opening}” before it.", "Take it out, or open it.")
    return None


def _word_before(line: str, column: int) -> int:
    """Return where the word begins that ends before a column, in quotes or not, with or without blanks behind it."""
    before = line[:column].rstrip()
    before = before[: len(before) - before.endswith(('"', "'"))]
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] in "_.-"):
        start -= 1
    return start


def _never_closed(opened: tuple[int, int], opening: str, closing: str) -> Slip:
    message = f"the “{opening}” that opens here is never closed."
    return Slip(*opened, message, f"Close it with “{closing}”.", swallows=True)


def open_brackets(text: Lines, start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the places of the brackets between two places that are not closed there, as far as quotes can be told."""
    opened: list[tuple[int, int]] = []
    for number in range(start[0], min(end[0] + 1, len(text.lines))):
        for found in _BRACKET.finditer(text.lines[number], start[1] if number == start[0] else 0):
            if (number, found.start()) >= end:
                break
            if found[0] in _CLOSING:
                opened.append((number, found.start()))
            elif found[0] in ("]", "}") and opened:
                opened.pop()
    return opened


_BRACKET = re.compile(r"""(?<![^\s,:\[{])(?:"[^"]*"|'[^']*')|\s#.*|[][{}]""")
_CLOSING = {"[": "]", "{": "}"}


def _closes(text: Lines, opened: tuple[int, int], line: int, column: int, closing: str) -> bool:
    """Say whether a bracket is closed further down, before a line that stands as far left as the one it is on."""
    if closing in text.line(line)[column:]:
        return line == opened[0] or text.indent(line) > text.indent(opened[0])
    for later in range(line + 1, min(line + 60, len(text.lines))):
        if text.indent(later) <= text.indent(opened[0]) and text.line(later).strip():
            return text.line(later).strip()[0] == closing
        if closing in text.line(later):
            return True
    return False


def _cut_text(text: Lines, trouble: Trouble) -> Slip | None:
    """A text over several lines that loses its rest to a ``#``."""
    number = text.above(trouble.at[0])
    cut = re.search(r"\S +(?=#\S)", text.line(number)) if number is not None else None
    if number is None or cut is None:
        return None
    lost = printable(text.line(number)[cut.end() :])
    return Slip(number, cut.end(), f"the text ends here: YAML takes “{lost}” for a remark.", QUOTE_IT, "cut-text")


def _missing_space(text: Lines, trouble: Trouble) -> Slip | None:
    """``id:a``: noticed on this line or on the next one."""
    candidates = (trouble.at[0], (trouble.begun or trouble.at)[0], text.above(trouble.at[0]), text.head(trouble.at[0]))
    for number in candidates:
        joined = _JOINED.match(text.line(number)) if number is not None else None
        if number is not None and joined:
            word = printable(joined.group().strip() + text.line(number)[joined.end() :].split(" ")[0])
            return Slip(number, joined.end() - 1, f"a space is missing after the colon in “{word}”.", _COLON_SPACE)
    return None


_COLON_SPACE = "Write a space after every colon."


def _missing_dash_space(text: Lines, trouble: Trouble) -> Slip | None:
    """``-item``."""
    for number in dict.fromkeys((trouble.at[0], (trouble.begun or trouble.at)[0])):
        line = text.line(number)
        if re.match(r"\s*-[^\s-]", line):
            return Slip(number, line.index("-"), "a space is missing after the dash.", "Write “- ” before every item.")
    return None


def _colon_in_text(text: Lines, trouble: Trouble) -> Slip | None:
    """``ask: Note: this``: a second colon on the line, or one in a line that goes on with a text."""
    if not _is_odd_colon(text, trouble):
        return None
    line, column = trouble.at
    before = text.line(line)[:column]
    if re.fullmatch(r"\s*(?:- +)*[a-z][a-z0-9-]*", before):
        return None  # the only colon of a line that begins like “name:”
    message = "a colon and a space stand inside a text, and YAML takes them for a name and its value."
    return Slip(line, column, message, QUOTE_IT)


def _is_odd_colon(text: Lines, trouble: Trouble) -> bool:
    """Say whether the parser stopped at a colon that makes a name where none can stand."""
    return trouble.begun is None and text.at(trouble.at) == ":"


def _missing_colon(text: Lines, trouble: Trouble) -> Slip | None:
    """A line without its colon; noticed on the next one."""
    if _is_odd_colon(text, trouble):
        number = text.above(trouble.at[0])
        if number is None or text.indent(number) >= text.indent(trouble.at[0]):
            return None
    elif trouble.begun and trouble.begun < trouble.at and not _is_dash(text, trouble.begun):
        number = trouble.begun[0]
        above = text.above(number)
        if above is not None and (_BLOCK_TEXT.match(text.line(above)) or _in_block_text(text, above)):
            message = "this line is not indented as deep as the text it belongs to."
            way_out = "Indent every line of the text alike, two spaces deeper than its name."
            return Slip(number, text.indent(number), message, way_out)
    else:
        return None
    if re.search(r":(\s|$)", re.sub(r"\s#.*", "", text.line(number))):
        return None
    message = "there is no colon on this line."
    way_out = "Write “name: text”. If the line carries on the text above, indent it deeper than that text's name."
    return Slip(number, text.indent(number), message, way_out)


def _in_block_text(text: Lines, number: int) -> bool:
    """Say whether a line belongs to a text that began with ``>`` or ``|``."""
    for earlier in range(number, -1, -1):
        if text.line(earlier).strip() and text.indent(earlier) < text.indent(number):
            return bool(_BLOCK_TEXT.match(text.line(earlier)))
    return False


def _stray_dash(text: Lines, trouble: Trouble) -> Slip | None:
    """A dash among lines without, or a line without among dashes."""
    line, column = trouble.at
    here = text.line(line)
    if re.match(r"\s*-(\s|$)", here) and text.indent(line) == column:
        head = text.head(line)
        if head is not None and text.indent(head) == column and not text.line(head).lstrip().startswith("-"):
            return Slip(line, column, "a dash stands before this line, but not before the lines above.", _DASH)
    elif trouble.begun and _is_dash(text, trouble.begun):
        begun = trouble.begun[0]
        parent = text.head(begun)
        named = text.line(parent).strip() if parent is not None else ""
        dashes = sum(
            text.indent(number) == text.indent(begun) and text.line(number).lstrip().startswith("-")
            for number in range(begun, line)
        )
        if dashes == 1 and _KEY.match(here) and not named.endswith(_LISTS_OF_GROUPS):
            message = "a dash stands before this line, but not before the lines below."
            return Slip(begun, text.indent(begun), message, _DASH)
        message = "this line stands below a dash, but not inside what the dash begins."
        return Slip(line, column, message, "Indent it two spaces deeper than the dash, or give it a dash of its own.")
    return None


_DASH = "Take the dash out, or give one to every line of the list."


def _is_dash(text: Lines, at: tuple[int, int]) -> bool:
    """Say whether an item of a list begins at a place."""
    return re.match(r"-(\s|$)", text.line(at[0])[at[1] :]) is not None


def _indentation(text: Lines, trouble: Trouble) -> Slip | None:
    """A line that stands too far left or right."""
    line, column = trouble.at
    at_margin = text.indent(line) == column
    if trouble.begun is None and (at_margin or text.at(trouble.at) not in tuple(":-?")):
        first = next((number for number in range(len(text.lines)) if says_something(text.lines[number])), line)
        if any(one.startswith("...") for one in text.lines[:line]):
            message = "a second document begins here (“...” ended the first), and a file is one document."
            return Slip(line, column, message, "Take the line “...” out.", "several-documents")
        if text.line(first).startswith("%"):
            return Slip(first, 0, "a text cannot begin with “%”.", QUOTE_IT)
        line = first if text.indent(first) else line
        return Slip(line, text.indent(line), _FITS_NOT, _LINE_UP)
    if not text.line(line).strip() or _is_in_quotes(text, trouble):
        return None
    if text.at(trouble.at) == ":" and at_margin:
        return Slip(line, column, "there is no name before this colon.", "Write “name: text”.")
    if _is_odd_colon(text, trouble):
        message = "this line is indented deeper than the line above, which has its value already."
        return Slip(line, text.indent(line), message, "Let it begin below the first letter of the line above.")
    if at_margin:
        line = _odd_one(text, line)
        return Slip(line, text.indent(line), _FITS_NOT, _LINE_UP)
    return None


def _odd_one(text: Lines, line: int) -> int:
    """Return the line that is indented wrongly: the one at which the parser stopped, or one that it took at its word.

    The first line of a group sets the measure for the rest. So if several lines that agree among themselves fit nothing
    above them, the line that they ought to fit is the odd one.
    """
    indent = text.indent(line)
    agreeing, below = 0, line
    while below < len(text.lines) and text.indent(below) >= indent:
        agreeing += text.indent(below) == indent
        below = text.below(below)
    head, deeper = text.above(line), []
    while head is not None and text.indent(head) > indent:
        deeper.append(head)
        head = text.above(head)
    if agreeing < 2 or head is None or not deeper or text.indent(head) == indent:
        return line
    if (indent - text.indent(head)) % 2:
        return head
    first = min(deeper, key=lambda number: (text.indent(number), number))
    alone = sum(text.indent(number) == text.indent(first) for number in deeper) == 1
    return first if alone else line


_FITS_NOT = "this line does not stand below the lines it belongs to."
_LINE_UP = "Let lines that belong together begin below each other: two spaces for every level."

_LOOKS: tuple[Callable[[Lines, Trouble], Slip | None], ...] = (
    _unclosed_quote,
    _backslash,
    _first_character,
    _after_quote,
    _brackets,
    _cut_text,
    _missing_space,
    _missing_dash_space,
    _colon_in_text,
    _missing_colon,
    _stray_dash,
    _indentation,
)
