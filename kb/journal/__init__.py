"""What is kept of sessions, in one SQLite file on the person's own computer.

A *session* is one interview or practice as it was kept (`records`): answers, *events* (what the person did, in order),
*holds* (how long something was held) and the report. It is written by a `JournalEntry` (`entry`) and read back as
`Saved`. `database` opens the file, and mends it; `location` says where it lies.

Others take `sessions` to write and read, `past_session` for a session in words, `session_pages`, `session_comparison`
and `timeline` for what is shown of them, and `export` for what is taken along.
"""
