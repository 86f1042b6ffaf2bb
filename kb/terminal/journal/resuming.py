"""`unstuck resume`: go on with an interview that is kept, at the question where it was left."""

from __future__ import annotations

import click

from kb.terminal.journal.completion import session_numbers
from kb.terminal.journal.resume import go_on


@click.command()
@click.argument("number", type=click.IntRange(min=1), required=False, shell_complete=session_numbers)
@click.pass_context
def command(context: click.Context, number: int | None) -> None:
    """Go on with an interview that was interrupted, at the same question.

    Without NUMBER it is the last one that was not finished. A finished one opens again at its report, so that you can
    say the next day how it went: better, same or worse.
    """
    context.exit(go_on(context, number))
