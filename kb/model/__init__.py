"""What a knowledge base is: frozen values, linked by ids, and what can be worked out of them once.

A *pack* (`packs`) holds *questions*, *findings*, *recommendations*, *referrals*, *rules* and *cases* (`knowledge`). A
rule has a *condition* (`conditions`), and rests on questions and on other rules (`dependencies`). An *answer* has one
form, whoever gave it (`answers`); one to a safety question may be a *sign* of danger (`danger`). Whatever is wrong is a
*problem* with a place (`problems`). Nothing here reads a file, infers, asks or prints.
"""
