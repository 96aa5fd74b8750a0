"""Czech: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words
from memorybank.languages.meanings.table import numbered

CZECH = Language(
    "cs",
    negations=words("není nejsem nemám nikdy nejím nepiju nechci"),
    numbers=numbered("""
        2 dva dvě dvou, 3 tři tří, 4 čtyři, 5 pět, 6 šest, 7 sedm, 8 osm, 9 devět, 10 deset, 11 jedenáct, 12
        dvanáct, 20 dvacet, 30 třicet, 40 čtyřicet, 50 padesát
    """),
)
"""Czech."""
