"""What many tests need: a knowledge base from a few lines of YAML, and the problems of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kb.loading import load_text
from kb.model import KnowledgeBase
from kb.problems import AnswersError, KnowledgeBaseError, Problem


def kb_from(yaml_text: str) -> KnowledgeBase:
    """Return the knowledge base of a one-file pack; its header may be left out."""
    return load_text(yaml_text)


def problems_in(yaml_text: str) -> list[tuple[str, int]]:
    """Return the problems of a one-file pack: id and line, in the order of the file."""
    return [(problem.id, problem.place.line) for problem in refused(load_text, yaml_text)]


def refused(function: Callable[..., Any], *arguments: Any) -> tuple[Problem, ...]:
    """Return the problems for which `function` refuses its arguments; none if it does not."""
    try:
        function(*arguments)
    except (KnowledgeBaseError, AnswersError) as refusal:
        return refusal.problems
    return ()


def places(problems: Iterable[Problem]) -> list[tuple[str, int, int]]:
    """Return id, line and column of each problem."""
    return [(problem.id, problem.place.line, problem.place.column) for problem in problems]
