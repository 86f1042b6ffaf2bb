"""What is wrong is said in one line, safe to show, with its place; refusals carry every problem, each once."""

from __future__ import annotations

import pytest

from kb.model.problems import AnswersError, EngineError, KbError, KnowledgeBaseError, Location, NotProvedError, Problem
from kb.text.spelling import did_you_mean, nearest, run_together
from kb.text.wrapping import printable, unprintable

# --- text that may reach a terminal -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", None),
        ("plain text, 100 %", None),
        ("l'été – “x” 漢字 🧘", None),
        ("no\u00a0break", None),
        ("two\nlines", "\n"),
        ("a\tb", "\t"),
        ("\x1b[2J", "\x1b"),
        ("bell\x07 and \x1b", "\x07"),
        ("delete\x7f", "\x7f"),
        ("next line\x85", "\x85"),
        ("right to left\u202e", "\u202e"),
        ("zero\u200bwidth", "\u200b"),
        ("soft\u00adhyphen", "\u00ad"),
        ("line\u2028separator", "\u2028"),
        ("half a pair\ud800", "\ud800"),
        ("private\ue000", "\ue000"),
        ("unassigned\u0378", "\u0378"),
        ("variant\U000e0181", "\U000e0181"),
    ],
)
def test_unprintable__any_text__is_the_first_character_that_must_not_be_shown(text: str, first: str | None) -> None:
    assert unprintable(text) == first


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 60, "short"),
        ("x" * 60, 60, "x" * 60),
        ("x" * 61, 60, "x" * 59 + "…"),
        ("abcdef", 4, "abc…"),
        ("\x1b[31mred", 60, "\\u{1b}[31mred"),
        ("a\nb", 60, "a\\u{a}b"),
        ("\u202eabc", 60, "\\u{202e}abc"),
        ("ab\x07cdef", 4, "ab\\u{7}…"),
    ],
)
def test_printable__any_text__is_cut_and_escaped(text: str, limit: int, shown: str) -> None:
    assert printable(text, limit) == shown


# --- names that were meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "known", "match"),
    [
        ("wrist-pian", ["knee-pain", "wrist-pain"], "wrist-pain"),
        ("Low_Back", ["low-back", "knee"], "low-back"),
        ("low back", ["low-back"], "low-back"),
        ("KNEE", ["knee", "Knee"], "knee"),
        ("knee", ["Knee", "elbow"], "Knee"),
        ("zzz", ["knee", "low-back"], None),
        ("knee", [], None),
        ("", ["knee"], None),
        ("k" * 100_000, ["knee"], None),
    ],
)
def test_nearest__a_mistyped_word__is_the_known_name_that_was_meant(
    word: str, known: list[str], match: str | None
) -> None:
    assert nearest(word, known) == match


@pytest.mark.parametrize(
    ("word", "otherwise", "said"),
    [
        ("kne", "", "Did you mean “knee”?"),
        ("kne", "Look it up.", "Did you mean “knee”?"),
        ("zzz", "", ""),
        ("zzz", "Look it up.", "Look it up."),
    ],
)
def test_did_you_mean__a_word__names_what_is_near_or_says_something_else(word: str, otherwise: str, said: str) -> None:
    assert did_you_mean(word, ["knee", "back"], otherwise) == said


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("arms, neck", "[arms, neck]"),
        ("arms,neck", "[arms, neck]"),
        ("arms neck", "[arms, neck]"),
        ("arms and neck", "[arms, neck]"),
        ("arms, low-back or neck", "[arms, low-back, neck]"),
        ("arms", None),
        ("arms, knees", None),
        (", and", None),
        ("", None),
        (", ".join(["arms"] * 13), None),
    ],
)
def test_run_together__known_names_in_one_text__are_a_list(text: str, names: str | None) -> None:
    assert run_together(text, {"arms", "neck", "low-back"}) == names


# --- places and problems ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (Location("rules/spine.yaml", 14, 7), "rules/spine.yaml:14:7"),
        (Location("rules/spine.yaml", 14), "rules/spine.yaml:14"),
        (Location("rules/spine.yaml"), "rules/spine.yaml"),
        (Location("rules/spine.yaml", 0, 7), "rules/spine.yaml"),
        (Location("a\nb.yaml", 1, 2), "a\\u{a}b.yaml:1:2"),
    ],
)
def test_location__as_text__is_what_terminals_make_clickable(location: Location, shown: str) -> None:
    assert str(location) == shown


@pytest.mark.parametrize(
    ("way_out", "shown"),
    [
        ("Take it out.", "a.yaml:2:3: odd-thing: this is odd. Take it out."),
        ("", "a.yaml:2:3: odd-thing: this is odd."),
    ],
)
def test_problem__as_text__says_place_id_message_and_way_out(way_out: str, shown: str) -> None:
    assert str(Problem(Location("a.yaml", 2, 3), "odd-thing", "this is odd.", way_out)) == shown


def test_problems__in_a_list__sort_by_file_line_column_and_id() -> None:
    ordered = [
        Problem(Location("a.yaml", 2, 9), "odd", "m"),
        Problem(Location("a.yaml", 10, 1), "even", "m"),
        Problem(Location("a.yaml", 10, 1), "odd", "m"),
        Problem(Location("b.yaml", 1, 1), "even", "m"),
    ]
    backwards = ordered[::-1]
    assert sorted(backwards) == ordered


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KnowledgeBaseError, AnswersError])
def test_refusal__with_problems__carries_each_once_in_the_order_of_their_places(
    kind: type[KnowledgeBaseError | AnswersError],
) -> None:
    first = Problem(Location("a.yaml", 1), "odd", "one.")
    second = Problem(Location("a.yaml", 2), "odd", "two.", "Mend it.")
    refusal = kind([second, first, second])
    assert refusal.problems == (first, second)
    assert str(refusal) == "a.yaml:1: odd: one.\na.yaml:2: odd: two. Mend it."


@pytest.mark.parametrize("kind", [KnowledgeBaseError, AnswersError, NotProvedError, EngineError])
def test_refusal__of_any_kind__is_caught_as_one(kind: type[KbError]) -> None:
    assert issubclass(kind, KbError)
    assert not issubclass(kind, ValueError)
