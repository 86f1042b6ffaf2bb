"""`completion`: what the Tab key adds in a shell, also names that only the rules or the journal know.

The shell calls the program with `_UNSTUCK_COMPLETE` set; it gets lines of what fits, and never an error: who types is
not to be disturbed. The scripts are ours; what the shell sends and gets is what click's own classes write and read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import click
from click import shell_completion
from click.shell_completion import CompletionItem, ShellComplete

VARIABLE = "_UNSTUCK_COMPLETE"

# --- what there is to choose from -------------------------------------------------------------------------------------

Found = Iterator[tuple[str, str]]
"""Names, each with what it is."""


def _rule_names(context: click.Context, typed: str) -> Found:
    """Yield all that `rules show` knows; what nobody goes through in search of something, once letters are there."""
    from kb.terminal.workbench.kinds import kinds
    from kb.workbench.description.index import items_of, line_of

    for section, items in items_of(_knowledge(context, cases=bool(typed))).items():
        if typed or section != "sources":
            for name, item in items.items():
                yield name, line_of(section, item)
    if typed:
        yield from ((name, kind.title) for name, kind in kinds().items())


def _reported(context: click.Context, _typed: str) -> Found:
    """Yield what can stand in a report, and the rules that put it there."""
    from kb.workbench.description.index import items_of, line_of

    for section, items in items_of(_knowledge(context)).items():
        if section in ("findings", "recommendations", "referrals", "rules"):
            for name, item in items.items():
                yield name, line_of(section, item)


def _practiced(context: click.Context, _typed: str) -> Found:
    """Yield what can be practiced: poses, and recommendations."""
    kb = _knowledge(context)
    yield from ((practice.id, practice.title) for pack in kb.packs for practice in pack.practices)
    yield from ((name, each.title) for name, each in kb.recommendations.items() if not each.closing)


def _topics(context: click.Context, _typed: str) -> Found:
    yield from ((topic, "") for pack in _knowledge(context).packs for topic in pack.topics)


def _cases(context: click.Context, _typed: str) -> Found:
    yield from ((case.id, case.title) for case in _knowledge(context, cases=True).cases)


def _sessions(_context: click.Context, _typed: str) -> Found:
    """Yield the numbers of the newest sessions in the journal.

    It is only looked into, and not opened as a journal is: that mends a damaged file, or waits for one in use, and
    neither is for a key to do that anybody may touch.
    """
    import sqlite3

    from kb.journal.records import local
    from kb.journal.sessions import journal_path

    path = journal_path()
    if path is None or not path.is_file():
        return
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.1)
    try:
        newest = "SELECT id, begun, utc_offset, outcome FROM sessions ORDER BY id DESC LIMIT 50"
        for number, begun, ahead, outcome in connection.execute(newest).fetchall():
            yield str(number), f"{local(begun, ahead):%Y-%m-%d} {outcome or 'not finished'}"
    finally:
        connection.close()


_ANY = "*"
NAMES: dict[tuple[str, str], Callable[[click.Context, str], Found]] = {
    ("rules show", _ANY): _rule_names,
    ("rules why-not", "name"): _reported,
    ("rules test", "--only"): _cases,
    ("rules list", "--topic"): _topics,
    ("rules graph", "--topic"): _topics,
    ("rules new", "--topic"): _topics,
    ("practice", _ANY): _practiced,
    ("resume", _ANY): _sessions,
    ("journal show", _ANY): _sessions,
    ("journal compare", _ANY): _sessions,
    ("journal delete", _ANY): _sessions,
}
"""Where names stand: the command, and an option, an argument, or any argument."""


def _knowledge(context: click.Context, *, cases: bool = False) -> Any:
    packs = context.find_root().params.get("packs", ())
    if not cases:
        from kb.interview.startup import knowledge_in_use

        return knowledge_in_use(packs)
    from kb.language.loading import load
    from kb.language.settings import packs_in_use

    return load(*packs_in_use(packs))


class _Known(click.ParamType):  # type: ignore[type-arg]  # click is generic only from 8.4 on
    """A word that is one of those that are known. Whether it is one, the command finds out itself."""

    name = "text"

    def __init__(self, known: Callable[[click.Context, str], Found]) -> None:
        self.known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what begins with the letters that are there; nothing that a shell could take for more than a word."""
        from kb.text.wrapping import cut

        there = ctx.params.get(param.name or "") or ()
        chosen = there if isinstance(there, tuple) else (there,)
        return [
            CompletionItem(name, help=cut(about, 60) or None)
            for name, about in self.known(ctx, incomplete)
            if name.startswith(incomplete) and re.fullmatch(r"[\w.-]+", name) and name not in chosen
        ]


# --- the answer to the shell ------------------------------------------------------------------------------------------


def complete(program: click.Command, instruction: str) -> int:
    """Write what fits what is typed, as the shell's script reads it, and return the exit code; never an error."""
    shell, _, wish = instruction.partition("_")
    kind = shell_completion.get_completion_class(shell)
    if kind is None or wish != "complete":
        return 1
    asked = kind(program, {}, "unstuck", VARIABLE)
    try:
        words, begun = _typed(asked)
        kept = list(_lent(program, words))
        try:
            found = asked.get_completions(words, begun)
        finally:
            for parameter, before in kept:
                parameter.type = before
        lines = [asked.format_completion(item) for item in found]
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


class _Kept(NamedTuple):
    parameter: click.Parameter
    before: Any


def _lent(program: click.Command, words: list[str]) -> Iterator[_Kept]:
    """Give the parameters of the commands that are typed types that know names or files; yield what they had."""
    command, path = program, []
    yield from _with_names(command, "")
    for word in words:
        inner = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        if inner is not None:
            command = inner
            path.append(word)
            yield from _with_names(command, " ".join(path))


def _with_names(command: click.Command, path: str) -> Iterator[_Kept]:
    for parameter in command.params:
        argument = isinstance(parameter, click.Argument)
        known = [NAMES[path, name] for name in (*parameter.opts, *[_ANY] * argument) if (path, name) in NAMES]
        before = parameter.type
        if known and not isinstance(before, click.Choice):
            parameter.type = _Known(known[0])
        elif before is click.STRING and re.search("path|file", f"{parameter.name} {parameter.metavar}", re.IGNORECASE):
            parameter.type = click.Path()
        else:
            continue
        yield _Kept(parameter, before)


# --- the scripts ------------------------------------------------------------------------------------------------------

_BASH = """\
_unstuck_completion() {
    local IFS=$'\\n' line
    COMPREPLY=()
    for line in $(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _UNSTUCK_COMPLETE=bash_complete \\
            "$1" 2>/dev/null </dev/null); do
        case $line in
            plain,*) COMPREPLY+=("${line#plain,}") ;;
            dir,*) compopt -o dirnames 2>/dev/null ;;
            file,*) compopt -o default 2>/dev/null ;;
        esac
    done
}
complete -o nosort -F _unstuck_completion unstuck 2>/dev/null || complete -F _unstuck_completion unstuck
"""

_ZSH = """\
#compdef unstuck
_unstuck_completion() {
    local -a alone told response
    local kind name about
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) _UNSTUCK_COMPLETE=zsh_complete \\
        ${words[1]} 2>/dev/null </dev/null)}")
    for kind name about in ${response}; do
        case $kind in
            plain) if [[ $about == _ ]]; then alone+=("$name"); else told+=("$name:$about"); fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done
    (( ${#told} )) && _describe -V unsorted told -U
    (( ${#alone} )) && compadd -U -V unsorted -a alone
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _unstuck_completion "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _unstuck_completion unstuck
fi
"""

_FISH = """\
function _unstuck_completion
    set -l response (COMP_WORDS=(commandline -cp | string collect) COMP_CWORD=(commandline -ct | string collect) \\
        _UNSTUCK_COMPLETE=fish_complete unstuck 2>/dev/null </dev/null)
    for line in $response
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end
complete --no-files --command unstuck --arguments '(_unstuck_completion)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
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
    click.echo(SCRIPTS[shell], nl=False)
