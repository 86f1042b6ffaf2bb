"""`unstuck interview`, which is also what `unstuck` alone does: answer questions, and read what to do."""

from __future__ import annotations

import click

from kb.interview.startup import beginning_in_use
from kb.terminal.console import Console
from kb.terminal.interview.keeper import Keeper, wanted
from kb.terminal.interview.opening import begin
from kb.terminal.options import plan_options
from kb.terminal.packs import say_what_is_left_out


@click.command("interview")
@plan_options("Also write the plan into this file, at the end.")
@click.pass_context
def command(context: click.Context, output: str | None, force: bool) -> None:
    """Answer questions at the terminal, and read what to do.

    At any question you can type ? for what is meant, why, unsure, back, review, quit, or help for all there is. After
    the report, save plan.html writes it as a page to print or to keep.
    """
    over = False
    if output is not None:
        from kb.terminal.interview.saving import at_the_terminal, refuse_unusable, take

        over = refuse_unusable(output, force=force, confirm=at_the_terminal())
    console = Console()
    kept, beginning = Keeper(console, context.obj, wanted=wanted(context)), beginning_in_use(context.obj)
    say_what_is_left_out(beginning.kb, context.obj)
    begun = begin(console, kept, *beginning)
    from kb.inference.engine import Engine  # only now, while the first question is read
    from kb.interview.dialogue import Dialogue
    from kb.terminal.interview.loop import Interview

    held = Interview(Dialogue.begin(Engine(beginning.kb), kept.worse), console, kept)
    code = held.run(begun)
    if output is not None and (code == 0 or held.reported):
        click.echo(take(held.dialogue.session, output, over=over))
    context.exit(code)
