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

from collections.abc import Sequence

import msgspec

from kb.text.wrapping import printable

MOST_PROBLEMS = 100
"""How many problems of one file are listed. With more, it is something else than a rule file."""


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
