"""Dutch, as far as guards know it."""

from __future__ import annotations

from memorybank.languages.language import Language, words

DUTCH = Language(
    "nl",
    negations=words("geen niet nooit zonder"),
)
"""Dutch."""
