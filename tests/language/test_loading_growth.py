"""What loading costs: the work grows as the packs do, whatever is wrong with them, and leaves nothing switched off."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from kb.language import fields
from kb.language.loading import examine, load
from kb.model.problems import KnowledgeBaseError
from tests.helpers import load_text

SIZE = 150
HEADER = "pack: {}\ntitle: A pack\nversion: '1'\nlimits: [It is no advice.]\n"


def base(count: int, asks: Callable[[int], str] = lambda number: f"q{number}: yes") -> str:
    """Return a pack of so many items of each kind; `asks` is the line of each rule."""
    sections = {
        "questions": "{ask: Is it?, type: yes-no}",
        "findings": "{title: It is}",
        "recommendations": "{title: Try, steps: [Do it.]}",
    }
    lines = ["sources: {s: {work: A book}}"]
    for section, body in sections.items():
        lines += [f"{section}:", *(f"  {section[0]}{number}: {body}" for number in range(count))]
    lines.append("rules:")
    for number in range(count):
        then = f"then: {{find: f{number}, recommend: r{number}}}, because: It is so., source: s"
        lines.append(f"  u{number}: {{when: {{{asks(number)}}}, {then}}}")
    return HEADER.format("base") + "\n".join([*lines, ""])


def changing(words: str, count: int, section: str, stem: str) -> str:
    """Return the header of a pack that changes so many items of the base."""
    names = ", ".join(f"{stem}{number}" for number in range(count))
    return HEADER.format("studio") + f"extends: base\n{words}:\n  {section}: [{names}]\n"


def in_place(count: int) -> str:
    rules = (f"  u{n}: {{when: {{q{n}: no}}, then: {{find: f{n}}}, because: Ours., source: s}}\n" for n in range(count))
    return "".join([changing("in-place-of", count, "rules", "u"), "rules:\n", *rules])


PACKS: dict[str, Callable[[int], tuple[str, ...]]] = {
    "sound": lambda count: (base(count),),
    "a chain of findings": lambda count: (base(count, lambda n: f"finding: f{n + 1}" if n < count - 1 else "q1: yes"),),
    "circles": lambda count: (base(count, lambda n: f"finding: f{n ^ 1}"),),
    "rules replaced": lambda count: (base(count), in_place(count)),
    "rules left out": lambda count: (base(count), changing("leaves-out", count, "rules", "u")),
    "questions left out": lambda count: (base(count), changing("leaves-out", count, "questions", "q")),
}


def lines_run(work: Callable[[], Any]) -> int:
    """Return how many lines of Python run: a measure of work that no busy machine disturbs."""
    ran = 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal ran
        ran += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return ran


@pytest.mark.parametrize("name", PACKS)
def test_load__twice_as_large__takes_about_twice_the_work(name: str, tmp_path: Path) -> None:
    work = []
    for count in (SIZE, SIZE, 2 * SIZE):  # the first run is not counted: what is imported on the way is work too
        paths = [tmp_path / f"{count}-{number}.yaml" for number in range(len(PACKS[name](1)))]
        for path, text in zip(paths, PACKS[name](count)):
            path.write_text(text, encoding="utf-8")
        work.append(lines_run(lambda paths=paths: examine(*paths)))
    assert work[2] / work[1] < 2.1


def test_load__more_unknown_names_than_anyone_mistypes__are_not_all_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def nearest(word: str, known: Any) -> str | None:
        compared.append(word)
        return None

    monkeypatch.setattr(fields, "nearest", nearest)
    topics = [f"t{number}" for number in range(8)]
    (tmp_path / "pack.yaml").write_text(HEADER.format("many") + f"topics: [{', '.join(topics)}]\n", encoding="utf-8")
    for topic in topics:
        rules = (
            f"  {topic}-{n}: {{when: {{{topic}-q{n}: yes, gone: yes}}, then: {{find: f}}, because: B., source: s}}\n"
            for n in range(30)
        )
        (tmp_path / f"{topic}.yaml").write_text("".join(["rules:\n", *rules]), encoding="utf-8")
    with pytest.raises(KnowledgeBaseError) as refusal:
        load(tmp_path)
    unknown = {problem.message.split("”")[0] for problem in refusal.value.problems if "unknown" in problem.id}
    assert len(compared) == len(set(compared))  # a word that stands in many places is looked for once
    assert len(compared) <= 500
    assert {"no question is called “gone", "no question is called “t7-q0"} <= unknown


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("text", ["rules: {}", "rules: {a: }", "rules: ["])
def test_load_text__sound_or_not__leaves_the_garbage_collector_as_it_was(text: str, on: bool) -> None:
    before = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        load_text(text)
    except KnowledgeBaseError:
        pass
    finally:
        after = gc.isenabled()
        (gc.enable if before else gc.disable)()
    assert after is on
