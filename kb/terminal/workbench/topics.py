"""The topics that a command is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KbError
from kb.text.spelling import did_you_mean
from kb.text.wrapping import printable


def chosen(kb: KnowledgeBase, topics: Sequence[str]) -> Sequence[str]:
    """Return `topics`, all of which there are.

    Raises:
        KbError: naming those that there are not.
    """
    known = [topic for pack in kb.packs for topic in (*pack.topics, pack.id)]
    otherwise = f"There are: {', '.join(known)}."
    strange = [topic for topic in topics if topic not in known]
    if strange:
        faults = (f"There is no topic “{printable(one)}”. {did_you_mean(one, known, otherwise)}" for one in strange)
        raise KbError("\n".join(faults))
    return topics
