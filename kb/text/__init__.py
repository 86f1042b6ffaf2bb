"""Sentences and their layout: wrapping for a terminal, durations in words, the roles a piece of text can have.

It knows nothing of knowledge bases: strings go in and strings come out.
"""
