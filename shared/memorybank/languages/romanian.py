"""Romanian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words
from memorybank.languages.meanings.table import numbered

ROMANIAN = Language(
    "ro",
    negations=words("niciodată deloc"),
    numbers=numbered("""
        2 doi două, 3 trei, 4 patru, 5 cinci, 6 șase, 7 șapte, 8 opt, 9 nouă, 10 zece, 11 unsprezece, 12
        doisprezece, 20 douăzeci, 30 treizeci
    """),
    said=Said(
        halves="jumătate",
    ),
)
"""Romanian."""
