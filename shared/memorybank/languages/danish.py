"""Danish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

DANISH = Language(
    "da",
    negations=words("ikke aldrig uden"),
)
"""Danish."""
