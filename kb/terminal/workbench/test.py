"""`rules test`: replay the recorded cases, explain those that fail, and show what no case tries."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import click

from kb.inference.engine import Engine
from kb.language.loading import load
from kb.language.settings import packs_in_use
from kb.model.knowledge import Case, KnowledgeBase
from kb.terminal.completion import completed, packs_typed
from kb.terminal.console import FINE, TO_MEND, Console
from kb.terminal.workbench.common import knowledge, names, names_in, paths_argument
from kb.text.spelling import did_you_mean
from kb.text.wrapping import counted, printable, wrapped
from kb.workbench.authoring.yaml_text import case_text
from kb.workbench.cases.coverage import Coverage, Topic, coverage_of
from kb.workbench.cases.failures import differences, reasons
from kb.workbench.cases.replay import Replay, replay

_HEADLINE = (
    "Covered, of all ways in which a rule, a condition in it or an answer in a list can come out "
    "(a rule and a condition both ways: it holds in some case, and fails in some case):"
)
_LABEL = 13  # as wide as “expected” behind the longest part of an expectation needs


@completed
def _cases(context: click.Context, _typed: str) -> Iterator[tuple[str, str]]:
    """Yield all recorded cases."""
    return names_in(load(*packs_in_use(packs_typed(context))), "cases")


@click.command("test")
@paths_argument
@click.option(
    "--only",
    "pattern",
    metavar="NAME",
    shell_complete=_cases,
    help="Replay only the cases of this name; * stands for anything.",
)
@click.option(
    "--coverage",
    "covering",
    is_flag=True,
    help="Show also which rules, lines and answers no case tries, and propose cases that do.",
)
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...], pattern: str | None, covering: bool) -> None:
    """Replay the recorded cases, and explain the failing ones.

    PATH is a folder of rules or one file. Without it, the cases of this program are replayed, and those of --rules.
    """
    if pattern is not None and covering:
        raise click.UsageError("--coverage looks at all cases, so it cannot stand beside --only.")
    kb = knowledge(paths, context.obj)
    engine = Engine(kb)
    failing = _test(engine, kb.cases if pattern is None else _named_like(kb, pattern))
    if covering:
        failing = not _cover(engine) or failing
    context.exit(TO_MEND if failing else FINE)


def _named_like(kb: KnowledgeBase, pattern: str) -> tuple[Case, ...]:
    cases = tuple(case for case in kb.cases if fnmatchcase(case.id, pattern))
    if not cases:
        way_out = did_you_mean(pattern, [case.id for case in kb.cases], "Look at the names in the files of cases.")
        raise click.BadParameter(f"no case is called “{printable(pattern)}”. {way_out}", param_hint="--only")
    return cases


# --- replaying --------------------------------------------------------------------------------------------------------


def _test(engine: Engine, cases: tuple[Case, ...]) -> bool:
    """Replay `cases`, and say whether any fails."""
    failing = [replayed for case in cases if (replayed := replay(engine, case)).misses]
    for replayed in failing:
        for line in _explained(engine, replayed):
            click.echo(line, err=True)
    if failing:
        count = len(failing)
        click.echo(f"{count} of {counted(len(cases), 'case')} {'fails' if count == 1 else 'fail'}.")
    elif cases:
        click.echo(f"{names(engine.kb)}: {counted(len(cases), 'case')}, all as expected.")
    else:
        click.echo(f"{names(engine.kb)}: no case is recorded.")
    return bool(failing)


def _explained(engine: Engine, replayed: Replay) -> Iterator[str]:
    """Yield what differs in a case, and why; the first line holds everything that a search needs."""
    first, *others = replayed.failures
    more = f" (and {len(others)} more)" * bool(others)
    yield f"{replayed.case.place}  failing-case: case “{printable(replayed.case.id)}”: {first}{more}"
    for difference in differences(replayed):
        yield from _laid_out(difference.expected, f"    {difference.part.value:<{_LABEL}}expected  ")
        yield from _laid_out(difference.got, f"    {'':<{_LABEL}}got       ")
    for reason in reasons(engine, replayed):
        yield from _laid_out(f"{'; '.join(reason.failures)}:", "    ", "    ")
        for cause in reason.causes:
            yield from _laid_out(cause, "      - ")


# --- coverage ---------------------------------------------------------------------------------------------------------


def _cover(engine: Engine) -> bool:
    """Show what no case tries, and say whether there is nothing of the kind."""
    found = coverage_of(engine, engine.kb.cases)
    click.echo()
    Console().say(_HEADLINE)
    wide = max(len(_topic(topic)) for topic in (*found.topics, found.whole))
    for topic in (*found.topics, found.whole):
        click.echo(f"  {_topic(topic):<{wide}}  {topic.percent:>5} %  ({topic.covered} of {topic.branches})")
    for gap in found.gaps:
        click.echo(f"{gap.place}  uncovered: {gap.missing}: {gap.why}.")
    for gap in found.unreachable:
        click.echo(f"{gap.place}  unreachable: {gap.missing}, and no student could bring it about.")
    if found.proposals:
        _propose(found)
    return not found.gaps


def _topic(topic: Topic) -> str:
    return printable(topic.name) or "in one file"


def _propose(found: Coverage) -> None:
    """Show cases that close gaps, ready to be put into a file."""
    count = len(found.proposals)
    closed = sum(len(proposal.closes) for proposal in found.proposals)
    everything = "this" if closed == 1 else "all of these"
    covered = everything if closed == len(found.gaps) else f"{closed} of these {len(found.gaps)}"
    it, them = ("it", "it") if count == 1 else ("each", "them")
    click.echo()
    Console().say(
        f"{counted(count, 'case')} would cover {covered}. What {it} expects is what the rules say today: is it what a "
        f"teacher would say? Then give {it} a title of your own, and put {them} into a file under “cases”."
    )
    for proposal in found.proposals:
        click.echo(f"\n{case_text(proposal.case, 2)}", nl=False)


def _laid_out(text: str, first: str, rest: str = "") -> Iterator[str]:
    return wrapped(text, Console().width, first, rest or " " * len(first))
