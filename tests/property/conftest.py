"""Run the laws on either matcher: `python -m pytest tests/property --stock-matcher` takes experta's own.

UNSTUCK_EXAMPLES in the environment says how many random examples each law is tried on, where it is to be quick; then no
smaller one is looked for if one fails.
"""

from __future__ import annotations

import os
from functools import partialmethod

import pytest
from hypothesis import Phase, is_hypothesis_test, settings

from kb.inference.engine import Engine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stock-matcher", action="store_true", help="run every engine on experta's own matcher")


@pytest.fixture(autouse=True, scope="session")
def _matcher(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--stock-matcher", default=False):
        Engine.__init__ = partialmethod(Engine.__init__, stock_matcher=True)  # type: ignore[assignment,method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if "UNSTUCK_EXAMPLES" in os.environ:
        items.sort(key=_is_law)  # the quick ones first
        for law in filter(_is_law, items):
            kept = law.obj._hypothesis_internal_use_settings  # type: ignore[attr-defined]
            fewer = settings(kept, max_examples=int(os.environ["UNSTUCK_EXAMPLES"]), phases=[Phase.generate])
            law.obj._hypothesis_internal_use_settings = fewer  # type: ignore[attr-defined]


def _is_law(item: pytest.Item) -> bool:
    return is_hypothesis_test(getattr(item, "obj", None))
