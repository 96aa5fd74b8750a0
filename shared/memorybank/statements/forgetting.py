"""What a request to forget may do to a memory, judged by the words of both alone."""

from __future__ import annotations

from memorybank.languages.meanings.sentence import Sentence, sentence_of
from memorybank.statements.clauses import is_one_of_several
from memorybank.statements.comparison import (
    LIGHT,
    lacking,
    negative,
    predicates,
    said_in,
    shared,
    speaking,
    things,
)
from memorybank.statements.order import other_role
from memorybank.statements.safety import FREE, is_storable
from memorybank.statements.subjects import led_by_person

_IDENTIFIES = 100
"""The number from which on a number tells which memory is meant: a room, a badge, a year."""


def remainder_is_safe(forget: str, text: str, *, known: str) -> bool:
    """Tell whether `text` can be the remainder of a known fact when part of it is to be forgotten.

    It adds nothing, and lacks only what is to be forgotten.
    """
    if not is_storable(text):
        return False
    new, old, merged = sentence_of(forget, known), sentence_of(known, forget), sentence_of(text, known)
    adds = lacking(speaking(merged), old) or merged.senses - old.senses - FREE
    lost = [word for word in lacking(speaking(old), merged) if not said_in(word, new)]
    counted = [word for word in lost if word.value is not None]
    named = any(word.kind == "name" for word in lacking(speaking(old), merged))
    names = [word for word in lost if word.value is None]
    if new.content and not lacking(speaking(new), merged):
        return False
    plain = (
        not adds
        and len([word for word in names if word.kind == "content"]) == len(names) <= 1
        and not (counted and not named)
    )
    kept = len(shared(old, merged)) + len(merged.values)
    return plain and negative(merged) <= negative(old) and len(names) <= kept > 0


def forget_is_safe(forget: str, known: str) -> bool:
    """Tell whether a known fact is what is to be forgotten: it has its values, its people and its negation."""
    new, old = sentence_of(forget, known), sentence_of(known, forget)
    exact = [word for word in speaking(new) if word.value or word.kind in ("name", "person")]
    states = bool(predicates(new)) or "subject" in new.selves
    if lacking(exact, old) or (negative(new) != negative(old) and (states or negative(new))) or _narrower(new, old):
        return False
    if old.people - new.people and old.words and not new.people and led_by_person(old):
        return False
    if (
        (new.names and other_role(new, old))
        or _has_another_object(new, old)
        or ("subject" in old.selves and is_one_of_several(new, known))
    ):
        return False
    about = shared(new, old) or new.values or predicates(new) & predicates(old)
    return bool(about) or not (predicates(new) and predicates(old))


def _has_another_object(new: Sentence, old: Sentence) -> bool:
    """Tell whether what is to be forgotten says something else of its subject than the known fact does."""
    own = things(new)
    unsaid = lacking(own, old)
    if not unsaid or any(value.amount >= _IDENTIFIES for value in new.values) or not lacking(things(old), new):
        return False
    named = own[:1] if predicates(new) else [own[0], own[-1]]  # my bike is not my car, nor a gym's locker a membership
    if new.selves[:1] == old.selves[:1] == ("own",) and lacking(named, old) and lacking(things(old)[:1], new):
        return True
    if "subject" in new.selves and "subject" in old.selves:
        return True  # who keeps bees does not keep hens
    if predicates(new) & predicates(old):
        return len(unsaid) == len(own)
    return bool(predicates(new) - LIGHT)


def _narrower(new: Sentence, old: Sentence) -> bool:
    """Tell whether the new statement is about a special case of what the other one is about: free jazz."""
    pairs = zip(new.words, new.words[1:], strict=False)
    return any(
        one.kind == "content" and two.kind in ("content", "name") and not said_in(one, old) and said_in(two, old)
        for one, two in pairs
    )
