"""A pattern is tried only on texts that begin as it may, and on all of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from random import Random
from typing import Any

import pytest

from memorybank.languages.union import READ
from memorybank.models.offline import commands
from memorybank.models.offline.attribute_patterns import PATTERNS
from memorybank.models.offline.beginnings import ByBeginning, beginnings, led
from memorybank.models.offline.patterns import compiled, lines

ops: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

_TABLES = {
    **PATTERNS,
    "remember": commands._REMEMBER,  # noqa: SLF001 - the tables have no other readers
    "forget": commands._FORGET,  # noqa: SLF001
    **{f"{language.code} {kind}": text for language in READ for kind, text in language.shapes.items()},
}
_SOME_LETTERS = "ab zäж我 '1"


def _matched(parsed: Any, random: Random) -> Iterator[str]:
    """Yield the parts of a text that a parsed pattern may match, as far as what it looks ahead for allows."""
    for op, argument in parsed:
        match op:
            case ops.LITERAL:
                yield random.choice([chr(argument), chr(argument).upper()])
            case ops.IN:
                kind, value = random.choice(argument)
                yield chr(value) if kind is ops.LITERAL else random.choice(_SOME_LETTERS)
            case ops.BRANCH:
                yield from _matched(random.choice(argument[1]), random)
            case ops.SUBPATTERN:
                yield from _matched(argument[3], random)
            case ops.ATOMIC_GROUP:
                yield from _matched(argument, random)
            case ops.MAX_REPEAT | ops.MIN_REPEAT | ops.POSSESSIVE_REPEAT:
                least, most, repeated = argument
                for _ in range(random.randint(least, min(most, least + 2))):
                    yield from _matched(repeated, random)
            case ops.ANY | ops.NOT_LITERAL:
                yield random.choice(_SOME_LETTERS)


@pytest.mark.parametrize("name", _TABLES)
def test_a_text_that_a_pattern_matches_begins_as_the_pattern_may(name: str) -> None:
    random = Random(name)  # noqa: S311
    for line in lines(_TABLES[name]):
        pattern = compiled([line], anchored=False)
        match = led(pattern)
        parsed = parser.parse(pattern.pattern, re.IGNORECASE)
        texts = ["".join(_matched(parsed, random)) for _ in range(40)]
        assert all(match(text) for text in texts if pattern.match(text)), line


@pytest.mark.parametrize(
    ("pattern", "begun"),
    [
        ("live in", {"live"}),
        ("I live|ich lebe", {"i li", "ich "}),
        ("(?:now |today )?I", {"now ", "toda", "i"}),
        ("(?:now |so )*we", {"now ", "so ", "we"}),
        (r"a\.b", {"a.b"}),
        (r"\bme\b", {"me"}),
        ("[请請]?你", {"请你", "請你", "你"}),
        (r"my \w+ is", {"my "}),
        (r"[^,]+ is", {""}),
        ("(?!if)(?P<what>a|b)c", {"ac", "bc"}),
        ("(?>ab)++c", {"ab"}),
        ("a{2}b", {"a"}),
        ("a{0,2}b", {"a", "b"}),
        ("a{,2}b", {"a", "b"}),
        ("[]a]b", {"]b", "ab"}),
        ("[^]a]b", {""}),
        (r"\(?ab", {"(ab", "ab"}),
        ("Straße", {"stra"}),
    ],
)
def test_the_beginnings_of_a_pattern_are_up_to_four_letters(pattern: str, begun: set[str]) -> None:
    assert beginnings(pattern) == begun


@pytest.mark.parametrize(
    "pattern",
    ["(?i:ab)c", "(?-i:A)b", "a(?i:b)", "(?P<one>a)?(?P=one)b", "(a)?(?(1)b|c)d", "(?#(:)ab|c", "(?i)ab"],
)
def test_a_pattern_with_a_group_that_is_not_read_may_begin_with_anything(pattern: str) -> None:
    assert beginnings(pattern) == {""}


def test_entries_are_found_by_the_beginning_of_a_text_in_their_order() -> None:
    entries = ByBeginning([(frozenset({"my "}), 1), (frozenset({""}), 2), (frozenset({"my d", "our "}), 3)])
    assert entries.of("My dog") == (1, 2, 3)
    assert entries.of("My cat") == (1, 2)
    assert entries.of("Our cat") == (2, 3)
    assert entries.of("") == entries.of("Dogs") == (2,)
    assert entries.of("M\u0131 cat") == (2,)


@pytest.mark.parametrize("text", ["kilo", "Kilo", "\u212ailo", "K\u0131lo", "K\u0130lo"])
def test_letters_that_ignoring_case_makes_the_same_begin_alike(text: str) -> None:
    match = led(re.compile("kilo", re.IGNORECASE))
    assert match(text)
    assert not match("pound")
