"""Vietnamese: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

VIETNAMESE = Language(
    "vi",
    negations=words("không chưa"),
    said=Said(
        scales={1_000: "nghìn", 1_000_000: "triệu"},
        halves="rưỡi nửa",
    ),
)
"""Vietnamese."""
