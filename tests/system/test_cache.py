"""What was worked out before is found again, and whatever is wrong with the folder or a file in it harms nobody."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.system import cache
from kb.system.cache import MOST_BYTES, MOST_ENTRIES, NONE, cache_folder, find, joined, keep

ROOT = Path(__file__).parent.parent.parent
HOMES = ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME")
KEY, PAYLOAD = b"all that it was made of", bytes(range(0, 256, 3))

on_posix = pytest.mark.skipif(os.name != "posix", reason="this system has no such files, owners or permissions")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where entries go in this test; nothing is there yet."""
    monkeypatch.delenv(NONE)
    for name in HOMES:
        monkeypatch.setenv(name, str(tmp_path / "home"))
    found = cache_folder()
    assert found is not None
    return found


@pytest.fixture
def entry(folder: Path) -> Path:
    """Return the file of an entry that was kept."""
    keep("name", KEY, PAYLOAD)
    return folder / "name.entry"


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("linux", {"HOME": "/h"}, "/h/.cache/unstuck"),
        ("linux", {"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "/x/unstuck"),
        ("linux", {"HOME": "/h", "XDG_CACHE_HOME": "relative"}, "/h/.cache/unstuck"),
        ("darwin", {"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "/h/Library/Caches/unstuck"),
        ("win32", {"USERPROFILE": "/h", "LOCALAPPDATA": "/l"}, "/l/unstuck/Cache"),
        ("win32", {"USERPROFILE": "/h"}, "/h/AppData/Local/unstuck/Cache"),
        ("linux", {"HOME": "/h", NONE: "1"}, None),
        ("linux", {"HOME": "/h", NONE: ""}, "/h/.cache/unstuck"),
        ("linux", {"HOME": "", "XDG_CACHE_HOME": "/x"}, "/x/unstuck"),  # as the journal does
        ("linux", {"HOME": "", "XDG_CACHE_HOME": "x"}, None),
        ("darwin", {}, None),
        ("win32", {"HOME": "/h"}, None),
    ],
)
def test_folder__on_each_system__is_where_such_files_are_kept(
    system: str, environment: dict[str, str], expected: str | None
) -> None:
    assert cache_folder(environment, system) == (Path(expected) if expected else None)


# --- what is found ----------------------------------------------------------------------------------------------------


def test_entry__same_key__is_found(entry: Path) -> None:
    assert find("name", KEY) == PAYLOAD


@pytest.mark.parametrize("key", [b"", KEY[:-1], KEY + b"!", KEY.upper()])
def test_entry__other_key__is_not_found(entry: Path, key: bytes) -> None:
    assert find("name", key) is None


def test_entry__kept_again__takes_the_place_of_the_first(entry: Path) -> None:
    keep("name", b"another key", b"other")
    assert (find("name", KEY), find("name", b"another key")) == (None, b"other")
    assert [one.name for one in entry.parent.iterdir()] == ["name.entry"]


def test_entry__nothing_in_it__is_found(folder: Path) -> None:
    keep("name", KEY, b"")
    assert find("name", KEY) == b""


@given(st.lists(st.binary(max_size=9)), st.lists(st.binary(max_size=9)))
def test_key__of_other_parts__is_another(parts: list[bytes], others: list[bytes]) -> None:
    assert (joined(parts) == joined(others)) is (parts == others)


def test_program__at_once_again__is_the_same() -> None:
    assert cache.program() == cache.program()


def test_program__of_another_version__is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.program()
    monkeypatch.setattr(cache, "__version__", "99")
    assert cache.program() != before


@pytest.mark.parametrize("module", ["module.py", "room/module.py", "room/inner/module.py"])
def test_program__whose_code_was_changed__is_another(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "program_folder", lambda: tmp_path)
    (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / module).write_text("1")
    before = cache.program()
    (tmp_path / module).write_text("22")
    assert cache.program() != before


@on_posix
def test_entry__is_for_its_owner_alone(entry: Path) -> None:
    assert (entry.stat().st_mode & 0o777, entry.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("unset", [{NONE: "1"}, dict.fromkeys(HOMES, "")])
def test_cache__that_nobody_wants__keeps_nothing(
    folder: Path, unset: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in unset.items():
        monkeypatch.setenv(name, value)
    keep("name", KEY, PAYLOAD)
    assert (find("name", KEY), folder.exists()) == (None, False)


# --- what is spoiled --------------------------------------------------------------------------------------------------


def test_entry__torn_anywhere__is_not_found(entry: Path) -> None:
    whole = entry.read_bytes()
    for length in range(len(whole)):
        entry.write_bytes(whole[:length])
        assert find("name", KEY) is None, length


def test_entry__with_a_flipped_bit_anywhere__is_not_found(entry: Path) -> None:
    whole = entry.read_bytes()
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        entry.write_bytes(flipped)
        assert find("name", KEY) is None, position


@given(st.binary(max_size=200))
def test_entry__of_any_bytes__is_not_found(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    home = tmp_path_factory.getbasetemp() / "any-bytes"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(NONE)
        for name in HOMES:
            patch.setenv(name, str(home))
        keep("name", KEY, PAYLOAD)
        folder = cache_folder()
        assert folder is not None
        (folder / "name.entry").write_bytes(data)
        assert find("name", KEY) is None
        assert find("name", b"") is None


def test_entry__with_more_behind_it__is_not_found(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes() + b"more")
    assert find("name", KEY) is None


def test_entry__larger_than_any__is_not_read(entry: Path) -> None:
    with entry.open("ab") as file:
        file.truncate(MOST_BYTES + 1)
    assert find("name", KEY) is None


def test_keep__larger_than_any__keeps_nothing(folder: Path) -> None:
    keep("name", KEY, bytes(MOST_BYTES))
    assert not folder.exists()


# --- whose it is ------------------------------------------------------------------------------------------------------


@on_posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_entry__that_others_may_write__is_not_read(entry: Path, mode: int) -> None:
    entry.chmod(mode)
    assert find("name", KEY) is None
    keep("name", KEY, PAYLOAD)
    assert find("name", KEY) == PAYLOAD


@on_posix
def test_folder__that_others_may_write__is_not_used(entry: Path) -> None:
    entry.parent.chmod(0o777)
    keep("other", KEY, PAYLOAD)
    assert (find("name", KEY), find("other", KEY)) == (None, None)
    assert [one.name for one in entry.parent.iterdir()] == ["name.entry"]


@on_posix
def test_folder__of_someone_else__is_not_used(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    someone = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: someone)
    keep("other", KEY, PAYLOAD)
    assert (find("name", KEY), find("other", KEY)) == (None, None)
    assert [one.name for one in entry.parent.iterdir()] == ["name.entry"]


@on_posix
def test_folder__that_is_a_link__is_not_used(entry: Path) -> None:
    elsewhere = entry.parent.rename(entry.parent.with_name("elsewhere"))
    entry.parent.symlink_to(elsewhere)
    keep("other", KEY, PAYLOAD)
    assert (find("name", KEY), find("other", KEY)) == (None, None)
    assert [one.name for one in elsewhere.iterdir()] == ["name.entry"]


# --- what may stand in its place --------------------------------------------------------------------------------------


def link(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    keep("elsewhere", KEY, PAYLOAD)
    elsewhere.with_suffix(".entry").rename(elsewhere)
    path.symlink_to(elsewhere)


def bound(path: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(path.parent)  # the name of a socket must be short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(here)


@on_posix
@pytest.mark.parametrize("make", [link, lambda path: os.mkfifo(path, 0o600), bound, lambda path: path.symlink_to(path)])
def test_entry__that_is_no_file__is_not_read_and_replaced(entry: Path, make: Callable[[Path], None]) -> None:
    entry.unlink()
    make(entry)
    assert find("name", KEY) is None
    keep("name", KEY, PAYLOAD)
    assert (find("name", KEY), entry.is_symlink()) == (PAYLOAD, False)


def test_entry__that_is_a_folder__stays_one(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()
    assert find("name", KEY) is None
    keep("name", KEY, PAYLOAD)
    assert (find("name", KEY), [one.name for one in entry.parent.iterdir()]) == (None, ["name.entry"])


def test_folder__that_is_a_file__keeps_nothing(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("mine")
    keep("name", KEY, PAYLOAD)
    assert (find("name", KEY), folder.read_text()) == (None, "mine")


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_keep__interrupted__leaves_the_old_entry_and_nothing_else(
    entry: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def interrupted(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        if error is OSError:
            keep("name", b"new", b"new")
        else:
            with pytest.raises(error):
                keep("name", b"new", b"new")
    assert (find("name", KEY), [one.name for one in entry.parent.iterdir()]) == (PAYLOAD, ["name.entry"])


@on_posix
def test_keep__on_a_full_disk__leaves_the_old_entry_and_nothing_else(entry: Path) -> None:
    code = (
        "import resource; from kb.system.cache import keep; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); keep('name', b'new', bytes(5000))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert (find("name", KEY), [one.name for one in entry.parent.iterdir()]) == (PAYLOAD, ["name.entry"])


@on_posix
def test_keep__where_nothing_may_be_written__keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME" if sys.platform != "darwin" else "HOME", "/dev/null")
    keep("name", KEY, PAYLOAD)
    assert find("name", KEY) is None


def test_keep__from_several_processes__leaves_one_whole_entry(folder: Path) -> None:
    code = (
        "import sys; from kb.system.cache import find, keep\n"
        "for turn in range(200):\n"
        "    keep('name', b'key', sys.argv[1].encode() * 20_000)\n"
        "    found = find('name', b'key')\n"
        "    assert found is not None and len(found) == 20_000 == found.count(found[:1]), turn"
    )
    children = [subprocess.Popen([sys.executable, "-c", code, letter], cwd=ROOT) for letter in "abc"]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert [one.name for one in folder.iterdir()] == ["name.entry"]


def test_keep__many_entries__keeps_the_newest(folder: Path) -> None:
    for number in range(MOST_ENTRIES + 3):
        keep(f"name-{number:02}", KEY, PAYLOAD)
        for path in folder.iterdir():  # a day passes
            os.utime(path, (path.stat().st_mtime - 86_400,) * 2)
    newest = range(3, MOST_ENTRIES + 3)
    assert sorted(one.stem for one in folder.iterdir()) == [f"name-{number:02}" for number in newest]


def test_keep__beside_what_is_not_ours__leaves_it(entry: Path) -> None:
    for name, age in (("mine.txt", 10**8), ("left-1-2.part", 7200), ("fresh-1-2.part", 60)):
        path = entry.with_name(name)
        path.write_text("something")
        os.utime(path, (entry.stat().st_mtime - age,) * 2)
    keep("name", KEY, PAYLOAD)
    assert sorted(one.name for one in entry.parent.iterdir()) == ["fresh-1-2.part", "mine.txt", "name.entry"]
