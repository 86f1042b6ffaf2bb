"""Pictures of topics: the arrows, and text that Mermaid and Graphviz can read whatever an author wrote."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.loading import load
from kb.model.knowledge import KnowledgeBase
from kb.workbench.description.graph import (
    MOST_EDGES,
    Edge,
    Line,
    Node,
    Picture,
    pictures,
    to_dot,
    to_markdown,
    to_mermaid,
)
from tests.helpers import kb_from
from tests.property.strategies import knowledge_bases

KB = kb_from("""
sources: {N: {work: Notes}}
questions:
  back: {ask: Your back?, type: one, options: {flat: It is flat, round: It rounds}}
  hold: {ask: How long?, type: number, unit: minutes}
findings: {tight: {title: Tight hamstrings}}
recommendations: {lift: {title: Sit higher, steps: Lift.}, deep: {title: Go deep, steps: Go.}}
referrals: {today: {level: stop-today, tell: See someone.}}
rules:
  rounds: {when: {back: [round, unsure]}, then: {find: tight, refer: today}, because: It rounds., source: N}
  seat:
    when: {finding: tight, hold: {below: 1}, not: {back: flat}}
    then: {recommend: lift, withhold: deep}
    because: Height helps.
    source: N
""")

MERMAID = """\
flowchart LR
  qu1(["back<br/>Your back?"])
  ru2["rounds<br/>It rounds."]
  fi3{{"tight<br/>Tight hamstrings"}}
  re4[["today<br/>stop-today: See someone."]]
  ru5["seat<br/>Height helps."]
  qu6(["hold<br/>How long?"])
  re7[/"lift<br/>Sit higher"/]
  re8[/"deep<br/>Go deep"/]
  qu1 -->|"round, unsure"| ru2
  ru2 --> fi3
  ru2 --> re4
  fi3 --> ru5
  qu6 -->|"below: 1"| ru5
  qu1 --x|"not flat"| ru5
  ru5 --> re7
  ru5 -.->|"holds back"| re8
"""


def test_picture__as_mermaid__has_every_arrow() -> None:
    assert [to_mermaid(picture) for picture in pictures(KB)] == [MERMAID]


def test_picture__as_dot__marks_what_is_held_back_and_ruled_out() -> None:
    (picture,) = pictures(KB)
    assert to_dot(picture).splitlines()[:4] + to_dot(picture).splitlines()[-4:] == [
        'digraph "pack" {',
        "  rankdir=LR;",
        "  node [fontsize=10]; edge [fontsize=8];",
        '  qu1 [shape=ellipse label="back\\nYour back?"];',
        '  qu1 -> ru5 [arrowhead=tee color=gray40 label="not flat"];',
        "  ru5 -> re7;",
        '  ru5 -> re8 [style=dashed label="holds back"];',
        "}",
    ]


def test_pictures__of_the_shipped_pack__are_one_a_topic_with_rules() -> None:
    kb = load(cases=False)
    drawn = pictures(kb)
    topics = [topic for topic in kb.packs[0].topics if any(rule.topic == topic for rule in kb.rules.values())]
    assert [(picture.topic, picture.shortfall) for picture in drawn] == [(topic, "") for topic in topics]
    named = {node.name for picture in drawn for node in picture.nodes if node.section == "rules"}
    assert named == set(kb.rules)
    assert to_markdown(drawn).count("```mermaid\n") == len(drawn)


def test_picture__with_too_many_arrows__says_how_many_are_left_out() -> None:
    (picture,) = pictures(KB, most_edges=3)
    assert (len(picture.edges), picture.shortfall) == (3, "5 of 8 arrows are left out: more would not be drawn.")
    assert f"%% {picture.shortfall}" in to_mermaid(picture)
    assert f"// {picture.shortfall}" in to_dot(picture)
    assert f"\n{picture.shortfall}\n" in to_markdown([picture])


def test_picture__of_hundreds_of_rules__stays_within_what_mermaid_draws() -> None:
    rules = "\n".join(
        f"  r{i}: {{when: {{q: a}}, then: {{recommend: lift}}, because: {'Because of that. ' * 5}, source: N}}"
        for i in range(400)
    )
    (picture,) = pictures(
        kb_from(
            "sources: {N: {work: W}}\nrecommendations: {lift: {title: L, steps: S}}\n"
            f"questions: {{q: {{ask: Q?, type: one, options: {{a: A, b: B}}}}}}\nrules:\n{rules}"
        )
    )
    assert (picture.all_edges, len(picture.edges) <= MOST_EDGES) == (800, True)
    assert len(to_mermaid(picture)) <= 50_000


@pytest.mark.law
@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from(["questions", "rules", "findings", "recommendations", "referrals"]),
)
def test_text__whatever_an_author_wrote__stays_inside_its_quotes(name: str, text: str, section: str) -> None:
    node = Node(section, name, text)
    picture = Picture("end", (Edge(node, Node("rules", "r", "R"), Line.LEADS, text),), 1)
    mermaid, dot = to_mermaid(picture).splitlines(), to_dot(picture).splitlines()
    assert (len(mermaid), len(dot)) == (4, 7)
    assert all(re.fullmatch(r'[^"]*("[^"]*"[^"]*)*', line) for line in mermaid)
    assert all(len(re.findall('"', line)) in (0, 2) for line in mermaid)
    assert all(len(re.findall(r'(?<!\\)(?:\\\\)*"', line)) in (0, 2) for line in dot)
    assert not any(re.search(r"[\[\]{}|<>`]", line.split('"')[1].replace("<br/>", "")) for line in mermaid[1:3])


@pytest.mark.law
@given(knowledge_bases())
def test_arrows__of_any_knowledge_base__are_those_of_its_rules(kb: KnowledgeBase) -> None:
    effects = {
        (rule.id, name, withheld)
        for rule in kb.rules.values()
        for names, withheld in (((*rule.find, *rule.recommend, *rule.refer), False), (rule.withhold, True))
        for name in names
    }
    edges = [edge for picture in pictures(kb) for edge in picture.edges]
    assert effects == {
        (edge.start.name, edge.end.name, edge.line is Line.WITHHOLDS) for edge in edges if edge.start.section == "rules"
    }
