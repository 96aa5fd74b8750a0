"""Numbers written in words: any that a text may say, and those that a fact says for sure."""

from __future__ import annotations

import pytest

from memorybank.languages.meanings.spoken import claimed_numbers, is_number, said_numbers, spelt


def _said(text: str) -> set[str]:
    return {number for pair in spelt(text, said_numbers()) for number in pair}


def _claimed(fact: str) -> set[str]:
    return {whole for _, whole in spelt(fact, claimed_numbers(fact))}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("two hundred and forty two", "242"),
        ("I have a dozen eggs", "12"),
        ("Ich bin einundzwanzig", "21"),
        ("Das sind zweiundvierzig Stück", "42"),
        ("Ze is tweeënveertig", "42"),
        ("quatre-vingt-dix", "90"),
        ("Ho ventuno anni e quarantadue libri", "21"),
        ("Tengo veintidós gatos", "22"),
        ("Od dwóch lat", "2"),
        ("У меня пятеро детей", "5"),  # noqa: RUF001 - Russian
        ("Kızım beş yaşında", "5"),  # noqa: RUF001 - Turkish
        ("딸이 두 명 있어요", "2"),
        ("삼십이 살이에요", "32"),
        ("我有二十五本书", "25"),
        ("मेरे चार भाई हैं", "4"),
        ("عندي ثلاث قطط", "3"),
        ("Jag har två barn", "2"),
        ("It was my second trip", "2"),
        ("once", "11"),
        ("once", "1"),
    ],
)
def test_what_a_text_may_say_is_read_in_any_language(text: str, number: str) -> None:
    assert number in _said(text)


@pytest.mark.parametrize(
    ("fact", "numbers"),
    [
        ("I have three cats", {"3"}),
        ("My rent is due on time", set()),
        ("I went there once", set()),
        ("I have one brother", set()),
        ("Je suis né le sept", set()),
        ("Mam dwóch braci", {"2"}),
        ("Jag har två barn", {"2"}),
        ("Bu konuda on puan aldım", set()),  # noqa: RUF001 - Turkish
    ],
)
def test_a_fact_claims_only_what_is_a_number_in_its_language_and_nothing_else(fact: str, numbers: set[str]) -> None:
    assert _claimed(fact) == numbers


def test_words_that_are_no_number_everywhere_are_content() -> None:
    assert is_number("drei")
    assert is_number("dwóch")
    assert not is_number("once")
    assert not is_number("due")


@pytest.mark.parametrize(
    ("text", "number"), [("Mis hijas tienen ocho y once años", "9"), ("Nous sommes cinq à la maison", "6")]
)
def test_numbers_beside_each_other_are_not_added_up(text: str, number: str) -> None:
    assert number not in _said(text)


def test_a_long_row_of_number_words_ends() -> None:
    assert _said("nine " * 100_000) == {"9"}
