"""A small pack that has one of everything an interview can meet. It takes the place of the shipped one."""

from __future__ import annotations

from pathlib import Path

from kb.model.knowledge import KnowledgeBase
from tests.helpers import kb_from

SMALL = """\
format: 1
pack: hamstrings
title: A small pack
version: "1.0.0"
about: It asks how you sit.
limits: [It is not medical advice., It cannot see you.]
credit: Written for tests.
safety-screens: [danger]
stop-signs: Did anything new hurt?
sources:
  A1: {work: A book, at: page 1}
  A2: {work: A book, at: page 1}
  A3: {work: A book, at: page 1}
  A9: {work: A book, at: page 4}
  RF01: {work: Safety notes, at: first sign}
  S1: {work: A study}
questions:
  danger:
    ask: Is any of this true for you?
    type: several
    options: {swollen: A swollen calf, numb: Numbness in both legs, none: None of these}
    hint: These are signs for a clinician.
    self-check: Read the list once more.
    sources: [RF01, S1]
  breathless: {ask: Are you short of breath?, type: yes-no}
  bones: {ask: Are your bones fragile?, type: yes-no}
  pose:
    ask: Which pose is it?
    type: one
    options: {sitting: Sitting upright, standing: Standing fold}
  low-back:
    ask: What does your low back do?
    type: one
    options: {curved: It curves in, rounded: It rounds back}
    hint: The low back is above the pelvis.
    self-check: Slide a hand behind it.
    sources: [A1, A2, A3]
  hold: {ask: How long can you hold it?, type: number, unit: minutes, at-least: 0, at-most: 60}
  habits: {ask: What belongs to your day?, type: several, options: {sits: Long sitting, stress: Stress}}
  felt: {ask: What did you feel?, type: several, after-advice: yes, options: {sharp: A sharp pain, none: Nothing new}}
findings:
  rounds: {title: The low back rounds}
recommendations:
  lean-back:
    title: Lean back
    steps: [Step the hands back., Stop where the curve returns.]
    cue: Curve before height.
    dose: Five breaths.
    self-check: Is there a hollow?
    sources: [A1, A2, A3]
  hold-longer: {title: Hold for longer, steps: [Stay.], sources: [A9]}
  go-deeper: {title: Go deeper, steps: [Fold on.]}
  rest: {title: Rest, steps: [Lie down.], kind: closing}
referrals:
  call: {level: stop-emergency, tell: Call your emergency number., sources: [RF01, S1]}
  ask-today: {level: stop-today, tell: Ask for advice today.}
  see-someone: {level: clinician-first, tell: See a clinician.}
  with-care: {level: gently, tell: Keep the spine long.}
rules:
  clot: {when: {danger: [swollen, "swollen?"]}, then: {refer: ask-today}, because: It may be a clot., source: RF01}
  clot-and-breath:
    when: {danger: [swollen, "swollen?"], breathless: [yes, unsure]}
    then: {refer: call}
    because: A clot may have traveled.
    source: RF01
  numb: {when: {danger: [numb, "numb?"]}, then: {refer: call}, because: Hours matter., source: RF01}
  fragile:
    when: {bones: [yes, unsure]}
    then: {refer: with-care, withhold: go-deeper}
    because: Fragile bones do not round.
    source: S1
  rounded: {when: {low-back: rounded}, then: {find: rounds, recommend: lean-back}, because: It rounds., source: A1}
  perhaps-rounded: {when: {low-back: unsure}, then: {recommend: lean-back}, because: It may round., source: A1}
  short: {when: {pose: sitting, hold: {below: 2}}, then: {recommend: hold-longer}, because: It is short., source: A9}
  deeper: {when: {pose: sitting, hold: {at-least: 5}}, then: {recommend: go-deeper}, because: It is long., source: A9}
  sits: {when: {habits: sits}, then: {recommend: rest}, because: Sitting tires., source: A9}
  hurt: {when: {felt: sharp}, then: {refer: see-someone}, because: Pain speaks., source: RF01}
cases:
  - id: rounded
    title: Someone who rounds
    answers: {danger: none, low-back: rounded}
    expect: {outcome: advise, in-order: [lean-back]}
"""


def small() -> KnowledgeBase:
    """Return the small knowledge base."""
    return kb_from(SMALL)


def small_file(folder: Path) -> str:
    """Write the small pack into `folder`, and return its path, for `--rules`."""
    path = folder / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


INSTEAD = """\
“hamstrings” here is not the shipped one: the safety question “danger-signs” need not be answered any more.
“hamstrings” here is not the shipped one: the safety question “health-conditions” need not be answered any more.
“hamstrings” here is not the shipped one: the safety question “fragile-bones-signs” need not be answered any more.
And 9 more such changes; “unstuck rules check” tells.
"""
"""What `diagnose` says of the small pack on standard error, since it has the name of the shipped one."""
