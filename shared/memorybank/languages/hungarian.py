"""Hungarian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

HUNGARIAN = Language(
    "hu",
    negations=words("nem nincs soha sosem"),
    said=Said(
        scales={1_000: "ezer"},
        halves="fél",
        quarters="negyed",
    ),
)
"""Hungarian."""
