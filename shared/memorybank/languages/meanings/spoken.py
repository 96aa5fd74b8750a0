"""Numbers written in words, in texts of any language: those that a conversation says, and those that a fact claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from memorybank.languages import union
from memorybank.languages.meanings.index import by_stem
from memorybank.languages.meanings.known import NONE, TABLES, meanings_of
from memorybank.languages.meanings.spelling import MARKS, plain, words
from memorybank.languages.meanings.table import Meanings
from memorybank.languages.meanings.unspaced import amount_of

_WORD = re.compile(rf"(?:[^\W\d_]|[{MARKS}])+")
_LOOSE = {
    1: "once single einmal",
    2: "zweimal second segundo secondo",
    4: "quarter",
    10: "decade jahrzehnt décennie década",
}
"""Words that may mean a number, where anything that was said counts."""

_HOMONYMS = words("once due dos cent sei tre sept prima on yüz bin altı ilk 네 세 열")
"""Numbers that are other words as well: a fact with such a word need not be about a number."""

_JOINED = re.compile(r"(\w+?)(?:und|en)(\w+)")
_AND = words("and und y e et en i и")
_LONGEST_RUN = 8
_SCALES = frozenset({100, 1_000, 100_000, 1_000_000, 10_000_000})
_HUNDRED, _SCORE, _SCORES, _DOZEN, _TEN = 100, 20, 4, 12, 10
_ELIDED = {
    "vent": 20, "trent": 30, "quarant": 40, "cinquant": 50, "sessant": 60, "settant": 70, "ottant": 80, "novant": 90
}  # fmt: skip
"""The beginnings of Italian tens whose last letter is lost before a vowel: ventuno."""

_TURKISH_CASE = re.compile("(?<=..)[dt][ea]n?$")
"""The endings of Turkish numbers in times: yedide is at seven."""

_SEMITIC = re.compile("[لبوفكבלהוכש](?=[\u0590-\u06ff]{2})")
"""Prefixes of Arabic and Hebrew words."""

_HANGUL = re.compile("[\uac00-\ud7a3]")
_LONGEST_WORD = 40
_SHORTEST_STEM, _LOST, _LONGEST_ENDING = 5, 3, 4

_KOREAN_TENS = {
    "열": 10, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90
}  # fmt: skip
_UNSPACED = re.compile("[〇零一二三四五六七八九十百千万萬两兩]{1,20}")
_KOREAN = re.compile("[일이삼사오육칠팔구]?[십백천만](?:[일이삼사오육칠팔구십백천만]{0,10})")
_AS_HAN = str.maketrans("일이삼사오육칠팔구십백천만", "一二三四五六七八九十百千万")


@cache
def said_numbers() -> Mapping[str, frozenset[int]]:
    """Return all words that may be a number in any language, with what they may mean."""
    found: dict[str, set[int]] = {}
    for table in TABLES:
        for word, value in (*table.counts.items(), *table.ranks.items(), *((one, 1) for one in table.one)):
            found.setdefault(word, set()).add(value)
    rows = [_LOOSE.items(), *(each.numbers.items() for each in union.LANGUAGES)]
    for value, listed in (pair for row in rows for pair in row):
        for word in words(listed):
            found.setdefault(word, set()).add(value)
    return {word: frozenset(values) for word, values in found.items()}


def claimed_numbers(fact: str, beside: str = "") -> Mapping[str, frozenset[int]]:
    """Return the words that are a number in the language of a fact, and nothing else; `beside` helps to tell which."""
    return _counts(meanings_of(fact, beside))


@cache
def _counts(table: Meanings) -> Mapping[str, frozenset[int]]:
    tables = (table,) if table.code else TABLES
    found = {word: value for each in tables for word, value in each.counts.items()}
    if not table.code:
        others = (each.numbers.items() for each in union.LANGUAGES)
        found |= {word: value for row in others for value, listed in row for word in words(listed)}
    return {word: frozenset({value}) for word, value in found.items() if word not in _HOMONYMS and value > 1}


def is_number(word: str) -> bool:
    """Tell whether a word is a number in any language, and nothing else in another."""
    return plain(word) in _counts(NONE)


def spelt(text: str, table: Mapping[str, frozenset[int]]) -> Iterator[tuple[str, str]]:
    """Yield the numbers written in words, each with that of the whole run of number words that it belongs to."""
    run: list[frozenset[int]] = []
    gap = 0
    for word in [*_WORD.findall(plain(text)), ""]:
        values = _values(word, table)
        if run and gap == 0 and word in _AND and not values:
            gap = 1
            continue
        if run and not (values and len(run) < _LONGEST_RUN and _continues(min(run[-1]), min(values))):
            yield from _read(run)
            run = []
        gap = 0
        if values:
            run.append(values)
    yield from ((value, value) for value in map(str, _of_unspaced(text)))


def _continues(before: int, value: int) -> bool:
    """Tell whether a number word goes on from the one before: "forty two" is one number, "eight, eleven" are two."""
    if value in _SCALES or (value, before) == (_SCORE, _SCORES) or value == _DOZEN > before:
        return True
    tens = value < _SCORE if before < _HUNDRED else value < before
    return (before >= _SCORE and tens) or (before == _TEN and value < _TEN)


def _read(run: Sequence[frozenset[int]]) -> Iterator[tuple[str, str]]:
    whole = str(_together([min(each) for each in run]))
    yield from ((str(each), whole if len(run) > 1 else str(each)) for some in run for each in some)


def _together(run: Sequence[int]) -> int:
    """Return the number that a run of number words means: "two hundred and forty two", "quatre vingt dix"."""
    total = group = 0
    for value in run:
        times = (value == _SCORE and group == _SCORES) or (value == _DOZEN and 0 < group < _TEN)
        if value in _SCALES or times:
            group = max(group, 1) * value
            if value > _HUNDRED:
                total, group = total + group, 0
        else:
            group += value
    return total + group


@cache
def _stems() -> Mapping[str, frozenset[int]]:
    """Return the beginnings of long words for numbers, which ordinals and cases share with them."""
    found: dict[str, set[int]] = {}
    for word, values in said_numbers().items():
        if len(word) >= _SHORTEST_STEM and min(values) > 1:
            found.setdefault(word, set()).update(values)
            found.setdefault(word[: max(_SHORTEST_STEM, len(word) - _LOST)], set()).update(values)
    return {word: frozenset(values) for word, values in found.items()}


def inflected(text: str) -> Iterator[str]:
    """Yield the numbers that words of a text may stand for with an ending or a prefix: fünfzigster, لثلاث."""
    table, stems = said_numbers(), _stems()
    yield from map(str, _of_two_words(plain(text)))
    for word in set(_WORD.findall(plain(text))) - union.dates():
        sizes = range(len(word), max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING) - 1, -1)
        beginnings = (word[:size] for size in sizes)
        values = next((stems[each] for each in beginnings if each in stems), frozenset())
        values |= _glued(word)
        if _HANGUL.match(word):
            values |= _of_korean(word)
        if _SEMITIC.match(word):
            values |= table.get(word[1:], frozenset())
        yield from map(str, values)


def amounts(text: str) -> dict[str, int]:
    """Return the amounts of the words of a text that may be numbers, with any ending."""
    table, stems = said_numbers(), _stems()
    found: dict[str, int] = {}
    for word in set(_WORD.findall(plain(text))):
        beginnings = (
            word[:size] for size in range(len(word), max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING) - 1, -1)
        )
        values = table.get(word) or next((stems[each] for each in beginnings if each in stems), None)
        if values:
            found[word] = min(values)
        if (whole := word.removesuffix("einhalb")) in table:
            found[whole] = min(table[whole])
    return found


def _of_two_words(text: str) -> Iterator[int]:
    """Yield the sums of tens and ones that stand beside each other in any order: خمسة وأربعون is 45."""
    before = frozenset[int]()
    for word in _WORD.findall(text):
        found = said_numbers()
        values = found.get(word) or (found.get(word[1:]) if _SEMITIC.match(word) else None) or frozenset()
        yield from (a + b for a in before for b in values if _is_sum(a, b) or _is_sum(b, a))
        before = values


def _is_sum(tens: int, ones: int) -> bool:
    return tens % _TEN == 0 and _TEN < tens < _HUNDRED and 0 < ones < _TEN


def _glued(word: str) -> frozenset[int]:
    """Return the number of tens and ones that are one word: tjugofem."""
    table = said_numbers()
    for size in range(len(word) - 2, 3, -1) if len(word) <= _LONGEST_WORD else ():
        tens, ones = table.get(word[:size]), table.get(word[size:])
        if tens and ones and _is_sum(max(tens), min(ones)):
            return frozenset({max(tens) + min(ones)})
    return frozenset()


def _of_korean(word: str) -> frozenset[int]:
    """Return the number that a Korean word begins with: 쉰다섯인데 with 55."""
    table = said_numbers()
    tens = next((each for each in _KOREAN_TENS if word.startswith(each)), "")
    rest = word[len(tens) :]
    ones = next((rest[:size] for size in (3, 2, 1) if rest[:size] in table and _HANGUL.match(rest[:size])), "")
    if not tens:
        return table[ones] if len(ones) > 1 else frozenset()
    return frozenset({_KOREAN_TENS[tens] + (min(table[ones]) if ones else 0)})


def _values(word: str, table: Mapping[str, frozenset[int]]) -> frozenset[int]:
    if (found := by_stem(table, word)) is not None:
        return found
    if (bare := _TURKISH_CASE.sub("", word)) != word and bare in table:
        return table[bare]
    if joined := _JOINED.fullmatch(word):  # zweiundvierzig, tweeënveertig
        first = frozenset({1}) if joined[1] == "ein" else table.get(joined[1])
        second = table.get(joined[2])
        if first and second:
            return frozenset({min(first) + min(second)})
    tens = next((each for each in _KOREAN_TENS if word.startswith(each)), "")
    if tens and word[len(tens) :] in table:
        return frozenset({_KOREAN_TENS[tens] + min(table[word[len(tens) :]])})
    start = next((each for each in _ELIDED if word.startswith(each)), None)
    if start is None:
        return frozenset()
    rest = word[len(start) :]
    ones = next((table[each] for each in (rest, rest[1:]) if each in table), None) or (rest == "uno" and {1})
    return frozenset({_ELIDED[start] + min(ones)}) if ones else frozenset()


def _of_unspaced(text: str) -> Iterator[int]:
    for match in _UNSPACED.finditer(text):
        yield int(amount_of(match[0]))
    for match in _KOREAN.finditer(text):
        yield int(amount_of(match[0].translate(_AS_HAN)))
        if match[0][-1] == "이" and len(match[0]) > 1:  # of the copula
            yield int(amount_of(match[0][:-1].translate(_AS_HAN)))
