"""What a knowledge base is: frozen values, linked by ids, and what can be worked out of them once.

A *pack* holds *questions*, *findings*, *recommendations*, *referrals*, *rules* and *cases* (`knowledge`, `packs`); a rule has a
*condition* (`conditions`); an *answer* has one form, whoever gave it (`answers`); whatever is wrong is a *problem* with
a place (`problems`). Nothing here reads a file, infers, asks or prints.
"""
