"""Work out what packs leave to the program: rules that a table of options stands for, last resorts, places in works.

An option that `means` a finding stands for a rule; so the table of a question, and no list in a rule, says what is true
of each of its options. A rule with `otherwise` holds where no other rule of its topic recommends anything: those find a
finding of its own, and the last resort waits until that is ruled out. Nothing else in the program knows of tables and
last resorts: there are only rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from kb.model.conditions import All, Answered, Condition, Found, Not
from kb.model.knowledge import Finding, Question, Rule, Source

FOLLOWS = "This follows from your answer."
"""Why a finding holds that an option means."""

_LAST = "something-to-do"


def rules_of_tables(questions: Iterable[Question], findings: Mapping[str, Finding]) -> dict[str, Rule]:
    """Return a rule for each finding that options of a question mean, by its name."""
    made = {}
    for question in questions:
        meant: dict[str, list[str]] = {}
        for option in question.options:
            for finding in option.means:
                meant.setdefault(finding, []).append(option.id)
        for finding, options in meant.items():
            sources = findings[finding].sources if finding in findings else ()
            rule = Rule(
                f"{question.id}-means-{finding}",
                when=Answered(question.id, tuple(options)),
                because=FOLLOWS,
                find=(finding,),
                sources=sources or question.sources,
                of_table=True,
                topic=question.topic,
                place=question.place,
            )
            made[rule.id] = rule
    return made


def last_resorts(rules: Mapping[str, Rule]) -> tuple[dict[str, Rule], dict[str, Finding]]:
    """Return rules in which each with `otherwise` waits for the others of its topic, and the findings for it."""
    made, findings = dict(rules), {}
    for topic in dict.fromkeys(rule.topic for rule in rules.values() if rule.otherwise):
        name = f"{topic}-{_LAST}" if topic else _LAST
        finding = Finding(name, "Something else is to be done", intermediate=True, topic=topic)
        findings[finding.id] = finding
        for rule in rules.values():
            if rule.topic == topic and rule.otherwise:
                parts = rule.when.parts if isinstance(rule.when, All) else (rule.when,)
                made[rule.id] = replace(rule, when=All((*parts, Not(Found((finding.id,))))))
            elif rule.topic == topic and rule.recommend:
                made[rule.id] = replace(rule, find=(*rule.find, finding.id))
    return made, findings


def is_derived(finding: str) -> bool:
    """Say whether a finding is one by which a last resort waits for the others of its topic."""
    return finding == _LAST or finding.endswith(f"-{_LAST}")


def without_last_resort(rule: Rule) -> Condition:
    """Return the condition of `rule` as it was written."""
    if not rule.otherwise or not isinstance(rule.when, All):
        return rule.when
    parts = rule.when.parts[:-1]
    return parts[0] if len(parts) == 1 else All(parts)


def with_works(sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return sources in which a place in a work has the work's title, author and address, where it says none itself."""
    made = dict(sources)
    for name, source in sources.items():
        work = sources.get(source.within)
        if work:
            made[name] = replace(
                source,
                work=source.work or work.work,
                by=source.by or work.by,
                address=source.address or work.address,
            )
    return made
