"""YAML to knowledge: a line of a rule file comes in here and leaves as a frozen value of `kb.model`.

`loading.load` is the way in. On the way: `yaml_source` turns bytes into data with places, `items` decodes one item by
its table, `conditions` reads a `when`, `extension` sees to packs that build on others. Nobody above knows places of
text but through the `place` that each value carries. `catalogue` describes every kind of problem that is found here.
"""
