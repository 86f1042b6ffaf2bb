"""Run each engine in a process of its own, and ask it over a pipe.

So no engine pays for what another keeps in memory, one that takes too long can be ended, and what an engine needs can
be read off its process. The rounds still take turns: while one engine works, all others wait.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from .engines import CLOCK, Peer, Variables
from .peers import PEERS

Step = tuple[str, Any, Variables]
"""A question, its answer, and the variables that the answer fills."""

OURS, STOCK_MATCHER, READER = "ours", "experta, our order", "reader"
MEGABYTE = 1 << 20


class Spent(NamedTuple):
    """What it took to work through some answers: `answers` of them, before time ran out."""

    seconds: float
    answers: int

    @property
    def each(self) -> float:
        return self.seconds / self.answers


class Runner:
    """Times one engine. Rubbish is collected before each timing, and as Python sees fit within it."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._before = set(vars(peer))

    def ready(self) -> float:
        """Become ready from scratch; what was ready before is let go of first."""
        for made in set(vars(self.peer)) - self._before:
            delattr(self.peer, made)
        self.peer.renew()
        with self._timed() as spent:
            self.peer.ready()
        return spent[0]

    def memory(self, steps: list[Step]) -> float:
        """Return by how many megabytes the process has grown once the engine is ready and has seen an interview."""
        gc.collect()
        before = self.peer.bytes_used()
        self.peer.ready()
        self.follow(steps, 3.0)
        gc.collect()
        return max(self.peer.bytes_used() - before, 0) / MEGABYTE

    def follow(self, steps: list[Step], most_seconds: float) -> Spent:
        """Give answers one by one, until there are no more or `most_seconds` are over."""
        self.peer.forget()
        self._give(*steps[0])  # the first one may have to begin anew
        done = 0
        until = self.peer.clock() + most_seconds
        with self._timed() as spent:
            for step in steps[1:]:
                self._give(*step)
                done += 1
                if self.peer.clock() > until:
                    break
        return Spent(spent[0], done)

    def whole(self, steps: list[Step]) -> float:
        """Give all answers at once."""
        variables = {variable: value for _, _, own in steps for variable, value in own.items()}
        answers = {question: answer for question, answer, _ in steps}
        self.peer.forget()
        with self._timed() as spent:
            self._settle(answers, variables)
        return spent[0]

    def derived(self, steps: list[Step], most_seconds: float) -> list[Variables]:
        """Return what is concluded after every answer, as far as it goes in `most_seconds`."""
        self.peer.forget()
        found = []
        until = self.peer.clock() + most_seconds
        for step in steps:
            self._give(*step)
            found.append({variable: value for variable, value in self.peer.derived().items() if _is_shown(variable)})
            if self.peer.clock() > until:
                break
        return found

    def busy(self) -> float:
        """Return the seconds that this process has worked so far, or the one that works for it."""
        return self.peer.clock()

    def _give(self, question: str, answer: Any, variables: Variables) -> None:
        self.peer.give(variables)

    def _settle(self, answers: dict[str, Any], variables: Variables) -> None:
        self.peer.give(variables)

    @contextlib.contextmanager
    def _timed(self) -> Iterator[list[float]]:
        spent: list[float] = []
        gc.collect()
        start = self.peer.clock()
        yield spent
        spent.append(self.peer.clock() - start)


def _is_shown(variable: str) -> bool:
    return variable.startswith(("rule:", "finding:"))


class OursRunner(Runner):
    """Times our own engine, which takes answers rather than variables."""

    peer: Any

    def compile(self) -> float:
        return float(self.peer.compile())

    def ready_from_productions(self) -> float:
        return float(self.peer.ready_from_productions())

    def first_question(self) -> float:
        return float(self.peer.first_question())

    def interview(self, steps: list[Step]) -> Spent:
        gc.collect()
        return Spent(self.peer.interview(steps), len(steps))

    def _give(self, question: str, answer: Any, variables: Variables) -> None:
        self.peer.answer(question, answer)

    def _settle(self, answers: dict[str, Any], variables: Variables) -> None:
        self.peer.settle(answers)


class Reader:
    """Times what stands before any engine: reading the files of a pack, and checking them."""

    def __init__(self, pack: Path) -> None:
        self._pack = pack
        self._file = pack / "pack.yaml" if pack.is_dir() else pack
        self._times = 0

    def busy(self) -> float:
        """Return the seconds that this process has worked so far."""
        return CLOCK()

    def parse(self) -> float:
        """Return the seconds that PyYAML's C loader takes to make plain data of it, without places or checks."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._renew()
        start = CLOCK()
        for path in sorted(self._pack.glob("*.yaml")) or [self._pack]:
            yaml.load(path.read_bytes(), Loader=loader)
        return CLOCK() - start

    def load(self) -> float:
        from kb.language.loading import load

        self._renew()
        start = CLOCK()
        load(self._pack)
        return CLOCK() - start

    def check(self) -> float:
        from kb.language.loading import load
        from kb.workbench.checks import check

        self._renew()
        kb = load(self._pack)
        gc.collect()
        start = CLOCK()
        check(kb)
        return CLOCK() - start

    def _renew(self) -> None:
        """Write another remark into a file, so that nobody can remember what was read before."""
        self._times += 1
        text = self._file.read_text(encoding="utf-8").partition("# read ")[0]
        self._file.write_text(f"{text}# read {self._times} times\n", encoding="utf-8")
        gc.collect()


# --- in the process of the engine -------------------------------------------------------------------------------------


def keep(folder: Path, kb: Any, productions: Any) -> None:
    """Write what workers begin with, beside the pack."""
    (folder / "kb").write_bytes(pickle.dumps(kb))
    (folder / "productions").write_bytes(pickle.dumps(productions))


def serve(connection: Connection, name: str, folder: Path) -> None:
    """Answer requests until there are none any more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # an engine in C may write there
    try:
        runner = _runner(name, folder)
    except Exception:
        connection.send((False, traceback.format_exc(), 0.0))
        return
    connection.send((True, None, 0.0))
    try:
        with contextlib.suppress(EOFError, OSError):  # nobody asks any more
            while request := connection.recv():
                connection.send(_reply_to(request, runner))
    finally:
        if isinstance(runner, Runner):
            runner.peer.close()


def _reply_to(request: tuple[str, tuple[Any, ...]], runner: Runner | Reader) -> tuple[bool, Any, float]:
    method, arguments = request
    try:
        return True, getattr(runner, method)(*arguments), runner.busy()
    except Exception:
        return False, traceback.format_exc(), 0.0


def _runner(name: str, folder: Path) -> Runner | Reader:
    # What an engine imports late is imported by a warm-up on a few rules, which nothing is timed of.
    if name == READER:
        from .bases import PACK, write_base

        with tempfile.TemporaryDirectory() as small:
            warm = Reader(write_base(Path(small), 8))
            warm.parse(), warm.load()
        return Reader(folder / PACK)
    if name in (OURS, STOCK_MATCHER):
        from .bases import base
        from .ours import Ours

        options = {"stock_matcher": True} if name == STOCK_MATCHER else {}
        own = Ours(base(8), **options)
        own.ready()
        own.answer("topic-0", "yes")
        if name == OURS:
            OursRunner(own).interview([("topic-0", "yes", {})])
        return OursRunner(Ours(pickle.loads((folder / "kb").read_bytes()), **options))
    warmed = PEERS[name]([((("a", ("yes",)),), (("b", "holds"),))])
    warmed.ready()
    warmed.give({"a": "yes"})
    warmed.close()
    return Runner(PEERS[name](pickle.loads((folder / "productions").read_bytes())))


# --- in the process that asks -----------------------------------------------------------------------------------------


class TooLong(Exception):
    """An engine did not reply in time, and was ended."""


class BrokenDown(Exception):
    """An engine could not do what it was asked."""


class Worker:
    """One engine in a process of its own, seen from outside; `busy` says for how many seconds it has worked so far."""

    def __init__(self, name: str, folder: Path, patience: float) -> None:
        self.name = name
        self.patience = patience
        self.busy = 0.0
        spawn = multiprocessing.get_context("spawn")  # a fresh process: nothing of ours is in it
        self._connection, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs, name, folder), daemon=True)
        self._process.start()
        theirs.close()
        self._reply()

    def ask(self, method: str, *arguments: Any) -> Any:
        """Return what the engine's runner returns.

        Raises:
            TooLong: there was no reply in time.
            BrokenDown: the engine raised.
        """
        self._connection.send((method, arguments))
        return self._reply()

    def _reply(self) -> Any:
        if not self._connection.poll(self.patience):
            self.close()
            raise TooLong(self.name)
        try:
            fine, result, self.busy = self._connection.recv()
        except EOFError:
            self.close()
            raise BrokenDown(f"{self.name}: its process ended") from None
        if not fine:
            self.close()
            raise BrokenDown(f"{self.name}: {result}")
        return result

    def close(self) -> None:
        """End the process, gently if it listens."""
        with contextlib.suppress(OSError):
            self._connection.send(None)
        self._process.join(2)
        self._process.terminate()
        self._process.join(2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._connection.close()
