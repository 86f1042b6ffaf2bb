"""unstuck's knowledge base: rule packs, three-valued inference on experta, questions, explanations, reports."""

__version__ = "0.1.0"
