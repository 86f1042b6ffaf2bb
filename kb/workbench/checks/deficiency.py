"""Deficiency: what should be said to somebody, and is not."""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.engine import Inference
from kb.inference.outcome import Advice
from kb.inference.population import Population
from kb.interview.session import Session
from kb.model.conditions import UNSURE, Condition, as_written
from kb.model.dependencies import Dependencies
from kb.model.knowledge import Answer, Kind, Outcome, Question, Rule
from kb.model.problems import Problem
from kb.proof.students import Atom
from kb.workbench.authoring.yaml_text import case_text
from kb.workbench.cases.replay import lines_of, recorded
from kb.workbench.checks.analysis import THIS, Anomaly, Examined, Severity, finds

# --- rules and what they give -----------------------------------------------------------------------------------------


@finds("never-fires", Anomaly.DEFICIENCY, Severity.ERROR)
def never_fires(examined: Examined) -> Iterator[Problem]:
    """A rule that can never hold.

    Nobody ever meets it, and whoever it was written for is told nothing. Its lines contradict each other, or one of
    them asks for what nobody can answer.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round: {when: {back: [round, unsure]}, then: {recommend: lean-back}, because: It rounds., source: A1}
          both:
            when: {all: [{back: round}, {back: flat}]}
            then: {withhold: lean-back}
            because: It does both.
            source: A1

    Sound::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
          knees: {ask: Are your knees bent?, type: yes-no}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round: {when: {back: [round, unsure]}, then: {recommend: lean-back}, because: It rounds., source: A1}
          both: {when: {back: round, knees: yes}, then: {withhold: lean-back}, because: It does both., source: A1}
    """
    for rule in examined.kb.rules.values():
        if rule.id in examined.never and not examined.waits_in_vain(rule.when):
            yield Problem(
                rule.place,
                "never-fires",
                f"the rule “{rule.id}” can never hold: nobody can meet “{as_written(rule.when)}”.",
                _what_to_mend(examined, rule),
            )


def _what_to_mend(examined: Examined, rule: Rule) -> str:
    """Return the way out of a rule that can never hold: the one line that nobody can meet, if there is one."""
    for line in lines_of(rule):
        if id(line) not in examined.lines_met:
            return f"Correct “{as_written(line)}”: nobody can meet that line, whatever the others say."
    return "Look for lines of its “when” that contradict each other."


# --- people who go away with nothing ----------------------------------------------------------------------------------


@finds("leads-nowhere", Anomaly.DEFICIENCY, Severity.WARNING)
def leads_nowhere(examined: Examined) -> Iterator[Problem]:
    """An answer that leads nowhere.

    Not knowing is an answer that people give, and no rule says what to do about it. Somebody answered everything, and
    is told that not enough is known, without a word of advice and without a referral: an “unsure” keeps a rule open.

    Faulty::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round: {when: {back: round}, then: {recommend: lean-back}, because: It rounds., source: A1}

    Sound::

        sources: {A1: {work: A book}}
        questions:
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round: {when: {back: [round, unsure]}, then: {recommend: lean-back}, because: It rounds., source: A1}
    """
    # Where people with a complaint get nothing, that is said, and not that they may be unsure besides.
    predicate = "lost_otherwise" if examined.empty_handed else "lost"
    lost = [atom for atom in examined.possible_at_the_end if atom[0] == predicate]
    alone = {atom[2] for atom in lost if len(atom) == 3}
    said_already = examined.in_doubt | {
        variable.partition("/")[0] for variable, values in examined.unheeded.items() if UNSURE in values
    }
    goals: list[tuple[str, Atom]] = [
        (name, (predicate, THIS, name)) for name in examined.kb.questions if name in alone - said_already
    ]
    if lost and not alone and not said_already:
        goals = [("", (predicate, THIS))]
    for name, goal in goals:
        case = examined.case(
            f"{name or 'somebody'}-leads-nowhere",
            "Answered everything, and not enough is known",
            [goal],
            lambda _, advice: advice.outcome is Outcome.INCOMPLETE and not advice.given and not advice.referrals,
            ended=True,
        )
        what = f"answering “unsure” to “{name}” leads nowhere" if name else "several answers of “unsure” lead nowhere"
        place = examined.kb.questions[name].place if name else examined.kb.packs[0].place
        yield Problem(
            place,
            "leads-nowhere",
            f"{what}: somebody who answered everything is told that not enough is known.",
            "Write a rule for “unsure”, or add it to the answers of a rule that errs on the careful side.",
            case,
        )


@finds("gets-nothing", Anomaly.DEFICIENCY, Severity.ERROR)
def gets_nothing(examined: Examined) -> Iterator[Problem]:
    """A student with a complaint who gets nothing.

    Somebody came for help, answered everything, and is sent away without a correction, a closing word or a referral.
    The header says under “complaint” who comes with a complaint.

    Faulty::

        pack: backs
        title: Backs
        version: "1"
        complaint: {stuck: yes}
        sources: {A1: {work: A book}}
        questions:
          stuck: {ask: Do you feel stuck?, type: yes-no}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round:
            when: {stuck: [yes, unsure], back: [round, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1

    Sound::

        pack: backs
        title: Backs
        version: "1"
        complaint: {stuck: yes}
        sources: {A1: {work: A book}}
        questions:
          stuck: {ask: Do you feel stuck?, type: yes-no}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
          take-time: {title: Take your time, kind: closing, steps: Come back in a week.}
        rules:
          round:
            when: {stuck: [yes, unsure], back: [round, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1
          stuck: {when: {stuck: yes}, then: {recommend: take-time}, because: It takes time., source: A1}
    """
    for number, name, complaint in examined.empty_handed:
        if not examined.in_doubt.isdisjoint(examined.kb.kept(Dependencies).asked_by(complaint)):
            continue

        def complains_in_vain(inference: Inference, advice: Advice, what: Condition = complaint) -> bool:
            holds = Population(examined.kb, examined.engine.variables, [inference.answers]).where(what)
            return bool(holds) and advice.outcome is Outcome.NO_CHANGE and not advice.given

        yield Problem(
            next(pack.place for pack in examined.kb.packs if pack.id == name),
            "gets-nothing",
            f"somebody with a complaint (“{as_written(complaint)}”) answers everything and gets nothing.",
            "Write a rule for this person; a closing word may be enough.",
            examined.case(
                "gets-nothing",
                "Comes with a complaint, and gets nothing",
                [("empty_handed", THIS, number)],
                complains_in_vain,
                ended=True,
            ),
        )


@finds("interview-too-long", Anomaly.DEFICIENCY, Severity.WARNING)
def interview_too_long(examined: Examined) -> Iterator[Problem]:
    """An interview that can take more questions than the pack promises.

    Questions beyond what was promised are answered carelessly, the last ones most of all. The header says under
    “most-questions” how many an interview takes at most.

    Faulty::

        pack: backs
        title: Backs
        version: "1"
        most-questions: 1
        sources: {A1: {work: A book}}
        questions:
          knees: {ask: Are your knees bent?, type: yes-no}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round:
            when: {knees: [no, unsure], back: [round, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1

    Sound::

        pack: backs
        title: Backs
        version: "1"
        most-questions: 2
        sources: {A1: {work: A book}}
        questions:
          knees: {ask: Are your knees bent?, type: yes-no}
          back: {ask: How is your back?, type: one, options: {flat: Flat, round: Round}}
        recommendations:
          lean-back: {title: Lean back, steps: Step the hands back.}
        rules:
          round:
            when: {knees: [no, unsure], back: [round, unsure]}
            then: {recommend: lean-back}
            because: It rounds.
            source: A1
    """
    promised = [pack for pack in examined.kb.packs if pack.most_questions is not None]
    if not promised:
        return
    pack = max(promised, key=lambda each: each.most_questions or 0)  # together, packs may take what one of them may
    most = pack.most_questions or 0
    bound = Session.begin(examined.engine).most_questions_left()
    if bound <= most:
        return
    answers = _longest(examined)
    taken = f"this one takes {len(answers)}" if len(answers) > most else f"the longest one found takes {len(answers)}"
    case = recorded(examined.engine, answers, "long-interview", f"Is asked {len(answers)} questions")
    yield Problem(
        pack.place,
        "interview-too-long",
        f"an interview may take {bound} questions ({taken}), and “{pack.id}” promises at most {most}.",
        "Ask less, or raise “most-questions”.",
        case_text(case),
    )


def _longest(examined: Examined) -> dict[str, Answer]:
    """Return the answers of a long interview: to each question the answer that leaves most questions open."""
    session = Session.begin(examined.engine)
    while question := session.next_question():
        values = examined.engine.variables.domains[question.id] if question.kind is Kind.NUMBER else question.option_ids
        choices = [_answer(examined, question, value) for value in dict.fromkeys((*values, UNSURE))]
        session = max(
            (session.answer(question.id, choice) for choice in choices),
            key=lambda after: (not after.advice.outcome.stops, after.most_questions_left()),
        )
    return dict(session.answers)


def _answer(examined: Examined, question: Question, value: str) -> Answer:
    if question.kind is Kind.SEVERAL:
        return value if value == UNSURE else (value,)
    return examined.engine.variables.answer(question, {question.id: value})
