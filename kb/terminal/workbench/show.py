"""`rules show`: say what an item of the rules is and all that it touches; or what a kind of problem means."""

from __future__ import annotations

from functools import cache

import click

from kb.inference.engine import Engine
from kb.model.problems import KbError
from kb.terminal.console import Console
from kb.terminal.pieces import say_all
from kb.terminal.workbench.common import FINE, TO_MEND, knowledge
from kb.terminal.workbench.kinds import kinds, page
from kb.text.spelling import did_you_mean
from kb.text.wrapping import printable
from kb.workbench.description.index import items_of
from kb.workbench.description.items import describe


@click.command("show")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.pass_context
def command(context: click.Context, names: tuple[str, ...]) -> None:
    """Show a rule, a question or anything else that has a name.

    NAME is a rule, question, finding, recommendation, referral, source, case or pack; or the name of a problem, such
    as unknown-question, to read what it means. Give --rules before “rules” to look into other rules as well.
    """
    known_kinds = kinds()
    of_problems_alone = all(name in known_kinds for name in names)
    kb = None if of_problems_alone else knowledge((), context.obj)
    if kb is None and not of_problems_alone:
        context.exit(TO_MEND)
    known = {name for items in items_of(kb).values() for name in items} if kb else set()
    strange = [name for name in names if name not in known and name not in known_kinds]
    if strange:
        raise KbError(
            "\n".join(
                f"Nothing here is called “{printable(name)}”. "
                + did_you_mean(name, [*known, *known_kinds], "“unstuck rules list” shows all names.")
                for name in strange
            )
        )
    console = Console()

    @cache
    def engine() -> Engine:  # one for all names, if any is needed
        assert kb is not None
        return Engine(kb)

    for name in names:
        if name in known_kinds:
            page(console, known_kinds[name])
        if kb is not None:
            say_all(console, describe(kb, name, engine))
    context.exit(FINE)
