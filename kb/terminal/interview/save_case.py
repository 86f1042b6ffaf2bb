"""Keep a student as a case: what was answered, and what the program says to it."""

from __future__ import annotations

from pathlib import Path

import click

from kb.interview.session import Session
from kb.language.document import Fields, Items
from kb.language.yaml_source import read_file
from kb.model.problems import KnowledgeBaseError, Location
from kb.system.files import status_of
from kb.terminal.workbench.prompts import TODO, name_fault
from kb.workbench.authoring.drafts import NotWritableError, Place, draft, write
from kb.workbench.authoring.yaml_editing import Insertion
from kb.workbench.authoring.yaml_text import case_text, item_data
from kb.workbench.cases.replay import free_name, recorded

NAME = "new-case"
TITLE = f"{TODO}say in one line who this student is"


def as_text(session: Session, name: str = "", title: str = "") -> str:
    """Return the student of a session as a case to be pasted into a file; without a name or title it has one to mend.

    Raises:
        click.UsageError: if a case cannot be called so.
    """
    if name and (fault := name_fault(name, (), 60)):
        raise click.UsageError(fault)
    return case_text(recorded(session.engine, session.answers, name or NAME, title.strip() or TITLE))


def keep(session: Session, path: Path) -> str:
    """Add the student of a session to a file of cases, which is made if there is none; return the case's name.

    Raises:
        NotWritableError: if that cannot be done; the file is as it was then.
    """
    if path.suffix != ".yaml" or not _is_there(path.parent) or not path.parent.is_dir():
        where = Location(str(path))
        raise NotWritableError(f"{where} cannot hold cases: give a file in a folder that exists, ending in “.yaml”.")
    name = free_name(NAME, _names_in(path) if _is_there(path) else ())
    entry = Insertion(("cases",), "", item_data(recorded(session.engine, session.answers, name, TITLE)))
    try:
        write(draft(Place(path.parent), [(path.name, entry)]))
    except KnowledgeBaseError as refusal:
        raise NotWritableError(str(refusal.problems[0])) from None
    return name


def _is_there(path: Path) -> bool:
    """Say whether there is a file at `path`.

    Raises:
        NotWritableError: if that cannot be found out.
    """
    try:
        return status_of(path) is not None
    except OSError as error:
        raise NotWritableError(f"{Location(str(path))} cannot be written ({error.strerror}).") from None


def _names_in(path: Path) -> set[str]:
    """Return the names of the cases in a file, as far as it can be read."""
    root = read_file(path).root
    cases = root.get("cases") if isinstance(root, Fields) else root
    return {str(case.get("id")) for case in cases if isinstance(case, Fields)} if isinstance(cases, Items) else set()
