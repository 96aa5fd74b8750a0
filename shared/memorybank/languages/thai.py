"""Thai, as far as guards know it."""

from __future__ import annotations

from memorybank.languages.language import Language

THAI = Language(
    "th",
    negation_parts=("ไม่",),
)
"""Thai."""
