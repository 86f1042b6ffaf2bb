"""The tables of the journal, as the steps by which they came to be.

A journal's version is the number of steps it has taken; a new one takes them all. A step that has been released is
never edited: what is to change becomes a further step, and older journals take it when they are next opened.

- `sessions`: one row an interview, as it stands. `origin` names it for good, `writer` is whoever wrote to it last; both
  are random. `touched` counts everything that was ever kept, so what came later has the higher number, whatever
  the clock said. Times are in UTC, with the minutes that the person's own clock was ahead of it. The long texts come
  last, for SQLite reads a row from the left and only as far as it must.
- `events`: what the person did, in order.
- `holds` (since version 2): how long something was held in practice.
"""

from __future__ import annotations

APPLICATION = 0x756E7374  # “unst”, where SQLite has room for the name of the program that a file belongs to

Step = tuple[str, ...]

STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE sessions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            origin TEXT NOT NULL UNIQUE,
            writer TEXT NOT NULL,
            touched INTEGER NOT NULL,
            begun TEXT NOT NULL,
            utc_offset INTEGER NOT NULL,
            answered INTEGER NOT NULL,
            finished TEXT,
            outcome TEXT,
            findings INTEGER,
            packs TEXT NOT NULL,
            asked TEXT NOT NULL,
            answers TEXT NOT NULL,
            report TEXT
        )""",
        "CREATE INDEX touches ON sessions (touched)",
        "CREATE INDEX unfinished ON sessions (touched) WHERE finished IS NULL AND answered > 0",
        "CREATE INDEX reported ON sessions (touched) WHERE report IS NOT NULL",
        """CREATE TABLE events (
            session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time TEXT NOT NULL,
            kind TEXT NOT NULL,
            about TEXT NOT NULL,
            answer TEXT NOT NULL,
            PRIMARY KEY (session, number)
        ) WITHOUT ROWID""",
    ),
    (
        """CREATE TABLE holds (
            session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
            number INTEGER NOT NULL,
            time TEXT NOT NULL,
            recommendation TEXT NOT NULL,
            seconds REAL NOT NULL,
            target_seconds REAL NOT NULL,
            PRIMARY KEY (session, number)
        ) WITHOUT ROWID""",
    ),
)


def made_by(steps: tuple[Step, ...]) -> set[tuple[str, str]]:
    """Return what stands in a file that has taken `steps`: kind and name of each table and index."""
    made = (statement.split(maxsplit=3) for step in steps for statement in step)
    return {(kind.lower(), name) for create, kind, name, _ in made if create == "CREATE"}
