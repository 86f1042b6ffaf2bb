"""Record a student: what the program says to a set of answers, as the case that expects exactly that."""

from __future__ import annotations

from kb.inference.engine import Engine
from kb.inference.outcome import decide
from kb.model.conditions import Truth
from kb.model.knowledge import Answers, Case, Expectation
from kb.proof.facts import quoted
from kb.proof.students import THIS, Students
from kb.workbench.cases.replay import ANY


def recorded(engine: Engine, answers: Answers, name: str, title: str, *, says: str = "", because: str = "") -> Case:
    """Return the case that expects what `engine` says to `answers`, no more and no less.

    All findings are expected, and those too that a report does not name: a case pins what the rules conclude.
    """
    inference = engine.infer(answers)
    advice = decide(engine.kb, inference)
    expect = Expectation(
        outcome=advice.outcome.value,
        in_order=advice.given or None,
        never=() if advice.given else (ANY,),
        findings=inference.found,
        referrals=advice.referrals,
    )
    return Case(name, title, dict(answers), expect, says=says, because=because)


# --- students for a rule ----------------------------------------------------------------------------------------------

_EXAMPLE = """
line(M) :- rule({world},{rule},N), all(N), part(N,M).
line(N) :- rule({world},{rule},N), not all(N).
missed(N) :- line(N), not holds(N).
fires_for_all_to_see :- fires({world},{rule}), not quiet({world}).
fires_after_the_screens :- fires({world},{rule}), not unscreened({world}).
near_miss :- refuted({world},{rule}), 1 {{ missed(N) }} 1, not unscreened({world}).
#minimize {{ 1@5,C : variable(C,V), not was(C,V), someone }}.
#minimize {{ 1@4,R : referred({world},R) }}.
#minimize {{ 1@-1,R : fires({world},R) }}.
"""


def examples(engine: Engine, rule: str) -> tuple[Answers | None, Answers | None]:
    """Return the smallest student for whom `rule` fires, and one as much alike as possible whom it misses by one line.

    The safety screens are answered, with no more danger than the rule is about. None stands for nobody.
    """
    fires = _smallest(engine, rule, {}, ("fires_for_all_to_see", "fires_after_the_screens", "fires"))
    return fires, _smallest(engine, rule, fires or {}, ("near_miss",))


def _smallest(engine: Engine, rule: str, like: Answers, goals: tuple[str, ...]) -> Answers | None:
    """Return the student most like `like` of whom the first possible one of `goals` is true, proved by the engine."""
    extra = _EXAMPLE.format(world=quoted(THIS), rule=quoted(rule))
    extra += "".join(
        f"was({quoted(variable)},{quoted(value)}).\n" for variable, value in engine.variables.of(like).items()
    )
    students = Students(engine.kb, extra + "someone.\n" * bool(like))
    for goal in goals:
        answers = students.smallest((goal, THIS, rule) if goal == "fires" else (goal,))
        if answers is not None:
            wanted = Truth.FAILS if goal == "near_miss" else Truth.HOLDS
            return answers if engine.infer(answers).rules[rule] is wanted else None
    return None
