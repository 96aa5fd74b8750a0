"""Hebrew: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

HEBREW = Language(
    "he",
    negations=words("בלי לא אין"),
)
"""Hebrew."""
