"""The teacher's commands, a module each but for those of `overview`; `rules` is their group.

`new` leads through the making of a *part* of a pack. `composer` and `new_pack` know which *fields* a part has,
`prompts.yaml` what is asked for each, and `prompts` asks, and asks again after a *slip*. Other rooms may take what
`prompts` knows of names.
"""
