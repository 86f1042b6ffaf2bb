"""Time a hold: a bar where one can be drawn, plain lines at the cues everywhere; pause, go on, stop."""

from __future__ import annotations

import os
import sys
from enum import Enum
from typing import NamedTuple

import click

from kb.interview.practice import Cue, Watch, cues, seconds_of
from kb.model.knowledge import Hold
from kb.terminal.console import Console, EndOfInput, window_width
from kb.terminal.practice.clock import Clock
from kb.text.blocks import Role
from kb.text.durations import clock, length
from kb.text.wrapping import cut, printed

TICK = 0.25
"""Seconds between two looks at the clock."""

_WIDEST_BAR = 40


class Ending(Enum):
    """How a hold ended."""

    DONE = "done"
    STOPPED = "stopped"
    FELT = "felt"
    NO_INPUT = "no input"
    INTERRUPTED = "interrupted"


class Held(NamedTuple):
    """How long something was held, and how that ended."""

    seconds: float
    ending: Ending


class Bar:
    """One line that is drawn over and over, and never wider than the window."""

    def __init__(self, *, drawn: bool) -> None:
        self._drawn = drawn
        self._width = self._room = 0

    def show(self, watch: Watch, target: float, typed: str) -> None:
        """Draw how far it is, what Enter does, and what was typed."""
        if not self._drawn:
            return
        room = _columns() - 1  # in the last column a terminal may begin a new line
        times = f" {clock(watch.seconds)} of {clock(target)}"
        does = _what_enter_does(watch, target)
        width = min(_WIDEST_BAR, room - len(times) - len(f", {does}") - 2)
        done = min(width, int(width * watch.seconds / target))
        bar = f"[{'#' * done}{'.' * (width - done)}]" if width >= 5 else ""
        self._write(f"{bar}{times} > {typed}" if typed else f"{bar}{times}, {does}", room)

    def clear(self) -> None:
        """Take the line away, so that another one can be written in its place."""
        if self._drawn:
            self._write("", _columns() - 1)
            click.echo("\r", nl=False)

    def _write(self, text: str, room: int) -> None:
        line = cut(text, max(1, room))
        left = self._width if room == self._room else room  # in another window the old line may lie anywhere
        click.echo(f"\r{line.ljust(min(left, room))}", nl=False)
        self._width, self._room = len(line), room
        if sys.stdout is not None:
            sys.stdout.flush()


def _what_enter_does(watch: Watch, target: float) -> str:
    if not watch.going:
        return "paused; Enter goes on"
    return "Enter ends" if watch.seconds >= target else "Enter pauses"


def _columns() -> int:
    """Return how wide the window is now, whatever the environment says it was."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return window_width()


class Holding:
    """One hold while it is going on."""

    def __init__(self, console: Console, clock: Clock, hold: Hold) -> None:
        self._console, self._clock = console, clock
        self._target = seconds_of(hold)
        self._left: list[Cue] = list(cues(hold))
        self._reached = False
        self._bar = Bar(drawn=console.redraws)
        self._watch = Watch()

    def run(self) -> Held:
        """Time the hold until the person ends it."""
        ending: Ending | None = None
        try:
            with self._clock:
                self._watch = self._watch.go_on(self._clock.now())
                while ending is None:
                    ending = self._turn()
                self._bar.clear()
        except KeyboardInterrupt:
            ending = Ending.INTERRUPTED
        except EndOfInput:
            ending = Ending.NO_INPUT
        except OSError:  # the terminal is gone, and nothing can be said any more
            ending = Ending.INTERRUPTED
        return Held(self._watch.seconds, ending)

    def _turn(self) -> Ending | None:
        """Look at the clock once, say what is due, and obey what was typed meanwhile."""
        line = self._clock.line(TICK)
        was_going = self._watch.going
        self._watch = self._watch.look(self._clock.now())
        if was_going and not self._watch.going:
            self._clock.return_()
            self._say(f"Paused at {clock(self._watch.seconds)}: the program stood still. Enter goes on.")
        self._say_what_is_due()
        ending = None if line is None else self._obey(" ".join(line.casefold().split()).rstrip(".!"))
        self._bar.show(self._watch, self._target, self._clock.typed)
        return ending

    def _say_what_is_due(self) -> None:
        seconds = self._watch.seconds
        if seconds >= self._target and not self._reached:
            self._reached = True
            self._say(f"{length(self._target)} held. You may stay longer; Enter ends it.", bell=self._console.redraws)
        while self._left and self._left[0].second <= seconds:
            cue = self._left.pop(0)
            self._bar.clear()
            self._console.say(cue.text, first=f"{clock(cue.second):>5}  ")

    def _obey(self, line: str) -> Ending | None:
        """Do what a typed line says, and return how the hold ended, if it did."""
        if line in ("stop", "quit", "exit", "done"):
            return Ending.STOPPED
        if line == "felt":
            return Ending.FELT
        if line and not (line == "pause" and self._watch.going):
            strange = cut(printed(line), 20)
            self._say(f"“{strange}” means nothing here. Enter pauses and goes on; or type stop, or felt.")
        elif not self._watch.going:
            self._watch = self._watch.go_on(self._clock.now())
            self._plainly(f"Going on from {clock(self._watch.seconds)}.")
        elif self._reached:
            return Ending.DONE
        else:
            self._watch = self._watch.pause(self._clock.now())
            self._plainly(f"Paused at {clock(self._watch.seconds)}. Enter goes on; stop ends it.")
        return None

    def _plainly(self, text: str) -> None:
        """Say what the bar shows, where there is none."""
        if not self._console.redraws:
            self._say(text)

    def _say(self, text: str, *, bell: bool = False) -> None:
        self._bar.clear()
        self._console.say(text, Role.QUIET)
        if bell:  # whoever folds forward does not look at the screen
            click.echo("\a", nl=False)
