"""Unicode forms and white space are told apart from what was said, and long rows of marks cost no time."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from memorybank.text.normal import MAX_MARKS, lined, lowered, nfc, nfkc, spaced


def _is_mark(character: str) -> bool:
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0


def test_no_mark_stands_in_a_longer_row_than_is_kept_after_one_character() -> None:
    characters = (mark for mark in map(chr, range(sys.maxunicode)) if not 0xD800 <= ord(mark) < 0xE000)
    for mark in filter(_is_mark, characters):
        assert nfkc("a" + mark * 100 + "b") == unicodedata.normalize("NFKC", "a" + mark * MAX_MARKS + "b"), hex(
            ord(mark)
        )


@pytest.mark.parametrize(
    "text", ["", "plain", "Ünï¢ödé", "e\u0301" * 100, "หนึ่งสองสาม", "שָׁלוֹם", "👩\u200d🚀" * 40, "、。「」" * 20]
)
def test_ordinary_text_is_normalised_as_unicode_has_it(text: str) -> None:
    assert nfkc(text) == unicodedata.normalize("NFKC", text)
    assert nfc(text) == unicodedata.normalize("NFC", text)


def test_white_space_in_a_row_is_one_space_or_one_line_break() -> None:
    text = " a \t b\u3000c \n\n \u2028 d  "
    assert spaced(text) == "a b c d"
    assert lined(text) == "a b c\nd"


@pytest.mark.parametrize("text", ["PIN", "pin", "P\u0131N", "P\u0130N"])
def test_an_i_counts_the_same_with_and_without_its_dot(text: str) -> None:
    assert lowered(text) == "pin"
