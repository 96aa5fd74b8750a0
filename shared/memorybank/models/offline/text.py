"""Text functions of the offline model: words, overlap of texts, negation. Stdlib only, linear time."""

from __future__ import annotations

import re
from functools import cache

from memorybank.languages.function_words import FILLERS, FUNCTION_WORDS, THIRD_PERSON
from memorybank.languages.meanings.known import meanings_of
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.languages.union import READ, READ_CODES, negates_inside
from memorybank.models.offline import lexicon
from memorybank.text.kept import kept
from memorybank.text.normal import nfc, nfkc, spaced
from memorybank.text.visible import visible

HAN = r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as a part of a character class."""

HIRAGANA = r"\u3041-\u309f"
"""Hiragana, as a part of a character class."""

KATAKANA = r"\u30a0-\u30ff"
"""Katakana with its length mark, as a part of a character class."""

_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u109f\u200c\u200d"
_CJK = HAN + HIRAGANA + KATAKANA
_SYMBOLS = r"%\u00a3\u00a5\u20ac$\u00b0\u2190-\u2bff\U0001f000-\U0001faff"
_TOKEN = re.compile(
    rf"-?\d+(?:[.,:/-]\d+)*|[{_CJK}]|(?:[^\W{_CJK}]++|[{_MARKS}]++)++[+#]*|[{_SYMBOLS}]",
)
_ASCII_TOKEN = re.compile(r"-?\d+(?:[.,:/-]\d+)*|\w+[+#]*|[%$]")
_CJK_RUN = re.compile(rf"[{HAN}]+|[{HIRAGANA}]+|[{KATAKANA}]+")
_CONTRACTIONS = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'d\b"), " would"),
)
_TYPOGRAPHIC = "\u2019\u02bc\uff0c\uff1a\uff01\uff1f\u3000\u00a0\u202f\u2009\t"
_IS_TYPOGRAPHIC = re.compile(f"[{_TYPOGRAPHIC}]")
_STRAIGHT = str.maketrans(_TYPOGRAPHIC, "'',:!?     ")
_THIRD_FORMS = {"has": "have", "does": "do", "goes": "go"}
_SELF = re.compile(r"^(?:私|僕|俺|わたし|我)(?:[はがの的])?(?:[今现現]在?は?)?")
_POLITE = re.compile(r"(?:です|ます|だ|な)$")
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s", "en", "e", "n")
_MIN_STEM = 3

_EMPHASIS = re.compile(r"(?<![\w*_~`])([*_]{1,3}|~~|`)(?=[^\s*_~`])([^*_~`\n]{1,200})(?<=\S)\1(?![\w*_~`])")
_LATIN_JOINERS = re.compile("(?<=[0-9A-Za-z\u00c0-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[0-9A-Za-z\u00c0-\u024f])")


def composed(text: str) -> str:
    """Return the text in NFC with single spaces, without marks of emphasis and characters that nobody sees."""
    text = _without_joiners(nfc(visible(text)))
    return spaced(_EMPHASIS.sub(r"\2", text) if any(map(text.__contains__, "*_~`")) else text)


def _without_joiners(text: str) -> str:
    return _LATIN_JOINERS.sub("", text) if "\u200c" in text or "\u200d" in text else text


def matchable(text: str) -> str:
    """Return a text of the same length with straight apostrophes, narrow punctuation and plain spaces."""
    if (text.isascii() and "\t" not in text) or not _IS_TYPOGRAPHIC.search(text):
        return text
    return _straight(text)


@kept
def _straight(text: str) -> str:
    return text.translate(_STRAIGHT)


def folded(text: str) -> str:
    """Return the text in NFKC without case, typographic apostrophes and English contractions."""
    text = _without_joiners(nfkc(text)).casefold().replace("\u2019", "'")
    if "'" not in text and "cannot" not in text:
        return text
    for pattern, words in _CONTRACTIONS:
        text = pattern.sub(words, text)
    return text


@kept
def tokens(text: str) -> tuple[str, ...]:
    """Return words, numbers, single CJK characters and telling symbols ("C++", "%", emoji), folded, in order."""
    plain = folded(text)
    return tuple((_ASCII_TOKEN if plain.isascii() else _TOKEN).findall(plain))


def normalised(text: str) -> str:
    """Return a key that is the same for texts that differ only in case, spacing and punctuation."""
    return " ".join(tokens(text)) or folded(text).strip()


def is_third_person(text: str) -> bool:
    """Whether the text is about "the user"."""
    return folded(text[:400]).lstrip().startswith(("the user ", "the user's "))


@kept
def statement(text: str, *, plain_verbs: bool = False) -> tuple[str, ...]:
    """Return the words of the statement, in order, without fillers; numbers and "not" are kept.

    With `plain_verbs` a third person's "s" is removed, so that "The user likes tea" compares with "I like tea".
    """
    dropped = FILLERS | THIRD_PERSON if is_third_person(text) else FILLERS
    found = [token for token in tokens(_POLITE.sub("", text.rstrip(" .。!\uff01"))) if token not in dropped]
    return tuple(_plain(token) for token in found) if plain_verbs else tuple(found)


def _plain(word: str) -> str:
    if word in _THIRD_FORMS:
        return _THIRD_FORMS[word]
    return word[:-1] if len(word) > _MIN_STEM and word.endswith("s") and not word.endswith("ss") else word


@kept
def numbers(text: str) -> frozenset[str]:
    """Return every token with a digit: counts, dates, times, versions."""
    words = (token for token in tokens(text) if not token.isalpha())
    return frozenset(word for word in words if any(character.isdigit() for character in word))


@kept
def negated(text: str) -> bool:
    """Whether the text contains a negation."""
    found = tokens(text)
    if not lexicon.NEGATIONS.isdisjoint(found):
        pairs = zip(("", *found), found, strict=False)
        if any(word in lexicon.NEGATIONS and not (word == "no" and before in lexicon.IN_THE) for before, word in pairs):
            return True
    return negates_inside(text, READ) or _negates_by_meaning(text)


def _negates_by_meaning(text: str) -> bool:
    """Whether a text negates in a language that is read by its meaning: in others its words are other words."""
    code = meanings_of(text).code
    return bool(code) and code not in READ_CODES and sentence_of(text).negates


@cache
def _endings() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(_ENDINGS)})$")


def root(word: str) -> str:
    """Return the word without its commonest endings; "planning" and "plans" give the same."""
    if len(word) <= _MIN_STEM or not word.isalpha():
        return word
    short = _endings().sub("", word)
    if len(short) < _MIN_STEM:
        return word
    doubled = len(short) > _MIN_STEM and short[-1] == short[-2] and short[-1] not in "aeiouls"
    return short[:-1] if doubled else short


def content(text: str) -> frozenset[str]:
    """Return the roots of the words that carry the subject; of unspaced scripts, pairs of characters."""
    spaced = {root(token) for token in tokens(text) if token not in FUNCTION_WORDS and not _CJK_RUN.match(token)}
    return frozenset(spaced | _cjk_content(text))


def _cjk_content(text: str) -> set[str]:
    found: set[str] = set()
    for run in _CJK_RUN.findall(_SELF.sub("", folded(text))):
        if re.match(f"[{HIRAGANA}]", run):
            if len(run) > _MIN_STEM - 1 and run not in lexicon.JAPANESE_GRAMMAR:
                found.add(run)
        elif re.match(f"[{KATAKANA}]", run):
            found.add(run)
        else:
            found.update(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return found
