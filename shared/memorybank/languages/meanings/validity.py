"""From when and until when a statement holds, as far as it says so: "since March 2021", "until June", "2019 to 2022".

Dates keep the precision that was said: "2021", "2021-03" or "2021-03-15". A month without a year is the last one before
the statement, or the next one where it ends something that is still true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property

from memorybank.languages.meanings.known import meanings_of
from memorybank.languages.meanings.table import MARKS, Meanings, plain
from memorybank.languages.meanings.unspaced import amount_of

_LONG_DASH = re.compile(r"(?<=\d)\s{0,3}[\u2013\u2014-]\s{0,3}(?=(?:19|20)\d\d)")
_ENDING = re.compile(r"(?<=\d)-(?=[^\W\d_])")  # of a case, in Hungarian: 2019-től
_TOKEN = re.compile(rf"\d[\w./-]*\w|\d|(?:[^\W\d_]|[{MARKS}])+|[$€£¥₹%]")
_PART = re.compile(r"\d+(?:[./-]\d+)*|[^\W\d_]|[$€£¥₹%]")
_DIGIT = re.compile(r"\d")
_SPELT = frozenset({"ja", "zh", "ko"})
"""Languages that are read character by character: what marks a date is joined to other words."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_YEARS = re.compile(rf"({_YEAR.pattern})-({_YEAR.pattern})")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|o|e|-?го)?")
_ISO = re.compile(r"(\d{4})[./-](\d{1,2})(?:[./-](\d{1,2}))?")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})([./-]))?(\d{1,2})[./](\d{4})")
_MARKS = {"年": "year", "년": "year", "月": "month", "월": "month", "日": "day", "号": "day", "일": "day"}
_NUMERAL = frozenset("〇零一二三四五六七八九十")
_MOST_DAYS, _MOST_MONTHS = 31, 12
_MONTHS = {str(month): month for month in range(1, _MOST_MONTHS + 1)}
_LONGEST_NUMERAL = 4


@dataclass(frozen=True)
class PartialDate:
    """A date of which the day, or the month and the day, or the year may not be said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def whole(self) -> bool:
        """Tell whether it can be a date: a year, or a month with or without its year."""
        if self.month is None:
            return self.year is not None and self.day is None
        try:
            date(self.year or 2000, self.month, self.day or 1)  # 2000 has a 29th of February
        except ValueError:
            return False
        return True

    def __str__(self) -> str:
        """Write it as ISO 8601 does."""
        parts = (f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None))
        return "-".join(parts)

    def in_year(self, said: date, *, ahead: bool) -> PartialDate:
        """Return it with a year: that of the last such date at `said`, or of the next one."""
        if self.year is not None or self.month is None:
            return self
        begun = (self.month, self.day or 1) <= (said.month, said.day)
        over = (self.month, self.day or _MOST_DAYS) < (said.month, said.day)
        return PartialDate(said.year + over if ahead else said.year - (not begun), self.month, self.day)


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
    reading = _Reading(table, tuple(_tokens(text, table)))
    bounds = list(reading.bounds()) if reading.may_date() else []
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


def _tokens(text: str, table: Meanings) -> list[str]:
    pattern = _PART if table.code in _SPELT else _TOKEN
    said = _LONG_DASH.sub("-", _DIGIT.sub(lambda digit: str(int(digit[0])), plain(text)))
    return pattern.findall(_ENDING.sub(" ", said) if table.code == "hu" else said)


@dataclass(frozen=True, eq=False)
class _Words:
    """The words of a language that stand before and after the bounds of a time."""

    before: tuple[tuple[str, tuple[str, ...]], ...]
    after: tuple[tuple[str, tuple[str, ...]], ...]
    spans: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    in_dates: frozenset[str]


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
        frozenset(token for word in table.in_dates.split() for token in _phrase(word, table)),
    )


def _phrase(word: str, table: Meanings) -> tuple[str, ...]:
    return tuple(_tokens(word.replace("_", " "), table))


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

    def may_date(self) -> bool:
        """Tell whether there is anything that a date is made of: most statements have none."""
        names = self.table.month_names
        return any(token in names or token in _MARKS or _DIGIT.search(token) for token in self.tokens)

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
        if years := _YEARS.fullmatch(self.tokens[at]):
            return at + 1, [("since", PartialDate(int(years[1]))), ("until", PartialDate(int(years[2])))]
        for opening, closing in self.words.spans:
            first = self._date(at + len(opening)) if self._at(at, opening) else None
            if first and self._at(first[0], closing) and (last := self._date(first[0] + len(closing))):
                return last[0], [("since", first[1]), ("until", last[1])]
        return None

    def _before(self, at: int) -> tuple[int, list[tuple[str, PartialDate]]] | None:
        for kind, phrase in self.words.before:
            if self._at(at, phrase) and (found := self._date(at + len(phrase))):
                return found[0], [(kind, found[1])]
        return None

    def _after(self, at: int) -> tuple[int, list[tuple[str, PartialDate]]] | None:
        """Read a date with the word after it, or two dates in a row that are the bounds of one time."""
        first = self._date(at) if self.words.after and self.tokens[at] not in self.words.in_dates else None
        if first is None:
            return None
        end, when = first
        if marked := self._mark(end):
            return marked[0], [(marked[1], when)]
        last = self._date(end)
        marked = self._mark(last[0]) if last else None
        if last and marked and marked[1] == "until":
            return marked[0], [("since", when), ("until", last[1])]
        return None

    def _mark(self, at: int) -> tuple[int, str] | None:
        """Return what the words after a date make of it, and where they end."""
        return next(((at + len(each), kind) for kind, each in self.words.after if self._at(at, each)), None)

    def _date(self, at: int) -> tuple[int, PartialDate] | None:
        """Return the date that begins at a word, and where it ends, words that belong to it included."""
        while at < len(self.tokens) and self.tokens[at] in self.words.in_dates:
            at += 1
        if at >= len(self.tokens):
            return None
        if written := _written(self.tokens[at], self.table.code):
            end, when = at + 1, written
        else:
            end, when = self._counted(at) if self.table.code in _SPELT else self._named(at)
        after = self.tokens[end] if end < len(self.tokens) else ""
        if not when.whole or (end - at == 1 and self.table.measures.get(after, "year") != "year"):
            return None
        while end < len(self.tokens) and self.tokens[end] in self.words.in_dates:
            end += 1
        return end, when

    def _named(self, at: int) -> tuple[int, PartialDate]:
        """Read a date whose month has a name or a number: 5 March 2021, March 5, 2021, tháng 3 năm 2021."""
        parts: dict[str, int] = {}
        end = at
        for here in range(at, len(self.tokens)):
            token = self.tokens[here]
            if token in self.words.in_dates:
                continue
            kind, value = self._part(token, of_month=self.table.measures.get(self.tokens[here - 1]) == "month")
            if not kind or kind in parts or (kind == "day" and "year" in parts):
                break
            parts[kind], end = value, here + 1
        return end, PartialDate(**parts)

    def _part(self, token: str, *, of_month: bool) -> tuple[str, int]:
        """Read a part of a date; `of_month` says that the word before is "month", as in Vietnamese: tháng 3."""
        if of_month and token in _MONTHS:
            return "month", _MONTHS[token]
        if token in self.table.month_names:
            return "month", self.table.month_names[token]
        if _YEAR.fullmatch(token):
            return "year", int(token)
        day = _DAY.fullmatch(token)
        return ("day", int(day[1])) if day and 0 < int(day[1]) <= _MOST_DAYS else ("", 0)

    def _counted(self, at: int) -> tuple[int, PartialDate]:
        """Read a date whose parts are marked: 2021年3月5日."""
        parts: dict[str, int] = {}
        end = at
        while end < len(self.tokens):
            run = self.tokens[end : end + _LONGEST_NUMERAL + 1]
            size = next((number for number, each in enumerate(run) if each not in _NUMERAL), 0)
            size = size or int(self.tokens[end].isdecimal())
            mark = _MARKS.get(self.tokens[end + size]) if size and end + size < len(self.tokens) else None
            if mark is None or mark in parts or (mark == "day" and "month" not in parts):
                break
            parts[mark] = int(amount_of("".join(self.tokens[end : end + size])))
            end += size + 1
        if "year" in parts and not _YEAR.fullmatch(str(parts["year"])):
            return at, PartialDate()
        return end, PartialDate(**parts)


def _written(token: str, code: str) -> PartialDate | None:
    """Read a date in digits; one that may be read in two ways is none."""
    if found := _ISO.fullmatch(token):
        return PartialDate(*(int(part) if part else None for part in found.groups()))
    found = _DAY_FIRST.fullmatch(token)
    if not found:
        return None
    day, month = int(found[1]) if found[1] else None, int(found[3])
    if code == "en" and day and found[2] == "/" and day != month:
        if day <= _MOST_MONTHS and month <= _MOST_MONTHS:
            return None
        day, month = max(day, month), min(day, month)
    return PartialDate(int(found[4]), month, day)
