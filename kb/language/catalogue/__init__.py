"""Writing: what the reader, the loader and the cases can find wrong, each kind with its reason and its examples.

These faults are found while a pack is read, long before anything can be proved about its rules. So they have no check
of their own; here stands what people are told about them.
"""

from __future__ import annotations

from kb.language.catalogue import files, names, shapes, text

KINDS = (*files.KINDS, *text.KINDS, *shapes.KINDS, *names.KINDS)
"""Every kind of fault that stands in the way of reading a pack, or shows when its cases are replayed."""
