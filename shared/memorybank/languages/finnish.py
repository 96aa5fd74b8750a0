"""Finnish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

FINNISH = Language(
    "fi",
    negations=words("eivät emme enkä eikä"),
    own_negations=words("en et ei ette älä"),
    said=Said(
        halves="puoli",
    ),
)
"""Finnish."""
