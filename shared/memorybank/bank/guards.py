"""What code says about a model's decision: it has the last word on numbers, dates, names and negations."""

from __future__ import annotations

from memorybank.bank.points import Points, points_of
from memorybank.resources.memory import MAX_FACT


def keep_is_safe(new: str, known: str) -> bool:
    """Tell whether a new fact may be taken to say nothing that the known one does not.

    It may not when it has a number, a date or a name that the known one lacks, or when only one of them negates.
    """
    said, had = points_of(new), points_of(known)
    same = said.numbers <= had.numbers and said.dates <= had.dates and said.negates == had.negates
    return same and said.names <= had.names | had.content


def is_storable(text: str) -> bool:
    """Tell whether a text can be a fact at all."""
    return bool(text.strip()) and len(text) <= MAX_FACT


def update_is_safe(new: str, text: str, *, known: str) -> bool:
    """Tell whether `text` may replace a known fact on the strength of a new one.

    It must keep the new fact's numbers, dates and names, and have no number or date that neither of the two has. A
    number, date, name or negation of the known fact may only get lost where the new fact says otherwise on that point,
    and all of it only if the new fact is about it.
    """
    if not is_storable(text):
        return False
    said, had, told = points_of(new), points_of(known), points_of(text)
    numbers = said.numbers <= told.numbers <= said.numbers | had.numbers
    dates = said.dates <= told.dates <= said.dates | had.dates
    names = said.names <= told.names | told.content
    kept = bool(had.content & told.content) or not had.content or _is_about(said, had)
    return numbers and dates and names and kept and _keeps(said, had, told)


def delete_is_safe(new: str, known: str) -> bool:
    """Tell whether a new fact can be what ends a known one: they share a word, or differ on a point that both have.

    Whoever wants something forgotten need not be asked that.
    """
    return _is_about(points_of(new), points_of(known))


def _is_about(said: Points, had: Points) -> bool:
    pairs = ((said.numbers, had.numbers), (said.dates, had.dates), (said.names, had.names))
    return bool(said.content & had.content) or any(one and other and one != other for one, other in pairs)


def _keeps(said: Points, had: Points, told: Points) -> bool:
    pairs = ((said.numbers, had.numbers, told.numbers), (said.dates, had.dates, told.dates))
    return (
        # What was lost must have something of its kind to take its place.
        all(had_points <= told_points or said_points - had_points for said_points, had_points, told_points in pairs)
        and _keeps_names(said, had, told)
        and _keeps_negation(said, had, told)
    )


def _keeps_names(said: Points, had: Points, told: Points) -> bool:
    """Tell whether names are kept or have others in their place; one may be replaced by what is not written as a name.

    In that case all else that was said must stay ("i moved to lyon" makes "I live in lyon" of "I live in Paris").
    """
    lost = had.names - told.content - told.names
    if not lost or said.names - had.names:
        return True
    replaced = (told.content & said.content) - had.content
    return len(lost) == 1 and not said.names and bool(replaced) and had.content - lost <= told.content


def _keeps_negation(said: Points, had: Points, told: Points) -> bool:
    """Tell whether a negation is kept, or given up by a new fact that is about the same and does not negate."""
    if not had.negates or told.negates:
        return True
    return not said.negates and 2 * len(said.content & had.content) >= len(had.content)
