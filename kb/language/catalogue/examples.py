"""Describe kinds by a sound pack and the one slip that spoils it."""

from __future__ import annotations

from kb.model.kinds import Anomaly, Kind, Severity

HEADER = """\
pack: wrists
title: Wrists
version: "1"
"""

QUESTION = f"""\
{HEADER}questions:
  hands:
    ask: In plank, where are your hands?
    type: one
    options:
      below: Below the shoulders
      ahead: Ahead of the shoulders
"""

NUMBER = f"""\
{HEADER}questions:
  hold:
    ask: How long can you hold it?
    type: number
    unit: minutes
    at-least: 0
    at-most: 10
"""

RULE = f"""\
{QUESTION}sources:
  W1: {{work: Notes on wrists, at: page 3}}
recommendations:
  set-hands:
    title: Set your hands below your shoulders
    steps: [Come to your knees., Set them down again.]
rules:
  hands-ahead:
    when: {{hands: ahead}}
    then: {{recommend: set-hands}}
    because: Straight down, the bones carry you.
    source: W1
"""

REFERRAL = f"""\
{HEADER}sources:
  W1: {{work: Notes on wrists, at: page 3}}
questions:
  numb: {{ask: Are your fingers numb?, type: yes-no}}
referrals:
  see-someone:
    level: clinician-first
    tell: Have your hands looked at first.
rules:
  numb-fingers:
    when: {{numb: [yes, unsure]}}
    then: {{refer: see-someone}}
    because: Numb fingers are no matter of alignment.
    source: W1
"""

CASE = f"""\
{RULE}cases:
  - id: hands-too-far
    title: Hands ahead of the shoulders
    answers: {{hands: ahead}}
    expect:
      outcome: advise
      in-order: [set-hands]
"""


def slip(
    identifier: str,
    title: str,
    why: str,
    sound: str,
    right: str,
    wrong: str,
    anomaly: Anomaly = Anomaly.WRITING,
) -> Kind:
    """Return the kind of fault that `sound` has with `wrong` in the place of `right`."""
    faulty = sound.replace(right, wrong, 1)
    return Kind(identifier, anomaly, Severity.ERROR, title, " ".join(why.split()), faulty, sound)


def unshown(identifier: str, title: str, why: str) -> Kind:
    """Return a kind of fault that no text can show."""
    return slip(identifier, title, why, "", "", "")
