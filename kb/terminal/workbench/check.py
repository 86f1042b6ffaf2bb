"""`rules check`: show what is wrong with rules, where it is, why it matters and what to do."""

from __future__ import annotations

from pathlib import Path

import click

from kb import __version__
from kb.language import catalogue
from kb.language.extension import override_lines
from kb.language.loading import examine
from kb.language.settings import packs_in_use, packs_named
from kb.terminal.console import FINE, TO_MEND, Console
from kb.terminal.options import format_option
from kb.terminal.packs import say_what_is_left_out
from kb.terminal.workbench.common import names, paths_argument
from kb.text.wrapping import counted
from kb.workbench import checks
from kb.workbench.checks import problem_formats


@click.command("check")
@paths_argument
@format_option(
    *("text", "json", "sarif", "github"),
    default="text",
    says="How problems are written: for people, for programs, for editors, or for a build on GitHub.",
)
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...], form: str) -> None:
    """Look for mistakes in rules, and show what to do about each.

    What cannot be read is shown first. What can is then proved for every student there could be: that each rule can
    hold and adds something, that nobody with a complaint goes away with nothing, that no danger sign is followed by
    advice alone, and more. Where somebody would suffer, that student is shown, ready to be kept as a case.

    PATH is a folder of rules or one file. Without it, the rules in use are looked at: those of --rules, or else those
    that an interview asks from.
    """
    kb, unread = examine(*(paths or packs_in_use(context.obj)), beside=lambda: packs_named(context.obj))
    if not paths:
        say_what_is_left_out(kb, context.obj)
    problems = tuple(sorted({*unread, *checks.check(kb, partial=bool(unread))}))
    kinds = problem_formats.by_id((*catalogue.KINDS, *checks.KINDS))
    if form == "json":
        click.echo(problem_formats.to_json(problems, kinds), nl=False)
    elif form == "sarif":
        click.echo(problem_formats.to_sarif(problems, kinds, __version__, Path.cwd()), nl=False)
    elif form == "github":
        for line in problem_formats.to_github(problems, kinds, Path.cwd()):
            click.echo(line)
    else:
        for line in problem_formats.to_text(problems, kinds, Console().width):
            click.echo(line, err=True)
        if problems:
            click.echo(f"{counted(len(problems), 'problem')} to mend.")
        else:
            click.echo(f"{names(kb)}: no problems found.")
            sizes = {"question": len(kb.written_questions), "rule": len(kb.written_rules), "case": len(kb.cases)}
            click.echo(", ".join(counted(size, name) for name, size in sizes.items()) + ".")
        for line in override_lines(kb):
            click.echo(line)
    context.exit(TO_MEND if problems else FINE)
