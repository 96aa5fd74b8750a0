"""Words that are contrary to each other without a negation: in and out, sugared and sugarless, like and dislike."""

from __future__ import annotations

from collections.abc import Mapping

from memorybank.languages.meanings.known import table_of
from memorybank.languages.meanings.sentence import Sentence, Word
from memorybank.statements.comparison import SCOPES, lacking, predicates, rest, said_in, speaking, things

_FEELINGS = frozenset({"like", "prefer", "favourite", "dislike"})
_DENYING = frozenset({"un", "in", "im", "non", "dis", "des", "de", "не", "без", "nie", "bez", "on", "ne", "o"})
"""Beginnings of words that deny the rest, in any language."""

_SHORT, _LONG, _MANY = 3, 5, 64


def feels_otherwise(new: Sentence, old: Sentence) -> bool:
    """Tell whether one dislikes what the other does, but neither feels otherwise than before, nor says "now"."""
    dislikes, other = (new, old) if "dislike" in new.senses else (old, new)
    words = [word.form for word in dislikes.words if word.key == "dislike"]
    denied = dislikes.negates and not any(" " in form for form in words)  # "can't stand" denies by itself
    if not words or denied or {"now", "change"} & new.senses:
        return False
    return not other.senses & _FEELINGS and bool(rest(other)) and not predicates(other) & {"eat", "drink"}


def contrary(new: Sentence, old: Sentence) -> bool:
    """Tell whether both say the same but for a word of place, or "without" in place of "with"."""
    if new.people != old.people or new.senses & {"visit"}:
        return False
    if _antonymous(new, old):
        return True
    if predicates(new) != predicates(old):
        return False
    if deprived(new, old):
        return True
    return opposed(new, old) and not lacking(speaking(new), old)


def other_share(new: Sentence, old: Sentence) -> bool:
    """Tell whether they differ in how many of all it is, how often, or of how much it is true, alone."""
    shares = bool(new.shares) and bool(old.shares) and new.shares != old.shares
    scopes = new.senses & SCOPES != old.senses & SCOPES
    if not (shares or scopes) or new.people != old.people or predicates(new) != predicates(old):
        return False
    return not lacking(rest(new), old) and not lacking(rest(old), new)


def _antonymous(new: Sentence, old: Sentence) -> bool:
    """Tell whether both say the same but for the last word and its antonym: "the door is open", "... closed"."""
    contraries = table_of(new.code).contrary
    rows = [[word for word in each.words if word.kind in ("content", "name", "sense")] for each in (new, old)]
    if len(rows[0]) != len(rows[1]) or len(rows[0]) > _MANY:
        return False
    other = [pair for pair in zip(*rows, strict=True) if not said_in(pair[0], old)]
    if len(other) != 1 or not (
        other[0][1].form in contraries.get(other[0][0].form, ()) or _denies_by_form(*(word.form for word in other[0]))
    ):
        return False
    return other[0] == (rows[0][-1], rows[1][-1]) or all(map(_is_told, (new, old), other[0]))


def _denies_by_form(one: str, other: str) -> bool:
    """Tell whether one word is the other one with a beginning that denies it: "unavailable"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _LONG and long.endswith(short) and long.removesuffix(short) in _DENYING


def _is_told(sentence: Sentence, word: Word) -> bool:
    """Tell whether a word stands alone: "my older son" and "my younger son" are two, but "the door is open" is told."""
    row = sentence.words
    at = row.index(word)
    return bool(at) and row[at - 1].kind == "silent" and all(each.kind == "silent" for each in row[at + 1 : at + 2])


def opposed(one: Sentence, other: Sentence) -> bool:
    """Tell whether a word of place or time is the contrary in the other statement: "in a sling", "out of the sling"."""
    contraries = table_of(one.code).opposed
    if not contraries:
        return False
    relations, others = _related(one, contraries), _related(other, contraries)
    return any(
        key not in relations.get(contrary, ()) and key in others.get(contrary, ()) and key not in others.get(form, ())
        for form, keys in relations.items()
        for key in keys
        for contrary in contraries[form]
    )


def _related(sentence: Sentence, forms: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    """Return for each word of place or time the words that it stands before."""
    found: dict[str, set[str]] = {}
    waiting = ""
    for word in sentence.words:
        if word.form in forms:
            waiting = word.form
        elif waiting and word.kind not in ("silent", "self") and not (word.value and word.value.kind == "one"):
            found.setdefault(waiting, set()).add(word.key)
            waiting = ""
    return found


def deprived(one: Sentence, other: Sentence) -> bool:
    """Tell whether a word of one is the other's with an ending that means "without": şekerli and şekersiz."""
    endings = table_of(one.code).without
    pairs = [[word.key for word in things(each)] for each in (one, other)]
    if not endings or len(pairs[0]) != len(pairs[1]):
        return False
    marked = [
        [key.endswith(endings) for key in pair]
        for pair in zip(*pairs, strict=True)
        if pair[0] != pair[1] and pair[0][:_SHORT] == pair[1][:_SHORT]
    ]
    return any(one != two for one, two in marked)
