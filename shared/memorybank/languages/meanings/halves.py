"""Numbers with halves, in words of any language: half past six, anderthalb, półtora, 一万五."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from memorybank.languages import union
from memorybank.languages.language import alternatives

_UNSPACED_SCRIPT = re.compile("[\u0590-\u06ff\u0900-\u0dff\u3040-\u9fff\uac00-\ud7a3]")


def _pattern(listed: tuple[str, ...]) -> re.Pattern[str]:
    inside = [word for word in listed if _UNSPACED_SCRIPT.match(word)]
    spaced = [word for word in listed if word not in inside]
    return re.compile(rf"\b(?:{alternatives(spaced)})\b|{alternatives(inside)}")


_HALF, _QUARTER = _pattern(union.said("halves")), _pattern(union.said("quarters"))
_AND_A_HALF = re.compile(r"(\w{3,12})einhalb")
_OF_A_YEAR = frozenset({"0.5", "1.5", "6", "18", "30", "45", "50", "90", "500", "500000"})
"""What half may stand for: of one, of a year in months, of an hour in minutes, in per cent, with a whole one."""

_QUARTERS = frozenset({"15", "45", "0.25", "0.75", "3", "9", "25", "75"})
_MOST = 24
_UNSPACED = re.compile("([一二两兩三四五六七八九])([万萬千])([一二三四五六七八九])(?![千百十万萬])")
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2, "兩": 2}
_POINT = re.compile(r"(?<!\w)(\w{1,20}) (?:point|komma|virgule|coma|vírgula|virgola|przecinek|целых) (\w{1,20})")
_MIDDLE = re.compile(r"\bmid[- ]?(?:to[- ]late[- ])?(\w{1,20})|\bmitte (\w{1,20})|\bmi-(\w{1,20})")


def says_half(text: str) -> bool:
    """Tell whether a text speaks of a half or a quarter."""
    return _HALF.search(text) is not None or _QUARTER.search(text) is not None


def with_halves(text: str, values: Iterable[str]) -> Iterator[str]:
    """Yield the numbers that a text with halves and quarters may mean, given its other numbers."""
    hours = sorted({int(value) for value in values if value.isdigit() and int(value) <= _MOST})
    if _HALF.search(text):
        yield from _OF_A_YEAR
        yield from (form for hour in hours for form in (f"{hour}.5", *_clock(hour, "30"), *_clock(hour - 1, "30")))
    if _QUARTER.search(text):
        yield from _QUARTERS
        for minutes in ("15", "45"):
            yield from (form for hour in hours for form in (*_clock(hour, minutes), *_clock(hour - 1, minutes)))
    for match in _UNSPACED.finditer(text):
        scale = 10_000 if match[2] in "万萬" else 1_000
        yield str(_DIGITS[match[1]] * scale + _DIGITS[match[3]] * scale // 10)


def joined(text: str, amounts: dict[str, int]) -> Iterator[str]:
    """Yield the decimals and decades that a text says in words, by the amounts of its words: three point seven."""
    for match in _POINT.finditer(text):
        parts = [part if part.isdigit() else str(amounts.get(part, "")) for part in match.groups()]
        yield ".".join(parts)
    for match in _MIDDLE.finditer(text):
        word = next(filter(None, match.groups()))
        if word in amounts:
            yield str(amounts[word] + 5)
    for match in _AND_A_HALF.finditer(text):
        if match[1] in amounts:
            yield f"{amounts[match[1]]}.5"


def _clock(hour: int, minutes: str) -> Iterator[str]:
    for each in (hour, (hour + 12) % 24, hour % 12 or 12):
        yield f"{each}:{minutes}"
