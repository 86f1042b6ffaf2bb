"""What is put into a file stands at its place, and everything else stays byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.yaml_source import read
from kb.workbench.authoring.yaml_editing import Insertion, alone, inserted
from kb.workbench.authoring.yaml_text import fields_text, inline
from tests.helpers import refused

RULE = Insertion(
    ("rules",), "b", {"when": {"pose": "x"}, "then": {"find": "f"}, "because": "It is so.", "source": "A1"}
)
RULE_TEXT = """\
  b:
    when: {pose: x}
    then: {find: f}
    because: It is so.
    source: A1
"""


@pytest.mark.parametrize(
    ("text", "entry", "expected"),
    [
        pytest.param(
            "rules:\n\n  a: {when: {}}\n\n\n# --- findings\n\nfindings:\n  f: {title: F}\n",
            RULE,
            f"rules:\n\n  a: {{when: {{}}}}\n\n{RULE_TEXT}\n\n# --- findings\n\nfindings:\n  f: {{title: F}}\n",
            id="before the next section and its remark",
        ),
        pytest.param(
            "rules:\n  a:\n    when: {}\n    # a remark on a\n  # the last of them\nfindings: {}\n",
            RULE,
            f"rules:\n  a:\n    when: {{}}\n    # a remark on a\n  # the last of them\n\n{RULE_TEXT}findings: {{}}\n",
            id="after the remarks of the section",
        ),
        pytest.param(
            "rules:\n  z: {a: b}\n  y: {a: b}\n",
            RULE,
            f"rules:\n  z: {{a: b}}\n  y: {{a: b}}\n{RULE_TEXT}",
            id="as close",
        ),
        pytest.param(
            "rules:\n  z:\n    a: b\n\n  y:\n    a: >-\n      text\n\n\n",
            RULE,
            f"rules:\n  z:\n    a: b\n\n  y:\n    a: >-\n      text\n\n{RULE_TEXT}\n\n",
            id="as far apart as the others",
        ),
        pytest.param(
            "rules:\n  a: {b: c}", RULE, f"rules:\n  a: {{b: c}}\n\n{RULE_TEXT[:-1]}", id="no last line break"
        ),
        pytest.param(
            "\ufeffrules:\r\n  a: {b: c}\r\n",
            RULE,
            "\ufeffrules:\r\n  a: {b: c}\r\n\r\n" + RULE_TEXT.replace("\n", "\r\n"),
            id="line ends and mark of Windows",
        ),
        pytest.param(
            "findings: {f: {title: F}}\n", RULE, f"findings: {{f: {{title: F}}}}\n\n\nrules:\n\n{RULE_TEXT}", id="new"
        ),
        pytest.param(
            "pack: p\n", Insertion(("topics",), "", "feet"), "pack: p\n\ntopics: [feet]\n", id="a new list of names"
        ),
        pytest.param(
            "topics: [a, b]  # in this order\n",
            Insertion(("topics",), "", "c"),
            "topics: [a, b, c]  # in this order\n",
            id="[]",
        ),
        pytest.param(
            "topics: [\n  it's,  # don't ]\n  'b, ]',\n]\nx: y\n",
            Insertion(("topics",), "", "c"),
            "topics: [\n  it's,  # don't ]\n  'b, ]', c\n]\nx: y\n",
            id="brackets over lines, with a comma at the end",
        ),
        pytest.param(
            "topics: a # one\n", Insertion(("topics",), "", "c"), "topics: [a, c] # one\n", id="one name alone"
        ),
        pytest.param('topics: "a"\n', Insertion(("topics",), "", "c"), 'topics: ["a", c]\n', id="one name in quotes"),
        pytest.param(
            "topics:\n- a\n- b\nx: y\n", Insertion(("topics",), "", "c"), "topics:\n- a\n- b\n- c\nx: y\n", id="dashes"
        ),
        pytest.param(
            'rules: {a: {b: it\'s, c: "}"}}\n',
            Insertion(("rules",), "d", {"e": ["f", "g"]}),
            'rules: {a: {b: it\'s, c: "}"}, d: {e: [f, g]}}\n',
            id="a group in brackets",
        ),
        pytest.param(
            '{"rules": {}}\n',
            Insertion(("findings",), "f", {"title": "F g"}),
            '{"rules": {}, findings: {f: {title: F g}}}\n',
            id="JSON",
        ),
        pytest.param(
            "questions:\n  q:\n    options:\n      a: A\n      none: None of these\n    hint: H\n",
            Insertion(("questions", "q", "options"), "b", "so: so", "none"),
            'questions:\n  q:\n    options:\n      a: A\n      b: "so: so"\n      none: None of these\n    hint: H\n',
            id="an option before none",
        ),
        pytest.param(
            "questions: {q: {options: {a: A, none: None of these}}}\n",
            Insertion(("questions", "q", "options"), "b", "B, or C", "none"),
            'questions: {q: {options: {a: A, b: "B, or C", none: None of these}}}\n',
            id="an option before none, in brackets",
        ),
        pytest.param(
            "questions:\n  q:\n    options:\n      a: >-\n        A\n        b\n\n    hint: H\n  r: {}\n",
            Insertion(("questions", "q", "options"), "b", "B"),
            "questions:\n  q:\n    options:\n      a: >-\n        A\n        b\n      b: B\n\n    hint: H\n  r: {}\n",
            id="an option at the end",
        ),
        pytest.param(
            "# Students.\n- id: a\n  title: A\n",
            Insertion(("cases",), "", {"id": "b", "title": "B"}),
            "# Students.\n- id: a\n  title: A\n\n- id: b\n  title: B\n",
            id="a bare list of cases",
        ),
        pytest.param(
            "cases:\n    -   id: a\n\n    -   id: c\n        x: C\nx: {}\n",
            Insertion(("cases",), "", {"id": "b", "title": "B"}),
            "cases:\n    -   id: a\n\n    -   id: c\n        x: C\n\n    - id: b\n      title: B\nx: {}\n",
            id="a list that is further in",
        ),
        pytest.param(
            "cases: [{id: a, title: A}]\n",
            Insertion(("cases",), "", {"id": "b", "title": "B"}),
            "cases: [{id: a, title: A}, {id: b, title: B}]\n",
            id="a list in brackets",
        ),
    ],
)
def test_inserted__all_ways_to_write_a_file__at_its_place_and_nothing_else_changed(
    text: str, entry: Insertion, expected: str
) -> None:
    assert inserted(text, "here", entry) == expected


def test_inserted__a_file_with_problems__refused_with_them() -> None:
    problems = refused(inserted, "rules:\n\ta: {}\nrules: {}\n", "here.yaml", RULE)
    assert [(str(problem.place), problem.id) for problem in problems] == [("here.yaml:2:1", "tab")]


@pytest.mark.parametrize(
    "text",
    ["rules:\n  a: {b: c}\n...\n# the end\n", "rules: a text\n", "- id: a\n", "rules: [a]\n", "rules:\n  b: {}\n"],
)
def test_inserted__no_place_for_it__refused(text: str) -> None:
    assert [problem.id for problem in refused(inserted, text, "here.yaml", RULE)] == ["no-place"]


def test_alone__a_file_of_its_own__the_section_and_the_entry() -> None:
    assert alone(RULE) == f"rules:\n\n{RULE_TEXT}"


# --- any file ---------------------------------------------------------------------------------------------------------

WORDS = st.text("ab ,:#'\"[]{}?-\n", max_size=12).map(str.strip).filter(bool)
VALUES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("pqrs"), inner, max_size=3)
)
REMARKS = st.sampled_from(["", "\n", "# a remark\n", "   # it's } one: too\n", "\n\n\n", "         # far in\n"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """Return a file of sections, written in lines or in brackets, with remarks in between and ends of all kinds."""
    text = draw(st.sampled_from(["", "\ufeff", "# A file.\n\n"]))
    for section in draw(st.permutations(["rules", "questions", "about", "topics"])):
        value = draw(WORDS if section == "about" else st.dictionaries(st.sampled_from("abcd"), VALUES, min_size=1))
        in_lines = fields_text({section: value})
        text += draw(st.sampled_from([in_lines, f"{section}: {inline(value)}\n"])) + draw(REMARKS)
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return text.rstrip("\r\n") if draw(st.booleans()) else text


def _is_kept(old: str, new: str) -> bool:
    """Say whether `new` is `old` with something put in at one place, a line break before the end left aside."""
    start = next((index for index, (a, b) in enumerate(zip(old, new)) if a != b), len(old))
    return any(new.endswith(old[at:]) and len(new) > len(old) for at in range(start + 1))


@pytest.mark.law
@given(files(), st.sampled_from(["rules", "questions", "findings"]), st.dictionaries(st.sampled_from("xyz"), VALUES))
def test_inserted__any_file__every_byte_is_kept_and_the_entry_is_there(text: str, section: str, value: dict) -> None:
    entry = Insertion((section,), "new", value)
    assert read(text, "").problems == []
    new = inserted(text, "here", entry)
    assert _is_kept(text, new)
    assert read(new, "").root[section]["new"] == read(f"- {inline(value)}\n", "").root[0]
