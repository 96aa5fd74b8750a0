"""Typed values: numbers with their units, times, weekdays and months, however they are written.

120,000 is 120000, 2.50 is 2.5, "two hundred" is 200, 180 cm is 1.80 m, 9 pm is 21:00, ٣٥ is 35.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from memorybank.languages.meanings.clock import half_of_day, minutes_of, shift_at
from memorybank.languages.meanings.table import Meanings

DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")
"""A number as it is written."""

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_GROUPS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_HALVES = {"am": 0, "pm": 12, "a.m": 0, "p.m": 12}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "%": "%"}
_BASE = {
    "km": ("m", "1000"), "m": ("m", "1"), "cm": ("m", "0.01"), "mile": ("m", "1609.344"), "foot": ("m", "0.3048"),
    "inch": ("m", "0.0254"), "kg": ("g", "1000"), "g": ("g", "1"), "mg": ("g", "0.001"), "lb": ("g", "453.592"),
    "l": ("l", "1"), "ml": ("l", "0.001"), "h": ("s", "3600"), "min": ("s", "60"), "s": ("s", "1"),
    "day": ("s", "86400"), "week": ("s", "604800"), "year": ("a", "12"), "month": ("a", "1"),
}  # fmt: skip
_PER = frozenset({"per", "pro", "par", "por"})
_RATES = frozenset({"h", "day", "week", "month", "year"})
_LONGEST_CODE = 24
_YEARS = range(1900, 2100)
_LATEST = 2400
"""The largest number that may be said for a time: "nine thirty" is 930."""

_CLOCKED = frozenset({"", "h"})
_HUNDRED, _THOUSAND, _DOZEN, _NOON, _MINUTES = 100, 1000, 12, 12, 60


@dataclass(frozen=True)
class Value:
    """A value.

    `kind` is "number", "time" (in minutes), "day", "month", "rate" ("a week"), or "one" for an indefinite article.
    """

    kind: str
    amount: Decimal
    unit: str = ""

    @property
    def family(self) -> str:
        """The kind of values that it can give way to: a time to a time, also if it is a bare number."""
        bare = self.kind == "number" and self.unit in ("", "h")
        return "number" if bare or self.kind in ("one", "time") else f"{self.kind}"

    @property
    def is_date(self) -> bool:
        """Whether it is a day, a month or a year."""
        return self.kind in ("day", "month") or (not self.unit and self.kind == "number" and self.amount in _YEARS)

    def same(self, other: Value) -> bool:
        """Tell whether two values are equal; a unit that one of them leaves out does not count."""
        if self.kind == other.kind:
            return _base(self) == _base(other) or (
                self.amount == other.amount and (not self.unit or not other.unit or self.unit == other.unit)
            )
        kinds = {self.kind: self, other.kind: other}
        if kinds.keys() == {"time", "number"}:
            number, time = kinds["number"], kinds["time"]
            if number.amount > _LATEST:
                return False
            said = number.amount // _HUNDRED * _MINUTES + number.amount % _HUNDRED  # "nine thirty"
            return number.unit in ("", "h") and time.amount in (number.amount * _MINUTES, 0 if number.unit else said)
        return kinds.keys() == {"one", "number"} and self.amount == other.amount


@dataclass(frozen=True)
class Found:
    """A value found in words, and how many of them it takes."""

    value: Value
    size: int


def value_at(words: Sequence[str], at: int, table: Meanings) -> Found | None:
    """Return the value that begins at a word; words are as `plain` writes them."""
    found = _value_at(words, at, table)
    if not found and words[at] not in table.half_days and not shift_at(words, at, table.shifts):
        return None  # a time begins with one of these
    return _at_clock(words, at, table) or found


def _at_clock(words: Sequence[str], at: int, table: Meanings) -> Found | None:
    """Return the time that is said with a word for a part of the hour or of the day: "half past four", 오전 9시."""
    shift, size = _minutes_past(words, at, table) or shift_at(words, at, table.shifts) or (0, 0)
    size = size or int(words[at] in table.half_days)
    inner = _hour_at(words, at + size, table)
    if inner is None:
        return None
    size += inner.size
    after, more = shift_at(words, at + size, table.shifts_after) or (0, 0)
    size += more
    hours, unit = inner.value.amount + Decimal(shift + after) / _MINUTES, inner.value.unit
    if more and at + size < len(words) and table.measures.get(words[at + size]) in _RATES and not unit:
        unit, size = table.measures[words[at + size]], size + 1  # two and a half hours
    said = half_of_day(words, at + size, table) if not shift or unit in _CLOCKED else None
    half = table.half_days.get(words[at], said[0] if said else None)
    size += said[1] if said else 0
    if half is not None and unit in _CLOCKED and hours < 2 * _NOON:
        return Found(Value("time", minutes_of(hours, half)), size)
    return Found(Value("number", hours.normalize(), unit or "h"), size) if shift or after else None


def _minutes_past(words: Sequence[str], at: int, table: Meanings) -> tuple[int, int] | None:
    """Return the minutes that are said to be past an hour, and how many words that takes: "twenty past"."""
    found = _value_at(words, at, table) if table.past_hour else None
    after = words[at + found.size] if found and at + found.size < len(words) else ""
    if found is None or found.value.kind != "number" or found.value.unit not in ("", "min") or not after:
        return None
    past = after in table.past_hour.split() and found.value.amount < _MINUTES
    return (int(found.value.amount), found.size + 1) if past else None


def _hour_at(words: Sequence[str], at: int, table: Meanings) -> Found | None:
    """Return the number of hours that begins at a word, also as an article with a unit: "an hour and a half"."""
    if at >= len(words):
        return None
    after = table.measures.get(words[at + 1], "") if at + 1 < len(words) else ""
    if words[at] in table.one and after in _RATES and shift_at(words, at + 2, table.shifts_after):
        return Found(Value("number", Decimal(1), after), 2)
    found = _value_at(words, at, table)
    if found is None or found.value.kind not in ("number", "time") or found.value.unit not in ("", "h", "th"):
        return None
    if found.value.kind == "time":
        return Found(Value("number", found.value.amount / _MINUTES, "h"), found.size)
    return Found(Value("number", found.value.amount, found.value.unit.replace("th", "h")), found.size)


def _value_at(words: Sequence[str], at: int, table: Meanings) -> Found | None:
    word = words[at]
    if word in _SIGNS and at + 1 < len(words) and DIGITS.fullmatch(words[at + 1]):
        return Found(Value("number", _amount(words[at + 1]), _SIGNS[word]), 2)
    if DIGITS.fullmatch(word):
        return _written(words, at, table)
    if word in table.days:
        return Found(Value("day", Decimal(table.days[word])), 1)
    if word in table.month_names:
        return Found(Value("month", Decimal(table.month_names[word])), 1)
    if word not in table.counts and (rank := table.rank(word)) is not None:
        return Found(Value("number", Decimal(rank), "th"), 1)
    return _spoken(words, at, table)


def same_in(value: Value, values: Sequence[Value]) -> bool:
    """Tell whether one of the values is the same."""
    return any(value.same(other) for other in values)


def _written(words: Sequence[str], at: int, table: Meanings) -> Found:
    clock = _CLOCK.fullmatch(words[at])
    after = words[at + 1] if at + 1 < len(words) else ""
    if after in _HALVES or clock:
        hour, minute = (int(clock[1]), int(clock[2])) if clock else (int(_amount(words[at])), 0)
        if after in _HALVES:
            hour = hour % _NOON + _HALVES[after]
        return Found(Value("time", Decimal(hour * 60 + minute)), 1 + (after in _HALVES or after in ("uhr", "h")))
    amount, size = _amount(words[at]), 1
    if table.counts.get(after, 0) >= _HUNDRED:
        amount, size = amount * table.counts[after], 2
    return _measured(amount, words, at, size=size, table=table)


def _measured(amount: Decimal, words: Sequence[str], at: int, *, size: int, table: Meanings) -> Found:
    """Add the unit after a number."""
    after = words[at + size] if at + size < len(words) else ""
    unit = _SIGNS.get(after) or table.measures.get(after) or ""
    if after in ("st", "nd", "rd", "th"):
        return Found(Value("number", amount, "th"), size + 1)
    return Found(Value("number", amount, unit), size + (after in _SIGNS or (bool(unit) and after not in table.ranks)))


def _amount(text: str) -> Decimal:
    """Return a number as written; parts joined by other signs than points and commas are digits in a row."""
    if _GROUPS.fullmatch(text):
        return Decimal(re.sub("[.,]", "", text))
    parts = re.split("[.,]", text)
    if len(parts) == 2 and all(part.isdigit() for part in parts):  # noqa: PLR2004  # before and after the point
        return Decimal(f"{parts[0]}.{parts[1]}").normalize()
    digits = "".join(str(int(character)) for character in text if character.isdigit())
    signed = len(digits) < len(text)
    return Decimal(digits) + (Decimal("0.5") if signed else 0)  # 12-34 is neither 1234 nor 12 and 34


def _spoken(words: Sequence[str], at: int, table: Meanings) -> Found | None:
    """Return the number said in words that begins here."""
    if words[at] in _PER and at + 1 < len(words) and table.measures.get(words[at + 1]) in _RATES:
        return Found(Value("rate", Decimal(1), table.measures[words[at + 1]]), 2)
    if words[at] in table.one and words[at] not in table.counts:
        after = words[at + 1] if at + 1 < len(words) else ""
        unit = table.measures.get(after, "")
        if unit in _RATES:
            return Found(Value("rate", Decimal(1), unit), 2)
        return Found(Value("one", Decimal(1)), 1) if after else None
    return _counted(words, at, table) if _parts(words[at], table) is not None else None


def _counted(words: Sequence[str], at: int, table: Meanings) -> Found | None:
    if run := _digit_by_digit(words, at, table):
        return _measured(Decimal(run), words, at, size=len(run), table=table)
    total = current = Decimal(0)
    size, last = 0, 0
    for word in words[at : at + 12]:
        parts = _parts(word, table)
        if parts is None:
            rest = words[at + size + 1 : at + size + 2]
            if last and word in _JOINED and rest and _parts(rest[0], table):
                size += 1
                continue
            break
        for part in parts:
            paired = table.pairs_numbers and current == last and 0 < last <= 20 and 10 <= part <= 90  # noqa: PLR2004
            total, current = (total, current * _HUNDRED + part) if paired else _added(total, current, part)
            last = part
        size += 1
    if not last and not (size and current == 0 and words[at] in table.counts):
        return None
    return _measured(total + current, words, at, size=size, table=table)


def _digit_by_digit(words: Sequence[str], at: int, table: Meanings) -> str:
    """Return the number that is said digit by digit, as codes are: "four four seven one"."""
    if (table.count(words[at]) or 0) >= 10 or table.count(words[at]) is None:  # noqa: PLR2004
        return ""
    counts = (table.count(word) for word in words[at : at + _LONGEST_CODE])
    digits = [str(count) for count in itertools.takewhile(lambda each: each is not None and each < 10, counts)]  # noqa: PLR2004
    after = words[at + len(digits)] if at + len(digits) < len(words) else ""
    spoken_on = (table.count(after) or 0) >= 10  # noqa: PLR2004  # "two hundred", "quatre vingt"
    return "".join(digits) if len(digits) > 1 and not spoken_on else ""


_BETWEEN = re.compile("einund|und|ein|en")
"""What may stand in a number of one word beside the words for numbers."""

_JOINED = frozenset({"and", "y", "et", "e", "und"})


def _added(total: Decimal, current: Decimal, part: int) -> tuple[Decimal, Decimal]:
    if part >= _THOUSAND:
        return total + max(current, Decimal(1)) * part, Decimal(0)
    if part == _HUNDRED or (part == 20 and current == 4) or (part == _DOZEN and 0 < current < 10):  # noqa: PLR2004  # quatre-vingt; two dozen
        return total, max(current, Decimal(1)) * part
    return total, current + part


def _parts(word: str, table: Meanings) -> list[int] | None:
    """Return the numbers in a word, such as einundzwanzig or quatre-vingt-dix; None if it is no number."""
    if (count := table.count(word)) is not None:
        return [count]
    if "-" in word:
        parts = [table.counts.get(part) for part in word.split("-") if part not in _JOINED]
        return None if None in parts or not parts else [part for part in parts if part is not None]
    return _glued(word, table) if table.glued_numbers else None


def _glued(word: str, table: Meanings) -> list[int] | None:
    found: list[int] = []
    rest = word
    while rest:
        if begun := table.glued_parts.match(rest):
            found.append(table.counts[begun[0]])
        elif begun := _BETWEEN.match(rest):
            found += [1] if begun[0] in ("einund", "ein") else []
        else:
            return None
        rest = rest[begun.end() :]
    # Units stand before tens, and hundreds multiply what stands before them.
    return found if any(each >= 10 for each in found) else None  # noqa: PLR2004


def _base(value: Value) -> tuple[str, str, Decimal]:
    unit, factor = _BASE.get(value.unit, (value.unit, "1"))
    return value.kind, unit, (value.amount * Decimal(factor)).normalize()
