"""Deficiency: what a pack takes from the safety of another."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from kb.inference.engine import Engine, Inference
from kb.inference.outcome import Advice, decide
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import Problem
from kb.proof.parts import Parts
from kb.proof.students import Students
from kb.workbench.checks.analysis import Anomaly, Examined, Severity, finds

OLD, NEW = "old", "new"

_WEAKER = """
rank("stop-emergency",0). rank("stop-today",1). rank("clinician-first",2). rank("gently",3).
as_strong(L) :- level("old",L), rank(L,A), level("new",M), rank(M,B), B <= A.
weaker(L)    :- level("old",L), not as_strong(L).
weaker("referrals",X) :- referred("old",X), referral("old",X,L), weaker(L).
weaker("rules",R) :- refers("old",R,X), fires("old",R), referral("old",X,L), weaker(L).
weaker("rules",R) :- finds(W,R,_), fires(W,R), weaker(L).
weaker("rules",R) :- refers("old",R,_), withholds("old",R,X), fires("old",R), not barred("new",X), not stopped("new").
"""


@finds("weakened-safety", Anomaly.DEFICIENCY, Severity.ERROR)
def weakened_safety(examined: Examined) -> Iterator[Problem]:
    """Something that a pack takes from the safety of another one, without a word.

    Somebody who was stopped, limited or asked before no longer is. This concerns a pack that this one extends, or one
    of the program whose name it has. Where it is meant, the header says so under “weakens”: what is weakened, by name,
    and why.

    Faulty::

        # file: base/pack.yaml
        pack: base
        title: Backs
        version: "1"
        safety-screens: [numb]
        sources: {A1: {work: A book}}
        questions:
          numb: {ask: Is your foot numb?, type: yes-no}
        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}
        rules:
          numb: {when: {numb: [yes, unsure]}, then: {refer: see-someone}, because: It may be a nerve., source: A1}
        # file: own/pack.yaml
        pack: own
        title: Our own
        version: "1"
        extends: base
        in-place-of: {referrals: [see-someone]}
        referrals:
          see-someone: {level: gently, tell: Go gently.}

    Sound::

        # file: base/pack.yaml
        pack: base
        title: Backs
        version: "1"
        safety-screens: [numb]
        sources: {A1: {work: A book}}
        questions:
          numb: {ask: Is your foot numb?, type: yes-no}
        referrals:
          see-someone: {level: clinician-first, tell: Please have it looked at.}
        rules:
          numb: {when: {numb: [yes, unsure]}, then: {refer: see-someone}, because: It may be a nerve., source: A1}
        # file: own/pack.yaml
        pack: own
        title: Our own
        version: "1"
        extends: base
        in-place-of: {referrals: [see-someone]}
        weakens: {see-someone: A physiotherapist has seen each of our students.}
        referrals:
          see-someone: {level: gently, tell: Go gently.}
    """
    kb = examined.kb
    acknowledged = {name for pack in kb.packs for name in pack.weakens}
    said_already = {
        variable.partition("/")[0] for variable in examined.unheeded
    }  # that nothing follows from these screens
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
                case = examined.case(f"{one.name}-weakened", title, [], proof.is_weaker, answers=answers)
        yield Problem(
            one.place,
            "weakened-safety",
            f"“{one.pack}” takes from the safety of “{one.of_pack}”: {one.what}.",
            f"Take it back, or say why in the header of “{one.pack}”, as in “weakens: {{{one.name}: the reason}}”.",
            case,
        )


class _Proof:
    """The students of a knowledge base and of what it was before, and whether one of them is less safe now.

    `asks` are the questions on which each rule rested.
    """

    def __init__(self, kb: KnowledgeBase, before: KnowledgeBase) -> None:
        self.asks = Parts(before).asks
        self.before = Engine(before)
        self.students = Students({OLD: _about_safety(before), NEW: _about_safety(kb)}, _WEAKER)

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
