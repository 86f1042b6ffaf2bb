"""The teacher's tools: check and test packs, compare two versions, write rules, describe what is there.

A *kind* is what can be wrong with rules, a *problem* one place where it is. A *case* is a recorded student: answers,
and what is expected of them. A *difference* is a class of students whom two versions of the rules tell
different things.

What others take:

- `checks`: `check`, `KINDS`, and `problem_formats`;
- `cases`: `replay`, `recorded` and `examples`; `reasons` of a failure; `coverage_of`;
- `comparison`: `compare`, how it reads (`differences`), and packs `at_revision`;
- `authoring`: `draft`, `loaded` and `write`; items and cases as YAML (`yaml_text`); `schema_text`;
- `description`: `describe` an item, `reading` a condition, `items_of` a knowledge base, `pictures` of its topics.
"""
