"""All that the program shows, in one go: what `tests/tools/everywhere.py` and `tests/test_determinism.py` compare.

The text of this file is run as `python -c TEXT EVERY SEED`, in a folder that `laid_out` made, by any Python that has
the program installed; so it imports nothing but the program. It takes every EVERY-th case. With SEED, answers are given
in an order of their own, and so is every folder listed.
"""

import os
import random
import sys

EVERY, SEED = int(sys.argv[1]), int(sys.argv[2])
CHANCE = random.Random(SEED)


class Shuffled:
    """A folder's entries, in another order than the system has them in."""

    def __init__(self, path=".", scan=os.scandir):
        with scan(path) as entries:
            self.entries = iter(shuffled(entries))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.entries)

    def close(self):
        self.entries = iter(())


def shuffled(things):
    things = list(things)
    CHANCE.shuffle(things)
    return things


if SEED:  # before pathlib is imported, which keeps what it finds here
    _listdir = os.listdir
    os.scandir, os.listdir = Shuffled, lambda path=".": shuffled(_listdir(path))

import io  # noqa: E402
import re  # noqa: E402
from datetime import date  # noqa: E402
from pathlib import Path  # noqa: E402

import cli  # noqa: E402
from kb.inference.engine import Engine  # noqa: E402
from kb.interview.session import Session  # noqa: E402
from kb.language.loading import load  # noqa: E402
from kb.model.knowledge import Kind  # noqa: E402
from kb.report.build import build_report, to_json  # noqa: E402
from kb.report.html import Cover, to_html  # noqa: E402
from kb.report.rendering import to_markdown  # noqa: E402
from kb.terminal.console import Console  # noqa: E402
from kb.terminal.interview.screens import report_lines  # noqa: E402

PLANS = ("plan.json", "plan.md", "plan.html")
COMMANDS = [
    ["rules", "list", "hamstrings"],
    ["--rules", "./hamstrings", "rules", "show", "low-back"],
    ["rules", "graph", "hamstrings"],
    ["rules", "schema", "hamstrings"],
    ["rules", "graph", "hamstrings", "--format", "dot"],
    ["rules", "check", "hamstrings"],
    ["rules", "test", "hamstrings", "--coverage"],
    ["rules", "diff", "hamstrings", "changed"],
]


def head(name):
    sys.stdout.flush()
    sys.stdout.buffer.write(f"\n=== {name}\n".encode())
    sys.stdout.buffer.flush()


def call(*arguments, typed="", number=""):
    """Run a command, as if it were called from a shell with `typed` on its standard input."""
    head(f"unstuck {' '.join(arguments)} {number}".rstrip())
    sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")
    try:
        cli.main(list(arguments))
    except SystemExit as end:
        sys.stderr.flush()
        print(f"exit code {end.code}", flush=True)


def reports(engine):
    """Show the report of every case in every form."""
    for case in list(engine.kb.cases)[::EVERY]:
        session = Session.begin(engine, dict(shuffled(case.answers.items()) if SEED else case.answers))
        report = build_report(session)
        head(f"case {case.id}: text")
        report_lines(Console(), session)
        sys.stdout.flush()
        page = to_html(report, Cover("A plan", "en", date(2026, 1, 2)))
        for form, text in (("json", to_json(report)), ("markdown", to_markdown(report)), ("page", page)):
            head(f"case {case.id}: {form}")
            sys.stdout.buffer.write(text.encode())


def typed_by(person, engine):
    """Return what a person types who answers anything at all, and has everything explained."""
    session, lines = Session.begin(engine), []
    while question := session.next_question():
        options = question.option_ids or ("1",)
        word = person.choice(options)
        session = session.answer(
            question.id, (word,) if question.kind is Kind.SEVERAL else 1 if question.kind is Kind.NUMBER else word
        )
        lines += ["why", word]
    return "".join(f"{line}\n" for line in [*lines, "how", "review", *(f"save {plan}" for plan in PLANS), "quit"])


def interviews(engine):
    """Lead whole interviews; what is taken along says where it is and on which day, and this alone may differ."""
    for number in range(max(1, 24 // EVERY)):
        call("--rules", "./hamstrings", "--no-journal", typed=typed_by(random.Random(number), engine), number=number)
        for plan in filter(os.path.exists, PLANS):
            head(f"interview {number}: {plan}")
            written = Path(plan).read_bytes()
            sys.stdout.buffer.write(re.sub(rb"<time .*?</time>", b"", written))
            Path(plan).unlink()


def main():
    engine = Engine(load("hamstrings"))
    reports(engine)
    interviews(engine)
    for command in COMMANDS if EVERY < 40 else COMMANDS[:1]:
        call(*command)
    for pack in sorted(Path("broken").glob("*/*"))[:: EVERY // 2 or 1]:
        call("rules", "check", pack.as_posix())
    sys.stdout.flush()


if __name__ == "__main__":
    main()
