"""The words of a conversation, for the check of facts: names, content, and words that were put in place of others."""

from __future__ import annotations

import difflib
import re
from functools import cache, cached_property

from memorybank.languages import union
from memorybank.languages.language import words
from memorybank.languages.meanings.aliases import ALIASES, USER
from memorybank.languages.meanings.known import meanings_of
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.languages.meanings.spelling import MARKS
from memorybank.languages.meanings.spelling import plain as fold
from memorybank.languages.meanings.spoken import is_number
from memorybank.text.kept import kept
from memorybank.text.normal import nfkc
from memorybank.text.visible import visible

_LETTER = rf"(?:[^\W\d_]|[{MARKS}])"
_WORD = re.compile(rf"{_LETTER}+(?:['\u2019.&-]{_LETTER}+)*")
_ALNUM = re.compile(r"\w+")
_PART = re.compile(rf"{_LETTER}+")
_CJK = re.compile("[\u3400-\u9fff\u30a1-\u30ff]+")
_PARTICLES = re.compile("[我你您他她它们們不没沒的了是在有很也]")
_ABBREVIATED = re.compile(r"\b\w{1,12}n't\b|'(?:m|s|re|ve|ll|d)\b|\b[a-z]{1,2}'")
_KANA_NOUN = re.compile("(?:^|(?<=[はがのをにでともやへ、。 ]))[\u3041-\u3096]{2,8}?(?=[はがのをにでともや])")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_KANA_OR_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_LATIN = re.compile("[a-z\u00df-\u024f]")
_BEFORE_NAME = re.compile("[.!?:\u3002]\\s*$")
_TITLE = re.compile(r"(?<!\w)(?:mr|mrs|ms|dr|prof|st|hr|fr|sr|sra|dra|mme|mlle|sig|dott|\w)\.\s*$", re.IGNORECASE)
"""A title before a name, or an initial: its point ends no sentence."""

_GENERIC = words("""
    user users person someone somebody name named called currently recently usually also often always sometimes still
    the and has have had was were are for from with that this will would can could who whom which their they them his
    her hers she him its own feel feels felt said says told tell mentioned mentions thinks think believe believes
    plans plan planning planned going goes went gets got get became become been being make makes made take takes took
    really very much many more most some any than then when while about into over after before because since there
    pronoun pronouns nickname username handle
    nutzer benutzer heißt namens utilisateur usuario utente usuário gebruiker nom nombre nome naam heet llama appelle
""")
_NAME_STARTS = words("mr mrs ms dr prof i i'm i've i'll i'd user assistant english ok")
_NO_NAMES = words("""
    it that what let don there here where how who she he they we you isn can couldn wouldn shouldn won didn doesn aren
    wasn weren haven hasn everyone everybody someone today tomorrow one aujourd quelqu lorsqu puisqu jusqu
""")
_SUBJECTS = words("""
    i we you he she they it who user ich wir er sie es man du je j tu il elle nous vous ils elles on yo nosotros él ella
    io lui lei noi eu ele ela ik wij hij zij jij
""")
_FILLERS = words("""
    i my me mine we our us the a an user users user's am is are m re s ich mein meine meinen meiner der die das ein eine
    einen bin ist sind je j mon ma mes le la les l un une suis est yo mi mis el los las una soy es io mio mia il lo sono
    è eu meu minha o os as um uma sou é now currently also really very jetzt auch maintenant ahora adesso agora
    나 나는 난 내 내가 나의 저 저는 전 제 제가 저의 우리 우리는 저희 저희는
""")
_FIRST_NAME = re.compile(r"([^\W\d_]{3,30})['\u2019][^\W\d_]")
"""The first word with an ending after an apostrophe: "Anna's", "Ankara'da"."""

_ENDED = re.compile(r"\A([^\W\d_]{3,}+)['\u2019].*")
"""A name with an ending after an apostrophe."""

_NAME_RUN = re.compile(r"\b[A-Z\u00c0-\u00de]\w{1,30}(?: [A-Z\u00c0-\u00de]\w{1,30}){1,5}")
_GERMAN_NAME = re.compile(r"(?:heiß(?:e|t)|namens|genannt)\s+([A-ZÄÖÜ]\w+)")
_PREFIX, _SHORT_PREFIX, _LONGEST_PREFIX = 3, 2, 6
_SUBSTRING, _ALIKE = 5, 0.8
_MOST_ALIKE = 400
_FEWEST_FOR_INITIALS = 2
_MOST_SWAPPED, _SHARE_KEPT = 6, 0.5
_LONGEST_TAIL = 3
_NOUNS = re.compile("(?:(?![一二三四五六七八九十百千万萬零两兩不没沒讨討厌厭])[\u3400-\u9fff\u30a1-\u30ff])+")
"""Nouns of Chinese and Japanese: no numbers, which are compared otherwise, no denials, and no endings of verbs."""


class Words:
    """The words of a text, to look up others in."""

    def __init__(self, text: str) -> None:
        low = plain(text)
        meant = (ALIASES[word] for word in set(_ALNUM.findall(low)) & ALIASES.keys())
        self._text = " ".join([low, *meant])

    @cached_property
    def _by_start(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for word in _PART.findall(self._text):
            found.setdefault(word[:_SHORT_PREFIX], set()).add(word)
        return found

    @cached_property
    def _all(self) -> frozenset[str]:
        return frozenset(word for word in _PART.findall(self._text) if len(word) >= _SUBSTRING)

    @cached_property
    def _initials(self) -> str:
        return "".join(word[0] for word in _PART.findall(self._text))

    @cached_property
    def _joined(self) -> str:
        return "".join(_PART.findall(self._text))

    def has(self, word: str) -> bool:
        """Tell whether exactly this word was said."""
        word = plain(word)
        return word in self._by_start.get(word[:_SHORT_PREFIX], ())

    def know(self, word: str) -> bool:
        """Tell whether a word was said in any form: inflected, in a compound, abbreviated or misspelt."""
        word = plain(word)
        if _KANA_OR_HAN.search(word):
            return word in self._text
        return all(self._knows(part) for part in _PART.findall(word)) or self._has_joined(word)

    def know_kana(self, text: str) -> bool:
        """Tell whether a Japanese noun of a text that is written without Chinese characters was said."""
        return any(noun in self._text for noun in _KANA_NOUN.findall(plain(text)))

    def _has_joined(self, word: str) -> bool:
        joined = "".join(_PART.findall(word))
        return len(joined) > _SHORT_PREFIX and joined in self._joined

    def _knows(self, word: str) -> bool:
        if len(word) == 1 or (len(word) >= _SUBSTRING and (word[:-1] in self._text or word[2:] in self._all)):
            return True
        near = self._by_start.get(word[:_SHORT_PREFIX], set())
        if any(alike(word, other) for other in near):
            return True
        if _FEWEST_FOR_INITIALS <= len(word) <= _SUBSTRING and word in self._initials:
            return True
        return len(word) >= _SUBSTRING and any(
            difflib.SequenceMatcher(None, word, other).ratio() >= _ALIKE for other in sorted(near)[:_MOST_ALIKE]
        )


@kept
def plain(text: str) -> str:
    """Return a text in the form in which words are compared."""
    return nfkc(visible(text)).casefold().replace("\u2019", "'")


def parts_of(text: str) -> frozenset[str]:
    """Return the runs of letters of a text, in the form in which words are compared."""
    return frozenset(_PART.findall(plain(text)))


def alike(one: str, other: str) -> bool:
    """Tell whether two words are forms of one, by their beginnings."""
    shared = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        shared += 1
    least = _PREFIX if _LATIN.match(one) else _SHORT_PREFIX
    return one == other or shared >= max(least, min(len(one), len(other), _LONGEST_PREFIX) - 1)


def names_of(text: str) -> list[str]:
    """Return the words of a fact that are written as names: with a capital letter, inside a sentence."""
    normal = nfkc(visible(text))
    found = [match for match in _WORD.finditer(normal) if not _begins_sentence(normal, match.start())]
    if _is_german(normal):
        return _GERMAN_NAME.findall(normal)  # every noun has a capital letter
    capitals = [match[0] for match in found if match[0][0].isupper()]
    first = _FIRST_NAME.match(normal)
    if first and first[1].casefold() not in _NO_NAMES:
        capitals.append(first[1])
    if len(capitals) > len(found) / 2 > 1:
        return []  # a title, in which all words have one
    ignored = _NAME_STARTS | _dates(normal)
    names = [name for name in capitals if name.casefold().replace("\u2019", "'") not in ignored]
    return [_ENDED.sub(r"\1", name) for name in names]


def _dates(text: str) -> frozenset[str]:
    """Return the names of days and months in the language of a text, if it is known: Marta is also a name."""
    table = meanings_of(text)
    return frozenset(table.days.keys() | table.month_names.keys()) if table.code else union.dates()


def _is_german(text: str) -> bool:
    return meanings_of(text).code == "de"


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'(*_\u201c\u201e\u2018")
    return not before or (_BEFORE_NAME.search(before[-2:]) is not None and not _TITLE.search(before[-6:]))


def abbreviated(text: str, said: Words) -> str:
    """Return a fact in which names that were said by their initials are written so: "New York City" for "NYC"."""

    def initials(match: re.Match[str]) -> str:
        short = "".join(word[0] for word in match[0].split())
        return short if said.has(short) else match[0]

    return _NAME_RUN.sub(initials, text)


def content_of(text: str) -> list[str]:
    """Return the words that a fact is about; in scripts without spaces, pairs of characters."""
    low = USER.sub(" ", plain(text))
    ignored = _without_content()
    spaced = _ABBREVIATED.sub(" ", _CJK.sub(" ", low))
    found = [word for word in _PART.findall(spaced) if word not in ignored and _counts(word)]
    for run in (part for whole in _CJK.findall(low) for part in _PARTICLES.split(whole) if part):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return list(dict.fromkeys(found))


@cache
def _without_content() -> frozenset[str]:
    """Return the words that no fact is about, in any language."""
    told = union.everywhere() | union.negations() | union.denials() | union.dates()
    return _GENERIC | _FILLERS | _SUBJECTS | told


def _counts(word: str) -> bool:
    short = not _LATIN.match(word) or not word.isascii()
    return len(word) >= (_SHORT_PREFIX if short else _PREFIX) and not is_number(word)


def is_swapped(text: str, sentence: str, said: Words) -> bool:
    """Tell whether a fact repeats a sentence, but with other last words that nobody said."""
    if _KANA_OR_HAN.search(text):
        same = sentence_of(text, sentence).people == sentence_of(sentence, text).people != frozenset()
        return not same and _is_swapped_unspaced(plain(text), plain(sentence))
    told, clause = _skeleton(text), _skeleton(sentence)
    if _HANGUL.search(text):
        return _is_swapped_inside(told, clause, said)
    if not told or _says_alike(text, sentence, told[-1]):
        return False
    if _is_german(text) and not _WORD.findall(nfkc(text))[-1][0].isupper():
        return False  # a verb, which has many forms
    return any(_ends_otherwise(told[:-count], told[-count:], clause, said=said) for count in (1, 2, 3))


def _says_alike(text: str, sentence: str, word: str) -> bool:
    """Tell whether a word of a fact has a sense that another word of the sentence has: another verb for "live"."""
    told, said = sentence_of(text, sentence), sentence_of(sentence, text)
    keys = {(each.kind, each.key) for each in said.words if each.kind != "silent"}
    return any(each.form == fold(word) and (each.kind, each.key) in keys for each in told.words)


def _ends_otherwise(before: list[str], tail: list[str], clause: list[str], *, said: Words) -> bool:
    if (
        not before
        or before[-1] in _SUBJECTS
        or not _negations().isdisjoint(tail)
        or not all(_counts(word) and not said.know(word) for word in tail)
    ):
        return False
    for start in range(max(0, len(clause) - len(before) - _LONGEST_TAIL), len(clause) - len(before)):
        place, rest = clause[start : start + len(before)], clause[start + len(before) :]
        same = all(alike(one, other) for one, other in zip(before, place, strict=True))
        if same and len(rest) <= len(tail) + 1 and any(_counts(word) and word not in before + tail for word in rest):
            return True
    return False


@cache
def _negations() -> frozenset[str]:
    return union.negations()


def _is_swapped_inside(told: list[str], clause: list[str], said: Words) -> bool:
    """Tell whether one word other than the verb at the end is another, with the same particle."""
    if len(told) != len(clause):
        return False
    other = [(one, two) for one, two in zip(told[:-1], clause[:-1], strict=True) if not alike(one, two)]
    return len(other) == 1 and other[0][0][-1] == other[0][1][-1] and not said.know(other[0][0])


def _skeleton(text: str) -> list[str]:
    return [word for word in _PART.findall(plain(text)) if word not in _FILLERS and word not in union.dates()]


def _is_swapped_unspaced(text: str, sentence: str) -> bool:
    """Tell whether a fact shares its beginning and end with a sentence, and has other nouns in the middle."""
    ends = " 。.!?、,"
    text, sentence = text.strip(ends), sentence.strip(ends)
    first = 0
    while first < min(len(text), len(sentence)) and text[first] == sentence[first]:
        first += 1
    last = 0
    while last < min(len(text), len(sentence)) - first and text[-1 - last] == sentence[-1 - last]:
        last += 1
    new, old = text[first : len(text) - last], sentence[first : len(sentence) - last]
    if not _NOUNS.fullmatch(new) or not _NOUNS.fullmatch(old) or set(new) & set(sentence) or set(old) & set(text):
        return False
    return max(len(new), len(old)) <= _MOST_SWAPPED and first + last >= _SHARE_KEPT * len(text)
