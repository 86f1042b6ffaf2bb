"""Loading from the cache gives what loading gives: the same knowledge base, of the files as they are now."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as settings_of

from kb.inference.engine import Engine
from kb.interview import startup
from kb.interview.session import Session
from kb.interview.startup import beginning_in_use, knowledge_in_use, load_cached
from kb.language import extension, loading, packs, settings
from kb.language.loading import bundled, load
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import KnowledgeBaseError, SettingsError
from kb.system import cache, files
from kb.system.cache import NONE, cache_folder
from tests.helpers import written
from tests.property.sound import sound_pack
from tests.property.strategies import knowledge_bases

PACK = """
sources: {book: {work: A book}}
questions:
  it-rounds: {ask: Does it round?, type: yes-no}
findings:
  rounded: {title: It rounds}
recommendations:
  sit-high: {title: Sit higher, steps: [Sit on a blanket.], sources: [book]}
rules:
  rounds: {when: {it-rounds: yes}, then: {find: rounded, recommend: sit-high}, because: It rounds., source: book}
cases:
  - {id: rounds, title: It rounds, answers: {it-rounds: yes}, expect: {outcome: advise}, because: It does.}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where entries go in this test; nothing is there yet."""
    monkeypatch.delenv(NONE)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    found = cache_folder()
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def loads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path | str, ...]]:
    """Return a list that grows by the paths of whatever is loaded from its files."""
    seen: list[tuple[Path | str, ...]] = []

    def noted(*paths: Path | str, cases: bool = True) -> KnowledgeBase:
        seen.append(paths)
        return load(*paths, cases=cases)

    monkeypatch.setattr(loading, "load", noted)
    return seen


def whole(kb: KnowledgeBase) -> list[object]:
    """Return all of a knowledge base, the order of everything included."""
    parts = [getattr(kb, name) for name in kb.__struct_fields__]
    return [list(part.items()) if isinstance(part, dict) else part for part in parts]


def pack(folder: Path, text: str = PACK) -> Path:
    return written(f"# file: pack.yaml\n{HEAD}# file: back.yaml\n{text}", folder)


HEAD = 'pack: example\ntitle: An example\nversion: "1"\ntopics: [back]\n'


# --- the same ---------------------------------------------------------------------------------------------------------


def test_cache__packs_of_the_program__are_as_loaded(loads: list[object]) -> None:
    expected = whole(load(cases=False))
    assert [whole(load_cached()) for _ in range(3)] == [expected] * 3
    assert len(loads) == 1


@pytest.mark.parametrize("seed", range(12))
def test_cache__sound_packs__are_as_loaded(tmp_path: Path, loads: list[object], seed: int) -> None:
    path = written(sound_pack(seed), tmp_path)
    expected = whole(load(path, cases=False))
    assert [whole(load_cached(path)), whole(load_cached(path))] == [expected] * 2
    assert len(loads) == 1


@given(knowledge_bases())
@settings_of(max_examples=50)
def test_cache__any_knowledge_base__comes_back_whole(kb: KnowledgeBase) -> None:
    again = startup._decoded(msgspec.msgpack.encode(startup._as_kept(kb)))
    assert again is not None
    assert whole(startup._linked(again)) == whole(kb)


def test_cache__numbers_and_lists_in_cases__come_back_as_they_were(tmp_path: Path) -> None:
    text = """
sources: {book: {work: A book}}
questions:
  hold: {ask: How long?, type: number, unit: minutes}
  signs: {ask: Which?, type: several, options: {ache: An ache, numb: Numb, none: None}}
cases:
  - {id: a, title: A, answers: {hold: "1.50", signs: [ache, "numb?"]}, expect: {outcome: no-change}, because: So.}
  - {id: b, title: B, answers: {hold: unsure, signs: none}, expect: {outcome: no-change}, because: So.}
"""
    path = pack(tmp_path, text)
    load_cached(path)
    assert [case.answers for case in load_cached(path).cases] == [
        {"hold": Decimal("1.50"), "signs": ("ache", "numb?")},
        {"hold": "unsure", "signs": ("none",)},
    ]


@pytest.mark.parametrize("seed", range(4))
def test_beginning__is_that_of_a_session(tmp_path: Path, seed: int) -> None:
    path = written(sound_pack(seed), tmp_path)
    for _ in range(2):
        kb, first, most = beginning_in_use([path])
        session = Session.begin(Engine(kb))
        assert (first, most) == (session.next_question(), session.most_questions_left())
        assert first is kb.questions[first.id if first else ""]


def test_beginning__where_nothing_is_asked__has_no_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loads: list[object]
) -> None:
    monkeypatch.setattr(settings, "bundled", lambda: pack(tmp_path, "sources: {book: {work: A book}}\n"))
    assert [beginning_in_use([])[1:] for _ in range(2)] == [(None, 0)] * 2
    assert len(loads) == 1


def test_beginning__after_a_mere_load__is_kept_too(tmp_path: Path, loads: list[object]) -> None:
    path = pack(tmp_path)
    kb = knowledge_in_use([path])
    assert [beginning_in_use([path]), beginning_in_use([path])] == [(kb, *beginning_in_use([path])[1:])] * 2
    assert whole(knowledge_in_use([path])) == whole(kb)
    assert len(loads) == 1


# --- something has changed --------------------------------------------------------------------------------------------


def same_size_and_time(path: Path) -> None:
    file = path / "back.yaml"
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b"Does it round?", b"Does it arch? "))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def head(path: Path) -> None:
    (path / "pack.yaml").write_text(HEAD.replace("An example", "Another"), encoding="utf-8")


def file_more(path: Path) -> None:
    (path / "feet.yaml").write_text("findings: {flat: {title: They are flat}}\n", encoding="utf-8")
    (path / "pack.yaml").write_text(HEAD.replace("[back]", "[back, feet]"), encoding="utf-8")


def file_renamed(path: Path) -> None:
    (path / "back.yaml").rename(path / "spine.yaml")
    (path / "pack.yaml").write_text(HEAD.replace("[back]", "[spine]"), encoding="utf-8")


def file_deeper(path: Path) -> None:
    (path / "deep" / "deeper").mkdir(parents=True)
    (path / "back.yaml").rename(path / "deep" / "deeper" / "back.yaml")


@pytest.mark.parametrize("change", [same_size_and_time, head, file_more, file_renamed, file_deeper])
def test_cache__files_have_changed__are_loaded_anew(tmp_path: Path, change: Callable[[Path], None]) -> None:
    path = pack(tmp_path)
    before = whole(load_cached(path))
    change(path)
    assert whole(load_cached(path)) == whole(load(path, cases=False)) != before


@pytest.mark.parametrize("name", ["back.yml", "extra.yaml", "sub/pack.yaml"])
def test_cache__a_file_has_come_that_is_a_mistake__is_told(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path)
    load_cached(path)
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).write_text("findings: {}\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(KnowledgeBaseError):
            load_cached(path)


def test_cache__only_cases_have_changed__is_found(tmp_path: Path, loads: list[object]) -> None:
    path = pack(tmp_path)
    load_cached(path)
    (path / "cases").mkdir()
    (path / "cases" / "new.yaml").write_text("not: looked at\n", encoding="utf-8")
    assert whole(load_cached(path)) == whole(load(path, cases=False))
    assert len(loads) == 1


def test_cache__a_pack_in_a_folder_of_packs_has_come__is_seen(tmp_path: Path) -> None:
    packs_folder = tmp_path / "packs"
    pack(packs_folder)
    load_cached(packs_folder)
    written('# file: pack.yaml\npack: other\ntitle: Other\nversion: "1"\n', packs_folder, ".other")
    assert [one.id for one in load_cached(packs_folder).packs] == ["example", "other"]


def test_cache__one_path_from_two_places__is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, text in (("here", PACK), ("there", PACK.replace("title: It rounds}", "title: It bends}"))):
        (tmp_path / place).mkdir()
        pack(tmp_path / place, text)
    said = []
    for place in ("here", "there", "here"):
        monkeypatch.chdir(tmp_path / place)
        said.append(load_cached("example").findings["rounded"].title)
    assert said == ["It rounds", "It bends", "It rounds"]


def test_cache__a_path_written_otherwise__has_the_places_of_that_path(tmp_path: Path) -> None:
    path = pack(tmp_path)
    for given_path in (path, path / "pack.yaml", f"{path}/../example", f"{path}/"):
        load_cached(given_path)
        assert whole(load_cached(given_path)) == whole(load(given_path, cases=False))


@pytest.mark.parametrize("changed", ["__version__", "_FORM"])
def test_cache__of_another_program__is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loads: list[object], changed: str
) -> None:
    path = pack(tmp_path)
    load_cached(path)
    monkeypatch.setattr(cache, changed, "9" if changed == "__version__" else b"unstuck cache 9\n")
    load_cached(path)
    assert len(loads) == 2


def test_cache__a_pack_of_the_program_has_changed__is_seen_by_what_extends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shutil.copytree(bundled(), shipped)
    for module in (startup, extension, files, loading, packs, settings):
        if hasattr(module, "bundled"):
            monkeypatch.setattr(module, "bundled", lambda: shipped)
    path = written('pack: mine\ntitle: Mine\nversion: "1"\nextends: hamstrings\n', tmp_path, "mine")
    assert load_cached(path).packs[0].title == load_cached(path).packs[0].title != "Updated"
    file = shipped / "hamstrings" / "pack.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join("title: Updated\n" if one.startswith("title:") else one for one in lines), encoding="utf-8")
    assert [one.title for one in load_cached(path).packs] == ["Updated", "Mine"]


def test_cache__a_file_changed_while_it_was_read__is_not_kept(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path)

    def late(*paths: Path | str, cases: bool = True) -> KnowledgeBase:
        kb = load(*paths, cases=cases)
        same_size_and_time(path)
        return kb

    monkeypatch.setattr(loading, "load", late)
    load_cached(path)
    assert not folder.exists()


# --- what is not kept -------------------------------------------------------------------------------------------------


def test_cache__rules_with_problems__are_told_every_time(tmp_path: Path, folder: Path) -> None:
    path = pack(tmp_path, PACK.replace("it-rounds: yes}, then", "it-ruonds: yes}, then"))
    told = []
    for _ in range(2):
        with pytest.raises(KnowledgeBaseError) as refusal:
            load_cached(path)
        told.append([problem.id for problem in refusal.value.problems])
    assert (told, folder.exists()) == ([["unknown-question"]] * 2, False)


@pytest.mark.skipif(os.name != "posix", reason="this system has no pipes among files")
def test_cache__a_pipe_among_the_rules__does_not_wait(tmp_path: Path) -> None:
    path = pack(tmp_path)
    load_cached(path)
    (path / "back.yaml").unlink()
    os.mkfifo(path / "back.yaml")
    with pytest.raises(KnowledgeBaseError):
        load_cached(path)


def test_cache__where_nothing_can_be_kept__loads(tmp_path: Path, folder: Path, loads: list[object]) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    path = pack(tmp_path)
    assert [whole(load_cached(path)) for _ in range(2)] == [whole(load(path, cases=False))] * 2
    assert len(loads) == 2


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode([]),
        msgspec.msgpack.encode([[], {}, {}, {}, {}, {"r": [1]}, {}, [], []]),
        msgspec.msgpack.encode([[], {}, {}, {}, {}, {}, {}, [], [], "no-such-question", 3]),
        msgspec.msgpack.encode([[], {}, {}, {}, {}, {}, {}, [], [], None, "many"]),
        b"\x91" * 100_000,
    ],
    ids=["empty", "no-data", "too-short", "wrong-type", "unknown-question", "no-number", "nested-endlessly"],
)
def test_cache__an_entry_of_something_else__is_replaced(tmp_path: Path, folder: Path, payload: bytes) -> None:
    path = pack(tmp_path)
    expected = whole(load_cached(path))
    (entry,) = folder.iterdir()
    key = startup._made_of((path,))
    assert key is not None
    cache.keep(entry.stem, key, payload)
    assert cache.find(entry.stem, key) == payload
    assert whole(load_cached(path)) == expected
    assert cache.find(entry.stem, key) != payload


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.yaml"
    monkeypatch.setenv("UNSTUCK_CONFIG", str(path))
    return path


def test_settings__read_before__are_as_read(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = pack(tmp_path / "a"), pack(tmp_path / "b")
    config.write_text("rules: [a/example, b/example, a/../a/example]\n", encoding="utf-8")
    read = [settings.packs_named(()) for _ in range(3)]
    assert read == [(first, second, tmp_path / "a/../a/example")] * 3
    config.write_text("rules: b/example\n", encoding="utf-8")
    assert settings.packs_named(()) == (second,)
    config.write_text("# nothing\n", encoding="utf-8")
    assert [settings.packs_named(()), settings.packs_named(())] == [(), ()]


def test_settings__whose_rules_have_gone__are_a_problem(tmp_path: Path, config: Path) -> None:
    path = pack(tmp_path)
    config.write_text("rules: example\n", encoding="utf-8")
    assert settings.packs_named(()) == (path,)
    shutil.rmtree(path)
    for _ in range(2):
        with pytest.raises(SettingsError):
            settings.packs_named(())
    assert pack(tmp_path) == path
    assert settings.packs_named(()) == (path,)
