"""What is asked now, what a reply makes of it, and that the events of a conversation lead to where it stands."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.inference.engine import Engine
from kb.interview.dialogue import Dialogue, Reason
from kb.interview.events import SKIPPED, Command, Event, made_worse
from kb.interview.replay import Resumed, resumed
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.answers import AnswerFault
from kb.model.knowledge import BETTER, SAME, WORSE, Answer, KnowledgeBase, Question
from kb.model.stored_answers import asked_as, plain
from tests.helpers import kb_from

PACK = """
safety-screens: [danger, numb]
sources: {A1: {work: A book}}
questions:
  danger: {ask: Danger?, type: yes-no}
  numb: {ask: Numb?, type: yes-no}
  pose: {ask: Pose?, type: one, options: {sitting: Sitting, standing: Standing}, lasting: yes}
  back: {ask: Back?, type: one, options: {flat: Flat, round: Round}}
  knees: {ask: Knees?, type: several, options: {bent: Bent, cold: Cold}}
  strain: {ask: Strain?, type: yes-no}
  where: {ask: Where is it?, type: several, options: {high: High, low: Low}}
  felt: {ask: What did you feel?, type: several, after-advice: yes, options: {sharp: Sharp, none: Nothing}}
  stays: {ask: Does pain stay?, type: yes-no, after-advice: yes}
findings: {rounds: {title: Rounds}}
recommendations:
  ease: {title: Ease, steps: Do.}
  lean: {title: Lean, steps: Do., rechecks: [back, knees]}
  press: {title: Press, steps: Do., rechecks: []}
  rest: {title: Rest, kind: closing, steps: Do.}
referrals:
  see: {level: clinician-first, tell: See someone., sources: A1}
  hurt: {level: stop-today, tell: Stop for today., sources: A1}
rules:
  danger: {when: {danger: [yes, unsure]}, then: {refer: see}, because: B., source: A1}
  numb: {when: {numb: [yes, unsure]}, then: {refer: see}, because: B., source: A1}
  eases: {when: {strain: yes, where: high}, then: {recommend: ease}, because: B., source: A1}
  still: {when: {strain: [yes, unsure], after-ease: [better, same, worse]}, then: {refer: see}, because: B., source: A1}
  rounds: {when: {pose: sitting, back: round}, then: {find: rounds}, because: B., source: A1}
  leans: {when: {finding: rounds}, then: {recommend: lean}, because: B., source: A1}
  bends: {when: {knees: bent}, then: {recommend: [press, rest]}, because: B., source: A1}
  hurts: {when: {felt: [sharp, "sharp?"]}, then: {refer: hurt}, because: B., source: A1}
  stays: {when: {stays: [yes, unsure]}, then: {refer: see}, because: B., source: A1}
"""
NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
THREE: tuple[Answer, ...] = ("no", "no", "sitting", "round", ("bent",), "yes", ("high",))
"""Answers that end with three corrections and a closing word."""
BACK, FELT, TRIED, SKIP = map(Command, ("back", "felt", "tried", "skip"))
ENGINE = Engine(kb_from(PACK))


class Conversation:
    """Someone in a conversation, and what is kept of it, as the journal keeps it."""

    def __init__(self, engine: Engine = ENGINE) -> None:
        self.dialogue = Dialogue.begin(engine)
        self.now = NOON
        self.events: list[Event] = []
        self.kept: dict[str, Any] = {}
        self.finished = False

    def say(self, *replies: Answer | Command) -> Conversation:
        for reply in replies:
            self.dialogue = self.dialogue.renewed(self.now)
            self.dialogue, events = self.dialogue.take(reply, self.now)
            for event in events:
                answer = None if event.answer is None else plain(event.answer)
                self.events.append(Event(event.at, event.kind, event.about, answer))
                self.kept = {name: plain(answer) for name, answer in self.dialogue.answers.items()}
                self.finished = False
            if self.dialogue.turn is None:  # the report is shown
                self.dialogue = self.dialogue.settled()
                self.finished = True
        return self

    def resumed(self, kb: KnowledgeBase | None = None) -> Resumed:
        engine = Engine(kb) if kb else self.dialogue.session.engine
        asked = asked_as(self.dialogue.session.kb)
        return resumed(engine, self.kept, asked, self.events, NOON, finished=self.finished)

    @property
    def asked(self) -> tuple[str, str]:
        """Return the question that is asked now, and why."""
        turn = self.dialogue.turn
        return (turn.question.id, turn.reason.value) if turn else ("", "")


def standing(dialogue: Dialogue) -> tuple[Any, ...]:
    """Return all that makes a Dialogue, but for the turns that are put first: no event tells of some commands."""
    return (
        list(dialogue.session.answers.items()),
        dict(dialogue.said),
        dialogue.skipped,
        dialogue.attempt and (dialogue.attempt, list(dialogue.attempt.before.answers)),
        dialogue.screened_at,
    )


# --- what is asked now ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "asked", "answers"),
    [
        ((), ("danger", "next"), ""),
        (("no", "no"), ("pose", "next"), "danger numb"),
        (THREE, ("", ""), "danger numb pose back knees strain where"),
        (("no", "no", BACK), ("numb", "next"), "danger"),
        (("no", "no", BACK, BACK), ("danger", "next"), ""),
        (("no", "no", Command("change", "danger")), ("danger", "change"), "danger numb"),
        (("no", "no", Command("change", "danger"), BACK), ("pose", "next"), "danger numb"),
        (("no", "no", Command("change", "danger"), "no"), ("pose", "next"), "danger numb"),
        (("no", "no", Command("change", "danger"), "no", BACK), ("numb", "next"), "danger"),
        ((*THREE, BACK), ("where", "change"), "danger numb pose back knees strain where"),
        ((*THREE, FELT), ("felt", "felt"), "danger numb pose back knees strain where"),
        ((*THREE, FELT, ("none",)), ("stays", "felt"), "danger numb pose back knees strain where felt"),
        ((*THREE, FELT, ("none",), BACK), ("", ""), "danger numb pose back knees strain where felt"),
        ((*THREE, TRIED), ("after-ease", "tried"), "danger numb pose back knees strain where"),
        ((*THREE, TRIED, BACK), ("", ""), "danger numb pose back knees strain where"),
        ((*THREE, TRIED, BETTER), ("felt", "felt"), "danger numb pose back knees strain where"),
        ((*THREE, TRIED, BETTER, BACK), ("", ""), "danger numb pose back knees strain where"),
        ((*THREE, TRIED, BETTER, ("none",), BACK), ("", ""), "danger numb pose back knees strain where"),
        (
            (*THREE, TRIED, BETTER, ("none",), "no"),
            ("strain", "again"),
            "danger numb pose back knees felt stays after-ease",
        ),
        (
            (*THREE, TRIED, BETTER, ("none",), "no", BACK),
            ("after-ease", "change"),
            "danger numb pose back knees felt stays after-ease",
        ),
        (  # where it is does not matter any more: the old answer is given back
            (*THREE, TRIED, BETTER, ("none",), "no", "no"),
            ("", ""),
            "danger numb pose back knees felt stays after-ease strain where",
        ),
        (  # taken back, a question that is asked again comes by itself
            (*THREE, SKIP, TRIED, SAME, ("none",), "no", "flat", BACK),
            ("back", "again"),
            "danger numb pose strain where felt stays after-lean",
        ),
        (  # a stop while it is asked how it felt: nothing was tried
            (*THREE, TRIED, BETTER, ("none",), "yes"),
            ("", ""),
            "danger numb pose back knees strain where felt stays",
        ),
    ],
)
def test_turn__after_what_was_said(replies: tuple[Any, ...], asked: tuple[str, str], answers: str) -> None:
    conversation = Conversation().say(*replies)
    assert (conversation.asked, list(conversation.dialogue.session.answers)) == (asked, answers.split())


@pytest.mark.parametrize(
    ("replies", "command", "refused"),
    [
        ((), BACK, "this is the first question."),
        (("no",), FELT, "that comes after the report."),
        (("no",), TRIED, "there is nothing to try now."),
        ((*THREE, SKIP, SKIP, SKIP), SKIP, "there is nothing to try now."),
        (("yes",), TRIED, "the stop stands, and nothing is tried now."),
        (("yes",), FELT, "the stop stands, whatever you felt since."),
    ],
)
def test_take__a_command_that_leads_nowhere__is_refused(
    replies: tuple[Any, ...], command: Command, refused: str
) -> None:
    with pytest.raises(AnswerFault) as refusal:
        Conversation().say(*replies, command)
    assert refusal.value.message == refused


def test_felt__where_a_pack_asks_nothing_of_the_kind__is_refused() -> None:
    bare = Engine(kb_from("questions: {a: {ask: A?, type: yes-no}}\n"))
    with pytest.raises(AnswerFault, match="nothing is asked about that here"):
        Conversation(bare).say(FELT)


@pytest.mark.parametrize(
    ("replies", "kept"),
    [
        (("no",), None),
        (("no", BACK), "no"),
        (("no", Command("change", "danger")), "no"),
        ((*THREE, TRIED), None),
        ((*THREE, TRIED, SAME), None),
        ((*THREE, TRIED, SAME, ("none",), "no"), "yes"),
        ((*THREE, TRIED, SAME, ("none",)), None),
    ],
)
def test_kept_by_enter__is_what_was_said_but_not_how_it_felt_or_went(replies: tuple[Any, ...], kept: Answer) -> None:
    dialogue = Conversation().say(*replies).dialogue
    assert (dialogue.kept_by_enter(dialogue.turn) if dialogue.turn else None) == kept


def test_screens_only__asks_about_danger_and_takes_back_only_what_was_said_now() -> None:
    dialogue = Dialogue(Session.begin(ENGINE, {"danger": "no"}), screens_only=True)
    with pytest.raises(AnswerFault):
        dialogue.take(BACK, NOON)
    dialogue = dialogue.take("no", NOON).dialogue
    assert dialogue.turn is None
    assert dict(dialogue.session.answers) == {"danger": "no", "numb": "no"}


def test_begin__with_what_made_it_worse__holds_it_back() -> None:
    dialogue = Dialogue.begin(ENGINE, ["ease"])
    for answer in (*THREE[:-2], "no"):
        dialogue = dialogue.take(answer, NOON).dialogue
    assert dialogue.turn is None
    assert dialogue.session.advice.given == ("lean", "press", "rest")


# --- events -----------------------------------------------------------------------------------------------------------


def test_events__tell_all_that_was_done() -> None:
    conversation = Conversation().say(*THREE, Command("change", "pose"), "sitting", SKIP, TRIED, WORSE, BACK)
    assert [(event.kind, event.about, event.answer) for event in conversation.events[7:]] == [
        ("change", "pose", "sitting"),
        ("attempt", "after-ease", SKIPPED),
        ("attempt", "after-lean", WORSE),
        ("back", "after-lean", None),
    ]


@pytest.mark.parametrize(
    ("replies", "worse"),
    [
        ((), ()),
        ((TRIED, SAME), ()),
        ((TRIED, WORSE), ("ease",)),
        ((TRIED, WORSE, BACK), ()),
        ((TRIED, WORSE, ("none",), "no", "no", TRIED, WORSE), ("ease", "lean")),
        ((TRIED, WORSE, ("none",), "no", BACK, SAME), ()),
    ],
)
def test_made_worse__is_what_was_said_last_of_it(replies: tuple[Any, ...], worse: tuple[str, ...]) -> None:
    conversation = Conversation().say(*THREE, *replies)
    assert made_worse(ENGINE.kb, conversation.kept, conversation.events) == worse


# --- laws -------------------------------------------------------------------------------------------------------------


def _answer(choose: random.Random, question: Question) -> Answer:
    harmless = {"danger": "no", "numb": "no", "felt": ("none",), "stays": "no"}
    if question.id in harmless and choose.random() < 0.9:
        return harmless[question.id]  # type: ignore[return-value]
    if question.kind.value == "several":
        options = [name for name in question.option_ids if name != "none"]
        nothing = ("none",) if "none" in question.option_ids else ()
        return choose.choice([nothing, *((name,) for name in options), tuple(options), (f"{options[0]}?",)])
    if question.options:
        return choose.choice((*question.option_ids, "unsure"))
    return "unsure"


def _reply(choose: random.Random, conversation: Conversation, answer: Callable[..., Answer]) -> Answer | Command:
    turn = conversation.dialogue.turn
    answered = list(conversation.dialogue.session.answers)
    if turn and (choose.random() < 0.75 or not answered):
        return answer(choose, turn.question)
    commands = [BACK, FELT, TRIED, TRIED, TRIED, SKIP]
    commands += [Command("change", choose.choice(answered))] if answered else []
    return choose.choice(commands[:1] + commands[-1:] if turn else commands)


def _hold(conversation: Conversation, choose: random.Random, steps: int, days: float) -> None:
    for _ in range(steps):
        conversation.now += timedelta(days=days * choose.random())
        conversation.dialogue = conversation.dialogue.renewed(conversation.now)
        before, told = (standing(conversation.dialogue), conversation.dialogue), len(conversation.events)
        reply = _reply(choose, conversation, _answer)
        try:
            conversation.say(reply)
        except AnswerFault:
            assert isinstance(reply, Command)
            continue
        now = conversation.dialogue
        assert standing(before[1]) == before[0], "the old value stays as it was"
        again, later = (each.renewed(conversation.now) for each in (conversation.resumed().dialogue, now))
        assert standing(again) == standing(later), (reply, conversation.events)
        if len(conversation.events) > told and not [turn for turn in later.put_first if turn.reason is Reason.FELT]:
            assert again.turn == later.turn, (reply, conversation.events)
        turn = before[1].turn
        if turn and turn.reason is Reason.NEXT and not isinstance(reply, Command) and now.turn:
            back = now.take(BACK, conversation.now).dialogue
            if now.turn.reason in (Reason.NEXT, Reason.AGAIN):  # else it leaves what the answer led to
                assert (back.session, back.turn) == (before[1].session, turn)


@pytest.mark.law
@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), days=st.sampled_from([0.0, 0.0, 0.3]))
def test_resumed__of_the_events_of_any_conversation__is_the_dialogue_itself(seed: int, days: float) -> None:
    _hold(Conversation(), random.Random(seed), 60, days)


@pytest.mark.law
@pytest.mark.parametrize("seed", range(4))
def test_resumed__with_the_shipped_pack__is_the_dialogue_itself(seed: int) -> None:
    _hold(Conversation(Engine(load(cases=False))), random.Random(seed), 60, 0.1)


# --- another day ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "days", "asked"),
    [
        (("no", "no"), 0.9, ("pose", "next")),
        (("no", "no"), 1.1, ("danger", "next")),
        (("no", "no"), -0.5, ("danger", "next")),  # a clock that went back says nothing
        (THREE, 1.1, ("danger", "next")),
        ((*THREE, TRIED, BETTER), 1.1, ("felt", "felt")),  # that stops just as well
        ((*THREE, TRIED, BETTER, ("none",), "no"), 1.1, ("danger", "next")),
        ((*THREE, Command("change", "danger")), 1.1, ("danger", "next")),
        (("yes",), 90, ("", "")),  # a stop stands
    ],
)
def test_renewed__takes_old_safety_answers_away(replies: tuple[Any, ...], days: float, asked: tuple[str, str]) -> None:
    conversation = Conversation().say(*replies)
    conversation.dialogue = conversation.dialogue.renewed(NOON + timedelta(days=days))
    assert conversation.asked == asked
    if asked[0] == "danger":
        assert conversation.dialogue.session.answers.keys().isdisjoint(("danger", "numb"))
        assert conversation.dialogue.said["danger"] == "no"


def test_renewed__at_how_it_felt__leaves_none_in_what_back_leads_to() -> None:
    conversation = Conversation().say(*THREE, TRIED, WORSE)
    conversation.now += timedelta(days=2)
    conversation.say(BACK)
    assert conversation.asked == ("danger", "next")


def test_renewed__once_they_are_answered__is_the_same_until_they_are_old_again() -> None:
    conversation = Conversation().say(*THREE)
    conversation.now += timedelta(days=2)
    conversation.dialogue = conversation.dialogue.renewed(conversation.now)
    conversation.say("no", "no")
    again = conversation.resumed().dialogue
    assert again.renewed(conversation.now + timedelta(hours=23)) is again
    assert again.renewed(conversation.now + timedelta(hours=25)) is not again


# --- what does not fit ------------------------------------------------------------------------------------------------


def test_resumed__with_other_rules__goes_on_with_what_fits() -> None:
    conversation = Conversation().say(*THREE, TRIED, BETTER, ("none",), "no")
    kb = kb_from(PACK.replace("{bent: Bent, cold: Cold}", "{bent: Bent, cold: Cold, new: New}"))
    dialogue, dropped = conversation.resumed(kb)
    assert [each.question for each in dropped] == ["knees"]
    assert "knees" not in dialogue.answers
    assert dialogue.attempt is not None
    assert dialogue.attempt.correction.id == "ease"


@pytest.mark.parametrize(
    "event",
    [
        Event(NOON, "attempt", "after-nothing", BETTER),
        Event(NOON, "attempt", "pose", BETTER),
        Event(NOON, "attempt", "after-ease", "marvelous"),
        Event(NOON, "answer", "pose", {"a": ["list"]}),
        Event(NOON, "back", "nothing", None),
        Event(NOON, "dance", "pose", "sitting"),
        Event(datetime.fromtimestamp(0, timezone.utc), "back", "pose", None),
    ],
)
def test_resumed__of_events_that_say_nothing__stands_on_the_kept_answers(event: Event) -> None:
    conversation = Conversation().say("no", "no", "sitting")
    conversation.events.append(event)
    dialogue = conversation.resumed().dialogue
    assert dict(dialogue.session.answers) == {"danger": "no", "numb": "no", "pose": "sitting"}
    assert dialogue.attempt is None


def test_resumed__answers_that_no_event_tells_of__come_first_and_were_known_when_it_began() -> None:
    dialogue = resumed(
        ENGINE,
        {"pose": "sitting", "danger": "no"},
        {},
        [Event(NOON, "answer", "pose", "sitting")],
        NOON,
        finished=False,
    ).dialogue
    assert (list(dialogue.session.answers), dialogue.screened_at) == (["pose", "danger"], NOON)
