"""Polish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

POLISH = Language(
    "pl",
    negations=words("nie nigdy bez"),
    said=Said(
        joins="i",
        openers="nie żadn*",
        scales={1_000: "tys", 1_000_000: "mln"},
        out_of="z",
    ),
)
"""Polish."""
