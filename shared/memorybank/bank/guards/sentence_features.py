"""The features of a sentence that must not get lost: numbers, dates, names and negation, detected by pattern only.

Numbers are equal whether written in digits or in words. Languages: English, German, French, Spanish, Italian,
Portuguese; numbers also in Chinese and Japanese, negations in a dozen more (see `memorybank.languages`). A feature that
is not recognised does not count as a difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from memorybank.languages import union
from memorybank.languages.language import words
from memorybank.text.normal import nfkc

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE_ENDS = (".", "!", "?", ":", "\u3002")
_SHORTEST_CONTENT = 3


_NEGATIONS = union.negations() | union.denials()
"""These include words of dislike, which reverse a preference as "not" does."""

_DENIAL_PARTS = union.denial_parts()
_ENDINGS = union.endings()
_EVERYWHERE = union.everywhere()
_DATES = union.dates()
_NUMBERS = union.numbers()
_CAPITALISED_ANYWAY = words("i ve ll mr mrs ms dr")  # without their apostrophes: I've, I'll
_COUNTED = "年月日号號時时点點歳歲岁才人匹只隻個个枚本台円元"
# These are left out here, too, except days and months.
_DIGIT = "[〇一二三四五六七八九十百]"
_UNSPACED_NUMBER = re.compile(rf"(?<!{_DIGIT})(?!一(?![月日])[{_COUNTED}]){_DIGIT}++(?=[{_COUNTED}])")


@dataclass(frozen=True)
class Points:
    """The features of a sentence that a rewording must keep; all texts are in lower case.

    `names` are words with a capital letter inside a sentence. `content` are content words, or characters in scripts
    without spaces. `first` are those content words that begin a sentence with a capital letter and may be names. `ends`
    says that a word marks the end of something: "I sold my car" is no addition to "I have a car".
    """

    numbers: frozenset[str]
    dates: frozenset[str]
    names: frozenset[str]
    negates: bool
    content: frozenset[str]
    first: frozenset[str]
    ends: bool


@lru_cache(maxsize=4096)
def points_of(text: str) -> Points:
    """Return the features of a sentence."""
    normal = nfkc(text)
    plain = normal.casefold()
    found = frozenset(_WORD.findall(plain))
    dates = found & _DATES
    numbers = frozenset(_NUMBER.findall(plain)) | {_NUMBERS[word] for word in found if word in _NUMBERS}
    negates = union.negates_inside(plain) or any(part in plain for part in _DENIAL_PARTS)
    negates = negates or not _NEGATIONS.isdisjoint(found)
    numbers |= {_digits(match[0]) for match in _UNSPACED_NUMBER.finditer(plain)}
    cores = {_core(word) for word in found if not word.replace("\u2019", "'").endswith("n't")}
    content = {word for word in cores if len(word) >= _SHORTEST_CONTENT}
    content -= _NEGATIONS | _EVERYWHERE | _CAPITALISED_ANYWAY
    names, first = _capitalised(normal)
    content |= set(_UNSPACED.findall(plain))
    ends = not _ENDINGS.isdisjoint(found)
    return Points(numbers, dates, names - dates, negates, frozenset(content), first & content, ends)


def _core(word: str) -> str:
    """Return a word without the part before or after an apostrophe: Anna's is Anna, j'habite is habite."""
    if word.isalpha():
        return word
    return max(re.split("['\u2019]", word), key=len)


def _digits(text: str) -> str:
    """Return a number below a thousand, or a year written digit by digit, in digits: 三十一 is 31, 二〇三一 is 2031."""
    if not {"十", "百"} & set(text):
        return "".join(str("〇一二三四五六七八九".index(character)) for character in text)
    total = digit = 0
    for character in text:
        if character in "十百":
            total, digit = total + (digit or 1) * (10 if character == "十" else 100), 0
        else:
            digit = "〇一二三四五六七八九".index(character)
    return str(total + digit)


def _capitalised(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the capitalised words that do not begin a sentence, and those that do."""
    names: set[str] = set()
    first: set[str] = set()
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()].rstrip()
        begins = between.endswith(_SENTENCE_ENDS) or not (between or end)
        end = match.end()
        if match[0][0].isupper():
            (first if begins else names).add(_core(match[0].casefold()))
    return frozenset(names) - _CAPITALISED_ANYWAY, frozenset(first)
