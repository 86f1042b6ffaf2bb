"""YAML to knowledge: a line of a rule file comes in here and leaves as a frozen value of `kb.model`.

A *document* is what one file holds, as plain data with its places (`document`; `yaml_source` reads it). A *pack* is a
folder of such files (`packs`), and may *extend* others (`extension`). An *item* is a question, a rule and so on. Its
*shape* says which parts it may have, and which *reader* reads each of them (`fields`, `items`, `conditions`). What is
wrong is noted in the document, and nothing stops for it: one run finds every fault. `catalogue` describes each kind.

What others take:

- `loading`: `load` for knowledge, `examine` also for what is wrong with it;
- `answers`: `read_answers`, of a document that `yaml_source.read_file` has read;
- `settings`: the packs that a person always wants along;
- `conditions.Places`: where the parts of a `when` stand; all other values carry their place;
- `catalogue.KINDS`, `extension.override_lines`, and for tools that write rules the shapes and the documents.
"""
