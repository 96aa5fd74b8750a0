"""Numbers, dates and negations: what a model may not lose."""

from __future__ import annotations

import pytest

from memorybank.bank.guards import keep_is_safe, update_is_safe
from memorybank.resources.memory import MAX_FACT


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("I like tea", "I like tea a lot"),
        ("I am 30", "I am 30 and live in Paris"),
        ("We meet on MONDAY", "We meet every monday"),
        ("I do not eat meat", "I never eat meat"),
        ("I don't eat meat", "I don\u2019t eat meat"),
        ("I was born in １９９０", "I was born in 1990"),  # noqa: RUF001 - full-width digits are the point
        ("我不喝咖啡", "我不喝咖啡和茶"),
    ],
)
def test_a_fact_that_adds_no_number_date_or_negation_may_be_taken_for_known(new: str, known: str) -> None:
    assert keep_is_safe(new, known)


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("I am 31", "I am 30"),
        ("I am 30", "I am thirty"),
        ("My number is 12-34", "My number is 12 and 34"),
        ("It costs 1.50", "It costs 1"),
        ("We meet on Tuesday", "We meet on Monday"),
        ("Wir treffen uns am Dienstag", "Wir treffen uns am Montag"),
        ("Je pars en août", "Je pars en juillet"),
        ("I do not eat meat", "I eat meat"),
        ("I eat meat", "I do not eat meat"),
        ("I can't swim", "I can swim"),
        ("Ich habe keine Kinder", "Ich habe Kinder"),
        ("Je ne fume pas", "Je fume"),
        ("Nunca como carne", "Como carne"),
        ("Non mangio carne", "Mangio carne"),
        ("Não como carne", "Como carne"),
        ("肉を食べない", "肉を食べる"),
        ("我不喝咖啡", "我喝咖啡"),
    ],
)
def test_a_fact_that_differs_in_a_number_a_date_or_a_negation_is_not_known(new: str, known: str) -> None:
    assert not keep_is_safe(new, known)


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("I am 31", "I am 31 and paint"),
        ("I live in Lyon", "I live in Lyon, since 2030"),
        ("I like coffee", "I like coffee, but not tea"),
        ("I moved in March", "In march I moved"),
        ("Anything", "x" * MAX_FACT),
    ],
)
def test_a_text_with_all_points_of_the_new_fact_may_replace_what_is_known(new: str, text: str) -> None:
    assert update_is_safe(new, text)


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("I am 31", "I am 30 and paint"),
        ("We meet on Tuesday", "We meet weekly"),
        ("I paint", ""),
        ("I paint", " \n"),
        ("I paint", "x" * (MAX_FACT + 1)),
    ],
)
def test_a_text_that_loses_a_point_or_cannot_be_stored_may_not(new: str, text: str) -> None:
    assert not update_is_safe(new, text)
