"""What a pack takes from the safety of another: one that it extends, or the shipped one whose name it has.

The safety of a pack is its screens with their options, the levels of its referrals, and the rules that refer or that a
referral rests on. Here changes are only compared as they are written, which is quick, and said before the first
question. That somebody is less safe by one is proved by `kb.workbench.checks.weakened`.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.model.conditions import All, Answered, Condition, Not, questions_in
from kb.model.conditions import Any as AnyOf
from kb.model.dependencies import Dependencies
from kb.model.knowledge import NONE, KnowledgeBase, Question, Rule
from kb.model.packs import Pack, Weakening

_MOST_LINES = 3


def weakenings(kb: KnowledgeBase, before: KnowledgeBase, pack: Pack) -> Iterator[Weakening]:
    """Yield what `pack` may weaken of what there was `before`: `kb` holds what it has become."""
    of_pack = "+".join(each.id for each in before.packs)
    places = {(one.section, one.name): one.place for one in kb.overrides if one.pack == pack.id}

    def weakening(section: str, name: str, what: str, certain: bool = False) -> Weakening:
        item = getattr(kb, section).get(name)
        own = item.place if item is not None and item.place.path in pack.files else pack.place
        return Weakening(section, name, pack.id, places.get((section, name), own), of_pack, what, certain)

    for name in before.screens:
        what = _screen_lost(before.questions[name], kb, name)
        if what:
            yield weakening("questions", name, what, certain=True)
    for referral in before.referrals.values():
        now = kb.referrals.get(referral.id)
        if now is not None and now.level.rank > referral.level.rank:
            what = f"the referral “{now.id}” is no longer “{referral.level.value}”, but “{now.level.value}”"
            yield weakening("referrals", now.id, what)
    dependencies = before.kept(Dependencies)
    rests_on = dependencies.read(dependencies.referring)  # what a referral rests on
    gone = {name for name in before.safety_screens if name not in kb.questions}  # no rule can ask about these
    for rule in before.rules.values():
        if not gone.isdisjoint(questions_in(rule.when)):
            continue
        if rule.refer or not rests_on.isdisjoint(rule.find):
            what = _rule_lost(rule, kb.rules.get(rule.id))
            if what:
                yield weakening("rules", rule.id, what)
    for rule in kb.rules.values():
        if rule.id not in before.rules and not rests_on.isdisjoint(rule.find):
            yield weakening("rules", rule.id, f"the rule “{rule.id}” finds what a referral rests on")


def weakening_lines(kb: KnowledgeBase) -> list[str]:
    """Return a line for everything that may weaken the safety of a pack; where it is much, for what comes first."""
    lines = [
        f"“{one.pack}” here is not the shipped one: {one.what}."
        if one.pack == one.of_pack
        else f"“{one.pack}” changes the safety of “{one.of_pack}”: {one.what}."
        for one in kb.weakenings
    ]
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        lines[_MOST_LINES:] = [f"And {more} more such change{'s' * (more > 1)}; “unstuck rules check” tells."]
    return lines


def _screen_lost(old: Question, kb: KnowledgeBase, name: str) -> str:
    """Return in words what a safety screen has lost; nothing if it has not."""
    if name not in (kb.screens if old.asked_when else kb.safety_screens):
        return f"the safety question “{name}” need not be answered any more"
    new = kb.questions[name]
    if new.asked_when not in (None, old.asked_when):
        return f"the safety question “{name}” is asked of other people"
    lost = [option for option in old.option_ids if option != NONE and option not in new.option_ids]
    if new.kind is not old.kind:
        return f"the safety question “{name}” is answered in another way"
    return f"the safety question “{name}” no longer offers “{'”, “'.join(lost)}”" if lost else ""


def _rule_lost(old: Rule, new: Rule | None) -> str:
    """Return in words what a rule of the safety layer has lost; nothing if it has not."""
    if new is None:
        return f"the rule “{old.id}” is left out"
    less = not (set(old.refer) <= set(new.refer) and set(old.find) <= set(new.find))
    if old.refer:
        less = less or not set(old.withhold) <= set(new.withhold)
    if less:
        return f"the rule “{old.id}” does less"
    same = _implies(old.when, new.when) if old.refer else old.when == new.when
    return "" if same else f"the rule “{old.id}” holds for other people"


def _implies(one: Condition, other: Condition) -> bool:
    """Say whether whoever meets `one` meets `other`, as far as that can be read off them."""
    if one == other:
        return True
    if isinstance(other, All):
        return all(_implies(one, part) for part in other.parts)
    if isinstance(one, AnyOf):
        return all(_implies(part, other) for part in one.parts)
    if isinstance(one, All):
        return any(_implies(part, other) for part in one.parts)
    if isinstance(other, AnyOf):
        return any(_implies(one, part) for part in other.parts)
    if isinstance(one, Not) and isinstance(other, Not):
        return _implies(other.part, one.part)
    if isinstance(one, Answered) and isinstance(other, Answered):
        return one.question == other.question and set(one.options) <= set(other.options)
    return False
