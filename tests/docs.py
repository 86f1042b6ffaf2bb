"""What the documentation shows, taken apart so that tests can hold it to the program.

    python tests/docs.py    write anew what the program can write: the blocks between `start` and `end` marks, and the
                            sessions, as far as what stayed in them tells what has taken the place of what

The language of a fenced block says what it is:

    yaml             a part of a pack; all such parts of a page make one pack, which loads and whose cases pass
    yaml answers     answers to the shipped questions
    … file=NAME      a file, complete in itself, that the sessions of the page can use
    … faulty         the same, but meant to be refused
    console          what a terminal shows, to be replayed. A line `[...]` stands for lines left out; a block without
                     a line `$ …` goes on with the session of the block before it
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cli import main  # noqa: E402
from kb.answers import read_answers  # noqa: E402
from kb.engine import Engine  # noqa: E402
from kb.loading import load, load_text  # noqa: E402
from kb.parts import SECTIONS  # noqa: E402
from kb.report import build_report, to_json  # noqa: E402
from kb.session import Session  # noqa: E402

WIDTH = 72
LEFT_OUT = "[...]"


# --- pages and their blocks -------------------------------------------------------------------------------------------


class Block(NamedTuple):
    """A fenced block: its language, the words behind it, the text, and the line where it begins."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def file(self) -> str:
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), "")


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    lines = page.read_text(encoding="utf-8").splitlines()
    begun: tuple[str, int] | None = None
    for number, line in enumerate(lines, start=1):
        fence = re.fullmatch(r"```(.*)", line)
        if fence and begun is None:
            begun = (fence[1], number)
        elif fence and begun:
            language, *words = begun[0].split() or [""]
            yield Block(language, tuple(words), "".join(f"{each}\n" for each in lines[begun[1] : number - 1]), begun[1])
            begun = None
    assert begun is None, f"{page}: a block is never closed"


def pack_parts(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language == "yaml" and not block.words]


def joined(parts: list[Block]) -> str:
    """Return the parts of a pack as one text: what stands under one name in several of them, under it once."""
    bodies: dict[str, list[str]] = {}
    for part in parts:
        name = ""
        for line in part.text.splitlines():
            head = re.match(r"([a-z-]+):", line)
            if head is None:
                bodies.setdefault(name, []).append(line)
                continue
            name = head[1]
            assert name in SECTIONS or name not in bodies, f"line {part.line}: {name} stands in two blocks"
            bodies.setdefault(name, [line])
    return "\n".join(line for body in bodies.values() for line in body) + "\n"


# --- sessions ---------------------------------------------------------------------------------------------------------


class Piece(NamedTuple):
    """Lines of a page that stand together in a session, without blank ones at the edges, and the place of the first."""

    lines: list[str]
    line: int


class Run(NamedTuple):
    """A command, what was typed into it, and the pieces of its output that the page shows."""

    command: str
    typed: list[str]
    pieces: list[Piece]
    line: int


_PROMPT = re.compile(r"(?:report)?>(?: (.*))?")


def runs(page: Path) -> list[Run]:
    found: list[Run] = []
    for block in blocks(page):
        if block.language != "console":
            continue
        piece: Piece | None = None
        for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
            if line.startswith("$ "):
                found.append(Run(line.removeprefix("$ "), [], [], number))
            if line.startswith("$ ") or line == LEFT_OUT:
                piece = None
                continue
            if piece is None and line:
                piece = Piece([], number)
                found[-1].pieces.append(piece)
            if piece is not None:
                piece.lines.append(line)
            if prompt := _PROMPT.fullmatch(line):
                found[-1].typed.append(prompt[1] or "")
    for piece in (piece for run in found for piece in run.pieces):
        while not piece.lines[-1]:
            piece.lines.pop()
    return found


def replay(page: Path) -> Iterator[tuple[Run, int, list[str]]]:
    """Yield every run of a page, with the exit code and the lines that really come out."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for block in blocks(page):
            if block.file:
                (folder / block.file).write_text(block.text, encoding="utf-8")
        program = folder / ".bin" / "unstuck"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        environment = {
            **os.environ,
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": place,
            "COLUMNS": str(WIDTH),
            "NO_COLOR": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        code = 0
        for run in runs(page):
            if run.command == "echo $?":
                yield run, 0, [str(code)]
                continue
            ended = subprocess.run(
                ["/bin/sh", "-c", run.command],
                input="".join(f"{line}\n" for line in run.typed) if run.typed else None,
                stdin=None if run.typed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                cwd=folder,
                env=environment,
                timeout=120,
            )
            code = ended.returncode
            yield run, code, ended.stdout.splitlines()


def first_untrue(pieces: list[Piece], real: list[str]) -> Piece | None:
    """Return the first piece that does not come in its place, or None."""
    position = 0
    for piece in pieces:
        while real[position : position + len(piece.lines)] != piece.lines:
            position += 1
            if position + len(piece.lines) > len(real):
                return piece
        position += len(piece.lines)
    return None


def refreshed(pieces: list[Piece], real: list[str]) -> Iterator[tuple[Piece, list[str]]]:
    """Yield the pieces with the lines that stand in their places now, as far as lines that stayed tell the place."""
    old = [line for piece in pieces for line in piece.lines]
    now: dict[int, int] = {}
    for match in difflib.SequenceMatcher(None, old, real, autojunk=False).get_matching_blocks():
        now |= {match.a + step: match.b + step for step in range(match.size) if old[match.a + step]}
    first = position = 0
    for piece in pieces:
        last = first + len(piece.lines) - 1
        kept = [number for number in range(first, last + 1) if number in now]
        if kept:
            start = max(position, now[kept[0]] - (kept[0] - first))
            position = min(len(real), now[kept[-1]] + (last - kept[-1]) + 1)
            yield piece, "\n".join(real[start:position]).strip("\n").split("\n")
        first = last + 1


# --- what the program writes into pages -------------------------------------------------------------------------------


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
        premises = " and ".join(f"{premise.cell} is {' or '.join(premise.values)}" for premise in each.premises)
        concluded = ", ".join(f"{cell} {value}" for cell, value in each.concludes)
        lines.append(f"{each.position}  {premises}\n     => {concluded}\n")
    return f"```text\n{''.join(lines)}```\n"


def json_example() -> str:
    page = ROOT / "docs/reference/json.md"
    kb = load(cases=False)
    (answers,) = [block.text for block in blocks(page) if "answers" in block.words]
    session = Session.begin(Engine(kb), read_answers(answers, name_of(page), kb.questions))
    return f"```json\n{to_json(build_report(session))}```\n"


GENERATED = {
    ("docs/reference/cli.md", "help"): help_texts,
    ("docs/reference/json.md", "example"): json_example,
    ("docs/explanation/inference.md", "productions"): productions,
}


def marked(text: str, mark: str) -> re.Match[str]:
    found = re.search(rf"(?<=<!-- {mark}:start -->\n)(.*?)(?=<!-- {mark}:end -->)", text, re.DOTALL)
    assert found is not None, f"no block is marked {mark}"
    return found


def rewrite() -> None:
    for (path, mark), written in GENERATED.items():
        page = ROOT / path
        text = page.read_text(encoding="utf-8")
        found = marked(text, mark)
        page.write_text(f"{text[: found.start()]}\n{written()}\n{text[found.end() :]}", encoding="utf-8")
    for page in pages():
        lines = page.read_text(encoding="utf-8").splitlines()
        changes = [change for run, _, real in replay(page) for change in refreshed(run.pieces, real)]
        for piece, new in reversed(changes):
            lines[piece.line - 1 : piece.line - 1 + len(piece.lines)] = new
        page.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
