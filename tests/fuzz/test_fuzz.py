"""A short run of the fuzzer: it finds what is not linear, and nothing in the guards."""

from __future__ import annotations

import re

from tests.fuzz.fuzz_text import SIZES, Text, grows
from tests.fuzz.targets import Target, functions

_SMALL = SIZES[:2]


def test_the_fuzzer_sees_a_pattern_that_takes_quadratic_time() -> None:
    target = Target("quadratic", re.compile(r"\s+x").search)
    assert "times per KB" in grows(target, Text("", " ", "y"), _SMALL)


def test_functions_that_read_others_words_take_linear_time() -> None:
    hostile = (
        Text("a", " ", "x"),
        Text("", "\n", "x"),
        Text("", "eyJ-", ""),
        Text("", "a ", ""),
        Text("", "\ufdfa", ""),
    )
    marks = Text("a", "\u0301\u0327", "")
    found = [(target.name, text, grows(target, text, _SMALL)) for target in functions() for text in (*hostile, marks)]
    assert not [each for each in found if each[2]]
