"""What the documentation says that the program can say itself, so that tests can hold the one to the other.

    python tests/tools/docs.py    write anew what the program can write: the blocks between `start` and `end` marks, and
                                  the sessions, as far as what stayed in them tells what took the place of what

What the blocks of a page mean is said in `tests/tools/pages.py`.
"""

from __future__ import annotations

import contextlib
import difflib
import itertools
import os
import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from cli import main  # noqa: E402
from kb import __version__  # noqa: E402
from kb.inference.engine import Engine  # noqa: E402
from kb.interview.session import Session  # noqa: E402
from kb.language import catalogue  # noqa: E402
from kb.language.answers import read_answers  # noqa: E402
from kb.language.loading import load  # noqa: E402
from kb.language.yaml_source import read  # noqa: E402
from kb.model.kinds import Anomaly, Kind  # noqa: E402
from kb.report.build import build_report, to_json  # noqa: E402
from kb.terminal.manual import manual  # noqa: E402
from kb.workbench import checks  # noqa: E402
from tests.helpers import load_text, written  # noqa: E402
from tests.tools.inventory import taught_table  # noqa: E402
from tests.tools.man_page import as_roff  # noqa: E402
from tests.tools.pages import (  # noqa: E402
    LEFT_OUT,
    RESULT,
    TUTORIAL,
    WIDTH,
    blocks,
    joined,
    name_of,
    pack_parts,
    pages,
    refreshed,
    replay,
    replay_in,
)


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Context, click.Command]]:
    """Yield a command and all below it, each with the context in which it is called."""
    yield context, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            settings = inner.context_settings
            yield from commands(inner, click.Context(inner, parent=context, info_name=name, **settings))


def every_command() -> list[tuple[click.Context, click.Command]]:
    root = click.Context(main, info_name="unstuck", terminal_width=80, **main.context_settings)
    return list(commands(main, root))


def help_texts() -> str:
    return "\n".join(
        f"## `{context.command_path}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
        for context, command in every_command()
    )


def productions() -> str:
    """Return the productions of the example in the page on inference, one a line."""
    kb = load_text(joined(pack_parts(ROOT / "docs/explanation/inference.md")))
    lines = []
    for each in Engine(kb).productions:
        premises = " and ".join(f"{premise.variable} is {' or '.join(premise.values)}" for premise in each.premises)
        concluded = ", ".join(f"{variable} {value}" for variable, value in each.concludes)
        lines.append(f"{each.position}  {premises}\n     => {concluded}\n")
    return f"```text\n{''.join(lines)}```\n"


def json_example() -> str:
    page = ROOT / "docs/reference/json.md"
    kb = load(cases=False)
    (answers,) = [block.text for block in blocks(page) if "answers" in block.words]
    session = Session.begin(Engine(kb), read_answers(read(answers, name_of(page)), kb.questions))
    return f"```json\n{to_json(build_report(session))}```\n"


FAMILIES = {
    Anomaly.WRITING: "What cannot be read as it stands.",
    Anomaly.REDUNDANCY: "What could be left out, and nobody would be told anything else.",
    Anomaly.AMBIVALENCE: "What says one thing and its opposite.",
    Anomaly.CIRCULARITY: "What rests on itself.",
    Anomaly.DEFICIENCY: "What is missing, or comes out otherwise than it was meant.",
}
KINDS = (*catalogue.KINDS, *checks.KINDS)


def kinds_described() -> str:
    """Return the index of all kinds of problems, family by family, and then each kind in full."""
    parts = []
    for family, says in FAMILIES.items():
        rows = [
            f"| [`{kind.id}`](#{kind.id}) | {kind.title.rstrip('.')} | {kind.severity.value} |\n"
            for kind in KINDS
            if kind.anomaly is family
        ]
        head = "| id | means | severity |\n|---|---|---|\n"
        parts.append(f"## {family.value.capitalize()}\n\n{says}\n\n{head}{''.join(rows)}")
    return "\n".join([*parts, "## Each of them\n", *map(kind_described, KINDS)])


def kind_described(kind: Kind) -> str:
    """Return what stands of a kind of problem: what it is, why it matters, an example, and what mends it."""
    parts = [
        f"### {kind.id}\n",
        f"{kind.title.rstrip('.')} · {kind.anomaly.value} · {kind.severity.value}\n",
        textwrap.fill(kind.why, 120, break_long_words=False, break_on_hyphens=False) + "\n",
    ]
    if "# file: " in kind.faulty:
        parts.append("The example is a folder, `example`; a line `# file: …` begins each of its files.\n")
    if kind.faulty:
        faulty, sound = (text.splitlines(keepends=True) for text in (kind.faulty, kind.sound))
        changes = [line for line in difflib.ndiff(faulty, sound) if line[0] in "+-"]
        parts += [
            f"```yaml example\n{kind.faulty}```\n",
            f"What is said of it:\n\n```text\n{said_of(kind)}```\n",
            f"What mends it:\n\n```diff\n{''.join(changes)}```\n",
        ]
    return "\n".join(parts)


def said_of(kind: Kind) -> str:
    """Return the command that finds the problem of a faulty example, and what it writes, without other problems."""
    runner = CliRunner(env={"COLUMNS": str(WIDTH), "NO_COLOR": "1", "UNSTUCK_CONFIG": "", "UNSTUCK_RULES": ""})
    with tempfile.TemporaryDirectory() as place, inside(place):
        path = written(kind.faulty, Path()).as_posix()
        call = ["rules", "test" if kind.id == "failing-case" else "check", path]
        output = runner.invoke(main, call).output
    blocks = re.findall(r"^\S.*\n(?:[ ].*\n)*", output, re.MULTILINE)
    shown = [
        block if f"  {kind.id}: " in block or not re.match(r"\S+  [a-z-]+: ", block) else f"{LEFT_OUT}\n"
        for block in blocks
    ]
    return "".join([f"$ unstuck {' '.join(call)}\n", *(line for line, _ in itertools.groupby(shown))])


@contextlib.contextmanager
def inside(folder: str) -> Iterator[None]:
    """Work in `folder` for a while, so that paths are as short as a reader's."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def man_page() -> str:
    """Return the manual as `docs/unstuck.1` has it, which the wheel brings along."""
    root = click.Context(main, info_name="unstuck", **main.context_settings)
    return "".join(f"{line}\n" for line in as_roff(manual(root), __version__))


GENERATED = {
    ("docs/reference/problems.md", "kinds"): kinds_described,
    ("docs/reference/cli.md", "help"): help_texts,
    ("docs/reference/json.md", "example"): json_example,
    ("docs/explanation/inference.md", "productions"): productions,
    ("docs/reference/inventory.md", "taught"): taught_table,
}


def marked(text: str, mark: str) -> re.Match[str]:
    found = re.search(rf"(?<=<!-- {mark}:start -->\n)(.*?)(?=<!-- {mark}:end -->)", text, re.DOTALL)
    assert found is not None, f"no block is marked {mark}"
    return found


def rewrite() -> None:
    rewrite_result()
    (ROOT / "docs/unstuck.1").write_text(man_page(), encoding="utf-8")
    for (path, mark), generate in GENERATED.items():
        page = ROOT / path
        text = page.read_text(encoding="utf-8")
        found = marked(text, mark)
        page.write_text(f"{text[: found.start()]}\n{generate()}\n{text[found.end() :]}", encoding="utf-8")
    for page in pages():
        lines = page.read_text(encoding="utf-8").splitlines()
        changes = [change for run, _, real in replay(page) for change in refreshed(run.pieces, real)]
        for piece, new in reversed(changes):
            lines[piece.line - 1 : piece.line - 1 + len(piece.lines)] = new
        page.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def rewrite_result() -> None:
    """Let the pack beside the tutorial be what the tutorial ends with."""
    with tempfile.TemporaryDirectory() as place:
        for _ in replay_in(Path(place), TUTORIAL):
            pass
        shutil.rmtree(RESULT, ignore_errors=True)
        shutil.copytree(Path(place) / RESULT.name, RESULT)


if __name__ == "__main__":
    rewrite()
