"""Deficiency: what a pack takes from the safety of another."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kb.inference.engine import Engine, Inference
from kb.inference.outcome import Advice, decide
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import Problem
from kb.proof.parts import Parts
from kb.proof.students import Students, program
from kb.workbench.checks.analysis import Analysis
from kb.workbench.checks.catalogue import problem

OLD, NEW = "old", "new"


def weakened_safety(analysis: Analysis) -> Iterator[Problem]:
    """Yield what packs take from the safety of others without saying so under “weakens”."""
    kb = analysis.kb
    acknowledged = {name for pack in kb.packs for name in pack.weakens}
    said_already = set(analysis.unheeded_questions)  # from which nothing follows
    proofs: dict[str, _Proof] = {}
    for one in kb.weakenings:
        if one.name in acknowledged:
            continue
        case = ""
        if one.certain:
            said_already.add(one.name)
        else:
            proof = proofs.setdefault(one.pack, _Proof(kb, kb.bases[one.pack]))
            answers = proof.students.smallest(("weaker", one.section, one.name))
            if answers is None or not said_already.isdisjoint(proof.asks.get(one.name, ())):
                continue
            if answers.keys() <= kb.questions.keys():  # or else nobody can answer so any more
                title = f"Is less safe in “{one.pack}” than in “{one.of_pack}”"
                case = analysis.case(f"{one.name}-weakened", title, [], proof.is_weaker, answers=answers)
        words = {"pack": one.pack, "base": one.of_pack, "what": one.what, "name": one.name}
        yield problem("weakened-safety", one.place, words, case)


class _Proof:
    """The students of a knowledge base and of what it was before, and whether one of them is less safe now.

    `asks` are the questions on which each rule rested.
    """

    def __init__(self, kb: KnowledgeBase, before: KnowledgeBase) -> None:
        self.asks = Parts(before).asks
        self.before = Engine(before)
        self.students = Students({OLD: _about_safety(before), NEW: _about_safety(kb)}, program(__file__, "weakened.lp"))

    def is_weaker(self, inference: Inference, advice: Advice) -> bool:
        """Say whether somebody of whom `inference` is made was referred more strongly before, or had more withheld."""
        known = {name: one for name, one in inference.answers.items() if name in self.before.kb.questions}
        was = self.before.infer(known)
        old = decide(self.before.kb, was)
        strongest = [
            min((kb.referrals[name].level.rank for name in each.referrals), default=9)
            for kb, each in ((self.before.kb, old), (inference.kb, advice))
        ]
        return strongest[0] < strongest[1] or not was.conclusions.withheld <= inference.conclusions.withheld


def _about_safety(kb: KnowledgeBase) -> KnowledgeBase:
    rules = {name: rule for name, rule in kb.rules.items() if rule.refer or rule.withhold or rule.find}
    return replace(kb, rules=rules)
