"""Swedish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

SWEDISH = Language(
    "sv",
    negations=words("inte aldrig utan"),
)
"""Swedish."""
