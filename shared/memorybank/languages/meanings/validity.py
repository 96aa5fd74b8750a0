"""From when and until when a statement holds, as far as it says so: "since March 2021", "until June", "2019 to 2022".

Dates keep the precision that was said: "2021", "2021-03" or "2021-03-15". A month without a year is the last one before
the statement, or the next one where it ends something that is still true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property

from memorybank.languages.meanings.known import meanings_of
from memorybank.languages.meanings.partial_dates import YEARS, PartialDate, date_at, may_date, tokens_of, words_in_dates
from memorybank.languages.meanings.table import Meanings


@dataclass(frozen=True)
class Validity:
    """From when and until when a statement holds, as ISO 8601 dates of the precision that was said."""

    since: str | None = None
    until: str | None = None


def validity_of(text: str, said: datetime) -> Validity:
    """Return when a statement that was made at a time holds; two different beginnings or ends are none."""
    table = meanings_of(text)
    if not table.code:
        return Validity()
    reading = _Reading(table, tokens_of(text, table))
    bounds = list(reading.bounds()) if may_date(reading.tokens, table) else []
    if not bounds or reading.has(table.senses.get("if", "")):
        return Validity()
    start = _only(each for kind, each in bounds if kind == "since")
    end = _only(each for kind, each in bounds if kind == "until")
    if start and end and not (start.year or end.year):
        return Validity()  # "from May to September" is every year
    return _dated(start, end, said.date(), plans=reading.has(table.senses.get("plan", "")), was=reading.has(table.was))


def _dated(start: PartialDate | None, end: PartialDate | None, said: date, *, plans: bool, was: bool) -> Validity:
    if start and not start.year and end:
        start = _beside(start, end)
    elif end and not end.year and start:
        end = _beside(end, start)
    start = start and start.in_year(said, ahead=plans)
    end = end and end.in_year(said, ahead=not was)
    if (start and not start.whole) or (end and not end.whole):
        return Validity()
    since, until = (None if each is None else str(each) for each in (start, end))
    if since and until and since[: len(until)] > until:
        return Validity()
    return Validity(since, until)


def _beside(one: PartialDate, other: PartialDate) -> PartialDate:
    """Return a date without a year in that of the other: "from March to June 2021"."""
    return PartialDate(other.year, one.month, one.day)


def _only(found: Iterable[PartialDate]) -> PartialDate | None:
    different = set(found)
    return different.pop() if len(different) == 1 else None


@dataclass(frozen=True, eq=False)
class _Words:
    """The words of a language that stand before and after the bounds of a time."""

    before: tuple[tuple[str, tuple[str, ...]], ...]
    after: tuple[tuple[str, tuple[str, ...]], ...]
    spans: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@cache
def _words(table: Meanings) -> _Words:
    said = [(kind, word) for kind in ("since", "until") for word in getattr(table, kind).split()]
    before = [(kind, _phrase(word, table)) for kind, word in said if word[0] != "-"]
    after = [(kind, _phrase(word[1:], table)) for kind, word in said if word[0] == "-"]
    spans = [tuple(_phrase(word, table) for word in pair.split()) for pair in table.spans]
    return _Words(
        tuple(sorted(before, key=lambda each: -len(each[1]))),
        tuple(sorted(after, key=lambda each: -len(each[1]))),
        tuple((first, last) for first, last in spans),
    )


def _phrase(word: str, table: Meanings) -> tuple[str, ...]:
    return tokens_of(word.replace("_", " "), table)


@cache
def _phrases(said: str, table: Meanings) -> frozenset[tuple[str, ...]]:
    return frozenset(_phrase(word, table) for word in said.split()) - {(month,) for month in table.month_names}


@dataclass(frozen=True, eq=False)
class _Reading:
    """A text as its words, and what in them bounds a time."""

    table: Meanings
    tokens: tuple[str, ...]

    @cached_property
    def words(self) -> _Words:
        return _words(self.table)

    def has(self, said: str) -> bool:
        """Tell whether one of some words occurs."""
        phrases = _phrases(said, self.table)
        return any(self._at(at, phrase) for at in range(len(self.tokens)) for phrase in phrases)

    def bounds(self) -> Iterator[tuple[str, PartialDate]]:
        """Yield the beginnings ("since") and ends ("until")."""
        at = 0
        while at < len(self.tokens):
            found = self._span(at) or self._before(at) or self._after(at)
            if found is None:
                at += 1
                continue
            at, bounds = found
            yield from bounds

    def _at(self, at: int, phrase: tuple[str, ...]) -> bool:
        return bool(phrase) and self.tokens[at : at + len(phrase)] == phrase

    def _span(self, at: int) -> tuple[int, list[tuple[str, PartialDate]]] | None:
        if years := YEARS.fullmatch(self.tokens[at]):
            return at + 1, [("since", PartialDate(int(years[1]))), ("until", PartialDate(int(years[2])))]
        for opening, closing in self.words.spans:
            first = self._date_at(at + len(opening)) if self._at(at, opening) else None
            if first and self._at(first[0], closing) and (last := self._date_at(first[0] + len(closing))):
                return last[0], [("since", first[1]), ("until", last[1])]
        return None

    def _before(self, at: int) -> tuple[int, list[tuple[str, PartialDate]]] | None:
        for kind, phrase in self.words.before:
            if self._at(at, phrase) and (found := self._date_at(at + len(phrase))):
                return found[0], [(kind, found[1])]
        return None

    def _after(self, at: int) -> tuple[int, list[tuple[str, PartialDate]]] | None:
        """Read a date with the word after it, or two dates in a row that are the bounds of one time."""
        first = self._date_at(at) if self.words.after and self.tokens[at] not in words_in_dates(self.table) else None
        if first is None:
            return None
        end, when = first
        if marked := self._mark(end):
            return marked[0], [(marked[1], when)]
        last = self._date_at(end)
        marked = self._mark(last[0]) if last else None
        if last and marked and marked[1] == "until":
            return marked[0], [("since", when), ("until", last[1])]
        return None

    def _mark(self, at: int) -> tuple[int, str] | None:
        """Return what the words after a date make of it, and where they end."""
        return next(((at + len(each), kind) for kind, each in self.words.after if self._at(at, each)), None)

    def _date_at(self, at: int) -> tuple[int, PartialDate] | None:
        return date_at(self.tokens, at, self.table)
