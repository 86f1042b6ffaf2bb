"""Conditions are values: they say what they name, in the order in which they were written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kb.model.conditions import All, Answered, Condition, Found, Not, Within, findings_in, leaves, questions_in
from kb.model.conditions import Any as AnyOf

BACK = Answered("back", ("round",))
BACK_AGAIN = Answered("back", ("flat", "unsure"))
KNEE = Answered("knee", ("hurts",))
HOLD = Within("hold", low=Decimal(2))
TIGHT = Found(("tight", "stiff"))
ROOTED = Found(("rooted",))


@pytest.mark.parametrize(
    ("condition", "questions", "findings"),
    [
        (BACK, ("back",), ()),
        (HOLD, ("hold",), ()),
        (TIGHT, (), ("tight", "stiff")),
        (Not(KNEE), ("knee",), ()),
        (All((KNEE, BACK)), ("knee", "back"), ()),
        (All((BACK, KNEE, BACK_AGAIN)), ("back", "knee"), ()),
        (AnyOf((ROOTED, TIGHT, ROOTED)), (), ("rooted", "tight", "stiff")),
        (
            All(
                (
                    HOLD,
                    AnyOf(
                        (TIGHT, Not(All((KNEE, ROOTED)))),
                    ),
                    BACK,
                )
            ),
            ("hold", "knee", "back"),
            ("tight", "stiff", "rooted"),
        ),
    ],
)
def test_names__of_a_condition__are_told_once_each_from_left_to_right(
    condition: Condition, questions: tuple[str, ...], findings: tuple[str, ...]
) -> None:
    assert questions_in(condition) == questions
    assert findings_in(condition) == findings


def test_leaves__of_a_nested_condition__come_from_left_to_right_as_often_as_written() -> None:
    condition = All((AnyOf((BACK, Not(All((KNEE, TIGHT))))), HOLD, BACK))
    assert list(leaves(condition)) == [BACK, KNEE, TIGHT, HOLD, BACK]


@pytest.mark.parametrize(
    ("within", "admitted"),
    [
        (Within("hold", low=Decimal(2)), "2 2.5 3 9"),
        (Within("hold", low=Decimal(2), low_included=False), "2.5 3 9"),
        (Within("hold", high=Decimal(2)), "-1 0 1.9 2"),
        (Within("hold", high=Decimal(2), high_included=False), "-1 0 1.9"),
        (Within("hold", low=Decimal(2), high=Decimal(3)), "2 2.5 3"),
        (Within("hold", low=Decimal(2), low_included=False, high=Decimal(3), high_included=False), "2.5"),
        (Within("hold", low=Decimal(2), high=Decimal(2)), "2"),
        (Within("hold", low=Decimal(2), high=Decimal(2), high_included=False), ""),
        (Within("hold", low=Decimal(3), high=Decimal(2)), ""),
        (Within("hold", unsure=True), ""),
    ],
)
def test_within__numbers_around_its_bounds__admits_those_inside(within: Within, admitted: str) -> None:
    numbers = [Decimal(text) for text in ("-1", "0", "1.9", "2", "2.5", "3", "9")]
    assert [number for number in numbers if within.admits(number)] == [Decimal(text) for text in admitted.split()]


def test_conditions__built_alike__are_equal_values_that_nobody_changes() -> None:
    condition = All((Answered("back", ("round",)), Not(Found(("rooted",)))))
    assert condition == All((BACK, Not(ROOTED)))
    assert condition != All(condition.parts[::-1])
    assert len({condition, All((BACK, Not(ROOTED)))}) == 1
    with pytest.raises(AttributeError):
        condition.parts = ()  # type: ignore[misc]
