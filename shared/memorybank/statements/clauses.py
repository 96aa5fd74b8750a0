"""The parts of a statement that says several things."""

from __future__ import annotations

import re

from memorybank.languages.meanings.sentence import Sentence, sentence_of
from memorybank.statements.comparison import said_in, things

_CLAUSES = re.compile(r"[,;.、。,]|\s(?:but|aber|mais|pero|mas|ma|maar|но|ale|and|und|et|y|e|en|i|и|ve|और)\s")
_MOST = 40


def parts_of_statement(text: str) -> list[str]:
    """Return the parts of a text between punctuation and words such as "and" and "but"; of many, the first."""
    return [part for part in _CLAUSES.split(text)[:_MOST] if part and part.strip()]


def is_one_of_several(new: Sentence, known: str) -> bool:
    """Tell whether the known fact lists several things of which the new one is about one: "vitamin D and iron"."""
    named = [things(sentence_of(part, known)) for part in parts_of_statement(known)]
    touched = [bool(words) and any(said_in(word, new) for word in words) for words in named]
    return any(touched) and any(words and not hit for words, hit in zip(named, touched, strict=True))
