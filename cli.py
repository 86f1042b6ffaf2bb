"""The command line: read the arguments, call the knowledge base, choose an exit code. Decides nothing else.

Next to click hardly anything is imported here. The command that needs more loads it, so that `--help` is there at once.

Exit codes: 0 done, whatever the outcome; 1 problems or failing cases were found; 2 the call or its input is wrong;
130 interrupted. What a person must act on goes to standard error, the result to standard output.
"""

from __future__ import annotations

import gc

# Starting makes many objects and hardly any garbage, and looking for it takes a while: a tenth of importing click.
gc.set_threshold(100_000)

import contextlib
import errno
import io
import os
import signal
import sys
from typing import Any

import click

from kb import __version__
from kb.system.process import is_read
from kb.terminal.console import FINE, INTERRUPTED, WRONG, write_what_can_be_written
from kb.terminal.help import Group, Lazy
from kb.terminal.options import complete_packs
from kb.text.wrapping import printable


class Unstuck(Group):
    """The group of all commands, and the one place where an exception becomes lines and an exit code."""

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
        write_what_can_be_written()
        if instruction := os.environ.get("_UNSTUCK_COMPLETE"):
            from kb.terminal.completion import answer  # only now: it is for a shell alone

            return answer(self, instruction)
        try:
            code = super().main(*args, **options)
            return code if isinstance(code, int) else FINE
        except click.ClickException as error:
            shown = io.StringIO()
            error.show(shown)
            return _complain(shown.getvalue(), error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            return _complain("\nInterrupted.", INTERRUPTED)
        except SystemExit:  # click ends so where nobody reads the help
            return _unwritable(BrokenPipeError(errno.EPIPE, ""))
        except OSError as error:
            return _unwritable(error)
        except (RecursionError, MemoryError):  # what is loaded is kept from being so deep; should it be so all the same
            return _complain(
                "This is too large, or nested too deep, to be followed. Look at the rules, or at the answers."
            )
        except Exception as error:
            from kb.model.problems import KbError  # only now: it takes long to import

            if not isinstance(error, KbError):
                raise
            return _complain(str(error))

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
        return _complain(f"“{printable(str(error.filename), 200)}” cannot be used: {error.strerror or error}.")
    told = is_read(sys.stderr) or not is_read(sys.stdout)
    for stream in (sys.stdout,) if told else (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):  # nothing is left to be written at exit
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    unread = (errno.EPIPE, errno.EIO, errno.EINVAL)  # on Windows a closed pipe is an invalid argument
    if told and error.errno in unread:
        return FINE
    return _complain(f"The output cannot be written: {error.strerror or error}.")


def _complain(text: str, code: int = WRONG) -> int:
    """Say what is wrong, and return the exit code, which tells it even if nobody hears."""
    with contextlib.suppress(OSError):
        for line in text.rstrip("\n").split("\n"):
            click.echo(printable(line, 2_000), err=True)
    return code


COMMANDS = {
    "diagnose": Lazy("diagnose:command", "Report on a whole set of answers at once."),
    "interview": Lazy("interview.command:command", "Answer questions at the terminal, and read what to do."),
    "rules": Lazy("workbench.rules:command", "Look after packs of rules: check, test, compare, make new ones."),
    "resume": Lazy("journal.resume:command", "Go on with an interview that was interrupted, at the same question."),
    "practice": Lazy("practice.session:command", "Be led through a pose or a correction, with the hold timed."),
    "journal": Lazy("journal.commands:command", "Look back at your sessions, take them along, or erase them."),
    "completion": Lazy("completion:command", "Let the Tab key complete commands, options and names in your shell."),
    "manual": Lazy("manual:command", "Read the whole manual."),
}


@click.group(
    "unstuck",
    cls=Unstuck,
    lazy=COMMANDS,
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
    shell_complete=complete_packs,
    help="Ask from the rules of this folder or file, or from the shipped pack by its name, hamstrings; from these and "
    "no others. Repeatable. Without it: what UNSTUCK_RULES names, else your settings file, else the shipped pack.",
)
@click.option(
    "--no-journal", is_flag=True, help="Keep nothing: the journal of your sessions is neither read nor written to."
)
@click.version_option(__version__, message="unstuck %(version)s", help="Show the version and exit.")
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
        interview = main.get_command(context, "interview")
        assert interview is not None
        context.invoke(interview)


if __name__ == "__main__":
    main()
