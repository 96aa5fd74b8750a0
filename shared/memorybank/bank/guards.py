"""What code says about a model's decision: it has the last word on numbers, dates, names and negations."""

from __future__ import annotations

from memorybank.bank.points import Points, points_of
from memorybank.resources.memory import MAX_FACT


def keep_is_safe(new: str, known: str) -> bool:
    """Tell whether a new fact may be taken to say nothing that the known one does not.

    It may not when it has a number, a date or a name that the known one lacks, when only one of them negates, or when
    they have no word, number or date in common.
    """
    said, had = points_of(new), points_of(known)
    shared = _both(said, had) or said.numbers & had.numbers or said.dates & had.dates
    if said.content and had.content and not shared:
        return False
    same = said.numbers <= had.numbers and said.dates <= had.dates and said.negates == had.negates
    return same and said.names <= had.names | had.content


def is_storable(text: str) -> bool:
    """Tell whether a text can be a fact at all."""
    return bool(text.strip()) and len(text) <= MAX_FACT


def update_is_safe(new: str, text: str, *, known: str) -> bool:
    """Tell whether `text` may replace a known fact on the strength of a new one.

    It must keep the new fact's numbers, dates and new names, and have no number or date that neither of the two has. A
    number, date, name or negation of the known fact may only get lost where the new fact says otherwise on that point,
    and not more of all it said than stays.
    """
    if not is_storable(text):
        return False
    said, had, told = points_of(new), points_of(known), points_of(text)
    numbers = said.numbers <= told.numbers <= said.numbers | had.numbers
    dates = said.dates <= told.dates <= said.dates | had.dates
    names = said.names - had.names <= told.names | told.content
    return numbers and dates and names and _keeps(said, had, told)


def rest_is_safe(forget: str, text: str, *, known: str) -> bool:
    """Tell whether `text` can be what is left of a known fact when something is to be forgotten.

    It is about the same, adds no number, date, name or negation, and lacks only dates and names that are to be
    forgotten, and numbers together with them.
    """
    if not is_storable(text):
        return False
    said, had, told = points_of(forget), points_of(known), points_of(text)
    adds = told.numbers - had.numbers or told.dates - had.dates or told.names - had.names - had.content
    names, dates = had.names - told.names - told.content, had.dates - told.dates
    lost = names <= said.names | said.content and dates <= said.dates
    counted = bool(names) or had.numbers - told.numbers <= said.numbers
    kept, added = _both(had, told), len(told.content) - len(_both(told, had))
    return not adds and lost and counted and told.negates <= had.negates and added <= len(kept) > 0


def delete_is_safe(new: str, known: str) -> bool:
    """Tell whether a new fact can be what ends a known one: it is about the same, and does not just say more of it.

    Whoever wants something forgotten need not be asked that.
    """
    said, had = points_of(new), points_of(known)
    if had.content and said.content and not said.content & had.content:
        return len(had.content) <= _SHORT and _differ(said.dates, had.dates) | _differ(said.names, had.names)
    more = had.content <= said.content and had.numbers <= said.numbers and had.dates <= said.dates
    about = bool(said.content & had.content) or _differ(said.numbers, had.numbers) or _differ(said.dates, had.dates)
    return about and (not more or said.ends or said.negates != had.negates)


_SHORT = 2
"""Words of a fact that one of no common word may replace: "I live in Paris" and "I moved to Lyon"."""


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other and one != other)


def _both(one: Points, other: Points) -> set[str]:
    """Return the content of one that the other has as well, whatever its endings."""
    stems = [_stem(word) for word in other.content]
    return {word for word in one.content if any(_alike(_stem(word), stem) for stem in stems)}


def _alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _stem(word: str) -> str:
    return word.rstrip("s")[:5] or word


def _keeps(said: Points, had: Points, told: Points) -> bool:
    pairs = ((said.numbers, had.numbers, told.numbers), (said.dates, had.dates, told.dates))
    over = said.negates and told.negates and not had.negates
    return (
        # What was lost must have something of its kind to take its place, unless all of it is no longer so.
        all(
            over or had_points <= told_points or said_points - had_points
            for said_points, had_points, told_points in pairs
        )
        and _keeps_names(said, had, told)
        and _keeps_negation(said, had, told)
        and _keeps_content(said, had, told)
    )


def _keeps_names(said: Points, had: Points, told: Points) -> bool:
    """Tell whether names are kept or have others in their place; one may be replaced by what is not written as a name.

    In that case all else that was said must stay ("i moved to lyon" makes "I live in lyon" of "I live in Paris").
    """
    lost = (had.names | had.first) - told.content - told.names
    if not lost or (said.names | said.first) - had.names - had.first:
        return True
    replaced = (told.content & said.content) - had.content
    return len(lost) == 1 and not said.names and bool(replaced) and had.content - lost <= told.content


def _keeps_negation(said: Points, had: Points, told: Points) -> bool:
    """Tell whether a negation is kept, or given up by a new fact that does not negate, for what that is about."""
    if not had.negates or told.negates:
        return True
    kept = _both(had, told)
    return not said.negates and bool(kept) and kept <= _both(had, said)


def _keeps_content(said: Points, had: Points, told: Points) -> bool:
    """Tell whether at least half of what was said stays, and something new has taken the place of the rest.

    So is a replacement told from a memory that is lost: "my dog is called rex" is no more in "my dog likes walks". A
    short fact may be replaced as a whole, by other names or dates, or by what the new fact says and nothing else.
    """
    kept = _both(had, told)
    lost = len(had.content - had.dates) - len(kept - had.dates)
    if lost <= 0:
        return True
    restated = not kept and told.content <= said.content
    replaced = restated or _differ(said.names, had.names) or _differ(said.dates, had.dates)
    return bool(told.content - had.content) and lost <= max(len(kept), _SHORT if replaced else 0)
