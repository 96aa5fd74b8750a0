"""Hungarian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

HUNGARIAN = Language(
    "hu",
    negations=words("nem nincs soha sosem"),
)
"""Hungarian."""
