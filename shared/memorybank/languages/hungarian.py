"""Hungarian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words
from memorybank.languages.meanings.table import numbered

HUNGARIAN = Language(
    "hu",
    negations=words("nem nincs soha sosem"),
    numbers=numbered("""
        2 kettő két, 3 három, 4 négy, 5 öt, 7 hét, 8 nyolc, 9 kilenc, 10 tíz, 11 tizenegy, 12 tizenkettő, 20
        húsz, 30 harminc, 40 negyven, 50 ötven
    """),
)
"""Hungarian."""
