"""Make a question, a rule or another part of a pack out of what a teacher types.

A `Composer` asks and collects: everything that is made becomes an insertion into the file to which it belongs. Nothing
is written here. What is asked, in words, stands in `prompts.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kb.model.answers import decimal_of
from kb.model.conditions import UNSURE, Answered, Condition
from kb.model.knowledge import (
    NONE,
    Finding,
    Kind,
    KnowledgeBase,
    Level,
    Option,
    Question,
    Recommendation,
    Referral,
    Rule,
    Source,
)
from kb.terminal.workbench.prompts import (
    TODO,
    Asker,
    Choices,
    Slip,
    field_of,
    name_fault,
    name_from,
    words_in,
)
from kb.workbench.authoring.drafts import Place
from kb.workbench.authoring.yaml_editing import Insertion
from kb.workbench.authoring.yaml_text import Named, item_data

_EFFECTS = {
    "find": ("findings", "finding"),
    "recommend": ("recommendations", "recommendation"),
    "refer": ("referrals", "referral"),
    "withhold": ("recommendations", "withheld"),
}
"""What a rule may do: the section of what it names, and what a teacher is asked for."""

_ENDINGS = {
    Level.STOP_EMERGENCY: "emergency",
    Level.STOP_TODAY: "stop",
    Level.CLINICIAN_FIRST: "clinician",
    Level.GENTLY: "gently",
}
"""How the name of a danger sign's referral ends."""

_NO_SOURCE = "todo-source"
_MOST_SHOWN = 20


class Composer:
    """Asks for parts of a pack.

    `insertions` are those made so far, each with its file; `made` holds them by section. `texts` are whole new files.
    `home` is the file of the topic in which something new stands, once that is known.
    """

    def __init__(self, asker: Asker, kb: KnowledgeBase, place: Place, topic: str = "") -> None:
        self.asker = asker
        self.kb = kb
        self.place = place
        self.insertions: list[tuple[str, Insertion]] = []
        self.made: dict[str, dict[str, Any]] = {}
        self.texts: dict[str, str] = {}
        self.home = place.head if place.one_file else ""
        self._topic = topic

    # --- what there is ------------------------------------------------------------------------------------------------

    def all(self, section: str) -> dict[str, Any]:
        """Return the items of a section, those of the pack and those made here."""
        return {**getattr(self.kb, section), **self.made.get(section, {})}

    def add(self, section: str, item: Named) -> str:
        """Take in something that was made, and return its name."""
        self.made.setdefault(section, {})[item.id] = item
        self.insertions.append((self._file_for(section), Insertion((section,), item.id, item_data(item))))
        return item.id

    def _file_for(self, section: str) -> str:
        """Return the file for an item: questions, findings and rules stand with their topic, the rest with its kind."""
        if section in ("sources", "recommendations", "referrals"):
            items = reversed(list(getattr(self.kb, section).values()))
            if home := next(filter(None, (self.place.name_of(item.place) for item in items)), None):
                return home
        return self.place.head if section == "sources" else self.topic_file()

    def topic_file(self) -> str:
        """Return the file of the topic in which something new stands; ask for the topic when it is first needed."""
        topics = self.place.topics
        if not self.home and (self._topic or topics):
            topic = self._topic or self._asked_topic()
            while topic not in topics and (fault := name_fault(topic, ("pack", "cases"))):
                self.asker.say(fault)
                topic = self._asked_topic()
            self.home = topics.get(topic, f"{topic}.yaml")
            if topic not in topics:
                self.insertions.insert(0, (self.place.head, Insertion(("topics",), "", topic)))
        return self.home or self.place.head

    def _asked_topic(self) -> str:
        topics = self.place.topics
        order = [topic for pack in self.kb.packs for topic in pack.topics if topic in topics]
        shown = Choices((name, name) for name in order or topics)
        return self.asker.read("part", "topic", lambda typed: shown.named(typed) or typed, shown)

    # --- sources ------------------------------------------------------------------------------------------------------

    def sources(self) -> tuple[str, ...]:
        """Return the sources of something, at least one; Enter leaves one to be named later."""
        there = self.all("sources")
        few = len(there) <= _MOST_SHOWN
        shown = Choices(
            (name, f"{name}: {', '.join(filter(None, (source.work, source.at)))}") for name, source in there.items()
        )

        def understand(typed: str) -> list[str]:
            words = words_in(typed) if typed.strip(" ,;") else []
            names = [(shown.named(word) if few or not word.isdigit() else None) or word for word in words]
            strange = [name for name in names if name not in there]
            for name in strange:
                if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", name):
                    raise Slip(f"“{name}” cannot be the name of a source. Use letters, digits, points and hyphens.")
            if strange and not self.asker.yes(f"There is no source “{strange[0]}” yet. Make it?"):
                raise Slip
            return names

        names = self.asker.read("source", "source", understand, shown if few else None)
        if not names and _NO_SOURCE not in there:
            self.add("sources", Source(_NO_SOURCE, f"{TODO}where does this come from?"))
        return tuple(dict.fromkeys(map(self._source, names))) or (_NO_SOURCE,)

    def _source(self, name: str) -> str:
        if name in self.all("sources"):
            return name
        return self.add("sources", Source(name, **self.asker.fields("source", "work", "at", called=name)))

    # --- questions ----------------------------------------------------------------------------------------------------

    def question(self, given: str = "") -> str:
        """Ask for a question, and return its name."""
        name = self.asker.name("question", self.all("questions"), given)
        self.topic_file()
        ask, kind = self.asker.field("question", "ask"), Kind(self.asker.field("question", "type"))
        fields: dict[str, Any] = {}
        if kind in (Kind.ONE, Kind.SEVERAL):
            fields["options"] = self.options(kind)
        elif kind is Kind.NUMBER:
            unit, low, high = self.asker.field("question", "unit"), self._bound("at-least"), self._bound("at-most")
            if low is not None and high is not None and low > high:
                low, high = high, low
            fields |= {"unit": unit, "at_least": low, "at_most": high}
        fields |= self.asker.fields("question", "hint", "self-check")
        return self.add("questions", Question(name, ask, kind, **fields))

    def options(self, kind: Kind) -> tuple[Option, ...]:
        """Ask for the answers to choose from."""
        least = 2 if kind is Kind.ONE else 1
        options: dict[str, Option] = {}
        while len(options) < least:
            for typed in self.asker.field("question", "options", str(least)):
                found = re.fullmatch(r"([a-z0-9-]+):\s+(.+)", typed)
                own = found is not None and name_fault(found[1], options) is None
                name, said = (found[1], found[2]) if found and own else ("", typed)
                text, _, also = map(str.strip, said.partition("|"))
                name = name or name_from(text, options)
                aliases = dict.fromkeys(filter(None, map(str.strip, also.split(","))))
                options[name] = Option(name, text, tuple(aliases))
                self.asker.say(f"  = {name}")
        if kind is Kind.SEVERAL and self.asker.yes("Add “None of these”?"):
            options[NONE] = Option(NONE, "None of these")
        return tuple(options.values())

    def _bound(self, name: str) -> Decimal | None:
        number = self.asker.read("question", name, lambda typed: decimal_of(typed) if typed else "")
        return number if isinstance(number, Decimal) else None

    # --- what rules lead to -------------------------------------------------------------------------------------------

    def finding(self, name: str) -> str:
        """Ask for a finding, and return its name."""
        return self.add("findings", Finding(name, self.asker.field("finding", "title", name)))

    def recommendation(self, given: str = "") -> str:
        """Ask for a recommendation, and return its name."""
        name = self.asker.name("recommendation", self.all("recommendations"), given)
        self.asker.heading(f"The recommendation “{name}”")
        fields = self.asker.fields("recommendation", "title", "steps", "cue", "dose", "self-check")
        return self.add("recommendations", Recommendation(name, **fields))

    def referral(self, name: str, level: Level | None = None) -> str:
        """Ask for a referral, and return its name."""
        self.asker.heading(f"The referral “{name}”")
        return self.add("referrals", Referral(name, level or self.level(), self.asker.field("referral", "tell")))

    def level(self) -> Level:
        """Ask how strong a referral is."""
        return Level(self.asker.field("referral", "level"))

    # --- rules --------------------------------------------------------------------------------------------------------

    def rule(self, given: str = "") -> str:
        """Ask for a rule, and return its name."""
        name = self.asker.name("rule", self.all("rules"), given)
        self.topic_file()
        when = self.asker.condition(self.all("questions"), self.all("findings"))
        effects: dict[str, Any] = {}
        while not effects:
            effects = self._effects()
        because = self.asker.field("rule", "because")
        return self.add("rules", Rule(name, when, because, **effects, sources=self.sources()))

    def _effects(self) -> dict[str, tuple[str, ...]]:
        """Ask what follows, and return the names under the model's words."""
        choices = Choices(field_of("rule", "then").choices.items())

        def understand(typed: str) -> list[str | None] | None:
            names = [choices.named(word) for word in words_in(typed)]
            return None if None in names else names

        chosen = self.asker.read("rule", "then", understand, choices)
        effects = {}
        for effect in _EFFECTS:
            if effect == "withhold" and effect in chosen and not self.all("recommendations"):
                self.asker.say("There is no recommendation that could be withheld yet.")
            elif effect in chosen:
                effects[effect] = self._targets(*_EFFECTS[effect])
        return effects

    def _targets(self, section: str, what: str) -> tuple[str, ...]:
        """Ask which findings or the like: some that exist or new ones, but what is withheld exists."""
        there = self.all(section)
        make: Callable[[str], str] | None = getattr(self, what, None)
        choices = Choices(
            (name, f"{name}: {getattr(item, 'title', '') or getattr(item, 'tell', '')}") for name, item in there.items()
        )

        def understand(typed: str) -> list[str]:
            names = [choices.named(word) or word for word in words_in(typed)]
            for name in names:
                fault = name_fault(name, (), 60) if make else f"There is no recommendation “{name}”."
                if name not in there and fault:
                    raise Slip(fault)
            return names

        names = self.asker.read("rule", what, understand, choices)
        return tuple(dict.fromkeys(make(name) if make and name not in there else name for name in names))

    # --- danger signs -------------------------------------------------------------------------------------------------

    def red_flag(self, given: str = "") -> str:
        """Ask for a danger sign: where it is asked, whom it sends to, and the rule; return the rule's name."""
        name = self.asker.name("red-flag", {*self.all("rules"), *self.all("questions")}, given)
        words = self.asker.field("red-flag", "sign")
        when = self._sign(name, words)
        level = self.level()
        taken = self.all("referrals")
        referral = f"{name}-{_ENDINGS[level]}"
        if referral in taken:
            referral = name_from(referral.replace("-", " "), taken)
        self.referral(referral, level)
        because = self.asker.field("red-flag", "because")
        return self.add("rules", Rule(name, when, because, refer=(referral,), sources=self.sources()))

    def _sign(self, name: str, words: str) -> Condition:
        """Ask where the sign is asked for, and return the condition under which it counts: unsure counts as yes."""
        screens = {
            screen.id: home
            for screen in map(self.kb.questions.__getitem__, self.kb.safety_screens)
            if screen.kind is Kind.SEVERAL and (home := self.place.name_of(screen.place))
        }
        chosen = ""
        if screens:
            among = [(screen, f"among the answers to {screen}: {self.kb.questions[screen].ask}") for screen in screens]
            choices = Choices([*among, ("", "a question of its own, asked of everybody")])
            chosen = self.asker.choice("red-flag", "where", choices)
        if not chosen:
            self.topic_file()
            hint, check = f"{TODO}what is meant?", f"{TODO}how to find out?"
            self.add("questions", Question(name, words, Kind.YES_NO, hint=hint, self_check=check))
            self.insertions.append((self.place.head, Insertion(("safety-screens",), "", name)))
            return Answered(name, ("yes", UNSURE))
        self.home = screens[chosen]
        option = name_from(name, taken) if name in (taken := self.kb.questions[chosen].option_ids) else name
        self.insertions.append((self.home, Insertion(("questions", chosen, "options"), option, words, NONE)))
        return Answered(chosen, (option, f"{option}?"))
