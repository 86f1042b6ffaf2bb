"""What strangers may try with a pack, an answer or a path, each with what the program says.

`docs/explanation/threats.md` says what is promised; `tests/tools/fuzz` tries what nobody thought of.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language.answers import read_answers
from kb.language.loading import examine
from kb.language.packs import MOST_FILES
from kb.language.yaml_source import read
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError
from kb.report.build import build_report
from kb.terminal.console import Console, EndOfInput
from kb.text.wrapping import cut, wrapped
from tests.helpers import HEADER, kb_from, load_text, refused
from tests.small import small, small_file
from tests.tools.fuzz.promises import harmless

needs_posix = pytest.mark.skipif(os.name != "posix", reason="there is no such thing here")


def call(*arguments: str, typed: str | bytes = "") -> Result:
    return CliRunner().invoke(cli.main, arguments, input=typed, env={"COLUMNS": "80"})


def said(text: str) -> list[tuple[str, str]]:
    """Return id and message of the problems of a pack that is one text."""
    return [(problem.id, problem.message) for problem in refused(load_text, text)]


# --- packs ----------------------------------------------------------------------------------------------------------

YES_NO = "questions: {a: {ask: A?, type: yes-no}}\nsources: {B: {work: Book}}\n"
ADVICE = "recommendations: {r: {title: R, steps: [S.]}}\n"
BOMB = "limits: [&a x, &b y, *a, *a, *b, &c z]\n"


def rule(when: str, name: str = "r", then: str = "recommend: r") -> str:
    return f"  {name}: {{when: {when}, then: {{{then}}}, because: B., source: B}}\n"


def chain(length: int) -> str:
    rules = "".join(rule(f"{{finding: f{one}}}", f"r{one}", f"find: f{one + 1}") for one in range(length))
    findings = ", ".join(f"f{one}: {{title: F}}" for one in range(length + 1))
    first = rule("{a: yes}", "first", "find: f0")
    return f"{YES_NO}{ADVICE}findings: {{{findings}}}\nrules:\n{first}{rules}{rule(f'{{finding: f{length}}}')}"


CONTROL = "an invisible or forbidden character stands here (U+{}).".format
TEXTS: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("an escape", "title: a\x1b[2Jb\n", [("control-character", CONTROL("001B"))]),
    ("an escape, escaped", 'title: "a\\e[2Jb"\n', [("control-character", CONTROL("001B"))]),
    ("text turned around", "title: a\u202eb\n", [("control-character", CONTROL("202E"))]),
    ("text turned around, escaped", 'title: "a\\u2067b"\n', [("control-character", CONTROL("2067"))]),
    ("an invisible space", "title: a\u200bb\n", [("control-character", CONTROL("200B"))]),
    ("an invisible letter", "title: a\U000e0041b\n", [("control-character", CONTROL("E0041"))]),
    ("a control in a bracket that is never closed", "{\x0f", [("control-character", CONTROL("000F"))]),
    ("a control in a quote that is never closed", 'title: "\x00', [("control-character", CONTROL("0000"))]),
    ("a bomb of aliases", BOMB, [("anchor", f"a text cannot begin with “&” (“&{one}”).") for one in "abc"]),
    ("code", "title: !!python/object/apply:os.system id\n", [("anchor", "a text cannot begin with “!”")]),
    (
        "deep brackets",
        "title: " + "[" * 5_000,
        [("too-deep", "this is nested more than 40 levels deep, and no rule file is.")],
    ),
    (
        "a long list",
        f"authors: [{', '.join(map(str, range(1_001)))}]\n",
        [("too-large", "the list “authors” of pack “pack” is longer than 1,000 lines")],
    ),
    (
        "more options than anyone reads",
        f"questions: {{a: {{ask: A?, type: one, options: {{{', '.join(f'o{one}: O' for one in range(201))}}}}}}}\n",
        [("too-large", "question “a” has more than 200 options, and nobody reads so many.")],
    ),
    ("findings on findings", chain(300), [("too-deep", "the conditions of rule")]),
    (
        "a condition of many parts",
        f"{YES_NO}{ADVICE}rules:\n{rule('{all: [' + ', '.join(['{a: yes}'] * 201) + ']}')}",
        [("too-deep", "the conditions of rule “r”")],
    ),
    (
        "a number of 400 digits",
        f"questions: {{a: {{ask: A?, type: number, unit: m, at-least: {'9' * 400}}}}}\n",
        [("bad-number", "“at-least”")],
    ),
    *(
        (
            number,
            f"questions: {{a: {{ask: A?, type: number, unit: m, at-most: {number}}}}}\n",
            [("bad-number", "“at-most”")],
        )
        for number in ("1e400", "-1e400", "nan", ".inf", "1e-999999999", "0x1F", "1_000", "٣", "²")
    ),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_pack__a_trick__is_refused_in_plain_words(text: str, expected: list[tuple[str, str]]) -> None:
    problems = said(text)
    assert [(name, message[: len(begins)]) for (name, message), (_, begins) in zip(problems, expected)] == expected
    assert len(problems) == len(expected)
    assert all(harmless(message) for _, message in problems)


@pytest.mark.parametrize("length", [60, 90])
def test_pack__as_deep_as_may_be__is_asked_and_reported(length: int) -> None:
    session = Session.begin(Engine(kb_from(chain(length)))).answer("a", "yes")
    assert build_report(session).recommendations[0].id == "r"


MARKUP = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](//z) `c` </style> &lt; | # *b* {{7*7}} $(id) %n"


def marked_up() -> KnowledgeBase:
    text = MARKUP.replace("'", "")
    return kb_from(
        f"title: '{text}'\nlimits: ['{text}']\n{YES_NO}"
        f"recommendations: {{r: {{title: '{text}', steps: ['{text}'], cue: '{text}'}}}}\n"
        f"rules: {{x: {{when: {{a: yes}}, then: {{recommend: r}}, because: '{text}', source: B}}}}\n"
    )


@pytest.mark.parametrize("ending", ["html", "md"])
def test_pack__markup_in_its_texts__stays_text(ending: str, tmp_path: Path) -> None:
    from kb.terminal.interview.saving import take

    path = tmp_path / f"plan.{ending}"
    take(Session.begin(Engine(marked_up()), {"a": "yes"}), str(path), over=False)
    written = path.read_text(encoding="utf-8")
    assert "alert(1)" in written
    assert re.search(r"<script|<img" if ending == "html" else r"<script|<img|(?<!\\)\]\(", written) is None


# --- files and folders ----------------------------------------------------------------------------------------------


def folder(tmp_path: Path, count: int) -> Path:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "pack.yaml").write_text(f"{HEADER}topics: [t]\n", encoding="utf-8")
    for number in range(count):
        (pack / f"t{number}.yaml").write_bytes(b"")
    return pack


def test_pack__more_files_than_any_has__is_refused_once(tmp_path: Path) -> None:
    _, problems = examine(folder(tmp_path, MOST_FILES + 1))
    assert [problem.message for problem in problems if problem.id == "too-large"] == [
        "this pack has more than 1,000 files or folders, and none has so many."
    ]


def test_pack__more_folders_than_any_has__is_refused(tmp_path: Path) -> None:
    pack = folder(tmp_path, 0)
    for number in range(MOST_FILES + 1):
        (pack / f"d{number}").mkdir()
    _, problems = examine(pack)
    assert "too-large" in [problem.id for problem in problems]


def test_pack__all_files_together_too_large__is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.language.packs.MOST_IN_ALL", 1_000)
    pack = folder(tmp_path, 0)
    for name in ("t", "u", "v"):
        (pack / f"{name}.yaml").write_text(f"# {'x' * 600}\n", encoding="utf-8")
    _, problems = examine(pack)
    assert [problem.id for problem in problems if problem.place.path == str(pack / "pack.yaml")] == ["too-large"]


@needs_posix
@pytest.mark.parametrize(
    "call_with", [("--rules", "{}", "diagnose", "-"), ("diagnose", "{}"), ("rules", "check", "{}")]
)
@pytest.mark.parametrize("kind", ["pipe", "device", "missing", "escape"])
def test_path__that_is_no_file__is_refused_without_waiting(
    call_with: tuple[str, ...], kind: str, tmp_path: Path
) -> None:
    path = {"device": Path("/dev/zero"), "escape": tmp_path / "a\x1b[2J\u202e\n.yaml"}.get(kind, tmp_path / "f.yaml")
    if kind == "pipe":
        os.mkfifo(path)
    result = call(*(word.format(path) for word in call_with))
    assert result.exit_code == (1 if "check" in call_with and kind in ("pipe", "device") else 2)
    assert re.search(
        "pipe or a device" if kind in ("pipe", "device") else "no such file|does not exist",
        " ".join(result.stderr.split()),
    )
    harmless(result.output)


@needs_posix
@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("/dev/full.html", "cannot be written|Permission"),
        ("{}/pipe.html", "is no file that can be written"),
        ("{}/folder.html", "is no file that can be written"),
        ("{}/gone/plan.html", "there is no folder"),
        ("{}/there.html", "is there already, and stays as it is"),
        ("{}/link.html", "is there already, and stays as it is"),
        ("{}/nowhere.html", "is a link that leads nowhere"),
        ("{}/plan.sh", "does not say in which form to write"),
        ("{}/\x1b[2J\u202e.sh", "does not say in which form to write"),
        ("{}/" + "n" * 300 + ".html", "cannot be written"),
    ],
)
def test_output__onto_something_else__is_refused_and_that_stays(output: str, says: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "there.html").write_text("mine", encoding="utf-8")
    (tmp_path / "link.html").symlink_to(tmp_path / "there.html")
    (tmp_path / "nowhere.html").symlink_to(tmp_path / "elsewhere")
    if output.startswith("/dev") and os.geteuid() == 0:
        pytest.skip("this user may write anywhere")
    pack = small_file(tmp_path)
    result = call("--rules", pack, "diagnose", "-", "--output", output.format(tmp_path), typed="danger: none\n")
    assert result.exit_code == 2
    assert re.search(says, result.stderr)
    assert (tmp_path / "there.html").read_text(encoding="utf-8") == "mine"
    harmless(result.output)


# --- answers and standard input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "nan", ".nan", ".inf", "1e-999999999", "9" * 5_000, "0x1F", "٣", "½"]
)
def test_answers__a_number_that_is_none__is_refused(number: str) -> None:
    problems = refused(read_answers, read(f"hold: {number}\n", "a"), small().questions)
    assert [problem.id for problem in problems] == ["bad-number"]
    assert len(harmless(str(problems[0]))) < 300


def test_interview__a_pipe_without_end__ends(tmp_path: Path) -> None:
    result = call("--rules", small_file(tmp_path), typed="y\n" * 20_000)
    assert result.exit_code == 0
    assert result.stdout.count("report> y") < 2_001


def test_console__a_line_without_end__is_the_end_of_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        reconfigure = None

        def isatty(self) -> bool:
            return False

        def readline(self, size: int) -> str:
            return "x" * size

    endless = Endless()
    del Endless.reconfigure
    monkeypatch.setattr("sys.stdin", endless)
    with pytest.raises(EndOfInput):
        Console().read("> ")


def test_main__something_nested_deeper_than_can_be_followed__is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_packs: object) -> None:
        raise RecursionError

    monkeypatch.setattr("kb.terminal.diagnose.read_answers", lambda *_: endless(None))
    result = call("diagnose", "-")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("This is too large, or nested too deep")


# --- time -----------------------------------------------------------------------------------------------------------

SHAPES: dict[str, Callable[[int], str]] = {
    "quotes in brackets": lambda size: "a: [" + " 'a'," * size + "\nb: '\n",
    "words in brackets": lambda size: "a: [b\n  " + "a" * size + ", c: d: {\n",
    "blanks in brackets": lambda size: "a: [b\n  " + " " * size + ", c: d: {\n",
    "a word before a colon": lambda size: "a: [" + "b " * size + "! c: d\n",
    "open quotes": lambda size: 'a: "b\n' * size,
    "dashes": lambda size: "a:\n" + "- a\n" * size + "b\n  c: d\n",
    "colons": lambda size: "a: " * size,
    "remarks": lambda size: "a: b " + "#b " * size,
    "a text in lines": lambda size: "a: b\n" + "  b #c\n" * size + "\nc\n - d\n",
    "authors": lambda size: f"authors: [{','.join(map(str, range(size)))}]\n",
    "screens": lambda size: f"safety-screens: [{','.join(f'q{one}' for one in range(size))}]\n",
    "topics": lambda size: f"topics: [{','.join(f'q{one}' for one in range(size))}]\n",
    "extends": lambda size: f"extends: [{','.join(f'q{one}' for one in range(size))}]\n",
    "answers of a rule": lambda size: (
        YES_NO + ADVICE + "rules:\n" + rule(f"{{a: [{','.join(f'x{one}' for one in range(size))}]}}")
    ),
    "unknown names": lambda size: "\n".join(f"k{one}: v" for one in range(size)),
}


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes to compute, the quickest of three times."""
    taken = []
    for _ in range(3):
        before = time.process_time()
        work()
        taken.append(time.process_time() - before)
    return min(taken)


def loaded(text: str) -> None:
    with contextlib.suppress(KbError):
        load_text(text)


@pytest.mark.parametrize("shape", SHAPES)
def test_load__eight_times_as_much_of_one_shape__takes_no_square_of_the_time(shape: str) -> None:
    small_text, large_text = SHAPES[shape](1_500), SHAPES[shape](12_000)
    loaded(small_text)
    assert seconds(lambda: loaded(large_text)) < 30 * max(seconds(lambda: loaded(small_text)), 0.002)


@pytest.mark.parametrize("text", ["a", "\u0301", "名", "a ", "\u0301 "], ids=ascii)
def test_wrapping__eight_times_as_much__takes_no_square_of_the_time(text: str) -> None:
    def laid_out(size: int) -> None:
        cut(text * size, 40)
        list(wrapped(text * size, 40))

    assert seconds(lambda: laid_out(40_000)) < 30 * max(seconds(lambda: laid_out(5_000)), 0.002)


def test_read__what_breaks_off__is_never_taken_for_a_whole_file() -> None:
    for text in ("{\x0f", "[\u202e", 'a: "\x00', "a: '\u200b\nb: c", "{\U000e0041", "a: [\x1e\nb: c\n"):
        document = read(text, "f")
        assert document.broken
        assert [problem.id for problem in document.problems] == ["control-character"]
