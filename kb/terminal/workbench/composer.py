"""Make a question, a rule or another part of a pack out of what a teacher types.

A `Composer` asks and collects: everything that is made becomes an entry of the file to which it belongs. Nothing is
written here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Union

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
from kb.terminal.workbench.condition_prompts import condition
from kb.terminal.workbench.prompts import TODO, Asker, Choices, name_fault, name_from
from kb.workbench.authoring.drafts import Place
from kb.workbench.authoring.yaml_editing import Insertion
from kb.workbench.authoring.yaml_text import item_data

Made = Union[Source, Question, Finding, Recommendation, Referral, Rule]

KINDS = {
    Kind.YES_NO: "yes or no",
    Kind.ONE: "one of several answers",
    Kind.SEVERAL: "several answers may fit",
    Kind.NUMBER: "a number",
}
LEVELS = {
    Level.STOP_EMERGENCY: "An emergency: stop, and call for help now",
    Level.STOP_TODAY: "Stop, and get medical advice today",
    Level.CLINICIAN_FIRST: "Ask a clinician before going on",
    Level.GENTLY: "Go on gently, inside limits",
}
_SUFFIX = {
    Level.STOP_EMERGENCY: "emergency",
    Level.STOP_TODAY: "stop",
    Level.CLINICIAN_FIRST: "clinician",
    Level.GENTLY: "gently",
}
NO_SOURCE = "todo-source"
_MOST_SHOWN = 20


class Composer:
    """Asks for parts of a pack. `entries` are those made so far, each with its file; `made` holds them by section."""

    def __init__(self, asker: Asker, kb: KnowledgeBase, place: Place, topic: str = "") -> None:
        self.asker = asker
        self.kb = kb
        self.place = place
        self.entries: list[tuple[str, Insertion]] = []
        self.made: dict[str, dict[str, Any]] = {}
        self._topic = topic
        self._topic_file = place.head if place.one_file else ""

    # --- what there is ------------------------------------------------------------------------------------------------

    def all(self, section: str) -> dict[str, Any]:
        """Return the items of a section, those of the pack and those made here."""
        return {**getattr(self.kb, section), **self.made.get(section, {})}

    def add(self, section: str, item: Made) -> str:
        """Take in something that was made, and return its name."""
        self.made.setdefault(section, {})[item.id] = item
        self.entries.append((self._file_for(section), Insertion((section,), item.id, item_data(item))))
        return item.id

    def _file_for(self, section: str) -> str:
        """Return the file for an item: questions, findings and rules stand with their topic, the rest with its kind."""
        if section in ("sources", "recommendations", "referrals"):
            homes = [self.place.name_of(item.place) for item in getattr(self.kb, section).values()]
            for home in reversed(homes):
                if home:
                    return home
        if section == "sources":
            return self.place.head
        return self.topic_file()

    def topic_file(self) -> str:
        """Return the file of the topic in which something new stands; ask for the topic when it is first needed."""
        if self._topic_file:
            return self._topic_file
        topics = self.place.topics
        if not self._topic and not topics:
            self._topic_file = self.place.head
            return self._topic_file
        if not self._topic:
            self._topic = self._asked_topic(topics)
        while self._topic not in topics and (fault := name_fault(self._topic, ("pack", "cases"))):
            self.asker.say(fault)
            self._topic = self._asked_topic(topics)
        if self._topic in topics:
            self._topic_file = topics[self._topic]
        else:
            self._topic_file = f"{self._topic}.yaml"
            self.entries.insert(0, (self.place.head, Insertion(("topics",), "", self._topic)))
        return self._topic_file

    def use_topic(self, topic: str, file: str) -> None:
        """Let what is made from here on stand in the file of a topic."""
        self._topic, self._topic_file = topic, file

    def _asked_topic(self, topics: Mapping[str, str]) -> str:
        order = [topic for pack in self.kb.packs for topic in pack.topics if topic in topics]
        shown = Choices((name, name) for name in order or topics)
        self.asker.ask("In which topic (file) does it belong? A new name makes a new one, asked after all others.")
        self.asker.show(shown)
        typed = self.asker.line("topic", "A topic is a file of the pack; its questions are asked together.")
        return shown.named(typed) or typed

    # --- sources ------------------------------------------------------------------------------------------------------

    def sources(self) -> tuple[str, ...]:
        """Return the sources of something, at least one; Enter leaves one to be named later."""
        known = self.all("sources")
        self.asker.ask("Where does it come from? The name of a source, or several; a new name makes a new source.")
        shown = Choices((name, f"{name}: {_source_text(source)}") for name, source in known.items())
        if 0 < len(known) <= _MOST_SHOWN:
            self.asker.show(shown)
        meaning = (
            "Where you have it from: a book, an article, a teacher. A source has a short name, such as B1; of a new "
            "one you are asked what it is. Enter leaves it for later, marked with TODO."
        )
        while True:
            typed = re.split(r"[,;\s]+", self.asker.line("source", meaning).strip(" ,;"))
            if typed == [""]:
                if NO_SOURCE not in known:
                    self.add("sources", Source(NO_SOURCE, f"{TODO}where does this come from?"))
                return (NO_SOURCE,)
            few = len(known) <= _MOST_SHOWN
            names = [(shown.named(word) if few or not word.isdigit() else None) or word for word in typed]
            bad = [name for name in names if name not in known and not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", name)]
            if bad:
                self.asker.say(f"“{bad[0]}” cannot be the name of a source. Use letters, digits, points and hyphens.")
                continue
            strange = [name for name in names if name not in known]
            if strange and not self.asker.yes(f"There is no source “{strange[0]}” yet. Make it?"):
                continue
            return tuple(dict.fromkeys(name if name in known else self._source(name) for name in names))

    def _source(self, name: str) -> str:
        if name in self.all("sources"):
            return name
        work = self.asker.text(
            f"“{name}”: what is it?", "work", "A book, an article, a teacher, a class.", "which work?"
        )
        self.asker.ask("Where in it? Enter for none.")
        at = self.asker.line("at", "A page, a chapter, a date.")
        return self.add("sources", Source(name, work, at))

    # --- questions ----------------------------------------------------------------------------------------------------

    def question(self, given: str = "") -> str:
        """Ask for a question, and return its name."""
        asker = self.asker
        name = asker.name("What shall the question be called?", "name", self.all("questions"), given)
        self.topic_file()
        ask = asker.text("What is asked?", "ask", "One sentence, as you would say it to a student.", "what is asked?")
        kinds = Choices((kind.value, text) for kind, text in KINDS.items())
        kind = Kind(asker.choice("How is it answered?", "type", kinds, "It decides what a student can type."))
        options: tuple[Option, ...] = ()
        unit, low, high = "", None, None
        if kind in (Kind.ONE, Kind.SEVERAL):
            options = self.options(kind)
        elif kind is Kind.NUMBER:
            asker.ask("A number of what?")
            unit = asker.line("unit", "What is counted, in the plural, such as minutes.") or f"{TODO}of what?"
            low = self._bound("What is the smallest number that makes sense? Enter for none.")
            high = self._bound("And the largest? Enter for none.")
            if low is not None and high is not None and low > high:
                low, high = high, low
        hint = asker.optional("What does it mean?", "hint", "Shown to who types ?.", "what is meant?")
        check = asker.optional(
            "How does a student find out?", "self-check", "Shown to who is unsure.", "how does one find out?"
        )
        made = Question(name, ask, kind, options, hint, check, unit, low, high, sources=())
        return self.add("questions", made)

    def options(self, kind: Kind) -> tuple[Option, ...]:
        """Ask for the answers to choose from."""
        meaning = (
            "What a student reads, such as “It rounds back”. To name it yourself, type “rounded: It rounds back”. What "
            "else people call it stands behind a bar: “It rounds back | slumps, c-shape”."
        )
        least = 2 if kind is Kind.ONE else 1
        options: dict[str, Option] = {}
        while len(options) < least:
            for typed in self.asker.lines(f"Which answers are there? At least {least}.", "answer", meaning):
                found = re.fullmatch(r"([a-z0-9-]+):\s+(.+)", typed)
                own = found is not None and name_fault(found[1], options) is None
                name, said = (found[1], found[2]) if found and own else ("", typed)
                text, _, also = map(str.strip, said.partition("|"))
                name = name or name_from(text, list(options))
                aliases = dict.fromkeys(filter(None, map(str.strip, also.split(","))))
                options[name] = Option(name, text, tuple(aliases))
                self.asker.say(f"  = {name}")
        if kind is Kind.SEVERAL and self.asker.yes("Add “None of these”?"):
            options[NONE] = Option(NONE, "None of these")
        return tuple(options.values())

    def _bound(self, question: str) -> Any:
        self.asker.ask(question)
        while typed := self.asker.line("number", "A number such as 2 or 0.5."):
            if (number := decimal_of(typed)) is not None:
                return number
            self.asker.say("That is no number. Type one such as 2 or 0.5, or Enter.")
        return None

    # --- what rules lead to -------------------------------------------------------------------------------------------

    def finding(self, name: str) -> str:
        """Ask for a finding, and return its name."""
        title = self.asker.text(
            f"“{name}”: what is found, in a few words?", "title", "Such as: The low back rounds.", "what is found?"
        )
        return self.add("findings", Finding(name, title))

    def recommendation(self, given: str = "") -> str:
        """Ask for a recommendation, and return its name."""
        asker, taken = self.asker, self.all("recommendations")
        name = asker.name("What shall the recommendation be called?", "name", taken, given)
        asker.heading(f"The recommendation “{name}”")
        title = asker.text("What is to be done, in a few words?", "title", "Such as: Lean back.", "what is to be done?")
        steps = asker.lines("How is it done, step by step?", "step", "Each names a part of the body and a direction.")
        cue = asker.optional("A cue, to be remembered by?", "cue", "Such as: Curve before height.", "a cue")
        dose = asker.optional("How long, or how often?", "dose", "Only what your source says.", "how long?")
        check = asker.optional(
            "How does the student know that it is right?", "self-check", "Something to feel or see.", "how to know?"
        )
        made = Recommendation(name, title, tuple(steps) or (f"{TODO}how is it done?",), cue, dose, check)
        return self.add("recommendations", made)

    def referral(self, name: str, level: Level | None = None) -> str:
        """Ask for a referral, and return its name."""
        self.asker.heading(f"The referral “{name}”")
        level = level or self.level()
        tell = self.asker.text(
            "What is the student told?", "tell", "It is shown as it stands: what to do, and how soon.", "what to say?"
        )
        return self.add("referrals", Referral(name, level, tell))

    def level(self) -> Level:
        """Ask how strong a referral is."""
        levels = Choices((level.value, text) for level, text in LEVELS.items())
        meaning = "The first three stop the interview: no advice about the pose is shown then."
        return Level(self.asker.choice("How urgent is it?", "level", levels, meaning))

    # --- rules --------------------------------------------------------------------------------------------------------

    def rule(self, given: str = "") -> str:
        """Ask for a rule, and return its name."""
        name = self.asker.name("What shall the rule be called?", "name", self.all("rules"), given)
        self.topic_file()
        when = condition(self.asker, self.all("questions"), self.all("findings"))
        effects: dict[str, tuple[str, ...]] = {}
        while not effects:
            effects = self._effects()
        because = self.asker.text(
            "Why? One sentence, which the student reads.",
            "because",
            "The reason, in your own words.",
            "why is that so?",
        )
        made = Rule(
            name,
            when,
            because,
            find=effects.get("find", ()),
            recommend=effects.get("recommend", ()),
            refer=effects.get("refer", ()),
            withhold=effects.get("withhold", ()),
            sources=self.sources(),
        )
        return self.add("rules", made)

    def _effects(self) -> dict[str, tuple[str, ...]]:
        """Ask what follows, and return the names under the model's words."""
        verbs = {
            "find": "It finds something: a likely cause, in words",
            "recommend": "It recommends a correction",
            "refer": "It sends the student to someone, or sets limits",
            "withhold": "It withholds a correction that another rule may recommend",
        }
        choices = Choices(verbs.items())
        self.asker.ask("What follows from it? One or several numbers.")
        self.asker.show(choices)
        while True:
            typed = re.split(r"[,;\s]+", self.asker.line("then", "What the rule does when it holds.").strip(" ,;"))
            chosen = [choices.named(word) for word in typed]
            if all(chosen):
                break
            self.asker.say("Type numbers from 1 to 4, such as 1 2.")
        new: dict[str, tuple[str, str, Callable[[str], str] | None]] = {
            "find": ("findings", "finding", self.finding),
            "recommend": ("recommendations", "recommendation", self.recommendation),
            "refer": ("referrals", "referral", self.referral),
            "withhold": ("recommendations", "recommendation", None),
        }
        return {verb: self._targets(*new[verb]) for verb in verbs if verb in chosen and self._can(*new[verb])}

    def _can(self, section: str, what: str, make: Callable[[str], str] | None) -> bool:
        if make is None and not self.all(section):
            self.asker.say(f"There is no {what} that could be withheld yet.")
            return False
        return True

    def _targets(self, section: str, what: str, make: Callable[[str], str] | None) -> tuple[str, ...]:
        """Ask which findings or the like: some that exist, or a new one."""
        known = self.all(section)
        choices = Choices(
            (name, f"{name}: {getattr(item, 'title', '') or getattr(item, 'tell', '')}") for name, item in known.items()
        )
        self.asker.ask(f"Which {what}?" + (" Numbers or names; a new name makes a new one." if make else ""))
        self.asker.show(choices)
        while True:
            typed = re.split(r"[,;\s]+", self.asker.line(what, "One or several.").strip(" ,;"))
            names = [choices.named(word) or word for word in typed]
            faults = [
                (f"There is no {what} “{name}”." if make is None else name_fault(name, (), 60))
                for name in names
                if name not in known
            ]
            if not any(faults):
                return tuple(dict.fromkeys(name if name in known or not make else make(name) for name in names))
            self.asker.say(str(next(filter(None, faults))))

    # --- danger signs -------------------------------------------------------------------------------------------------

    def red_flag(self, given: str = "") -> str:
        """Ask for a danger sign: where it is asked, whom it sends to, and the rule; return the rule's name."""
        asker = self.asker
        taken = {*self.all("rules"), *self.all("questions")}
        name = asker.name("What shall the sign be called?", "name", taken, given)
        words = asker.text(
            "What does a student notice? Describe it so that they recognize it, without naming a diagnosis.",
            "sign",
            "What is felt or seen, such as: One calf is newly swollen.",
            "describe the sign",
        )
        when = self._sign(name, words)
        level = self.level()
        referral = name_from(f"{name} {_SUFFIX[level]}".replace("-", " "), list(self.all("referrals")))
        referral = f"{name}-{_SUFFIX[level]}" if f"{name}-{_SUFFIX[level]}" not in self.all("referrals") else referral
        self.referral(referral, level)
        because = asker.text(
            "Why? One sentence, which the student reads.", "because", "What such a sign can mean.", "why is that so?"
        )
        return self.add("rules", Rule(name, when, because, refer=(referral,), sources=self.sources()))

    def _sign(self, name: str, words: str) -> Condition:
        """Ask where the sign is asked for, and return the condition under which it counts: unsure counts as yes."""
        screens = {
            screen: self.kb.questions[screen]
            for screen in self.kb.safety_screens
            if self.kb.questions[screen].kind is Kind.SEVERAL and self.place.name_of(self.kb.questions[screen].place)
        }
        own = "a question of its own, asked of everybody"
        choices = Choices(
            [*((key, f"among the answers to {key}: {one.ask}") for key, one in screens.items()), ("", own)]
        )
        chosen = ""
        if screens:
            meaning = "An answer more in a list costs a student less than a question more."
            chosen = self.asker.choice("Where is it asked?", "where", choices, meaning)
        if not chosen:
            self.topic_file()
            hint = f"{TODO}what is meant?"
            self.add("questions", Question(name, words, Kind.YES_NO, hint=hint, self_check=f"{TODO}how to find out?"))
            self.entries.append((self.place.head, Insertion(("safety-screens",), "", name)))
            return Answered(name, ("yes", UNSURE))
        screen = screens[chosen]
        home = self.place.name_of(screen.place)
        assert home is not None
        self.use_topic(chosen, home)
        option = name if name not in screen.option_ids else name_from(name, screen.option_ids)
        self.entries.append((home, Insertion(("questions", chosen, "options"), option, words, NONE)))
        return Answered(chosen, (option, f"{option}?"))


def _source_text(source: Source) -> str:
    return ", ".join(filter(None, (source.work, source.at)))
