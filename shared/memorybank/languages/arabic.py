"""Arabic: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

ARABIC = Language(
    "ar",
    negations=words("لا لم لن ليس"),
)
"""Arabic."""
