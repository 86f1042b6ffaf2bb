"""Words that people have for unsure, none, yes, no and numbers, whatever the question is."""

from __future__ import annotations

import re
from itertools import pairwise

from kb.interview.amounts import NUMBERS
from kb.model.conditions import UNSURE
from kb.text.choosing import words

# --- unsure, none, yes and no -----------------------------------------------------------------------------------------


def _phrases(listed: str) -> tuple[tuple[str, ...], ...]:
    return tuple(words(each) for each in listed.split("|"))


_UNSURE = _phrases(
    f"{UNSURE}|not sure|not really sure|unsure about it|don't know|do not know|dunno|idk|no idea|no clue|can't tell"
    "|cannot tell|can't say|cannot say|hard to say|hard to tell|don't remember|can't remember|cannot remember"
)
_NONE = frozenset(words("none nothing no nope 0 zero nil"))
_OF_THESE = frozenset(words("of these those them the above that this answers please all at apply applies to me here"))
_SO_FAR = frozenset(words("none nothing like that i know of am aware can think so far now currently for me thanks"))
_NOT_APPLICABLE = _phrases("n/a|na|not applicable|neither|not any|neither of them")
_ALL = _phrases("all|all of them|all of these|all of the above|everything")

_YES_NO = {
    "yes": _phrases(
        "y|yeah|yep|yup|yea|yess|yes yes|true|of course|definitely|absolutely|certainly|indeed|i do|it does|it is"
    ),
    "no": _phrases("n|nope|nah|noo|no no|false|never|i don't|i do not|it doesn't|it does not|it isn't|it is not"),
}
YES_NO = {name: tuple(map(" ".join, others)) for name, others in _YES_NO.items()}
"""What else people say for yes and for no."""
_PERHAPS = {
    "yes": _phrases(
        "oui|si|ja|ok|okay|correct|sure|sometimes|often|a bit|a little|slightly|sort of|kind of|probably|always"
    ),
    "no": _phrases("non|nein|rarely|hardly|probably not|0|none|nothing|i don't think so|i do not think so"),
    UNSURE: _phrases("maybe|perhaps|possibly|i think so|i don't think so|probably|probably not|sometimes|u"),
}
DENYING = frozenset(
    words(
        "not no never without isnt dont doesnt didnt neither nor except but wasnt arent havent hasnt cant couldnt "
        "wont nothing nobody none"
    )
)
"""Words that turn round what stands beside them."""
HEDGE = re.compile(
    r"\b(maybe|perhaps|possibly|probably|might|(i'?m |i am )?(not sure|unsure)( about| of| if)?|i (think|guess))\b ?"
)
"""What makes an answer a doubtful one."""


def says_unsure(said: str) -> bool:
    """Say whether `said` means unsure, and nothing else."""
    spoken = words(re.sub(r"^(i|i'm|i am|im|i have) ", "", said))
    return spoken in _UNSURE or (len(said) > 2 and UNSURE.startswith(said))


def says_none(said: str) -> bool:
    """Say whether `said` means that none of some answers is so."""
    first, *rest = words(said) or ("",)
    return first in _NONE and {*rest} <= {*_NONE, *_OF_THESE}


def perhaps_none(said: str) -> bool:
    """Say whether `said` may mean that none of some answers is so."""
    spoken = {*words(said)}
    return words(said) in _NOT_APPLICABLE or (bool(spoken & {"none", "nothing"}) and spoken <= _SO_FAR)


def says_all(said: str, *, of_two: bool) -> bool:
    """Say whether `said` means that all of some answers are so."""
    return words(said) in _ALL or (of_two and words(said) in (("both",), ("both", "of", "them")))


def perhaps(said: str) -> tuple[str, ...]:
    """Return which of yes, no and unsure a sentence may mean where one of them is wanted."""
    spoken = words(said)
    found = [name for name, others in _PERHAPS.items() if spoken in others]
    for name, others in _YES_NO.items():
        if {name, name[0]} & {*spoken} or (spoken[:1] in others and "not" not in spoken):
            found.append(name)
    if "not" in spoken:
        found += ["no", *[UNSURE] * bool(HEDGE.search(said))]
    return tuple(dict.fromkeys(found))


# --- numbers ----------------------------------------------------------------------------------------------------------

_ORDINALS = words("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth")
_COUNTED = {word: str(number) for word, number in NUMBERS.items() if " " not in word}
_BEFORE_A_NUMBER = frozenset(words("number numbers nr option options answer answers the only just please its"))


def numbers_of(said: str) -> list[str] | None:
    """Return the numbers that `said` is, in digits, with a `?` that stands behind one; None if it is something else."""
    tokens = [each for each in re.sub(r"#(?=.)|'", "", said).split() if each.rstrip(".") not in _BEFORE_A_NUMBER]
    ordinal = re.fullmatch(r"([a-z]+|([0-9]{1,2})(?:st|nd|rd|th))(?: one)?", " ".join(tokens))
    if ordinal and ordinal[2]:
        return [ordinal[2]]
    if ordinal and ordinal[1] in _ORDINALS:
        return [str(1 + _ORDINALS.index(ordinal[1]))]
    found = []
    for token in tokens:
        number = re.fullmatch(r"\(?([0-9]{1,4}|[a-z]+)[.):]?(\??)", token)
        counted = number and (number[1] if number[1].isdigit() else _COUNTED.get(number[1]))
        if not number or not counted:
            return None
        found.append(counted + number[2])
    vague = "one" in tokens and {"only", "just"} & {*said.split()}  # “only one” need not be number one
    compound = any(f"{one} {other}" in NUMBERS for one, other in pairwise(tokens))
    return found if found and not vague and not compound else None


def numbers_among(said: str) -> list[str]:
    """Return the numbers that stand among other words."""
    return re.findall(r"(?<![\w.,/-])[0-9]{1,2}(?![\w/-])", said)


def with_ranges(said: str) -> str:
    """Return `said` with every number of a range: someone who types 4-6 means 5 as well."""

    def counted(found: re.Match[str]) -> str:
        low, high = int(found[1]), int(found[2])
        return " ".join(map(str, range(low, high + 1))) if low < high <= low + 50 else found[0]

    return re.sub(r"(?<![\w-])([0-9]{1,4}) ?(?:-|to|through) ?([0-9]{1,4})(?![\w-])", counted, said)


def parts_of(said: str) -> list[str]:
    """Return what is set apart by commas and the like, or by *and*."""
    parts = re.split(r"[,;+&/]|(?:^|(?<=[\s0-9]))and(?=[\s0-9]|$)", said)
    return [part.strip() for part in parts if part.strip()]
