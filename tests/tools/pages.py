"""Pages of the documentation, taken apart: their blocks, and the sessions in them, which can be replayed.

The language of a fenced block says what it is:

    yaml             a part of a pack; all such parts of a page make one pack, which loads and whose cases pass
    yaml answers     answers to the shipped questions
    … file=NAME      a file, complete in itself, that the sessions of the page can use
    … faulty         the same, but meant to be refused
    … part           a file of a pack that the page builds; the sessions of the page say what is wrong with it
    diff file=NAME   a change of such a file: lines with a minus go, lines with a plus come, the others show the place
    yaml foreign     a file of another program
    yaml example     the example of a kind of problem, which `test_kinds.py` holds to what it says
    console          what a terminal shows, to be replayed. A line `[...]` stands for lines left out; a block without
                     a line `$ …` goes on with the session of the block before it

Files, changes and sessions take their turn as they stand on the page. A how-to and a page of reference find a copy of
what the tutorial for teachers ends with in the folder `wrists`.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kb.language.fields import SECTIONS

ROOT = Path(__file__).resolve().parent.parent.parent
TUTORIAL = ROOT / "docs/tutorial/first-rule.md"
RESULT = ROOT / "docs/tutorial/wrists"
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


class Paragraph(NamedTuple):
    """Lines of a page that stand together in a session, without blank ones at the edges, and the place of the first."""

    lines: list[str]
    line: int


class Run(NamedTuple):
    """A command, what was typed into it, and the pieces of its output that the page shows."""

    command: str
    typed: list[str]
    pieces: list[Paragraph]
    line: int


_PROMPT = re.compile(r"(?:[a-z-]+|.*\[y/n\])?>(?: (.*))?")


def runs(page: Path) -> list[Run]:
    return [step for step in steps(page) if isinstance(step, Run)]


def steps(page: Path) -> list[Block | Run]:
    """Return the files, changes of files and runs of a page, in their order."""
    done: list[Block | Run] = []
    found: list[Run] = []
    for block in blocks(page):
        if block.file:
            done.append(block)
        if block.language != "console":
            continue
        piece: Paragraph | None = None
        for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
            if line.startswith("$ "):
                found.append(Run(line.removeprefix("$ "), [], [], number))
                done.append(found[-1])
            if line.startswith("$ ") or line == LEFT_OUT:
                piece = None
                continue
            if piece is None and line:
                piece = Paragraph([], number)
                found[-1].pieces.append(piece)
            if piece is not None:
                piece.lines.append(line)
            if prompt := _PROMPT.fullmatch(line):
                found[-1].typed.append(prompt[1] or "")
    for piece in (piece for run in found for piece in run.pieces):
        while not piece.lines[-1]:
            piece.lines.pop()
    return done


def put(block: Block, folder: Path) -> None:
    """Write the file of a block into `folder`, or make the change that it shows."""
    path = folder / block.file
    text = block.text
    if block.language == "diff":
        lines = block.text.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line[0] in signs) for signs in ("- ", "+ "))
        before = path.read_text(encoding="utf-8")
        assert before.count(old) == 1, f"line {block.line}: {block.file} does not hold this once:\n{old}"
        text = before.replace(old, new)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def replay(page: Path) -> Iterator[tuple[Run, int, list[str]]]:
    """Yield every run of a page, with the exit code and the lines that really come out."""
    with tempfile.TemporaryDirectory() as place:
        yield from replay_in(Path(place), page)


def replay_in(folder: Path, page: Path) -> Iterator[tuple[Run, int, list[str]]]:
    """Do in `folder` what a page says, and yield every run with the exit code and the lines that really come out."""
    with tempfile.TemporaryDirectory() as place:
        if page.parent.name in ("how-to", "reference"):
            shutil.copytree(RESULT, folder / RESULT.name)
        program = Path(place) / "unstuck"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "cli.py"}" "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        environment = {
            **os.environ,
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": place,
            "COLUMNS": str(WIDTH),
            "NO_COLOR": "1",
            "PYTHONIOENCODING": "utf-8",
            "UNSTUCK_CONFIG": "",
            "UNSTUCK_NO_JOURNAL": "1",
        }
        code = 0
        for run in steps(page):
            if isinstance(run, Block):
                put(run, folder)
                continue
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


def first_untrue(pieces: list[Paragraph], real: list[str]) -> Paragraph | None:
    """Return the first piece that does not come in its place, or None."""
    position = 0
    for piece in pieces:
        while real[position : position + len(piece.lines)] != piece.lines:
            position += 1
            if position + len(piece.lines) > len(real):
                return piece
        position += len(piece.lines)
    return None


def refreshed(pieces: list[Paragraph], real: list[str]) -> Iterator[tuple[Paragraph, list[str]]]:
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
