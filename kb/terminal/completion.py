"""`completion`: what the Tab key adds in a shell, also names that only the rules or the journal know.

The shell calls the program with `_UNSTUCK_COMPLETE` set. It gets lines of what fits, and never an error: who types is
not to be disturbed. What the shell sends and gets is what click's own classes write and read. The scripts lie beside
this module: click's own would show errors, could wait for input, and need a newer bash than some systems have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from kb.system.files import shipped_names
from kb.text.wrapping import cut

SHELLS = ("bash", "zsh", "fish")


def completed(
    known: Callable[[click.Context, str], Iterable[tuple[str, str]]],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Make a `shell_complete` of a function that returns names, each with what it is.

    That function gets the context and the letters that are there. Of its names those are added that begin so, have not
    been typed yet, and that no shell takes for more than a word.
    """

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        there = context.params.get(parameter.name or "") or ()
        typed = there if isinstance(there, tuple) else (there,)
        return [
            CompletionItem(name, help=cut(about, 60) or None)
            for name, about in known(context, begun)
            if name.startswith(begun) and re.fullmatch(r"[\w.-]+", name) and name not in typed
        ]

    return complete


def shipped(begun: str) -> list[CompletionItem]:
    """Return the ids of the shipped packs that begin so; nothing where a letter is still to come."""
    return [CompletionItem(name) for name in shipped_names() if begun and name.startswith(begun)]


def packs_typed(context: click.Context) -> tuple[str, ...]:
    """Return what stands behind `--rules` in a line that is still typed."""
    packs: tuple[str, ...] = context.find_root().params.get("packs", ())
    return packs


def answer(program: click.Command, instruction: str) -> int:
    """Write what fits what is typed, as the shell's script reads it, and return the exit code; never an error."""
    shell, _, wish = instruction.partition("_")
    kind = get_completion_class(shell)
    if kind is None or wish != "complete":
        return 1
    asked = kind(program, {}, "unstuck", "_UNSTUCK_COMPLETE")
    try:
        lines = [asked.format_completion(item) for item in asked.get_completions(*_typed(asked))]
    except (Exception, SystemExit):  # whatever it is, the person is typing and has not asked for it
        return 1
    click.echo("\n".join(lines).encode())
    return 0


def _typed(asked: ShellComplete) -> tuple[list[str], str]:
    """Return the whole words, and the one that is begun. For bash, `--format=text` is three words."""
    words, begun = asked.get_completion_args()
    if begun == "=" and words and words[-1].startswith("--"):
        begun = ""
    return [word for before, word in zip(["", *words], words) if word != "=" or not before.startswith("--")], begun


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Let the Tab key complete commands, options and names in your shell.

    This writes a small script. For it to be there in every new window, do this once:

    \b
    bash   unstuck completion bash >> ~/.bashrc
    zsh    unstuck completion zsh >> ~/.zshrc
    fish   unstuck completion fish > ~/.config/fish/completions/unstuck.fish

    Then open a new window, type “unstuck rules show ” and press Tab. To be rid of it, take the script out of that
    file.
    """  # noqa: D301 - the mark for click has to be in the text itself
    click.echo(Path(__file__).with_suffix(f".{shell}").read_text(encoding="utf-8"), nl=False)
