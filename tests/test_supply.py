"""What comes from others: every package of a build is pinned with its hashes, and the licenses are as they are told."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tools.bounds import ROOT, newest, oldest, pins
from tests.tools.licenses import PAGE, License, licenses, lists, page_with, table

LOCK = (ROOT / ".ci" / "requirements.txt").read_text(encoding="utf-8")
BUILD = (ROOT / ".ci" / "build.txt").read_text(encoding="utf-8")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def pinned(lock: str, python: str) -> dict[str, str]:
    """Return the release of each package that a lock file has for a Python."""
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    met = [pin for pin, _ in pins(lock) if pin.marker is None or pin.marker.evaluate(here)]
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in met}


@pytest.mark.parametrize("lock", [LOCK, BUILD], ids=["development", "build"])
def test_lock__every_line__is_one_release_with_the_hashes_of_its_files(lock: str) -> None:
    loose = [
        str(pin)
        for pin, hashes in pins(lock)
        if not re.fullmatch(r"==[\w.]+", str(pin.specifier))
        or not hashes
        or not all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)
    ]
    assert loose == []
    assert len(pins(lock)) > 5


@pytest.mark.parametrize("python", PYTHONS)
def test_lock__every_requirement_of_the_project__is_pinned_within_its_bounds(python: str) -> None:
    wanted = [Requirement(text) for name in ("dependencies", "test", "style") for text in lists(name)]
    assert len(wanted) >= 13
    have = pinned(LOCK, python)
    unmet = [str(one) for one in wanted if have.get(canonicalize_name(one.name), "0") not in one.specifier]
    assert unmet == []
    build = [Requirement(text) for text in lists("requires")]
    assert [str(one) for one in build if pinned(BUILD, python)[one.name] not in one.specifier] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_locks__installed_one_after_the_other__agree(python: str) -> None:
    development, build = pinned(LOCK, python), pinned(BUILD, python)
    assert {name for name in {*development} & {*build} if development[name] != build[name]} == set()


def test_oldest__the_dependencies__are_all_there_at_their_lower_bounds() -> None:
    wanted = {Requirement(text).name: Requirement(text).specifier for text in lists("dependencies")}
    found = [Requirement(text) for text in oldest()]
    assert [one.name for one in found] == list(wanted)
    assert [one.name for one in found if str(one.specifier).removeprefix("==") not in wanted[one.name]] == []
    assert [str(one) for one in found if not re.fullmatch(r"==[\d.]+", str(one.specifier))] == []


def test_newest__what_the_program_names__is_left_free_and_the_tools_are_not() -> None:
    held = {canonicalize_name(Requirement(text).name) for text in newest()}
    assert held.isdisjoint(canonicalize_name(Requirement(text).name) for text in lists("dependencies"))
    assert held.issuperset(canonicalize_name(Requirement(text).name) for text in lists("test"))


def test_licenses__written_anew_from_what_is_installed__are_as_the_page_has_them() -> None:
    assert page_with(table()) == PAGE.read_text(encoding="utf-8"), "run: python -m tests.tools.licenses"


def test_licenses__package_that_comes_along_with_another__names_what_needs_it() -> None:
    assert licenses(["experta==1.9.4"], "the program", deep=True)[1:] == [
        License("frozendict", "MIT", "for experta", "https://pypi.org/project/frozendict/"),
        License("schema", "MIT", "for experta", "https://pypi.org/project/schema/"),
    ]
