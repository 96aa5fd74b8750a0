"""Polish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

POLISH = Language(
    "pl",
    negations=words("nie nigdy bez"),
)
"""Polish."""
