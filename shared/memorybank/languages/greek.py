"""Greek: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words

GREEK = Language(
    "el",
    negations=words("δεν μην ποτέ"),
)
"""Greek."""
