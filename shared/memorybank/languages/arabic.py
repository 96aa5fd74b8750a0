"""Arabic: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

ARABIC = Language(
    "ar",
    negations=words("لا لم لن ليس"),
    said=Said(
        scales={1_000: "ألف"},
        halves="نصف والنصف",
        quarters="ربع",
    ),
)
"""Arabic."""
