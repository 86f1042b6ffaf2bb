"""Ask for a new pack: small, and sound from the first day.

It holds a danger sign that is asked first, one question, what is recommended for its answers, also for a student who
is unsure, and where all that comes from.
"""

from __future__ import annotations

from kb.model.conditions import UNSURE, Answered
from kb.model.knowledge import NONE, Finding, Kind, KnowledgeBase, Option, Question, Referral, Rule
from kb.system.files import HEAD
from kb.terminal.workbench.composer import Composer
from kb.terminal.workbench.prompts import TODO, Asker, Choices
from kb.workbench.authoring.drafts import SCHEMA, Place
from kb.workbench.authoring.yaml_text import Data, condition_data, fields_text

SAFETY = "safety"

_HEADING = f"""\
# yaml-language-server: $schema={SCHEMA}
# The header of the pack: what it is, what it is not, and in which order its files are read.

"""


class PackComposer(Composer):
    """Asks for a whole pack, which will lie at `place`."""

    def __init__(self, asker: Asker, place: Place, name: str) -> None:
        super().__init__(asker, KnowledgeBase((), {}, {}, {}, {}, {}, {}), place)
        self._name = name
        self._screen = f"{name}-signs"  # unlike that of other packs, since all packs share their names

    def pack(self) -> None:
        """Ask for all of it."""
        asker = self.asker
        fields = asker.fields("pack", "title", "about", "author")
        topic = asker.name("pack", {SAFETY, "pack", "cases"}, field="topic")
        asker.heading("A danger sign, which is asked first")
        self._first_sign()
        asker.heading("The first question")
        complaint = self._first_question(topic)
        header: dict[str, Data] = {
            "format": 1,
            "pack": self._name,
            "title": fields["title"],
            "version": "0.1.0",
            "language": "en",
            "authors": [fields["author"]],
            "about": fields["about"],
            "limits": [
                "This is not medical advice, and a program cannot examine you.",
                "Answering no to the safety questions does not mean that all is well.",
            ],
            "topics": [SAFETY, topic],
            "safety-screens": [self._screen],
            "stop-signs": "Did you feel anything new that was sharp, electric, tearing or numb, or pain that stayed?",
            "complaint": condition_data(complaint),
        }
        self.texts[HEAD] = _HEADING + fields_text(header)

    def _first_sign(self) -> None:
        asker = self.asker
        self.home = f"{SAFETY}.yaml"
        sign = asker.name("red-flag", (NONE,), longest=40)
        words = asker.field("red-flag", "sign")
        level = self.level()
        tell = asker.field("pack", "sign-tells")
        sources = self.sources()
        screen = Question(
            self._screen,
            "Before anything else, is any of this true for you, now or lately?",
            Kind.SEVERAL,
            (Option(sign, words), Option(NONE, "None of these")),
            hint="If you are not sure, say so. It is then taken seriously.",
            self_check="Read it once more, slowly. Do not try it out.",
        )
        self.add("questions", screen)
        self.add("referrals", Referral(sign, level, tell))
        when = Answered(self._screen, (sign, f"{sign}?"))
        self.add("rules", Rule(sign, when, f"{TODO}what can such a sign mean?", refer=(sign,), sources=sources))

    def _first_question(self, topic: str) -> Answered:
        """Ask for the question, and what its answers lead to; return what stands for a complaint."""
        asker = self.asker
        self.home = f"{topic}.yaml"
        name = asker.name("question", {self._screen}, longest=40)
        ask = asker.field("question", "ask")
        options = self.options(Kind.ONE)
        choices = Choices((option.id, option.text) for option in options)
        bad = asker.choice("pack", "complaint", choices)
        check = asker.field("pack", "self-check")
        self.add("questions", Question(name, ask, Kind.ONE, options, f"{TODO}what is meant?", check))
        title = asker.field("pack", "found")
        found = self.add("findings", Finding(f"{name}-{bad}"[:41].strip("-"), title))
        recommend = (self.recommendation(),)
        because = asker.field("rule", "because")
        sources = self.sources()
        when = Answered(name, (bad,))
        self.add("rules", Rule(found, when, because, find=(found,), recommend=recommend, sources=sources))
        why = f"{TODO}what does this do for a student who is not sure?"
        when = Answered(name, (UNSURE,))
        self.add("rules", Rule(f"perhaps-{found}", when, why, recommend=recommend, sources=sources))
        return Answered(name, (bad, UNSURE))
