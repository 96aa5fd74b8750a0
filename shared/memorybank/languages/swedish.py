"""Swedish, as far as guards know it."""

from __future__ import annotations

from memorybank.languages.language import Language, words

SWEDISH = Language(
    "sv",
    negations=words("inte aldrig utan"),
)
"""Swedish."""
