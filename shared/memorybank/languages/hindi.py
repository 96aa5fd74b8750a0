"""Hindi: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said

HINDI = Language(
    "hi",
    negation_parts=("नहीं",),
    said=Said(
        scales={1_000: "हज़ार"},
        halves="साढ़े डेढ़ ढाई आधा",
        quarters="सवा पौने",
    ),
)
"""Hindi."""
