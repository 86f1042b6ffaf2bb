"""`rules why-not`: why something is not in the report, and the nearest change of answers that would put it there."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kb.explanation import chain, wording
from kb.explanation.explanation import change_that_fires, explain_why_not, title_of
from kb.inference.engine import Engine
from kb.inference.outcome import screens_left
from kb.interview.session import Session
from kb.interview.startup import knowledge_in_use
from kb.language.answers import read_answers
from kb.language.yaml_source import read_file
from kb.model.conditions import All, Truth
from kb.report.layout import HEADLINES
from kb.terminal.completion import completed, packs_typed
from kb.terminal.console import Console
from kb.terminal.options import complete_files
from kb.terminal.workbench.common import knowledge, names_in, refuse_strange
from kb.text.blocks import Role
from kb.text.wrapping import cut
from kb.workbench.description.conditions import reading
from kb.workbench.description.items import standing


@completed
def _reported(context: click.Context, _typed: str) -> Iterator[tuple[str, str]]:
    """Yield what can stand in a report, and the rules that put it there."""
    return names_in(knowledge_in_use(packs_typed(context)), "findings", "recommendations", "referrals", "rules")


@click.command("why-not")
@click.argument("name", shell_complete=_reported)
@click.argument("file", shell_complete=complete_files)
@click.pass_context
def command(context: click.Context, name: str, file: str) -> None:
    """Say why something is not in a report.

    NAME is a finding, recommendation, referral or rule; FILE holds answers, as “unstuck diagnose” takes them; - stands
    for standard input. The nearest change of answers that would put it there is shown as well.
    """
    kb = knowledge((), context.obj)
    targets = {**kb.findings, **kb.recommendations, **kb.referrals}
    fault = "No finding, recommendation, referral or rule is called “{}”. "
    refuse_strange([name], [*targets, *kb.rules], fault, "“unstuck rules list” shows all names.")
    session = Session.begin(Engine(kb), read_answers(read_file(file), kb.questions))
    console = Console()
    if name in targets:
        _target(console, session, name)
    if name in kb.rules:
        _rule(console, session, name)


def _target(console: Console, session: Session, name: str) -> None:
    """Say why a finding, recommendation or referral is not in the report, or how it came into it."""
    kb = session.kb
    found = explain_why_not(session, name)
    if found.given:
        console.say(f"“{cut(title_of(kb, name), 100)}” ({name}) is in the report.")
        console.say_all(chain.how(session, name))
        console.say_all(chain.sources(session, name))
        return
    console.say(f"Why not “{cut(title_of(kb, name), 100)}” ({name})", Role.TITLE)
    console.say()
    advice = session.advice
    console.say(f"The report for these answers: {HEADLINES[advice.outcome]} ({advice.outcome.value}).", first="  ")
    if found.stopped:
        stops = ", ".join(referral for referral in advice.referrals if kb.referrals[referral].level.stops)
        console.say(f"Beside a stop nothing is said about poses. It comes from: {stops}.", first="  ")
    missing = screens_left(kb, session.inference, session.advice)
    if missing and name not in kb.referrals and not found.stopped:
        console.say(f"Before the safety screens are answered, nothing is: {', '.join(missing)}.", first="  ")
    if not found.obstacles and not kb.rules_giving(name):
        console.say("No rule leads to it.", first="  ")
    console.say_all(wording.obstacles(kb, found))
    if found.change:
        console.say_all(wording.had_you_answered(kb, found.change))
    else:
        console.say()
        console.say("No change of answers that would put it there was found.", first="  ")


def _rule(console: Console, session: Session, name: str) -> None:
    """Say line by line what of a rule holds and what does not."""
    rule = session.kb.rules[name]
    truth = session.inference.rules[name]
    said = {Truth.HOLDS: "fires", Truth.FAILS: "does not fire", Truth.OPEN: "does not fire, and may still"}[truth]
    console.say(f"Rule {name} {said}", Role.TITLE)
    console.say(str(rule.place), Role.PLACE, "  ")
    console.say()
    console.say("It needs all of this:" if isinstance(rule.when, All) else "It needs this:", first="  ")
    console.say_all(reading(session.kb, rule.when, "    ", standing(session.engine, session.answers)))
    if truth is Truth.HOLDS:
        return
    change = change_that_fires(session, name)
    if change:
        console.say_all(wording.had_you_answered(session.kb, change, "fire"))
    else:
        console.say()
        console.say("No change of answers with which it would fire was found.", first="  ")
