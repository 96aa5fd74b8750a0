"""The numbers and dates of a conversation, for the check of facts: written in other ways, but never invented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from memorybank.languages import union
from memorybank.languages.language import words
from memorybank.text.normal import nfkc
from memorybank.text.visible import visible

_TOKEN = re.compile(r"\d{1,40}(?:[.,:/-]\d{1,40}){0,9}")
_GROUPED = re.compile(r"\d{1,3}(?:[., ']\d{3})+(?![\d])")
_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})")
_PM = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:p\.?\s?m\b|uhr (?:abends|nachmittags)|de la (?:tarde|noche)|da (?:tarde|noite))"
)
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_ISO = re.compile(r"((?:19|20|21)\d\d)-\d{1,2}(?:-\d{1,2})?")
_SCALED = re.compile(
    r"(\d{1,15}(?:[.,]\d{1,15})?)\s?(k|m|mio|tsd|thousand|million|tausend|mille|mil|mila|万|萬|千|億|亿)(?![^\W\d_])|(\d{1,15})([万萬千億亿])"
)
_SCALES = {
    **dict.fromkeys(("k", "thousand", "tsd", "tausend", "mille", "mil", "mila", "千"), 1_000),
    **dict.fromkeys(("m", "mio", "million"), 1_000_000),
    **dict.fromkeys(("万", "萬"), 10_000),
    **dict.fromkeys(("億", "亿"), 100_000_000),
}
_WORD = re.compile(r"[^\W\d_]+")
_LONG_RUN = re.compile(r"\d(?:[ ()./-]{0,3}\d){5,}")
_UNSPACED = re.compile("[〇零一二三四五六七八九十百千万萬两兩]{1,20}")
_PAIRS = words("""
    both twins twin couple pair twice double second half beide beiden zwillinge paar doppelt zweimal zweite deux jumeaux
    jumelles double ambos ambas gemelos gemelas doble entrambi gemelli gemelle doppio gêmeos gémeos dupla duplo twee
    tweeling dubbel 両 双
""")
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
_ENUMERATED = re.compile(
    r"[^\W\d_][\w'-]*(?:, (?:[^\W\d_][\w'-]* ){0,2}?[^\W\d_][\w'-]*){0,12},? (?:and|und|et|y|e|en|&) [^\W\d_]"
)
_MONTH_NEAR = 14
_CLOSE_YEARS = 1
_NOON, _MIDNIGHT = 12, 24
_DAY = re.compile(r"\d(?:st|nd|rd|th|er|\.|º)? (?:of |de )?(\w+)|(\w+)(?= \d)")
_HOMONYMS = words("may march mars segunda terça quarta quinta sexta sábado")
_LONG_NUMBER = 2


class Numbers:
    """The numbers of a conversation; `years` are those of its events, which relative dates start from."""

    def __init__(self, text: str, years: frozenset[int]) -> None:
        self._text = _plain(text)
        self._years = years

    def have(self, fact: str) -> bool:
        """Tell whether every number and date of a fact was said, or follows from the times of the conversation."""
        text = _plain(fact)
        found = [match for match in _TOKEN.finditer(text) if not self._has_token(match, text)]
        spelt = {whole for _, whole in _spelt(text, _PLAIN)}
        return not found and all(self._has_value(value) for value in spelt) and self._has_dates(fact)

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
        found |= {value for pair in _spelt(self._text, _NUMBERS) for value in pair} | set(_scaled(self._text))
        if _PAIRS & set(_WORD.findall(self._text)):
            found.add("2")
        return frozenset(found)

    @cached_property
    def _runs(self) -> tuple[str, ...]:
        return tuple(re.sub(r"\D", "", match[0]) for match in _LONG_RUN.finditer(self._text))

    def _has_value(self, value: str) -> bool:
        return value in self._values or self._is_count(value)

    def _is_count(self, value: str) -> bool:
        """Tell whether so many things were listed: "Ann, Ben and Cleo" are three."""
        lists = (match[0].count(",") + 2 for match in _ENUMERATED.finditer(self._text))
        return value.isdigit() and any(int(value) == count for count in lists)

    def _has_token(self, match: re.Match[str], text: str) -> bool:
        token = match[0]
        if _forms(token) & self._values or self._is_count(token) or set(_scaled(text)) & self._values:
            return True
        if len(token) >= _LONG_NUMBER and any(re.sub(r"\D", "", token) in run for run in self._runs):
            return True
        return bool(self._years) and self._is_resolved(match, text)

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
            abs(year - own) <= _CLOSE_YEARS or str(abs(year - own)) in self._values - {"0"} for own in self._years
        )

    def _has_dates(self, fact: str) -> bool:
        """Tell whether the days and months that a fact names were said; in full, in short or as a number."""
        if self._years:
            return True
        text = _plain(fact)
        numbered = {match[1] or match[2] for match in _DAY.finditer(text)}
        named = [word for word in _WORD.findall(text) if word in union.dates() and word not in _HOMONYMS - numbered]
        said = set(_WORD.findall(self._text))
        short = {word[:3] for word in said}
        numeric = re.search(r"\d[./-]\d{1,2}\b|\d月", self._text) is not None
        return all(word in said or word[:3] in short or numeric for word in named)


def has_number(text: str) -> bool:
    """Tell whether a text has a number, in digits or in words."""
    plain = _plain(text)
    return _TOKEN.search(plain) is not None or any(_spelt(plain, _PLAIN))


def _plain(text: str) -> str:
    normal = nfkc(visible(text)).casefold()
    return normal if normal.isascii() else re.sub(r"[^\D0-9]", lambda digit: str(int(digit[0])), normal)


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


def _spelt(text: str, table: Mapping[str, int]) -> Iterator[tuple[str, str]]:
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
_PLAIN = {word: int(value) for word, value in union.numbers().items()}
_NUMBERS = {**_PLAIN, **_TEENS, **_ORDINALS, **_BIG}
