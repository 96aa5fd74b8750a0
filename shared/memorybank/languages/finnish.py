"""Finnish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words
from memorybank.languages.meanings.table import numbered

FINNISH = Language(
    "fi",
    negations=words("eivät emme enkä eikä"),
    numbers=numbered("""
        2 kaksi kahden kahta, 3 kolme kolmen kolmea, 4 neljä neljän, 5 viisi viiden, 6 kuusi kuuden, 7
        seitsemän, 8 kahdeksan, 9 yhdeksän, 10 kymmenen, 11 yksitoista, 12 kaksitoista, 20 kaksikymmentä, 30
        kolmekymmentä
    """),
)
"""Finnish."""
