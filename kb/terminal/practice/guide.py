"""Lead a person through a practice: set-up and steps one at a time, then the hold, and after it what was felt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from kb.interview.practice import Plan, Stage, after_questions, cues, plan, screens_of, seconds_of, stages
from kb.interview.session import Session
from kb.model.knowledge import NONE, Kind, KnowledgeBase, Recommendation
from kb.model.packs import Practice
from kb.report.build import WORSENED, citations
from kb.report.layout import places
from kb.terminal.console import Console, EndOfInput
from kb.terminal.interview import screens
from kb.terminal.practice.clock import Clock
from kb.terminal.practice.hold import Ending, Holding
from kb.terminal.practice.screening import Stopped, felt
from kb.text.blocks import Role
from kb.text.durations import clock, length

Keep = Callable[[str, float, float], str]
"""Keeps how long something was held, and how long it was to be; returns what the person is told about that."""

_INSIDE = "     "
"""What stands before the lines about a piece."""
_LEAVE_IT = "leave it there, and have a health professional look at it."

_COMMANDS = (
    ("Enter", "goes on; in a hold, it pauses and goes on"),
    ("back", "the step before this one"),
    ("felt", "if something was sharp, electric, tearing or numb, or pain stayed"),
    ("stop", "ends the practice; so does Ctrl-C"),
)


_ENDS = {Ending.INTERRUPTED: KeyboardInterrupt, Ending.NO_INPUT: EndOfInput, Ending.STOPPED: Stopped}


class _Way(Enum):
    """Where it goes from a stage."""

    ON = 1
    BACK = -1


class Guide:
    """One person in one practice.

    `session` has the answers to the safety questions; nothing is practiced after a stop. It may be that of an
    interview. `run` returns it with what was felt. `begin` makes a clock for each hold.
    """

    def __init__(self, console: Console, session: Session, keep: Keep, begin: Callable[[], Clock]) -> None:
        self.console, self.session = console, session
        self._keep, self._begin = keep, begin
        self._to_ask = self._told_keys = False

    def run(self, practice: Practice) -> Session:
        """Lead through `practice`, and ask afterwards what was felt.

        Raises:
            KeyboardInterrupt: if the person pressed Ctrl-C; what was held is kept by then.
        """
        if self.session.advice.outcome.stops or self.session.advice.unheeded:
            screens.report(self.console, self.session)
            return self.session
        planned = plan(self.session, practice)
        self._limits()
        self._held_back(practice, planned)
        if not planned.pieces:
            return self.session
        try:
            self._lead(practice, planned.pieces)
            self.console.say()
            self.console.say("That was all of it. Come out slowly.")
            self._after()
        except Stopped:
            self._after()
        except EndOfInput:
            self.console.say()
            self.console.say("The input ended here.")
            self._stop_signs()
        except KeyboardInterrupt:
            if self._to_ask:
                self.console.say()
                self._stop_signs()
            raise
        return self.session

    # --- before -------------------------------------------------------------------------------------------------------

    def _limits(self) -> None:
        """Show the limits inside which the person is to stay."""
        kb = self.session.kb
        for index, name in enumerate(self.session.advice.referrals):
            if not index:
                self.console.say()
                self.console.say("Keep to these limits", Role.HEADING)
                self.console.say()
            referral = kb.referrals[name]
            self.console.say(referral.tell, first="  - ")
            _source(self.console, kb, referral.sources, "    ")

    def _held_back(self, practice: Practice, planned: Plan) -> None:
        """Say what is not practiced, and why; and what the answers ask for instead."""
        kb = self.session.kb
        say = self.console.say
        if planned.held_back:
            piece, rules = planned.held_back
            say()
            say(f"Held back: {piece.title}", Role.HEADING)
            if not rules:
                say()
                say(WORSENED, first="  ")
            for rule in rules:
                say()
                say(rule.because, first="  ")
                _source(self.console, kb, rule.sources, "  ")
            if planned.left_out:
                say()
                titles = "; ".join(each.title for each in planned.left_out)
                say(f"What comes after it builds on it, so it is left out too: {titles}.", first="  ")
        given = [kb.recommendations[name] for name in self.session.advice.given if name not in practice.recommendations]
        instead = next((each for each in given if not each.closing), None)
        if planned.held_back and instead:
            say()
            say(f"Your answers ask for this first: {instead.title}. Type: unstuck practice {instead.id}")
        if not planned.pieces:
            say()
            say("So nothing is practiced here now. unstuck alone asks what you can correct.")

    # --- steps --------------------------------------------------------------------------------------------------------

    def _lead(self, practice: Practice, pieces: tuple[Recommendation, ...]) -> None:
        """Go through the stages, forward and back."""
        if len(pieces) > 1:
            self.console.say()
            self.console.say(practice.title, Role.HEADLINE)
        way = stages(pieces)
        at = 0
        while at < len(way):
            stage = way[at]
            piece = pieces[stage.piece]
            went = self._hold(piece) if stage.step is None else self._step(pieces, stage)
            at = max(0, at + went.value)

    def _step(self, pieces: tuple[Recommendation, ...], stage: Stage) -> _Way:
        """Show a step, and what goes with its piece behind the last one."""
        piece, step = pieces[stage.piece], stage.step or 0
        if not step:
            many = f"{stage.piece + 1} of {len(pieces)}  " if len(pieces) > 1 else ""
            self.console.say()
            self.console.say(piece.title, Role.TITLE, first=many)
        self.console.say()
        self.console.say(piece.steps[step], first=f"  {_letter(step)}  ")
        if step == len(piece.steps) - 1:
            self.console.say()
            _remarks(self.console, piece, dose=not piece.hold)  # else it is said with the hold
            _source(self.console, self.session.kb, piece.sources)
        if not self._told_keys:
            self._told_keys = True
            self.console.say()
            said = "Enter goes on. You can also type back, felt (if something hurts), stop or help."
            self.console.say(said, Role.QUIET)
        return self._read(first=not stage.piece and not step)

    def _read(self, *, first: bool) -> _Way:
        """Return where what is typed leads.

        Raises:
            Stopped: if the person stops, or felt something that stops.
            EndOfInput: if nothing more can be typed.
        """
        while True:
            said = " ".join(self.console.read(screens.PROMPT).casefold().split()).rstrip(".!")
            if said in ("", "next", "go on", "ok"):
                self._to_ask = True
                return _Way.ON
            if said == "back" and not first:
                return _Way.BACK
            if said in ("stop", "quit", "exit", "done"):
                raise Stopped
            if said == "felt":
                self._ask_what_was_felt("While practicing")
                self.console.say("Enter goes on, if you want to. Stop ends it.", Role.QUIET)
            elif said == "back":
                self.console.say("This is the first step.")
            elif said in ("help", "?"):
                screens.help_lines(self.console, "What you can type here", _COMMANDS)
            else:
                self.console.say("Enter goes on. You can also type back, felt, stop or help.")

    # --- the hold -----------------------------------------------------------------------------------------------------

    def _hold(self, piece: Recommendation) -> _Way:
        """Time the hold of a piece, keep it and say so."""
        hold = piece.hold
        assert hold is not None
        target = seconds_of(hold)
        self.console.say()
        self.console.say(f"The hold: {length(target)}", Role.TITLE)
        if piece.dose:
            self.console.say(piece.dose)
        self.console.say("Enter starts the time. While it runs, Enter pauses; stop or Ctrl-C ends it.", Role.QUIET)
        went = self._read(first=False)
        if went is _Way.BACK:
            return went
        held = Holding(self.console, self._begin(), hold).run()
        kept = self._keep(piece.id, held.seconds, target) if held.seconds >= 1 else ""
        self.console.say()
        self.console.say(f"You held it for {length(held.seconds)}. {kept}".strip())
        if ends := _ENDS.get(held.ending):
            raise ends
        if held.ending is Ending.FELT:
            self._ask_what_was_felt("While practicing")
        return _Way.ON

    # --- after --------------------------------------------------------------------------------------------------------

    def _after(self) -> None:
        """Ask what was felt, if anything was practiced since that was asked."""
        if self._to_ask:
            try:
                self._ask_what_was_felt("After practicing")
            except Stopped:
                if not self.session.advice.outcome.stops:
                    self._stop_signs()

    def _ask_what_was_felt(self, where: str) -> None:
        """Ask the questions of the live stop rule.

        Raises:
            Stopped: if what was felt stops the person, whom the report then tells whom to see.
        """
        self._to_ask = False
        if not after_questions(self.session.kb):
            self._stop_signs()
            return
        self.session = felt(self.console, self.session, where)
        if self.session.advice.outcome.stops:
            screens.report(self.console, self.session)
            raise Stopped
        self.console.say()
        self.console.say(f"If something of this kind comes later, {_LEAVE_IT}")

    def _stop_signs(self) -> None:
        """Say when to leave it and see someone, where nobody answers any more."""
        for signs in _stop_signs(self.session.kb):
            self.console.say(signs)


def written(console: Console, session: Session, practice: Practice) -> None:
    """Write a practice down for whoever has no terminal: what comes before it, the steps, the cues with their times."""
    kb = session.kb
    say = console.say
    say(practice.title, Role.HEADLINE)
    say()
    say(" ".join(dict.fromkeys(limit for pack in kb.packs for limit in pack.limits)))
    asked = screens_of(session)
    for question in asked:
        say()
        say(question.ask, Role.TITLE)
        for option in question.options if question.kind is Kind.SEVERAL else ():
            if option.id != NONE:
                say(option.text, first="  - ")
    if asked:
        say()
        say("If any of this is so, or may be, do not practice this. unstuck alone asks, and says whom to see.")
    for number, name in enumerate(practice.recommendations, start=1):
        piece = kb.recommendations[name]
        say()
        say(piece.title, Role.TITLE, first=f"{number:>3}  ")
        for step, text in enumerate(piece.steps):
            say(text, first=f"     {_letter(step)}  ")
        _remarks(console, piece)
        if piece.hold:
            say(f"The hold, {length(seconds_of(piece.hold))}:", first="     ")
            for cue in cues(piece.hold):
                say(cue.text, first=f"     {clock(cue.second):>5}  ")
        _source(console, kb, piece.sources)
    for signs in _stop_signs(kb):
        say()
        say(f"Ask yourself afterwards: {signs}")


def _remarks(console: Console, piece: Recommendation, *, dose: bool = True) -> None:
    for label, text in (("Cue", piece.cue), ("Check", piece.self_check), ("How long", piece.dose if dose else "")):
        if text:
            console.say(f"{label}: {text}", first=_INSIDE, rest=_INSIDE + "  ")


def _source(console: Console, kb: KnowledgeBase, sources: Sequence[str], margin: str = _INSIDE) -> None:
    if sources:
        rest = _INSIDE + "  " if margin == _INSIDE else None
        console.say(f"Source: {places(citations(kb, sources))}", Role.SOURCE, margin, rest)


def _stop_signs(kb: KnowledgeBase) -> Iterator[str]:
    """Yield when to leave it and see someone."""
    for signs in dict.fromkeys(pack.stop_signs for pack in kb.packs if pack.stop_signs):
        yield f"{signs} If so, {_LEAVE_IT}"


def _letter(step: int) -> str:
    return chr(ord("a") + step) if step < 26 else str(step + 1)
