"""Import experta safely; the only module that does.

experta 1.9.4 is the last release (2019). It pins a frozendict that reads `collections.Mapping`, which Python 3.10
removed, and it configures the root logger at import. So the name is lent to `collections` while experta is imported
and taken back, and a handler that experta put on the root logger is taken off again.
"""

from __future__ import annotations

import collections
import collections.abc
import logging

_lend = not hasattr(collections, "Mapping")
_handlers = list(logging.root.handlers)
if _lend:
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
try:
    from experta import AS, Fact, KnowledgeEngine, L, Rule
    from experta.abstract import Matcher, Strategy
    from experta.activation import Activation
    from experta.agenda import Agenda
    from experta.matchers import ReteMatcher
finally:
    if _lend:
        del collections.Mapping  # type: ignore[attr-defined]
    for _handler in [handler for handler in logging.root.handlers if handler not in _handlers]:
        logging.root.removeHandler(_handler)

__all__ = ["AS", "Activation", "Agenda", "Fact", "KnowledgeEngine", "L", "Matcher", "ReteMatcher", "Rule", "Strategy"]
