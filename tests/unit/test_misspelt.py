"""Misspelt words: what one typing error makes of a word is found, and nothing else."""

from __future__ import annotations

from itertools import product

import pytest

from memorybank.bank.memories import misspelt
from memorybank.bank.memories.misspelt import Words
from tests.growth import LINEAR, growth


def _errors(word: str) -> set[str]:
    """Return all that one error makes of a word."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    letters = "abkz"
    missing = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    wrong = {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    more = {left + letter + right for left, right in cuts for letter in letters}
    return (missing | swapped | wrong | more) - {word}


@pytest.mark.parametrize("word", ["aabba", "kazak", "abakab", "zebraback", "größe"])
def test_every_single_error_is_found(word: str) -> None:
    words = Words(["tea", word, "other"])
    assert [error for error in sorted(_errors(word)) if len(error) > 4 and word not in words.near(error)] == []


def test_what_is_found_is_one_error_away() -> None:
    said = ["".join(letters) for size in (4, 5, 6) for letters in product("abk", repeat=size)]
    words = Words(said)
    for asked in said[::20]:
        near = {each for each in said if asked in _errors(each)}
        assert set(words.near(asked)) == near, asked


@pytest.mark.parametrize("other", ["kestrel", "kes", "kest2el", "kestrels7", "ketsler"])
def test_the_word_itself_short_words_and_words_with_digits_are_not_taken_for_it(other: str) -> None:
    assert Words([other]).near("kestrel") == []


def test_the_first_and_the_last_word_are_whole() -> None:
    assert Words(["abcdef"]).near("abcdeg") == ["abcdef"]
    assert Words([]).near("abcdef") == []


def test_comparing_takes_time_in_proportion_to_the_words() -> None:
    def near(said: list[str]) -> object:
        return Words(said).near("paintings")

    def unlike(size: int) -> list[str]:
        return [f"paint{number}ings" for number in range(size)]

    assert growth(near, unlike, 500) < LINEAR


def test_words_that_are_made_to_be_alike_are_compared_20_000_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(misspelt, "_is_one_error", lambda _, other: compared.append(other))
    words = Words("paint" + "".join(letters) for letters in product("abcdefghijklmnop", repeat=3))
    for letter in "abcdefghijklmnopqrstuvwxyz":
        assert words.near(f"paintz{letter}") == []
    assert len(compared) == 20_000
