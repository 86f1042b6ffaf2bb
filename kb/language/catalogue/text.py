"""What can be wrong with the text of a file: what YAML cannot read, or would read otherwise than it looks."""

from __future__ import annotations

from kb.language.catalogue.examples import HEADER, NUMBER, QUESTION, slip

_NOTED = f"""\
{QUESTION}    hint: "Look from the side, #1 of all checks."
"""

_SECOND = f"""\
{HEADER}questions:
  hands: {{ask: Where are your hands?, type: yes-no}}
findings:
  hands-off: {{title: The hands are not below the shoulders}}
"""

_WRITTEN_OUT = f"""\
{HEADER}recommendations:
  set-hands:
    title: Set your hands
    steps: ["Come to your knees.", "Set the hands down."]
  set-feet:
    title: Set your feet
    steps: ["Come to your knees."]
"""

_ONE_STEP = f"""\
{HEADER}recommendations:
  set-hands:
    title: Set your hands
    steps: [Come to your knees.]
"""

KINDS = (
    slip(
        "syntax",
        "A line that cannot be read as YAML",
        """
        From here on nobody can tell what belongs to what, so the rest of the file would be lost or land in the wrong
        place. Mostly it is a single sign: the space after a colon or a dash, a quote or a bracket that is never
        closed, a line that stands too far left or right.
        """,
        QUESTION,
        "type: one",
        "type:one",
    ),
    slip(
        "tab",
        "A tab that indents a line",
        """
        A tab is as wide as each editor likes, so what looks as if it stood below a line may stand somewhere else.
        YAML forbids it for that reason. Most editors can be told to put spaces instead.
        """,
        QUESTION,
        "    type: one",
        "\ttype: one",
    ),
    slip(
        "control-character",
        "A character that cannot be seen or must not be shown",
        """
        What nobody can see can make two names differ that look the same, or redraw the screen of whoever reads the
        text. Text pasted from a web page or a chat often brings such characters along.
        """,
        QUESTION,
        "In plank, where",
        "In plank,\u200b where",
    ),
    slip(
        "cut-text",
        "A text whose end is lost behind a “#”",
        """
        YAML takes “#” for the beginning of a remark, so your student would read half a sentence. Quotes around the
        text keep it whole.
        """,
        _NOTED,
        '"Look from the side, #1 of all checks."',
        "Look from the side, #1 of all checks.",
    ),
    slip(
        "duplicate-key",
        "A name that stands twice in one group",
        """
        Only one of the two can count, and YAML would silently drop the other one with all that stands in it. Mostly a
        block was copied and not renamed, or the line that begins the second block is missing.
        """,
        NUMBER,
        "    at-most: 10",
        "    at-least: 10",
    ),
    slip(
        "anchor",
        "A text that begins with “&”, “*” or “!”",
        """
        To YAML these signs are orders, so the text behind them would disappear or be replaced by another one. A pack
        has no use for them: what is needed in two places is written out twice, so that everybody can read it.
        """,
        _WRITTEN_OUT,
        '["Come to your knees.", "Set the hands down."]',
        '[*knees, "Set the hands down."]',
    ),
    slip(
        "several-documents",
        "A second document in one file",
        """
        A line of three dashes ends the document, so all that stands below it would be left out. It looks like a line
        to part one section from another; use a remark or an empty line for that.
        """,
        _SECOND,
        "findings:",
        "---\nfindings:",
    ),
    slip(
        "too-deep",
        "Groups inside groups, deeper than any rule file",
        """
        Nobody can follow so many levels, and a file made to be so deep can bring a program down. More than 40 levels
        mostly mean that brackets were opened and never closed, or that another file was handed in. Rules that rest on
        findings, which rest on findings, and so on, may go down 200 steps, a list of conditions counted as many as it
        has.
        """,
        _ONE_STEP,
        "[Come to your knees.]",
        f"{'[' * 45}Come to your knees.{']' * 45}",
    ),
)
"""The kinds of faults of texts."""
