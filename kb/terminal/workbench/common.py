"""What the teacher's commands have in common: which rules they look at, topics, output, and exit codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import click

from kb.interview.startup import knowledge_in_use
from kb.language.loading import load
from kb.language.settings import packs_in_use, packs_named
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError, KnowledgeBaseError
from kb.system.files import save
from kb.terminal.completion import completed, packs_typed
from kb.terminal.console import TO_MEND
from kb.terminal.packs import say_what_is_left_out
from kb.text.spelling import did_you_mean
from kb.text.wrapping import counted, printable
from kb.workbench.description.index import items_of, line_of

_Function = TypeVar("_Function", bound=Callable[..., object])


def paths_argument(function: _Function) -> _Function:
    """Let a command take folders of rules or single files; without any, it looks at all that an interview would use."""
    return click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(exists=True))(function)


def knowledge(paths: Sequence[str], packs: Sequence[str]) -> KnowledgeBase:
    """Return the knowledge base of `paths`, or of all that an interview would use; or show its problems, and end."""
    try:
        kb = load(*(paths or packs_in_use(packs)), beside=lambda: packs_named(packs))
    except KnowledgeBaseError as error:
        tell(error)
        click.echo(f"{counted(len(error.problems), 'problem')} to mend.")
        click.get_current_context().exit(TO_MEND)
    if not paths:
        say_what_is_left_out(kb, packs)
    return kb


def tell(refusal: KnowledgeBaseError, named: Callable[[str], str] = str) -> None:
    """Show why rules cannot be read, each place `named` as a person would."""
    for problem in refusal.problems:
        click.echo(named(str(problem)), err=True)


def names(kb: KnowledgeBase) -> str:
    """Return the packs of a knowledge base with their versions."""
    return ", ".join(f"{pack.id} {pack.version}" for pack in kb.packs)


def write(data: str | bytes, output: str | None) -> None:
    """Write `data` into a file, or to standard output: the same bytes wherever it runs."""
    data = data.encode() if isinstance(data, str) else data
    if output is None:
        click.echo(data, nl=False)
    else:
        save(output, data)


# --- names and topics -------------------------------------------------------------------------------------------------


def names_in(kb: KnowledgeBase, *sections: str) -> Iterator[tuple[str, str]]:
    """Yield the names in some sections, each with a line on what it is."""
    items = items_of(kb)
    return ((name, line_of(section, item)) for section in sections for name, item in items[section].items())


@completed
def topics_in_use(context: click.Context, _typed: str) -> Iterator[tuple[str, str]]:
    """Yield the topics of all rules."""
    yield from ((topic, "") for pack in knowledge_in_use(packs_typed(context)).packs for topic in pack.topics)


def topics_option(says: str) -> Callable[[_Function], _Function]:
    """Let a command look only at some topics."""
    return click.option(
        "--topic", "topics", metavar="TOPIC", multiple=True, shell_complete=topics_in_use, help=f"{says} Repeatable."
    )


def chosen(kb: KnowledgeBase, topics: Sequence[str]) -> Sequence[str]:
    """Return `topics`, all of which there are.

    Raises:
        KbError: naming those that there are not.
    """
    known = [topic for pack in kb.packs for topic in (*pack.topics, pack.id)]
    refuse_strange(topics, known, "There is no topic “{}”. ", f"There are: {', '.join(known)}.")
    return topics


def refuse_strange(words: Iterable[str], known: Sequence[str], fault: str, otherwise: str) -> None:
    """Refuse `words` that are not among those `known`, each with its `fault` and the nearest that is known.

    Raises:
        KbError: naming them, or `otherwise` where nothing is near.
    """
    strange = [word for word in words if word not in known]
    if strange:
        raise KbError("\n".join(fault.format(printable(one)) + did_you_mean(one, known, otherwise) for one in strange))
