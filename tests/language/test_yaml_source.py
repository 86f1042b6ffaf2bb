"""YAML becomes plain data with places; every slip is found at the place where it was made."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kb.language.document import Document, Fields, Items
from kb.language.yaml_source import read, read_file
from kb.model.answers import Word
from kb.system.files import MOST_BYTES
from kb.text.wrapping import unprintable
from tests.helpers import places


@pytest.fixture(params=["C parser", "Python parser"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with PyYAML's fast parser and without it, as on a system that has no C part."""
    if request.param == "Python parser":
        monkeypatch.delattr(yaml, "CBaseLoader", raising=False)


# --- data and places ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (
            "a: yes\nb: no\nc: 010\nd: 1:30\ne: 2024-05-01\n",
            {"a": "yes", "b": "no", "c": "010", "d": "1:30", "e": "2024-05-01"},
        ),
        ("yes: 'no'\n", {"yes": "no"}),
        ("{a: b?, c: d?e, f: [g?, “h?”]}\n", {"a": "b?", "c": "d?e", "f": ["g?", "“h?”"]}),
        ("a: >-\n  one\n  two\nb: |\n  one\n  two\n", {"a": "one two", "b": "one\ntwo\n"}),
        ("a: one\n  two\n", {"a": "one two"}),
        ("a: [x, {y: z}]\n", {"a": ["x", {"y": "z"}]}),
        ("- a\n- b\n", ["a", "b"]),
        ("a:\n- b\n-\n  c: d\n", {"a": ["b", {"c": "d"}]}),
        ("\ufeffa: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a: b\rc: d\r", {"a": "b", "c": "d"}),
        ('{"a":"b","c":[1,2.50]}', {"a": "b", "c": ["1", "2.50"]}),
        ('{\n\t"a": "b"\n}\n', {"a": "b"}),
        ("a: b # a remark\n#another\n", {"a": "b"}),
        ("a: one #1\n", {"a": "one"}),
        ("a: 'side #1'\nb: side#1\n", {"a": "side #1", "b": "side#1"}),
        ("a: one\ttwo\n", {"a": "one two"}),
        ("# \ttabs in a remark\n\t# or before it\na: b\n", {"a": "b"}),
        ("a: -1\nb: l'été\nc: – dash\n", {"a": "-1", "b": "l'été", "c": "– dash"}),
        ("---\na: b\n", {"a": "b"}),
        (
            "a:\nb: ~\nc: true\nd: FALSE\ne: null\nf: ''\n",
            {"a": "", "b": "~", "c": "true", "d": "FALSE", "e": "null", "f": ""},
        ),
    ],
)
@pytest.mark.usefixtures("parser")
def test_read__plain_yaml__is_text_lists_and_fields(text: str, data: object) -> None:
    document = read(text, "f.yaml")
    assert document.problems == []
    assert document.root == data
    assert not document.broken


def test_read__what_yaml_takes_for_something_else__is_kept_apart_from_text() -> None:
    root = read("a: true\nb: 'true'\nc:\nd: ''\n", "f.yaml").root
    assert isinstance(root, Fields)
    assert [type(root[name]) for name in "abcd"] == [Word, str, Word, str]
    assert [root[name].says_nothing for name in "ac"] == [False, True]


@pytest.mark.usefixtures("parser")
def test_read__any_value__knows_its_place() -> None:
    document = read("a:\n  b: [x,  y]\n  'c':   text\n  d:\n", "f.yaml")
    root = document.root
    assert isinstance(root, Fields)
    inner = root["a"]

    def where(at: int) -> str:
        return str(document.location(at))

    assert where(root.key_at["a"]) == "f.yaml:1:1"
    assert where(root.value_at["a"]) == where(inner.at) == "f.yaml:2:3"
    assert [where(at) for at in inner["b"].item_at] == ["f.yaml:2:7", "f.yaml:2:11"]
    assert (where(inner.key_at["c"]), where(inner.value_at["c"])) == ("f.yaml:3:3", "f.yaml:3:10")
    assert where(inner.value_at["d"]) == "f.yaml:4:3"


# --- slips ----------------------------------------------------------------------------------------------------------

SLIPS = [
    # a colon without its space: the parser stops on the next line, or reads one text
    ("r:\n  a:\n    ask:What is it\n    type: one\n", [("syntax", 3, 8)]),
    ("r:\n  a:\n    type: one\n    ask:What is it\n", [("syntax", 4, 8)]),
    ("r:\n  a:\n    type: one\n    ask:What is it\n    hint: x\n", [("syntax", 4, 8)]),
    ("r:\n  a:\n    type: one\n  b:x\n  c:\n    type: one\n", [("syntax", 4, 4)]),
    ("r:\n  a:\n    type: one\n    ask :What\n    hint: x\n", [("syntax", 4, 9)]),
    ("a: {b:c, d: e}\n", [("syntax", 1, 6)]),
    # no colon at all
    ("r:\n  a:\n    type: one\n    ask What is it\n    hint: x\n", [("syntax", 4, 5)]),
    ("r:\n  a\n    type: one\n", [("syntax", 2, 3)]),
    ("r:\n  z:\n    type: one\n  a\n    type: one\n", [("syntax", 4, 3)]),
    ("a: b\nfoo\nbar: d\n", [("syntax", 2, 1)]),
    ("r:\n  : c\n", [("syntax", 2, 3)]),
    # quotes
    ('r:\n  a:\n    ask: "What is it\n    type: one\n', [("syntax", 3, 10)]),
    ('r:\n  a:\n    ask: "What is it\n    type: one\n  b:\n    ask: "foo"\n', [("syntax", 3, 10)]),
    ("r:\n  a:\n    ask: 'twas so\n    type: one\n", [("syntax", 3, 10)]),
    ("r:\n  a:\n    ask: 'don't do it'\n", [("syntax", 3, 15)]),
    ('r:\n  a:\n    ask: "He said "no" to me"\n', [("syntax", 3, 20)]),
    ('a: "foo" bar\n', [("syntax", 1, 10)]),
    ('a: "C:\\people"\n', [("syntax", 1, 7)]),
    # tabs
    ("r:\n\ta:\n\t\task: x\n", [("tab", 2, 1)]),
    ("r:\n  a:\n    ask: x\n    \ttype: y\n", [("tab", 4, 5)]),
    ("r:\n  a: >-\n\tfoo\n", [("tab", 3, 1)]),
    # indentation
    ("r:\n  a:\n    ask: x\n      type: y\n", [("syntax", 4, 7)]),
    ("r:\n  a:\n    ask: x\n   type: y\n", [("syntax", 4, 4)]),
    ("r:\n  a:\n    ask: x\n b:\n    ask: y\n", [("syntax", 4, 2)]),
    ("r:\n  a: text\n    b: c\n", [("syntax", 3, 5)]),
    ("r:\n  a:\n     ask: x\n    type: y\n    hint: z\n", [("syntax", 3, 6)]),
    ("r:\n a:\n    ask: x\n    type: y\n  b:\n    ask: x\n  c:\n    ask: x\n", [("syntax", 2, 2)]),
    ("  r:\n    a: b\nfoo: bar\n", [("syntax", 1, 3)]),
    ("r:\n  a:\n    ask: >-\n    foo bar\n    type: x\n", [("syntax", 4, 5)]),
    ("r:\n  a:\n    ask: >-\n      foo bar\n    baz\n    type: x\n", [("syntax", 5, 5)]),
    # dashes
    ("r:\n  a:\n    ask: x\n    - type: y\n", [("syntax", 4, 5)]),
    ("r:\n  a:\n    - ask: x\n    type: y\n", [("syntax", 3, 5)]),
    ("cases:\n  - id: a\n  title: y\n", [("syntax", 3, 3)]),
    ("t:\n  - a\n  -b\n  - c\n", [("syntax", 3, 3)]),
    ("t:\n  -a\n  -b\n", [("syntax", 2, 3)]),
    ("t:\n  - a\n - c\n", [("syntax", 3, 2)]),
    ("t:\n  - a\n    - b\n  - c\n", [("syntax", 3, 5)]),
    ("ask: - a\n", [("syntax", 1, 6)]),
    # a colon inside a text
    ("r:\n  a:\n    ask: Note: this\n", [("syntax", 3, 14)]),
    ("r:\n  a:\n    because: first line\n      Note: this\n    type: x\n", [("syntax", 4, 11)]),
    ("steps:\n  - Do: this\n  - do that: now: x\n", [("syntax", 3, 17)]),
    ("steps:\n  - do a\n    and b: c\n", [("syntax", 3, 10)]),
    # a text that begins with a character of YAML's own
    *[(f"r:\n  a:\n    ask: {text}\n    type: x\n", [("syntax", 3, 10)]) for text in (
        "*gently* press", "* gently", "& press", "% press", "@ press", "`press`", "[sic] press", "{x} press",
        "> 5 minutes", "| 5 minutes", "? 5 minutes",
    )],
    *[(f"r:\n  a:\n    ask: {text}\n    type: x\n", [("anchor", 3, 10)]) for text in (
        "*gently", "*gently press", "&foo press", "!press x", "! press x",
    )],
    ("a: &x b\nc: *x\n", [("anchor", 1, 4)]),
    ("a: &x {b: c}\nd:\n  <<: *x\n", [("anchor", 1, 4)]),
    ("d:\n  <<: {b: c}\n", [("anchor", 2, 3)]),
    ("a: [x, *y*]\n", [("syntax", 1, 8)]),
    ("a: [x, @y]\n", [("syntax", 1, 8)]),
    ("[*", [("syntax", 1, 2)]),
    ("%YAML 9.0\n---\na: b\n", [("syntax", 1, 1)]),
    # brackets
    ("r:\n  a:\n    ask: [left, right\n    type: x\n", [("syntax", 3, 10)]),
    ("r:\n  a:\n    when: {a: b, c: d\n    type: x\n", [("syntax", 3, 11)]),
    ("r:\n  a:\n    when: {a: b\n", [("syntax", 3, 11)]),
    ("a: {b: [c, d}\n", [("syntax", 1, 8)]),
    ("a: {b: c d: e}\n", [("syntax", 1, 10)]),
    ("o: {a: x,\n    b: y\n    c: z}\n", [("syntax", 3, 5)]),
    ("a: {b: c}}\n", [("syntax", 1, 10)]),
    ("a: {b: c,, d: e}\n", [("syntax", 1, 10)]),
    ("{a: b}: c\n", [("wrong-shape", 1, 1)]),
    # a text cut off
    ("a: which side #1?\nb: c\n", [("cut-text", 1, 15)]),
    ("a: which side #1 is\n  it\nb: c\n", [("cut-text", 1, 15)]),
    # the same name twice, two documents
    ("a: b\nc: d\na: e\n", [("duplicate-key", 3, 1)]),
    ("a: b\nc: d\na: e\nc: f\ng: h\na: i\n", [("duplicate-key", 3, 1), ("duplicate-key", 6, 1)]),
    ("r:\n  a: {b: c, b: d}\n  a: {}\n", [("duplicate-key", 2, 13), ("duplicate-key", 3, 3)]),
    ("a: b\n---\nc: d\n", [("several-documents", 2, 1)]),
    ("a: b\n...\nc: d\n", [("several-documents", 3, 1)]),
    # characters
    ("a: b\x1b[31m\n", [("control-character", 1, 5)]),
    ("a: b\u200bc\nd: \u202ee\n", [("control-character", 1, 5), ("control-character", 2, 4)]),
    ("a\u00ad: b\n", [("control-character", 1, 2)]),
    ('a: "\\e[31m"\n', [("control-character", 1, 4)]),
    ('a: "b\\U000e0181"\n', [("control-character", 1, 4)]),
    ("a: b\U000e0181\n", [("control-character", 1, 5)]),
    ("a:\n\u00a0 b: c\n", [("control-character", 2, 1)]),
    # nothing, and too much
    ("", [("empty-file", 0, 0)]),
    ("# only a remark\n\n", [("empty-file", 0, 0)]),
    ("[" * 1_000, [("too-deep", 1, 41)]),
    ("a: " + "[" * 45 + "`", [("too-deep", 1, 43)]),
    ("a: " + "{b: " * 45 + "}", [("too-deep", 1, 160)]),
    ("a: b c #d\ne:\n- " + "[" * 1_000, [("cut-text", 1, 8), ("too-deep", 3, 41)]),
    ("[\n" * 45, [("too-deep", 41, 1)]),
    ("".join(" " * level + "a:\n" for level in range(1_000)), [("too-deep", 41, 41)]),
    ("a" * (MOST_BYTES + 1), [("too-large", 0, 0)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SLIPS)
@pytest.mark.usefixtures("parser")
def test_read__a_slip__is_reported_once_where_it_was_made(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert places(read(text, "f.yaml").problems) == expected


def test_read__a_slip_in_one_item__keeps_what_stands_before_it() -> None:
    document = read("r:\n  a: {b: c}\n  d: [e\n  f: {g: h}\n", "f.yaml")
    assert document.broken
    assert document.root == {"r": {"a": {"b": "c"}}}
    assert {"a", "b", "d", "f", "g"} <= document.words()


def test_read__more_faults_than_anyone_mends__stops_listing_them() -> None:
    problems = read("- &a b\n" * 500, "f.yaml").problems
    assert len(problems) == 101
    assert problems[-1].id == "too-many-problems"


def test_read__nonsense_of_the_size_limit__is_refused_in_reasonable_time() -> None:
    started = time.process_time()
    for nonsense in ("[", "- ", "a", "\x00", '"a', "a #b\n", "\t"):
        assert read((nonsense * MOST_BYTES)[:MOST_BYTES], "f.yaml").problems or nonsense == "a"
    assert time.process_time() - started < 10


# --- files ----------------------------------------------------------------------------------------------------------


def _problem(document: Document) -> list[tuple[str, int, int]]:
    assert all(problem.place.path == document.path for problem in document.problems)
    return places(document.problems)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: \xff\n", [("not-utf8", 1, 4)]),
        (b"a: b\nc: d\xe9\n", [("not-utf8", 2, 5)]),
        ("a: b\n".encode("utf-16"), [("not-utf8", 1, 1)]),
        (b"", [("empty-file", 0, 0)]),
        (b"\xef\xbb\xbfa: b\r\n", []),
        (b"\x00" * 100, [("control-character", 1, 1)]),
    ],
)
def test_read_file__bytes__are_read_or_refused(
    tmp_path: Path, data: bytes, expected: list[tuple[str, int, int]]
) -> None:
    (tmp_path / "f.yaml").write_bytes(data)
    assert _problem(read_file(tmp_path / "f.yaml")) == expected


def test_read_file__fifty_megabytes__are_refused_at_once(tmp_path: Path) -> None:
    with (tmp_path / "f.yaml").open("wb") as file:
        file.truncate(50_000_000)
    started = time.monotonic()
    assert _problem(read_file(tmp_path / "f.yaml")) == [("too-large", 0, 0)]
    assert time.monotonic() - started < 0.5


def test_read_file__nothing_there_or_no_name_of_a_file__is_said(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").touch()
    assert _problem(read_file(tmp_path / "g.yaml")) == [("missing-file", 0, 0)]
    assert _problem(read_file(tmp_path / "f.yaml" / "g.yaml")) == [("missing-file", 0, 0)]
    assert _problem(read_file("a\0b")) == [("unreadable", 0, 0)]
    assert _problem(read_file("a" * 5_000)) == [("unreadable", 0, 0)]


def test_read_file__a_folder__is_no_file(tmp_path: Path) -> None:
    assert _problem(read_file(tmp_path)) == [("not-a-file", 0, 0)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_read_file__a_pipe_or_a_device__is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "f.yaml")
    assert _problem(read_file(tmp_path / "f.yaml")) == [("not-a-file", 0, 0)]
    assert _problem(read_file("/dev/zero")) == [("not-a-file", 0, 0)]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read everything")
def test_read_file__no_permission__is_said(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").touch(mode=0)
    assert _problem(read_file(tmp_path / "f.yaml")) == [("unreadable", 0, 0)]


def test_read_file__a_link_to_itself__is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").symlink_to(tmp_path / "f.yaml")
    assert _problem(read_file(tmp_path / "f.yaml")) == [("unreadable", 0, 0)]


# --- whatever comes -------------------------------------------------------------------------------------------------

ALPHABET = st.sampled_from("ab:- \n\t'\"[]{},#&*!|>%@`?~\\0\x1b\u200b\u2028é\ud800")
ANYTHING = st.one_of(st.text(max_size=80), st.text(ALPHABET, max_size=60))


@given(ANYTHING)
@example('a: "\\UFFFFFFFF"')
@example('a: "\\ud800"')
@example("a: !<\n")
@example("? ")
def test_read__any_text__gives_a_document_that_a_terminal_may_see(text: str) -> None:
    document = read(text, "f.yaml")
    for problem in document.problems:
        assert unprintable(str(problem)) is None
        assert problem.place.line <= text.count("\n") + text.count("\r") + 1
    for scalar in _texts(document.root):
        assert unprintable(scalar.replace("\n", "")) is None


@given(ANYTHING)
@example('a: "\\UFFFFFFFF"')
def test_read__any_text_without_the_fast_parser__gives_a_document(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CBaseLoader", raising=False)
        read(text, "f.yaml")


def test_read__the_broken_packs_without_the_fast_parser__show_the_same_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((Path(__file__).parent.parent / "broken").rglob("*.yaml"))
    shown = [places(read_file(file).problems) for file in files]
    monkeypatch.delattr(yaml, "CBaseLoader")
    assert {file: places(read_file(file).problems) for file in files} == dict(zip(files, shown))
    assert sum(map(bool, shown)) > 60


class Impatient(yaml.BaseLoader):
    """A parser of another day: it looks a whole line ahead, has a limit of its own, and words of its own."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.lines = text.split("\n")

    def get_event(self) -> yaml.Event:
        event = super().get_event()
        line = self.lines[event.start_mark.line] if isinstance(event, yaml.SequenceStartEvent) else ""
        if line.count("[") > 20 and event.flow_style:
            end = yaml.Mark("", 0, event.start_mark.line, line.rindex("[") + 1, None, None)
            raise yaml.MarkedYAMLError("while doing this", end, "that was met", end)
        return event


@pytest.mark.parametrize(("text", "expected"), [row for row in SLIPS if row[1][-1][0] == "too-deep"])
def test_read__a_parser_that_looks_ahead_and_gives_up__too_deep_is_still_ours_to_say(
    text: str, expected: list[tuple[str, int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml, "CBaseLoader", Impatient)
    assert places(read(text, "f.yaml").problems) == expected


@given(st.binary(max_size=200))
def test_read_file__any_bytes__give_a_document(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    document = read_file(path)
    assert document.problems or document.root is not None


def _texts(value: object) -> list[str]:
    if isinstance(value, Fields):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, Items):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
