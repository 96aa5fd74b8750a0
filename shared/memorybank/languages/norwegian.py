"""Norwegian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words
from memorybank.languages.meanings.table import numbered

NORWEGIAN = Language(
    "no",
    negations=words("ikke aldri uten"),
    numbers=numbered("""
        2 to, 3 tre, 4 fire, 5 fem, 6 seks, 7 sju syv, 8 åtte, 9 ni, 10 ti, 11 elleve, 12 tolv, 20 tjue, 30
        tretti, 40 førti, 50 femti
    """),
    said=Said(
        joins="og",
        halves="halv halve halvt",
        quarters="kvart kvarter",
    ),
)
"""Norwegian."""
