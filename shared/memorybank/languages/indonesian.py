"""Indonesian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

INDONESIAN = Language(
    "id",
    negations=words("tidak bukan tanpa"),
)
"""Indonesian."""
