"""Why a question is asked, how something came about, why something did not: as data, then as paragraphs.

`explanation` works out each from the firings of the engine and the goals that are open; `chain` puts the *how* for a
person, `wording` the others.
"""
