"""What the engine sees of an answer: *variables*, each holding one constant.

- yes-no and one: a variable named by the question, holding the option or `unsure`;
- number: a variable named by the question, holding the *band* the number lies in, or `unsure`. Numbers are cut into
  bands at the bounds that occur in rules, so the engine matches constants only;
- several: a variable for every option (``danger-signs/leg-clot``) holding `chosen`, `not-chosen` or `unsure`, and one
  for the question as a whole, holding `answered` or `unsure`. A question answered `unsure` leaves every option unsure,
  and `none` is as unsure as the options it excludes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain, pairwise

from msgspec.structs import replace

from kb.model.conditions import UNSURE, Within, leaves
from kb.model.knowledge import NONE, Answer, Answers, Kind, KnowledgeBase, Question

CHOSEN = "chosen"
NOT_CHOSEN = "not-chosen"
ANSWERED = "answered"


def option_variable(question: str, option: str) -> str:
    """Return the name of the variable of one option of a *several* question."""
    return f"{question}/{option}"


def several_wanted(question: str, options: Iterable[str]) -> dict[str, list[str]]:
    """Return the variables of a *several* question that a line with `options` speaks of, and what it wants there."""
    wanted: dict[str, list[str]] = {}
    for option in options:
        name = question if option == UNSURE else option_variable(question, option.removesuffix("?"))
        wanted.setdefault(name, []).append(UNSURE if option == UNSURE or option.endswith("?") else CHOSEN)
    return wanted


class Bands:
    """The number line of one question, cut at the bounds its rules name.

    `names` are the bands from low to high; `samples` holds a number in each (None where the question's own bounds
    leave the band empty).
    """

    def __init__(self, question: Question, cuts: set[Decimal]) -> None:
        self.cuts = sorted(cuts)
        self.names: list[str] = []
        self.samples: list[Decimal | None] = []
        edges: list[Decimal | None] = [None, *self.cuts, None]
        for low, high in pairwise(edges):
            self.names.append(_band_name(low, high))
            self.samples.append(_sample(question, low, high))
            if high is not None:
                self.names.append(f"exactly {high:f}")
                self.samples.append(high if _admits(question, high) else None)

    def name(self, number: Decimal) -> str:
        """Return the band in which `number` lies."""
        index = bisect_left(self.cuts, number)
        return self.names[2 * index + (index < len(self.cuts) and self.cuts[index] == number)]

    def sample(self, name: str) -> Decimal:
        """Return a number that lies in the band `name`."""
        sample = self.samples[self.names.index(name)]
        assert sample is not None
        return sample

    def admitted(self, within: Within) -> tuple[str, ...]:
        """Return the bands that lie within the bounds of a condition."""
        return tuple(name for name, sample in self._filled() if within.admits(sample))

    def filled(self) -> tuple[str, ...]:
        """Return the bands that the question's own bounds allow."""
        return tuple(name for name, _ in self._filled())

    def _filled(self) -> list[tuple[str, Decimal]]:
        return [(name, sample) for name, sample in zip(self.names, self.samples) if sample is not None]


class Variables:
    """The variables of a knowledge base: what an answer puts where, and which constants there could be.

    With `others`, the variables of several knowledge bases laid over each other: their questions and options together,
    and numbers cut at the bounds of all. What a question is otherwise is what the first knowledge base says of it.
    """

    def __init__(self, kb: KnowledgeBase, *others: KnowledgeBase) -> None:
        self.questions = _laid_over(kb, others) if others else kb.questions
        self._versions = [other.questions for other in (kb, *others)]
        cuts: dict[str, set[Decimal]] = {}
        for each in (kb, *others):
            for condition in chain((rule.when for rule in each.rules.values()), each.follow_ups.values()):
                for leaf in leaves(condition):
                    if isinstance(leaf, Within):
                        bounds = {bound for bound in (leaf.low, leaf.high) if bound is not None}
                        cuts.setdefault(leaf.question, set()).update(bounds)
        self.bands = {
            question.id: Bands(question, cuts.get(question.id, set()))
            for question in self.questions.values()
            if question.kind is Kind.NUMBER
        }
        self.domains: dict[str, tuple[str, ...]] = {}
        self.owner: dict[str, str] = {}
        for question in self.questions.values():
            for variable, values in self._domain(question).items():
                self.domains[variable] = values
                self.owner[variable] = question.id

    def shared(self, question: str) -> tuple[str, ...]:
        """Return the constants of a question that takes one answer, as far as all knowledge bases that have it do."""
        versions = [questions[question] for questions in self._versions if question in questions]
        return tuple(
            value
            for value in self.domains[question]
            if value == UNSURE or all(self._takes(version, value) for version in versions)
        )

    def _takes(self, question: Question, value: str) -> bool:
        if question.kind is Kind.NUMBER:
            return _admits(question, self.bands[question.id].sample(value))
        return value in question.option_ids

    def of(self, answers: Answers) -> dict[str, str]:
        """Return the variables that `answers` fill."""
        variables: dict[str, str] = {}
        for question, answer in answers.items():
            variables.update(self.of_answer(self.questions[question], answer))
        return variables

    def of_answer(self, question: Question, answer: Answer) -> dict[str, str]:
        """Return the variables that one `answer` to `question` fills."""
        if question.kind is Kind.SEVERAL:
            return _variables_of_several(question, answer)
        if isinstance(answer, Decimal):
            return {question.id: self.bands[question.id].name(answer)}
        assert isinstance(answer, str), "only a question with several options takes a tuple"
        return {question.id: answer}

    def answer(self, question: Question, variables: Mapping[str, str]) -> Answer:
        """Return an answer to `question` that fills its variables so; variables left out are free."""
        if question.kind is Kind.SEVERAL:
            return _several_of_variables(question, variables)
        value = variables[question.id]
        if question.kind is Kind.NUMBER and value != UNSURE:
            return self.bands[question.id].sample(value)
        return value

    def _domain(self, question: Question) -> dict[str, tuple[str, ...]]:
        if question.kind is Kind.SEVERAL:
            options = {
                option_variable(question.id, option): (CHOSEN, NOT_CHOSEN, UNSURE) for option in question.option_ids
            }
            return {question.id: (ANSWERED, UNSURE), **options}
        if question.kind is Kind.NUMBER:
            return {question.id: (*self.bands[question.id].filled(), UNSURE)}
        return {question.id: (*question.option_ids, UNSURE)}


def _laid_over(kb: KnowledgeBase, others: tuple[KnowledgeBase, ...]) -> dict[str, Question]:
    """Return the questions of all knowledge bases; a shared one takes all options, within all bounds."""
    questions = dict(kb.questions)
    for other in others:
        for name, question in other.questions.items():
            own = questions.setdefault(name, question)
            if own is not question and own.kind is question.kind:
                more = tuple(option for option in question.options if option.id not in own.option_ids)
                lows = [bound for bound in (own.at_least, question.at_least) if bound is not None]
                highs = [bound for bound in (own.at_most, question.at_most) if bound is not None]
                questions[name] = replace(
                    own,
                    options=own.options + more,
                    at_least=max(lows, default=None),
                    at_most=min(highs, default=None),
                )
    return questions


def _variables_of_several(question: Question, answer: Answer) -> dict[str, str]:
    whole_unsure = answer == UNSURE
    chosen = () if isinstance(answer, str | Decimal) else answer
    variables = {question.id: UNSURE if whole_unsure else ANSWERED}
    any_unsure = whole_unsure or any(option.endswith("?") for option in chosen)
    for option in question.option_ids:
        if option in chosen:
            value = CHOSEN
        elif whole_unsure or f"{option}?" in chosen:
            value = UNSURE
        elif option == NONE and any_unsure and not any(not other.endswith("?") for other in chosen):
            value = UNSURE  # whether nothing applies depends on the options that are unsure
        else:
            value = NOT_CHOSEN
        variables[option_variable(question.id, option)] = value
    return variables


def _several_of_variables(question: Question, variables: Mapping[str, str]) -> Answer:
    if variables.get(question.id) == UNSURE:
        return UNSURE
    chosen: list[str] = []
    for option in question.option_ids:
        value = variables.get(option_variable(question.id, option))
        if value == CHOSEN:
            chosen.append(option)
        elif value == UNSURE and option != NONE:
            chosen.append(f"{option}?")
    if not chosen and NONE in question.option_ids:
        return (NONE,)
    return tuple(chosen)


def _band_name(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return "any number" if high is None else f"below {high:f}"
    return f"above {low:f}" if high is None else f"between {low:f} and {high:f}"


def _admits(question: Question, number: Decimal) -> bool:
    if question.at_least is not None and number < question.at_least:
        return False
    return question.at_most is None or number <= question.at_most


def _sample(question: Question, low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """Return a number strictly between `low` and `high` that the question takes, or None."""
    bottom = max((bound for bound in (low, question.at_least) if bound is not None), default=None)
    top = min((bound for bound in (high, question.at_most) if bound is not None), default=None)
    if bottom is None and top is None:
        return Decimal(0)
    if bottom is None:
        assert top is not None
        return top - 1
    if top is None:
        return bottom + 1
    if bottom < top:
        return (bottom + top) / 2
    if bottom == top and bottom not in (low, high):
        return bottom
    return None
