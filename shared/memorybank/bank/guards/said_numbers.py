"""The numbers and dates of a conversation, for the check of facts: written in other ways, but never invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property

from memorybank.languages import union
from memorybank.languages.language import alternatives
from memorybank.languages.meanings import halves, spoken
from memorybank.languages.meanings.known import TABLES
from memorybank.text.normal import nfkc, with_ascii_digits
from memorybank.text.visible import visible

_TOKEN = re.compile(r"\d{1,40}(?:[.,:/-]\d{1,40}){0,9}")
_GROUPED = re.compile(r"\d{1,3}(?:[., ']\d{3})+(?![\d])")
_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})")
_PM = re.compile(rf"(\d{{1,2}})(?:[:.](\d{{2}}))?\s*(?:{'|'.join(union.said('afternoon'))})")
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_ISO = re.compile(r"((?:19|20|21)\d\d)-\d{1,2}(?:-\d{1,2})?")
_SCALES = union.scales()
_SIGNS = "".join(word for word in _SCALES if len(word) == 1 and not word.isascii())
"""The signs of languages without spaces between a number and what follows it."""

_SCALED = re.compile(
    rf"(\d{{1,15}}(?:[.,]\d{{1,15}})?)\s?({alternatives(_SCALES)})(?![^\W\d_])|(\d{{1,15}})([{_SIGNS}])"
)
_WORD = re.compile(r"[^\W\d_]+")
_LONG_RUN = re.compile(r"\d(?:[ ()./-]{0,3}\d){5,}")
_PAIRS = frozenset(union.said("pairs"))
_LISTED = r"[^\W\d_][\w'-]*+"
_JOINS = alternatives(word for word in union.said("joins") if word not in union.said("openers"))
_ENUMERATED = re.compile(
    rf"(?<![\w'-]){_LISTED}(?:, (?:{_LISTED} ){{0,2}}?{_LISTED}){{0,12}},? (?:{_JOINS}|&) [^\W\d_]"
)
_UNSPACED_LIST = re.compile(
    "[\u3041-\u9fff]{1,8}?(?:\u3001[\u3041-\u9fff]{1,8}?){0,12}?[\u3001\u548c\u8ddf\u53ca\u3068][\u3041-\u9fff]"
)
_NUMERIC_DATE = re.compile(r"(?<!\d)\d{1,2}(?:/\d{1,2}|\. ?\d{1,2}\.|[.-]\d{1,2}[.-]\d{2,4})|\d{4}-\d{2}|\d月")
_MONTH_NEAR = 14
_CLOSE_YEARS = 1
_NOON, _MIDNIGHT = 12, 24
_DAY = re.compile(
    rf"\d(?:{alternatives(union.said('rank_signs'))})? (?:(?:{alternatives(union.said('day_of'))}) )?(\w+)"
    r"|(?<!\w)(\w++)(?= \d)"
)
_HOMONYMS = frozenset(union.said("homonyms"))
_MIL = re.compile(r"(?<!\w)(\d{1,4}|[^\W\d_]{2,12}) mil\b")
_LONG_NUMBER = 2
_SPACED_GROUP = re.compile(r"(?<=\d)[ \u00a0\u202f'](?=\d{3}(?!\d))")
_FEASTS = tuple((re.compile(alternatives(called)), date) for date, called in union.feasts())
"""Days that have a name, with their dates."""

_PERCENT = re.compile(rf"\s?(?:%|٪|{'|'.join(union.said('percent'))})")
_FRACTION = re.compile(rf"(\d{{1,2}}) ?(?:{alternatives(union.said('out_of'))}|/) ?(\d{{1,2}})")


class Numbers:
    """The numbers of a conversation; `years` are those of its events, which relative dates start from."""

    def __init__(self, text: str, years: frozenset[int]) -> None:
        self._text = _with_feasts(_plain(text))
        self._years = years

    def have(self, fact: str) -> bool:
        """Tell whether every number and date of a fact was said, or follows from the times of the conversation."""
        text = _plain(fact)
        if (joined := _SPACED_GROUP.sub("", text)) != text and self.have(joined):
            return True
        found = [match for match in _TOKEN.finditer(text) if not self._has_token(match, text)]
        # "2.1 million" is read with its digits.
        words_only = _PERCENT.sub(" ", _SCALED.sub(" ", text))
        written = {whole for _, whole in spoken.spelt(words_only, spoken.claimed_numbers(fact))}
        return not found and all(self._has_value(value) for value in written) and self._has_dates(fact)

    @cached_property
    def _values(self) -> frozenset[str]:
        found = {"1", "0"}
        for match in _TOKEN.finditer(self._text):
            found |= _forms(match[0])
            found |= {_trimmed(part) for part in re.split("[.,:/-]", match[0])}
        for match in _GROUPED.finditer(self._text):
            found.add(_trimmed(re.sub(r"\D", "", match[0])))
        for match in _TIME.finditer(self._text):
            found |= _times(int(match[1]), match[2])
        for match in _PM.finditer(self._text):
            hour = str(int(match[1]) % _NOON + _NOON)
            found |= {hour, f"{hour}:{match[2] or '00'}"}
        found |= {value for pair in spoken.spelt(self._text, spoken.said_numbers()) for value in pair} | set(
            _scaled(self._text)
        )
        found |= set(spoken.inflected(self._text)) | set(_scandinavian_miles(self._text))
        amounts = spoken.amounts(self._text)
        found |= set(halves.with_halves(self._text, found)) | set(halves.joined(self._text, amounts))
        if _PAIRS & set(_WORD.findall(self._text)):
            found.add("2")
        return frozenset(found)

    @cached_property
    def _runs(self) -> tuple[str, ...]:
        return tuple(re.sub(r"\D", "", match[0]) for match in _LONG_RUN.finditer(self._text))

    @cached_property
    def _lists(self) -> frozenset[int]:
        """How many things the lists of the conversation name."""
        spaced = (match[0].count(",") + 2 for match in _ENUMERATED.finditer(self._text))
        unspaced = (match[0].count("\u3001") + 2 for match in _UNSPACED_LIST.finditer(self._text))
        return frozenset([*spaced, *unspaced])

    @cached_property
    def _days(self) -> tuple[frozenset[str], frozenset[str], bool]:
        """The words of the conversation, their first three letters, and whether it has a date in digits."""
        said = frozenset(_WORD.findall(self._text))
        numeric = _NUMERIC_DATE.search(self._text) is not None
        return said, frozenset(word[:3] for word in said), numeric

    @cached_property
    def _says_half(self) -> bool:
        return halves.says_half(self._text)

    def _has_value(self, value: str) -> bool:
        return value in self._values or self._is_count(value)

    def _is_count(self, value: str) -> bool:
        """Tell whether so many things were listed: "Ann, Ben and Cleo" are three."""
        return value.isdigit() and int(value) in self._lists

    def _has_token(self, match: re.Match[str], text: str) -> bool:
        token = match[0]
        if _forms(token) & self._values or self._is_count(token) or set(_scaled(text)) & self._values:
            return True
        if self._is_half_hour(token):
            return True
        if self._is_said_otherwise(token, text[match.end() :]):
            return True
        if len(token) >= _LONG_NUMBER and any(re.sub(r"\D", "", token) in run for run in self._runs):
            return True
        return bool(self._years) and self._is_resolved(match, text)

    def _is_said_otherwise(self, token: str, after: str) -> bool:
        """Tell whether a number was said in parts, without its thousands, or as a fraction: "150 over 95", "1 in 5"."""
        parts = re.split("[/-]", token)
        if len(parts) > 1 and all(_forms(part) & self._values for part in parts):
            return True
        if token.isdigit() and int(token) <= _NOON and str(int(token) + _NOON) in self._values:
            return True
        if _GROUPED.fullmatch(token) and token.endswith("000"):
            return _trimmed(re.sub(r"\D", "", token)[:-3]) in self._values
        return _PERCENT.match(after) is not None and token in self._shares

    @cached_property
    def _shares(self) -> frozenset[str]:
        """The percentages that fractions of the conversation are: "1 in 5" is 20."""
        pairs = ((int(match[1]), int(match[2])) for match in _FRACTION.finditer(self._text))
        found = {f"{100 * part / whole:g}" for part, whole in pairs if 0 < part < whole}
        return frozenset(found | ({"50", "25", "75"} if self._says_half else set()))

    def _is_half_hour(self, token: str) -> bool:
        """Tell whether a time with half or quarter hours was said in words: "half seven"."""
        time = _TIME.fullmatch(token)
        if time is None or time[2] not in ("15", "30", "45") or not self._says_half:
            return False
        hours = {str((int(time[1]) + shift) % _NOON or _NOON) for shift in (0, 1)}
        return not hours.isdisjoint(self._values)

    def _is_resolved(self, match: re.Match[str], text: str) -> bool:
        """Tell whether a number is part of a date that relative words may stand for."""
        if iso := _ISO.fullmatch(match[0]):
            return self._is_near(int(iso[1]))
        if _YEAR.fullmatch(match[0]):
            return self._is_near(int(match[0]))
        near = text[max(0, match.start() - _MONTH_NEAR) : match.end() + _MONTH_NEAR]
        dated = not union.dates().isdisjoint(_WORD.findall(near)) or re.search(r"\d[./]\d|[年月日]", near)
        years = [int(each) for each in _YEAR.findall(text)]
        return bool(dated) and all(self._is_near(year) for year in years)

    def _is_near(self, year: int) -> bool:
        return str(year) in self._values or any(
            abs(year - own) <= _CLOSE_YEARS or str(abs(year - own)) in self._values for own in self._years
        )

    def _has_dates(self, fact: str) -> bool:
        """Tell whether the days and months that a fact names were said; in full, in short or as a number."""
        if self._years:
            return True
        text = _plain(fact)
        numbered = {match[1] or match[2] for match in _DAY.finditer(text)}
        named = [word for word in _WORD.findall(text) if word in union.dates() and word not in _HOMONYMS - numbered]
        if not named:
            return True
        said, short, numeric = self._days
        return all(word in said or word[:3] in short or (numeric and word not in _weekdays()) for word in named)


def _with_feasts(text: str) -> str:
    found = [(date, match[0]) for feast, date in _FEASTS if (match := feast.search(text))]
    return text + "".join(date for date, _ in found)


def _scandinavian_miles(text: str) -> Iterator[str]:
    """Yield the kilometres of distances in Scandinavian miles: "fyra mil" are 40."""
    for match in _MIL.finditer(text):
        said = [int(match[1])] if match[1].isdigit() else spoken.said_numbers().get(match[1], ())
        yield from (str(10 * each) for each in said)


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(nfkc(word).casefold() for table in TABLES for each in table.weekdays for word in each.split())


def has_number(text: str) -> bool:
    """Tell whether a text has a number, in digits or in words."""
    plain = _plain(text)
    return _TOKEN.search(plain) is not None or any(spoken.spelt(plain, spoken.claimed_numbers(text)))


def _plain(text: str) -> str:
    return with_ascii_digits(nfkc(visible(text)).casefold())


def _trimmed(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _forms(token: str) -> set[str]:
    """Return the ways of writing a number: without leading zeros, as a decimal, grouped, as a time, in other units."""
    found = {token, _trimmed(token)}
    if time := _TIME.fullmatch(token):
        found |= _times(int(time[1]), time[2])
    if _GROUPED.fullmatch(token):
        found.add(_trimmed(re.sub(r"\D", "", token)))
    elif re.fullmatch(r"\d{1,15}[.,]\d{1,15}", token):
        value = float(token.replace(",", "."))
        found |= {f"{value:g}", f"{value * 100:g}", f"{value * 1000:g}"}
    elif token.isdigit() and len(token) > _LONG_NUMBER:
        found |= {f"{int(token) / 100:g}", f"{int(token) / 1000:g}"} - {"1"}
    return found


def _times(hour: int, minutes: str) -> set[str]:
    """Return the ways of writing a time: by a clock of 12 or 24 hours, with or without minutes."""
    hours = {hour, (hour + _NOON) % _MIDNIGHT, hour % _NOON or _NOON}
    return {f"{each}:{minutes}" for each in hours} | ({str(each) for each in hours} if minutes == "00" else set())


def _scaled(text: str) -> Iterator[str]:
    for match in _SCALED.finditer(text):
        number, scale = (match[1], match[2]) if match[1] else (match[3], match[4])
        yield f"{float(number.replace(',', '.')) * _SCALES[scale]:.15g}"
