"""Turkish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

TURKISH = Language(
    "tr",
    negations=words("değil yok"),
)
"""Turkish."""
