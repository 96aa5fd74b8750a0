"""Dutch: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

DUTCH = Language(
    "nl",
    negations=words("geen niet nooit zonder"),
)
"""Dutch."""
