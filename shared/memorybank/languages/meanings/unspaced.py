"""Words of Chinese and Japanese texts: values, known parts, and what is left of the text between them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from memorybank.languages.meanings.clock import minutes_of
from memorybank.languages.meanings.spelling import plain
from memorybank.languages.meanings.table import Meanings
from memorybank.languages.meanings.values import Value
from memorybank.text.normal import nfkc

_NUMERAL = "〇零一二两兩三四五六七八九"
_VALUES = {**{each: number for number, each in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2, "兩": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8}
_NUMBER = re.compile(rf"(?:\d[\d,.:]*|[{_NUMERAL}十百千]+)[万萬億亿]?[{_NUMERAL}十百千]*")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_LATIN = re.compile(r"[a-z\d\u00c0-\u024f][a-z\d\u00c0-\u024f_.@+#-]*")
_KATAKANA = re.compile(r"[\u30a0-\u30ff]+")
_HIRAGANA = re.compile(r"[\u3041-\u309f]+")
_HAN = re.compile(r"[\u3400-\u9fff々]")
_SHORT = 2
_HOURS = 24
_GRAMMAR = re.compile("^(?:[はがのをにでへともやか]|です|ます|います|いる|いて|った|って|しい|から|まで|など)+$")
Found = tuple[str, str, str, Value | None]


def parts_of(text: str, table: Meanings) -> list[Found]:
    """Return the words of a text without spaces, with what they stand for."""
    rest = plain(text) if table.code == "zh" else nfkc(text).casefold()
    found: list[Found] = []
    at = 0
    while at < len(rest):
        size, word = _next(rest, at, table)
        if word is not None:
            if word[1] == "person" and found and found[-1][1:3] == ("self", "subject"):
                found[-1] = (found[-1][0], "self", "own", None)  # 我妈妈 is "my mother"
            found.append(word)
        at += size
    return found


def _next(text: str, at: int, table: Meanings) -> tuple[int, Found | None]:
    day = next((each for each in _days(table) if text.startswith(each, at)), None)
    if day:
        return len(day), (day, "value", day, Value("day", Decimal(table.days[day])))
    half = next((each for each in table.half_days if text.startswith(each, at)), "")
    if half and (clock := _NUMBER.match(text, at + len(half))):
        size, value = _number(clock[0], text[clock.end() :], table) or (0, None)
        hours = value.amount if value and value.kind == "number" else amount_of(clock[0])
        if value and value.unit in ("", "h") and value.kind in ("number", "one") and hours <= _HOURS:
            said = text[at : clock.end()]
            return len(said) + size, (said, "value", said, Value("time", minutes_of(hours, table.half_days[half])))
    number = _NUMBER.match(text, at)
    if number and (read := _number(number[0], text[number.end() :], table)):
        size, value = read
        return len(number[0]) + size, (number[0], "value", number[0], value)
    part = _known(text, at, table)
    if part:
        return len(part[0]), part
    for pattern in (_LATIN, _KATAKANA):
        if match := pattern.match(text, at):
            return len(match[0]), (match[0], "name", match[0], None)
    return _rest(text, at, table)


def _rest(text: str, at: int, table: Meanings) -> tuple[int, Found | None]:
    if match := _HIRAGANA.match(text, at):
        size = next((n for n in range(1, len(match[0])) if _known(text, at + n, table)), len(match[0]))
        run = match[0][:size]
        speaks = len(run) > _SHORT and not _GRAMMAR.match(run)
        return size, (run, "content" if speaks else "silent", run, None)
    if _HAN.match(text, at):
        return 1, (text[at], "content", text[at], None)
    return 1, None


def _known(text: str, at: int, table: Meanings) -> Found | None:
    """Return the longest known part that begins here."""
    parts, longest = _parts(table)
    for size in range(min(longest, len(text) - at), 0, -1):
        if entry := parts.get(text[at : at + size]):
            return text[at : at + size], *entry, None
    return None


@cache
def _days(table: Meanings) -> list[str]:
    return sorted(table.days, key=len, reverse=True)


@cache
def _parts(table: Meanings) -> tuple[dict[str, tuple[str, str]], int]:
    known = {word: ("silent", word) for word in table.silent}
    for role, said in (("subject", table.subject), ("own", table.own)):
        known |= dict.fromkeys(plain(said).split(), ("self", role))
    known |= table.phrases.exact
    return known, max(map(len, known))


def _number(said: str, after: str, table: Meanings) -> tuple[int, Value] | None:
    """Return the value of a number and how much of the text after it belongs to it: a unit, or a month."""
    clock = _CLOCK.fullmatch(said)
    if clock:
        return 0, Value("time", Decimal(int(clock[1]) * 60 + int(clock[2])))
    if after.startswith("月"):
        return 1, Value("month", amount_of(said))
    unit = max((word for word in table.measures if after.startswith(word)), key=len, default="")
    written = said[0].isdigit()
    if not (written or unit or len(said) > 1):
        return None
    if said == "一":
        return len(unit), Value("one", Decimal(1))
    return len(unit), Value("number", amount_of(said), table.measures.get(unit, ""))


def amount_of(said: str) -> Decimal:
    """Return a number as it is written in digits, in Chinese characters, or in both: 3万."""
    total = section = Decimal(0)
    digits = ""
    for character in said:
        if character in _TENS:
            section += (_decimal(digits) if digits else 1) * _TENS[character]
            digits = ""
        elif character in _MYRIADS:
            section += _decimal(digits)
            total, section, digits = total + max(section, Decimal(1)) * _MYRIADS[character], Decimal(0), ""
        elif character in _VALUES:
            digits += str(_VALUES[character])
        elif character.isdigit() or character == ".":
            digits += character
    return (total + section + _decimal(digits)).normalize()


def _decimal(digits: str) -> Decimal:
    """Return a number of digits and at most one point; 0 if there are more of these, or nothing else."""
    digits = digits.strip(".")
    return Decimal(digits) if digits and digits.count(".") <= 1 else Decimal(0)
