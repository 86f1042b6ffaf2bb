"""`rules diff`: show what a change of the rules does to students."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from kb.language.loading import bundled, load
from kb.language.settings import packs_in_use, packs_named
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KnowledgeBaseError
from kb.terminal.console import FINE, TO_MEND
from kb.terminal.options import format_option
from kb.terminal.workbench.common import tell
from kb.text.wrapping import counted, printable
from kb.workbench.comparison import differences
from kb.workbench.comparison.changes import text_changes
from kb.workbench.comparison.compare import compare
from kb.workbench.comparison.git_revisions import Revision, RevisionError, at_revision

_FORCED = "git:"
_IN_USE = "the rules in use"


@click.command("diff")
@click.argument("old")
@click.argument("new", required=False, type=click.Path(exists=True))
@format_option(
    *("text", "json", "markdown"), default="text", says="How it is written; markdown is good for a pull request."
)
@click.option("--all", "everyone", is_flag=True, help="Show every student in full, however many there are.")
@click.option("--exit-code", "telling", is_flag=True, help="End with exit code 1 if anything has changed.")
@click.pass_context
def command(context: click.Context, old: str, new: str | None, form: str, everyone: bool, telling: bool) -> None:
    """Show who is told something else by the new rules than by the old.

    OLD and NEW are folders of rules or single files. OLD can also be a git revision, such as HEAD or main: then the
    rules of NEW are read as they were there. (Where a folder has the same name, write git:main.) Without NEW, the
    rules in use are taken: those of --rules, or else those that an interview asks from.

    Every kind of student who is told something else is shown, the most serious first: one student each, what is told
    before and now, and a case to add if no case shows it yet.
    """
    if not old:
        raise click.BadParameter("it is empty, as a variable is that nobody has set.", param_hint="OLD")
    after, before = _both(old, new, context.obj)
    if before is None or after is None:
        context.exit(TO_MEND)
    comparison = compare(before, after)
    names = differences.Names(_label(old), _label(new) if new is not None else _IN_USE)
    if form == "json":
        click.echo(differences.to_json(comparison, names).encode(), nl=False)
    else:
        told = differences.blocks(comparison, names, None if everyone else differences.MOST_IN_FULL)
        if form == "markdown":
            click.echo(differences.to_markdown(told), nl=False)
        else:
            click.echo(differences.to_text(told, shutil.get_terminal_size().columns), nl=False)
            hidden = 0 if everyone else len(comparison.differences) - differences.MOST_IN_FULL
            if hidden > 0:
                click.echo(f"\n{counted(hidden, 'kind')} of students in one line each: --all shows them in full.")
    changed = bool(comparison.differences or text_changes(before, after))
    context.exit(TO_MEND if telling and changed else FINE)


def _label(word: str) -> str:
    return printable(word.removeprefix(_FORCED), 200)


def _both(old: str, new: str | None, packs: Sequence[str]) -> tuple[KnowledgeBase | None, KnowledgeBase | None]:
    """Return the new and the old knowledge base; where one has problems they are shown, and None stands for it."""
    looked_at = (Path(new),) if new is not None else tuple(map(Path, packs_in_use(packs)))
    after = _loaded("new", looked_at, packs)
    if not old.startswith(_FORCED) and Path(old).exists():
        return after, _loaded("old", (Path(old),), packs)
    # Whoever names packs of their own works on those, and the shipped one stays as it is.
    own = tuple(path for path in looked_at if not path.is_relative_to(bundled()))
    base, paths = (tuple(path for path in looked_at if path not in own), own) if own else ((), looked_at)
    try:
        with at_revision(old.removeprefix(_FORCED), paths) as revision:
            return after, _loaded("old", (*base, *revision.paths), packs, revision)
    except RevisionError as error:
        nothing = "" if old.startswith(_FORCED) else f"“{printable(old)}” is no file or folder here. "
        raise RevisionError(f"{nothing}{error}") from None


def _loaded(
    side: str, paths: Sequence[Path], packs: Sequence[str], revision: Revision | None = None
) -> KnowledgeBase | None:
    """Return the knowledge base of one side, its places named as a person would; or show what is wrong with it."""
    named = revision.named if revision else str
    try:
        kb = load(*paths, beside=lambda: packs_named(packs))
    except KnowledgeBaseError as error:
        tell(error, named)
        click.echo(f"The {side} rules have {counted(len(error.problems), 'problem')} to mend.", err=True)
        return None
    if revision is None:
        return kb

    rules = {
        name: replace(rule, place=replace(rule.place, path=named(rule.place.path))) for name, rule in kb.rules.items()
    }
    return replace(kb, rules=rules)
