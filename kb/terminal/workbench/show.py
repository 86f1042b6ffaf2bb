"""`rules show`: say what an item of the rules is and all that it touches; or what a kind of problem means."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import click

from kb.inference.engine import Engine
from kb.interview.startup import knowledge_in_use
from kb.language import catalogue
from kb.language.loading import load
from kb.language.settings import packs_in_use
from kb.model.kinds import Kind
from kb.terminal.completion import completed, packs_typed
from kb.terminal.console import Console
from kb.terminal.workbench.common import knowledge, names_in, refuse_strange
from kb.text.blocks import Line, Role
from kb.text.wrapping import printable
from kb.workbench import checks
from kb.workbench.description.index import items_of
from kb.workbench.description.items import describe

_PROBLEMS = {kind.id: kind for kind in (*catalogue.KINDS, *checks.KINDS)}


@completed
def _all_names(context: click.Context, typed: str) -> Iterator[tuple[str, str]]:
    """Yield all that `rules show` knows; without a letter, leave out what nobody looks for by going through it."""
    packs = packs_typed(context)
    kb = load(*packs_in_use(packs)) if typed else knowledge_in_use(packs)
    yield from names_in(kb, *(section for section in items_of(kb) if typed or section != "sources"))
    if typed:
        yield from ((name, kind.title) for name, kind in _PROBLEMS.items())


@click.command("show")
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=_all_names)
@click.pass_context
def command(context: click.Context, names: tuple[str, ...]) -> None:
    """Show a rule, a question or anything else that has a name.

    NAME is a rule, question, finding, recommendation, referral, source, case or pack; or the name of a problem, such
    as unknown-question, to read what it means. Give --rules before “rules” to look into other rules as well.
    """
    kb = None if set(names) <= _PROBLEMS.keys() else knowledge((), context.obj)
    known = {name for items in items_of(kb).values() for name in items} if kb else set()
    way_out = "“unstuck rules list” shows all names."
    refuse_strange(names, [*known, *_PROBLEMS], "Nothing here is called “{}”. ", way_out)
    console = Console()

    @cache
    def engine() -> Engine:  # one for all names, if any is needed
        assert kb is not None
        return Engine(kb)

    for name in names:
        if name in _PROBLEMS:
            _show_problem(console, _PROBLEMS[name])
        if kb is not None:
            console.say_all(describe(kb, name, engine))


def _show_problem(console: Console, kind: Kind) -> None:
    """Show what a kind of problem is, what comes of it, and an example of each side."""
    console.say(f"Problem {kind.id}", Role.TITLE)
    console.say(f"{kind.severity.value}, of the family {kind.anomaly.value}", Role.QUIET, "  ")
    for paragraph in (kind.title, kind.why):
        console.say()
        console.say(paragraph, first="  ")
    for heading, example in (("With the problem", kind.faulty), ("Without it", kind.sound)):
        if example:
            console.say()
            console.say(f"{heading}:", first="  ")
            console.say()
            for line in example.splitlines():
                console.line(Line(f"    {printable(line, len(line))}".rstrip(), Role.TEXT))  # as it is to be written
    console.say()
