"""Things that a fact has in the place of those that were said: another animal, another relative, another place.

A paraphrase uses other words for the same thing. These checks refuse only what cannot be the same: both the thing of
the fact and the one that was said are known, or the same words stand around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from memorybank.bank.guards.polarity import clauses_of, has_word
from memorybank.bank.guards.said_words import Words, content_of, plain
from memorybank.languages.meanings.aliases import USER
from memorybank.languages.meanings.exclusive import is_opposite, others, things_in
from memorybank.languages.meanings.known import meanings_of
from memorybank.languages.meanings.sentence import sentence_of

_CODE = re.compile(r"(?<![\w-])(?=[^\W\d_]*-?\d)(?=\d*-?[^\W\d_])[^\W\d_]{1,3}-?\d{1,2}(?![\w-])")
"""A short code: B1, Q3, A24."""

_IDENTIFIER = re.compile(r"(?<![\w-])[a-z0-9]{2,40}(?:-[a-z0-9]{1,40}){1,6}(?![\w-])")
"""A name with hyphens: orders-svc."""

_FROM_TO = re.compile(
    r"\b(?:from|von|vom|de|desde|da|dal|van|из|z|ze) ([\w-]{3,40}) (?:to|nach|auf|zu|à|a|al|para|hasta|naar|в|на|do|na)"
    r" ([\w-]{3,40})|从(\w{1,4}?)(?:到|改到|搬到|去)(\w{1,4})|(\w{1,4})から(\w{1,4}?)[へにま]"
)
_TO_FROM = re.compile(r"\bto ([\w-]{3,40}) from ([\w-]{3,40})|\bnach ([\w-]{3,40}) (?:von|aus) ([\w-]{3,40})")
_ARTICLE = re.compile(r"\A(?:der|die|das|de|el|la|le|l'|il|lo|o|a)(?: |(?<='))")
_THIRD = re.compile(
    r"\b(?:he|she|they|er|sie|il|elle|ils|elles|él|ella|ellos|ellas|lui|lei|ele|ela|eles|elas|hij|zij|ze)(?:'\w+)?\b"
)
"""The third person as a subject."""

_PLACED = re.compile(r"\b(in|aus|nach|am|bei) ([A-ZÄÖÜ][\w-]{2,40})")
"""A German noun or name without an article, after a preposition."""

_PLACED_IN_LOWER_CASE = re.compile(r"\b(in|aus|nach|bei) ([a-zäöüß][\w-]{2,40})")
_FEW = 2


class Things:
    """The things that a conversation names; `words` are those of the same text."""

    def __init__(self, text: str, words: Words) -> None:
        self._text = text
        self._plain = plain(text)
        self._words = words

    @cached_property
    def _all(self) -> frozenset[tuple[str, int]]:
        return things_in(self._text)

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(_codes(self._text))

    @cached_property
    def _identifiers(self) -> frozenset[str]:
        return frozenset(_IDENTIFIER.findall(self._plain))

    @cached_property
    def _joined(self) -> str:
        return re.sub(r"[\s-]", "", self._plain)

    @cached_property
    def _ways(self) -> frozenset[tuple[str, str]]:
        return frozenset(_ways(self._plain))

    def exclude(self, fact: str, near: str, *, negated: bool) -> bool:
        """Tell whether a fact names a thing that was not said, and the text near its quote another of that kind.

        Opposites are compared only if neither text negates: what is not cheap is expensive.
        """
        told = things_in(fact)
        unsaid = [each for each in told - self._all if not (negated and is_opposite(each[0]))]
        if not unsaid:
            return False
        instead = things_in(near) - told
        return any(others(*each) & instead for each in unsaid)

    def lack_code(self, fact: str) -> bool:
        """Tell whether a fact has a short code that was not said, where another one was: C1 for B1."""
        unsaid = [code for code in _codes(fact) if code not in self._joined]
        return bool(unsaid) and bool(self._codes - set(_codes(fact)))

    def lack_identifier(self, fact: str) -> bool:
        """Tell whether a fact has an identifier that was not said, and the conversation one with the same end."""
        own = set(_IDENTIFIER.findall(plain(fact)))
        ends = {each.rsplit("-", 1)[1] for each in self._identifiers - own}
        return any(each.rsplit("-", 1)[1] in ends and not self._words.know(each) for each in own)

    def reverse(self, fact: str) -> bool:
        """Tell whether a fact goes from one thing to another, and the conversation only the other way round."""
        told = set(_ways(plain(fact)))
        return any((end, start) in self._ways and (start, end) not in self._ways for start, end in told)


def _codes(text: str) -> Iterator[str]:
    for match in _CODE.finditer(plain(text)):
        yield match[0].replace("-", "")


def _ways(text: str) -> Iterator[tuple[str, str]]:
    for match in _FROM_TO.finditer(text):
        start, end = (part for part in match.groups() if part)
        yield start, end
    for match in _TO_FROM.finditer(text):
        end, start = (part for part in match.groups() if part)
        yield start, end


def is_of_another(text: str, sentence: str) -> bool:
    """Tell whether a fact about the user repeats a clause about somebody else: "She's quitting law"."""
    fact = sentence_of(text, sentence)
    if fact.people or not _is_about_user(text, sentence):
        return False
    content = content_of(text)
    if len(content) < _FEW:
        return False
    clause = next((each for each in clauses_of(sentence) if all(has_word(plain(each), word) for word in content)), "")
    said = sentence_of(clause, sentence)
    if not clause or not set(said.selves) <= ({"object"} if len(content) > _FEW else set()):
        return False
    third = _THIRD.search(plain(clause)) is not None
    return third or bool(said.people and not said.selves)


def _is_about_user(text: str, sentence: str) -> bool:
    subject = USER.match(_ARTICLE.sub("", plain(text)))
    if subject:
        return not subject[0].endswith(("'s", "s'"))
    words = sentence_of(text, sentence).words
    return bool(words) and (words[0].kind, words[0].key) == ("self", "subject")


def is_elsewhere(text: str, sentence: str, said: Words) -> bool:
    """Tell whether a German fact names another place or origin than the sentence, after the same preposition."""
    if meanings_of(text, sentence).code != "de":
        return False
    places = _PLACED if sentence[1:] != sentence[1:].lower() else _PLACED_IN_LOWER_CASE
    told = {match.groups() for match in _PLACED.finditer(text)}
    here = {match.groups() for match in places.finditer(sentence.lower() if places is not _PLACED else sentence)}
    names = {name for _, name in told} | {name.lower() for _, name in told}
    return any(
        not said.know(name) and any(before == word and other not in names for word, other in here)
        for before, name in told
    )
