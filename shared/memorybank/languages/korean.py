"""Korean: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

KOREAN = Language(
    "ko",
    negations=words("안 못"),
    negation_parts=("않", "없"),
)
"""Korean."""
