"""The limits of a health condition: which advice of the shipped pack breaks which, and that nobody is given it.

The tables are judgements, each with its reason. The proofs go through every student there could be.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
import yaml
from msgspec.structs import replace

from kb.language.loading import load
from kb.model.knowledge import KnowledgeBase
from kb.proof.facts import quoted
from kb.proof.students import Students

CONDITIONS = ("fragile-bones", "pregnant", "very-bendy", "glaucoma-or-fainting")
"""The conditions that set limits (RF10, RF12, RF13, RF14). With any other nothing is advised at all."""

STOPPING = ("recent-disc", "recent-surgery", "bone-stress", "lingering-pain")

REQUIRED = {"fragile-bones": "fragile-bones-signs", "glaucoma-or-fainting": "fainted"}
"""What must be answered beside a condition, since it may mean a clinician first.

Of very bendy joints the limits themselves say so (`joints-slip-or-hurt` may stay open in a file of answers).
"""

ADVICE: dict[str, dict[str, str]] = yaml.safe_load("""
# Under a condition: why this breaks its limits, in whatever pose. Under `else`: why it breaks those of no other.
back-off: {else: it makes the fold smaller}
weight-to-heels: {else: "the fold has been made smaller before, and weight comes onto the whole foot"}
reach-through-heels: {else: "the fold has been made smaller before, and the legs reach without being pulled"}
re-track: {else: "lengthens the spine, and stays on the easy side"}
set-up-at-wall: {else: "sitting upright on the floor, a roll under the knees"}
lean-back: {else: "opens the angle and keeps the spine neutral; nobody lies flat"}
long-neutral-spine: {else: "neutral, and no deeper"}
move-legs-away:
  pregnant: it is done lying flat
  glaucoma-or-fainting: it is done with the legs in the air
  else: opens the angle and keeps the spine neutral
high-half-fold: {else: "high, neutral, hands supported; the head stays no lower than the heart"}
red-light-stop:
  fragile-bones: sun salutations bend over and over
  glaucoma-or-fainting: sun salutations bring the head down again and again, with nothing to hold
  else: slower, and no deeper
weight-to-feet: {else: the hands stay where they hold on}
feet-parallel: {else: the feet alone}
knees-over-middle-toes: {else: the knees alone}
check-by-touch: {else: "feeling, no folding"}
level-knee-backs: {else: "one hand feels while the other holds on; no farther back than level"}
spin-and-microbend: {else: it is the tiny bend that bendy knees need}
re-root-feet: {else: the feet alone}
big-toe-press: {else: "the feet, with the roll under the knees"}
little-toe-press: {else: "the feet, with the roll under the knees"}
hold-two-minutes: {else: "holds what is in line, no deeper; in which poses nobody stays is told below"}
come-upright-slowly: {else: a neutral spine that comes up}
take-a-break:
  fragile-bones: bouncing and drumming are sudden
  else: sitting, loose, and to no end of a range
without-the-wall: {else: "sitting upright on the floor, a roll under knees that bend backward"}
legs-up-lying:
  pregnant: it is lying flat
  glaucoma-or-fainting: legs in the air raised the pressure in the eyes (S37)
  else: a neutral spine with the weight on the floor
recheck-knees-lying:
  pregnant: it is done lying flat
  glaucoma-or-fainting: it is done with the legs in the air
  else: looking and feeling, in a neutral spine
deepen-by-degrees:
  fragile-bones: deeper folds round the spine
  pregnant: pushes the range
  very-bendy: depth is not the goal
  glaucoma-or-fainting: the head goes down
lengthen-while-rounding:
  fragile-bones: rounds the spine
  pregnant: a range at its end
  very-bendy: a range at its end
  glaucoma-or-fainting: the head is down
pause-at-edge:
  fragile-bones: looks for the place where the spine gives way
  pregnant: looks for the end of the range
  very-bendy: looks for the limit that it should stop short of
  glaucoma-or-fainting: stays with the head down
accept-todays-depth:
  fragile-bones: rests as deep as it goes
  very-bendy: rests at the limit
  glaucoma-or-fainting: rests with the head down
  else: seeks no more range
daily-life: {else: "walking, sitting, and no fold"}
""")

LYING = ("reach-through-heels", "long-neutral-spine", "feet-parallel", "knees-over-middle-toes", "check-by-touch")
LYING += ("level-knee-backs", "spin-and-microbend", "hold-two-minutes", "accept-todays-depth")
ROUNDING: dict[str, tuple[str, ...]] = {"back-in-fold": ("rounding", "collapsing", "unsure")}

POSES: list[tuple[str, str, dict[str, tuple[str, ...]], tuple[str, ...], str]] = [
    # condition, pose that breaks its limits (if the answers are such), what keeps someone in it, what leads out
    ("pregnant", "lying-legs-up", {}, LYING, "without-the-wall"),
    ("pregnant", "lying-deeper", {}, LYING, "without-the-wall"),
    ("glaucoma-or-fainting", "lying-legs-up", {}, LYING, "without-the-wall"),
    ("glaucoma-or-fainting", "lying-deeper", {}, LYING, "without-the-wall"),
    ("glaucoma-or-fainting", "paschimottanasana", {}, ("hold-two-minutes", "lean-back"), "without-the-wall"),
    ("glaucoma-or-fainting", "standing-forward-bend", {}, ("hold-two-minutes",), "high-half-fold"),
    ("glaucoma-or-fainting", "sun-salutation", {}, (), "high-half-fold"),
    ("fragile-bones", "sun-salutation", {}, (), "high-half-fold"),
    ("fragile-bones", "paschimottanasana", ROUNDING, ("hold-two-minutes",), "lean-back"),
    ("fragile-bones", "standing-forward-bend", ROUNDING, ("hold-two-minutes",), "high-half-fold"),
    ("fragile-bones", "lying-deeper", ROUNDING, ("hold-two-minutes",), "move-legs-away"),
]

RULES = """
limited(C) :- condition(C,Cell), variable(Cell,("chosen";"unsure")).
in(N)      :- pose(N,C,P), limited(C), variable("pose",P), so(N) : only(N).
so(N)      :- such(N,Q,V), variable(Q,V).
some_given :- given("this",_).

wrong("breaks",C,X)     :- limited(C), breaks(C,X), given("this",X).
wrong("stays",N,X)      :- in(N), keeps(N,X), given("this",X).
wrong("no way out",N,X) :- in(N), out(N,X), some_given, not otherwise(N), not given("this",X), not worsened(X).
wrong("too early",C,Q)  :- limited(C), required(C,Q), not answered(Q), some_given.

% Whom the way out made worse, nothing leads there again.
worsened(X) :- attempt("this",Q,X), variable(Q,"worse").

% Whoever has two conditions is led out of the pose by either.
otherwise(N) :- in(N), in(M), N != M, out(M,X), given("this",X).
otherwise(N) :- in(N), in(M), N != M, out(M,X), worsened(X).

tempted(C,X) :- limited(C), breaks(C,X), withheld("this",X).
tempted(N,X) :- in(N), keeps(N,X), withheld("this",X).
led(N)       :- in(N), out(N,X), given("this",X).
"""


def breaks() -> set[tuple[str, str]]:
    everything = {(condition, name) for condition in STOPPING for name in shipped().recommendations}
    return everything | {(condition, name) for name, why in ADVICE.items() for condition in why if condition != "else"}


def sentences() -> Iterable[str]:
    yield RULES
    for condition in (*CONDITIONS, *STOPPING):
        yield f"condition({quoted(condition)},{quoted(f'health-conditions/{condition}')})."
    for condition, name in sorted(breaks()):
        yield f"breaks({quoted(condition)},{quoted(name)})."
    for condition, question in REQUIRED.items():
        yield f"required({quoted(condition)},{quoted(question)})."
    for condition, pose, such, keeping, out in POSES:
        place = quoted(f"{condition} in {pose}")
        yield f"pose({place},{quoted(condition)},{quoted(pose)}). out({place},{quoted(out)})."
        for name in keeping:
            yield f"keeps({place},{quoted(name)})."
        for question, values in such.items():
            yield f"only({place})."
            for value in values:
                yield f"such({place},{quoted(question)},{quoted(value)})."


def possible(kb: KnowledgeBase, *atoms: str) -> set[tuple[object, ...]]:
    return set(Students(kb, "\n".join(sentences()) + "\n").possible(*atoms))


def broken(kb: KnowledgeBase) -> set[tuple[object, ...]]:
    return {wrong[1:] for wrong in possible(kb, "wrong/3")}


@cache
def shipped() -> KnowledgeBase:
    return load(cases=False)


def test_tables__every_recommendation_beside_every_condition__is_judged_with_a_reason() -> None:
    assert set(ADVICE) == set(shipped().recommendations)
    assert [name for name, why in ADVICE.items() if "else" not in why and set(why) != set(CONDITIONS)] == []
    assert [name for name, why in ADVICE.items() if not set(why) <= {*CONDITIONS, "else"} or None in why.values()] == []
    options = shipped().questions["health-conditions"].option_ids
    assert set(options) == {*CONDITIONS, *STOPPING, "none"}


def test_shipped_pack__of_everyone_there_could_be__nobody_is_given_what_breaks_a_limit() -> None:
    assert broken(shipped()) == set()


def test_shipped_pack__whatever_breaks_a_limit__is_held_back_from_somebody() -> None:
    """No proof is empty: for each variable of the tables there is a person to whom it would have been given."""
    held = possible(shipped(), "tempted/2", "led/1")
    never = {("tempted", condition, "lengthen-while-rounding") for condition in CONDITIONS}  # its rule leaves them out
    assert {("tempted", condition, name) for condition, name in breaks() if condition in CONDITIONS} - held == never
    assert {("led", f"{condition} in {pose}") for condition, pose, *_ in POSES} - held == set()
    staying = {("tempted", f"{pose[0]} in {pose[1]}", name) for pose in POSES for name in pose[3]}
    # (Not everything that keeps someone lying is asked about in both lying poses.)
    unasked = {
        ("lying-legs-up", "accept-todays-depth"),
    }
    assert {(place.split()[-1], name) for _, place, name in staying - held} == unasked


LIMITING = """
fragile-bones pregnant very-bendy glaucoma-or-fainting no-long-hold-inside-limits sit-instead
"""


@pytest.mark.parametrize("rule", LIMITING.split())
def test_proof__one_rule_holds_nothing_back_any_more__sees_all_that_it_held_back(rule: str) -> None:
    kb = shipped()
    weaker = replace(kb, rules={**kb.rules, rule: replace(kb.rules[rule], withhold=())})
    seen = {name for kind, _, name in broken(weaker) if kind in ("breaks", "stays")}
    assert seen == set(kb.rules[rule].withhold)


@pytest.mark.parametrize("rule", ["higher-half-fold", "back-to-the-slant", "sit-instead"])
def test_proof__one_rule_leads_out_no_more__sees_who_stays(rule: str) -> None:
    kb = shipped()
    weaker = replace(kb, rules={**kb.rules, rule: replace(kb.rules[rule], recommend=())})
    assert "no way out" in {kind for kind, _, _ in broken(weaker)}


# --- what is read by everybody ----------------------------------------------------------------------------------------


def test_texts__whoever_holds_on_with_the_hands__is_never_asked_to_let_go() -> None:
    """Poor balance is not always known, so no check in a standing pose takes the support away."""
    texts = [question.self_check for question in shipped().questions.values()]
    for each in shipped().recommendations.values():
        texts += [*each.steps, each.cue, each.self_check]
    said = " ".join(texts).casefold()
    assert [words for words in ("hands light", "out of your hands", "hands away") if words in said] == []


def test_without_the_wall__for_someone_who_comes_from_another_pose__stands_by_itself() -> None:
    each = shipped().recommendations["without-the-wall"]
    said = " ".join((each.title, *each.steps, each.cue, each.self_check)).casefold()
    assert [words for words in ("the same", "your break", "on the wall") if words in said] == []
    assert "straight in front" in said
