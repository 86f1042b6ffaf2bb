"""The command line: read the arguments, call the knowledge base, choose an exit code. Decides nothing else.

Next to click hardly anything is imported here. The command that needs more loads it, so that `--help` is there at once.

Exit codes: 0 done, whatever the outcome; 1 problems or failing cases were found; 2 the call or its input is wrong;
130 interrupted. What a person must act on goes to standard error, the result to standard output.
"""

from __future__ import annotations

import gc

# Starting makes many objects and hardly any garbage, and looking for it takes a while: a tenth of importing click.
gc.set_threshold(100_000)

import codecs
import contextlib
import errno
import importlib
import io
import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import click

from kb import __version__
from kb.text.wrapping import printable

if TYPE_CHECKING:
    from kb.model.knowledge import KnowledgeBase

_Function = TypeVar("_Function", bound=Callable[..., object])

WRONG = 2
INTERRUPTED = 130

_ASCII = "plain_ascii"
_PLAIN = {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "é": "e"}


class Late(click.Group):
    """A group with commands that live in modules of their own, each loaded when it is called for.

    Its help shows every line whole, however narrow the window.
    """

    modules: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order in which they are needed."""
        return [*super().list_commands(ctx), *self.modules]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"kb.terminal.{self.modules[cmd_name]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help, each under its heading."""
        from kb.terminal.helping import write_commands

        write_commands(self, ctx, formatter)


class Unstuck(Late):
    """The group of all commands, and the one place where an exception becomes lines and an exit code."""

    modules: ClassVar[Mapping[str, str]] = {
        "resume": "journal.resuming",
        "practice": "practice.command",
        "journal": "journal.commands",
        "completion": "completion",
        "manual": "help",
    }

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options into the help, behind the commands: who has never been here looks for those."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command as click does, with this program's exit codes and without ever showing a traceback."""
        alone = not args and not options  # a program of its own, and not called by another one such as a test
        options["standalone_mode"] = False
        options.setdefault("prog_name", "unstuck")
        try:
            code = self._run(*args, **options)
        except KeyboardInterrupt:  # once more, while the first was obeyed
            code = INTERRUPTED
        if alone:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left that could be interrupted
        sys.exit(code)

    def _run(self, *args: Any, **options: Any) -> int:
        _write_what_can_be_written()
        if instruction := os.environ.get("_UNSTUCK_COMPLETE"):
            from kb.terminal.completion import complete

            return complete(self, instruction)
        try:
            code = super().main(*args, **options)
        except click.ClickException as error:
            code = _usage(error)
        except (KeyboardInterrupt, click.Abort):
            _complain("\nInterrupted.")
            code = INTERRUPTED
        except SystemExit:  # click ends so where nobody reads the help
            code = _unwritable(BrokenPipeError(errno.EPIPE, ""))
        except OSError as error:
            code = _unwritable(error)
        except (RecursionError, MemoryError):  # what is loaded is kept from being so deep; should it be so all the same
            _complain("This is too large, or nested too deep, to be followed. Look at the rules, or at the answers.")
            code = WRONG
        except Exception as error:
            from kb.model.problems import KbError

            if not isinstance(error, KbError):
                raise
            _complain(str(error))
            code = WRONG
        return code if isinstance(code, int) else 0

    def invoke(self, ctx: click.Context) -> Any:
        """Invoke a command, and see to it that what it wrote is out, while there is still someone to tell."""
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError as error:  # click would end with 1
            return _unwritable(error)
        return result


def _unwritable(error: OSError) -> int:
    """Return the exit code where something cannot be written: done if nobody reads any more, as behind `| head`.

    What someone must act on is never done so: if that does not reach anybody, something is wrong.
    """
    if error.filename is not None:  # it is no output, but a file that nobody else has spoken of
        _complain(f"“{printable(str(error.filename), 200)}” cannot be used: {error.strerror or error}.")
        return WRONG
    from kb.system.pipes import is_read  # only now: hardly anyone comes here

    told = is_read(sys.stderr) or not is_read(sys.stdout)
    for stream in (sys.stdout,) if told else (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):  # nothing is left to be written at exit
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    unread = (errno.EPIPE, errno.EIO, errno.EINVAL)  # on Windows a closed pipe is an invalid argument
    if told and error.errno in unread:
        return 0
    _complain(f"The output cannot be written: {error.strerror or error}.")
    return WRONG


def _usage(error: click.ClickException) -> int:
    shown = io.StringIO()
    error.show(shown)
    _complain(shown.getvalue())
    return error.exit_code


def _complain(text: str) -> None:
    with contextlib.suppress(OSError):  # nobody hears it; the exit code still tells
        for line in text.rstrip("\n").split("\n"):
            click.echo(printable(line, 2_000), err=True)


def _write_what_can_be_written() -> None:
    """Let output in an old encoding lose its curly quotes rather than fail."""
    codecs.register_error("plain", _plain)
    codecs.register(_plain_ascii)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=_ASCII if is_ascii else None, errors="plain")


def _plain_ascii(name: str) -> codecs.CodecInfo | None:
    """Return ASCII under a name of its own: under its usual one click takes it for a mistake, and writes UTF-8."""
    if name != _ASCII:
        return None
    known = codecs.lookup("ascii")
    return codecs.CodecInfo(
        known.encode,
        known.decode,
        incrementalencoder=known.incrementalencoder,
        incrementaldecoder=known.incrementaldecoder,
        name=_ASCII,
    )


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    unwritable = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in unwritable), error.end


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    click.echo(f"unstuck {__version__}")
    context.exit()


@click.group(
    "unstuck",
    cls=Unstuck,
    epilog="Exit codes: 0 done, whatever came out; 1 problems or failing cases found; 2 wrong call or input; "
    "130 interrupted.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.option(
    "--rules",
    "packs",
    multiple=True,
    metavar="PATH",
    help="Add the rules of a folder or file; a pack that has the same name as one here takes its place. Repeatable. "
    "What is in your settings file and in UNSTUCK_RULES comes along, before these.",
)
@click.option(
    "--no-journal", is_flag=True, help="Keep nothing: the journal of your sessions is neither read nor written to."
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
@click.pass_context
def main(context: click.Context, packs: tuple[str, ...], no_journal: bool) -> None:
    """Find out what to correct in your forward folds, as one yoga article teaches it.

    A few questions, the safety ones first; then the article’s corrections in its order, each with its reason. At every
    question, ? says what is meant and help what you can type. It is not medical advice and cannot examine you.
    """
    if "" in packs:
        raise click.BadParameter("it is empty, as a variable is that nobody has set.", param_hint="--rules")
    context.obj = packs
    context.meta["unstuck.keep-nothing"] = no_journal
    if context.invoked_subcommand is None:
        context.invoke(interview)


def _output(what: str) -> Callable[[_Function], _Function]:
    """Let a command write its report into a file."""

    def decorated(function: _Function) -> _Function:
        function = click.option("--force", is_flag=True, help="Write over a file that is there already.")(function)
        says = f"{what} The ending says in which form: plan.html is a page to print, plan.md a note, plan.json data."
        return click.option("--output", metavar="FILE", help=says)(function)

    return decorated


def _may_write_over(output: str | None, force: bool) -> bool:
    if output is None:
        return False
    from kb.terminal.interview.saving import at_the_terminal, refuse_unusable

    return refuse_unusable(output, force=force, confirm=at_the_terminal())


@main.command()
@_output("Also write the plan into this file, at the end.")
@click.pass_context
def interview(context: click.Context, output: str | None, force: bool) -> None:
    """Answer questions at the terminal, and read what to do.

    At any question you can type ? for what is meant, why, unsure, back, review, quit, or help for all there is. After
    the report, save plan.html writes it as a page to print or to keep.
    """
    from kb.interview.startup import beginning_in_use
    from kb.terminal.console import Console
    from kb.terminal.interview.keeper import Keeper, wanted
    from kb.terminal.interview.opening import begin

    over = _may_write_over(output, force)
    console = Console()
    kept, beginning = Keeper(console, context.obj, wanted=wanted(context)), beginning_in_use(context.obj)
    begun = begin(console, kept, *beginning)
    from kb.inference.engine import Engine  # only now, while the first question is read
    from kb.interview.dialogue import Dialogue
    from kb.terminal.interview.loop import Interview

    held = Interview(Dialogue.begin(Engine(beginning.kb), kept.worse), console, kept)
    code = held.run(begun)
    if output is not None and (code == 0 or held.reported):
        from kb.terminal.interview.saving import take

        click.echo(take(held.dialogue.session, output, over=over))
    context.exit(code)


@main.command()
@click.argument("file")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    help="How the report is shown; text if you say nothing.",
)
@_output("Write the report into this file, and show it only if you also say --format.")
@click.option("--as-case", is_flag=True, help="Write the answers and what comes of them as a case, for teachers.")
@click.option("--id", "name", metavar="NAME", default="", help="The name of the case.")
@click.option("--title", metavar="TEXT", default="", help="The title of the case.")
@click.pass_context
def diagnose(
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
    from kb.inference.engine import Engine
    from kb.interview.session import Session
    from kb.language.answers import read_answers_file
    from kb.model.weakening import weakening_lines
    from kb.report.build import build_report, to_json

    over = _may_write_over(output, force)
    kb = _knowledge(context.obj)
    session = Session.begin(Engine(kb), read_answers_file(file, kb.questions))
    if as_case or name or title:
        if output is not None:
            raise click.UsageError("A case is not written by --output. Send it where it belongs, as with “>>”.")
        from kb.terminal.interview.save_case import as_text

        click.echo(as_text(session, name, title), nl=False)
        return
    for line in weakening_lines(kb):
        click.echo(line, err=True)
    if output is not None:
        from kb.terminal.interview.saving import tell

        tell(session, output, over=over, shown=form is not None)
        if form is None:
            return
    report = build_report(session)
    if form == "json":
        # The same bytes wherever it runs: other programs read this, whatever the terminal can show.
        click.echo(to_json(report).encode(), nl=False)
        return
    if form == "markdown":
        from kb.report.rendering import to_markdown

        click.echo(to_markdown(report), nl=False)
        return
    from kb.terminal.console import Console
    from kb.terminal.interview.screens import report_lines

    report_lines(Console(), session)


class Workbench(Late):
    """The teacher's commands: each lives in a module of its own, which is loaded when the command is called for."""

    modules: ClassVar[Mapping[str, str]] = {
        "check": "workbench.check",
        "test": "workbench.test",
        "new": "workbench.new",
        "list": "workbench.listing",
        "show": "workbench.show",
        "why-not": "workbench.why_not",
        "graph": "workbench.graph",
        "schema": "workbench.schema",
        "diff": "workbench.diff",
    }


@main.group(cls=Workbench, short_help="Look after packs of rules: check, test, compare, make new ones.")
def rules() -> None:
    """For teachers: look after packs of rules."""


def _knowledge(packs: tuple[str, ...]) -> KnowledgeBase:
    from kb.interview.startup import knowledge_in_use

    return knowledge_in_use(packs)


if __name__ == "__main__":
    main()
