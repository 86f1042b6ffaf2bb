"""What can be wrong with the parts of an item: missing, of the wrong shape, or a value that means nothing."""

from __future__ import annotations

from kb.language.catalogue.examples import HEADER, NUMBER, QUESTION, REFERRAL, RULE, slip

_AFTER = f"""\
{HEADER}questions:
  felt:
    ask: Did anything new hurt?
    type: yes-no
    after-advice: yes
"""

KINDS = (
    slip(
        "unknown-key",
        "Something that cannot stand here",
        """
        A line whose name nobody knows would do nothing at all, and nobody would notice. With “becuase” for “because”,
        the student would never read the reason. Mostly it is a slip of the pen, or the line belongs to something else.
        """,
        RULE,
        "because: Straight",
        "becuase: Straight",
    ),
    slip(
        "missing-part",
        "Something that must be there is missing or empty",
        """
        Without this part the rest cannot do its work: a question without words cannot be asked, a rule without a
        source cannot say why it is to be believed. The way out names the line to add.
        """,
        RULE,
        "    source: W1\n",
        "",
    ),
    slip(
        "wrong-shape",
        "A list where a text is wanted, a text where a group is wanted, and the like",
        """
        The words are there, but in a form that nobody can use: options that are a list have texts and no names, so no
        rule could speak of them. Answers that do not go together, such as “none” beside another one, are reported
        under this name as well.
        """,
        QUESTION,
        "      below: Below the shoulders\n      ahead: Ahead",
        "      - Below the shoulders\n      - Ahead",
    ),
    slip(
        "wrong-value",
        "A word that must be one of a few, and is none of them",
        """
        A guess could be wrong in the worst place: a question about new pain that is meant for the time after the
        advice would be asked before it, or the other way round. So only the words that are listed count.
        """,
        _AFTER,
        "after-advice: yes",
        "after-advice: always",
    ),
    slip(
        "bad-type",
        "No such type of question, or kind of recommendation",
        """
        The type says how a person can answer, and without it the question cannot be asked. There are “yes-no”, “one”,
        “several” and “number”; a recommendation is a “correction” or a “closing” word.
        """,
        QUESTION,
        "type: one",
        "type: choice",
    ),
    slip(
        "bad-level",
        "No such level of a referral",
        """
        The level decides whether the advice stops, so a wrong guess could send someone with a danger sign into a
        pose. It is never guessed.
        """,
        REFERRAL,
        "level: clinician-first",
        "level: doctor-first",
    ),
    slip(
        "bad-id",
        "A name that nothing can have",
        """
        Names are written again in rules, cases and other people's files, so they must be easy to copy and never mean
        something else. A name with spaces or capitals is soon spelt in two ways; a question called “not” could not be
        told from the word “not”.
        """,
        QUESTION,
        "  hands:",
        "  Hand Position:",
    ),
    slip(
        "bad-number",
        "No number that can be read here, or two bounds on one side",
        """
        A number that is read wrongly moves a limit: “1,000” is one to some readers and a thousand to others. Write
        digits, with a point before the fraction; the unit stands in the question.
        """,
        NUMBER,
        "at-most: 10",
        "at-most: ten minutes",
    ),
    slip(
        "out-of-bounds",
        "A number outside its bounds, or bounds that let nothing through",
        """
        No student could ever give such an answer, so what waits for it would never happen. Mostly the two bounds were
        exchanged, or the unit is another one: 90 for seconds where minutes are asked for.
        """,
        NUMBER,
        "at-least: 0\n    at-most: 10",
        "at-least: 10\n    at-most: 0",
    ),
    slip(
        "listed-twice",
        "The same thing twice in one list",
        """
        The second mention does nothing, and it often stands where another name was meant: the rule would then miss
        one of the answers it was written for.
        """,
        REFERRAL,
        "numb: [yes, unsure]",
        "numb: [yes, yes]",
    ),
)
"""The kinds of faults of parts."""
