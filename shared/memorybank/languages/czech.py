"""Czech: words for the guards."""

from __future__ import annotations

from memorybank.languages.language import Language, Said, words

CZECH = Language(
    "cs",
    negations=words("není nejsem nemám nikdy nejím nepiju nechci"),
    own_negations=words("ne"),
    negated_form=r"\bne(?!j[lvob]|děl|mocn|bo|teř|závisl|hod|cht)\w{3,}",
    said=Said(
        scales={1_000: "tisíc"},
        halves="půl",
        quarters="čtvrt",
    ),
)
"""Czech."""
