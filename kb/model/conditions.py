"""The algebra of conditions: what a rule's `when` can say.

A *condition* is built from three kinds of leaf: an answer (`Answered`), a number within bounds (`Within`) and a
finding (`Found`), by `All`, `Any` and `Not`. Conditions are plain values. They are never asked whether they are true:
the engine compiles them, and every value is one of three, *holds*, *fails* or *open* (see `Truth`).
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from enum import Enum
from typing import Union

import msgspec

UNSURE = "unsure"
"""The answer of someone who does not know; also what a rule writes to hold on such an answer."""


class Truth(str, Enum):
    """What is known of a condition, a rule or a finding.

    For findings people read *found*, *ruled out* and *open*. Nothing moves from holds to fails or back when an
    answer is added: inference is monotone.
    """

    HOLDS = "holds"
    FAILS = "fails"
    OPEN = "open"


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """Hold if the answer to `question` is one of `options`.

    For a question that takes several options: if one of `options` is chosen; `leg-clot?` in `options` holds if that
    one option is unsure. `unsure` holds if the whole question was answered so.
    """

    question: str
    options: tuple[str, ...]


class Within(msgspec.Struct, frozen=True, tag="within"):
    """Hold if the number answered to `question` lies within the bounds (or, with `unsure`, if it is unsure)."""

    question: str
    low: Decimal | None = None
    low_included: bool = True
    high: Decimal | None = None
    high_included: bool = True
    unsure: bool = False

    def admits(self, number: Decimal) -> bool:
        """Say whether `number` lies within the bounds."""
        if self.low is None and self.high is None:
            return False
        if self.low is not None and (number < self.low or (number == self.low and not self.low_included)):
            return False
        return self.high is None or number < self.high or (number == self.high and self.high_included)


class Found(msgspec.Struct, frozen=True, tag="found"):
    """Hold if one of `findings` is found; fail if all of them are ruled out."""

    findings: tuple[str, ...]


class All(msgspec.Struct, frozen=True, tag="all"):
    """Hold if every part holds."""

    parts: tuple[Condition, ...]


class Any(msgspec.Struct, frozen=True, tag="any"):
    """Hold if at least one part holds."""

    parts: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """Hold only if `part` is ruled out: something not asked yet is no evidence."""

    part: Condition


Condition = Union[Answered, Within, Found, All, Any, Not]
Leaf = Union[Answered, Within, Found]


Path = tuple[int, ...]
"""Where a part stands in a condition: part by part, from the outside. An answer out of a list comes last."""


def nodes_of(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """Yield `condition` and every part of it with its path, from the outside in, left to right."""
    yield path, condition
    parts = condition.parts if isinstance(condition, All | Any) else ()
    for position, part in enumerate((condition.part,) if isinstance(condition, Not) else parts):
        yield from nodes_of(part, (*path, position))


def fold(condition: object, leaf: Callable[[typing.Any, bool], bool], holds: bool = True) -> bool:
    """Say whether a condition holds (or, with `holds` false, fails), where ``leaf(line, holds)`` says so of each line.

    Neither may be so: then the condition is open. A `not` swaps the two. Formulas of the compiler are folded as well:
    they are built of `All` and `Any` over lines of another kind.
    """
    if isinstance(condition, All | Any):
        every = isinstance(condition, All) is holds
        for part in condition.parts:
            if fold(part, leaf, holds) is not every:
                return not every
        return every
    return fold(condition.part, leaf, not holds) if isinstance(condition, Not) else leaf(condition, holds)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves of `condition`, left to right, as its author wrote them."""
    return (leaf for leaf, _ in leaves_with_side(condition))


def leaves_with_side(condition: Condition, ruled_out: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """Yield the leaves of `condition`, each with whether an odd number of `not` stands around it."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves_with_side(part, ruled_out)
        case Not(part):
            yield from leaves_with_side(part, not ruled_out)
        case _:
            yield condition, ruled_out


def questions_in(condition: Condition) -> tuple[str, ...]:
    """Return the questions that `condition` names itself, each once, left to right."""
    return tuple(dict.fromkeys(leaf.question for leaf in leaves(condition) if not isinstance(leaf, Found)))


def findings_in(condition: Condition) -> tuple[str, ...]:
    """Return the findings that `condition` names itself, each once, left to right."""
    return tuple(dict.fromkeys(name for leaf in leaves(condition) if isinstance(leaf, Found) for name in leaf.findings))


def as_written(condition: Condition) -> str:
    """Return `condition` on one line, in the words of a rule file."""
    match condition:
        case All(parts):
            return f"all: [{', '.join(f'{{{as_written(part)}}}' for part in parts)}]"
        case Any(parts):
            return f"any: [{', '.join(f'{{{as_written(part)}}}' for part in parts)}]"
        case Not(part):
            return f"not: {{{as_written(part)}}}"
        case Found(findings):
            return f"finding: {_one_or_list(findings)}"
        case Answered(question, options):
            return f"{question}: {_one_or_list(options)}"
        case Within():
            return f"{condition.question}: {_bounds(condition)}"


def _bounds(within: Within) -> str:
    bounds = []
    if within.low is not None and within.low == within.high:
        bounds = [f"{within.low:f}"]
    else:
        if within.low is not None:
            bounds.append(f"{'at-least' if within.low_included else 'above'}: {within.low:f}")
        if within.high is not None:
            bounds.append(f"{'at-most' if within.high_included else 'below'}: {within.high:f}")
        bounds = [f"{{{', '.join(bounds)}}}"] if bounds else []
    return _one_or_list((*bounds, UNSURE) if within.unsure else bounds)


def _one_or_list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"[{', '.join(words)}]"
