"""The parts of a statement that says several things."""

from __future__ import annotations

import re
from functools import cache

from memorybank.languages.language import alternatives
from memorybank.languages.meanings.known import TABLES, meanings_of, table_of
from memorybank.languages.meanings.sentence import Sentence, sentence_of
from memorybank.languages.meanings.spelling import words
from memorybank.statements.comparison import lacking, predicates, said_in, shared, things

_ABBREVIATED = r"(?-i:(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})(?<!\b[A-Z]))"
"""Not after a short word with a capital letter: "Dr.", "St."."""

_MOST = 40


def parts_of_statement(text: str, beside: str = "") -> list[str]:
    """Return the parts of a text between punctuation and words such as "and" and "but"; of many, the first.

    `beside` is a text that it is compared with, for the language.
    """
    return [part for part in _between(meanings_of(text, beside).code).split(text)[:_MOST] if part and part.strip()]


@cache
def _between(code: str) -> re.Pattern[str]:
    """Return what stands between the parts; of a language that has no table, the words of all."""
    table = table_of(code)
    listed = words(table.joining if table.code else " ".join(each.joining for each in TABLES))
    joined = rf"|\s(?:{alternatives(listed)})\s" if listed else ""
    return re.compile(rf"[;\u3001\u3002\uff0c]|,(?!\d)|{_ABBREVIATED}\.(?=\s|\Z){joined}", re.IGNORECASE)


def is_one_of_several(new: Sentence, known: str) -> bool:
    """Tell whether the known fact lists several things of which the new one is about one: "vitamin D and iron"."""
    named = [things(sentence_of(part, known)) for part in parts_of_statement(known)]
    touched = [bool(words) and any(said_in(word, new) for word in words) for words in named]
    return any(touched) and any(words and not hit for words, hit in zip(named, touched, strict=True))


def loses_a_part(known: str, new: Sentence, merged: Sentence) -> bool:
    """Tell whether a text lacks all that a part of the known fact says, of which the new fact does not speak at all."""
    parts = [sentence_of(part, known) for part in parts_of_statement(known)]
    return len(parts) > 1 and any(_is_lost(part, new, merged) for part in parts)


def _is_lost(part: Sentence, new: Sentence, merged: Sentence) -> bool:
    said = things(part)
    spoken_of = bool(shared(part, new) or predicates(part) & predicates(new)) or not {
        value.family for value in part.values
    }.isdisjoint(value.family for value in new.values)
    return bool(said) and len(lacking(said, merged)) == len(said) and not spoken_of
