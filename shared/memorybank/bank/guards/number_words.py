"""Numbers written in words, of one or several, for the check of facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from memorybank.languages import union
from memorybank.languages.language import words

_WORD = re.compile(r"[^\W\d_]+")
_ORDINALS = {
    word: value
    for value, listed in enumerate(
        (
            "first once single erste ersten einmal premier première primero primera primo prima primeiro",
            "second twice zweite zweiten zweiter zweimal deuxième segundo segunda secondo seconda",
            "third dritte dritten troisième tercero tercera terzo terza terceiro terceira",
            "fourth quarter vierte vierten quatrième cuarto cuarta quarto quarta",
            "fifth fünfte fünften cinquième quinto quinta",
            "sixth sechste sechsten sixième sexto sexta sesto sesta",
            "seventh siebte siebten septième séptimo settimo sétimo",
            "eighth achte achten huitième octavo ottavo oitavo",
            "ninth neunte neunten neuvième noveno nono",
            "tenth decade zehnte zehnten jahrzehnt dixième décennie década décimo decimo",
        ),
        start=1,
    )
    for word in listed.split()
}
_BIG = {
    **dict.fromkeys(words("hundred hundert cent cents cien ciento cento cem honderd"), 100),
    **dict.fromkeys(words("thousand tausend mille mil mila duizend"), 1_000),
    **dict.fromkeys(
        words("million millionen millions millón millones milione milioni milhão milhões miljoen"), 1_000_000
    ),
}
_TEENS = {
    word: value
    for value, listed in {
        1: "one ein eine einen eins un une uno una um uma een één",
        11: "once undici onze elf",
        2: "due dos tweede twee",
        3: "tre drie tres três",
        6: "sei seis zes",
        13: "thirteen dreizehn treize trece tredici treze dertien",
        14: "fourteen vierzehn quatorze catorce quattordici catorze veertien",
        15: "fifteen fünfzehn quinze quince quindici vijftien",
        16: "sixteen sechzehn seize dieciséis sedici dezesseis dezasseis zestien",
        17: "seventeen siebzehn diecisiete diciassette dezessete dezassete zeventien",
        18: "eighteen achtzehn dieciocho diciotto dezoito achttien",
        19: "nineteen neunzehn diecinueve diciannove dezenove dezanove negentien",
        20: "twintig vingts",
        30: "dertig",
        40: "veertig",
        50: "vijftig",
        60: "zestig",
        70: "zeventig",
        80: "tachtig",
        90: "negentig",
    }.items()
    for word in listed.split()
}
_JOINED = re.compile(r"(\w+?)(?:und|en|ën)(\w+)")
_AND = words("and und y e et en")
_SCALE_WORDS = frozenset(_BIG.values())
_LONGEST_RUN = 8
_HUNDRED, _SCORE, _SCORES = 100, 20, 4
_ITALIAN_TENS = {
    "vent": 20,
    "trent": 30,
    "quarant": 40,
    "cinquant": 50,
    "sessant": 60,
    "settant": 70,
    "ottant": 80,
    "novant": 90,
}
_ITALIAN_ONES = {
    "uno": 1,
    "due": 2,
    "tre": 3,
    "tré": 3,
    "quattro": 4,
    "cinque": 5,
    "sei": 6,
    "sette": 7,
    "otto": 8,
    "nove": 9,
}
_UNSPACED = re.compile("[〇零一二三四五六七八九十百千万萬两兩]{1,20}")


def spelt(text: str, table: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the numbers written in words, each with that of the whole run of number words that it belongs to."""
    run: list[int] = []
    gap = 0
    for word in [*_WORD.findall(text), ""]:
        value = _value(word, table)
        if value is not None and len(run) < _LONGEST_RUN:
            run.append(value)
            gap = 0
        elif run and gap == 0 and word in _AND:
            gap = 1
        elif run:
            whole = str(_together(run))
            yield from ((str(each), whole) for each in run)
            run, gap = [], 0
    yield from ((value, value) for value in map(str, _of_unspaced(text)))


def _together(run: Sequence[int]) -> int:
    """Return the number that a run of number words means: "two hundred and forty two", "quatre vingt dix"."""
    total = group = 0
    for value in run:
        if value in _SCALE_WORDS or (value == _SCORE and group == _SCORES):
            group = max(group, 1) * value
            if value > _HUNDRED:
                total, group = total + group, 0
        else:
            group += value
    return total + group


def _value(word: str, table: Mapping[str, int]) -> int | None:
    if word in table:
        return table[word]
    if joined := _JOINED.fullmatch(word):  # zweiundvierzig, quarantadue
        first, second = table.get(joined[1]), table.get(joined[2])
        return first + second if first and second else None
    tens = next((value for start, value in _ITALIAN_TENS.items() if word.startswith(start)), None)
    ones = next((value for end, value in _ITALIAN_ONES.items() if word.endswith(end)), None)
    return tens + ones if tens and ones else None


def _of_unspaced(text: str) -> Iterator[int]:
    for match in _UNSPACED.finditer(text):
        total = section = digit = 0
        for character in match[0]:
            if character in "万萬":
                total, section, digit = (total + section + digit or 1) * 10_000, 0, 0
            elif character in "十百千":
                section += (digit or 1) * {"十": 10, "百": 100, "千": 1_000}[character]
                digit = 0
            else:
                digit = digit * 10 + "\u3007一二三四五六七八九".find(character.translate(_SAME))
        yield total + section + digit


_SAME = {0x96F6: "\u3007", 0x4E24: "二", 0x5169: "二"}
PLAIN = {word: int(value) for word, value in union.numbers().items()}
"""Words that are numbers and nothing else."""

NUMBERS = {**PLAIN, **_TEENS, **_ORDINALS, **_BIG}
"""All number words, with ordinals and those that mean something else in another language."""
