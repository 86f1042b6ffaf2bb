"""Where the parts of a rule stand in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.language.conditions import Places
from kb.language.loading import load
from kb.model.conditions import nodes_of
from tests.helpers import load_text

PACK = """\
pack: odd
title: Odd
version: "1"
sources: {B: {work: Book}}
questions:
  back: {ask: Your back?, type: one, options: {flat: Flat, round: Round}}
  knee: {ask: Sore knee?, type: yes-no}
  hold: {ask: How long?, type: number, unit: minutes}
findings: {tight: {title: Tight}, stiff: {title: Stiff}}
rules:
  line:
    when: {back: [round, unsure]}
    then: {find: tight}
    because: So.
    source: B
  lines:
    when:
      back: round
      finding:
        - tight
    then: {find: stiff}
    because: So.
    source: B
  groups:
    when:
      any:
        - back: flat
          knee: yes
        - not: {back: [round, flat]}
      all: [{knee: no}]
    then: {find: stiff}
    because: So.
    source: B
  numbers: {when: {hold: [{below: 2}, 5]}, then: {find: stiff}, because: So., source: B}
"""


@pytest.mark.parametrize(
    ("rule", "path", "place"),
    [
        ("line", (), (12, 12)),
        ("line", (0,), (12, 19)),
        ("line", (1,), (12, 26)),
        ("lines", (), (18, 7)),
        ("lines", (0,), (18, 7)),
        ("lines", (1,), (19, 7)),
        ("lines", (1, 0), (20, 11)),
        ("groups", (0,), (26, 7)),
        ("groups", (0, 0), (27, 11)),
        ("groups", (0, 0, 1), (28, 11)),
        ("groups", (0, 1), (29, 11)),
        ("groups", (0, 1, 0), (29, 17)),
        ("groups", (0, 1, 0, 1), (29, 31)),
        ("groups", (1, 0), (30, 14)),
        ("numbers", (1,), (34, 39)),
        # a part that the file does not show has the place of what it belongs to
        ("line", (5,), (12, 12)),
        ("groups", (1, 0, 7, 7), (30, 14)),
    ],
)
def test_places__of_a_part__is_where_it_stands(
    tmp_path: Path, rule: str, path: tuple[int, ...], place: tuple[int, int]
) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(PACK, encoding="utf-8")
    found = Places().of(load(file).rules[rule], path)
    assert (found.path, found.line, found.column) == (str(file), *place)


@pytest.mark.parametrize("now", [None, "rules: [", "rules: {line: x}\n", "rules: {line: {when: x}}\n", "- id: x\n"])
def test_places__of_a_file_that_is_not_what_it_was__is_that_of_the_rule(tmp_path: Path, now: str | None) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(PACK, encoding="utf-8")
    rule = load(file).rules["line"]
    file.unlink()
    if now is not None:
        file.write_text(now, encoding="utf-8")
    assert Places().of(rule, (0,)) == rule.place


def test_places__of_rules_from_no_file__is_that_of_the_rule(tmp_path: Path) -> None:
    rule = load_text(PACK, str(tmp_path / "nowhere.yaml")).rules["line"]
    assert Places().of(rule, (1,)) == rule.place


def test_nodes__of_every_rule__have_their_places_in_order() -> None:
    kb = load()
    places = Places()
    for rule in kb.written_rules.values():
        found = [places.of(rule, path) for path, _ in nodes_of(rule.when)]
        assert found == sorted(found)
        assert all(place.path == rule.place.path and place > rule.place for place in found)
