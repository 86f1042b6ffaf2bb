"""`rules new`: ask for a question, a rule or a whole pack in plain words, show what will be written, and write it.

A new rule comes with two students: one for whom it fires, and one whom it misses by one line. Before anything is
written, the pack is loaded with all that is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from kb.inference.engine import Engine
from kb.language.settings import packs_named
from kb.model.knowledge import Answers, KnowledgeBase
from kb.model.problems import KnowledgeBaseError, Location
from kb.system.files import shipped_names
from kb.system.locations import expanded
from kb.terminal.console import FINE, INTERRUPTED, TO_MEND, WRONG, Console, EndOfInput
from kb.terminal.options import complete_files
from kb.terminal.workbench.common import tell, topics_in_use
from kb.terminal.workbench.composer import Composer
from kb.terminal.workbench.new_pack import PackComposer
from kb.terminal.workbench.prompts import TODO, Asker, Choices, Quit
from kb.text.blocks import Role
from kb.text.wrapping import counted, printable
from kb.workbench.authoring.drafts import SCHEMA, Draft, NotWritableError, Place, draft, loaded, place_of, write
from kb.workbench.authoring.yaml_editing import Insertion
from kb.workbench.authoring.yaml_text import item_data
from kb.workbench.cases.replay import examples, free_name, recorded, replay

_WHAT = {
    "question": "A new question",
    "rule": "A new rule",
    "recommendation": "A new recommendation",
    "red-flag": "A new danger sign",
    "pack": "A new pack",
}
_BY_HAND = "What you typed stands above: put it in by hand."


@click.command("new")
@click.argument("what", type=click.Choice(list(_WHAT)))
@click.argument("name", required=False, default="")
@click.option(
    "--in",
    "within",
    metavar="PATH",
    shell_complete=complete_files,
    help="The pack to add to: its folder or file. For a new pack: where.",
)
@click.option(
    "--topic",
    metavar="NAME",
    default="",
    shell_complete=topics_in_use,
    help="The topic (file) to add to; a new name makes a new topic.",
)
@click.option("--yes", is_flag=True, help="Write without asking once more.")
@click.pass_context
def command(context: click.Context, what: str, name: str, within: str | None, topic: str, yes: bool) -> int:
    """Make a question, a rule or a whole pack, step by step.

    You are asked for each part in plain words. A rule also gets two students that test it. What will be written is
    shown first. At every prompt ? explains, and quit ends and writes nothing.
    """
    creation = _Creation(Asker(Console()), tuple(context.obj), sure=yes)
    try:
        return creation.pack(name, within) if what == "pack" else creation.part(what, name, within, topic)
    except Quit:
        click.echo("Nothing was written.")
        return FINE
    except EndOfInput:
        click.echo("The input ended here. Nothing was written.", err=True)
        return WRONG
    except KeyboardInterrupt:
        click.echo("\nInterrupted. Nothing was written.", err=True)
        return INTERRUPTED


class _Creation:
    """One call of the command."""

    def __init__(self, asker: Asker, others: Sequence[str], *, sure: bool) -> None:
        self.asker = asker
        self.beside = packs_named(others)
        self.others = [str(path) for path in self.beside] if others else []
        self.sure = sure

    def part(self, what: str, name: str, within: str | None, topic: str) -> int:
        """Make a part of a pack that exists, and return the exit code."""
        place = place_of(within or self._which_pack())
        try:
            kb = loaded(Draft(place, {}), self.beside)
        except KnowledgeBaseError as refusal:
            return _refused(refusal, "Mend this first. Nothing was written.")
        self.asker.opening(f"{_WHAT[what]} in {printable(str(place.path), 200)}")
        composer = Composer(self.asker, kb, place, topic)
        made = getattr(composer, what.replace("-", "_"))(name)
        code = self._finish(composer)
        if code == FINE and what in ("question", "recommendation"):
            self.asker.say(f"No rule speaks of “{made}” yet. Make one with: unstuck rules new rule.")
        return code

    def _which_pack(self) -> str:
        if len(self.others) == 1 and (place := Path(self.others[0])).exists():
            return str(place)
        if len(self.others) > 1:
            choices = Choices((path, printable(path, 200)) for path in self.others)
            return self.asker.choice("part", "pack", choices)
        return expanded(self.asker.read("part", "path", lambda typed: typed or None))

    def pack(self, given: str, within: str | None) -> int:
        """Make a pack, and return the exit code."""
        around = Path(within or ".")
        if around.exists() and not around.is_dir():
            raise NotWritableError(f"{Location(str(around))} is no folder. Give the one in which the pack shall lie.")
        self.asker.opening(_WHAT["pack"])
        taken = {*shipped_names(), *(path.name for path in (around.iterdir() if around.is_dir() else ()))}
        name = self.asker.name("pack", taken, given)
        composer = PackComposer(self.asker, Place(around / name), name)
        composer.pack()
        return self._finish(composer)

    def _finish(self, composer: Composer) -> int:
        """Draft the files, add students for the rules, show it all, and write it if that is wanted."""
        drafted: Draft | None = None
        silent: list[str] = []
        try:
            drafted = draft(composer.place, composer.insertions, composer.texts)
            after = loaded(drafted, self.beside)
            if "rules" in composer.made:
                silent = _add_students(composer, after)
                drafted = draft(composer.place, composer.insertions, composer.texts)
                after = loaded(drafted, self.beside)
        except KnowledgeBaseError as refusal:
            self._show(composer, drafted)
            return _refused(refusal, f"This is why nothing was written. {_BY_HAND}")
        self._show(composer, drafted)
        for rule in silent:
            self.asker.say(f"Note: no student was found {rule}.")
        self._tell_changes(composer.kb, after)
        self.asker.say()
        if not self.sure and not self.asker.yes("Write this?"):
            raise Quit
        try:
            write(drafted)
        except NotWritableError as error:
            click.echo(f"{error}\n{_BY_HAND}", err=True)
            return WRONG
        self._tell_what_next(drafted)
        return FINE

    def _show(self, composer: Composer, drafted: Draft | None) -> None:
        """Show what is going to be written: files that are new as a whole, of the others what they are given."""
        new = {name: text for name, (old, text) in drafted.files.items() if old is None} if drafted else {}
        real = composer.place.real
        self.asker.heading("This will be written")
        for name, text in new.items():
            self._block(str(real(name)), text)
        for name, insertion in composer.insertions:
            if name not in new:
                self._block(f"{real(name)}, under “{': '.join(insertion.keys)}”", insertion.text(2))

    def _block(self, where: str, text: str) -> None:
        self.asker.say()
        self.asker.say(f"{where}:", Role.TITLE)
        for line in text.rstrip("\n").split("\n"):
            click.echo(printable(line, len(line)))

    def _tell_changes(self, before: KnowledgeBase, after: KnowledgeBase) -> None:
        """Say which recorded cases now come out otherwise."""
        if not before.cases:
            return
        old, new = Engine(before), Engine(after)
        changed = [case.id for case in before.cases if not replay(old, case).failures and replay(new, case).failures]
        if changed:
            names = ", ".join(changed[:5]) + f" and {len(changed) - 5} more" * (len(changed) > 5)
            self.asker.say()
            self.asker.say(
                f"With this, {counted(len(changed), 'recorded case')} no longer come out as expected: {names}. "
                "Look at them with: unstuck rules test."
            )

    def _tell_what_next(self, drafted: Draft) -> None:
        asker, path = self.asker, printable(str(drafted.place.path), 200)
        asker.say()
        asker.say("Written.", Role.TITLE)
        if todo := list(_todos(drafted)):
            asker.say()
            asker.say(f"Still to be written, marked with TODO ({counted(len(todo), 'place')}):")
            for where, line in todo:
                click.echo(printable(f"  {where}  {line.strip()}", asker.console.width + len(str(where))))
        asker.say()
        asker.say("What to do next:")
        if not drafted.place.one_file and not (drafted.place.path / SCHEMA).exists():
            click.echo(f"  unstuck rules schema {path} --output {path}/{SCHEMA}    (helps your editor)")
        click.echo(f"  unstuck rules check {path}")
        click.echo(f"  unstuck rules test {path}")


def _refused(refusal: KnowledgeBaseError, last: str) -> int:
    tell(refusal)
    click.echo(last, err=True)
    return TO_MEND


def _add_students(composer: Composer, kb: KnowledgeBase) -> list[str]:
    """Add a firing case and a near miss for each new rule of `kb`; return what no student was found for."""
    engine = Engine(kb)
    taken = {case.id for case in kb.cases}
    seen: list[Answers] = []
    silent: list[str] = []
    homes = {insertion.name: file for file, insertion in composer.insertions if insertion.keys == ("rules",)}
    for rule in composer.made["rules"]:
        fires, misses = examples(engine, rule)
        file = homes[rule] if composer.place.one_file else f"cases/{Path(homes[rule]).stem}.yaml"
        reason = kb.rules[rule].because
        reason = "" if reason.startswith(TODO) else reason  # it is marked once, where the rule stands
        for answers, kind, title, because in (
            (fires, "fires", f"The rule {rule} speaks", reason),
            (misses, "near-miss", f"The rule {rule} stays silent, by one line", "One line of the rule does not hold."),
        ):
            if answers is None:
                silent.append(f"for whom “{rule}” {'fires' if kind == 'fires' else 'only just stays silent'}")
                continue
            case = recorded(engine, answers, free_name(f"{rule}-{kind}", taken), title, because=because)
            if case.answers not in seen:  # one student can serve several rules
                taken.add(case.id)
                seen.append(case.answers)
                composer.insertions.append((file, Insertion(("cases",), "", item_data(case))))
    return silent


def _todos(drafted: Draft) -> Iterator[tuple[Location, str]]:
    """Yield the new lines that are still to be written, with their places."""
    for name, (old, new) in drafted.files.items():
        before = set((old or "").splitlines())
        for number, line in enumerate(new.splitlines(), start=1):
            if "TODO" in line and line not in before:
                yield Location(str(drafted.place.real(name)), number), line
