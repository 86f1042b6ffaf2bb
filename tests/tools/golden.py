"""Compare what two checkouts say to the same few thousand calls, byte for byte.

    python tests/tools/golden.py OLD NEW [--part N]

OLD and NEW are checkouts. The calls are made from the rules and the faulty packs of OLD: every command in every format,
every case and random answers through `diagnose`, scripted interviews with and without a journal, the guided practice,
and the workbench on every faulty pack. With `--part N` only every N-th call is made. What a clock or a folder decides
is made alike before comparing. Each difference is shown; exit code 1 if there is one.

This file runs itself once in each checkout, as `python golden.py --calls FILE`, with that checkout's modules.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HEALTHY = ("none", "none")  # none of the signs on either safety screen
ANSWERS = ("1", "2", "3", "4", "5", "yes", "no", "none", "unsure", "2?", "1 2", "1:30", "2", "nonsense", "")
ASIDES = ("?", "why", "how", "review", "back", "change 3", "change 1", "help", "show", "why-not")
AT_THE_REPORT = (
    "how 1",
    "how",
    "why-not lean",
    "show 1",
    "show",
    "review",
    "better",
    "same",
    "worse",
    "try",
    "skip",
    "felt",
    "1",
)


def conversation(chance: random.Random, length: int = 45) -> str:
    """Return what someone types who answers anything, asks a little, and stays after the report."""
    lines = list(HEALTHY) if chance.random() < 0.7 else [chance.choice(ANSWERS)]
    for _ in range(length):
        lines.append(chance.choice(ASIDES) if chance.random() < 0.2 else chance.choice(ANSWERS))
        if chance.random() < 0.1:
            lines.append(chance.choice(AT_THE_REPORT))
    lines += [chance.choice(AT_THE_REPORT) for _ in range(6)]
    return "".join(f"{line}\n" for line in [*lines, "quit"][: chance.randrange(8, 60)])


def calls(old: Path) -> list[dict[str, Any]]:  # noqa: C901 - one loop after another
    """Return the calls: arguments, what is typed, and files to be laid before; those that name a `home` share it."""
    import yaml

    made: list[dict[str, Any]] = []

    def call(*arguments: str, typed: str = "", home: str = "", **files: str) -> None:
        made.append({"call": list(arguments), "typed": typed, "home": home, "files": files})

    questions: dict[str, Any] = {}
    sections: dict[str, list[str]] = {}
    cases = []
    for file in sorted((old / "rules" / "hamstrings").rglob("*.yaml")):
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
        questions |= read.get("questions") or {}
        for section in ("questions", "findings", "recommendations", "referrals", "rules", "sources"):
            sections.setdefault(section, []).extend(read.get(section) or ())
        cases += read.get("cases") or []
    chance = random.Random(20261130)
    for case in cases:
        for form in ("text", "json", "markdown"):
            call("diagnose", "-", "--format", form, typed=json.dumps(case["answers"], default=str))
    for _ in range(300):
        answers = {}
        for name in chance.sample(list(questions), chance.randrange(1, len(questions))):
            options = [*(questions[name].get("options") or ("yes", "no")), "unsure"]
            answers[name] = chance.choice(options)
        call("diagnose", "-", "--format", chance.choice(["text", "json"]), typed=json.dumps(answers, default=str))
    for number in range(700):
        call("--no-journal", typed=conversation(random.Random(number)))
    for number in range(120):
        home, chance = f"home-{number}", random.Random(10_000 + number)
        call(typed=conversation(chance), home=home)
        call(*chance.choice([["resume"], ["resume", "1"], []]), typed=conversation(chance), home=home)
        call("journal", home=home)
        call("journal", "show", "1", home=home)
        call("practice", typed="n\nnone\nnone\n\n\nquit\n", home=home)
        call("journal", *chance.choice([["compare"], ["compare", "1", "2"], ["export", "-"], ["--words"]]), home=home)
    for section in sections.values():
        for name in section:
            call("rules", "show", name)
    for name in sections["recommendations"]:
        call("rules", "why-not", name, "answers.yaml", **{"answers.yaml": "pose: dandasana-wall\nlow-back: rounded\n"})
        call("practice", name)
    for pack in sorted((old / "tests" / "broken").glob("*/*")) + sorted((old / "tests" / "unbroken").glob("*")):
        at = pack.as_posix()
        call("rules", "check", at)
        call("rules", "test", at)
        call("rules", "check", at, "--format", chance.choice(["json", "sarif", "github"]))
        call("rules", "list", at)
    wrists = (old / "docs" / "tutorial" / "wrists").as_posix()
    for pack in ("hamstrings", wrists):
        for arguments in (
            ["list"],
            ["graph"],
            ["graph", "--format", "dot"],
            ["schema"],
            ["check"],
            ["test", "--coverage"],
        ):
            call("rules", *arguments[:1], pack, *arguments[1:])
    call("rules", "diff", "hamstrings", wrists)
    for arguments in (
        [],
        ["rules"],
        ["journal"],
        *([name] for name in ("interview", "resume", "practice", "diagnose")),
    ):
        call(*arguments, "--help")
    for name in ("check", "test", "new", "list", "show", "why-not", "graph", "schema", "diff"):
        call("rules", name, "--help")
    return made


def say(file: Path) -> None:
    """Make the calls in `file` with the modules on the path, and print what each said, a line of JSON for each."""
    import cli

    base = Path.cwd()
    for number, one in enumerate(json.loads(file.read_text(encoding="utf-8"))):
        folder = base / (one["home"] or "alone")
        if not one["home"]:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        os.chdir(folder)
        os.environ["HOME"] = str(folder)
        for name, text in one["files"].items():
            Path(name).write_text(text, encoding="utf-8")
        out, code = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), None
        sys.stdin = io.TextIOWrapper(io.BytesIO(one["typed"].encode()), encoding="utf-8")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                cli.main(one["call"])
            except SystemExit as end:
                code = end.code
            except BaseException as error:  # what must never be seen is compared too
                out.write(f"RAISED {error!r}")
            out.flush()
        out.seek(0)
        print(json.dumps({"number": number, "code": code, "said": alike(out.read(), str(base))}), flush=True)


_TIMES = re.compile(
    r"\b\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z)?)?|\b\d{1,2}:\d\d(:\d\d)?(?= \(|\)| UTC)|"
    r"\d\d:\d\d(?= +\S)|\d\d? [A-Z][a-z]+, \d\d:\d\d|\b\d+ \w+ 20\d\d\b|\d+ seconds? ago|\d+\.\d+ s\b"
)


def alike(text: str, base: str) -> str:
    """Return `text` without what the clock or the folder decides."""
    return _TIMES.sub("TIME", text.replace(base, "BASE"))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("old", nargs="?", type=Path)
    parser.add_argument("new", nargs="?", type=Path)
    parser.add_argument("--part", type=int, default=1)
    parser.add_argument("--calls", type=Path)
    options = parser.parse_args()
    if options.calls:
        say(options.calls)
        return 0
    old, new = options.old.resolve(), options.new.resolve()
    made = calls(old)
    shared = [one for one in made if one["home"]]
    made = [one for one in made if not one["home"]][:: options.part] + shared[: len(shared) // options.part]
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "calls.json"
        listed.write_text(json.dumps(made), encoding="utf-8")
        running = []
        for number, checkout in enumerate((old, new)):
            at = Path(folder, str(number), "work")
            at.mkdir(parents=True)
            environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(checkout), "PYTHONHASHSEED": "0"}
            environment |= {"UNSTUCK_NO_CACHE": "1", "COLUMNS": "80", "TZ": "UTC", "LANG": "C.UTF-8"}
            command = [sys.executable, "-P", __file__, "--calls", str(listed)]
            with Path(folder, f"said-{number}").open("wb") as said:
                running.append(subprocess.Popen(command, cwd=at, env=environment, stdout=said))
        if any(each.wait() for each in running):
            return 2
        before, after = (Path(folder, f"said-{number}").read_text(encoding="utf-8").splitlines() for number in (0, 1))
    differing = 0
    for one, was, now in zip(made, map(json.loads, before), map(json.loads, after), strict=True):
        was["said"] = was["said"].replace(str(old), "CHECKOUT")
        now["said"] = now["said"].replace(str(new), "CHECKOUT").replace(str(old), "CHECKOUT")
        if was != now:
            differing += 1
            print(f"=== unstuck {' '.join(one['call'])} (exit code {was['code']}, {now['code']})")
            print(f"typed {one['typed'][:300]!r}")
            lines = difflib.unified_diff(
                was["said"].splitlines(), now["said"].splitlines(), "old", "new", n=1, lineterm=""
            )
            print("\n".join(list(lines)[:40]))
    print(f"{len(made)} calls, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
