"""The terms of a text: whatever people write in any script is found by the words they would search for."""

from __future__ import annotations

import pytest

from memorybank.text.terms import MAX_CHARACTERS, terms
from tests.growth import LINEAR, TIMES, growth


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I write C++ and C#", ["i", "write", "c++", "and", "c#"]),
        ("db-prod-04", ["db-prod-04", "db", "prod", "04"]),
        ("v2.14.3", ["v2.14.3", "v2", "14", "3"]),
        ("fetchUserProfile", ["fetchuserprofile", "fetch", "user", "profile"]),
        ("HTTPServer", ["httpserver", "http", "server"]),
        ("MAX_RETRY", ["max_retry", "max", "retry"]),
        ("ada.l@example.org", ["ada.l@example.org", "ada", "example", "org"]),
        ("the bot's 6:40 train", ["the", "bot's", "bot", "6:40", "6", "40", "train"]),
        ("Käsekuchen, CAFÉ, straße", ["kasekuchen", "cafe", "strasse"]),
        ("cafe\u0301 \uff21\uff22\uff23", ["cafe", "abc"]),
        ("İstanbul ISTANBUL \u0131s\u0131", ["istanbul", "istanbul", "isi"]),
        ("私は猫", ["私は", "は猫"]),
        ("猫 が か", ["猫", "が", "か"]),
        ("周末用React写", ["周末", "末用", "react", "写"]),
        ("커피를 React로", ["커피", "피를", "react", "로"]),
        ("กาแฟ", ["กา", "าแ", "แฟ"]),
        ("हिन्दी में किताब।", ["हिन्दी", "में", "किताब"]),
        ("שָׁלוֹם", ["שלום"]),
        ("my team is 👩\u200d💻", ["my", "team", "is", "👩", "💻"]),
        ("fox\u200d so\u00adft", ["fox", "soft"]),
        ("... !!! \u200b", []),
        ("\ud800", []),
        ("", []),
    ],
)
def test_terms_are_words_numbers_identifiers_with_their_parts_and_pairs_of_characters(
    text: str, expected: list[str]
) -> None:
    assert terms(text) == expected


def test_decomposed_and_composed_text_has_the_same_terms() -> None:
    assert terms("Łódź café が 한국") == terms("Łódz\u0301 cafe\u0301 か\u3099 \u1112\u1161\u11ab\u1100\u116e\u11a8")


@pytest.mark.parametrize(
    "piece", ["a.", "a_", "a'", "+a", "Aa", "\u0301", "a\u0301", "猫", "\ufdfa", "\u200d", "\uff9e"]
)
def test_terms_take_linear_time_and_of_a_megabyte_only_the_beginning_is_read(piece: str) -> None:
    assert growth(terms, lambda size: (piece * size)[:size], MAX_CHARACTERS // TIMES) < LINEAR
    assert terms(piece * 500_000) == terms((piece * MAX_CHARACTERS)[:MAX_CHARACTERS])
