"""Thai: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language

THAI = Language(
    "th",
    negation_parts=("ไม่",),
)
"""Thai."""
