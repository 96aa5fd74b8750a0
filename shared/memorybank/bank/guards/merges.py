"""Guards for decisions to merge or delete: code has the last word on numbers, dates, names and negations."""

from __future__ import annotations

from memorybank.bank.guards.refusals import Refusal
from memorybank.bank.guards.sentence_features import Points, points_of
from memorybank.ports.models import Action, Decision, ExtractedFact, Intent
from memorybank.resources.memory import MAX_FACT


def refuse_keep(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse to treat a fact as already known if it says more, and to keep what is to be forgotten."""
    if decision.action is not Action.KEEP:
        return None
    if fact.intent is Intent.FORGET:
        return Refusal("UNSAFE_KEEP", "What is to be forgotten cannot be kept.", fact.event)
    if keep_is_safe(fact.fact, candidate):
        return None
    return Refusal("UNSAFE_KEEP", "The new fact says something that the known one does not.", fact.event)


def refuse_update(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse a text that loses or adds something that the two facts do not allow."""
    if decision.action is not Action.UPDATE or fact.intent is Intent.FORGET:
        return None
    if update_is_safe(fact.fact, decision.text or "", known=candidate):
        return None
    return Refusal("UNSAFE_UPDATE", "The new text loses or adds something that neither fact says.", fact.event)


def refuse_remainder(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse a remainder that loses more than is to be forgotten."""
    if decision.action is not Action.UPDATE or fact.intent is not Intent.FORGET:
        return None
    if remainder_is_safe(fact.fact, decision.text or "", known=candidate):
        return None
    return Refusal("UNSAFE_REMAINDER", "The remainder loses or adds more than is to be forgotten.", fact.event)


def refuse_delete(fact: ExtractedFact, candidate: str, decision: Decision) -> Refusal | None:
    """Refuse to delete a fact that the new fact does not end; what the speaker wants forgotten may be deleted."""
    if decision.action is not Action.DELETE or fact.intent is Intent.FORGET or delete_is_safe(fact.fact, candidate):
        return None
    return Refusal("UNSAFE_DELETE", "The new fact does not end the known one.", fact.event)


def keep_is_safe(fact: str, known: str) -> bool:
    """Tell whether a new fact may be treated as saying nothing beyond the known one.

    It may not if it has a number, a date or a name that the known one lacks, if only one of them is negated, or if they
    have no word, number or date in common.
    """
    new, old = points_of(fact), points_of(known)
    shared = _both(new, old) or new.numbers & old.numbers or new.dates & old.dates
    if new.content and old.content and not shared:
        return False
    same = new.numbers <= old.numbers and new.dates <= old.dates and new.negates == old.negates
    return same and new.names <= old.names | old.content


def is_storable(text: str) -> bool:
    """Tell whether a text can be a fact at all."""
    return bool(text.strip()) and len(text) <= MAX_FACT


def update_is_safe(fact: str, text: str, *, known: str) -> bool:
    """Tell whether `text` may replace a known fact because of a new one.

    It must keep the new fact's numbers, dates and new names, and have no number or date that neither of the two has. A
    number, date, name or negation of the known fact may only be dropped where the new fact contradicts it, and at least
    as much of the known fact must stay as is dropped.
    """
    if not is_storable(text):
        return False
    new, old, merged = points_of(fact), points_of(known), points_of(text)
    numbers = new.numbers <= merged.numbers <= new.numbers | old.numbers
    dates = new.dates <= merged.dates <= new.dates | old.dates
    names = new.names - old.names <= merged.names | merged.content
    return numbers and dates and names and _keeps(new, old, merged)


def remainder_is_safe(forget: str, text: str, *, known: str) -> bool:
    """Tell whether `text` can be the remainder of a known fact when part of it is to be forgotten.

    It must be about the same thing and add no number, date, name or negation. It may lack only dates and names that are
    to be forgotten, and numbers together with them.
    """
    if not is_storable(text):
        return False
    new, old, merged = points_of(forget), points_of(known), points_of(text)
    adds = merged.numbers - old.numbers or merged.dates - old.dates or merged.names - old.names - old.content
    names, dates = old.names - merged.names - merged.content, old.dates - merged.dates
    lost = names <= new.names | new.content and dates <= new.dates
    counted = bool(names) or old.numbers - merged.numbers <= new.numbers
    kept, added = _both(old, merged), len(merged.content) - len(_both(merged, old))
    return not adds and lost and counted and merged.negates <= old.negates and added <= len(kept) > 0


def delete_is_safe(fact: str, known: str) -> bool:
    """Tell whether a new fact can end a known one: it is about the same thing and does not merely add to it.

    This is not checked for requests to forget.
    """
    new, old = points_of(fact), points_of(known)
    if old.content and new.content and not new.content & old.content:
        return len(old.content) <= _SHORT and _differ(new.dates, old.dates) | _differ(new.names, old.names)
    more = old.content <= new.content and old.numbers <= new.numbers and old.dates <= new.dates
    about = bool(new.content & old.content) or _differ(new.numbers, old.numbers) or _differ(new.dates, old.dates)
    return about and (not more or new.ends or new.negates != old.negates)


_SHORT = 2
"""Words that let a fact be replaced by one with no word in common: "I live in Paris" and "I moved to Lyon"."""


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other and one != other)


def _both(one: Points, other: Points) -> set[str]:
    """Return the content words of one sentence that the other has as well, ignoring word endings."""
    stems = [_stem(word) for word in other.content]
    return {word for word in one.content if any(_alike(_stem(word), stem) for stem in stems)}


def _alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _stem(word: str) -> str:
    return word.rstrip("s")[:5] or word


def _keeps(new: Points, old: Points, merged: Points) -> bool:
    pairs = ((new.numbers, old.numbers, merged.numbers), (new.dates, old.dates, merged.dates))
    over = new.negates and merged.negates and not old.negates
    return (
        # What is dropped must be replaced by something of its kind, unless the whole fact no longer holds.
        all(
            over or had_points <= told_points or said_points - had_points
            for said_points, had_points, told_points in pairs
        )
        and _keeps_names(new, old, merged)
        and _keeps_negation(new, old, merged)
        and _keeps_content(new, old, merged)
    )


def _keeps_names(new: Points, old: Points, merged: Points) -> bool:
    """Tell whether names are kept or replaced by others; a name may also be replaced by a word not written as a name.

    In that case everything else must stay ("i moved to lyon" turns "I live in Paris" into "I live in lyon").
    """
    lost = (old.names | old.first) - merged.content - merged.names
    if not lost or (new.names | new.first) - old.names - old.first:
        return True
    replaced = (merged.content & new.content) - old.content
    return len(lost) == 1 and not new.names and bool(replaced) and old.content - lost <= merged.content


def _keeps_negation(new: Points, old: Points, merged: Points) -> bool:
    """Tell whether a negation is kept, or dropped because a new fact without one is about the same thing."""
    if not old.negates or merged.negates:
        return True
    kept = _both(old, merged)
    return not new.negates and bool(kept) and kept <= _both(old, new)


def _keeps_content(new: Points, old: Points, merged: Points) -> bool:
    """Tell whether at least half of the known fact stays, and something new replaces the rest.

    This detects a merge that drops a memory: "my dog likes walks" no longer says "my dog is called rex". A short fact
    may be replaced as a whole, by other names or dates, or by what the new fact says and nothing else.
    """
    kept = _both(old, merged)
    lost = len(old.content - old.dates) - len(kept - old.dates)
    if lost <= 0:
        return True
    restated = not kept and merged.content <= new.content
    replaced = restated or _differ(new.names, old.names) or _differ(new.dates, old.dates)
    return bool(merged.content - old.content) and lost <= max(len(kept), _SHORT if replaced else 0)
