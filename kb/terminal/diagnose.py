"""`unstuck diagnose`: report on a whole set of answers at once."""

from __future__ import annotations

import click

from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.interview.startup import knowledge_in_use
from kb.language.answers import read_answers
from kb.language.yaml_source import read_file
from kb.model.weakening import weakening_lines
from kb.report.build import build_report, to_json
from kb.report.rendering import to_markdown
from kb.terminal.console import Console
from kb.terminal.interview.saving import at_the_terminal, refuse_unusable, tell
from kb.terminal.interview.screens import report_lines
from kb.terminal.options import complete_files, format_option, plan_options
from kb.terminal.packs import say_what_is_left_out


@click.command("diagnose")
@click.argument("file", shell_complete=complete_files)
@format_option("text", "json", "markdown", says="How the report is shown; text if you say nothing.")
@plan_options("Write the report into this file, and show it only if you also say --format.")
@click.option("--as-case", is_flag=True, help="Write the answers and what comes of them as a case, for teachers.")
@click.option("--id", "name", metavar="NAME", default="", help="The name of the case.")
@click.option("--title", metavar="TEXT", default="", help="The title of the case.")
@click.pass_context
def command(
    context: click.Context,
    file: str,
    form: str | None,
    output: str | None,
    force: bool,
    as_case: bool,
    name: str,
    title: str,
) -> None:
    """Report on a whole set of answers at once.

    FILE is YAML or JSON, one line for each answer (question: option, or a list of options, or a number, or unsure);
    - stands for standard input.
    """
    over = output is not None and refuse_unusable(output, force=force, confirm=at_the_terminal())
    kb = knowledge_in_use(context.obj)
    say_what_is_left_out(kb, context.obj)
    session = Session.begin(Engine(kb), read_answers(read_file(file), kb.questions))
    if as_case or name or title:
        if output is not None:
            raise click.UsageError("A case is not written by --output. Send it where it belongs, as with “>>”.")
        from kb.terminal.interview.save_case import as_text  # only now: it brings the teacher's tools along

        click.echo(as_text(session, name, title), nl=False)
        return
    for line in weakening_lines(kb):
        click.echo(line, err=True)
    if output is not None:
        tell(session, output, over=over, shown=form is not None)
        if form is None:
            return
    report = build_report(session)
    if form == "json":
        # The same bytes wherever it runs: other programs read this, whatever the terminal can show.
        click.echo(to_json(report).encode(), nl=False)
    elif form == "markdown":
        click.echo(to_markdown(report), nl=False)
    else:
        report_lines(Console(), session)
