"""Fixtures that every test may use; plain helpers are in `tests/helpers.py`."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# Times differ from machine to machine; what must not take long has a test of its own.
# On a build machine the same examples come every time, so that a change fails for what it changed.
settings.register_profile("unstuck", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("unstuck")

# What runs the tests may have told them to ignore signals, as nohup does; no program they start may inherit that.
for name, usual in (("SIGHUP", signal.SIG_DFL), ("SIGINT", signal.default_int_handler), ("SIGQUIT", signal.SIG_DFL)):
    if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) == signal.SIG_IGN:
        signal.signal(getattr(signal, name), usual)

# The settings of whoever runs the tests are not those of the tests.
os.environ["UNSTUCK_CONFIG"] = ""
os.environ.pop("UNSTUCK_RULES", None)
# Nor is their journal: tests that mean a journal name one of their own.
os.environ["UNSTUCK_NO_JOURNAL"] = "1"
os.environ.pop("UNSTUCK_JOURNAL", None)
# Nor is what was worked out before: tests that mean the cache name a folder of their own.
os.environ["UNSTUCK_NO_CACHE"] = "1"
