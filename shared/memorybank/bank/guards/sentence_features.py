"""What of a sentence must not get lost: its numbers, dates, names and negation, told by form alone.

Numbers count the same in digits and in words. Languages: English, German, French, Spanish, Italian, Portuguese; numbers
also in Chinese and Japanese, negations in a dozen more (see `memorybank.languages`). What is not recognised does not
count as a difference.
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
"""Also words for what one does not like: they turn a preference round as "not" does."""

_DENIAL_PARTS = union.denial_parts()
_ENDINGS = union.endings()
_EVERYWHERE = union.everywhere()
_DATES = union.dates()
_NUMBERS = union.numbers()
_CAPITALISED_ANYWAY = words("i ve ll mr mrs ms dr")  # without their apostrophes: I've, I'll
_COUNTED = "年月日号號時时点點歳歲岁才人匹只隻個个枚本台円元"
# One is left out here, too, unless it is a day or a month.
_DIGIT = "[〇一二三四五六七八九十百]"
_UNSPACED_NUMBER = re.compile(rf"(?<!{_DIGIT})(?!一(?![月日])[{_COUNTED}]){_DIGIT}++(?=[{_COUNTED}])")


@dataclass(frozen=True)
class Points:
    """What a sentence says that a rewording must keep; all texts in lower case.

    `names` are words with a capital letter inside a sentence, `content` words that are about something, or characters
    where words are not spaced. `first` are words of those that begin a sentence with a capital letter and may be names.
    `ends` tells of words by which something is over: "I sold my car" is no addition to "I have a car".
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
    """Return the points of a sentence."""
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
    """Return a word without what an apostrophe ties to it: Anna's is Anna, j'habite is habite."""
    if word.isalpha():
        return word
    return max(re.split("['\u2019]", word), key=len)


def _digits(text: str) -> str:
    """Return a number below a thousand in digits, as texts write years too: 三十一 is 31, 二〇三一 is 2031."""
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
    """Return the words that are capitalised although they do not begin a sentence, and those that begin one."""
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
