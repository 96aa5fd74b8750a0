"""The shapes of sentences that the offline model takes, compiled from tables of data.

A table has, per kind, one pattern per line; a line indented further continues the one above. A space in a pattern is
one space, for texts are `composed` before; `<adv>` and the like stand for the word groups below. Japanese, Korean
and Chinese patterns may match anywhere in a sentence, all others at its start. Matching ignores case.

A pattern must take linear time on any text: where it may match anywhere, what comes before `.+` or the like is found
once, by `^(?>.*?...)`. `python -m tests.fuzz.fuzz_text` tries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from memorybank.languages.union import READ
from memorybank.models.offline.beginnings import ByBeginning, beginnings

_GROUPS = {
    "<who>": r"""
    (?:I |I(?='m|'ve)|the user )
""",
    "<much>": r"""
    (?:really|also|absolutely|still|very much|now)
""",
    "<sehr>": r"""
    (?:sehr|auch|wirklich|jetzt|noch)
""",
    "<moi>": r"""
    (?:moi,? |maintenant,? )?
""",
    "<watashi>": r"""
    (?:(?:私|僕|俺|わたし)は、?)?(?:(?:今は?|現在は?|先月|先週|先日|昨日|去年|昨年|今年|最近|この前|春に|夏に|秋に|冬に)、?)?
""",
    "<keep>": r"""
    (?:(?:save|store|record|write down|jot down)(?= (?:for me |please )?that (?:I|my|we|our|he|she|they)\b)
    |remember|note|keep in mind|bear in mind|make a note|take note|memori[sz]e|don't forget|do not forget
        |never forget)
""",
    "<drop>": r"""
    (?:(?:you (?:can|should|may) )?(?:please )?(?:forget|stop remembering|don't remember|do not remember))
""",
    "<weg>": r"""
    (?:(?:du kannst|sie können|kannst du) (?:bitte )?vergessen|vergiss(?! (?:bitte )?nicht)|vergessen sie(?! (?:bitte
        )?nicht))
""",
    "<oublie>": r"""
    (?:(?:(?:tu peux|vous pouvez) )?(?:oublie|oublier|oubliez)(?! pas\b))
""",
    "<when>": r"""
    (?:(?:yesterday|today|tomorrow|tonight|now|currently|recently|lately|nowadays|since|last|next|this|in|on|for|at
        |every|after|these)(?: [\w-]+){0,4},? (?=I\b|we\b|my\b))?
""",
    "<I>": r"""
    I(?:'ve)? <adv>
""",
    "<adv>": r"""
    (?:(?:really|also|always|usually|often|just|still|sometimes|currently|now|actually|already|recently|finally
        |mostly|absolutely|generally|mainly|especially|particularly|personally|truly|only|both|all|do|have) )*
""",
    "<loose>": r"""
    (?! (?:it|that|this|those|these|them|you|your|what you|how you|to (?:know|ask|say|bother|admit))\b)
""",
    "<num>": r"""
    (?:an?|one|two|three|four|five|six|seven|eight|nine|ten|several|many|no|some|\d+)
""",
    "<poss>": r"""
    (?:my|our)
""",
    "<am>": r"""
    (?:'m| am)
""",
    "<are>": r"""
    (?:'re| are)
""",
    "<done>": r"""
    (?:booked|decided|finished|completed|ordered|reserved|scheduled|bought|signed|chosen|chose|agreed|cancell?ed
        |passed|won|sold|submitted|confirmed|enrolled|registered|hired|settled on|started|rented|paid off)
""",
    "<zh>": r"""
    (?:(?:现在|現在|今天|其实|另外|而且|还有|最近)[,]?)*
""",
    "<unlikely>": r"""
    (?! (?:question|problem|issue|point|guess|bad|mistake|pleasure|apolog|understanding|code|error|request|goodness
        |god|idea|thought|concern|message|last|first|next|previous|query|input|output)\w*)
""",
    "<esadv>": r"""
    (?:(?:yo|ahora|también|siempre|actualmente|ya|nunca|realmente|a mí|hoy|mañana|ayer),? )*
""",
    "<ptadv>": r"""
    (?:(?:eu|agora|também|sempre|atualmente|já|nunca|realmente|hoje|amanhã|ontem|nós),? )*
""",
    "<itadv>": r"""
    (?:(?:io|adesso|ora|anche|sempre|attualmente|già|oggi|domani|ieri|noi|a me|in realtà),? )*
""",
    "<nladv>": r"""
    (?:(?:nu|tegenwoordig|ook|vandaag|morgen|gisteren|eigenlijk|sinds kort),? )*
""",
    "<ruadv>": r"""
    (?:(?:теперь|сейчас|уже|также|тоже|очень|недавно|раньше|всегда|сегодня|вчера|завтра|давно|ещё|еще),? )*
""",
    "<kowho>": r"""
    (?:(?:저는|나는|전|난|저|나) )?(?:(?:지금|이제|현재|요즘)(?:은)? )?
""",
    "<frwhen>": r"""
    (?:(?:maintenant|aujourd'hui|demain|hier|actuellement|depuis \w+|moi),? )?
""",
    "<deverb>": r"""
    (?:(?:auch|sehr|wirklich|eigentlich|jetzt|gerade|immer|seit|noch|zurzeit|derzeit|total) )*
""",
}


_LATIN = re.compile("[A-Za-z]")
_OTHER = re.compile("[\u0370-\U0010ffff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_OPTIONAL = re.compile(r"\([^()]*\)\?")
_FIRST_OTHER = "\u0370"


class Letters(NamedTuple):
    """Which letters a text has, or a pattern asks for: ASCII ones, others than Latin, and which of these."""

    latin: bool
    other: bool
    kana: bool = False
    hangul: bool = False


_LATIN_ALONE, _NONE = Letters(latin=True, other=False), Letters(latin=False, other=False)


def letters_of(text: str) -> Letters:
    """Return which letters a text has."""
    latin = _LATIN.search(text) is not None
    if text.isascii() or not _OTHER.search(text):
        return _LATIN_ALONE if latin else _NONE
    return Letters(latin, other=True, kana=_KANA.search(text) is not None, hangul=_HANGUL.search(text) is not None)


class Shape(NamedTuple):
    """One kind of statement in one language."""

    language: str
    kind: str


class _Shapes:
    """All shapes, with the patterns of their beginnings."""

    def __init__(self) -> None:
        self._shapes = [Shape(language.code, kind) for language in READ for kind in language.shapes]
        texts = [(language, text) for language in READ for text in language.shapes.values()]
        self._led = ByBeginning(
            (beginnings(line), (number, line))
            for number, (language, text) in enumerate(texts)
            if language.spaced
            for line in map(_expanded, lines(text))
        )
        self._anywhere = [
            (number, letters, compiled([line for _, line in listed], anchored=False))
            for number, (language, text) in enumerate(texts)
            if not language.spaced
            for letters, listed in _by_letters(lines(text))
        ]

    def of(self, text: str) -> list[Shape]:
        found = set[int]()
        for number, line in self._led.of(text):
            if number not in found and _of_line(line).match(text):
                found.add(number)
        letters = letters_of(text)
        for number, needed, pattern in self._anywhere if letters.other else ():
            if number not in found and getattr(letters, needed) and pattern.search(text):
                found.add(number)
        return [self._shapes[number] for number in sorted(found)]


_all_shapes = cache(_Shapes)


def shapes_of(text: str) -> list[Shape]:
    """Return the shapes that a text has, in the order of the tables."""
    return _all_shapes().of(text)


def letters_for(pattern: str) -> str:
    """Return which letters every text has that a pattern of a table matches: a field of `Letters`."""
    needed = _OPTIONAL.sub("", pattern)
    if _HANGUL.search(needed):
        return "hangul"
    if _KANA.search(needed):
        return "kana"
    return "latin" if is_latin(pattern) else "other"


def _by_letters(listed: Sequence[str]) -> Iterable[tuple[str, list[tuple[int, str]]]]:
    """Return the patterns of a table by the letters that they are for, each with its number."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(listed):
        found.setdefault(letters_for(line), []).append((number, line))
    return found.items()


def is_latin(pattern: str) -> bool:
    """Tell whether a pattern asks for ASCII letters; any other one asks for letters of another script."""
    return max(pattern) < _FIRST_OTHER


class Table:
    """Patterns of a whole text, and which of them match it."""

    def __init__(self, listed: Sequence[str]) -> None:
        """Take the patterns, one a line."""
        self._lines = [_expanded(line) for line in listed]
        begun = [beginnings(line) for line in self._lines]
        self._led = ByBeginning((each, number) for number, each in enumerate(begun) if "" not in each)
        rest = [
            (letters, [number for number, _ in some if "" in begun[number]]) for letters, some in _by_letters(listed)
        ]
        self._rest = [(letters, numbers) for letters, numbers in rest if numbers]

    def matches(self, text: str, letters: Letters) -> Iterator[tuple[int, re.Match[str]]]:
        """Yield the matches of the whole text, in the order of the table, each with the number of its pattern."""
        found = [*self._led.of(text)]
        for (needed, numbers), any_of_them in zip(self._rest, self._any_of_rest, strict=True):
            if getattr(letters, needed) and any_of_them.fullmatch(text):
                found += numbers
        for number in sorted(found):
            if match := _of_line(self._lines[number]).fullmatch(text):
                yield number, match

    @cached_property
    def _any_of_rest(self) -> list[re.Pattern[str]]:
        """Patterns that tell whether any of some matches: most texts match none, and one look is enough."""
        return [
            re.compile("|".join(f"(?:{_NAME.sub('(?:', self._lines[number])})" for number in numbers), re.IGNORECASE)
            for _, numbers in self._rest
        ]


_NAME = re.compile(r"\(\?P<\w+>")


@cache
def _of_line(line: str) -> re.Pattern[str]:
    return re.compile(line, re.IGNORECASE)


def lines(text: str) -> list[str]:
    """Return the patterns of a table's entry, continuation lines joined."""
    return re.sub(r"\n {5,}", "", text).split("\n")[1:-1]


def compiled(patterns: list[str], *, anchored: bool) -> re.Pattern[str]:
    """Return one regular expression that matches where any of the patterns does."""
    start = r"\A" if anchored else ""
    return re.compile("|".join(f"{start}(?:{_expanded(pattern)})" for pattern in patterns), re.IGNORECASE)


def _expanded(pattern: str) -> str:
    pattern = pattern.strip()
    for name, group in _GROUPS.items():
        pattern = pattern.replace(name, re.sub(r"\n *", "", group))
    return pattern
