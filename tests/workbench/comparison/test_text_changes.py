"""What is written otherwise is listed by section, whether or not anyone is told something else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kb.workbench.comparison.changes import TextChange, text_changes
from tests.helpers import kb_from
from tests.small import SMALL, small


def test_text_changes__of_the_same_text__are_none() -> None:
    assert text_changes(small(), small()) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Step the hands back.", "Walk back.", TextChange("recommendations", changed={"lean-back": ("steps",)})),
        ("kind: closing", "cue: Lie.", TextChange("recommendations", changed={"rest": ("cue", "kind")})),
        ("A swollen calf", "A fat calf", TextChange("questions", changed={"danger": ("options",)})),
        ("hold: {at-least: 5}", "hold: {above: 5}", TextChange("rules", changed={"deeper": ("when",)})),
        ("find: rounds, recommend", "recommend", TextChange("rules", changed={"rounded": ("then",)})),
        ("It rounds., source", "It is round., source", TextChange("rules", changed={"rounded": ("because",)})),
        ("stop-signs: Did", "stop-signs: Has", TextChange("packs", changed={"hamstrings": ("stop-signs",)})),
        ("tell: See a", "tell: Ask a", TextChange("referrals", changed={"see-someone": ("tell",)})),
        ("  - id: rounded", "  - id: rounds", TextChange("cases", added=("rounds",), gone=("rounded",))),
        ("A9: {work: A book", "A9: {work: A tome", TextChange("sources", changed={"A9": ("work",)})),
    ],
)
def test_text_changes__after_one_edit__name_the_part_as_the_pack_does(
    before: str, after: str, expected: TextChange
) -> None:
    assert SMALL.count(before) == 1
    assert text_changes(small(), kb_from(SMALL.replace(before, after))) == (expected,)


def test_text_changes__in_another_order__count_where_the_order_means_something() -> None:
    kb = small()
    turned = replace(kb, questions=dict(reversed(kb.questions.items())), rules=dict(reversed(kb.rules.items())))
    assert text_changes(kb, turned) == (TextChange("questions", moved=True),)


def test_text_changes__of_what_moved_down_the_file__are_none() -> None:
    assert text_changes(small(), kb_from("# A remark.\n" + SMALL)) == ()
