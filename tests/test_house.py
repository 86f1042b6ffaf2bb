"""The house stays small: docs/contributing.md shows it, `python -m tests.tools.house` measures it."""

from __future__ import annotations

from tests.tools import house


def test_house__all_imports_also_those_in_functions__go_in_no_circle() -> None:
    assert house.circle() == []


def test_house__folders_and_modules__are_small_enough_to_look_through() -> None:
    assert max(house.per_folder().values()) <= 12
    assert max(house.lengths().values()) <= 400


def test_house__imports_in_functions__are_few() -> None:
    assert house.late_imports().total() < 40
