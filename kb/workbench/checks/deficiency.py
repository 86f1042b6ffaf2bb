"""Deficiency: what should be said to somebody, and is not, also about danger."""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.engine import Inference
from kb.inference.outcome import Advice
from kb.inference.population import Population
from kb.interview.session import Session
from kb.model.conditions import UNSURE, Condition, as_written, questions_in
from kb.model.dependencies import Dependencies
from kb.model.knowledge import Answer, Kind, Outcome, Question, Rule
from kb.model.problems import Problem
from kb.proof.students import THIS, Atom
from kb.workbench.authoring.yaml_text import case_text
from kb.workbench.cases.replay import lines_of, recorded
from kb.workbench.checks.analysis import Analysis, listed
from kb.workbench.checks.catalogue import problem


def never_fires(analysis: Analysis) -> Iterator[Problem]:
    """Yield the rules that nobody can meet."""
    for rule in analysis.kb.rules.values():
        if rule.id in analysis.never and not analysis.waits_in_vain(rule.when):
            words = {"rule": rule.id, "condition": as_written(rule.when), "way_out": _what_to_mend(analysis, rule)}
            yield problem("never-fires", rule.place, words)


def _what_to_mend(analysis: Analysis, rule: Rule) -> str:
    """Return the way out of a rule that can never hold: the one line that nobody can meet, if there is one."""
    for line in lines_of(rule):
        if (rule.id, line) not in analysis.lines_met:
            return f"Correct “{as_written(line)}”: nobody can meet that line, whatever the others say."
    return "Look for lines of its “when” that contradict each other."


def leads_nowhere(analysis: Analysis) -> Iterator[Problem]:
    """Yield the questions to which “unsure” leads nowhere, or once that several answers do so together."""
    # Where people with a complaint get nothing, that is said, and not that they may be unsure besides.
    predicate = "lost_otherwise" if analysis.empty_handed else "lost"
    lost = [atom for atom in analysis.possible_at_the_end if atom[0] == predicate]
    alone = {atom[2] for atom in lost if len(atom) == 3}
    said_already = analysis.in_doubt | {
        variable.partition("/")[0] for variable, values in analysis.unheeded.items() if UNSURE in values
    }
    goals: list[tuple[str, Atom]] = [
        (name, (predicate, THIS, name)) for name in analysis.kb.questions if name in alone - said_already
    ]
    if lost and not alone and not said_already:
        goals = [("", (predicate, THIS))]
    for name, goal in goals:
        case = analysis.case(
            f"{name or 'somebody'}-leads-nowhere",
            "Answered everything, and not enough is known",
            [goal],
            lambda _, advice: advice.outcome is Outcome.INCOMPLETE and not advice.given and not advice.referrals,
            ended=True,
        )
        what = f"answering “unsure” to “{name}” leads nowhere" if name else "several answers of “unsure” lead nowhere"
        place = analysis.kb.questions[name].place if name else analysis.kb.packs[0].place
        yield problem("leads-nowhere", place, {"what": what}, case)


def gets_nothing(analysis: Analysis) -> Iterator[Problem]:
    """Yield the complaints with which somebody gets nothing."""
    for number, name, complaint in analysis.empty_handed:
        if not analysis.in_doubt.isdisjoint(analysis.kb.kept(Dependencies).asked_by(complaint)):
            continue

        def complains_in_vain(inference: Inference, advice: Advice, what: Condition = complaint) -> bool:
            holds = Population(analysis.kb, analysis.engine.variables, [inference.answers]).where(what)
            return bool(holds) and advice.outcome is Outcome.NO_CHANGE and not advice.given

        case = analysis.case(
            "gets-nothing",
            "Comes with a complaint, and gets nothing",
            [("empty_handed", THIS, number)],
            complains_in_vain,
            ended=True,
        )
        place = next(pack.place for pack in analysis.kb.packs if pack.id == name)
        yield problem("gets-nothing", place, {"complaint": as_written(complaint)}, case)


def interview_too_long(analysis: Analysis) -> Iterator[Problem]:
    """Yield that an interview can take more questions than the packs promise, with a long one."""
    promised = [pack for pack in analysis.kb.packs if pack.most_questions is not None]
    if not promised:
        return
    pack = max(promised, key=lambda each: each.most_questions or 0)  # together, packs may take what one of them may
    most = pack.most_questions or 0
    bound = Session.begin(analysis.engine).most_questions_left()
    if bound <= most:
        return
    answers = _longest(analysis)
    taken = f"this one takes {len(answers)}" if len(answers) > most else f"the longest one found takes {len(answers)}"
    case = recorded(analysis.engine, answers, "long-interview", f"Is asked {len(answers)} questions")
    words = {"bound": bound, "taken": taken, "pack": pack.id, "most": most}
    yield problem("interview-too-long", pack.place, words, case_text(case))


def _longest(analysis: Analysis) -> dict[str, Answer]:
    """Return the answers of a long interview: to each question the answer that leaves most questions open."""
    session = Session.begin(analysis.engine)
    while question := session.next_question():
        values = analysis.engine.variables.domains[question.id] if question.kind is Kind.NUMBER else question.option_ids
        choices = [_answer(analysis, question, value) for value in dict.fromkeys((*values, UNSURE))]
        session = max(
            (session.answer(question.id, choice) for choice in choices),
            key=lambda after: (not after.advice.outcome.stops, after.most_questions_left()),
        )
    return dict(session.answers)


def _answer(analysis: Analysis, question: Question, value: str) -> Answer:
    if question.kind is Kind.SEVERAL:
        return value if value == UNSURE else (value,)
    return analysis.engine.variables.answer(question, {question.id: value})


def advice_beside_danger(analysis: Analysis) -> Iterator[Problem]:
    """Yield the danger signs for which no rule refers."""
    for variable, values in analysis.unheeded.items():
        name, _, option = variable.partition("/")
        if name not in analysis.options_read:
            continue  # that nothing at all follows from this screen is said already
        signs = [(f"{option}?" if value == UNSURE else option) if option else value for value in values]
        case = analysis.case(
            f"{name}-{option or 'sign'}-unheeded",
            f"Answers “{signs[0]}” to “{name}”, and no rule knows what to do",
            [("forgotten", THIS, variable, values[0])],
            lambda _, advice: bool(advice.unheeded),
        )
        words = {"answer": " or ".join(f"“{sign}”" for sign in signs), "question": name, "them": listed(signs)}
        yield problem("advice-beside-danger", analysis.kb.questions[name].place, words, case)


def unscreened_stop(analysis: Analysis) -> Iterator[Problem]:
    """Yield for each pack the questions of which one answer stops the person, and that are no safety screens."""
    kb = analysis.kb
    alone: dict[str, dict[str, Answer]] = {}
    for name in analysis.parts.stopping_alone():
        if name in {*kb.screens, *kb.safety_questions} or kb.questions[name].after_advice:
            continue
        answers = analysis.students.smallest(("stopped", THIS), part=analysis.parts.part(frozenset({name})))
        if answers:  # whoever is stopped without an answer is not stopped by this one
            alone[name] = answers
    found: dict[str, dict[str, dict[str, Answer]]] = {}
    for name, answers in alone.items():
        if name not in kb.follow_ups or alone.keys().isdisjoint(questions_in(kb.follow_ups[name])):
            # (What follows from one of these needs to be no screen, once that one is.)
            found.setdefault(kb.pack_of(kb.questions[name].place), {})[name] = answers
    for pack, students in found.items():
        first, *others = students
        screen = "that is no safety screen" if not others else "they are no safety screens"
        case = analysis.case(
            f"{first}-stops",
            f"Is stopped by one answer to “{first}”",
            [],
            lambda _, advice: advice.outcome.stops,
            answers=students[first],
        )
        place = next((each.place for each in kb.packs if each.id == pack), kb.questions[first].place)
        also = tuple(kb.questions[name].place for name in students)
        yield problem("unscreened-stop", place, {"questions": listed(students), "screen": screen}, case, also)
