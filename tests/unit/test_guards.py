"""Numbers, dates and negations: what a model may not lose."""

from __future__ import annotations

import pytest

from memorybank.bank.guards import delete_is_safe, keep_is_safe, update_is_safe
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
        ("I am 31", "I am thirty"),
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
        ("My son Ben is 7", "My son Max is 7"),
        ("I live in Rome", "I live in Paris"),
        ("I like coffee", "I hate coffee"),
        ("Ich hasse Regen", "Ich mag Regen"),
        ("我讨厌咖啡", "我喜欢咖啡"),
    ],
)
def test_a_fact_that_differs_in_a_number_a_date_a_name_or_a_negation_is_not_known(new: str, known: str) -> None:
    assert not keep_is_safe(new, known)


@pytest.mark.parametrize(
    ("known", "new", "text"),
    [
        ("I am 30", "I am 31", "I am 31 and paint"),
        ("I live in Paris", "I moved to Lyon", "I live in Lyon"),
        ("I live in Paris", "I moved to Lyon in 2030", "I live in Lyon, since 2030"),
        ("We meet on Monday", "We meet on Tuesday", "We meet on Tuesday"),
        ("I moved in May", "I moved in March", "In march I moved"),
        ("I don't like coffee", "I like coffee now", "I like coffee"),
        ("Ich wohne in Köln", "Ich bin nach Bonn gezogen", "Ich wohne in Bonn"),
        ("我住在上海", "我搬到北京了", "我住在北京"),
        ("I live in Paris", "i moved to lyon", "I live in lyon"),
        ("I hate coffee", "I like coffee now", "I like coffee"),
        ("I like coffee", "I hate coffee by now", "I hate coffee"),
        ("Anything", "Anything else", "x" * MAX_FACT),
    ],
)
def test_a_text_with_all_points_of_the_new_fact_may_replace_what_it_corrects(known: str, new: str, text: str) -> None:
    assert update_is_safe(new, text, known=known)


@pytest.mark.parametrize(
    ("known", "new", "text"),
    [
        ("I am 30", "I am 31", "I am 30 and paint"),
        ("We meet on Monday", "We meet on Tuesday", "We meet weekly"),
        ("My son Max is 7", "My son Ben is 7", "My son Max is 7"),
        ("I draw", "I paint", ""),
        ("I draw", "I paint", " \n"),
        ("I draw", "I paint", "x" * (MAX_FACT + 1)),
    ],
)
def test_a_text_that_loses_a_point_of_the_new_fact_or_cannot_be_stored_may_not(known: str, new: str, text: str) -> None:
    assert not update_is_safe(new, text, known=known)


@pytest.mark.parametrize(
    ("known", "new", "text"),
    [
        ("I am 30 and live in Paris", "I moved to Lyon", "I live in Lyon"),
        ("My visa ends in March", "I like tea", "I like tea"),
        ("My dog is called Rex", "I have a dog", "I have a dog"),
        ("I don't eat meat", "I like cooking fish", "I eat fish and meat"),
        ("My sister Mia lives in Rome", "My brother is nice", "My siblings are nice"),
        ("I have twelve cats", "My cats are black", "My cats are black"),
        ("I hardly drink", "I like wine", "I like to drink wine"),
        ("I prefer window seats", "I fly often", "I fly often"),
        ("I'm vegetarian", "I love barbecues", "I love barbecues"),
        ("Tengo veintidós años", "Me gusta el fútbol", "Me gusta el fútbol"),
    ],
)
def test_a_text_may_not_lose_a_point_of_the_known_fact_that_the_new_one_does_not_touch(
    known: str, new: str, text: str
) -> None:
    assert not update_is_safe(new, text, known=known)


@pytest.mark.parametrize(
    ("known", "new", "text"),
    [
        ("I live in Paris", "I moved to Lyon", "I have lived in Lyon since 2019"),
        ("My visa ends soon", "My visa is prolonged", "My visa ends in March"),
        ("I have a dog, Rex", "I have a dog, Bello", "I have two dogs, Rex and Bello"),
    ],
)
def test_a_text_may_not_have_a_number_or_a_date_that_nobody_gave(known: str, new: str, text: str) -> None:
    assert not update_is_safe(new, text, known=known)


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("I cancelled my trip to Japan", "I am planning a trip to Japan in May"),
        ("I moved to Lyon", "I live in Paris"),
        ("I am 31", "I am 30"),
        ("我不喝咖啡了", "我喝咖啡"),
    ],
)
def test_a_fact_may_end_one_that_it_is_about(new: str, known: str) -> None:
    assert delete_is_safe(new, known)


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("I like jazz", "My visa expires in 2031"),
        ("I am 31", "I live in Paris"),
        ("The cat is black", "The rent was due"),
        ("ich bin krank", "ich mag jazz"),
        ("我喜欢茶", "他住在上海"),
    ],
)
def test_a_fact_may_not_end_one_that_has_nothing_to_do_with_it(new: str, known: str) -> None:
    assert not delete_is_safe(new, known)


def test_numbers_are_the_same_in_digits_and_in_words() -> None:
    assert keep_is_safe("I am thirty", "I am 30")
    assert keep_is_safe("Ich habe drei Katzen", "Ich habe 3 Katzen")
    assert not keep_is_safe("I have four cats", "I have three cats")


def test_words_that_are_numbers_elsewhere_are_none_here() -> None:
    assert keep_is_safe("I was there once, due to rain", "I was there, due to rain")
