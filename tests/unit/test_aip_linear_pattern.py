import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from memorybank.aip.filters.linear_pattern import MAX_PATTERN, LinearPattern, PatternError
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "a",
        "^$",
        "^a",
        "a$",
        "^a|b$",
        "(^a)?b",
        "a$b",
        "a|",
        "()",
        "(a|b)*c",
        "(?:ab)+$",
        "(a*)*b",
        "a?a?aa",
        "[ab]+c",
        "[^a]",
        "[]a]",
        "[a\\]]",
        "[a-]",
        "\\d\\w\\s",
        "\\D\\W\\S",
        "a\\.b",
        "\\(",
        "a.b",
        "a\\tb",
        ".*a.*b.*c",
    ],
)
def test_a_pattern_finds_what_the_standard_library_finds(pattern: str) -> None:
    dice = random.Random(pattern)  # noqa: S311 - the same dice every time
    ours, theirs = LinearPattern(pattern), re.compile(pattern.replace("$", r"\Z"), re.DOTALL)
    texts = ["", *("".join(dice.choices("abc.-]( \t\n1", k=dice.randint(1, 8))) for _ in range(200))]
    for text in texts:
        assert ours.found_in(text) is bool(theirs.search(text)), (pattern, text)


def test_random_patterns_find_what_the_standard_library_finds() -> None:
    dice = random.Random(7)  # noqa: S311 - the same dice every time
    compared = 0
    for _ in range(2000):
        pattern = "".join(dice.choices(["a", "b", "(", ")", "|", "*", "+", "?", ".", "[ab]", "[^a]", "^"], k=7))
        try:
            ours, theirs = LinearPattern(pattern), re.compile(pattern, re.DOTALL)
        except (PatternError, re.error):
            continue
        if pattern.replace("[^a]", "").count("^") > 1:
            continue  # only here do the two differ on purpose
        for _ in range(10):
            text = "".join(dice.choices("abc\n", k=dice.randint(0, 6)))
            assert ours.found_in(text) is bool(theirs.search(text)), (pattern, text)
            compared += 1
    assert compared > 1000


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "a)b",
        "(a",
        "*",
        "a**",
        "a+?",
        "|*",
        "(*a)",
        "[",
        "[]",
        "[^]",
        "[z-a]",
        "[[a]",
        "[a--b]",
        "\\",
        "a{2}",
        "\\b",
        "\\1",
        "(?=a)",
        "(?i)a",
        "(" * 200,
        "a" * (MAX_PATTERN + 1),
    ],
)
def test_what_cannot_run_in_linear_time_or_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        LinearPattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(.*)(.*)(.*)(.*)(.*)x", "(a*)*(a*)*(a*)*b", "(a?)" * 49 + "b"]
)
def test_patterns_made_to_backtrack_for_ever_do_not(pattern: str) -> None:
    def find(text: str) -> None:
        assert not LinearPattern(pattern).found_in(text)

    assert growth(find, lambda size: "a" * size + "!", 2_500) < LINEAR


def test_states_are_not_remembered_without_end() -> None:
    dice = random.Random(1)  # noqa: S311 - the same dice every time
    pattern = LinearPattern("(a|b)*a" + "(a|b)" * 15 + "c")
    text = "".join(dice.choices("ab", k=15_000))
    assert not pattern.found_in(text)
    assert pattern.found_in(text + "a" * 16 + "c")


def test_one_pattern_serves_many_threads() -> None:
    pattern = LinearPattern("(ab|cd)+e$")
    texts = ["ab" * number + "e" * (number % 2) for number in range(1, 200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(pattern.found_in, texts)) == [text.endswith("e") for text in texts]
