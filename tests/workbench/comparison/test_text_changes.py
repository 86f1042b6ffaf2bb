"""What is written otherwise is listed by section, whether or not anyone is told something else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kb.workbench.comparison.text_changes import Rewording, rewordings
from tests.helpers import kb_from
from tests.small import SMALL, small


def test_rewordings__of_the_same_text__are_none() -> None:
    assert rewordings(small(), small()) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Step the hands back.", "Walk back.", Rewording("recommendations", changed={"lean-back": ("steps",)})),
        ("kind: closing", "cue: Lie.", Rewording("recommendations", changed={"rest": ("cue", "kind")})),
        ("A swollen calf", "A fat calf", Rewording("questions", changed={"danger": ("options",)})),
        ("hold: {at-least: 5}", "hold: {above: 5}", Rewording("rules", changed={"deeper": ("when",)})),
        ("find: rounds, recommend", "recommend", Rewording("rules", changed={"rounded": ("then",)})),
        ("It rounds., source", "It is round., source", Rewording("rules", changed={"rounded": ("because",)})),
        ("stop-signs: Did", "stop-signs: Has", Rewording("packs", changed={"hamstrings": ("stop-signs",)})),
        ("tell: See a", "tell: Ask a", Rewording("referrals", changed={"see-someone": ("tell",)})),
        ("  - id: rounded", "  - id: rounds", Rewording("cases", added=("rounds",), gone=("rounded",))),
        ("A9: {work: A book", "A9: {work: A tome", Rewording("sources", changed={"A9": ("work",)})),
    ],
)
def test_rewordings__after_one_edit__name_the_part_as_the_pack_does(
    before: str, after: str, expected: Rewording
) -> None:
    assert SMALL.count(before) == 1
    assert rewordings(small(), kb_from(SMALL.replace(before, after))) == (expected,)


def test_rewordings__in_another_order__count_where_the_order_means_something() -> None:
    kb = small()
    turned = replace(kb, questions=dict(reversed(kb.questions.items())), rules=dict(reversed(kb.rules.items())))
    assert rewordings(kb, turned) == (Rewording("questions", moved=True),)


def test_rewordings__of_what_moved_down_the_file__are_none() -> None:
    assert rewordings(small(), kb_from("# A remark.\n" + SMALL)) == ()
