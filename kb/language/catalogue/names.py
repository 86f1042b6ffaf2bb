"""What can be wrong with names that speak of something else, and with what follows from them."""

from __future__ import annotations

from kb.language.catalogue.examples import CASE, QUESTION, REFERRAL, RULE, slip
from kb.model.kinds import Anomaly

_FINDINGS = f"""\
{QUESTION}sources:
  W1: {{work: Notes on wrists, at: page 3}}
findings:
  hands-off: {{title: The hands are not below the shoulders}}
  no-base: {{title: The hand gives no base}}
rules:
  hands-ahead:
    when: {{hands: ahead}}
    then: {{find: hands-off}}
    because: Straight down, the bones carry you.
    source: W1
  sliding:
    when: {{finding: hands-off}}
    then: {{find: no-base}}
    because: The weight slides to the fingers.
    source: W1
"""

_CHANGED = f"""\
# file: wrists/pack.yaml
{CASE}# file: studio/pack.yaml
pack: studio
title: What our studio leaves out
version: "1"
extends: wrists
leaves-out:
  rules: [hands-ahead]
  cases: [hands-too-far]
"""

KINDS = (
    slip(
        "duplicate-id",
        "Two things of one kind with the same name",
        """
        A rule that speaks of this name could mean either, and only one of the two would ever be used. It happens when
        a block is copied and not renamed, also from one file to another, and between packs that are used together.
        """,
        "# file: pack.yaml\n"
        'pack: wrists\ntitle: Wrists\nversion: "1"\ntopics: [hands, elbows]\n'
        "# file: hands.yaml\n"
        "questions:\n  spread: {ask: Are your fingers spread?, type: yes-no}\n"
        "# file: elbows.yaml\n"
        "questions:\n  bent: {ask: Are your elbows bent?, type: yes-no}\n",
        "  bent:",
        "  spread:",
    ),
    slip(
        "unknown-question",
        "A question that is spoken of and that there is not",
        """
        A rule that waits for an answer nobody is asked for would never fire, and nobody would notice. If it is a rule
        about a danger sign, people with that sign would be sent into the pose.
        """,
        RULE,
        "when: {hands: ahead}",
        "when: {hnads: ahead}",
    ),
    slip(
        "unknown-option",
        "An answer that the question does not have",
        """
        Nobody could ever give this answer, so the rule would never fire for it and the case could not be replayed.
        Mostly it is a slip of the pen, or an option that was renamed in one place only.
        """,
        RULE,
        "when: {hands: ahead}",
        "when: {hands: forward}",
    ),
    slip(
        "unknown-finding",
        "A finding that is spoken of and that there is not",
        """
        A finding that is misspelt in one place is two findings: one that rules conclude, and one that other rules
        wait for in vain. Whatever builds on it would never be said.
        """,
        _FINDINGS,
        "{finding: hands-off}",
        "{finding: hands-of}",
    ),
    slip(
        "unknown-recommendation",
        "A recommendation that is spoken of and that there is not",
        """
        The rule would fire and have nothing to give, so a student who needs this correction would go away without it.
        If the rule withholds it, the correction would be given to the very people it can harm.
        """,
        RULE,
        "recommend: set-hands",
        "recommend: sethands",
    ),
    slip(
        "unknown-referral",
        "A referral that is spoken of and that there is not",
        """
        The rule would fire and send nobody anywhere: a student with a danger sign would be shown poses. It is the
        most dangerous slip of the pen there is.
        """,
        REFERRAL,
        "refer: see-someone",
        "refer: see-somebody",
    ),
    slip(
        "unknown-rule",
        "A rule that is to be replaced or left out and that there is not",
        """
        The rule you mean would stay as it is, beside yours, and your students would be told both. Mostly the name is
        misspelt, or the other pack has renamed its rule.
        """,
        _CHANGED,
        "rules: [hands-ahead]",
        "rules: [hands-too-far]",
    ),
    slip(
        "unknown-case",
        "A case that is to be replaced or left out and that there is not",
        """
        The case you mean would stay, and fail as soon as your rules say something else. Mostly its name is misspelt.
        """,
        _CHANGED,
        "cases: [hands-too-far]",
        "cases: [hands-ahead]",
    ),
    slip(
        "unknown-source",
        "A source that is spoken of and that there is not",
        """
        The report would show a place that no reader can look up, and nobody could tell whether the advice stands in
        the source at all.
        """,
        RULE,
        "source: W1",
        "source: W11",
    ),
    slip(
        "unknown-outcome",
        "A case expects an outcome that there is not",
        """
        The case could never come out as it expects, whatever the rules say, so it would guard nothing. The outcomes
        are listed in the reference of the report.
        """,
        CASE,
        "outcome: advise",
        "outcome: advice",
    ),
    slip(
        "circle",
        "Findings that rest on each other in a circle",
        """
        Each of these findings waits for the other, so none of them could ever be found or ruled out, and the
        questions about them would be asked for nothing.
        """,
        _FINDINGS,
        "when: {hands: ahead}",
        "when: {finding: no-base}",
        Anomaly.CIRCULARITY,
    ),
    slip(
        "failing-case",
        "A case comes out otherwise than it expects",
        """
        Someone who knows the source wrote down what to say to this student, and the rules now say something else.
        Either a rule was changed and does more than it was meant to, or the case is out of date; only you can tell
        which.
        """,
        CASE,
        "in-order: [set-hands]",
        "never: [set-hands]",
        Anomaly.DEFICIENCY,
    ),
)
"""The kinds of faults of names."""
