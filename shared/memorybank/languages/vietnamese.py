"""Vietnamese: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

VIETNAMESE = Language(
    "vi",
    negations=words("không chưa"),
)
"""Vietnamese."""
