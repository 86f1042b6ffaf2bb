"""What can be wrong with files, before or instead of what is written in them."""

from __future__ import annotations

from kb.language.catalogue.examples import HEADER, QUESTION, slip, unshown

_FOLDER = f"""\
# file: pack.yaml
{HEADER}topics: [hands]
# file: hands.yaml
questions:
  spread: {{ask: Are your fingers spread?, type: yes-no}}
"""

_TWO_TOPICS = f"""\
# file: pack.yaml
{HEADER}topics: [hands, elbows]
# file: hands.yaml
questions:
  spread: {{ask: Are your fingers spread?, type: yes-no}}
# file: elbows.yaml
questions:
  bent: {{ask: Are your elbows bent?, type: yes-no}}
"""

_TWO_PACKS = f"""\
# file: pack.yaml
{HEADER}topics: [hands]
# file: hands.yaml
questions:
  spread: {{ask: Are your fingers spread?, type: yes-no}}
"""

_EXTENDED = f"""\
# file: wrists/pack.yaml
{HEADER}# file: studio/pack.yaml
pack: studio
title: What our studio adds
version: "1"
extends: wrists
"""

KINDS = (
    slip(
        "missing-file",
        "A file or a folder that is not there, or a folder without its “pack.yaml”",
        """
        Nothing could be read, so you would look for mistakes in rules that nobody has seen. A folder is a pack by the
        file “pack.yaml” in it; without that file nobody knows what the pack is called, nor in which order its topics
        come.
        """,
        _FOLDER,
        f"# file: pack.yaml\n{HEADER}topics: [hands]\n",
        "",
    ),
    unshown(
        "not-a-file",
        "A folder, a pipe or a device where a file is wanted",
        """
        A folder has no text of its own, and a pipe or a device can keep a program waiting forever. It comes about
        when the path leads to something else than it seems to, such as a folder that was given the name of a file.
        """,
    ),
    unshown(
        "unreadable",
        "A file or a folder that may not be read",
        """
        What stands in it would be missing without a word: a danger sign that is kept there would never be asked
        about. It comes about when a file belongs to someone else, when its disk fails, or when the path is one that
        no file can have.
        """,
    ),
    unshown(
        "too-large",
        "More than rules ever are",
        """
        It is most likely something else than what you mean, such as a picture, a backup or a home folder, and reading
        it to the end would take long. It comes about with a file of more than 2 MB, which is a thousand times an
        ordinary topic file; with more than 20 MB of rules or 1,000 files in a pack; with a list of more than 1,000
        lines in one item; and with a question of more than 200 options.
        """,
    ),
    unshown(
        "not-proved",
        "Rules of which the solver could not prove all there is to prove",
        """
        Where a proof is missing, a fault may be there that nobody has seen. It comes about with conditions that hang
        together in so many ways that looking through them would take hours.
        """,
    ),
    unshown(
        "not-utf8",
        "A file that is no UTF-8 text",
        """
        The same bytes are other letters in another encoding, so your students would read broken words. It comes about
        when an older editor saves a text with an accent, a curly quote or a dash in it, or when the file is no text
        at all.
        """,
    ),
    slip(
        "empty-file",
        "A file with nothing in it",
        """
        An empty file is mostly one that was not saved: you would think its rules are at work, and none of them is. It
        may hold remarks; they are for people only.
        """,
        _TWO_TOPICS,
        "questions:\n  bent: {ask: Are your elbows bent?, type: yes-no}\n",
        "# The question about the elbows comes here.\n",
    ),
    slip(
        "wrong-ending",
        "A rule file whose name ends in something else than “.yaml”",
        """
        Only files that end in “.yaml” are rule files, so all that stands in this one would be left out without a
        word. “.yml” and “.YAML” look alike to a person, and not to every computer.
        """,
        _FOLDER,
        "# file: hands.yaml",
        "# file: hands.yml",
    ),
    unshown(
        "too-many-problems",
        "More problems in one file than are listed",
        """
        So many problems mostly have one cause, and a list of them all would hide it. It comes about with more than a
        hundred problems in one file, for example when the file is something else than a rule file.
        """,
    ),
    slip(
        "topic-without-file",
        "A topic that has no file",
        """
        The header promises a file that is not there, so the questions and rules of this topic would simply be
        missing. Either the file has another name, or it was never written.
        """,
        _FOLDER,
        "topics: [hands]",
        "topics: [hands, shoulders]",
    ),
    slip(
        "file-without-topic",
        "A file that no topic names",
        """
        The order of the topics is the order of the questions, and this file has no place in it. If it were put just
        anywhere, its questions might come before the ones about danger signs.
        """,
        _TWO_TOPICS,
        "topics: [hands, elbows]",
        "topics: [hands]",
    ),
    slip(
        "unknown-pack",
        "A pack that is extended and that there is not",
        """
        Whatever the pack builds on would be missing, and it makes no sense alone. A pack that comes with the program is
        found by its name; any other has to be given as well.
        """,
        _EXTENDED,
        "extends: wrists",
        "extends: wirsts",
    ),
    slip(
        "pack-in-pack",
        "A pack inside another pack",
        """
        Nobody could tell to which of the two packs a file belongs, and giving the outer one would not load the inner
        one. Packs stand beside each other, each in a folder of its own.
        """,
        _TWO_PACKS,
        "# file: hands.yaml\n",
        f"# file: elbows/pack.yaml\n{HEADER.replace('rists', 'lbows')}# file: hands.yaml\n",
    ),
    slip(
        "unknown-format",
        "A version of the pack language that there is not",
        """
        A newer version may give words a meaning that this program does not know, and it would read the pack wrongly
        without noticing. “format” is the version of the language; the version of your pack is “version”.
        """,
        f"format: 1\n{QUESTION}",
        "format: 1",
        "format: 2",
    ),
    unshown(
        "no-place",
        "A file to which nothing can be added without changing what is there",
        """
        A line that is put in at the wrong place can change what the lines around it say, so the file is left as it
        is. It comes about when a new item is to be written into a file whose brackets, quotes or indentation leave no
        place for it.
        """,
    ),
)
"""The kinds of faults of files and folders."""
