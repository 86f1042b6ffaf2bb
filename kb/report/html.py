"""Write a report as a page to take along: one HTML file that needs nothing besides, to be printed or kept on a phone.

It says what the text says, block by block, and adds what paper is good for: a box to tick beside each step, a line for
how it went, room for notes. It holds no script, and its policy lets a browser fetch nothing. Texts of a pack are
someone else's: they stay text, whatever is in them.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from kb.model.knowledge import BETTER, SAME, WORSE
from kb.report.build import Report
from kb.report.layout import headline, outline
from kb.text.blocks import Block, Role
from kb.text.wrapping import printed

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LINES = 8
"""How many lines there are for notes."""


class Cover(NamedTuple):
    """What a page says of itself: the titles of the packs, the language they are written in, and the day."""

    title: str
    language: str
    made: date


def to_html(report: Report, cover: Cover) -> str:
    """Return `report` as a page, ending in a line break."""
    return "".join(f"{line}\n" for line in _Page(report, cover).lines())


class _Page:
    """The page while it is written."""

    def __init__(self, report: Report, cover: Cover) -> None:
        self.report, self.cover = report, cover
        known = re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", cover.language)
        self.language = cover.language if known else "en"
        foreign = self.language.split("-")[0].lower() != "en"
        self.own = ' lang="en"' if foreign else ""
        """What marks the program's own words, where the pack's are in another language."""

    def lines(self) -> Iterator[str]:
        """Yield the lines of the page."""
        name = f"{headline(self.report)} – {self.cover.title}"
        yield from ("<!DOCTYPE html>", f'<html lang="{self.language}">', "<head>", '<meta charset="utf-8">')
        yield f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield '<meta name="color-scheme" content="light dark">'
        yield '<meta name="robots" content="noindex">'
        yield f"<title>{_safe(name)}</title>"
        yield from (f"<style>{STYLE}</style>", "</head>", "<body>", "<main>")
        blocks = list(outline(self.report))
        closing = list(_from_the_end(blocks, Role.QUIET))
        for head, rest in _parts(blocks[: len(blocks) - len(closing)], Role.HEADING):
            if head is None:
                yield from self._blocks(rest)
            else:
                yield from ("<section>", f"<h2{self.own}>{_safe(head.text)}</h2>")
                yield from self._section(rest)
                yield "</section>"
        yield from self._notes()
        yield "</main>"
        yield from self._foot(closing)
        yield from ("</body>", "</html>")

    def _section(self, blocks: list[Block]) -> Iterator[str]:
        """Yield what stands below a heading: its own blocks, and an article for each recommendation."""
        for title, rest in _parts(blocks, Role.TITLE):
            if title is None:
                yield from self._blocks(rest)
                continue
            yield "<article>"
            yield f'<h3><span class="number">{_safe(title.label)}</span> {_safe(title.text)}</h3>'
            yield from self._blocks(rest)
            if not self.report.recommendations[int(title.label) - 1].closing:
                yield self._went()
            yield "</article>"

    def _blocks(self, blocks: Iterable[Block]) -> Iterator[str]:
        for listed, some in groupby(blocks, lambda block: _LISTS.get(block.role, "")):
            if listed:
                yield f"<{listed}>"
                for item in _items(some):
                    yield f"<li>{item[0]}{self._details(item[1])}</li>"
                yield f"</{listed}>"
            else:
                yield from map(self._block, some)

    def _block(self, block: Block) -> str:
        text = _safe(block.text)
        match block.role:
            case Role.ALARM:
                return f'<h1 class="alarm"{self.own}>{text}</h1>'
            case Role.HEADLINE:
                return f"<h1{self.own}>{text}</h1>"
            case Role.LEAD:
                return f'<p class="lead"{self.own}>{text}</p>'
            case Role.NOTE | Role.SOURCE:
                small = ' class="source"' if block.role is Role.SOURCE else ""
                return f"<p{small}><b{self.own}>{_safe(block.label)}:</b> {text}</p>"
            case Role.QUIET:
                return f'<p class="source">{text}</p>'
            case _:
                urgent = ' class="tell"' if self.report.outcome.stops else ""
                return f"<p{urgent}>{text}</p>"

    def _details(self, details: list[Block]) -> str:
        return "".join(
            f'<p class="detail"><b{self.own}>{_safe(block.label)}:</b> {_safe(block.text)}</p>' for block in details
        )

    def _went(self) -> str:
        boxes = " ".join(f'<label><input type="checkbox"> {how}</label>' for how in (BETTER, SAME, WORSE))
        return f'<p class="went"{self.own}>When you have tried it: {boxes}</p>'

    def _notes(self) -> Iterator[str]:
        yield f'<section class="notes"><h2{self.own}>Notes</h2>'
        yield from ['<div class="line"></div>'] * _LINES
        yield "</section>"

    def _foot(self, closing: list[Block]) -> Iterator[str]:
        made = self.cover.made
        day = f"{made.day} {_MONTHS[made.month - 1]} {made.year}"
        yield "<footer>"
        yield from map(self._block, closing)
        yield f'<p class="source"{self.own}>Made on <time datetime="{made.isoformat()}">{day}</time> by unstuck, '
        yield f"with the rules “{_safe(self.cover.title)}”, version {_safe(self.report.version)}.</p>"
        yield "</footer>"


# --- parts of a report ------------------------------------------------------------------------------------------------

_LISTS = {Role.POINT: "ul", Role.DETAIL: "ul", Role.STEP: "ol"}


def _parts(blocks: Iterable[Block], role: Role) -> Iterator[tuple[Block | None, list[Block]]]:
    """Yield what stands before the first block of `role`, if anything, and then each such block with what follows."""
    head: Block | None = None
    rest: list[Block] = []
    for block in blocks:
        if block.role is role:
            if head or rest:
                yield head, rest
            head, rest = block, []
        else:
            rest.append(block)
    if head or rest:
        yield head, rest


def _items(blocks: Iterable[Block]) -> Iterator[tuple[str, list[Block]]]:
    """Yield each point or step as HTML, with the details that belong to it."""
    for head, details in _parts(blocks, Role.STEP):
        if head is not None:
            yield f'<label><input type="checkbox"> <span>{_safe(head.text)}</span></label>', []
        for point, rest in _parts(details, Role.POINT):
            yield (_safe(point.text) if point else ""), rest


def _from_the_end(blocks: list[Block], role: Role) -> Iterator[Block]:
    """Yield the blocks of `role` that end a report."""
    count = 0
    while count < len(blocks) and blocks[-1 - count].role is role:
        count += 1
    yield from blocks[len(blocks) - count :]


def _safe(text: str) -> str:
    """Return `text` on one line, with nothing in it that a browser could take for anything but text."""
    return html.escape(printed(text), quote=True)


# --- looks ------------------------------------------------------------------------------------------------------------

STYLE = """
:root { --ink: #111; --paper: #fff; --quiet: #444; --rule: #767676; --alarm: #a30000; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 42rem; padding: 1.25rem; color: var(--ink); background: var(--paper);
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 .5rem; padding-bottom: .2rem;
  border-bottom: 2px solid var(--ink); }
h3 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 .5rem; }
p { margin: .5rem 0; }
.alarm { color: var(--alarm); border: .3rem solid var(--alarm); padding: .75rem 1rem; font-size: 2rem; }
.tell { font-size: 1.25rem; font-weight: 600; }
.lead { font-size: 1.125rem; }
ul, ol { margin: .5rem 0; padding-left: 1.6rem; }
ol { list-style: lower-alpha; }
li { margin: .35rem 0; }
li > label { display: flex; gap: .6rem; align-items: baseline; }
input { flex: none; width: 1.15rem; height: 1.15rem; margin: 0; position: relative; top: .2rem; }
.went label { display: inline-flex; gap: .4rem; align-items: baseline; margin: 0 1rem 0 .25rem; padding: .25rem 0; }
.detail { margin: .15rem 0 0; color: var(--quiet); }
article { margin: 1rem 0; padding: .75rem 1rem; border: 1px solid var(--rule); border-radius: .4rem; }
.number { display: inline-block; min-width: 1.4em; }
.source, footer { font-size: .875rem; color: var(--quiet); }
footer { margin-top: 2rem; border-top: 1px solid var(--rule); }
.notes { display: none; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #f2f2f2; --paper: #121212; --quiet: #c4c4c4; --rule: #8c8c8c; --alarm: #ff8a80; }
}
@media print {
  @page { margin: 16mm 18mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.4; }
  h1 { font-size: 18pt; }
  h2 { font-size: 13pt; margin-top: 14pt; break-after: avoid; }
  h3 { font-size: 11.5pt; break-after: avoid; }
  .alarm { font-size: 20pt; }
  .tell { font-size: 13pt; }
  .lead { font-size: 11.5pt; }
  .source, footer { font-size: 8.5pt; }
  input { width: 11pt; height: 11pt; top: 1.5pt; }
  article, li, .notes, footer { break-inside: avoid; }
  p { orphans: 3; widows: 3; }
  .notes { display: block; }
  .line { height: 9mm; border-bottom: 1px solid var(--rule); }
}
"""


def policy() -> str:
    """Return the page's Content-Security-Policy: its own style, letter by letter, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
