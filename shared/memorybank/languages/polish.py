"""Polish, as far as guards know it."""

from __future__ import annotations

from memorybank.languages.language import Language, words

POLISH = Language(
    "pl",
    negations=words("nie nigdy bez"),
)
"""Polish."""
