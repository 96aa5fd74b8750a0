"""Arabic, as far as guards know it."""

from __future__ import annotations

from memorybank.languages.language import Language, words

ARABIC = Language(
    "ar",
    negations=words("لا لم لن ليس"),
)
"""Arabic."""
