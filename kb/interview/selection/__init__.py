"""Choose the question to ask next: danger first, and only what can change the report.

A *goal* is something that a rule could still add (`goals`), a *witness* a way of answering in which it is added
(`witness`), and a *live* question the first one that a witness needs (`selector`). `question_bound` tells how many may
still come. Others take `Selector`, `Live`, `Goal` and `Effect`; explanations take `Search` as well.
"""
