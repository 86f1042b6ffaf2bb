"""Measure the knowledge of the shipped pack: does it reason, and say each thing once in few words?

    python -m tests.tools.knowledge                     every measure in a line, with the first of what falls short
    python -m tests.tools.knowledge 3 8                 these measures, with all of it
    python -m tests.tools.knowledge --students FILE     judge the students of a file too (a list of cases)

Exit code 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from click.testing import CliRunner

from kb.inference.engine import Engine
from kb.inference.population import Population
from kb.interview.dialogue import Dialogue
from kb.language.document import Document
from kb.language.loading import bundled, linked, load
from kb.language.packs import File, shipped_pack
from kb.language.yaml_source import read_file
from kb.model.conditions import UNSURE, Answered, Found, fold, leaves
from kb.model.knowledge import NONE, Answer, Case, Kind, KnowledgeBase, Question, Rule
from kb.model.problems import KnowledgeBaseError
from kb.proof.students import Students
from kb.terminal.console import Console
from kb.terminal.interview.opening import progress, question
from kb.workbench.cases.coverage import WitnessFinder, branches_of
from kb.workbench.cases.replay import replay
from kb.workbench.checks import check
from tests.people import typed
from tests.tools.inventory import AUTHORS, item_texts, taught, uncited_items
from tests.tools.practitioners import HARD, MILD, Practitioner, practitioners
from tests.tools.readability import FEWEST_WORDS, grade, texts, words

PACK = bundled() / "hamstrings"
STUDENTS = Path(__file__).parent / "students.yaml"
PAIN = ("back-off", "weight-to-heels", "reach-through-heels", "re-track")
COLUMNS, ROWS, GRADE = 80, 22, 7

HARDER: dict[str, str] = {
    "pose.high-half-fold": "half of it is the Sanskrit name that people look for",
    "pose.sun-salutation": "the name of the pose",
    "high-half-fold.title": "half of it is the Sanskrit name that people look for",
    "recent-antibiotic.ask": "the name of the drug",
    "danger-signs.unwell-back-pain.detail": "a list of conditions by their names",
    "health-conditions.lingering-pain": "five words, one of which says that nobody has examined it",
    "health-conditions.glaucoma-or-fainting": "conditions by their names",
}
"""Texts that may be harder to read than the aim, by their names, and why."""


class Measure(NamedTuple):
    """What was measured: the figure, the aim if there is one and whether it is met, and what speaks for it by name."""

    number: int
    what: str
    figure: str
    aim: str = ""
    met: bool = True
    details: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Return the measure on one line."""
        judged = f" (aim: {self.aim}) {'met' if self.met else 'MISSED'}" if self.aim else ""
        return f"{self.number:>2}  {self.what}: {self.figure}{judged}"


def counted(number: int, what: str, found: Iterable[str], most: int = 0) -> Measure:
    """Return the measure of how many there are, which is to be `most` at most."""
    names = tuple(found)
    return Measure(number, what, str(len(names)), f"at most {most}" if most else "0", len(names) <= most, names)


# --- rules ------------------------------------------------------------------------------------------------------------


def by_hand(kb: KnowledgeBase) -> Iterator[Rule]:
    """Yield the rules that somebody wrote, not those that the loader makes of what options mean."""
    return (rule for rule in kb.rules.values() if not rule.of_table)


def poses_named(rule: Rule) -> list[str]:
    """Return the poses that a rule names."""
    asked = (leaf for leaf in leaves(rule.when) if isinstance(leaf, Answered) and leaf.question == "pose")
    return [option for option in dict.fromkeys(name for leaf in asked for name in leaf.options) if option != UNSURE]


def corrects_without_finding(kb: KnowledgeBase, rule: Rule) -> bool:
    """Say whether a rule that gives a correction can hold without any finding, found or ruled out."""
    corrects = any(not kb.recommendations[name].closing for name in rule.recommend)
    return corrects and fold(rule.when, lambda line, _: not isinstance(line, Found))


def rules(kb: KnowledgeBase) -> Iterator[Measure]:
    written = tuple(rule.id for rule in by_hand(kb))
    yield Measure(1, "rules written by hand", str(len(written)), "at most 75", len(written) <= 75)
    files = [path for path in sorted(PACK.glob("*.yaml")) if path.name != "sources.yaml"]
    sizes = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    each = tuple(f"{name}: {lines}" for name, lines in sizes.items())
    yield Measure(1, "lines of YAML, without cases and sources", str(sum(sizes.values())), details=each)
    many = [(rule, poses_named(rule)) for rule in by_hand(kb)]
    named = (f"{rule.id}: {', '.join(poses)}" for rule, poses in many if len(poses) > 2)
    yield counted(2, "rules that name more than two poses", named)
    bare = (rule.id for rule in by_hand(kb) if corrects_without_finding(kb, rule))
    yield counted(3, "rules that give a correction without a finding", bare)


# --- practitioners ----------------------------------------------------------------------------------------------------


class Crowds:
    """The practitioners, interviewed when they are first needed."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb

    @cached_property
    def mild(self) -> tuple[Practitioner, ...]:
        """Return a thousand with few faults each."""
        return tuple(practitioners(self.kb, MILD))

    @cached_property
    def hard(self) -> tuple[Practitioner, ...]:
        """Return a thousand with many."""
        return tuple(practitioners(self.kb, HARD))


def chains(people: Iterable[Practitioner]) -> Measure:
    """Measure how many findings stand at least behind each correction of the pain branch."""
    least: dict[str, tuple[int, Practitioner]] = {}
    for person in people:
        for name in PAIN:
            if name in person.session.advice.given and (name not in least or person.depth(name) < least[name][0]):
                least[name] = person.depth(name), person
    told = tuple(
        f"{name}: {least[name][0]} ({shown(least[name][1])})" if name in least else f"{name}: given to nobody"
        for name in PAIN
    )
    shortest = min((least[name][0] if name in least else 0 for name in PAIN), default=0)
    return Measure(4, "findings in a chain behind the pain corrections", str(shortest), "2 or more", shortest > 1, told)


def shown(person: Practitioner) -> str:
    """Return what somebody answered."""
    answers = person.session.answers.items()
    return ", ".join(f"{name}: {'+'.join(each) if isinstance(each, tuple) else each}" for name, each in answers)


def corrections(people: tuple[Practitioner, ...], crowd: str, aims: tuple[float, int] | None) -> Iterator[Measure]:
    """Measure how many corrections a report has, and how many words."""
    counts = Counter(len(person.corrections) for person in people)
    mean = sum(each * times for each, times in counts.items()) / max(1, len(people))
    spread = tuple(f"{each} corrections: {times} reports" for each, times in sorted(counts.items()))
    worst = sorted(people, key=lambda person: -len(person.corrections))[:5]
    told = tuple(f"{', '.join(person.corrections)} ({shown(person)})" for person in worst)
    aim, most = aims or (0, 0)
    yield Measure(
        5,
        f"corrections a report, mean and most ({crowd}, {len(people)} people)",
        f"{mean:.2f}, {max(counts, default=0)}",
        f"at most {aim}, {most}" if aims else "",
        not aims or (mean <= aim and max(counts, default=0) <= most),
        (*spread, *told),
    )
    parts = [len(person.corrections) + len(person.parts) for person in people]
    figure = f"{sum(parts) / max(1, len(parts)):.2f}, {max(parts, default=0)}"
    yield Measure(5, f"corrections a report with their parts, mean and most ({crowd})", figure)
    lengths = sorted(len(person.text.split()) for person in people)
    asked = sum(len(person.session.answers) for person in people) / max(1, len(people))
    yield Measure(5, f"words a report, median and most ({crowd})", f"{lengths[len(lengths) // 2]}, {lengths[-1]}")
    yield Measure(5, f"questions an interview, mean ({crowd})", f"{asked:.1f}")
    twice = Counter(reason for person in people for reason in person.repeated)
    reports = sum(bool(person.repeated) for person in people)
    named = tuple(f"{times} times: {reason}" for reason, times in twice.most_common())
    yield Measure(5, f"reports that give a reason twice ({crowd})", str(reports), "0", not reports, named)


LOST_CURVE = {"low-back": "rounded", "low-back-lying": "flat", "spine-long": "no"}
STEP_ONE = "long-neutral-spine"


def step_one(people: Iterable[Practitioner]) -> Measure:
    """Measure how many lost the curve of the spine and are not told step 1, not even as a part of something else."""
    lost = [one for one in people if LOST_CURVE.items() & one.session.answers.items() and STEP_ONE not in one.told]
    poses = Counter(str(one.session.answers.get("pose", "no pose")) for one in lost)
    named = tuple(f"{pose}: {times}" for pose, times in poses.most_common())
    return Measure(11, "people who lost the curve and are not told step 1", str(len(lost)), "0", not lost, named)


# --- screens ----------------------------------------------------------------------------------------------------------


def calm(asked: Question) -> Answer:
    """Return what somebody answers who has nothing to tell."""
    nothing: dict[Kind, Answer] = {Kind.SEVERAL: (NONE,), Kind.YES_NO: "no", Kind.NUMBER: Decimal(0)}
    return nothing[asked.kind] if asked.kind in nothing else asked.option_ids[0]


def before(kb: KnowledgeBase, name: str, *options: str) -> str:
    """Return what the terminal shows before the text of a question, to somebody who has nothing to tell."""
    dialogue, lines = Dialogue.begin(Engine(kb)), []
    while (turn := dialogue.turn) and turn.question.id != name:
        answer = calm(turn.question)
        dialogue = dialogue.take(answer, datetime.now(timezone.utc)).dialogue
        lines.append(typed(turn.question, answer))
    from cli import main

    environment = {"COLUMNS": str(COLUMNS), "UNSTUCK_CONFIG": ""}
    said = CliRunner().invoke(main, ["--no-journal", *options], input="\n".join([*lines, ""]), env=environment).output
    start = re.search(r"\s+".join(map(re.escape, kb.questions[name].ask.split())), said)
    assert start, said
    return said[: start.start()]


def screen(asked: Question) -> list[str]:
    """Return the rows of the screen of a question, from the line that says where it stands to the prompt."""
    with patch.dict(os.environ, COLUMNS=str(COLUMNS)), contextlib.redirect_stdout(io.StringIO()) as written:
        question(Console(), asked, progress(10, 10), None)
    return [*written.getvalue().removeprefix("\n").splitlines(), "> "]


def screens(kb: KnowledgeBase) -> Iterator[Measure]:
    first = len(re.findall(r"\S*[^\W\d_]\S*", before(kb, "pose")))
    yield Measure(6, "words before the first question about the pose", str(first), "at most 220", first <= 220)
    rows = {asked.id: len(screen(asked)) for asked in kb.written_questions}
    tall = tuple(f"{name}: {count}" for name, count in rows.items() if count > ROWS)
    figure = f"{max(rows.values())}, {len(tall)} of {len(rows)} too tall"
    yield Measure(6, "rows of a question, most", figure, f"at most {ROWS}", not tall, tall)


# --- texts ------------------------------------------------------------------------------------------------------------


def reading(kb: KnowledgeBase) -> Iterator[Measure]:
    judged = {name: grade(text) for name, text in texts(kb) if len(words(text)) >= FEWEST_WORDS}
    hard = sorted((name for name, found in judged.items() if found > GRADE), key=lambda name: -judged[name])
    named = tuple(f"{name}: {judged[name]:.1f}" for name in hard if name not in HARDER)
    what = f"texts above grade {GRADE} of Flesch and Kincaid, of {len(judged)}"
    yield counted(7, what, named)
    excused = tuple(f"{name}: {judged[name]:.1f}, {HARDER[name]}" for name in hard if name in HARDER)
    idle = tuple(f"{name} needs no excuse" for name in HARDER if name not in hard)
    yield Measure(7, "texts that may be harder", str(len(excused)), details=(*excused, *idle))


# --- pairs ------------------------------------------------------------------------------------------------------------

TOGETHER = """
together(A,B)  :- given(W,A), given(W,B), A < B, not closing(W,A), not closing(W,B).
both_said(A,B) :- given(W,A), given(W,B), A < B.
both_said(A,B) :- found(W,A), found(W,B), A < B, not quiet(W).
"""


def pairs(kb: KnowledgeBase, crowd: Iterable[Practitioner]) -> Iterator[Measure]:
    """Measure which corrections some student is given together, for looking through; and which never may be."""
    atoms = Students(kb, TOGETHER).possible("together/2", "both_said/2")
    parts = {frozenset((name, part)) for name, each in kb.recommendations.items() for part in each.covers}
    possible = sorted((one, other) for word, one, other in atoms if word == "together" and {one, other} not in parts)
    given = [{*person.session.advice.given} for person in crowd]
    met = {pair: sum({*pair} <= names for names in given) for pair in possible}
    table = tuple(f"{met[pair]:>4}  {' + '.join(pair)}" for pair in sorted(possible, key=lambda pair: -met[pair]))
    what = f"pairs of corrections that can come together (each with how many of {len(given)} people get both)"
    yield Measure(8, what, str(len(possible)), details=table)
    items = (*kb.recommendations.values(), *kb.findings.values())
    declared = sorted({tuple(sorted((each.id, other))) for each in items for other in each.not_with})
    clash = [" + ".join(pair) for pair in declared if ("both_said", *pair) in atoms]
    yield counted(8, f"pairs declared as contradicting that can come together, of {len(declared)}", clash)


# --- inventory --------------------------------------------------------------------------------------------------------


def inventory(kb: KnowledgeBase) -> Iterator[Measure]:
    left = [name for names, _ in uncited_items(kb).values() for name in names if name != f"A{AUTHORS}"]
    yield counted(9, "items of the article that nothing cites", left)
    said = item_texts(kb)
    rows = list(taught(kb))
    nowhere = [
        f"{name}, {said[name]} Cited by {', '.join(by) or 'nothing that is read'}"
        for name, where, by in rows
        if not where
    ]
    yield counted(9, "items of the article that nobody reads of", nowhere)
    weak = tuple(f"{name}, {said[name]} By “{by[0]}” in {where}" for name, where, by in rows if len(by) == 1 and where)
    yield Measure(9, "items of the article that one word alone speaks for", str(len(weak)), details=weak)


# --- cases ------------------------------------------------------------------------------------------------------------


def students_in(path: Path) -> tuple[Case, ...]:
    """Return the students of a file, as cases of the shipped pack.

    Raises:
        KnowledgeBaseError: with every problem of the file.
    """
    pack = shipped_pack(PACK.name, False)
    assert pack is not None
    document: Document = read_file(path)
    return linked([pack._replace(topics=(*pack.topics, File(document, path.stem)))]).cases


def judged(kb: KnowledgeBase, cases: Iterable[Case], who: str) -> Measure:
    """Measure how many students are told what they should be."""
    engine = Engine(kb)
    came = [replay(engine, case) for case in cases]
    failing = tuple(
        f"{one.case.id}: {'; '.join(one.failures)}. Came {one.outcome}: {', '.join(one.given) or 'nothing'}"
        for one in came
        if one.misses
    )
    figure = f"{len(came) - len(failing)} of {len(came)}"
    return Measure(10, f"{who} who are told what they should be", figure, "all", not failing, failing)


def cases(kb: KnowledgeBase, file: Path | None) -> Iterator[Measure]:
    yield counted(10, "problems that the check reports", (str(each) for each in check(kb)))
    yield judged(kb, kb.cases, "cases")
    engine = Engine(kb)
    population = Population(kb, engine.variables, [case.answers for case in kb.cases])
    branches = [branch for rule in by_hand(kb) for branch in branches_of(rule)]
    missing = [branch for branch in branches if not population.where(branch.condition, branch.holds)]
    finder = WitnessFinder(engine, missing) if missing else None
    reached = [branch for branch in missing if finder and finder.reachable(branch)]
    all_branches = len(branches) - len(missing) + len(reached)
    share = 100 * (all_branches - len(reached)) / max(1, all_branches)
    rules_left = Counter(branch.rule for branch in reached)
    named = tuple(f"{rule}: {count} untried" for rule, count in rules_left.items())
    yield Measure(10, "conditions tried both ways", f"{share:.1f} %", "100 %", not reached, named)
    if STUDENTS.exists():
        yield judged(kb, students_in(STUDENTS), f"students in {STUDENTS.name}")
    if file:
        yield judged(kb, students_in(file), f"students in {file.name}")


# --- all --------------------------------------------------------------------------------------------------------------


def measures(kb: KnowledgeBase, wanted: set[int], file: Path | None = None) -> Iterator[Measure]:
    """Yield the measures with the numbers that are wanted."""
    crowds = Crowds(kb)
    parts: tuple[tuple[set[int], Callable[[], Iterable[Measure]]], ...] = (
        ({1, 2, 3}, lambda: rules(kb)),
        ({4}, lambda: [chains((*crowds.mild, *crowds.hard))]),
        ({5}, lambda: corrections(crowds.mild, "mild", (2.5, 5))),
        ({5}, lambda: corrections(crowds.hard, "hard", None)),
        ({11}, lambda: [step_one((*crowds.mild, *crowds.hard))]),
        ({6}, lambda: screens(kb)),
        ({7}, lambda: reading(kb)),
        ({8}, lambda: pairs(kb, crowds.mild)),
        ({9}, lambda: inventory(kb)),
        ({10}, lambda: cases(kb, file)),
    )
    for numbers, measure in parts:
        if numbers & wanted:
            yield from (one for one in measure() if one.number in wanted)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.knowledge")
    parser.add_argument("numbers", nargs="*", type=int, help="measures to take; all if none is given")
    parser.add_argument("--students", type=Path, help="a file with a list of cases, to be judged too")
    options = parser.parse_args(arguments)
    missed = 0
    for one in measures(load(), set(options.numbers) or set(range(1, 12)), options.students):
        print(one.line, flush=True)
        missed += not one.met
        details = one.details if options.numbers else one.details[: 0 if one.met else 3]
        for detail in details:
            print(f"      {detail}")
        if not options.numbers and not one.met and len(one.details) > 3:
            print(f"      … and {len(one.details) - 3} more: {one.number}")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KnowledgeBaseError as refused:
        sys.exit(str(refused))
    except BrokenPipeError:  # whoever reads has seen enough
        os._exit(1)
