"""Russian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

RUSSIAN = Language(
    "ru",
    negations=words("не нет никогда без"),
)
"""Russian."""
