"""What a decision may do to a memory, judged by the words of both statements alone."""

from __future__ import annotations

from memorybank.languages.meanings.sentence import Sentence, Word, sentence_of
from memorybank.languages.meanings.values import same_in
from memorybank.resources.memory import MAX_FACT
from memorybank.statements.clauses import is_one_of_several, loses_a_part, parts_of_statement
from memorybank.statements.comparison import (
    CONTRARY,
    LIGHT,
    OVER,
    lacking,
    negative,
    predicates,
    rest,
    said_in,
    shared,
    speaking,
    things,
)
from memorybank.statements.conflicts import conflict
from memorybank.statements.occupations import occupied
from memorybank.statements.order import reordered
from memorybank.statements.sameness import keep_is_safe, led_alike
from memorybank.statements.subjects import INCLUSIVE, led_by_person

FREE = LIGHT | {"and", "now"}
"""Senses that a text may have of its own."""

_FEW = 2


def is_storable(text: str) -> bool:
    """Tell whether a text can be a fact at all."""
    return bool(text.strip()) and len(text) <= MAX_FACT


def update_is_safe(fact: str, text: str, *, known: str) -> bool:
    """Tell whether `text` may replace a known fact because of a new one.

    It says nothing that neither of the two says, and all that the new one says. What it loses of the known one must be
    contradicted by the new one, and replaced.
    """
    if not is_storable(text):
        return False
    new, old = sentence_of(fact, known), sentence_of(known, fact)
    merged = sentence_of(text, fact)
    if new.code != old.code and merged.words == new.words and keep_is_safe(fact, known):
        return True
    if _invents(merged, new, old) or not _takes_over(new, old, merged):
        return False
    if _withdraws(merged, old) or _denies_more(merged, new, old) or _changes_subject(merged, old, new):
        return False
    lost = lacking(speaking(old), merged)
    other = lacking(speaking(merged), old) or predicates(merged) - predicates(old) - LIGHT
    kept = predicates(new) | ({"have"} if "own" in merged.selves else set())  # "my dog" says that I have one
    light = LIGHT - ({"work", "live", "have"} - kept) if other else LIGHT
    senses = predicates(old) - predicates(merged) - light
    denies = negative(old) != negative(merged) and not _says_both(text, merged, old)
    if lost or senses or denies or reordered(old, merged):
        return _may_lose(lost, senses, new=new, old=old, merged=merged, known=known)
    return True


def adds_only(text: str, *, known: str) -> bool:
    """Tell whether a text says all that a known fact says."""
    old, merged = sentence_of(known, text), sentence_of(text, known)
    kept = not lacking(speaking(old), merged) and predicates(old) - LIGHT <= predicates(merged)
    return kept and negative(old) == negative(merged)


def _says_both(text: str, merged: Sentence, old: Sentence) -> bool:
    """Tell whether a part of the text says the known fact as it was: "I like jazz, but not free jazz"."""
    parts = (sentence_of(part, text) for part in parts_of_statement(text))
    return negative(merged) and any(
        negative(part) == negative(old) and not lacking(speaking(old), part) for part in parts
    )


def _invents(merged: Sentence, new: Sentence, old: Sentence) -> bool:
    unknown = [word for word in lacking(speaking(merged), new) if not said_in(word, old)]
    if unknown and not (len(unknown) == 1 and _is_sum(unknown[0], new, old)):
        return True
    senses = merged.senses - new.senses - old.senses - FREE
    over = bool((new.senses | old.senses) & (OVER | CONTRARY | {"change"})) or new.negates or old.negates
    return bool(senses - (OVER | {"change", "avoid"} if over else frozenset()))


def _is_sum(word: Word, new: Sentence, old: Sentence) -> bool:
    """Tell whether a number counts the one thing of each fact: a cat and a cat are two cats."""
    if word.value is None or word.value.kind != "number" or word.value.amount != _FEW:
        return False
    return all(any(each.value and each.value.kind == "one" for each in one.words) for one in (new, old))


def _takes_over(new: Sentence, old: Sentence, merged: Sentence) -> bool:
    """Tell whether the text has what is new: all of it, but for a verb that says how it came about."""
    missed = lacking(speaking(new), merged)
    taken = [word for word in lacking(speaking(new), old) if said_in(word, merged)]
    plain = all(word.kind == "content" for word in missed)
    changes = bool(new.senses & (OVER | {"change", "now"}))
    if not missed:
        return not (predicates(new) - predicates(merged) - LIGHT - {"bought"}) or changes or bool(taken)
    if changes:  # what is over need not be named: "I sold my Corolla and bought a Tesla"
        missed = [word for word in missed if not said_in(word, old)]
        return len(missed) <= _FEW and all(word.kind == "content" for word in missed)
    return plain and len(missed) == 1 and bool(taken) and not said_in(missed[0], old)


def _withdraws(merged: Sentence, old: Sentence) -> bool:
    """Tell whether the text makes a mere plan of the known fact: "I want to play chess" in place of "I play chess"."""
    return "plan" in merged.senses - old.senses and not lacking(speaking(merged), old)


def _denies_more(merged: Sentence, new: Sentence, old: Sentence) -> bool:
    return negative(merged) and not (negative(new) or negative(old) or new.senses & OVER)


def _changes_subject(merged: Sentence, old: Sentence, new: Sentence) -> bool:
    """Tell whether the text is about somebody else than the known fact: "My son is ..." in place of "I am ..."."""
    if merged.people <= old.people or "subject" in merged.selves:
        return False
    spoke = "subject" in old.selves or not old.people
    led = next((word for word in merged.words if word.kind == "person"), None)
    if led is None or not led_by_person(merged) or occupied(new, old):
        return False
    return (spoke and led.key in new.people - old.people) or (led_by_person(old) and not led_alike(old, merged))


def _may_lose(
    lost: list[Word], senses: frozenset[str], *, new: Sentence, old: Sentence, merged: Sentence, known: str
) -> bool:
    why = conflict(new, old) or ("change" if _switched(new, old, merged) else None)
    if why is None:
        return False
    over = why in ("flip", "state") or bool(new.senses & OVER) or (negative(new) and negative(merged))
    people = [word for word in lost if word.kind == "person"]
    if people and why not in ("role", "state") and not occupied(new, old):
        return False
    if why != "done" and loses_a_part(known, new, merged):
        return False
    planned = "plan" in old.senses - new.senses
    if senses and why not in ("flip", "change", "state", "done", "order"):
        return False
    if not over and not _values_replaced([word for word in lost if not (planned and _is_date(word))], new, old):
        return False
    gone = [word for word in lost if word.kind in ("content", "name")]
    kept, added = len(shared(old, merged)), len(lacking(speaking(merged), old))
    return len(gone) <= max(kept, _FEW) and (over or why == "done" or len(gone) <= added + 1)


def _switched(new: Sentence, old: Sentence, merged: Sentence) -> bool:
    """Tell whether the text is the known fact with something that the new one changes: "I switched to Android"."""
    switches = "change" in new.senses - old.senses and "also" not in new.senses
    return switches and bool(shared(old, merged)) and not predicates(old) & INCLUSIVE


def _is_date(word: Word) -> bool:
    return word.value is not None and (word.value.is_date or word.value.kind == "time")


def _values_replaced(lost: list[Word], new: Sentence, old: Sentence) -> bool:
    fresh = [word.value for word in new.words if word.value and not same_in(word.value, old.values)]
    kinds = {value.family for value in fresh}
    return all(word.value is None or word.value.family in kinds for word in lost)


def _says_again(fact: str, known: str) -> bool:
    """Tell whether one of two facts says all that the other does: neither ends the other."""
    changes = sentence_of(fact, known).senses & (OVER | {"change", "now"})
    return keep_is_safe(fact, known) or (not changes and keep_is_safe(known, fact))


def delete_is_safe(fact: str, known: str) -> bool:
    """Tell whether a new fact can end a known one: both cannot be true, and nothing else is in the known one."""
    new, old = sentence_of(fact, known), sentence_of(known, fact)
    why = conflict(new, old)
    if why not in ("flip", "change", "state", "value", "exclusive", "done") or _says_again(fact, known):
        return False
    if why == "done" and lacking(rest(old), new):
        return False
    if not new.people <= old.people or (old.people - new.people and why != "state"):
        return False
    if is_one_of_several(new, known):
        return False
    over = why in ("flip", "state") or bool(new.senses & OVER)
    spared = 0 if why == "value" else 1  # the value that is replaced
    return over or (
        len(lacking(things(old), new)) <= spared and _values_replaced(lacking(speaking(old), new), new, old)
    )
