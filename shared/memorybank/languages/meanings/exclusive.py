"""Things of one kind that are not each other: who has a cat need not have a dog, and a nurse is no teacher."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from memorybank.languages.meanings.spelling import MARKS, plain, words
from memorybank.languages.meanings.thing_words import GENDERS, KINDS, OPPOSITES

_Thing = tuple[str, int]

_WORD = re.compile(rf"(?:[^\W_]|[{MARKS}])+(?:[-'\u2019](?:[^\W_]|[{MARKS}])+)*")
_INSIDE = re.compile("[\u0590-\u06ff\u0900-\u097f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_IN_LAW = re.compile(r"[ -]in[ -]law\b")
_LONGEST_STEM = 16
_LONGEST_PHRASE = 3


@dataclass(frozen=True)
class _Lexicon:
    """The words of things, each with the kind and the thing.

    `parts` are found inside words, by their first letter; `phrases` are beginnings of two words or more, by the first.
    """

    exact: Mapping[str, _Thing]
    stems: Mapping[str, _Thing]
    parts: Mapping[str, tuple[tuple[str, _Thing], ...]]
    phrases: Mapping[str, tuple[tuple[str, _Thing], ...]]


def things_in(text: str) -> frozenset[_Thing]:
    """Return the things that a text names, each as its kind and its place in that kind."""
    lexicon = _lexicon()
    low = plain(text)
    tokens = _WORD.findall(_IN_LAW.sub("-in-law", low))
    # Long texts repeat their words: each is looked up once.
    found = {thing for token in set(tokens) for thing in _things_of(token, lexicon)}
    for size in range(2, _LONGEST_PHRASE + 1):
        distinct = set(zip(*(tokens[at:] for at in range(size)), strict=False))
        found |= {lexicon.exact[phrase] for phrase in map(" ".join, distinct) if phrase in lexicon.exact}
        begun = [(" ".join(each), lexicon.phrases[each[0]]) for each in distinct if each[0] in lexicon.phrases]
        found |= {thing for phrase, known in begun for beginning, thing in known if phrase.startswith(beginning)}
    for match in _INSIDE.finditer(low):
        near = low[match.start() : match.start() + _LONGEST_STEM]
        found |= {thing for part, thing in lexicon.parts.get(match[0], ()) if near.startswith(part)}
    return frozenset(found)


def others(kind: str, thing: int) -> frozenset[_Thing]:
    """Return the things of a kind other than one."""
    return frozenset((kind, each) for each in range(_sizes()[kind]) if each != thing)


@cache
def is_opposite(kind: str) -> bool:
    """Tell whether the things of a kind are opposites, one of which follows where the other is denied."""
    return int(kind.split()[1]) >= len(_kinds(KINDS, GENDERS))


def _things_of(token: str, lexicon: _Lexicon) -> Iterator[_Thing]:
    for word in {token, token.removesuffix("'s"), *token.split("-")} if "-in-law" not in token else {token}:
        if word in lexicon.exact:
            yield lexicon.exact[word]
        else:
            beginnings = (word[:size] for size in range(min(len(word), _LONGEST_STEM), 1, -1))
            yield from [lexicon.stems[each] for each in beginnings if each in lexicon.stems][:1]


@cache
def kinds() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the kinds with the words of their things."""
    named = _kinds(KINDS, GENDERS, OPPOSITES)
    return tuple((f"kind {number}", tuple(line.split("|"))) for number, line in enumerate(named))


def _kinds(*texts: str) -> list[str]:
    found: list[list[str]] = []
    for line in "\n".join(texts).split("\n"):
        if line.startswith("    "):
            found[-1].append(line.strip())
        elif line:
            found.append([line])
    return [" ".join(lines) for lines in found]


@cache
def _sizes() -> Mapping[str, int]:
    return {kind: len(things) for kind, things in kinds()}


@cache
def _lexicon() -> _Lexicon:
    exact: dict[str, _Thing] = {}
    stems: dict[str, _Thing] = {}
    parts: dict[str, list[tuple[str, _Thing]]] = {}
    phrases: dict[str, list[tuple[str, _Thing]]] = {}
    for kind, things in kinds():
        for number, said in enumerate(things):
            for word in words(said):
                bare = word.removesuffix("*")
                if _INSIDE.match(word):
                    parts.setdefault(word[0], []).append((bare, (kind, number)))
                elif bare != word and " " in word:
                    phrases.setdefault(word.split()[0], []).append((bare, (kind, number)))
                else:
                    (stems if bare != word else exact).setdefault(bare, (kind, number))
    by_first = [{first: tuple(each) for first, each in table.items()} for table in (parts, phrases)]
    return _Lexicon(exact, stems, *by_first)
