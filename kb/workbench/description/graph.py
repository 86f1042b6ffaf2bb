"""Draw a topic: questions lead to rules, rules to findings, findings to rules, rules to what is advised.

A `Picture` is plain data; it is written as Mermaid, which many editors and sites draw from the text alone, or as DOT,
the language of Graphviz. Names of nodes are numbers, so nothing that an author wrote can be taken for a command; what
they wrote stands in quotes, with everything escaped that could end them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from kb.model.conditions import Condition, Found, as_written, leaves_with_side
from kb.model.knowledge import KnowledgeBase, Rule
from kb.text.wrapping import cut, printed
from kb.workbench.description.index import SECTION_OF, line_of

MOST_EDGES = 500
"""Arrows of one picture. Mermaid draws no more unless it is told to, and nobody can follow them."""

_MOST_CHARACTERS = 50_000  # of one picture; Mermaid refuses longer texts
_LABEL = 48
_EDGE_LABEL = 30


class Line(str, Enum):
    """What an arrow says: it leads there, it must be ruled out, or it holds back."""

    LEADS = "leads"
    RULED_OUT = "ruled-out"
    WITHHOLDS = "withholds"


class Node(NamedTuple):
    """Something that has a name: its section, its name, and what people read."""

    section: str
    name: str
    text: str


class Edge(NamedTuple):
    """An arrow from one node to another; `label` says which answers it is about."""

    start: Node
    end: Node
    line: Line = Line.LEADS
    label: str = ""


class Picture(NamedTuple):
    """The arrows of one topic; `all_edges` is how many there are, drawn or not."""

    topic: str
    edges: tuple[Edge, ...]
    all_edges: int

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Return the nodes that arrows touch, each once."""
        return tuple(dict.fromkeys(node for edge in self.edges for node in (edge.start, edge.end)))

    @property
    def shortfall(self) -> str:
        """Say how much is not drawn; nothing if all is."""
        left = self.all_edges - len(self.edges)
        return f"{left} of {self.all_edges} arrows are left out: more would not be drawn." if left else ""


def pictures(kb: KnowledgeBase, most_edges: int = MOST_EDGES) -> tuple[Picture, ...]:
    """Return a picture of every topic that has rules, in the order of the topics."""
    by_topic: dict[str, list[Rule]] = {topic: [] for pack in kb.packs for topic in (pack.id, *pack.topics)}
    for rule in kb.rules.values():
        by_topic.setdefault(rule.topic or kb.pack_of(rule.place) or kb.packs[0].id, []).append(rule)
    made = []
    for topic, rules in by_topic.items():
        edges = tuple(dict.fromkeys(edge for rule in rules for edge in _edges(kb, rule)))
        if edges:
            picture = Picture(topic, edges[:most_edges], len(edges))
            while len(to_mermaid(picture)) > _MOST_CHARACTERS:
                picture = picture._replace(edges=picture.edges[: len(picture.edges) * 4 // 5])
            made.append(picture)
    return tuple(made)


def _node(kb: KnowledgeBase, section: str, name: str) -> Node:
    return Node(section, name, line_of(section, getattr(kb, section)[name]))


def _edges(kb: KnowledgeBase, rule: Rule) -> Iterator[Edge]:
    own = _node(kb, "rules", rule.id)
    for start, line, label in _read(kb, rule.when):
        if start.section == "questions" and start.name in kb.follow_ups:
            for parent, how, answers in _read(kb, kb.follow_ups[start.name]):
                yield Edge(parent, start, how, answers)
        yield Edge(start, own, line, label)
    for effect, name in rule.effects:
        yield Edge(own, _node(kb, SECTION_OF[effect], name), Line.WITHHOLDS if effect == "withhold" else Line.LEADS)


def _read(kb: KnowledgeBase, condition: Condition) -> Iterator[tuple[Node, Line, str]]:
    """Yield what a condition reads, each once a side, with the answers it waits for."""
    labels: dict[tuple[Node, Line], list[str]] = {}
    for leaf, ruled_out in leaves_with_side(condition):
        line = Line.RULED_OUT if ruled_out else Line.LEADS
        if isinstance(leaf, Found):
            for name in leaf.findings:
                labels.setdefault((_node(kb, "findings", name), line), [])
        else:
            answers = re.sub(r"[][{}]", "", as_written(leaf).removeprefix(f"{leaf.question}: "))
            labels.setdefault((_node(kb, "questions", leaf.question), line), []).append(answers)
    for (node, line), answers_read in labels.items():
        yield node, line, ", ".join(answers_read)


# --- looks: in Mermaid what stands around a text, in DOT an outline ---------------------------------------------------

_NODES = {
    "questions": ("([", "])", "ellipse"),
    "rules": ("[", "]", "box"),
    "findings": ("{{", "}}", "hexagon"),
    "recommendations": ("[/", "/]", "parallelogram"),
    "referrals": ("[[", "]]", "octagon"),
}
_LINES = {
    Line.LEADS: ("-->", ""),
    Line.RULED_OUT: ("--x", "arrowhead=tee color=gray40"),
    Line.WITHHOLDS: ("-.->", "style=dashed"),
}


def _numbered(picture: Picture) -> dict[Node, str]:
    """Return a name for every node: letters for what it is, and a number."""
    return {node: f"{node.section[:2]}{number}" for number, node in enumerate(picture.nodes, start=1)}


def _edge_label(edge: Edge) -> str:
    label = cut(edge.label, _EDGE_LABEL) if edge.label else ""
    if edge.line is Line.RULED_OUT:
        return f"not {label}".rstrip()
    return "holds back" if edge.line is Line.WITHHOLDS else label


def to_mermaid(picture: Picture) -> str:
    """Return `picture` as a Mermaid flowchart."""
    names = _numbered(picture)
    lines = ["flowchart LR"]
    if picture.shortfall:
        lines.append(f"  %% {picture.shortfall}")
    for node, name in names.items():
        before, after, _ = _NODES[node.section]
        lines.append(f'  {name}{before}"{_in_mermaid(node.name)}<br/>{_in_mermaid(cut(node.text, _LABEL))}"{after}')
    for edge in picture.edges:
        label = _edge_label(edge)
        said = f'|"{_in_mermaid(label)}"|' if label else ""
        lines.append(f"  {names[edge.start]} {_LINES[edge.line][0]}{said} {names[edge.end]}")
    return "\n".join(lines) + "\n"


def _in_mermaid(text: str) -> str:
    """Return `text` with everything but letters, digits and plain signs as an entity: nothing in it is a command."""
    return "".join(one if one.isalnum() or one in " .,:-?!()'’“”…" else f"#{ord(one)};" for one in printed(text))


def to_markdown(several: Iterable[Picture]) -> str:
    """Return pictures as Markdown: a heading and a Mermaid block for each, and what is not drawn."""
    return "\n".join(
        f"## {printed(picture.topic)}\n\n"
        + (f"{picture.shortfall}\n\n" if picture.shortfall else "")
        + f"```mermaid\n{to_mermaid(picture)}```\n"
        for picture in several
    )


def to_dot(picture: Picture) -> str:
    """Return `picture` in the language of Graphviz."""
    names = _numbered(picture)
    lines = [f"digraph {_in_dot(picture.topic)} {{", "  rankdir=LR;", "  node [fontsize=10]; edge [fontsize=8];"]
    if picture.shortfall:
        lines.append(f"  // {picture.shortfall}")
    for node, name in names.items():
        text = f"{_in_dot(node.name)[:-1]}\\n{_in_dot(cut(node.text, _LABEL))[1:]}"
        lines.append(f"  {name} [shape={_NODES[node.section][2]} label={text}];")
    for edge in picture.edges:
        label = _edge_label(edge)
        looks = " ".join(filter(None, (_LINES[edge.line][1], f"label={_in_dot(label)}" if label else "")))
        lines.append(f"  {names[edge.start]} -> {names[edge.end]}{f' [{looks}]' if looks else ''};")
    return "\n".join([*lines, "}"]) + "\n"


def _in_dot(text: str) -> str:
    escaped = printed(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
