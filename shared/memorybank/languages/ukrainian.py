"""Ukrainian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

UKRAINIAN = Language(
    "uk",
    negations=words("не ні ніколи немає без"),
)
"""Ukrainian."""
