"""Greek: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words
from memorybank.languages.meanings.table import numbered

GREEK = Language(
    "el",
    negations=words("δεν μην ποτέ"),
    numbers=numbered("""
        2 δύο δυο, 3 τρία τρεις, 4 τέσσερα τέσσερις, 5 πέντε, 6 έξι, 7 επτά εφτά, 8 οκτώ οχτώ, 9 εννέα εννιά, 10
        δέκα, 12 δώδεκα, 20 είκοσι, 30 τριάντα, 40 σαράντα, 50 πενήντα
    """),
    said=Said(
        halves="μισή μισό",
    ),
)
"""Greek."""
