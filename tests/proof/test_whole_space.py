"""The shipped pack, examined whole: what holds of everyone there could be, and of every interview.

What is said to a student is proved with the answer-set program: `wrong` names what must not be, and the solver finds
nobody of whom it is true. So that no proof is empty, the same sentences are asked of packs and programs broken on
purpose, and there somebody is found. How interviews go is looked at in the program itself, moment by moment
(`tests/tools/interview_tree.py`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.inference.outcome import screens_left, shown_findings
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.conditions import Answered
from kb.model.knowledge import NONE, KnowledgeBase, Level
from kb.proof.facts import quoted
from kb.proof.students import THIS, Students
from tests.property.agreement import any_answer
from tests.property.strategies import knowledge_bases, possible_answers
from tests.tools.interview_tree import Interviews

# --- what the safety notes say ----------------------------------------------------------------------------------------

CHOSEN, YES = ("chosen", "unsure"), ("yes", "unsure")

SIGNS: dict[str, tuple[dict[str, tuple[str, ...]], str]] = {
    # RF01 to RF09, RF11 and RF15: unsure counts as yes. What a follow-up asks counts whatever it followed.
    "RF01": ({"danger-signs/cauda-equina": CHOSEN}, "stop-emergency"),
    "RF02": ({"danger-signs/tear-or-pop": CHOSEN}, "stop-today"),
    "RF03": ({"danger-signs/leg-clot": CHOSEN}, "stop-today"),
    "RF03 with chest signs": ({"clot-chest-signs": YES}, "stop-emergency"),
    "RF04": ({"danger-signs/nerve-signs": CHOSEN}, "clinician-first"),
    "RF05": ({"danger-signs/unwell-back-pain": CHOSEN}, "stop-today"),
    "RF05 with chest pain": ({"danger-signs/back-pain-emergency": CHOSEN}, "stop-emergency"),
    "RF06": ({"health-conditions/recent-disc": CHOSEN}, "clinician-first"),
    "RF07": ({"health-conditions/recent-surgery": CHOSEN}, "clinician-first"),
    "RF08": ({"danger-signs/growing-sit-bone-pain": CHOSEN}, "stop-today"),
    "RF09": ({"health-conditions/bone-stress": CHOSEN}, "clinician-first"),
    "RF11 for six weeks": ({"pain-pattern/over-six-weeks": CHOSEN}, "clinician-first"),
    "RF11 sitting": ({"pain-pattern/hurts-to-sit": CHOSEN}, "clinician-first"),
    "RF11 next day": ({"pain-pattern/hurts-next-day": CHOSEN}, "clinician-first"),
    "RF11 at night": ({"pain-pattern/disturbs-sleep": CHOSEN}, "clinician-first"),
    "RF11 stays": ({"pain-pattern/stays-after-backing-off": CHOSEN}, "clinician-first"),
    "RF11 after the antibiotic": ({"strain-under-buttocks": YES, "recent-antibiotic": YES}, "clinician-first"),
    "RF11 elsewhere": ({"health-conditions/lingering-pain": CHOSEN}, "clinician-first"),
    "RF15": ({"danger-signs/swollen-or-locking-knee": CHOSEN}, "clinician-first"),
    "RF15 with signs": ({"knee-signs": YES}, "stop-today"),
    # RF10, RF12, RF13 and RF14: unsure means the limits.
    "RF10": ({"health-conditions/fragile-bones": CHOSEN}, "gently"),
    "RF10 with signs": ({"fragile-bones-signs": YES}, "clinician-first"),
    "RF12": ({"health-conditions/pregnant": CHOSEN}, "gently"),
    "RF13": ({"health-conditions/very-bendy": CHOSEN}, "gently"),
    "RF13 with trouble": ({"joints-slip-or-hurt": YES}, "clinician-first"),
    "RF14": ({"health-conditions/glaucoma-or-fainting": CHOSEN}, "gently"),
    "RF14 after a faint": ({"fainted": YES}, "clinician-first"),
    # Whoever is unsure of a whole screen is unsure of its gravest sign.
    "unsure of all danger signs": ({"danger-signs": ("unsure",)}, "stop-emergency"),
    "unsure of all conditions": ({"health-conditions": ("unsure",)}, "clinician-first"),
    # The live stop rule leads to RF02, RF04 and RF11.
    "felt: sharp": ({"stop-signs-felt/sharp": CHOSEN}, "stop-today"),
    "felt: tearing": ({"stop-signs-felt/tearing": CHOSEN}, "stop-today"),
    "felt: electric": ({"stop-signs-felt/electric": CHOSEN}, "clinician-first"),
    "felt: numb": ({"stop-signs-felt/numb": CHOSEN}, "clinician-first"),
    "felt: stays": ({"stop-signs-felt/stays-after": CHOSEN}, "clinician-first"),
    "felt: both legs": ({"stop-signs-felt/both-legs": CHOSEN}, "stop-emergency"),
}
"""Each danger sign by what is answered, and the weakest level that the safety notes allow it; copied by hand."""

COMPLAINTS: dict[str, dict[str, tuple[str, ...]]] = {
    "strain below the buttock": {"strain-under-buttocks": YES},
    "stuck": {"pose": ("none", "unsure"), "stuck-in-folds": YES},
    "a low back that rounds": {
        "low-back": ("rounded",),
        "pose": ("none", "unsure", "dandasana-wall", "dandasana-backslant", "dandasana-free", "high-half-fold"),
    },
    "a back that caves in": {
        "back-in-fold": ("collapsing",),
        "pose": ("paschimottanasana", "standing-forward-bend", "lying-deeper"),
    },
    "long sitting": {"habits/sits-most-of-day": ("chosen",)},
}
"""What the article promises an answer for: who comes with it, and says all there is to say, goes away with one."""

RULES = """
% (Whoever was made worse by a correction is not given it, which is no fault of the pack.)
:- attempt(W,Q,X), variable(Q,"worse"), not asks(_,Q).

met(S,C)  :- answers(S,C,V), variable(C,V).
shows(S)  :- least(S,_), met(S,C) : needs(S,C).
brings(S) :- complaint(S), met(S,C) : needs(S,C).

rank("stop-emergency",0). rank("stop-today",1). rank("clinician-first",2). rank("gently",3).
enough(S) :- least(S,L), rank(L,A), level("this",M), rank(M,B), B <= A.
stopping(O) :- rank(O,A), A < 3.
said_to_stop :- outcome("this",O), stopping(O).

% danger
wrong("weaker than the notes",S) :- shows(S), not enough(S).
wrong("not stopped",S) :- shows(S), least(S,L), stopping(L), not said_to_stop.
wrong("advice beside a sign of danger",C) :- given("this",_), danger(C), variable(C,("yes";"chosen";"unsure")).
danger(C) :- option("danger-signs",C), not none("danger-signs",C).
danger(Q) :- follow_up(Q), value(Q,"yes").  % one of a safety screen, whatever came before it
wrong("as if well",S) :- shows(S), outcome("this",("advise";"check-first";"no-change")).

% beside a stop, and before the screens
wrong("advice beside a stop",X) :- said_to_stop, given("this",X).
wrong("held back beside a stop",X) :- said_to_stop, withheld("this",X).
wrong("a finding where none is due",F) :- hushed, finds("this",R,F), refers("this",R,_), fires("this",R), told(F).
hushed :- said_to_stop.
hushed :- not screened.
wrong("advice before the screens",X) :- given("this",X), screen("this",Q), not answered(Q).
wrong("no stop",O) :- outcome("this",O), stopping(O), not referred_to_stop.
referred_to_stop :- referred("this",X), referral("this",X,L), stopping(L).

% advice
wrong("held back and given",X) :- given("this",X), withholds("this",R,X), fires("this",R).
wrong("contradicting advice",X) :- given("this",X), given("this",Y), against(X,Y).
wrong("contradicting findings",F) :- found("this",F), found("this",G), against(F,G).
wrong("no source",X) :- referred("this",X), not sourced(X).
wrong("no source",X) :- given("this",X), recommends("this",R,X), fires("this",R), not sourced(R).

% the outcome
wrong("no outcome","") :- not outcome("this",_).
wrong("two outcomes",O) :- outcome("this",O), outcome("this",P), O < P.
wrong("the screens left out",O) :- outcome("this",O), O != "incomplete", not said_to_stop, not screened.
screened :- answered(Q) : screen("this",Q).

% whoever comes with a complaint, and answers everything
helped :- given("this",_).
helped :- referred("this",_).
all_answered :- answered(Q) : question(Q), not after_advice(Q).
wrong("sent away with nothing",S) :- brings(S), all_answered, not helped.
wrong("all of it held back",R) :- fires("this",R), recommends("this",R,_), all_answered, not helped.
"""


def sentences(kb: KnowledgeBase) -> str:
    """Return what must not be, and the tables above, as sentences of the answer-set program."""
    lines = [RULES]
    for name, (variables, level) in SIGNS.items():
        lines.append(f"least({quoted(name)},{quoted(level)}).")
        lines += answered(name, variables)
    for name, variables in COMPLAINTS.items():
        lines.append(f"complaint({quoted(name)}).")
        lines += answered(name, variables)
    for items in (kb.findings.values(), kb.recommendations.values()):
        lines += [f"against({quoted(item.id)},{quoted(other)})." for item in items for other in item.not_with]
    lines += [f"follow_up({quoted(name)})." for name in kb.follow_ups if name in kb.safety_questions]
    lines += [f"told({quoted(finding.id)})." for finding in kb.findings.values() if not finding.intermediate]
    for cited in (*kb.referrals.values(), *kb.rules.values()):
        lines += [f"sourced({quoted(cited.id)})."] * bool(cited.sources)
    return "\n".join(lines) + "\n"


def answered(name: str, variables: dict[str, tuple[str, ...]]) -> Iterable[str]:
    for variable, values in variables.items():
        yield f"needs({quoted(name)},{quoted(variable)})."
        for value in values:
            yield f"answers({quoted(name)},{quoted(variable)},{quoted(value)})."


def wrongs(kb: KnowledgeBase, program: Callable[[str], str] = str) -> set[tuple[str, str]]:
    """Return all that is wrong for somebody, in the words of `RULES`; `program` may change the program first."""
    students = Students(kb, sentences(kb))
    students._text = program(students._text)
    return {(kind, what) for _, kind, what in students.possible("wrong/2")}


@cache
def shipped() -> KnowledgeBase:
    return load(cases=False)


# --- everyone there could be ------------------------------------------------------------------------------------------


def test_shipped_pack__of_everyone_there_could_be__nothing_is_wrong() -> None:
    assert wrongs(shipped()) == set()


def test_shipped_pack__everything_that_is_looked_for__happens_to_somebody() -> None:
    """No sentence is true for want of anyone it speaks of: every sign is shown, every complaint brought."""
    kb = shipped()
    possible = Students(kb, sentences(kb)).possible("shows/1", "brings/1", "helped/0", "all_answered/0", "outcome/2")
    assert possible == {
        *(("shows", name) for name in SIGNS),
        *(("brings", name) for name in COMPLAINTS),
        ("helped",),
        ("all_answered",),
        *(("outcome", THIS, level.value) for level in Level if level.stops),
        *(("outcome", THIS, name) for name in ("advise-gently", "advise", "check-first", "no-change", "incomplete")),
    }


def test_safety_screens__each_option__is_a_sign_of_the_notes() -> None:
    kb = shipped()
    asked = {
        f"{screen}/{option}"
        for screen in (*kb.safety_screens, "stop-signs-felt")
        for option in kb.questions[screen].option_ids
        if option != NONE
    }
    looked_at = {variable for variables, _ in SIGNS.values() for variable in variables}
    assert asked <= looked_at
    assert {name.split()[0] for name in SIGNS if name.startswith("RF")} == {f"RF{n:02}" for n in range(1, 16)}


def without(kb: KnowledgeBase, *rules: str) -> KnowledgeBase:
    return replace(kb, rules={name: rule for name, rule in kb.rules.items() if name not in rules})


def test_proof__each_rule_of_a_danger_sign_left_out__sees_who_is_missed() -> None:
    kb = shipped()
    seen = {
        rule.id: {what for kind, what in wrongs(without(kb, rule.id)) if kind == "weaker than the notes"}
        for rule in kb.rules.values()
        if rule.refer
    }
    assert [name for name, missed in seen.items() if not missed] == []
    # (Whoever is unsure of a whole screen shows several signs, and is missed only if all their rules are left out.)
    assert set().union(*seen.values()) == {*SIGNS} - {"unsure of all danger signs", "unsure of all conditions"}
    assert wrongs(without(kb, *seen)) >= {("weaker than the notes", name) for name in SIGNS}


def otherwise(kb: KnowledgeBase, name: str, **changes: object) -> KnowledgeBase:
    return replace(kb, rules={**kb.rules, name: replace(kb.rules[name], **changes)})


BROKEN: dict[str, Callable[[KnowledgeBase], KnowledgeBase]] = {
    "weaker than the notes": lambda kb: otherwise(kb, "tear-or-pop", when=Answered("danger-signs", ("tear-or-pop",))),
    "not stopped": lambda kb: replace(
        kb, referrals={**kb.referrals, "tear-stop": replace(kb.referrals["tear-stop"], level=Level.GENTLY)}
    ),
    "advice beside a sign of danger": lambda kb: replace(
        kb, referrals={**kb.referrals, "tear-stop": replace(kb.referrals["tear-stop"], level=Level.GENTLY)}
    ),
    "a finding where none is due": lambda kb: otherwise(kb, "nerve-signs", find=("knees-turned",)),
    "contradicting advice": lambda kb: otherwise(kb, "backing-off", withhold=()),
    "contradicting findings": lambda kb: replace(
        kb,
        findings={
            **kb.findings,
            "gates-open": replace(kb.findings["gates-open"], not_with=("habits-that-contribute",)),
        },
    ),
    "no source": lambda kb: otherwise(kb, "big-toes-easy", sources=()),
    "sent away with nothing": lambda kb: without(kb, "start-at-the-wall"),
    "all of it held back": lambda kb: otherwise(kb, "start-at-the-wall", withhold=("set-up-at-wall",)),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_proof__pack_broken_on_purpose__sees_it(kind: str) -> None:
    assert kind in {seen for seen, _ in wrongs(BROKEN[kind](shipped()))}


# What no pack can break is in the program itself: there a part of a sentence is left out, or all of it.
SCREENS = "quiet(W)         :- unscreened(W)."
NO_CHANGE = (
    'outcome(W,"no-change")       :- world(W), not quiet(W), not corrected(W), not fault_left(W), not gentle(W).'
)
SENTENCES: dict[str, tuple[str, str]] = {
    "advice beside a stop": ("given(W,X)       :- recommended(W,X), not barred(W,X), not quiet(W).", ", not quiet(W)"),
    "as if well": ('outcome(W,"advise")          :- certain_correction(W), not gentle(W).', ", not gentle(W)"),
    "held back beside a stop": (
        "withheld(W,X)    :- recommended(W,X), barred(W,X), not quiet(W).",
        ", not quiet(W)",
    ),
    "advice before the screens": (SCREENS, SCREENS),
    "the screens left out": (SCREENS, SCREENS),
    "held back and given": (
        "given(W,X)       :- recommended(W,X), not barred(W,X), not quiet(W).",
        ", not barred(W,X)",
    ),
    "no outcome": (NO_CHANGE, NO_CHANGE),
    "two outcomes": ('level(W,"stop-today"), not level(W,"stop-emergency").', ', not level(W,"stop-emergency")'),
    "no stop": ('outcome(W,"stop-emergency")  :- level(W,"stop-emergency").', ' :- level(W,"stop-emergency")'),
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_proof__program_broken_on_purpose__sees_it(kind: str) -> None:
    line, part = SENTENCES[kind]

    def broken(text: str) -> str:
        assert text.count(line) == 1
        changed = line.replace(part, " :- world(W)" if kind == "no stop" else "")
        return text.replace(line, changed)

    assert kind in {seen for seen, _ in wrongs(shipped(), broken)}


def test_proof__everything_that_can_be_wrong__is_seen_in_something_broken() -> None:
    kinds = {line.split('"')[1] for line in RULES.splitlines() if line.startswith("wrong(")}
    assert kinds == {*BROKEN, *SENTENCES}


# --- every interview --------------------------------------------------------------------------------------------------


@cache
def interviews() -> Interviews:
    return Interviews(Engine(shipped()))


def test_shipped_pack__the_longest_interview_of_all__is_within_the_promise() -> None:
    kb = shipped()
    promise = kb.packs[0].most_questions
    assert promise is not None
    assert len(interviews().longest) == 21
    assert len(interviews().longest) <= Session.begin(interviews().engine).most_questions_left() <= promise
    session = Session.begin(interviews().engine)
    for name, answer in interviews().longest:
        question = session.next_question()
        assert question is not None
        assert question.id == name
        session = session.answer(name, answer)
    assert session.next_question() is None


def test_shipped_pack__at_every_moment_of_every_interview__danger_is_first_and_no_more_comes_than_is_said() -> None:
    kb = shipped()
    stops, ends = 0, 0
    for session, longest in interviews().moments.values():
        question, advice = session.next_question(), session.advice
        left = screens_left(kb, session.inference, advice)
        assert len(longest) <= session.most_questions_left()
        assert list(advice.given) == sorted(advice.given, key=list(kb.recommendations).index)
        assert (question is None) == (not longest)
        if advice.outcome.stops:
            assert (advice.given, advice.withheld) == ((), ())
            assert shown_findings(kb, session.inference, advice) == ()
            assert question is None or question.id in ("clot-chest-signs", "knee-signs")
        elif left:
            assert question is not None
            assert question.id == left[0]
            assert (advice.given, advice.withheld) == ((), ())
        stops, ends = stops + advice.outcome.stops, ends + (question is None)
    assert stops > 3
    assert ends > 3
    assert len(interviews().moments) > 500


def test_shipped_pack__random_interviews__go_as_the_tree_says() -> None:
    """Answers that the tree never tried, given in full, lead to moments that it knows."""
    chance, tree = random.Random(22), interviews()
    for _ in range(120):
        session = Session.begin(tree.engine)
        left = len(tree.longest)
        while question := session.next_question():
            moment = tree.at(session)
            assert moment.session.next_question() == question
            assert len(moment.longest) <= left
            calm = question.id in shipped().safety_screens and chance.random() < 0.8
            session = session.answer(question.id, (NONE,) if calm else any_answer(chance, question))
            left = len(moment.longest) - 1
        assert tree.at(session).longest == ()


@given(knowledge_bases())
@settings(max_examples=40, deadline=None)
def test_tree__every_moment_of_a_random_pack__goes_on_as_long_as_trying_every_answer_shows(kb: KnowledgeBase) -> None:
    ways = 1
    for question in kb.questions.values():
        ways *= 1 if question.after_advice else len(possible_answers(question))
    assume(6 < ways <= 600)
    tree = Interviews(Engine(kb))

    def longest(session: Session) -> int:
        question = session.next_question()
        answers = possible_answers(question) if question else ()
        most = max((1 + longest(session.answer(question.id, answer)) for answer in answers if question), default=0)
        assert len(tree.at(session).longest) == most
        return most

    longest(Session.begin(tree.engine))


# --- what comes first -------------------------------------------------------------------------------------------------


def test_shipped_pack__any_two_recommendations__come_in_the_order_of_the_pack() -> None:
    """Every pair that anyone can be given together is seen in the engine, in its order."""
    kb = shipped()
    engine, students = Engine(kb), Students(kb, 'pair(X,Y) :- given("this",X), given("this",Y), X < Y.\n')
    waiting = {frozenset(atom[1:]) for atom in students.possible("pair/2")}
    assert len(waiting) > 100
    place = list(kb.recommendations).index
    chance = random.Random(30)
    while waiting:
        one, other = sorted(min(waiting, key=sorted))
        smallest = students.smallest(("pair", one, other))
        assert smallest is not None
        more = dict(smallest)  # whoever answers more is given more pairs at once
        for question in kb.questions.values():
            if question.id not in smallest and not question.after_advice and chance.random() < 0.5:
                more[question.id] = any_answer(chance, question)
        for answers in (smallest, more):
            given_to = Session.begin(engine, answers).advice.given
            assert list(given_to) == sorted(given_to, key=place)
            waiting -= {frozenset(pair) for pair in combinations(given_to, 2)}
