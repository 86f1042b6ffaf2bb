"""`unstuck practice`: be led through a pose or a correction, with the hold timed."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kb.interview.startup import knowledge_in_use
from kb.terminal.completion import completed, packs_typed
from kb.terminal.console import Console
from kb.terminal.journal.practice_journal import Diary
from kb.terminal.practice.session import Training


@completed
def _names(context: click.Context, _typed: str) -> Iterator[tuple[str, str]]:
    """Yield what can be practiced: poses, and recommendations."""
    kb = knowledge_in_use(packs_typed(context))
    yield from ((practice.id, practice.title) for pack in kb.packs for practice in pack.practices)
    yield from ((name, each.title) for name, each in kb.recommendations.items() if not each.closing)


@click.command("practice")
@click.argument("words", nargs=-1, metavar="[NAME]", shell_complete=_names)
@click.option("--no-journal", "unkept", is_flag=True, help="Read nothing from the journal, and keep nothing in it.")
@click.pass_context
def command(context: click.Context, words: tuple[str, ...], unkept: bool) -> None:
    """Be led through a pose or a correction, with the hold timed.

    NAME is a pose or a recommendation; the beginning will do, such as wall. Without it, you practice what your last
    interview advised first, or choose from a list. The safety questions come first. At each step Enter goes on; in a
    hold it pauses and goes on. Without a terminal the steps are written down, and nothing is asked.
    """
    kb = knowledge_in_use(context.obj)
    wanted = not (unkept or context.meta.get("unstuck.keep-nothing"))
    context.exit(Training(kb, Console(), Diary(kb, wanted=wanted)).run(" ".join(words)))
