"""Ukrainian: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, words
from memorybank.languages.meanings.table import numbered

UKRAINIAN = Language(
    "uk",
    negations=words("не ні ніколи немає без"),
    numbers=numbered("""
        2 два дві двоє двох, 3 три троє трьох, 4 чотири чотирьох, 5 п'ять, 6 шість, 7 сім, 8 вісім, 9 дев'ять,
        10 десять, 12 дванадцять, 20 двадцять, 30 тридцять, 40 сорок, 50 п'ятдесят
    """),
)
"""Ukrainian."""
