"""Norwegian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

NORWEGIAN = Language(
    "no",
    negations=words("ikke aldri uten"),
)
"""Norwegian."""
