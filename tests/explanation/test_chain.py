"""How something came about, told as a chain of at most twelve lines, and the sources of its steps."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from kb.explanation import chain
from kb.explanation.explanation import explain_how
from kb.inference.engine import Engine
from kb.interview.session import Session
from kb.language.loading import load
from kb.model.answers import in_words
from kb.model.knowledge import Answer
from kb.text.wrapping import wrapped
from tests.helpers import kb_from
from tests.people import answer_at_random

KB = kb_from("""
sources:
  book: {work: A book on folds, by: Mira K., address: "https://example.org/folds"}
  A1: {in: book, at: page 1, text: The heels carry the leg.}
  A2: {in: book, at: page 2}
questions:
  pose:
    ask: Which pose is it?
    type: one
    options: {fold: {text: Standing forward bend, means: heels-on-floor}, staff: {text: Staff pose}}
  heels: {ask: Do your heels carry weight?, type: yes-no}
  pull: {ask: Where is the pull?, type: one, options: {top: At the top of the hamstring, middle: In its middle}}
  signs: {ask: Which of these?, type: several, options: {knee: A knee is sore, toe: A toe is sore, none: None}}
  hold: {ask: How long do you hold it?, type: number, unit: minutes}
findings:
  heels-on-floor: {title: The heels are on the floor, intermediate: yes, sources: A1}
  heels-light: {title: The heels have come light}
  pull-at-the-top: {title: The pull lands at the top, intermediate: yes}
  strained: {title: Strain at the top, intermediate: yes}
  sore: {title: A joint is sore}
recommendations:
  heels-down: {title: Give your heels weight, steps: [Press.], sources: A1}
  longer: {title: Hold longer, steps: [Stay.]}
  rest: {title: Rest, steps: [Rest.]}
rules:
  light: {when: {finding: heels-on-floor, heels: no}, then: {find: heels-light}, because: They float., source: A1}
  top: {when: {finding: heels-light, pull: top}, then: {find: pull-at-the-top}, because: It moves up., source: A1}
  strained:
    when: {finding: pull-at-the-top}
    then: {find: strained}
    because: It pulls where it is thin.
    source: A2
    inferred: yes
  sore: {when: {signs: [knee, toe]}, then: {find: sore}, because: It is sore., source: A2}
  down:
    when: {all: [{finding: strained}, {finding: heels-light}, {not: {finding: sore}}]}
    then: {recommend: heels-down}
    because: Heels that press share the stretch.
    source: [A1, A2]
  longer: {when: {finding: sore, hold: {below: 2}}, then: {recommend: longer}, because: Time helps., source: A2}
  rest: {otherwise: yes, then: {recommend: rest}, because: There is no more to do., source: A2}
""")
FOUR: dict[str, Answer] = {"pose": "fold", "heels": "no", "pull": "top", "signs": ("none",)}


def told(session: Session, target: str) -> str:
    return "\n".join(each.text for each in chain.how(session, target) if each.text)


@pytest.mark.parametrize(
    ("answers", "target", "expected"),
    [
        pytest.param(
            FOUR,
            "heels-down",
            """\
How “Give your heels weight” came about
You said “Standing forward bend”. So the heels are on the floor.
You also said “No” to “Do your heels carry weight?”. So the heels have come light.
You also said “At the top of the hamstring”. So the pull lands at the top. And so Strain at the top.
You also said “None” to “Which of these?”, and nothing of “A joint is sore”. \
That is why: Heels that press share the stretch.""",
            id="four findings, one of them told for two, and one that is not so",
        ),
        pytest.param(
            FOUR,
            "pull-at-the-top",
            """\
How “The pull lands at the top” came about
You said “Standing forward bend”. So the heels are on the floor.
You also said “No” to “Do your heels carry weight?”. So the heels have come light.
You also said “At the top of the hamstring”. That is why: It moves up.""",
            id="a finding",
        ),
        pytest.param(
            {"signs": ("knee", "toe?"), "hold": Decimal(1)},
            "longer",
            """\
How “Hold longer” came about
You said “A knee is sore”. So a joint is sore.
You also said “1 minute” to “How long do you hold it?”. That is why: Time helps.""",
            id="of several options only those that count",
        ),
        pytest.param(
            {"pose": "staff", "signs": ("none",)},
            "rest",
            """\
How “Rest” came about
You said “Staff pose” and “None” to “Which of these?”, and nothing else is to be done. \
That is why: There is no more to do.""",
            id="a last resort",
        ),
    ],
)
def test_how__as_a_chain__tells_each_thing_once(answers: dict[str, Answer], target: str, expected: str) -> None:
    assert told(Session.begin(Engine(KB), answers), target) == expected


def test_sources__of_a_chain__say_of_each_step_where_it_is_written() -> None:
    session = Session.begin(Engine(KB), FOUR)
    assert (
        "\n".join(each.text for each in chain.sources(session, "heels-down"))
        == """
The heels are on the floor: This follows from your answer.
Rule pose-means-heels-on-floor. Source: page 1 (A1)
A1: The heels carry the leg.
https://example.org/folds

The heels have come light: They float.
Rule light. Source: page 1 (A1)

The pull lands at the top: It moves up.
Rule top. Source: page 1 (A1)

Strain at the top: It pulls where it is thin.
Rule strained, our inference. Source: page 2 (A2)

Heels that press share the stretch.
Rule down. Source: page 1 (A1); page 2 (A2)"""
    )


@pytest.mark.parametrize(("count", "named"), [(1, 1), (5, 5), (8, 8), (40, 6)])
def test_how__resting_on_much__is_folded(count: int, named: int) -> None:
    long = "That so much has to come together is told in many words. " * 3

    def items(line: str) -> str:
        return "".join(f"  {line}\n".replace("#", str(number)) for number in range(count))

    kb = kb_from(f"""
sources: {{S: {{work: Notes}}}}
questions:
{items(f"q#: {{ask: {long}#?, type: yes-no}}")}
findings:
{items("f#: {title: It is as it has to be in the place with the number #}")}
recommendations: {{go: {{title: {long}, steps: [Go.]}}}}
rules:
{items(f"r#: {{when: {{q#: yes}}, then: {{find: f#}}, because: {long}, source: S}}")}
  go:
    when: {{all: [{items("{finding: f#},")}]}}
    then: {{recommend: go}}
    because: {long}
    source: S
""")
    session = Session.begin(Engine(kb), dict.fromkeys((f"q{number}" for number in range(count)), "yes"))
    paragraphs = [each for each in chain.how(session, "go") if each.text]
    assert sum(len(list(wrapped(each.text, 80, each.first))) for each in paragraphs) < chain.MOST_LINES
    said = " ".join(each.text for each in paragraphs)
    assert said.count("“Yes”") == named
    assert (f" and {count - named} answers more, which review lists" in said) == (count > named)


# --- the shipped pack -------------------------------------------------------------------------------------------------

SHIPPED = Engine(load(cases=False))


@pytest.mark.parametrize(
    ("answers", "target", "expected"),
    [
        pytest.param(
            {
                "pose": "dandasana-wall",
                "low-back": "rounded",
                "knee-direction": "veer-out",
                "feet-direction": "turned-out",
            },
            "hold-two-minutes",
            """\
How “Hold for two minutes or longer” came about
You said “Staff pose, soles on a wall”. So the feet are on a wall.
You also said “It rounds back, and the tailbone tucks under”. So the low back rounds before the fold begins.
You also said “One or both turn out”. So the feet do not point straight.
You also said “One or both veer out”. So the knees do not point where the middle toes point. \
That is why: What is lined up is then held, while full breaths come and go and the legs keep still.""",
            id="three causes",
        ),
        pytest.param(
            {
                "pose": "paschimottanasana",
                "strain-under-buttocks": "no",
                "spine-square": "yes",
                "hold-minutes": Decimal(3),
                "breath": "full",
            },
            "deepen-by-degrees",
            """\
How “Go deeper, a tiny step at a time” came about
You said “Seated forward bend”. So the right angle of spine and thighs is what counts in this pose.
You also said “No” to “Is there strain or pain right below a buttock, near the sit bone?”, “Yes” to “Can you keep \
a long, curved low back at a right angle to your thighs?”, “3 minutes” to “How many minutes can you stay in the pose \
before something slips out…” and “Full, in and out”. \
That is why: Right angle, two minutes and full breaths are there, so the fold may deepen by tiny steps.""",
            id="gates",
        ),
        pytest.param(
            {"pose": "standing-forward-bend", "strain-under-buttocks": "yes", "pain-pattern": ("only-in-pose",)},
            "weight-to-heels",
            """\
How “Let your heels take more weight” came about
You said “Yes” to “Is there strain or pain right below a buttock, near the sit bone?”. So there is strain right below \
the buttock. And so the pull lands on the upper end of the hamstrings, again and again.
You also said “It comes in the pose and is gone when I leave it”. So the strain comes with the pose and goes with it.
You also said “Standing forward bend”. So the heels are on the floor. That is why: Weight in the heels moves the \
stretch down into the muscle, so that more of it shares the work, says the article. Nobody has tested it.""",
            id="pain",
        ),
    ],
)
def test_how__in_the_shipped_pack__reads_as_a_chain(answers: dict[str, Answer], target: str, expected: str) -> None:
    assert told(Session.begin(SHIPPED, answers), target) == expected


def interview(seed: int) -> Session:
    """Return an interview of the shipped pack with random answers, safe in most cases."""
    chance = random.Random(seed)
    session = Session.begin(SHIPPED)
    while asked := session.next_question():
        screen = asked.id in session.kb.screens
        session = session.answer(asked.id, answer_at_random(chance, asked, screen))
    return session


@pytest.mark.parametrize("seeds", [range(first, first + 50) for first in range(0, 200, 50)], ids=str)
def test_how__of_every_correction_of_the_shipped_pack__is_short_and_names_every_answer(seeds: range) -> None:
    advised = 0
    for session in map(interview, seeds):
        for target in session.advice.given:
            advised += 1
            paragraphs = list(chain.how(session, target))
            lines = [line for each in paragraphs for line in wrapped(each.text, 80, each.first) if line.strip()]
            assert len(lines) < chain.MOST_LINES, lines  # one is left for the way to the sources
            text = " ".join(each.text for each in paragraphs)
            for name, answer in explain_how(session, target).answers.items():
                assert named(session, name, answer, text), (name, answer, lines)
    assert advised > len(seeds)


def named(session: Session, question: str, answer: Answer, text: str) -> bool:
    """Say whether a chain names an answer: its words, or the beginning of them that was not cut."""
    asked = session.kb.questions[question]
    each_said = (
        [in_words(asked, (each,)) for each in answer] if isinstance(answer, tuple) else [in_words(asked, answer)]
    )
    said = [chain._ASIDE.sub("", words) for words in each_said]
    return any(f"“{words[:20]}" in text for words in said) or any(f"; {words[:20]}" in text for words in said)
