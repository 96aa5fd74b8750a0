"""Ukrainian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

UKRAINIAN = Language(
    "uk",
    negations=words("не ні ніколи немає без"),
    said=Said(
        scales={1_000: "тисяч"},
        halves="пів півроку півтора половина половині",
    ),
)
"""Ukrainian."""
