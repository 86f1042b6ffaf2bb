"""Say what is wrong: where, what, and the way out.

Everything a person can get wrong, in a rule file or in a set of answers, becomes a `Problem`: a place, an id of
plain words, a sentence in the reader's language and a way out. Readers collect all problems before they give up,
so one run shows everything there is to mend.

The exceptions form a small tree::

    KbError                  anything this package refuses to go on with
    ├── KnowledgeBaseError   the rule files have problems (all of them are in `.problems`)
    ├── AnswersError         the answers have problems (all of them are in `.problems`)
    ├── SettingsError        the settings have problems (all of them are in `.problems`)
    ├── NotProvedError       the solver gave up before it knew
    └── EngineError          the inference engine was used against its contract
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence

import msgspec

# A terminal shows what it is sent. Controls, bidirectional overrides and invisible marks could redraw the screen or
# make a sentence read differently from what is stored, so they are shown as escapes wherever foreign text is echoed.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSEEN = re.compile("[\U000e0000-\U000e0fff]")  # tags and selectors, of which Unicode calls some printable


def unprintable(text: str) -> str | None:
    """Return the first character of `text` that must not reach a terminal, or None."""
    for character in text:
        if not character.isascii():
            if unicodedata.category(character) in _UNPRINTABLE or _UNSEEN.match(character):
                return character
        elif not character.isprintable():
            return character
    return None


def is_printable(text: str) -> bool:
    """Say whether all of `text` may reach a terminal as it is; line breaks and tabs may not."""
    return text.isprintable() and (text.isascii() or _UNSEEN.search(text) is None)


def printable(text: str, limit: int = 60) -> str:
    """Return `text` safe to show on one line: unprintable characters escaped, cut to `limit` characters."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    if unprintable(cut) is None:
        return cut
    return "".join(character if unprintable(character) is None else f"\\u{{{ord(character):x}}}" for character in cut)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to a mistyped `word`, or None if none is close."""
    import difflib  # costs a quarter of click's import, and only mistakes need it

    names = list(known)
    folded = {name.casefold().replace("_", "-").replace(" ", "-"): name for name in reversed(names)}
    wanted = word[:80].casefold().replace("_", "-").replace(" ", "-")
    matches = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return ``Did you mean “x”?`` for the nearest known name, else `otherwise`."""
    match = nearest(word, known)
    return f"Did you mean “{match}”?" if match else otherwise


def run_together(text: str, known: Container[str]) -> str | None:
    """Return the list ``[one, two]`` if `text` holds nothing but several known names, else None."""
    names = [name for name in re.split(r"[\s,;&+]+", text) if name not in ("", "and", "or")]
    return f"[{', '.join(names)}]" if 1 < len(names) <= 12 and all(name in known for name in names) else None


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a file; prints as ``path:line:column``, which terminals make clickable.

    `line` and `column` count from 1; 0 stands for the file (or line) as a whole.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = printable(self.path, 200)
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        return place


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong.

    `id` is a kebab-case name of the fault, `message` says what is wrong, `way_out` what to do about it. `case` is the
    student for whom it is so, ready to be pasted as a case; `also` are other places that have to do with it.
    """

    place: Location
    id: str
    message: str
    way_out: str = ""
    case: str = ""
    also: tuple[Location, ...] = ()

    def __str__(self) -> str:
        text = f"{self.place}: {self.id}: {self.message}"
        return f"{text} {self.way_out}" if self.way_out else text


class KbError(Exception):
    """Anything this package refuses to go on with."""


class _ProblemsError(KbError):
    """A refusal that carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class KnowledgeBaseError(_ProblemsError):
    """The rule files have problems."""


class AnswersError(_ProblemsError):
    """The answers have problems."""


class SettingsError(_ProblemsError):
    """The settings have problems."""


class NotProvedError(KbError):
    """The solver gave up: what was asked is neither so nor not so, as far as it got."""


class EngineError(KbError):
    """The inference engine was used against its contract."""
