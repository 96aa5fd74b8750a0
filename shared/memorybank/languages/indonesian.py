"""Indonesian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words
from memorybank.languages.meanings.table import numbered

INDONESIAN = Language(
    "id",
    negations=words("tidak bukan tanpa"),
    numbers=numbered("""
        2 dua, 3 tiga, 4 empat, 5 lima, 6 enam, 7 tujuh, 8 delapan, 9 sembilan, 10 sepuluh, 11 sebelas, 12
        duabelas
    """),
    said=Said(
        scales={1_000: "ribu", 1_000_000: "juta"},
        halves="setengah",
    ),
)
"""Indonesian."""
