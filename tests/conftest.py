"""Fixtures that every test may use; plain helpers are in `tests/helpers.py`."""

from __future__ import annotations

from hypothesis import settings

# Times differ from machine to machine; what must not take long has a test of its own.
settings.register_profile("unstuck", deadline=None)
settings.load_profile("unstuck")
