"""Fixtures that every test may use; plain helpers are in `tests/helpers.py`."""

from __future__ import annotations

import os

from hypothesis import settings

# Times differ from machine to machine; what must not take long has a test of its own.
# On a build machine the same examples come every time, so that a change fails for what it changed.
settings.register_profile("unstuck", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("unstuck")
