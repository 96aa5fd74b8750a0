"""Turkish: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

TURKISH = Language(
    "tr",
    negations=words("değil yok"),
    negated_form=r"\w(?:m[iıuü]yor|m[ae]m\b|m[ae]z|m[ae]d[ıi])",
    said=Said(
        joins="ve",
        scales={1_000: "bin", 1_000_000: "milyon"},
        halves="buçuk* yarım",
        quarters="çeyrek",
    ),
)
"""Turkish."""
