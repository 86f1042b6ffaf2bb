"""The inventory of the article: its 158 items by what they are used for, and which of them a pack cites.

Q: a question or an answer; R: a rule or a correction; G: a gate or a threshold; C: a cue; B: a reason; M: about the
article itself. An item that nothing cites must be excused here by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.language.loading import bundled, load
from kb.model.knowledge import KnowledgeBase

ITEMS: dict[str, tuple[int, ...]] = {
    "Q": (
        2,
        10,
        11,
        12,
        13,
        14,
        17,
        24,
        25,
        28,
        56,
        71,
        76,
        80,
        82,
        85,
        86,
        90,
        93,
        97,
        98,
        99,
        100,
        108,
        132,
        135,
        136,
        137,
        144,
        145,
        146,
        148,
        152,
        153,
        154,
    ),
    "R": (
        3,
        4,
        16,
        18,
        19,
        29,
        33,
        37,
        38,
        39,
        42,
        54,
        57,
        58,
        62,
        65,
        69,
        74,
        77,
        78,
        83,
        84,
        88,
        101,
        102,
        103,
        105,
        109,
        114,
        118,
        119,
        124,
        126,
        127,
        128,
        129,
        131,
        133,
        138,
        139,
        140,
        141,
        142,
        147,
        149,
        150,
    ),
    "G": (
        55,
        59,
        64,
        81,
        91,
        94,
        110,
        117,
        120,
        121,
        122,
        123,
        130,
        156,
    ),
    "C": (
        5,
        34,
        35,
        40,
        41,
        43,
        44,
        45,
        46,
        47,
        48,
        50,
        51,
        52,
        53,
        60,
        61,
        63,
        70,
        72,
        73,
        75,
        79,
        89,
        92,
        95,
        96,
        104,
        106,
        107,
        111,
        112,
        113,
        115,
        116,
        125,
        155,
        157,
    ),
    "B": (
        6,
        7,
        8,
        9,
        15,
        20,
        21,
        22,
        23,
        26,
        27,
        30,
        31,
        32,
        36,
        49,
        66,
        67,
        68,
        87,
        134,
        143,
        151,
    ),
    "M": (
        1,
        158,
    ),
}

AUTHORS = 158
"""The item that says who wrote the article. The pack credits them in its header."""

EXCUSED: dict[str, str] = {}
"""Items with use Q, R, G or C that nothing need cite, and why. None so far."""


def cited(kb: KnowledgeBase) -> set[str]:
    """Return every source that a question, finding, recommendation, referral or rule cites."""
    everything = (
        *kb.questions.values(),
        *kb.findings.values(),
        *kb.recommendations.values(),
        *kb.referrals.values(),
        *kb.rules.values(),
    )
    return {source for each in everything for source in each.sources}


def uncited_items(kb: KnowledgeBase) -> dict[str, tuple[list[str], int]]:
    """Return for each use the items that nothing cites, and how many there are in all."""
    known = cited(kb)
    return {
        use: ([f"A{item}" for item in items if f"A{item}" not in known], len(items)) for use, items in ITEMS.items()
    }


# --- where a person reads it ------------------------------------------------------------------------------------------

TAUGHT: dict[str, str] = {}
"""Items that are taught in other words than those of their source, and by which question, correction, rule or so on."""

_COMMON = """
about after again also another because been both does down from have into like more most much only other over said same
should such than that their them then there these they this those through until what when where which while with without
your
"""
"""Words that say nothing of what a text is about."""


def read_texts(kb: KnowledgeBase) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield what a person reads in an interview and a report: a name for it, the sources it cites, and its text.

    Of the rules only those are read that somebody sees the reason of, and not those that only find on the way.
    """
    for asked in kb.written_questions:
        options = [text for option in asked.options for text in (option.text, option.detail)]
        yield f"question {asked.id}", asked.sources, " ".join([asked.ask, asked.hint, asked.self_check, *options])
    for given in kb.recommendations.values():
        held = (*given.hold.meanwhile, *given.hold.at_the_end) if given.hold else ()
        parts = [given.title, *given.steps, given.cue, given.dose, given.self_check, *held]
        yield f"{'closing word' if given.closing else 'correction'} {given.id}", given.sources, " ".join(parts)
    for referral in kb.referrals.values():
        yield f"referral {referral.id}", referral.sources, referral.tell
    for finding in kb.findings.values():
        if not finding.intermediate:
            yield f"finding {finding.id}", finding.sources, finding.title
    for rule in kb.rules.values():
        told = any(not kb.findings[name].intermediate for name in rule.find)
        if not rule.of_table and (told or rule.recommend or rule.refer or rule.withhold):
            yield f"rule {rule.id}", rule.sources, rule.because


def item_texts(kb: KnowledgeBase) -> dict[str, str]:
    """Return what each item of the article says, in our words."""
    above = re.findall(
        r"^((?:  # [^-].*\n)+)  (A\d+):",
        (bundled() / "hamstrings" / "sources.yaml").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    comments = {name: " ".join(text.replace("#", " ").split()) for text, name in above}
    return {name: source.text or comments.get(name, "") for name, source in kb.sources.items()}


def taught(kb: KnowledgeBase) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each item of the article with where a person reads of it, and which words tell so.

    Of the texts that cite an item it is the one that shares most words with what the item says. Where no text shares
    any, nobody reads of it, and those that cite it are returned instead of words. `TAUGHT` knows better.
    """
    said = item_texts(kb)
    texts = [(where, sources, _stems(text)) for where, sources, text in read_texts(kb)]
    for item in sorted(number for numbers in ITEMS.values() for number in numbers if number != AUTHORS):
        name, wanted = f"A{item}", _stems(said.get(f"A{item}", ""))
        shared = {where: _shared(wanted, stems) for where, sources, stems in texts if name in sources}
        best = max(shared, key=lambda where: len(shared[where]), default="")
        if name in TAUGHT:
            yield name, TAUGHT[name], ()
        elif best and shared[best]:
            yield name, best, tuple(sorted(shared[best]))
        else:
            yield name, "", tuple(sorted(shared))


_ENDING = re.compile(r"(?<=[a-z]{4})(?:s|es|ed|er|ers|en|ens|ing|ings|ly|al|ion|ions|ment)$")


def _stems(text: str) -> set[str]:
    """Return the words of a text that say something, without their endings."""
    found = re.findall(r"[a-z]+", text.casefold())
    return {_ENDING.sub("", word) for word in found if len(word) > 3 and word not in _COMMON.split()}


def _shared(wanted: set[str], stems: set[str]) -> set[str]:
    return {one for one in wanted if any(one.startswith(other) or other.startswith(one) for other in stems)}


def taught_table() -> str:
    """Return the table of all items of the article, with where a person reads of each."""
    kb = load(cases=False)
    said = item_texts(kb)
    rows = (f"| {name} | {said[name]} | {where or 'nowhere'} |\n" for name, where, _ in taught(kb))
    return f"| item | in our words | read in |\n|---|---|---|\n{''.join(rows)}"
