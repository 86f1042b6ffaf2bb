"""The page to take along: what stands in it, and that whatever is in a report stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.knowledge import Outcome
from kb.report.build import (
    Citation,
    OpenQuestion,
    Report,
    ReportedFinding,
    ReportedRecommendation,
    ReportedReferral,
    Withheld,
    build_report,
)
from kb.report.html import Cover, to_html
from kb.report.layout import outline
from kb.text.wrapping import printed, unprintable

COVER = Cover("Hamstrings", "en", date(2026, 3, 9))
VOID = {"meta", "input"}
ELEMENTS = {*("html", "head", "meta", "title", "style", "body", "main", "section", "article", "footer", "div")}
ELEMENTS |= {*("h1", "h2", "h3", "p", "ul", "ol", "li", "b", "span", "label", "input", "time")}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "type", "datetime"}


class Read(HTMLParser):
    """A page as a browser reads it: its elements, each with its text, and whether all that opens is closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.other: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], data.strip()))

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    handle_pi = unknown_decl = handle_comment

    def of(self, *tags: str) -> list[str]:
        return [text for tag, text in self.texts if tag in tags]

    @property
    def text(self) -> str:
        return " ".join(text for tag, text in self.texts if tag not in ("style", "title"))


def report_of(**answers: object) -> Report:
    kb = load(cases=False)
    return build_report(Session.begin(Engine(kb), {name.replace("_", "-"): answer for name, answer in answers.items()}))


FINE = {"danger_signs": ("none",), "health_conditions": ("none",), "pose": "dandasana-wall", "low_back": "rounded"}


def test_page__of_advice__has_headings_boxes_and_sources() -> None:
    report = report_of(**FINE)
    page = to_html(report, COVER)
    read = Read(page)
    steps = [
        printed(step)
        for each in report.recommendations
        for step in (*each.steps, *(f"{part.title}: {' '.join(part.steps)}" for part in each.covers))
    ]
    assert read.of("h1") == ["Here is what to do so far"]
    assert "Step by step" in read.of("h2")
    assert [text for tag, text in read.texts if tag == "h3"] == [each.title for each in report.recommendations]
    assert [text for text in read.of("span") if not text.isdigit()] == steps
    to_correct = [each for each in report.recommendations if not each.closing]
    assert read.elements.count("input") == len(steps) + 3 * len(to_correct)
    assert (
        read.texts[-1] == ("p", "by unstuck, with the rules “Hamstrings”, version 1.0.0.")
        or "9 March 2026" in read.text
    )
    assert all(limit in read.text for limit in report.limits)
    assert report.credit in read.text


@pytest.mark.parametrize(
    ("answers", "first"),
    [
        ({"danger_signs": ("leg-clot",)}, "STOP: get medical advice today"),
        ({"danger_signs": ("cauda-equina",)}, "STOP: get emergency help now"),
    ],
)
def test_page__that_stops__begins_with_the_stop_and_has_nothing_to_tick(answers: dict[str, object], first: str) -> None:
    report = report_of(**answers, pose="dandasana-wall", low_back="rounded")
    read = Read(to_html(report, COVER))
    assert read.text.startswith(f"{first} {printed(report.referrals[0].tell)}")
    assert ("class", "alarm") in read.attributes
    assert not {"input", "h3", "article", "ol"} & {*read.elements}
    kb = load(cases=False)
    assert [each.title for each in kb.recommendations.values() if each.title in read.text] == []


def test_page__anything_that_a_browser_could_fetch_or_run__is_not_there() -> None:
    page = to_html(report_of(**FINE), COVER)
    read = Read(page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert ("content", policy) in read.attributes
    assert {*read.elements} <= ELEMENTS
    assert {name for name, _ in read.attributes} <= ATTRIBUTES
    assert not re.search(r"https?:|url\(|@import|//", page)
    assert page.index("<meta charset") < 1024
    assert page.index("Content-Security-Policy") < page.index("<style>")


@pytest.mark.parametrize(
    ("language", "whole", "own"),
    [
        ("en", "en", False),
        ("en-GB", "en-GB", False),
        ("de", "de", True),
        ('x" onload="y', "en", False),
        ("", "en", False),
    ],
)
def test_page__language__is_that_of_the_pack_and_the_programs_words_are_marked(
    language: str, whole: str, own: bool
) -> None:
    read = Read(to_html(report_of(**FINE), COVER._replace(language=language)))
    assert read.attributes[0] == ("lang", whole)
    assert (("lang", "en") in read.attributes[1:]) is own


def test_page__of_a_report__says_all_that_its_text_says() -> None:
    for answers in (FINE, {**FINE, "low_back": "unsure"}, {"danger_signs": ("leg-clot",)}, {}):
        report = report_of(**answers)
        said = Read(to_html(report, COVER)).text
        assert [block.text for block in outline(report) if printed(block.text) not in said] == []


# --- any text in any field stays text ---------------------------------------------------------------------------------

MARKUP = ("<script>alert(1)</script>", "</style><b>", '" onclick="x', "'><img src=x>", "<!--", "-->", "]]>", "</main>")
MARKUP += ("&lt;", "&#60;", "&amp", "<?php")
HIDDEN = ("\u202eabc", "\x1b[2J", "\x00", "\u2028", "\ud800", "\ufeff", "\u200d")
NASTY = st.sampled_from(MARKUP + HIDDEN)
TEXT = st.lists(st.text(st.characters(), max_size=8) | NASTY, min_size=1, max_size=4).map("".join)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
CITED = st.lists(st.builds(Citation, TEXT, TEXT), max_size=2).map(tuple)


def several(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


REPORTS = st.builds(
    Report,
    pack=TEXT,
    version=TEXT,
    outcome=st.sampled_from(Outcome),
    findings=several(st.builds(ReportedFinding, TEXT, TEXT, TEXT, TEXTS)),
    recommendations=several(
        st.builds(
            ReportedRecommendation,
            *(TEXT, TEXT, TEXTS, TEXT, TEXT, TEXT, TEXTS, CITED, TEXTS, st.booleans(), st.booleans()),
        )
    ),
    withheld=several(st.builds(Withheld, TEXT, TEXT, TEXT)),
    referrals=several(
        st.builds(
            ReportedReferral,
            *(TEXT, st.sampled_from(["stop-today", "stop-emergency", "gently"]), TEXT, TEXTS, CITED),
        )
    ),
    open_questions=several(st.builds(OpenQuestion, TEXT, TEXT, TEXT)),
    unsure=several(st.builds(OpenQuestion, TEXT, TEXT, TEXT)),
    answers=st.just({}),
    stop_signs=TEXT,
    limits=TEXTS,
    credit=TEXT,
)


@pytest.mark.law
@given(REPORTS, TEXT, TEXT)
def test_page__whatever_the_texts__keeps_them_texts(report: Report, title: str, language: str) -> None:
    page = to_html(report, Cover(title, language, COVER.made))
    read = Read(page)
    assert read.open == []
    assert read.other == []
    assert {*read.elements} <= ELEMENTS
    assert {name for name, _ in read.attributes} <= ATTRIBUTES
    assert [line for line in page.split("\n") if unprintable(line)] == []
    page.encode()
    plain = Read(to_html(harmless(report), Cover("x", "en", COVER.made)))
    if [block.role for block in outline(report)] == [block.role for block in outline(harmless(report))]:
        assert read.elements == plain.elements, "texts never become markup"
    said = "".join(read.text.split())
    assert [block.text for block in outline(report) if "".join(printed(block.text).split()) not in said] == []


def harmless(report: Report) -> Report:
    """Return a report of the same shape, with a letter for every text that holds anything."""

    def letter(value: object) -> object:
        if isinstance(value, Outcome | bool) or value in ("stop-today", "stop-emergency", "gently"):
            return value
        if isinstance(value, str):
            return "x" if value else ""
        if isinstance(value, tuple):
            return tuple(map(letter, value))
        if isinstance(value, dict):
            return value
        return msgspec.structs.replace(
            value, **{name: letter(each) for name, each in msgspec.structs.asdict(value).items()}
        )

    return letter(report)
