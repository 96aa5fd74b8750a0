"""Swedish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

SWEDISH = Language(
    "sv",
    negations=words("inte aldrig utan"),
    said=Said(
        joins="och",
        halves="halv halva halvt",
        quarters="kvart",
    ),
)
"""Swedish."""
