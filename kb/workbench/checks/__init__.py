"""What can be wrong with a knowledge base that can be read: one function a kind, described in `kinds.yaml`.

The logical kinds are proved for every student there could be (`kb.proof.students`), not sampled. Each problem that
somebody would suffer from carries that person as a case, replayed in the engine. One mistake gives one message: what
only follows from another is held back.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from kb.inference.engine import Engine
from kb.model.knowledge import KnowledgeBase
from kb.model.problems import NotProvedError, Problem
from kb.workbench.checks import ambivalence, deficiency, effects, redundancy, untested, weakened
from kb.workbench.checks.analysis import Analysis, Check
from kb.workbench.checks.catalogue import KINDS

_FUNCTIONS = {
    name.replace("_", "-"): function
    for module in (redundancy, ambivalence, deficiency, effects, weakened, untested)
    for name, function in vars(module).items()
}
CHECKS: dict[str, Check] = {kind.id: _FUNCTIONS[kind.id] for kind in KINDS}
"""What finds the problems of each kind: the function that is called like it."""

_OF_RULES_ALONE = {"never-fires", "subsumed-rule", "always-true", "idle-alternative"}
"""What is wrong with a rule, whatever else there is: nothing that is added could mend it."""


def check(
    kb: KnowledgeBase, engine: Engine | None = None, *, only: Iterable[str] = (), partial: bool = False
) -> tuple[Problem, ...]:
    """Return all that is wrong with `kb`, by place; of the kinds `only`, if any are named.

    `partial` says that some of the files could not be read, so that `kb` is not all there is. Then only what is wrong
    with a rule in itself is looked for, and no students are shown, since the whole might say something else to them.
    """
    wanted = set(only) or set(CHECKS)
    if partial:
        wanted &= _OF_RULES_ALONE
    analysis = Analysis(kb, engine)
    problems: list[Problem] = []
    unproved: list[str] = []
    for kind, find in CHECKS.items():
        if kind in wanted:
            try:
                problems += find(analysis)
            except NotProvedError:
                unproved.append(kind)
    if unproved:
        message = f"these rules are too entangled for the solver; it gave up looking for {', '.join(unproved)}."
        way_out = "Check parts of the pack alone; and let rules with many alternatives rest on findings of their own."
        problems.append(Problem(kb.packs[0].place, "not-proved", message, way_out))
    return tuple(sorted(replace(each, case="") if partial else each for each in problems if not _can_stay(kb, each)))


def _can_stay(kb: KnowledgeBase, problem: Problem) -> bool:
    """Say whether `problem` is that a pack no longer uses what is not its own but of a pack it extends.

    That does no harm, unless it is a safety screen: everybody would be asked, and nothing follow.
    """
    extended = {name for pack in kb.packs for name in pack.extends}
    screens = {kb.questions[name].place for name in kb.screens}
    unused = problem.id.startswith("unused-") and problem.place not in screens
    return bool(extended) and unused and kb.pack_of(problem.place) in extended


__all__ = ["CHECKS", "KINDS", "check"]
