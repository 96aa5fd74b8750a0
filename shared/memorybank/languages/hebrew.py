"""Hebrew: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words
from memorybank.languages.meanings.table import numbered

HEBREW = Language(
    "he",
    negations=words("בלי לא אין"),
    numbers=numbered("""
        2 שניים שתיים שני שתי, 3 שלושה שלוש, 4 ארבעה ארבע, 5 חמישה חמש, 6 שישה שש, 7 שבעה שבע, 8 שמונה, 9 תשעה
        תשע, 10 עשרה עשר
    """),
    said=Said(
        halves="חצי",
        quarters="רבע",
    ),
)
"""Hebrew."""
