"""The documentation cannot drift: what it shows is loaded, replayed and compared with the program."""

from __future__ import annotations

import os
import re
import shutil
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.inference.engine import Engine
from kb.language import conditions, items, packs
from kb.language.answers import read_answers
from kb.language.loading import load
from kb.language.yaml_source import read
from kb.model.knowledge import Outcome
from kb.model.problems import KbError
from kb.workbench.cases.replay import replay as replay_case
from tests.__main__ import LONG
from tests.helpers import load_text
from tests.tools.docs import GENERATED, every_command, marked
from tests.tools.pages import ROOT, Block, blocks, first_untrue, joined, name_of, pack_parts, pages, replay, runs

PAGES = [pytest.param(page, id=name_of(page)) for page in pages()]


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


# --- the command line and other generated parts -----------------------------------------------------------------------


@pytest.mark.parametrize(("path", "mark"), GENERATED)
def test_generated_block__compared__is_what_the_program_says(path: str, mark: str) -> None:
    shown = marked(text_of(path), mark)[0]
    assert shown == f"\n{GENERATED[path, mark]()}\n", "run: python tests/tools/docs.py"


def test_cli_reference__every_command_and_option__is_there() -> None:
    reference = text_of("docs/reference/cli.md")
    missing = [
        (context.command_path, option)
        for context, command in every_command()
        for parameter in command.get_params(context)
        for option in (context.command_path, *parameter.opts)
        if parameter.param_type_name == "option" and not re.search(rf"{re.escape(option)}\b", reference)
    ]
    assert missing == []


# --- packs, answers, sessions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in PAGES if pack_parts(page.values[0])])
def test_yaml_blocks__of_a_page__are_one_pack_whose_cases_pass(page: Path) -> None:
    kb = load_text(joined(pack_parts(page)), name_of(page))
    assert [failure for case in kb.cases for failure in replay_case(Engine(kb), case).failures] == []


FILES = [
    pytest.param(block, id=f"{name_of(page)}:{block.line}")
    for page in pages()
    for block in blocks(page)
    if block.language in ("yaml", "json") and block.words and not {"example", "part", "foreign"} & {*block.words}
]


@pytest.mark.parametrize("block", FILES)
def test_block__that_is_a_file__is_read_or_refused_as_it_says(block: Block) -> None:
    def taken() -> object:
        if re.search(r"^pack:", block.text, re.MULTILINE):
            return load_text(block.text)
        return read_answers(read(block.text, block.file), load(cases=False).questions)

    if "faulty" in block.words:
        with pytest.raises(KbError):
            taken()
    else:
        assert taken()


@pytest.mark.skipif(os.name == "nt", reason="the sessions are those of a POSIX shell")
@pytest.mark.parametrize("page", [page for page in PAGES if runs(page.values[0])])
def test_sessions__replayed__show_what_the_page_shows(page: Path) -> None:
    for run, _, real in replay(page):
        untrue = first_untrue(run.pieces, real)
        where = f"{name_of(page)}:{run.line}: $ {run.command}"
        assert untrue is None, "\n".join([where, "shows:", *untrue.lines, "", "but this comes:", *real])


def test_readme__transcript__is_a_whole_session() -> None:
    shown = marked(text_of("README.md"), "transcript")[0]
    assert shown.startswith("\n```console\n$ unstuck\n")
    (run, code, real) = next(iter(replay(ROOT / "README.md")))
    prompts = [line for line in real if re.fullmatch(r"(report)?>( .*)?", line)]
    assert (code, len(prompts)) == (0, len(run.typed)), "every answer typed is shown, and nothing was asked besides"


# --- the pack language ------------------------------------------------------------------------------------------------

SHAPES = {
    "header": packs.HEADER,
    "rule": items.RULE,
    "then": items.THEN,
    "case": items.CASE,
    "expect": items.EXPECT,
    "bounds": conditions.BOUNDS,
    **items.SHAPES,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_pack_language__every_key__is_described(shape: str) -> None:
    reference = text_of("docs/reference/pack-language.md")
    assert [key for key in SHAPES[shape].parts if f"`{key}`" not in reference] == []


@pytest.mark.parametrize("word", [*conditions.CONDITION_WORDS, *(outcome.value for outcome in Outcome)])
def test_reference__words_of_conditions_and_outcomes__are_described(word: str) -> None:
    assert f"`{word}" in text_of("docs/reference/pack-language.md") + text_of("docs/reference/json.md")


# --- commands for a fresh machine -------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("sed"), reason="the system has no sed")
@pytest.mark.parametrize("section", ["Develop", "Install and run"])
def test_ci__each_command_it_runs__is_the_one_of_the_readme_word_for_word(section: str) -> None:
    function = re.search(r"^command_in_readme\(\) \{.*?^\}$", text_of(".ci/run"), re.DOTALL | re.MULTILINE)
    assert function
    call = f'{function[0]}\ncommand_in_readme "{section}"'
    [command] = subprocess.run(["bash", "-c", call], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    assert command in text_of("README.md").splitlines()
    assert command.startswith("python3 -m venv .venv && ")
    assert section in text_of(".ci/run").replace(function[0], "")


def test_readme__command_that_tests__installs_from_the_lock_alone() -> None:
    command = next(line for line in text_of("README.md").splitlines() if line.endswith("-m tests"))
    _, *installing, testing = command.split(" && ")
    assert testing == ".venv/bin/python -m tests"
    assert [words.split("pip install ")[1] for words in installing] == [
        "-r .ci/build.txt",
        "--no-build-isolation -r .ci/requirements.txt",
        "--no-build-isolation -e .",
    ]


def test_fast_tests__what_they_leave_out__is_there() -> None:
    assert [one for one in LONG if not (ROOT / "tests" / one).exists()] == []


def test_readme__commands__name_what_is_there() -> None:
    readme = text_of("README.md")
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/unstuck\n" in readme
    assert (ROOT / "tests/__main__.py").is_file()
    assert os.name == "nt" or os.access(ROOT / ".ci/run", os.X_OK)


# --- links ------------------------------------------------------------------------------------------------------------


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file and the heading that each link of a page leads to."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:", target):
            path, _, heading = target.partition("#")
            yield ((page.parent / path).resolve() if path else page), heading


def headings(page: Path) -> set[str]:
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    kept = string.ascii_lowercase + string.digits + "-_ "
    return {
        "".join(character for character in heading.lower() if character in kept).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    }


@pytest.mark.parametrize("page", PAGES)
def test_links__of_a_page__lead_somewhere(page: Path) -> None:
    broken = [
        (str(target), heading)
        for target, heading in links(page)
        if not target.exists() or (heading and heading not in headings(target))
    ]
    assert broken == []


def test_index__followed__reaches_every_page() -> None:
    index = ROOT / "docs/index.md"
    reached = {target for target, _ in links(index)} - {index}
    assert [name_of(page) for page in (ROOT / "docs").rglob("*.md") if page not in reached] == ["docs/index.md"]
    assert index in {target for target, _ in links(ROOT / "README.md")}


def test_contributing__house__shows_every_room_and_no_other() -> None:
    house = re.search(r"^```text\ncli.py.*?^```$", text_of("docs/contributing.md"), re.DOTALL | re.MULTILINE)
    assert house
    rooms = re.findall(r"^  (\w+)/", house[0], re.MULTILINE)
    contract = re.findall(r'^    "kb\.(\w+)",$', text_of("pyproject.toml"), re.MULTILINE)
    assert rooms == contract
    assert sorted(rooms) == sorted(path.name for path in (ROOT / "kb").iterdir() if (path / "__init__.py").exists())


@pytest.mark.parametrize("page", PAGES)
def test_names__of_files_and_tests_on_a_page__exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    files = re.findall(r"`((?:kb|tests|rules|docs)/[\w./-]+?)/?`", text)
    assert [name for name in files if not (ROOT / name).exists()] == []
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    tests = re.findall(r"\b(test_\w+__\w+)", text)
    assert [name for name in tests if f"def {name}(" not in code and "circumstance" not in name] == []
