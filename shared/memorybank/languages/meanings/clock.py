"""Times as they are said: "half past seven", "9 in the evening", "midi et demie", and what stands for half of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from memorybank.languages.meanings.table import Meanings

_HOURS, _MINUTES, _NOON = 24, 60, 12
_LONGEST = 4
"""The most words of a phrase that shifts an hour, and of those between an hour and its half of the day."""


def shift_at(words: Sequence[str], at: int, phrases: Mapping[str, Mapping[str, int]]) -> tuple[int, int] | None:
    """Return the minutes by which a phrase that begins here shifts an hour, and how many words it takes.

    `phrases` are given by their first words.
    """
    begun = phrases.get(words[at], {}) if at < len(words) else {}
    for size in range(_LONGEST, 0, -1) if begun else ():
        minutes = begun.get(" ".join(words[at : at + size])) if at + size <= len(words) else None
        if minutes is not None:
            return minutes, size
    return None


def half_of_day(words: Sequence[str], at: int, table: Meanings) -> tuple[int, int] | None:
    """Return the hours before the half of the day that is said here, and how many words that takes."""
    for size in range(min(_LONGEST, len(words) - at)):
        if words[at + size] in table.half_days:
            return table.half_days[words[at + size]], size + 1
        if words[at + size] not in table.silent:
            return None
    return None


def minutes_of(hour: Decimal, half: int) -> Decimal:
    """Return a time of a half of the day in minutes; hours after noon may be said as they are."""
    return (hour if hour > _NOON else hour % _NOON + half) * _MINUTES % (_HOURS * _MINUTES)
