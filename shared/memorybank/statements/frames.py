"""Whether two statements begin with the same "my something", and say different things of it."""

from __future__ import annotations

from memorybank.languages.meanings.known import table_of
from memorybank.languages.meanings.sentence import Sentence, Word
from memorybank.statements.comparison import MARKERS, predicates, things
from memorybank.statements.subjects import INCLUSIVE, says_else

_SEVERAL = frozenset({"boss", "landlord", "doctor", "dentist", "vet", "wife", "husband", "partner", "therapist"})
"""Roles that one person has at a time; of all others there may be several."""

_SHORT = 3


def same_frame(new: Sentence, old: Sentence) -> bool:
    """Tell whether both begin with the same "my something", and differ in what they say of it."""
    if says_else(new, old) or ((predicates(new) | predicates(old)) & INCLUSIVE and not _possessed(new, old)):
        return False
    rows = [[word for word in each.words if _frames(word)] for each in (new, old)]
    size = next(
        (n for n, pair in enumerate(zip(*rows, strict=False)) if pair[0].key != pair[1].key), min(map(len, rows))
    )
    begin = rows[1][:size]
    owned = _owned(old, begin) and any(word.kind in ("content", "person") for word in begin)
    several = any(word.kind == "person" and word.key not in _SEVERAL for word in begin[-1:])
    differs = (
        bool(rows[0][size:]) and bool(rows[1][size:]) and all(map(_ends_before_its_verb, (new, old), (size, size)))
    )
    named = differs and (bool(table_of(old.code).topic_mark) or all(row[size].kind == "name" for row in rows))
    return owned and differs and not (several and named)


def _ends_before_its_verb(sentence: Sentence, size: int) -> bool:
    """Tell whether the beginning has the whole subject: "my dog" of "my dog is old", and not of "my dog food"."""
    places = [n for n, word in enumerate(sentence.words) if _frames(word)]
    if sentence.code != "en" or not 0 < size < len(places):
        return True
    row = sentence.words[: places[size]]
    own = next((n for n, word in enumerate(row) if word.key == "own"), 0)
    first = next((n for n, word in enumerate(row) if n > own and word.kind in ("content", "person")), own)
    between = sentence.words[first + 1 : places[size] + 1]
    return any(word.kind in ("silent", "sense") for word in between) or "like" in sentence.senses


def _owned(sentence: Sentence, begin: list[Word]) -> bool:
    """Tell whether a beginning is what a statement is about: it has "my", or the Japanese mark of a topic."""
    if table_of(sentence.code).owns_kin and begin and begin[0].kind == "person":
        return True  # the word for the person has the ending of "my"
    if begin and begin[0].kind == "content" and len(begin[0].form) > _SHORT and _is_mine(begin[0], sentence.code):
        return True
    if begin and sentence.words[0].form in table_of(sentence.code).known_before:
        return begin[0].kind == "content"
    topic = table_of(sentence.code).topic_mark
    if not topic or not begin:
        at = next((n for n, word in enumerate(begin) if word.key == "own"), len(begin))
        return any(word.kind in ("content", "person") for word in begin[at:])
    row = list(sentence.words)
    after = row[row.index(begin[-1]) + 1 :]
    return bool(after) and after[0].form == topic


def _is_mine(word: Word, code: str) -> bool:
    endings = table_of(code).mine
    return bool(endings) and word.form.endswith(endings)


def _possessed(new: Sentence, old: Sentence) -> bool:
    """Tell whether both like the same thing of one's own in another way: "I like my steak rare"."""
    return "have" not in predicates(new) | predicates(old) and all(
        each.selves[:2] == ("subject", "own") and bool(things(each)) for each in (new, old)
    )


def _frames(word: Word) -> bool:
    if word.kind == "self":
        return True
    return word.kind in ("content", "name", "person", "value") or (word.kind == "sense" and word.key not in MARKERS)
