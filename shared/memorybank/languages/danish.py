"""Danish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words
from memorybank.languages.meanings.table import numbered

DANISH = Language(
    "da",
    negations=words("ikke aldrig uden"),
    numbers=numbered("""
        2 to, 3 tre, 4 fire, 5 fem, 6 seks, 7 syv, 8 otte, 9 ni, 10 ti, 11 elleve, 12 tolv, 20 tyve, 30 tredive,
        40 fyrre, 50 halvtreds
    """),
    said=Said(
        joins="og",
        halves="halv halve halvt",
        quarters="kvarter",
    ),
)
"""Danish."""
