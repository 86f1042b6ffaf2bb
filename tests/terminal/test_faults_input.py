"""Faults of what comes in and what is around: slow, endless or strange input, other encodings, no home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faulty import ANSWERS, ROOT, closed, holding_pack, like_anybody, on_posix, permissions, run, small_pack
from tests.small import INSTEAD, SMALL

if os.name == "posix":
    from tests.tools.ptys import PATIENCE, Terminal

pytestmark = on_posix

TYPED = "3\nn\n1\n2\n1\n0\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@pytest.fixture
def pack(tmp_path: Path) -> str:
    return small_pack(tmp_path)


@contextmanager
def waiting(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program with an input on which nothing comes, and which does not end."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def until(process: subprocess.Popen[bytes], text: bytes) -> bytes:
    """Read what a program writes up to `text`."""
    assert process.stdout is not None
    seen = b""
    while text not in seen:
        piece = os.read(process.stdout.fileno(), 65_536)
        assert piece, f"it ended: {seen!r}"
        seen += piece
    return seen


def seconds_used(process: subprocess.Popen[bytes]) -> float:
    """Return how long a program has kept the processor busy."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def share_of_the_processor(process: subprocess.Popen[bytes]) -> float:
    """Return the share of a second that a program uses while it waits, once it has settled down to that."""
    begun, share = time.monotonic(), 1.0
    while share > 0.1 and time.monotonic() - begun < PATIENCE:
        before, since = seconds_used(process), time.monotonic()
        time.sleep(1.0)
        share = (seconds_used(process) - before) / (time.monotonic() - since)
    return share


# --- slow, frozen, endless input --------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="what a program uses is not told here")
@pytest.mark.parametrize("words", [["interview"], ["diagnose", "-"]], ids=" ".join)
def test_input__that_never_comes__is_waited_for_without_work(pack: str, words: list[str]) -> None:
    with waiting("--rules", pack, *words) as process:
        if words == ["interview"]:
            until(process, b"None: 3.")
        assert share_of_the_processor(process) <= 0.1
        assert process.poll() is None


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="what a program uses is not told here")
def test_hold__in_which_nothing_is_typed__takes_little_work(tmp_path: Path) -> None:
    with Terminal("--rules", holding_pack(tmp_path), "practice", "stay") as terminal:
        terminal.read_until("\n> ")
        terminal.answer("none", "no", "")
        terminal.type("\n")
        terminal.read_until("0:01 of 2:00")
        assert share_of_the_processor(terminal.process) <= 0.1


def test_input__that_comes_a_byte_at_a_time__is_the_same_answers(pack: str) -> None:
    at_once = run("--rules", pack, input=TYPED.encode())
    with waiting("--rules", pack) as process:
        assert process.stdin is not None
        for byte in TYPED.encode():
            process.stdin.write(bytes([byte]))
            time.sleep(0.005)
        process.stdin.close()
        assert process.stdout is not None
        assert process.stdout.read() == at_once.stdout
        assert process.wait(timeout=PATIENCE) == 0
    assert b"Lean back" in at_once.stdout


def test_answers__that_come_a_byte_at_a_time__are_the_same_report(pack: str) -> None:
    words = ("--rules", pack, "diagnose", "-", "--format", "json")
    at_once = run(*words, input=ANSWERS.encode())
    with waiting(*words) as process:
        assert process.stdin is not None
        for byte in ANSWERS.encode():
            process.stdin.write(bytes([byte]))
        process.stdin.close()
        assert process.stdout is not None
        assert process.stdout.read() == at_once.stderr + at_once.stdout  # one stream here
    assert json.loads(at_once.stdout)["outcome"] == "advise"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"3\nn", "Which pose is it?"),
        (b"3\n\0\nn\n", "Which pose is it?"),
        (b"3\n" + b"x" * 1_000_000 + b"\nn\n", "Which pose is it?"),
        (b"3\n" + b"1" * 1_000_000, "This is what is known so far."),
        (b"3\n\xff\xfe\nn\n", "Which pose is it?"),
        (b"\0" * 70_000, "This is what is known so far."),
    ],
    ids=["half a line", "a NUL", "a long line", "a long end", "no text", "NULs"],
)
def test_input__that_is_strange__is_refused_in_a_few_lines_and_the_rest_is_read(
    pack: str, sent: bytes, said: str
) -> None:
    done = run("--rules", pack, input=sent)
    assert (done.returncode, done.stderr) == (0, b"")
    assert said in done.stdout.decode()
    assert b"\0" not in done.stdout
    assert len(done.stdout.splitlines()) < 90


# --- files from elsewhere ---------------------------------------------------------------------------------------------


def dressed(text: str) -> bytes:
    """Return a text as an editor on Windows may save it."""
    return BYTE_ORDER_MARK + text.replace("\n", "\r\n").encode()


def test_windows__rules_and_answers_with_its_line_ends__are_the_same_report(tmp_path: Path, pack: str) -> None:
    theirs = tmp_path / "theirs.yaml"
    theirs.write_bytes(dressed(SMALL))
    plain = run("--rules", pack, "diagnose", "-", "--format", "json", input=ANSWERS.encode())
    assert run("--rules", theirs, "diagnose", "-", "--format", "json", input=dressed(ANSWERS)).stdout == plain.stdout
    assert run("rules", "test", theirs).stdout == run("rules", "test", pack).stdout
    as_json = dressed(json.dumps(json.loads(plain.stdout)["answers"], indent=1))
    assert run("--rules", theirs, "diagnose", "-", "--format", "json", input=as_json).stdout == plain.stdout


def test_windows__settings_with_its_line_ends__are_read(tmp_path: Path, pack: str) -> None:
    settings = tmp_path / "config.yaml"
    settings.write_bytes(dressed(f"rules:\n  - {pack}\n"))
    done = run("diagnose", "-", environment={"UNSTUCK_CONFIG": str(settings)}, input=ANSWERS.encode())
    assert (done.returncode, done.stderr.decode()) == (0, INSTEAD)
    assert "Lean back" in done.stdout.decode()


def test_windows__typed_lines_with_its_line_ends__are_the_same_answers(pack: str) -> None:
    assert run("--rules", pack, input=dressed(TYPED)).stdout == run("--rules", pack, input=TYPED.encode()).stdout


def test_answers__in_utf_16__are_refused_with_a_way_out(pack: str) -> None:
    done = run("--rules", pack, "diagnose", "-", input=ANSWERS.encode("utf-16"))
    assert done.returncode == 2
    assert "not-utf8" in done.stderr.decode()


# --- languages and encodings ------------------------------------------------------------------------------------------

NONE: dict[str, str | None] = {"LANG": None, "LC_ALL": None, "LC_CTYPE": None, "PYTHONUTF8": None}
ONLY_ASCII: dict[str, str | None] = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
LOCALES: dict[str, tuple[dict[str, str | None], str]] = {
    "none": (NONE, "utf-8"),
    "LANG=C": ({**NONE, "LANG": "C"}, "utf-8"),
    "LC_ALL=C": ({**NONE, "LC_ALL": "C"}, "utf-8"),
    "LC_ALL=POSIX": ({**NONE, "LC_ALL": "POSIX"}, "utf-8"),
    "LC_ALL=xx_XX": ({**NONE, "LC_ALL": "xx_XX"}, "utf-8"),
    "only ASCII": (ONLY_ASCII, "ascii"),
    "ascii": ({"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}, "ascii"),
    "latin-1": ({"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}, "latin-1"),
}
FRENCH = SMALL.replace("sitting: Sitting upright", "sitting: 'Assise, “élevée”'")


@pytest.mark.parametrize("locale", LOCALES)
def test_locale__of_any_kind__loses_at_most_what_it_cannot_write(tmp_path: Path, locale: str) -> None:
    environment, encoding = LOCALES[locale]
    path = tmp_path / "élevée.yaml"
    path.write_text(FRENCH, encoding="utf-8")
    done = run("--rules", path, input="3\nn\nassise, “élevée”\n2\n1\n0\n".encode(), environment=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode(encoding)
    quoted = {"utf-8": "Assise, “élevée”", "latin-1": 'Assise, "élevée"', "ascii": 'Assise, "elevee"'}[encoding]
    assert f"  1  {quoted}\n" in shown
    if encoding == "utf-8":
        assert f"= {quoted}\n" in shown
    said = run("--rules", path, "diagnose", tmp_path / "é“x”.yaml", environment=environment)
    assert (said.returncode, b"Traceback" in said.stderr) == (2, False)
    assert "missing-file: there is no such file." in said.stderr.decode(encoding)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no file can have such a name here")
def test_file_name__that_is_no_text__hinders_nothing_and_is_shown_escaped(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.yaml"
    Path(os.fsdecode(path)).write_text(SMALL, encoding="utf-8")
    done = run("--rules", os.fsdecode(path), input=TYPED.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Lean back" in done.stdout.decode()
    refused = run("--rules", os.fsdecode(path), "diagnose", "-", input=b"nonsense: yes\n")
    assert refused.returncode == 2
    assert run("rules", "check", os.fsdecode(path)).stderr.decode().startswith(f"{tmp_path}/\\u{{dcff}}.yaml:")


# --- no home ----------------------------------------------------------------------------------------------------------

HOMES = {
    "unset": (None, "it is not known where your home folder is."),
    "empty": ("", "it is not known where your home folder is."),
    "no folder yet": ("HOME/new/one", ""),
    "a file": ("HOME/file", "there is no such place."),
    "closed": ("HOME/closed", "you may not write there."),
}


@permissions
@pytest.mark.parametrize("home", HOMES)
def test_home__of_any_kind__hinders_no_interview(tmp_path: Path, pack: str, home: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "closed").mkdir()
    where, why_not = HOMES[home]
    named = dict.fromkeys(("UNSTUCK_JOURNAL", "UNSTUCK_NO_JOURNAL", "UNSTUCK_CONFIG", "XDG_DATA_HOME"))
    named["HOME"] = where and where.replace("HOME", str(tmp_path))
    environment = {**named, "XDG_CONFIG_HOME": None, "XDG_CACHE_HOME": None, "UNSTUCK_NO_CACHE": None}
    with closed(tmp_path / "closed"):
        done = run("--rules", pack, input=TYPED.encode(), environment=environment, preexec_fn=like_anybody)
        read = run("journal", environment=environment, preexec_fn=like_anybody)
        resumed = run("--rules", pack, "resume", environment=environment, preexec_fn=like_anybody)
        practiced = run("practice", environment=environment, preexec_fn=like_anybody)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = " ".join(done.stdout.decode().split())
    assert "Here is what to do" in shown
    assert ("This interview is not kept: " in shown, why_not in shown) == (bool(why_not), True)
    assert (read.returncode, resumed.returncode, practiced.returncode) == ((2, 2, 0) if why_not else (0, 0, 0))
    assert all(why_not in one.stderr.decode() for one in (read, resumed))
