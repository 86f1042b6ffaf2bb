"""How hard a text is to read: its Flesch-Kincaid grade, the years of school that it asks for.

0.39 words a sentence + 11.8 syllables a word - 15.59. A sentence ends at a full stop, a question or exclamation mark; a
word with a hyphen counts as two. The syllables of a word are its groups of vowels, less the silent ones. Of the words
of the shipped pack and its article that the CMU Pronouncing Dictionary knows, 1,532, that is right for 97 in 100;
`SYLLABLES` has the others. The packages that count (`textstat`) fetch that dictionary over the network when first used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.model.knowledge import Kind, KnowledgeBase

FEWEST_WORDS = 5
"""A text of fewer words is not judged: one long word would decide."""

_CUT = """
some-thing some-where some-one ev-ery-thing ev-ery-day safe-ty cre-ate cre-ates cre-a-ted cre-a-ting lay-er
care-ful-ly eas-i-er earl-i-er who-ev-er di-et es-pe-cial-ly se-ri-ous set-tled a-re-as life-long else-where
re-a-lign nine-ty sur-geon os-te-o-po-ro-sis qui-et-ly flu-id bun-dled free-ly may-be side-ways re-as-sure
be-yond may-be cri-te-ri-on
"""
SYLLABLES = {word.replace("-", ""): 1 + word.count("-") for word in _CUT.split()}
"""Words of which the rule below is wrong, cut into their syllables."""

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*|\d+")
_END = re.compile(r"[.!?…]+(?=[\s”\"’)]|$)")
_APART = re.compile(r"[aeiouy]ing|i[aou](?!u?s$|n)|ism$|eo(?!p)|[^qg]ua[lt]|n't$")
_SILENT = re.compile(r"(?:[^aeiouyl]|[aeiouyr]l)e$|[^aeioutdy]ed$|(?:[^aeiouycgszxlh]|[aeiouyr]l)es$")
_SILENT_INSIDE = re.compile(r"[aeiou][^aeiouyw]?e(?:ly|ments?|ful|less)$")


def words(text: str) -> list[str]:
    """Return the words of a text, in small letters."""
    return _WORD.findall(text.casefold())


def syllables(word: str) -> int:
    """Return how many syllables a word has; a number counts as one."""
    word = word.replace("’", "'").removesuffix("'s")
    if word in SYLLABLES:
        return SYLLABLES[word]
    silent = bool(_SILENT.search(word)) + bool(_SILENT_INSIDE.search(word))
    return max(1, len(re.findall("[aeiouy]+", word)) + len(_APART.findall(word)) - silent)


def grade(text: str) -> float:
    """Return the grade of a text that has words."""
    found = words(text)
    sentences = max(1, len(_END.findall(text)))
    return 0.39 * len(found) / sentences + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def texts(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Yield every text that a person is shown, with a name for it."""
    for pack in kb.packs:
        yield from ((f"{pack.id}.{part}", getattr(pack, part)) for part in ("title", "about", "credit", "stop_signs"))
        yield from ((f"{pack.id}.limits.{at}", each) for at, each in enumerate(pack.limits, start=1))
    for asked in kb.written_questions:
        yield from ((f"{asked.id}.{part}", getattr(asked, part)) for part in ("ask", "hint", "self_check"))
        for option in asked.options if asked.kind is not Kind.YES_NO else ():
            yield f"{asked.id}.{option.id}", option.text
            yield f"{asked.id}.{option.id}.detail", option.detail
    for finding in kb.findings.values():
        yield f"{finding.id}.title", finding.title
    for given in kb.recommendations.values():
        yield from ((f"{given.id}.{part}", getattr(given, part)) for part in ("title", "cue", "dose", "self_check"))
        yield from ((f"{given.id}.steps.{at}", each) for at, each in enumerate(given.steps, start=1))
        held = (*given.hold.meanwhile, *given.hold.at_the_end) if given.hold else ()
        yield from ((f"{given.id}.hold.{at}", each) for at, each in enumerate(held, start=1))
    for referral in kb.referrals.values():
        yield f"{referral.id}.tell", referral.tell
    for rule in kb.rules.values():
        if not rule.of_table:
            yield f"{rule.id}.because", rule.because
