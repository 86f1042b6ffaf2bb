"""What can be wrong, kind by kind: what it is called, how grave it is, why it matters, and an example of each side.

The kinds of logical faults follow Preece and Shinghal (1994): *redundancy*, *ambivalence*, *circularity* and
*deficiency*; before them comes *writing*, what cannot be read as it stands.
"""

from __future__ import annotations

from enum import Enum

import msgspec


class Anomaly(str, Enum):
    """The families of faults."""

    WRITING = "writing"
    REDUNDANCY = "redundancy"
    AMBIVALENCE = "ambivalence"
    CIRCULARITY = "circularity"
    DEFICIENCY = "deficiency"


class Severity(str, Enum):
    """How grave a fault is, by what comes of it.

    - error: what was written cannot do what it says;
    - warning: it does something, and perhaps not what its author expects;
    - note: it does what it should, and is harder to keep than need be.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(msgspec.Struct, frozen=True):
    """One kind of fault.

    `title` says what it is, `why` what comes of it. `faulty` is a pack that has it and nothing else, `sound` the same
    pack without it: one file, or several, each below a line ``# file: NAME``.
    """

    id: str
    anomaly: Anomaly
    severity: Severity
    title: str
    why: str
    faulty: str
    sound: str
