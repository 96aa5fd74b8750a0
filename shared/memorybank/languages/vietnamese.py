"""Vietnamese: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words
from memorybank.languages.meanings.table import numbered

VIETNAMESE = Language(
    "vi",
    negations=words("không chưa"),
    numbers=numbered("""
        2 hai, 3 ba, 4 bốn, 5 năm, 6 sáu, 7 bảy, 8 tám, 9 chín, 10 mười
    """),
)
"""Vietnamese."""
