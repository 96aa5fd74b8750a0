"""Swedish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words
from memorybank.languages.meanings.table import numbered

SWEDISH = Language(
    "sv",
    negations=words("inte aldrig utan"),
    numbers=numbered("""
        2 två bägge, 3 tre, 4 fyra, 5 fem, 6 sex, 7 sju, 8 åtta, 9 nio, 10 tio, 11 elva, 12 tolv, 20 tjugo, 30
        trettio, 40 fyrtio, 50 femtio
    """),
)
"""Swedish."""
