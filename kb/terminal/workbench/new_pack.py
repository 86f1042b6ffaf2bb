"""Ask for a new pack: small, and sound from the first day.

It holds a danger sign that is asked first, one question, what is recommended for its answers, also for a student who
is unsure, and where all that comes from.
"""

from __future__ import annotations

from kb.model.conditions import UNSURE, Answered
from kb.model.knowledge import NONE, Finding, Kind, KnowledgeBase, Option, Question, Recommendation, Referral, Rule
from kb.system.files import HEAD
from kb.terminal.workbench.composer import Composer
from kb.terminal.workbench.prompts import TODO, Asker, Choices
from kb.workbench.authoring.drafts import SCHEMA, Place
from kb.workbench.authoring.yaml_editing import Insertion
from kb.workbench.authoring.yaml_text import Data, condition_data, fields_text, item_data

SAFETY = "safety"

_HEADING = f"""\
# yaml-language-server: $schema={SCHEMA}
# The header of the pack: what it is, what it is not, and in which order its files are read.

"""


class Founder:
    """Asks for a pack that will lie at `place`. `texts` are its files, `entries` what is put into them."""

    def __init__(self, asker: Asker, place: Place, name: str) -> None:
        self.asker = asker
        self.place = place
        self.name = name
        self.screen = f"{name}-signs"  # unlike that of other packs, since all packs share their names
        self.texts: dict[str, str] = {}
        self.composer = Composer(asker, KnowledgeBase((), {}, {}, {}, {}, {}, {}), place, "")

    @property
    def entries(self) -> list[tuple[str, Insertion]]:
        """Return what is put into the files, each with its file."""
        return self.composer.entries

    def found(self) -> None:
        """Ask for all of it."""
        asker = self.asker
        title = asker.text("What is the pack about? A title.", "title", "Such as: Wrists in the plank.", "a title")
        about = asker.text(
            "And in one or two sentences, which are shown before the first question?",
            "about",
            "What the pack asks, and what it answers with.",
            "what it asks, and what it answers with",
        )
        author = asker.text("Who writes it?", "author", "Your name, as the author of the pack.", "your name")
        topic = self._topic()
        asker.heading("A danger sign, which is asked first")
        self._danger()
        asker.heading("The first question")
        complaint = self._first_question(topic)
        header: dict[str, Data] = {
            "format": 1,
            "pack": self.name,
            "title": title,
            "version": "0.1.0",
            "language": "en",
            "authors": [author],
            "about": about,
            "limits": [
                "This is not medical advice, and a program cannot examine you.",
                "Answering no to the safety questions does not mean that all is well.",
            ],
            "topics": [SAFETY, topic],
            "safety-screens": [self.screen],
            "stop-signs": "Did you feel anything new that was sharp, electric, tearing or numb, or pain that stayed?",
            "complaint": condition_data(complaint),
        }
        self.texts[HEAD] = _HEADING + fields_text(header)

    def _topic(self) -> str:
        """Return the name of the first topic file."""
        taken = {SAFETY, "pack", "cases"}
        return self.asker.name("What is the first topic? It names a file, such as hands.", "topic", taken)

    def _put(self, file: str, section: str, item: Question | Finding | Recommendation | Referral | Rule) -> None:
        self.composer.made.setdefault(section, {})[item.id] = item
        self.entries.append((file, Insertion((section,), item.id, item_data(item))))

    def _danger(self) -> None:
        asker, file = self.asker, f"{SAFETY}.yaml"
        sign = asker.name("What shall the sign be called?", "name", (NONE,), longest=40)
        words = asker.text(
            "What does a student notice? Describe it so that they recognize it, without naming a diagnosis.",
            "sign",
            "What is felt or seen, such as: One calf is newly swollen.",
            "describe the sign",
        )
        level = self.composer.level()
        tell = asker.text(
            "What is the student told then?", "tell", "It is shown as it stands: what to do, how soon.", "what to say?"
        )
        self.composer.use_topic(SAFETY, file)
        sources = self.composer.sources()
        screen = Question(
            self.screen,
            "Before anything else, is any of this true for you, now or lately?",
            Kind.SEVERAL,
            (Option(sign, words), Option(NONE, "None of these")),
            hint="If you are not sure, say so. It is then taken seriously.",
            self_check="Read it once more, slowly. Do not try it out.",
        )
        self._put(file, "questions", screen)
        self._put(file, "referrals", Referral(sign, level, tell))
        because = f"{TODO}what can such a sign mean?"
        when = Answered(self.screen, (sign, f"{sign}?"))
        self._put(file, "rules", Rule(sign, when, because, refer=(sign,), sources=sources))

    def _first_question(self, topic: str) -> Answered:
        """Ask for the question, and what its answers lead to; return what stands for a complaint."""
        asker, composer, file = self.asker, self.composer, f"{topic}.yaml"
        composer.use_topic(topic, file)
        name = asker.name("What shall the question be called?", "name", {self.screen}, longest=40)
        ask = asker.text("What is asked?", "ask", "One sentence, as you would say it to a student.", "what is asked?")
        options = composer.options(Kind.ONE)
        choices = Choices((option.id, option.text) for option in options)
        bad = asker.choice(
            "Which of them calls for a correction?", "answer", choices, "The others are as they should be."
        )
        check = asker.text(
            "How does a student find out?", "self-check", "Something to feel or see.", "how to find out?"
        )
        hint = f"{TODO}what is meant?"
        self._put(file, "questions", Question(name, ask, Kind.ONE, options, hint, check))
        found = asker.text(
            "What is found then, in a few words?", "found", "Such as: The hands turn out.", "what is found?"
        )
        finding = Finding(f"{name}-{bad}"[:41].strip("-"), found)
        self._put(file, "findings", finding)
        recommendation = composer.recommendation()
        because = asker.text(
            "Why? One sentence, which the student reads.",
            "because",
            "The reason, in your own words.",
            "why is that so?",
        )
        sources = composer.sources()
        when = Answered(name, (bad,))
        advice = (recommendation,)
        rule = Rule(finding.id, when, because, find=(finding.id,), recommend=advice, sources=sources)
        self._put(file, "rules", rule)
        perhaps = f"perhaps-{finding.id}"
        because = f"{TODO}what does this do for a student who is not sure?"
        when = Answered(name, (UNSURE,))
        self._put(file, "rules", Rule(perhaps, when, because, recommend=advice, sources=sources))
        return Answered(name, (bad, UNSURE))
