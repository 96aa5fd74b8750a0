"""Dates as they are said, of which the year, the month or the day may be left out: "March 2021", "June", 3月5日."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from memorybank.languages import union
from memorybank.languages.language import alternatives
from memorybank.languages.meanings.spelling import MARKS, plain
from memorybank.languages.meanings.table import Meanings
from memorybank.languages.meanings.unspaced import amount_of
from memorybank.text.normal import with_ascii_digits

YEARS = re.compile(r"((?:19|20)\d\d)-((?:19|20)\d\d)")
"""Two years that a time goes from and to."""

_LONG_DASH = re.compile(r"(?<=\d)\s{0,3}[\u2013\u2014-]\s{0,3}(?=(?:19|20)\d\d)")
_HYPHEN_BEFORE_ENDING = re.compile(r"(?<=\d)-(?=[^\W\d_])")
_TOKEN = re.compile(rf"\d[\w./-]*\w|\d|(?:[^\W\d_]|[{MARKS}])+|[$€£¥₹%]")
_PART = re.compile(r"\d+(?:[./-]\d+)*|[^\W\d_]|[$€£¥₹%]")
_DIGIT = re.compile(r"\d")

_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(rf"(\d{{1,2}})(?:{alternatives(union.said('rank_signs'))})?")
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


def tokens_of(text: str, table: Meanings) -> tuple[str, ...]:
    """Return the words, numbers and signs of a text; where dates are marked, the single characters."""
    said = _LONG_DASH.sub("-", with_ascii_digits(plain(text)))
    said = _HYPHEN_BEFORE_ENDING.sub(" ", said) if table.hyphened_endings else said
    return tuple((_PART if table.marked_dates else _TOKEN).findall(said))


@cache
def words_in_dates(table: Meanings) -> frozenset[str]:
    """Return the words that dates may contain."""
    return frozenset(token for word in table.in_dates.split() for token in tokens_of(word.replace("_", " "), table))


def may_date(tokens: Sequence[str], table: Meanings) -> bool:
    """Tell whether there is anything that a date is made of: most statements have none."""
    names = table.month_names
    return any(token in names or token in _MARKS or _DIGIT.search(token) for token in tokens)


def date_at(tokens: Sequence[str], at: int, table: Meanings) -> tuple[int, PartialDate] | None:
    """Return the date that begins at a word, and where it ends, words that belong to it included."""
    within = words_in_dates(table)
    while at < len(tokens) and tokens[at] in within:
        at += 1
    if at >= len(tokens):
        return None
    if written := _written(tokens[at], month_may_lead=table.month_may_lead):
        end, when = at + 1, written
    else:
        end, when = _marked(tokens, at) if table.marked_dates else _named(tokens, at, table)
    after = tokens[end] if end < len(tokens) else ""
    if not when.whole or (end - at == 1 and table.measures.get(after, "year") != "year"):
        return None
    while end < len(tokens) and tokens[end] in within:
        end += 1
    return end, when


def _named(tokens: Sequence[str], at: int, table: Meanings) -> tuple[int, PartialDate]:
    """Read a date whose month has a name or a number: 5 March 2021, March 5, 2021, tháng 3 năm 2021."""
    within = words_in_dates(table)
    parts: dict[str, int] = {}
    end = at
    for here in range(at, len(tokens)):
        token = tokens[here]
        if token in within:
            continue
        kind, value = _part(token, table, of_month=here > 0 and table.measures.get(tokens[here - 1]) == "month")
        if not kind or kind in parts or (kind == "day" and "year" in parts):
            break
        parts[kind], end = value, here + 1
    return end, PartialDate(**parts)


def _part(token: str, table: Meanings, *, of_month: bool) -> tuple[str, int]:
    """Read a part of a date; `of_month` says that the word before is "month", as in Vietnamese: tháng 3."""
    if of_month and token in _MONTHS:
        return "month", _MONTHS[token]
    if token in table.month_names:
        return "month", table.month_names[token]
    if _YEAR.fullmatch(token):
        return "year", int(token)
    day = _DAY.fullmatch(token)
    return ("day", int(day[1])) if day and 0 < int(day[1]) <= _MOST_DAYS else ("", 0)


def _marked(tokens: Sequence[str], at: int) -> tuple[int, PartialDate]:
    """Read a date whose parts are marked: 2021年3月5日."""
    parts: dict[str, int] = {}
    end = at
    while end < len(tokens):
        run = tokens[end : end + _LONGEST_NUMERAL + 1]
        size = next((number for number, each in enumerate(run) if each not in _NUMERAL), 0)
        size = size or int(tokens[end].isdecimal())
        mark = _MARKS.get(tokens[end + size]) if size and end + size < len(tokens) else None
        if mark is None or mark in parts or (mark == "day" and "month" not in parts):
            break
        parts[mark] = int(amount_of("".join(tokens[end : end + size])))
        end += size + 1
    if "year" in parts and not _YEAR.fullmatch(str(parts["year"])):
        return at, PartialDate()
    return end, PartialDate(**parts)


def _written(token: str, *, month_may_lead: bool) -> PartialDate | None:
    """Read a date in digits; one that may be read in two ways is none."""
    if found := _ISO.fullmatch(token):
        return PartialDate(*(int(part) if part else None for part in found.groups()))
    found = _DAY_FIRST.fullmatch(token)
    if not found:
        return None
    day, month = int(found[1]) if found[1] else None, int(found[3])
    if month_may_lead and day and found[2] == "/" and day != month:
        if day <= _MOST_MONTHS and month <= _MOST_MONTHS:
            return None
        day, month = max(day, month), min(day, month)
    return PartialDate(int(found[4]), month, day)
