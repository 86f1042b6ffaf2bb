"""What the guided practice leads through, in which order, and what is said at which second of a hold.

What is practiced is a pose that a pack builds up from its recommendations (`Practice`), or one recommendation alone.
Danger comes first here too: `next_screen` asks whatever could send the person to someone, or set limits, and `plan`
leaves out what a rule withholds. Nothing here knows a clock; whoever does hands the seconds to a `Watch`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from kb.inference.outcome import screens_left
from kb.interview.selection.selector import Effect
from kb.interview.session import Session
from kb.model.conditions import UNSURE
from kb.model.dependencies import Dependencies
from kb.model.knowledge import Answer, Hold, Kind, KnowledgeBase, Question, Recommendation, Rule
from kb.model.packs import Practice
from kb.model.problems import KbError
from kb.text.spelling import did_you_mean
from kb.text.wrapping import printable

# --- what there is ----------------------------------------------------------------------------------------------------


def practices(kb: KnowledgeBase) -> tuple[Practice, ...]:
    """Return the poses that the packs build up, in their order; of two with one name the later pack's."""
    found = {practice.id: practice for pack in kb.packs for practice in pack.practices if practice.recommendations}
    return tuple(found.values())


def alone(recommendation: Recommendation) -> Practice:
    """Return one recommendation as something to practice."""
    return Practice(recommendation.id, recommendation.title, (recommendation.id,))


def practice_named(kb: KnowledgeBase, text: str) -> Practice:
    """Return the pose or the recommendation that `text` means: its name, or the beginning or a part of name or title.

    Raises:
        KbError: if it means nothing, or more than one thing.
    """
    known = {name: alone(each) for name, each in kb.recommendations.items()}
    known |= {practice.id: practice for practice in practices(kb)}  # a pose comes before a part of it
    said = " ".join(text.casefold().split())
    name = said.replace(" ", "-")
    if name in known:
        return known[name]
    titled = [each for each in known.values() if each.title.casefold() == said]
    meant = titled or [each for each in known.values() if _begins(each, said, name)]
    meant = meant or [each for each in known.values() if len(said) > 2 and _holds(each, said, name)]
    shown = printable(text, 40)
    if len(meant) > 1:
        which = " or ".join(f"“{printable(each.id, 60)}”" for each in meant[:3])
        more = f" or {len(meant) - 3} more" * (len(meant) > 3)
        raise KbError(f"“{shown}” may mean {which}{more}. Type a little more.")
    if not meant:
        names = {word: each.id for each in known.values() for word in (each.id, each.title)}
        way_out = did_you_mean(name, names, "“unstuck practice” alone lists what there is.")
        raise KbError(f"Nothing that can be practiced is called “{shown}”. {way_out}")
    return meant[0]


def _begins(practice: Practice, said: str, name: str) -> bool:
    return bool(said) and (practice.title.casefold().startswith(said) or practice.id.startswith(name))


def _holds(practice: Practice, said: str, name: str) -> bool:
    return said in practice.title.casefold() or name in practice.id


# --- danger first -----------------------------------------------------------------------------------------------------


def next_screen(session: Session) -> Question | None:
    """Return the question to ask next before anything is practiced, or None if there is none left.

    These are the safety screens, and then whatever could still send the person to someone or set limits. Nothing else
    is asked: how the pose is done, the practice itself goes through.
    """
    kb = session.kb
    left = screens_left(kb, session.inference, session.advice)
    referring = (live.question for live in session.live if live.goal.effect is Effect.REFER)
    return next((kb.questions[name] for name in (*left, *referring)), None)


def screens_of(session: Session) -> tuple[Question, ...]:
    """Return the questions that `next_screen` asks someone to whom nothing of all that applies, in order."""
    asked: list[Question] = []
    while question := next_screen(session):
        asked.append(question)
        session = session.answer(question.id, _HARMLESS.get(question.kind, UNSURE))
    return tuple(asked)


_HARMLESS: dict[Kind, Answer] = {Kind.SEVERAL: (), Kind.YES_NO: "no"}


def danger_questions(kb: KnowledgeBase) -> tuple[Question, ...]:
    """Return the safety screens and all questions on which a referral rests, in the order of asking."""
    rests = kb.kept(Dependencies)
    names = {*kb.safety_screens, *rests.named(rests.referring)}
    return tuple(question for question in kb.written_questions if question.id in names and not question.after_advice)


def after_questions(kb: KnowledgeBase) -> tuple[Question, ...]:
    """Return the questions of the live stop rule: what was felt in the pose or since."""
    return tuple(question for question in kb.written_questions if question.after_advice)


class HeldBack(NamedTuple):
    """A recommendation that is not practiced, and the rules that say so; none, if it made it worse."""

    recommendation: Recommendation
    rules: tuple[Rule, ...]


class Plan(NamedTuple):
    """What of a practice is practiced, what is held back, and what is left out because it builds on that."""

    pieces: tuple[Recommendation, ...]
    held_back: HeldBack | None = None
    left_out: tuple[Recommendation, ...] = ()


def plan(session: Session, practice: Practice) -> Plan:
    """Return what of `practice` is practiced after these answers.

    Each piece builds on the one before it. So where one is withheld, the practice ends.
    """
    kb = session.kb
    pieces = tuple(kb.recommendations[name] for name in practice.recommendations)
    holding = [kb.rules[name] for name in session.inference.holding]
    for index, piece in enumerate(pieces):
        if piece.id in session.inference.conclusions.withheld:
            rules = tuple(rule for rule in holding if piece.id in rule.withhold)
            return Plan(pieces[:index], HeldBack(piece, rules), pieces[index + 1 :])
    return Plan(pieces)


# --- steps and cues ---------------------------------------------------------------------------------------------------


class Stage(NamedTuple):
    """A place in a practice: a step of a piece; the hold of that piece, where there is no step."""

    piece: int
    step: int | None


def stages(pieces: Iterable[Recommendation]) -> tuple[Stage, ...]:
    """Return the places of a practice, in order: the steps of each piece one at a time, and then its hold."""
    return tuple(
        Stage(index, step)
        for index, piece in enumerate(pieces)
        for step in (*range(len(piece.steps)), *((None,) if piece.hold else ()))
    )


class Cue(NamedTuple):
    """What is said at a second of a hold."""

    second: float
    text: str


def seconds_of(hold: Hold) -> float:
    """Return how long a hold is to be held, in seconds."""
    return float(hold.minutes * 60)


def cues(hold: Hold) -> tuple[Cue, ...]:
    """Return the cues of a hold: what to mind meanwhile spread evenly over it, the first at once; the others last."""
    length = seconds_of(hold)
    meanwhile = (Cue(length * index / len(hold.meanwhile), text) for index, text in enumerate(hold.meanwhile))
    return (*meanwhile, *(Cue(length, text) for text in hold.at_the_end))


# --- time -------------------------------------------------------------------------------------------------------------

GAP = 2.0
"""Seconds after which the clock was not looked at because the program stood still, as behind Ctrl-Z."""


class Watch(msgspec.Struct, frozen=True):
    """How long something has been held: `seconds`, and when the clock was looked at last; never, while it pauses.

    The clock is one that never goes backwards, looked at several times a second. Time in which nobody looked does not
    count: the program was suspended, or the computer asleep, and that is a pause.
    """

    seconds: float = 0.0
    seen: float | None = None

    @property
    def going(self) -> bool:
        """Say whether time is counted."""
        return self.seen is not None

    def go_on(self, now: float) -> Watch:
        """Return the watch, counting from now on."""
        return Watch(self.seconds, now)

    def look(self, now: float) -> Watch:
        """Return the watch after another look at the clock."""
        if self.seen is None:
            return self
        passed = now - self.seen
        return Watch(self.seconds) if passed > GAP else Watch(self.seconds + max(0.0, passed), now)

    def pause(self, now: float) -> Watch:
        """Return the watch, counting no more."""
        return Watch(self.look(now).seconds)
