"""Hindi: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language

HINDI = Language(
    "hi",
    negation_parts=("नहीं",),
)
"""Hindi."""
