"""What a person does in a conversation, one event after the other; a row of the journal is such an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

SKIPPED = "skipped"
"""What an event says of a correction that was left out, in the place of better, same or worse."""


class Event(msgspec.Struct, frozen=True):
    """Something that the person did: `about` a question, with the answer given to it, if any.

    Its kind is `answer`, `change`, `back` or `attempt`; an attempt is about the question how it went. From the journal
    the kind can be any text, and the answer any data.
    """

    at: datetime
    kind: str
    about: str
    answer: Any = None
