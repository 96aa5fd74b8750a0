"""Polish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

POLISH = Language(
    "pl",
    negations=words("nie nigdy bez"),
    said=Said(
        joins="i",
        openers="nie żadn*",
        scales={1_000: "tys", 1_000_000: "mln milion miliony milionów"},
        out_of="z",
        halves="pół półtora półtorej połowa połowę",
        quarters="kwadrans",
        feasts={"31.12.": "sylwest*"},
    ),
)
"""Polish."""
