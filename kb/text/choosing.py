"""Find which of some named things is meant by what a person typed.

Each thing has a name and *wordings*: what people read, and what they call it else. How certain a match is decides who
may take it: the whole of a name or wording is certain, the beginning of a wording nearly so; words from the middle of
one, or letters that are nearly right, are no more than a reason to ask back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple


class How(Enum):
    """How what was typed was found again, the most certain way first."""

    WHOLE = "whole"
    BEGINNING = "beginning"
    WITHIN = "within"
    ALIKE = "alike"
    NOT = "not"


class Chosen(NamedTuple):
    """The names of what may be meant, and how that was found."""

    how: How
    names: tuple[str, ...]

    @property
    def certain(self) -> bool:
        """Say whether one thing is meant and no other."""
        return len(self.names) == 1 and self.how in (How.WHOLE, How.BEGINNING)


def named(typed: str, things: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the `things` (name: wordings) of which `typed` is a name or a wording, whole."""
    said, spoken = plain(typed), words(typed)
    whole = tuple(name for name, of in things.items() if said in map(plain, (name, *of)))
    if whole or len(" ".join(spoken)) < 3 or said.isdigit():  # signs count where they are nearly all there is
        return whole
    return tuple(name for name, of in things.items() if spoken in map(words, (name, *of)))


def choose(typed: str, things: Mapping[str, Sequence[str]]) -> Chosen:
    """Return which of `things` (name: wordings) `typed` may mean, by the most certain way that finds any."""
    whole = named(typed, things)
    if whole:
        return Chosen(How.WHOLE, whole)
    spoken = words(typed)
    start = " ".join(spoken)
    begun = [name for name, of in things.items() if any(" ".join(words(each)).startswith(start) for each in of)]
    telling = [word for word in spoken if word not in SMALL_WORDS and (len(word) > 2 or word.isdigit())]
    if len(start) < 2:
        return Chosen(How.NOT, ())
    having = {name: _words_of(name, of) for name, of in things.items()}
    within = [name for name, among in having.items() if all(_occurs(word, among) for word in telling or spoken)]
    found = tuple(name for name in things if name in begun or name in within)
    # Only of the text that people see a beginning is certain.
    seen = len(found) == 1 and " ".join(words(next(iter(things[found[0]]), ""))).startswith(start)
    if seen and (telling or spoken[1:]):
        return Chosen(How.BEGINNING, found)
    found = _held(spoken, things) or found
    if found:
        return Chosen(How.WITHIN, found)
    alike = _alike(start, telling, things, having)
    return Chosen(How.ALIKE if alike else How.NOT, alike)


def _held(spoken: Sequence[str], things: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the things of which a name or wording stands whole among other words: the longest there is."""
    sentence = f" {' '.join(spoken)} "

    def length(said: str) -> int:
        inside = " ".join(words(said))
        return len(inside) if f" {inside} " in sentence else 0

    held = {name: max(map(length, (name, *of))) for name, of in things.items()}
    longest = max(held.values(), default=0)
    return tuple(name for name, its in held.items() if its == longest > 3)


# --- words ------------------------------------------------------------------------------------------------------------

_SAME: dict[int, str] = {
    **{0xFF01 + code: chr(0x21 + code) for code in range(94)},  # full-width forms
    **dict.fromkeys(map(ord, "’‘‛ʼ`´′"), "'"),
    **dict.fromkeys(map(ord, "“”„‟«»″"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
    **{ord(one): other for one, other in zip("ıº、。", "i°,.")},
    ord("℃"): "°c",
    ord("℉"): "°f",
}


@lru_cache(2_000)
def plain(text: str) -> str:
    """Return `text` without case and needless space, and with one form for each quote, dash and digit."""
    folded = unicodedata.normalize("NFC", text.translate(_SAME).casefold())
    if not folded.isascii():
        folded = "".join(str(unicodedata.decimal(each, each)) for each in folded)
    return " ".join(folded.split())


@lru_cache(2_000)
def words(text: str) -> tuple[str, ...]:
    """Return the words of `text` as people compare them: without case, accents, apostrophes and hyphens."""
    bare = unicodedata.normalize("NFD", plain(text).replace("'", ""))
    bare = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", bare))
    kept = (each if each.isalnum() or unicodedata.category(each)[0] == "M" else " " for each in bare)
    return tuple("".join(kept).split())


def _words_of(name: str, wordings: Iterable[str]) -> frozenset[str]:
    return frozenset(word for wording in (name, *wordings) for word in words(wording))


def _occurs(word: str, among: Iterable[str]) -> bool:
    """Say whether `word`, or another form of it, is among some words."""
    if len(word) < 3:
        return word in among
    stem, stems = _stem(word), map(_stem, among)
    return any(other.startswith(stem) for other in among) or any(
        len(other) > 3 and word.startswith(other) for other in stems
    )


def _stem(word: str) -> str:
    stem = re.sub(r"(.)\1$", r"\1", re.sub(r"(ing|ed|es|s|ly|e|y)$", "", word))
    return stem if len(stem) > 2 else word


def _alike(
    start: str, telling: Sequence[str], things: Mapping[str, Sequence[str]], having: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """Return what is spelled nearly so, or else has the most of the words: one to three things, or nothing."""
    from difflib import get_close_matches  # costs a quarter of click's import, and only slips need it

    spelled = {" ".join(words(each)): name for name, of in things.items() for each in (name, *of)}
    close = dict.fromkeys(spelled[each] for each in get_close_matches(start, spelled, 3, 0.75))
    if close:
        return tuple(close)
    common = {
        name: sum(_occurs(word, among) or bool(get_close_matches(word, among, 1, 0.8)) for word in telling)
        for name, among in having.items()
    }
    most = max(common.values(), default=0)
    best = tuple(name for name, count in common.items() if count == most)
    return best if most and len(best) < 4 else ()


SMALL_WORDS = frozenset(
    words(
        "a about all also always am an and any are as at be been both but by can did do does dont for from get "
        "gets got had has have he her here him his how i if in into is it its just last lately lot may me more "
        "most much my new no nor not now of off often on once one only onto or other our out over own rather "
        "really same she so some such sure than that the their them then there these they this those to too under "
        "up very was way we were what when where which while with without would yes yet you your"
    )
)
"""Words that occur in many a sentence and say nothing about which thing is meant."""
