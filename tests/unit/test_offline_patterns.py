"""Each pattern of the offline model asks for letters, so a text without such letters need not be tried with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from memorybank.languages.union import READ
from memorybank.models.offline import commands, embedding
from memorybank.models.offline.attribute_patterns import PATTERNS
from memorybank.models.offline.patterns import (
    Letters,
    Table,
    compiled,
    is_latin,
    letters_for,
    letters_of,
    lines,
    shapes_of,
)
from memorybank.statements import comparison, sameness
from memorybank.text import quotes
from memorybank.text.kept import forget, kept

ops: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_TABLES = {
    **PATTERNS,
    "remember": commands._REMEMBER,  # noqa: SLF001 - the tables have no other readers
    "forget": commands._FORGET,  # noqa: SLF001
    "outcomes": commands._OUTCOMES,  # noqa: SLF001
    **{f"{language.code} {kind}": text for language in READ for kind, text in language.shapes.items()},
}


def _asks_for(parsed: Any, such: Callable[[int], bool]) -> bool:
    """Tell whether everything that a parsed pattern matches has such a letter."""
    return any(_needs(op, argument, such) for op, argument in parsed)


def _needs(op: Any, argument: Any, such: Callable[[int], bool]) -> bool:
    match op:
        case ops.LITERAL:
            return such(argument)
        case ops.IN:
            return all(
                (kind is ops.LITERAL and such(value)) or (kind is ops.RANGE and all(map(such, value)))
                for kind, value in argument
            )
        case ops.BRANCH:
            return all(_asks_for(branch, such) for branch in argument[1])
        case ops.SUBPATTERN:
            return _asks_for(argument[3], such)
        case ops.MAX_REPEAT | ops.MIN_REPEAT | ops.POSSESSIVE_REPEAT:
            return argument[0] > 0 and _asks_for(argument[2], such)
    return False


_LETTERS: dict[str, Callable[[int], bool]] = {
    "latin": lambda code: chr(code).isascii() and chr(code).isalpha(),
    "other": lambda code: code >= ord("\u0370"),
    "kana": lambda code: ord("\u3040") <= code <= ord("\u30ff"),
    "hangul": lambda code: ord("\uac00") <= code <= ord("\ud7a3"),
}


@pytest.mark.parametrize("name", _TABLES)
def test_every_pattern_asks_for_the_letters_that_it_is_for(name: str) -> None:
    for line in lines(_TABLES[name]):
        parsed = parser.parse(compiled([line], anchored=False).pattern, re.IGNORECASE)
        assert _asks_for(parsed, _LETTERS[letters_for(line)]), line
        assert _asks_for(parsed, _LETTERS["latin" if is_latin(line) else "other"]), line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I live in Graz", ["en USER_PERSONAL_INFO"]),
        ("i moved to Graz and I love it", ["en USER_PERSONAL_INFO"]),
        ("Ich wohne in Graz", ["de USER_PERSONAL_INFO"]),
        ("Eu agora moro no Porto", ["pt USER_PERSONAL_INFO"]),
        ("Я живу в Омске", ["ru USER_PERSONAL_INFO"]),
        ("其实我在北京工作", ["zh USER_PERSONAL_INFO"]),
        ("저는 서울에서 살아요", ["ko USER_PERSONAL_INFO"]),
        ("Graz is in Austria", []),
    ],
)
def test_a_statement_has_the_shapes_of_its_language(text: str, found: list[str]) -> None:
    assert [f"{shape.language} {shape.kind}" for shape in shapes_of(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Your table is booked",
        "We have rescheduled the call",
        "You are registered for the run",
        "Order confirmed for Friday",
        "Ihr Flug ist für Montag storniert",
        "Wir haben ein Treffen vereinbart",
        "Votre table est bien réservée",
        "J'ai commandé le livre",
        "Tu cita está programada",
        "Hemos pedido la mesa",
        "Il tavolo è prenotato",
        "Abbiamo fissato una data",
        "A sua consulta foi agendada",
        "予約が完了しました",
        "已经为您预订",
    ],
)
def test_an_outcome_is_announced_in_many_languages(text: str) -> None:
    assert commands.announces(text)
    assert not commands.announces(f"{text[:4]} ...")


def test_a_text_has_the_letters_that_its_words_are_written_in() -> None:
    assert letters_of("12, 3") == Letters(latin=False, other=False)
    assert letters_of("café") == Letters(latin=True, other=False)
    assert letters_of("我在 IBM 工作") == Letters(latin=True, other=True)
    assert letters_of("서울에서") == Letters(latin=False, other=True, hangul=True)
    assert letters_of("東京に") == Letters(latin=False, other=True, kana=True)


def test_a_table_yields_every_pattern_that_matches_in_its_order() -> None:
    table = Table(["(?P<value>a+)", "b", "a(?P<value>.)", "我(?P<value>.)", "(?P<value>.)c"])
    assert [(number, match["value"]) for number, match in table.matches("aa", letters_of("aa"))] == [
        (0, "aa"),
        (2, "a"),
    ]
    assert [number for number, _ in table.matches("我a", letters_of("我a"))] == [3]
    assert [number for number, _ in table.matches("ac", letters_of("ac"))] == [2, 4]
    assert not list(table.matches("c", letters_of("c")))


def test_only_short_texts_are_kept() -> None:
    read: list[str] = []
    remember = kept(read.append)
    for text in ("short", "short", "long" * 1000, "long" * 1000):
        remember(text)
    assert [len(text) for text in read] == [5, 4000, 4000]
    forget()
    remember("short")
    assert len(read) == 4


def test_texts_that_are_read_together_are_kept_if_both_are_short() -> None:
    read: list[str] = []

    @kept
    def compared(text: str, beside: str) -> None:
        read.append(text + beside)

    for beside in ("short", "short", "long" * 1000, "long" * 1000):
        compared("a", beside)
    assert [len(text) for text in read] == [6, 4001, 4001]


def test_nothing_is_kept_of_texts_that_were_compared_quoted_or_embedded() -> None:
    sameness.keep_is_safe("I like tea", "I like green tea")
    quotes.Said("I like green tea").has("green tea")
    embedding.embed("I like tea", dimensions=8)
    caches = (comparison._index, quotes._read, embedding._kept_hash, embedding._of_word)  # noqa: SLF001
    assert all(cache.cache_info().currsize for cache in caches)
    forget()
    assert not any(cache.cache_info().currsize for cache in caches)
